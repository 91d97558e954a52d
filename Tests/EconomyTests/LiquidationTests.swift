import Economy
import Kernel
import Ledger
import Testing

@Suite("Liquidations: the rules")
struct LiquidationRuleTests {
  /// A venue that lends DOLLAR (asset 1) against COIN (asset 0), both without decimals, so that prices are
  /// per unit.
  static func venue(
    threshold: Double = 0.8, bonus: Double = 0.05, closeFactor: Double = 0.5, fullCloseBelow: Double = 0
  ) -> LendingPool {
    LendingPool(
      name: "venue", account: AccountID(0),
      reserves: [
        Reserve(
          account: AccountID(0), asset: AssetID(1), shareAsset: AssetID(2), debtAsset: AssetID(3),
          rate: .flat(0), reserveFactor: 0)
      ],
      collateral: [
        CollateralTerms(asset: AssetID(0), maximumLTV: 0.5, threshold: threshold, bonus: bonus)
      ],
      closeFactor: closeFactor, fullCloseBelow: fullCloseBelow, accrualPeriod: .hours(1),
      recognition: .onExhaustion)
  }

  static func prices(coin: Double, dollar: Double = 1) -> PriceBoard {
    PriceBoard(prices: [coin, dollar], unitsPerToken: [1, 1])
  }

  struct Health: Sendable, CustomTestStringConvertible {
    let held: Int64
    let price: Double
    let threshold: Double
    let owed: Int64
    let falls: Bool
    let why: String
    var testDescription: String { why }

    init(_ held: Int64, _ price: Double, _ threshold: Double, _ owed: Int64, _ falls: Bool, _ why: String) {
      (self.held, self.price, self.threshold) = (held, price, threshold)
      (self.owed, self.falls, self.why) = (owed, falls, why)
    }
  }

  @Test(
    "a loan falls strictly below the threshold",
    arguments: [
      Health(100, 2, 0.75, 150, false, "100 · 2 · 0.75 = 150: equality is safe"),
      Health(100, 2, 0.75, 151, true, "one unit of debt more"),
      Health(99, 2, 0.75, 150, true, "one unit of collateral less"),
      Health(100, 2.0.nextDown, 0.75, 150, true, "one ulp of price less"),
      Health(0, 2, 0.75, 1, true, "no collateral at all"),
      Health(0, 2, 0.75, 0, false, "nothing held, nothing owed"),
      Health(100, 2, 1, 200, false, "a threshold of one is at par"),
    ])
  func threshold(_ each: Health) throws {
    let standing = try LiquidationRuleTests.standing(
      LiquidationRuleTests.venue(threshold: each.threshold), held: [each.held], owed: [each.owed],
      LiquidationRuleTests.prices(coin: each.price))
    #expect(standing.isLiquidatable == each.falls)
  }

  @Test("health is collateral at the threshold over debt")
  func health() throws {
    let standing = try LiquidationRuleTests.standing(
      LiquidationRuleTests.venue(threshold: 0.75), held: [100], owed: [300],
      LiquidationRuleTests.prices(coin: 2))
    #expect(standing.health == 0.5)
  }

  /// How a position of the venue stands that holds and owes so many units of its first collaterals and debts.
  static func standing(
    _ venue: LendingPool, held: [Int64], owed: [Int64], _ published: PriceBoard
  ) throws -> Standing {
    var ledger = Ledger()
    let (outside, escrow) = (ledger.addAccount("outside"), ledger.addAccount("escrow"))
    let assets = venue.collateral.map(\.asset) + venue.reserves.flatMap { [$0.asset, $0.debtAsset] }
    for asset in 0...(assets.map(\.position).max() ?? 0) {
      let isDebt = venue.reserves.contains { $0.debtAsset.position == asset }
      _ = ledger.addAsset(
        Asset(name: "\(asset)", decimals: 0, issuance: isDebt ? .owedTo(outside) : .single(outside)))
    }
    for (terms, units) in zip(venue.collateral, held) {
      let gift = Transfer(
        from: outside, to: escrow, asset: terms.asset, amount: Amount(units: units), for: .endowment)
      try ledger.post(Posting(gift))
    }
    for (reserve, units) in zip(venue.reserves, owed) {
      let debt = Transfer(
        from: escrow, to: outside, asset: reserve.debtAsset, amount: Amount(units: units), for: .debtIssue)
      try ledger.post(Posting(debt))
    }
    let position = Position(
      account: escrow, owner: outside, venue: VenueID(0), collateral: Places(Array(held.indices)),
      debts: Places(Array(owed.indices)), key: EntityKey(id: "position"))
    return try venue.standing(of: position, ledger, published: published)
  }

  struct Close: Sendable, CustomTestStringConvertible {
    let owed: Int64
    let closeFactor: Double
    let fullCloseBelow: Double
    let health: Double
    let most: Int64
    let why: String
    var testDescription: String { why }

    init(
      _ owed: Int64, _ closeFactor: Double, _ fullCloseBelow: Double, _ health: Double, _ most: Int64,
      _ why: String
    ) {
      (self.owed, self.closeFactor, self.fullCloseBelow) = (owed, closeFactor, fullCloseBelow)
      (self.health, self.most, self.why) = (health, most, why)
    }
  }

  @Test(
    "one liquidation repays at most the close factor, or all below the full close",
    arguments: [
      Close(1000, 0.5, 0, 0.9, 500, "half"),
      Close(1001, 0.5, 0, 0.9, 501, "half of an odd debt, rounded up"),
      Close(1, 0.5, 0, 0.9, 1, "the last unit can be repaid"),
      Close(10, 0.3, 0, 0.9, 3, "0.3 · 10 is 3, not 4"),
      Close(1000, 1, 0, 0.9, 1000, "a close factor of one"),
      Close(1000, 0.5, 0.95, 0.95, 500, "at the limit: not yet"),
      Close(1000, 0.5, 0.95, 0.95.nextDown, 1000, "just below the limit: everything"),
      Close(1000, 0.5, 0, 0, 500, "a limit of zero is never passed"),
      Close(0, 0.5, 0.95, 1, 0, "nothing owed"),
    ])
  func mostRepayable(_ each: Close) throws {
    let venue = LiquidationRuleTests.venue(
      closeFactor: each.closeFactor, fullCloseBelow: each.fullCloseBelow)
    let most = try venue.mostRepayable(of: Amount(units: each.owed), health: each.health)
    #expect(most.units == each.most)
  }

  struct Seizure: Sendable, CustomTestStringConvertible {
    let asked: Int64
    let held: Int64
    let coin: Double
    let bonus: Double
    let repaid: Int64
    let seized: Int64
    let why: String
    var testDescription: String { why }

    init(
      _ asked: Int64, _ held: Int64, _ coin: Double, _ bonus: Double, _ repaid: Int64, _ seized: Int64,
      _ why: String
    ) {
      (self.asked, self.held, self.coin, self.bonus) = (asked, held, coin, bonus)
      (self.repaid, self.seized, self.why) = (repaid, seized, why)
    }
  }

  @Test(
    "a seizure is rounded down, and capped by what is held",
    arguments: [
      Seizure(100, 1000, 1, 0, 100, 100, "no bonus at par"),
      Seizure(100, 1000, 1, 0.25, 100, 125, "a quarter on top"),
      Seizure(101, 1000, 1, 0.25, 101, 126, "101 · 1.25 = 126.25, rounded down"),
      Seizure(100, 1000, 2, 0.25, 100, 62, "100 / 2 · 1.25 = 62.5, rounded down"),
      Seizure(1, 1000, 2, 0, 1, 0, "half a unit is none: nothing is seized for the unit"),
      Seizure(100, 126, 1, 0.25, 100, 125, "one unit is left"),
      Seizure(100, 125, 1, 0.25, 100, 125, "exactly everything"),
      Seizure(100, 50, 1, 0.25, 40, 50, "all that is held, for 50 / 1.25 = 40"),
      Seizure(100, 51, 1, 0.25, 41, 51, "51 / 1.25 = 40.8, rounded up against the liquidator"),
      Seizure(100, 0, 1, 0.25, 0, 0, "nothing held, nothing repaid"),
      Seizure(0, 100, 1, 0.25, 0, 0, "nothing repaid, nothing seized"),
    ])
  func seizure(_ each: Seizure) {
    let venue = LiquidationRuleTests.venue(bonus: each.bonus)
    let (repaid, seized) = venue.collateral[0].seizure(
      repaying: Amount(units: each.asked), of: AssetID(1), held: Amount(units: each.held),
      published: LiquidationRuleTests.prices(coin: each.coin))
    #expect(repaid.units == each.repaid)
    #expect(seized.units == each.seized)
  }

  struct Size: Sendable, CustomTestStringConvertible {
    let reserve: Int64
    let minimumProfit: Int64
    let repaid: Int64?
    let why: String
    var testDescription: String { why }

    init(_ reserve: Int64, _ minimumProfit: Int64, _ repaid: Int64?, _ why: String) {
      (self.reserve, self.minimumProfit, self.repaid, self.why) = (reserve, minimumProfit, repaid, why)
    }
  }

  /// Owed 6,400 against 10,000 of collateral at par, half at most, bonus 25 %: sizes 3200, 1600 … 100, each
  /// seizing 1.25 of itself. From a pool of R and R, s units bring ⌊R · s / (R + s)⌋.
  @Test(
    "a liquidator takes the half of a half that leaves most",
    arguments: [
      Size(1_000_000, 0, 3200, "a deep pool: 4000 bring 3984"),
      // R = 16,000: 4000 bring 3200 (earns 0), 2000 bring 1777 (177), 1000 bring 941 (141).
      Size(16_000, 0, 1600, "the second size earns most"),
      Size(16_000, 1, 1600, "and is enough where little is asked"),
      Size(16_000, 177, 1600, "exactly the least profit"),
      Size(16_000, 178, nil, "no size earns as much"),
      // R = 1,000: 4000 → 800, 2000 → 666, 1000 → 500, 500 → 333, 250 → 200 (0), 125 → 111 (11).
      Size(1_000, 0, 100, "the sixth size: the fifth earns nothing"),
      Size(1_000, 11, 100, "exactly what the sixth size earns"),
      // R = 100,000: 4000 bring 3846 (646), 2000 bring 1960 (360): a large size with slippage beats a small
      // one.
      Size(100_000, 0, 3200, "slippage is worth its while"),
      Size(1_000, 12, nil, "no size pays enough"),
      Size(100, 0, nil, "125 bring 55: not even the smallest size that is tried"),
    ])
  func sizes(_ each: Size) throws {
    let venue = LiquidationRuleTests.venue(bonus: 0.25)
    let pool = Pool(
      name: "pool", account: AccountID(9), base: AssetID(0), quote: AssetID(1), feeMillionths: 0)
    let reserve = Amount(units: each.reserve)
    let liquidator = Liquidator(
      name: "keeper", account: AccountID(8), key: EntityKey(id: "keeper"),
      terms: LiquidatorTerms(
        market: .pool(PoolID(0)), currency: AssetID(1), latency: .fixed(.zero), retry: .seconds(1),
        minimumProfit: Amount(units: each.minimumProfit)))
    let order = try liquidator.decide([
      try LiquidationView(
        venue: venue, reserve: 0, collateral: 0, owed: Amount(units: 6_400), held: Amount(units: 10_000),
        health: 1.25, published: LiquidationRuleTests.prices(coin: 1),
        market: .pool(pool, .init(sold: reserve, bought: reserve)), purse: .zero)
    ])
    #expect(order?.repaid.units == each.repaid)
  }
}

extension Liquidator {
  /// What it makes of a position that shows it these, one after the other.
  func decide(_ views: [LiquidationView]) throws -> LiquidationOrder? {
    var best = BestOrder()
    for view in views { try best.consider(view, by: self) }
    return best.order
  }
}

@Suite("Liquidations: through a running world")
struct LiquidationRunTests {
  /// One position in a world in which nothing else matters: a pool so deep that slippage is nil.
  static func alone(_ value: Int64, _ borrowed: Int64) -> SmallWorld {
    var small = SmallWorld()
    small.decimals = 12
    small.loans = [.init(value: Amount(units: value), borrowed: Amount(units: borrowed))]
    small.lenders = [Amount(units: borrowed)]
    small.coinReserve = Amount(units: 4_000_000_000_000_000_000)
    small.dollarReserve = small.coinReserve
    small.shockAt = .seconds(10)
    small.horizon = .seconds(600)
    return small
  }

  /// Qin et al. (arXiv:2106.06389), Warmuz et al. (arXiv:2212.07306): above a loan to value of
  /// 1 / (1 + incentive) each liquidation makes the next one worse, until debt without collateral is left.
  ///
  /// The loan opens at half its loan to value with COIN at 2 dollars; the shock halves the price, exactly.
  @Test(
    "follow the fixture step by step, within a unit a step", arguments: Mechanisms.all.toxic_liquidation.cases
  )
  func toxic(_ each: Mechanisms.Toxic.Case) throws {
    let one = 1e12
    let debt = Fraction(each.initial_ltv).scaled(by: 1_000_000_000_000)
    var small = LiquidationRunTests.alone(2_000_000_000_000, debt)
    small.bonus = Fraction(each.incentive).double
    // The fixture stops the case at the very boundary after eleven steps: seconds 11 to 21.
    let isStatic = each.initial_ltv.count > 6
    if isStatic { small.horizon = .seconds(21) }
    let world = try small.run()
    let done = world.liquidations
    let expected = each.sequence.dropFirst()
    #expect(done.count == expected.count)
    var (held, owed) = (Amount(units: 1_000_000_000_000), Amount(units: debt))
    for (step, liquidation) in zip(expected, done) {
      held -= liquidation.seized
      owed -= liquidation.repaid
      let tolerance = Double(step.step) + 1
      #expect(liquidation.time == .seconds(10 + Int64(step.step)))
      #expect(abs(Double(liquidation.repaid.units) - (step.repay ?? .nan) * one) <= tolerance)
      #expect(abs(Double(held.units) - step.C * one) <= tolerance)
      #expect(abs(Double(owed.units) - step.D * one) <= tolerance)
    }
    let losses = world.recognisedLosses
    if let residual = each.residual_debt {
      #expect(held.isZero)
      #expect(losses == [owed])
      #expect(abs(Double(owed.units) - residual * one) <= Double(done.count) + 1)
    } else {
      #expect(losses.isEmpty)
    }
  }

  /// Bad debt per debt after one fall by D: max(0, 1 − (1 − D) · health / (threshold · (1 + bonus))).
  @Test(
    "a fall beyond the boundary leaves the bad debt of the closed form",
    arguments: Mechanisms.all.jump_loss_boundary.rows, ["0.05", "0.1", "0.2", "0.35", "0.5"])
  func boundary(_ row: Mechanisms.Boundary.Row, _ fall: String) throws {
    let (health, threshold) = (Fraction(row.HF0).double, Fraction(row.LT).double)
    let debt: Int64 = 1_000_000_000_000
    var small = LiquidationRunTests.alone(Int64(Double(debt) * health / threshold), debt)
    small.threshold = threshold
    small.bonus = Fraction(row.b).double
    small.closeFactor = 1
    small.jump = -Fraction(fall).double
    small.coinReserve = Amount(units: 2_000_000_000_000_000_000)
    let world = try small.run()
    let lost = world.recognisedLosses.reduce(Amount.zero, +)
    let expected = try #require(row.bad_debt_per_debt[fall])
    #expect(abs(Double(lost.units) / Double(debt) - expected) < 1e-10)
    let isCalled = world.called > 0
    // Health after the fall: (1 − D) · HF0.
    #expect(isCalled == ((1 - Fraction(fall).double) * health < 1))
  }

  @Test("a loan exactly at the threshold after the shock is not called")
  func equality() throws {
    // A value of 4,000 halves to 2,000, of which the threshold counts 2,000 · 0.75 = 1,500. Without decimals
    // every step of that is exact.
    var small = LiquidationRunTests.alone(4_000, 1_500)
    small.decimals = 0
    small.threshold = 0.75
    let safe = try small.run()
    let calledAtEquality = safe.called
    #expect(calledAtEquality == 0)
    small.loans = [.init(value: Amount(units: 4_000), borrowed: Amount(units: 1_501))]
    small.lenders = [Amount(units: 1_501)]
    let unsafe = try small.run()
    let calledBelow = unsafe.called
    #expect(calledBelow == 1, "one unit more is called")
  }

  @Test("a healthy remainder is open again, and called again when the price falls further")
  func calledAgain() throws {
    var small = LiquidationRunTests.alone(2_000_000, 850_000)
    let (coin, every) = (SmallWorld.coin, SimDuration.seconds(1))
    // Loan to value 0.85 at 1; half repaid: 0.425 / 0.55375 = 0.767. At 0.5 it is 1.53.
    small.shocks = [
      Shock(asset: coin, at: .seconds(10), jump: -0.5, over: .zero, every: every),
      Shock(asset: coin, at: .seconds(100), jump: -0.5, over: .zero, every: every),
    ]
    let world = try small.run()
    let (called, times) = (world.called, world.liquidations.map(\.time))
    #expect(called == 2)
    #expect(times.prefix(2) == [.seconds(11), .seconds(101)])
  }

  @Test("a liquidator that finds nothing in it looks again after `retry`")
  func passedOver() throws {
    var small = LiquidationRunTests.alone(2_000_000, 850_000)
    small.minimumProfit = Amount(units: 1_000_000)
    small.retry = .seconds(100)
    // 10 s + latency of 1 s, then every 100 s until 600 s: 11, 111 … 511.
    let world = try small.run()
    let (passedOver, liquidations) = (world.passedOver, world.liquidations.count)
    #expect(passedOver == 6)
    #expect(liquidations == 0)
  }
}
