/// SHA-256, fed piece by piece.
///
///     var fingerprint = Fingerprint()
///     fingerprint.update(bytes: row)          // [UInt8], Span<UInt8> or a raw buffer
///     fingerprint.update(position.bitPattern) // integers, least significant byte first
///     let digest = fingerprint.finish()
///
/// However the input is cut into pieces, the digest is the same. A value: a copy goes on independently.
///
/// National Institute of Standards and Technology, FIPS 180-4, "Secure hash standard" (2015), section 6.2.
package struct Fingerprint: Sendable {
  private var state = SIMD8<UInt32>(
    0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19)
  /// Bytes that wait for their block to fill.
  private var pending = InlineArray<64, UInt8>(repeating: 0)
  private var pendingCount = 0
  private var totalCount: UInt64 = 0

  package init() {}

  package mutating func update(bytes: [UInt8]) {
    bytes.withUnsafeBytes { update(bytes: $0) }
  }

  package mutating func update(bytes: Span<UInt8>) {
    bytes.withUnsafeBytes { update(bytes: $0) }
  }

  /// The eight bytes of an integer, least significant first.
  package mutating func update(_ integer: UInt64) {
    withUnsafeBytes(of: integer.littleEndian) { update(bytes: $0) }
  }

  package mutating func update(_ integer: Int64) {
    update(UInt64(bitPattern: integer))
  }

  /// The eight bytes of each, least significant first.
  package mutating func update(_ integers: Span<UInt64>) {
    if 1.littleEndian == 1 {
      integers.withUnsafeBytes { update(bytes: $0) }
    } else {
      for index in integers.indices { update(integers[index]) }
    }
  }

  /// The bit pattern of a number; the two zeros differ, and so may two NaN.
  package mutating func update(_ number: Double) {
    update(number.bitPattern)
  }

  package mutating func update(bytes: UnsafeRawBufferPointer) {
    totalCount += UInt64(bytes.count)
    var offset = 0
    if pendingCount > 0 {
      offset = min(64 - pendingCount, bytes.count)
      keep(UnsafeRawBufferPointer(rebasing: bytes[..<offset]))
      guard pendingCount == 64 else { return }
      compressPending()
    }
    while bytes.count - offset >= 64 {
      compress(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + 64]))
      offset += 64
    }
    keep(UnsafeRawBufferPointer(rebasing: bytes[offset...]))
  }

  /// Bytes for which there is room.
  @inline(__always)
  private mutating func keep(_ bytes: UnsafeRawBufferPointer) {
    let start = pendingCount
    withUnsafeMutableBytes(of: &pending) { pending in
      UnsafeMutableRawBufferPointer(rebasing: pending[start...]).copyMemory(from: bytes)
    }
    pendingCount += bytes.count
  }

  /// Pads as section 5.1.1 demands: one set bit, zeros, and the count of bits in the last eight bytes.
  package consuming func finish() -> Digest {
    let bitCount = totalCount << 3
    pending[pendingCount] = 0x80
    pendingCount += 1
    if pendingCount > 56 {
      for index in pendingCount..<64 { pending[index] = 0 }
      compressPending()
    }
    for index in pendingCount..<56 { pending[index] = 0 }
    for index in 0..<8 {
      pending[56 + index] = UInt8(truncatingIfNeeded: bitCount >> UInt64(56 - 8 * index))
    }
    compressPending()
    return Digest(words: state)
  }

  private mutating func compressPending() {
    let block = pending
    withUnsafeBytes(of: block) { compress($0) }
    pendingCount = 0
  }

  // MARK: Compression (section 6.2.2)

  /// The eight working variables. Instead of moving all by one place after each round, eight rounds are
  /// written out with the variables renamed.
  private struct Working {
    var a, b, c, d, e, f, g, h: UInt32

    @inline(__always)
    static func round(
      _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32,
      _ h: inout UInt32, _ input: UInt32
    ) {
      let sum1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
      let choice = g ^ (e & (f ^ g))
      let t = h &+ sum1 &+ choice &+ input
      let sum0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
      let majority = (a & b) | (c & (a | b))
      d &+= t
      h = t &+ sum0 &+ majority
    }

    /// Rounds whose inputs start at `i` in the schedule and in the constants.
    @inline(__always)
    mutating func eightRounds(_ w: InlineArray<16, UInt32>, _ i: Int, _ k: UnsafePointer<UInt32>) {
      Working.round(a, b, c, &d, e, f, g, &h, w[i] &+ k[i])
      Working.round(h, a, b, &c, d, e, f, &g, w[i &+ 1] &+ k[i &+ 1])
      Working.round(g, h, a, &b, c, d, e, &f, w[i &+ 2] &+ k[i &+ 2])
      Working.round(f, g, h, &a, b, c, d, &e, w[i &+ 3] &+ k[i &+ 3])
      Working.round(e, f, g, &h, a, b, c, &d, w[i &+ 4] &+ k[i &+ 4])
      Working.round(d, e, f, &g, h, a, b, &c, w[i &+ 5] &+ k[i &+ 5])
      Working.round(c, d, e, &f, g, h, a, &b, w[i &+ 6] &+ k[i &+ 6])
      Working.round(b, c, d, &e, f, g, h, &a, w[i &+ 7] &+ k[i &+ 7])
    }
  }

  @inline(__always)
  private static func rotated(_ x: UInt32, _ count: UInt32) -> UInt32 {
    x &>> count | x &<< (32 &- count)
  }

  private mutating func compress(_ block: UnsafeRawBufferPointer) {
    var w = InlineArray<16, UInt32>(repeating: 0)
    for index in 0..<16 {
      w[index] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: 4 &* index, as: UInt32.self))
    }
    var v = Working(
      a: state[0], b: state[1], c: state[2], d: state[3], e: state[4], f: state[5], g: state[6], h: state[7])
    Fingerprint.roundConstants.withUnsafeBufferPointer { constants in
      guard let k = constants.baseAddress else { return }
      for group in 0..<4 {
        if group > 0 { Fingerprint.extend(&w) }
        v.eightRounds(w, 0, k + 16 * group)
        v.eightRounds(w, 8, k + 16 * group)
      }
    }
    state = state &+ SIMD8(v.a, v.b, v.c, v.d, v.e, v.f, v.g, v.h)
  }

  /// The next sixteen words of the message schedule, in place of the last sixteen. Written out, because with
  /// known places the words stay in registers.
  @inline(__always)
  private static func extend(_ w: inout InlineArray<16, UInt32>) {
    extend(&w, 0)
    extend(&w, 4)
    extend(&w, 8)
    extend(&w, 12)
  }

  @inline(__always)
  private static func extend(_ w: inout InlineArray<16, UInt32>, _ i: Int) {
    extend(&w[i], w[(i &+ 1) & 15], w[(i &+ 9) & 15], w[(i &+ 14) & 15])
    extend(&w[i &+ 1], w[(i &+ 2) & 15], w[(i &+ 10) & 15], w[(i &+ 15) & 15])
    extend(&w[i &+ 2], w[(i &+ 3) & 15], w[(i &+ 11) & 15], w[i & 15])
    extend(&w[i &+ 3], w[(i &+ 4) & 15], w[(i &+ 12) & 15], w[(i &+ 1) & 15])
  }

  @inline(__always)
  private static func extend(_ word: inout UInt32, _ x: UInt32, _ z: UInt32, _ y: UInt32) {
    let sigma0 = rotated(x, 7) ^ rotated(x, 18) ^ (x &>> 3)
    let sigma1 = rotated(y, 17) ^ rotated(y, 19) ^ (y &>> 10)
    word = word &+ sigma0 &+ z &+ sigma1
  }

  /// First 32 bits of the fractional parts of the cube roots of the first 64 primes (section 4.2.2).
  private static let roundConstants: [UInt32] = [
    0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4, 0xAB1C_5ED5,
    0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174,
    0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
    0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967,
    0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85,
    0xA2BF_E8A1, 0xA81A_664B, 0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
    0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
    0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
  ]
}

/// The 32 bytes of a SHA-256 digest.
///
///     digest.hex                          // "ba7816bf…"
///     Digest.combined(of: [left, right])  // parts hashed by different workers, in plan order
package struct Digest: Hashable, Sendable {
  private let words: SIMD8<UInt32>

  init(words: SIMD8<UInt32>) {
    self.words = words
  }

  package var bytes: [UInt8] {
    var bytes = [UInt8]()
    for word in 0..<8 {
      for byte in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: words[word] >> UInt32(24 - 8 * byte))) }
    }
    return bytes
  }

  /// Sixty-four lower-case hexadecimal digits, as ASCII.
  package var hexBytes: [UInt8] {
    var digits = [UInt8]()
    for byte in bytes {
      for nibble in [byte >> 4, byte & 15] { digits.append(nibble < 10 ? 48 + nibble : 87 + nibble) }
    }
    return digits
  }

  /// One digest of many, sensitive to their order and number.
  ///
  /// It is the SHA-256 of the bytes "parts", the count as eight little-endian bytes, and each digest's 32
  /// bytes. It differs from the digest of the parts' concatenated contents: what was hashed in parts is
  /// compared in the same parts.
  package static func combined(of parts: [Digest]) -> Digest {
    var fingerprint = Fingerprint()
    fingerprint.update(bytes: [0x70, 0x61, 0x72, 0x74, 0x73])
    fingerprint.update(UInt64(parts.count))
    for part in parts { fingerprint.update(bytes: part.bytes) }
    return fingerprint.finish()
  }
}

#if !hasFeature(Embedded)
  extension Digest: CustomStringConvertible {
    package var hex: String { String(decoding: hexBytes, as: UTF8.self) }
    package var description: String { hex }
  }
#endif
