import Economy
import Foundation
import Kernel
import Ledger
import Testing

@testable import Experiments

/// `incidence.csv` against amounts known by hand: Ann's 300 are lost in a world in which no price but COIN's
/// moves, so that whoever is made to bear them has lost 300, and nobody else anything.
@Suite("incidence.csv and bearers.csv")
struct IncidenceTableTests {
  private static let output = #""output": { "incidence": true, "bearers": true },"#

  private static func plan(_ world: LossWorld) throws -> Plan {
    let config = "{" + output + world.config.drop { $0 != "{" }.dropFirst()
    return try Plan.read(
      ConfigReader.parse(SourceFile(name: "loss.jsonc", bytes: Array(config.utf8))))
  }

  private static func result(_ world: LossWorld) throws -> RunResult {
    let plan = try plan(world)
    let (run, point) = (plan.run(number: 1), plan.point(0))
    return try plan.config(of: point)
      .run(plan.label(of: run, at: point), keeping: .losses, audit: .afterEveryEvent, twins: Twins())
  }

  /// What parties have really paid, in dollars; those that have paid nothing are left out.
  private static func paid(_ result: RunResult) throws -> [String: Double] {
    var paid: [String: Double] = [:]
    for row in try #require(result.incidence).rows where abs(row.incidence) > 100 {
      paid["\(row.party) \(row.kind.rawValue)"] = (Double(row.incidence) / 1e6 * 1000).rounded() / 1000
    }
    return paid
  }

  @Test("pro rata: each lender pays what its claim is cut by, and the guarantor would have paid the whole")
  func proRata() throws {
    var world = LossWorld()
    world.waterfall = #""proRata""#
    let paid = try Self.paid(Self.result(world))
    #expect(
      paid == [
        "d1 lender": 120, "d2 lender": 90, "d3 lender": 60, "d4 lender": 30, "guarantor guarantor": -300,
      ])
  }

  @Test("unresolved: nobody has paid yet, the venue is short of it")
  func unresolved() throws {
    let paid = try Self.paid(Self.result(LossWorld()))
    #expect(paid == ["lend venue": 300, "guarantor guarantor": -300])
  }

  @Test("a fund pays as far as it goes, and is a party of its own")
  func fund() throws {
    var world = LossWorld()
    world.waterfall = #"{ "insuranceFund": { "balance": "100 DOLLAR" } }, "proRata""#
    let paid = try Self.paid(Self.result(world))
    #expect(
      paid == [
        "lend.waterfall[0].insuranceFund fund": 100, "d1 lender": 80, "d2 lender": 60, "d3 lender": 40,
        "d4 lender": 20, "guarantor guarantor": -300,
      ])
  }

  @Test("new tokens: what was issued stands against what the pool that bought them has gained or lost")
  func dilution() throws {
    var world = LossWorld()
    world.addGovernanceToken()
    world.waterfall = #"{ "tokenDilution": { "mints": "100000 GOV" } }"#
    let result = try Self.result(world)
    let rows = try #require(result.incidence).rows
    let issued = try #require(rows.first { $0.kind == .issued })
    let pool = try #require(rows.first { $0.kind == .pool })
    // As many GOV as bring 300 out of 10,000 against 5,000: 10,000 · 300 / 4,700, worth 50 cents each.
    let minted = 10_000.0 * 300 / 4_700 * 0.5
    #expect(abs(Double(issued.incidence) / 1e6 - minted) < 1e-6)
    #expect(abs(Double(pool.incidence) / 1e6 - (300 - minted)) < 1e-6)
    #expect(rows.reduce(0) { $0 + $1.incidence }.magnitude < 100)
  }

  @Test("a run without a loss is its own twin")
  func quiet() throws {
    var world = LossWorld()
    world.waterfall = #""proRata""#
    world.borrowers = LossWorld.borrower("ann", "COIN", count: 1, size: 1_000, ltv: "10%")
    let result = try Self.result(world)
    #expect(try Self.paid(result) == [:])
    #expect(result.amplification == nil)
  }

  @Test("what holders have lost stands in bearers.csv, by name and class, and adds up to the layer's row")
  func bearers() throws {
    var world = LossWorld()
    world.waterfall = #"{ "insuranceFund": { "balance": "100 DOLLAR" } }, "proRata""#
    let result = try Self.result(world)
    let columns = try #require(PlanTables(Self.plan(world)).tables.first { $0.name == "bearers" }).columns
    var table = TableWriter(columns)
    Tables.addBearerRows(result, to: &table)
    let rows = String(decoding: table.bytes, as: UTF8.self).split(separator: "\r\n").map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).dropFirst(4).joined(separator: ",")
    }
    let fund = "lend.waterfall[0].insuranceFund"
    #expect(
      rows == [
        "1.1,lend,0,insuranceFund,\(fund),\(fund),final,DOLLAR,100",
        "1.1,lend,1,proRata,d1[0],d1,final,DOLLAR,80", "1.1,lend,1,proRata,d2[0],d2,final,DOLLAR,60",
        "1.1,lend,1,proRata,d3[0],d3,final,DOLLAR,40", "1.1,lend,1,proRata,d4[0],d4,final,DOLLAR,20",
      ])
  }

  @Test("a fund that is refilled or rebalanced makes another world of it, called or not")
  func activeFunds() throws {
    func digest(_ more: String) throws -> Digest {
      var small = LayerFundTests.refilled(
        #"{ "insuranceFund": { "fund": "chest"\#(more) } }"#,
        funds: #"{ "id": "chest", "holds": { "DOLLAR": 60, "COIN": 30 } },"#)
      if more == "none" { small.waterfall = #""proRata""# }
      let text = small.config.replacing(#""name""#, with: #""output": { "incidence": true }, "name""#)
      let plan = try Plan.read(
        ConfigReader.parse(SourceFile(name: "loss.jsonc", bytes: Array(text.utf8))))
      return try #require(try plan.config(of: plan.point(0)).guaranteeDigest)
    }
    let idle = try digest("none")
    #expect(try digest("") == idle)
    let (refilled, balanced) = (try digest(#", "refill": "50%""#), try digest(#", "rebalance": "1h""#))
    #expect(refilled != idle && balanced != idle && refilled != balanced)
  }

  @Test("variants that differ in nothing but who bears a loss share a twin, and no byte tells it")
  func sharedTwins() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("experiments/who-pays.jsonc").path
    let plan = try Plan.read(ConfigFile.load(path, settings: ["seeds=3..3"]))
    let shared = Twins()
    var digests: [String: Digest] = [:]
    for number in 1...plan.runCount {
      let run = plan.run(number: number)
      let point = plan.point(run.point)
      let config = try plan.config(of: point)
      digests[point.variant] = config.guaranteeDigest
      guard ["unresolved", "token-dilution", "mutual-pool"].contains(point.variant) else { continue }
      let label = plan.label(of: run, at: point)
      func rows(_ twins: Twins) throws -> [Int128] {
        let result = try config.run(label, keeping: FactsKept.none, audit: .never, twins: twins)
        return try #require(result.incidence).rows.map(\.incidence)
      }
      #expect(try rows(shared) == rows(Twins()), "\(point.variant)")
    }
    // A pool that is paid a premium, and a world without the crash, are other worlds; all else is one.
    #expect(Set(digests.values).count == 3)
    #expect(digests["isolated"] == digests["token-dilution"])
    #expect(digests["mutual-pool"] != digests["isolated"])
    #expect(digests["no-shock"] != digests["isolated"])
  }
}
