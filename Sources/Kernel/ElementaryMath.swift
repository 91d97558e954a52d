/// Elementary functions that give the same bits on every machine.
///
///     ElementaryMath.exp(1)      // 2.718281828459045
///     ElementaryMath.pow(2, 0.5)
///
/// The C library picks code by processor, and its results change with it. Here every result follows from
/// `+ − × ÷ √`, which IEEE 754 rounds correctly everywhere, and from moving bits; products are never fused
/// with sums. Errors against 50-digit references, in units of the last place, are held by
/// `ElementaryMathTests` below 0.52 for log, 0.6 for exp, log1p and pow, 0.75 for sin and cos, 1.5 for expm1,
/// 2 for normalQuantile, 4 for normalCDF; the square root is exact to half a unit.
/// Special values follow IEEE 754-2019, section 9.2: domain errors give NaN, poles give infinities.
///
/// The scheme is that of P. Tang, "Table-driven implementation of the exponential function in IEEE
/// floating-point arithmetic" (ACM TOMS 15, 1989) and "… of the logarithm function …" (ACM TOMS 16, 1990),
/// with own tables. Exact sums and products are those of T. Dekker, "A floating-point technique for extending
/// the available precision", Numerische Mathematik 18 (1971).
package enum ElementaryMath {
  /// An unevaluated sum `high + low` with `|low|` at most half a unit in the last place of `high`.
  struct Extended {
    var high: Double
    var low: Double

    @inline(__always)
    init(_ high: Double, _ low: Double) {
      self.high = high
      self.low = low
    }

    /// `a + b` exactly, if `|a| >= |b|` or `a == 0`.
    @inline(__always)
    init(sumOf a: Double, smaller b: Double) {
      high = a + b
      low = b - (high - a)
    }

    /// `a + b` exactly (D. Knuth, "The Art of Computer Programming" 2, theorem 4.2.2B).
    @inline(__always)
    init(sumOf a: Double, _ b: Double) {
      high = a + b
      let rest = high - a
      low = (a - (high - rest)) + (b - rest)
    }

    /// `a * b` to 2⁻¹⁰⁴, while products of their halves neither overflow nor underflow.
    @inline(__always)
    init(productOf a: Double, _ b: Double) {
      let (a1, a0) = Extended.halves(a)
      let (b1, b0) = Extended.halves(b)
      high = a * b
      low = ((a1 * b1 - high) + a1 * b0 + a0 * b1) + a0 * b0
    }

    /// The upper 26 bits of `x` (by truncation) and the rest.
    @inline(__always)
    static func halves(_ x: Double) -> (Double, Double) {
      let upper = Double(bitPattern: x.bitPattern & 0xFFFF_FFFF_F800_0000)
      return (upper, x - upper)
    }
  }

  /// `c[0] + c[1] x + …` by Horner's rule over `count` coefficients from `start`.
  @inline(__always)
  static func polynomial(_ table: [Double], from start: Int = 0, count: Int, at x: Double) -> Double {
    var index = start + count - 1
    var sum = table[index]
    while index > start {
      index -= 1
      sum = sum * x + table[index]
    }
    return sum
  }

  /// `x * 2^exponent`, rounded once into the subnormal range.
  @inline(__always)
  static func scaled(_ x: Double, by exponent: Int) -> Double {
    if exponent >= -1021 && exponent <= 1023 { return x * power(exponent) }
    if exponent > 1023 { return x * 0x1p1023 * power(min(exponent - 1023, 1023)) }
    return x * power(max(exponent + 1000, -1022)) * 0x1p-1000
  }

  /// `2^exponent` for normal results.
  @inline(__always)
  private static func power(_ exponent: Int) -> Double {
    Double(bitPattern: UInt64(truncatingIfNeeded: exponent &+ 1023) << 52)
  }

  // MARK: Exponential

  /// exp(high + low) = (head + tail) 2^exponent.
  ///
  /// `high = n log 2 / 128 + r` with `|r| <= log 2 / 256`, `n = 128 exponent + j`; then
  /// `exp = 2^exponent · 2^(j/128) · (1 + r + r²/2 + … + r⁶/720)`, whose remainder is below `2⁻⁷⁰`.
  @inline(__always)
  static func exponential(_ high: Double, _ low: Double) -> (head: Double, tail: Double, exponent: Int) {
    let shifted = high * ElementaryTables.exponentStepInverse + 0x1.8p52
    let steps = shifted - 0x1.8p52
    let n = Int(Int32(truncatingIfNeeded: shifted.bitPattern))
    let r =
      ((high - steps * ElementaryTables.exponentStepHigh) - steps * ElementaryTables.exponentStepLow) + low
    let square = r * r
    let fourth = (1.0 / 24.0 + r * (1.0 / 120.0)) + square * (1.0 / 720.0)
    let growth = r + square * ((0.5 + r * (1.0 / 6.0)) + square * fourth)
    let j = (n & 127) << 1
    let head = ElementaryTables.powersOfTwo[j]
    return (head, ElementaryTables.powersOfTwo[j + 1] + head * growth, n >> 7)
  }

  /// eˣ.
  package static func exp(_ x: Double) -> Double {
    if x.magnitude < 0x1p-54 { return 1 + x }
    guard x <= 0x1.62e42fefa39efp9 else { return x.isNaN ? x : .infinity }
    guard x >= -0x1.74910d52d3052p9 else { return 0 }
    let (head, tail, exponent) = exponential(x, 0)
    return scaled(head + tail, by: exponent)
  }

  /// eˣ − 1, without cancellation near zero.
  package static func expm1(_ x: Double) -> Double {
    let magnitude = x.magnitude
    if magnitude < 0x1p-54 { return x }
    if magnitude < 0x1.6p-9 {
      let square = x * x
      let series = (1.0 / 6.0 + x * (1.0 / 24.0)) + square * (1.0 / 120.0 + x * (1.0 / 720.0))
      return x + (0.5 * square + square * x * series)
    }
    guard x <= 0x1.62e42fefa39efp9 else { return x.isNaN ? x : .infinity }
    guard x >= -40 else { return -1 }
    let (head, tail, exponent) = exponential(x, 0)
    if exponent > 60 { return scaled(head + tail, by: exponent) }
    let difference = Extended(sumOf: scaled(head, by: exponent), -1)
    return difference.high + (difference.low + scaled(tail, by: exponent))
  }

  // MARK: Logarithm

  /// The parts of log((z + rest) 2^k) for `z` in [0.6875, 1.375): with the table's `c` near `1/z` and
  /// `r = c (z + rest) − 1`, the logarithm is `base + baseLow + log(1 + r + low)`, `|r| < 2⁻⁷`. `base` is
  /// exact because both summands are multiples of `2⁻⁴²`; `r + low` is exact because `c` has ten bits.
  private struct LogarithmParts {
    let base: Double
    let baseLow: Double
    let r: Double
    let low: Double

    @inline(__always)
    init(bits: UInt64, rest: Double, scale: Int) {
      let offset = bits &- 0x3FE6_0000_0000_0000
      let piece = 3 * Int((offset >> 45) & 127)
      let k = Int(Int64(bitPattern: offset) >> 52)
      let z = Double(bitPattern: bits &- (offset & 0xFFF0_0000_0000_0000))
      let count = Double(k + scale)
      let c = ElementaryTables.logPieces[piece]
      let upper = Double(bitPattern: z.bitPattern & 0xFFFF_FFFF_FFFF_E000)
      let sum = Extended(sumOf: upper * c - 1, smaller: (z - upper) * c)
      r = sum.high
      low = rest == 0 ? sum.low : sum.low + scaled(rest, by: -k) * c
      base = count * ElementaryTables.logTwoHigh + ElementaryTables.logPieces[piece + 1]
      baseLow = count * ElementaryTables.logTwoLow + ElementaryTables.logPieces[piece + 2]
    }

    /// r³/3 − r⁴/4 + … − r¹⁰/10.
    @inline(__always)
    var cubic: Double {
      let square = r * r
      let c = ElementaryTables.logSeries
      let first = (c[0] + r * c[1]) + square * (c[2] + r * c[3])
      let second = (c[4] + r * c[5]) + square * (c[6] + r * c[7])
      return r * square * (first + square * square * second)
    }

    @inline(__always)
    var value: Double {
      let sum = Extended(sumOf: base, smaller: r)
      return sum.high + (sum.low + (baseLow + (low - r * low) + (cubic - 0.5 * (r * r))))
    }

    /// The same to about 66 bits: the square is kept exactly.
    @inline(__always)
    var extended: Extended {
      let sum = Extended(sumOf: base, smaller: r)
      let square = Extended(productOf: r, r)
      let second = Extended(sumOf: sum.high, smaller: -0.5 * square.high)
      let rest = (cubic - (0.5 * square.low + r * low)) + (low + baseLow) + sum.low
      return Extended(sumOf: second.high, smaller: second.low + rest)
    }
  }

  /// log x to about 66 bits for finite `x > 0`.
  @inline(__always)
  static func extendedLogarithm(_ x: Double) -> Extended {
    if x < 0x1p-1022 { return LogarithmParts(bits: (x * 0x1p54).bitPattern, rest: 0, scale: -54).extended }
    return LogarithmParts(bits: x.bitPattern, rest: 0, scale: 0).extended
  }

  /// Natural logarithm.
  package static func log(_ x: Double) -> Double {
    if x >= 0x1p-1022 && x < .infinity { return LogarithmParts(bits: x.bitPattern, rest: 0, scale: 0).value }
    if x > 0 && x < 1 { return LogarithmParts(bits: (x * 0x1p54).bitPattern, rest: 0, scale: -54).value }
    if x == 0 { return -.infinity }
    return x < 0 ? .nan : x
  }

  /// log(1 + x), without cancellation near zero.
  package static func log1p(_ x: Double) -> Double {
    if x.magnitude < 0x1p-54 { return x }
    guard x > -1 else { return x == -1 ? -.infinity : .nan }
    guard x < .infinity else { return x }
    let sum = Extended(sumOf: 1, x)
    return LogarithmParts(bits: sum.high.bitPattern, rest: sum.low, scale: 0).value
  }

  // MARK: Power

  /// xʸ = exp(y log x) with the logarithm to 66 bits, special values as IEEE 754 `pow`.
  package static func pow(_ x: Double, _ y: Double) -> Double {
    if y == 0 || x == 1 { return 1 }
    if x.isNaN || y.isNaN { return .nan }
    let base = x.magnitude
    let parity = integerParity(y)
    let negative = x.sign == .minus && parity == .odd
    if base == 0 || base == .infinity {
      let large = (base == 0) == (y < 0)
      let result = large ? Double.infinity : 0
      return negative ? -result : result
    }
    if y.isInfinite {
      if base == 1 { return 1 }
      return (base > 1) == (y > 0) ? .infinity : 0
    }
    if x < 0 && parity == .none { return .nan }
    let result = positivePower(base, y)
    return negative ? -result : result
  }

  private static func positivePower(_ base: Double, _ y: Double) -> Double {
    if base == 1 { return 1 }
    if y.magnitude > 0x1p70 { return (base > 1) == (y > 0) ? .infinity : 0 }
    let logarithm = extendedLogarithm(base)
    let product = Extended(productOf: y, logarithm.high)
    let low = product.low + y * logarithm.low
    if product.high.magnitude < 0x1p-60 { return 1 + product.high }
    if product.high > 710 { return .infinity }
    if product.high < -746 { return 0 }
    let (head, tail, exponent) = exponential(product.high, low)
    return scaled(head + tail, by: exponent)
  }

  private enum Parity { case none, even, odd }

  /// Whether `y` is an odd or even integer; every double from 2⁵³ on is an even one.
  private static func integerParity(_ y: Double) -> Parity {
    let magnitude = y.magnitude
    if magnitude >= 0x1p53 { return .even }
    let whole = Int64(magnitude)
    if Double(whole) != magnitude { return .none }
    return whole & 1 == 1 ? .odd : .even
  }
}
