import Kernel
import Ledger

/// One asset that a venue lends: lenders put it in and get shares, borrowers take it out and owe it.
///
/// It keeps integers only:
///
///     cash + booked loans − provision + placed + deficit = claims + reserves + dust   (audited)
///
/// where cash is the venue's ledger balance, booked loans are ⌊scaled debt · index⌋, placed is what a vault's
/// claims on other venues were worth when last marked, the deficit is recognised bad debt that no layer has
/// made good, the provision is what of booked loans has been recognised as lost already, reserves are the
/// interest that the venue has kept, and dust is what rounding has left behind (never negative, except a
/// vault's: see `Vault`). Every operation returns the legs it needs and changes a
/// *copy*: the engine keeps the copy if and only if the ledger accepts the posting.
package struct Reserve: Sendable {
  /// The venue's.
  package let account: AccountID
  /// What is lent.
  package let asset: AssetID
  package let shareAsset: AssetID
  package let debtAsset: AssetID
  package let rate: RateCurve
  /// The share of interest that stays with the venue.
  package let reserveFactor: Double

  package var claims = Claims()
  package var index = DebtIndex()
  /// What a vault has put into other venues, as marked; zero for a venue that lends.
  package var placed = Amount.zero
  package var deficit = Amount.zero
  package var provision = Amount.zero
  package var reserves = Amount.zero
  package var dust = Amount.zero

  package init(
    account: AccountID, asset: AssetID, shareAsset: AssetID, debtAsset: AssetID, rate: RateCurve,
    reserveFactor: Double
  ) {
    self.account = account
    self.asset = asset
    self.shareAsset = shareAsset
    self.debtAsset = debtAsset
    self.rate = rate
    self.reserveFactor = reserveFactor
  }

  package func cash(_ ledger: Ledger) -> Amount { ledger.balance(of: account, in: asset) }
}

// MARK: Lenders

/// What a venue does when somebody asks for more than it has in cash.
package enum WithdrawalRule: String, CaseIterable, Sendable {
  /// It pays what there is.
  case partial
  /// It refuses.
  case whole
}

extension Reserve {
  package mutating func deposit(
    _ amount: Amount, by lender: AccountID
  ) throws(ArithmeticRefusal) -> [Transfer] {
    let shares = try claims.deposit(amount)
    return [
      Transfer(from: lender, to: account, asset: asset, amount: amount, for: .deposit),
      Transfer(from: account, to: lender, asset: shareAsset, amount: shares, for: .shareIssue),
    ]
  }

  /// As many of `shares` as there is cash for: all of them, or ⌊cash · shares in all / claims⌋.
  package func redeemable(_ shares: Amount, _ ledger: Ledger) throws(ArithmeticRefusal) -> Amount {
    let cash = cash(ledger)
    guard try claims.value(of: shares) > cash else { return shares }
    return Amount(
      units: try mulDiv(cash.units, claims.totalShares.units, claims.totalAssets.units, .down))
  }

  /// Hands shares back for ⌊shares · claims / shares in all⌋ of cash, less what rounding has cost a vault to
  /// get at that cash: whoever leaves makes it good.
  package mutating func withdraw(
    _ shares: Amount, by lender: AccountID
  ) throws(ArithmeticRefusal) -> (paid: Amount, legs: [Transfer]) {
    let value = try claims.redeem(shares)
    let rounding = min(value, max(.zero, -dust))
    var legs = [
      Transfer(from: lender, to: account, asset: shareAsset, amount: shares, for: .shareRedemption),
      Transfer(from: account, to: lender, asset: asset, amount: value, for: .withdrawal),
    ]
    if !rounding.isZero {
      dust += rounding
      legs.append(Transfer(from: lender, to: account, asset: asset, amount: rounding, for: .lossPayment))
    }
    return (value - rounding, legs)
  }
}

// MARK: Borrowers

extension Reserve {
  package func owed(by position: AccountID, _ ledger: Ledger) throws(ArithmeticRefusal) -> Amount {
    try index.owed(-ledger.balance(of: position, in: debtAsset))
  }

  package func bookedLoans(_ ledger: Ledger) throws(ArithmeticRefusal) -> Amount {
    try index.booked(ledger.balance(of: account, in: debtAsset))
  }

  /// borrowed / (borrowed + cash); 0 for a venue with neither.
  package func utilization(_ ledger: Ledger) throws(ArithmeticRefusal) -> Double {
    let borrowed = Double(try bookedLoans(ledger).units)
    guard borrowed > 0 else { return 0 }
    return borrowed / (borrowed + Double(cash(ledger).units))
  }

  /// The legs by which a borrower takes a loan against a position.
  package mutating func lend(
    _ amount: Amount, to borrower: AccountID, owedBy position: AccountID, _ ledger: Ledger
  ) throws(ArithmeticRefusal) -> [Transfer] {
    let scaled = try index.scaledForLoan(of: amount)
    dust += try bookChange(scaled: scaled, ledger) - amount
    return [
      Transfer(from: position, to: account, asset: debtAsset, amount: scaled, for: .debtIssue),
      Transfer(from: account, to: borrower, asset: asset, amount: amount, for: .loan),
    ]
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
      Transfer(from: payer, to: account, asset: asset, amount: amount, for: .repayment),
      Transfer(from: account, to: position, asset: debtAsset, amount: scaled, for: .debtRetirement),
    ]
  }

  /// Gives up what a position owes: the debt is retired and stands as a deficit until a layer takes it,
  /// except for what has been provided for, which has been recognised before.
  ///
  /// Requires a provision of at most what is owed.
  package mutating func writeOff(
    _ position: AccountID, providedFor: Amount = .zero, _ ledger: Ledger
  ) throws(ArithmeticRefusal) -> (loss: Amount, legs: [Transfer]) {
    let scaled = -ledger.balance(of: position, in: debtAsset)
    let owed = try index.owed(scaled)
    dust += owed + (try bookChange(scaled: -scaled, ledger))
    let loss = owed - providedFor
    provision -= providedFor
    deficit += loss
    return (
      loss, [Transfer(from: account, to: position, asset: debtAsset, amount: scaled, for: .writeOff)]
    )
  }

  /// One period's interest at the utilization of this moment: the index moves, lenders' claims and the
  /// venue's reserves grow by what it adds to the booked loans.
  package mutating func accrueInterest(
    over period: SimDuration, _ ledger: Ledger
  ) throws(ArithmeticRefusal) -> Amount {
    let before = try bookedLoans(ledger)
    let yearly = rate.rate(at: try utilization(ledger))
    try index.accrue(growth: yearly * (Double(period.microseconds) / Reserve.microsecondsPerYear))
    let interest = try bookedLoans(ledger) - before
    let toReserves = try portion(reserveFactor, of: interest, .up)
    reserves = try reserves.adding(toReserves)
    try claims.accrue(interest - toReserves)
    return interest
  }

  /// A year is 365 days of 86,400 seconds.
  package static let microsecondsPerYear: Double = 365 * 86_400 * 1_000_000
}
