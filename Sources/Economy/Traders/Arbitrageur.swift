import Kernel
import Ledger

/// Ties a pool to the outside market: sells to the dearer, buys from the cheaper, in one posting.
///
/// It acts `latency` after it sees a gap, and spends at most what it has of the pool's quote asset: its
/// capital and what it has gained. All of it comes back in the same posting. What limits it is therefore time
/// and fees, as for the arbitrageurs of real pools; a gap left by a lack of capital is taken `latency` later.
package struct Arbitrageur: Sendable {
  package let name: String
  package let account: AccountID
  package let key: EntityKey
  package let pool: PoolID
  package let latency: SimDuration
  /// For a place in a block, in the pool's quote asset.
  package let bid: Amount

  package init(
    name: String, account: AccountID, key: EntityKey, pool: PoolID, latency: SimDuration,
    bid: Amount = .zero
  ) {
    self.name = name
    self.account = account
    self.key = key
    self.pool = pool
    self.latency = latency
    self.bid = bid
  }
}

/// A round trip: buy outside what is sold to the pool, or sell outside what is bought from it.
package struct ArbitrageOrder: Hashable, Sendable {
  /// What the pool gets.
  package let asset: AssetID
  package let sold: Amount
  package let bought: Amount
  /// The base asset's leg with the outside world, at the reference price, in the pool's quote asset.
  package let outside: Amount
  /// Whether the purse, and not the gap, set the size.
  package let isPurseBound: Bool
  /// The outside price, in quote units for one of base, that the last unit still earns: what a transaction is
  /// sent with.
  package let limit: Double
}

extension Arbitrageur {
  /// The round trip that earns most within `purse`, or nil if none earns anything.
  ///
  /// Outside legs round against the arbitrageur. On a chain this decides what is sent: which asset is sold to
  /// the pool, and down to which price.
  package static func decide(
    pool: Pool, baseIn: Pool.Reserves, quoteIn: Pool.Reserves,
    outside: OutsideMarket, purse: Amount
  ) throws(ArithmeticRefusal) -> ArbitrageOrder? {
    if let best = mostOfBase(pool, baseIn, outside) {
      let sold = affordable(best, outside, purse)
      let bought = try pool.bought(forSelling: sold, reserves: baseIn)
      guard let cost = outside.cost(ofBuying: sold), cost <= purse, bought > cost else { return nil }
      return ArbitrageOrder(
        asset: pool.base, sold: sold, bought: bought, outside: cost, isPurseBound: sold < best,
        limit: outside.rate(afterBuying: Double(sold.units), for: Double(cost.units)))
    }
    if let best = mostOfQuote(pool, quoteIn, outside) {
      let sold = min(best, purse)
      let bought = try pool.bought(forSelling: sold, reserves: quoteIn)
      guard let gain = outside.proceeds(ofSelling: bought), gain > sold else { return nil }
      return ArbitrageOrder(
        asset: pool.quote, sold: sold, bought: bought, outside: gain, isPurseBound: sold < best,
        limit: outside.rate(afterBuying: -Double(bought.units), for: -Double(gain.units)))
    }
    return nil
  }

  /// What a transaction does that sells `asset` down to `limit`, where the pool stands now: as much as the
  /// pool takes at that price and the purse pays for, or nil if that is nothing. What the outside has come to
  /// ask meanwhile it cannot see; its sender bears the difference.
  package static func execute(
    selling asset: AssetID, downTo limit: Double, pool: Pool, reserves: Pool.Reserves,
    outside: OutsideMarket, purse: Amount
  ) throws(ArithmeticRefusal) -> ArbitrageOrder? {
    let isBase = asset == pool.base
    guard let best = pool.mostProfitableSale(reserves: reserves, outsideRate: isBase ? limit : 1 / limit)
    else { return nil }
    let sold = isBase ? affordable(best, outside, purse) : min(best, purse)
    let bought = try pool.bought(forSelling: sold, reserves: reserves)
    let hoped = OutsideMarket(rate: limit)
    if isBase {
      guard let least = hoped.cost(ofBuying: sold), bought > least, let cost = outside.cost(ofBuying: sold),
        cost <= purse
      else { return nil }
      return ArbitrageOrder(
        asset: asset, sold: sold, bought: bought, outside: cost, isPurseBound: sold < best, limit: limit)
    }
    guard let most = hoped.proceeds(ofSelling: bought), most > sold,
      let gain = outside.proceeds(ofSelling: bought)
    else { return nil }
    return ArbitrageOrder(
      asset: asset, sold: sold, bought: bought, outside: gain, isPurseBound: sold < best, limit: limit)
  }

  /// How much base to sell to the pool if the purse did not matter. What the outside charges rises with every
  /// unit; beyond the best amount the next unit would cost more there than the pool pays.
  private static func mostOfBase(
    _ pool: Pool, _ reserves: Pool.Reserves, _ outside: OutsideMarket
  ) -> Amount? {
    guard let flat = pool.mostProfitableSale(reserves: reserves, outsideRate: outside.rate) else {
      return nil
    }
    guard !outside.isDeep else { return flat }
    let best = mostUnits(upTo: flat) { sold in
      guard let cost = outside.cost(ofBuying: sold) else { return false }
      return pool.marginalSale(after: sold, reserves: reserves)
        >= outside.marginalRate(afterBuying: Double(sold.units), for: Double(cost.units))
    }
    return best > .zero ? best : nil
  }

  /// The same for the quote, whose pool's worth is sold outside.
  private static func mostOfQuote(
    _ pool: Pool, _ reserves: Pool.Reserves, _ outside: OutsideMarket
  ) -> Amount? {
    guard let flat = pool.mostProfitableSale(reserves: reserves, outsideRate: 1 / outside.rate) else {
      return nil
    }
    guard !outside.isDeep else { return flat }
    let best = mostUnits(upTo: flat) { sold in
      guard let bought = try? pool.bought(forSelling: sold, reserves: reserves),
        let gain = outside.proceeds(ofSelling: bought)
      else { return false }
      return pool.marginalSale(after: sold, reserves: reserves)
        * outside.marginalRate(afterBuying: -Double(bought.units), for: -Double(gain.units)) >= 1
    }
    return best > .zero ? best : nil
  }

  /// The most that the purse pays for, to the unit: dividing it by the rate may be a unit too much.
  private static func affordable(_ best: Amount, _ outside: OutsideMarket, _ purse: Amount) -> Amount {
    mostUnits(upTo: best) { sold in outside.cost(ofBuying: sold).map { $0 <= purse } ?? false }
  }
}
