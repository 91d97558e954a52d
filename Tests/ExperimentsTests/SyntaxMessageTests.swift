import Testing

@testable import Experiments

/// What a writer got wrong, and every letter of what they are told.
struct Mistake: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let text: String
  let message: String

  init(_ name: String, _ text: String, _ message: String) {
    testDescription = name
    self.text = text
    self.message = message
  }
}

@Suite("Syntax errors say where and what")
struct SyntaxMessageTests {
  static let mistakes = [
    Mistake(
      "an empty file", "",
      #"""
      x.jsonc:1:1: the file is empty
        allowed: one object: { "name": … }
      """#),
    Mistake(
      "only blanks", "  \n\t",
      #"""
      x.jsonc:1:1: the file is empty
        allowed: one object: { "name": … }
      """#),
    Mistake(
      "only comments", "// hello\n/* x */",
      #"""
      x.jsonc:1:1: the file holds only comments
        allowed: one object: { "name": … }
      """#),
    Mistake(
      "trailing garbage", "{} {}",
      #"""
      x.jsonc:1:4: nothing may follow the end of the config
          1 | {} {}
            |    ^
      """#),
    Mistake(
      "an empty place in an array", "[1,, 2]",
      #"""
      x.jsonc:1:4: a value is missing before this comma
          1 | [1,, 2]
            |    ^
      """#),
    Mistake(
      "a comma before any key", "{ , }",
      #"""
      x.jsonc:1:3: a key is missing before this comma
          1 | { , }
            |   ^
      """#),
    Mistake(
      "an unknown word", "[tru]",
      #"""
      x.jsonc:1:2: `tru` is not a value; text takes double quotes
          1 | [tru]
            |  ^^^
      """#),
    Mistake(
      "a word of another language", "[None]",
      #"""
      x.jsonc:1:2: `None` is not a value
        allowed: true, false, null
          1 | [None]
            |  ^^^^
      """#),
    Mistake(
      "NaN", "[NaN]",
      #"""
      x.jsonc:1:2: `NaN` is not a number; numbers are finite
          1 | [NaN]
            |  ^^^
      """#),
    Mistake(
      "Infinity", "[-Infinity]",
      #"""
      x.jsonc:1:2: `-Infinity` is not a number; numbers are finite
          1 | [-Infinity]
            |  ^^^^^^^^^
      """#),
    Mistake(
      "a leading plus", "[+1]",
      #"""
      x.jsonc:1:2: a number takes no leading `+`: `+1`
        allowed: 1
          1 | [+1]
            |  ^^
      """#),
    Mistake(
      "hexadecimal", "[0x1F]",
      #"""
      x.jsonc:1:2: numbers are decimal, not hexadecimal: `0x1F`
          1 | [0x1F]
            |  ^^^^
      """#),
    Mistake(
      "leading zeros", "[007]",
      #"""
      x.jsonc:1:2: a number has no leading zeros: `007`
          1 | [007]
            |  ^^^
      """#),
    Mistake(
      "an exponent", "[1e5]",
      #"""
      x.jsonc:1:2: numbers have no exponent: `1e5`
        allowed: plain decimals, such as 1500000 or 0.0015
          1 | [1e5]
            |  ^^^
      """#),
    Mistake(
      "no digit before the point", "[.5]",
      #"""
      x.jsonc:1:2: a digit is missing before the decimal point: `.5`
          1 | [.5]
            |  ^^
      """#),
    Mistake(
      "no digit after the point", "[5.]",
      #"""
      x.jsonc:1:2: a digit is missing after the decimal point: `5.`
          1 | [5.]
            |  ^^
      """#),
    Mistake(
      "underscores", "[1_000]",
      #"""
      x.jsonc:1:2: numbers have no underscores: `1_000`
          1 | [1_000]
            |  ^^^^^
      """#),
    Mistake(
      "a unit without quotes", "[12s]",
      #"""
      x.jsonc:1:2: `12s` is not a number; a value with a unit takes double quotes
          1 | [12s]
            |  ^^^
      """#),
    Mistake(
      "a lone minus", "[-]",
      #"""
      x.jsonc:1:2: `-` is not a number
          1 | [-]
            |  ^
      """#),
    Mistake(
      "a number of 401 digits", "[" + String(repeating: "9", count: 401) + "]",
      #"""
      x.jsonc:1:2: a number of 401 digits is too long
        allowed: at most 400 digits
          1 | [999999999999999999999999999999999999999999999999999999999999…
            |  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      """#),
    Mistake(
      "an unquoted key", "{ a: 1 }",
      #"""
      x.jsonc:1:3: keys take double quotes
        allowed: "a": …
          1 | { a: 1 }
            |   ^
      """#),
    Mistake(
      "a single-quoted key", "{ 'a': 1 }",
      #"""
      x.jsonc:1:3: keys take double quotes
        allowed: "key": value
          1 | { 'a': 1 }
            |   ^
      """#),
    Mistake(
      "a single-quoted string", "['b']",
      #"""
      x.jsonc:1:2: strings take double quotes
          1 | ['b']
            |  ^
      """#),
    Mistake(
      "no colon", "{ \"a\" 1 }",
      #"""
      x.jsonc:1:7: expected `:` after the key `a`, found `1`
          1 | { "a" 1 }
            |       ^
      """#),
    Mistake(
      "no value", "{ \"a\": }",
      #"""
      x.jsonc:1:8: expected a value, found `}`
          1 | { "a": }
            |        ^
      """#),
    Mistake(
      "no comma", "{ \"a\": 1 \"b\": 2 }",
      #"""
      x.jsonc:1:10: expected `,` or `}`, found `"`
          1 | { "a": 1 "b": 2 }
            |          ^
      """#),
    Mistake(
      "no comma in an array", "[1 2]",
      #"""
      x.jsonc:1:4: expected `,` or `]`, found `2`
          1 | [1 2]
            |    ^
      """#),
    Mistake(
      "an open object", "{ \"a\": [1]",
      #"""
      x.jsonc:1:1: this object is never closed
          1 | { "a": [1]
            | ^
      """#),
    Mistake(
      "an open array", "[1, 2",
      #"""
      x.jsonc:1:1: this array is never closed
          1 | [1, 2
            | ^
      """#),
    Mistake(
      "an open string", "[\"x",
      #"""
      x.jsonc:1:2: this string is never closed
          1 | ["x
            |  ^
      """#),
    Mistake(
      "a string over two lines", "[\"x\ny\"]",
      #"""
      x.jsonc:1:2: this string is not closed on its line
          1 | ["x
            |  ^^
      """#),
    Mistake(
      "a control character in a string", "[\"\u{1}\"]",
      #"""
      x.jsonc:1:3: a string holds the control character U+0001
        allowed: \u0001
          1 | ["�"]
            |   ^
      """#),
    Mistake(
      "an unknown escape", "[\"\\x\"]",
      #"""
      x.jsonc:1:3: `\` cannot stand before `x`
        allowed: \" \\ \/ \b \f \n \r \t \u0041
          1 | ["\x"]
            |   ^^
      """#),
    Mistake(
      "a short \\u", "[\"\\u12G4\"]",
      #"""
      x.jsonc:1:3: `\u` takes four hexadecimal digits
        allowed: \u0041
          1 | ["\u12G4"]
            |   ^^^^
      """#),
    Mistake(
      "half a surrogate pair", "[\"\\ud800x\"]",
      #"""
      x.jsonc:1:3: \uD800 is half of a surrogate pair
        allowed: a pair such as \uD83D\uDE00, or the character itself
          1 | ["\ud800x"]
            |   ^^^^^^
      """#),
    Mistake(
      "the wrong half of a surrogate pair", "[\"\\udc00\"]",
      #"""
      x.jsonc:1:3: \uDC00 is half of a surrogate pair
        allowed: a pair such as \uD83D\uDE00, or the character itself
          1 | ["\udc00"]
            |   ^^^^^^
      """#),
    Mistake(
      "an open comment", "{ /* never",
      #"""
      x.jsonc:1:3: this comment is never closed
        allowed: /* … */
          1 | { /* never
            |   ^^
      """#),
    Mistake(
      "a lone slash", "{ / }",
      #"""
      x.jsonc:1:3: a lone `/` is not a comment
        allowed: // … or /* … */
          1 | { / }
            |   ^
      """#),
    Mistake(
      "129 levels", String(repeating: "[", count: 129),
      #"""
      x.jsonc:1:129: values are nested too deep
        allowed: at most 128 levels
          1 | …[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
            |                                                              ^
      """#),
    Mistake(
      "a tab, a wide letter and an odd character", "[\t\"é\", ~]",
      #"""
      x.jsonc:1:8: expected a value, found `~`
          1 | [ "é", ~]
            |        ^
      """#),
    Mistake(
      "a terminal escape", "{ \"\u{202E}\": \u{1B}[31m }",
      #"""
      x.jsonc:1:8: expected a value, found U+001B
          1 | { "�": �[31m }
            |        ^
      """#),
  ]

  @Test("a syntax error stops the parse with one message", arguments: mistakes)
  func message(_ mistake: Mistake) {
    #expect(refusal(of: mistake.text, as: ValueKind<JSONNode>.json()) == mistake.message)
  }
}
