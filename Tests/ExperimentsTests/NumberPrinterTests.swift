import Testing

@testable import Experiments
@testable import Ledger

@Suite("Numbers are printed as the standard library prints them, and read back the same")
struct NumberPrinterTests {
  #if DEBUG
    static let draws = 100_000
  #else
    static let draws = 1_000_000
  #endif

  /// What is printed for each number, next to what was expected; where the two differ.
  static func differences(_ numbers: some Sequence<Double>) -> [String] {
    var found: [String] = []
    var text = ByteText()
    for number in numbers where number.isFinite {
      text.removeAll()
      text.append(number)
      let isSame = text.withUnsafeBytes { bytes in
        var expected = number.description
        return expected.withUTF8 { bytes.elementsEqual($0) }
      }
      let printed = isSame ? "" : String(decoding: text.bytes, as: UTF8.self)
      if !isSame { found.append("\(printed) instead of \(number)") }
    }
    return found
  }

  /// The number, its negative, and the doubles beside it.
  static func neighbourhood(_ number: Double) -> [Double] {
    [number, -number, number.nextUp, number.nextDown, number.nextUp.nextUp, number.nextDown.nextDown]
  }

  static func printed(_ number: Double) -> String {
    var text = ByteText()
    text.append(number)
    return String(decoding: text.bytes, as: UTF8.self)
  }

  @Test(
    "the form of a number is that of its description, written out",
    arguments: [
      (0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (-1, "-1.0"), (0.1, "0.1"), (1.5, "1.5"), (10, "10.0"),
      (100_000, "100000.0"), (0.3, "0.3"), (0.1 + 0.2, "0.30000000000000004"), (123.456, "123.456"),
      (0.0001, "0.0001"), (0.00012345, "0.00012345"), (0.00001, "1e-05"), (0.000012, "1.2e-05"),
      (1e15, "1000000000000000.0"), (0x1p53, "9007199254740992.0"), (0x1p53 + 2, "9.007199254740994e+15"),
      (1e16, "1e+16"), (1e22, "1e+22"), (1e23, "1e+23"), (1e100, "1e+100"), (1e-100, "1e-100"),
      (.leastNonzeroMagnitude, "5e-324"), (2 * .leastNonzeroMagnitude, "1e-323"),
      (.leastNormalMagnitude, "2.2250738585072014e-308"),
      (.greatestFiniteMagnitude, "1.7976931348623157e+308"), (.pi, "3.141592653589793"),
    ] as [(Double, String)])
  func forms(_ number: Double, _ text: String) {
    #expect(Self.printed(number) == text)
    #expect(number.description == text)
  }

  @Test("any bits")
  func randomBits() {
    var random = SplitMix(seed: 20_251_121)
    let numbers = (0..<Self.draws).lazy.map { _ in Double(bitPattern: random.next()) }
    #expect(Self.differences(numbers) == [], "seed 20251121")
  }

  @Test("fractions, amounts with few decimals, whole numbers of any size")
  func randomNumbers() {
    var random = SplitMix(seed: 20_251_122)
    let numbers = (0..<Self.draws / 5).lazy.flatMap { _ -> [Double] in
      let word = random.next()
      let whole = Double(word >> (random.next() & 63))
      return [
        Double(word >> 11) * 0x1p-53, Double(word % 1_000_000_000) / 100, whole, -whole / 8, whole / 1e6,
      ]
    }
    #expect(Self.differences(numbers) == [], "seed 20251122")
  }

  @Test("powers of two, which have the shorter interval below, and numbers beside them")
  func powersOfTwo() {
    let powers = (-1074...1023).map { Double(sign: .plus, exponent: $0, significand: 1) }
    #expect(Self.differences(powers.flatMap(Self.neighbourhood)) == [])
  }

  @Test("powers of ten and their multiples, and numbers beside them")
  func powersOfTen() {
    let numbers = (-324...308).flatMap { exponent in (1...9).compactMap { Double("\($0)e\(exponent)") } }
    #expect(numbers.count == 9 * 633)
    #expect(Self.differences(numbers.flatMap(Self.neighbourhood)) == [])
  }

  @Test("subnormal numbers: the smallest, the largest, and some between")
  func subnormals() {
    var random = SplitMix(seed: 3)
    let smallest = (1...20_000 as ClosedRange<UInt64>).map { Double(bitPattern: $0) }
    let largest = (0..<1_000 as Range<UInt64>).map { Double(bitPattern: 1 << 52 - 500 + $0) }
    let between = (0..<20_000).map { _ in Double(bitPattern: random.next() >> (12 + random.next() % 50)) }
    #expect(Self.differences(smallest + largest + between) == [], "seed 3")
  }

  @Test("halves, and whole numbers around 2^53 to 2^56, where exponents begin and digits run out")
  func wholeNumbers() {
    let halves = (-20_000...20_000).map { Double($0) / 2 }
    let large = (53...56).flatMap { power in (-1_000...1_000).map { Double((1 << power) + $0) } }
    #expect(Self.differences(halves + large) == [])
  }

  /// V. Paxson, "A Program for Testing IEEE Decimal-Binary Conversion" (1991), tables 3 and 4: doubles that
  /// lie almost on the middle between two decimals of 1 to 17 digits, below it and above it.
  static let stressInputs: [(significand: Double, exponent: Int)] = [
    (8_511_030_020_275_656, -342), (5_201_988_407_066_741, -824), (6_406_892_948_269_899, 237),
    (8_431_154_198_732_492, 72), (6_475_049_196_144_587, 99), (8_274_307_542_972_842, 726),
    (5_381_065_484_265_332, -456), (6_761_728_585_499_734, -1057), (7_976_538_478_610_756, 376),
    (5_982_403_858_958_067, 377), (5_536_995_190_630_837, 93), (7_225_450_889_282_194, 710),
    (7_225_450_889_282_194, 709), (8_703_372_741_147_379, 117), (8_944_262_675_275_217, -1001),
    (7_459_803_696_087_692, -707), (6_080_469_016_670_379, -381), (8_385_515_147_034_757, 721),
    (6_567_258_882_077_402, 952), (6_712_731_423_444_934, 535), (6_712_731_423_444_934, 536),
    (5_298_405_411_573_037, -957), (5_137_311_167_659_507, -144),
  ]

  /// Ties between two shortest decimals, ends of intervals that are decimals themselves, and digits that
  /// other printers got wrong: U. Adams, "Ryū" (PLDI 2018), and the tests that came with it.
  static let knownTraps = [
    "0x1p-44", "2.98023223876953125e-8", "9.0608011534336e15", "4.708356024711512e18",
    "9.409340012568248e18", "-2.109808898695963e16", "4.940656e-318", "1.18575755e-316",
    "2.989102097996e-312", "1.8531501765868567e21", "-3.347727380279489e33", "1.9430376160308388e16",
    "-6.9741824662760956e19", "4.3816050601147837e18", "1.8014398509481984e16", "5.764607523034235e39",
    "1.152921504606847e40", "2.305843009213694e40", "9.007199254740991e15", "2.2250738585072011e-308",
    "6.631236846766476e-316", "4.1855804968213567e298", "5.5626846462680035e-309", "8.41e21",
    "2.0919495182368195e19", "9.5367431640625e-7", "1.7800590868057611e-307",
  ].compactMap { Double($0) }

  @Test("numbers that are hard to print, and numbers beside them")
  func hardNumbers() {
    #expect(Self.knownTraps.count == 27)
    let stress = Self.stressInputs.map {
      Double(sign: .plus, exponent: $0.exponent, significand: $0.significand)
    }
    #expect(Self.differences((stress + Self.knownTraps).flatMap(Self.neighbourhood)) == [])
  }

  @Test("what is printed reads back to the same bits")
  func roundTrip() {
    var random = SplitMix(seed: 5)
    for _ in 0..<Self.draws / 10 {
      let number = Double(bitPattern: random.next())
      guard number.isFinite else { continue }
      let read = Double(Self.printed(number))
      guard read?.bitPattern == number.bitPattern else {
        Issue.record("\(Self.printed(number)) does not read back as \(number); seed 5")
        return
      }
    }
  }

  @Test("whole numbers of any length, and those at which the length changes")
  func integers() {
    var random = SplitMix(seed: 6)
    var numbers: [Int64] = [.min, .min + 1, .max, .max - 1, 0, -1]
    var unsigned: [UInt64] = [.max, .max - 1, 1 << 63]
    var power: Int64 = 1
    for _ in 0..<18 {
      power *= 10
      numbers += [power - 1, power, power + 1, 1 - power, -power, -power - 1]
    }
    unsigned += [9_999_999_999_999_999_999, 10_000_000_000_000_000_000]
    for _ in 0..<Self.draws / 10 {
      let word = random.next() >> (random.next() & 63)
      numbers += [Int64(bitPattern: word), -Int64(truncatingIfNeeded: word >> 1)]
      unsigned.append(word)
    }
    var text = ByteText()
    for number in numbers {
      text.removeAll()
      text.append(number)
      #expect(text.bytes.elementsEqual(String(number).utf8), "\(number)")
    }
    for number in unsigned {
      text.removeAll()
      text.append(number)
      #expect(text.bytes.elementsEqual(String(number).utf8), "\(number)")
    }
  }

  @Test("amounts are printed exactly, whatever the decimals of their asset", arguments: 0...15)
  func amounts(_ decimals: Int) {
    var random = SplitMix(seed: UInt64(decimals))
    let power = Asset.powersOfTen[decimals]
    var units: [Int64] = [0, 1, -1, .max, .min, power, -power, power - 1, power + 1, 5 * (power / 10)]
    for _ in 0..<2_000 { units.append(Int64(bitPattern: random.next()) >> (random.next() & 63)) }
    for unit in units {
      var text = ByteText()
      text.append(unit, decimals: decimals)
      #expect(
        String(decoding: text.bytes, as: UTF8.self) == Amount(units: unit).formatted(decimals: decimals),
        "seed \(decimals)")
    }
  }

  @Test("text grows as needed and loses nothing")
  func growth() {
    var text = ByteText(capacity: 0)
    var expected: [UInt8] = []
    for number in 0..<5_000 {
      text.append(Double(number) / 7)
      text.append(Int64(number))
      text.append(String(repeating: "ü", count: number % 300))
      expected += "\(Double(number) / 7)\(number)".utf8
      expected += String(repeating: "ü", count: number % 300).utf8
    }
    #expect(text.bytes == expected)
    #expect(text.count == expected.count)
  }

  @Test("a number that is not finite traps")
  func notFinite() async {
    await #expect(processExitsWith: .failure) {
      var text = ByteText()
      text.append(Double.infinity)
    }
    await #expect(processExitsWith: .failure) {
      var text = ByteText()
      text.append(Double.nan)
    }
  }
}
