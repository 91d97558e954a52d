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

  package init(asset: AssetID, maximumLTV: Double, threshold: Double, bonus: Double) {
    self.asset = asset
    self.maximumLTV = maximumLTV
    self.threshold = threshold
    self.bonus = bonus
  }
}

/// Lenders put one asset in and get shares; borrowers take it out against collateral held in escrow.
///
/// A position is an account of its own: it holds the collateral and owes the debt, so that "without recourse"
/// is a fact of the ledger. The venue keeps integers only:
///
///     cash + booked loans + deficit = claims + reserves + dust        (audited after every event in tests)
///
/// where cash is its ledger balance, booked loans are ⌊scaled debt · index⌋, the deficit is recognised bad
/// debt that no layer has made good, and dust is what rounding has left behind (never negative).
/// Every operation returns the posting it needs and changes a *copy*: the engine keeps the copy if and only
/// if the ledger accepts the posting.
package struct LendingPool: Sendable {
  package let name: String
  package let account: AccountID
  package let loanAsset: AssetID
  package let shareAsset: AssetID
  package let debtAsset: AssetID
  package let collateral: [CollateralTerms]
  /// The share of a debt that one liquidation may repay.
  package let closeFactor: Double
  /// Below this health a liquidation may repay everything; 0: never. Aave v3: 0.95.
  package let fullCloseBelow: Double
  /// Interest a year, simple within an accrual period.
  package let borrowRate: Double
  package let accrualPeriod: SimDuration
  /// The share of interest that stays with the venue.
  package let reserveFactor: Double
  package let recognition: Recognition

  package var claims = Claims()
  package var index = DebtIndex()
  package var deficit = Amount.zero
  package var reserves = Amount.zero
  package var dust = Amount.zero

  package init(
    name: String, account: AccountID, loanAsset: AssetID, shareAsset: AssetID, debtAsset: AssetID,
    collateral: [CollateralTerms], closeFactor: Double, fullCloseBelow: Double, borrowRate: Double,
    accrualPeriod: SimDuration, reserveFactor: Double, recognition: Recognition
  ) {
    self.name = name
    self.account = account
    self.loanAsset = loanAsset
    self.shareAsset = shareAsset
    self.debtAsset = debtAsset
    self.collateral = collateral
    self.closeFactor = closeFactor
    self.fullCloseBelow = fullCloseBelow
    self.borrowRate = borrowRate
    self.accrualPeriod = accrualPeriod
    self.reserveFactor = reserveFactor
    self.recognition = recognition
  }
}

// MARK: Lenders

extension LendingPool {
  package mutating func deposit(
    _ amount: Amount, by lender: AccountID
  ) throws(ArithmeticRefusal) -> Posting {
    let shares = try claims.deposit(amount)
    return Posting(
      Transfer(from: lender, to: account, asset: loanAsset, amount: amount, for: .deposit),
      Transfer(from: account, to: lender, asset: shareAsset, amount: shares, for: .shareIssue))
  }
}

// MARK: Borrowers

extension LendingPool {
  package func owed(by position: AccountID, _ ledger: Ledger) throws(ArithmeticRefusal) -> Amount {
    try index.owed(-ledger.balance(of: position, in: debtAsset))
  }

  package func bookedLoans(_ ledger: Ledger) throws(ArithmeticRefusal) -> Amount {
    try index.booked(ledger.balance(of: account, in: debtAsset))
  }

  /// Opens a loan: collateral into escrow, debt against it, the money to the borrower.
  package mutating func lend(
    _ amount: Amount, to borrower: AccountID, against posted: Amount, of terms: CollateralTerms,
    heldBy position: AccountID, _ ledger: Ledger
  ) throws(ArithmeticRefusal) -> Posting {
    let scaled = try index.scaledForLoan(of: amount)
    dust += try bookChange(scaled: scaled, ledger) - amount
    return Posting(
      Transfer(from: borrower, to: position, asset: terms.asset, amount: posted, for: .collateral),
      Transfer(from: position, to: account, asset: debtAsset, amount: scaled, for: .debtIssue),
      Transfer(from: account, to: borrower, asset: loanAsset, amount: amount, for: .loan))
  }

  /// By how much the booked loans would grow (or fall) if the scaled total did.
  private func bookChange(scaled: Amount, _ ledger: Ledger) throws(ArithmeticRefusal) -> Amount {
    let total = ledger.balance(of: account, in: debtAsset)
    return try index.booked(total + scaled) - index.booked(total)
  }

  /// The legs by which `payer` repays part of a position's debt.
  package mutating func repay(
    _ amount: Amount, of position: AccountID, by payer: AccountID, _ ledger: Ledger
  ) throws(ArithmeticRefusal) -> [Transfer] {
    let scaled = try index.scaledForRepayment(of: amount)
    dust += amount + (try bookChange(scaled: -scaled, ledger))
    return [
      Transfer(from: payer, to: account, asset: loanAsset, amount: amount, for: .repayment),
      Transfer(from: account, to: position, asset: debtAsset, amount: scaled, for: .debtRetirement),
    ]
  }

  /// Gives up what a position owes: the debt is retired and stands as a deficit until a layer takes it.
  package mutating func writeOff(
    _ position: AccountID, _ ledger: Ledger
  ) throws(ArithmeticRefusal) -> (loss: Amount, posting: Posting) {
    let scaled = -ledger.balance(of: position, in: debtAsset)
    let loss = try index.owed(scaled)
    dust += loss + (try bookChange(scaled: -scaled, ledger))
    deficit += loss
    let leg = Transfer(from: account, to: position, asset: debtAsset, amount: scaled, for: .writeOff)
    return (loss, Posting(leg))
  }

  /// One period's interest: the index moves, lenders' claims and the venue's reserves grow by what it adds to
  /// the booked loans.
  package mutating func accrueInterest(
    over period: SimDuration, _ ledger: Ledger
  ) throws(ArithmeticRefusal) -> Amount {
    let before = try bookedLoans(ledger)
    try index.accrue(growth: borrowRate * (Double(period.microseconds) / LendingPool.microsecondsPerYear))
    let interest = try bookedLoans(ledger) - before
    let toReserves = try portion(reserveFactor, of: interest, .up)
    reserves = try reserves.adding(toReserves)
    try claims.accrue(interest - toReserves)
    return interest
  }

  /// A year is 365 days of 86,400 seconds.
  package static let microsecondsPerYear: Double = 365 * 86_400 * 1_000_000
}

// MARK: Health and liquidation

extension LendingPool {
  /// A loan falls when its collateral, counted at the threshold, is worth less than the debt:
  /// value(collateral)·threshold < value(debt), both at published prices.
  package func isLiquidatable(
    owed: Amount, collateral held: Amount, terms: CollateralTerms, published: PriceBoard
  ) -> Bool {
    published.value(of: held, in: terms.asset) * terms.threshold < published.value(of: owed, in: loanAsset)
  }

  /// threshold · value(collateral) / value(debt), at published prices.
  package func health(
    owed: Amount, collateral held: Amount, terms: CollateralTerms, published: PriceBoard
  ) -> Double {
    published.value(of: held, in: terms.asset) * terms.threshold / published.value(of: owed, in: loanAsset)
  }

  /// The most that one liquidation may repay: ⌈debt·closeFactor⌉, or all of it below `fullCloseBelow`.
  package func mostRepayable(of owed: Amount, health: Double) throws(ArithmeticRefusal) -> Amount {
    health < fullCloseBelow ? owed : try portion(closeFactor, of: owed, .up)
  }

  /// What a liquidator takes for repaying `repaid`, at published prices: ⌊repaid·rate·(1 + bonus)⌋ of the
  /// collateral; or all of it, for ⌈held / (rate·(1 + bonus))⌉, if there is less than that.
  package func seizure(
    repaying repaid: Amount, collateral held: Amount, terms: CollateralTerms, published: PriceBoard
  ) -> (repaid: Amount, seized: Amount) {
    let perUnit = published.rate(of: loanAsset, in: terms.asset) * (1 + terms.bonus)
    if let seized = wholeUnits(Double(repaid.units) * perUnit, .down), seized < held {
      return (repaid, seized)
    }
    let enough = wholeUnits(Double(held.units) / perUnit, .up) ?? repaid
    return (min(repaid, enough), held)
  }
}
