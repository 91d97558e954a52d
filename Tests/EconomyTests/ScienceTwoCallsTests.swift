import Economy
import Kernel
import Ledger
import Testing

/// Qin, Zhou, Gamito, Jovanovic and Gervais, "An empirical study of DeFi liquidations: incentives, risks, and
/// instabilities" (arXiv:2106.06389), section 5.2: who may repay half of a debt at a time repays first what
/// leaves the position just at its threshold, and then half of what is left.
@Suite("Science: the two calls of an optimal liquidation")
struct ScienceTwoCallsTests {
  typealias Case = Mechanisms.TwoCalls.Case

  static let one = 1e12

  /// Called with so much held and owed: opened at twice the price, which a shock halves exactly. Sold outside
  /// at the reference price.
  static func called(held: Int64, owed: Int64, _ each: Case, closeFactor: Double, jump: Double) -> SmallWorld
  {
    var small = SmallWorld()
    small.decimals = 12
    small.loans = [.init(value: Amount(units: 2 * held), borrowed: Amount(units: owed))]
    small.lenders = [Amount(units: owed)]
    small.threshold = Fraction(each.LT).double
    small.bonus = Fraction(each.incentive).double
    small.closeFactor = closeFactor
    small.sellsOutside = true
    small.jump = jump
    // One call: the keeper would be back a second later.
    small.latency = .fixed(.seconds(1))
    small.horizon = .seconds(1)
    return small
  }

  struct Call {
    let repaid: Amount
    let seized: Amount
    let profit: Amount
  }

  static func call(_ small: SmallWorld) throws -> Call {
    let world = try small.run()
    let done = world.liquidations
    try #require(done.count == 1)
    return Call(
      repaid: done[0].repaid, seized: done[0].seized, profit: world.final("keeper[0]", SmallWorld.dollar))
  }

  @Test(
    "repay and earn what the closed form says, one call or two",
    arguments: Mechanisms.all.optimal_liquidation.cases)
  func twoCalls(_ each: Case) throws {
    let (held, owed) = (
      Fraction(each.C).scaled(by: 1_000_000_000_000), Fraction(each.D).scaled(by: 1_000_000_000_000)
    )
    let closeFactor = Fraction(each.close_factor).double
    // A close factor is read to nine digits.
    let tolerance = 1e-9 * Double(owed) + 4
    func isNear(_ units: Int64, _ expected: Double) -> Bool {
      abs(Double(units) - expected * ScienceTwoCallsTests.one) <= tolerance
    }

    let single = try ScienceTwoCallsTests.call(
      ScienceTwoCallsTests.called(held: held, owed: owed, each, closeFactor: closeFactor, jump: -0.5))
    #expect(isNear(single.repaid.units, each.single_call_repay))
    #expect(isNear(single.profit.units, each.profit_single))

    // The first call repays the closed form's amount, and no more is allowed it.
    let restoring = each.repay_to_restore_health * ScienceTwoCallsTests.one / Double(owed)
    let first = try ScienceTwoCallsTests.call(
      ScienceTwoCallsTests.called(held: held, owed: owed, each, closeFactor: restoring, jump: -0.5))
    #expect(isNear(first.repaid.units, each.repay_to_restore_health))
    let (left, debt) = (held - first.seized.units, owed - first.repaid.units)
    let health = Double(left) * Fraction(each.LT).double / Double(debt)
    #expect(abs(health - 1) < 1e-9, "just at the threshold")

    // The second finds the position there; a price of 10⁻⁹ less calls it.
    let second = try ScienceTwoCallsTests.call(
      ScienceTwoCallsTests.called(
        held: left, owed: debt, each, closeFactor: closeFactor, jump: -0.5 * (1 + 1e-9)))
    let near = Amount(units: first.repaid.units + second.repaid.units)
    #expect(isNear(near.units, each.optimal_two_call_repay))
    let earned = first.profit.units + second.profit.units
    #expect(isNear(earned, each.profit_two))
    #expect(
      closeFactor == 1 || earned > single.profit.units, "two calls earn more than one, unless one may do all")
  }
}
