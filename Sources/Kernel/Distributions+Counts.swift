/// One of several choices, each with the probability `weight / sum of weights`.
///
///     try CategoricalDistribution(weights: [6, 2, 2]).value(of: word)   // 0, 1 or 2
///
/// The choice is the first whose cumulative weight exceeds `u` times the sum, by bisection: a choice of
/// weight zero is never made. Complexity: O(log n).
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
/// The value is the least `k` with `F(k) >= u`. Up to a mean of 32 the terms `mean^k e^(−mean) / k!` are
/// summed from zero; the sums are the same for every word, hence monotone. Beyond, `F(k) = Q(k + 1, mean)` is
/// the incomplete gamma integral (DLMF 8.4.10), asked at a Cornish–Fisher estimate and its neighbours (R.
/// Cornish and R. Fisher, "Moments and cumulants in the specification of distributions", 1938).
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
