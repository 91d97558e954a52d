import Foundation
import Testing

@testable import Kernel

/// A continuous distribution with its moments and distribution function, written with the C library's
/// functions and textbook formulas rather than with our own.
struct ContinuousCase: Sendable, CustomStringConvertible {
  let description: String
  let value: @Sendable (UInt64) -> Double
  let mean, variance, kurtosis: Double
  let cdf: @Sendable (Double) -> Double

  init<D: Distribution>(
    _ description: String, _ make: () throws -> D, mean: Double, variance: Double, kurtosis: Double,
    cdf: @escaping @Sendable (Double) -> Double
  ) where D.Value == Double {
    self.description = description
    if let distribution = try? make() {
      value = { distribution.value(of: $0) }
    } else {
      value = { _ in .nan }
    }
    (self.mean, self.variance, self.kurtosis) = (mean, variance, kurtosis)
    self.cdf = cdf
  }

  static let all: [ContinuousCase] = [
    ContinuousCase(
      "uniform -1...3", { try UniformDistribution(minimum: -1, maximum: 3) }, mean: 1, variance: 16.0 / 12,
      kurtosis: 1.8, cdf: { ($0 + 1) / 4 }),
    ContinuousCase(
      "normal 1, 2", { try NormalDistribution(mean: 1, standardDeviation: 2) }, mean: 1, variance: 4,
      kurtosis: 3,
      cdf: { 0.5 * erfc(-($0 - 1) / 2 / 2.0.squareRoot()) }),
    lognormal(0.5),
    ContinuousCase(
      "exponential 1200", { try ExponentialDistribution(mean: 1200) }, mean: 1200, variance: 1_440_000,
      kurtosis: 9, cdf: { -Foundation.expm1(-$0 / 1200) }),
    pareto(2_000, 5e6, 1.3), pareto(1, 3, 0.25),
    beta(4.96, 3.04), beta(0.5, 0.5), beta(1, 3), beta(0.25, 40), beta(700, 300),
  ]

  /// Moments exp(k μ + k² σ²/2); kurtosis w⁴ + 2w³ + 3w² − 3 with w = exp(σ²).
  static func lognormal(_ sigma: Double) -> ContinuousCase {
    let w = Foundation.exp(sigma * sigma)
    return ContinuousCase(
      "lognormal \(sigma)", { try LognormalDistribution(median: 2000, logStandardDeviation: sigma) },
      mean: 2000 * w.squareRoot(), variance: 4e6 * w * (w - 1),
      kurtosis: w * w * w * w + 2 * w * w * w + 3 * w * w - 3,
      cdf: { 0.5 * erfc(-Foundation.log($0 / 2000) / sigma / 2.0.squareRoot()) })
  }

  /// E xᵏ = a L^a (H^(k−a) − L^(k−a)) / ((k − a) (1 − (L/H)^a)).
  static func pareto(_ low: Double, _ high: Double, _ a: Double) -> ContinuousCase {
    func moment(_ k: Double) -> Double {
      a * Foundation.pow(low, a) * (Foundation.pow(high, k - a) - Foundation.pow(low, k - a)) / (k - a)
        / (1 - Foundation.pow(low / high, a))
    }
    let (m1, m2, m3, m4) = (moment(1), moment(2), moment(3), moment(4))
    let variance = m2 - m1 * m1
    let fourth = m4 - 4 * m1 * m3 + 6 * m1 * m1 * m2 - 3 * m1 * m1 * m1 * m1
    return ContinuousCase(
      "pareto \(low)...\(high), \(a)", { try ParetoDistribution(minimum: low, maximum: high, tail: a) },
      mean: m1,
      variance: variance, kurtosis: fourth / variance / variance,
      cdf: { (1 - Foundation.pow(low / $0, a)) / (1 - Foundation.pow(low / high, a)) })
  }

  /// Excess kurtosis 6 ((a−b)² (a+b+1) − ab (a+b+2)) / (ab (a+b+2) (a+b+3)). The distribution function is
  /// ours, but checked against 50 digits elsewhere.
  static func beta(_ a: Double, _ b: Double) -> ContinuousCase {
    let s = a + b
    let excess =
      6 * ((a - b) * (a - b) * (s + 1) - a * b * (s + 2)) / (a * b * (s + 2) * (s + 3))
    return ContinuousCase(
      "beta \(a), \(b)", { try BetaDistribution(a, b) }, mean: a / s, variance: a * b / (s * s * (s + 1)),
      kurtosis: 3 + excess, cdf: { ElementaryMath.incompleteBeta(a, b, at: $0, complement: 1 - $0).lower })
  }
}

@Suite struct DistributionTests {
  @Test("mean, variance and shape are those of theory", arguments: ContinuousCase.all)
  func continuous(_ subject: ContinuousCase) {
    let sample = Statistical.words(subject.description).map(subject.value)
    let z = Statistical.moments(
      sample, mean: subject.mean, variance: subject.variance, kurtosis: subject.kurtosis)
    let distance = Statistical.distance(sample, subject.cdf)
    print("\(subject): z of mean \(z.mean), of variance \(z.variance), √n D \(distance)")
    #expect(z.mean.magnitude < Statistical.z)
    #expect(z.variance.magnitude < Statistical.z)
    #expect(distance < Statistical.kolmogorov)
  }

  @Test("a larger word never gives a smaller value", arguments: ContinuousCase.all)
  func monotone(_ subject: ContinuousCase) {
    var words = Statistical.words(subject.description).prefix(5_000).flatMap { [$0, $0 | 0xFFFF_FFFF] }
    words += [0, 1 << 12, 1 << 30, 1 << 63, (1 << 63) - 1, .max, .max - (1 << 12)]
    words.sort()
    for (lower, upper) in zip(words, words.dropFirst()) {
      let slack = subject.description.hasPrefix("beta") ? 1e-12 : 0
      #expect(subject.value(lower) <= subject.value(upper) * (1 + slack), "\(lower), \(upper)")
    }
  }

  @Test("beta draws equal the inverses that have a closed form")
  func betaClosedForms() throws {
    for word in Statistical.words("beta").prefix(3_000) {
      let u = UnitInterval.open(word)
      let power = try BetaDistribution(2.5, 1).value(of: word)
      #expect((power / Foundation.pow(u, 0.4) - 1).magnitude < 1e-13)
      let small = try BetaDistribution(0.01, 1).value(of: word)
      #expect((small - Foundation.pow(u, 100)).magnitude <= 1e-12 * Foundation.pow(u, 100))
      let mirrored = try BetaDistribution(1, 7).value(of: word)
      #expect((mirrored / -Foundation.expm1(Foundation.log1p(-u) / 7) - 1).magnitude < 1e-12)
      let arcsine = try BetaDistribution(0.5, 0.5).value(of: word)
      let s = Foundation.sin(.pi / 2 * u)
      #expect((arcsine - s * s).magnitude <= 1e-13)
    }
  }

  @Test(
    "beta draws satisfy their equation for all shapes",
    arguments: [0.001, 0.05, 0.4, 1, 3, 30, 900, 1e5, 1e6])
  func betaEquation(_ a: Double) throws {
    var worst = 0.0
    for b in [0.001, 0.05, 0.4, 1, 3, 30, 900, 1e5, 1e6] {
      let beta = try BetaDistribution(a, b)
      for word in [0, 1 << 40, 1 << 55, 1 << 61, 1 << 62, 1 << 63, 3 << 62, .max - (1 << 50), .max]
        as [UInt64]
      {
        let (x, u) = (beta.value(of: word), UnitInterval.open(word))
        #expect(x >= 0 && x <= 1)
        if x < 0x1p-900 || x > 1 - 1e-10 { continue }
        let back = ElementaryMath.incompleteBeta(a, b, at: x, complement: 1 - x)
        // One unit in the last place of x moves the integral by x f(x) units.
        let slope = ElementaryMath.BetaIntegral(a, b).factor(at: x, complement: 1 - x) / (1 - x)
        // Above the mean the integral sees 1 − x, that is, x in units of 2⁻⁵³.
        let grain = x * (a + b + 2) >= a + 1 ? 0x1p-51 * slope / x : 0
        let residual = u <= 0.5 ? back.lower - u : back.upper - (1 - u)
        let error = residual.magnitude / (1e-12 + 1e-13 * slope + grain)
        if error > 1 { print("beta \(a), \(b): word \(word) gives \(x), slope \(slope)") }
        worst = max(worst, error)
      }
    }
    print("beta equation, a = \(a): \(worst) of what is allowed")
    #expect(worst < 1)
  }

  @Test("counts follow Poisson's law", arguments: [0, 0.01, 3.5, 31.9, 32.1, 250, 1e4] as [Double])
  func poisson(_ mean: Double) throws {
    let distribution = try PoissonDistribution(mean: mean)
    let words = Statistical.words("poisson \(mean)").prefix(mean > 1e3 ? 5_000 : Statistical.draws)
    let sample = words.map { Double(distribution.value(of: $0)) }
    guard mean > 0 else { return #expect(sample.allSatisfy { $0 == 0 }) }
    let z = Statistical.moments(sample, mean: mean, variance: mean, kurtosis: 3 + 1 / mean)
    print("poisson \(mean): z of mean \(z.mean), of variance \(z.variance)")
    #expect(z.mean.magnitude < Statistical.z)
    #expect(z.variance.magnitude < Statistical.z)
    // Cells of at least 20 expected events, by the recurrence of the terms from their logarithm.
    var (counts, probabilities, rest) = ([Int](), [Double](), 1.0)
    let histogram = Dictionary(sample.map { (Int($0), 1) }, uniquingKeysWith: +)
    var (cell, cellCount) = (0.0, 0)
    for k in 0...Int(mean + 10 * mean.squareRoot() + 10) {
      cell += Foundation.exp(Double(k) * Foundation.log(mean) - mean - lgamma(Double(k) + 1))
      cellCount += histogram[k] ?? 0
      if cell * Double(sample.count) > 20 && (rest - cell) * Double(sample.count) > 20 {
        counts.append(cellCount)
        probabilities.append(cell)
        rest -= cell
        (cell, cellCount) = (0, 0)
      }
    }
    counts.append(sample.count - counts.reduce(0, +))
    probabilities.append(rest)
    if counts.count > 1 {
      #expect(Statistical.chiSquare(counts, probabilities) < Statistical.chiSquareLimit(counts.count - 1))
    }
  }

  @Test("a count never falls as the word grows", arguments: [0.5, 20, 32.1, 250, 9e5] as [Double])
  func poissonMonotone(_ mean: Double) throws {
    let distribution = try PoissonDistribution(mean: mean)
    let words = Statistical.words("poisson").prefix(mean > 1e3 ? 60 : 2_000).sorted() + [.max]
    let values = words.map { distribution.value(of: $0) }
    #expect(values == values.sorted())
    #expect(distribution.value(of: 0) <= values[0])
  }

  @Test("choices fall by their weights, and never on weight zero")
  func categorical() throws {
    let weights = [0, 6, 0, 2.5, 1.5, 0]
    let distribution = try CategoricalDistribution(weights: weights)
    var counts = [Int](repeating: 0, count: 6)
    for word in Statistical.words("categorical") + [0, .max] { counts[distribution.value(of: word)] += 1 }
    #expect(counts[0] == 0 && counts[2] == 0 && counts[5] == 0)
    let chosen = [counts[1], counts[3], counts[4]]
    #expect(Statistical.chiSquare(chosen, [0.6, 0.25, 0.15]) < Statistical.chiSquareLimit(2))
    #expect(distribution.value(of: 0) == 1 && distribution.value(of: .max) == 4)
  }

  @Test("integers are equally likely, ends included, and equal the fixture of multiply and shift")
  func integers() throws {
    let die = try IntegerDistribution(minimum: -2, maximum: 4)
    var counts = [Int](repeating: 0, count: 7)
    for word in Statistical.words("integers") { counts[die.value(of: word) + 2] += 1 }
    #expect(
      Statistical.chiSquare(counts, [Double](repeating: 1 / 7.0, count: 7)) < Statistical.chiSquareLimit(6))
    #expect(die.value(of: 0) == -2 && die.value(of: .max) == 4)
    let all = try IntegerDistribution(minimum: .min, maximum: .max)
    #expect(all.value(of: 0) == .min && all.value(of: .max) == .max && all.value(of: 1 << 63) == 0)
    let known = KnownAnswers.all
    let words = try #require(known["xoshiro256pp_state_1234"] as? [String]).compactMap { UInt64($0) }
    let sixth = try IntegerDistribution(minimum: 0, maximum: 5)
    let expected = try #require(known["lemire_bound6_from_1234"] as? [Int])
    #expect(words.map { sixth.value(of: $0) } == Array(expected.prefix(words.count)))
  }

  @Test("a stream's bounded integers and permutations are equally likely")
  func permutations() {
    var stream = RandomStreams(populationSeed: 0, shockSeed: 5)
      .stream(.test, EntityKey(id: "permutations"), Epoch(slot: 0))
    var counts = [[Int]: Int]()
    for _ in 0..<Statistical.draws / 4 { counts[stream.nextPermutation(of: 4), default: 0] += 1 }
    #expect(counts.count == 24)
    let even = [Double](repeating: 1 / 24.0, count: 24)
    #expect(Statistical.chiSquare(Array(counts.values), even) < Statistical.chiSquareLimit(23))
    // Two thirds of all words: without rejection, even results would be twice as likely as odd ones.
    let bound: UInt64 = 0xAAAA_AAAA_AAAA_AAAB
    var odd = 0
    for _ in 0..<20_000 { odd += Int(stream.nextInteger(below: bound) & 1) }
    #expect((Double(odd) - 10_000).magnitude < Statistical.z * 5_000.0.squareRoot())
    #expect(stream.nextPermutation(of: 0) == [] && stream.nextPermutation(of: 1) == [0])
    #expect(stream.nextPermutation(of: 500).sorted() == Array(0..<500))
  }

  @Test("the ziggurat draws the normal law: moments, shape, tail and independence", arguments: [1, 2, 3])
  func ziggurat(_ seed: UInt64) {
    var stream = RandomStreams(populationSeed: 0, shockSeed: seed)
      .stream(.pricePath, EntityKey(id: "ETH"), Epoch(slot: 0))
    let sample = (0..<2 * Statistical.draws).map { _ in stream.nextNormal() }
    let n = Double(sample.count)
    let z = Statistical.moments(sample, mean: 0, variance: 1, kurtosis: 3)
    let distance = Statistical.distance(sample) { 0.5 * erfc(-$0 / 2.0.squareRoot()) }
    print("ziggurat, seed \(seed): z of mean \(z.mean), of variance \(z.variance), √n D \(distance)")
    #expect(z.mean.magnitude < Statistical.z && z.variance.magnitude < Statistical.z)
    #expect(distance < Statistical.kolmogorov)
    // Var x³ = 15, Var x⁴ = 105 − 9, and neighbours are uncorrelated.
    let third = sample.reduce(0) { $0 + $1 * $1 * $1 } / (15 * n).squareRoot()
    let fourth = sample.reduce(0) { $0 + $1 * $1 * $1 * $1 - 3 } / (96 * n).squareRoot()
    let neighbours = zip(sample, sample.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / n.squareRoot()
    #expect(third.magnitude < Statistical.z && fourth.magnitude < Statistical.z)
    #expect(neighbours.magnitude < Statistical.z)
    // Beyond the last edge, and well within the region that only wedges reach.
    for edge in [ZigguratTables.edges[1], 3, 2] {
      let p = erfc(edge / 2.0.squareRoot())
      let count = Double(sample.filter { $0.magnitude > edge }.count)
      #expect((count - n * p).magnitude < Statistical.z * (n * p).squareRoot() + 6)
    }
  }

  @Test("opposite words give opposite normal draws, and a changed parameter moves every draw a little")
  func pairing() throws {
    let standard = try NormalDistribution()
    let (before, after) = (try ExponentialDistribution(mean: 100), try ExponentialDistribution(mean: 101))
    for word in Statistical.words("pairing").prefix(2_000) {
      #expect(standard.value(of: ~word) == -standard.value(of: word))
      #expect((after.value(of: word) / before.value(of: word) - 1.01).magnitude < 1e-14)
    }
  }

  @Test("a distribution without width is its point")
  func degenerate() throws {
    for word in [0, 1 << 63, .max] as [UInt64] {
      #expect(try UniformDistribution(minimum: 3, maximum: 3).value(of: word) == 3)
      #expect(try NormalDistribution(mean: 3, standardDeviation: 0).value(of: word) == 3)
      #expect(try ExponentialDistribution(mean: 0).value(of: word) == 0)
      #expect(try ParetoDistribution(minimum: 3, maximum: 3, tail: 2).value(of: word) == 3)
      #expect(try IntegerDistribution(minimum: 3, maximum: 3).value(of: word) == 3)
      #expect(try CategoricalDistribution(weights: [7]).value(of: word) == 0)
    }
  }

  typealias Make = @Sendable () throws -> Void
  static let refusals: [(Make, String)] = [
    ({ _ = try UniformDistribution(minimum: 2, maximum: 1) }, "the minimum 2.0 exceeds the maximum 1.0"),
    (
      { _ = try UniformDistribution(minimum: .nan, maximum: 1) }, "minimum is nan; it must be a finite number"
    ),
    ({ _ = try IntegerDistribution(minimum: 2, maximum: 1) }, "the minimum 2.0 exceeds the maximum 1.0"),
    (
      { _ = try NormalDistribution(mean: 0, standardDeviation: -1) },
      "standardDeviation is -1.0; it must be from 0.0 to 1.0715086071862673e+301"
    ),
    ({ _ = try NormalDistribution(mean: .infinity) }, "mean is inf; it must be a finite number"),
    (
      { _ = try LognormalDistribution(logMean: 0, logStandardDeviation: 13) },
      "logStandardDeviation is 13.0; it must be from 0.0 to 12.0"
    ),
    (
      { _ = try LognormalDistribution(median: 0, logStandardDeviation: 1) },
      "median is 0.0; it must be from 2.409919865102884e-181 to 4.149515568880993e+180"
    ),
    (
      { _ = try ExponentialDistribution(mean: -2) },
      "mean is -2.0; it must be from 0.0 to 1.0715086071862673e+301"
    ),
    (
      { _ = try ParetoDistribution(minimum: 1, maximum: 2, tail: 0) },
      "tail is 0.0; it must be from 0.0009765625 to 1048576.0"
    ),
    (
      { _ = try ParetoDistribution(minimum: 3, maximum: 2, tail: 1) },
      "the minimum 3.0 exceeds the maximum 2.0"
    ),
    (
      { _ = try BetaDistribution(mean: 1, concentration: 8) },
      "mean is 1.0; it must be above 0.0 and below 1.0"
    ),
    (
      { _ = try BetaDistribution(mean: 0.5, concentration: 0) },
      "concentration is 0.0; it must be from 0.002 to 1000000.0"
    ),
    ({ _ = try BetaDistribution(.nan, 1) }, "firstShape is nan; it must be from 0.001 to 1000000.0"),
    ({ _ = try PoissonDistribution(mean: 2e6) }, "mean is 2000000.0; it must be from 0.0 to 1000000.0"),
    (
      { _ = try CategoricalDistribution(weights: [1, -1]) },
      "weight 1 is -1.0; it must be a finite number of at least zero"
    ),
    ({ _ = try CategoricalDistribution(weights: [0, 0]) }, "no weight is positive"),
    ({ _ = try CategoricalDistribution(weights: []) }, "no weight is positive"),
  ]

  @Test("a parameter that cannot be is refused with its name, value and bounds", arguments: refusals.indices)
  func refused(_ index: Int) {
    let (make, message) = Self.refusals[index]
    let error = #expect(throws: DistributionError.self) { try make() }
    #expect(error?.description == message)
  }
}
