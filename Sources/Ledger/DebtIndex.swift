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
    let (whole, isExact) = try times(scaled.units)
    guard isExact || whole < .max else { throw .overflow }
    return Amount(units: isExact ? whole : whole + 1)
  }

  /// What a venue books for `scaled` units, rounded down: it never counts on a unit it may not get.
  package func booked(_ scaled: Amount) throws(ArithmeticRefusal) -> Amount {
    Amount(units: try times(scaled.units).whole)
  }

  /// ⌊scaled·index/10¹⁵⌋, and whether nothing was left. `mulDiv` with a divisor that is known.
  ///
  /// 10¹⁵ = 2¹⁵·5¹⁵, and 5¹⁵ < 2³⁵: after a shift it is divided in three digits of 29, 29 and 6 bits, which
  /// the compiler turns into multiplications. A division of 128 bits would take most of the time in which a
  /// position is weighed.
  private func times(_ scaled: Int64) throws(ArithmeticRefusal) -> (whole: Int64, isExact: Bool) {
    guard scaled >= 0, value >= 0 else { throw .negative }
    let product = UInt64(scaled).multipliedFullWidth(by: UInt64(value))
    // So its first digits are below the divisor.
    guard product.high < UInt64(DebtIndex.one) else { throw .overflow }
    let five: UInt64 = 30_517_578_125
    let (high, low) = (product.high >> 15, product.high << 49 | product.low >> 15)
    let (first, rest) = (high << 29 | low >> 35).quotientAndRemainder(dividingBy: five)
    let (second, next) = (rest << 29 | low >> 6 & (1 << 29 - 1)).quotientAndRemainder(dividingBy: five)
    let (third, last) = (next << 6 | low & 63).quotientAndRemainder(dividingBy: five)
    let quotient = first << 35 | second << 6 | third
    guard let whole = Int64(exactly: quotient) else { throw .overflow }
    return (whole, last == 0 && product.low & (1 << 15 - 1) == 0)
  }

  /// Scaled units for a new loan of `amount`, rounded up.
  package func scaledForLoan(of amount: Amount) throws(ArithmeticRefusal) -> Amount {
    Amount(units: try mulDiv(amount.units, DebtIndex.one, value, .up))
  }

  /// Scaled units retired by a repayment of `amount`, rounded down.
  package func scaledForRepayment(of amount: Amount) throws(ArithmeticRefusal) -> Amount {
    Amount(units: try mulDiv(amount.units, DebtIndex.one, value, .down))
  }

  /// Whether a repayment of `amount` retires any unit at all: amount·10¹⁵ >= index, without a division.
  package func retiresAny(by amount: Amount) -> Bool {
    guard amount.units > 0 else { return false }
    let product = UInt64(amount.units).multipliedFullWidth(by: UInt64(DebtIndex.one))
    return product.high > 0 || product.low >= UInt64(value)
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
