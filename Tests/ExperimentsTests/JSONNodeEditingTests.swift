import Testing

@testable import Experiments

@Suite("Edits find their place by key, index, id or name, or say why not")
struct JSONNodeEditingTests {
  static let config: JSONNode = [
    "name": "n",
    "venues": [
      ["id": "lend", "waterfall": [["insuranceFund": ["balance": ["ETH": 500]]], "proRata"]],
      ["id": "st.ETH", "preset": "maker"],
      ["id": "twin"], ["id": "twin"],
    ],
    "empty": [],
  ]

  @Test(
    "an edit changes what its path names and nothing else",
    arguments: [
      "name", "venues.lend.waterfall", "venues[0].waterfall",
      "venues.lend.waterfall.insuranceFund.balance.ETH",
      "venues.lend.waterfall[0].insuranceFund.balance.ETH", "venues[st.ETH].preset",
      "venues.lend.waterfall.proRata",
      "venues[3]", "empty", "venues.lend",
    ])
  func edits(_ path: String) throws {
    let before = try Self.config.value(at: path)
    let edited = try Self.config.setting(path, to: "changed", newKeys: .refused)
    #expect(edited != Self.config)
    #expect(
      try edited.setting(
        path == "venues.lend"
          ? "venues[0]"
          : path == "venues.lend.waterfall.proRata"
            ? "venues.lend.waterfall.changed" : path, to: before) == Self.config)
  }

  @Test("the last segment may be a new key, where that is allowed")
  func newKeys() throws {
    let edited = try Self.config.setting("venues.lend.preset", to: "maker")
    #expect(try edited.value(at: "venues[0].preset") == "maker")
    #expect(throws: PathMistake.self) {
      try Self.config.setting("venues.lend.preset", to: "maker", newKeys: .refused)
    }
  }

  @Test(
    "a path that leads nowhere names the segment and the nearest known one",
    arguments: [
      (
        "venus.lend.preset",
        """
        cannot set `venus.lend.preset`: there is no `venus` at the top level
          allowed: name, venues, empty
          did you mean `venues`?
        """
      ),
      (
        "venues.lent.preset",
        """
        cannot set `venues.lent.preset`: there is no `lent` in `venues`
          allowed: lend, st.ETH, twin, twin
          did you mean `lend`?
        """
      ),
      (
        "venues.lend.waterfall.insurancefund.balance",
        """
        cannot set `venues.lend.waterfall.insurancefund.balance`: there is no `insurancefund` in \
        `venues.lend.waterfall`
          allowed: insuranceFund, proRata
          did you mean `insuranceFund`?
        """
      ),
      ("venues[9].id", "cannot set `venues[9].id`: `venues` has no element [9]\n  allowed: [0] to [3]"),
      (
        "venues[99999999999999999999]",
        "cannot set `venues[99999999999999999999]`: `venues` has no element [99999999999999999999]\n"
          + "  allowed: [0] to [3]"
      ),
      ("empty[0]", "cannot set `empty[0]`: `empty` has no element [0]\n  allowed: nothing: it is empty"),
      ("empty.x", "cannot set `empty.x`: there is no `x` in `empty`\n  allowed: an index such as [0]"),
      (
        "venues.twin.x",
        "cannot set `venues.twin.x`: `venues` has 2 elements called `twin`\n  allowed: [2], [3]"
      ),
      ("name.first", "cannot set `name.first`: `name` is a string and has nothing inside it"),
      ("", "cannot set ``: a name is missing between dots"),
      ("venues..x", "cannot set `venues..x`: a name is missing between dots"),
      ("venues.", "cannot set `venues.`: a name is missing between dots"),
      ("venues[0", "cannot set `venues[0`: a `[` is never closed"),
      ("venues[]", "cannot set `venues[]`: nothing stands between `[` and `]`"),
    ])
  func mistakes(_ path: String, _ expected: String) {
    do throws(PathMistake) {
      _ = try Self.config.setting(path, to: 1)
      Issue.record("\(path) was set")
    } catch {
      #expect(error.description == expected)
    }
  }

  @Test(
    "a setting is JSON where it reads as JSON, else text",
    arguments: [
      ("10m", "10m"), ("35%", "35%"), ("12", 12), ("true", true), ("[1, 2,]", [1, 2]),
      ("{\"a\": 1}", ["a": 1]),
      ("\"12\"", "12"), ("proRata", "proRata"), ("", ""), ("1e5", "1e5"),
    ] as [(String, JSONNode)])
  func settings(_ text: String, _ expected: JSONNode) throws {
    let source = SourceFile(name: "--set x", bytes: Array(text.utf8))
    #expect(try ConfigReader.parseSetting(source) == expected)
  }

  @Test(
    "a setting that begins like JSON has to be JSON",
    arguments: ["[1, 2", "{\"a\": 1, \"a\": 2}", "\"x", "[\u{0}]"])
  func brokenSettings(_ text: String) {
    #expect(throws: ReadingFailure.self) {
      try ConfigReader.parseSetting(SourceFile(name: "--set x", bytes: Array(text.utf8)))
    }
  }
}
