import Economy
import Foundation
import Kernel
import Ledger
import Testing

/// The closed forms of Tests/Fixtures/mechanisms.json, each reproduced by a world that runs: a position, a
/// move, a liquidation, and then what the facts and the ledger say. The toxic sequences and the jump boundary
/// stand in `LiquidationRunTests`.
@Suite("Science: closed forms of the mechanisms, through running worlds")
struct ScienceMechanismTests {
  typealias Swap = Mechanisms.ConstantProduct.Swap

  static let (coin, dollar) = (SmallWorld.coin, SmallWorld.dollar)

  /// One position of `held` coins at a dollar each, and a keeper that sells in a pool at any loss.
  static func forced(held: Int64, borrowed: Int64) -> SmallWorld {
    var small = SmallWorld()
    small.coinPrice = 1
    small.loans = [.init(value: Amount(units: held), borrowed: Amount(units: borrowed))]
    small.lenders = [Amount(units: borrowed)]
    small.takesLosses = true
    small.keeperCapital = Amount(units: 1_000_000_000_000_000)
    small.closeFactor = 1
    small.latency = .fixed(.zero)
    return small
  }

  static func swaps(_ world: borrowing World) -> [(sold: Amount, bought: Amount, price: Double)] {
    world.facts.compactMap {
      if case .swapped(_, _, _, let sold, let bought, let price) = $0.fact {
        (sold, bought, price)
      } else {
        nil
      }
    }
  }

  @Test(
    "collateral sold into a pool brings the exact fraction, to the base unit",
    arguments: Mechanisms.all.cpmm.swap)
  func swap(_ each: Swap) throws {
    let one: Int64 = 100_000_000
    let (x, y) = (Fraction(each.x).scaled(by: one), Fraction(each.y).scaled(by: one))
    let sold = Fraction(each.dx).scaled(by: one)
    var small = ScienceMechanismTests.forced(held: sold, borrowed: sold * 3 / 4)
    // Under water by a half: everything is seized, and everything is sold.
    small.jump = -0.9
    small.coinReserve = Amount(units: x)
    small.dollarReserve = Amount(units: y)
    small.feeMillionths = Fraction(each.fee).scaled(by: 1_000_000)
    let world = try small.run()
    let swaps = ScienceMechanismTests.swaps(world)
    try #require(swaps.count == 1)
    let exact = Fraction(each.dy_exact).scaled(by: one)
    #expect(swaps[0].sold.units == sold)
    #expect(swaps[0].bought.units == exact)
    let (coins, dollars) = (
      world.final("pool", ScienceMechanismTests.coin).units,
      world.final("pool", ScienceMechanismTests.dollar).units
    )
    #expect(coins == x + sold)
    #expect(dollars == y - exact)
    #expect(abs(swaps[0].price / each.spot_after - 1) < 1e-7)
    #expect(abs(Double(coins) * Double(dollars) / (Double(x) * Double(y)) / each.k_growth - 1) < 1e-7)
    let got = Double(exact) / Double(sold)
    #expect(abs(got / each.exec_price - 1) < 1e-7)
    #expect(abs(1 - got / (Double(y) / Double(x)) - each.slippage) < 1e-7)
  }

  @Test(
    "an arbitrageur of a running world makes the trade of the closed form",
    arguments: Mechanisms.all.cpmm.arbitrage)
  func arbitrage(_ each: Mechanisms.ConstantProduct.Arbitrage) throws {
    let one: Int64 = 100_000_000
    var small = SmallWorld()
    small.coinPrice = Fraction(each.external_price).double
    small.coinReserve = Amount(units: Fraction(each.x).scaled(by: one))
    small.dollarReserve = Amount(units: Fraction(each.y).scaled(by: one))
    small.feeMillionths = Fraction(each.fee).scaled(by: 1_000_000)
    small.jump = 0
    small.arbitrageurs = 1
    small.arbitrageCapital = Amount(units: 1_000_000_000_000_000)
    let world = try small.run()
    let swaps = ScienceMechanismTests.swaps(world)
    guard each.side != "no trade (inside fee band)" else {
      #expect(swaps.isEmpty)
      return
    }
    try #require(swaps.count == 1)
    func units(_ text: String) -> Double { (Double(text) ?? .nan) * Double(one) }
    let price = small.coinPrice
    #expect(abs(Double(swaps[0].sold.units) - units(each.amount_in)) <= 1.5)
    // A unit of coins less sold is worth so many units of dollars.
    #expect(abs(Double(swaps[0].bought.units) - units(each.amount_out)) <= 2 * max(1, price))
    #expect(abs(swaps[0].price / (Double(each.pool_price_after) ?? .nan) - 1) < 1e-9)
    let purse = world.final("arbitrageur[0]", ScienceMechanismTests.dollar)
    let gain = Double((purse - small.arbitrageCapital).units)
    #expect(abs(gain - units(each.profit_in_Y)) <= 2 * price + 2)
  }

  /// Pool against portfolio after the outside price has moved by a ratio r: 2√r/(1 + r) − 1.
  @Test(
    "a pool that is arbitraged for nothing is worth what impermanent loss leaves",
    arguments: Mechanisms.all.cpmm.impermanent_loss)
  func impermanentLoss(_ each: Mechanisms.ConstantProduct.Impermanent) throws {
    let ratio = Fraction(each.price_ratio).double
    var small = SmallWorld()
    small.coinReserve = Amount(units: 1_000_000_000_000)
    small.dollarReserve = Amount(units: 2_000_000_000_000)
    small.jump = ratio - 1
    small.arbitrageurs = 1
    small.arbitrageCapital = Amount(units: 100_000_000_000_000)
    let world = try small.run()
    let worth =
      Double(world.final("pool", ScienceMechanismTests.coin).units) * 2 * ratio
      + Double(world.final("pool", ScienceMechanismTests.dollar).units)
    let held = 1e12 * 2 * ratio + 2e12
    #expect(abs(worth / held - 1 - (Double(each.IL) ?? .nan)) < 1e-9)
  }

  /// McFarlane (arXiv:2510.10171), equations 2 to 4: where the sale of what is seized moves the price that
  /// the rest is valued at, liquidations raise the loan to value from 1/((1 + i)·λ) on, with λ = 1 + 2c/y.
  ///
  /// The position is called a thousandth below and above that frontier, the venue reads the pool, and a
  /// liquidation repays a millionth of the debt.
  @Test(
    "the toxic frontier lies where the pool's depth puts it",
    arguments: Mechanisms.all.toxic_liquidation.cpamm_extension.rows, [0.999, 1.001])
  func frontier(_ row: Mechanisms.Toxic.WithPool.Row, _ side: Double) throws {
    let held: Int64 = 1_000_000_000_000_000
    let loanToValue = row.frontier * side
    let borrowed = Int64(Double(held) * loanToValue)
    let share = Fraction(row.c_over_y).double
    var small = ScienceMechanismTests.forced(held: held, borrowed: borrowed)
    let depth = share == 0 ? 4_000 * held : Int64(Double(held) / share)
    small.decimals = 12
    small.coinReserve = Amount(units: depth)
    small.dollarReserve = Amount(units: depth)
    small.oracleSource = .pool(SmallWorld.pool)
    small.bonus = Fraction(row.i).double
    // Below the threshold from the start: what rings is a look at the pool without a move.
    small.threshold = 0.5
    small.shocks = [
      Shock(asset: ScienceMechanismTests.dollar, at: .start, jump: 0, over: .zero, every: .seconds(1))
    ]
    small.closeFactor = 1e-6
    // The keeper goes on at the same instant; one event after the other until the first is done.
    var world = try small.make()
    var (repaid, seized) = (Amount.zero, Amount.zero)
    while repaid.isZero, try world.step() {
      for record in world.facts {
        if case .liquidated(_, _, _, _, let paid, let taken, _) = record.fact {
          (repaid, seized) = (paid, taken)
        }
      }
    }
    #expect(abs(Double(repaid.units) - 1e-6 * Double(borrowed)) < 2)
    let price =
      Double(world.final("pool", ScienceMechanismTests.dollar).units)
      / Double(world.final("pool", ScienceMechanismTests.coin).units)
    let after = Double(borrowed - repaid.units) / (Double(held - seized.units) * price)
    let before = Double(borrowed) / Double(held)
    #expect((after > before) == (side > 1), "\(before) became \(after)")
  }
}
