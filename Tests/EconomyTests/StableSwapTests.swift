import Economy
import Kernel
import Ledger
import Testing

/// The stable-swap curve: exact by its definition, held against the recipe of Curve's contracts and against
/// what its shape promises.
@Suite struct StableSwapTests {
  static func pool(_ amplification: Int64, feeMillionths: Int64 = 0) -> Pool {
    Pool(
      name: "pool", account: AccountID(0), base: AssetID(0), quote: AssetID(1), feeMillionths: feeMillionths,
      curve: .stableSwap(StableSwapCurve(amplification: amplification)))
  }

  static func reserves(_ sold: Int64, _ bought: Int64) -> Pool.Reserves {
    Pool.Reserves(sold: Amount(units: sold), bought: Amount(units: bought))
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let x: Int64
    let y: Int64
    let amplification: Int64
    let sold: Int64
    var testDescription: String { "A \(amplification): \(sold) into \(x) of \(y)" }
  }

  /// Amplifications, sizes and imbalances over many orders of magnitude.
  static let cases: [Case] = {
    var random = RandomStream.test("stable", seed: 5)
    return (0..<300).map { _ in
      let size = Int64(1) << Int64(10 + random.below(41))
      let tilt = Int64(1) << Int64(random.below(8))
      let (x, y) = random.below(2) == 0 ? (size, max(2, size / tilt)) : (max(2, size / tilt), size)
      return Case(
        x: x, y: y, amplification: [1, 5, 100, 2_000, 1_000_000][Int(random.below(5))],
        sold: 1 + Int64(random.nextInteger(below: UInt64(2 * x))))
    }
  }()

  // MARK: The recipe of the contracts

  /// Newton in integers as Curve's contracts do it, for two coins: D, then y, less one for safety. Within two
  /// units of the exact figures, and never more generous.
  private static func recipe(_ each: Case) -> (d: Int128, bought: Int128) {
    let (x, y, a) = (Int128(each.x), Int128(each.y), Int128(2 * each.amplification))
    var d = x + y
    for _ in 0..<255 {
      let product = d * d / (2 * x) * d / (2 * y)
      let next = (a * (x + y) + 2 * product) * d / ((a - 1) * d + 3 * product)
      defer { d = next }
      if abs(next - d) <= 1 { break }
    }
    let more = x + Int128(each.sold)
    let (b, c) = (more + d / a, d * d / (2 * more) * d / (2 * a))
    var left = d
    for _ in 0..<255 {
      let next = (left * left + c) / (2 * left + b - d)
      defer { left = next }
      if abs(next - left) <= 1 { break }
    }
    return (d, max(0, y - left - 1))
  }

  @Test("within rounding of the contracts' recipe, and not below it by more", arguments: cases)
  func contracts(_ each: Case) throws {
    let recipe = StableSwapTests.recipe(each)
    let curve = StableSwapCurve(amplification: each.amplification)
    let d = Int128(try curve.invariant(UInt128(each.x), UInt128(each.y)))
    #expect(abs(d - recipe.d) <= 2)
    let bought = try StableSwapTests.pool(each.amplification).bought(
      forSelling: Amount(units: each.sold), reserves: StableSwapTests.reserves(each.x, each.y))
    // Where one reserve is nearly gone a unit of D is worth several of it.
    let slack = 10 + Int128(abs(Double(bought.units)) * 1e-9)
    #expect(abs(Int128(bought.units) - recipe.bought) <= slack, "\(bought.units) \(recipe.bought)")
  }

  // MARK: Laws

  @Test("D never falls, nobody drains it, and there and back again never gains", arguments: cases)
  func laws(_ each: Case) throws {
    let (pool, curve) = (
      StableSwapTests.pool(each.amplification), StableSwapCurve(amplification: each.amplification)
    )
    let bought = try pool.bought(
      forSelling: Amount(units: each.sold), reserves: StableSwapTests.reserves(each.x, each.y)
    ).units
    #expect(bought >= 0 && bought < each.y)
    let before = try curve.invariantToKeep(UInt128(each.x), UInt128(each.y))
    if bought > 0 {
      #expect(try curve.invariant(UInt128(each.x + each.sold), UInt128(each.y - bought)) >= before)
    }
    let back = try pool.bought(
      forSelling: Amount(units: bought),
      reserves: StableSwapTests.reserves(each.y - bought, each.x + each.sold)
    ).units
    #expect(back <= each.sold)
    // The next unit would have been too much.
    #expect(
      try bought + 1 == each.y
        || curve.invariant(UInt128(each.x + each.sold), UInt128(each.y - bought - 1)) < before)
  }

  @Test("a balanced pool is worth what is in it, and a flat one trades one for one")
  func balanced() throws {
    for amplification in [1, 100, 1_000_000] as [Int64] {
      let curve = StableSwapCurve(amplification: amplification)
      #expect(try curve.invariant(1_000_000, 1_000_000) == 2_000_000)
      #expect(curve.slope(1e6, 1e6) == 1)
    }
    let flat = try StableSwapTests.pool(1_000_000).bought(
      forSelling: Amount(units: 10_000_000), reserves: StableSwapTests.reserves(1_000_000_000, 1_000_000_000))
    #expect((9_999_990...10_000_000).contains(flat.units))
    let steep = try StableSwapTests.pool(1).bought(
      forSelling: Amount(units: 1_000_000_000),
      reserves: StableSwapTests.reserves(1_000_000_000, 1_000_000_000))
    // Less than one for one, more than the half that x·y = k gives.
    #expect((500_000_001..<1_000_000_000).contains(steep.units))
  }

  @Test("the price at the margin is that of a small trade", arguments: [1, 50, 2_000] as [Int64])
  func margin(amplification: Int64) throws {
    let pool = StableSwapTests.pool(amplification, feeMillionths: 400)
    for tilt in [1, 2, 10, 40] as [Int64] {
      let reserves = StableSwapTests.reserves(1_000_000_000_000_000, 1_000_000_000_000_000 / tilt)
      let small = try pool.bought(forSelling: Amount(units: 1_000_000_000), reserves: reserves)
      let rate = pool.marginalSale(after: .zero, reserves: reserves)
      #expect(abs(Double(small.units) / 1e9 / rate - 1) < 1e-4, "tilt \(tilt)")
    }
  }

  @Test("token for token where one has more decimals than the other")
  func decimals() throws {
    let pool = StableSwapTests.pool(100)
    let plain = try pool.bought(
      forSelling: Amount(units: 1_000_000), reserves: StableSwapTests.reserves(50_000_000, 30_000_000))
    // The same in an asset with two decimals more on one side.
    let finer = try pool.bought(
      forSelling: Amount(units: 100_000_000),
      reserves: Pool.Reserves(
        sold: Amount(units: 5_000_000_000), bought: Amount(units: 30_000_000), soldScale: 1,
        boughtScale: 100))
    #expect(abs(finer.units - plain.units) <= 1)
    #expect(finer.units > 0)
  }

  @Test("the most profitable sale earns more than others", arguments: [1, 100, 2_000] as [Int64])
  func arbitrage(amplification: Int64) throws {
    let pool = StableSwapTests.pool(amplification, feeMillionths: 100)
    let reserves = StableSwapTests.reserves(40_000_000_000, 90_000_000_000)
    for rate in [0.9, 1, 1.001] {
      func profit(_ sold: Int64) throws -> Double {
        Double(try pool.bought(forSelling: Amount(units: sold), reserves: reserves).units)
          - rate * Double(sold)
      }
      guard let best = pool.mostProfitableSale(reserves: reserves, outsideRate: rate) else {
        #expect(pool.marginalSale(after: .zero, reserves: reserves) <= rate)
        continue
      }
      let most = try profit(best.units)
      #expect(most > 0)
      for factor in [0.5, 0.9, 0.99, 1.01, 1.1, 2] {
        #expect(try profit(Int64(Double(best.units) * factor)) <= most + 2)
      }
    }
    let dear = pool.marginalSale(after: .zero, reserves: reserves) * 1.001
    #expect(pool.mostProfitableSale(reserves: reserves, outsideRate: dear) == nil)
  }

  @Test("what does not fit into the arithmetic is refused, never wrapped")
  func tooLarge() {
    let huge = StableSwapTests.reserves(.max, .max)
    #expect(throws: ArithmeticRefusal.overflow) {
      try StableSwapTests.pool(100).bought(forSelling: Amount(units: 1), reserves: huge)
    }
  }
}
