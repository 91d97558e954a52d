/// A JSON value that remembers where it was written.
///
///     let chain: JSONNode = ["block": "12s", "capacity": 80]
///     chain["block"]?.text   // "12s"
///
/// Objects keep the order of their keys. A number is the exact text it was written with, so `0.10` stays
/// `0.10` and no integer passes through a Double. Two nodes are equal when they hold the same values,
/// wherever they were written.
/// Invariant: a node made by the parser has a `range` and, unless the parser said so, no key twice.
package struct JSONNode: Sendable {
  package enum Content: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONNode])
    case object([Member])
  }

  /// One `"key": value` of an object. `keyRange` covers the key with its quotes.
  package struct Member: Sendable {
    package var key: String
    package var keyRange: SourceRange?
    package var value: JSONNode

    package init(_ key: String, keyRange: SourceRange? = nil, _ value: JSONNode) {
      self.key = key
      self.keyRange = keyRange
      self.value = value
    }
  }

  package var content: Content
  package var range: SourceRange?

  package init(_ content: Content, range: SourceRange? = nil) {
    self.content = content
    self.range = range
  }

  package static func string(_ text: String) -> JSONNode { JSONNode(.string(text)) }
  package static func integer(_ value: some BinaryInteger) -> JSONNode { JSONNode(.number(String(value))) }
  package static func bool(_ value: Bool) -> JSONNode { JSONNode(.bool(value)) }
  package static func array(_ elements: [JSONNode]) -> JSONNode { JSONNode(.array(elements)) }
  package static func object(_ members: [Member]) -> JSONNode { JSONNode(.object(members)) }
  package static var null: JSONNode { JSONNode(.null) }

  /// The shortest decimal that reads back as `value`, never with an exponent.
  package static func number(_ value: Double) -> JSONNode {
    precondition(value.isFinite, "JSON has no word for \(value)")
    return JSONNode(.number(plainDecimal(value)))
  }

  /// The string, if this is one.
  package var text: String? {
    if case .string(let text) = content { return text }
    return nil
  }

  /// The elements, if this is an array.
  package var elements: [JSONNode]? {
    if case .array(let elements) = content { return elements }
    return nil
  }

  /// The members in the order written, if this is an object.
  package var members: [Member]? {
    if case .object(let members) = content { return members }
    return nil
  }

  /// The value of `key`, if this is an object that has it.
  package subscript(key: String) -> JSONNode? { members?.first { $0.key == key }?.value }

  /// What a reader would call this: `a string`, `an object`.
  package var noun: String {
    switch content {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }

  /// The value on one short line, for messages: `"fast"`, `12`, `[ 3 values ]`.
  package var summary: String {
    switch content {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let text): shortened(text)
    case .string(let text): "\"\(shortened(text))\""
    case .array(let elements): elements.count == 1 ? "[ 1 value ]" : "[ \(elements.count) values ]"
    case .object(let members): members.count == 1 ? "{ 1 key }" : "{ \(members.count) keys }"
    }
  }
}

extension JSONNode {
  /// A swept value in a table: a word or number as it is, anything else as one line of JSON.
  var tableText: String {
    switch content {
    case .string(let text), .number(let text): return text
    case .bool(let value): return value ? "TRUE" : "FALSE"
    case .null: return ""
    case .array, .object:
      return String(decoding: canonicalBytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        .joined(separator: " ")
    }
  }
}

extension JSONNode: Equatable {
  package static func == (left: JSONNode, right: JSONNode) -> Bool { left.content == right.content }
}

extension JSONNode.Member: Equatable {
  package static func == (left: JSONNode.Member, right: JSONNode.Member) -> Bool {
    left.key == right.key && left.value == right.value
  }
}

extension JSONNode: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(floatLiteral value: Double) { self = .number(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(arrayLiteral elements: JSONNode...) { self = .array(elements) }
  package init(dictionaryLiteral members: (String, JSONNode)...) {
    self = .object(members.map { Member($0.0, $0.1) })
  }
}

/// Where a value stands in its config: `venues[0].waterfall[1].insuranceFund.balance`. The root prints as
/// nothing. A key that would not read back is bracketed and quoted: `assets["two words"]`.
package indirect enum ValuePath: Equatable, Sendable, CustomStringConvertible {
  case root
  case key(ValuePath, String)
  case index(ValuePath, Int)

  package var description: String {
    switch self {
    case .root: return ""
    case .index(let parent, let index): return "\(parent)[\(index)]"
    case .key(let parent, let key):
      guard isPlainKey(key) else { return "\(parent)[\"\(shortened(key))\"]" }
      return parent == .root ? key : "\(parent).\(key)"
    }
  }
}

extension ValuePath {
  /// From the top level down.
  private var steps: [ValuePath] {
    switch self {
    case .root: []
    case .key(let parent, _), .index(let parent, _): parent.steps + [self]
    }
  }

  /// The top-level key that a value stands under: `venues`.
  var section: String { steps.first?.description ?? "" }

  /// The entry of a top-level list that a value belongs to, `venues[2]`; elsewhere the top-level key.
  var entry: String {
    let steps = steps
    if steps.count > 1, case .index = steps[1] { return steps[1].description }
    return section
  }
}

/// Whether a key can stand in a dotted path unquoted.
private func isPlainKey(_ key: String) -> Bool {
  !key.isEmpty && key.utf8.count <= 64
    && key.utf8.allSatisfy {
      isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
    }
}

func isLetter(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
}

func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
