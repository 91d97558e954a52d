import Testing

@testable import Experiments

/// The sample config with one part replaced by another, and every letter of what its writer is told.
struct SampleEdit: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let part: String
  let replacement: String
  let message: String

  init(_ name: String, _ part: String, _ replacement: String, _ message: String) {
    testDescription = name
    self.part = part
    self.replacement = replacement
    self.message = message
  }
}

@Suite("A config is read whole, and all its mistakes are told")
struct ConfigReaderTests {
  @Test("the sample reads, and every amount is exact")
  func sample() throws {
    let config = try SampleConfig.read(SampleConfig.text).value
    #expect(config.name == "vault-haircut")
    // The default of two days, in microseconds.
    #expect(config.horizon == 172_800_000_000)
    #expect(config.assets.map(\.value) == ["USDC", "ETH"])
    // 500 ETH of eight decimals, 2.5 million USDC of six.
    let fund = [
      NamedAmount(baseUnits: 50_000_000_000, symbol: "ETH"),
      NamedAmount(baseUnits: 2_500_000_000_000, symbol: "USDC"),
    ]
    #expect(config.venues[0].layers == [.fund(fund), .proRata])
  }

  @Test("the resolved config has every default, keys as declared, and reads back as itself")
  func resolved() throws {
    let resolved = try SampleConfig.read(#"{ "assets": [{ "id": "A", "price": 1.50 }], /**/ "name": "n" }"#)
      .resolved
    let expected = """
      {
        "name": "n",
        "horizon": "2d",
        "assets": [
          {
            "price": 1.50,
            "id": "A"
          }
        ],
        "venues": []
      }

      """
    #expect(String(decoding: resolved.canonicalBytes, as: UTF8.self) == expected)
    let full = try SampleConfig.read(SampleConfig.text).resolved
    #expect(full["venues"]?.elements?[0]["recognition"] == "onExhaustion")
    #expect(try SampleConfig.read(full.canonicalBytes).resolved == full)
  }

  @Test("a mistake in the sample", arguments: edits)
  func message(_ edit: SampleEdit) throws {
    var text = SampleConfig.text
    let range = try #require(text.firstRange(of: edit.part))
    text.replaceSubrange(range, with: edit.replacement)
    do throws(ReadingFailure) {
      _ = try SampleConfig.read(text)
      Issue.record("accepted")
    } catch {
      #expect(error.description == edit.message)
      #expect(error.exitCode == 65)
    }
  }

  @Test("of a thousand mistakes fifty are shown and the rest counted")
  func thousand() throws {
    let values = [String](repeating: "1", count: 1_000).joined(separator: ",\n")
    let told = refusal(of: "[\(values)]", as: ValueKind<[Bool]>.array(of: .bool()))
    #expect(told.hasPrefix("x.jsonc:1:2: expected a boolean, found a number\n  at [0]\n  found: 1\n"))
    #expect(told.contains("\n\nx.jsonc:50:1: expected a boolean, found a number\n  at [49]\n"))
    #expect(!told.contains("x.jsonc:51:1"))
    #expect(told.hasSuffix("\n\nand 950 more mistakes"))
    let more = [String](repeating: "1", count: 20_051).joined(separator: ",")
    #expect(
      refusal(of: "[\(more)]", as: ValueKind<[Bool]>.array(of: .bool())).hasSuffix("and 20001 more mistakes"))
  }

  @Test("a missing file is 66; one that cannot be read is 65")
  func files() {
    func failure(_ path: String) -> (String, Int32) {
      do throws(ReadingFailure) {
        _ = try ConfigReader.load(path: path)
        return ("read", 0)
      } catch {
        return (error.description, error.exitCode)
      }
    }
    #expect(failure("no-such-file.jsonc") == ("no-such-file.jsonc: there is no such file", 66))
    #expect(failure("Package.swift/x.jsonc") == ("Package.swift/x.jsonc: there is no such file", 66))
    #expect(failure("Sources") == ("Sources: cannot be read: Is a directory", 65))
    #expect(failure("a\u{0}b") == ("a\u{FFFD}b: cannot be read: its name holds a zero byte", 65))
    #expect(failure("Package.swift").0.contains(": `import` is not a value; text takes double quotes\n"))
  }

  @Test("what an edit brought is shown against the edit, after the config's own mistakes")
  func editedSource() throws {
    let source = SourceFile(name: "x.jsonc", bytes: Array(SampleConfig.text.utf8))
    var document = try ConfigReader.parse(source)
    let setting = SourceFile(name: "--set horizon", bytes: Array("2 days".utf8))
    document.root = try document.root.setting("horizon", to: try ConfigReader.parseSetting(setting))
    document.root = try document.root.setting("venues.vault.shares", to: 1)
    do throws(ReadingFailure) {
      _ = try ConfigReader.read(document, SampleConfig.kind)
      Issue.record("accepted")
    } catch {
      let expected = """
        x.jsonc:13:5: unknown key `shares`
          at venues[1].shares
          allowed: id, kind, share
          did you mean `share`?
           13 |     { "id": "vault", "kind": "vault", "share": "vUSDC" },
              |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

        --set horizon:1:1: this is not a duration
          at horizon
          found: "2 days"
          allowed: a duration such as "12s", "30m" or "1d6h" (units: w, d, h, m, s, ms, us)
            1 | 2 days
              | ^^^^^^
        """
      #expect(error.description == expected)
    }
  }

  @Test("reading code is the schema")
  func schema() throws {
    let fields = ConfigReader.describe(SampleConfig.kind)
    #expect(
      fields.map(\.path) == [
        "name", "horizon", "assets", "assets[].price", "assets[].id", "venues", "venues[](lendingPool)",
        "venues[](lendingPool).kind", "venues[](lendingPool).id", "venues[](lendingPool).debt",
        "venues[](lendingPool).waterfall", "venues[](lendingPool).waterfall[](proRata)",
        "venues[](lendingPool).waterfall[](insuranceFund)",
        "venues[](lendingPool).waterfall[](insuranceFund).balance",
        "venues[](lendingPool).waterfall[](delayed)", "venues[](lendingPool).threshold",
        "venues[](lendingPool).recognition", "venues[](vault)", "venues[](vault).kind", "venues[](vault).id",
        "venues[](vault).share",
      ])
    let threshold = try #require(fields.first { $0.path.hasSuffix("threshold") })
    #expect(threshold.presence == .defaulted("80%"))
    #expect(threshold.shape.type == "ratio")
    #expect(threshold.shape.lower == ValueShape.Limit(value: "0%", isIncluded: true))
    #expect(threshold.shape.upper == ValueShape.Limit(value: "100%", isIncluded: true))
    #expect(threshold.summary == "where liquidation begins")
    #expect(fields[1].shape.unit == "microseconds")
    #expect(fields.last?.presence == .optional)
  }

  @Test(
    "amounts are exact base units of six decimals",
    arguments: [
      ("20000", 20_000_000_000), ("0.000001", 1), ("2.5M USDC", 2_500_000_000_000), ("60k", 60_000_000_000),
      ("0.0000000025B", 2_500_000), ("1.0000000000", 1_000_000), ("0", 0),
      ("9223372036854.775807", Int64.max), ("9223.372036854775807B", Int64.max), ("0k USDC", 0),
    ])
  func amounts(_ text: String, _ expected: Int64) throws {
    #expect(try parseAmount(text, among: [SampleConfig.usdc]).baseUnits == expected)
    // What amountText writes reads back as the same amount.
    let written = amountText(expected, of: SampleConfig.usdc)
    #expect(try parseAmount(written, among: [SampleConfig.usdc]).baseUnits == expected)
  }

  @Test(
    "durations are exact microseconds",
    arguments: [
      ("0s", 0), ("12s", 12_000_000), ("1d6h", 108_000_000_000), ("1w", 604_800_000_000),
      ("1500ms", 1_500_000),
      ("1h1m1s1ms1us", 3_661_001_001), ("15250284w3d4h54s775ms807us", Int64.max),
    ])
  func durations(_ text: String, _ expected: Int64) throws {
    #expect(try microseconds(ofDuration: text) == expected)
    #expect(try microseconds(ofDuration: durationText(expected)) == expected)
  }

  @Test(
    "a percentage is the Double nearest to its decimal",
    arguments: [
      ("\"35%\"", 0.35), ("\"-35%\"", -0.35), ("0.35", 0.35), ("\"0.1%\"", 0.001), ("\"-0%\"", 0),
      ("\"82.5%\"", 0.825),
    ])
  func ratios(_ text: String, _ expected: Double) throws {
    let document = try ConfigReader.parse(SourceFile(name: "x.jsonc", bytes: Array(text.utf8)))
    let value = try ConfigReader.read(document, ValueKind<Double>.ratio()).value
    #expect(value.bitPattern == expected.bitPattern)
  }

  @Test(
    "the nearest name is a third of its letters away at most",
    arguments: [
      ("waterfal", "waterfall"), ("wtaerfall", "waterfall"), ("WATERFALL", "waterfall"), ("dept", "debt"),
      ("id", nil), ("x", nil), ("", nil), ("collateral", nil), ("waffle", nil), ("watermelon", nil),
    ])
  func suggestions(_ word: String, _ expected: String?) {
    #expect(nearest(to: word, among: ["debt", "waterfall", "y"]) == expected)
  }
}
