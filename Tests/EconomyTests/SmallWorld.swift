import Economy
import Kernel
import Ledger

/// A small but complete world in a few lines: one venue, its lenders and borrowers, a pool, oracles, keepers,
/// an arbitrageur and a shock. Tests change what they are about and leave the rest.
///
///     var small = SmallWorld()
///     small.jump = -0.5
///     let world = try small.run()
///
/// COIN is the collateral, DOLLAR what is lent. Prices that are powers of two make amounts exact.
struct SmallWorld: Sendable {
  struct Loan: Sendable {
    /// Value of the collateral in dollars when the loan is opened, and what is borrowed.
    let value: Amount
    let borrowed: Amount
  }

  static let coin = AssetID(0)
  static let dollar = AssetID(1)
  static let venue = VenueID(0)
  static let pool = PoolID(0)

  var decimals = 8
  var coinPrice = 2.0
  var horizon = SimTime(microseconds: 0)
  var lenders: [Amount] = []
  var loans: [Loan] = []

  var threshold = 0.8
  var bonus = 0.05
  var closeFactor = 0.5
  var fullCloseBelow = 0.0
  var borrowRate = 0.0
  var accrualPeriod = SimDuration.hours(1)
  var reserveFactor = 0.0
  var waterfall: [WorldSpecification.Layer] = []

  var coinReserve = Amount.zero
  var dollarReserve = Amount.zero
  var feeMillionths: Int64 = 0

  var jump = -0.5
  var shockAt = SimTime(microseconds: 0)
  var over = SimDuration.zero
  var every = SimDuration.minutes(1)
  /// Instead of the one shock above.
  var shocks: [Shock]?
  /// By token.
  var processes: [Int: PriceProcess] = [:]
  var impacts: [Int: Impact] = [:]
  var tick = WorldSpecification.usualTick

  var oracleSource = Oracle.Source.reference
  var oracleDelay = SimDuration.zero
  /// Instead of one oracle for each token.
  var oracles: [Oracle]?

  var liquidators = 1
  var latency = Latency.fixed(.seconds(1))
  var retry = SimDuration.minutes(1)
  var minimumProfit = Amount.zero
  var sellsOutside = false
  var takesLosses = false
  var keeperCapital = Amount.zero
  var sellsAfter: SimDuration?
  var bid: AmountDistribution?
  var chain: ChainTerms?

  var arbitrageurs = 0
  var arbitrageLatency = SimDuration.zero
  var arbitrageCapital = Amount.zero

  var audit = AuditFrequency.afterEveryEvent

  func tokens(_ count: Int64) -> Amount { Amount(units: count * Asset.powersOfTen[decimals]) }

  func loan(value: Int64, borrowed: Int64) -> Loan { Loan(value: tokens(value), borrowed: tokens(borrowed)) }

  static func fund(_ balance: Amount, cap: Amount? = nil) -> WorldSpecification.Layer {
    var settings = LayerSettings()
    settings["balance"] = .holdings([.init(nil, balance)])
    var limits = LayerLimits()
    limits.perEvent = cap.map { LayerValue.Holding(nil, $0) }
    return WorldSpecification.Layer(InsuranceFund.self, settings, limits: limits)
  }

  static let proRata = WorldSpecification.Layer(ProRata.self)
  static let unresolved = WorldSpecification.Layer(Unresolved.self)

  /// ⌊value · ratio⌋ is exactly what is borrowed: the ratio is the next Double at or above the quotient.
  private static func ratio(of loan: Loan) -> Double {
    let quotient = Double(loan.borrowed.units) / Double(loan.value.units)
    return Int64(Double(loan.value.units) * quotient) == loan.borrowed.units ? quotient : quotient.nextUp
  }

  var specification: WorldSpecification {
    let (coin, dollar) = (SmallWorld.coin, SmallWorld.dollar)
    var populations: [WorldSpecification.Population] = []
    for (number, size) in lenders.enumerated() {
      populations.append(
        .lenders(
          id: "lender\(number)", venue: SmallWorld.venue, reserve: 0, count: 1, size: .fixed(size),
          utilization: nil))
    }
    for (number, loan) in loans.enumerated() {
      populations.append(
        .borrowers(
          id: "borrower\(number)", venue: SmallWorld.venue, collateral: [.init(0)], debts: [.init(0)],
          count: 1, size: .fixed(loan.value), ltv: .fixed(SmallWorld.ratio(of: loan))))
    }
    populations.append(
      .liquidators(
        id: "keeper", count: liquidators,
        terms: LiquidatorTerms(
          market: sellsOutside ? .outside : .pool(SmallWorld.pool), currency: dollar, latency: latency,
          retry: retry, minimumProfit: takesLosses ? nil : minimumProfit, capital: keeperCapital,
          sellsAfter: sellsAfter, bid: bid)))
    populations.append(
      .arbitrageurs(
        id: "arbitrageur", pool: SmallWorld.pool, count: arbitrageurs, latency: arbitrageLatency,
        capital: arbitrageCapital))
    return WorldSpecification(
      horizon: horizon, chain: chain,
      tokens: [
        .init(name: "COIN", decimals: decimals, price: coinPrice, process: processes[0], impact: impacts[0]),
        .init(name: "DOLLAR", decimals: decimals, price: 1, process: processes[1], impact: impacts[1]),
      ],
      shocks: shocks ?? [Shock(asset: coin, at: shockAt, jump: jump, over: over, every: every)],
      pools: [
        .init(
          name: "pool", base: coin, quote: dollar, feeMillionths: feeMillionths, baseReserve: coinReserve,
          quoteReserve: dollarReserve)
      ],
      oracles: oracles ?? [
        Oracle(name: "coin", asset: coin, source: oracleSource, delay: oracleDelay),
        Oracle(name: "dollar", asset: dollar, source: .fixed, delay: .zero),
      ],
      venues: [
        .init(
          name: "venue",
          debts: [.init(dollar, rate: .flat(borrowRate), reserveFactor: reserveFactor)],
          collateral: [
            CollateralTerms(asset: coin, maximumLTV: threshold, threshold: threshold, bonus: bonus)
          ],
          closeFactor: closeFactor, fullCloseBelow: fullCloseBelow, accrualPeriod: accrualPeriod,
          recognition: .onExhaustion, waterfall: waterfall)
      ],
      populations: populations, tick: tick)
  }

  /// The world at time zero.
  func make(seed: UInt64 = 1) throws -> World {
    try World.make(specification, populationSeed: seed, shockSeed: seed, audit: audit)
  }

  func run(seed: UInt64 = 1) throws -> World {
    var world = try make(seed: seed)
    try world.run()
    return world
  }
}

extension SmallWorld {
  /// Everything at once: two lenders, ten borrowers, interest, a thin pool with a fee, a late oracle, drawn
  /// latencies, a fund that runs dry. Loses money with every seed.
  static var eventful: SmallWorld {
    var small = SmallWorld()
    small.horizon = .seconds(6 * 3600)
    small.lenders = [small.tokens(90_000), small.tokens(60_000)]
    small.loans = (0..<10).map { small.loan(value: 20_000, borrowed: 10_000 + 400 * $0) }
    small.threshold = 0.825
    small.fullCloseBelow = 0.5
    small.borrowRate = 0.04
    small.reserveFactor = 0.1
    small.waterfall = [fund(small.tokens(500)), proRata]
    small.coinReserve = small.tokens(400_000)
    small.dollarReserve = small.tokens(800_000)
    small.feeMillionths = 3_000
    small.jump = -0.45
    small.shockAt = .seconds(3600)
    small.over = .minutes(20)
    small.oracleDelay = .minutes(5)
    small.liquidators = 2
    small.latency = .exponential(mean: .seconds(30))
    small.retry = .minutes(2)
    small.arbitrageurs = 1
    small.arbitrageLatency = .minutes(1)
    small.arbitrageCapital = small.tokens(100_000)
    return small
  }

  /// The eventful world with other numbers for every seed: shock, delay, depth, fees, waterfall.
  static func varied(seed: Int) -> SmallWorld {
    var random = RandomStream.test("varied world", seed: seed)
    var small = eventful
    small.jump = -0.35 - 0.3 * random.nextUnit()
    small.over = .minutes(Int64(random.below(30)))
    small.oracleDelay = .seconds(Int64(random.below(900)))
    small.coinReserve = small.tokens(100_000 + Int64(random.below(900_000)))
    small.dollarReserve = Amount(units: small.coinReserve.units * 2)
    small.feeMillionths = Int64(random.below(10_000))
    small.borrowRate = 0.5 * random.nextUnit()
    small.reserveFactor = random.nextUnit()
    small.closeFactor = 0.2 + 0.8 * random.nextUnit()
    let funds = (0..<3).map { _ in fund(small.tokens(Int64(random.below(4_000)))) }
    let capped = fund(small.tokens(5_000), cap: small.tokens(100))
    small.waterfall =
      [
        [funds[0], proRata], [funds[0]], [capped, funds[1], proRata], [], [proRata],
        [funds[0], funds[1], funds[2]], [unresolved],
      ][random.below(7)]
    return small
  }
}

extension RandomStream {
  /// The chance of one test: its name says which draws, its seed is what a failure prints.
  static func test(_ name: String, seed: Int) -> RandomStream {
    RandomStreams(populationSeed: 0, shockSeed: UInt64(seed))
      .stream(.test, EntityKey(id: name), Epoch(slot: 0))
  }

  mutating func below(_ bound: Int) -> Int { Int(nextInteger(below: UInt64(bound))) }
}

extension SimTime {
  static func seconds(_ count: Int64) -> SimTime { SimTime(microseconds: count * 1_000_000) }
}
