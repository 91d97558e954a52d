import Economy
import Kernel
import Ledger

/// One market to be changed in one place: ETH (token 0) lent against for USDC (token 1), a pool, an oracle, a
/// crash at one hour. What a test does not set is neutral.
///
///     var world = HandMadeWorld()
///     world.oracleDelay = .minutes(10)
///     let specification = world.specification
package struct HandMadeWorld {
  package static let eth = AssetID(0)
  package static let usdc = AssetID(1)

  package var horizon = SimTime(microseconds: 6 * 3_600_000_000)
  package var ethDecimals = 8
  package var usdcDecimals = 6
  package var ethPrice = 2_000.0
  package var jump = -0.4
  package var shocks: [Shock]?
  package var oracleDelay = SimDuration.minutes(1)
  package var oracles: [Oracle]?
  /// Dollars on either side of the pool.
  package var depth: Int64 = 20_000_000
  package var feeMillionths: Int64 = 0
  package var threshold = 0.8
  package var bonus = 0.05
  package var closeFactor = 1.0
  package var fullCloseBelow = 0.0
  package var borrowRate = 0.0
  package var accrualPeriod = SimDuration.hours(1)
  package var waterfall: [WorldSpecification.Layer] = []
  package var lenders = 4
  package var borrowers = 5
  /// A borrower's collateral, in dollars.
  package var borrowerSize: Int64 = 100_000
  package var sizes: AmountDistribution?
  package var ltv: RatioDistribution = .fixed(0.75)
  package var liquidators = 1
  package var latency = Latency.fixed(.seconds(12))
  package var retry = SimDuration.minutes(5)
  package var minimumProfit: Int64 = 0
  package var arbitrageurs = 0
  package var arbitrageLatency = SimDuration.seconds(30)
  /// Dollars that an arbitrageur may spend at a time.
  package var arbitrageCapital: Int64 = 100_000_000
  /// Whether there is a second market of the same kind, with tokens, a pool, a venue and people of its own.
  package var bystanders = false

  package init() {}

  package static func fund(_ balance: Amount, perEvent: Amount? = nil) -> WorldSpecification.Layer {
    var settings = LayerSettings()
    settings["balance"] = .holdings([.init(nil, balance)])
    var limits = LayerLimits()
    limits.perEvent = perEvent.map { LayerValue.Holding(nil, $0) }
    return WorldSpecification.Layer(InsuranceFund.self, settings, limits: limits)
  }

  package static let proRata = WorldSpecification.Layer(ProRata.self)
  package static let unresolved = WorldSpecification.Layer(Unresolved.self)

  package static func crash(_ jump: Double, of asset: AssetID = eth, at time: SimDuration) -> Shock {
    Shock(
      asset: asset, at: SimTime(microseconds: time.microseconds), jump: jump, over: .zero, every: .seconds(1))
  }

  package func dollars(_ count: Int64) -> Amount {
    Amount(units: count * Asset.powersOfTen[usdcDecimals])
  }

  package func eth(worth dollars: Int64) -> Amount {
    Amount(units: Int64(Double(dollars) / ethPrice * Double(Asset.powersOfTen[ethDecimals])))
  }

  package var specification: WorldSpecification {
    let usdc = HandMadeWorld.usdc
    let market = Market(number: 0, of: self)
    let other = Market(number: 1, of: self)
    let more = bystanders ? [other] : []
    return WorldSpecification(
      horizon: horizon,
      tokens: market.tokens + more.flatMap(\.tokens),
      shocks: (shocks ?? [HandMadeWorld.crash(jump, at: .hours(1))])
        + more.map { HandMadeWorld.crash(jump, of: $0.eth, at: .minutes(59)) },
      pools: [market.pool] + more.map(\.pool),
      oracles: more.map(\.oracle)
        + (oracles
          ?? [market.oracle, Oracle(name: "USDC oracle", asset: usdc, source: .fixed, delay: .zero)]),
      venues: [market.venue] + more.map(\.venue),
      // The bystanders' people come first: the numbers of positions and liquidators move, draws must not.
      populations: more.flatMap(\.populations) + market.populations)
  }

  /// A pool, a venue on it, and who lives there.
  private struct Market {
    let number: Int
    let world: HandMadeWorld

    init(number: Int, of world: HandMadeWorld) {
      self.number = number
      self.world = world
    }

    var eth: AssetID { AssetID(2 * number) }
    var usdc: AssetID { AssetID(2 * number + 1) }

    var tokens: [WorldSpecification.Token] {
      [
        .init(name: number == 0 ? "ETH" : "ETH\(number)", decimals: world.ethDecimals, price: world.ethPrice),
        .init(name: number == 0 ? "USDC" : "USDC\(number)", decimals: world.usdcDecimals, price: 1),
      ]
    }

    var oracle: Oracle {
      Oracle(name: "oracle\(number)", asset: eth, source: .reference, delay: world.oracleDelay)
    }

    var pool: WorldSpecification.Pool {
      .init(
        name: "pool\(number)", base: eth, quote: usdc,
        feeMillionths: world.feeMillionths, baseReserve: world.eth(worth: world.depth),
        quoteReserve: world.dollars(world.depth))
    }

    var venue: WorldSpecification.Venue {
      .init(
        name: "venue\(number)",
        debts: [.init(usdc, rate: .flat(world.borrowRate), reserveFactor: 0.1)],
        collateral: [
          CollateralTerms(
            asset: eth, maximumLTV: world.threshold - 0.01, threshold: world.threshold,
            bonus: world.bonus)
        ],
        closeFactor: world.closeFactor, fullCloseBelow: world.fullCloseBelow,
        accrualPeriod: world.accrualPeriod, recognition: .onExhaustion, waterfall: world.waterfall)
    }

    var populations: [WorldSpecification.Population] {
      let venue = VenueID(number)
      let pool = PoolID(number)
      let size = world.dollars(world.borrowerSize)
      return [
        .lenders(
          id: "lenders\(number)", venue: venue, reserve: 0, count: world.lenders, size: .fixed(size),
          utilization: 0.8),
        .borrowers(
          id: "borrowers\(number)", venue: venue, collateral: [.init(0)], debts: [.init(0)],
          count: world.borrowers, size: world.sizes ?? .fixed(size), ltv: world.ltv),
        .liquidators(
          id: "liquidators\(number)", count: world.liquidators,
          terms: LiquidatorTerms(
            market: .pool(pool), currency: usdc, latency: world.latency, retry: world.retry,
            minimumProfit: world.dollars(world.minimumProfit))),
        .arbitrageurs(
          id: "arbitrageurs\(number)", pool: pool, count: world.arbitrageurs, latency: world.arbitrageLatency,
          capital: world.dollars(world.arbitrageCapital)),
      ]
    }
  }
}
