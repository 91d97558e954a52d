import Economy
import Kernel
import Ledger
import Testing

/// One looper of 1,000 dollars of own funds, at 2 dollars a COIN, whose target is a half: with one loop it
/// posts 1,500 and owes 750, of which 250 are spent.
@Suite("Loopers")
struct LooperTests {
  static func world(
    loops: Int = 1, target: Double = 0.5, _ watch: LoopWatch? = nil,
    _ change: (inout SmallWorld) -> Void = { _ in }
  ) -> WorldSpecification {
    var small = SmallWorld()
    small.lenders = [small.tokens(5_000)]
    small.coinReserve = small.tokens(1_000_000)
    small.dollarReserve = small.tokens(2_000_000)
    small.shockAt = .seconds(100)
    small.jump = -0.2
    small.horizon = .seconds(1_000)
    change(&small)
    let plain = small.specification
    let looper = WorldSpecification.Population.loopers(
      id: "loop", venue: SmallWorld.venue, collateral: 0, debt: 0, count: 1,
      size: .fixed(small.tokens(1_000)),
      ltv: .fixed(target), loops: loops, watch: watch)
    return WorldSpecification(
      horizon: plain.horizon, tokens: plain.tokens, shocks: plain.shocks, pools: plain.pools,
      oracles: plain.oracles, venues: plain.venues, populations: plain.populations + [looper])
  }

  static func run(_ specification: WorldSpecification) throws -> World {
    var world = try World.make(specification, populationSeed: 1, shockSeed: 1, audit: .afterEveryEvent)
    try world.run()
    return world
  }

  static func watch(
    _ market: LoopMarket = .outside, above: Double = 0.6, below: Double? = nil
  ) -> LoopWatch {
    LoopWatch(every: .seconds(10), deleverAbove: above, releverBelow: below, market: market)
  }

  static func tokens(_ count: Double) -> Amount { Amount(units: Int64(count * 1e8)) }

  /// What the looper has posted, in COIN, and what it owes.
  static func position(_ world: borrowing World) throws -> (held: Amount, owed: Amount) {
    let position = world.positions[PositionID(0)]
    return (
      world.ledger.balance(of: position.account, in: SmallWorld.coin),
      try world.reserve.owed(by: position.account, world.ledger)
    )
  }

  static func acts(_ world: borrowing World) -> [String] {
    world.facts.map(\.fact.kind).filter {
      ["soldOutside", "swapped", "withdrew", "drawn", "paidDown", "borrowed", "toppedUp"].contains($0)
    }
  }

  // MARK: At the start

  @Test(
    "n loops post E · (1 + t + … + tⁿ), owe t of it and leave tⁿ⁺¹ · E to be spent",
    arguments: [(0, 1_000.0), (1, 1_500), (2, 1_750), (3, 1_875), (60, 2_000)])
  func geometric(_ loops: Int, _ posted: Double) throws {
    let specification = LooperTests.world(loops: loops)
    let world = try World.make(specification, populationSeed: 1, shockSeed: 1, audit: .afterEveryEvent)
    let (held, owed) = try LooperTests.position(world)
    // At 2 dollars a COIN. After sixty loops a unit of dollars is missing of the two thousand, or none.
    #expect(abs(held.units - LooperTests.tokens(posted / 2).units) <= 1)
    #expect(abs(owed.units - LooperTests.tokens(posted / 2).units) <= 1)
    let spent = world.final("loop[0]", SmallWorld.dollar)
    #expect(abs(spent.units - LooperTests.tokens(1_000 - posted / 2).units) <= 1)
  }

  @Test("neutral: no loops and no look make a plain borrower, to the last bit", arguments: 1...3)
  func plain(_ seed: Int) throws {
    func run(_ isLooper: Bool) throws -> World {
      let small = SmallWorld.varied(seed: seed)
      let plain = small.specification
      let populations = plain.populations.map { population -> WorldSpecification.Population in
        guard
          case .borrowers(let id, let venue, _, _, let count, let size, let ltv, _) = population, isLooper
        else { return population }
        return .loopers(
          id: id, venue: venue, collateral: 0, debt: 0, count: count, size: size, ltv: ltv, loops: 0,
          watch: nil)
      }
      var world = try World.make(
        WorldSpecification(
          horizon: plain.horizon, tokens: plain.tokens, shocks: plain.shocks, pools: plain.pools,
          oracles: plain.oracles, venues: plain.venues, populations: populations), populationSeed: 1,
        shockSeed: UInt64(seed), audit: .afterLosses)
      try world.run()
      return world
    }
    let borrower = try run(false)
    let looper = try run(true)
    #expect(borrower.facts.count > 20)
    #expect(borrower.fingerprint() == looper.fingerprint())
  }

  // MARK: In the run

  @Test("a fall of a fifth makes 750 of 1,200: it sells 300 dollars' worth, and is at a half again")
  func delevers() throws {
    let world = try LooperTests.run(LooperTests.world(LooperTests.watch()))
    #expect(LooperTests.acts(world) == ["soldOutside", "paidDown"])
    let sold = try #require(world.facts.first { $0.fact.kind == "soldOutside" })
    let name = try #require(world.ledger.accounts.firstIndex { $0.name == "loop[0].position" })
    #expect(
      sold.fact
        == .soldOutside(
          trader: AccountID(name), asset: SmallWorld.coin, sold: LooperTests.tokens(187.5),
          forAsset: SmallWorld.dollar, bought: LooperTests.tokens(300)))
    #expect(sold.header.cause == nil && sold.header.phase == .reaction)
    #expect(sold.header.time >= .seconds(100) && sold.header.time < .seconds(110))
    let (held, owed) = try LooperTests.position(world)
    #expect(held == LooperTests.tokens(562.5))
    #expect(owed == LooperTests.tokens(450))
  }

  @Test("a rise of a fifth makes 750 of 1,800: it borrows 300, and is at a half again")
  func relevers() throws {
    let watch = LooperTests.watch(below: 0.45)
    let world = try LooperTests.run(LooperTests.world(watch) { $0.jump = 0.2 })
    #expect(LooperTests.acts(world) == ["borrowed", "soldOutside", "toppedUp"])
    let (held, owed) = try LooperTests.position(world)
    #expect(held == LooperTests.tokens(875))
    #expect(owed == LooperTests.tokens(1_050))
  }

  @Test("who has borrowed more is called sooner")
  func alarm() throws {
    // From 2.4 dollars to 1.4: 875 COIN carry 980 of 1,050; the 750 of before would have carried 840 of 750.
    func called(_ watch: LoopWatch?) throws -> Int {
      let world = try LooperTests.run(
        LooperTests.world(watch) {
          $0.shocks = [ShockTests.shock(100, 0.2), ShockTests.shock(200, 1.4 / 2.4 - 1)]
        })
      return world.called
    }
    #expect(try called(LooperTests.watch(above: 1, below: 0.45)) == 1)
    #expect(try called(nil) == 0)
  }

  @Test("neutral: limits that are not crossed, and never looking, leave every fact as it was")
  func quiet() throws {
    let never = try LooperTests.run(LooperTests.world())
    // 750 of 1,200 are 0.625: at the limit is not above it.
    for watch in [LooperTests.watch(above: 0.625), LooperTests.watch(above: 1, below: 0.4)] {
      let quiet = try LooperTests.run(LooperTests.world(watch))
      #expect(quiet.facts.map(\.fact) == never.facts.map(\.fact))
    }
  }

  @Test(
    "who sells in a pool before it is called pushes the price, and is not liquidated; who does not look is")
  func fireSale() throws {
    func run(_ watch: LoopWatch?) throws -> World {
      try LooperTests.run(
        LooperTests.world(watch) { small in
          small.jump = -0.4
          small.over = .minutes(10)
          small.every = .seconds(20)
          small.coinReserve = small.tokens(4_000)
          small.dollarReserve = small.tokens(8_000)
          small.waterfall = [SmallWorld.proRata]
        })
    }
    let still = try run(nil)
    let looking = try run(LooperTests.watch(.pool(SmallWorld.pool)))
    #expect(still.called == 1)
    #expect(looking.called == 0)
    let swaps = looking.facts.filter { $0.fact.kind == "swapped" }
    #expect(swaps.count > 1)
    var prices: [Double] = []
    for record in swaps {
      if case .swapped(_, _, _, _, _, let price) = record.fact { prices.append(price) }
    }
    #expect(prices == prices.sorted(by: >))
    #expect(try #require(prices.last) < 1.8)
  }

  @Test("nothing is done that would leave it below the threshold: under water it waits for the keepers")
  func tooLate() throws {
    let world = try LooperTests.run(
      LooperTests.world(LooperTests.watch()) { small in
        small.jump = -0.6
        small.latency = .fixed(.seconds(30))
      })
    #expect(world.called == 1)
    #expect(!LooperTests.acts(world).contains("paidDown"))
    #expect(world.measures.liquidations > 0)
  }

  @Test("at a stale price nobody gets collateral back, nor a loan")
  func stale() throws {
    let world = try LooperTests.run(
      LooperTests.world(LooperTests.watch()) { small in
        small.oracles = [
          Oracle(
            name: "coin", asset: SmallWorld.coin, source: .reference, delay: .fixed(.seconds(1)),
            staleAfter: .zero)
        ]
      })
    #expect(LooperTests.acts(world).isEmpty)
  }

  @Test("a venue lends no more than it has, and no more than its limit allows")
  func limits() throws {
    let short = try LooperTests.run(
      LooperTests.world(LooperTests.watch(below: 0.45)) { small in
        small.jump = 0.2
        small.lenders = [small.tokens(850)]
      })
    // Of the 300 that it wants there are 100.
    let (_, owed) = try LooperTests.position(short)
    #expect(owed == LooperTests.tokens(850))
    // A pool that takes 30 % leaves a position of 1,800 + 0.7 · 300 against 1,050: 52 %, above 51 %.
    func borrowed(_ limit: Double) throws -> Bool {
      let watch = LooperTests.watch(.pool(SmallWorld.pool), below: 0.45)
      let world = try LooperTests.run(
        LooperTests.world(watch) { small in
          small.jump = 0.2
          small.feeMillionths = 300_000
          small.threshold = limit
          small.coinReserve = small.tokens(1_000_000)
          small.dollarReserve = small.tokens(2_400_000)
        })
      return LooperTests.acts(world).contains("borrowed")
    }
    #expect(try !borrowed(0.51))
    #expect(try borrowed(0.53))
  }

  // MARK: Shares

  /// A looper of a share of a vault that lends all it has to where the looper borrows. Interest of 500 % a
  /// year makes its debt grow, which it pays by handing shares in.
  static func shares(_ watch: LoopWatch?) throws -> World {
    let (usdc, share) = (AssetID(0), AssetID(1))
    let limit = 0.9
    var world = try World.make(
      WorldSpecification(
        horizon: .seconds(48 * 3_600),
        tokens: [
          .init(name: "USDC", decimals: 6, price: 1),
          .init(name: "vUSDC", decimals: 6, price: 1, share: .init(VenueID(1))),
        ],
        shocks: [],
        pools: [],
        oracles: [
          Oracle(name: "usdc", asset: usdc, source: .fixed, delay: .zero),
          Oracle(name: "share", asset: share, source: .redemptionRate, delay: .zero),
        ],
        venues: [
          .init(
            name: "market", debts: [.init(usdc, rate: .flat(5))],
            collateral: [CollateralTerms(asset: share, maximumLTV: limit, threshold: 0.92, bonus: 0.02)],
            closeFactor: 1, fullCloseBelow: 0, accrualPeriod: .hours(1), recognition: .onExhaustion,
            waterfall: [SmallWorld.proRata]),
          .init(
            vault: "vault", asset: usdc, allocation: [.init(VenueID(0), portion: 1)],
            waterfall: [SmallWorld.proRata]),
        ],
        populations: [
          .lenders(
            id: "lender", venue: VenueID(0), reserve: 0, count: 1, size: .fixed(ClaimsWorld.usdc(4_000)),
            utilization: nil),
          .loopers(
            id: "loop", venue: VenueID(0), collateral: 0, debt: 0, count: 1,
            size: .fixed(ClaimsWorld.usdc(1_000)), ltv: .fixed(0.8), loops: 4, watch: watch),
        ]), populationSeed: 1, shockSeed: 1, audit: .afterEveryEvent)
    try world.run()
    return world
  }

  @Test("shares are handed in where they come from, also where the vault has lent them to the looper itself")
  func redeems() throws {
    let watch = LoopWatch(every: .hours(1), deleverAbove: 0.805, market: .venue)
    let world = try LooperTests.shares(watch)
    let acts = LooperTests.acts(world)
    #expect(acts.contains("drawn") && acts.contains("withdrew") && acts.contains("paidDown"))
    let position = world.positions[PositionID(0)]
    let (holds, owes) = try world.venues[VenueID(0)].worth(
      of: position, world.ledger, at: world.published)
    #expect(owes / holds < 0.81 && owes / holds > 0.79)
    let still = try LooperTests.shares(nil)
    let (holdsStill, owesStill) = try still.venues[VenueID(0)].worth(
      of: still.positions[PositionID(0)], still.ledger, at: still.published)
    #expect(owesStill / holdsStill > 0.81)
    #expect(holds < holdsStill)
  }
}
