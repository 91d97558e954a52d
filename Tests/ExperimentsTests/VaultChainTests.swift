import Economy
import Kernel
import Ledger
import Testing

@testable import Experiments

/// Vault 1 holds claims on the venue that loses, vault 2 on vault 1, and so on: one loss, however often it is
/// handed on.
@Suite("A chain of k vaults reports L, not kL, in losses.csv and in the measures")
struct VaultChainTests {
  /// `share` of the 1,000 come through the chain; the others are put into the venue itself.
  static func chain(_ length: Int, _ waterfall: String, share: Int64 = 1_000) -> LossWorld {
    var small = LossWorld()
    small.waterfall = waterfall
    for number in 1...length {
      let below = number == 1 ? "lend" : "vault\(number - 1)"
      small.venuesBelow += #"""
        { "id": "vault\#(number)", "kind": "vault", "asset": "DOLLAR", "allocation": { "\#(below)": "100%" },
          "waterfall": [ \#(waterfall) ] },

        """#
    }
    small.lenders = LossWorld.lender("saver", "\(share)", venue: "vault\(length)")
    if share < 1_000 { small.lenders += LossWorld.lender("direct", "\(1_000 - share)") }
    return small
  }

  private func expectOnce(_ outcome: borrowing LossOutcome, _ lost: Amount, handedOn: Int) {
    let measures = outcome.measures
    let borne = LayerCatalog.all.indices.map { measures.taken(byLayer: $0) }.reduce(0, +)
    let dollars = Double(lost.units) / 1e8
    #expect(outcome.finalUnits == lost.units)
    #expect(measures.recognised == dollars && abs(borne + measures.unresolved - dollars) < 1e-9)
    #expect(measures.losses == 1 && measures.passedOn == Int64(handedOn))
    // Every loss but the first names the one that handed it on, and all of that one's suppliers' rows but
    // the last vault's pass something through.
    let children = outcome.rows.filter { $0["parent"] != "" }
    #expect(Set(children.compactMap { $0["loss"] }).count == handedOn)
  }

  @Test("pro rata all the way: the saver bears 300 once", arguments: 1...8)
  func proRata(_ length: Int) throws {
    let outcome = try Self.chain(length, #""proRata""#).run()
    expectOnce(outcome, .of("300"), handedOn: length)
    let claim = try outcome.claim("saver")
    #expect(claim == .of("700"))
    let final = outcome.rows.filter { $0["finality"] == "final" && $0["taken"] != "0" }
    #expect(final.map { $0["venue"] } == ["vault\(length)"])
    #expect(outcome.rows.count { $0["finality"] == "passThrough" } == length)
  }

  @Test(
    "interest first, then pro rata, at every venue of the chain: 5.859375 and the rest, once",
    arguments: 1...8)
  func interest(_ length: Int) throws {
    var small = Self.chain(length, #""accruedInterest", "proRata""#)
    small.addInterest(reserveFactor: "0%")
    let outcome = try small.run()
    expectOnce(outcome, .of("305.85937501"), handedOn: length)
    let claim = try outcome.claim("saver")
    #expect(claim == .of("699.99999999"))
    let measures = outcome.measures
    #expect(measures.taken(by: AccruedInterest.self) == 5.859375)
    #expect(measures.taken(by: ProRata.self) == 300.00000001)
  }

  @Test("what the chain holds is handed on, what others hold is not: 600 and 400 of 1,000", arguments: 1...8)
  func part(_ length: Int) throws {
    var small = Self.chain(length, #""accruedInterest", "proRata""#, share: 600)
    small.addInterest(reserveFactor: "0%")
    let outcome = try small.run()
    expectOnce(outcome, .of("305.85937501"), handedOn: length)
    let (saver, direct) = (try outcome.claim("saver"), try outcome.claim("direct"))
    #expect(close(saver, .of("420")) && close(direct, .of("280")))
  }

  @Test("with `unresolved` the deficit stands where it arose, and nothing is handed on", arguments: [1, 8])
  func control(_ length: Int) throws {
    let outcome = try Self.chain(length, "").run()
    expectOnce(outcome, .of("300"), handedOn: 0)
    #expect(outcome.story() == ["unresolved nobody 0 0 0 0 300"])
  }
}
