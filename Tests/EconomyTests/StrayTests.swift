import Economy
import Kernel
import Ledger
import Testing

/// Positions that no move, or nobody, would ever come for.
@Suite("Nobody is forgotten")
struct StrayTests {
  /// 70 dollars owed against 50 COIN, which the reference says are worth 100 and the pool 75.
  static var belowAtOnce: SmallWorld {
    var small = SmallWorld()
    small.horizon = .seconds(600)
    small.lenders = [small.tokens(1_000)]
    small.loans = [small.loan(value: 100, borrowed: 70)]
    small.shocks = []
    small.oracleSource = .pool(SmallWorld.pool)
    small.coinReserve = small.tokens(1_000)
    small.dollarReserve = small.tokens(1_500)
    return small
  }

  @Test("whoever begins below the threshold is called at the start, by no move")
  func start() throws {
    let world = try StrayTests.belowAtOnce.run()
    let called = world.facts.filter { $0.fact.kind == "becameLiquidatable" }
    #expect(called.map(\.header.time) == [.start])
    #expect(called.map(\.header.cause) == [nil])
    #expect(!world.liquidations.isEmpty)
  }

  @Test("neutral: where nobody begins below nothing rings")
  func nothingAtTheStart() throws {
    var small = StrayTests.belowAtOnce
    small.dollarReserve = small.tokens(2_000)
    let world = try small.run()
    #expect(world.facts.isEmpty)
  }

  private static func shock(_ jump: Double, _ seconds: Int64) -> Shock {
    Shock(asset: SmallWorld.coin, at: .seconds(seconds), jump: jump, over: .zero, every: .seconds(1))
  }

  @Test("called in vain, recovered, and fallen again: called again")
  func recovery() throws {
    var small = StrayTests.belowAtOnce
    small.liquidators = 0
    small.oracleSource = .reference
    small.shocks = [
      StrayTests.shock(-0.5, 10), StrayTests.shock(-0.5, 20), StrayTests.shock(3, 30),
      StrayTests.shock(-0.5, 40),
    ]
    let world = try small.run()
    let called = world.facts.filter { $0.fact.kind == "becameLiquidatable" }
    #expect(called.map(\.header.time) == [.seconds(10), .seconds(40)])
  }

  /// 50 COIN at a threshold of 0.8 carry 40 of COIN's prices; 70 DOLLAR are owed. Nothing accrues.
  @Test(
    "law: where nobody comes, a position is called at each fall below the threshold, however it rose",
    arguments: [0, 0.5, 1])
  func wanderings(byCoin: Double) throws {
    var small = StrayTests.belowAtOnce
    small.horizon = .seconds(1_000)
    small.liquidators = 0
    small.oracleSource = .reference
    small.coinReserve = .zero
    small.dollarReserve = .zero
    small.oracles = [SmallWorld.coin, SmallWorld.dollar].map {
      Oracle(name: "\($0)", asset: $0, source: .reference, delay: .zero)
    }
    var (bits, rate, falls) = (UInt64(0x5eed), 2.0, [SimTime]())
    small.shocks = (1..<1_000).map { second in
      bits = bits &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      // Drawn back to 1.75 DOLLAR a COIN, by one price or the other.
      let step = Double(bits >> 40) / Double(1 << 24) * 0.06 - (rate > 1.75 ? 0.04 : 0.02)
      rate *= 1 + step
      let movesCoin = Double(bits >> 16 & 0xffff) < byCoin * 65_536
      return Shock(
        asset: movesCoin ? SmallWorld.coin : SmallWorld.dollar, at: .seconds(Int64(second)),
        jump: movesCoin ? step : 1 / (1 + step) - 1, over: .zero, every: .seconds(1))
    }
    let world = try small.run()
    var (coin, dollar, isBelow) = (2.0, 1.0, false)
    for record in world.facts {
      guard case .pricePublished(let oracle, let price) = record.fact else { continue }
      if oracle == OracleID(0) { coin = price } else { dollar = price }
      let nowBelow = 40 * coin < 70 * dollar
      if nowBelow, !isBelow { falls.append(record.header.time) }
      isBelow = nowBelow
    }
    let called = world.facts.filter { $0.fact.kind == "becameLiquidatable" }
    #expect(falls.count >= 15)
    #expect(called.map(\.header.time) == falls)
  }

  private static func run(
    _ small: SmallWorld, _ manipulations: [Manipulation] = [], governance: [GovernanceChange] = []
  ) throws -> World {
    let plain = small.specification
    return try LooperTests.run(
      WorldSpecification(
        horizon: plain.horizon, tokens: plain.tokens, shocks: plain.shocks, pools: plain.pools,
        oracles: plain.oracles, venues: plain.venues, populations: plain.populations,
        manipulations: manipulations, governance: governance))
  }

  @Test("collateral that is worth nothing as venues see it is as good as gone: all that is owed is lost")
  func worthless() throws {
    var small = StrayTests.belowAtOnce
    small.oracleSource = .reference
    small.waterfall = [SmallWorld.proRata]
    let attack = Manipulation(oracle: OracleID(0), at: .seconds(60), jump: -1, lasts: .minutes(1))
    let world = try StrayTests.run(small, [attack])
    #expect(world.liquidations.isEmpty)
    #expect(world.measures.recognised == 70)
    let lost = try #require(world.facts.first { $0.fact.kind == "recognised" })
    #expect(lost.header.time == .seconds(60))
    #expect(world.positions[PositionID(0)].state == .closed)
  }

  @Test("a keeper that is on its way to it finds nothing to seize")
  func worthlessOnTheWay() throws {
    var small = StrayTests.belowAtOnce
    small.oracleSource = .reference
    small.shocks = [StrayTests.shock(-0.2, 30)]
    small.latency = .fixed(.seconds(60))
    let attack = Manipulation(oracle: OracleID(0), at: .seconds(60), jump: -1, lasts: .hours(1))
    let world = try StrayTests.run(small, [attack])
    let lost = try #require(world.facts.first { $0.fact.kind == "recognised" })
    #expect(lost.header.time == .seconds(90))
    #expect(world.measures.recognised == 70)
  }

  @Test("nobody sells what it has seized for nothing")
  func unsaleable() throws {
    var small = FirmTests.world
    small.horizon = .seconds(90)
    small.keeperCapital = small.tokens(40)
    small.sellsAfter = .seconds(60)
    small.shocks = [StrayTests.shock(-0.125, 0), StrayTests.shock(-0.999_999_999_9, 30)]
    let world = try small.run()
    #expect(!world.facts.contains { $0.fact.kind == "soldOutside" })
    #expect(world.final("keeper[0]", SmallWorld.coin) == small.tokens(24))
  }

  @Test("a venue lends no more than would stand: a threshold below `ltv` is the limit")
  func lowThreshold() throws {
    let terms = CollateralTerms(asset: SmallWorld.coin, maximumLTV: 0.8, threshold: 0.7, bonus: 0)
    #expect(terms.borrowable == 0.7)
    #expect(
      CollateralTerms(asset: SmallWorld.coin, maximumLTV: 0.6, threshold: 0.7, bonus: 0).borrowable == 0.6)
    // COIN rises by a half: from 750 of 1,500 to 750 of 2,250, where one whose target is a half would borrow.
    func borrows(_ threshold: Double) throws -> Bool {
      let plain = LooperTests.world(LooperTests.watch(below: 0.45)) { $0.jump = 0.5 }
      let change = GovernanceChange(
        at: .seconds(50), venue: SmallWorld.venue, place: 0, threshold: threshold)
      let world = try LooperTests.run(
        WorldSpecification(
          horizon: plain.horizon, tokens: plain.tokens, shocks: plain.shocks, pools: plain.pools,
          oracles: plain.oracles, venues: plain.venues,
          populations: plain.populations.filter {
            if case .liquidators = $0 { false } else { true }
          }, governance: [change]))
      return LooperTests.acts(world).contains("borrowed")
    }
    #expect(try borrows(0.55))
    #expect(try !borrows(0.49))
  }

  private static func end(_ claims: ClaimsWorld) throws { _ = try claims.run() }

  @Test("`utilization` that vaults leave no room for ends the run, with what can be reached")
  func overfilled() throws {
    var claims = ClaimsWorld()
    claims.vaults = [ClaimsWorld.Vault(allocation: [.init(ClaimsWorld.lend, portion: 1)])]
    claims.deposits = [(1, 32_000, nil)]
    claims.noise = [
      .lenders(
        id: "suppliers", venue: ClaimsWorld.lend, reserve: 0, count: 1, size: .fixed(ClaimsWorld.usdc(1)),
        utilization: 0.8)
    ]
    // Ann's 16,000 of 32,000.
    let failure = #expect(throws: RunFailure.self) { try StrayTests.end(claims) }
    #expect(failure?.reason == .utilizationOutOfReach(venue: "lend", wanted: 0.8, most: 0.5))
    #expect(failure?.reason.description.contains("was to be 80 %") == true)
    #expect(failure?.reason.description.contains("at most 50 %") == true)
    claims.deposits = [(1, 20_000, nil)]
    let world = try claims.run()
    #expect(try world.claim(of: 1) == .zero, "20,000 are what 80 % need: nothing is missing")
  }
}

/// What a transaction fixes when it is sent.
@Suite("Arbitrage on a chain, and with a purse")
struct ArbitrageLimitTests {
  /// COIN is worth 3 outside when the trade is sent and 2 again when its block is made.
  private static func run(back: Int64) throws -> World {
    var small = SmallWorld()
    small.horizon = .seconds(60)
    small.coinReserve = small.tokens(1_000)
    small.dollarReserve = small.tokens(2_000)
    small.arbitrageurs = 1
    small.arbitrageCapital = small.tokens(10_000)
    small.chain = ChainTerms(block: .seconds(12), capacity: nil, demand: nil)
    small.shocks = [
      Shock(asset: SmallWorld.coin, at: .seconds(1), jump: 0.5, over: .zero, every: .seconds(1)),
      Shock(asset: SmallWorld.coin, at: .seconds(back), jump: -1.0 / 3, over: .zero, every: .seconds(1)),
    ]
    return try small.run()
  }

  private static func swaps(
    _ world: borrowing World
  ) -> [(time: SimTime, asset: AssetID, price: Double)] {
    world.facts.compactMap {
      guard case .swapped(_, _, let asset, _, _, let price) = $0.fact else { return nil }
      return ($0.header.time, asset, price)
    }
  }

  @Test("it trades up to the price of when it was sent, then sees that this was a mistake and trades back")
  func overtaken() throws {
    let world = try ArbitrageLimitTests.run(back: 6)
    let swaps = ArbitrageLimitTests.swaps(world)
    #expect(swaps.map(\.time) == [.seconds(12), .seconds(24)])
    #expect(swaps.map(\.asset) == [SmallWorld.dollar, SmallWorld.coin])
    #expect(abs(swaps[0].price - 3) < 1e-6 && abs(swaps[1].price - 2) < 1e-6)
    let left = world.final("arbitrageur[0]", SmallWorld.dollar)
    #expect(left < SmallWorld().tokens(10_000), "it bears what the reference did meanwhile")
  }

  @Test("neutral: where nothing moves while it waits the limit is what it would do anyway")
  func undisturbed() throws {
    let world = try ArbitrageLimitTests.run(back: 30)
    let swaps = ArbitrageLimitTests.swaps(world)
    #expect(swaps.map(\.time) == [.seconds(12), .seconds(36)])
  }

  @Test("what a purse pays for is found to the unit: no trade is lost over rounding", arguments: 1...300)
  func purse(_ units: Int64) throws {
    let pool = Pool(
      name: "pool", account: AccountID(1), base: SmallWorld.coin, quote: SmallWorld.dollar, feeMillionths: 0)
    let (base, quote) = (Amount(units: 1_000_000_000), Amount(units: 8_000_000_000))
    for rate in [0.07, 0.1, 0.7, 1.1, 2.3] {
      let purse = Amount(units: units)
      let outside = OutsideMarket(rate: rate)
      let most = try #require(outside.cost(ofBuying: Amount(units: 1))) <= purse
      let order = try Arbitrageur.decide(
        pool: pool, baseIn: .init(sold: base, bought: quote), quoteIn: .init(sold: quote, bought: base),
        outside: outside, purse: purse)
      guard most else { continue }
      let sold = try #require(order, "\(units) at \(rate)").sold
      #expect(try #require(outside.cost(ofBuying: sold)) <= purse)
      #expect(try #require(outside.cost(ofBuying: sold + Amount(units: 1))) > purse)
    }
  }
}

/// A pool prices X in shares of `lend`; what lend's suppliers lose X loses in dollars.
@Suite("Oracles of pools that trade shares")
struct SharePricedTests {
  private static func specification(_ shocks: [Shock]) -> WorldSpecification {
    var claims = ClaimsWorld()
    claims.deposits = [(0, 20_000, nil)]
    let plain = claims.specification
    let (share, x) = (AssetID(2), AssetID(3))
    return WorldSpecification(
      horizon: plain.horizon,
      tokens: plain.tokens + [
        .init(name: "sUSDC", decimals: 6, price: 1, share: .init(ClaimsWorld.lend)),
        .init(name: "X", decimals: 6, price: 1),
      ],
      shocks: plain.shocks + shocks,
      pools: plain.pools + [
        .init(
          name: "shares", base: x, quote: share, feeMillionths: 0, baseReserve: ClaimsWorld.usdc(1_000),
          quoteReserve: ClaimsWorld.usdc(1_000))
      ],
      oracles: plain.oracles + [
        Oracle(name: "x", asset: x, source: .pool(PoolID(1)), delay: .zero)
      ], venues: plain.venues, populations: plain.populations)
  }

  private static func published(_ world: borrowing World) -> [(time: SimTime, price: Double)] {
    world.facts.compactMap {
      guard case .pricePublished(OracleID(2), let price) = $0.fact else { return nil }
      return ($0.header.time, price)
    }
  }

  @Test("a loss of the share's venue is published as a fall of what is priced in it")
  func loss() throws {
    let world = try LooperTests.run(SharePricedTests.specification([]))
    let lost = try #require(world.facts.first { $0.fact.kind == "absorbed" })
    let published = SharePricedTests.published(world)
    #expect(published.map(\.time) == [lost.header.time])
    // 8,000 of 21,000 that lenders and the pool have put in.
    #expect(abs(try #require(published.first).price - 13_000.0 / 21_000) < 1e-9)
  }

  @Test("a move of what is behind the share is one of what is priced in it")
  func reference() throws {
    let up = Shock(asset: ClaimsWorld.usdc, at: .seconds(600), jump: 0.5, over: .zero, every: .seconds(1))
    let world = try LooperTests.run(SharePricedTests.specification([up]))
    let published = SharePricedTests.published(world)
    #expect(published.first?.time == .seconds(600) && published.first?.price == 1.5)
  }
}
