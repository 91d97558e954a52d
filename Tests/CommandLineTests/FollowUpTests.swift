import Foundation
import Testing

/// One mistake, one message: what would follow from reading a mistaken value as another is not told.
@Suite("One mistake, one message")
struct FollowUpTests {
  /// What stands in `experiments/vault-haircut.jsonc`, what is written instead, and what is said of it.
  struct Slip: Sendable, CustomTestStringConvertible {
    let old: String
    let new: String
    let message: String

    var testDescription: String { new }
  }

  static let slips = [
    Slip(
      old: #""id": "ETH-USDC", "kind""#, new: #""id": "ETH USDC", "kind""#,
      message: "an identifier holds only letters, digits, `_`, `.` and `-`"),
    Slip(old: #""id": "lend", "kind""#, new: #""idd": "lend", "kind""#, message: "unknown key `idd`"),
    Slip(
      old: #"{ "id": "usdc", "asset": "USDC", "source": "fixed" },"#, new: "",
      message: "no oracle publishes a price of USDC"),
    Slip(
      old: #""ltv": "80%", "threshold""#, new: #""ltv": 80, "threshold""#,
      message: "the ratio is out of range"),
    Slip(old: #""threshold": "82.5%""#, new: #""threshold": 82.5"#, message: "the ratio is out of range"),
    Slip(old: #""share": "vUSDC""#, new: #""share": "vUSD""#, message: "unknown asset `vUSDC`"),
    Slip(
      old: #""asset": "vUSDC", "source""#, new: #""asset": "vUSD", "source""#, message: "unknown asset `vUSD`"
    ),
    Slip(
      old: #""collateral": "vUSDC", "debt""#, new: #""collateral": "vUSD", "debt""#,
      message: "unknown asset `vUSD`"),
    Slip(
      old: #""count": 60, "collateral": "vUSDC""#, new: #""count": 60, "collateral": "vUSD""#,
      message: "unknown asset `vUSD`"),
    Slip(old: #"{ "vUSDC": "2M""#, new: #"{ "vUSD": "2M""#, message: "unknown asset `vUSD`"),
    Slip(old: #"{ "id": "USDC", "price""#, new: #"{ "id": "USD", "price""#, message: "unknown asset `USDC`"),
    Slip(
      old: #""ETH-USDC", "kind": "constantProduct""#, new: #""ETH-USDC", "kind": "constantProd""#,
      message: "unknown choice `constantProd`"),
    Slip(
      old: #""vUSDC-USDC", "kind": "constantProduct""#, new: #""vUSDC-USDC", "kind": "constantSum""#,
      message: "unknown choice `constantSum`"),
    Slip(
      old: #""vault", "kind": "vault""#, new: #""vault", "kind": "valt""#, message: "unknown choice `valt`"),
    Slip(
      old: #""levered", "kind": "borrower""#,
      new: #""levered", "loops": 2, "watch": "1h", "deleverAbove": "95%", "kind": "looper""#, message: ""),
    Slip(
      old: #""levered", "kind": "borrower", "venue": "second", "count": 60, "collateral": "vUSDC","#,
      new:
        #""levered", "loops": 2, "note": 1, "kind": "looper", "venue": "second", "count": 60, "collateral": "vUSDC","#,
      message: "unknown key `note`"),
    Slip(
      old: #"{ "from": "80%", "to": "91%" }"#, new: #"{ "from": "80%", "to": "95%" }"#,
      message: "the ratio is out of range"),
    Slip(
      old: #"{ "from": "80%", "to": "91%" }"#, new: #"{ "from": "80%", "to": "70%" }"#,
      message: "`to` is less than `from`"),
  ]

  @Test("a slip in a config of many parts", arguments: slips)
  func slip(_ slip: Slip) throws {
    let path = Built.package.path + "/experiments/vault-haircut.jsonc"
    let config = try String(contentsOfFile: path, encoding: .utf8)
    try #require(config.ranges(of: slip.old).count == 1)
    let scratch = try Scratch()
    try scratch.write("bad.jsonc", config.replacing(slip.old, with: slip.new))
    let check = try scratch.rhodian("check", "bad.jsonc")
    let messages = check.complaint.split(separator: "\n").filter { $0.hasPrefix("bad.jsonc:") }
    guard !slip.message.isEmpty else { return #expect(check.code == 0 && messages.isEmpty) }
    #expect(check.code == 65)
    #expect(messages.count == 1 && messages[0].hasSuffix(": \(slip.message)"), "\(check.complaint)")
  }

  @Test("a name that nothing has is told once, with every place where it stands")
  func names() throws {
    let scratch = try Scratch()
    try scratch.write(
      "bad.jsonc", try SmallWorld.edited([(#"{ "id": "ETH", "price""#, #"{ "id": "ETC", "price""#)]))
    let check = try scratch.rhodian("check", "bad.jsonc")
    #expect(check.code == 65)
    #expect(
      check.complaint == #"""
        bad.jsonc:5:38: unknown asset `ETH`
          at shocks[0].asset
          found: "ETH"
          allowed: the id of an asset
          declared: USDC, ETC
          also at bad.jsonc:7:75, bad.jsonc:10:29, bad.jsonc:16:23, bad.jsonc:23:83
          did you mean `ETC`?
            5 |   "shocks": [ { "at": "1h", "asset": "ETH", "jump": "-50%" } ],
              |                                      ^^^^^

        """#)
  }

  @Test("what is wrong in two places that have nothing to do with each other is told of both")
  func both() throws {
    let scratch = try Scratch()
    let edits = [
      (#""count": 1, "collateral": "ETH","#, #""count": 0, "collateral": "ETH","#),
      (#""latency": { "fixed": "30s" }"#, #""bid": { "fixed": "2" }, "latency": { "fixed": "30s" }"#),
    ]
    try scratch.write("bad.jsonc", try SmallWorld.edited(edits))
    let check = try scratch.rhodian("check", "bad.jsonc")
    #expect(check.complaint.contains("the integer is out of range"))
    #expect(
      check.complaint.contains("there are no blocks to bid for"), "a rule elsewhere is told all the same")
  }
}

/// What is accepted and may not be meant.
@Suite("Warnings")
struct WarningTests {
  @Test(
    "a warning is told on stderr, and the config is taken all the same",
    arguments: [
      (
        #""bonus": "5%" } },"#, #""bonus": "30%" } },"#,
        "threshold · (1 + bonus) is 1.0725: a liquidation at the threshold takes more than all collateral"
      ),
      (
        #""lltv": "91.5%""#, #""lltv": "91.5%", "bonus": "10%""#,
        "threshold · (1 + bonus) is 1.0065: a liquidation at the threshold takes more than all collateral"
      ),
      (
        #""horizon": "12h","#, #""horizon": "12h", "chain": { "capacity": 0 },"#,
        "blocks hold nothing: no transaction ever finds room"
      ),
      (
        #""id": "eth", "asset": "ETH", "source": "reference""#,
        #""id": "eth", "asset": "ETH", "source": { "poolTwap": { "pool": "ETH-USDC", "window": "13h" } }"#,
        "the window is longer than the run: its beginning never leaves the average"
      ),
      (
        #""levered", "kind": "borrower""#,
        #""levered", "loops": 2, "watch": "1h", "deleverAbove": "90%", "kind": "looper""#,
        "some begin above it, and sell at their first look"
      ),
    ])
  func warning(old: String, new: String, message: String) throws {
    let path = Built.package.path + "/experiments/vault-haircut.jsonc"
    let config = try String(contentsOfFile: path, encoding: .utf8)
    try #require(config.ranges(of: old).count == 1)
    let scratch = try Scratch()
    try scratch.write("odd.jsonc", config.replacing(old, with: new))
    let check = try scratch.rhodian("check", "odd.jsonc")
    #expect(check.code == 0 && check.output.hasPrefix("vault-haircut: 30 runs"))
    let told = check.complaint.split(separator: "\n").filter { $0.hasPrefix("odd.jsonc:") }
    #expect(told.count == 1 && told[0].contains(": warning: \(message)"), "\(check.complaint)")
  }

  @Test("a run warns before it begins, and not again once it is done; a variant's warning names it")
  func run() throws {
    let scratch = try TinySweep.scratch()
    let variant =
      #"{ "extends": "world.jsonc", "variants": { "odd": { "venues.lend.collateral.ETH.bonus": "30%" } } }"#
    try scratch.write("odd.jsonc", variant)
    let first = try scratch.rhodian("run", "odd.jsonc", "--out", "out")
    #expect(first.code == 0)
    #expect(first.complaint.contains("warning: threshold · (1 + bonus) is 1.0725"))
    #expect(first.complaint.contains("\n  in variant `odd`\n"))
    #expect(try scratch.rhodian("run", "odd.jsonc", "--out", "out").complaint.isEmpty)
  }
}
