import Economy
import Kernel
import Ledger
import ReferenceWorlds
import Testing

/// What must be true of running a world, whatever happens in it.
@Suite("A run")
struct WorldRunTests {
  static let seeds: [UInt64] = Array(1_000..<1_010)

  private static func world(
    _ specification: WorldSpecification, _ seed: UInt64, ties: TiePolicy = .firstScheduledFirst,
    keeping facts: FactsKept = .all, audit: AuditFrequency = .afterLosses
  ) throws -> World {
    try World.make(
      specification, populationSeed: seed, shockSeed: seed, ties: ties, keeping: facts, audit: audit)
  }

  @Test("of one world with one seed ends in the same fingerprint twice", arguments: seeds)
  func sameSeed(_ seed: UInt64) throws {
    var first = try WorldRunTests.world(RandomWorld.make(seed: seed), seed)
    var second = try WorldRunTests.world(RandomWorld.make(seed: seed), seed, audit: .never)
    var other = try WorldRunTests.world(RandomWorld.make(seed: seed + 1), seed + 1)
    try first.run()
    try second.run()
    try other.run()
    #expect(first.fingerprint() == second.fingerprint())
    #expect(first.fingerprint() != other.fingerprint())
  }

  @Test("measures the same and ends the same, however many facts it keeps", arguments: seeds)
  func factsKept(_ seed: UInt64) throws {
    var all = try WorldRunTests.world(RandomWorld.make(seed: seed), seed)
    try all.run()
    for kept in FactsKept.allCases {
      var some = try WorldRunTests.world(RandomWorld.make(seed: seed), seed, keeping: kept)
      try some.run()
      #expect(String(reflecting: some.measures) == String(reflecting: all.measures))
      #expect(
        ReferenceOutcome.holdings(of: some.ledger) == ReferenceOutcome.holdings(of: all.ledger))
      #expect(some.facts == all.facts.filter { kept.keeps($0.fact) })
    }
  }

  @Test("branches into two that know nothing of each other and come to the same end", arguments: seeds)
  func branch(_ seed: UInt64) throws {
    var straight = try WorldRunTests.world(RandomWorld.make(seed: seed), seed)
    try straight.run()
    for part in [0, 4, 2] {
      var original = try WorldRunTests.world(RandomWorld.make(seed: seed), seed)
      let steps = part == 0 ? 0 : Int(straight.measures.events) / part
      for _ in 0..<steps { _ = try original.step() }
      let before = original.fingerprint()
      var branch = original.branch()
      #expect(branch.fingerprint() == before)
      try branch.run()
      #expect(branch.fingerprint() == straight.fingerprint())
      #expect(original.fingerprint() == before, "what happens in a branch is not seen in the original")
      try original.run()
      #expect(original.fingerprint() == straight.fingerprint())
    }
  }

  @Test("keeps its books whatever the order of ties", arguments: seeds)
  func shuffledTies(_ seed: UInt64) throws {
    for shuffle in 0..<3 as Range<UInt64> {
      var world = try WorldRunTests.world(
        RandomWorld.make(seed: seed), seed, ties: .shuffled(seed: shuffle), audit: .afterEveryEvent)
      try world.run()
      var again = try WorldRunTests.world(
        RandomWorld.make(seed: seed), seed, ties: .shuffled(seed: shuffle), audit: .never)
      try again.run()
      #expect(world.fingerprint() == again.fingerprint())
      let headers = world.facts.map(\.header)
      for (earlier, later) in zip(headers, headers.dropFirst()) {
        let places = [earlier, later].map { ($0.time.microseconds, Int($0.round), Int($0.phase.rawValue)) }
        #expect(places[0] <= places[1], "only events of one time, round and phase change places")
      }
    }
  }

  @Test("without ties is the same run in every order of ties")
  func noTies() throws {
    var market = HandMadeWorld()
    market.borrowers = 1
    market.closeFactor = 0.3
    market.waterfall = [HandMadeWorld.fund(market.dollars(1_000)), HandMadeWorld.proRata]
    market.arbitrageurs = 1
    market.borrowRate = 0.1
    market.accrualPeriod = .minutes(7)
    var ordered = try WorldRunTests.world(market.specification, 1)
    try ordered.run()
    #expect(ordered.measures.losses == 1)
    for shuffle in 0..<20 as Range<UInt64> {
      var shuffled = try WorldRunTests.world(market.specification, 1, ties: .shuffled(seed: shuffle))
      try shuffled.run()
      #expect(shuffled.facts == ordered.facts)
      #expect(shuffled.fingerprint() == ordered.fingerprint())
    }
  }

  @Test("with ties that do not touch has the same facts in another order")
  func harmlessTies() throws {
    var market = HandMadeWorld()
    market.borrowers = 0
    market.lenders = 0
    market.liquidators = 0
    market.shocks = (1...3).flatMap { hour in
      [HandMadeWorld.eth, HandMadeWorld.usdc].map { HandMadeWorld.crash(-0.1, of: $0, at: .hours(hour)) }
    }
    market.oracles = (0..<4).map {
      Oracle(name: "oracle\($0)", asset: AssetID($0 % 2), source: .reference, delay: .seconds(5))
    }
    var ordered = try WorldRunTests.world(market.specification, 1)
    try ordered.run()
    #expect(ordered.facts.count == 18)
    var orders: Set<[Fact]> = []
    for shuffle in 0..<20 as Range<UInt64> {
      var shuffled = try WorldRunTests.world(market.specification, 1, ties: .shuffled(seed: shuffle))
      try shuffled.run()
      #expect(Set(shuffled.facts.map(\.fact)) == Set(ordered.facts.map(\.fact)))
      orders.insert(shuffled.facts.map(\.fact))
    }
    #expect(orders.count >= 15, "a shuffle that never shuffles proves nothing")
  }
}
