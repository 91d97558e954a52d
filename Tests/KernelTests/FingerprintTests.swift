import Testing

@testable import Kernel

@Suite struct FingerprintTests {
  static func digest(_ text: String) -> String {
    var fingerprint = Fingerprint()
    fingerprint.update(bytes: Array(text.utf8))
    return fingerprint.finish().hex
  }

  // FIPS 180-2, appendix B, and NIST's example values.
  @Test(
    "digests equal those that NIST publishes",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmno"
          + "pqrstnopqrstu",
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
      ),
    ])
  func vectors(_ text: String, expected: String) {
    #expect(Self.digest(text) == expected)
  }

  @Test("a million times the letter a gives NIST's digest, fed in uneven pieces")
  func million() {
    var fingerprint = Fingerprint()
    var (left, piece) = (1_000_000, 1)
    while left > 0 {
      let count = min(left, piece)
      fingerprint.update(bytes: [UInt8](repeating: 97, count: count))
      left -= count
      piece = piece * 7 % 1_009
    }
    #expect(
      fingerprint.finish().hex == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test("however the input is cut, the digest is the same", arguments: 0...200)
  func cuts(_ length: Int) {
    let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 131 &+ 7) }
    var whole = Fingerprint()
    whole.update(bytes: bytes)
    let expected = whole.finish()
    for cut in stride(from: 0, through: length, by: 13) {
      var parts = Fingerprint()
      parts.update(bytes: Array(bytes[..<cut]))
      parts.update(bytes: Array(bytes[cut...]).span)
      #expect(parts.finish() == expected)
    }
  }

  @Test("integers and numbers count as their eight bytes, least significant first")
  func integers() {
    var (numbers, bytes) = (Fingerprint(), Fingerprint())
    numbers.update(0x0102_0304_0506_0708 as UInt64)
    numbers.update(-2 as Int64)
    numbers.update(1.0)
    bytes.update(bytes: [8, 7, 6, 5, 4, 3, 2, 1, 254, 255, 255, 255, 255, 255, 255, 255])
    bytes.update(bytes: [0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
    #expect(numbers.finish() == bytes.finish())
  }

  @Test("a copy goes on independently")
  func copies() {
    var first = Fingerprint()
    first.update(bytes: [97])
    var second = first
    first.update(bytes: [98, 99])
    second.update(bytes: [0])
    #expect(first.finish().hex == Self.digest("abc"))
    #expect(second.finish().hex != Self.digest("abc"))
  }

  @Test("a combined digest is the digest of the label, the count and the parts; order matters")
  func combined() {
    let parts = ["a", "b"].map { text -> Digest in
      var fingerprint = Fingerprint()
      fingerprint.update(bytes: Array(text.utf8))
      return fingerprint.finish()
    }
    var byHand = Fingerprint()
    byHand.update(bytes: Array("parts".utf8) + [2, 0, 0, 0, 0, 0, 0, 0] + parts[0].bytes + parts[1].bytes)
    #expect(Digest.combined(of: parts) == byHand.finish())
    #expect(Digest.combined(of: parts) != Digest.combined(of: parts.reversed()))
    #expect(Digest.combined(of: []) != Digest.combined(of: [parts[0]]))
  }

  /// `Tests/cross-check.sh` prints the same digest on x86-64 and AArch64, in debug and release.
  @Test("the golden digest of the kernel has not moved")
  func golden() {
    #expect(
      kernelGoldenDigest().hex == "7832beb40485a22634f1a3e5b6d87cc125352c2813373215df9939910483cf79")
  }
}
