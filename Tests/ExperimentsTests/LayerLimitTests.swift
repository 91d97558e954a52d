import Economy
import Kernel
import Ledger
import Testing

@testable import Experiments

/// Five losses of 60: three in the second hour, when COIN falls, two a day later, when GOLD does. A fund of
/// 1,000 would pay them all.
@Suite("Limits of a layer, loss by loss")
struct LayerLimitTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let limits: String
    let taken: [String]
    var testDescription: String { limits.isEmpty ? "no limit" : limits }

    init(_ limits: String, _ taken: [String]) { (self.limits, self.taken) = (limits, taken) }
  }

  static func world(_ waterfall: String) -> LossWorld {
    var small = LossWorld()
    small.addGold()
    small.shocks = #"{ "at": "25h", "asset": "GOLD", "jump": "-43.75%" },"#
    small.borrowers =
      LossWorld.ann(count: 3, size: 200) + LossWorld.borrower("bob", "GOLD", count: 2, size: 200, ltv: "75%")
    small.waterfall = waterfall
    return small
  }

  @Test(
    "a fund is called as far as its limits go",
    arguments: [
      Case("", ["60", "60", "60", "60", "60"]),
      Case(#""cap": 150"#, ["60", "60", "30", "0", "0"]),
      Case(#""perEvent": 40"#, ["40", "40", "40", "40", "40"]),
      Case(#""perDay": 100"#, ["60", "40", "0", "60", "40"]),
      Case(#""capShare": "25%""#, ["15", "15", "15", "15", "15"]),
      // The least of: half of 60, 20, what is left of 70 in all, what is left of 50 today.
      Case(
        #""capShare": "50%", "perEvent": 20, "cap": 70, "perDay": 50"#, ["20", "20", "10", "20", "0"]),
      Case(#""cap": 0"#, ["0", "0", "0", "0", "0"]),
    ])
  func fund(_ each: Case) throws {
    let limits = each.limits.isEmpty ? "" : ", \(each.limits)"
    let outcome = try Self.world(#"{ "insuranceFund": { "balance": 1000\#(limits) } }, "proRata""#).run()
    let taken = (1...5).map { outcome.row("insuranceFund", "insuranceFund", loss: $0)["taken"] ?? "?" }
    #expect(taken == each.taken)
    let paid = each.taken.map { Amount.of($0) }.reduce(.zero, +)
    let (fund, claims) = (
      outcome.balance("lend.waterfall[0].insuranceFund"), outcome.venue("lend").claims.totalAssets
    )
    #expect(fund == .of("1000") - paid)
    #expect(claims == .of("700") + paid, "suppliers bear what the limits keep from the fund")
    #expect(outcome.finalUnits == Amount.of("300").units)
  }

  @Test("any layer takes limits: suppliers bear 100 in all, and 200 stand")
  func suppliers() throws {
    let outcome = try Self.world(#"{ "proRata": { "cap": 100 } }"#).run()
    let taken = (1...5).map { outcome.row("proRata", "suppliers", loss: $0)["taken"] ?? "?" }
    #expect(taken == ["60", "40", "0", "0", "0"])
    let books = outcome.venue("lend")
    #expect(books.claims.totalAssets == .of("900") && books.deficit == .of("200"))
  }

  struct Fund: Sendable, CustomTestStringConvertible {
    let waterfall: String
    let bearer: String
    let promised: [String]
    var testDescription: String { waterfall }
  }

  /// Three losses of 60 fall at once, before anything that is promised for the first has been sold.
  @Test(
    "what has been promised is not promised again",
    arguments: [
      // 100 COIN are worth 112.5.
      Fund(
        waterfall: #"{ "insuranceFund": { "balance": { "COIN": 100 } } }, "proRata""#,
        bearer: "insuranceFund", promised: ["60", "52.5", "0"]),
      Fund(
        waterfall: #"{ "debtAuction": { "balance": { "COIN": 100 } } }, "proRata""#, bearer: "riskFund",
        promised: ["60", "52.5", "0"]),
      Fund(
        waterfall: #"{ "debtAuction": { "balance": 100 } }, "proRata""#, bearer: "riskFund",
        promised: ["60", "40", "0"]),
      Fund(
        waterfall: #"{ "debtAuction": { "balance": { "COIN": 40, "DOLLAR": 40 } } }, "proRata""#,
        bearer: "riskFund", promised: ["60", "25", "0"]),
    ])
  func once(_ each: Fund) throws {
    let outcome = try Self.world(each.waterfall).run()
    let promised = (1...3).map { loss in
      outcome.rows.first { $0["bearer"] == each.bearer && $0["loss"] == "1.\(loss)" }?["promised"] ?? "?"
    }
    #expect(promised == each.promised)
    #expect(outcome.finalUnits == Amount.of("300").units)
  }

  @Test("what is promised counts as what is borne: 100 in tokens, 200 by suppliers")
  func promises() throws {
    var small = LossWorld()
    small.addGovernanceToken()
    small.waterfall = #"{ "tokenDilution": { "mints": "10k GOV", "perEvent": 100 } }, "proRata""#
    let outcome = try small.run()
    #expect(
      outcome.story() == ["tokenDilution tokenHolders 0 100 100 0 200", "proRata suppliers 200 0 0 0 0"])
    // Of five losses of 60: 60, 60, and what is left of 150.
    var losses = Self.world(#"{ "tokenDilution": { "mints": "10k GOV", "cap": 150 } }, "proRata""#)
    losses.addGovernanceToken()
    let five = try losses.run()
    let promised = (1...5).map { five.row("tokenDilution", "tokenHolders", loss: $0)["promised"] ?? "?" }
    #expect(promised == ["60", "60", "30", "0", "0"])
  }
}
