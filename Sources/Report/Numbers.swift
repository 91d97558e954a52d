import Experiments

/// How numbers are written: the same digits on every machine.
enum Numbers {
  /// A place in a picture, to a hundredth of a unit.
  static func coordinate(_ value: Double) -> String { rounded(value, 2) }

  /// For tables: whole from a thousand up, with two decimals below. `1,234,567`, `12.35`.
  static func amount(_ value: Double) -> String {
    let text = rounded(value, value.magnitude < 999.995 ? 2 : 0)
    guard value.magnitude < 1e14 else { return text }
    let isNegative = text.hasPrefix("-")
    let digits = isNegative ? text.dropFirst() : text[...]
    let whole = digits.prefix { $0 != "." }
    var grouped = ""
    for (place, digit) in whole.enumerated() {
      if place > 0, (whole.count - place) % 3 == 0 { grouped += "," }
      grouped.append(digit)
    }
    return (isNegative ? "−" : "") + grouped + digits.dropFirst(whole.count)
  }

  /// For pictures: three digits that count. `$1.25M`, `$307k`, `−$12.5`.
  static func dollars(_ value: Double) -> String {
    let sign = value < 0 ? "−$" : "$"
    let magnitude = value.magnitude
    for (unit, letter) in [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")] where magnitude >= 0.9995 * unit {
      return sign + threeDigits(magnitude / unit) + letter
    }
    let digits = threeDigits(magnitude)
    return digits == "0" ? "$0" : sign + digits
  }

  private static func threeDigits(_ value: Double) -> String {
    rounded(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0)
  }

  /// `1 run`, `2,000 runs`.
  static func counted(_ count: Int, _ noun: String) -> String {
    "\(amount(Double(count))) \(noun)\(count == 1 ? "" : "s")"
  }
}
