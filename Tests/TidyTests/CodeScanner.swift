/// Blanks out what is not code: comments, and the words of string literals. Code inside `\( … )` stays.
///
///     codeOnly("let a = exp(b)  // not log(b)")   // "let a = exp(b)             "
///
/// Every byte that goes becomes a blank and line feeds stay, so that lines and columns (in bytes) are those
/// of the source.
func codeOnly(_ text: String) -> String {
  var scanner = CodeScanner(text)
  scanner.scanCode(insideInterpolation: false)
  return String(decoding: scanner.output, as: UTF8.self)
}

private struct CodeScanner {
  private let bytes: [UInt8]
  private var index = 0
  private(set) var output: [UInt8] = []

  /// Bytes that may begin something other than code; all others are copied as they are.
  private static let marks = Array("/\"#()".utf8)

  init(_ text: String) {
    bytes = Array(text.utf8)
    output.reserveCapacity(bytes.count)
  }

  mutating func scanCode(insideInterpolation: Bool) {
    var depth = 0
    while index < bytes.count {
      if !CodeScanner.marks.contains(bytes[index]) {
        output.append(bytes[index])
        index += 1
      } else if isNext("//") {
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { blank(1) }
      } else if isNext("/*") {
        scanBlockComment()
      } else if let hashes = hashesBeforeQuote() {
        scanString(hashes: hashes)
      } else {
        let byte = bytes[index]
        if insideInterpolation, byte == UInt8(ascii: "(") { depth += 1 }
        if insideInterpolation, byte == UInt8(ascii: ")") { depth -= 1 }
        output.append(byte)
        index += 1
        if insideInterpolation, depth == 0 { return }
      }
    }
  }

  private mutating func scanBlockComment() {
    var depth = 0
    repeat {
      if isNext("/*") {
        depth += 1
        blank(2)
      } else if isNext("*/") {
        depth -= 1
        blank(2)
      } else {
        blank(1)
      }
    } while depth > 0 && index < bytes.count
  }

  private mutating func scanString(hashes: Int) {
    let marks = String(repeating: "#", count: hashes)
    blank(hashes)
    let quotes = isNext("\"\"\"") ? "\"\"\"" : "\""
    blank(quotes.utf8.count)
    while index < bytes.count {
      if isNext(quotes + marks) { return blank(quotes.utf8.count + hashes) }
      if isNext("\\" + marks + "(") {
        blank(1 + hashes)
        scanCode(insideInterpolation: true)
      } else if isNext("\\" + marks) {
        blank(2 + hashes)
      } else {
        // A literal on one line that its line does not close is not Swift; go on with the next line.
        if quotes.utf8.count == 1, bytes[index] == UInt8(ascii: "\n") { return }
        blank(1)
      }
    }
  }

  /// How many `#` open the string literal that begins here; nil where none begins.
  private func hashesBeforeQuote() -> Int? {
    var place = index
    while place < bytes.count, bytes[place] == UInt8(ascii: "#") { place += 1 }
    guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { return nil }
    return place - index
  }

  private func isNext(_ text: String) -> Bool { bytes[index...].starts(with: text.utf8) }

  private mutating func blank(_ count: Int) {
    for _ in 0..<min(count, bytes.count - index) {
      output.append(bytes[index] == UInt8(ascii: "\n") ? UInt8(ascii: "\n") : UInt8(ascii: " "))
      index += 1
    }
  }
}
