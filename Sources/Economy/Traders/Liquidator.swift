import Kernel
import Ledger

/// Where a liquidator turns collateral into what it repaid.
package enum LiquidationMarket: Hashable, Sendable {
  case pool(PoolID)
  /// The market outside the model, at the reference price and with its impact.
  case outside
}

/// What the members of a population of liquidators have in common.
package struct LiquidatorTerms: Hashable, Sendable {
  package let market: LiquidationMarket
  /// What its capital, its least profit and its bids are amounts of: a pool's quote asset, or what it repays
  /// in.
  package let currency: AssetID
  package let latency: Latency
  package let retry: SimDuration
  /// The least that a liquidation must leave, bids paid; nil: it takes the largest that it can pay for, at
  /// any loss, as a keeper does that a protocol pays for it.
  package let minimumProfit: Amount?
  /// What it begins with.
  package let capital: Amount
  /// How long it holds what it has seized before it sells; nil: seizing, selling and repaying are one
  /// posting, and it needs capital for a loss only. With a time it repays out of its capital, which comes
  /// back when it sells, at the price of then.
  package let sellsAfter: SimDuration?
  /// What it bids for a place in a block.
  package let bid: AmountDistribution?

  package init(
    market: LiquidationMarket, currency: AssetID, latency: Latency, retry: SimDuration,
    minimumProfit: Amount?, capital: Amount = .zero, sellsAfter: SimDuration? = nil,
    bid: AmountDistribution? = nil
  ) {
    self.market = market
    self.currency = currency
    self.latency = latency
    self.retry = retry
    self.minimumProfit = minimumProfit
    self.capital = capital
    self.sellsAfter = sellsAfter
    self.bid = bid
  }
}

/// What a liquidator sees of one debt of a position and one of its collaterals: published prices and the
/// state of the chain, nothing else.
package struct LiquidationView {
  /// Where it would sell, as it stands.
  package enum Market {
    case pool(Pool, Pool.Reserves)
    case outside(OutsideMarket)
  }

  /// Places in the venue's lists: which debt is repaid, which collateral seized.
  package let reserve: Int
  package let collateral: Int
  package let debtAsset: AssetID
  package let terms: CollateralTerms
  private let index: DebtIndex
  /// The most that one liquidation may repay.
  fileprivate let mostRepayable: Amount
  package let held: Amount
  package let published: PriceBoard
  package let market: Market
  /// What the liquidator has of the asset that is owed.
  package let purse: Amount

  /// - Parameters:
  ///   - reserve: its place in the venue's list, as that of the collateral.
  ///   - health: of the whole position.
  package init(
    venue: borrowing LendingPool, reserve: Int, collateral: Int, owed: Amount, held: Amount, health: Double,
    published: PriceBoard, market: Market, purse: Amount
  ) throws(ArithmeticRefusal) {
    self.reserve = reserve
    self.collateral = collateral
    debtAsset = venue.reserves[reserve].asset
    index = venue.reserves[reserve].index
    terms = venue.collateral[collateral]
    mostRepayable = try venue.mostRepayable(of: owed, health: health)
    self.held = held
    self.published = published
    self.market = market
    self.purse = purse
  }

  fileprivate func seizure(repaying repaid: Amount) -> (repaid: Amount, seized: Amount) {
    terms.seizure(repaying: repaid, of: debtAsset, held: held, published: published)
  }

  /// No repayment of `most` or less leaves more. A unit repaid brings units of collateral, the first of which
  /// sells for most, until there is none left; rounding takes from that, and the margin is far above what
  /// doubles add.
  fileprivate func profitAtMost(repaying most: Amount) -> Double {
    let perUnit = terms.seized(forUnitOf: debtAsset, published)
    let price =
      switch market {
      case .pool(let pool, let reserves): pool.marginalSale(after: .zero, reserves: reserves)
      case .outside(let outside): outside.rate
      }
    let repaid = min(Double(most.units), Double(held.units) / perUnit + 1)
    return (repaid + 1) * max(0, perUnit * price * (1 + 1e-6) - 1)
  }

  fileprivate func retiresAny(by repaid: Amount) -> Bool { index.retiresAny(by: repaid) }

  /// What selling `seized` would bring now.
  package func proceeds(ofSelling seized: Amount) throws(ArithmeticRefusal) -> Amount {
    switch market {
    case .pool(let pool, let reserves): return try pool.bought(forSelling: seized, reserves: reserves)
    case .outside(let outside):
      guard let proceeds = outside.proceeds(ofSelling: seized) else { throw .overflow }
      return proceeds
    }
  }
}

/// A liquidation that a liquidator wants: repay, seize, sell.
package struct LiquidationOrder: Hashable, Sendable {
  /// Places in the venue's lists.
  package let reserve: Int
  package let collateral: Int
  package let repaid: Amount
  package let seized: Amount
  /// What selling at once brings.
  package let proceeds: Amount

  package var profit: Amount { proceeds - repaid }
}

/// A firm that repays other people's debts for their collateral and sells that, at once or after a while.
///
/// Of the sizes most, most/2, … most/32 it takes the one that leaves most after slippage (the larger of two
/// that leave as much), and passes a position over when that is less than its `minimumProfit`, or when it has
/// not the capital. Of several debts and collaterals that it can turn into one another it takes the pair that
/// leaves most. A position passed over is looked at again after `retry`.
package struct Liquidator: Sendable {
  package let name: String
  package let account: AccountID
  package let key: EntityKey
  package let terms: LiquidatorTerms
  /// For a place in a block, in its currency.
  package let bid: Amount

  /// Sizes tried: the most that may be repaid, and halves of it.
  package static let sizesTried = 6

  package init(
    name: String, account: AccountID, key: EntityKey, terms: LiquidatorTerms, bid: Amount = .zero
  ) {
    self.name = name
    self.account = account
    self.key = key
    self.terms = terms
    self.bid = bid
  }

  fileprivate func decide(_ view: LiquidationView) throws(ArithmeticRefusal) -> LiquidationOrder? {
    let least = try leastProfit(in: view)
    var size = view.mostRepayable
    // Most looks are at what too little is left of: then no size need be tried.
    if let least, view.profitAtMost(repaying: size) < Double(least.units) { return nil }
    var best: LiquidationOrder?
    for _ in 0..<Liquidator.sizesTried where !size.isZero {
      let (repaid, seized) = view.seizure(repaying: size)
      let order = LiquidationOrder(
        reserve: view.reserve, collateral: view.collateral, repaid: repaid, seized: seized,
        proceeds: try view.proceeds(ofSelling: seized))
      size = Amount(units: size.units / 2)
      // A repayment so small that it retires nothing would take collateral for no debt, again and again.
      guard !seized.isZero, view.retiresAny(by: repaid), try canPay(for: order, view) else { continue }
      guard let least else { return order }
      if order.profit >= least, best.map({ order.profit > $0.profit }) ?? true { best = order }
    }
    return best
  }

  /// A firm that sells at once pays a gap between repayment and proceeds; one that sells later, the
  /// repayment.
  private func canPay(
    for order: LiquidationOrder, _ view: LiquidationView
  ) throws(ArithmeticRefusal) -> Bool {
    if terms.sellsAfter != nil { return order.repaid <= view.purse }
    return order.repaid <= (try view.purse.adding(order.proceeds))
  }

  /// What a liquidation must leave, in the asset that is owed and before the bid is paid: ⌈(minimumProfit +
  /// bid) · rate⌉ at published prices where that is not its currency.
  private func leastProfit(in view: LiquidationView) throws(ArithmeticRefusal) -> Amount? {
    guard let least = try terms.minimumProfit?.adding(bid) else { return nil }
    guard view.debtAsset != terms.currency else { return least }
    let rate = view.published.rate(of: terms.currency, in: view.debtAsset)
    guard let converted = wholeUnits(Double(least.units) * rate, .up) else { throw .overflow }
    return converted
  }
}

/// The order that a liquidator gives after looking at each debt and collateral of a position, or none if none
/// is worth its while. Profits in several assets are compared in dollars at published prices; of equals the
/// first counts.
package struct BestOrder {
  package private(set) var order: LiquidationOrder?
  private var dollars = 0.0

  package init() {}

  package mutating func consider(
    _ view: borrowing LiquidationView, by liquidator: borrowing Liquidator
  ) throws(ArithmeticRefusal) {
    guard let found = try liquidator.decide(view) else { return }
    let worth = view.published.value(of: found.profit, in: view.debtAsset)
    if order == nil || worth > dollars { (order, dollars) = (found, worth) }
  }
}
