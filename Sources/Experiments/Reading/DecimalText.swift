/// A decimal as written, before anybody decides what it counts: `-0.350` is digits 350, three of them after
/// the point.
///
///     DecimalText("2.5")?.magnitude(scale: 6)   // 2_500_000
///
/// Invariant: `digits` holds only 0...9 and at least one; `0 <= fractionDigits < digits.count`.
struct DecimalText {
  let isNegative: Bool
  let digits: [UInt8]
  let fractionDigits: Int

  /// Reads `-?[0-9]+(\.[0-9]+)?` without leading zeros; nil for anything else.
  init?(_ text: some StringProtocol) {
    var bytes = Array(text.utf8)[...]
    isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative { bytes = bytes.dropFirst() }
    let whole = bytes.prefix(while: isDigit)
    var fraction: ArraySlice<UInt8> = []
    bytes = bytes.dropFirst(whole.count)
    if bytes.first == UInt8(ascii: ".") {
      fraction = bytes.dropFirst().prefix(while: isDigit)
      guard !fraction.isEmpty else { return nil }
      bytes = bytes.dropFirst(1 + fraction.count)
    }
    guard bytes.isEmpty, !whole.isEmpty, whole.count == 1 || whole.first != UInt8(ascii: "0") else {
      return nil
    }
    digits = (whole + fraction).map { $0 - UInt8(ascii: "0") }
    fractionDigits = fraction.count
  }

  /// How many decimals the value needs: trailing zeros do not count.
  var neededDecimals: Int {
    let zeros = digits.suffix(fractionDigits).reversed().prefix { $0 == 0 }.count
    return fractionDigits - zeros
  }

  var isZero: Bool { digits.allSatisfy { $0 == 0 } }

  /// |value| · 10^scale exactly; nil if it exceeds Int64. Requires `scale >= neededDecimals`.
  func magnitude(scale: Int) -> Int64? {
    precondition(scale >= neededDecimals, "a decimal with \(neededDecimals) decimals at scale \(scale)")
    if isZero { return 0 }
    var value: Int64 = 0
    let kept = digits.dropLast(max(0, fractionDigits - scale))
    for digit in kept {
      guard let next = shifted(value, adding: Int64(digit)) else { return nil }
      value = next
    }
    for _ in 0..<max(0, scale - fractionDigits) {
      guard let next = shifted(value, adding: 0) else { return nil }
      value = next
    }
    return value
  }

  private func shifted(_ value: Int64, adding digit: Int64) -> Int64? {
    let (product, productOverflows) = value.multipliedReportingOverflow(by: 10)
    let (sum, sumOverflows) = product.addingReportingOverflow(digit)
    return productOverflows || sumOverflows ? nil : sum
  }
}

/// The shortest decimal that reads back as `value · 10^shift`, spelled without an exponent: `0.000001`, `35`.
func plainDecimal(_ value: Double, shift: Int = 0) -> String {
  let parts = value.description.split(separator: "e")
  let isNegative = parts[0].hasPrefix("-")
  let mantissa = (isNegative ? parts[0].dropFirst() : parts[0]).split(separator: ".")
  let fraction = mantissa.count > 1 && mantissa[1] != "0" ? Array(mantissa[1].utf8) : []
  var digits = Array(mantissa[0].utf8) + fraction
  var point = mantissa[0].utf8.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + shift
  let zero = UInt8(ascii: "0")
  if point < 1 {
    digits = [UInt8](repeating: zero, count: 1 - point) + digits
    point = 1
  }
  if point > digits.count { digits += [UInt8](repeating: zero, count: point - digits.count) }
  var whole = digits[..<point].drop { $0 == zero }
  if whole.isEmpty { whole = [zero] }
  var rest = digits[point...]
  while rest.last == zero { rest.removeLast() }
  let text = String(decoding: whole, as: UTF8.self)
  return (isNegative ? "-" : "") + text + (rest.isEmpty ? "" : "." + String(decoding: rest, as: UTF8.self))
}
