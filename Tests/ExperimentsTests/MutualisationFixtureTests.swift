import Economy
import Kernel
import Ledger
import Testing

@testable import Experiments

/// Every rule of the `mutualisation` fixture from a price step to the rows of losses.csv and the ledger's
/// last balances. Expected amounts are the fixture's.
@Suite("Science: the rules of the mutualisation fixture, from a config to losses.csv and the ledger")
struct MutualisationFixtureTests {
  static let fixture = LossWorld.fixture

  /// The fixture's amount as the table writes it: an exact decimal of whole tokens.
  static func text(_ text: String) -> String { Amount(text: text).formatted(decimals: 8) }

  @Test("the world opens and loses as the fixture says")
  func opening() throws {
    var small = LossWorld()
    small.horizon = "1h"
    let opened = try small.run()
    let (cash, claims) = (opened.balance("lend"), try opened.claims())
    #expect(cash == .of(Self.fixture.cash))
    #expect(claims == Self.fixture.amounts(Self.fixture.deposits))
    small.horizon = "2h"
    let outcome = try small.run()
    let (lost, left, row) = (
      outcome.measures.recognised, outcome.venue("lend").deficit, outcome.row("unresolved", "nobody")
    )
    #expect(lost == 300 && left == .of(Self.fixture.loss))
    #expect(row["recognised"] == Self.text(Self.fixture.loss) && row["left"] == Self.text(Self.fixture.loss))
    #expect(row["position"] == "ann[0]" && row["time"] == "3630" && row["asset"] == "DOLLAR")
  }

  @Test("pro_rata")
  func proRata() throws {
    var small = LossWorld()
    small.waterfall = #""proRata""#
    let outcome = try small.run()
    let claims = try outcome.claims()
    #expect(claims == Self.fixture.amounts(Self.fixture.rules.pro_rata))
    #expect(outcome.story() == ["proRata suppliers 300 0 0 0 0"])
    // Whoever lent is owed exactly what there is: no loan is left.
    let cash = outcome.balance("lend")
    #expect(cash == claims.reduce(.zero, +))
  }

  @Test("insurance_then_pro_rata")
  func insurance() throws {
    let rule = Self.fixture.rules.insurance_then_pro_rata
    var small = LossWorld()
    small.waterfall = #"{ "insuranceFund": { "balance": \#(Self.fixture.insurance) } }, "proRata""#
    let outcome = try small.run()
    let (claims, fund) = (try outcome.claims(), outcome.balance("lend.waterfall[0].insuranceFund"))
    #expect(claims == Self.fixture.amounts(rule.claims))
    #expect(fund == .of(rule.insurance_left))
    #expect(
      outcome.story() == ["insuranceFund insuranceFund 60 0 0 0 240", "proRata suppliers 240 0 0 0 0"])
  }

  @Test("insurance_junior_then_pro_rata: the junior tranche is a stake pool of the fixture's 80 and 40")
  func junior() throws {
    let rule = Self.fixture.rules.insurance_junior_then_pro_rata
    var small = LossWorld()
    small.venuesAbove = #"{ "id": "first-loss", "kind": "stakePool", "asset": "DOLLAR" },"#
    small.waterfall = #"""
      { "insuranceFund": { "balance": \#(Self.fixture.insurance) } }, { "tranches": { "junior": "first-loss" } }
      """#
    for (id, size) in Self.fixture.junior.sorted(by: { $0.key < $1.key }) {
      small.populations += LossWorld.lender(id, size, venue: "first-loss")
    }
    let outcome = try small.run()
    let (claims, juniors) = (try outcome.claims(), try outcome.claims(["j1", "j2"]))
    #expect(claims == Self.fixture.amounts(rule.claims))
    #expect(juniors == ["j1", "j2"].map { .of(rule.junior[$0] ?? "") })
    let held = outcome.balance("first-loss")
    #expect(held == .zero)
    #expect(
      outcome.story() == [
        "insuranceFund insuranceFund 60 0 0 0 240", "tranches juniors 120 0 0 0 120",
        "tranches suppliers 120 0 0 0 0",
      ])
  }

  /// The keeper comes nine hours late. Until then 750 − 562.5 = 187.5 of bad debt can be seen, of claims of
  /// 1,000: 18.75 %, so that d4, who runs above 18 %, takes its 100. Of 900 it is 20.8 %: d2, above 20 %,
  /// wants 300 and gets the other 150. Of 750 it is 25 %: d1 and d3, above 22 %, find nothing; d1 looks every
  /// minute, d3 once in four hours.
  private func firstCome(_ waterfall: String) -> LossWorld {
    var small = LossWorld()
    small.waterfall = waterfall
    small.latency = "9h"
    small.horizon = "10h"
    let watches = [
      "d1": ("1m", "22%"), "d2": ("1m", "20%"), "d3": ("4h", "22%"), "d4": ("1m", "18%"),
    ]
    small.lenders = ["d1", "d2", "d3", "d4"].map { id in
      let (watch, runAt) = watches[id] ?? ("", "")
      return LossWorld.lender(
        id, Self.fixture.deposits[id] ?? "",
        more: #", "watch": "\#(watch)", "runAt": { "fixed": "\#(runAt)" }"#)
    }.joined()
    return small
  }

  /// What each lender was paid in all, in the order in which they first tried.
  private func withdrawn(_ outcome: borrowing LossOutcome) -> [(lender: String, paid: Amount)] {
    var withdrawn: [(lender: String, paid: Amount)] = []
    for record in outcome.world.facts {
      guard case .withdrew(let holder, _, _, _, _, let paid, _) = record.fact else { continue }
      let name = String(outcome.world.ledger[holder].name.prefix(2))
      if let place = withdrawn.firstIndex(where: { $0.lender == name }) {
        withdrawn[place].paid += paid
      } else {
        withdrawn.append((name, paid))
      }
    }
    return withdrawn
  }

  @Test(
    "first_come_first_served: under `unresolved` who comes first gets all, and 3/5 is left for the others")
  func firstComeFirstServed() throws {
    let rule = Self.fixture.rules.first_come_first_served
    let outcome = try firstCome("").run()
    let withdrawn = withdrawn(outcome)
    #expect(withdrawn.map(\.lender) == rule.order)
    for each in withdrawn { #expect(each.paid == .of(rule.withdrawn[each.lender] ?? ""), "\(each.lender)") }
    #expect(outcome.story() == ["unresolved nobody 0 0 0 0 300"])
    // 450 of cash against claims of 750: claim · recovery is what is left for each.
    let (books, cash) = (outcome.venue("lend"), outcome.balance("lend"))
    #expect(books.claims.totalAssets - books.deficit == cash)
    let recovery = Fraction128(rule.recovery_on_remainder)
    #expect(
      Int128(cash.units) * recovery.denominator
        == Int128(books.claims.totalAssets.units) * recovery.numerator)
    for each in withdrawn {
      let claim = try outcome.claim(each.lender)
      let rest = Int128(claim.units) * recovery.numerator / recovery.denominator
      #expect(each.paid + Amount(units: Int64(rest)) == .of(rule.total[each.lender] ?? ""), "\(each.lender)")
    }
  }

  @Test("first_come_first_served: what is left being shared, every lender ends with the fixture's total")
  func shared() throws {
    let rule = Self.fixture.rules.first_come_first_served
    let outcome = try firstCome(#""proRata""#).run()
    for each in withdrawn(outcome) {
      let claim = try outcome.claim(each.lender)
      #expect(each.paid + claim == .of(rule.total[each.lender] ?? ""), "\(each.lender)")
    }
    #expect(outcome.story() == ["proRata suppliers 300 0 0 0 0"])
  }

  @Test("without a run everybody is left the same share: control of first come, first served")
  func nobodyRuns() throws {
    var small = firstCome("")
    small.lenders = LossWorld.fourLenders
    let outcome = try small.run()
    #expect(withdrawn(outcome).isEmpty)
    let (books, cash) = (outcome.venue("lend"), outcome.balance("lend"))
    #expect(cash == .of("700") && books.claims.totalAssets == .of("1000"))
  }

  @Test("token_recap_cpmm: tokens minted and sold into a constant-product pool; no lender loses")
  func tokens() throws {
    let rule = Self.fixture.rules.token_recap_cpmm
    var small = LossWorld()
    small.addGovernanceToken()
    small.waterfall = #"{ "tokenDilution": { "mints": "10k GOV" } }, "proRata""#
    let outcome = try small.run()
    let minted = outcome.facts { if case .minted(_, _, _, let amount) = $0 { amount } else { nil } }
    // The least number of base units that brings 300: the fraction, rounded up.
    #expect(minted == [Amount(units: Amount(text: rule.tokens_minted).units + 1)])
    let claims = try outcome.claims()
    #expect(claims == Self.fixture.amounts(rule.claims))
    let price = outcome.facts {
      if case .swapped(_, _, _, _, _, let price) = $0 { price } else { nil }
    }
    let expected = Fraction128(rule.price_after).double
    try #require(price.count == 1)
    #expect(abs(price[0] / expected - 1) < 1e-9)
    #expect(outcome.story() == ["tokenDilution tokenHolders 0 300 300 0 0"])
    let deficit = outcome.venue("lend").deficit
    #expect(deficit == .zero)
  }
}

extension LossOutcome {
  var measures: RunMeasures { world.measures }
}

/// A fraction such as "3/5", exactly.
private struct Fraction128 {
  let numerator: Int128
  let denominator: Int128

  init(_ text: String) {
    let parts = text.split(separator: "/").map { Int128($0) ?? 0 }
    (numerator, denominator) = (parts[0], parts.count > 1 ? parts[1] : 1)
  }

  var double: Double { Double(numerator) / Double(denominator) }
}
