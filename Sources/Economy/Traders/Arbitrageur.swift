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
}

extension Arbitrageur {
  /// The round trip that earns most within `purse`, or nil if none earns anything.
  ///
  /// `rate` is the reference price in base units of quote per base unit of base. Outside legs round against
  /// the arbitrageur.
  package static func decide(
    pool: ConstantProductPool, baseIn: ConstantProductPool.Reserves, quoteIn: ConstantProductPool.Reserves,
    rate: Double, purse: Amount
  ) throws(ArithmeticRefusal) -> ArbitrageOrder? {
    if let best = pool.mostProfitableSale(reserves: baseIn, outsideRate: rate) {
      let sold = min(best, wholeUnits(Double(purse.units) / rate, .down) ?? best)
      let bought = try pool.bought(forSelling: sold, reserves: baseIn)
      guard let cost = wholeUnits(Double(sold.units) * rate, .up), cost <= purse, bought > cost else {
        return nil
      }
      return ArbitrageOrder(
        asset: pool.base, sold: sold, bought: bought, outside: cost,
        isPurseBound: sold < best)
    }
    if let best = pool.mostProfitableSale(reserves: quoteIn, outsideRate: 1 / rate) {
      let sold = min(best, purse)
      let bought = try pool.bought(forSelling: sold, reserves: quoteIn)
      guard let gain = wholeUnits(Double(bought.units) * rate, .down), gain > sold else { return nil }
      return ArbitrageOrder(
        asset: pool.quote, sold: sold, bought: bought, outside: gain,
        isPurseBound: sold < best)
    }
    return nil
  }
}
