import Economy
import Kernel
import Ledger
import Testing

@testable import Experiments

/// What every layer does about the loss of 300 (see `LossWorld`), in amounts reckoned by hand. Each has its
/// control: without the layer its effect is gone.
@Suite("Layers that pay at once: amounts by hand, from a config to losses.csv and the ledger")
struct LayerAmountTests {
  @Test("reserve: half of 5.859375 of interest is kept, and pays before suppliers do")
  func reserve() throws {
    var small = LossWorld()
    small.addInterest(reserveFactor: "50%")
    small.waterfall = #""reserve", "proRata""#
    let outcome = try small.run()
    // 305.85937501 − 2.9296875 = 302.92968751; claims of 1,002.9296875 fall to 699.99999999.
    #expect(
      outcome.story() == [
        "reserve protocol 2.9296875 0 0 0 302.92968751", "proRata suppliers 302.92968751 0 0 0 0",
      ])
    let books = outcome.venue("lend")
    #expect(books.reserves == .zero && books.claims.totalAssets == .of("699.99999999"))
    small.waterfall = #""proRata""#
    let without = try small.run()
    let (kept, story) = (without.venue("lend").reserves, without.story())
    #expect(kept == .of("2.9296875"), "nobody touches it")
    #expect(story == ["proRata suppliers 305.85937501 0 0 0 0"])
  }

  @Test("accruedInterest: what claims have grown by goes, and not a unit of what was put in")
  func accruedInterest() throws {
    var small = LossWorld()
    small.addInterest(reserveFactor: "0%")
    small.waterfall = #""accruedInterest""#
    let outcome = try small.run()
    #expect(
      outcome.story() == [
        "accruedInterest suppliers 5.859375 0 0 0 300.00000001", "unresolved nobody 0 0 0 0 300.00000001",
      ])
    let claims = try outcome.claims()
    #expect(claims == [.of("400"), .of("300"), .of("200"), .of("100")])
    small.waterfall = ""
    let without = try small.run()
    let total = without.venue("lend").claims.totalAssets
    #expect(total == .of("1005.859375"))
  }

  @Test("interest is of what is still there: a second loss finds none of it")
  func interestOnce() throws {
    var small = LossWorld()
    small.borrowers = LossWorld.ann(count: 5, size: 200)
    small.addInterest(reserveFactor: "0%")
    small.waterfall = #""accruedInterest", "proRata""#
    let outcome = try small.run()
    let taken = (1...5).map { outcome.row("accruedInterest", "suppliers", loss: $0)["taken"] }
    // Five losses of 61.171875; the first has all of it.
    #expect(taken == ["5.859375", "0", "0", "0", "0"])
    let claims = outcome.venue("lend").claims.totalAssets
    #expect(close(claims, .of("700"), units: 5), "each debt is rounded up")
  }

  // MARK: Stake

  /// Stakers of 80 and 40 in the lent asset.
  static func staked(_ waterfall: String) -> LossWorld {
    var small = LossWorld()
    small.venuesAbove = #"{ "id": "safety", "kind": "stakePool", "asset": "DOLLAR" },"#
    small.populations =
      LossWorld.lender("s1", "80", venue: "safety") + LossWorld.lender("s2", "40", venue: "safety")
    small.waterfall = waterfall
    return small
  }

  struct Staked: Sendable, CustomTestStringConvertible {
    let layer: String
    let story: [String]
    /// What the two stakers have left, and suppliers in all.
    let left: [String]
    let claims: String
    var testDescription: String { layer }

    init(_ layer: String, _ story: [String], left: [String], claims: String) {
      (self.layer, self.story, self.left, self.claims) = (layer, story, left, claims)
    }
  }

  @Test(
    "stake in the lent asset pays at once, by every staker in the same ratio",
    arguments: [
      Staked(
        #"{ "stakedBackstop": { "stake": "safety" } }"#,
        ["stakedBackstop stakers 120 0 0 0 180", "proRata suppliers 180 0 0 0 0"], left: ["0", "0"],
        claims: "820"),
      // Half of 120 at most.
      Staked(
        #"{ "stakedBackstop": { "stake": "safety", "maxSlash": "50%" } }"#,
        ["stakedBackstop stakers 60 0 0 0 240", "proRata suppliers 240 0 0 0 0"], left: ["40", "20"],
        claims: "760"),
      // What is at hand needs no sale, and no fee against its bringing less.
      Staked(
        #"{ "stakedBackstop": { "stake": "safety", "fee": "10%" } }"#,
        ["stakedBackstop stakers 120 0 0 0 180", "proRata suppliers 180 0 0 0 0"], left: ["0", "0"],
        claims: "820"),
      // 10 % of 300 for one loss.
      Staked(
        #"{ "stakedBackstop": { "stake": "safety", "capShare": "10%" } }"#,
        ["stakedBackstop stakers 30 0 0 0 270", "proRata suppliers 270 0 0 0 0"], left: ["60", "30"],
        claims: "730"),
      Staked(
        #"{ "tranches": { "junior": "safety" } }"#,
        ["tranches juniors 120 0 0 0 180", "tranches suppliers 180 0 0 0 0"], left: ["0", "0"], claims: "820"),
      // The whole layer is asked for 100: juniors have them.
      Staked(
        #"{ "tranches": { "junior": "safety", "perEvent": 100 } }"#,
        [
          "tranches juniors 100 0 0 0 200", "tranches suppliers 0 0 0 0 200", "proRata suppliers 200 0 0 0 0",
        ], left: ["13.33333333", "6.66666666"], claims: "800"),
      Staked(
        #"{ "mutualPool": { "pool": "safety" } }"#,
        [
          "mutualPool underwriters 120 0 0 0 180", "proRata suppliers 180 0 0 0 0",
        ], left: ["0", "0"], claims: "820"),
    ])
  func stake(_ each: Staked) throws {
    let outcome = try Self.staked("\(each.layer), \"proRata\"").run()
    #expect(outcome.story() == each.story)
    let (left, claims) = (try outcome.claims(["s1", "s2"]), outcome.venue("lend").claims.totalAssets)
    #expect(left == each.left.map { .of($0) })
    #expect(claims == .of(each.claims))
    #expect(outcome.finalUnits == Amount.of("300").units)
    // The same world, whose waterfall does not call the pool.
    let without = try Self.staked(#""proRata""#).run()
    let (whole, cut) = (try without.claims(["s1", "s2"]), without.venue("lend").claims.totalAssets)
    #expect(whole == [.of("80"), .of("40")] && cut == .of("700"))
  }

  // MARK: Mutual pools

  /// A second venue behind the pool of 60, with 500 of deposits and no loans.
  static func mutual(_ settings: String, other: String) -> LossWorld {
    var small = LossWorld()
    small.venuesAbove = #"""
      { "id": "club", "kind": "stakePool", "asset": "DOLLAR" },
      { "id": "other", "kind": "lendingPool", "debt": "DOLLAR",
        "collateral": { "COIN": { "ltv": "75%", "threshold": "80%", "bonus": "25%" } },
        "waterfall": [ \#(other) ] },
      """#
    small.populations =
      LossWorld.lender("s1", "60", venue: "club") + LossWorld.lender("e", "500", venue: "other")
    small.waterfall = #"{ "mutualPool": { "pool": "club"\#(settings) } }, "proRata""#
    return small
  }

  @Test("mutualPool: the pool's 60, a call of 10 % of the other's 500, and what that does to the other")
  func calls() throws {
    let member = #"{ "mutualPool": { "pool": "club", "calls": "10%" } }, "proRata""#
    let outcome = try Self.mutual("", other: member).run()
    #expect(
      outcome.story(loss: 1) == [
        "mutualPool underwriters 60 0 0 0 240", "mutualPool other 50 0 0 0 190",
        "proRata suppliers 190 0 0 0 0",
      ])
    #expect(outcome.row("mutualPool", "other")["finality"] == "passThrough")
    // Of the other's own waterfall only what stands after the pool is asked.
    #expect(outcome.story(loss: 2) == ["proRata suppliers 50 0 0 0 0"])
    let child = outcome.row("proRata", "suppliers", loss: 2)
    #expect(child["venue"] == "other" && child["parent"] == "1.1" && child["position"] == "")
    #expect(child["parentShare"].flatMap(Double.init) == 50.0 / 300)
    #expect(outcome.finalUnits == Amount.of("300").units)
    let (e, cash) = (try outcome.claim("e"), outcome.balance("other"))
    #expect(e == .of("450") && cash == .of("450"))
    #expect(outcome.measures.called == 1 && outcome.measures.losses == 1)
    #expect(outcome.measures.recognised == 300 && outcome.measures.unresolved == 0)
  }

  @Test("a member that nobody calls is not touched: no `calls`, or no membership")
  func noCalls() throws {
    for other in [#"{ "mutualPool": { "pool": "club" } }, "proRata""#, #""proRata""#] {
      let outcome = try Self.mutual(#", "calls": "100%""#, other: other).run()
      #expect(
        outcome.story() == ["mutualPool underwriters 60 0 0 0 240", "proRata suppliers 240 0 0 0 0"])
      let e = try outcome.claim("e")
      #expect(e == .of("500"))
    }
  }

  @Test("two pools: each calls its own members, and every call is told once")
  func twoPools() throws {
    var small = Self.mutual(
      "", other: #"{ "mutualPool": { "pool": "club", "calls": "10%" } }, "proRata""#)
    small.venuesAbove += #"""
      { "id": "guild", "kind": "stakePool", "asset": "DOLLAR" },
      { "id": "third", "kind": "lendingPool", "debt": "DOLLAR",
        "collateral": { "COIN": { "ltv": "75%", "threshold": "80%", "bonus": "25%" } },
        "waterfall": [ { "mutualPool": { "pool": "guild", "calls": "100%" } }, "proRata" ] },
      """#
    small.populations +=
      LossWorld.lender("s2", "40", venue: "guild") + LossWorld.lender("f", "70", venue: "third")
    small.waterfall =
      #"{ "mutualPool": { "pool": "club" } }, { "mutualPool": { "pool": "guild" } }, "proRata""#
    let outcome = try small.run()
    #expect(
      outcome.story(loss: 1) == [
        "mutualPool underwriters 60 0 0 0 240", "mutualPool other 50 0 0 0 190",
        "mutualPool underwriters 40 0 0 0 150", "mutualPool third 70 0 0 0 80",
        "proRata suppliers 80 0 0 0 0",
      ])
    #expect(outcome.finalUnits == Amount.of("300").units)
    let (e, f) = (try outcome.claim("e"), try outcome.claim("f"))
    #expect(e == .of("450") && f == .zero)
  }

  @Test("a call that a member's layers do not cover leaves it insolvent: 50 of deficit")
  func insolvent() throws {
    let outcome = try Self.mutual("", other: #"{ "mutualPool": { "pool": "club", "calls": "10%" } }"#).run()
    #expect(outcome.story(loss: 2) == ["unresolved nobody 0 0 0 0 50"])
    let books = outcome.venue("other")
    #expect(books.deficit == .of("50") && books.claims.totalAssets == .of("500"))
    #expect(outcome.finalUnits == Amount.of("300").units)
  }

  @Test("premium: 40 % of what is kept goes to the pool before the loss comes")
  func premium() throws {
    var small = Self.mutual(#", "premium": "40%""#, other: #""proRata""#)
    small.addInterest(reserveFactor: "50%")
    let outcome = try small.run()
    // Kept 2.9296875; 0.4 of it is 1.171875, which makes the pool's 60 to 61.171875.
    let paid = outcome.facts { if case .premiumPaid(_, _, _, let amount) = $0 { amount } else { nil } }
    #expect(paid == [.of("1.171875")])
    #expect(outcome.row("mutualPool", "underwriters")["taken"] == "61.171875")
    let reserves = outcome.venue("lend").reserves
    #expect(reserves == .of("1.7578125"))
    small.waterfall = #"{ "mutualPool": { "pool": "club" } }, "proRata""#
    let without = try small.run()
    let kept = without.venue("lend").reserves
    #expect(kept == .of("2.9296875") && without.row("mutualPool", "underwriters")["taken"] == "60")
  }

  // MARK: Isolated

  /// Who is matched with Ann's 750, by the rule of the semantics: lenders drawn by her key with chances
  /// in proportion to what of their deposits is free, each for as much as it has.
  static func matched(_ seed: UInt64) -> [Int64] {
    let streams = RandomStreams(populationSeed: seed, shockSeed: seed)
    var free: [Int64] = [400, 300, 200, 100].map { $0 * 100_000_000 }
    var (matched, rest): ([Int64], Int64) = ([0, 0, 0, 0], 750 * 100_000_000)
    var index: UInt32 = 0
    while rest > 0 {
      let place = drawn(streams, Epoch(slot: 0), index, among: free)
      index += 1
      let part = min(rest, free[place])
      (matched[place], free[place], rest) = (matched[place] + part, free[place] - part, rest - part)
    }
    return matched
  }

  static func drawn(_ streams: RandomStreams, _ epoch: Epoch, _ index: UInt32, among weights: [Int64]) -> Int
  {
    let word = streams.word(.populationChoice, EntityKey(id: "ann"), epoch, index: index)
    let unit = Int64((Int128(word) * Int128(weights.reduce(0, +))) >> 64)
    var end: Int64 = 0
    return weights.firstIndex { weight in
      end += weight
      return unit < end
    } ?? 0
  }

  @Test(
    "isolated: each lender loses 300 / 750 of what it is matched for, and nobody else loses", arguments: 1...8
  )
  func isolated(_ seed: Int) throws {
    var small = LossWorld()
    small.seed = UInt64(seed)
    small.waterfall = #""isolated""#
    let outcome = try small.run()
    let matched = Self.matched(small.seed)
    let deposits: [Int64] = [400, 300, 200, 100].map { $0 * 100_000_000 }
    let claims = try outcome.claims()
    for (lender, claim) in claims.enumerated() {
      // Matched amounts are multiples of 50: two fifths of them are whole. A share's rounding is a unit.
      let expected = Amount(units: deposits[lender] - matched[lender] * 2 / 5)
      #expect(close(claim, expected), "seed \(seed), lender \(lender): \(claim), not \(expected)")
    }
    let total = outcome.venue("lend").claims.totalAssets
    #expect(total == .of("700"), "seed \(seed): the sum is exact")
    #expect(outcome.story() == ["isolated matchedLenders 300 0 0 0 0"])
    small.waterfall = #""proRata""#
    let shared = try small.run()
    let same = try shared.claims()
    #expect(same == [.of("280"), .of("210"), .of("140"), .of("70")], "control: everybody loses 30 %")
  }

  @Test("other seeds match other lenders, and not everybody is matched")
  func matches() {
    let all = (1...8).map { Self.matched(UInt64($0)) }
    #expect(Set(all).count > 3)
    #expect(all.contains { $0.contains(0) })
    #expect(all.allSatisfy { $0.reduce(0, +) == 75_000_000_000 })
  }

  @Test("isolated: a lender that has left loses nothing, and another takes its place")
  func replaced() throws {
    var replaced = 0
    for seed in UInt64(1)...8 {
      var small = LossWorld()
      small.seed = seed
      small.waterfall = #""isolated""#
      small.lenders = ["d1", "d2", "d3"].map { LossWorld.lender($0, LossWorld.fixture.deposits[$0] ?? "") }
        .joined()
      small.lenders += LossWorld.lender(
        "d4", "100", more: #", "watch": "30m", "leavesAtUtilization": "1%""#)
      let outcome = try small.run()
      let matched = Self.matched(seed)
      var expected = matched.map { $0 * 2 / 5 }
      let rest = expected[3]
      expected[3] = 0
      if rest > 0 {
        replaced += 1
        let deposits: [Int64] = [400, 300, 200, 0].map { $0 * 100_000_000 }
        let streams = RandomStreams(populationSeed: seed, shockSeed: seed)
        let left = zip(deposits, expected).map { $0 - $1 }
        expected[Self.drawn(streams, Epoch(slot: 1 << 32), 0, among: left)] += rest
      }
      var bore: [Int64] = [0, 0, 0, 0]
      for record in outcome.world.facts {
        guard case .bore(_, _, _, let holder, let amount) = record.fact else { continue }
        let name = outcome.world.ledger[holder].name
        bore[["d1[0]", "d2[0]", "d3[0]", "d4[0]"].firstIndex(of: name) ?? 3] += amount.units
      }
      #expect(bore == expected, "seed \(seed)")
      let total = outcome.venue("lend").claims.totalAssets
      #expect(total == .of("600"), "seed \(seed): 900 − 300")
    }
    #expect(replaced >= 2)
  }
}
