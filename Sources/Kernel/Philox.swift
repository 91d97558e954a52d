/// The counter-based generator Philox4x32: a keyed bijection of 128-bit counters that leaves no visible pattern.
///
/// With `(c0, c1, c2, c3)` the counter and `(k0, k1)` the key, one round is
///
///     (c0, c1, c2, c3)  <-  (high(M1 c2) ^ c1 ^ k0,  low(M1 c2),  high(M0 c0) ^ c3 ^ k1,  low(M0 c0))
///
/// where `high` and `low` are the halves of a 64-bit product; between rounds the key grows by `(W0, W1)`. Ten
/// rounds are the default of the authors, and the only count that simulations use.
///
///     Philox4x32.block(counter: [0, 0, 0, 0], key: [0, 0])   // [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]
///
/// A draw depends on nothing but counter and key: there is no state to advance, hence no order to preserve.
///
/// J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC '11, section 3.3.
package enum Philox4x32 {
  package static let defaultRounds = 10

  /// Multipliers M0, M1 (section 3.3) and key increments W0, W1 (golden ratio and root of three, less one).
  private static var multiplier0: UInt64 { 0xD251_1F53 }
  private static var multiplier1: UInt64 { 0xCD9E_8D57 }
  private static var increment0: UInt32 { 0x9E37_79B9 }
  private static var increment1: UInt32 { 0xBB67_AE85 }

  /// The four outputs that belong to one counter.
  package static func block(
    counter: SIMD4<UInt32>, key: SIMD2<UInt32>, rounds: Int = defaultRounds
  ) -> SIMD4<UInt32> {
    var (c0, c1, c2, c3) = (counter[0], counter[1], counter[2], counter[3])
    var (k0, k1) = (key[0], key[1])
    for _ in 0..<rounds {
      let p0 = multiplier0 &* UInt64(c0)
      let p1 = multiplier1 &* UInt64(c2)
      (c0, c2) = (
        UInt32(truncatingIfNeeded: p1 >> 32) ^ c1 ^ k0, UInt32(truncatingIfNeeded: p0 >> 32) ^ c3 ^ k1
      )
      c1 = UInt32(truncatingIfNeeded: p1)
      c3 = UInt32(truncatingIfNeeded: p0)
      k0 &+= increment0
      k1 &+= increment1
    }
    return SIMD4(c0, c1, c2, c3)
  }

  /// The blocks of eight counters that differ in their first word only (`counter[0]`, then `+ 1` … `+ 7`), as
  /// sixteen 64-bit words in the order of the blocks.
  ///
  /// A product of two 32-bit numbers in a 64-bit lane is one instruction from SSE2 and NEON on, so that four
  /// lanes at a time run at about twice the speed of scalar code. The upper halves of the lanes carry rubbish
  /// between rounds; only lower halves enter a product.
  static func fill(
    _ words: inout InlineArray<16, UInt64>, counter: SIMD4<UInt32>, key: SIMD2<UInt32>
  ) {
    let first = UInt64(counter[0])
    for half in 0..<2 {
      let start = first &+ UInt64(truncatingIfNeeded: 4 &* half)
      let (low, high) = fourBlocks(
        SIMD4(start, start &+ 1, start &+ 2, start &+ 3), UInt64(counter[1]), UInt64(counter[2]),
        UInt64(counter[3]), key: key)
      for lane in 0..<4 {
        words[8 &* half &+ 2 &* lane] = low[lane]
        words[8 &* half &+ 2 &* lane &+ 1] = high[lane]
      }
    }
  }

  /// Ten rounds on four counters; per counter the words `c0 | c1 << 32` and `c2 | c3 << 32`.
  @inline(__always)
  private static func fourBlocks(
    _ first: SIMD4<UInt64>, _ second: UInt64, _ third: UInt64, _ fourth: UInt64, key: SIMD2<UInt32>
  ) -> (low: SIMD4<UInt64>, high: SIMD4<UInt64>) {
    let lower = SIMD4<UInt64>(repeating: 0xFFFF_FFFF)
    let m0 = SIMD4<UInt64>(repeating: multiplier0)
    let m1 = SIMD4<UInt64>(repeating: multiplier1)
    var (c0, c1) = (first, SIMD4<UInt64>(repeating: second))
    var (c2, c3) = (SIMD4<UInt64>(repeating: third), SIMD4<UInt64>(repeating: fourth))
    var (k0, k1) = (key[0], key[1])
    for _ in 0..<defaultRounds {
      let p0 = m0 &* (c0 & lower)
      let p1 = m1 &* (c2 & lower)
      c0 = (p1 &>> 32) ^ c1 ^ SIMD4(repeating: UInt64(k0))
      c2 = (p0 &>> 32) ^ c3 ^ SIMD4(repeating: UInt64(k1))
      c1 = p1
      c3 = p0
      k0 &+= increment0
      k1 &+= increment1
    }
    return ((c0 & lower) | (c1 &<< 32), (c2 & lower) | (c3 &<< 32))
  }
}
