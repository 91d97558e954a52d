/// The counter-based generator Philox4x32: a keyed bijection of 128-bit counters that leaves no visible
/// pattern.
///
/// With `(c0, c1, c2, c3)` the counter and `(k0, k1)` the key, one round is
///
///     (c0, c1, c2, c3)  <-  (high(M1 c2) ^ c1 ^ k0,  low(M1 c2),  high(M0 c0) ^ c3 ^ k1,  low(M0 c0))
///
/// where `high` and `low` are the halves of a 64-bit product; between rounds the key grows by `(W0, W1)`. Ten
/// rounds are the default of the authors, and the only count that simulations use.
///
///     Philox4x32.block(counter: [0, 0, 0, 0], key: [0, 0])
///     // [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]
///
/// A draw depends on nothing but counter and key: there is no state to advance, hence no order to preserve.
///
/// J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC '11, section
/// 3.3.
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
  /// A block is one 128-bit register `(c0, c1, c2, c3)`. Both products of a round are one instruction on its
  /// even lanes, from SSE2 and NEON on; reversing the four halves puts each where the round wants it, and
  ///
  ///     (c0, c1, c2, c3)  <-  reversed(products) ^ (c1, 0, c3, 0) ^ (k0, 0, k1, 0)
  ///
  /// Four blocks at a time fill the latency of one multiplication with the others.
  static func fill(
    _ words: inout InlineArray<16, UInt64>, counter: SIMD4<UInt32>, key: SIMD2<UInt32>
  ) {
    let start = unsafeBitCast(counter, to: SIMD2<UInt64>.self)
    var offset: UInt64 = 0
    while offset < 8 {
      // The block index has 24 bits and starts at a multiple of eight: adding to it never carries.
      var a = start &+ SIMD2(offset, 0)
      var b = start &+ SIMD2(offset &+ 1, 0)
      var c = start &+ SIMD2(offset &+ 2, 0)
      var d = start &+ SIMD2(offset &+ 3, 0)
      var keys = SIMD2(UInt64(key[0]), UInt64(key[1]))
      for _ in 0..<defaultRounds {
        let roundKey = keys & SIMD2(repeating: 0xFFFF_FFFF)
        a = round(a, roundKey)
        b = round(b, roundKey)
        c = round(c, roundKey)
        d = round(d, roundKey)
        keys &+= SIMD2(UInt64(increment0), UInt64(increment1))
      }
      store(a, in: &words, at: offset)
      store(b, in: &words, at: offset &+ 1)
      store(c, in: &words, at: offset &+ 2)
      store(d, in: &words, at: offset &+ 3)
      offset &+= 4
    }
  }

  @inline(__always)
  private static func round(_ block: SIMD2<UInt64>, _ key: SIMD2<UInt64>) -> SIMD2<UInt64> {
    let even = block & SIMD2(repeating: 0xFFFF_FFFF)
    let products = unsafeBitCast(even &* SIMD2(multiplier0, multiplier1), to: SIMD4<UInt32>.self)
    let reversed = SIMD4(products[3], products[2], products[1], products[0])
    return unsafeBitCast(reversed, to: SIMD2<UInt64>.self) ^ (block &>> 32) ^ key
  }

  @inline(__always)
  private static func store(
    _ block: SIMD2<UInt64>, in words: inout InlineArray<16, UInt64>, at index: UInt64
  ) {
    let place = Int(truncatingIfNeeded: index &<< 1) & 15
    words[place] = block[0]
    words[place | 1] = block[1]
  }
}
