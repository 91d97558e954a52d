import Kernel
import Ledger

// What moves reference prices, and who has to hear of it.

extension World {
  /// A scripted step: the reference moves. The next step of the same shock is a root of its own.
  mutating func stepPrice(_ id: ShockID, _ number: Int, _ header: EventHeader) throws(RunFailure.Reason) {
    let shock = shocks[id]
    market.shock(shock.asset, by: shock.factorPerStep, at: header.time)
    try quote([shock.asset], header)
    try scheduleStep(of: id, number: number + 1)
    try tellOfReference([shock.asset], header)
  }

  mutating func scheduleStep(of id: ShockID, number: Int) throws(RunFailure.Reason) {
    let shock = shocks[id]
    guard number <= shock.stepCount else { return }
    try schedule(
      .shockSteps(shock: id, number: Int32(number)), after: shock.wait(beforeStep: number), from: shock.at,
      because: nil)
  }

  /// Every asset with a process moves, then everybody hears of all moves at once: who reads two assets reads
  /// both as they are now. Each tick is a root.
  mutating func tickPrices(_ number: Int64, _ header: EventHeader) throws(RunFailure.Reason) {
    let moved = market.tick(number, at: header.time, streams)
    try quote(moved, header)
    try scheduleTick(number: number + 1)
    guard !moved.isEmpty else { return }
    try tellOfReference(moved, header)
  }

  /// Tick `number` comes `number` ticks after the start.
  mutating func scheduleTick(number: Int64) throws(RunFailure.Reason) {
    let (late, overflow) = market.tick.microseconds.multipliedReportingOverflow(by: number)
    guard !overflow else { return }
    try schedule(
      .pricesTick(number: number), after: SimDuration(microseconds: late), from: .start, because: nil)
  }

  /// Copies the market's prices of these assets onto the reference board, with a fact for each.
  mutating func quote(_ assets: [AssetID], _ header: EventHeader) throws(RunFailure.Reason) {
    for asset in assets {
      let price = market.price(of: asset)
      guard price > 0, price < 1e15 else {
        throw .priceOutOfRange(asset: ledger[asset].name, price: price)
      }
      reference[asset] = price
      repriceShares(in: asset)
      record(.priceStepped(asset: asset, price: price), header)
    }
  }

  /// Reference prices have moved: oracles will tell, arbitrageurs see a gap; the one who moved them knows.
  mutating func tellOfReference(
    _ moved: [AssetID], except trader: ArbitrageurID? = nil, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    // With an asset move the shares in it, in which some pools price others.
    let affected = moved + shares(in: moved)
    for (oracle, reader) in oracles.identified(as: OracleTag.self)
    where affected.contains(where: { reads(reader, $0) }) {
      try read(oracle, because: header)
    }
    for pool in pools.indices.map(PoolID.init) where moved.contains(where: { pools[pool].trades($0) }) {
      try wakeArbitrageurs(of: pool, except: trader, header)
    }
    try scheduleMeasurement(because: header)
  }

  // MARK: Trades with the outside

  /// The legs of a trade with the outside world, which issues every token.
  func outsideLegs(
    _ trader: AccountID, buys bought: (asset: AssetID, amount: Amount),
    sells sold: (asset: AssetID, amount: Amount)
  ) -> [Transfer] {
    [
      Transfer(from: outside, to: trader, asset: bought.asset, amount: bought.amount, for: .outsideTrade),
      Transfer(from: trader, to: outside, asset: sold.asset, amount: sold.amount, for: .outsideTrade),
    ]
  }

  /// Such a trade has been posted: where it has an impact the reference moves, because of the trade. Who
  /// asked for it calls `tellOfReference` with the assets that moved once its other facts are told.
  mutating func afterOutsideTrade(
    bought: (asset: AssetID, amount: Amount), sold: (asset: AssetID, amount: Amount), _ header: EventHeader
  ) throws(RunFailure.Reason) -> [AssetID] {
    let moved = market.traded(bought: bought, sold: sold, at: header.time)
    try quote(moved, header)
    return moved
  }
}
