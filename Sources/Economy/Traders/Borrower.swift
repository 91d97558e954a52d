import Kernel
import Ledger

/// How a borrower looks after its position.
package struct Care: Hashable, Sendable {
  /// What it does for the position's health.
  package enum Means: String, CaseIterable, Hashable, Sendable {
    /// Posts more of what it has posted.
    case collateral
    /// Repays some of what it owes.
    case repayment
  }

  /// It looks once in every such interval, at a moment of it that is drawn.
  package let every: SimDuration
  /// The health below which it acts.
  package let below: Double
  /// The health that it restores, as far as its reserve goes.
  package let to: Double
  /// What it keeps for this, as a share of what it posted, or of what it borrowed if it repays.
  package let reserve: Double
  package let means: Means

  package init(
    every: SimDuration, below: Double, to: Double, reserve: Double, means: Means = .collateral
  ) {
    self.every = every
    self.below = below
    self.to = to
    self.reserve = reserve
    self.means = means
  }
}

/// Somebody who looks after a position of its own, out of a reserve that is an account of its own: what it
/// has borrowed is spent.
package struct Borrower: Sendable {
  /// The reserve.
  package let account: AccountID
  package let position: PositionID
  package let key: EntityKey
  package let care: Care

  package init(account: AccountID, position: PositionID, key: EntityKey, care: Care) {
    self.account = account
    self.position = position
    self.key = key
    self.care = care
  }
}

/// What a borrower sees: its position at published prices, and what it has left.
package struct BorrowerView {
  package let venue: LendingPool
  package let position: Position
  package let standing: Standing
  package let published: PriceBoard
  /// By place in the position's list of collaterals, or of debts if it repays.
  package let purse: [Amount]
  /// By place in the position's list of debts.
  package let owed: [Amount]

  package init(
    venue: LendingPool, position: Position, standing: Standing, published: PriceBoard, purse: [Amount],
    owed: [Amount]
  ) {
    self.venue = venue
    self.position = position
    self.standing = standing
    self.published = published
    self.purse = purse
    self.owed = owed
  }
}

extension Borrower {
  /// What to post, or to repay, by place in the position's list of collaterals, or of debts; nothing while
  /// its health is not below its limit.
  ///
  /// The first of the list first, up to what the purse holds of it: ⌈missing / value of a unit⌉, where
  ///
  ///     missing = to · owes − carries          and a unit of collateral counts by its threshold,
  ///     missing = owes − carries / to          of a debt.
  package func decide(_ view: BorrowerView) throws(ArithmeticRefusal) -> [Amount] {
    let nothing = view.purse.map { _ in Amount.zero }
    guard view.standing.health < care.below else { return nothing }
    switch care.means {
    case .collateral:
      return spread(
        missing: care.to * view.standing.owes - view.standing.carries, upTo: view.purse
      ) { place, amount in
        let terms = view.venue.collateral[view.position.collateral[place]]
        return view.published.value(of: amount, in: terms.asset) * terms.threshold
      }
    case .repayment:
      var amounts = spread(
        missing: view.standing.owes - view.standing.carries / care.to,
        upTo: zip(view.purse, view.owed).map { min($0, $1) }
      ) { place, amount in
        view.published.value(of: amount, in: view.venue.reserves[view.position.debts[place]].asset)
      }
      // What would not retire a unit of the debt is kept.
      for (number, place) in view.position.debts.enumerated() {
        let retired = try view.venue.reserves[place].index.scaledForRepayment(of: amounts[number])
        if retired.isZero { amounts[number] = .zero }
      }
      return amounts
    }
  }

  private func spread(
    missing: Double, upTo purse: [Amount], value: (Int, Amount) -> Double
  ) -> [Amount] {
    var missing = missing
    return purse.enumerated().map { place, most in
      guard missing > 0 else { return .zero }
      let wanted = wholeUnits(missing / value(place, Amount(units: 1)), .up) ?? most
      let amount = min(wanted, most)
      missing -= value(place, amount)
      return amount
    }
  }
}
