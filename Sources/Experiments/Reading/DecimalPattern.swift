/// Regular expressions (ECMA-262, without look-around) for decimals within bounds, so that a schema can
/// refuse `"120%"` where at most `"100%"` is allowed.
///
///     DecimalPattern.atMost(DecimalText("100")!, isIncluded: true)   // 100, 99.5, -3; not 100.1
///
/// They presuppose the grammar of `DecimalText`: no leading zeros, no exponent.
enum DecimalPattern {
  static let magnitude = #"(0|[1-9][0-9]*)(\.[0-9]+)?"#
  static let decimal = "-?" + magnitude

  private static let anyFraction = #"(\.[0-9]+)?"#
  private static let zero = #"-0(\.0+)?"#

  /// Decimals not below (or, excluding it, above) a limit.
  static func atLeast(_ limit: DecimalText, isIncluded: Bool) -> String {
    if limit.isNegative { return "-(\(magnitudeAtMost(limit, isIncluded)))|\(magnitude)" }
    let negative = limit.isZero && isIncluded ? zero + "|" : ""
    return negative + magnitudeAtLeast(limit, isIncluded)
  }

  /// Decimals not above (or, excluding it, below) a limit.
  static func atMost(_ limit: DecimalText, isIncluded: Bool) -> String {
    if limit.isNegative { return "-(\(magnitudeAtLeast(limit, isIncluded)))" }
    guard limit.isZero else { return "-\(magnitude)|\(magnitudeAtMost(limit, isIncluded))" }
    // Minus nought is not below nought.
    return isIncluded
      ? #"-\#(magnitude)|0(\.0+)?"# : "-(\(magnitudeAtLeast(limit, false)))"
  }

  /// Longer numbers, those that first differ by a greater digit, and the limit with whatever follows it.
  private static func magnitudeAtLeast(_ limit: DecimalText, _ isIncluded: Bool) -> String {
    let (whole, fraction) = parts(limit)
    var alternatives = ["[1-9][0-9]{\(whole.count),}\(anyFraction)"]
    alternatives += differing(whole, fraction, by: { $0 < 9 ? "[\($0 + 1)-9]" : nil })
    let more = isIncluded ? "[0-9]*" : "[0-9]*[1-9][0-9]*"
    let isWhole = fraction.isEmpty && isIncluded
    alternatives.append(text(whole) + (isWhole ? anyFraction : #"\.\#(text(fraction))\#(more)"#))
    return alternatives.joined(separator: "|")
  }

  /// Shorter numbers, those that first differ by a smaller digit, and the limit cut short.
  private static func magnitudeAtMost(_ limit: DecimalText, _ isIncluded: Bool) -> String {
    let (whole, fraction) = parts(limit)
    var alternatives = whole.count > 1 ? ["[0-9]{1,\(whole.count - 1)}\(anyFraction)"] : []
    alternatives += differing(whole, fraction, by: { $0 > 0 ? "[0-\($0 - 1)]" : nil })
    for count in fraction.indices {
      alternatives.append(text(whole) + (count == 0 ? "" : #"\.\#(text(Array(fraction.prefix(count))))"#))
    }
    if isIncluded {
      alternatives.append(
        text(whole) + (fraction.isEmpty ? #"(\.0+)?"# : #"\.\#(text(fraction))0*"#))
    }
    return alternatives.joined(separator: "|")
  }

  /// Numbers of the limit's length that share a beginning with it and then have one of `others`' digits.
  private static func differing(
    _ whole: [UInt8], _ fraction: [UInt8], by others: (UInt8) -> String?
  ) -> [String] {
    var alternatives: [String] = []
    for (index, digit) in (whole + fraction).enumerated() {
      guard let other = others(digit) else { continue }
      if index < whole.count {
        let rest = whole.count - index - 1
        alternatives.append(
          text(Array(whole.prefix(index))) + other + (rest > 0 ? "[0-9]{\(rest)}" : "") + anyFraction)
      } else {
        let shared = text(Array(fraction.prefix(index - whole.count)))
        alternatives.append(#"\#(text(whole))\.\#(shared)\#(other)[0-9]*"#)
      }
    }
    return alternatives
  }

  /// Digits before the point and after it, without zeros at the end.
  private static func parts(_ limit: DecimalText) -> (whole: [UInt8], fraction: [UInt8]) {
    let whole = Array(limit.digits.dropLast(limit.fractionDigits))
    return (whole, Array(limit.digits.dropFirst(whole.count).prefix(limit.neededDecimals)))
  }

  private static func text(_ digits: [UInt8]) -> String { digits.map { "\($0)" }.joined() }
}
