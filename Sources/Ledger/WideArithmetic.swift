/// Which way a quotient that is not whole goes. Every division of money says it.
package enum Rounding: Sendable {
  case down
  case up
}

/// Arithmetic whose result has no place in 64 bits, or no meaning.
package enum ArithmeticRefusal: Error, Hashable, Sendable {
  case overflow
  case divisionByZero
  case negative
}

/// a·b / c, computed exactly through 128 bits and rounded once, for a, b ≥ 0 and c > 0.
///
/// This is the only way money is multiplied or divided: `loss * weight / total` would overflow silently at
/// 9.2·10¹⁸ and would hide which way the last unit goes.
///
///     try mulDiv(10, 2, 3, .down)   // 6
///     try mulDiv(10, 2, 3, .up)     // 7
package func mulDiv(
  _ a: Int64, _ b: Int64, _ c: Int64, _ rounding: Rounding
) throws(ArithmeticRefusal) -> Int64 {
  guard a >= 0, b >= 0, c >= 0 else { throw .negative }
  guard c > 0 else { throw .divisionByZero }
  let product = UInt64(a).multipliedFullWidth(by: UInt64(b))
  // The quotient fits into 64 bits exactly when the high word is below the divisor.
  guard product.high < UInt64(c) else { throw .overflow }
  // Most products of money fit into one word, whose division takes a third of the time.
  var (quotient, remainder) =
    product.high == 0
    ? product.low.quotientAndRemainder(dividingBy: UInt64(c)) : UInt64(c).dividingFullWidth(product)
  if rounding == .up, remainder > 0 {
    guard quotient < UInt64.max else { throw .overflow }
    quotient += 1
    remainder = 0
  }
  guard quotient <= UInt64(Int64.max) else { throw .overflow }
  return Int64(quotient)
}

/// A ratio as a whole number of billionths: configs give ratios of amounts at most nine decimals.
private func billionths(_ ratio: Double) throws(ArithmeticRefusal) -> Int64 {
  guard ratio >= 0 else { throw .negative }
  let billionths = (ratio * 1e9).rounded()
  guard billionths <= 9e18 else { throw .overflow }
  return Int64(billionths)
}

/// A portion of an amount, the ratio taken at nine decimals: exact, and never more than the amount for a
/// ratio of at most one.
///
///     try portion(0.5, of: Amount(units: 3), .up)   // 2
package func portion(
  _ ratio: Double, of amount: Amount, _ rounding: Rounding
) throws(ArithmeticRefusal) -> Amount {
  Amount(units: try mulDiv(amount.units, try billionths(ratio), 1_000_000_000, rounding))
}

/// The least amount of which `part` is at most the ratio, taken at nine decimals: ⌈part / ratio⌉.
package func whole(ofWhich part: Amount, is ratio: Double) throws(ArithmeticRefusal) -> Amount {
  Amount(units: try mulDiv(part.units, 1_000_000_000, try billionths(ratio), .up))
}
