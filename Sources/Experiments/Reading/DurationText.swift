/// Units a duration may carry, longest first, in microseconds.
private let durationUnits: [(name: String, microseconds: Int64)] = [
  ("w", 604_800_000_000), ("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000),
  ("ms", 1_000), ("us", 1),
]

/// What a duration looks like, for messages.
let durationForm = "a duration such as \"12s\", \"30m\" or \"1d6h\" (units: w, d, h, m, s, ms, us)"

/// Microseconds of a duration: whole numbers with units, longest unit first, no blanks.
///
///     try microseconds(ofDuration: "1d6h")   // 108_000_000_000
func microseconds(ofDuration text: String) throws(Refusal) -> Int64 {
  var rest = Array(text.utf8)[...]
  guard !rest.isEmpty else { throw Refusal("a duration is missing") }
  if rest.first == UInt8(ascii: "-") { throw Refusal("durations are not negative") }
  var total: Int64 = 0
  var nextUnit = 0
  while !rest.isEmpty {
    let digits = rest.prefix(while: isDigit)
    rest = rest.dropFirst(digits.count)
    if rest.first == UInt8(ascii: ".") {
      throw Refusal("durations are whole numbers of each unit", allowed: "a smaller unit, such as \"1h30m\"")
    }
    guard !digits.isEmpty else { throw Refusal("this is not a duration") }
    let letters = rest.prefix(while: isLetter)
    rest = rest.dropFirst(letters.count)
    let unit = String(decoding: letters, as: UTF8.self)
    guard !unit.isEmpty else {
      throw Refusal(rest.isEmpty ? "a duration needs a unit" : "this is not a duration")
    }
    guard let position = durationUnits.firstIndex(where: { $0.name == unit }) else {
      throw Refusal("`\(shortened(unit))` is not a unit of time")
    }
    guard position >= nextUnit else { throw Refusal("units go from long to short, each once") }
    nextUnit = position + 1
    guard let count = Int64(String(decoding: digits, as: UTF8.self)) else { throw tooLong }
    let (part, partOverflows) = count.multipliedReportingOverflow(by: durationUnits[position].microseconds)
    let (sum, sumOverflows) = total.addingReportingOverflow(part)
    if partOverflows || sumOverflows { throw tooLong }
    total = sum
  }
  return total
}

private let tooLong = Refusal(
  "the duration is too long", allowed: "at most \(durationText(.max)), about 292,000 years")

/// The shortest text that reads back as this many microseconds: `1d6h`, `0s`.
func durationText(_ microseconds: Int64) -> String {
  var rest = microseconds
  var text = ""
  for unit in durationUnits where rest >= unit.microseconds {
    text += "\(rest / unit.microseconds)\(unit.name)"
    rest %= unit.microseconds
  }
  return text.isEmpty ? "0s" : text
}
