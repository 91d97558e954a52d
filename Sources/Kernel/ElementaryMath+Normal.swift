/// The standard normal distribution function Φ, its upper tail Q = 1 − Φ, and its inverse.
///
/// Mathematics. For `z >= 0`, through Mills' ratio Q/φ:
///
///     Q(z) = exp(−z²/2) · g(z) / (1 + 5z/4),    g(z) = (1 + 5z/4) exp(z²/2) Q(z)
///
/// where `g` stays between 0.49 and 0.6 for all `z`, so that a polynomial on each eighth of a binade of
/// `z + 1` gives it to 57 bits (M. Shepherd and J. Laframboise, "Chebyshev approximation of (1 + 2x) exp(x²)
/// erfc x", Mathematics of Computation 36 (1981), use the same idea with one expansion). The exponent `z²/2`
/// is kept in two parts, or its rounding would cost `z²/2` units in the last place.
///
/// The inverse follows M. Wichura, "Algorithm AS 241: the percentage points of the normal distribution",
/// Applied Statistics 37 (1988), in its choice of variables, with own piecewise polynomials: near the middle
/// `Φ⁻¹(½ + q) = q · f(q²)`, in the tails `Φ⁻¹(p) = −h(√(−2 log p))`.
extension ElementaryMath {
  /// Φ(x), with full relative accuracy in the lower tail down to the smallest positive double.
  package static func normalCDF(_ x: Double) -> Double {
    if x.isNaN { return x }
    if x <= 0 { return upperTail(-x) }
    return 1 - upperTail(x)
  }

  /// Q(z) for `z >= 0`.
  private static func upperTail(_ z: Double) -> Double {
    if z > 38.75 { return 0 }
    let v = z + 1
    // Three bits after the leading one choose an eighth of a binade; its middle is the next bit set, rest
    // clear.
    let piece = Int(v.bitPattern >> 49) - 0x1FF8
    let middle = Double(bitPattern: (v.bitPattern & 0xFFFE_0000_0000_0000) | 0x0001_0000_0000_0000)
    let s = z - (middle - 1)
    let g = polynomial(NormalTables.millsPieces, from: 11 * piece, count: 11, at: s)
    let square = Extended(productOf: z, z)
    let (head, tail, exponent) = exponential(-0.5 * square.high, -0.5 * square.low)
    return scaled((head + tail) * (g / (1 + 1.25 * z)), by: exponent)
  }

  /// φ(x) = exp(−x²/2) / √(2π).
  package static func normalDensity(_ x: Double) -> Double {
    if x.isNaN { return x }
    if x.magnitude > 39 { return 0 }
    let square = Extended(productOf: x, x)
    let (head, tail, exponent) = exponential(-0.5 * square.high, -0.5 * square.low)
    return scaled((head + tail) * squareRoot(ElementaryTables.inverseTwoPi), by: exponent)
  }

  /// Φ⁻¹(p): −∞ at 0, ∞ at 1, NaN outside. `Φ⁻¹(1 − p) == −Φ⁻¹(p)` whenever `1 − p` is exact.
  package static func normalQuantile(_ p: Double) -> Double {
    let q = p - 0.5
    if q.magnitude < 0.375 {
      let w = q * q
      let piece = Int(w * 128)
      let s = w - (Double(piece) + 0.5) * 0x1p-7
      return q * polynomial(NormalTables.quantileCentre, from: 12 * piece, count: 12, at: s)
    }
    if p > 0 && p < 0.5 { return -tailQuantile(p) }
    if p > 0.5 && p < 1 { return tailQuantile(1 - p) }
    if p == 0 { return -.infinity }
    return p == 1 ? .infinity : .nan
  }

  /// z with Q(z) = p, for `0 < p <= 1/8`, so that `r > 2`.
  private static func tailQuantile(_ p: Double) -> Double {
    // r = √(−2 log p) in two parts: the second is one step of Newton's iteration.
    let logarithm = extendedLogarithm(p)
    let r = squareRoot(-2 * logarithm.high)
    let square = Extended(productOf: r, r)
    let rest = ((-2 * logarithm.high - square.high) - (square.low + 2 * logarithm.low)) / (2 * r)
    let piece = Int(r.bitPattern >> 49) - 0x2000
    let middle = Double(bitPattern: (r.bitPattern & 0xFFFE_0000_0000_0000) | 0x0001_0000_0000_0000)
    let s = (r - middle) + rest
    return polynomial(NormalTables.quantileTail, from: 11 * piece, count: 11, at: s)
  }
}
