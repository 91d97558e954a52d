extension JSONCParser {
  /// A string from its opening quote through its closing one.
  mutating func parseString() throws(Diagnostic) -> String {
    let open = index
    index += 1
    var text: [UInt8] = []
    var plainStart = index
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""):
        text += bytes[plainStart..<index]
        index += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        text += bytes[plainStart..<index]
        try parseEscape(into: &text)
        plainStart = index
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        throw mistake("this string is not closed on its line", from: open, to: index)
      case 0..<0x20:
        throw mistake(
          "a string holds the control character U+\(hexadecimal(byte, width: 4))",
          allowed: "\\u\(hexadecimal(byte, width: 4))")
      default:
        index += 1
      }
    }
    throw mistake("this string is never closed", from: open, to: open + 1)
  }

  private mutating func parseEscape(into text: inout [UInt8]) throws(Diagnostic) {
    let start = index
    index += 1
    let letter = current
    index += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter ?? 0)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): text += String(try parseUnicodeEscape(from: start)).utf8
    default:
      index = start + 1
      let shown = found
      index = start
      throw mistake(
        "`\\` cannot stand before \(shown)", from: start, to: min(start + 2, bytes.count),
        allowed: #"\" \\ \/ \b \f \n \r \t \u0041"#)
    }
  }

  /// The scalar of `\uXXXX`, or of a surrogate pair `\uD83D\uDE00`; `index` stands after the first `u`.
  private mutating func parseUnicodeEscape(from start: Int) throws(Diagnostic) -> Unicode.Scalar {
    let first = try parseFourDigits(from: start)
    if let scalar = Unicode.Scalar(first) { return scalar }
    let isHigh = first < 0xDC00
    if isHigh, index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
      bytes[index + 1] == UInt8(ascii: "u")
    {
      let secondStart = index
      index += 2
      let second = try parseFourDigits(from: secondStart)
      if (0xDC00...0xDFFF).contains(second),
        let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
      {
        return scalar
      }
    }
    throw mistake(
      "\\u\(hexadecimal(first, width: 4)) is half of a surrogate pair", from: start, to: start + 6,
      allowed: "a pair such as \\uD83D\\uDE00, or the character itself")
  }

  private mutating func parseFourDigits(from start: Int) throws(Diagnostic) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = hexadecimalDigit(byte) else {
        throw mistake("`\\u` takes four hexadecimal digits", from: start, to: index, allowed: "\\u0041")
      }
      value = value << 4 | digit
      index += 1
    }
    return value
  }

  /// The exact text of a number, or nil if what stands here does not begin like one.
  mutating func parseNumber() throws(Diagnostic) -> String? {
    guard let byte = current else { return nil }
    let start = index
    if isNumberLike(byte) {
      // Take everything that could belong to a number, so that the message shows all of it.
      while let byte = current, isLetter(byte) || isNumberLike(byte) || byte == UInt8(ascii: "_") {
        index += 1
      }
    } else {
      guard isLetter(byte) else { return nil }
      while let byte = current, isLetter(byte) { index += 1 }
      let word = String(decoding: bytes[start..<index], as: UTF8.self)
      guard ["NaN", "nan", "Infinity", "inf", "Inf"].contains(word) else {
        index = start
        return nil
      }
    }
    if let problem = numberProblem(bytes[start..<index]) {
      throw mistake(problem.message, from: start, to: index, allowed: problem.allowed)
    }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }
}

private func isNumberLike(_ byte: UInt8) -> Bool {
  isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
}

private func hexadecimalDigit(_ byte: UInt8) -> UInt32? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
  case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
  default: nil
  }
}

/// Why `token` is not a number here, nil if it is: `-?(0|[1-9][0-9]*)(\.[0-9]+)?`, at most `maximumDigits`
/// digits.
private func numberProblem(_ token: ArraySlice<UInt8>) -> (message: String, allowed: String?)? {
  let text = String(decoding: token, as: UTF8.self)
  let name = "`\(shortened(text))`"
  var rest = token
  if rest.first == UInt8(ascii: "+") {
    return ("a number takes no leading `+`: \(name)", String(text.dropFirst()))
  }
  if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
  if let first = rest.first, isLetter(first) { return ("\(name) is not a number; numbers are finite", nil) }
  let whole = rest.prefix(while: isDigit)
  rest = rest.dropFirst(whole.count)
  if whole.isEmpty {
    guard rest.first == UInt8(ascii: ".") else { return ("\(name) is not a number", nil) }
    return ("a digit is missing before the decimal point: \(name)", nil)
  }
  if whole.first == UInt8(ascii: "0"), let next = rest.first, next | 0x20 == UInt8(ascii: "x") {
    return ("numbers are decimal, not hexadecimal: \(name)", nil)
  }
  if whole.count > 1, whole.first == UInt8(ascii: "0") {
    return ("a number has no leading zeros: \(name)", nil)
  }
  var digits = whole.count
  if rest.first == UInt8(ascii: ".") {
    let fraction = rest.dropFirst().prefix(while: isDigit)
    if fraction.isEmpty { return ("a digit is missing after the decimal point: \(name)", nil) }
    digits += fraction.count
    rest = rest.dropFirst(1 + fraction.count)
  }
  if let next = rest.first {
    if next | 0x20 == UInt8(ascii: "e") {
      return ("numbers have no exponent: \(name)", "plain decimals, such as 1500000 or 0.0015")
    }
    if next == UInt8(ascii: "_") { return ("numbers have no underscores: \(name)", nil) }
    return ("\(name) is not a number; a value with a unit takes double quotes", nil)
  }
  if digits > JSONCParser.maximumDigits {
    return ("a number of \(digits) digits is too long", "at most \(JSONCParser.maximumDigits) digits")
  }
  return nil
}
