/// A whole number of an asset's base units (10⁻⁸ of a token unless the asset says otherwise).
///
/// Money is never a floating-point number. An `Amount` may be negative (an issuer's balance is), but a
/// `Transfer` of a negative amount is refused. `+` and `-` trap on overflow: supplies are checked against
/// `Int64` before a run, so an overflow here is a bug of ours, not of a config.
///
///     let paid = Amount(units: 60) + Amount(units: 40)   // 100 base units
package struct Amount: Hashable, Comparable, Sendable, BitwiseCopyable {
  package let units: Int64

  package init(units: Int64) { self.units = units }

  package static let zero = Amount(units: 0)

  package var isZero: Bool { units == 0 }

  package static func + (left: Amount, right: Amount) -> Amount { Amount(units: left.units + right.units) }
  package static func - (left: Amount, right: Amount) -> Amount { Amount(units: left.units - right.units) }
  package static prefix func - (amount: Amount) -> Amount { Amount(units: -amount.units) }
  /// The sum, where a config may bring about one that has no place.
  package func adding(_ other: Amount) throws(ArithmeticRefusal) -> Amount {
    let (sum, overflow) = units.addingReportingOverflow(other.units)
    guard !overflow else { throw .overflow }
    return Amount(units: sum)
  }

  package static func += (left: inout Amount, right: Amount) { left = left + right }
  package static func -= (left: inout Amount, right: Amount) { left = left - right }
  package static func < (left: Amount, right: Amount) -> Bool { left.units < right.units }
}

extension Amount: CustomStringConvertible {
  package var description: String { "\(units)" }

  /// The amount in tokens, exactly, without trailing zeros: `formatted(decimals: 8)` of 150,000,000 is `1.5`.
  package func formatted(decimals: Int) -> String {
    var digits = [UInt8](String(units.magnitude).utf8)
    while digits.count <= decimals { digits.insert(UInt8(ascii: "0"), at: 0) }
    var fraction = digits.suffix(decimals)
    while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
    var text = units < 0 ? [UInt8(ascii: "-")] : []
    text += digits.dropLast(decimals)
    if !fraction.isEmpty { text += [UInt8(ascii: ".")] + fraction }
    return String(decoding: text, as: UTF8.self)
  }
}
