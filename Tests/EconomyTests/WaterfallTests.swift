import Economy
import Kernel
import Ledger
import Testing

/// The `mutualisation` fixture through a running world: deposits of 400, 300, 200 and 100, cash of 250, loans
/// of 750, a loss of 300 and a fund of 60.
///
/// One borrower takes 750 against 562.5 COIN at 2 dollars. The price halves; all collateral is seized for
/// 562.5 / 1.25 = 450 (bonus 25 %, close factor one), and 300 are lost.
@Suite("Waterfalls through a running world")
struct WaterfallTests {
  static let fixture = Mechanisms.all.mutualisation

  /// `loans` equal borrowers share the 750 and so the loss of 300.
  static func world(_ waterfall: [WorldSpecification.Layer], loans: Int64 = 1) -> SmallWorld {
    var small = SmallWorld()
    small.lenders = ["d1", "d2", "d3", "d4"].map {
      small.tokens(Fraction(fixture.deposits[$0] ?? "").scaled(by: 1))
    }
    small.loans = (0..<loans).map { _ in
      .init(
        value: Amount(units: small.tokens(1_125).units / loans),
        borrowed: Amount(units: small.tokens(750).units / loans))
    }
    small.bonus = 0.25
    small.closeFactor = 1
    small.coinReserve = Amount(units: 4_000_000_000_000_000_000)
    small.dollarReserve = small.coinReserve
    small.waterfall = waterfall
    small.shockAt = .seconds(10)
    small.horizon = .seconds(60)
    return small
  }

  static func tokens(_ texts: [String: String]) -> [Amount] {
    ["d1", "d2", "d3", "d4"].map { Amount(units: Fraction(texts[$0] ?? "").scaled(by: 100_000_000)) }
  }

  @Test("the world opens and loses as the fixture says")
  func opening() throws {
    let small = WaterfallTests.world([])
    let opened = try small.make()
    let cash = opened.final("venue", SmallWorld.dollar)
    let claims = try opened.claims()
    #expect(cash == small.tokens(Fraction(WaterfallTests.fixture.cash).scaled(by: 1)))
    #expect(claims == WaterfallTests.tokens(WaterfallTests.fixture.deposits))
    #expect(Fraction(WaterfallTests.fixture.loans).scaled(by: 1) == 750)
    let world = try small.run()
    let losses = world.recognisedLosses
    #expect(losses == [small.tokens(Fraction(WaterfallTests.fixture.loss).scaled(by: 1))])
  }

  @Test("pro rata: claims end as in the fixture")
  func proRata() throws {
    let world = try WaterfallTests.world([SmallWorld.proRata]).run()
    let (claims, deficit) = (try world.claims(), world.reserve.deficit)
    #expect(claims == WaterfallTests.tokens(WaterfallTests.fixture.rules.pro_rata))
    #expect(deficit == .zero)
  }

  @Test("insurance, then pro rata: fund and claims end as in the fixture")
  func insurance() throws {
    let rule = WaterfallTests.fixture.rules.insurance_then_pro_rata
    let fund = Amount(units: Fraction(WaterfallTests.fixture.insurance).scaled(by: 100_000_000))
    let world = try WaterfallTests.world([SmallWorld.fund(fund), SmallWorld.proRata]).run()
    let claims = try world.claims()
    let left = world.final("venue.waterfall[0].insuranceFund", SmallWorld.dollar)
    #expect(claims == WaterfallTests.tokens(rule.claims))
    #expect(left.units == Fraction(rule.insurance_left).scaled(by: 100_000_000))
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let layers: [WorldSpecification.Layer]
    let loans: Int64
    /// In tokens: taken by each step, what the deficit is in the end, the claims in all.
    let taken: [Int64]
    let deficit: Int64
    let claims: Int64
    let why: String
    var testDescription: String { why }

    init(
      _ layers: [WorldSpecification.Layer], loans: Int64 = 1, taken: [Int64], deficit: Int64, claims: Int64,
      _ why: String
    ) {
      (self.layers, self.loans, self.taken) = (layers, loans, taken)
      (self.deficit, self.claims, self.why) = (deficit, claims, why)
    }
  }

  static func fund(_ tokens: Int64, cap: Int64? = nil) -> WorldSpecification.Layer {
    SmallWorld.fund(
      SmallWorld().tokens(tokens), cap: cap.map { SmallWorld().tokens($0) })
  }

  static let cases: [Case] = [
    Case([], taken: [0], deficit: 300, claims: 1000, "no layers: unresolved stands last, unsaid"),
    Case(
      [SmallWorld.unresolved], taken: [0], deficit: 300, claims: 1000, "unresolved said: the deficit stands"),
    Case([fund(60)], taken: [60, 0], deficit: 240, claims: 1000, "a fund alone leaves the rest"),
    Case([fund(0), SmallWorld.proRata], taken: [0, 300, 0], deficit: 0, claims: 700, "a fund of nothing"),
    Case(
      [fund(300), SmallWorld.proRata], taken: [300, 0, 0], deficit: 0, claims: 1000, "a fund just enough"),
    Case([fund(301), SmallWorld.proRata], taken: [300, 0, 0], deficit: 0, claims: 1000, "a fund too large"),
    Case(
      [fund(100, cap: 40), SmallWorld.proRata], taken: [40, 260, 0], deficit: 0, claims: 740,
      "a cap below the balance"),
    Case(
      [fund(60, cap: 500), SmallWorld.proRata], taken: [60, 240, 0], deficit: 0, claims: 760,
      "a cap above the balance"),
    Case(
      [fund(100, cap: 0), SmallWorld.proRata], taken: [0, 300, 0], deficit: 0, claims: 700, "a cap of nothing"
    ),
    Case(
      [fund(100, cap: 40), SmallWorld.proRata], loans: 3, taken: [100, 200, 0], deficit: 0, claims: 800,
      "the cap is per event: three losses of 100 take 40, 40 and the last 20"),
    Case(
      [fund(150), SmallWorld.proRata], loans: 3, taken: [150, 150, 0], deficit: 0, claims: 850,
      "the fund runs dry within the second of three losses"),
    Case(
      [fund(50), fund(70), fund(20)], taken: [50, 70, 20, 0], deficit: 160, claims: 1000,
      "funds one after the other, each with its own account"),
    Case(
      [SmallWorld.proRata, fund(60)], taken: [300, 0, 0], deficit: 0, claims: 700,
      "suppliers first: the fund is never asked"),
    Case(
      [SmallWorld.unresolved, SmallWorld.proRata], taken: [0, 300, 0], deficit: 0, claims: 700,
      "unresolved in between takes nothing and passes all on"),
  ]

  @Test("each layer takes what it can of what the one before left", arguments: cases)
  func layers(_ each: Case) throws {
    let small = WaterfallTests.world(each.layers, loans: each.loans)
    let world = try small.run()
    let (taken, venue, lost) = (world.takenBySteps, world.reserve, world.recognisedLosses)
    #expect(taken == each.taken.map(small.tokens))
    #expect(venue.deficit == small.tokens(each.deficit))
    #expect(venue.claims.totalAssets == small.tokens(each.claims))
    #expect(lost.count == Int(each.loans))
    // Cash: 250 at the start, 450 repaid, and what funds paid.
    let cash = world.final("venue", SmallWorld.dollar)
    let paidByFunds = small.tokens(each.claims + 300 - 1000 - each.deficit)
    #expect(cash == small.tokens(250 + 450) + paidByFunds)
    for (place, layer) in each.layers.enumerated() where layer.type == InsuranceFund.self {
      let left = world.final("venue.waterfall[\(place)].insuranceFund", SmallWorld.dollar)
      #expect(left == layer.settings.holdings("balance")[0].amount - taken[place])
    }
  }

  @Test("the layers after the one that took the last of a loss are not asked")
  func silence() throws {
    let world = try WaterfallTests.world([WaterfallTests.fund(60), SmallWorld.proRata]).run()
    let asked = world.facts.compactMap { record -> [Int64]? in
      guard case .absorbed(let loss, _, _, let step, let taken, let promised, let left) = record.fact else {
        return nil
      }
      return [Int64(loss), Int64(step), taken.units, promised.units, left.units]
    }
    let one: Int64 = 100_000_000
    #expect(asked == [[1, 0, 60 * one, 0, 240 * one], [1, 1, 240 * one, 0, 0]])
  }
}
