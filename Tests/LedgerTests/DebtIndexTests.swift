import Kernel
import Ledger
import Testing

@Suite("The index of a debt")
struct DebtIndexTests {
  static let one: Int128 = 1_000_000_000_000_000

  /// An index after some random interest: from one to a few hundred.
  static func index(_ random: inout RandomStream) throws -> DebtIndex {
    var index = DebtIndex()
    for _ in 0..<random.below(10) { try index.accrue(growth: random.nextUnit() * 0.8) }
    return index
  }

  static let seeds = 1...200

  @Test("owed and a loan's units round up, booked and a repayment's down", arguments: seeds)
  func roundings(_ seed: Int) throws {
    var random = RandomStream.test("index roundings", seed: seed)
    let index = try DebtIndexTests.index(&random)
    let value = Int128(index.value)
    let amount = units(random.magnitude(bits: 50))
    let n = Int128(amount.units)
    let one = DebtIndexTests.one
    #expect(try Int128(index.owed(amount).units) == (n * value + one - 1) / one, "seed \(seed)")
    #expect(try Int128(index.booked(amount).units) == n * value / one, "seed \(seed)")
    #expect(
      try Int128(index.scaledForLoan(of: amount).units) == (n * one + value - 1) / value, "seed \(seed)")
    #expect(try Int128(index.scaledForRepayment(of: amount).units) == n * one / value, "seed \(seed)")
    for few in (Int64(0)...100).map(Amount.init(units:)) {
      #expect(try index.retiresAny(by: few) == !index.scaledForRepayment(of: few).isZero, "seed \(seed)")
    }
  }

  @Test("a borrower owes at least what it was lent", arguments: seeds)
  func loan(_ seed: Int) throws {
    var random = RandomStream.test("index loan", seed: seed)
    let index = try DebtIndexTests.index(&random)
    let lent = units(random.magnitude(bits: 50))
    #expect(try index.owed(index.scaledForLoan(of: lent)) >= lent, "seed \(seed)")
  }

  @Test("paying what is owed retires exactly all units", arguments: seeds)
  func fullRepayment(_ seed: Int) throws {
    var random = RandomStream.test("index repayment", seed: seed)
    let index = try DebtIndexTests.index(&random)
    let scaled = units(random.magnitude(bits: 50))
    #expect(try index.scaledForRepayment(of: index.owed(scaled)) == scaled, "seed \(seed)")
  }

  @Test("repaying in parts is never cheaper", arguments: seeds)
  func parts(_ seed: Int) throws {
    var random = RandomStream.test("index parts", seed: seed)
    let index = try DebtIndexTests.index(&random)
    var scaled = units(1 + random.magnitude(bits: 40))
    let atOnce = try index.owed(scaled)
    var paid = Amount.zero
    for _ in 0..<random.below(6) {
      let owed = try index.owed(scaled)
      let part = units(random.magnitude(bits: 40) % (owed.units + 1))
      scaled -= try index.scaledForRepayment(of: part)
      paid += part
    }
    // Whatever the parts were, the rest is paid in full.
    paid += try index.owed(scaled)
    #expect(paid >= atOnce, "seed \(seed)")
  }

  @Test("a period's interest equals the exact rational, each step rounded up", arguments: seeds)
  func accrual(_ seed: Int) throws {
    var random = RandomStream.test("index accrual", seed: seed)
    var index = DebtIndex()
    for _ in 0..<12 {
      // growth = j/2²⁰ with j < 2¹⁸, so that growth · 10¹⁵ = j · 5¹⁵ / 2⁵ is exact in a Double.
      let j = Int128(random.below(1 << 18))
      let fifteenthPower: Int128 = 30_517_578_125
      let step = (j * fifteenthPower + 31) / 32
      let before = Int128(index.value)
      try index.accrue(growth: Double(j) / 1_048_576)
      let one = DebtIndexTests.one
      #expect(Int128(index.value) == before + (before * step + one - 1) / one, "seed \(seed), j \(j)")
    }
  }

  @Test("nothing accrues without growth, and the least growth moves the index")
  func smallest() throws {
    var index = DebtIndex()
    try index.accrue(growth: 0)
    #expect(index.value == DebtIndex.one)
    try index.accrue(growth: 1e-30)
    #expect(index.value == DebtIndex.one + 1, "rounded up against the borrower")
  }

  @Test("an index or a debt that has no place in 64 bits is refused by type, without trace")
  func overflow() throws {
    var index = DebtIndex()
    // 2¹³ · 10¹⁵ = 8.2·10¹⁸ is the last doubling below 2⁶³.
    for _ in 0..<13 { try index.accrue(growth: 1) }
    #expect(index.value == 8_192_000_000_000_000_000)
    let before = index
    #expect(throws: ArithmeticRefusal.overflow) { try index.accrue(growth: 1) }
    #expect(throws: ArithmeticRefusal.overflow) { try index.accrue(growth: 1e5) }
    #expect(throws: ArithmeticRefusal.overflow) { try index.accrue(growth: .infinity) }
    #expect(throws: ArithmeticRefusal.negative) { try index.accrue(growth: -0.01) }
    #expect(throws: ArithmeticRefusal.negative) { try index.accrue(growth: .nan) }
    #expect(index == before)
    #expect(throws: ArithmeticRefusal.overflow) { try index.owed(units(.max)) }
    #expect(throws: ArithmeticRefusal.negative) { try index.owed(units(-1)) }
  }
}
