import Kernel
import Ledger

/// Where a looper turns what it borrows into what it posts, and back.
package enum LoopMarket: Hashable, Sendable {
  case pool(PoolID)
  /// The market outside, at the reference price and with its impact.
  case outside
  /// A share's own venue, which issues it for what is borrowed and takes it back.
  case venue
}

/// How a looper looks after its leverage.
package struct LoopWatch: Hashable, Sendable {
  /// It looks once in every such interval, at a moment of it that is drawn.
  package let every: SimDuration
  /// The debt over the collateral, at published prices, above which it sells collateral and repays.
  package let deleverAbove: Double
  /// The ratio below which it borrows and posts more; nil: it never does.
  package let releverBelow: Double?
  package let market: LoopMarket

  package init(
    every: SimDuration, deleverAbove: Double, releverBelow: Double? = nil, market: LoopMarket
  ) {
    self.every = every
    self.deleverAbove = deleverAbove
    self.releverBelow = releverBelow
    self.market = market
  }
}

/// Somebody who has bought, with what it borrowed against a collateral, more of that collateral, and posted
/// that, too, again and again. It looks after the leverage that this has built, with nothing else to do so.
///
/// With own funds E and each loop borrowing the share t of what the one before has posted, n loops post
///
///     K = E · (1 + t + … + tⁿ),   and owe t · K:
///
/// whatever n, the position is at its target t; what the last loan brought is spent. No loops make a plain
/// borrower, and n → ∞ a leverage of 1 / (1 − t).
package struct Looper: Sendable {
  package let position: PositionID
  package let key: EntityKey
  /// The debt over the collateral to which it comes back.
  package let target: Double
  package let watch: LoopWatch

  package init(position: PositionID, key: EntityKey, target: Double, watch: LoopWatch) {
    self.position = position
    self.key = key
    self.target = target
    self.watch = watch
  }

  /// E · (1 + t + … + tⁿ), in the order of the loops, rounded down; nil beyond 63 bits.
  package static func posted(_ own: Amount, target: Double, loops: Int) -> Amount? {
    var (sum, part) = (Double(own.units), Double(own.units))
    for _ in 0..<loops {
      part *= target
      sum += part
    }
    return loops == 0 ? own : wholeUnits(sum, .down)
  }
}

/// What a looper sees: its position at published prices, in dollars.
package struct LooperView {
  package let holds: Double
  package let owes: Double
  /// Of a base unit.
  package let collateralPrice: Double
  package let debtPrice: Double
  package let held: Amount
  /// What the venue has to lend.
  package let cash: Amount

  package init(
    holds: Double, owes: Double, collateralPrice: Double, debtPrice: Double, held: Amount, cash: Amount
  ) {
    self.holds = holds
    self.owes = owes
    self.collateralPrice = collateralPrice
    self.debtPrice = debtPrice
    self.held = held
    self.cash = cash
  }
}

/// What a looper does about its leverage.
package enum LooperOrder: Hashable, Sendable {
  /// So much of the collateral, to repay with.
  case sell(Amount)
  /// So much, to buy collateral with.
  case borrow(Amount)
}

extension Looper {
  /// What brings it back to its target if published prices are what it trades at:
  ///
  ///     sells x:   (D − x) / (K − x) = t,   x = (D − t·K) / (1 − t), rounded up, at most all
  ///     borrows y: (D + y) / (K + y) = t,   y = (t·K − D) / (1 − t), rounded down, at most what there is
  package func decide(_ view: LooperView) -> LooperOrder? {
    let ratio = view.owes / view.holds
    if ratio > watch.deleverAbove {
      let excess = (view.owes - target * view.holds) / (1 - target)
      guard excess > 0 else { return nil }
      let sold = min(view.held, wholeUnits(excess / view.collateralPrice, .up) ?? view.held)
      return sold > .zero ? .sell(sold) : nil
    }
    if let below = watch.releverBelow, ratio < below {
      let missing = (target * view.holds - view.owes) / (1 - target)
      guard missing > 0 else { return nil }
      let borrowed = min(view.cash, wholeUnits(missing / view.debtPrice, .down) ?? view.cash)
      return borrowed > .zero ? .borrow(borrowed) : nil
    }
    return nil
  }
}
