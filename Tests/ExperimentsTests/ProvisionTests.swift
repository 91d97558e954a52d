import Economy
import Kernel
import Ledger
import Testing

@testable import Experiments

/// When a venue admits a loss: amounts by hand, in the world of the fixture (`LossWorld`). Ann owes 750 against
/// 500 COIN, which fall from 2 dollars to 1.125: worth 562.50, so that 187.50 are not covered. Her keeper is
/// days away.
@Suite("Recognition: provisions, delays, and never")
struct ProvisionTests {
  /// - Parameter prices: what becomes of COIN after the crash, by hour: a jump each.
  private func world(_ waterfall: String, _ recognition: String, jumps: [(hour: Int, jump: String)] = [])
    -> LossWorld
  {
    var world = LossWorld()
    world.waterfall = waterfall
    world.venue = #""recognition": \#(recognition),"#
    world.latency = "150h"
    world.shocks = jumps.map { #"{ "at": "\#($0.hour)h", "asset": "COIN", "jump": "\#($0.jump)" },"# }
      .joined()
    return world
  }

  private static let provided = #""onUndercollateralization""#

  @Test("under water: provided for and cut; recovered: given back to the unit")
  func reversed() throws {
    // 1.125 · 2 = 2.25: worth 1,125, and nothing is missing.
    let outcome = try world(#""proRata""#, Self.provided, jumps: [(2, "100%")]).run()
    let row = outcome.row("proRata", "suppliers")
    #expect(row["taken"] == "187.5" && row["restored"] == "187.5")
    #expect(outcome.world.venues[0].reserves[0].claims.totalAssets == .of("1000"))
    #expect(outcome.world.venues[0].reserves[0].provision == .zero)
    #expect(outcome.world.measures.recognised == 0 && outcome.world.measures.bySuppliers == 0)
    #expect(outcome.world.measures.systemLoss == 0)
  }

  @Test("what is provided for is not lost twice: hidden, but recognised already")
  func standing() throws {
    var world = world(#""proRata""#, Self.provided)
    world.horizon = "100h"
    let outcome = try world.run()
    #expect(outcome.world.measures.recognised == 187.5 && outcome.world.measures.occurredEnd == 187.5)
    #expect(outcome.world.measures.systemLoss == 187.5)
    #expect(outcome.world.venues[0].reserves[0].claims.totalAssets == .of("812.5"))
  }

  @Test("closed in the end: the keeper leaves 300, of which 187.50 have been provided for")
  func closed() throws {
    let outcome = try world(#""proRata""#, Self.provided).run()
    #expect(outcome.rows.map { $0["taken"] } == ["187.5", "112.5"])
    #expect(outcome.world.venues[0].reserves[0].claims.totalAssets == .of("700"))
    #expect(outcome.world.venues[0].reserves[0].provision == .zero)
    #expect(outcome.world.measures.systemLoss == 300)
  }

  @Test("whoever paid last gets back first, and by the means by which it paid")
  func tranches() throws {
    var world = world(
      #"{ "tranches": { "junior": "first-loss" } }"#, Self.provided, jumps: [(2, "10%"), (3, "100%")])
    world.venuesAbove = #"{ "id": "first-loss", "kind": "stakePool", "asset": "DOLLAR" },"#
    world.populations = #"""
      { "id": "juniors", "kind": "staker", "stake": "first-loss", "count": 1, "size": { "fixed": 150 } },
      """#
    // Juniors bear 150 and suppliers 37.50. At 1.2375 · 500 = 618.75 only 131.25 are missing: suppliers get
    // their 37.50 back, juniors 18.75; and all of it once nothing is missing.
    let outcome = try world.run()
    #expect(outcome.row("tranches", "juniors")["taken"] == "150")
    #expect(outcome.row("tranches", "juniors")["restored"] == "150")
    #expect(outcome.row("tranches", "suppliers")["taken"] == "37.5")
    #expect(outcome.row("tranches", "suppliers")["restored"] == "37.5")
    #expect(outcome.world.measures.bySuppliers == 0 && outcome.world.measures.recognised == 0)
    let pool = outcome.world.venues[0]
    #expect(pool.name == "first-loss" && pool.reserves[0].claims.totalAssets == .of("150"))
  }

  @Test("a limit counts what was borne, not what was given back: 400 suffice for five times 187.50")
  func limited() throws {
    let flapping = [(2, "100%"), (3, "-50%"), (4, "100%"), (5, "-50%"), (6, "100%"), (7, "-50%")]
    var world = world(
      #"{ "insuranceFund": { "balance": 1000, "cap": 400 } }, "proRata""#, Self.provided,
      jumps: flapping.map { (hour: $0.0, jump: $0.1) })
    world.horizon = "100h"
    let outcome = try world.run()
    #expect(outcome.world.venues[0].reserves[0].claims.totalAssets == .of("1000"))
    let fund = outcome.rows.filter { $0["layer"] == "insuranceFund" }
    #expect(fund.map { $0["taken"] } == ["187.5", "187.5", "187.5", "187.5"])
    #expect(fund.map { $0["restored"] } == ["187.5", "187.5", "187.5", "0"])
  }

  @Test("bearers.csv tells what stands: a provision that goes up and down thirty times leaves a row a holder")
  func flappingBearers() throws {
    let flapping = (2...61).map { (hour: $0, jump: $0.isMultiple(of: 2) ? "100%" : "-50%") }
    var small = world(#""proRata""#, Self.provided, jumps: flapping)
    small.horizon = "100h"
    let outcome = try small.run()
    let rows = Array(outcome.world.holderLosses.all)
    #expect(rows.map(\.loss) == [31, 31, 31, 31], "\(rows)")
    #expect(rows.reduce(Amount.zero) { $0 + $1.amount } == .of("187.5"))
    small.shocks += #"{ "at": "99h", "asset": "COIN", "jump": "100%" },"#
    let recovered = try small.run()
    let left = Array(recovered.world.holderLosses.all)
    #expect(left.isEmpty, "\(left)")
  }

  @Test("after a delay, at what stands then; and never")
  func delayed() throws {
    // The keeper comes at 151 hours and seizes all of it: 300 are left, and stand for ten hours more.
    let late = try world(#""proRata""#, #"{ "afterDelay": "10h" }"#).run()
    #expect(late.row("proRata", "suppliers")["taken"] == "300")
    let time = try #require(late.row("proRata", "suppliers")["time"].flatMap { Double($0) })
    #expect(time == 3_600 * 161)
    let never = try world(#""proRata""#, #""never""#).run()
    #expect(never.rows.isEmpty)
    #expect(never.world.measures.recognised == 0 && never.world.measures.occurredEnd == 300)
    #expect(never.world.measures.systemLoss == 300)
  }
}
