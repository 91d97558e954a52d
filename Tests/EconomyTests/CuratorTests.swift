import Economy
import Kernel
import Ledger
import Testing

/// A vault's depositor and a lender of their own have 10,000 each at `lend` (see `ClaimsWorld`), of which
/// 4,000 are in cash. From 1:05 to 1:05:30 anybody can read that 6,000 of the 20,000 will be missing.
@Suite("Curators")
struct CuratorTests {
  static func run(_ curator: Curator?, _ change: (inout ClaimsWorld) -> Void = { _ in }) throws -> World {
    var claims = ClaimsWorld()
    claims.horizon = .seconds(2 * 3600)
    claims.vaults = [
      ClaimsWorld.Vault(allocation: [.init(ClaimsWorld.lend, portion: 1)], curator: curator)
    ]
    claims.deposits = [(0, 10_000, nil), (1, 10_000, nil)]
    change(&claims)
    return try claims.run()
  }

  /// One that looks several times before the liquidator comes.
  static func curator(leavesAt: Double) -> Curator { Curator(every: .seconds(10), leavesAt: leavesAt) }

  static func drawn(_ world: borrowing World) -> [FactRecord] {
    world.facts.filter { $0.fact.kind == "drawn" }
  }

  @Test(
    "nobody looks, and either of the two bears 4,000; a curator that takes 4,000 out leaves 1,000 more to the other"
  )
  func whoBears() throws {
    let without = try CuratorTests.run(nil)
    #expect(try without.claim(of: 0) == ClaimsWorld.usdc(6_000))
    #expect(try without.claim(of: 1) == ClaimsWorld.usdc(6_000))
    // 8,000 of the 16,000 that are left: every claim is halved.
    let with = try CuratorTests.run(CuratorTests.curator(leavesAt: 0.01))
    #expect(try with.claim(of: 0) == ClaimsWorld.usdc(5_000))
    #expect(try with.claim(of: 1) == ClaimsWorld.usdc(7_000))
    for measures in [without.measures, with.measures] {
      #expect(measures.recognised == 8_000)
      #expect(measures.taken(by: ProRata.self) == 8_000)
    }
  }

  @Test("it draws at a look of its own, once something is to be seen and before the loss is there")
  func causes() throws {
    let world = try CuratorTests.run(CuratorTests.curator(leavesAt: 0.01))
    let drawn = try #require(CuratorTests.drawn(world).first)
    #expect(drawn.header.cause == nil && drawn.header.phase == .reaction)
    #expect(drawn.header.time > .seconds(3900) && drawn.header.time < .seconds(3930))
    #expect(CuratorTests.drawn(world).count == 1, "once claims have been cut nothing more is to be feared")
    #expect(
      drawn.fact
        == .drawn(
          vault: VenueID(1), holding: 0, from: ClaimsWorld.usdc(10_000), to: ClaimsWorld.usdc(6_000)))
  }

  @Test("where the deficit stands it comes back for the rest, and the other lender is left with all of it")
  func unresolved() throws {
    let world = try CuratorTests.run(CuratorTests.curator(leavesAt: 0.01)) { $0.waterfall = [] }
    #expect(world.vaults[0].holdings[0].marked == .zero)
    #expect(try world.claim(of: 1) == ClaimsWorld.usdc(10_000))
    let lend = world.venues[ClaimsWorld.lend].reserves[0]
    #expect(lend.deficit == ClaimsWorld.usdc(8_000))
    #expect(lend.claims.totalAssets == ClaimsWorld.usdc(10_000))
  }

  @Test(
    "neutral: at a limit of just what is to be seen, or above it, nothing but the loss happens",
    arguments: [0.3, 1])
  func neutral(_ limit: Double) throws {
    let without = try CuratorTests.run(nil)
    let with = try CuratorTests.run(CuratorTests.curator(leavesAt: limit))
    #expect(with.facts.map(\.fact) == without.facts.map(\.fact))
  }

  /// Half of 10,000 in the venue, together with 15,000 of the other lender.
  static func half(_ curator: Curator) throws -> World {
    try CuratorTests.run(curator) { claims in
      claims.vaults[0].allocation = [.init(ClaimsWorld.lend, portion: 0.5)]
      claims.deposits = [(0, 15_000, nil), (1, 10_000, nil)]
    }
  }

  @Test("once nothing is to be feared it puts back what the holding is short of, and no more")
  func returns() throws {
    let world = try CuratorTests.half(Curator(every: .seconds(10), leavesAt: 0.01, returns: 0.005))
    let placed = try #require(world.facts.first { $0.fact.kind == "placed" })
    // 1,000 were left there and have been halved; half of 9,500 are 4,750.
    #expect(
      placed.fact
        == .placed(
          vault: VenueID(1), holding: 0, paid: ClaimsWorld.usdc(4_250), from: ClaimsWorld.usdc(500),
          to: ClaimsWorld.usdc(4_750)))
    #expect(placed.header.time >= .seconds(3930) && placed.header.time <= .seconds(3950))
    #expect(world.facts.filter { $0.fact.kind == "placed" }.count == 1)
    #expect(try world.claim(of: 0) == ClaimsWorld.usdc(7_500))
    #expect(try world.claim(of: 1) == ClaimsWorld.usdc(9_500))
  }

  @Test("neutral: one that goes back and never leaves does nothing")
  func neverAway() throws {
    let without = try CuratorTests.run(nil)
    let with = try CuratorTests.run(Curator(every: .seconds(10), leavesAt: 1, returns: 0.005))
    #expect(with.facts.map(\.fact) == without.facts.map(\.fact))
  }

  @Test("its looks hang on nobody else's", arguments: [1, 7])
  func commonRandomNumbers(_ bystanders: Int) throws {
    let alone = try CuratorTests.run(CuratorTests.curator(leavesAt: 0.01))
    let among = try CuratorTests.run(CuratorTests.curator(leavesAt: 0.01)) { $0.bystanders = bystanders }
    #expect(CuratorTests.drawn(alone).map(\.header.time) == CuratorTests.drawn(among).map(\.header.time))
  }

  @Test("of a vault that holds a vault, the curator's draw goes through to the pool's cash")
  func chain() throws {
    let world = try CuratorTests.run(nil) { claims in
      claims.vaults.append(
        ClaimsWorld.Vault(
          allocation: [.init(VenueID(1), portion: 1)], curator: CuratorTests.curator(leavesAt: 0.01)))
      claims.deposits = [(0, 10_000, nil), (2, 10_000, nil)]
    }
    #expect(try world.claim(of: 1) == ClaimsWorld.usdc(7_000))
    #expect(CuratorTests.drawn(world).count == 2)
  }
}
