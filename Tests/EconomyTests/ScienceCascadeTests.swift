import Economy
import Foundation
import Kernel
import Ledger
import Testing

/// A price cascade on a constant-product pool without a fee, against its closed form.
///
/// Positions hold collateral κ for each unit of log price at which they fall; what falls is sold into the
/// pool at once, and the venue reads the pool. With x₀ coins in the pool and log drop 2·ln(x/x₀), a first
/// drop s becomes the total u with u = s + 2·ln(1 + a·u), a = κ/x₀: a Lambert W. R₀ = 2a is how many
/// liquidations one brings about while the drop is small.
@Suite("Science: the cascade on a constant-product pool")
struct ScienceCascadeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let a: Double
    let shock: Double
    let total: Double
    let reproduction: String

    var testDescription: String { "R0 = \(reproduction)" }

    /// d/du of s + 2·ln(1 + a·u) where the cascade ends: by how much less than one, by so much a gap in the
    /// ladder is magnified.
    var slope: Double { 2 * a / (1 + a * total) }
  }

  static let cases: [Case] = ["0.4", "0.9", "0.98"].map { reproduction in
    let row = Mechanisms.all.cpmm_cascade.rows.first {
      $0.R0 == reproduction && $0.initial_log_shock == "0.05"
    }
    guard let row, let total = Double(row.total_log_drop) else {
      preconditionFailure("mechanisms.json has no cascade at \(reproduction)")
    }
    return Case(
      a: Fraction(row.a_kappa_over_x0).double, shock: 0.05, total: total, reproduction: reproduction)
  }

  /// The ladder of liquidation prices covers this fall of log price: more than any of the cases.
  static let span = 0.5

  static let (coin, dollar, other) = (AssetID(0), AssetID(1), AssetID(2))

  /// The first drop is made by sellers who must sell: they hold coins beside another collateral that loses
  /// its price in small steps, one seller a step. The keeper takes their coins and only them. A threshold of
  /// a half and a bonus of one, so that a position's collateral is just what a full close takes.
  static func world(_ each: Case, positions count: Int, sellers: Int) -> WorldSpecification {
    let x0 = 1e15
    let sold = x0 * (exp(each.shock / 2) - 1)
    // κ/x₀ counts the coins in the pool once the sellers have sold.
    let held = each.a * (x0 + sold) * span / Double(count)
    let perSeller = (sold / Double(sellers)).rounded()
    var populations: [WorldSpecification.Population] = [
      .lenders(
        id: "lender", venue: VenueID(0), reserve: 0, count: 1,
        size: .fixed(Amount(units: 4_000_000_000_000_000_000)), utilization: nil),
      .liquidators(
        id: "keeper", count: 1,
        terms: LiquidatorTerms(
          market: .pool(PoolID(0)), currency: dollar, latency: .fixed(.zero), retry: .days(1),
          minimumProfit: nil, capital: Amount(units: 1_000_000_000_000_000_000))),
    ]
    let parts = [WorldSpecification.Part(0)]
    for rung in 0..<count {
      let drop = (Double(rung) + 0.5) * span / Double(count)
      populations.append(
        .borrowers(
          id: "rung\(rung)", venue: VenueID(0), collateral: parts, debts: [.init(0)], count: 1,
          size: .fixed(Amount(units: Int64(held.rounded()))), ltv: .fixed(0.5 * exp(-drop))))
    }
    // A hundred dollars of the other collateral for one of coins: the coin's price hardly matters to them.
    let weights = [WorldSpecification.Part(0, weight: 1), WorldSpecification.Part(1, weight: 100)]
    for seller in 0..<sellers {
      let left = exp(-ln2 * (Double(seller) + 0.5) / Double(sellers))
      populations.append(
        .borrowers(
          id: "seller\(seller)", venue: VenueID(0), collateral: weights, debts: [.init(0)], count: 1,
          size: .fixed(Amount(units: Int64(perSeller) * 101)), ltv: .fixed(0.5 * (1 + 100 * left) / 101)))
    }
    let reserve = Amount(units: Int64(x0))
    return WorldSpecification(
      horizon: SimTime(microseconds: Int64(sellers) * 1_000_000),
      tokens: ["COIN", "DOLLAR", "OTHER"].map { .init(name: $0, decimals: 8, price: 1) },
      shocks: [
        Shock(
          asset: other, at: .start, jump: -0.5, over: .seconds(Int64(sellers)), every: .seconds(1))
      ],
      pools: [
        .init(
          name: "pool", base: coin, quote: dollar, feeMillionths: 0, baseReserve: reserve,
          quoteReserve: reserve)
      ],
      oracles: [
        Oracle(name: "coin", asset: coin, source: .pool(PoolID(0)), delay: .zero),
        Oracle(name: "dollar", asset: dollar, source: .fixed, delay: .zero),
        Oracle(name: "other", asset: other, source: .reference, delay: .zero),
      ],
      venues: [
        .init(
          name: "venue", debts: [.init(dollar)],
          collateral: [coin, other].map {
            CollateralTerms(asset: $0, maximumLTV: 0.5, threshold: 0.5, bonus: 1)
          },
          closeFactor: 1, fullCloseBelow: 0, accrualPeriod: .hours(1), recognition: .onExhaustion,
          waterfall: [])
      ],
      populations: populations)
  }

  static let ln2 = 0.693_147_180_559_945_3

  struct Outcome {
    let drop: Double
    let liquidations: Int64
  }

  static func outcome(_ each: Case, positions: Int) throws -> Outcome {
    // Few rungs a seller, so that not many fall at one instant.
    let sellers = max(50, positions / 50)
    var world = try World.make(
      ScienceCascadeTests.world(each, positions: positions, sellers: sellers), populationSeed: 1,
      shockSeed: 1, keeping: .none, audit: .never)
    try world.run()
    let (coins, dollars) = (
      world.final("pool", coin).units, world.final("pool", dollar).units
    )
    return Outcome(
      drop: log(Double(coins) / Double(dollars)), liquidations: world.measures.liquidations - Int64(sellers))
  }

  /// 10⁵ rungs take ten times as long in a debug build as all the rest.
  static var ladders: [Int] {
    let isSmall = caseCount(debug: 1, full: 2) == 1
    return isSmall ? [1_000, 10_000] : [1_000, 10_000, 100_000]
  }

  /// A ladder of N rungs, h = span/N apart, stops at the first rung that the price does not reach: the drop
  /// is off by at most (h/2)/(1 − slope), whatever N.
  @Test(
    "the total log drop is the closed form's, with an error that shrinks like 1/N",
    arguments: cases, ladders)
  func closedForm(_ each: Case, _ count: Int) throws {
    let outcome = try ScienceCascadeTests.outcome(each, positions: count)
    let spacing = ScienceCascadeTests.span / Double(count)
    let error = outcome.drop - each.total
    let bound = spacing / 2 / (1 - each.slope)
    print(
      "cascade \(each.testDescription), N = \(count): drop \(outcome.drop), relative error \(error / each.total),",
      "\(error / bound) of the bound, \(outcome.liquidations) liquidations")
    // A hundredth for the curvature of the closed form, and 10⁻⁹ for base units.
    #expect(abs(error) <= 1.01 * bound + 1e-9)
    #expect(count < 100_000 || abs(error) < 1e-3 * each.total)
    // Who has fallen: the rungs that the drop has passed.
    #expect(abs(Double(outcome.liquidations) - outcome.drop / spacing) <= 2)
  }
}
