import Economy
import Kernel
import Ledger

/// Worlds made by hand for what chance seldom makes, each with a check that it does what it was made for.
package struct SpecialWorld: Sendable, CustomStringConvertible {
  package let name: String
  package let specification: WorldSpecification
  package let isAsIntended: @Sendable ([FactRecord]) -> Bool

  package var description: String { name }

  package init(
    _ name: String, _ specification: WorldSpecification,
    isAsIntended: @escaping @Sendable ([FactRecord]) -> Bool
  ) {
    self.name = name
    self.specification = specification
    self.isAsIntended = isAsIntended
  }

  package static let all: [SpecialWorld] =
    [
      twoOraclesAtOnce, dominoes, recoveryBeforeTheAct, recoveryOnTheWay, healthAtItsBounds,
      fundThatJustSuffices, fundShortOfOneUnit, nearlyAllOf64Bits, shocksAtOneInstant, eventsAtTheHorizon,
      interestAlone, noVenue,
    ] + ofManyAssets + ofStrays

  // MARK: Instants

  /// A reference oracle and a pool's oracle of the same asset, neither with a delay: the published price
  /// jumps with the shock, then again, within the instant, with what liquidators and arbitrageurs do to the
  /// pool.
  private static let twoOraclesAtOnce: SpecialWorld = {
    var world = HandMadeWorld()
    world.oracles = [
      Oracle(name: "pool", asset: HandMadeWorld.eth, source: .pool(PoolID(0)), delay: .zero),
      Oracle(name: "reference", asset: HandMadeWorld.eth, source: .reference, delay: .zero),
    ]
    world.latency = .fixed(.zero)
    world.arbitrageurs = 2
    world.arbitrageLatency = .zero
    return SpecialWorld("two oracles publish at one instant", world.specification) { facts in
      let published = facts.filter { $0.fact.kind == "pricePublished" }
      return Set(published.map(\.header.time)).count == 1 && published.count >= 3
        && published.contains { $0.header.round > 0 }
    }
  }()

  /// Each liquidation moves the pool that the oracle reads, which calls the next position in the next round.
  private static let dominoes: SpecialWorld = {
    var world = HandMadeWorld()
    world.oracles = [
      Oracle(name: "pool", asset: HandMadeWorld.eth, source: .pool(PoolID(0)), delay: .zero)
    ]
    world.depth = 1_000_000
    world.borrowers = 30
    world.borrowerSize = 30_000
    world.ltv = .uniform(from: 0.3, to: 0.79)
    world.latency = .fixed(.zero)
    world.borrowRate = 5
    world.jump = 0
    // Interest brings the first one down; the pool brings down the rest.
    world.horizon = SimTime(microseconds: 200 * 3_600_000_000)
    return SpecialWorld("alarms ring in several rounds of one instant", world.specification) { facts in
      facts.contains { $0.fact.kind == "becameLiquidatable" && $0.header.round >= 3 }
        && facts.contains { $0.fact.kind == "recognised" }
    }
  }()

  private static let shocksAtOneInstant: SpecialWorld = {
    var world = HandMadeWorld()
    world.shocks = [
      Shock(
        asset: HandMadeWorld.eth, at: SimTime(microseconds: 3_600_000_000), jump: -0.3, over: .minutes(10),
        every: .minutes(5)),
      HandMadeWorld.crash(-0.1, at: .hours(1)),
      HandMadeWorld.crash(0.25, of: HandMadeWorld.usdc, at: .hours(1)),
      HandMadeWorld.crash(-0.2, at: .minutes(65)),
      HandMadeWorld.crash(-0.01, at: .zero),
    ]
    world.oracles = [
      Oracle(name: "ETH", asset: HandMadeWorld.eth, source: .reference, delay: .zero),
      Oracle(name: "USDC", asset: HandMadeWorld.usdc, source: .reference, delay: .zero),
    ]
    world.borrowRate = 0.2
    world.accrualPeriod = .minutes(5)
    world.arbitrageurs = 2
    world.waterfall = [HandMadeWorld.proRata]
    return SpecialWorld("shocks and interest at one instant", world.specification) { facts in
      let stepped = facts.filter { $0.fact.kind == "priceStepped" }
      return stepped.count == 6 && Set(stepped.map(\.header.time)).count == 4
    }
  }()

  /// The shock, and the interest with it, come with the last microsecond; what they delay comes too late.
  private static let eventsAtTheHorizon: SpecialWorld = {
    var world = HandMadeWorld()
    world.horizon = SimTime(microseconds: 3_600_000_000)
    world.borrowRate = 0.1
    world.oracleDelay = .microseconds(1)
    world.jump = -0.6
    return SpecialWorld("the horizon's own events happen", world.specification) { facts in
      let kinds = facts.map(\.fact.kind)
      return kinds == ["interestAccrued", "priceStepped", "badDebtOccurred"]
    }
  }()

  // MARK: Liquidators

  /// The price is back before the liquidator gets there: the position is open again, and called once more
  /// when the price falls for good.
  private static let recoveryBeforeTheAct: SpecialWorld = {
    var world = HandMadeWorld()
    world.shocks = [
      HandMadeWorld.crash(-0.2, at: .hours(1)), HandMadeWorld.crash(0.25, at: .minutes(62)),
      HandMadeWorld.crash(-0.5, at: .hours(2)),
    ]
    world.oracleDelay = .zero
    world.latency = .fixed(.minutes(3))
    world.liquidators = 2
    world.waterfall = [HandMadeWorld.proRata]
    return SpecialWorld("the price recovers before the liquidator acts", world.specification) { facts in
      facts.filter { $0.fact.kind == "becameLiquidatable" }.count == 10
        && facts.filter { $0.fact.kind == "liquidated" }.allSatisfy {
          $0.header.time.microseconds > 7_200_000_000
        }
    }
  }()

  /// One liquidator's act makes the position healthy, another's act finds it so.
  private static let recoveryOnTheWay: SpecialWorld = {
    var world = HandMadeWorld()
    world.shocks = [HandMadeWorld.crash(-0.08, at: .hours(1))]
    world.closeFactor = 0.5
    world.liquidators = 3
    return SpecialWorld("two liquidators come too late", world.specification) { facts in
      facts.filter { $0.fact.kind == "liquidated" }.count == 5
    }
  }()

  /// A debt of exactly what the collateral carries stands. At a health of exactly `fullCloseBelow`, 0.5, only
  /// the close factor's share may be repaid.
  private static let healthAtItsBounds: SpecialWorld = {
    var world = HandMadeWorld()
    world.borrowers = 1
    world.threshold = 0.75
    world.closeFactor = 0.4
    world.fullCloseBelow = 0.5
    world.shocks = [HandMadeWorld.crash(0, at: .hours(1)), HandMadeWorld.crash(-0.5, at: .hours(2))]
    return SpecialWorld("health exactly at its bounds", world.specification) { facts in
      guard let called = facts.first(where: { $0.fact.kind == "becameLiquidatable" }),
        case .becameLiquidatable(_, 0.5) = called.fact,
        case .liquidated(_, _, _, _, let repaid, _, _) = facts.first(where: { $0.fact.kind == "liquidated" })?
          .fact
      else { return false }
      return called.header.time > SimTime(microseconds: 7_200_000_000)
        && repaid == Amount(units: 30_000_000_000)
    }
  }()

  // MARK: Losses

  /// What the one borrower leaves unpaid, with a waterfall that is long enough.
  private static let loss: Int64 = {
    var world = HandMadeWorld()
    world.borrowers = 1
    var engine = ReferenceEngine(world.specification, populationSeed: 1, shockSeed: 1)
    let facts = (try? engine.run())?.facts ?? []
    for record in facts {
      if case .recognised(_, _, _, let amount) = record.fact { return amount.units }
    }
    return 0
  }()

  private static func fund(shortOf units: Int64) -> WorldSpecification {
    var world = HandMadeWorld()
    world.borrowers = 1
    world.waterfall = [
      HandMadeWorld.fund(Amount(units: loss / 2)),
      HandMadeWorld.fund(Amount(units: loss - loss / 2 - units), perEvent: Amount(units: loss)),
      HandMadeWorld.proRata,
    ]
    return world.specification
  }

  private static func steps(_ facts: [FactRecord]) -> [Int32] {
    facts.compactMap { if case .absorbed(_, _, _, let step, _, _, _) = $0.fact { step } else { nil } }
  }

  private static let fundThatJustSuffices = SpecialWorld(
    "two funds suffice to the unit", fund(shortOf: 0)
  ) { steps($0) == [0, 1] }

  private static let fundShortOfOneUnit = SpecialWorld(
    "two funds fall short of one unit", fund(shortOf: 1)
  ) { facts in
    guard
      case .absorbed(_, _, _, 2, let taken, _, let left) = facts.last(where: { $0.fact.kind == "absorbed" })?
        .fact
    else { return false }
    return steps(facts) == [0, 1, 2] && taken == Amount(units: 1) && left == .zero
  }

  // MARK: Numbers

  /// Fifteen decimals: a pool of 10¹⁸ base units, products beyond 2¹²⁰.
  private static let nearlyAllOf64Bits: SpecialWorld = {
    var world = HandMadeWorld()
    world.usdcDecimals = 15
    world.ethDecimals = 15
    world.ethPrice = 1
    world.depth = 2_000
    world.borrowerSize = 100
    world.borrowers = 10
    world.borrowRate = 3
    world.arbitrageurs = 1
    world.arbitrageCapital = 1_000
    world.feeMillionths = 3_000
    world.waterfall = [HandMadeWorld.fund(Amount(units: 12_345_678_901_234_567)), HandMadeWorld.proRata]
    return SpecialWorld("amounts near the last of 64 bits", world.specification) { facts in
      facts.contains {
        if case .swapped(_, _, _, let sold, _, _) = $0.fact { return sold.units > 100_000_000_000_000_000 }
        return false
      }
    }
  }()

  /// Nothing but interest, at a rate that outruns the liquidators.
  private static let interestAlone: SpecialWorld = {
    var world = HandMadeWorld()
    world.shocks = []
    world.borrowRate = 2_000
    world.latency = .fixed(.hours(3))
    world.horizon = SimTime(microseconds: 24 * 3_600_000_000)
    world.waterfall = [HandMadeWorld.unresolved, HandMadeWorld.proRata, HandMadeWorld.unresolved]
    return SpecialWorld("interest alone brings a venue down", world.specification) { facts in
      facts.contains { $0.fact.kind == "recognised" } && facts.allSatisfy { $0.fact.kind != "priceStepped" }
    }
  }()

  private static let noVenue: SpecialWorld = {
    let world = HandMadeWorld().specification
    let bare = WorldSpecification(
      horizon: world.horizon, tokens: world.tokens, shocks: world.shocks, pools: world.pools,
      oracles: world.oracles, venues: [],
      populations: [
        .arbitrageurs(
          id: "arbitrageurs", pool: PoolID(0), count: 2, latency: .seconds(1),
          capital: Amount(units: 9_000_000_000))
      ])
    return SpecialWorld("a pool without a venue", bare) { facts in
      facts.filter { $0.fact.kind == "swapped" }.count > 10
    }
  }()
}
