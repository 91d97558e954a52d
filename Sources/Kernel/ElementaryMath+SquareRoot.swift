/// The square root, rounded correctly, without the C library.
///
///     ElementaryMath.squareRoot(2)     // the same bits as 2.0.squareRoot()
///
/// The standard library's `squareRoot()` rounds correctly too, but on Linux it leaves negative numbers (and,
/// in debug builds, all) to `sqrt` of libm, so that whatever uses it has to link libm. This module links
/// nothing.
///
/// Write `x = p 2^(2k)` with an integer `p` in [2⁵², 2⁵⁴). Newton's iteration finds `Y` within one unit of
/// `√(2⁵² p)`; `Y` is the rounded root if and only if `Y² − Y < 2⁵² p <= Y² + Y`, which integers decide
/// exactly: the difference `2⁵² p − Y²` is small enough to be computed modulo 2⁶⁴.
extension ElementaryMath {
  package static func squareRoot(_ x: Double) -> Double {
    guard x > 0 && x < .infinity else { return x == 0 || x == .infinity ? x : .nan }
    if x < 0x1p-1022 { return squareRoot(x * 0x1p108) * 0x1p-54 }
    // x = p 2^exponent, made even by doubling p.
    var p = x.significandBitPattern | 1 << 52
    var exponent = Int(x.bitPattern >> 52) - 1075
    if exponent & 1 != 0 {
      p <<= 1
      exponent -= 1
    }
    let radicand = Double(Int64(p))
    // Linear guesses on either binade, within 1 %; the error squares with each step: 5e-5, 1e-9, 1e-18.
    var y =
      p < 1 << 53
      ? (0.58984375 + radicand * 0x1p-52 * 0.41796875) * 0x1p26
      : (0.833984375 + radicand * 0x1p-52 * 0.294921875) * 0x1p26
    y = 0.5 * (y + radicand / y)
    y = 0.5 * (y + radicand / y)
    y = 0.5 * (y + radicand / y)
    var root = Int64(y * 0x1p26)
    let difference = Int64(bitPattern: (p << 52) &- UInt64(root) &* UInt64(root))
    if difference > root { root += 1 }
    if difference <= -root { root -= 1 }
    return scaled(Double(root), by: (exponent >> 1) - 26)
  }
}
