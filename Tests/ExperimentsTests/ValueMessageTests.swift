import Testing

@testable import Experiments

/// A value of one kind that cannot be used, and every letter of what its writer is told.
struct ValueMistake: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let message: String
  let told: @Sendable () -> String

  init<Value>(
    _ name: String, _ text: String, as kind: @autoclosure @escaping @Sendable () -> ValueKind<Value>,
    _ message: String
  ) {
    testDescription = name
    self.message = message
    told = {
      refusal(of: "{ \"value\": \(text) }", as: .object { $0.read("value", kind(), "a value to try") })
    }
  }
}

@Suite("Each kind of value says what was found and what is allowed")
struct ValueMessageTests {
  static let mistakes = [
    ValueMistake(
      "a string for a boolean", #""true""#, as: ValueKind<Bool>.bool(),
      #"""
      x.jsonc:1:12: expected a boolean, found a string
        at value
        found: "true"
        allowed: true, false
          1 | { "value": "true" }
            |            ^^^^^^
      """#),
    ValueMistake(
      "a number for a string", #"5"#, as: ValueKind<String>.text(),
      #"""
      x.jsonc:1:12: expected a string, found a number
        at value
        found: 5
        allowed: a string
          1 | { "value": 5 }
            |            ^
      """#),
    ValueMistake(
      "an empty identifier", #""""#, as: ValueKind<String>.identifier(),
      #"""
      x.jsonc:1:12: an identifier cannot be empty
        at value
        found: ""
        allowed: a letter, then letters, digits, `_`, `.` or `-`; at most 64 in all
          1 | { "value": "" }
            |            ^^
      """#),
    ValueMistake(
      "a blank in an identifier", #""a b""#, as: ValueKind<String>.identifier(),
      #"""
      x.jsonc:1:12: an identifier holds only letters, digits, `_`, `.` and `-`
        at value
        found: "a b"
        allowed: a letter, then letters, digits, `_`, `.` or `-`; at most 64 in all
          1 | { "value": "a b" }
            |            ^^^^^
      """#),
    ValueMistake(
      "an identifier that begins with a digit", #""7up""#, as: ValueKind<String>.identifier(),
      #"""
      x.jsonc:1:12: an identifier begins with a letter
        at value
        found: "7up"
        allowed: a letter, then letters, digits, `_`, `.` or `-`; at most 64 in all
          1 | { "value": "7up" }
            |            ^^^^^
      """#),
    ValueMistake(
      "an identifier of 65 letters", #""aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa""#,
      as: ValueKind<String>.identifier(),
      #"""
      x.jsonc:1:12: an identifier has at most 64 characters; this one has 65
        at value
        found: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…"
        allowed: a letter, then letters, digits, `_`, `.` or `-`; at most 64 in all
          1 | { "value": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…
            |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      """#),
    ValueMistake(
      "a fraction for an integer", #"1.5"#, as: ValueKind<Int64>.integer(),
      #"""
      x.jsonc:1:12: expected an integer, found a fraction
        at value
        found: 1.5
        allowed: an integer
          1 | { "value": 1.5 }
            |            ^^^
      """#),
    ValueMistake(
      "an integer past 64 bits", #"9223372036854775808"#, as: ValueKind<Int64>.integer(),
      #"""
      x.jsonc:1:12: the integer is out of range
        at value
        found: 9223372036854775808
        allowed: an integer from -9223372036854775808 to 9223372036854775807
          1 | { "value": 9223372036854775808 }
            |            ^^^^^^^^^^^^^^^^^^^
      """#),
    ValueMistake(
      "an integer out of range", #"11"#, as: ValueKind<Int64>.integer(in: .between(1, 10)),
      #"""
      x.jsonc:1:12: the integer is out of range
        at value
        found: 11
        allowed: an integer from 1 to 10
          1 | { "value": 11 }
            |            ^^
      """#),
    ValueMistake(
      "a count below zero", #"-1"#, as: ValueKind<Int>.count(),
      #"""
      x.jsonc:1:12: the integer is out of range
        at value
        found: -1
        allowed: an integer from 0
          1 | { "value": -1 }
            |            ^^
      """#),
    ValueMistake(
      "a number out of range", #"0"#, as: ValueKind<Double>.number(in: .above(0).below(1)),
      #"""
      x.jsonc:1:12: the number is out of range
        at value
        found: 0
        allowed: a number above 0, below 1
          1 | { "value": 0 }
            |            ^
      """#),
    ValueMistake(
      "null for a number", #"null"#, as: ValueKind<Double>.number(in: .from(0), unit: "USD"),
      #"""
      x.jsonc:1:12: expected a number, found null
        at value
        found: null
        allowed: a number from 0 (USD)
          1 | { "value": null }
            |            ^^^^
      """#),
    ValueMistake(
      "an infinite number", String(repeating: "9", count: 310), as: ValueKind<Double>.number(),
      #"""
      x.jsonc:1:12: the number is out of range
        at value
        found: 999999999999999999999999999999999999999999999999999999999999…
        allowed: a number
          1 | { "value": 999999999999999999999999999999999999999999999999999999999999…
            |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      """#),
    ValueMistake(
      "a ratio out of range", #""150%""#, as: ValueKind<Double>.ratio(in: .between(0, 1)),
      #"""
      x.jsonc:1:12: the ratio is out of range
        at value
        found: "150%"
        allowed: a ratio from 0% to 100%, such as "35%" or 0.35
          1 | { "value": "150%" }
            |            ^^^^^^
      """#),
    ValueMistake(
      "a percentage as a number", #"80"#, as: ValueKind<Double>.ratio(in: .between(0, 1)),
      #"""
      x.jsonc:1:12: the ratio is out of range
        at value
        found: 80
        allowed: a ratio from 0% to 100%, such as "35%" or 0.35
          1 | { "value": 80 }
            |            ^^
      """#),
    ValueMistake(
      "a percentage with a blank", #""82.5 %""#, as: ValueKind<Double>.ratio(),
      #"""
      x.jsonc:1:12: this is not a percentage
        at value
        found: "82.5 %"
        allowed: a ratio such as "35%", "-0.5%" or 0.35
          1 | { "value": "82.5 %" }
            |            ^^^^^^^^
      """#),
    ValueMistake(
      "an array for a ratio", #"[]"#, as: ValueKind<Double>.ratio(),
      #"""
      x.jsonc:1:12: expected a ratio, found an array
        at value
        found: [ 0 values ]
        allowed: a ratio, such as "35%" or 0.35
          1 | { "value": [] }
            |            ^^
      """#),
    ValueMistake(
      "an unknown choice", #""onexhaustio""#, as: ValueKind<SampleConfig.Recognition>.choice(),
      #"""
      x.jsonc:1:12: unknown choice `onexhaustio`
        at value
        found: "onexhaustio"
        allowed: onExhaustion, onAuction
        did you mean `onExhaustion`?
          1 | { "value": "onexhaustio" }
            |            ^^^^^^^^^^^^^
      """#),
    ValueMistake(
      "a number for a choice", #"1"#, as: ValueKind<SampleConfig.Recognition>.choice(),
      #"""
      x.jsonc:1:12: expected one of onExhaustion, onAuction, found a number
        at value
        found: 1
        allowed: onExhaustion, onAuction
          1 | { "value": 1 }
            |            ^
      """#),
    ValueMistake(
      "an array that is too short", #"[true]"#,
      as: ValueKind<[Bool]>.array(of: .bool(), count: .between(2, 3)),
      #"""
      x.jsonc:1:12: the array has the wrong size
        at value
        found: [ 1 value ]
        allowed: an array: [ … ] of 2 to 3 values
          1 | { "value": [true] }
            |            ^^^^^^
      """#),
    ValueMistake(
      "wrong elements", #"[true, 1, "x"]"#, as: ValueKind<[Bool]>.array(of: .bool()),
      #"""
      x.jsonc:1:19: expected a boolean, found a number
        at value[1]
        found: 1
        allowed: true, false
          1 | { "value": [true, 1, "x"] }
            |                   ^

      x.jsonc:1:22: expected a boolean, found a string
        at value[2]
        found: "x"
        allowed: true, false
          1 | { "value": [true, 1, "x"] }
            |                      ^^^
      """#),
    ValueMistake(
      "an object for an array", #"{ "a": 1 }"#, as: ValueKind<[Bool]>.array(of: .bool()),
      #"""
      x.jsonc:1:12: expected an array, found an object
        at value
        found: { 1 key }
        allowed: an array: [ … ]
          1 | { "value": { "a": 1 } }
            |            ^^^^^^^^^^
      """#),
    ValueMistake(
      "a mistaken key of a map", #"{ "a": true, "1": 5 }"#,
      as: ValueKind<[MapEntry<String, Bool>]>.map(from: .identifier(), to: .bool()),
      #"""
      x.jsonc:1:25: an identifier begins with a letter
        at value.1
        found: "1"
        allowed: a letter, then letters, digits, `_`, `.` or `-`; at most 64 in all
          1 | { "value": { "a": true, "1": 5 } }
            |                         ^^^

      x.jsonc:1:30: expected a boolean, found a number
        at value.1
        found: 5
        allowed: true, false
          1 | { "value": { "a": true, "1": 5 } }
            |                              ^
      """#),
    ValueMistake(
      "a rule of its own", #"7"#, as: ValueKind<Int>.count().checked("a power of two") { $0 & ($0 - 1) == 0 },
      #"""
      x.jsonc:1:12: the value is not allowed
        at value
        found: 7
        allowed: a power of two
          1 | { "value": 7 }
            |            ^
      """#),
    ValueMistake(
      "a grammar of its own", #""1-100""#,
      as: ValueKind<Int>.parsed("seeds", allowed: "seeds such as \"1..100\"", placeholder: 0) {
        _ throws(Refusal) in throw Refusal("this is not a range")
      },
      #"""
      x.jsonc:1:12: this is not a range
        at value
        found: "1-100"
        allowed: seeds such as "1..100"
          1 | { "value": "1-100" }
            |            ^^^^^^^
      """#),
  ]

  @Test("a value that cannot be used", arguments: mistakes + unitMistakes)
  func message(_ mistake: ValueMistake) {
    #expect(mistake.told() == mistake.message)
  }
}
