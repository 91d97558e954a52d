import Economy
import Foundation
import Kernel
import Ledger
import Testing

/// What must be absent where its cause is.
@Suite("Science: limits of the channels")
struct ScienceLimitTests {
  static let coin = SmallWorld.coin

  // MARK: Depth

  /// Two venues that lend against one coin, whose keepers sell it outside. A fall of a tenth puts all of
  /// `left` under water's edge and nobody of `right`, whose loans stand from 1 % to 30 % below that.
  static func shared(_ impact: Impact?, leftLoans: Int) throws -> World {
    let (coin, dollar) = (AssetID(0), AssetID(1))
    func tokens(_ count: Int64) -> Amount { Amount(units: count * 100_000_000) }
    let part = [WorldSpecification.Part(0)]
    func loans(_ id: String, _ venue: Int, _ ratios: [Double]) -> [WorldSpecification.Population] {
      ratios.enumerated().map { number, ratio in
        .borrowers(
          id: "\(id)\(number)", venue: VenueID(venue), collateral: part, debts: part, count: 1,
          size: .fixed(tokens(10_000)), ltv: .fixed(ratio))
      }
    }
    var populations = (0..<2).map { venue in
      WorldSpecification.Population.lenders(
        id: "lender\(venue)", venue: VenueID(venue), reserve: 0, count: 1, size: .fixed(tokens(1_000_000)),
        utilization: nil)
    }
    populations += loans("left", 0, (0..<leftLoans).map { 0.73 + 0.001 * Double($0) })
    populations += loans("right", 1, (1...30).map { 0.8 * 0.9 * (1 - 0.01 * Double($0)) })
    populations.append(
      .liquidators(
        id: "keeper", count: 1,
        terms: LiquidatorTerms(
          market: .outside, currency: dollar, latency: .fixed(.seconds(12)), retry: .minutes(1),
          minimumProfit: nil, capital: tokens(10_000_000))))
    var world = try World.make(
      WorldSpecification(
        horizon: .seconds(7_200),
        tokens: [
          .init(name: "COIN", decimals: 8, price: 2, impact: impact),
          .init(name: "DOLLAR", decimals: 8, price: 1),
        ],
        shocks: [Shock(asset: coin, at: .seconds(60), jump: -0.1, over: .zero, every: .seconds(1))],
        pools: [],
        oracles: [
          Oracle(name: "coin", asset: coin, source: .reference, delay: .zero),
          Oracle(name: "dollar", asset: dollar, source: .fixed, delay: .zero),
        ],
        venues: ["left", "right"].map {
          .init(
            name: $0, debts: [.init(dollar)],
            collateral: [CollateralTerms(asset: coin, maximumLTV: 0.8, threshold: 0.8, bonus: 0.05)],
            closeFactor: 0.5, fullCloseBelow: 0, accrualPeriod: .hours(1), recognition: .onExhaustion,
            waterfall: [SmallWorld.proRata])
        },
        populations: populations), populationSeed: 1, shockSeed: 1, audit: .afterEveryEvent)
    try world.run()
    return world
  }

  /// What has happened to prices, and to the positions of `right`, without names that count positions of
  /// both.
  static func seenByRight(_ world: borrowing World) -> [String] {
    let right = VenueID(1)
    let positions = (copy: world.positions, first: world.positions.firstIndex { $0.venue == right } ?? 0)
    func isRight(_ id: PositionID) -> Bool { positions.copy[id].venue == right }
    return world.facts.compactMap { record in
      switch record.fact {
      case .priceStepped, .pricePublished: return "\(record.header.time) \(record.fact)"
      case .becameLiquidatable(let id, let health) where isRight(id):
        return "\(record.header.time) \(id.position - positions.first) \(health)"
      case .badDebtOccurred(let venue, let microdollars) where venue == right:
        return "\(record.header.time) \(microdollars)"
      default: return nil
      }
    }
  }

  static func fallsAtRight(_ world: borrowing World) -> Int {
    let positions = world.positions
    return world.facts.count {
      if case .becameLiquidatable(let id, _) = $0.fact { positions[id].venue == VenueID(1) } else { false }
    }
  }

  @Test("infinite depth: what one venue sells, the other does not feel; with less it falls, too")
  func depth() throws {
    let crowded = try ScienceLimitTests.shared(nil, leftLoans: 60)
    let alone = try ScienceLimitTests.shared(nil, leftLoans: 0)
    let liquidations = crowded.measures.liquidations
    #expect(liquidations > 50, "there was something to feel")
    let (withLeft, without) = (
      ScienceLimitTests.seenByRight(crowded), ScienceLimitTests.seenByRight(alone)
    )
    #expect(withLeft == without)
    let deepFalls = ScienceLimitTests.fallsAtRight(crowded)
    #expect(deepFalls == 0)
    // 60 loans of 5,000 coins each, of which half and more are sold.
    var falls = 0
    for depth: Int64 in [10_000_000, 3_000_000, 1_000_000] {
      let impact = Impact(
        .linear(depth: Amount(units: depth * 100_000_000)), permanentShare: 1, halfLife: .hours(1))
      let shallow = try ScienceLimitTests.shared(impact, leftLoans: 60)
      let calm = try ScienceLimitTests.shared(impact, leftLoans: 0)
      let (moved, unmoved) = (
        ScienceLimitTests.fallsAtRight(shallow), ScienceLimitTests.fallsAtRight(calm)
      )
      #expect(unmoved == 0)
      #expect(moved > falls, "the thinner the market, the more fall")
      falls = moved
    }
  }

  // MARK: Blocks

  /// Keepers who close everything at once, at any loss, in a market outside without impact.
  static var unlimited: SmallWorld {
    var small = SmallWorld()
    small.threshold = 0.825
    small.bonus = 0.05
    small.closeFactor = 1
    small.latency = .fixed(.zero)
    small.takesLosses = true
    small.sellsOutside = true
    small.waterfall = [SmallWorld.proRata]
    small.audit = .afterLosses
    small.loans = (0..<200).map { small.loan(value: 20_000, borrowed: 16_400 - 50 * Int64($0)) }
    small.lenders = [small.tokens(4_000_000)]
    small.horizon = .seconds(30 * 86_400)
    return small
  }

  /// ln(1/(threshold·(1 + bonus))): the fall from the threshold to where a full close no longer pays.
  static let cushion = -log(0.825 * 1.05)

  @Test("no bad debt at all while each block's fall is within the cushion, and the more the larger the block")
  func scripted() throws {
    var lost = 0.0
    for blocks: Int64 in [60, 12, 7, 6, 3, 2, 1] {
      var small = ScienceLimitTests.unlimited
      small.jump = -0.6
      small.over = .microseconds(3_600_000_000)
      small.every = .microseconds((3_600_000_000 + blocks - 1) / blocks)
      let world = try small.run()
      let measures = world.measures
      #expect(measures.liquidations > 100)
      if -log(0.4) / Double(blocks) < ScienceLimitTests.cushion {
        #expect(measures.recognised == 0 && measures.occurredPeak == 0, "\(blocks) blocks")
      } else {
        #expect(measures.recognised > lost, "\(blocks) blocks")
      }
      lost = measures.recognised
    }
    #expect(lost > 0)
  }

  @Test("the same of random paths: bad debt only where a block fell through the cushion")
  func random() throws {
    var means: [Double] = []
    var (calm, broken) = (0, 0)
    for hours: Int64 in [1, 24, 72, 144] {
      var sum = 0.0
      for seed in 1...UInt64(20) {
        var small = ScienceLimitTests.unlimited
        small.shocks = []
        small.processes = [0: .diffusion(volatility: 1.5, drift: 0)]
        small.tick = .hours(hours)
        let world = try small.run(seed: seed)
        let prices = [2.0] + world.steps.map(\.price)
        let worst = zip(prices, prices.dropFirst()).map { -log($1 / $0) }.max() ?? 0
        let measures = world.measures
        if worst < ScienceLimitTests.cushion {
          calm += 1
          #expect(measures.recognised == 0 && measures.occurredPeak == 0, "seed \(seed), \(hours) h")
        } else if measures.recognised > 0 {
          broken += 1
        }
        sum += measures.recognised
      }
      means.append(sum / 20)
    }
    print("bad debt by block of 1, 24, 72, 144 h: \(means); \(calm) calm paths, \(broken) with losses")
    #expect(means[0] == 0)
    #expect(means[1] <= means[2] && means[2] < means[3] && means[3] > 0)
    #expect(calm > 20 && broken > 5)
  }

  @Test("blocks without room: everybody is called, nobody is liquidated")
  func noRoom() throws {
    var small = SmallWorld.eventful
    small.chain = ChainTerms(block: .seconds(12), capacity: 0, demand: nil)
    let none = try small.run()
    let (liquidations, included, called) = (
      none.measures.liquidations, none.measures.included, none.called
    )
    #expect(liquidations == 0 && included == 0 && called > 0)
    small.chain = ChainTerms(block: .seconds(12), capacity: 1, demand: nil)
    let one = try small.run()
    let some = one.measures.liquidations
    #expect(some > 0)
  }

  // MARK: Neutral values

  struct Neutral: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let world: @Sendable () -> SmallWorld
    /// The parameter at the value that does nothing, and another that does something.
    let neutral: @Sendable (inout SmallWorld) -> Void
    let loud: @Sendable (inout SmallWorld) -> Void

    init(
      _ why: String, _ world: @escaping @Sendable () -> SmallWorld,
      neutral: @escaping @Sendable (inout SmallWorld) -> Void,
      loud: @escaping @Sendable (inout SmallWorld) -> Void
    ) {
      testDescription = why
      self.world = world
      self.neutral = neutral
      self.loud = loud
    }
  }

  @Sendable static func eventful() -> SmallWorld { SmallWorld.eventful }

  /// Prices seen at once and a market outside without impact: every liquidation pays.
  @Sendable static func paying() -> SmallWorld {
    var small = SmallWorld.eventful
    small.oracleDelay = .zero
    small.sellsOutside = true
    small.latency = .fixed(.zero)
    small.every = .seconds(30)
    return small
  }

  @Sendable static func congested() -> SmallWorld {
    var small = SmallWorld.eventful
    small.chain = ChainTerms(block: .seconds(12), capacity: 1, demand: nil)
    small.keeperCapital = small.tokens(1_000)
    return small
  }

  @Sendable static func withoutArbitrage() -> SmallWorld {
    var small = SmallWorld.eventful
    small.arbitrageurs = 0
    return small
  }

  static let neutrals = [
    Neutral(
      "arbitrageurs without capital", withoutArbitrage,
      neutral: {
        $0.arbitrageurs = 3
        $0.arbitrageCapital = .zero
      }, loud: { $0.arbitrageurs = 3 }),
    Neutral(
      "a bid of nothing", congested, neutral: { $0.bid = .fixed(.zero) },
      loud: { $0.bid = .fixed($0.tokens(1)) }),
    Neutral(
      "a least profit of nothing where everything pays", paying, neutral: { $0.takesLosses = true },
      loud: { $0.minimumProfit = $0.tokens(400) }),
    Neutral(
      "capital where nothing has to be paid out of it", paying,
      neutral: { $0.keeperCapital = $0.tokens(1_000_000) },
      loud: {
        $0.keeperCapital = $0.tokens(1_000_000)
        $0.sellsAfter = .minutes(5)
      }),
    Neutral(
      "looking again where nothing is passed over", paying, neutral: { $0.retry = .days(1) },
      loud: { $0.latency = .fixed(.seconds(5)) }),
    Neutral(
      "a latency that is drawn, with nearly nothing to draw from", paying,
      neutral: { $0.latency = .exponential(mean: .microseconds(0)) },
      loud: { $0.latency = .exponential(mean: .seconds(10)) }),
    Neutral(
      "an impact whose coefficient is zero", paying,
      neutral: {
        $0.impacts = [
          0: Impact(
            .squareRoot(dailyVolume: $0.tokens(1_000), coefficient: 0), permanentShare: 0,
            halfLife: .hours(1))
        ]
      },
      loud: {
        $0.impacts = [
          0: Impact(
            .squareRoot(dailyVolume: $0.tokens(1_000_000), coefficient: 0.5), permanentShare: 0,
            halfLife: .hours(1))
        ]
      }),
    Neutral(
      "blocks with room for a million instead of for all",
      {
        var small = congested()
        small.chain = ChainTerms(block: .seconds(12), capacity: nil, demand: nil)
        return small
      }, neutral: { $0.chain = ChainTerms(block: .seconds(12), capacity: 1_000_000, demand: nil) },
      loud: { $0.chain = ChainTerms(block: .seconds(12), capacity: 1, demand: nil) }),
    Neutral(
      "prices that move by nothing", eventful,
      neutral: { $0.processes = [0: .diffusion(volatility: 0, drift: 0)] },
      loud: { $0.processes = [0: .diffusion(volatility: 0.8, drift: 0)] }),
  ]

  /// What happened when, as words.
  static func history(_ small: SmallWorld) throws -> [[UInt64]] {
    let world = try small.run(seed: 3)
    return world.facts.map { [UInt64($0.header.time.microseconds)] + $0.fact.words }
  }

  @Test(
    "a parameter at its neutral value is as good as absent: the same facts, word for word",
    arguments: neutrals)
  func neutral(_ each: Neutral) throws {
    let without = try ScienceLimitTests.history(each.world())
    var (neutral, loud) = (each.world(), each.world())
    each.neutral(&neutral)
    each.loud(&loud)
    let absent = try ScienceLimitTests.history(neutral)
    let present = try ScienceLimitTests.history(loud)
    #expect(absent == without)
    #expect(present != without, "the parameter does something")
    #expect(without.count > 50)
  }

  @Test("nobody of a kind: none of what that kind does")
  func nobody() throws {
    var small = SmallWorld.eventful
    small.liquidators = 0
    small.arbitrageurs = 0
    let facts = try small.run().facts
    for record in facts {
      switch record.fact {
      case .liquidated, .passedOver, .swapped, .soldOutside, .included, .reverted, .recognised, .absorbed,
        .withdrew:
        Issue.record("\(record.fact)")
      default: continue
      }
    }
  }
}
