/// One mistake in a config: what is wrong, where, what was found, what is allowed.
///
///     experiments/x.jsonc:12:7: unknown key `waterfal`
///       at venues[0].waterfal
///       allowed: collateral, debt, recognition, waterfall
///       did you mean `waterfall`?
///        12 |       "waterfal": [ "proRata" ]
///           |       ^^^^^^^^^^
///
/// `description` is the text above without a final line feed: plain, one form on every machine.
/// Invariant: control and direction-changing characters of the file never reach the text.
package struct Diagnostic: Error, Sendable, CustomStringConvertible {
  package var message: String
  package var path: ValuePath?
  package var range: SourceRange?
  package var found: String?
  package var allowed: String?
  package var suggestion: String?
  package var notes: [String]
  package var showsExcerpt: Bool
  /// What is wrong between values that are each right in themselves. Where one of them is not, this is told
  /// only once that has been mended: see `Diagnostics.report`.
  package var isRule = false
  /// Whether every mistake with this message is the same one: a name that nothing has.
  package var isOfName = false
  /// Of a key that is misspelled, where it would stand: that this one is missing is then the same mistake.
  var meant: ValuePath?
  var isMissingKey = false

  package init(
    _ message: String, path: ValuePath? = nil, range: SourceRange? = nil, found: String? = nil,
    allowed: String? = nil, suggestion: String? = nil, notes: [String] = [], showsExcerpt: Bool = true
  ) {
    self.message = message
    self.path = path
    self.range = range
    self.found = found
    self.allowed = allowed
    self.suggestion = suggestion
    self.notes = notes
    self.showsExcerpt = showsExcerpt
  }

  package var description: String {
    var lines = ["\(range.map { "\($0): " } ?? "")\(message)"]
    if let path { lines.append("  at \(path == .root ? "the top level" : path.description)") }
    if let found { lines.append("  found: \(found)") }
    if let allowed { lines.append("  allowed: \(allowed)") }
    lines += notes.map { "  \($0)" }
    if let suggestion { lines.append("  did you mean `\(shortened(suggestion))`?") }
    if showsExcerpt, let range { lines += excerpt(of: range) }
    return lines.joined(separator: "\n")
  }
}

/// The line a range begins on and carets under the part of the range that lies on it. A long line is cut to a
/// window around the range, so that a config on one line of a megabyte still prints in a terminal.
private func excerpt(of range: SourceRange) -> [String] {
  let source = range.source
  let line = source.line(at: range.start)
  let start = min(range.start, line.upperBound)
  let window = 60

  var left = start
  var columnsBefore = 0
  while left > line.lowerBound, columnsBefore < window {
    left -= 1
    if !isContinuation(source.bytes[left]) { columnsBefore += 1 }
  }
  var right = start
  var columnsAfter = 0
  while right < line.upperBound, columnsAfter < window {
    right += 1
    while right < line.upperBound, isContinuation(source.bytes[right]) { right += 1 }
    columnsAfter += 1
  }

  let underlinedEnd = min(max(range.end, start), right)
  let underlined = source.bytes[start..<underlinedEnd].reduce(0) { $0 + (isContinuation($1) ? 0 : 1) }
  let cutLeft = left > line.lowerBound ? "…" : ""
  let cutRight = right < line.upperBound ? "…" : ""
  let text = printable(String(decoding: source.bytes[left..<right], as: UTF8.self))
  let number = String(source.position(at: range.start).line)
  let margin = String(repeating: " ", count: max(5, number.utf8.count + 1))
  let padding = String(repeating: " ", count: columnsBefore + (cutLeft.isEmpty ? 0 : 1))
  let carets = String(repeating: "^", count: max(1, underlined))
  return [
    "\(margin.dropLast(number.utf8.count))\(number) | \(cutLeft)\(text)\(cutRight)",
    "\(margin) | \(padding)\(carets)",
  ]
}

/// `text` with every scalar that could disturb a terminal replaced; scalar for scalar, so that carets stay in
/// line.
func printable(_ text: String) -> String {
  var output = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    switch scalar.value {
    case 0x09: output.append(" ")
    case 0..<0x20, 0x7F...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF:
      output.append("\u{FFFD}")
    default: output.append(scalar)
    }
  }
  return String(output)
}

/// `text` made printable and cut to 60 scalars, for a message.
func shortened(_ text: String) -> String {
  let head = text.unicodeScalars.prefix(61)
  guard head.count > 60 else { return printable(text) }
  return printable(String(String.UnicodeScalarView(head.dropLast()))) + "…"
}

/// `a, b, c`; past forty names the rest is counted.
func listed(_ names: [String]) -> String {
  let shown = names.prefix(40).map(shortened).joined(separator: ", ")
  return names.count > 40 ? "\(shown) and \(names.count - 40) more" : shown
}
