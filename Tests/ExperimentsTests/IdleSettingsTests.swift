import Testing

@testable import Experiments

/// What a config says and a run can do nothing with: warned of, where it stands, and run all the same.
@Suite("Warnings of idle settings")
struct IdleSettingsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let path: String
    let message: String
    let change: @Sendable (inout LossWorld) -> Void
    /// What takes the warning away.
    let mend: @Sendable (inout LossWorld) -> Void
    var testDescription: String { name }

    init(
      _ name: String, at path: String, _ message: String,
      _ change: @escaping @Sendable (inout LossWorld) -> Void,
      mend: @escaping @Sendable (inout LossWorld) -> Void
    ) {
      (self.name, self.path, self.message, self.change, self.mend) = (name, path, message, change, mend)
    }
  }

  static func bidder(_ currency: String) -> String {
    #"""
    { "id": "b", "kind": "bidder", "count": 1, "currency": "\#(currency)", "capital": { "fixed": 1 },
      "discount": { "fixed": "5%" } },
    """#
  }

  static func junior(_ small: inout LossWorld) {
    small.venuesAbove = #"{ "id": "safe", "kind": "stakePool", "asset": "DOLLAR" },"#
    small.waterfall = #"{ "tranches": { "junior": "safe" } }"#
  }

  static let cases = [
    Case(
      "an auction of a fund without bidders", at: "venues[0].waterfall[0].debtAuction",
      "nobody bids in this auction of `lend`: no `bidder` has any DOLLAR",
      { $0.waterfall = #"{ "debtAuction": { "balance": { "COIN": 400 } } }"# },
      mend: { $0.populations = bidder("DOLLAR") }),
    Case(
      "an auction of tokens with bidders who bid in something else",
      at: "venues[0].waterfall[0].tokenDilution",
      "nobody bids in this auction of `lend`: no `bidder` has any DOLLAR",
      { small in
        small.addGovernanceToken()
        small.populations = bidder("COIN")
        small.waterfall = #"{ "tokenDilution": { "mints": "10k GOV", "sale": "auction" } }"#
      }, mend: { $0.populations = bidder("DOLLAR") }),
    Case(
      "juniors that nobody is", at: "venues[1].waterfall[0].tranches",
      "`tranches` has nothing to call: nobody has a stake in `safe`", junior,
      mend: { $0.populations = LossWorld.lender("s", "1", venue: "safe") }),
    Case(
      "a backstop in which nobody has a stake", at: "venues[1].waterfall[0].stakedBackstop",
      "`stakedBackstop` has nothing to call: nobody has a stake in `safe`",
      { small in
        junior(&small)
        small.waterfall = #"{ "stakedBackstop": { "stake": "safe" } }"#
      }, mend: { $0.populations = LossWorld.lender("s", "1", venue: "safe") }),
    Case(
      "a mutual pool without a pool or calls", at: "venues[1].waterfall[0].mutualPool",
      "`mutualPool` has nothing to call: nobody has a stake in `safe`",
      { small in
        junior(&small)
        small.waterfall = #"{ "mutualPool": { "pool": "safe" } }"#
      }, mend: { $0.waterfall = #"{ "mutualPool": { "pool": "safe", "calls": "10%" } }"# }),
    Case(
      "one lot every ten minutes", at: "venues[0].waterfall[0].insuranceFund.every",
      "`every` says nothing where all is sold in one lot",
      { $0.waterfall = #"{ "insuranceFund": { "balance": { "COIN": 4 }, "every": "10m" } }"# },
      mend: {
        $0.waterfall = #"{ "insuranceFund": { "balance": { "COIN": 4 }, "every": "10m", "lots": 2 } }"#
      }),
    Case(
      "a delay that the run does not outlast", at: "venues[0].recognition",
      "the run is over before any loss of `lend` is recognised",
      { $0.venue = #""recognition": { "afterDelay": "200h" },"# },
      mend: { $0.venue = #""recognition": { "afterDelay": "199h" },"# }),
    Case(
      "a fund that is never brought back", at: "venues[0].waterfall[0].insuranceFund.rebalance",
      "the run is over before this fund is rebalanced",
      {
        $0.waterfall =
          #"{ "insuranceFund": { "balance": { "COIN": 4, "DOLLAR": 4 }, "rebalance": "201h" } }"#
      }, mend: { $0.horizon = "201h" }),
    Case(
      "terms that build bad debt in", at: "governance[0].bonus",
      "threshold · (1 + bonus) is 1.008 from 7200 s on: a liquidation at the threshold takes more than all "
        + "collateral, and leaves bad debt",
      { $0.top = governed("26%") }, mend: { $0.top = governed("25%") }),
    Case(
      "provisions of many debtors to many holders at every tick", at: "venues[0].recognition",
      "`bearers.csv` may have up to 24 million rows a run, which are held in memory: one for each of 4 holders "
        + "each time that a provision for one of 100 debtors rises",
      { small in
        small.venue = #""recognition": "onUndercollateralization","#
        small.borrowers = LossWorld.ann(count: 100, size: 10)
        small.assets = #"{ "id": "GOLD", "price": 1, "process": { "gbm": { "volatility": "10%" } } },"#
        small.top = #""output": { "bearers": true },"#
      }, mend: { $0.top = "" }),
  ]

  static func governed(_ bonus: String) -> String {
    #""governance": [ { "at": "2h", "venue": "lend", "collateral": "COIN", "bonus": "\#(bonus)" } ],"#
  }

  private func warnings(_ small: LossWorld) throws -> [Diagnostic] {
    try Plan.read(
      ConfigReader.parse(SourceFile(name: "idle.jsonc", bytes: Array(small.config.utf8)))
    ).warnings
  }

  @Test("each is warned of once, where it stands, and not once it can do something", arguments: cases)
  func idle(_ each: Case) throws {
    var small = LossWorld()
    each.change(&small)
    let told = try warnings(small)
    #expect(told.map(\.message) == ["warning: " + each.message])
    #expect(told.first?.path?.description == each.path)
    #expect(told.first?.range.map { "\($0)" }?.hasPrefix("idle.jsonc:") ?? false)
    #expect(told.first?.range?.startPosition.line ?? 1 > 1)
    each.mend(&small)
    #expect(try warnings(small).map(\.message) == [])
  }

  @Test("shipped experiments set nothing that is idle")
  func shipped() throws {
    for name in [
      "crowded-blocks", "first-loss", "oracle-lag", "shared-collateral", "vault-haircut", "who-pays",
    ] {
      #expect(try ShippedExperiment.plan(name).warnings.map(\.message) == [], "\(name)")
    }
  }
}
