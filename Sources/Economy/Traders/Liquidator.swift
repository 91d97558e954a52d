import Kernel
import Ledger

/// How long somebody takes to act: always the same, or drawn anew for each decision.
package enum Latency: Hashable, Sendable {
  case fixed(SimDuration)
  case exponential(mean: SimDuration)
}

/// What a liquidator sees of one debt of a position and one of its collaterals: published prices and the state
/// of the chain, nothing else.
package struct LiquidationView {
  package let venue: LendingPool
  /// Places in the venue's lists: which debt is repaid, which collateral seized.
  package let reserve: Int
  package let collateral: Int
  package let owed: Amount
  package let held: Amount
  /// Of the whole position.
  package let health: Double
  package let published: PriceBoard
  package let pool: ConstantProductPool
  package let reserves: ConstantProductPool.Reserves

  package init(
    venue: LendingPool, reserve: Int, collateral: Int, owed: Amount, held: Amount, health: Double,
    published: PriceBoard, pool: ConstantProductPool, reserves: ConstantProductPool.Reserves
  ) {
    self.venue = venue
    self.reserve = reserve
    self.collateral = collateral
    self.owed = owed
    self.held = held
    self.health = health
    self.published = published
    self.pool = pool
    self.reserves = reserves
  }

  package var debtAsset: AssetID { venue.reserves[reserve].asset }
  package var terms: CollateralTerms { venue.collateral[collateral] }
}

/// A liquidation that a liquidator wants: repay, seize, sell.
package struct LiquidationOrder: Hashable, Sendable {
  /// Places in the venue's lists.
  package let reserve: Int
  package let collateral: Int
  package let repaid: Amount
  package let seized: Amount
  package let proceeds: Amount

  package var profit: Amount { proceeds - repaid }
}

/// A firm that repays other people's debts for their collateral, and sells it at once in a pool.
///
/// It needs no capital: seizing, selling and repaying are one posting. Of the sizes most, most/2, … most/32
/// it takes the one that leaves most after slippage (the larger of two that leave as much), and passes a
/// position over when that is less than `minimumProfit`. Of several debts and collaterals that its pool trades
/// for one another it takes the pair that leaves most. A position passed over is looked at again after `retry`.
package struct Liquidator: Sendable {
  package let name: String
  package let account: AccountID
  package let key: EntityKey
  /// The pool where it sells.
  package let pool: PoolID
  package let latency: Latency
  package let retry: SimDuration
  /// In the pool's quote asset.
  package let minimumProfit: Amount

  /// Sizes tried: the most that may be repaid, and halves of it.
  package static let sizesTried = 6

  package init(
    name: String, account: AccountID, key: EntityKey, pool: PoolID, latency: Latency, retry: SimDuration,
    minimumProfit: Amount
  ) {
    self.name = name
    self.account = account
    self.key = key
    self.pool = pool
    self.latency = latency
    self.retry = retry
    self.minimumProfit = minimumProfit
  }

  /// The most profitable order, or nil if none is worth its while. Profits in several assets are compared in
  /// dollars at published prices; of equals the first counts.
  package func decide(_ views: [LiquidationView]) throws(ArithmeticRefusal) -> LiquidationOrder? {
    var best: (order: LiquidationOrder, dollars: Double)?
    for view in views {
      guard let order = try decide(view) else { continue }
      let dollars = view.published.value(of: order.profit, in: view.debtAsset)
      if best.map({ dollars > $0.dollars }) ?? true { best = (order, dollars) }
    }
    return best?.order
  }

  private func decide(_ view: LiquidationView) throws(ArithmeticRefusal) -> LiquidationOrder? {
    let least = try minimumProfit(in: view)
    var size = try view.venue.mostRepayable(of: view.owed, health: view.health)
    var best: LiquidationOrder?
    for _ in 0..<Liquidator.sizesTried where !size.isZero {
      let (repaid, seized) = view.venue.seizure(
        repaying: size, of: view.debtAsset, collateral: view.held, terms: view.terms,
        published: view.published)
      let proceeds = try view.pool.bought(forSelling: seized, reserves: view.reserves)
      let profit = proceeds - repaid
      if !seized.isZero, profit >= least, best.map({ profit > $0.profit }) ?? true {
        best = LiquidationOrder(
          reserve: view.reserve, collateral: view.collateral, repaid: repaid, seized: seized,
          proceeds: proceeds)
      }
      size = Amount(units: size.units / 2)
    }
    return best
  }

  /// What a liquidation must leave, in the asset that is owed: ⌈minimumProfit · rate⌉ at published prices where
  /// that is not the pool's quote asset.
  private func minimumProfit(in view: LiquidationView) throws(ArithmeticRefusal) -> Amount {
    guard view.debtAsset != view.pool.quote else { return minimumProfit }
    let rate = view.published.rate(of: view.pool.quote, in: view.debtAsset)
    guard let least = wholeUnits(Double(minimumProfit.units) * rate, .up) else { throw .overflow }
    return least
  }
}
