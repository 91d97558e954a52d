/// A distribution drawn by the inverse of its cumulative function: one word, one value.
///
///     let latency = try ExponentialDistribution(mean: 1200)
///     let seconds = latency.value(of: streams.word(.reactionLatency, borrower, epoch))
///
/// **Invariant:** `value(of:)` never decreases as the word grows (``BetaDistribution``: by no more than the
/// rounding of its integral, 1e-12 of the value). So a variant that changes a parameter a little
/// changes every draw a little, and paired runs stay comparable (antithetic words `w` and `~w` also work).
/// Parameters are checked once, in the initialiser, which throws ``DistributionError`` rather than bend them.
package protocol Distribution: Sendable {
  associatedtype Value

  func value(of word: UInt64) -> Value
}

/// A parameter that no distribution of its kind can have.
package enum DistributionError: Error, Equatable, Sendable {
  /// The parameters that can be refused, by the names that the initialisers use.
  package enum Parameter: UInt8, Sendable {
    case minimum, maximum, mean, standardDeviation, logMean, logStandardDeviation, median
    case concentration, firstShape, secondShape, tail, weight, weightSum
  }

  /// `value` must lie between the bounds, themselves included.
  case outOfRange(Parameter, value: Double, minimum: Double, maximum: Double)
  /// `value` must lie strictly between the bounds.
  case notInside(Parameter, value: Double, minimum: Double, maximum: Double)
  /// NaN or infinite.
  case notFinite(Parameter, value: Double)
  /// The minimum exceeds the maximum.
  case emptyRange(minimum: Double, maximum: Double)
  /// The weight at `index` is negative, NaN or infinite.
  case badWeight(index: Int, value: Double)
  /// No weight is positive.
  case noPositiveWeight
}

#if !hasFeature(Embedded)
  extension DistributionError: CustomStringConvertible {
    package var description: String {
      switch self {
      case .outOfRange(let name, let value, let minimum, let maximum):
        "\(name) is \(value); it must be from \(minimum) to \(maximum)"
      case .notInside(let name, let value, let minimum, let maximum):
        "\(name) is \(value); it must be above \(minimum) and below \(maximum)"
      case .notFinite(let name, let value):
        "\(name) is \(value); it must be a finite number"
      case .emptyRange(let minimum, let maximum):
        "the minimum \(minimum) exceeds the maximum \(maximum)"
      case .badWeight(let index, let value):
        "weight \(index) is \(value); it must be a finite number of at least zero"
      case .noPositiveWeight:
        "no weight is positive"
      }
    }
  }
#endif

extension DistributionError.Parameter {
  func finite(_ value: Double) throws(DistributionError) -> Double {
    guard value.isFinite else { throw .notFinite(self, value: value) }
    return value
  }

  func inRange(_ value: Double, _ minimum: Double, _ maximum: Double) throws(DistributionError) -> Double {
    guard value >= minimum && value <= maximum else {
      throw .outOfRange(self, value: value, minimum: minimum, maximum: maximum)
    }
    return value
  }

  func inside(_ value: Double, _ minimum: Double, _ maximum: Double) throws(DistributionError) -> Double {
    guard value > minimum && value < maximum else {
      throw .notInside(self, value: value, minimum: minimum, maximum: maximum)
    }
    return value
  }
}

/// Equal density from `minimum` to `maximum`.
///
///     try UniformDistribution(minimum: 0.2, maximum: 0.3).value(of: word)
///
/// Values lie in the closed range; a single point is allowed.
package struct UniformDistribution: Distribution {
  package let minimum: Double
  package let maximum: Double

  package init(minimum: Double, maximum: Double) throws(DistributionError) {
    self.minimum = try DistributionError.Parameter.minimum.finite(minimum)
    self.maximum = try DistributionError.Parameter.maximum.finite(maximum)
    guard minimum <= maximum else { throw .emptyRange(minimum: minimum, maximum: maximum) }
    _ = try DistributionError.Parameter.maximum.finite(maximum - minimum)
  }

  package func value(of word: UInt64) -> Double {
    min(maximum, minimum + (maximum - minimum) * UnitInterval.open(word))
  }
}

/// Each integer from `minimum` to `maximum` alike.
///
///     try IntegerDistribution(minimum: 1, maximum: 6).value(of: word)
///
/// `minimum + ⌊word · n / 2⁶⁴⌋` for `n` integers: one word always suffices, at the price of a bias below
/// `n / 2⁶⁴` per integer, unnoticeable for `n` up to 2⁴⁰. ``RandomStream/nextInteger(below:)`` has none.
package struct IntegerDistribution: Distribution {
  package let minimum: Int
  package let maximum: Int

  package init(minimum: Int, maximum: Int) throws(DistributionError) {
    guard minimum <= maximum else {
      throw .emptyRange(minimum: Double(minimum), maximum: Double(maximum))
    }
    self.minimum = minimum
    self.maximum = maximum
  }

  package func value(of word: UInt64) -> Int {
    let span = UInt64(bitPattern: Int64(maximum &- minimum))
    // The span of all integers is 2⁶⁴, which has no room in a word: then the word is the offset.
    let offset = span == .max ? word : word.multipliedFullWidth(by: span + 1).high
    return Int(truncatingIfNeeded: UInt64(bitPattern: Int64(minimum)) &+ offset)
  }
}

/// The bell curve: `mean + standardDeviation · Φ⁻¹(u)`.
///
///     try NormalDistribution(mean: 0, standardDeviation: 1).value(of: word)   // within ±8.21
package struct NormalDistribution: Distribution {
  package let mean: Double
  package let standardDeviation: Double

  package init(mean: Double = 0, standardDeviation: Double = 1) throws(DistributionError) {
    self.mean = try DistributionError.Parameter.mean.finite(mean)
    let range = DistributionError.Parameter.standardDeviation
    self.standardDeviation = try range.inRange(standardDeviation, 0, 0x1p1000)
  }

  package func value(of word: UInt64) -> Double {
    mean + standardDeviation * ElementaryMath.normalQuantile(UnitInterval.open(word))
  }
}

/// A positive quantity whose logarithm is normal.
///
///     try LognormalDistribution(median: 2000, logStandardDeviation: 0.9)
///     try LognormalDistribution(mean: 2500, logStandardDeviation: 0.9)
///
/// Mean `exp(logMean + logStandardDeviation²/2)`, median `exp(logMean)`.
package struct LognormalDistribution: Distribution {
  package let logMean: Double
  package let logStandardDeviation: Double

  package init(logMean: Double, logStandardDeviation: Double) throws(DistributionError) {
    self.logMean = try DistributionError.Parameter.logMean.inRange(logMean, -600, 600)
    let range = DistributionError.Parameter.logStandardDeviation
    self.logStandardDeviation = try range.inRange(logStandardDeviation, 0, 12)
  }

  package init(median: Double, logStandardDeviation: Double) throws(DistributionError) {
    let median = try DistributionError.Parameter.median.inRange(median, 0x1p-600, 0x1p600)
    try self.init(logMean: ElementaryMath.log(median), logStandardDeviation: logStandardDeviation)
  }

  package init(mean: Double, logStandardDeviation: Double) throws(DistributionError) {
    let mean = try DistributionError.Parameter.mean.inRange(mean, 0x1p-600, 0x1p600)
    let deviation = logStandardDeviation
    try self.init(
      logMean: ElementaryMath.log(mean) - 0.5 * deviation * deviation, logStandardDeviation: deviation)
  }

  package func value(of word: UInt64) -> Double {
    ElementaryMath.exp(
      logMean + logStandardDeviation * ElementaryMath.normalQuantile(UnitInterval.open(word)))
  }
}

/// A waiting time without memory: `−mean · log(1 − u)`.
///
///     try ExponentialDistribution(mean: 1200).value(of: word)
package struct ExponentialDistribution: Distribution {
  package let mean: Double

  package init(mean: Double) throws(DistributionError) {
    self.mean = try DistributionError.Parameter.mean.inRange(mean, 0, 0x1p1000)
  }

  package func value(of word: UInt64) -> Double {
    -mean * ElementaryMath.log(1 - UnitInterval.open(word))
  }
}

/// Sizes with a power-law tail: density proportional to `x^(−tail − 1)` from `minimum` to `maximum`.
///
///     try ParetoDistribution(minimum: 2000, maximum: 5e6, tail: 1.3).value(of: word)
///
/// With `t = 1 − (minimum/maximum)^tail`, the inverse is `minimum · (1 − u t)^(−1/tail)`; logarithms keep
/// small `t` exact. An infinite `maximum` gives the untruncated law. I. Aban, M. Meerschaert, A. Panorska,
/// "Parameter estimation for the truncated Pareto distribution", Journal of the American Statistical
/// Association 101 (2006).
package struct ParetoDistribution: Distribution {
  package let minimum: Double
  package let maximum: Double
  package let tail: Double
  private let mass: Double

  package init(minimum: Double, maximum: Double = .infinity, tail: Double) throws(DistributionError) {
    self.minimum = try DistributionError.Parameter.minimum.inRange(minimum, 0x1p-500, 0x1p500)
    self.tail = try DistributionError.Parameter.tail.inRange(tail, 0x1p-10, 0x1p20)
    guard maximum >= minimum else { throw .emptyRange(minimum: minimum, maximum: maximum) }
    self.maximum = maximum
    mass = -ElementaryMath.expm1(tail * ElementaryMath.log(minimum / maximum))
  }

  package func value(of word: UInt64) -> Double {
    let logarithm = ElementaryMath.log1p(-UnitInterval.open(word) * mass)
    // Rounding alone could carry the extreme words past the bounds.
    return max(minimum, min(maximum, minimum * ElementaryMath.exp(-logarithm / tail)))
  }
}
