import Foundation
import Testing

@testable import Kernel

/// Thresholds and sample sizes of the tests that need chance.
///
/// A thousand such tests may raise one false alarm in a million: each has 1e-9, two-sided z = 6.1 for a
/// normal statistic. For Kolmogorov and Smirnov's statistic, `2 exp(−2 c²) = 1e-9` gives `√n D < 3.28`
/// (Kolmogorov 1933; conservative for finite n). For χ² with k degrees of freedom the critical value is that
/// of Wilson and Hilferty (1931).
enum Statistical {
  static let z = 6.1
  static let kolmogorov = 3.28
  static let draws = ProcessInfo.processInfo.environment["RHODIAN_SOAK"] == "1" ? 1_000_000 : 100_000

  static func chiSquareLimit(_ degrees: Int) -> Double {
    let k = Double(degrees)
    let root = 1 - 2 / (9 * k) + z * (2 / (9 * k)).squareRoot()
    return k * root * root * root
  }

  /// `n` words of a fixed seed, which is printed.
  static func words(_ name: String, seed: UInt64 = 20_251_101) -> [UInt64] {
    print("\(name): seed \(seed), \(draws) draws")
    var stream = RandomStreams(populationSeed: 0, shockSeed: seed)
      .stream(.test, EntityKey(id: name), Epoch(slot: 0))
    return (0..<draws).map { _ in stream.next() }
  }

  /// z of the mean, and of the variance given the kurtosis μ₄/σ⁴.
  static func moments(
    _ sample: [Double], mean: Double, variance: Double, kurtosis: Double
  ) -> (mean: Double, variance: Double) {
    let n = Double(sample.count)
    let sampleMean = sample.reduce(0, +) / n
    let sampleVariance = sample.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    return (
      (sampleMean - mean) / (variance / n).squareRoot(),
      (sampleVariance - variance) / (variance * ((kurtosis - 1) / n).squareRoot())
    )
  }

  /// √n times the largest distance between the empirical distribution and `cdf`.
  static func distance(_ sample: [Double], _ cdf: (Double) -> Double) -> Double {
    let n = Double(sample.count)
    var largest = 0.0
    for (index, x) in sample.sorted().enumerated() {
      let f = cdf(x)
      largest = max(largest, f - Double(index) / n, Double(index + 1) / n - f)
    }
    return largest * n.squareRoot()
  }

  static func chiSquare(_ counts: [Int], _ probabilities: [Double]) -> Double {
    let n = Double(counts.reduce(0, +))
    return zip(counts, probabilities).reduce(0) { sum, cell in
      let expected = n * cell.1
      return sum + (Double(cell.0) - expected) * (Double(cell.0) - expected) / expected
    }
  }
}
