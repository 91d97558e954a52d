import Economy
import Kernel
import Ledger
import Testing

/// Ann (see `ClaimsWorld`) owes 16,000 against 10 ETH of 2,000 at a threshold of 82 %.
@Suite("Venues that change their terms")
struct GovernanceTests {
  static func run(_ changes: [GovernanceChange]) throws -> World {
    var claims = ClaimsWorld()
    claims.deposits = [(0, 20_000, nil)]
    claims.governance = changes
    return try claims.run()
  }

  static func change(at minutes: Int64, threshold: Double? = nil, bonus: Double? = nil) -> GovernanceChange {
    GovernanceChange(
      at: .seconds(60 * minutes), venue: ClaimsWorld.lend, place: 0, threshold: threshold, bonus: bonus)
  }

  @Test("a threshold of 79 % calls whoever owes 80 %, at that moment and because of it")
  func lowered() throws {
    let world = try GovernanceTests.run([GovernanceTests.change(at: 10, threshold: 0.79)])
    let called = try #require(world.facts.first { $0.fact.kind == "becameLiquidatable" })
    let governed = try #require(world.facts.first { $0.fact.kind == "governed" })
    #expect(called.header.time == .seconds(600))
    #expect(called.header.cause == governed.header.id && called.header.root == governed.header.id)
    guard case .becameLiquidatable(_, let health) = called.fact else { return }
    #expect(health == 20_000 * 0.79 / 16_000)
    #expect(governed.header.cause == nil && governed.header.phase == .chain)
  }

  @Test("a higher bonus is paid out of what the collateral would have covered: 1,600 more are lost")
  func bonus() throws {
    let before = try GovernanceTests.run([])
    // 10,000 / 1.25 = 8,000 are repaid; 10,000 / 1.5625 = 6,400.
    let after = try GovernanceTests.run([GovernanceTests.change(at: 10, bonus: 0.5625)])
    #expect(before.measures.recognised == 8_000)
    #expect(after.measures.recognised == 9_600)
    #expect(after.facts.filter { $0.fact.kind == "becameLiquidatable" }.count == 1)
  }

  @Test("lowered and raised again within one instant: whom it would have called is not called")
  func raised() throws {
    let world = try GovernanceTests.run([
      GovernanceTests.change(at: 10, threshold: 0.5), GovernanceTests.change(at: 10, threshold: 0.82),
    ])
    let called = world.facts.filter { $0.fact.kind == "becameLiquidatable" }
    #expect(called.count == 1 && called.allSatisfy { $0.header.time == .seconds(3900) })
  }

  @Test("neutral: terms as they were change nothing but a fact")
  func neutral() throws {
    let plain = try GovernanceTests.run([])
    let same = try GovernanceTests.run([GovernanceTests.change(at: 10, threshold: 0.82, bonus: 0.25)])
    #expect(same.facts.map(\.fact).filter { $0.kind != "governed" } == plain.facts.map(\.fact))
  }
}
