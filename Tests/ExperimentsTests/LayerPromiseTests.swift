import Economy
import Kernel
import Ledger
import Testing

@testable import Experiments

/// Layers that pay over time, in amounts reckoned by hand: the loss of 300 of `LossWorld`, and a pool of
/// 10,000 GOV against 5,000 dollars (x · y = 50,000,000), half a dollar each.
@Suite("Layers that pay over time: amounts by hand, from a config to losses.csv and the ledger")
struct LayerPromiseTests {
  static func world(_ waterfall: String) -> LossWorld {
    var small = LossWorld()
    small.addGovernanceToken()
    small.waterfall = waterfall
    return small
  }

  /// Dollars a token in the pool, in the end.
  static func poolPrice(_ outcome: borrowing LossOutcome) -> Double {
    Double(outcome.balance("market", "DOLLAR").units) / Double(outcome.balance("market", "GOV").units)
  }

  @Test("control: without such a layer nobody sells, and the pool's price stays")
  func control() throws {
    let outcome = try Self.world(#""proRata""#).run()
    #expect(Self.poolPrice(outcome) == 0.5)
    #expect(outcome.story() == ["proRata suppliers 300 0 0 0 0"])
  }

  // MARK: A fund of something else

  @Test("insuranceFund in what falls: 200 COIN were worth 400 and bring 225")
  func wrongWay() throws {
    let outcome = try Self.world(#"{ "insuranceFund": { "balance": { "COIN": 200 } } }, "proRata""#).run()
    #expect(
      outcome.story() == ["insuranceFund insuranceFund 0 225 225 0 75", "proRata suppliers 75 0 0 0 0"])
    let dollars = try Self.world(#"{ "insuranceFund": { "balance": 400 } }, "proRata""#).run()
    #expect(dollars.story() == ["insuranceFund insuranceFund 300 0 0 0 0"], "the same worth in dollars")
  }

  // MARK: Stake in another asset

  /// 1,000 GOV are staked, worth 500.
  static func staked(_ settings: String) -> LossWorld {
    var small = world(#"{ "stakedBackstop": { "stake": "safety"\#(settings) } }, "proRata""#)
    small.venuesAbove = #"{ "id": "safety", "kind": "stakePool", "asset": "GOV" },"#
    small.oracles = #"{ "id": "gov", "asset": "GOV", "source": "fixed" },"#
    small.populations = LossWorld.lender("s", "1000", venue: "safety")
    return small
  }

  @Test("600 GOV are seized for 300 dollars; in two lots they bring 283.01886792, and the rest falls on")
  func lots() throws {
    let outcome = try Self.staked(#", "lots": 2, "every": "10m""#).run()
    // The first lot is for 150: 150 · 10,000 / 4,850 = 309.27835051…, rounded up. The second has the 290.72…
    // that are left: all 600 bring 5,000 · 600 / 10,600 = 283.01886792….
    let sold = outcome.facts { if case .swapped(_, _, _, let sold, _, _) = $0 { sold } else { nil } }
    #expect(sold == [.of("309.27835052"), .of("290.72164948")])
    #expect(
      outcome.story() == [
        "stakedBackstop stakers 0 300 283.01886792 16.98113208 0", "proRata suppliers 16.98113208 0 0 0 0",
      ])
    let (stake, claims) = (try outcome.claim("s"), outcome.venue("lend").claims.totalAssets)
    #expect(stake == .of("400") && claims == .of("983.01886792"))
    let times = outcome.world.facts.filter { $0.fact.kind == "swapped" }.map(\.header.time.microseconds)
    #expect(times == [3_630_000_000, 3_630_000_000 + 600_000_000], "at once, and ten minutes later")
  }

  @Test("a fee of 12.5 %: 675 are seized, 638.29787234 are enough, and what is not sold goes back")
  func fee() throws {
    let outcome = try Self.staked(#", "fee": "12.5%", "lots": 2, "every": "10m""#).run()
    #expect(outcome.story() == ["stakedBackstop stakers 0 300 300 0 0"])
    // 300 take 10,000 · 300 / 4,700 = 638.29787234… in all, each lot rounded up: 36.70212765… go back.
    let returned = outcome.facts { if case .returned(_, let amount) = $0 { amount } else { nil } }
    try #require(returned.count == 1)
    #expect(close(returned[0], .of("36.70212765")))
    let (stake, held) = (
      try outcome.claim("s"), outcome.balance("lend.waterfall[0].stakedBackstop", "GOV")
    )
    #expect(stake == .of("325") + returned[0])
    #expect(held == .zero)
    #expect(abs(Self.poolPrice(outcome) - 0.4418) < 1e-9, "4,700² / 50,000,000")
  }

  @Test("maxSlash of 10 %: 100 of 1,000 can be seized, worth 50; they bring 49.5 of it")
  func maxSlash() throws {
    let outcome = try Self.staked(#", "maxSlash": "10%""#).run()
    // 5,000 · 100 / 10,100 = 49.50495049…; suppliers bear 250 at once, and then 0.49504951.
    #expect(
      outcome.story() == [
        "stakedBackstop stakers 0 50 49.50495049 0.49504951 250", "proRata suppliers 250.49504951 0 0 0 0",
      ])
    let stake = try outcome.claim("s")
    #expect(stake == .of("900"))
  }

  // MARK: New tokens

  @Test("a cap on what may be minted is a cap on what is promised: 200 GOV are worth 100, and bring 98.03…")
  func mintCap() throws {
    let outcome = try Self.world(#"{ "tokenDilution": { "mints": "200 GOV" } }, "proRata""#).run()
    // 5,000 · 200 / 10,200 = 98.03921568…
    #expect(
      outcome.story() == [
        "tokenDilution tokenHolders 0 100 98.03921568 1.96078432 200",
        "proRata suppliers 201.96078432 0 0 0 0",
      ])
  }

  static func bidder(_ id: String, discount: String, capital: String = "1000") -> String {
    #"""
    { "id": "\#(id)", "kind": "bidder", "count": 1, "currency": "DOLLAR",
      "capital": { "fixed": \#(capital) }, "discount": { "fixed": "\#(discount)" } },
    """#
  }

  static func auction(_ settings: String, _ bidders: String) -> LossWorld {
    var small = world(
      #"{ "tokenDilution": { "mints": "10k GOV", "sale": "auction"\#(settings) } }, "proRata""#)
    small.populations = bidders
    return small
  }

  /// Winner, paid, won of each auction.
  static func auctions(_ outcome: borrowing LossOutcome) -> [String] {
    var auctions: [String] = []
    for record in outcome.world.facts {
      guard case .auctioned(_, _, _, let winner, let paid, _, let won) = record.fact else { continue }
      let name = winner.map { outcome.world.ledger[$0].name } ?? "nobody"
      let hours = Double(record.header.time.microseconds - 3_630_000_000) / 3.6e9
      auctions.append("\(name) \(paid.formatted(decimals: 8)) \(won.formatted(decimals: 8)) after \(hours)h")
    }
    return auctions
  }

  @Test("auction: the lot begins at the worth of the bid; at half more two bid, and the second's price holds")
  func secondPrice() throws {
    // For 300 dollars a wants tokens worth 300 / 0.875 = 342.86, b 300 / 0.75 = 400; c cannot pay. Nobody
    // takes 300; from 450 they go down to where b drops out: 400 dollars' worth, 800 GOV.
    let outcome = try Self.auction(
      "",
      Self.bidder("a", discount: "12.5%") + Self.bidder("b", discount: "25%")
        + Self.bidder("c", discount: "1%", capital: "299")
    ).run()
    #expect(Self.auctions(outcome) == ["nobody 0 0 after 6.0h", "a[0] 300 800 after 12.0h"])
    let (cash, won) = (outcome.balance("a[0]"), outcome.balance("a[0]", "GOV"))
    #expect(cash == .of("700") && won == .of("800"))
    #expect(outcome.story() == ["tokenDilution tokenHolders 0 300 300 0 0"])
    #expect(Self.poolPrice(outcome) == 0.5, "nothing was sold in the pool")
  }

  @Test("auction: a bidder alone has the whole lot that was offered")
  func alone() throws {
    let outcome = try Self.auction(
      #", "lasts": "1h", "pad": "20%""#,
      Self.bidder("a", discount: "6.25%") + Self.bidder("b", discount: "50%")
    ).run()
    // a wants 320, b 600: at 300 nobody, at 360 a alone, for 360 dollars' worth.
    #expect(Self.auctions(outcome) == ["nobody 0 0 after 1.0h", "a[0] 300 720 after 2.0h"])
  }

  @Test("auction: nobody bids at 300, 450: after two attempts the promise is broken, and suppliers bear it")
  func nobody() throws {
    let outcome = try Self.auction(#", "attempts": 2"#, Self.bidder("a", discount: "50%")).run()
    #expect(Self.auctions(outcome) == ["nobody 0 0 after 6.0h", "nobody 0 0 after 12.0h"])
    #expect(
      outcome.story() == [
        "tokenDilution tokenHolders 0 300 0 300 0", "proRata suppliers 300 0 0 0 0",
      ])
    let (minted, claims) = (outcome.facts { $0.kind == "minted" ? true : nil }, try outcome.claims())
    #expect(minted.isEmpty)
    #expect(claims == LossWorld.fixture.amounts(LossWorld.fixture.rules.pro_rata))
  }

  @Test("auction: with a pad of 100 % the second lot is worth 600, which is what half price wants")
  func pad() throws {
    // Alone at the first offer that it takes: tokens worth 600, 1,200 GOV.
    let outcome = try Self.auction(#", "pad": "100%""#, Self.bidder("a", discount: "50%")).run()
    #expect(Self.auctions(outcome) == ["nobody 0 0 after 6.0h", "a[0] 300 1200 after 12.0h"])
  }

  // MARK: A fund that is auctioned

  static func fund(_ tokens: Int, _ bidders: String) -> LossWorld {
    var small = world(#"{ "debtAuction": { "balance": { "GOV": \#(tokens) } } }, "proRata""#)
    small.populations = bidders
    return small
  }

  @Test("debtAuction, a small fund: all of it goes to who repays most, at what the second would")
  func smallFund() throws {
    // 200 GOV are worth 100, which is promised. Bids begin at 100 / 1.1 = 90.9 (Venus: 10,000 · RF /
    // (BD · 11,000) of the debt). a stops at 100 · (1 − 1/16) = 93.75, b would go to 96.875.
    let outcome = try Self.fund(
      200, Self.bidder("a", discount: "6.25%") + Self.bidder("b", discount: "3.125%")
    )
    .run()
    #expect(Self.auctions(outcome) == ["b[0] 93.75 200 after 1.0h"])
    #expect(
      outcome.story() == ["debtAuction riskFund 0 100 93.75 6.25 200", "proRata suppliers 206.25 0 0 0 0"])
    let (won, cash) = (outcome.balance("b[0]", "GOV"), outcome.balance("b[0]"))
    #expect(won == .of("200") && cash == .of("906.25"))
  }

  @Test("debtAuction, a small fund and one bidder: it pays the first bid, Venus' share of the debt")
  func venus() throws {
    let outcome = try Self.fund(200, Self.bidder("a", discount: "6.25%")).run()
    // 100 / 1.1 = 90.909090909…, rounded down.
    #expect(Self.auctions(outcome) == ["a[0] 90.9090909 200 after 1.0h"])
    #expect(outcome.row("debtAuction", "riskFund")["paid"] == "90.9090909")
  }

  @Test("debtAuction, a large fund: all of the debt is repaid, for a falling share of the fund")
  func largeFund() throws {
    // 1,000 GOV are worth 500; with 10 % the debt is 330, so the share begins at 66 %. a would take
    // 309.68 / 500 = 61.9 %, b 320 / 500 = 64 %: a wins, for 64 %.
    let outcome = try Self.fund(
      1_000, Self.bidder("a", discount: "3.125%") + Self.bidder("b", discount: "6.25%")
    )
    .run()
    #expect(Self.auctions(outcome) == ["a[0] 300 640 after 1.0h"])
    #expect(outcome.story() == ["debtAuction riskFund 0 300 300 0 0"])
    let rest = outcome.balance("lend.waterfall[0].debtAuction", "GOV")
    #expect(rest == .of("360"))
  }

  @Test("debtAuction: nobody bids, the fund stays and suppliers bear the loss")
  func noBids() throws {
    for tokens in [200, 1_000] {
      let outcome = try Self.fund(tokens, Self.bidder("a", discount: "50%")).run()
      #expect(Self.auctions(outcome) == ["nobody 0 0 after 1.0h"])
      let (rest, claims) = (
        outcome.balance("lend.waterfall[0].debtAuction", "GOV"), outcome.venue("lend").claims.totalAssets
      )
      #expect(rest == .of("\(tokens)") && claims == .of("700"))
    }
  }

  // MARK: Revenue

  /// Bob owes 256 against GOLD, which does not fall: each 128th of a year 1/128 of it, of which half is kept.
  static func earning(_ waterfall: String) -> LossWorld {
    var small = LossWorld()
    small.addGold()
    small.addInterest(reserveFactor: "50%")
    small.shockAt = "1h"
    small.horizon = "137h"
    small.lenders += LossWorld.lender("d5", "256")
    small.borrowers += LossWorld.borrower("bob", "GOLD", count: 1, size: 512, ltv: "50%")
    small.waterfall = waterfall
    return small
  }

  @Test("revenueCapture: half of what is kept, 1 and then 1.0078125, pays the deficit down; nobody else pays")
  func revenue() throws {
    let outcome = try Self.earning(#"{ "revenueCapture": { "share": "50%" } }"#).run()
    #expect(outcome.story() == ["revenueCapture protocol 0 300 1.00390625 0 0"])
    let books = outcome.venue("lend")
    #expect(books.deficit == .of("298.99609375") && books.reserves == .of("1.00390625"))
    // 1,256 and the other half of 2 + 2.015625.
    #expect(books.claims.totalAssets == .of("1258.0078125"))
    let without = try Self.earning("").run()
    let other = without.venue("lend")
    #expect(other.deficit == .of("300") && other.reserves == .of("2.0078125"))
  }

  @Test("revenueCapture: what is missing when time is up falls on the next layer")
  func deadline() throws {
    let outcome = try Self.earning(
      #"{ "revenueCapture": { "share": "50%", "lasts": "100h" } }, "proRata""#
    ).run()
    #expect(
      outcome.story() == [
        "revenueCapture protocol 0 300 0.5 299.5 0", "proRata suppliers 299.5 0 0 0 0",
      ])
    let books = outcome.venue("lend")
    #expect(books.deficit == .zero && books.reserves == .of("1.5078125"))
    let broken = outcome.world.facts.filter { $0.fact.kind == "promiseBroken" }.map(\.header.time)
    #expect(broken == [SimTime(microseconds: 3_630_000_000 + 360_000_000_000)])
  }

  @Test(
    "a refill and a promise want 3/4 each of what is kept: the second gets a quarter, and nothing saved up")
  func oneBudget() throws {
    var small = Self.earning(
      #"{ "insuranceFund": { "balance": 1, "refill": "75%" } }, { "revenueCapture": { "share": "75%" } }"#)
    // After the first period, in which the fund gets 3/4 of (5.859375 + 2) / 2 and the venue saves a quarter.
    small.shockAt = "69h"
    let outcome = try small.run()
    let refills = LayerFundTests.refills(outcome)
    #expect(refills == [.of("2.94726562"), .of("0.75585937")])
    // Of the second period's 1.0078125.
    #expect(outcome.row("revenueCapture", "protocol")["paid"] == "0.25195313")
    let reserves = outcome.venue("lend").reserves
    #expect(reserves == .of("0.98242188"))
  }

  struct Standing: Sendable, CustomTestStringConvertible {
    let layer: String
    var jump = "0%"
    let insolvent: Int64
    var testDescription: String { "\(layer) \(jump)" }

    static let mix =
      #"{ "insuranceFund": { "balance": { "COIN": 300, "DOLLAR": 100 }, "lots": 2, "every": "9h" } }"#
    static let auction = #"{ "debtAuction": { "balance": { "COIN": 400 }, "lasts": "9h" } }"#
    static let tokens = #"{ "tokenDilution": { "mints": "10k GOV", "lots": 9, "every": "9h" } }"#
    static let newTokens = #"{ "tokenDilution": { "mints": "10k GOV", "sale": "auction", "lasts": "9h" } }"#
  }

  @Test(
    "a promise that is open at the end makes its venue insolvent as far as nobody could keep it now",
    arguments: [
      // 100 at once; of 200 promised a lot of 100 is sold, 88.88… COIN, and 211.11… are left for the other.
      Standing(layer: Standing.mix, jump: "-50%", insolvent: 0),
      Standing(layer: Standing.mix, jump: "-60%", insolvent: 1),
      Standing(layer: Standing.auction, insolvent: 0),
      Standing(layer: Standing.auction, jump: "-50%", insolvent: 1),
      Standing(layer: Standing.tokens, insolvent: 0), Standing(layer: Standing.newTokens, insolvent: 0),
      Standing(layer: #"{ "revenueCapture": { "share": "50%" } }"#, insolvent: 1),
    ])
  func emptyPromise(_ each: Standing) throws {
    var small = Self.world(each.layer)
    small.venue = #""borrowRate": "1%", "accrualPeriod": "52w", "reserveFactor": "50%","#
    small.horizon = "4h"
    if each.jump != "0%" { small.shocks = #"{ "at": "3h", "asset": "COIN", "jump": "\#(each.jump)" },"# }
    let outcome = try small.run()
    let measures = outcome.world.measures
    #expect(measures.promised > 0 && measures.unresolved == 0 && measures.bySuppliers == 0)
    #expect(measures.insolventVenues == each.insolvent)
    #expect(measures.firstInsolvency == (each.insolvent > 0 ? outcome.world.horizon : nil))
  }

  @Test("an open promise is not borne yet: rows and measures agree on what stands")
  func open() throws {
    let outcome = try Self.earning(#"{ "revenueCapture": { "share": "50%" } }"#).run()
    let measures = outcome.measures
    #expect(measures.promised == 298.99609375)
    #expect(measures.taken(by: RevenueCapture.self) == 1.00390625)
    #expect(measures.unresolved == 0)
    #expect(outcome.finalUnits == Amount.of("300").units)
  }
}

extension RunMeasures {
  func taken(by layer: any LossLayer.Type) -> Double {
    LayerCatalog.all.firstIndex { $0 == layer }.map { taken(byLayer: $0) } ?? .nan
  }
}
