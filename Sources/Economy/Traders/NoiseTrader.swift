import Kernel
import Ledger

/// Trades in a pool for reasons of its own: at times that come as a Poisson process, either way with equal
/// chance, out of what it has.
///
/// It knows nothing but the pool: a size in the quote asset is worth as much base as the pool says.
package struct NoiseTrader: Sendable {
  package let account: AccountID
  package let key: EntityKey
  package let pool: PoolID
  /// The mean time between its trades.
  package let every: SimDuration
  /// In the pool's quote asset.
  package let size: AmountDistribution
  /// For a place in a block, in the pool's quote asset.
  package let bid: Amount

  package init(
    account: AccountID, key: EntityKey, pool: PoolID, every: SimDuration, size: AmountDistribution,
    bid: Amount = .zero
  ) {
    self.account = account
    self.key = key
    self.pool = pool
    self.every = every
    self.size = size
    self.bid = bid
  }
}

/// What is sold to the pool, and for what.
package struct NoiseOrder: Hashable, Sendable {
  package let asset: AssetID
  package let sold: Amount
  package let bought: Amount
}

extension NoiseTrader {
  /// A trade of a drawn size and side, at most `purse` of what is sold; nil if that buys nothing.
  ///
  /// - Parameters:
  ///   - reserves: seen from the side that is sold.
  ///   - rate: quote for one of the base, in base units, at the margin.
  package static func decide(
    sellsBase: Bool, size: Amount, pool: Pool, reserves: Pool.Reserves,
    rate: Double, purse: Amount
  ) throws(ArithmeticRefusal) -> NoiseOrder? {
    let wanted = sellsBase ? wholeUnits(Double(size.units) / rate, .down) ?? purse : size
    let sold = min(wanted, purse)
    guard sold > .zero else { return nil }
    let bought = try pool.bought(forSelling: sold, reserves: reserves)
    guard bought > .zero else { return nil }
    return NoiseOrder(asset: sellsBase ? pool.base : pool.quote, sold: sold, bought: bought)
  }
}
