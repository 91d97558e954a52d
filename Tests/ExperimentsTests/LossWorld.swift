import Economy
import Foundation
import Kernel
import Ledger
import Testing

@testable import Experiments

/// The world of the `mutualisation` fixture, as a config says it: deposits of 400, 300, 200 and 100, of which
/// 750 are lent and 250 are cash; a loss of 300 half a minute after one hour.
///
/// Ann posts 500 COIN at 2 dollars and borrows 75 % of their worth. COIN falls by 43.75 %, to 1.125; all 500
/// are seized for 500 · 1.125 / 1.25 = 450 (bonus 25 %, close factor one), and 750 − 450 = 300 are lost.
/// Tests say what is different; audits run after every event.
///
///     var world = LossWorld()
///     world.waterfall = #""proRata""#
///     let outcome = try world.run()
///     outcome.row("proRata", "suppliers")["taken"]     // "300"
struct LossWorld: Sendable {
  /// Layers, as they stand in the list.
  var waterfall = ""
  /// Lines that are added to the lists of the config, and to the venue; each ends with a comma.
  var venue = ""
  var collateral = ""
  var assets = ""
  var shocks = ""
  var pools = ""
  var funds = ""
  var oracles = ""
  var venuesAbove = ""
  var venuesBelow = ""
  var populations = ""
  var lenders = LossWorld.fourLenders
  var borrowers = LossWorld.ann()
  var latency = "30s"
  var horizon = "200h"
  var shockAt = "1h"
  var seed: UInt64 = 1
  /// Sections of their own; each ends with a comma.
  var top = ""

  static let fourLenders = ["d1", "d2", "d3", "d4"].map { lender($0, fixture.deposits[$0] ?? "") }.joined()

  static func lender(_ id: String, _ size: String, venue: String = "lend", more: String = "") -> String {
    #"""
    { "id": "\#(id)", "kind": "lender", "venue": "\#(venue)", "count": 1, "size": { "fixed": "\#(size)" }\#(more) },

    """#
  }

  static func ann(count: Int = 1, size: Int = 1_000) -> String {
    borrower("ann", "COIN", count: count, size: size, ltv: "75%")
  }

  static func borrower(_ id: String, _ collateral: String, count: Int, size: Int, ltv: String) -> String {
    #"""
    { "id": "\#(id)", "kind": "borrower", "venue": "lend", "count": \#(count), "collateral": "\#(collateral)",
      "size": { "fixed": \#(size) }, "ltv": { "fixed": "\#(ltv)" } },

    """#
  }

  /// A collateral of its own, as COIN is.
  mutating func addGold() {
    assets += #"{ "id": "GOLD", "price": 2 },"#
    oracles += #"{ "id": "gold", "asset": "GOLD" },"#
    collateral += #""GOLD": { "ltv": "75%", "threshold": "80%", "bonus": "25%" },"#
  }

  /// GOV, of which a pool holds the fixture's 10,000 against 5,000 dollars.
  mutating func addGovernanceToken() {
    assets += #"{ "id": "GOV", "price": 0.5 },"#
    let reserves = LossWorld.fixture.rules.token_recap_cpmm.reserves
    pools += #"""
      { "id": "market", "kind": "constantProduct", "fee": "0%",
        "reserves": { "GOV": \#(reserves[0]), "DOLLAR": \#(reserves[1]) } },
      """#
  }

  /// Interest of 1/128 of what is owed in every 128th of a year, 68:26:15: exact in base units. The crash
  /// comes after the first: Ann then owes 750 · 129/128 = 755.859375. Of her 750 scaled units a payment of
  /// 450 retires 450 · 128/129 = 446.51162790…, rounded down; the 303.4883721 left are 305.85937500…, rounded
  /// up: 305.85937501 are lost.
  mutating func addInterest(reserveFactor: String) {
    shockAt = "69h"
    venue += #""borrowRate": "100%", "accrualPeriod": "68h26m15s", "reserveFactor": "\#(reserveFactor)","#
    horizon = "80h"
  }

  var config: String {
    #"""
    {
      "name": "loss", "horizon": "\#(horizon)", "seeds": "\#(seed)..\#(seed)", \#(top)
      "assets": [ { "id": "COIN", "price": 2 }, { "id": "DOLLAR", "price": 1 }, \#(assets) ],
      "shocks": [ { "at": "\#(shockAt)", "asset": "COIN", "jump": "-43.75%" }, \#(shocks) ],
      "pools": [ \#(pools) ], "funds": [ \#(funds) ],
      "oracles": [
        { "id": "coin", "asset": "COIN" }, { "id": "dollar", "asset": "DOLLAR", "source": "fixed" }, \#(oracles)
      ],
      "venues": [
        \#(venuesAbove)
        { "id": "lend", "kind": "lendingPool", "debt": "DOLLAR", "closeFactor": "100%",
          "collateral": { "COIN": { "ltv": "75%", "threshold": "80%", "bonus": "25%" }, \#(collateral) },
          \#(venue)
          "waterfall": [ \#(waterfall) ] },
        \#(venuesBelow)
      ],
      "populations": [
        \#(lenders)
        \#(borrowers)
        { "id": "keeper", "kind": "liquidator", "currency": "DOLLAR", "count": 1,
          "latency": { "fixed": "\#(latency)" } },
        \#(populations)
      ],
    }
    """#
  }

  func run(sourceLocation: SourceLocation = #_sourceLocation) throws -> LossOutcome {
    let document: ConfigDocument
    let plan: Plan
    do throws(ReadingFailure) {
      document = try ConfigReader.parse(SourceFile(name: "loss.jsonc", bytes: Array(config.utf8)))
      plan = try Plan.read(document)
    } catch {
      Issue.record("\(error)", sourceLocation: sourceLocation)
      throw error
    }
    let (run, point) = (plan.run(number: 1), plan.point(0))
    let read = try plan.config(of: point)
    var world = try World.make(
      read.world, populationSeed: run.seed, shockSeed: run.seed, keeping: .all, audit: .afterEveryEvent)
    world.keepsHolderLosses = true
    try world.run()
    let result = RunResult(
      label: plan.label(of: run, at: point), horizon: read.world.horizon, measures: world.measures,
      facts: world.facts, names: RunNames(world), fingerprint: world.fingerprint(),
      holderLosses: world.holderLosses)
    expectHoldersAddUp(result, sourceLocation)
    let columns = PlanTables(plan).tables[1].columns
    var table = TableWriter(columns)
    Tables.addLossRows(result, to: &table)
    let rows = String(decoding: table.bytes, as: UTF8.self).split(separator: "\r\n").map { line in
      // No value of these has a comma in it.
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return Dictionary(uniqueKeysWithValues: zip(columns.map(\.name), fields))
    }
    return LossOutcome(world: world, rows: rows)
  }
}

/// What holders have borne adds up to what each layer has taken and paid, unit for unit, where it is told in
/// the same asset and nothing of it has been given back.
private func expectHoldersAddUp(_ run: RunResult, _ location: SourceLocation) {
  struct Step: Hashable { let loss, step: Int32 }
  var borne: [Step: Int64] = [:]
  var given: Set<Step> = []
  var lent: [Int32: AssetID] = [:]
  for case .recognised(let loss, let origin, let reserve, _) in run.facts.map(\.fact) {
    lent[loss] = run.names.lent(by: run.names.venue(of: origin), reserve)
  }
  for part in run.holderLosses.all {
    let step = Step(loss: part.loss, step: part.step)
    if part.asset == lent[part.loss] { borne[step, default: 0] += part.amount.units }
  }
  var taken: [Step: Int64] = [:]
  for fact in run.facts.map(\.fact) {
    switch fact {
    case .absorbed(let loss, let venue, _, let step, let amount, _, _):
      let layer = run.names.venues[venue].steps[Int(step)]
      if layer.layer == "stakedBackstop" { given.insert(Step(loss: loss, step: step)) }
      taken[Step(loss: loss, step: step), default: 0] += amount.units
    case .promiseKept(let loss, _, _, let step, let paid, _):
      taken[Step(loss: loss, step: step), default: 0] += paid.units
    case .restored(let loss, _, _, let step, _, _, _): given.insert(Step(loss: loss, step: step))
    default: break
    }
  }
  for (step, amount) in taken where !given.contains(step) {
    #expect(
      borne[step, default: 0] == amount, "loss \(step.loss), step \(step.step)", sourceLocation: location)
  }
}

/// What a run has left behind: the world, and the rows of losses.csv.
struct LossOutcome: ~Copyable {
  let world: World
  let rows: [[String: String]]

  /// The row of a layer and a bearer of one loss; nothing where there is no such row, or several.
  func row(_ layer: String, _ bearer: String, loss: Int = 1) -> [String: String] {
    let found = rows.filter { $0["layer"] == layer && $0["bearer"] == bearer && $0["loss"] == "1.\(loss)" }
    return found.count == 1 ? found[0] : [:]
  }

  /// `layer bearer taken promised paid broken left` of each row, in their order.
  func story(loss: Int? = nil) -> [String] {
    rows.filter { row in loss.map { row["loss"] == "1.\($0)" } ?? true }.map { row in
      ["layer", "bearer", "taken", "promised", "paid", "broken", "left"].map { row[$0] ?? "?" }
        .joined(separator: " ")
    }
  }

  func asset(_ name: String) -> AssetID {
    AssetID(world.ledger.assets.firstIndex { $0.name == name } ?? 0)
  }

  func balance(_ account: String, _ name: String = "DOLLAR") -> Amount {
    guard let place = world.ledger.accounts.firstIndex(where: { $0.name == account }) else { return .zero }
    return world.ledger.balance(of: AccountID(place), in: asset(name))
  }

  func venue(_ name: String) -> Reserve {
    world.venues[world.venues.firstIndex { $0.name == name } ?? 0].reserves[0]
  }

  /// What the only member of a population of lenders can claim.
  func claim(_ population: String) throws -> Amount {
    let lender = try #require(
      world.lenders.firstIndex { world.ledger[$0.account].name == "\(population)[0]" }
        .map { world.lenders[$0] }, "\(population)")
    let books = world.venues[lender.venue].reserves[lender.reserve]
    return try books.claims.value(of: world.ledger.balance(of: lender.account, in: books.shareAsset))
  }

  func claims(_ populations: [String] = ["d1", "d2", "d3", "d4"]) throws -> [Amount] {
    var claims: [Amount] = []
    for population in populations { claims.append(try claim(population)) }
    return claims
  }

  func facts<Value>(_ value: (Fact) -> Value?) -> [Value] { world.facts.compactMap { value($0.fact) } }

  /// What the rows say of all losses where they ended: borne or promised by final bearers, or left by the
  /// last.
  var finalUnits: Int64 {
    rows.reduce(0) { sum, row in
      func units(_ column: String) -> Int64 { Amount(text: row[column] ?? "").units }
      let last = row["layer"] == "unresolved" ? units("left") : 0
      guard row["finality"] == "final" else { return sum }
      return sum + units("taken") + units("promised") - units("broken") + last
    }
  }
}

extension Amount {
  /// A decimal text of up to eight places, or a fraction such as "30000/47" rounded down.
  init(text: String) {
    let parts = text.split(separator: "/")
    let digits = (parts.first ?? "0").split(separator: ".")
    let places = digits.count > 1 ? digits[1].count : 0
    let scale = (places..<8).reduce(Int128(1)) { scale, _ in scale * 10 }
    let denominator = parts.count > 1 ? Int128(parts[1]) ?? 1 : 1
    self.init(units: Int64((Int128(digits.joined()) ?? 0) * scale / denominator))
  }

  /// A decimal text.
  static func of(_ text: String) -> Amount { Amount(text: text) }
}

/// Equal up to so many base units, for what divides.
func close(_ a: Amount, _ b: Amount, units: Int64 = 2) -> Bool { abs(a.units - b.units) <= units }

extension LossWorld {
  /// `mutualisation` in Tests/Fixtures/mechanisms.json: exact fractions, computed elsewhere.
  struct Fixture: Decodable, Sendable {
    struct Rules: Decodable, Sendable {
      struct Insurance: Decodable, Sendable {
        let insurance_left: String
        let claims: [String: String]
      }

      struct Junior: Decodable, Sendable {
        let junior: [String: String]
        let claims: [String: String]
      }

      struct FirstCome: Decodable, Sendable {
        let order: [String]
        let withdrawn: [String: String]
        let recovery_on_remainder: String
        let total: [String: String]
      }

      struct Tokens: Decodable, Sendable {
        let reserves: [String]
        let tokens_minted: String
        let price_after: String
        let claims: [String: String]
      }

      let pro_rata: [String: String]
      let insurance_then_pro_rata: Insurance
      let insurance_junior_then_pro_rata: Junior
      let first_come_first_served: FirstCome
      let token_recap_cpmm: Tokens
    }

    let deposits: [String: String]
    let cash: String
    let loans: String
    let loss: String
    let insurance: String
    let junior: [String: String]
    let rules: Rules

    /// In the order of the lenders.
    func amounts(_ texts: [String: String]) -> [Amount] {
      ["d1", "d2", "d3", "d4"].map { Amount(text: texts[$0] ?? "") }
    }
  }

  static let fixture: Fixture = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/mechanisms.json")
    struct All: Decodable { let mutualisation: Fixture }
    do {
      return try JSONDecoder().decode(All.self, from: Data(contentsOf: file)).mutualisation
    } catch {
      preconditionFailure("Tests/Fixtures/mechanisms.json: \(error)")
    }
  }()
}
