import Economy
import Kernel
import Ledger

// What moves prices in a random world beside its shocks.

extension RandomWorld {
  /// Comes after everything else, so that worlds without processes stay as they were.
  mutating func addProcesses() {
    // Some tens of ticks, seldom in step with anything else.
    let hasProcesses = dice.chance(0.5)
    tick = duration(horizon / Int64(dice.integer(10...40)) + dice.pick([0, 0, 1, 333_333]))
    guard hasProcesses else { return }
    for index in tokens.indices where dice.chance(0.6) {
      let token = tokens[index]
      tokens[index] = .init(
        name: token.name, decimals: token.decimals, price: token.price, process: process())
    }
    let gaussian = tokens.indices.filter { tokens[$0].process?.isGaussian == true }
    // One common factor: always a matrix that can be.
    let loads = gaussian.map { _ in dice.real(-0.9, 0.9) }
    for (row, first) in gaussian.enumerated() {
      for (column, second) in gaussian.enumerated() where column < row && dice.chance(0.8) {
        let pair = Correlation(AssetID(first), AssetID(second), loads[row] * loads[column])
        correlations.append(dice.chance(0.5) ? pair : Correlation(pair.second, pair.first, pair.value))
        if CorrelatedDraws(assetCount: tokens.count, correlations) == nil { correlations.removeLast() }
      }
    }
  }

  /// A third of the worlds have assets that trades with the outside move.
  mutating func addImpact() {
    guard dice.chance(0.25) else { return }
    for index in tokens.indices where dice.chance(0.6) {
      let token = tokens[index]
      let volume = units(dice.logarithmic(1e6, 1e9), of: AssetID(index))
      let shape: Impact.Shape =
        dice.chance(0.5)
        ? .linear(depth: volume) : .squareRoot(dailyVolume: volume, coefficient: dice.logarithmic(0.01, 1))
      tokens[index] = .init(
        name: token.name, decimals: token.decimals, price: token.price, process: token.process,
        impact: Impact(
          shape, permanentShare: dice.pick([0, 0, 0.3, 1, dice.real(0, 1)]),
          halfLife: duration(Int64(dice.integer(1...240)) * 60 * RandomWorld.second)))
    }
  }

  // MARK: Oracles

  /// In half of the worlds oracles are worse than late. Comes last, so that the others stay as they were.
  mutating func addOracleTerms() {
    for _ in 0..<dice.pick([0, 0, 0, 1, 2]) {
      let oracle = dice.integer(0...(oracles.count - 1))
      guard oracles[oracle].source != .fixed else { continue }
      manipulations.append(
        Manipulation(
          oracle: OracleID(oracle), at: SimTime(microseconds: horizon / 20 * Int64(dice.integer(0...16))),
          jump: dice.chance(0.5) ? dice.real(-0.6, -0.05) : dice.real(0.05, 0.6),
          lasts: duration(horizon / 20 * Int64(dice.integer(1...6)) + dice.pick([0, 0, 1]))))
    }
    guard dice.chance(0.5) else { return }
    for index in oracles.indices where oracles[index].source != .fixed && dice.chance(0.6) {
      let oracle = oracles[index]
      // Instants of the shocks' clock, and others.
      let outages = (0..<dice.pick([0, 0, 1, 2])).map { _ in
        Oracle.Outage(
          at: SimTime(microseconds: horizon / 20 * Int64(dice.integer(0...16))),
          lasts: duration(max(1, horizon / Int64(dice.integer(5...60)))))
      }
      let heartbeat = dice.chance(0.4) ? duration(horizon / Int64(dice.integer(3...40)) + 1) : nil
      oracles[index] = Oracle(
        name: oracle.name, asset: oracle.asset, source: oracle.source,
        delay: dice.chance(0.5)
          ? oracle.delay : .exponential(mean: duration(Int64(dice.integer(1...240)) * RandomWorld.second)),
        deviation: dice.chance(0.4) ? dice.logarithmic(1e-4, 0.1) : 0, heartbeat: heartbeat,
        outages: outages, staleAfter: dice.chance(0.3) ? duration(horizon / Int64(dice.integer(3...30))) : nil
      )
    }
  }

  /// Of the oracles that read a pool some read its average.
  mutating func addAverages() {
    for index in oracles.indices {
      let oracle = oracles[index]
      guard case .pool(let pool) = oracle.source, dice.chance(0.5) else { continue }
      let window = dice.chance(0.2) ? 0 : horizon / Int64(dice.integer(3...100)) + dice.pick([0, 0, 1])
      oracles[index] = Oracle(
        name: oracle.name, asset: oracle.asset,
        source: .poolTwap(
          pool, window: duration(window), every: duration(horizon / Int64(dice.integer(10...100)) + 1)),
        delay: oracle.delay, deviation: oracle.deviation, heartbeat: oracle.heartbeat,
        outages: oracle.outages, staleAfter: oracle.staleAfter)
    }
  }

  private mutating func process() -> PriceProcess {
    // Wild, since a horizon is hours long: a volatility of 5 a year is a quarter a day.
    let volatility = dice.chance(0.1) ? 0 : dice.logarithmic(0.1, 6)
    let drift = dice.chance(0.5) ? 0 : dice.real(-20, 20)
    switch dice.integer(0...4) {
    case 0: return .diffusion(volatility: volatility, drift: drift)
    case 1:
      return .jumps(
        volatility: volatility, drift: drift,
        .init(
          perYear: dice.logarithmic(100, 50_000), mean: dice.real(-0.1, 0.05), volatility: dice.real(0, 0.1)))
    case 2:
      return .peg(
        volatility: volatility, halfLife: duration(Int64(dice.integer(1...600)) * 60 * RandomWorld.second))
    case 3:
      return .regimes(
        (0..<dice.integer(2...4)).map { _ in
          .init(
            volatility: dice.logarithmic(0.1, 8),
            meanDuration: duration(Int64(dice.integer(1...240)) * 60 * RandomWorld.second))
        }, drift: drift)
    default:
      var (times, prices) = ([SimTime.start], [dice.logarithmic(0.1, 1000)])
      for _ in 0..<dice.integer(0...30) {
        times.append(
          SimTime(
            microseconds: times[times.count - 1].microseconds + Int64(dice.integer(1...7_200))
              * RandomWorld.second))
        prices.append(
          dice.chance(0.2) ? prices[prices.count - 1] : prices[prices.count - 1] * dice.real(0.9, 1.09))
      }
      return .replay(PriceHistory(times: times, prices: prices))
    }
  }
}
