import Kernel
import Ledger

/// What a venue asks of a collateral. Shares of one: 0.825 is 82.5 %.
package struct CollateralTerms: Sendable {
  package let asset: AssetID
  /// The most that may be borrowed against a unit of value when a loan is opened.
  package let maximumLTV: Double
  /// The share of the collateral's value up to which a loan stands.
  package let threshold: Double
  /// What a liquidator gets on top of what it repays.
  package let bonus: Double

  /// The most that may be borrowed in the run: a venue that has lowered the threshold lends nobody more than
  /// would stand.
  package var borrowable: Double { min(maximumLTV, threshold) }

  package init(asset: AssetID, maximumLTV: Double, threshold: Double, bonus: Double) {
    self.asset = asset
    self.maximumLTV = maximumLTV
    self.threshold = threshold
    self.bonus = bonus
  }
}

/// Lends one or more assets against one or more collaterals held in escrow. An isolated market is a pool with
/// one of each; a vault's books are a pool without collateral (see `Vault`).
///
/// A position is an account of its own: it holds the collateral and owes the debts, so that "without
/// recourse" is a fact of the ledger. What is lent, and to whom it belongs, is each `Reserve`'s business.
package struct LendingPool: Sendable {
  package let name: String
  package let account: AccountID
  package var reserves: [Reserve]
  package var collateral: [CollateralTerms]
  /// The share of a debt that one liquidation may repay.
  package let closeFactor: Double
  /// Below this health a liquidation may repay everything; 0: never. Aave v3: 0.95.
  package let fullCloseBelow: Double
  package let accrualPeriod: SimDuration
  package let recognition: Recognition
  package let withdrawals: WithdrawalRule
  /// Between saying that one leaves and leaving: a stake pool's.
  package let cooldown: SimDuration

  package init(
    name: String, account: AccountID, reserves: [Reserve], collateral: [CollateralTerms],
    closeFactor: Double, fullCloseBelow: Double, accrualPeriod: SimDuration, recognition: Recognition,
    withdrawals: WithdrawalRule = .partial, cooldown: SimDuration = .zero
  ) {
    self.cooldown = cooldown
    self.name = name
    self.account = account
    self.reserves = reserves
    self.collateral = collateral
    self.closeFactor = closeFactor
    self.fullCloseBelow = fullCloseBelow
    self.accrualPeriod = accrualPeriod
    self.recognition = recognition
    self.withdrawals = withdrawals
  }

  /// Whether it lends the asset or takes it as collateral: whose price it reads. A vault lends to nobody.
  package func reads(_ asset: AssetID) -> Bool {
    guard !collateral.isEmpty else { return false }
    return reserves.contains { $0.asset == asset } || collateral.contains { $0.asset == asset }
  }
}

// MARK: Positions

extension LendingPool {
  package func held(_ place: Int, by position: Position, _ ledger: Ledger) -> Amount {
    ledger.balance(of: position.account, in: collateral[place].asset)
  }

  package func isEmpty(_ position: Position, _ ledger: Ledger) -> Bool {
    position.collateral.allSatisfy { held($0, by: position, ledger).isZero }
  }

  /// Whether it holds nothing that is worth anything at published prices.
  package func isExhausted(_ position: Position, _ ledger: Ledger, published: PriceBoard) -> Bool {
    position.collateral.allSatisfy {
      published[collateral[$0].asset] == 0 || held($0, by: position, ledger).isZero
    }
  }

  package func isPaid(_ position: Position, _ ledger: Ledger) -> Bool {
    position.debts.allSatisfy { ledger.balance(of: position.account, in: reserves[$0].debtAsset).isZero }
  }

  /// By how many millionths of a dollar a position's debts exceed its collateral at reference prices: ⌈Σ
  /// value of what it owes⌉ − ⌊Σ value of what it holds⌋, zero if they do not. Dollars, because debts in
  /// several assets have no other unit in common; whole numbers of them, so that a sum over positions has no
  /// order.
  package func shortfallMicrodollars(
    of position: Position, _ ledger: Ledger, reference: PriceBoard
  ) throws(ArithmeticRefusal) -> Int64 {
    let (holds, owes) = try worth(of: position, ledger, at: reference)
    return try LendingPool.shortfallMicrodollars(holding: holds, owing: owes)
  }

  /// The same of a position that holds so many dollars.
  func shortfallMicrodollars(
    of position: Position, holding holds: Double, _ ledger: Ledger, reference: PriceBoard
  ) throws(ArithmeticRefusal) -> Int64 {
    try LendingPool.shortfallMicrodollars(
      holding: holds, owing: try worthOfDebts(of: position, ledger, at: reference))
  }

  private static func shortfallMicrodollars(
    holding holds: Double, owing owes: Double
  ) throws(ArithmeticRefusal) -> Int64 {
    guard holds < owes else { return 0 }
    guard let up = wholeUnits(owes * 1e6, .up), let down = wholeUnits(holds * 1e6, .down) else {
      throw .overflow
    }
    return up.units - down.units
  }

  /// What a position holds and owes, in dollars.
  package func worth(
    of position: Position, _ ledger: Ledger, at prices: PriceBoard
  ) throws(ArithmeticRefusal) -> (holds: Double, owes: Double) {
    var holds = 0.0
    for place in position.collateral {
      holds += prices.value(of: held(place, by: position, ledger), in: collateral[place].asset)
    }
    return (holds, try worthOfDebts(of: position, ledger, at: prices))
  }

  private func worthOfDebts(
    of position: Position, _ ledger: Ledger, at prices: PriceBoard
  ) throws(ArithmeticRefusal) -> Double {
    var owes = 0.0
    for place in position.debts {
      let owed = try reserves[place].owed(by: position.account, ledger)
      owes += prices.value(of: owed, in: reserves[place].asset)
    }
    return owes
  }

  /// What of each debt the collateral does not cover at these prices, in the order of the debts: ⌈shortfall ·
  /// debt / debts⌉ in the asset that is owed, and never more than is.
  package func uncovered(
    of position: Position, _ ledger: Ledger, at prices: PriceBoard
  ) throws(ArithmeticRefusal) -> [Amount] {
    let (holds, owes) = try worth(of: position, ledger, at: prices)
    var parts: [Amount] = []
    for place in position.debts {
      let owed = try reserves[place].owed(by: position.account, ledger)
      guard holds < owes else {
        parts.append(.zero)
        continue
      }
      guard let part = wholeUnits((owes - holds) / owes * Double(owed.units), .up) else { throw .overflow }
      parts.append(min(owed, part))
    }
    return parts
  }

  /// Adds a position's shortfall at published prices to `sums`, reserve by reserve in proportion to the debts
  /// in it: ⌊shortfall · debt / debts⌋, in millionths of a dollar.
  package func addVisibleShortfall(
    of position: Position, _ ledger: Ledger, published: PriceBoard, to sums: inout [Amount]
  ) throws(ArithmeticRefusal) {
    let (holds, owes) = try worth(of: position, ledger, at: published)
    guard holds < owes else { return }
    for place in position.debts {
      let owed = try reserves[place].owed(by: position.account, ledger)
      let debt = published.value(of: owed, in: reserves[place].asset)
      guard let part = wholeUnits((owes - holds) * (debt / owes) * 1e6, .down) else { throw .overflow }
      sums[place] = try sums[place].adding(part)
    }
  }
}

// MARK: Liquidation

extension LendingPool {
  /// The most that one liquidation may repay of one debt: ⌈debt·closeFactor⌉, or all of it below
  /// `fullCloseBelow`.
  package func mostRepayable(of owed: Amount, health: Double) throws(ArithmeticRefusal) -> Amount {
    health < fullCloseBelow ? owed : try portion(closeFactor, of: owed, .up)
  }
}

extension CollateralTerms {
  /// Units of the collateral for a unit repaid, at published prices.
  package func seized(forUnitOf debt: AssetID, _ published: borrowing PriceBoard) -> Double {
    published.rate(of: debt, in: asset) * (1 + bonus)
  }

  /// What a liquidator takes for repaying `repaid` of an asset, at published prices: ⌊repaid·rate·(1 +
  /// bonus)⌋ of the collateral; or all of it, for ⌈held / (rate·(1 + bonus))⌉, if there is less than that.
  package func seizure(
    repaying repaid: Amount, of debt: AssetID, held: Amount, published: borrowing PriceBoard
  ) -> (repaid: Amount, seized: Amount) {
    let perUnit = seized(forUnitOf: debt, published)
    if let seized = wholeUnits(Double(repaid.units) * perUnit, .down), seized < held {
      return (repaid, seized)
    }
    let enough = wholeUnits(Double(held.units) / perUnit, .up) ?? repaid
    return (min(repaid, enough), held)
  }
}
