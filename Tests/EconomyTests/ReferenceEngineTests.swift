import Economy
import Foundation
import Kernel
import Ledger
import ReferenceWorlds
import Testing

/// Two engines, written apart from one page, on worlds that nobody chose.
@Suite("The engine equals the reference engine")
struct ReferenceEngineTests {
  static let soaks = ProcessInfo.processInfo.environment["RHODIAN_SOAK"] == "1"
  /// Fewer, with `RHODIAN_WORLDS`, while a new rule is being written in both.
  static let worldCount =
    ProcessInfo.processInfo.environment["RHODIAN_WORLDS"].flatMap(UInt64.init) ?? (soaks ? 2_000 : 200)
  /// One world in so many is audited after every event.
  static let auditStride: UInt64 = soaks ? 1 : 5

  @Test("fact for fact, header for header, balance for balance, in worlds that are loud")
  func randomWorlds() throws {
    var coverage = Coverage()
    var (mostFacts, contested) = (0, 0)
    for seed in 0..<ReferenceEngineTests.worldCount {
      let specification = RandomWorld.make(seed: seed)
      let audit: AuditFrequency = seed % ReferenceEngineTests.auditStride == 0 ? .afterEveryEvent : .never
      let outcome = try expectAgreement(specification, seed: seed, audit: audit, "seed \(seed)")
      guard let outcome else { continue }
      coverage.count(outcome.facts, of: specification)
      mostFacts = max(mostFacts, outcome.facts.count)
      let revenue = RevenueLaw(outcome.facts, of: specification)
      #expect(revenue.overspent == nil, "seed \(seed)")
      contested += revenue.contested
    }
    print(coverage.table)
    print("most facts in one world: \(mostFacts)")
    #expect(coverage.quieter(than: 20).isEmpty, "a quiet world proves nothing")
    #expect(contested >= 20, "several layers want all that venues keep")
    #expect(coverage.alarms >= 1_000)
    #expect(10 * coverage.worldsWithALoss >= 9 * coverage.worlds)
  }

  @Test("in worlds made by hand for what is rare", arguments: SpecialWorld.all)
  func specialWorld(_ world: SpecialWorld) throws {
    let outcome = try #require(
      try expectAgreement(world.specification, seed: 1, audit: .afterEveryEvent, world.name))
    #expect(world.isAsIntended(outcome.facts), "the world does not do what it was made for: \(world.name)")
  }

  /// Runs both; the reference's outcome if both came to an end.
  private func expectAgreement(
    _ specification: WorldSpecification, seed: UInt64, audit: AuditFrequency, _ name: String
  ) throws -> ReferenceOutcome? {
    var reference = ReferenceEngine(specification, populationSeed: seed, shockSeed: seed &+ 1)
    let expected = Result { try reference.run() }
    do {
      var world = try World.make(
        specification, populationSeed: seed, shockSeed: seed &+ 1, audit: audit)
      var executable: [[Int64]] = []
      while try world.step() {
        if world.measures.measurements > executable.count { executable.append(world.executableMicrodollars) }
      }
      // Closes the books.
      try world.run()
      let outcome = try expected.get()
      if let difference = outcome.difference(fromExecutable: executable) {
        Issue.record("\(name): \(difference)")
      }
      if let difference = outcome.difference(from: world) { Issue.record("\(name): \(difference)") }
      if let lost = outcome.lostCause { Issue.record("\(name): nothing is told of what caused \(lost)") }
      return outcome
    } catch {
      Issue.record("\(name): the engine or the reference engine ended with \(error)")
      return nil
    }
  }
}
