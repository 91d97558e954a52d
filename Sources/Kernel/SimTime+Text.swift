// Durations as text. Grammar, with units strictly from long to short, each at most once:
//
//     duration = part { part }      part = digits [ "." digits ] unit
//     unit     = "d" | "h" | "m" | "s" | "ms" | "us"
//
// `12s`, `1.5h` and `1d6h30m` are durations. The canonical form has no fractions: `1.5s` is printed `1s500ms`.

/// Why a text is not a duration. `at` is the byte offset of the offending part, for a caret under it.
package enum SimDurationParseError: Error, Hashable, Sendable {
  case empty
  case negative(at: Int)
  /// Digits were expected, or are missing after the decimal point.
  case notANumber(at: Int)
  case missingUnit(at: Int)
  case unknownUnit(at: Int)
  /// `30m1d`, or `1h1h`: longer units come first, each once.
  case unitOutOfOrder(at: Int)
  /// `1.5us`: the clock has no such instant.
  case finerThanMicrosecond(at: Int)
  case overflow(at: Int)
}

extension SimDuration {
  /// Reads `12s`, `5m`, `6h`, `2d`, `250ms`, `10us`, `1.5h`, `1d6h30m` from UTF-8 bytes.
  package init<Text: Collection>(parsing text: Text) throws(SimDurationParseError)
  where Text.Element == UInt8 {
    var reader = DurationReader(text)
    microseconds = try reader.readDuration()
  }

  /// Appends the canonical form: `1d6h`, `1s500ms`, `0s`; every non-negative duration reads back as itself.
  ///
  /// A negative difference gets a leading `-`, which the reader refuses: no config may ask for one.
  package func appendText(to bytes: inout [UInt8]) {
    if microseconds < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = microseconds.magnitude
    if rest == 0 {
      bytes.append(UInt8(ascii: "0"))
      bytes.append(UInt8(ascii: "s"))
    }
    for unit in TimeUnit.longestFirst {
      let (count, remainder) = rest.quotientAndRemainder(dividingBy: UInt64(unit.microseconds))
      rest = remainder
      guard count > 0 else { continue }
      appendDecimal(count, to: &bytes)
      if unit.letters > 0xFF { bytes.append(UInt8(unit.letters >> 8)) }
      bytes.append(UInt8(truncatingIfNeeded: unit.letters))
    }
  }
}

private func appendDecimal(_ value: UInt64, to bytes: inout [UInt8]) {
  var scale: UInt64 = 1
  while value / scale >= 10 { scale *= 10 }
  while scale > 0 {
    bytes.append(UInt8(ascii: "0") + UInt8(value / scale % 10))
    scale /= 10
  }
}

/// Reads one duration, left to right, knowing at each step which byte it is at.
private struct DurationReader<Text: Collection> where Text.Element == UInt8 {
  private let text: Text
  private var position: Text.Index
  private var offset = 0

  init(_ text: Text) {
    self.text = text
    position = text.startIndex
  }

  private var peek: UInt8? { position == text.endIndex ? nil : text[position] }

  private mutating func skip() {
    position = text.index(after: position)
    offset += 1
  }

  mutating func readDuration() throws(SimDurationParseError) -> Int64 {
    guard peek != nil else { throw .empty }
    var total: Int64 = 0
    var shortest: TimeUnit?
    repeat {
      let start = offset
      if peek == UInt8(ascii: "-") { throw .negative(at: start) }
      let whole = try readWhole()
      let fraction = try readFraction()
      let unitStart = offset
      let unit = try readUnit()
      if let shortest, unit.rawValue <= shortest.rawValue { throw .unitOutOfOrder(at: unitStart) }
      shortest = unit
      guard let part = fraction.microseconds(of: unit) else { throw .finerThanMicrosecond(at: start) }
      let (product, tooLong) = whole.multipliedReportingOverflow(by: unit.microseconds)
      let (sum, sumTooLong) = total.addingReportingOverflow(product)
      let (result, resultTooLong) = sum.addingReportingOverflow(part)
      guard !tooLong, !sumTooLong, !resultTooLong else { throw .overflow(at: start) }
      total = result
    } while peek != nil
    return total
  }

  private mutating func readDigit() -> Int64? {
    guard let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
    skip()
    return Int64(byte - UInt8(ascii: "0"))
  }

  private mutating func readWhole() throws(SimDurationParseError) -> Int64 {
    let start = offset
    guard var whole = readDigit() else { throw .notANumber(at: start) }
    while let digit = readDigit() {
      let (shifted, shiftOverflows) = whole.multipliedReportingOverflow(by: 10)
      let (next, sumOverflows) = shifted.addingReportingOverflow(digit)
      guard !shiftOverflows, !sumOverflows else { throw .overflow(at: start) }
      whole = next
    }
    return whole
  }

  private mutating func readFraction() throws(SimDurationParseError) -> DecimalFraction {
    var fraction = DecimalFraction()
    guard peek == UInt8(ascii: ".") else { return fraction }
    skip()
    guard let first = readDigit() else { throw .notANumber(at: offset) }
    fraction.append(first)
    while let digit = readDigit() { fraction.append(digit) }
    return fraction
  }

  private mutating func readUnit() throws(SimDurationParseError) -> TimeUnit {
    let start = offset
    var letters: UInt32 = 0
    while let byte = peek, !isNumeric(byte) {
      letters = min(letters << 8 | UInt32(byte), 0xFF_FFFF)
      skip()
    }
    guard offset > start else { throw .missingUnit(at: start) }
    guard letters <= 0xFFFF, let unit = TimeUnit(letters: UInt16(letters)) else {
      throw .unknownUnit(at: start)
    }
    return unit
  }

  private func isNumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"): true
    default: false
    }
  }
}

/// 0.d₁d₂…, exact; trailing zeros cost nothing.
private struct DecimalFraction {
  private var numerator: UInt64 = 0
  private var denominator: UInt64 = 1
  private var pendingZeros = 0
  private var tooFine = false

  mutating func append(_ digit: Int64) {
    guard digit != 0 else {
      pendingZeros += 1
      return
    }
    for _ in 0...pendingZeros {
      // A day is 2¹³·3³·5⁸ µs, so no fraction of any unit with more than 13 digits is a whole number of them.
      guard denominator < 10_000_000_000_000 else {
        tooFine = true
        return
      }
      denominator *= 10
      numerator *= 10
    }
    numerator += UInt64(digit)
    pendingZeros = 0
  }

  /// The fraction of `unit`, if that is a whole number of microseconds.
  func microseconds(of unit: TimeUnit) -> Int64? {
    guard !tooFine else { return nil }
    let product = numerator.multipliedFullWidth(by: UInt64(unit.microseconds))
    let (quotient, remainder) = denominator.dividingFullWidth(product)
    return remainder == 0 ? Int64(quotient) : nil
  }
}

#if !hasFeature(Embedded)
  extension SimDuration: CustomStringConvertible {
    /// The canonical form.
    package var description: String {
      var bytes: [UInt8] = []
      appendText(to: &bytes)
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  extension SimTime: CustomStringConvertible {
    /// The time since the start, as a duration.
    package var description: String { SimDuration(microseconds: microseconds).description }
  }

  extension SimDurationParseError: CustomStringConvertible {
    /// What is wrong, and what is right.
    package var description: String {
      switch self {
      case .empty: "a duration is missing: write a number and a unit, such as 12s or 1d6h"
      case .negative: "a duration cannot be negative"
      case .notANumber: "a number is expected here, such as 12s or 1.5h"
      case .missingUnit: "a unit is missing: d, h, m, s, ms or us"
      case .unknownUnit: "the unit is not one of d, h, m, s, ms, us"
      case .unitOutOfOrder: "units go from long to short, each once: 1d6h30m"
      case .finerThanMicrosecond: "finer than one microsecond"
      case .overflow: "longer than 292,000 years"
      }
    }
  }

  extension SimTimeError: CustomStringConvertible {
    /// What is wrong.
    package var description: String {
      switch self {
      case .overflow: "the time lies beyond ±292,000 years"
      }
    }
  }
#endif
