import Kernel
import Ledger
import Testing

@Suite("Multiplying and dividing money")
struct MulDivTests {
  /// The definition, through 128 bits: 63 + 63 bits always fit.
  static func exact(
    _ a: Int64, _ b: Int64, _ c: Int64, _ rounding: Rounding
  ) -> Result<Int64, ArithmeticRefusal> {
    if a < 0 || b < 0 || c < 0 { return .failure(.negative) }
    if c == 0 { return .failure(.divisionByZero) }
    let product = Int128(a) * Int128(b)
    let quotient = rounding == .down ? product / Int128(c) : (product + Int128(c) - 1) / Int128(c)
    return quotient > 9_223_372_036_854_775_807 ? .failure(.overflow) : .success(Int64(quotient))
  }

  static func check(_ a: Int64, _ b: Int64, _ c: Int64) -> String? {
    for rounding in [Rounding.down, .up] {
      let seen = Result { () throws(ArithmeticRefusal) in try mulDiv(a, b, c, rounding) }
      let right = exact(a, b, c, rounding)
      if seen != right { return "mulDiv(\(a), \(b), \(c), \(rounding)) is \(seen), should be \(right)" }
    }
    return nil
  }

  @Test("equals the exact quotient on every combination of edge values")
  func edges() {
    let values: [Int64] = [
      .min, -1, 0, 1, 2, 3, 7, 1_000_000_000, 1_000_000_000_000_000, 1 << 32, (1 << 32) - 1, 1 << 62,
      (1 << 62) + 1, .max / 2, .max / 2 + 1, .max - 1, .max,
    ]
    var faults: [String] = []
    for a in values {
      for b in values {
        for c in values {
          if let fault = MulDivTests.check(a, b, c) { faults.append(fault) }
        }
      }
    }
    #expect(faults.isEmpty)
  }

  @Test("equals the exact quotient on random values of every size", arguments: 1...10)
  func random(_ seed: Int) {
    var random = RandomStream.test("mulDiv", seed: seed)
    for _ in 0..<2_000 {
      let (a, b, c) = (random.magnitude(bits: 63), random.magnitude(bits: 63), random.magnitude(bits: 63))
      let fault = MulDivTests.check(a, b, c)
      guard fault == nil else {
        Issue.record("seed \(seed): \(fault ?? "")")
        return
      }
    }
  }

  struct PortionCase: Sendable, CustomTestStringConvertible {
    let ratio: Double
    let of: Int64
    let down: Int64
    let up: Int64
    let why: String
    var testDescription: String { why }

    init(_ ratio: Double, _ of: Int64, _ down: Int64, _ up: Int64, _ why: String) {
      (self.ratio, self.of, self.down, self.up, self.why) = (ratio, of, down, up, why)
    }
  }

  @Test(
    "a portion is exact at nine decimals and rounds as it is told",
    arguments: [
      PortionCase(0, .max, 0, 0, "nothing of anything"),
      PortionCase(1, .max, .max, .max, "all of everything"),
      PortionCase(0.5, 3, 1, 2, "half of three"),
      PortionCase(0.1, 10, 1, 1, "a tenth has no exact Double, but is exact at nine decimals"),
      PortionCase(0.3, 10, 3, 3, "0.3 · 10 is 3 and not 4 when rounded up"),
      PortionCase(0.000_000_001, 999_999_999, 0, 1, "a billionth of almost a billion"),
      PortionCase(0.000_000_000_4, .max, 0, 0, "below half a billionth is nothing"),
      PortionCase(
        0.999_999_999, 9_000_000_000_000_000_000, 8_999_999_991_000_000_000,
        8_999_999_991_000_000_000, "9·10¹⁸ less a billionth of it"),
      PortionCase(2.5, 3, 7, 8, "more than one is allowed: 7.5"),
    ])
  func portions(_ each: PortionCase) throws {
    #expect(try portion(each.ratio, of: units(each.of), .down) == units(each.down))
    #expect(try portion(each.ratio, of: units(each.of), .up) == units(each.up))
  }

  @Test("a portion that has no meaning or no place is refused by type")
  func portionRefusals() {
    #expect(throws: ArithmeticRefusal.negative) { try portion(-0.1, of: units(5), .down) }
    #expect(throws: ArithmeticRefusal.negative) { try portion(.nan, of: units(5), .down) }
    #expect(throws: ArithmeticRefusal.negative) { try portion(0.5, of: units(-5), .down) }
    #expect(throws: ArithmeticRefusal.overflow) { try portion(.infinity, of: units(5), .down) }
    #expect(throws: ArithmeticRefusal.overflow) { try portion(1e10, of: units(5), .down) }
    #expect(throws: ArithmeticRefusal.overflow) { try portion(2, of: units(.max), .down) }
  }
}

@Suite("Splitting money")
struct ApportionTests {
  /// Hamilton's method by its definition: floors, then one unit at a time to the largest remainder left.
  static func byHand(_ total: Int64, _ weights: [Int64]) -> [Int64] {
    let sum = weights.reduce(Int128(0)) { $0 + Int128($1) }
    var parts = weights.map { Int64(Int128(total) * Int128($0) / sum) }
    var remainders = weights.map { Int128(total) * Int128($0) % sum }
    var missing = total - parts.reduce(0, +)
    while missing > 0 {
      var best = 0
      for index in remainders.indices where remainders[index] > remainders[best] { best = index }
      parts[best] += 1
      remainders[best] = -1
      missing -= 1
    }
    return parts
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let total: Int64
    let weights: [Int64]
    let parts: [Int64]
    let why: String
    var testDescription: String { why }

    init(_ total: Int64, _ weights: [Int64], _ parts: [Int64], _ why: String) {
      (self.total, self.weights, self.parts, self.why) = (total, weights, parts, why)
    }
  }

  @Test(
    "parts are those of the largest remainder",
    arguments: [
      // 10·6/14 = 4.29, 4.29, 1.43: the unit missing goes to the third.
      Case(10, [6, 6, 2], [4, 4, 2], "the documented example"),
      // 11·6/14 = 4.71, 4.71, 1.57: two missing, to the first two; the third loses though the total grew.
      Case(11, [6, 6, 2], [5, 5, 1], "not monotone in the total, as documented"),
      Case(1, [1, 1, 1], [1, 0, 0], "ties go to the lower index"),
      Case(2, [1, 1, 1], [1, 1, 0], "ties go to the lower indices"),
      Case(5, [0, 3, 0], [0, 5, 0], "a zero weight gets nothing"),
      Case(0, [3, 4], [0, 0], "nothing to split"),
      Case(0, [], [], "nothing to split over nobody"),
      Case(0, [0, 0], [0, 0], "nothing to split over zero weights"),
      Case(7, [.max], [7], "one takes all"),
      // Halves of 2⁶³ − 1: 4611686018427387903.5 each; the tie goes to the first.
      Case(
        .max, [.max, .max], [4_611_686_018_427_387_904, 4_611_686_018_427_387_903], "the largest values"),
    ])
  func table(_ each: Case) throws {
    #expect(try apportion(units(each.total), by: each.weights.map(units)) == each.parts.map(units))
  }

  @Test("what cannot be split is refused by type")
  func refusals() {
    #expect(throws: ArithmeticRefusal.negative) { try apportion(units(-1), by: [units(1)]) }
    #expect(throws: ArithmeticRefusal.negative) { try apportion(units(1), by: [units(2), units(-1)]) }
    #expect(throws: ArithmeticRefusal.divisionByZero) { try apportion(units(1), by: []) }
    #expect(throws: ArithmeticRefusal.divisionByZero) { try apportion(units(1), by: [.zero, .zero]) }
  }

  @Test("parts sum to the total, each within a unit of its exact share", arguments: 1...20)
  func random(_ seed: Int) throws {
    var random = RandomStream.test("apportion", seed: seed)
    for _ in 0..<100 {
      let total = random.magnitude(bits: 63)
      let bits = 1 + random.below(63)
      var weights = (0..<(1 + random.below(30))).map { _ in random.magnitude(bits: bits) }
      weights[0] = max(1, weights[0])
      let parts = try apportion(units(total), by: weights.map(units)).map(\.units)
      let sum = weights.reduce(Int128(0)) { $0 + Int128($1) }
      #expect(parts.reduce(Int128(0)) { $0 + Int128($1) } == Int128(total), "seed \(seed)")
      for (part, weight) in zip(parts, weights) {
        // |part − total·weight/sum| < 1, multiplied by sum.
        let apart = Int128(part) * sum - Int128(total) * Int128(weight)
        #expect(abs(apart) < sum, "seed \(seed): \(total) by \(weights)")
      }
      #expect(parts == ApportionTests.byHand(total, weights), "seed \(seed): \(total) by \(weights)")
    }
  }
}

@Suite("Amounts as text")
struct AmountTextTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let units: Int64
    let decimals: Int
    let text: String
    var testDescription: String { text }

    init(_ units: Int64, _ decimals: Int, _ text: String) {
      (self.units, self.decimals, self.text) = (units, decimals, text)
    }
  }

  @Test(
    "an amount is written as an exact decimal without trailing zeros",
    arguments: [
      Case(150_000_000, 8, "1.5"), Case(0, 0, "0"), Case(0, 8, "0"), Case(0, 15, "0"), Case(7, 0, "7"),
      Case(100, 0, "100"), Case(100, 2, "1"), Case(1, 8, "0.00000001"), Case(-1, 8, "-0.00000001"),
      Case(10, 1, "1"), Case(-150, 2, "-1.5"), Case(105, 2, "1.05"), Case(99, 2, "0.99"),
      Case(1_000_000_000, 8, "10"), Case(.max, 0, "9223372036854775807"),
      Case(.max, 15, "9223.372036854775807"), Case(.min, 15, "-9223.372036854775808"),
      Case(.min, 0, "-9223372036854775808"),
    ])
  func table(_ each: Case) {
    #expect(units(each.units).formatted(decimals: each.decimals) == each.text)
  }
}
