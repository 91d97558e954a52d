import Testing

@testable import Experiments

/// Steele, Lea and Flood's SplitMix64 (OOPSLA 2014): enough chance for a test, from a seed it can print.
struct SplitMix {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Near enough to uniform below `bound` for choosing test cases.
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

@Suite("What holds for every tree and every file")
struct ConfigPropertyTests {
  static func tree(_ random: inout SplitMix, depth: Int) -> JSONNode {
    switch random.below(depth == 0 ? 5 : 8) {
    case 0: return .null
    case 1: return .bool(random.below(2) == 0)
    case 2: return .integer(Int64(bitPattern: random.next()) >> Int64(random.below(64)))
    case 3:
      let value = Double(bitPattern: random.next())
      return value.isFinite ? .number(value) : 0
    case 4: return .string(text(&random))
    case 5: return .array((0..<random.below(5)).map { _ in tree(&random, depth: depth - 1) })
    default:
      return .object(
        (0..<random.below(5)).map { .init("\($0)" + text(&random), tree(&random, depth: depth - 1)) })
    }
  }

  static func text(_ random: inout SplitMix) -> String {
    var scalars = String.UnicodeScalarView()
    for _ in 0..<random.below(8) {
      let limit = [0x20, 0x80, 0x800, 0x11_0000][random.below(4)]
      if let scalar = Unicode.Scalar(UInt32(random.below(limit))) { scalars.append(scalar) }
    }
    return String(scalars)
  }

  @Test("what is written parses to an equal tree and is written the same", arguments: 1...500)
  func roundTrip(_ seed: Int) throws {
    var random = SplitMix(seed: UInt64(seed))
    let tree = Self.tree(&random, depth: 6)
    let bytes = tree.canonicalBytes
    let parsed = try JSONCParser.parse(SourceFile(name: "seed \(seed)", bytes: bytes))
    #expect(parsed.duplicateKeys.isEmpty)
    #expect(parsed.root == tree, "seed \(seed)")
    #expect(parsed.root.canonicalBytes == bytes, "seed \(seed)")
  }

  @Test("a Double is written without an exponent and reads back to the bit")
  func doubles() {
    var random = SplitMix(seed: 11)
    let special = [
      0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e16, 1e15, 0.1, 1e-5, 100, 123e20, -1e-7,
    ]
    var wrong: [Double] = []
    for value in special + (0..<20_000).map({ _ in Double(bitPattern: random.next()) }) where value.isFinite {
      let text = plainDecimal(value)
      let isPlain = text.utf8.allSatisfy { isDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
      if !isPlain || Double(text)?.bitPattern != value.bitPattern { wrong.append(value) }
    }
    #expect(wrong.isEmpty)
    #expect(plainDecimal(0.35, shift: 2) == "35")
    #expect(plainDecimal(1, shift: 2) == "100")
    #expect(plainDecimal(0.0005, shift: 2) == "0.05")
    #expect(plainDecimal(123e20) == "12300000000000000000000")
  }

  /// The sample with one to three changes: a byte flipped, a part cut, doubled or nested, or a number grown.
  static func mutated(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    var bytes = bytes
    for _ in 0...random.below(3) where !bytes.isEmpty {
      let at = random.below(bytes.count)
      let end = min(bytes.count, at + 1 + random.below(80))
      switch random.below(8) {
      case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
      case 1: bytes[at] ^= 1 << UInt8(random.below(8))
      case 2: bytes.removeSubrange(at..<end)
      case 3: bytes.insert(contentsOf: bytes[at..<end], at: random.below(bytes.count))
      case 4: bytes.insert(contentsOf: repeatElement(UInt8(ascii: "["), count: 1 + random.below(300)), at: at)
      case 5: bytes.insert(contentsOf: repeatElement(UInt8(ascii: "9"), count: 1 + random.below(30)), at: at)
      case 6: bytes[at] = Array("{}[],:\"\\-.%0".utf8)[random.below(12)]
      default: if random.below(10) == 0 { bytes.removeSubrange(at...) }
      }
    }
    return bytes
  }

  @Test("20,000 broken configs are each read or refused with a message, none in more than a second")
  func mutations() {
    var random = SplitMix(seed: 20_251_010)
    let original = Array(SampleConfig.text.utf8)
    var accepted = 0
    var syntax = 0
    var slowest = Duration.zero
    let clock = ContinuousClock()
    for round in 0..<20_000 {
      let bytes = Self.mutated(original, &random)
      let began = clock.now
      do throws(ReadingFailure) {
        _ = try SampleConfig.read(bytes)
        accepted += 1
      } catch {
        let text = error.description
        #expect(text.hasPrefix("x.jsonc:"), "round \(round): \(text)")
        #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" }, "round \(round)")
        if !text.contains("\n  at ") { syntax += 1 }
      }
      slowest = max(slowest, clock.now - began)
    }
    print("20,000 mutations: \(accepted) accepted, \(syntax) refused by the parser, slowest \(slowest)")
    #expect(slowest < .seconds(1))
    // A quiet test proves nothing: all three ends are reached often.
    #expect(accepted > 100)
    #expect(syntax > 1_000)
    #expect(20_000 - accepted - syntax > 1_000)
  }
}
