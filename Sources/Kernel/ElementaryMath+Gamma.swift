/// The gamma function's logarithm and the incomplete beta and gamma integrals.
///
/// Mathematics. Everything rests on Stirling's formula with its error term made explicit,
///
///     log Γ(z) = (z − ½) log z − z + ½ log 2π + δ(z),   δ(z) ~ Σ B₂ₙ / (2n (2n−1) z²ⁿ⁻¹)
///
/// and `δ(z) = δ(z+1) + (z + ½) log(1 + 1/z) − 1` for small `z` (NIST Digital Library of Mathematical
/// Functions 5.11.1 and 5.5.1). Powers that nearly cancel are combined before exponentiation, as in C.
/// Loader, "Fast and accurate computation of binomial probabilities" (2000): with `λ(t) = log(1 + t) − t`,
///
///     xᵃ e⁻ˣ / Γ(a)    = √(a / 2π) exp(a λ(x/a − 1) − δ(a))
///     xᵃ yᵇ / B(a, b)  = √(ab / 2π(a+b)) exp(a λ(d/x₀) + b λ(−d/y₀) + δ(a+b) − δ(a) − δ(b))
///
/// for `x + y = 1`, `x₀ = a/(a+b)`, `y₀ = b/(a+b)`, `d = x − x₀`.
extension ElementaryMath {
  /// log Γ(x) for `x > 0`; NaN otherwise. Its error is a few units of 1e-16 times `max(1, |result|)`.
  package static func logGamma(_ x: Double) -> Double {
    guard x > 0 else { return x == 0 ? .infinity : .nan }
    guard x < .infinity else { return x }
    if x < 0x1p-60 { return -log(x) }
    return ((x - 0.5) * log(x) - x) + (ElementaryTables.logSqrtTwoPi + stirlingError(x))
  }

  /// δ(z), `z > 0`.
  static func stirlingError(_ z: Double) -> Double {
    var (sum, argument) = (0.0, z)
    while argument < 10 {
      // (z + ½) log(1 + 1/z) − 1, through λ where the logarithm is close to 1/z.
      let inverse = 1 / argument
      sum +=
        inverse > 0.25
        ? (argument + 0.5) * log1p(inverse) - 1
        : (argument + 0.5) * logDefect(inverse, ratio: 1 + inverse) + 0.5 * inverse
      argument += 1
    }
    let inverse = 1 / argument
    return sum + inverse * polynomial(ElementaryTables.stirlingSeries, count: 8, at: inverse * inverse)
  }

  /// λ(t) = log(1 + t) − t, `t > −1`.
  ///
  /// With `s = t / (2 + t)`, `log(1 + t) = 2 artanh s` and `2s − t = −s t`, so that
  /// `λ = −s t + s³ (2/3 + 2s²/5 + …)`.
  ///
  /// `ratio` is 1 + t as the caller knows it: near zero it says what `t`, next to −1, no longer can.
  static func logDefect(_ t: Double, ratio: Double) -> Double {
    if t.magnitude > 0.25 { return log(ratio) - t }
    let s = t / (2 + t)
    let square = s * s
    return s * square * polynomial(ElementaryTables.arctangentSeries, count: 11, at: square) - s * t
  }

  /// Both regularised incomplete gamma integrals, `lower + upper = 1`.
  ///
  /// `lower = P(a, x) = γ(a, x) / Γ(a)`: by its series (DLMF 8.7.1) below `a + 1`, else from the continued
  /// fraction of Q (DLMF 8.9.2) by Lentz's recurrence. About `6 √a` terms near `x = a`. For `a > 0`,
  /// `x >= 0`.
  package static func incompleteGamma(_ a: Double, _ x: Double) -> (lower: Double, upper: Double) {
    guard a > 0 && x >= 0 else { return (.nan, .nan) }
    if x == 0 { return (0, 1) }
    if x == .infinity { return (1, 0) }
    let factor = gammaFactor(a, x)
    if x < a + 1 {
      var (term, sum, n) = (1 / a, 1 / a, a)
      while term > sum * 0x1p-56 {
        n += 1
        term *= x / n
        sum += term
      }
      let lower = factor * sum
      return (lower, 1 - lower)
    }
    var fraction = ContinuedFraction(first: x + 1 - a)
    var n = 0.0
    repeat {
      n += 1
      fraction.append(numerator: n * (a - n), denominator: x + 1 - a + 2 * n)
    } while !fraction.hasConverged
    let upper = factor / fraction.value
    return (1 - upper, upper)
  }

  /// xᵃ e⁻ˣ / Γ(a).
  static func gammaFactor(_ a: Double, _ x: Double) -> Double {
    squareRoot(a * ElementaryTables.inverseTwoPi)
      * exp(a * logDefect((x - a) / a, ratio: x / a) - stirlingError(a))
  }

  /// Both regularised incomplete beta integrals, `lower = I_x(a, b)`, `upper = I_y(b, a)`, for `x + y = 1`.
  ///
  /// Both arguments are asked for, since `1 − x` may have lost what matters.
  package static func incompleteBeta(
    _ a: Double, _ b: Double, at x: Double, complement y: Double
  ) -> (lower: Double, upper: Double) {
    guard a > 0 && b > 0 && x >= 0 && y >= 0 else { return (.nan, .nan) }
    return BetaIntegral(a, b).values(at: x, complement: y)
  }

  /// The incomplete beta integral of given shapes, with what does not depend on the argument computed once.
  struct BetaIntegral: Sendable {
    let a: Double
    let b: Double
    private let sum: Double
    /// √(ab / 2π(a+b)) and δ(a+b) − δ(a) − δ(b).
    private let scale: Double
    private let correction: Double

    init(_ a: Double, _ b: Double) {
      (self.a, self.b, sum) = (a, b, a + b)
      scale = squareRoot(a / sum * b * ElementaryTables.inverseTwoPi)
      correction = stirlingError(sum) - stirlingError(a) - stirlingError(b)
    }

    /// xᵃ yᵇ / B(a, b).
    func factor(at x: Double, complement y: Double) -> Double {
      // d = x − a/(a+b), from the smaller of x and y.
      let d = x <= y ? x * sum - a : b - y * sum
      let first = a * logDefect(d / a, ratio: x * sum / a)
      let second = b * logDefect(-d / b, ratio: y * sum / b)
      return scale * exp(first + second + correction)
    }

    /// log (a B(a, b)), free of the cancellation that three values of log Γ would bring.
    var logLeadingScale: Double {
      log(a) - log(scale) - correction - a * log(sum / a) - b * log1p(a / b)
    }

    /// The continued fraction DLMF 8.17.22, on the side of the mean where it converges fast.
    func values(at x: Double, complement y: Double) -> (lower: Double, upper: Double) {
      if x == 0 { return (0, 1) }
      if y == 0 { return (1, 0) }
      let factor = factor(at: x, complement: y)
      if x * (sum + 2) < a + 1 {
        let lower = factor / (a * betaFraction(a, b, at: x))
        return (lower, 1 - lower)
      }
      let upper = factor / (b * betaFraction(b, a, at: y))
      return (1 - upper, upper)
    }
  }

  private static func betaFraction(_ a: Double, _ b: Double, at x: Double) -> Double {
    var fraction = ContinuedFraction(first: 1)
    var m = 0.0
    repeat {
      fraction.append(
        numerator: -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)), denominator: 1)
      m += 1
      fraction.append(numerator: m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), denominator: 1)
    } while !fraction.hasConverged
    return fraction.value
  }

  /// `b₀ + a₁ / (b₁ + a₂ / (b₂ + …))`, extended term by term.
  ///
  /// W. Lentz, "Generating Bessel functions in Mie scattering calculations", Applied Optics 15 (1976), with
  /// the guard against zeros of I. Thompson and A. Barnett, Journal of Computational Physics 64 (1986).
  private struct ContinuedFraction {
    private(set) var value: Double
    private var upper: Double
    private var lower = 0.0
    private var change = 0.0
    private var terms = 0

    init(first: Double) {
      value = first == 0 ? 0x1p-600 : first
      upper = value
    }

    mutating func append(numerator: Double, denominator: Double) {
      lower = denominator + numerator * lower
      if lower == 0 { lower = 0x1p-600 }
      upper = denominator + numerator / upper
      if upper == 0 { upper = 0x1p-600 }
      lower = 1 / lower
      change = upper * lower
      value *= change
      terms += 1
    }

    /// A hundred thousand terms are far beyond the shapes that distributions admit; the limit only makes the
    /// loop finite.
    var hasConverged: Bool { (change - 1).magnitude <= 0x1p-51 || terms > 100_000 }
  }
}
