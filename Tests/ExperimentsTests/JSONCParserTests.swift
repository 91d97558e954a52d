import Testing

@testable import Experiments

@Suite("The parser takes JSON with comments and refuses the rest")
struct JSONCParserTests {
  func parse(_ text: String) throws -> JSONNode { try parse(Array(text.utf8)) }

  func parse(_ bytes: [UInt8]) throws -> JSONNode {
    try JSONCParser.parse(SourceFile(name: "x.jsonc", bytes: bytes)).root
  }

  func message(_ bytes: [UInt8]) -> String {
    do throws(Diagnostic) {
      _ = try JSONCParser.parse(SourceFile(name: "x.jsonc", bytes: bytes))
      return "accepted"
    } catch {
      return error.description
    }
  }

  @Test("comments and trailing commas mean nothing")
  func comments() throws {
    let node = try parse("/* a **/ { // b\n \"x\": [1, 2,], /* ] */ \"y\": {}, } // no line end")
    #expect(node == ["x": [1, 2], "y": [:]])
    #expect(try parse("//a\r[//b\r\n1]") == [1])
  }

  @Test("numbers keep their exact text")
  func numbers() throws {
    let texts = ["0", "-0", "0.10", "-12.340", "123456789012345678901234567890", "9223372036854775807"]
    for text in texts { #expect(try parse(text).content == .number(text)) }
    let long = String(repeating: "9", count: 400)
    #expect(try parse(long).content == .number(long))
  }

  @Test("every escape reads as its character")
  func escapes() throws {
    #expect(
      try parse(#""\" \\ \/ \b\f\n\r\t \u00e9 \u20AC \uD83D\uDE00 \u0000""#).text
        == "\" \\ / \u{8}\u{C}\n\r\t \u{E9} \u{20AC} \u{1F600} \u{0}")
  }

  @Test("a high surrogate needs a low one after it", arguments: ["E000", "D800", "0041", "FFFF"])
  func surrogates(_ second: String) {
    let expected = "x.jsonc:1:2: \\uD800 is half of a surrogate pair\n"
    #expect(message(Array("\"\\uD800\\u\(second)\"".utf8)).hasPrefix(expected))
  }

  @Test("a node knows its line, its column in scalars and its bytes")
  func positions() throws {
    // The second line: two blanks, a key of one two-byte scalar, a colon, a blank, then the value.
    let node = try parse("{\r\n  \"é\": [10,\n\t\"x\"] }")
    let array = try #require(node["é"])
    let range = try #require(array.range)
    #expect(range.startPosition == SourcePosition(line: 2, column: 8, offset: 11))
    #expect(range.endPosition == SourcePosition(line: 3, column: 6, offset: 21))
    let key = try #require(node.members?.first?.keyRange)
    #expect(key.startPosition == SourcePosition(line: 2, column: 3, offset: 5))
    #expect(key.end == 9)
  }

  @Test("one byte order mark is skipped and takes no column")
  func byteOrderMark() throws {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    #expect(try parse(mark + "[1]".utf8).range?.startPosition.column == 1)
    #expect(message(mark) == "x.jsonc:1:1: the file is empty\n  allowed: one object: { \"name\": … }")
    #expect(message(mark + mark).hasPrefix("x.jsonc:1:1: expected a value, found `\u{FFFD}`"))
  }

  @Test(
    "another encoding is named, with the byte where it shows",
    arguments: [
      ([0xFF, 0xFE, 0x7B, 0x00], "x.jsonc:1:1: the file is UTF-16; save it as UTF-8"),
      ([0xFE, 0xFF, 0x00, 0x7B], "x.jsonc:1:1: the file is UTF-16; save it as UTF-8"),
      ([0x7B, 0x00, 0x7D, 0x00], "x.jsonc:1:1: the file is UTF-16; save it as UTF-8"),
      ([0x00, 0x7B, 0x00, 0x7D], "x.jsonc:1:1: the file is UTF-16; save it as UTF-8"),
      ([0xFF, 0xFE, 0x00, 0x00], "x.jsonc:1:1: the file is UTF-32; save it as UTF-8"),
      ([0x00, 0x00, 0xFE, 0xFF], "x.jsonc:1:1: the file is UTF-32; save it as UTF-8"),
      ([0x7B, 0x00, 0x00, 0x00], "x.jsonc:1:1: the file is UTF-32; save it as UTF-8"),
      // Latin-1 é; a lone continuation; overlong slashes; a surrogate; past U+10FFFF; cut short; never a byte
      // of UTF-8.
      (
        [0x7B, 0x0A, 0x22, 0xE9, 0x22],
        "x.jsonc:2:2: byte 3 (0xE9) is not valid UTF-8; save the file as UTF-8"
      ),
      ([0x80], "x.jsonc:1:1: byte 0 (0x80) is not valid UTF-8; save the file as UTF-8"),
      ([0x22, 0xC0, 0xAF], "x.jsonc:1:2: byte 1 (0xC0) is not valid UTF-8; save the file as UTF-8"),
      ([0x22, 0xE0, 0x80, 0xAF], "x.jsonc:1:2: byte 1 (0xE0) is not valid UTF-8; save the file as UTF-8"),
      (
        [0x22, 0xF0, 0x80, 0x80, 0xAF],
        "x.jsonc:1:2: byte 1 (0xF0) is not valid UTF-8; save the file as UTF-8"
      ),
      ([0x22, 0xED, 0xA0, 0x80], "x.jsonc:1:2: byte 1 (0xED) is not valid UTF-8; save the file as UTF-8"),
      (
        [0x22, 0xF4, 0x90, 0x80, 0x80],
        "x.jsonc:1:2: byte 1 (0xF4) is not valid UTF-8; save the file as UTF-8"
      ),
      ([0x22, 0xE2, 0x82], "x.jsonc:1:2: byte 1 (0xE2) is not valid UTF-8; save the file as UTF-8"),
      (
        [0x7B, 0xFF, 0xFF, 0xFF, 0xFF],
        "x.jsonc:1:2: byte 1 (0xFF) is not valid UTF-8; save the file as UTF-8"
      ),
    ] as [([UInt8], String)])
  func encodings(_ bytes: [UInt8], _ expected: String) {
    #expect(message(bytes) == expected)
  }

  @Test("UTF-8 is judged as the standard library judges it, on every pair and on random fours")
  func encodingOracle() {
    var random = SplitMix(seed: 4)
    var cases = (0...0xFFFF).map { [UInt8($0 >> 8), UInt8($0 & 0xFF), 0x20, 0x20, 0x20] }
    for _ in 0..<20_000 {
      let lead = UInt8(0xC0 + random.below(0x40))
      cases.append(
        [lead]
          + (0..<3).map { _ in UInt8(random.below(4) == 0 ? random.below(256) : 0x80 + random.below(64)) })
    }
    var disagreements: [[UInt8]] = []
    for bytes in cases where !bytes.contains(0) {
      let isWide = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
      let isValid = String(validating: bytes, as: UTF8.self) != nil
      if (encodingMistake(in: bytes) == nil) != (isValid && !isWide) { disagreements.append(bytes) }
    }
    #expect(disagreements.isEmpty)
  }

  @Test(
    "128 levels are read; more, up to a million, are refused without a trap",
    arguments: [129, 10_000, 1_000_000])
  func depth(_ levels: Int) throws {
    let limit = JSONCParser.maximumDepth
    #expect(
      try parse(String(repeating: "[", count: limit) + String(repeating: "]", count: limit)).elements != nil)
    let expected = "x.jsonc:1:129: values are nested too deep\n  allowed: at most 128 levels"
    #expect(message([UInt8](repeating: UInt8(ascii: "["), count: levels)).hasPrefix(expected))
    let objects = [[UInt8]](repeating: Array("{\"a\":".utf8), count: levels).flatMap { $0 }
    #expect(message(objects).hasPrefix("x.jsonc:1:641: values are nested too deep"))
  }

  @Test("a duplicate key keeps the first value and names both places")
  func duplicates() throws {
    let source = SourceFile(name: "x.jsonc", bytes: Array("{ \"a\": 1,\n  \"b\": 2, \"a\": 3 }".utf8))
    let document = try JSONCParser.parse(source)
    #expect(document.root == ["a": 1, "b": 2])
    #expect(
      document.duplicateKeys.map(\.description) == [
        """
        x.jsonc:2:11: the key `a` is given twice
          at a
          first given at x.jsonc:1:3
            2 |   "b": 2, "a": 3 }
              |           ^^^
        """
      ])
  }
}
