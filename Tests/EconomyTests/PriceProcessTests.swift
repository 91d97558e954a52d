import Economy
import Foundation
import Kernel
import Ledger
import Testing

/// Each law against its closed form, along one long path of the market with a seed that is said. Thresholds:
/// z of 6.1, one false alarm in 10⁹.
@Suite("Exogenous price processes")
struct PriceProcessTests {
  static let z = 6.1
  static let ticks = 100_000

  /// The prices of every asset, tick by tick, the start first.
  static func paths(
    _ processes: [PriceProcess?], tick: SimDuration, count: Int = ticks, correlations: [Correlation] = [],
    start: Double = 100, names: [String]? = nil, seed: UInt64 = 20_251_101
  ) throws -> [[Double]] {
    print("price paths: seed \(seed), \(count) ticks")
    let streams = RandomStreams(populationSeed: 0, shockSeed: seed)
    var market = try ReferenceMarket(
      assets: processes.enumerated().map {
        ReferenceMarket.Asset(name: names?[$0.offset] ?? "A\($0.offset)", price: start, process: $0.element)
      },
      correlations: correlations, tick: tick)
    var paths = processes.map { _ in [start] }
    for number in 1...Int64(count) {
      _ = market.tick(number, at: SimTime(microseconds: number * tick.microseconds), streams)
      for asset in paths.indices { paths[asset].append(market.price(of: AssetID(asset))) }
    }
    return paths
  }

  static func logReturns(_ path: [Double]) -> [Double] {
    zip(path, path.dropFirst()).map { ElementaryMath.log($1 / $0) }
  }

  /// z of the mean of a sample whose true mean and variance are known.
  static func zOfMean(_ sample: [Double], _ mean: Double, _ variance: Double) -> Double {
    (sample.reduce(0, +) / Double(sample.count) - mean) / (variance / Double(sample.count)).squareRoot()
  }

  static func centred(_ sample: [Double], _ mean: Double, power: Int) -> [Double] {
    sample.map { pow($0 - mean, Double(power)) }
  }

  @Test("a diffusion's log returns have their mean and variance, and the price grows by its drift")
  func diffusion() throws {
    let (volatility, drift) = (0.9, 0.5)
    // Wide ticks: three days, so that the mean is seen; few enough that the price stays a price.
    let tick = SimDuration.days(3)
    let years = 3.0 / 365
    let path = try PriceProcessTests.paths(
      [.diffusion(volatility: volatility, drift: drift)], tick: tick, count: 40_000, start: 1)[0]
    // After 330 years the median has grown by e^(0.095·330): still a Double.
    let returns = PriceProcessTests.logReturns(path)
    let (mean, variance) = ((drift - volatility * volatility / 2) * years, volatility * volatility * years)
    #expect(abs(PriceProcessTests.zOfMean(returns, mean, variance)) < PriceProcessTests.z)
    let squares = PriceProcessTests.centred(returns, mean, power: 2)
    #expect(abs(PriceProcessTests.zOfMean(squares, variance, 2 * variance * variance)) < PriceProcessTests.z)
    // E[P(t + h) / P(t)] = e^(μh); its variance is e^(2μh)·(e^(σ²h) − 1).
    let ratios = zip(path, path.dropFirst()).map { $1 / $0 }
    let growth = exp(drift * years)
    #expect(
      abs(PriceProcessTests.zOfMean(ratios, growth, growth * growth * (exp(variance) - 1)))
        < PriceProcessTests.z)
  }

  @Test("jumps have Merton's moments, and are compensated: the price grows by its drift alone")
  func jumps() throws {
    let (volatility, drift) = (0.5, 0.2)
    let jumps = PriceProcess.Jumps(perYear: 100, mean: -0.05, volatility: 0.08)
    let years = 1.0 / 365
    let path = try PriceProcessTests.paths(
      [.jumps(volatility: volatility, drift: drift, jumps)], tick: .days(1))[0]
    let returns = PriceProcessTests.logReturns(path)
    // Cumulants of a compound Poisson sum: λh·E[Jⁿ].
    let (m, s2, rate) = (jumps.mean, jumps.volatility * jumps.volatility, jumps.perYear * years)
    let lift = exp(m + s2 / 2) - 1
    let mean = (drift - volatility * volatility / 2) * years - rate * lift + rate * m
    let variance = volatility * volatility * years + rate * (m * m + s2)
    let third = rate * (m * m * m + 3 * m * s2)
    let fourth = rate * (m * m * m * m + 6 * m * m * s2 + 3 * s2 * s2)
    #expect(abs(PriceProcessTests.zOfMean(returns, mean, variance)) < PriceProcessTests.z)
    let squares = PriceProcessTests.centred(returns, mean, power: 2)
    let spread = fourth + 2 * variance * variance
    #expect(abs(PriceProcessTests.zOfMean(squares, variance, spread)) < PriceProcessTests.z)
    // Skewed downwards, as jumps of −5 % make it; the cubes' own spread is measured.
    let cubes = PriceProcessTests.centred(returns, mean, power: 3)
    let cubesSpread = cubes.map { ($0 - third) * ($0 - third) }.reduce(0, +) / Double(cubes.count)
    #expect(abs(PriceProcessTests.zOfMean(cubes, third, cubesSpread)) < PriceProcessTests.z)
    #expect(PriceProcessTests.zOfMean(cubes, 0, cubesSpread) < -PriceProcessTests.z, "the test has power")
    let ratios = zip(path, path.dropFirst()).map { $1 / $0 }
    let growth = exp(drift * years)
    let ratiosSpread = ratios.map { ($0 - growth) * ($0 - growth) }.reduce(0, +) / Double(ratios.count)
    #expect(abs(PriceProcessTests.zOfMean(ratios, growth, ratiosSpread)) < PriceProcessTests.z)
  }

  @Test(
    "a peg has the stationary variance σ²/2k, whatever the tick, and loses half of what it is off",
    arguments: [40, 2, 1, 0.25])
  func peg(halfLives: Double) throws {
    let volatility = 0.3
    let halfLife = SimDuration.hours(4)
    let tick = SimDuration(microseconds: Int64(Double(halfLife.microseconds) * halfLives))
    let path = try PriceProcessTests.paths([.peg(volatility: volatility, halfLife: halfLife)], tick: tick)[0]
    let logs = path.dropFirst(200).map { ElementaryMath.log($0 / 100) }
    let rate = log(2) / (4.0 / (24 * 365))
    let variance = volatility * volatility / (2 * rate)
    // x' = x·2^(−h/H) + noise of variance (1 − 4^(−h/H))·σ²/2k, which the past says nothing about.
    let kept = pow(2, -halfLives)
    let noises = zip(logs, logs.dropFirst()).map { $1 - kept * $0 }
    let own = variance * (1 - kept * kept)
    #expect(abs(PriceProcessTests.zOfMean(noises, 0, own)) < PriceProcessTests.z)
    #expect(abs(PriceProcessTests.zOfMean(noises.map { $0 * $0 }, own, 2 * own * own)) < PriceProcessTests.z)
    let products = zip(logs, noises).map { $0 * $1 }
    #expect(abs(PriceProcessTests.zOfMean(products, 0, variance * own)) < PriceProcessTests.z)
    // Squares of an AR(1) are correlated by kept² a step: so many fewer of them count.
    let count = Double(logs.count) * (1 - kept * kept) / (1 + kept * kept)
    let sample = logs.map { $0 * $0 }.reduce(0, +) / Double(logs.count)
    #expect(abs(sample - variance) / (variance * (2 / count).squareRoot()) < PriceProcessTests.z)
  }

  @Test("a shock to a peg is pulled back: half of it is gone after a half-life")
  func pegAfterAShock() throws {
    var motion = try PriceMotion(.peg(volatility: 0, halfLife: .hours(1)), start: 1, tick: .minutes(15))
    motion.shocked(by: 0.81)
    var price = 0.81
    for _ in 0..<4 { price = motion.step(from: price, normal: 3, at: .start) { _ in 0 } }
    #expect(abs(price - 0.9) < 1e-14)
    for _ in 0..<4 { price = motion.step(from: price, normal: -3, at: .start) { _ in 0 } }
    #expect(abs(price - 0.9.squareRoot()) < 1e-14)
  }

  @Test("regimes are left with 1 − e^(−h/d), for any of the others alike, and occupied accordingly")
  func regimes() throws {
    let days = [10.0, 4, 2]
    let process = PriceProcess.regimes(
      days.map { .init(volatility: 1, meanDuration: .days(Int64($0))) }, drift: 0)
    let streams = RandomStreams(populationSeed: 0, shockSeed: 7)
    var motion = try PriceMotion(process, start: 1, tick: .days(1))
    var visits = [0.0, 0, 0]
    var moves = (0..<3).map { _ in [0.0, 0, 0] }
    for number in 0..<UInt64(300_000) {
      let from = motion.regime
      _ = motion.step(from: 1, normal: 0, at: .start) { index in
        streams.word(.pricePath, EntityKey(id: "R"), Epoch(slot: number), index: index)
      }
      visits[from] += 1
      moves[from][motion.regime] += 1
    }
    for from in 0..<3 {
      let leaving = 1 - exp(-1 / days[from])
      for to in 0..<3 where to != from {
        let expected = visits[from] * leaving / 2
        let spread = (expected * (1 - leaving / 2)).squareRoot()
        #expect(abs(moves[from][to] - expected) / spread < PriceProcessTests.z, "\(from) to \(to)")
      }
    }
    // Every move is half to either other: stationary shares go as 1 / leaving (the jump chain is uniform).
    let weights = days.map { 1 / (1 - exp(-1 / $0)) }
    for regime in 0..<3 {
      let share = weights[regime] / weights.reduce(0, +)
      #expect(abs(visits[regime] / 300_000 - share) < 0.02)
    }
  }

  @Test("a regime's returns have that regime's volatility")
  func regimeVolatility() throws {
    let process = PriceProcess.regimes(
      [.init(volatility: 0.2, meanDuration: .days(20)), .init(volatility: 2, meanDuration: .days(5))],
      drift: 0)
    var motion = try PriceMotion(process, start: 1, tick: .days(1))
    let streams = RandomStreams(populationSeed: 0, shockSeed: 3)
    for number in 0..<UInt64(200) {
      let volatility = motion.regime == 0 ? 0.2 : 2.0
      let moved = motion.step(from: 1, normal: 1.5, at: .start) { index in
        streams.word(.pricePath, EntityKey(id: "R"), Epoch(slot: number), index: index)
      }
      let expected = -volatility * volatility / 730 + 1.5 * volatility / 365.0.squareRoot()
      #expect(abs(log(moved) - expected) < 1e-13)
    }
  }

  @Test("steps are correlated as the matrix says")
  func correlation() throws {
    let process = PriceProcess.diffusion(volatility: 0.5, drift: 0)
    let wanted = [(0, 1, 0.8), (0, 2, -0.3), (1, 2, 0.1)]
    let paths = try PriceProcessTests.paths(
      [process, process, process, process], tick: .seconds(12),
      correlations: wanted.map { Correlation(AssetID($0.0), AssetID($0.1), $0.2) })
    let returns = paths.map(PriceProcessTests.logReturns)
    func sample(_ first: Int, _ second: Int) -> Double {
      let (a, b) = (returns[first], returns[second])
      func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }
      return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
    }
    // Fisher's z: atanh of the sample's is normal around atanh of the true one, with deviation 1/√n.
    let root = Double(PriceProcessTests.ticks).squareRoot()
    for (first, second, value) in wanted + [(0, 3, 0), (1, 3, 0), (2, 3, 0)] {
      #expect(
        abs(atanh(sample(first, second)) - atanh(value)) * root < PriceProcessTests.z, "\(first), \(second)")
    }
  }

  @Test(
    "a matrix that is not positive definite is none",
    arguments: [
      ([(0, 1, 0.9), (1, 2, 0.9), (0, 2, -0.9)], false), ([(0, 1, 0.9), (1, 2, 0.9), (0, 2, 0.7)], true),
      ([(0, 1, 1)], false), ([(0, 2, 0.999)], true),
    ] as [([(Int, Int, Double)], Bool)])
  func definite(_ entries: [(Int, Int, Double)], isOne: Bool) {
    let pairs = entries.map { Correlation(AssetID($0.0), AssetID($0.1), $0.2) }
    #expect((CorrelatedDraws(assetCount: 3, pairs) != nil) == isOne)
  }

  @Test("a replay says what was recorded, scaled to the start; a shock stays with it")
  func replay() throws {
    let history = PriceHistory(
      times: [0, 60, 90, 240].map(SimTime.seconds), prices: [200, 190, 210, 100])
    let path = try PriceProcessTests.paths([.replay(history)], tick: .minutes(1), count: 6)[0]
    #expect(path == [100, 95, 105, 105, 50, 50, 50])
    var motion = try PriceMotion(.replay(history), start: 200, tick: .minutes(1))
    motion.shocked(by: 0.5)
    #expect(motion.step(from: 100, normal: 0, at: .seconds(60)) { _ in 0 } == 95)
    #expect(motion.step(from: 95, normal: 0, at: .seconds(300)) { _ in 0 } == 50)
  }
}
