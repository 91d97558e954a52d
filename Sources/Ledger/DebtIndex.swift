/// The growth of a debt since the run began, as a fixed-point integer: 10¹⁵ is one.
///
/// A debt is held in *scaled* units, which never change by interest: what is owed is ⌈scaled·index/10¹⁵⌉.
/// Interest moves the index, not the accounts. Rounding always goes against the borrower.
///
///     var index = DebtIndex()
///     try index.accrue(growth: 0.05 / 365)
///     try index.owed(scaled)
package struct DebtIndex: Hashable, Sendable, BitwiseCopyable {
  package static let one: Int64 = 1_000_000_000_000_000

  package var value: Int64 = DebtIndex.one

  package init() {}

  /// What is owed on `scaled` units, rounded up.
  package func owed(_ scaled: Amount) throws(ArithmeticRefusal) -> Amount {
    Amount(units: try mulDiv(scaled.units, value, DebtIndex.one, .up))
  }

  /// What a venue books for `scaled` units, rounded down: it never counts on a unit it may not get.
  package func booked(_ scaled: Amount) throws(ArithmeticRefusal) -> Amount {
    Amount(units: try mulDiv(scaled.units, value, DebtIndex.one, .down))
  }

  /// Scaled units for a new loan of `amount`, rounded up.
  package func scaledForLoan(of amount: Amount) throws(ArithmeticRefusal) -> Amount {
    Amount(units: try mulDiv(amount.units, DebtIndex.one, value, .up))
  }

  /// Scaled units retired by a repayment of `amount`, rounded down.
  package func scaledForRepayment(of amount: Amount) throws(ArithmeticRefusal) -> Amount {
    Amount(units: try mulDiv(amount.units, DebtIndex.one, value, .down))
  }

  /// index ← index + ⌈index·growth⌉ with growth a non-negative fraction of one, itself rounded up to 10⁻¹⁵.
  package mutating func accrue(growth: Double) throws(ArithmeticRefusal) {
    guard growth >= 0 else { throw .negative }
    let units = (growth * Double(DebtIndex.one)).rounded(.up)
    guard units < 9e18 else { throw .overflow }
    let step = try mulDiv(value, Int64(units), DebtIndex.one, .up)
    let (sum, overflow) = value.addingReportingOverflow(step)
    guard !overflow else { throw .overflow }
    value = sum
  }
}
