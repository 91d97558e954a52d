import Economy
import Kernel
import Ledger
import ReferenceWorlds
import Testing

@Suite("Bad debt at executable prices")
struct ExecutableBadDebtTests {
  /// Whole tokens, and nothing that moves: what is there at the start is measured at the start.
  private static func still(loans: Int, pool: (coins: Int64, dollars: Int64), fee: Int64) -> SmallWorld {
    var small = SmallWorld()
    small.decimals = 0
    small.lenders = [small.tokens(1_000_000)]
    small.loans = (0..<loans).map { _ in small.loan(value: 20_000, borrowed: 16_000) }
    small.shocks = []
    small.coinReserve = small.tokens(pool.coins)
    small.dollarReserve = small.tokens(pool.dollars)
    small.feeMillionths = fee
    small.horizon = .seconds(1)
    return small
  }

  @Test("whoever is solvent at the reference price may not be at the pool's; each is tried by itself")
  func byHand() throws {
    // 10,000 coins at $2 against $16,000. The pool has 10,000 coins and $20,000: of 10,000 · 0.997 = 9,970
    // that arrive it pays ⌊20,000 · 9,970 / 19,970⌋ = 9,984. So 16,000 − 9,984 = 6,016 are not to be had.
    let one = try Self.still(loans: 1, pool: (10_000, 20_000), fee: 3_000).run()
    #expect(one.measures.occurredPeak == 0)
    #expect(one.measures.occurredEndExecutable == 6_016 && one.measures.occurredPeakExecutable == 6_016)
    #expect(one.executableMicrodollars == [6_016_000_000])
    // Two who sold after one another would get less than twice that.
    let two = try Self.still(loans: 2, pool: (10_000, 20_000), fee: 3_000).run()
    #expect(two.measures.occurredEndExecutable == 12_032)
    // A pool a thousand times as deep pays 20,000,000 · 9,970 / 10,009,970 = 19,920 and covers it.
    let deep = try Self.still(loans: 1, pool: (10_000_000, 20_000_000), fee: 3_000).run()
    #expect(deep.measures.occurredEndExecutable == 0)
  }

  @Test("a pool that lags pays more than the reference price, as long as it lags")
  func laggard() throws {
    var small = Self.still(loans: 1, pool: (10_000_000, 20_000_000), fee: 0)
    small.shocks = nil
    small.liquidators = 0
    // $10,000 of coins for $16,000 of debt; the pool still pays ⌊20,000,000 · 10,000 / 10,010,000⌋ = 19,980.
    let lagging = try small.run()
    #expect(lagging.measures.occurredEnd == 6_000 && lagging.measures.occurredEndExecutable == 0)
    // Until an arbitrageur has come: the pool's price is the reference's, less what one sale moves.
    small.arbitrageurs = 1
    small.arbitrageCapital = small.tokens(1_000_000_000)
    small.horizon = .seconds(3_600)
    let caught = try small.run()
    let more = caught.measures.occurredEndExecutable - caught.measures.occurredEnd
    #expect(more > 0 && more < 20, "\(more)")
  }

  @Test(
    "where the outside buys at the reference price, both stocks are the same",
    arguments: 1...8 as ClosedRange<UInt64>)
  func infiniteDepth(seed: UInt64) throws {
    var small = SmallWorld.eventful
    small.sellsOutside = true
    // An empty pool is never the better market.
    (small.coinReserve, small.dollarReserve) = (.zero, .zero)
    (small.arbitrageurs, small.oracleDelay) = (0, .minutes(5))
    small.processes = [0: .diffusion(volatility: 2, drift: 0)]
    let world = try small.run(seed: seed)
    #expect(world.measures.occurredPeak > 0)
    #expect(world.measures.occurredPeakExecutable == world.measures.occurredPeak)
    #expect(world.measures.occurredEndExecutable == world.measures.occurredEnd)
  }

  @Test("in a pool without a fee the difference goes to zero with depth, in proportion")
  func depth() throws {
    // Debts grow past what is held, and the price stands still.
    let excess = try [Int64(1_000_000), 10_000_000, 100_000_000].map { coins in
      var small = SmallWorld()
      small.lenders = [small.tokens(100_000)]
      small.loans = (1...5).map { small.loan(value: 1_000 * $0, borrowed: 790 * $0) }
      small.shocks = []
      small.borrowRate = 50
      small.horizon = .seconds(10 * 86_400)
      small.liquidators = 0
      (small.coinReserve, small.dollarReserve) = (small.tokens(coins), small.tokens(2 * coins))
      let world = try small.run()
      #expect(world.measures.occurredEnd > 1_000)
      return world.measures.occurredEndExecutable - world.measures.occurredEnd
    }
    // Selling d of x costs d²·price/(x + d): Σ (500·n)²·2 = 27.5 million over x coins.
    for (number, x) in [1e6, 1e7, 1e8].enumerated() {
      #expect(abs(excess[number] - 27.5e6 / x) < 0.02 * 27.5e6 / x + 1e-4, "\(excess)")
    }
  }

  @Test("the peak is one of a measurement, over all venues")
  func peak() {
    var measures = RunMeasures(
      prices: PriceBoard(prices: [1], unitsPerToken: [1]),
      lent: [[(AssetID(0), 1)], [(AssetID(0), 1)]], waterfalls: [[2], [2]], venueOfPosition: [])
    measures.observeExecutable([300_000_000, 0])
    measures.observeExecutable([100_000_000, 250_000_000])
    measures.observeExecutable([0, 1_000_000])
    #expect(measures.occurredPeakExecutable == 350 && measures.occurredEndExecutable == 1)
    #expect(measures.occurredPeak == 0 && measures.measurements == 3)
  }
}

/// Claims on `lend` as collateral of a second venue, in a world without a pool for them.
@Suite("Claims as collateral, at what their venue can pay")
struct ExecutableClaimsTests {
  /// Bob has put 1,000 into `lend`, or into a vault over it, and borrows 500 against the claim. Ann borrows
  /// 16,000 there, and a lender leaves `cash` beyond what she took, Bob's included.
  private static func hidden(
    cash: Int64, _ rule: WithdrawalRule = .partial, throughVault: Bool = false
  ) throws -> Double {
    var claims = ClaimsWorld()
    claims.horizon = .seconds(60)
    claims.withdrawals = rule
    claims.deposits = [(0, 15_000 + cash, nil), (throughVault ? 2 : 1, 10_000, nil)]
    if throughVault {
      claims.vaults = [.init(allocation: [.init(ClaimsWorld.lend, portion: 1)])]
    }
    let plain = claims.specification
    let market = VenueID(plain.venues.count)
    let share = AssetID(2)
    let specification = WorldSpecification(
      horizon: plain.horizon,
      tokens: plain.tokens + [
        .init(
          name: "claim", decimals: 6, price: 1,
          share: .init(throughVault ? VenueID(1) : ClaimsWorld.lend))
      ],
      shocks: [], pools: plain.pools,
      oracles: plain.oracles + [
        Oracle(name: "claim", asset: share, source: .redemptionRate, delay: .zero)
      ],
      venues: plain.venues + [
        .init(
          name: "market", debts: [.init(ClaimsWorld.usdc)],
          collateral: [CollateralTerms(asset: share, maximumLTV: 0.5, threshold: 0.9, bonus: 0.01)],
          closeFactor: 1, fullCloseBelow: 0, accrualPeriod: .hours(1), recognition: .onExhaustion,
          waterfall: [])
      ],
      populations: plain.populations + [
        .borrowers(
          id: "bob", venue: market, collateral: [.init(0)], debts: [.init(0)], count: 1,
          size: .fixed(ClaimsWorld.usdc(1_000)), ltv: .fixed(0.5))
      ])
    var world = try World.make(specification, populationSeed: 1, shockSeed: 1, audit: .afterEveryEvent)
    try world.run()
    #expect(world.measures.occurredPeak == 0)
    return Double(world.executableMicrodollars[market.position]) / 1e6
  }

  @Test("a claim fetches what is in cash, at most what it is worth", arguments: [false, true])
  func cash(throughVault: Bool) throws {
    #expect(try Self.hidden(cash: 5_000, throughVault: throughVault) == 0)
    #expect(try Self.hidden(cash: 500, throughVault: throughVault) == 0)
    #expect(try Self.hidden(cash: 300, throughVault: throughVault) == 200)
    #expect(try Self.hidden(cash: 0, throughVault: throughVault) == 500)
  }

  @Test("a venue that refuses what it cannot pay in full pays nothing")
  func whole() throws {
    #expect(try Self.hidden(cash: 1_000, .whole) == 0)
    #expect(try Self.hidden(cash: 999, .whole) == 500)
  }
}

/// What lets most positions sleep has to hold for every amount, and as long as markets are near.
@Suite("Floors under what a sale brings")
struct OutletFloorTests {
  private static func outlet(_ dice: inout Dice, kind: Int) -> Outlet {
    let (price, unitsPerToken) = (dice.logarithmic(0.01, 1e4), dice.pick([1, 1e6, 1e9]))
    func amount(_ from: Double, _ to: Double) -> Amount { Amount(units: Int64(dice.logarithmic(from, to))) }
    switch kind {
    case 0, 1:
      let curve: PoolCurve =
        kind == 0
        ? .constantProduct
        : .stableSwap(StableSwapCurve(amplification: dice.pick([1, 30, 400, 5_000])))
      let scale: Int64 = dice.pick([1, 1_000])
      let pool = Pool(
        name: "pool", account: AccountID(0), base: AssetID(0), quote: AssetID(1),
        feeMillionths: dice.pick([0, 500, 3_000, 900_000]), curve: curve)
      let reserves = Pool.Reserves(
        sold: amount(10, 1e14), bought: amount(10, 1e14), soldScale: kind == 0 ? 1 : scale, boughtScale: 1)
      return Outlet(market: .pool(pool, reserves), price: price, unitsPerToken: unitsPerToken)
    case 2:
      let shape: Impact.Shape =
        dice.chance(0.5)
        ? .linear(depth: amount(1e3, 1e14))
        : .squareRoot(dailyVolume: amount(1e3, 1e14), coefficient: dice.logarithmic(0.01, 2))
      let impact = Impact(shape, permanentShare: 0.5, halfLife: SimDuration.hours(1))
      let leg = OutsideLeg(
        asset: AssetID(0), perUnit: price / unitsPerToken, impact: impact,
        footprint: dice.pick([0, impact.volume(ofLogMove: dice.real(0.001, 1)) * dice.pick([-1, 1])]))
      return Outlet(market: .outside(leg), price: 1, unitsPerToken: 1)
    case 3:
      return Outlet(market: .deep, price: price, unitsPerToken: unitsPerToken)
    default:
      var claims = Claims()
      claims.totalShares = amount(1e3, 1e14)
      claims.totalAssets = Amount(units: Int64(Double(claims.totalShares.units) * dice.real(0.1, 2)))
      let cash = dice.pick([Amount.zero, amount(10, 1e14)])
      return Outlet(
        market: .venue(claims, cash: cash, rule: dice.pick([WithdrawalRule.partial, .whole])), price: price,
        unitsPerToken: unitsPerToken)
    }
  }

  /// The same market a little later.
  private static func moved(_ outlet: Outlet, _ dice: inout Dice) -> Outlet {
    func shifted(_ amount: Amount, _ by: Double) -> Amount {
      Amount(units: Int64(Double(amount.units) * (1 + by)))
    }
    func step() -> Double { dice.real(-1.2, 1.2) * Outlet.slack }
    let price = outlet.price * (1 + step())
    switch outlet.market {
    case .pool(let pool, let before):
      guard case .constantProduct = pool.curve else {
        return Outlet(market: outlet.market, price: price, unitsPerToken: outlet.unitsPerToken)
      }
      let reserves = Pool.Reserves(
        sold: shifted(before.sold, step()), bought: shifted(before.bought, step() / 2))
      return Outlet(market: .pool(pool, reserves), price: price, unitsPerToken: outlet.unitsPerToken)
    case .deep: return Outlet(market: .deep, price: price, unitsPerToken: outlet.unitsPerToken)
    case .outside(let leg):
      let shift = leg.impact!.volume(ofLogMove: Outlet.slack) * dice.real(-1.2, 1.2)
      return Outlet(
        market: .outside(
          OutsideLeg(
            asset: leg.asset, perUnit: leg.perUnit * (1 + step()), impact: leg.impact,
            footprint: leg.footprint + shift)), price: 1, unitsPerToken: 1)
    case .venue(var claims, let cash, let rule):
      claims.totalAssets = shifted(claims.totalAssets, step())
      return Outlet(
        market: .venue(claims, cash: shifted(cash, step()), rule: rule), price: price,
        unitsPerToken: outlet.unitsPerToken)
    }
  }

  @Test("hold for every amount of their size, wherever a market is near", arguments: 0...4)
  func floors(kind: Int) {
    var dice = Dice(seed: UInt64(kind) + 1)
    var (near, useful) = (0, 0)
    for _ in 0..<4_000 {
      let anchor = Self.outlet(&dice, kind: kind)
      let now = dice.chance(0.3) ? anchor : Self.moved(anchor, &dice)
      guard now.isNear(anchor) else { continue }
      near += 1
      for _ in 0..<10 {
        let sold = Amount(units: Int64(dice.logarithmic(1, 1e13)))
        let size = ExecutablePrices.size(of: sold)
        let most = Double(sign: .plus, exponent: size, significand: 1)
        #expect(Double(sold.units) <= most && (size == 0 || Double(sold.units) > most / 2))
        let floor = anchor.floor(from: max(1, most / 2), to: most)
        let dollars = now.dollars(forSelling: sold)
        #expect(dollars >= floor * Double(sold.units), "\(sold) in \(now), floor \(floor)")
        if floor * Double(sold.units) > 0.4 * dollars, dollars > 0 { useful += 1 }
      }
    }
    #expect(near > 1_000)
    // A floor of nothing would hold, and nobody would sleep.
    #expect(useful > 3 * near, "\(useful) of \(10 * near)")
  }
}
