import Testing

@testable import Experiments

/// Durations and amounts that cannot be used.
extension ValueMessageTests {
  static let unitMistakes = [
    ValueMistake(
      "a duration without a unit or quotes", #"12"#, as: ValueKind<Int64>.duration(),
      #"""
      x.jsonc:1:12: a duration needs a unit and double quotes
        at value
        found: 12
        allowed: a duration such as "12s", "30m" or "1d6h" (units: w, d, h, m, s, ms, us)
          1 | { "value": 12 }
            |            ^^
      """#),
    ValueMistake(
      "a duration without a unit", #""12""#, as: ValueKind<Int64>.duration(),
      #"""
      x.jsonc:1:12: a duration needs a unit
        at value
        found: "12"
        allowed: a duration such as "12s", "30m" or "1d6h" (units: w, d, h, m, s, ms, us)
          1 | { "value": "12" }
            |            ^^^^
      """#),
    ValueMistake(
      "a fraction of a unit", #""1.5h""#, as: ValueKind<Int64>.duration(),
      #"""
      x.jsonc:1:12: durations are whole numbers of each unit
        at value
        found: "1.5h"
        allowed: a smaller unit, such as "1h30m"
          1 | { "value": "1.5h" }
            |            ^^^^^^
      """#),
    ValueMistake(
      "a negative duration", #""-5m""#, as: ValueKind<Int64>.duration(),
      #"""
      x.jsonc:1:12: durations are not negative
        at value
        found: "-5m"
        allowed: a duration such as "12s", "30m" or "1d6h" (units: w, d, h, m, s, ms, us)
          1 | { "value": "-5m" }
            |            ^^^^^
      """#),
    ValueMistake(
      "units out of order", #""6h1d""#, as: ValueKind<Int64>.duration(),
      #"""
      x.jsonc:1:12: units go from long to short, each once
        at value
        found: "6h1d"
        allowed: a duration such as "12s", "30m" or "1d6h" (units: w, d, h, m, s, ms, us)
          1 | { "value": "6h1d" }
            |            ^^^^^^
      """#),
    ValueMistake(
      "a unit given twice", #""1h1h""#, as: ValueKind<Int64>.duration(),
      #"""
      x.jsonc:1:12: units go from long to short, each once
        at value
        found: "1h1h"
        allowed: a duration such as "12s", "30m" or "1d6h" (units: w, d, h, m, s, ms, us)
          1 | { "value": "1h1h" }
            |            ^^^^^^
      """#),
    ValueMistake(
      "an unknown unit", #""5y""#, as: ValueKind<Int64>.duration(),
      #"""
      x.jsonc:1:12: `y` is not a unit of time
        at value
        found: "5y"
        allowed: a duration such as "12s", "30m" or "1d6h" (units: w, d, h, m, s, ms, us)
          1 | { "value": "5y" }
            |            ^^^^
      """#),
    ValueMistake(
      "a duration past 64 bits", #""15250285w""#, as: ValueKind<Int64>.duration(),
      #"""
      x.jsonc:1:12: the duration is too long
        at value
        found: "15250285w"
        allowed: at most 15250284w3d4h54s775ms807us, about 292,000 years
          1 | { "value": "15250285w" }
            |            ^^^^^^^^^^^
      """#),
    ValueMistake(
      "a duration out of range", #""3d""#, as: ValueKind<Int64>.duration(in: .above(0).upTo(86_400_000_000)),
      #"""
      x.jsonc:1:12: the duration is out of range
        at value
        found: "3d"
        allowed: a duration above 0s, up to 1d
          1 | { "value": "3d" }
            |            ^^^^
      """#),
    ValueMistake(
      "an empty duration", #""""#, as: ValueKind<Int64>.duration(),
      #"""
      x.jsonc:1:12: a duration is missing
        at value
        found: ""
        allowed: a duration such as "12s", "30m" or "1d6h" (units: w, d, h, m, s, ms, us)
          1 | { "value": "" }
            |            ^^
      """#),
    ValueMistake(
      "a boolean for a duration", #"true"#, as: ValueKind<Int64>.duration(),
      #"""
      x.jsonc:1:12: expected a duration, found a boolean
        at value
        found: true
        allowed: a duration such as "12s", "30m" or "1d6h" (units: w, d, h, m, s, ms, us)
          1 | { "value": true }
            |            ^^^^
      """#),
    ValueMistake(
      "a negative amount", #""-5 USDC""#, as: ValueKind<Int64>.amount(of: SampleConfig.usdc),
      #"""
      x.jsonc:1:12: amounts are not negative
        at value
        found: "-5 USDC"
        allowed: an amount, such as "2.5M USDC", "60k" or 20000 (suffixes: k, M, B)
          1 | { "value": "-5 USDC" }
            |            ^^^^^^^^^
      """#),
    ValueMistake(
      "an amount that overflows", #""9223372036854.775808""#,
      as: ValueKind<Int64>.amount(of: SampleConfig.usdc),
      #"""
      x.jsonc:1:12: the amount is too large
        at value
        found: "9223372036854.775808"
        allowed: at most 9223372036854.775807 USDC
          1 | { "value": "9223372036854.775808" }
            |            ^^^^^^^^^^^^^^^^^^^^^^
      """#),
    ValueMistake(
      "an amount that overflows by its suffix", #""9224B""#,
      as: ValueKind<Int64>.amount(of: SampleConfig.usdc),
      #"""
      x.jsonc:1:12: the amount is too large
        at value
        found: "9224B"
        allowed: at most 9223372036854.775807 USDC
          1 | { "value": "9224B" }
            |            ^^^^^^^
      """#),
    ValueMistake(
      "more decimals than the asset", #""0.1234567""#, as: ValueKind<Int64>.amount(of: SampleConfig.usdc),
      #"""
      x.jsonc:1:12: the amount has more decimals than USDC
        at value
        found: "0.1234567"
        allowed: at most 6 decimals, not 7
          1 | { "value": "0.1234567" }
            |            ^^^^^^^^^^^
      """#),
    ValueMistake(
      "an amount in another asset", #""5 ETH""#, as: ValueKind<Int64>.amount(of: SampleConfig.usdc),
      #"""
      x.jsonc:1:12: this amount is in USDC, not in `ETH`
        at value
        found: "5 ETH"
        allowed: an amount, such as "2.5M USDC", "60k" or 20000 (suffixes: k, M, B)
          1 | { "value": "5 ETH" }
            |            ^^^^^^^
      """#),
    ValueMistake(
      "underscores in an amount", #""1_000""#, as: ValueKind<Int64>.amount(of: SampleConfig.usdc),
      #"""
      x.jsonc:1:12: amounts are written without separators between digits
        at value
        found: "1_000"
        allowed: an amount, such as "2.5M USDC", "60k" or 20000 (suffixes: k, M, B)
          1 | { "value": "1_000" }
            |            ^^^^^^^
      """#),
    ValueMistake(
      "a capital suffix", #""5K""#, as: ValueKind<Int64>.amount(of: SampleConfig.usdc),
      #"""
      x.jsonc:1:12: `K` is not a suffix
        at value
        found: "5K"
        allowed: k = 10^3, M = 10^6, B = 10^9
          1 | { "value": "5K" }
            |            ^^^^
      """#),
    ValueMistake(
      "an asset without a blank", #""5USDC""#, as: ValueKind<Int64>.amount(of: SampleConfig.usdc),
      #"""
      x.jsonc:1:12: `USDC` is not a suffix; an asset stands after a blank
        at value
        found: "5USDC"
        allowed: k = 10^3, M = 10^6, B = 10^9
          1 | { "value": "5USDC" }
            |            ^^^^^^^
      """#),
    ValueMistake(
      "leading zeros in an amount", #""01""#, as: ValueKind<Int64>.amount(of: SampleConfig.usdc),
      #"""
      x.jsonc:1:12: this is not an amount
        at value
        found: "01"
        allowed: an amount, such as "2.5M USDC", "60k" or 20000 (suffixes: k, M, B)
          1 | { "value": "01" }
            |            ^^^^
      """#),
    ValueMistake(
      "too many words in an amount", #""1 2 3""#, as: ValueKind<Int64>.amount(of: SampleConfig.usdc),
      #"""
      x.jsonc:1:12: this is not an amount
        at value
        found: "1 2 3"
        allowed: an amount, such as "2.5M USDC", "60k" or 20000 (suffixes: k, M, B)
          1 | { "value": "1 2 3" }
            |            ^^^^^^^
      """#),
    ValueMistake(
      "an empty amount", #""""#, as: ValueKind<Int64>.amount(of: SampleConfig.usdc),
      #"""
      x.jsonc:1:12: this is not an amount
        at value
        found: ""
        allowed: an amount, such as "2.5M USDC", "60k" or 20000 (suffixes: k, M, B)
          1 | { "value": "" }
            |            ^^
      """#),
    ValueMistake(
      "an object for an amount", #"{}"#, as: ValueKind<Int64>.amount(of: SampleConfig.usdc),
      #"""
      x.jsonc:1:12: expected an amount of USDC, found an object
        at value
        found: { 0 keys }
        allowed: an amount, such as "2.5M USDC", "60k" or 20000 (suffixes: k, M, B)
          1 | { "value": {} }
            |            ^^
      """#),
    ValueMistake(
      "an amount out of range", #""5 USDC""#,
      as: ValueKind<Int64>.amount(of: SampleConfig.usdc, in: .above(5_000_000)),
      #"""
      x.jsonc:1:12: the amount is out of range
        at value
        found: "5 USDC"
        allowed: an amount above 5 USDC, such as "2.5M USDC", "60k" or 20000 (suffixes: k, M, B)
          1 | { "value": "5 USDC" }
            |            ^^^^^^^^
      """#),
    ValueMistake(
      "an amount without its asset", #"5"#,
      as: ValueKind<NamedAmount>.amount(among: [SampleConfig.usdc, SampleConfig.eth]),
      #"""
      x.jsonc:1:12: the amount does not name its asset
        at value
        found: 5
        allowed: an amount with its asset, such as "2.5M USDC" (suffixes: k, M, B)
        declared: USDC, ETH
          1 | { "value": 5 }
            |            ^
      """#),
    ValueMistake(
      "an amount of an unknown asset", #""5 ETHH""#,
      as: ValueKind<NamedAmount>.amount(among: [SampleConfig.usdc, SampleConfig.eth]),
      #"""
      x.jsonc:1:12: unknown asset `ETHH`
        at value
        found: "5 ETHH"
        allowed: an amount with its asset, such as "2.5M USDC" (suffixes: k, M, B)
        declared: USDC, ETH
        did you mean `ETH`?
          1 | { "value": "5 ETHH" }
            |            ^^^^^^^^
      """#),
  ]
}
