import Testing

/// Settings that no run could honour, or that would end one without a word: refused where they are read, with
/// what is allowed, and without a result.
@Suite struct RefusedSettingsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let edits: [(old: String, new: String)]
    /// Each a line of the complaint.
    let lines: [String]

    init(_ name: String, _ edits: (old: String, new: String)..., lines: [String]) {
      testDescription = name
      self.edits = edits
      self.lines = lines
    }
  }

  private static let horizon = #""horizon": "3h","#
  private static let shock = #"{ "at": "1h", "asset": "ETH", "jump": "-50%" }"#
  private static let oracle = #"{ "id": "eth", "asset": "ETH", "delay": "5m" }"#
  private static let ether = #"{ "id": "ETH", "price": 2000 }"#
  private static let keeper = #""kind": "liquidator", "pool": "pool", "count": 1,"#
  private static let manipulation = #"{ "at": "1h", "oracle": "eth", "jump": "99900%", "for": "1h" }"#

  private static func chain(_ text: String) -> (old: String, new: String) {
    (horizon, #"\#(horizon) "chain": \#(text),"#)
  }

  static let cases = [
    Case(
      "blocks of a microsecond", chain(#"{ "block": "1us" }"#),
      lines: ["  at chain.block", "  allowed: a duration from 1ms"]),
    Case(
      "a horizon of a thousand years", (horizon, #""horizon": "365000d","#),
      lines: ["  at horizon", "  allowed: a duration above 0s, up to 5200w"]),
    Case(
      "an average over nearly all of 64 bits",
      (
        oracle,
        #"{ "id": "eth", "asset": "ETH", "source": { "poolTwap": { "pool": "pool", "window": "106000000d" } } }"#
      ), lines: ["  at oracles[0].source.poolTwap.window", "  allowed: a duration from 0s to 5200w"]),
    Case(
      "manipulations that multiply beyond any price",
      (shock, [manipulation, manipulation, manipulation, manipulation].joined(separator: ", ")),
      lines: [
        "the manipulations of `eth` multiply what it reads by 1000000000000.0",
        "  allowed: those that are on together, between a billionth and a billion times",
      ]),
    Case(
      "rushes that overlap, and one that never comes",
      chain(
        #"{ "others": { "perBlock": 10, "meanBid": 1, "rushes": [ { "at": "1h", "lasts": "1h", "factor": 100 }, "#
          + #"{ "at": "90m", "lasts": "1h", "factor": 100 }, { "at": "100m", "lasts": "1h", "factor": 100 }, "#
          + #"{ "at": "4h", "lasts": "1h", "factor": 2 } ] } }"#),
      lines: [
        "the rush comes after the horizon", "where rushes overlap 10000000 others come a block",
        "  allowed: at most 1000000 a block; rushes that overlap multiply",
      ]),
    Case(
      "a move that ends after the horizon",
      (shock, #"{ "at": "1h", "asset": "ETH", "jump": "-50%", "over": "3h" }"#),
      lines: ["the move ends after the horizon", "  at shocks[0].over"]),
    Case(
      "an outage after the horizon",
      (oracle, #"{ "id": "eth", "asset": "ETH", "outages": [ { "at": "5h", "lasts": "1h" } ] }"#),
      lines: ["the outage comes after the horizon"]),
    Case(
      "a recording that ends before the run does, and a tick that never comes",
      (
        ether,
        #"{ "id": "ETH", "price": 2000, "process": { "replay": { "history": { "times": [0, 3600], "prices": [1, 2] } } } }"#
      ), (horizon, #""horizon": "3h", "tick": "4h","#),
      lines: [
        "the recorded prices end at 1h and `horizon` is 3h", "the first tick comes after the horizon",
        "  allowed: at most `horizon`",
      ]),
    Case(
      "who sells later in a currency that nobody lends",
      (keeper, #""kind": "liquidator", "currency": "ETH", "count": 1, "capital": 1, "sellsAfter": "1h","#),
      (#""minimumProfit": "500 USDC" },"#, #""minimumProfit": "1 ETH" },"#),
      lines: [
        "no venue lends ETH against what can be sold outside, and who sells later repays in nothing else"
      ]),
  ]

  @Test("is told all at once, and nothing is written", arguments: cases)
  func refused(_ each: Case) throws {
    let scratch = try Scratch()
    try scratch.write("bad.jsonc", Array(try SmallWorld.edited(each.edits).utf8))
    let before = try scratch.list()
    let run = try scratch.rhodian("run", "bad.jsonc", "--out", "out")
    #expect(run.code == 65)
    for line in each.lines { #expect(run.complaint.contains(line), "\(run.complaint)") }
    #expect(try scratch.list() == before)
  }

  @Test(
    "portions of a vault are summed as they are taken, to the billionth",
    arguments: [
      ("0.5", 0.5, true), ("0.500000001", 0.5, false), ("0.4", 0.5, true),
    ])
  func portions(_ first: String, _ second: Double, _ isAllowed: Bool) throws {
    let scratch = try Scratch()
    let edits = [
      (
        #""waterfall": [ { "insuranceFund": { "balance": "2000 USDC" } }, "proRata" ],"#,
        #"""
        "waterfall": [ { "insuranceFund": { "balance": "2000 USDC" } }, "proRata" ],
            },
            {
              "id": "second", "kind": "lendingPool", "debt": "USDC",
              "collateral": { "ETH": { "ltv": "80%", "threshold": "82%", "bonus": "25%" } }, "waterfall": [ "proRata" ],
            },
            {
              "id": "vault", "kind": "vault", "asset": "USDC",
              "allocation": { "lend": \#(first), "second": \#(second) },
        """#
      )
    ]
    try scratch.write("x.jsonc", Array(try SmallWorld.edited(edits).utf8))
    let run = try scratch.rhodian("check", "x.jsonc")
    #expect(run.code == (isAllowed ? 0 : 65), "\(run.complaint)")
    if !isAllowed { #expect(run.complaint.contains("the portions are 100.0000001% of deposits")) }
  }
}
