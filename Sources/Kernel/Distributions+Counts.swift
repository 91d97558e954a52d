/// One of several choices, each with the probability `weight / sum of weights`.
///
///     try CategoricalDistribution(weights: [6, 2, 2]).value(of: word)   // 0, 1 or 2
///
/// The choice is the first whose cumulative weight exceeds `u` times the sum, by bisection: a choice of weight
/// zero is never made. Complexity: O(log n).
package struct CategoricalDistribution: Distribution {
  private let cumulative: [Double]
  private let lastPositive: Int

  package init(weights: [Double]) throws(DistributionError) {
    var (sums, sum, last) = ([Double](), 0.0, -1)
    for (index, weight) in weights.enumerated() {
      guard weight >= 0 && weight.isFinite else { throw .badWeight(index: index, value: weight) }
      if weight > 0 { last = index }
      sum += weight
      sums.append(sum)
    }
    guard last >= 0 else { throw .noPositiveWeight }
    _ = try DistributionError.Parameter.weightSum.finite(sum)
    cumulative = sums
    lastPositive = last
  }

  package func value(of word: UInt64) -> Int {
    let target = UnitInterval.open(word) * cumulative[lastPositive]
    var (low, high) = (0, lastPositive)
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] > target { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// The number of independent events in an interval that expects `mean` of them.
///
///     try PoissonDistribution(mean: 3.5).value(of: word)
///
/// The value is the least `k` with `F(k) >= u`. Up to a mean of 32 the terms `mean^k e^(−mean) / k!` are summed from
/// zero; the sums are the same for every word, hence monotone. Beyond, `F(k) = Q(k + 1, mean)` is the incomplete
/// gamma integral (DLMF 8.4.10), asked at a Cornish–Fisher estimate and its neighbours (R. Cornish and R. Fisher,
/// "Moments and cumulants in the specification of distributions", 1938).
package struct PoissonDistribution: Distribution {
  package static let largestMean = 1e6

  package let mean: Double
  private let zeroProbability: Double

  package init(mean: Double) throws(DistributionError) {
    self.mean = try DistributionError.Parameter.mean.inRange(mean, 0, PoissonDistribution.largestMean)
    zeroProbability = ElementaryMath.exp(-mean)
  }

  package func value(of word: UInt64) -> Int {
    let u = UnitInterval.open(word)
    return mean <= 32 ? summed(until: u) : searched(for: u)
  }

  private func summed(until u: Double) -> Int {
    var (k, term) = (0, zeroProbability)
    var sum = term
    // Beyond the mean, terms below 2⁻⁶⁰ no longer change the sum.
    while sum < u && (Double(k) < mean || term > 0x1p-60) {
      k += 1
      term *= mean / Double(k)
      sum += term
    }
    return k
  }

  private func searched(for u: Double) -> Int {
    let z = ElementaryMath.normalQuantile(u)
    let estimate = mean + ElementaryMath.squareRoot(mean) * z + (z * z - 1) / 6
    var k = max(0, Int(estimate))
    if reaches(k, u) {
      while k > 0 && reaches(k - 1, u) { k -= 1 }
      return k
    }
    repeat { k += 1 } while !reaches(k, u)
    return k
  }

  /// Whether F(k) >= u, asked on the side where it is not next to one.
  private func reaches(_ k: Int, _ u: Double) -> Bool {
    let (below, upTo) = ElementaryMath.incompleteGamma(Double(k) + 1, mean)
    return u <= 0.5 ? upTo >= u : below <= 1 - u
  }
}

/// A share between zero and one, such as a loan-to-value ratio.
///
///     try BetaDistribution(mean: 0.62, concentration: 8).value(of: word)
///     try BetaDistribution(4.96, 3.04).value(of: word)
///
/// Density proportional to `x^(a−1) (1 − x)^(b−1)`; mean `a / (a + b)`, concentration `a + b`, variance
/// `mean (1 − mean) / (concentration + 1)`. The inverse of the incomplete beta integral is found by Halley's
/// iteration inside a bracket, about two microseconds a draw. With a shape below 0.1 a value may round to an
/// endpoint.
package struct BetaDistribution: Distribution {
  package let firstShape: Double
  package let secondShape: Double

  package init(_ firstShape: Double, _ secondShape: Double) throws(DistributionError) {
    self.firstShape = try DistributionError.Parameter.firstShape.inRange(firstShape, 1e-3, 1e6)
    self.secondShape = try DistributionError.Parameter.secondShape.inRange(secondShape, 1e-3, 1e6)
  }

  package init(mean: Double, concentration: Double) throws(DistributionError) {
    let mean = try DistributionError.Parameter.mean.inside(mean, 0, 1)
    let concentration = try DistributionError.Parameter.concentration.inRange(concentration, 2e-3, 1e6)
    try self.init(mean * concentration, (1 - mean) * concentration)
  }

  package func value(of word: UInt64) -> Double {
    let u = UnitInterval.open(word)
    // The smaller tail keeps its relative accuracy.
    if u <= 0.5 { return ElementaryMath.betaQuantile(firstShape, secondShape, u) }
    return 1 - ElementaryMath.betaQuantile(secondShape, firstShape, 1 - u)
  }
}

extension ElementaryMath {
  /// `x` with `I_x(a, b) = p`, for `0 < p <= 1/2`.
  ///
  /// The start is the leading term `x^a / (a B(a, b)) = p` where that is small, else the normal approximation.
  /// With `f = I − p`, `f' = x^(a−1) (1−x)^(b−1) / B` and `f''/f' = (a−1)/x − (b−1)/(1−x)`, Halley's step is
  /// `f/f' / (1 − ½ f/f' · f''/f')`; a step out of the bracket is replaced by bisection.
  static func betaQuantile(_ a: Double, _ b: Double, _ p: Double) -> Double {
    var (low, high) = (0.0, 1.0)
    var x = betaQuantileStart(a, b, p)
    for _ in 0..<200 {
      let y = 1 - x
      let error = incompleteBeta(a, b, at: x, complement: y).lower - p
      if error < 0 { low = x } else { high = x }
      if error == 0 || high - low <= high * 0x1p-53 { break }
      let slope = betaFactor(a, b, at: x, complement: y) / (x * y)
      let newton = error / slope
      let bend = 0.5 * newton * ((a - 1) / x - (b - 1) / y)
      var next = x - newton / (1 - max(-0.5, min(0.5, bend)))
      if !(next > low && next < high) {
        next = low == 0 ? high * 0x1p-4 : 0.5 * (low + high)
      }
      let change = (next - x).magnitude
      x = next
      if change <= x * 0x1p-50 { break }
    }
    return x
  }

  private static func betaQuantileStart(_ a: Double, _ b: Double, _ p: Double) -> Double {
    let logBeta = logGamma(a) + logGamma(b) - logGamma(a + b)
    let leading = exp((log(p * a) + logBeta) / a)
    if leading * (b + 1) < 0.5 { return max(leading, 0x1p-1000) }
    let mean = a / (a + b)
    let deviation = squareRoot(mean * (1 - mean) / (a + b + 1))
    let guess = mean + deviation * normalQuantile(p)
    return max(0.5 * min(leading, mean), min(guess, 0.5 + 0.5 * mean))
  }
}
