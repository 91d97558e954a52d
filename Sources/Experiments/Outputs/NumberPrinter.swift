/// Prints numbers as ASCII, straight into memory; ``ByteText`` is its safe face.
///
/// A `Double` is printed as the decimal with the fewest digits among those that read back as the same number,
/// and of these the nearest, in the very form of `Double.description`: `0.1`, `100000.0`, `1e+16`, `5e-324`,
/// `-0.0`. The digits are found as in R. Giulietti, "The Schubfach way to render doubles" (2020), sections 8
/// and 9, whose names `shortest` takes over; digits become bytes eight at a time within one word, without a
/// division each.
///
/// Whole words are stored, and what lies behind a number's end is overwritten by whatever comes next. Each
/// `write` needs `room` free bytes at `out`, and returns how many of them are the number.
enum NumberPrinter {
  static var room: Int { 40 }

  // MARK: Integers

  @inline(__always)
  static func write(_ integer: Int64, to out: UnsafeMutableRawPointer) -> Int {
    store(UInt8(ascii: "-"), to: out)
    let sign = integer < 0 ? 1 : 0
    return sign &+ write(integer.magnitude, to: out + sign)
  }

  static func write(_ integer: UInt64, to out: UnsafeMutableRawPointer) -> Int {
    if integer < hundredMillion { return writeShort(integer, to: out) }
    let (rest, low) = integer.quotientAndRemainder(dividingBy: hundredMillion)
    if rest < hundredMillion {
      let length = writeShort(rest, to: out)
      store(eightDigits(low) | zeros, to: out + length)
      return length &+ 8
    }
    let (high, middle) = rest.quotientAndRemainder(dividingBy: hundredMillion)
    let length = writeShort(high, to: out)
    store(eightDigits(middle) | zeros, to: out + length)
    store(eightDigits(low) | zeros, to: out + (length &+ 8))
    return length &+ 16
  }

  /// Writes `units` / 10^`decimals` exactly, without zeros at the end: 150 with 2 decimals is `1.5`.
  static func write(_ units: Int64, decimals: Int, to out: UnsafeMutableRawPointer) -> Int {
    precondition((0...16).contains(decimals), "assets have at most 15 decimals")
    let (whole, fraction) = units.magnitude.quotientAndRemainder(dividingBy: smallPowersOfTen[decimals])
    store(UInt8(ascii: "-"), to: out)
    let sign = units < 0 ? 1 : 0
    let length = sign &+ write(whole, to: out + sign)
    guard fraction != 0 else { return length }
    let (high, low) = (fraction &* smallPowersOfTen[16 &- decimals])
      .quotientAndRemainder(dividingBy: hundredMillion)
    let (first, last) = (eightDigits(high), eightDigits(low))
    store(UInt8(ascii: "."), to: out + length)
    store(first | zeros, to: out + (length &+ 1))
    store(last | zeros, to: out + (length &+ 9))
    return length &+ 1 &+ significantDigits(first, last)
  }

  /// 10⁰ … 10¹⁶.
  private static let smallPowersOfTen: [UInt64] = [
    1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
    100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
    10_000_000_000_000_000,
  ]

  // MARK: Doubles

  /// Writes a finite number.
  static func write(_ number: Double, to out: UnsafeMutableRawPointer) -> Int {
    let sign = Int(truncatingIfNeeded: number.bitPattern >> 63)
    let magnitude = number.magnitude.bitPattern
    store(UInt8(ascii: "-"), to: out)
    let start = out + sign
    guard magnitude != 0 else {
      store(UInt64(0x30_2E_30), to: start)
      return sign &+ 3
    }

    // Seventeen digits, zeros at the end included: 0.d₁d₂…d₁₇ · 10^point.
    var (digits, exponent) = shortest(magnitude)
    let isShort = digits < tenQuadrillion
    exponent &-= isShort ? 1 : 0
    digits = isShort ? digits &* 10 : digits
    // Only numbers below the normal ones have fewer than sixteen.
    while digits < tenQuadrillion {
      digits &*= 10
      exponent &-= 1
    }
    let point = exponent &+ 17
    let high = digits / hundredMillion
    let first = high / hundredMillion
    let last = eightDigits(digits &- high &* hundredMillion)
    let middle = eightDigits(high &- first &* hundredMillion)
    let length = 1 &+ significantDigits(middle, last)

    // `description` writes no exponent from 0.0001 to 2⁵³.
    if point > -4, magnitude <= 0x4340_0000_0000_0000 {
      guard point > 0 else {
        store(UInt64(0x3030_3030_3030_2E30), to: start)  // 0.000000
        store(first, middle, last, to: start + (2 &- point))
        return sign &+ 2 &- point &+ length
      }
      // The point goes between the digits of `middle`, or of `last`; those behind it are one byte further.
      store(UInt8(truncatingIfNeeded: first | 0x30), to: start)
      store(middle | zeros, to: start + 1)
      if point <= 9 {
        store((middle | zeros) >> UInt64(truncatingIfNeeded: 8 &* (point &- 1)), to: start + (point &+ 1))
        store(last | zeros, to: start + 10)
      } else {
        store(last | zeros, to: start + 9)
        store((last | zeros) >> UInt64(truncatingIfNeeded: 8 &* (point &- 9)), to: start + (point &+ 1))
      }
      store(UInt8(ascii: "."), to: start + point)
      return sign &+ 1 &+ max(length, point &+ 1)
    }
    store(first, middle, last, to: start + 1)
    store(UInt8(truncatingIfNeeded: first | 0x30), to: start)
    store(UInt8(ascii: "."), to: start + 1)
    let end = length == 1 ? 1 : length &+ 1
    return sign &+ end &+ writeExponent(point &- 1, to: start + end)
  }

  /// `e-05`, `e+16`, `e+308`: a sign and at least two digits.
  @inline(__always)
  private static func writeExponent(_ exponent: Int, to out: UnsafeMutableRawPointer) -> Int {
    store(UInt8(ascii: "e"), to: out)
    store(exponent < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"), to: out + 1)
    let digits = eightDigits(UInt64(truncatingIfNeeded: exponent.magnitude)) | zeros
    let isLong = exponent.magnitude >= 100
    store(digits >> (isLong ? 40 : 48), to: out + 2)
    return isLong ? 5 : 4
  }

  /// The shortest decimal `digits` · 10^`exponent` in the rounding interval of c · 2^q, which is given as the
  /// bits of a positive number. The last of `digits` may be zeros.
  @inline(__always)
  private static func shortest(_ bits: UInt64) -> (digits: UInt64, exponent: Int) {
    let fraction = bits & (1 << 52 - 1)
    let biased = Int(truncatingIfNeeded: bits >> 52)
    guard biased > 0, fraction > 0 else { return shortestOfRare(fraction, biased) }
    return shortest(fraction | 1 << 52, biased &- 1075, isIrregular: false)
  }

  /// Subnormal numbers and powers of two. Doubles below a power of two lie at half the distance of those
  /// above it, except below the first normal.
  @inline(never)
  private static func shortestOfRare(_ fraction: UInt64, _ biased: Int) -> (digits: UInt64, exponent: Int) {
    guard biased > 0 else { return shortest(fraction, -1074, isIrregular: false) }
    return shortest(1 << 52, biased &- 1075, isIrregular: biased > 1)
  }

  @inline(__always)
  private static func shortest(
    _ c: UInt64, _ q: Int, isIrregular: Bool
  ) -> (digits: UInt64, exponent: Int) {
    // The ends of the interval belong to it if c is even: a reader rounds half to even.
    let isOdd = c & 1

    // k = ⌊log₁₀ 2^q⌋, or ⌊log₁₀ ¾·2^q⌋ for the shorter interval; h shifts g · 10^k into place.
    let k = (q &* 1_262_611 &- (isIrregular ? 524_031 : 0)) >> 22
    let h = UInt64(truncatingIfNeeded: q &+ (-k &* 1_741_647) >> 19 &+ 1)
    let place = 2 &* (-k &- PowersOfTen.first)
    let g = (high: PowersOfTen.significands[place], low: PowersOfTen.significands[place &+ 1])

    // Four times the number and the ends of its interval, over 10^k.
    let lower = scaled(g, (c << 2 &- (isIrregular ? 1 : 2)) &<< h) &+ isOdd
    let upper = scaled(g, (c << 2 &+ 2) &<< h) &- isOdd
    let value = scaled(g, (c << 2) &<< h)

    // One digit less, if exactly one of its neighbours lies within.
    let s = value >> 2
    let tens = s / 10
    let isTensWithin = lower <= tens &* 40
    let isNextTensWithin = tens &* 40 &+ 40 <= upper
    let rounded = (tens &+ (isNextTensWithin ? 1 : 0)) &* 10
    // Otherwise all digits: the nearest, of two the even. It lies within, unless the interval is the shorter
    // one; then the next one does.
    let nearest = (value &+ 1 &+ (s & 1)) >> 2
    let full = nearest &+ (isIrregular && nearest << 2 < lower ? 1 : 0)
    // Which of the two it is cannot be foretold, so no branch is taken.
    let mask: UInt64 = isTensWithin != isNextTensWithin ? .max : 0
    return (full ^ (full ^ rounded) & mask, k)
  }

  /// ⌊g · x / 2¹²⁷⌋, its last bit set if anything was cut off ("round to odd", section 9).
  @inline(__always)
  private static func scaled(_ g: (high: UInt64, low: UInt64), _ x: UInt64) -> UInt64 {
    let low = g.low.multipliedFullWidth(by: x).high
    let high = g.high.multipliedFullWidth(by: x)
    let (middle, carry) = high.low.addingReportingOverflow(low)
    return (high.high &+ (carry ? 1 : 0)) | (middle > 1 ? 1 : 0)
  }

  // MARK: Digits

  private static var hundredMillion: UInt64 { 100_000_000 }
  private static var tenQuadrillion: UInt64 { 10_000_000_000_000_000 }

  /// Eight times the digit `0`.
  private static var zeros: UInt64 { 0x3030_3030_3030_3030 }

  /// The digits of an integer below 10⁸, one a byte, the first in the lowest.
  ///
  /// The word is split three times: into 10⁴ in lanes of 32 bits, 100 in lanes of 16, 10 in lanes of 8. In
  /// these ranges ⌊x/100⌋ = ⌊10,486 x / 2²⁰⌋ and ⌊x/10⌋ = ⌊103 x / 2¹⁰⌋.
  @inline(__always)
  private static func eightDigits(_ integer: UInt64) -> UInt64 {
    let tenThousands = integer / 10_000
    var lanes = tenThousands | (integer &- tenThousands &* 10_000) << 32
    let hundreds = (lanes &* 10_486) >> 20 & 0x0000_007F_0000_007F
    lanes = hundreds | (lanes &- hundreds &* 100) << 16
    let tens = (lanes &* 103) >> 10 & 0x000F_000F_000F_000F
    return tens | (lanes &- tens &* 10) << 8
  }

  /// How many of sixteen digits there are up to the last that is not zero.
  @inline(__always)
  private static func significantDigits(_ first: UInt64, _ last: UInt64) -> Int {
    last == 0 ? 8 &- first.leadingZeroBitCount >> 3 : 16 &- last.leadingZeroBitCount >> 3
  }

  /// An integer below 10⁸ without zeros in front.
  @inline(__always)
  private static func writeShort(_ integer: UInt64, to out: UnsafeMutableRawPointer) -> Int {
    let digits = eightDigits(integer)
    // Zeros in front are at the low end of the word; the last digit is written whatever it is.
    let skipped = (digits | 1 << 56).trailingZeroBitCount & ~7
    store((digits | zeros) >> UInt64(truncatingIfNeeded: skipped), to: out)
    return 8 &- skipped >> 3
  }

  @inline(__always)
  private static func store(_ word: UInt64, to out: UnsafeMutableRawPointer) {
    out.storeBytes(of: word.littleEndian, as: UInt64.self)
  }

  @inline(__always)
  private static func store(_ byte: UInt8, to out: UnsafeMutableRawPointer) {
    out.storeBytes(of: byte, as: UInt8.self)
  }

  /// One digit and twice eight.
  @inline(__always)
  private static func store(
    _ first: UInt64, _ middle: UInt64, _ last: UInt64, to out: UnsafeMutableRawPointer
  ) {
    store(UInt8(truncatingIfNeeded: first | 0x30), to: out)
    store(middle | zeros, to: out + 1)
    store(last | zeros, to: out + 9)
  }
}
