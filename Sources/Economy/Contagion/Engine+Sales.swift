import Kernel
import Ledger

/// What somebody sells where, and what it brings.
struct Sale {
  let seller: AccountID
  let asset: AssetID
  let amount: Amount
  let other: AssetID
  let proceeds: Amount
  let market: LiquidationMarket
}

extension World {
  func legs(of sale: Sale) -> [Transfer] {
    switch sale.market {
    case .pool(let pool):
      return pools[pool].swap(by: sale.seller, selling: sale.asset, sale.amount, for: sale.proceeds)
    case .outside:
      return outsideLegs(
        sale.seller, buys: (sale.other, sale.proceeds), sells: (sale.asset, sale.amount))
    }
  }

  /// A sale moved a pool's price, or was made outside: remember it, and tell those who have to know.
  mutating func afterSale(_ sale: Sale, _ header: EventHeader) throws(RunFailure.Reason) {
    switch sale.market {
    case .pool(let pool):
      try afterSwap(
        in: pool, by: sale.seller, selling: sale.asset, sale.amount, for: sale.proceeds, header)
    case .outside:
      record(
        .soldOutside(
          trader: sale.seller, asset: sale.asset, sold: sale.amount, forAsset: sale.other,
          bought: sale.proceeds), header)
      let moved = try afterOutsideTrade(
        bought: (sale.other, sale.proceeds), sold: (sale.asset, sale.amount), header)
      if !moved.isEmpty { try tellOfReference(moved, header) }
    }
  }

  mutating func scheduleSale(
    of asset: AssetID, by number: LiquidatorID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    guard let wait = liquidators[number].terms.sellsAfter else { return }
    try schedule(
      .liquidatorSells(liquidator: number, asset: asset), after: wait, from: header.time, because: header)
  }

  /// A firm that holds what it has seized sells all of it, if a chain lets it: what came in since it decided
  /// to sell is sold with the rest.
  mutating func sellInventory(
    _ number: LiquidatorID, _ asset: AssetID, isExecuting: Bool, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let liquidator = liquidators[number]
    let amount = ledger.balance(of: liquidator.account, in: asset)
    guard !amount.isZero else { return }
    let other = liquidator.terms.currency
    let proceeds = try proceeds(
      ofSelling: amount, asset, for: other, in: liquidator.terms.market, at: header.time)
    // Nobody sells for nothing: it is kept, and goes with what is seized next.
    guard !proceeds.isZero else { return }
    guard chain == nil || isExecuting else {
      return try send(
        .inventorySaleExecutes(liquidator: number, asset: asset), by: TransactionSender(liquidator),
        at: header.time, because: header)
    }
    let sale = Sale(
      seller: liquidator.account, asset: asset, amount: amount, other: other, proceeds: proceeds,
      market: liquidator.terms.market)
    try post(Posting(legs(of: sale)))
    try afterSale(sale, header)
  }
}

// MARK: Selling as little as will do

extension World {
  /// Where one asset is turned into another: the first pool that trades both, or the outside world, which
  /// buys no shares.
  func route(from asset: AssetID, to other: AssetID) -> LiquidationMarket? {
    guard asset != other else { return nil }
    if let pool = pools.firstIndex(where: { $0.trades(asset) && $0.trades(other) }) {
      return .pool(PoolID(pool))
    }
    let tokens = shares.count
    guard asset.position < tokens, other.position < tokens, shares[asset.position] == nil,
      shares[other.position] == nil
    else { return nil }
    return .outside
  }

  func proceeds(
    ofSelling amount: Amount, _ asset: AssetID, for other: AssetID, in market: LiquidationMarket,
    at time: SimTime
  ) throws(RunFailure.Reason) -> Amount {
    switch market {
    case .pool(let id):
      let (pool, reserves) = (pools[id], pools[id].reserves(selling: asset, ledger))
      return try calculating { () throws(ArithmeticRefusal) in
        try pool.bought(forSelling: amount, reserves: reserves)
      }
    case .outside:
      guard let offered = self.market.outside(of: asset, in: other, at: time).proceeds(ofSelling: amount)
      else {
        throw .arithmetic(.overflow)
      }
      return offered
    }
  }

  /// The least that brings `target`, or all of `held` if that is not enough; nil if that brings nothing.
  /// What more of an asset brings is never less, so that halving finds it.
  func cheapestSale(
    of asset: AssetID, upTo held: Amount, for target: Amount, of other: AssetID, by seller: AccountID,
    in market: LiquidationMarket, _ time: SimTime
  ) throws(RunFailure.Reason) -> Sale? {
    var (low, high) = (Amount.zero, held)
    var best = try proceeds(ofSelling: held, asset, for: other, in: market, at: time)
    guard !best.isZero else { return nil }
    if best >= target {
      while high - low > Amount(units: 1) {
        let middle = Amount(units: low.units + (high.units - low.units) / 2)
        let brought = try proceeds(ofSelling: middle, asset, for: other, in: market, at: time)
        if brought >= target { (high, best) = (middle, brought) } else { low = middle }
      }
    }
    return Sale(seller: seller, asset: asset, amount: high, other: other, proceeds: best, market: market)
  }
}
