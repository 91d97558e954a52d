import Economy
import Foundation
import Kernel
import Ledger
import Testing

/// Worlds of independent price paths: so many coins, each a geometric Brownian motion of its own, each the
/// only collateral of a venue of its own with one position.
struct PathWorld {
  /// Coins in one world. What a world does for a move grows with the number of its venues.
  static let width = 16
  static let year = 365 * 86_400 * 1e6

  var process: PriceProcess
  var tick: SimDuration
  var horizon: SimTime
  /// Of the positions as they are opened.
  var health = 1.0
  var threshold = 0.8
  var bonus = 0.05
  /// A first move of every coin, before the first tick.
  var push = 0.0
  /// How long after its call a position is closed; nil: there are no liquidators.
  var delay: SimDuration?
  /// Base units each position owes. A power of ten: recognised losses are fractions of it.
  static let debt: Int64 = 1_000_000_000_000

  var specification: WorldSpecification {
    let coins = 0..<PathWorld.width
    let dollar = AssetID(PathWorld.width)
    let value = Double(PathWorld.debt) * health / threshold
    var populations: [WorldSpecification.Population] = []
    for coin in coins {
      populations.append(
        .lenders(
          id: "lender\(coin)", venue: VenueID(coin), reserve: 0, count: 1,
          size: .fixed(Amount(units: 2 * PathWorld.debt)), utilization: nil))
      populations.append(
        .borrowers(
          id: "borrower\(coin)", venue: VenueID(coin), collateral: [.init(0)], debts: [.init(0)], count: 1,
          size: .fixed(Amount(units: Int64(value.rounded()))), ltv: .fixed(threshold / health)))
    }
    if let delay {
      populations.append(
        .liquidators(
          id: "keeper", count: 1,
          terms: LiquidatorTerms(
            market: .outside, currency: dollar, latency: .fixed(delay), retry: .days(1), minimumProfit: nil)))
    }
    return WorldSpecification(
      horizon: horizon,
      tokens: coins.map { .init(name: "COIN\($0)", decimals: 9, price: 1, process: process) }
        + [.init(name: "DOLLAR", decimals: 9, price: 1)],
      shocks: push == 0
        ? []
        : coins.map {
          Shock(asset: AssetID($0), at: .start, jump: push, over: .zero, every: .seconds(1))
        },
      pools: [],
      oracles: coins.map {
        Oracle(name: "coin\($0)", asset: AssetID($0), source: .reference, delay: .zero)
      } + [Oracle(name: "dollar", asset: dollar, source: .fixed, delay: .zero)],
      venues: coins.map { coin in
        .init(
          name: "venue\(coin)", debts: [.init(dollar)],
          collateral: [
            CollateralTerms(asset: AssetID(coin), maximumLTV: threshold, threshold: threshold, bonus: bonus)
          ],
          closeFactor: 1, fullCloseBelow: 0, accrualPeriod: .days(1), recognition: .onExhaustion,
          waterfall: [])
      },
      populations: populations, tick: tick)
  }

  /// What became of one path: log prices tick by tick with the start first, whether its position was called,
  /// and which part of its debt was lost.
  struct Path {
    var logPrices: [Double] = [0]
    var isCalled = false
    var lost = 0.0
  }

  /// The paths of `count` coins, `width` to a world, world number the seed of its shocks.
  func paths(_ count: Int, firstSeed: UInt64, _ body: (Path) -> Void) throws {
    let specification = specification
    for number in 0..<(count + PathWorld.width - 1) / PathWorld.width {
      let world = try run(specification, seed: firstSeed + UInt64(number))
      for path in world { body(path) }
    }
  }

  private func run(_ specification: WorldSpecification, seed: UInt64) throws -> [Path] {
    var world = try World.make(specification, populationSeed: 1, shockSeed: seed, audit: .never)
    try world.run()
    var paths = Array(repeating: Path(), count: PathWorld.width)
    for record in world.facts {
      switch record.fact {
      case .priceStepped(let asset, let price): paths[asset.position].logPrices.append(log(price))
      case .becameLiquidatable(let position, _): paths[position.position].isCalled = true
      case .recognised(_, .position(let position), _, let amount):
        paths[position.position].lost = Double(amount.units) / Double(PathWorld.debt)
      default: continue
      }
    }
    return paths
  }
}

/// When is a position liquidated, if its venue sees prices block by block?
@Suite("Science: barrier crossing on a grid of blocks")
struct ScienceBarrierTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let kind: String
    let health: Double
    let sigma: Double
    let mu: Double
    let seconds: Int64
    let looks: Int64
    let onGrid: Double
    let continuous: Double
    /// Draws of its own for each row.
    let firstSeed: UInt64

    var testDescription: String { "health \(health), σ \(sigma), μ \(mu), \(looks) looks in \(seconds) s" }

    init(number place: Int, _ row: [String: String]) {
      func number(_ column: String) -> Double { row[column].flatMap(Double.init) ?? .nan }
      firstSeed = 1_000_000 * UInt64(place + 1)
      kind = row["kind"] ?? ""
      (health, sigma, mu) = (number("health"), number("sigma"), number("mu"))
      (seconds, looks) = (Int64(number("seconds")), Int64(number("looks")))
      (onGrid, continuous) = (number("p_grid"), number("p_continuous"))
    }

    var world: PathWorld {
      PathWorld(
        process: .diffusion(volatility: sigma, drift: mu),
        tick: SimDuration(microseconds: seconds * 1_000_000 / looks),
        horizon: .seconds(seconds), health: health)
    }
  }

  static let rows = fixtureRows("barrier_grid.csv").enumerated().map(Row.init(number:_:))

  /// One sign of trouble in 150,000 sets.
  static let z = 4.5

  @Test(
    "the fraction of positions that become liquidatable is the grid's probability",
    arguments: rows.filter { $0.kind == "set" })
  func grid(_ row: Row) throws {
    let full = min(4_000, max(1_200, Int(240_000 / row.looks)))
    let count = caseCount(debug: 160, full: full, soak: 20_000)
    var called = Sample()
    try row.world.paths(count, firstSeed: row.firstSeed) { called.add($0.isCalled ? 1 : 0) }
    let z = called.z(from: row.onGrid, variance: row.onGrid * (1 - row.onGrid))
    print("barrier \(row.testDescription): \(called.mean) of \(row.onGrid), z \(z)")
    #expect(abs(z) <= ScienceBarrierTests.z)
    // A price that is watched all the time would have called more.
    #expect(row.onGrid < row.continuous)
  }

  /// A price seen at both ends of a block is under the barrier in between with probability
  /// e^(−2·d₀·d₁/σ²h), d being its logarithm's distances from it: what the looks of one path have missed.
  static func missed(_ path: PathWorld.Path, _ row: Row) -> Double {
    guard !path.isCalled else { return 0 }
    let barrier = -log(row.health)
    let variance = row.sigma * row.sigma * Double(row.seconds) * 1e6 / PathWorld.year / Double(row.looks)
    var unseen = 1.0
    for (from, to) in zip(path.logPrices, path.logPrices.dropFirst()) {
      unseen *= 1 - exp(-2 * (from - barrier) * (to - barrier) / variance)
    }
    return 1 - unseen
  }

  /// Broadie, Glasserman and Kou (1997): the gap is of the order of √h.
  @Test("the gap to a price watched all the time shrinks like the root of the block")
  func slope() throws {
    let finest: Int64 = soaks ? 1_024 : 256
    let rows = ScienceBarrierTests.rows.filter { $0.kind == "slope" && $0.looks <= finest }
    try #require(rows.count >= 4)
    let count = caseCount(debug: 1_600, full: 6_000, soak: 32_000)
    var points: [(x: Double, y: Double)] = []
    for row in rows {
      var (gap, called) = (Sample(), Sample())
      try row.world.paths(count, firstSeed: row.firstSeed) { path in
        gap.add(ScienceBarrierTests.missed(path, row))
        called.add(path.isCalled ? 1 : 0)
      }
      let closedForm = try #require(ScienceBarrierTests.closedForm(row))
      #expect(abs(closedForm - row.continuous) < 1e-9)
      // Called by the looks or missed by them: together the closed form of Tests/Fixtures/first_passage_gbm.
      let z = gap.z(from: closedForm - row.onGrid)
      let total = Sample.z(sumOf: called, gap, from: closedForm)
      print("barrier gap, \(row.looks) looks: \(gap.mean) ± \(gap.standardError), z \(z), sum z \(total)")
      #expect(abs(z) <= ScienceBarrierTests.z)
      #expect(abs(total) <= ScienceBarrierTests.z)
      points.append((log(1 / Double(row.looks)), log(gap.mean)))
    }
    let (x, y) = (points.map(\.x), points.map(\.y))
    let (meanX, meanY) = (x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count))
    let slope =
      points.reduce(0) { $0 + ($1.x - meanX) * ($1.y - meanY) }
      / points.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
    print("barrier gap: slope \(slope)")
    #expect(abs(slope - 0.5) <= 0.1)
  }

  /// First passage of the continuous price, from the fixture.
  static func closedForm(_ row: Row) -> Double? {
    fixtureRows("first_passage_gbm.csv").first { each in
      each["health_factor"].flatMap(Double.init) == row.health
        && each["sigma"].flatMap(Double.init) == row.sigma && each["mu"].flatMap(Double.init) == row.mu
        && each["days"].flatMap(Double.init) == Double(row.seconds) / 86_400
    }?["p_touch"].flatMap(Double.init)
  }
}

extension Sample {
  /// z of the sum of two means where at most one of each pair is not zero.
  static func z(sumOf one: Sample, _ other: Sample, from expected: Double) -> Double {
    let mean = one.mean + other.mean
    let variance = (one.squares + other.squares) / one.count - mean * mean
    return (mean - expected) / (variance / one.count).squareRoot()
  }
}
