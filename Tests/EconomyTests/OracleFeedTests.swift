import Economy
import Kernel
import Ledger
import Testing

@Suite("What oracles send, and when")
struct OracleFeedTests {
  static func world(
    _ shocks: [Shock], delay: Latency = .fixed(.zero), deviation: Double = 0,
    heartbeat: SimDuration? = nil, outages: [Oracle.Outage] = [], staleAfter: SimDuration? = nil
  ) -> SmallWorld {
    var small = OracleTests.world([
      Oracle(
        name: "oracle", asset: OracleTests.coin, source: .reference, delay: delay, deviation: deviation,
        heartbeat: heartbeat, outages: outages, staleAfter: staleAfter)
    ])
    small.shocks = shocks
    small.horizon = .seconds(200)
    return small
  }

  static let halving = [ShockTests.shock(10, -0.5)]

  static func outage(_ at: Int64, _ lasts: SimDuration) -> Oracle.Outage {
    Oracle.Outage(at: .seconds(at), lasts: lasts)
  }

  @Test("terms that never come to bear leave every byte as it was")
  func limits() throws {
    func fingerprint(_ oracle: Oracle) throws -> Digest {
      var small = SmallWorld.eventful
      small.oracles = [
        oracle, Oracle(name: "dollar", asset: SmallWorld.dollar, source: .fixed, delay: .zero),
      ]
      let world = try small.run()
      return world.fingerprint()
    }
    let plain = try fingerprint(
      Oracle(name: "coin", asset: SmallWorld.coin, source: .reference, delay: .minutes(5)))
    let neutral = try fingerprint(
      Oracle(
        name: "coin", asset: SmallWorld.coin, source: .reference, delay: .fixed(.minutes(5)), deviation: 0,
        heartbeat: .hours(7), outages: [OracleFeedTests.outage(6 * 3_600 + 1, .hours(1))],
        staleAfter: .hours(6)))
    #expect(plain == neutral)
    let finest = try fingerprint(
      Oracle(
        name: "coin", asset: SmallWorld.coin, source: .reference, delay: .fixed(.minutes(5)),
        deviation: 1e-12))
    #expect(plain == finest, "no step of the price is so small")
  }

  // MARK: Deviation

  @Test("small moves add up to one that is sent; a move of exactly the deviation is not")
  func deviation() throws {
    let steps = [10, 20, 30].map { ShockTests.shock($0, -0.1) }
    let world = try OracleFeedTests.world(steps, deviation: 0.15).run()
    let published = world.published(0)
    // 2 → 1.8 is a tenth of 2, → 1.62 nearly a fifth; → 1.458 a tenth of 1.62.
    #expect(published.map(\.time) == [.seconds(20)])
    #expect(published.map(\.price) == [2 * 0.9 * 0.9])

    let exact = try OracleFeedTests.world(OracleFeedTests.halving, deviation: 0.5).run()
    let (silent, called, hidden) = (exact.published(0).count, exact.called, exact.measures.occurredEnd)
    #expect(silent == 0)
    #expect(called == 0)
    #expect(hidden == 250, "nobody is told that the loan is under water")
    let below = try OracleFeedTests.world(OracleFeedTests.halving, deviation: 0.4999).run()
    let calledBelow = below.called
    #expect(calledBelow == 1)
  }

  // MARK: Heartbeat

  @Test("an oracle that has been silent for a heartbeat says what it reads, of its own accord")
  func heartbeat() throws {
    let world = try OracleFeedTests.world(
      OracleFeedTests.halving, deviation: 0.9, heartbeat: .seconds(60)
    ).run()
    let published = world.published(0)
    #expect(published.map(\.time) == [.seconds(60), .seconds(120), .seconds(180)])
    #expect(published.map(\.price) == [1, 1, 1])
    let step = world.facts.first { $0.fact.kind == "priceStepped" }
    for record in world.facts where record.fact.kind == "pricePublished" {
      #expect(record.header.depth == 1)
      #expect(record.header.root != step?.header.id)
    }
    let called = world.facts.first { $0.fact.kind == "becameLiquidatable" }
    #expect(called?.header.time == .seconds(60), "an oracle with nothing but a heartbeat calls at its beat")
  }

  @Test("a heartbeat counts from the last reading sent")
  func heartbeatAfterAMove() throws {
    let world = try OracleFeedTests.world(OracleFeedTests.halving, heartbeat: .seconds(60)).run()
    let times = world.published(0).map(\.time)
    #expect(times == [.seconds(10), .seconds(70), .seconds(130), .seconds(190)])
  }

  // MARK: Drawn delays

  @Test("a delay is drawn for the instant of the reading, and nothing overtakes what was read before it")
  func drawnDelay() throws {
    let mean = SimDuration.seconds(5)
    let seconds = Array(Int64(10)...40)
    let shocks = seconds.map { ShockTests.shock($0, -0.01) }
    let world = try OracleFeedTests.world(shocks, delay: .exponential(mean: mean)).run()
    var expected: [SimTime] = []
    var overtaken = 0
    for second in seconds {
      let word = world.streams.word(
        .oracleDelay, EntityKey(id: "oracle"), Epoch(born: UInt64(second * 1_000_000), child: 0))
      let drawn = try ExponentialDistribution(mean: Double(mean.microseconds)).value(of: word)
      let own = SimTime(microseconds: second * 1_000_000 + Int64(drawn))
      if let last = expected.last, own < last { overtaken += 1 }
      expected.append(max(own, expected.last ?? own))
    }
    let (published, steps) = (world.published(0), world.steps.map(\.price))
    #expect(overtaken > 3, "there was something to put in order")
    #expect(published.map(\.time) == expected)
    #expect(published.map(\.price) == steps)
    let rest = try OracleFeedTests.world(Array(shocks.dropFirst(20)), delay: .exponential(mean: mean)).run()
    let last = rest.published(0).last?.time
    #expect(last == expected.last, "the delay of a reading is its own, whatever was read before")
  }

  // MARK: Outages

  @Test("what moves during an outage is read once, at its end, because of the last move")
  func outage() throws {
    let shocks = [ShockTests.shock(10, -0.25), ShockTests.shock(15, -0.5), ShockTests.shock(80, -0.5)]
    let world = try OracleFeedTests.world(shocks, outages: [OracleFeedTests.outage(5, .seconds(20))]).run()
    let published = world.published(0)
    #expect(published.map(\.time) == [.seconds(25), .seconds(80)])
    #expect(published.map(\.price) == [0.75, 0.375])
    let steps = world.facts.filter { $0.fact.kind == "priceStepped" }
    let first = world.facts.first { $0.fact.kind == "pricePublished" }
    #expect(first?.header.cause == steps[1].header.id)
    let called = world.facts.first { $0.fact.kind == "becameLiquidatable" }
    #expect(called?.header.time == .seconds(25))
  }

  @Test("an outage in which nothing moved, or nothing that is news, ends in silence")
  func quietOutage() throws {
    let out = [OracleFeedTests.outage(5, .seconds(20))]
    let quiet = try OracleFeedTests.world([], outages: out).run().published(0).count
    #expect(quiet == 0)
    let round = [ShockTests.shock(10, -0.2), ShockTests.shock(15, 0.26)]
    let back = try OracleFeedTests.world(round, deviation: 0.05, outages: out).run().published(0).count
    #expect(back == 0)
    let seen = try OracleFeedTests.world(round, deviation: 0.05).run().published(0).count
    #expect(seen == 2)
  }

  @Test("what was sent before an outage still arrives; outages may overlap; the end is no longer out")
  func edgesOfOutages() throws {
    let sent = try OracleFeedTests.world(
      OracleFeedTests.halving, delay: .fixed(.seconds(10)),
      outages: [OracleFeedTests.outage(12, .seconds(20))]
    ).run().published(0).map(\.time)
    #expect(sent == [.seconds(20)])
    let overlapping = try OracleFeedTests.world(
      OracleFeedTests.halving,
      outages: [OracleFeedTests.outage(10, .seconds(20)), OracleFeedTests.outage(20, .seconds(40))]
    ).run().published(0).map(\.time)
    #expect(overlapping == [.seconds(60)])
    let atTheEnd = try OracleFeedTests.world(
      [ShockTests.shock(8, -0.1), ShockTests.shock(10, -0.5)],
      outages: [OracleFeedTests.outage(5, .seconds(5))]
    ).run().published(0)
    #expect(atTheEnd.map(\.time) == [.seconds(10)], "the second move's reading has the first in it")
  }

  @Test("a heart that should beat during an outage beats at its end")
  func heartbeatInAnOutage() throws {
    let world = try OracleFeedTests.world(
      [], heartbeat: .seconds(60), outages: [OracleFeedTests.outage(50, .seconds(30))]
    ).run()
    let times = world.published(0).map(\.time)
    #expect(times == [.seconds(80), .seconds(140), .seconds(200)])
  }

  // MARK: Staleness

  @Test("at a price older than its limit liquidators pass over, until a fresh one comes")
  func staleness() throws {
    var small = OracleFeedTests.world(OracleFeedTests.halving, staleAfter: .seconds(30))
    small.latency = .fixed(.seconds(30))
    let justInTime = try small.run().liquidations.first?.time
    #expect(justInTime == .seconds(40), "as old as the limit is not too old")

    small.latency = .fixed(.microseconds(30_000_001))
    let world = try small.run()
    let (liquidations, passedOver) = (world.liquidations.count, world.passedOver)
    let (recognised, hidden) = (world.measures.recognised, world.measures.occurredEnd)
    #expect(liquidations == 0)
    #expect(passedOver == 3, "it looks again every minute")
    #expect(recognised == 0)
    #expect(hidden == 250)

    small.oracles = [
      Oracle(
        name: "oracle", asset: OracleTests.coin, source: .reference, delay: .fixed(.zero),
        heartbeat: .seconds(95), staleAfter: .seconds(30))
    ]
    let refreshed = try small.run().liquidations.first?.time
    // Fresh again at 105 s: the looks are at 40, 100 and 160 s, and the third is too late by then.
    #expect(refreshed == nil)
    small.retry = .seconds(10)
    let soon = try small.run().liquidations.first?.time
    #expect(soon == SimTime(microseconds: 110_000_001))
  }

  @Test("what is not held or owed may be as stale as it likes")
  func staleElsewhere() throws {
    var small = OracleFeedTests.world(OracleFeedTests.halving)
    small.latency = .fixed(.seconds(100))
    small.oracles?.append(
      Oracle(
        name: "dollar", asset: SmallWorld.dollar, source: .reference, delay: .fixed(.zero),
        staleAfter: .seconds(50)))
    let refused = try small.run().liquidations.count
    #expect(refused == 0, "what is owed has a stale price")
    small.oracles?[1] = Oracle(
      name: "dollar", asset: SmallWorld.dollar, source: .reference, delay: .fixed(.zero),
      heartbeat: .seconds(40), staleAfter: .seconds(50))
    let liquidated = try small.run().liquidations.count
    #expect(liquidated > 0)
  }
}

// MARK: Manipulation

@Suite("Manipulated oracles")
struct ManipulationTests {
  static func world(_ manipulations: [Manipulation], deviation: Double = 0) throws -> World {
    let small = OracleFeedTests.world([], deviation: deviation)
    let plain = small.specification
    return try World.make(
      WorldSpecification(
        horizon: plain.horizon, tokens: plain.tokens, shocks: [], pools: plain.pools, oracles: plain.oracles,
        venues: plain.venues, populations: plain.populations, manipulations: manipulations),
      populationSeed: 1, shockSeed: 1, audit: .afterEveryEvent)
  }

  static func attack(_ at: Int64, _ jump: Double, _ lasts: SimDuration) -> Manipulation {
    Manipulation(oracle: OracleID(0), at: .seconds(at), jump: jump, lasts: lasts)
  }

  @Test("for a while an oracle says what is not so, and who was healthy is liquidated at it")
  func attack() throws {
    var world = try ManipulationTests.world([ManipulationTests.attack(10, -0.5, .seconds(20))])
    try world.run()
    let (published, reference) = (world.published(0), world.reference[OracleTests.coin])
    #expect(published.map(\.time) == [.seconds(10), .seconds(30)])
    #expect(published.map(\.price) == [1, 2])
    #expect(reference == 2, "the market has not moved")
    let (liquidations, hidden) = (world.liquidations.count, world.measures.occurredPeak)
    #expect(liquidations > 0)
    #expect(hidden >= 0)
    let step = world.facts.first { $0.fact.kind == "readingManipulated" }
    #expect(step?.header.cause == nil)
    for record in world.facts where record.fact.kind == "liquidated" {
      #expect(record.header.root == step?.header.id, "the attack is what it goes back to")
    }
  }

  @Test("attacks compose, and when the last is over the oracle reads its source to the last bit")
  func composition() throws {
    var world = try ManipulationTests.world([
      ManipulationTests.attack(10, 0.5, .seconds(20)), ManipulationTests.attack(20, -0.2, .seconds(20)),
    ])
    try world.run()
    let prices = world.published(0).map(\.price)
    #expect(prices == [3, 2 * (1.5 * 0.8), 2 * 0.8, 2])
  }

  @Test("none, one that changes nothing, and one that the oracle's deviation swallows")
  func limits() throws {
    var none = try ManipulationTests.world([], deviation: 0.3)
    var swallowed = try ManipulationTests.world(
      [ManipulationTests.attack(10, -0.25, .seconds(20))], deviation: 0.3)
    var nothing = try ManipulationTests.world([ManipulationTests.attack(10, 0, .seconds(20))])
    try none.run()
    try swallowed.run()
    try nothing.run()
    let counts = (none.published(0).count, swallowed.published(0).count, nothing.liquidations.count)
    #expect(counts.0 == 0)
    #expect(counts.1 == 0)
    #expect(counts.2 == 0)
  }
}
