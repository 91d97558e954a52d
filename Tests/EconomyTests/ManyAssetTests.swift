import Economy
import Kernel
import Ledger
import ReferenceWorlds
import Testing

@Suite("Positions of several assets: the rules")
struct ManyAssetRuleTests {
  /// Two collaterals (assets 0 and 1, thresholds 0.5 and 0.75) and two debts (assets 2 and 3), all without
  /// decimals.
  static let venue = LendingPool(
    name: "venue", account: AccountID(0),
    reserves: [2, 3].map {
      Reserve(
        account: AccountID(0), asset: AssetID($0), shareAsset: AssetID($0 + 2), debtAsset: AssetID($0 + 4),
        rate: .flat(0), reserveFactor: 0)
    },
    collateral: [
      CollateralTerms(asset: AssetID(0), maximumLTV: 0.4, threshold: 0.5, bonus: 0),
      CollateralTerms(asset: AssetID(1), maximumLTV: 0.7, threshold: 0.75, bonus: 0.25),
    ],
    closeFactor: 1, fullCloseBelow: 0, accrualPeriod: .hours(1), recognition: .onExhaustion)

  static let prices = PriceBoard(prices: [2, 4, 1, 8], unitsPerToken: [1, 1, 1, 1])

  @Test("everything held carries at its own threshold, everything owed counts")
  func standing() throws {
    // 100 · 2 · 0.5 + 50 · 4 · 0.75 = 250 against 170 · 1 + 10 · 8 = 250.
    let standing = try LiquidationRuleTests.standing(
      ManyAssetRuleTests.venue, held: [100, 50], owed: [170, 10], ManyAssetRuleTests.prices)
    #expect(standing == Standing(carries: 250, owes: 250))
    #expect(!standing.isLiquidatable)
    for (held, owed) in [([99, 50], [170, 10]), ([100, 49], [170, 10]), ([100, 50], [171, 10])] {
      let less = try LiquidationRuleTests.standing(
        ManyAssetRuleTests.venue, held: held.map { Int64($0) }, owed: owed.map { Int64($0) },
        ManyAssetRuleTests.prices)
      #expect(less.isLiquidatable, "\(held) against \(owed)")
    }
  }

  @Test("the limit of a mix is that of its parts by their weights")
  func limit() {
    // 3/4 · 0.4 + 1/4 · 0.7 = 0.475.
    let parts = [WorldSpecification.Part(0, weight: 3), WorldSpecification.Part(1)]
    #expect(parts.shares == [0.75, 0.25])
    #expect(abs(parts.limit(under: ManyAssetRuleTests.venue.collateral) - 0.475) < 1e-15)
    #expect([WorldSpecification.Part(1)].limit(under: ManyAssetRuleTests.venue.collateral) == 0.7)
  }

  @Test("places are kept in order, and as many as there are")
  func places() {
    for list in [[], [0], [3], [0, 1, 2, 3], [1, 700, 65_535]] {
      #expect(Array(Places(list)) == list)
      #expect(Places(list).count == list.count)
    }
  }

  @Test("of two pairs a liquidator takes the one that leaves most dollars")
  func pairs() throws {
    let venue = ManyAssetRuleTests.venue
    let pool = Pool(
      name: "pool", account: AccountID(9), base: AssetID(1), quote: AssetID(3), feeMillionths: 0)
    let liquidator = Liquidator(
      name: "keeper", account: AccountID(8), key: EntityKey(id: "keeper"),
      terms: LiquidatorTerms(
        market: .pool(PoolID(0)), currency: AssetID(1), latency: .fixed(.zero), retry: .seconds(1),
        minimumProfit: .zero))
    // Pair (0, 1) repays asset 2 at $1 with asset 1 at $4, pair (1, 1) asset 3 at $8. Both pools of the views
    // pay twice what they are sold for.
    func view(_ reserve: Int, owed: Int64) throws -> LiquidationView {
      try LiquidationView(
        venue: venue, reserve: reserve, collateral: 1, owed: Amount(units: owed),
        held: Amount(units: 1_000_000), health: 0.9, published: ManyAssetRuleTests.prices,
        market: .pool(
          pool,
          .init(
            sold: Amount(units: 1_000_000_000),
            bought: Amount(units: reserve == 0 ? 8_000_000_000 : 1_000_000_000))), purse: .zero)
    }
    // 1,000 of asset 2 seize 312, which bring 2,495: 1,495 dollars. 100 of asset 3 seize 250, bring 249: 149
    // units of $8 are 1,192 dollars; 200 seize 500, bring 499: 299 · 8 = 2,392 dollars.
    #expect(try liquidator.decide([view(0, owed: 1_000), view(1, owed: 100)])?.reserve == 0)
    #expect(try liquidator.decide([view(0, owed: 1_000), view(1, owed: 200)])?.reserve == 1)
    #expect(try liquidator.decide([view(1, owed: 200), view(0, owed: 1_000)])?.reserve == 1)
    #expect(try liquidator.decide([]) == nil)
  }

  @Test("a repayment that retires nothing is not made")
  func retiresNothing() throws {
    // At an index of two, two units are owed on one scaled unit; half of them would retire none.
    var venue = LiquidationRuleTests.venue(bonus: 0.25)
    venue.reserves[0].index.value = 2 * DebtIndex.one
    let pool = Pool(
      name: "pool", account: AccountID(9), base: AssetID(0), quote: AssetID(1), feeMillionths: 0)
    let liquidator = Liquidator(
      name: "keeper", account: AccountID(8), key: EntityKey(id: "keeper"),
      terms: LiquidatorTerms(
        market: .pool(PoolID(0)), currency: AssetID(1), latency: .fixed(.zero), retry: .seconds(1),
        minimumProfit: .zero))
    let reserve = Amount(units: 1_000_000)
    func decide(owed: Int64) throws -> LiquidationOrder? {
      try liquidator.decide([
        try LiquidationView(
          venue: venue, reserve: 0, collateral: 0, owed: Amount(units: owed), held: Amount(units: 10_000),
          health: 0.9, published: LiquidationRuleTests.prices(coin: 0.125),
          market: .pool(pool, .init(sold: reserve, bought: reserve)), purse: .zero)
      ])
    }
    #expect(try decide(owed: 2) == nil)
    #expect(try decide(owed: 4)?.repaid == Amount(units: 2))
  }
}
