import Economy
import Foundation
import Kernel
import Ledger
import Testing

/// Bad debt of a position that is closed at the true price, in full, a fixed time after it touched its
/// threshold.
///
/// At the touch the debt is threshold · collateral. A delay d later the log price has moved by a normal X of
/// mean (μ − σ²/2)·d and variance σ²·d, and a full close leaves max(0, 1 − e^X/(threshold·(1 + bonus))) of
/// the debt unpaid. Tests/Fixtures/bad_debt_delay.csv: how probable that is, and how much is expected.
///
/// By the strong Markov property of the price the worlds begin at the touch: health is one, and a first move
/// of 10⁻⁹ takes it below. Keepers take any loss, sell outside without impact, and may close everything; a
/// position that is healthy again when they come would have left no bad debt.
@Suite("Science: bad debt after a delay")
struct ScienceDelayTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let threshold: Double
    let bonus: Double
    let sigma: Double
    let mu: Double
    let seconds: Int64
    let probability: Double
    let expected: Double
    /// Draws of its own for each row.
    let firstSeed: UInt64

    var testDescription: String {
      "threshold \(threshold), bonus \(bonus), σ \(sigma), \(seconds) s: \(probability)"
    }

    init(number place: Int, _ row: [String: String]) {
      func number(_ column: String) -> Double { row[column].flatMap(Double.init) ?? .nan }
      firstSeed = 1_000_000 * UInt64(place + 1)
      (threshold, bonus) = (number("liq_threshold"), number("incentive"))
      (sigma, mu) = (number("sigma"), number("mu"))
      seconds = Int64(number("delay_seconds"))
      probability = number("p_bad_debt_given_touch")
      expected = number("expected_bad_debt_per_unit_debt_given_touch")
    }

    /// In years.
    var delay: Double { Double(seconds) * 1e6 / PathWorld.year }

    /// The mean of log price a year.
    var trend: Double { mu - sigma * sigma / 2 }

    /// The trend under which the price at the end of the delay is on average where bad debt begins.
    var tilted: Double { log(threshold * (1 + bonus)) / delay }

    func world(trend: Double) -> PathWorld {
      PathWorld(
        process: .diffusion(volatility: sigma, drift: trend + sigma * sigma / 2),
        tick: SimDuration(microseconds: seconds * 1_000_000 / ScienceDelayTests.ticks),
        horizon: .seconds(seconds), threshold: threshold, bonus: bonus, push: -1e-9,
        delay: .seconds(seconds))
    }
  }

  /// Blocks in a delay: the law of a price at its end does not depend on them.
  static let ticks: Int64 = 6

  static let rows = fixtureRows("bad_debt_delay.csv").enumerated().map(Row.init(number:_:))

  static let z = 4.5

  @Test(
    "is as frequent and as large as the closed form says", arguments: rows.filter { $0.probability >= 1e-2 })
  func frequent(_ row: Row) throws {
    let count = caseCount(debug: 640, full: 6_000, soak: 200_000)
    var (bad, lost) = (Sample(), Sample())
    try row.world(trend: row.trend).paths(count, firstSeed: row.firstSeed) { path in
      bad.add(path.lost > 0 ? 1 : 0)
      lost.add(path.lost)
      if !path.isCalled { Issue.record("the touch was not seen") }
    }
    let z = bad.z(from: row.probability, variance: row.probability * (1 - row.probability))
    let zOfLoss = lost.z(from: row.expected)
    print("delay \(row.testDescription): \(bad.mean), z \(z); expected \(lost.mean), z \(zOfLoss)")
    #expect(abs(z) <= ScienceDelayTests.z)
    #expect(abs(zOfLoss) <= ScienceDelayTests.z)
  }

  /// Rare ones by importance sampling: paths under the tilted trend ν′ weigh e^((ν−ν′)X/σ² −
  /// (ν²−ν′²)d/2σ²), Girsanov's likelihood ratio, taken tick by tick.
  @Test(
    "is as rare as the closed form says",
    arguments: rows.filter { $0.probability >= 1e-5 && $0.probability < 1e-3 })
  func rare(_ row: Row) throws {
    let count = caseCount(debug: 640, full: 6_000, soak: 200_000)
    let variance = row.sigma * row.sigma
    let tick = row.delay / Double(ScienceDelayTests.ticks)
    var (bad, lost, weights) = (Sample(), Sample(), Sample())
    try row.world(trend: row.tilted).paths(count, firstSeed: row.firstSeed) { path in
      // The first two prices are the start and the push.
      var logWeight = 0.0
      for (from, to) in zip(path.logPrices.dropFirst(), path.logPrices.dropFirst(2)) {
        logWeight +=
          (row.trend - row.tilted) * (to - from) / variance
          - (row.trend * row.trend - row.tilted * row.tilted) * tick / (2 * variance)
      }
      weights.add(exp(logWeight))
      bad.add(path.lost > 0 ? exp(logWeight) : 0)
      lost.add(path.lost * exp(logWeight))
    }
    let (z, zOfLoss) = (bad.z(from: row.probability), lost.z(from: row.expected))
    print(
      "delay \(row.testDescription): \(bad.mean) ± \(bad.standardError), z \(z); expected \(lost.mean), z \(zOfLoss);",
      "mean weight \(weights.mean)")
    #expect(abs(z) <= ScienceDelayTests.z)
    #expect(abs(zOfLoss) <= ScienceDelayTests.z)
    #expect(bad.standardError < 0.1 * row.probability || !caseCountIsFull, "sharp enough to say something")
  }

  private var caseCountIsFull: Bool { caseCount(debug: 0, full: 1) == 1 }

  @Test("there are rows of each kind")
  func kinds() {
    let rows = ScienceDelayTests.rows
    #expect(rows.count { $0.probability >= 1e-2 } >= 9)
    #expect(rows.count { $0.probability >= 1e-5 && $0.probability < 1e-3 } >= 3)
  }
}
