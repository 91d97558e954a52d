/// An asset as amounts see it: what it is called and how many decimals one unit splits into.
package struct AmountUnit: Equatable, Sendable {
  package let symbol: String
  package let decimals: Int

  /// Requires `0 <= decimals <= 18`.
  package init(symbol: String, decimals: Int) {
    precondition((0...18).contains(decimals), "\(symbol) has \(decimals) decimals")
    self.symbol = symbol
    self.decimals = decimals
  }
}

/// So many base units of one asset: `"2.5M USDC"` with six decimals is 2,500,000,000,000 of USDC.
package struct NamedAmount: Equatable, Sendable {
  package let baseUnits: Int64
  package let symbol: String

  package init(baseUnits: Int64, symbol: String) {
    self.baseUnits = baseUnits
    self.symbol = symbol
  }
}

extension ValueKind where Value == Int64 {
  /// Base units of one known asset: `"2.5M USDC"`, `"20k"`, `20000`. Exact, never negative.
  package static func amount(of unit: AmountUnit, in bounds: Bounds<Int64> = .from(0)) -> ValueKind {
    func shape() -> ValueShape {
      let range =
        bounds.lower?.isIncluded == true && bounds.lower?.value == 0 && bounds.upper == nil
        ? "" : bounds.text { amountText($0, of: unit) }
      let allowed =
        "an amount\(range), such as \"2.5M \(unit.symbol)\", \"60k\" or 20000 (suffixes: k, M, B)"
      return ValueShape("amount", "an amount of \(unit.symbol)", allowed: allowed, unit: unit.symbol)
        .bounded(by: bounds) { .string(amountText($0, of: unit)) }
    }
    return scalar(shape(), placeholder: bounds.lower?.value ?? 0) { node throws(Refusal) in
      guard let value = try readAmount(node, among: [unit]) else { return nil }
      guard bounds.contains(value.baseUnits) else { throw Refusal("the amount is out of range") }
      return value.baseUnits
    }
  }
}

extension ValueKind where Value == NamedAmount {
  /// Base units of whichever of these assets the amount names; with one asset it need not be named.
  package static func amount(among units: [AmountUnit]) -> ValueKind {
    let example = units.first?.symbol ?? "USDC"
    func shape() -> ValueShape {
      let allowed = "an amount with its asset, such as \"2.5M \(example)\" (suffixes: k, M, B)"
      return ValueShape("amount", "an amount", allowed: allowed)
    }
    return scalar(shape(), placeholder: NamedAmount(baseUnits: 0, symbol: example)) { node throws(Refusal) in
      try readAmount(node, among: units)
    }
  }
}

/// The decimal of base units with its symbol: `2500000 USDC`.
func amountText(_ baseUnits: Int64, of unit: AmountUnit) -> String {
  var digits = String(baseUnits.magnitude)
  if digits.utf8.count <= unit.decimals {
    digits = String(repeating: "0", count: unit.decimals + 1 - digits.utf8.count) + digits
  }
  let whole = digits.dropLast(unit.decimals)
  var fraction = digits.suffix(unit.decimals)
  while fraction.last == "0" { fraction.removeLast() }
  return "\(baseUnits < 0 ? "-" : "")\(whole)\(fraction.isEmpty ? "" : ".")\(fraction) \(unit.symbol)"
}

private func readAmount(_ node: JSONNode, among units: [AmountUnit]) throws(Refusal) -> NamedAmount? {
  switch node.content {
  case .number(let text), .string(let text): try parseAmount(text, among: units)
  default: nil
  }
}

/// `<decimal>[k|M|B][ <asset>]`, exactly, in base units of the asset.
///
///     try parseAmount("2.5M USDC", among: [usdc])   // 2_500_000_000_000 USDC at six decimals
func parseAmount(_ text: String, among units: [AmountUnit]) throws(Refusal) -> NamedAmount {
  let parts = text.split(separator: " ", omittingEmptySubsequences: false)
  guard let quantity = parts.first, !quantity.isEmpty, parts.count <= 2 else {
    throw Refusal("this is not an amount")
  }
  let (decimal, shift) = try parseQuantity(quantity)
  let unit = try unitNamed(parts.count == 2 ? String(parts[1]) : nil, among: units)
  let needed = max(0, decimal.neededDecimals - shift)
  guard needed <= unit.decimals else {
    throw Refusal(
      "the amount has more decimals than \(unit.symbol)",
      allowed: "at most \(unit.decimals) decimals, not \(needed)")
  }
  guard let baseUnits = decimal.magnitude(scale: unit.decimals + shift) else {
    throw Refusal("the amount is too large", allowed: "at most \(amountText(.max, of: unit))")
  }
  return NamedAmount(baseUnits: baseUnits, symbol: unit.symbol)
}

/// The number before the asset, and the power of ten its suffix stands for.
private func parseQuantity(_ text: Substring) throws(Refusal) -> (DecimalText, Int) {
  let bytes = text.utf8
  if bytes.contains(UInt8(ascii: "_")) || bytes.contains(UInt8(ascii: ",")) {
    throw Refusal("amounts are written without separators between digits")
  }
  let digits = text.prefix { !($0.isASCII && $0.isLetter) }
  let suffix = String(text.dropFirst(digits.count))
  guard let decimal = DecimalText(digits) else { throw Refusal("this is not an amount") }
  if decimal.isNegative { throw Refusal("amounts are not negative") }
  switch suffix {
  case "": return (decimal, 0)
  case "k": return (decimal, 3)
  case "M": return (decimal, 6)
  case "B": return (decimal, 9)
  case "K", "m", "b": throw Refusal("`\(suffix)` is not a suffix", allowed: "k = 10^3, M = 10^6, B = 10^9")
  default:
    throw Refusal(
      "`\(shortened(suffix))` is not a suffix; an asset stands after a blank",
      allowed: "k = 10^3, M = 10^6, B = 10^9")
  }
}

private func unitNamed(_ symbol: String?, among units: [AmountUnit]) throws(Refusal) -> AmountUnit {
  let symbols = units.map(\.symbol)
  guard let symbol else {
    if units.count == 1 { return units[0] }
    throw Refusal("the amount does not name its asset", notes: ["declared: \(listed(symbols))"])
  }
  if let unit = units.first(where: { $0.symbol == symbol }) { return unit }
  if units.count == 1 {
    var refusal = Refusal("this amount is in \(units[0].symbol), not in `\(shortened(symbol))`")
    refusal.isRule = true
    throw refusal
  }
  throw Refusal(
    "unknown asset `\(shortened(symbol))`", suggestion: nearest(to: symbol, among: symbols),
    notes: ["declared: \(symbols.isEmpty ? "none" : listed(symbols))"])
}
