import Kernel
import Ledger

extension World {
  /// Trade `number` of a noise trader, from 0, comes a drawn time after the one before. Wait, side and size
  /// are words 0, 1 and 2 of that number: no trade moves another's draws. Each is a root.
  mutating func scheduleNoise(
    of id: NoiseTraderID, number: Int64, from time: SimTime
  ) throws(RunFailure.Reason) {
    let trader = noiseTraders[id]
    let word = streams.word(.noiseTrade, trader.key, Epoch(slot: UInt64(number)))
    let drawn: Double
    do throws(DistributionError) {
      drawn = try ExponentialDistribution(mean: Double(trader.every.microseconds)).value(of: word)
    } catch { throw .distribution(error) }
    guard let wait = wholeUnits(drawn, .down) else { throw .arithmetic(.overflow) }
    try schedule(
      .noiseTrades(trader: id, number: number), after: SimDuration(microseconds: wait.units), from: time,
      because: nil)
  }

  /// A noise trader trades, or, where there is a chain, sends what it would trade: how much it then is is
  /// decided in its block.
  mutating func tradeNoise(
    _ id: NoiseTraderID, _ number: Int64, isExecuting: Bool, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    if !isExecuting { try scheduleNoise(of: id, number: number + 1, from: header.time) }
    let trader = noiseTraders[id]
    let pool = pools[trader.pool]
    let slot = Epoch(slot: UInt64(number))
    let sellsBase = UnitInterval.open(streams.word(.noiseTrade, trader.key, slot, index: 1)) < 0.5
    let drawn: Amount?
    do throws(DistributionError) {
      drawn = try trader.size.draw(streams.word(.noiseTrade, trader.key, slot, index: 2))
    } catch { throw .distribution(error) }
    guard let size = drawn else { throw .arithmetic(.overflow) }
    let asset = sellsBase ? pool.base : pool.quote
    let reserves = pool.reserves(selling: asset, ledger)
    let rate = pool.marginalRate(ledger)
    let purse = ledger.balance(of: trader.account, in: asset)
    let decision = try calculating { () throws(ArithmeticRefusal) in
      try NoiseTrader.decide(
        sellsBase: sellsBase, size: size, pool: pool, reserves: reserves, rate: rate, purse: purse)
    }
    guard let order = decision else { return }
    guard chain == nil || isExecuting else {
      return try send(
        .noiseTradeExecutes(trader: id, number: number),
        by: TransactionSender(trader, currency: pool.quote), at: header.time, because: header)
    }
    try post(Posting(pool.swap(by: trader.account, selling: order.asset, order.sold, for: order.bought)))
    try afterSwap(
      in: trader.pool, by: trader.account, selling: order.asset, order.sold, for: order.bought, header)
  }
}
