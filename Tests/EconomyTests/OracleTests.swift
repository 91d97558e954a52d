import Economy
import Kernel
import Ledger
import Testing

@Suite("Oracles through a running world")
struct OracleTests {
  static let coin = SmallWorld.coin
  static let dollar = SmallWorld.dollar

  /// One loan of 1,000 against 1,500; the price of 2 halves at 10 s.
  static func world(_ oracles: [Oracle]) -> SmallWorld {
    var small = SmallWorld()
    small.lenders = [small.tokens(1_000)]
    small.loans = [small.loan(value: 1_500, borrowed: 1_000)]
    small.coinReserve = small.tokens(1_000_000)
    small.dollarReserve = small.tokens(2_000_000)
    small.shockAt = .seconds(10)
    small.horizon = .seconds(1_000)
    small.oracles = oracles
    return small
  }

  static func oracle(_ asset: AssetID, _ source: Oracle.Source, delay: SimDuration = .zero) -> Oracle {
    Oracle(name: "oracle", asset: asset, source: source, delay: delay)
  }

  @Test(
    "venues see what an oracle read, exactly its delay later",
    arguments: [.zero, .microseconds(1), .seconds(7), .seconds(990)] as [SimDuration])
  func delay(_ delay: SimDuration) throws {
    var small = OracleTests.world([OracleTests.oracle(OracleTests.coin, .reference, delay: delay)])
    // Two steps, 10 s and 11 s after the start; the later reading is published later, whatever the first saw.
    small.shocks = [ShockTests.shock(10, -0.25), ShockTests.shock(11, -0.5)]
    small.horizon = .seconds(2_000)
    var world = try small.make()
    let firstAt = SimTime(microseconds: 10_000_000 + delay.microseconds)
    let secondAt = SimTime(microseconds: 11_000_000 + delay.microseconds)
    while world.published(0).isEmpty, try world.step() {}
    let (seen, reference) = (world.published[OracleTests.coin], world.reference[OracleTests.coin])
    #expect(seen == 1.5)
    #expect(reference == (delay < .seconds(1) ? 1.5 : 0.75))
    try world.run()
    let published = world.published(0)
    #expect(published.map(\.time) == [firstAt, secondAt])
    #expect(published.map(\.price) == [1.5, 0.75])
    // 1500 → 1125 · 0.8 = 900 < 1000: called by the first publication, at its very instant.
    let called = world.facts.first { if case .becameLiquidatable = $0.fact { true } else { false } }
    #expect(called?.header.time == firstAt)
  }

  @Test("what is published after the horizon is never seen")
  func tooLate() throws {
    let world = try OracleTests.world([
      OracleTests.oracle(OracleTests.coin, .reference, delay: .seconds(991))
    ]).run()
    let (called, published) = (world.called, world.published[OracleTests.coin])
    #expect(called == 0)
    #expect(published == 2)
  }

  @Test("a fixed oracle never publishes, and nobody is called at its price")
  func fixed() throws {
    let world = try OracleTests.world([OracleTests.oracle(OracleTests.coin, .fixed)]).run()
    let (called, published, hidden) = (world.called, world.published(0).count, world.measures.occurredEnd)
    #expect(called == 0)
    #expect(published == 0)
    // The loan is under water all the same: 1000 owed, 750 of collateral at the reference.
    #expect(hidden == 250)
  }

  @Test("an oracle that reads a pool sees its swaps, not the reference")
  func pool() throws {
    var small = OracleTests.world([
      OracleTests.oracle(OracleTests.coin, .pool(SmallWorld.pool), delay: .seconds(2))
    ])
    small.horizon = .seconds(15)
    let untouched = try small.run()
    let unseen = untouched.published(0).count
    #expect(unseen == 0, "without a trade the pool's price stands")

    small.arbitrageurs = 1
    small.arbitrageLatency = .seconds(3)
    small.arbitrageCapital = small.tokens(10_000_000)
    let world = try small.run()
    let (published, called) = (world.published(0), world.called)
    // The arbitrageur acts at 10 + 3 s; what it did is published 2 s later.
    #expect(published.map(\.time) == [.seconds(15)])
    // It sells √(10⁶ · 2·10⁶ / 1) − 10⁶ of COIN; x · y = 2·10¹² and y = x at the end: the price is one.
    #expect(abs((published.first?.price ?? 0) - 1) < 1e-9)
    #expect(called == 1)
  }

  @Test("an oracle that reads the other side of a pool values it through the first one's reference")
  func otherSide() throws {
    var small = OracleTests.world([OracleTests.oracle(OracleTests.dollar, .pool(SmallWorld.pool))])
    small.arbitrageurs = 1
    small.arbitrageCapital = small.tokens(10_000_000)
    // COIN triples to 6 dollars. The pool still says 2 dollars a coin, so a dollar reads 6 / 2 = 3; once the
    // pool has followed to 6 dollars a coin, a dollar is 6 / 6 = 1.
    small.jump = 2
    let world = try small.run()
    let published = world.published(0)
    #expect(published.count == 2)
    #expect(published.first?.price == 3)
    #expect(abs((published.last?.price ?? 0) - 1) < 1e-9)
  }

  @Test("of two oracles of one asset the last to publish is seen")
  func lastOneStands() throws {
    let world = try OracleTests.world([
      OracleTests.oracle(OracleTests.coin, .reference, delay: .seconds(50)),
      OracleTests.oracle(OracleTests.coin, .reference, delay: .seconds(5)),
      OracleTests.oracle(OracleTests.dollar, .reference, delay: .seconds(1)),
    ]).run()
    let times = [0, 1, 2].map { world.published($0).map(\.time) }
    #expect(times == [[.seconds(60)], [.seconds(15)], []], "nothing moved the dollar")
  }

  @Test("a price of what is lent counts, too: a dearer debt is called")
  func loanAsset() throws {
    var small = OracleTests.world([OracleTests.oracle(OracleTests.dollar, .reference, delay: .seconds(4))])
    small.shocks = [
      Shock(asset: OracleTests.dollar, at: .seconds(10), jump: 1, over: .zero, every: .seconds(1))
    ]
    let world = try small.run()
    let (published, called) = (world.published(0), world.called)
    #expect(published.map(\.price) == [2])
    #expect(called == 1)
  }

  @Test("liquidators seize at the published price, not at the reference")
  func seizesAtPublished() throws {
    var small = OracleTests.world([
      OracleTests.oracle(OracleTests.coin, .reference, delay: .seconds(5))
    ])
    small.shocks = [ShockTests.shock(10, -0.25), ShockTests.shock(12, -0.5)]
    small.horizon = .seconds(16)
    let world = try small.run()
    // At 16 s (15 + 1 of latency) 1.5 is published while the reference is 0.75: 500 · 1.05 / 1.5 = 350.
    let seized = world.liquidations.map(\.seized)
    #expect(seized == [small.tokens(350)])
  }
}
