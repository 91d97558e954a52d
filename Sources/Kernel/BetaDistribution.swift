/// A share between zero and one, such as a loan-to-value ratio.
///
///     try BetaDistribution(mean: 0.62, concentration: 8).value(of: word)
///     try BetaDistribution(4.96, 3.04).value(of: word)
///
/// Density proportional to `x^(a−1) (1 − x)^(b−1)`; mean `a / (a + b)`, concentration `a + b`, variance
/// `mean (1 − mean) / (concentration + 1)`. The inverse of the incomplete beta integral is found by Halley's
/// iteration inside a bracket, about a microsecond a draw. With a shape below 0.1 a value may round to an
/// endpoint; with a concentration above 1e5 and a mean near an endpoint, probabilities are met to 1e-10.
package struct BetaDistribution: Distribution {
  package let firstShape: Double
  package let secondShape: Double
  private let forward: BetaQuantile
  private let mirrored: BetaQuantile
  /// The share of values below one half.
  private let lowerHalf: Double

  package init(_ firstShape: Double, _ secondShape: Double) throws(DistributionError) {
    self.firstShape = try DistributionError.Parameter.firstShape.inRange(firstShape, 1e-3, 1e6)
    self.secondShape = try DistributionError.Parameter.secondShape.inRange(secondShape, 1e-3, 1e6)
    forward = BetaQuantile(firstShape, secondShape)
    mirrored = BetaQuantile(secondShape, firstShape)
    lowerHalf = ElementaryMath.incompleteBeta(firstShape, secondShape, at: 0.5, complement: 0.5).lower
  }

  package init(mean: Double, concentration: Double) throws(DistributionError) {
    let mean = try DistributionError.Parameter.mean.inside(mean, 0, 1)
    let concentration = try DistributionError.Parameter.concentration.inRange(concentration, 2e-3, 1e6)
    try self.init(mean * concentration, (1 - mean) * concentration)
  }

  package func value(of word: UInt64) -> Double { quantile(UnitInterval.open(word)) }

  /// A draw given that it is at most `limit`: the quantile of u · F(limit).
  ///
  /// For loan-to-value ratios that a venue caps: what is not allowed is not drawn, instead of being cut off
  /// at the cap and piled up there.
  package func value(of word: UInt64, atMost limit: Double) -> Double {
    truncated(atMost: limit).value(of: word)
  }

  /// For many such draws.
  package func truncated(atMost limit: Double) -> TruncatedBeta {
    guard limit < 1 else { return TruncatedBeta(distribution: self, limit: 1, mass: 1) }
    return TruncatedBeta(
      distribution: self, limit: limit,
      mass: ElementaryMath.incompleteBeta(firstShape, secondShape, at: limit, complement: 1 - limit).lower)
  }

  fileprivate func quantile(_ u: Double) -> Double {
    // Solved for the smaller of x and 1 − x, which keeps its relative accuracy.
    u <= lowerHalf ? forward.value(below: u, above: 1 - u) : 1 - mirrored.value(below: 1 - u, above: u)
  }
}

/// A beta distribution given that the value is at most `limit`, below which its `mass` lies.
package struct TruncatedBeta: Sendable {
  fileprivate let distribution: BetaDistribution
  fileprivate let limit: Double
  fileprivate let mass: Double

  /// Rounding alone could carry the extreme words past the limit.
  package func value(of word: UInt64) -> Double {
    min(limit, distribution.quantile(UnitInterval.open(word) * mass))
  }
}

/// The lower half of the inverse of the incomplete beta integral: `x <= 1/2` with `I_x(a, b) = p`.
///
///     BetaQuantile(2, 3).value(below: 0.25, above: 0.75)
///
/// The start is the leading term `x^a / (a B(a, b)) = p` where that is small, else the normal approximation.
/// With `f = I − p`, `f' = x^(a−1) (1−x)^(b−1) / B` and `f''/f' = (a−1)/x − (b−1)/(1−x)`, Halley's step is
/// `f/f' / (1 − ½ f/f' · f''/f')`; a step out of the bracket is replaced by bisection.
struct BetaQuantile: Sendable {
  private let integral: ElementaryMath.BetaIntegral
  /// log (a B(a, b)).
  private let logScale: Double

  init(_ a: Double, _ b: Double) {
    integral = ElementaryMath.BetaIntegral(a, b)
    logScale = integral.logLeadingScale
  }

  /// The quantile of `p`, given that it is at most one half and `p + q = 1`.
  func value(below p: Double, above q: Double) -> Double {
    let (a, b) = (integral.a, integral.b)
    let leading = ElementaryMath.exp((ElementaryMath.log(p) + logScale) / a)
    // The next term of the series is smaller by the factor (b − 1) x a / (a + 1): nothing, here.
    if leading * (b + 1) < 0x1p-60 { return leading }
    var (low, high) = (0.0, 0.5)
    var x = start(p, leading)
    for _ in 0..<200 {
      let y = 1 - x
      let values = integral.values(at: x, complement: y)
      let error = p <= 0.5 ? values.lower - p : q - values.upper
      if error < 0 { low = x } else { high = x }
      if error == 0 || high - low <= high * 0x1p-53 { break }
      let newton = error / integral.factor(at: x, complement: y) * (x * y)
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

  private func start(_ p: Double, _ leading: Double) -> Double {
    let (a, b) = (integral.a, integral.b)
    if leading * (b + 1) < 0.5 { return min(leading, 0.5) }
    let mean = a / (a + b)
    let deviation = ElementaryMath.squareRoot(mean * (1 - mean) / (a + b + 1))
    let guess = mean + deviation * ElementaryMath.normalQuantile(p)
    return min(0.499, max(guess, 0.5 * min(leading, mean)))
  }
}
