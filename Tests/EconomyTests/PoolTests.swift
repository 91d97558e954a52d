import Economy
import Kernel
import Ledger
import Testing

@Suite("Constant-product pools")
struct PoolTests {
  typealias Reserves = Pool.Reserves

  /// Base units of one token in these tests: eight decimals.
  static let one: Int64 = 100_000_000

  static func pool(feeMillionths: Int64) -> Pool {
    Pool(
      name: "pool", account: AccountID(0), base: AssetID(0), quote: AssetID(1), feeMillionths: feeMillionths)
  }

  static func pool(fee: String) -> Pool {
    pool(feeMillionths: Fraction(fee).scaled(by: 1_000_000))
  }

  static func reserves(_ sold: Int64, _ bought: Int64) -> Reserves {
    Reserves(sold: Amount(units: sold), bought: Amount(units: bought))
  }

  @Test("a swap gives the exact fraction, rounded down to the base unit", arguments: Mechanisms.all.cpmm.swap)
  func swaps(_ each: Mechanisms.ConstantProduct.Swap) throws {
    let one = PoolTests.one
    let (x, y) = (Fraction(each.x).scaled(by: one), Fraction(each.y).scaled(by: one))
    let sold = Fraction(each.dx).scaled(by: one)
    let pool = PoolTests.pool(fee: each.fee)
    let bought = try pool.bought(
      forSelling: Amount(units: sold), reserves: PoolTests.reserves(x, y))
    #expect(bought.units == Fraction(each.dy_exact).scaled(by: one))
    let (after, left) = (Double(x + sold), Double(y - bought.units))
    #expect(abs(left / after / each.spot_after - 1) < 1e-7)
    #expect(abs(after * left / (Double(x) * Double(y)) / each.k_growth - 1) < 1e-7)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let fee: Int64
    let x: Int64
    let y: Int64
    let sold: Int64
    let bought: Int64
    let why: String
    var testDescription: String { why }

    init(_ fee: Int64, _ x: Int64, _ y: Int64, _ sold: Int64, _ bought: Int64, _ why: String) {
      (self.fee, self.x, self.y, self.sold, self.bought, self.why) = (fee, x, y, sold, bought, why)
    }
  }

  @Test(
    "what a trader gets is rounded down twice",
    arguments: [
      Case(0, 100, 100, 100, 50, "half of the reserve for as much again"),
      Case(0, 100, 100, 1, 0, "100 · 1 / 101 is less than a unit"),
      Case(0, 100, 1000, 1, 9, "1000 · 1 / 101 = 9.9"),
      Case(3_000, 100, 1000, 1, 0, "the fee takes the only unit: ⌊0.997⌋ = 0"),
      // ⌊10 · 0.997⌋ = 9, 1000 · 9 / 109 = 82.57 (without the first rounding 1000 · 9.97 / 109.97 = 90.66)
      Case(3_000, 100, 1000, 10, 82, "the fee rounds down before the price does"),
      Case(999_999, 100, 1000, 999_999, 0, "all but a millionth is fee: ⌊0.999999⌋ = 0"),
      Case(0, 100, 1000, 0, 0, "nothing for nothing"),
      Case(0, .max / 2, .max, .max / 2, .max / 2, "the largest reserves: ⌊(2⁶³ − 1) / 2⌋"),
    ])
  func table(_ each: Case) throws {
    let pool = PoolTests.pool(feeMillionths: each.fee)
    let reserves = PoolTests.reserves(each.x, each.y)
    #expect(try pool.bought(forSelling: Amount(units: each.sold), reserves: reserves).units == each.bought)
  }

  @Test("a sale that would overflow the reserve is refused by type")
  func overflow() {
    let pool = PoolTests.pool(feeMillionths: 0)
    #expect(throws: ArithmeticRefusal.overflow) {
      try pool.bought(forSelling: Amount(units: .max), reserves: PoolTests.reserves(1, 1))
    }
    #expect(throws: ArithmeticRefusal.negative) {
      try pool.bought(forSelling: Amount(units: -1), reserves: PoolTests.reserves(1, 1))
    }
  }

  @Test("x · y never falls, whatever is sold on either side", arguments: 1...20)
  func product(_ seed: Int) throws {
    var random = RandomStream.test("product", seed: seed)
    let pool = PoolTests.pool(feeMillionths: Int64(random.below(20_000)))
    let most: UInt64 = 1 << UInt64(4 + random.below(40))
    var x = 1 + Int64(random.nextInteger(below: most))
    var y = 1 + Int64(random.nextInteger(below: most))
    for _ in 0..<200 {
      let before = Int128(x) * Int128(y)
      let sold = Int64(random.nextInteger(below: most))
      if random.below(2) == 0 {
        y -= try pool.bought(
          forSelling: Amount(units: sold), reserves: PoolTests.reserves(x, y)
        ).units
        x += sold
      } else {
        x -= try pool.bought(
          forSelling: Amount(units: sold), reserves: PoolTests.reserves(y, x)
        ).units
        y += sold
      }
      #expect(Int128(x) * Int128(y) >= before && x > 0 && y > 0, "seed \(seed)")
    }
  }

  /// The sign of the gain from the d-th unit sold, exactly. With kept K/10⁶, X = 10⁶·x and outside rate a/b,
  /// y·K·d/(X + K·d) − (a/b)·d grows from d − 1 to d iff y·K·X·b > a·(X + K·d)·(X + K·(d − 1)).
  static func lastUnitPays(
    _ d: Int64, _ reserves: Reserves, feeMillionths: Int64, rate: (a: Int64, b: Int64)
  ) -> Bool {
    let kept = Int128(1_000_000 - feeMillionths)
    let scaledX = Int128(reserves.sold.units) * 1_000_000
    let gain = Int128(reserves.bought.units) * kept * scaledX * Int128(rate.b)
    return gain > Int128(rate.a) * (scaledX + kept * Int128(d)) * (scaledX + kept * Int128(d - 1))
  }

  @Test("no sale of a unit more or less earns more than the most profitable one", arguments: 1...50)
  func mostProfitable(_ seed: Int) {
    var random = RandomStream.test("most profitable", seed: seed)
    var trades = 0
    for _ in 0..<100 {
      let fee = Int64(random.below(20_000))
      let pool = PoolTests.pool(feeMillionths: fee)
      let reserves = PoolTests.reserves(
        1 + Int64(random.below(100_000_000)), 1 + Int64(random.below(100_000_000)))
      let rate = (a: 1 + Int64(random.below(1_000)), b: 1 + Int64(random.below(1_000)))
      func pays(_ unit: Int64) -> Bool {
        PoolTests.lastUnitPays(unit, reserves, feeMillionths: fee, rate: rate)
      }
      let sale = pool.mostProfitableSale(
        reserves: reserves, outsideRate: Double(rate.a) / Double(rate.b))
      if let sold = sale?.units {
        trades += 1
        #expect(pays(sold), "seed \(seed): the last of \(sold) loses")
        #expect(!pays(sold + 2), "seed \(seed): more than \(sold) would earn more")
      } else {
        #expect(!pays(2), "seed \(seed): a sale that pays was not made")
      }
    }
    #expect(trades > 10, "seed \(seed)")
  }
}

@Suite("Arbitrageurs")
struct ArbitrageurTests {
  @Test("trade the amount of the closed form, in either direction", arguments: Mechanisms.all.cpmm.arbitrage)
  func closedForm(_ each: Mechanisms.ConstantProduct.Arbitrage) throws {
    let one = PoolTests.one
    let (x, y) = (Fraction(each.x).scaled(by: one), Fraction(each.y).scaled(by: one))
    let pool = PoolTests.pool(fee: each.fee)
    let order = try Arbitrageur.decide(
      pool: pool, baseIn: PoolTests.reserves(x, y),
      quoteIn: PoolTests.reserves(y, x),
      outside: OutsideMarket(rate: Fraction(each.external_price).double),
      purse: Amount(units: .max / 4))
    guard each.side != "no trade (inside fee band)" else {
      #expect(order == nil)
      return
    }
    guard let order else {
      Issue.record("no trade")
      return
    }
    let sellsBase = each.side == "sell X to pool"
    #expect(order.asset == (sellsBase ? pool.base : pool.quote))
    func isNear(_ amount: Amount, _ tokens: String, within units: Double) -> Bool {
      abs(Double(amount.units) - (Double(tokens) ?? .nan) * Double(one)) <= units
    }
    #expect(isNear(order.sold, each.amount_in, within: 1.5))
    // A unit of base less sold is worth up to 2,500 units of quote.
    let price = Fraction(each.external_price).double
    #expect(isNear(order.bought, each.amount_out, within: sellsBase ? 2 * price : 2))
    let gain = sellsBase ? order.bought - order.outside : order.outside - order.sold
    #expect(isNear(gain, each.profit_in_Y, within: 2 * price))
    let (baseAfter, quoteAfter) =
      sellsBase
      ? (x + order.sold.units, y - order.bought.units) : (x - order.bought.units, y + order.sold.units)
    let after = Double(quoteAfter) / Double(baseAfter)
    #expect(abs(after / (Double(each.pool_price_after) ?? .nan) - 1) < 1e-9)
  }

  struct Purse: Sendable, CustomTestStringConvertible {
    let rate: Double
    let purse: Int64
    let sold: Int64?
    let why: String
    var testDescription: String { why }

    init(_ rate: Double, _ purse: Int64, _ sold: Int64?, _ why: String) {
      (self.rate, self.purse, self.sold, self.why) = (rate, purse, sold, why)
    }
  }

  @Test(
    "spend at most what is in the purse",
    arguments: [
      // √(10⁶ · 10⁶ / 0.25) − 10⁶ = 10⁶ of base, bought outside for 250,000.
      Purse(0.25, 1_000_000, 1_000_000, "rich enough for the whole gap"),
      Purse(0.25, 250_000, 1_000_000, "just rich enough"),
      Purse(0.25, 1_000, 4_000, "a thousand buys four thousand outside"),
      Purse(4, 3_000, 3_000, "buying from the pool, the purse is what is sold"),
      Purse(4, 5_000_000, 1_000_000, "√(10⁶ · 10⁶ · 4) − 10⁶ of quote"),
      Purse(0.25, 0, nil, "an empty purse trades nothing"),
      Purse(1, 1_000, nil, "no gap, no trade"),
    ])
  func purse(_ each: Purse) throws {
    let pool = PoolTests.pool(feeMillionths: 0)
    let reserves = PoolTests.reserves(1_000_000, 1_000_000)
    let order = try Arbitrageur.decide(
      pool: pool, baseIn: reserves, quoteIn: reserves, outside: OutsideMarket(rate: each.rate),
      purse: Amount(units: each.purse))
    #expect(order?.sold.units == each.sold)
  }
}
