/// Sine and cosine for every finite double.
///
/// `x = k π/2 + r` with `|r| <= π/4`, `r` to about 100 bits; `k mod 4` selects ±sin r or ±cos r, which are
/// Taylor polynomials whose remainders on `|r| <= π/4` are below `2⁻⁶³`.
///
/// Up to 2²⁰ the multiple of π/2 is subtracted in four parts, W. Cody and W. Waite, "Software manual for the
/// elementary functions" (1980). Beyond, the bits of `x · 2/π` that matter are computed in integers, M. Payne
/// and R. Hanek, "Radian reduction for trigonometric functions", ACM SIGNUM Newsletter 18 (1983).
extension ElementaryMath {
  package static func sin(_ x: Double) -> Double {
    if x.magnitude < 0x1p-27 { return x }
    guard x.isFinite else { return .nan }
    let (quadrant, r) = reduced(x)
    let value = quadrant & 1 == 0 ? sine(r) : cosine(r)
    return quadrant & 2 == 0 ? value : -value
  }

  package static func cos(_ x: Double) -> Double {
    if x.magnitude < 0x1p-27 { return 1 }
    guard x.isFinite else { return .nan }
    let (quadrant, r) = reduced(x)
    let value = quadrant & 1 == 0 ? cosine(r) : sine(r)
    return (quadrant &+ 1) & 2 == 0 ? value : -value
  }

  /// sin(h + l) = h + (l − l h²/2 − h³/6 + …).
  private static func sine(_ r: Extended) -> Double {
    let square = r.high * r.high
    let series = polynomial(ElementaryTables.sineSeries, count: 8, at: square)
    return r.high + (r.low * (1 - 0.5 * square) + r.high * square * series)
  }

  /// cos(h + l) = 1 − h²/2 + (h⁴/24 − … − l h), the rounding of `1 − h²/2` and of the square added back.
  private static func cosine(_ r: Extended) -> Double {
    let square = Extended(productOf: r.high, r.high)
    let half = 0.5 * square.high
    let head = Extended(sumOf: 1, smaller: -half)
    let series = polynomial(ElementaryTables.cosineSeries, count: 7, at: square.high)
    let tail = square.high * square.high * series - (r.high * r.low + 0.5 * square.low)
    return head.high + (head.low + tail)
  }

  /// The multiple of π/2 next to `x`, modulo four, and the rest.
  private static func reduced(_ x: Double) -> (quadrant: Int, r: Extended) {
    if x.magnitude <= 0x1.921fb54442d18p-1 { return (0, Extended(x, 0)) }
    if x.magnitude > 0x1p20 {
      let (quadrant, r) = reducedByDigits(x.magnitude)
      return x < 0 ? ((0 &- quadrant) & 3, Extended(-r.high, -r.low)) : (quadrant, r)
    }
    let shifted = x * ElementaryTables.twoOverPiRounded + 0x1.8p52
    let k = shifted - 0x1.8p52
    let parts = ElementaryTables.halfPiParts
    let first = x - k * parts[0]
    let second = Extended(sumOf: first, -k * parts[1])
    let third = Extended(sumOf: second.high, -k * parts[2])
    let rest = Extended(sumOf: second.low, third.low - k * parts[3])
    let sum = Extended(sumOf: third.high, rest.high)
    return (Int(shifted.bitPattern & 3), Extended(sumOf: sum.high, smaller: sum.low + rest.low))
  }

  /// The same for `x > 2²⁰` from 192 digits of 2/π.
  ///
  /// With `x = m 2^e`, digits of weight above `2^(1-e)` contribute multiples of four to `x · 2/π` and are
  /// skipped; of the product of `m` with the next 192 digits, the lowest 192 bits are `x · 2/π mod 4` in
  /// units of `2⁻¹⁹⁰`, to within `2⁻¹³⁷`. No double comes closer than about `2⁻⁶²` to a multiple of π/2.
  private static func reducedByDigits(_ x: Double) -> (quadrant: Int, r: Extended) {
    let m = x.significandBitPattern | 1 << 52
    let exponent = Int(x.bitPattern >> 52) - 1075
    // Digit p of 2/π (weight 2^-p) is bit p + 63 of the table, counted from its first bit.
    let start = exponent - 1 + 63
    let (word, shift) = (start >> 6, UInt64(start & 63))
    let table = ElementaryTables.twoOverPi
    func digits(_ index: Int) -> UInt64 {
      shift == 0 ? table[index] : table[index] << shift | table[index + 1] >> (64 - shift)
    }
    let low = m.multipliedFullWidth(by: digits(word + 2))
    let middle = m.multipliedFullWidth(by: digits(word + 1))
    let (b, carry) = middle.low.addingReportingOverflow(low.high)
    let a = (m &* digits(word)) &+ middle.high &+ (carry ? 1 : 0)
    return split(a, b, low.low)
  }

  /// The 192-bit number `a b c`, in units of 2⁻¹⁹⁰ quarter turns, as nearest integer and rest in radians.
  private static func split(_ a: UInt64, _ b: UInt64, _ c: UInt64) -> (quadrant: Int, r: Extended) {
    var quadrant = Int(a >> 62)
    var words = (a << 2 | b >> 62, b << 2 | c >> 62, c << 2)
    let negative = words.0 >> 63 == 1
    if negative {
      // A fraction of one half or more belongs to the next quadrant: subtract it from one.
      quadrant = (quadrant &+ 1) & 3
      words = (~words.0, ~words.1, ~words.2)
    }
    var zeros = words.0.leadingZeroBitCount
    if zeros == 64 {
      words = (words.1, words.2, 0)
      zeros = 64 + words.0.leadingZeroBitCount
    }
    let shift = UInt64(zeros & 63)
    if shift > 0 {
      words.0 = words.0 << shift | words.1 >> (64 - shift)
      words.1 = words.1 << shift | words.2 >> (64 - shift)
    }
    let high = Double(Int64(words.0 >> 11)) * 0x1p-53
    let low = Double(Int64((words.0 & 0x7FF) << 42 | words.1 >> 22)) * 0x1p-106
    let unit = scaled(negative ? -1 : 1, by: -zeros)
    let product = Extended(productOf: high, ElementaryTables.halfPiHigh)
    let rest = product.low + (high * ElementaryTables.halfPiLow + low * ElementaryTables.halfPiHigh)
    let sum = Extended(sumOf: product.high, smaller: rest)
    return (quadrant, Extended(sum.high * unit, sum.low * unit))
  }
}
