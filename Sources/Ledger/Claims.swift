/// What a venue owes the holders of its shares: integer shares over an integer total.
///
/// A holder's value is ⌊shares·totalAssets/totalShares⌋. Writing a loss off lowers `totalAssets` once, so
/// that a haircut over a million holders costs one subtraction. Rounding always stays with the holders who
/// remain: nobody gains by splitting a deposit or a withdrawal.
///
///     var claims = Claims()
///     let shares = try claims.deposit(Amount(units: 400))     // 400 shares
///     claims.writeDown(Amount(units: 100))
///     try claims.value(of: shares)                            // 300
///
/// Invariant: `totalShares` equals the share asset's supply in the ledger (audited).
package struct Claims: Hashable, Sendable {
  package var totalAssets: Amount = .zero
  package var totalShares: Amount = .zero
  /// What the holders of today have put in, and not taken out again.
  package private(set) var principal: Amount = .zero

  package init() {}

  /// The value of `shares`, rounded down.
  package func value(of shares: Amount) throws(ArithmeticRefusal) -> Amount {
    guard !totalShares.isZero else { return .zero }
    return Amount(units: try mulDiv(shares.units, totalAssets.units, totalShares.units, .down))
  }

  /// The fewest shares that are worth `assets`: ⌈assets · shares / assets in all⌉, or all of them.
  package func shares(for assets: Amount) throws(ArithmeticRefusal) -> Amount {
    guard assets < totalAssets else { return totalShares }
    return Amount(units: try mulDiv(assets.units, totalShares.units, totalAssets.units, .up))
  }

  /// Shares for `assets` put in, rounded down; the first deposit gets one share a unit. Claims that have been
  /// wiped out take no new deposits: the newcomer would own part of nothing.
  package mutating func deposit(_ assets: Amount) throws(ArithmeticRefusal) -> Amount {
    guard assets.units >= 0 else { throw .negative }
    let shares: Amount
    if totalShares.isZero {
      shares = assets
    } else {
      shares = Amount(units: try mulDiv(assets.units, totalShares.units, totalAssets.units, .down))
    }
    guard !totalAssets.units.addingReportingOverflow(assets.units).overflow,
      !totalShares.units.addingReportingOverflow(shares.units).overflow
    else { throw .overflow }
    totalAssets += assets
    totalShares += shares
    // Never more than the sum of all that has come in, which is an amount.
    principal += assets
    return shares
  }

  /// Assets for `shares` handed back, rounded down.
  package mutating func redeem(_ shares: Amount) throws(ArithmeticRefusal) -> Amount {
    guard shares <= totalShares, shares.units >= 0 else { throw .negative }
    let assets = try value(of: shares)
    let left = totalShares - shares
    principal = Amount(
      units: left.isZero ? 0 : try mulDiv(principal.units, left.units, totalShares.units, .up))
    totalAssets -= assets
    totalShares = left
    return assets
  }

  /// What claims have grown by since they were put in, if they have. Every share has the same part of it, as
  /// every share has cost the same where all deposits are made before time starts.
  package var interest: Amount { max(.zero, totalAssets - principal) }

  /// Everybody's claim falls in the same ratio.
  package mutating func writeDown(_ loss: Amount) {
    precondition(
      loss.units >= 0 && loss <= totalAssets, "a layer is never asked for more than the claims hold")
    totalAssets -= loss
  }

  /// One holder loses `loss` by handing back shares for nothing: as few as are worth it, all that it has if
  /// those are not worth more. What rounding leaves is the others'.
  package mutating func cancel(_ loss: Amount, of held: Amount) throws(ArithmeticRefusal) -> Amount {
    guard try loss <= value(of: held) else { throw .negative }
    let shares = loss.isZero ? Amount.zero : min(held, try self.shares(for: loss))
    let left = totalShares - shares
    principal = Amount(
      units: left.isZero ? 0 : try mulDiv(principal.units, left.units, totalShares.units, .up))
    totalAssets -= loss
    totalShares = left
    return shares
  }

  /// Everybody's claim grows in the same ratio.
  package mutating func accrue(_ interest: Amount) throws(ArithmeticRefusal) {
    guard interest.units >= 0 else { throw .negative }
    guard !totalAssets.units.addingReportingOverflow(interest.units).overflow else { throw .overflow }
    totalAssets += interest
  }
}
