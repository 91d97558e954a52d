/// Reads JSON with `//` and `/* */` comments and trailing commas into a `JSONNode`.
///
///     let document = try JSONCParser.parse(SourceFile(name: "x.jsonc", bytes: bytes))
///     document.root["horizon"]?.text   // "2d"
///
/// Stricter than JSON in three ways: numbers have no exponent, a key may stand in an object once, and nesting
/// stops at 128. The grammar is that of RFC 8259 otherwise. The first syntax error ends the parse; duplicate
/// keys do not, so they are handed back with the tree and reported together with what its reader finds.
/// Invariant: the parser never recurses deeper than `maximumDepth`, whatever the input.
package struct JSONCParser {
  package static let maximumDepth = 128
  /// Room for every Double in plain decimals: at its shortest none takes more than 330 digits.
  package static let maximumDigits = 400

  let source: SourceFile
  let bytes: [UInt8]
  var index: Int
  var depth = 0
  var duplicateKeys: [Diagnostic] = []

  /// Parses a whole source, or throws the one diagnostic that stopped it.
  package static func parse(_ source: SourceFile) throws(Diagnostic) -> ConfigDocument {
    if let mistake = encodingMistake(in: source.bytes) {
      let range = SourceRange(source: source, start: mistake.offset, end: mistake.offset)
      throw Diagnostic(mistake.message, range: range, showsExcerpt: false)
    }
    var parser = JSONCParser(source: source, bytes: source.bytes, index: source.textStart)
    try parser.skipBlanks()
    guard parser.index < parser.bytes.count else {
      let isBlank = source.bytes[source.textStart...].allSatisfy(isBlankByte)
      let message = isBlank ? "the file is empty" : "the file holds only comments"
      throw Diagnostic(
        message, range: parser.range(from: source.textStart), allowed: "one object: { \"name\": … }",
        showsExcerpt: false)
    }
    let root = try parser.parseValue(at: .root)
    try parser.skipBlanks()
    if parser.index < parser.bytes.count {
      throw parser.mistake("nothing may follow the end of the config")
    }
    return ConfigDocument(source: source, root: root, duplicateKeys: parser.duplicateKeys)
  }

  var current: UInt8? { index < bytes.count ? bytes[index] : nil }

  func range(from start: Int, to end: Int? = nil) -> SourceRange {
    SourceRange(source: source, start: start, end: end ?? min(max(start + 1, index), bytes.count))
  }

  /// A syntax error under the character that stands here, or under `start..<end`.
  func mistake(
    _ message: String, from start: Int? = nil, to end: Int? = nil, allowed: String? = nil
  ) -> Diagnostic {
    let start = start ?? index
    return Diagnostic(message, range: range(from: start, to: end ?? max(start + 1, index)), allowed: allowed)
  }

  /// How messages name what stands here: `` `x` ``, `U+0007`, `the end of the file`.
  var found: String {
    guard let byte = current else { return "the end of the file" }
    if byte < 0x20 || byte == 0x7F { return "U+\(hexadecimal(byte, width: 4))" }
    var end = index + 1
    while end < bytes.count, isContinuation(bytes[end]) { end += 1 }
    return "`\(shortened(String(decoding: bytes[index..<end], as: UTF8.self)))`"
  }

  mutating func skipBlanks() throws(Diagnostic) {
    while let byte = current {
      if isBlankByte(byte) {
        index += 1
      } else if byte == UInt8(ascii: "/") {
        try skipComment()
      } else {
        return
      }
    }
  }

  private mutating func skipComment() throws(Diagnostic) {
    let start = index
    index += 1
    switch current {
    case UInt8(ascii: "/"):
      while let byte = current, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") { index += 1 }
    case UInt8(ascii: "*"):
      index += 1
      while index + 1 < bytes.count {
        if bytes[index] == UInt8(ascii: "*"), bytes[index + 1] == UInt8(ascii: "/") {
          index += 2
          return
        }
        index += 1
      }
      throw mistake("this comment is never closed", from: start, to: start + 2, allowed: "/* … */")
    default:
      throw mistake("a lone `/` is not a comment", from: start, to: start + 1, allowed: "// … or /* … */")
    }
  }

  private mutating func parseValue(at path: ValuePath) throws(Diagnostic) -> JSONNode {
    let start = index
    guard let byte = current else { throw mistake("expected a value, found the end of the file") }
    let content: JSONNode.Content
    switch byte {
    case UInt8(ascii: "{"):
      content = try nested { parser throws(Diagnostic) in try parser.parseObject(at: path) }
    case UInt8(ascii: "["):
      content = try nested { parser throws(Diagnostic) in try parser.parseArray(at: path) }
    case UInt8(ascii: "\""): content = .string(try parseString())
    case UInt8(ascii: "'"): throw mistake("strings take double quotes")
    default:
      if let text = try parseNumber() {
        content = .number(text)
      } else {
        content = try parseWord()
      }
    }
    return JSONNode(content, range: range(from: start, to: index))
  }

  private mutating func nested(
    _ parse: (inout JSONCParser) throws(Diagnostic) -> JSONNode.Content
  ) throws(Diagnostic) -> JSONNode.Content {
    guard depth < Self.maximumDepth else {
      throw mistake("values are nested too deep", allowed: "at most \(Self.maximumDepth) levels")
    }
    depth += 1
    defer { depth -= 1 }
    return try parse(&self)
  }

  private mutating func parseWord() throws(Diagnostic) -> JSONNode.Content {
    let start = index
    while let byte = current, isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "_") { index += 1 }
    let word = String(decoding: bytes[start..<index], as: UTF8.self)
    switch word {
    case "null": return .null
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "": throw mistake("expected a value, found \(found)")
    case "True", "TRUE", "False", "FALSE", "None", "nil", "NULL", "Null", "undefined":
      throw mistake("`\(word)` is not a value", from: start, allowed: "true, false, null")
    default:
      throw mistake("`\(shortened(word))` is not a value; text takes double quotes", from: start)
    }
  }

  private mutating func parseArray(at path: ValuePath) throws(Diagnostic) -> JSONNode.Content {
    let open = index
    var elements: [JSONNode] = []
    index += 1
    while true {
      try skipBlanks()
      if current == UInt8(ascii: "]") { break }
      if current == UInt8(ascii: ",") { throw mistake("a value is missing before this comma") }
      guard current != nil else { throw neverClosed("array", open) }
      elements.append(try parseValue(at: .index(path, elements.count)))
      try skipBlanks()
      if current == UInt8(ascii: "]") { break }
      guard current != nil else { throw neverClosed("array", open) }
      guard current == UInt8(ascii: ",") else { throw mistake("expected `,` or `]`, found \(found)") }
      index += 1
    }
    index += 1
    return .array(elements)
  }

  private mutating func parseObject(at path: ValuePath) throws(Diagnostic) -> JSONNode.Content {
    let open = index
    var members: [JSONNode.Member] = []
    var firstUse: [String: SourceRange] = [:]
    index += 1
    while true {
      try skipBlanks()
      if current == UInt8(ascii: "}") { break }
      if current == UInt8(ascii: ",") { throw mistake("a key is missing before this comma") }
      guard current != nil else { throw neverClosed("object", open) }
      let start = index
      guard current == UInt8(ascii: "\"") else { throw unquotedKey() }
      let key = try parseString()
      let keyRange = range(from: start, to: index)
      try skipBlanks()
      guard current == UInt8(ascii: ":") else {
        throw mistake("expected `:` after the key `\(shortened(key))`, found \(found)")
      }
      index += 1
      try skipBlanks()
      let value = try parseValue(at: .key(path, key))
      if let first = firstUse[key] {
        let note = "first given at \(first)"
        duplicateKeys.append(
          Diagnostic(
            "the key `\(shortened(key))` is given twice", path: .key(path, key), range: keyRange,
            notes: [note]))
      } else {
        firstUse[key] = keyRange
        members.append(JSONNode.Member(key, keyRange: keyRange, value))
      }
      try skipBlanks()
      if current == UInt8(ascii: "}") { break }
      guard current != nil else { throw neverClosed("object", open) }
      guard current == UInt8(ascii: ",") else { throw mistake("expected `,` or `}`, found \(found)") }
      index += 1
    }
    index += 1
    return .object(members)
  }

  private func neverClosed(_ noun: String, _ open: Int) -> Diagnostic {
    mistake("this \(noun) is never closed", from: open, to: open + 1)
  }

  private mutating func unquotedKey() -> Diagnostic {
    let start = index
    if current == UInt8(ascii: "'") { return mistake("keys take double quotes", allowed: "\"key\": value") }
    while let byte = current, isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "_") { index += 1 }
    guard index > start else {
      return mistake("expected a key or `}`, found \(found)", allowed: "\"key\": value")
    }
    let word = shortened(String(decoding: bytes[start..<index], as: UTF8.self))
    return mistake("keys take double quotes", from: start, to: index, allowed: "\"\(word)\": …")
  }
}

/// Space, tab, line feed, carriage return: the only blanks JSON knows.
func isBlankByte(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
