import Economy
import Kernel
import Ledger
import ReferenceWorlds
import Testing

/// Each effect has a control: with its cause off and the same seed, it vanishes.
@Suite("With its cause off, an effect vanishes")
struct ControlTests {
  /// What a run of a hand-made world ended with.
  private struct Ended {
    let measures: RunMeasures
    let facts: [FactRecord]
    let events: Int64

    func count(_ kind: String) -> Int { facts.filter { $0.fact.kind == kind }.count }

    func taken(by layer: any LossLayer.Type) throws -> Double {
      let place = try #require(LayerCatalog.all.firstIndex { $0 == layer })
      return measures.taken(byLayer: place)
    }
  }

  private func run(_ change: (inout HandMadeWorld) -> Void) throws -> Ended {
    var market = HandMadeWorld()
    change(&market)
    var world = try World.make(
      market.specification, populationSeed: 3, shockSeed: 4, audit: .afterEveryEvent)
    try world.run()
    return Ended(measures: world.measures, facts: world.facts, events: world.measures.events)
  }

  @Test("an oracle without delay leaves no loss where a late one does")
  func oracleDelay() throws {
    let ended = try [0, 30, 60].map { (minutes: Int64) in
      try run {
        $0.shocks = [
          Shock(
            asset: HandMadeWorld.eth, at: SimTime(microseconds: 3_600_000_000), jump: -0.4, over: .hours(2),
            every: .minutes(1))
        ]
        $0.oracleDelay = .minutes(minutes)
        // The outside price reaches the pool at once; what is late is what the venue believes.
        $0.arbitrageurs = 1
        $0.arbitrageLatency = .zero
      }.measures
    }
    #expect(ended[0].liquidations == 5 && ended[0].recognised == 0 && ended[0].occurredPeak == 0)
    for late in ended.dropFirst() { #expect(late.recognised > 0 && late.occurredPeak > 0) }
    #expect(ended[1].firstLoss != ended[2].firstLoss)
  }

  @Test("without a shock nobody is called, nothing is sold, nothing is lost")
  func noShock() throws {
    for shocks in [[], [HandMadeWorld.crash(0, at: .hours(1))]] {
      let calm = try run {
        $0.shocks = shocks
        $0.arbitrageurs = 2
      }
      for kind in ["becameLiquidatable", "liquidated", "swapped", "recognised", "badDebtOccurred"] {
        #expect(calm.count(kind) == 0, "\(kind)")
      }
      #expect(calm.measures.recognised == 0)
    }
    #expect(try run { $0.arbitrageurs = 2 }.measures.losses == 5)
  }

  @Test(
    "a fund without a balance, or with a cap of zero, takes nothing; what it takes with one, others do not")
  func fund() throws {
    let none = try run { $0.waterfall = [HandMadeWorld.proRata] }
    let empty = try run { $0.waterfall = [HandMadeWorld.fund(.zero), HandMadeWorld.proRata] }
    let capped = try run {
      $0.waterfall = [HandMadeWorld.fund($0.dollars(50_000), perEvent: .zero), HandMadeWorld.proRata]
    }
    let full = try run { $0.waterfall = [HandMadeWorld.fund($0.dollars(50_000)), HandMadeWorld.proRata] }
    for ended in [empty, capped] {
      #expect(try ended.taken(by: InsuranceFund.self) == 0)
      #expect(try ended.taken(by: ProRata.self) == none.taken(by: ProRata.self))
    }
    #expect(none.measures.recognised > 50_000)
    #expect(try full.taken(by: InsuranceFund.self) == 50_000)
    #expect(
      try abs(full.taken(by: ProRata.self) + 50_000 - none.taken(by: ProRata.self)) < 1e-6)
    #expect(full.measures.recognised == none.measures.recognised, "who pays does not change how much")
  }

  @Test("with no layer the whole loss stands, with proRata none of it")
  func unresolved() throws {
    let bare = try run { $0.waterfall = [] }
    let shared = try run { $0.waterfall = [HandMadeWorld.proRata] }
    #expect(bare.measures.unresolved == bare.measures.recognised)
    #expect(try bare.taken(by: ProRata.self) == 0)
    #expect(shared.measures.unresolved == 0)
    #expect(try shared.taken(by: ProRata.self) == bare.measures.recognised)
    let said = try run { $0.waterfall = [HandMadeWorld.unresolved] }
    #expect(said.facts == bare.facts, "`unresolved` stands last, said or not")
  }

  @Test("without liquidators, or with ones who want too much, bad debt stays hidden")
  func nobodyComes() throws {
    let alone = try run { $0.liquidators = 0 }
    #expect(alone.count("becameLiquidatable") == 5)
    #expect(alone.measures.recognised == 0 && alone.measures.occurredEnd > 0)
    let greedy = try run { $0.minimumProfit = 1_000_000 }
    #expect(greedy.measures.liquidations == 0 && greedy.measures.passedOver > 0)
    #expect(greedy.measures.occurredEnd == alone.measures.occurredEnd)
  }

  @Test("without bonus and fee the loss is the bad debt that was hidden, to a unit a position")
  func noBonus() throws {
    let plain = try run { $0.bonus = 0 }
    // Five debts of $75,000 against $60,000 of collateral each.
    #expect(plain.measures.occurredPeak == 75_000)
    #expect(abs(plain.measures.recognised - 75_000) <= 5e-6)
    let rewarded = try run { $0.bonus = 0.05 }
    // $60,000 / 1.05 repays $57,142.857…: five times $17,857.142…, rounded in the lenders' favour.
    #expect(abs(rewarded.measures.recognised - 89_285.714_28) < 1e-4)
  }

  @Test("arbitrageurs with nothing to spend are as good as none; with something they move the pool")
  func arbitrageurs() throws {
    let none = try run { _ in }
    let poor = try run {
      $0.arbitrageurs = 2
      $0.arbitrageCapital = 0
    }
    let rich = try run { $0.arbitrageurs = 2 }
    #expect(poor.facts.map(\.fact.kind) == none.facts.map(\.fact.kind))
    #expect(poor.measures.recognised == none.measures.recognised)
    #expect(rich.count("swapped") > none.count("swapped"))
  }

  @Test("a latency of zero is a latency of zero, fixed or drawn")
  func latency() throws {
    let fixed = try run { $0.latency = .fixed(.zero) }
    let drawn = try run { $0.latency = .exponential(mean: .zero) }
    let late = try run { $0.latency = .fixed(.minutes(1)) }
    #expect(fixed.facts == drawn.facts)
    let called = try #require(fixed.facts.first { $0.fact.kind == "becameLiquidatable" })
    func firstAct(_ ended: Ended) -> Int64? {
      ended.facts.first { $0.fact.kind == "liquidated" }?.header.time.microseconds
    }
    #expect(firstAct(fixed) == called.header.time.microseconds)
    #expect(firstAct(late) == called.header.time.microseconds + 60_000_000)
  }

  @Test("a close factor of one half is one whole where everybody may be closed in full")
  func closeFactor() throws {
    let whole = try run { $0.closeFactor = 1 }
    let half = try run { $0.closeFactor = 0.5 }
    let halfOrWhole = try run {
      $0.closeFactor = 0.5
      $0.fullCloseBelow = 1
    }
    #expect(halfOrWhole.facts == whole.facts)
    #expect(half.measures.liquidations > whole.measures.liquidations)
  }

  @Test("at a rate of zero no interest accrues")
  func interest() throws {
    #expect(try run { $0.borrowRate = 0 }.count("interestAccrued") == 0)
    #expect(try run { $0.borrowRate = 0.1 }.count("interestAccrued") == 6)
  }
}
