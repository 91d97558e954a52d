import Economy
import Kernel
import Ledger
import Testing

/// One trade in the pool, at 10 s: an arbitrageur closes the gap that a reference price of half has opened.
/// So the pool's price goes from 2 to 1 at once, or nearly, as its units are whole.
@Suite("Oracles that read a pool's average")
struct PoolAverageTests {
  static func oracle(
    _ window: SimDuration, every: SimDuration = .seconds(10), delay: SimDuration = .zero,
    deviation: Double = 0, outages: [Oracle.Outage] = []
  ) -> Oracle {
    Oracle(
      name: "oracle", asset: OracleTests.coin,
      source: .poolTwap(SmallWorld.pool, window: window, every: every), delay: .fixed(delay),
      deviation: deviation, outages: outages)
  }

  static func world(_ oracle: Oracle) -> SmallWorld {
    var small = OracleTests.world([oracle])
    small.arbitrageurs = 1
    small.arbitrageCapital = small.tokens(10_000_000)
    // A liquidator would trade in the pool, too.
    small.liquidators = 0
    return small
  }

  /// The pool's prices before and after the trade.
  static let (before, after) = (2.0, 1.0)

  @Test("after a step the average goes from the old price to the new one as their geometric interpolation")
  func closedForm() throws {
    let world = try PoolAverageTests.world(PoolAverageTests.oracle(.seconds(100))).run()
    let published = world.published(0)
    #expect(published.map(\.time) == (2...11).map { SimTime.seconds(10 * $0) })
    let after = published.last?.price ?? 0
    #expect(abs(after - PoolAverageTests.after) < 1e-6)
    for (number, reading) in published.enumerated() {
      // 2^(1 − w) · after^w, with a tenth of the window more at each reading.
      let weight = Double(number + 1) / 10
      let expected = 2 * ElementaryMath.pow(after / 2, weight)
      #expect(abs(reading.price / expected - 1) < 1e-11, "at \(reading.time)")
    }
    let swap = world.facts.first { $0.fact.kind == "swapped" }
    for record in world.facts where record.fact.kind == "pricePublished" {
      #expect(
        record.header.cause == swap?.header.id, "each reading goes back to the trade, whenever it comes")
    }
    // 1,500 of collateral carry 0.8 · 1,500 · p / 2 of debt: less than 1,000 from p = 1.666… on, so w =
    // 0.263.
    let called = world.facts.first { $0.fact.kind == "becameLiquidatable" }
    #expect(called?.header.time == .seconds(40))
  }

  @Test("when it has come to rest it is the pool's price to the last bit, and is read no more")
  func rest() throws {
    let spot = try PoolAverageTests.world(
      OracleTests.oracle(OracleTests.coin, .pool(SmallWorld.pool))
    ).run().published(0).map(\.price)
    let world = try PoolAverageTests.world(
      PoolAverageTests.oracle(.seconds(95), every: .seconds(40))
    ).run()
    let published = world.published(0)
    #expect(published.map(\.time) == [.seconds(50), .seconds(90), .seconds(105)])
    #expect(spot.count == 1)
    #expect(published.last?.price == spot[0])
  }

  @Test("neutral: over no time at all it is the pool's price, fact for fact", arguments: 0..<4)
  func noWindow(_ seed: Int) throws {
    func facts(_ source: Oracle.Source) throws -> [FactRecord] {
      var small = SmallWorld.varied(seed: seed)
      small.oracleSource = source
      let world = try small.run(seed: UInt64(seed))
      return world.facts
    }
    let spot = try facts(.pool(SmallWorld.pool))
    let average = try facts(.poolTwap(SmallWorld.pool, window: .zero, every: .seconds(12)))
    #expect(spot.count > 20)
    #expect(average == spot)
    let long = try facts(.poolTwap(SmallWorld.pool, window: .minutes(30), every: .seconds(12)))
    #expect(long != spot)
  }

  @Test("a window that is hardly one is the pool's price a microsecond late")
  func shortestWindow() throws {
    let spot = try PoolAverageTests.world(
      OracleTests.oracle(OracleTests.coin, .pool(SmallWorld.pool), delay: .microseconds(1))
    ).run().published(0)
    let average = try PoolAverageTests.world(PoolAverageTests.oracle(.microseconds(1))).run().published(0)
    #expect(average.map(\.time) == spot.map(\.time))
    #expect(average.map(\.price) == spot.map(\.price))
  }

  @Test("a short attack on the pool hardly moves a long average")
  func attack() {
    var average = PoolAverage(rate: 100, window: .minutes(30))
    average.moved(to: 200, at: .seconds(3_600))
    average.moved(to: 100, at: .seconds(3_612))
    // 12 of 1,800 seconds at twice the price: a factor of 2^(1/150).
    let rate = average.rate(at: .seconds(3_612))
    #expect(abs(rate / (100 * ElementaryMath.pow(2, 1.0 / 150)) - 1) < 1e-11)
    #expect(average.settles(after: .seconds(3_612)) == .seconds(5_412))
    let rested = average.rate(at: .seconds(5_412))
    #expect(rested == 100)
    #expect(average.settles(after: .seconds(5_412)) == nil)
  }

  @Test("of several trades at one instant, also the first, the last one counts")
  func oneInstant() {
    var average = PoolAverage(rate: 4, window: .seconds(10))
    average.moved(to: 100, at: .start)
    average.moved(to: 1, at: .start)
    let half = average.rate(at: .seconds(5))
    #expect(abs(half - 2) < 1e-11)
  }

  @Test("the same whatever has been forgotten and whenever it has been asked", arguments: 0..<20)
  func history(_ seed: Int) {
    var random = RandomStream.test("pool average", seed: seed)
    let window = SimDuration.seconds(Int64(random.below(300)))
    var (asked, silent) = (PoolAverage(rate: 1, window: window), PoolAverage(rate: 1, window: window))
    var time: Int64 = 0
    for _ in 0..<1_000 {
      time += Int64(random.below(4_000_000))
      if random.below(3) == 0 { _ = asked.rate(at: SimTime(microseconds: time)) }
      let rate = 0.5 + random.nextUnit()
      asked.moved(to: rate, at: SimTime(microseconds: time))
      silent.moved(to: rate, at: SimTime(microseconds: time))
    }
    let at = SimTime(microseconds: time + Int64(random.below(400_000_000)))
    let (first, second) = (asked.rate(at: at), silent.rate(at: at))
    #expect(first == second)
  }

  @Test("a reading during an outage is made up for at its end, because of the trade")
  func outage() throws {
    let outage = Oracle.Outage(at: .seconds(15), lasts: .seconds(30))
    let world = try PoolAverageTests.world(
      PoolAverageTests.oracle(.seconds(100), outages: [outage])
    ).run()
    let times = world.published(0).map(\.time)
    #expect(times.prefix(3) == [.seconds(45), .seconds(50), .seconds(60)])
    let swap = world.facts.first { $0.fact.kind == "swapped" }
    let first = world.facts.first { $0.fact.kind == "pricePublished" }
    #expect(first?.header.cause == swap?.header.id)
  }
}
