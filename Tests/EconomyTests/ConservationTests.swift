import Economy
import Kernel
import Ledger
import Testing

@Suite("Conservation through time")
struct ConservationTests {
  static let seeds = 1...40

  /// What is left of one varied world after its run.
  struct Outcome: Sendable {
    let small: SmallWorld
    let facts: [FactRecord]
    let measures: RunMeasures
    let venue: Reserve
    let lost: [Amount]
    let liquidations: [Amount]
    let cash: Amount
    let claims: [Amount]
    /// By step of the waterfall: which layer, what it took, what is in its account.
    let steps: [(layer: String, taken: Amount, left: Amount)]

    init(seed: Int) throws {
      small = SmallWorld.varied(seed: seed)
      let world = try small.run(seed: UInt64(seed))
      facts = world.facts
      measures = world.measures
      venue = world.reserve
      lost = world.recognisedLosses
      liquidations = world.liquidations.map(\.repaid)
      cash = world.final("venue", SmallWorld.dollar)
      claims = try world.claims()
      var steps: [(String, Amount, Amount)] = []
      for (step, taken) in zip(world.waterfalls[SmallWorld.venue].steps, world.takenBySteps) {
        let left = world.ledger.balance(of: step.account, in: SmallWorld.dollar)
        steps.append((type(of: step.layer).declaration.name, taken, left))
      }
      self.steps = steps
    }

    func taken(by layer: String) -> Amount {
      steps.filter { $0.layer == layer }.reduce(.zero) { $0 + $1.taken }
    }
  }

  /// Each world runs once, for all of these tests.
  static let outcomes = seeds.map { seed in Result { try Outcome(seed: seed) } }

  static func outcome(_ seed: Int) throws -> Outcome { try outcomes[seed - seeds.lowerBound].get() }

  /// Deposits of the eventful world, by hand: 90,000 and 60,000.
  static let deposits = SmallWorld().tokens(150_000)

  @Test("what a fund paid is what its facts say and what its account lost", arguments: seeds)
  func funds(_ seed: Int) throws {
    let outcome = try ConservationTests.outcome(seed)
    for (place, layer) in outcome.small.waterfall.enumerated() where layer.type == InsuranceFund.self {
      let step = outcome.steps[place]
      #expect(
        layer.settings.holdings("balance")[0].amount - step.left == step.taken, "seed \(seed), layer \(place)"
      )
    }
  }

  @Test("what suppliers lost is what their layer's facts say and what their claims lost", arguments: seeds)
  func suppliers(_ seed: Int) throws {
    let outcome = try ConservationTests.outcome(seed)
    var toClaims = Amount.zero
    var toReserves = Amount.zero
    for record in outcome.facts {
      guard case .interestAccrued(_, _, let interest, _) = record.fact else { continue }
      // ⌈interest · reserve factor⌉ at nine decimals.
      let billionths = Int128((outcome.small.reserveFactor * 1e9).rounded())
      let kept = Int64((Int128(interest.units) * billionths + 999_999_999) / 1_000_000_000)
      toReserves += Amount(units: kept)
      toClaims += interest - Amount(units: kept)
    }
    let claims = outcome.venue.claims.totalAssets
    #expect(claims == ConservationTests.deposits + toClaims - outcome.taken(by: "proRata"), "seed \(seed)")
    #expect(outcome.venue.reserves == toReserves, "seed \(seed)")
    // Both lenders got a share a unit; 90 : 60 of every claim, each rounded down.
    let parts = [Amount(units: claims.units * 3 / 5), Amount(units: claims.units * 2 / 5)]
    #expect(outcome.claims == parts, "seed \(seed)")
  }

  @Test("every loss is taken by somebody or stands as the deficit", arguments: seeds)
  func losses(_ seed: Int) throws {
    let outcome = try ConservationTests.outcome(seed)
    let taken = outcome.steps.reduce(Amount.zero) { $0 + $1.taken }
    #expect(outcome.lost.reduce(.zero, +) == taken + outcome.venue.deficit, "seed \(seed)")
  }

  @Test("the venue's cash is what came in less what went out", arguments: seeds)
  func cash(_ seed: Int) throws {
    let outcome = try ConservationTests.outcome(seed)
    let lent = outcome.small.loans.reduce(Amount.zero) { $0 + $1.borrowed }
    let came = outcome.liquidations.reduce(.zero, +) + outcome.taken(by: "insuranceFund")
    #expect(outcome.cash == ConservationTests.deposits - lent + came, "seed \(seed)")
  }

  @Test("measures are the sums of the facts, in dollars", arguments: seeds)
  func measures(_ seed: Int) throws {
    let outcome = try ConservationTests.outcome(seed)
    func dollars(_ amounts: [Amount]) -> Double { Double(amounts.reduce(.zero, +).units) / 1e8 }
    let measures = outcome.measures
    #expect(measures.recognised == dollars(outcome.lost), "seed \(seed)")
    #expect(measures.losses == Int64(outcome.lost.count), "seed \(seed)")
    #expect(measures.liquidations == Int64(outcome.liquidations.count), "seed \(seed)")
    #expect(measures.liquidatedDebt == dollars(outcome.liquidations), "seed \(seed)")
    #expect(measures.unresolved == dollars([outcome.venue.deficit]), "seed \(seed)")
    for (place, layer) in LayerCatalog.all.enumerated() {
      let taken = dollars([outcome.taken(by: layer.declaration.name)])
      #expect(measures.taken(byLayer: place) == taken, "seed \(seed)")
    }
  }

  @Test("these worlds are loud: they lose, layers pay, keepers pass, interest falls due")
  func coverage() throws {
    var counts: [String: Int] = [:]
    var lossy = 0
    for seed in ConservationTests.seeds {
      let outcome = try ConservationTests.outcome(seed)
      for record in outcome.facts { counts[record.fact.kind, default: 0] += 1 }
      for step in outcome.steps where !step.taken.isZero { counts["\(step.layer) took", default: 0] += 1 }
      if !outcome.lost.isEmpty { lossy += 1 }
      if !outcome.venue.deficit.isZero { counts["a deficit stands", default: 0] += 1 }
    }
    print("worlds of seeds \(ConservationTests.seeds): \(lossy) with a recognised loss")
    for (kind, count) in counts.sorted(by: { $0.key < $1.key }) { print("  \(kind): \(count)") }
    #expect(lossy >= 36)
    for kind in [
      "priceStepped", "pricePublished", "interestAccrued", "becameLiquidatable", "liquidated", "passedOver",
      "swapped", "recognised", "absorbed", "badDebtOccurred",
    ] {
      #expect(counts[kind, default: 0] >= 20, "\(kind)")
    }
    for taker in ["insuranceFund took", "proRata took", "a deficit stands"] {
      #expect(counts[taker, default: 0] >= 5, "\(taker)")
    }
  }
}
