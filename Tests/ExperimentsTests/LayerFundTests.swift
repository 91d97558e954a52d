import Economy
import Kernel
import Ledger
import Testing

@testable import Experiments

/// What becomes of a fund while nothing is lost, and of a stake within a day, in amounts reckoned by hand.
@Suite("Funds that are refilled and rebalanced, stakes with a limit a day: amounts by hand")
struct LayerFundTests {
  // MARK: Refill

  static func refilled(_ waterfall: String, funds: String = "") -> LossWorld {
    var small = LossWorld()
    small.addInterest(reserveFactor: "50%")
    small.funds = funds
    small.waterfall = "\(waterfall), \"proRata\""
    return small
  }

  static func refills(_ outcome: borrowing LossOutcome) -> [Amount] {
    outcome.facts { if case .refilled(_, _, _, let amount) = $0 { amount } else { nil } }
  }

  @Test(
    "refill: 40 % of the 2.9296875 that are kept makes 60 to 61.171875 before the loss comes",
    arguments: [#""balance": 60"#, #""fund": "chest""#])
  func refill(_ source: String) throws {
    let chest = source.contains("fund") ? #"{ "id": "chest", "holds": { "DOLLAR": 60 } },"# : ""
    let fund = #"{ "insuranceFund": { \#(source), "refill": "40%" } }"#
    let outcome = try Self.refilled(fund, funds: chest).run()
    #expect(Self.refills(outcome) == [.of("1.171875")])
    #expect(outcome.row("insuranceFund", "insuranceFund")["taken"] == "61.171875")
    let (reserves, claims) = (outcome.venue("lend").reserves, outcome.venue("lend").claims.totalAssets)
    #expect(reserves == .of("1.7578125"))
    // 1,000 and 2.9296875 of interest, less the loss of 305.85937501 beyond the fund.
    #expect(claims == .of("758.24218749"))
    let without = try Self.refilled(#"{ "insuranceFund": { \#(source) } }"#, funds: chest).run()
    let kept = without.venue("lend").reserves
    #expect(kept == .of("2.9296875") && Self.refills(without).isEmpty)
    #expect(without.row("insuranceFund", "insuranceFund")["taken"] == "60")
  }

  @Test("refill: the first of two funds has it all, and no more is paid than the venue has kept")
  func refillOfTwo() throws {
    let fund = #"{ "insuranceFund": { "balance": 1, "refill": "75%" } }"#
    let outcome = try Self.refilled("\(fund), \(fund)").run()
    // 0.75 · 2.9296875 = 2.197265625, rounded down; then what is left.
    #expect(Self.refills(outcome) == [.of("2.19726562"), .of("0.73242188")])
    let reserves = outcome.venue("lend").reserves
    #expect(reserves == .zero)
  }

  // MARK: Rebalancing

  /// A fund that is looked at every ten minutes. COIN falls from 2 to 1.125 after an hour.
  static func balanced(_ holds: String, every: String = "10m", lots: String = "") -> LossWorld {
    var small = LossWorld()
    small.horizon = "61m"
    small.waterfall =
      #"{ "insuranceFund": { "balance": { \#(holds) }, "rebalance": "\#(every)"\#(lots) } }, "proRata""#
    return small
  }

  /// Sold, and bought.
  static func trades(_ outcome: borrowing LossOutcome) -> [String] {
    let names = outcome.world.ledger.assets.map(\.name)
    return outcome.facts {
      guard case .rebalanced(_, _, let asset, let sold, let other, let bought) = $0 else { return nil }
      return "\(sold.formatted(decimals: 8)) \(names[asset.position]) for "
        + "\(bought.formatted(decimals: 8)) \(names[other.position])"
    }
  }

  @Test("rebalance: half and half of 156.25 is 78.125, and nothing is sold while nothing has moved")
  func rebalance() throws {
    let outcome = try Self.balanced(#""COIN": 50, "DOLLAR": 100"#).run()
    #expect(Self.trades(outcome) == ["21.875 DOLLAR for 19.44444444 COIN"])
    // Once in the hour before the crash and after it: at its very instant, when all else there has happened.
    let times = outcome.world.facts.filter { $0.fact.kind == "rebalanced" }.map(\.header.time)
    #expect(times == [SimTime(microseconds: 3_600_000_000)])
    #expect(outcome.row("insuranceFund", "insuranceFund")["taken"] == "78.125")
  }

  @Test("rebalance: a fund that has bought what falls on has less to pay with: 10.9375 of 128.125")
  func wrongWay() throws {
    func borne(_ rebalance: String) throws -> (taken: String?, paid: String?) {
      var small = Self.balanced(#""COIN": 50, "DOLLAR": 100"#, every: rebalance)
      // At 0.5625 half of what COIN was still worth is gone before the loss is recognised.
      small.shocks = #"{ "at": "60m10s", "asset": "COIN", "jump": "-50%" },"#
      let row = try small.run().row("insuranceFund", "insuranceFund")
      return (row["taken"], row["paid"])
    }
    let (never, often) = (try borne("2h"), try borne("10m"))
    // 100 and 50 · 0.5625; against 78.125 and 69.44444444 · 0.5625, rounded down.
    #expect(never.taken == "100" && never.paid == "28.125")
    #expect(often.taken == "78.125" && often.paid == "39.06249999")
  }

  @Test("rebalance: what there is too much of goes for all that is missing, in proportion")
  func proportions() throws {
    var small = Self.balanced(#""COIN": 80, "DOLLAR": 80, "GOLD": 40"#)
    small.addGold()
    small.shocks = #"{ "at": "1h", "asset": "GOLD", "jump": "100%" },"#
    let outcome = try small.run()
    let sales: [(sold: Amount, bought: Amount)] = outcome.facts {
      if case .rebalanced(_, _, _, let sold, _, let bought) = $0 { (sold, bought) } else { nil }
    }
    // 90, 80 and 160 are 330, of which 165, 82.5 and 82.5 are wanted: 77.5 of GOLD at 4 are sold, for 75 of
    // COIN at 1.125 and 2.5 dollars.
    try #require(sales.count == 2)
    #expect(close(sales[0].sold, .of("18.75")) && close(sales[0].bought, .of("66.66666666"), units: 5))
    #expect(close(sales[1].sold, .of("0.625")) && close(sales[1].bought, .of("2.5"), units: 5))
  }

  @Test("rebalance: a pool that trades both is where it sells")
  func inPool() throws {
    var small = Self.balanced(#""DOLLAR": 500, "GOV": 1000"#)
    small.addGovernanceToken()
    small.shocks = #"{ "at": "1h", "asset": "GOV", "jump": "100%" },"#
    // At a dollar there are 250 GOV too many; 5,000 · 250 / 10,250 = 121.95121951….
    let outcome = try small.run()
    #expect(Self.trades(outcome) == ["250 GOV for 121.95121951 DOLLAR"])
  }

  @Test("rebalance: not while anything of the fund is promised")
  func spokenFor() throws {
    var small = Self.balanced(#""COIN": 300, "DOLLAR": 100"#, lots: #", "lots": 2, "every": "20m""#)
    small.horizon = "95m"
    let outcome = try small.run()
    // Of 437.5 a seventh, 62.5, is to be in dollars; they pay at once, and COIN is sold at 60:30 and 80:30.
    let times = outcome.world.facts.filter { $0.fact.kind == "rebalanced" }.map(\.header.time.microseconds)
    #expect(times == [3_600_000_000, 5_400_000_000])
    #expect(outcome.story() == ["insuranceFund insuranceFund 62.5 237.5 237.5 0 0"])
  }

  // MARK: A limit a day on what may be slashed

  struct Slash: Sendable, CustomTestStringConvertible {
    let most: String
    let taken: [String]
    var testDescription: String { most }
  }

  /// Three losses of 60 on the first day, two on the second; 120 are staked.
  static func slashed(_ layers: String) -> LossWorld {
    var small = LayerLimitTests.world("\(layers), \"proRata\"")
    small.venuesAbove = #"{ "id": "safety", "kind": "stakePool", "asset": "DOLLAR" },"#
    small.populations = LossWorld.lender("s", "120", venue: "safety")
    return small
  }

  @Test(
    "maxSlash: at most so much of what the day's first seizure found",
    arguments: [
      // Half of 120, then half of the 60 that are left.
      Slash(most: "50%", taken: ["60", "0", "0", "30", "0"]),
      // 90, then three quarters of 30.
      Slash(most: "75%", taken: ["60", "30", "0", "22.5", "0"]),
      Slash(most: "10%", taken: ["12", "0", "0", "10.8", "0"]),
      Slash(most: "100%", taken: ["60", "60", "0", "0", "0"]),
      Slash(most: "0%", taken: ["0", "0", "0", "0", "0"]),
    ])
  func maxSlash(_ each: Slash) throws {
    let layer = #"{ "stakedBackstop": { "stake": "safety", "maxSlash": "\#(each.most)" } }"#
    let outcome = try Self.slashed(layer).run()
    let taken = (1...5).map { outcome.row("stakedBackstop", "stakers", loss: $0)["taken"] ?? "?" }
    #expect(taken == each.taken)
    let (left, paid) = (try outcome.claim("s"), each.taken.map { Amount.of($0) }.reduce(.zero, +))
    #expect(left == .of("120") - paid)
    #expect(outcome.finalUnits == Amount.of("300").units)
  }

  @Test("maxSlash: of two layers that call one pool each has a limit of its own")
  func twoLayers() throws {
    let layer = #"{ "stakedBackstop": { "stake": "safety", "maxSlash": "50%" } }"#
    let outcome = try Self.slashed("\(layer), \(layer)").run()
    // The second begins with the 60 that the first has left.
    #expect(outcome.story(loss: 1) == ["stakedBackstop stakers 60 0 0 0 0"])
    #expect(
      outcome.story(loss: 2) == [
        "stakedBackstop stakers 0 0 0 0 60", "stakedBackstop stakers 30 0 0 0 30",
        "proRata suppliers 30 0 0 0 0",
      ])
    #expect(
      outcome.story(loss: 3) == [
        "stakedBackstop stakers 0 0 0 0 60", "stakedBackstop stakers 0 0 0 0 60",
        "proRata suppliers 60 0 0 0 0",
      ])
  }

  /// 1,000 GEM at half a dollar are staked; the outside buys them.
  static func gems(_ settings: String, second: String) -> LossWorld {
    var small = slashed(#"{ "stakedBackstop": { "stake": "safety"\#(settings) } }"#)
    small.assets += #"{ "id": "GEM", "price": 0.5 },"#
    small.oracles += #"{ "id": "gem", "asset": "GEM", "source": "fixed" },"#
    small.venuesAbove = #"{ "id": "safety", "kind": "stakePool", "asset": "GEM" },"#
    small.populations = LossWorld.lender("s", "1000", venue: "safety")
    small.shocks = #"{ "at": "\#(second)", "asset": "GOLD", "jump": "-43.75%" },"#
    return small
  }

  static func promised(_ outcome: borrowing LossOutcome) -> [String] {
    (1...5).map { outcome.row("stakedBackstop", "stakers", loss: $0)["promised"] ?? "?" }
  }

  @Test("maxSlash of stake that is sold: 12 % of 1,000 are worth 60, 12 % of the 880 left 52.8")
  func seized() throws {
    let outcome = try Self.gems(#", "maxSlash": "12%""#, second: "25h").run()
    #expect(Self.promised(outcome) == ["60", "0", "0", "52.8", "0"])
    let stake = try outcome.claim("s")
    #expect(stake == .of("774.4"))
  }

  @Test("maxSlash: what goes back unsold has not been seized, on the same day")
  func givenBack() throws {
    // With the fee 240 are seized for the 60 that 120 bring; the other 120 go back, and can be seized again.
    let outcome = try Self.gems(#", "maxSlash": "24%", "fee": "100%""#, second: "2h").run()
    #expect(Self.promised(outcome) == ["60", "0", "0", "60", "0"])
    let stake = try outcome.claim("s")
    #expect(stake == .of("760"))
    // A day later a share of the 880 that are left: 211.2, worth 105.6.
    let later = try Self.gems(#", "maxSlash": "24%", "fee": "100%""#, second: "25h").run()
    #expect(Self.promised(later) == ["60", "0", "0", "60", "0"])
    let slashed = later.facts { if case .slashed(_, _, let amount) = $0 { amount } else { nil } }
    #expect(slashed == [.of("240"), .of("211.2")])
  }

  @Test("bearers.csv: stake that goes back unsold goes back to the losses for which it was seized")
  func returnedByLoss() throws {
    // 240 are seized for each loss and 120 of them are enough; all goes back when the last promise is kept.
    let outcome = try Self.gems(#", "fee": "100%", "lots": 2, "every": "10m""#, second: "48h").run()
    let returned = outcome.facts { if case .returned(_, let amount) = $0 { amount } else { nil } }
    #expect(returned == [.of("360"), .of("240")])
    let stake = outcome.asset("GEM")
    let rows = outcome.world.holderLosses.all.filter { $0.asset == stake }
    #expect(rows.map(\.loss) == [1, 2, 3, 4, 5])
    #expect(rows.map(\.amount) == Array(repeating: Amount.of("120"), count: 5))
  }

  @Test("bearers.csv: what a promise sells beyond its own stake is the other promises'")
  func sharedStake() throws {
    // A third of the worth is gone ten minutes later: of 360 seized for three promises of 60 all is sold.
    var small = Self.gems(#", "lots": 2, "every": "10m""#, second: "48h")
    small.shocks = #"{ "at": "61m", "asset": "GEM", "jump": "-50%" },"#
    let outcome = try small.run()
    let stake = outcome.asset("GEM")
    let rows = outcome.world.holderLosses.all.filter { $0.asset == stake }
    #expect(rows.map(\.amount) == Array(repeating: Amount.of("120"), count: 3))
    #expect(outcome.facts { if case .returned(_, let amount) = $0 { amount } else { nil } }.isEmpty)
  }

  // MARK: At their neutral values

  @Test(
    "what changes nothing leaves every fact and balance as it is",
    arguments: [
      (#""balance": 60"#, #", "refill": "0%""#),
      (#""balance": { "COIN": 30, "DOLLAR": 60 }"#, #", "rebalance": "90h""#),
    ])
  func neutralFunds(_ fund: String, _ said: String) throws {
    func fingerprint(_ more: String) throws -> String {
      try "\(Self.refilled(#"{ "insuranceFund": { \#(fund)\#(more) } }"#).run().world.fingerprint())"
    }
    #expect(try fingerprint("") == fingerprint(said))
  }

  @Test("a slash of up to all of it is one without a limit", arguments: ["DOLLAR", "GEM"])
  func neutralSlash(_ asset: String) throws {
    func fingerprint(_ more: String) throws -> String {
      let layer = #"{ "stakedBackstop": { "stake": "safety"\#(more) } }"#
      let world = asset == "GEM" ? Self.gems(more, second: "2h") : Self.slashed(layer)
      return try "\(world.run().world.fingerprint())"
    }
    #expect(try fingerprint("") == fingerprint(#", "maxSlash": "100%""#))
  }
}
