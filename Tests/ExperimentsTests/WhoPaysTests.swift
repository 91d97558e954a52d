import Economy
import Experiments
import Foundation
import Ledger
import Testing

/// `experiments/who-pays.jsonc` declares what should come out; this is whether it does.
@Suite("The who-pays experiment shows what its header says")
struct WhoPaysTests {
  struct Outcome: Sendable {
    let recognised: Double
    let bySuppliers: Double
    let handedOn: Double
    let withdrawn: Double
    let liquidations: Double
    let insolvent: Double
    let losses: Int64
    /// By layer.
    let taken: [String: Double]
    /// Liquidations by venue.
    var called: [String: Int] = [:]
    /// Venues where a debt was lost.
    var burnt: Set<String> = []
    /// Layers that could not bear all that they were asked for, and let it fall on.
    var spilled: Set<String> = []

    init(_ result: RunResult) {
      let measures = result.measures
      recognised = measures.recognised
      bySuppliers = measures.bySuppliers
      handedOn = measures.handedOn
      withdrawn = measures.withdrawnShare
      liquidations = Double(measures.liquidations)
      insolvent = Double(measures.insolventVenues)
      losses = measures.losses
      var taken: [String: Double] = [:]
      for (place, layer) in LayerCatalog.all.enumerated() {
        taken[layer.declaration.name] = measures.taken(byLayer: place)
      }
      self.taken = taken
      var slashed = Amount.zero
      for record in result.facts {
        func venue(of position: PositionID) -> String {
          result.names.venues[result.names.positions[position].venue].name
        }
        switch record.fact {
        case .liquidated(let position, _, _, _, _, _, _): called[venue(of: position), default: 0] += 1
        case .recognised(_, .position(let position), _, _): burnt.insert(venue(of: position))
        case .slashed(_, _, let amount): slashed += amount
        case .absorbed(_, let venue, _, let step, let taken, _, let left):
          let layer = result.names.venues[venue].steps[Int(step)].layer
          // Within the layer, juniors spill on the senior tranche, and a pool on its other members.
          let isShared = ["tranches", "mutualPool"].contains(layer)
          if left > .zero || isShared && taken > slashed { spilled.insert(layer) }
          slashed = .zero
        case .promiseBroken(_, let venue, _, let step, let shortfall) where shortfall > .zero:
          spilled.insert(result.names.venues[venue].steps[Int(step)].layer)
        default: break
        }
      }
    }
  }

  /// One of the orders that the header declares: under `more` the median of the paired differences is above zero.
  private struct Order {
    let figure: String
    let more: String
    let less: String
    let of: (Outcome) -> Double
  }

  private static var orders: [Order] {
    [
      Order(figure: "borne by suppliers", more: "pro-rata", less: "staked-backstop") { $0.bySuppliers },
      Order(figure: "withdrawn", more: "unresolved", less: "pro-rata") { $0.withdrawn },
      Order(figure: "handed on", more: "mutual-pool", less: "insurance-fund") { $0.handedOn },
      Order(figure: "insolvent venues", more: "mutual-pool", less: "insurance-fund") { $0.insolvent },
      Order(figure: "liquidated", more: "token-dilution", less: "insurance-fund") { $0.liquidations },
      Order(figure: "borne by suppliers", more: "pro-rata", less: "insurance-fund") { $0.bySuppliers },
      Order(figure: "withdrawn", more: "revenue-capture", less: "insurance-fund") { $0.withdrawn },
      Order(figure: "lost in all", more: "token-dilution", less: "pro-rata") { $0.recognised },
    ]
  }

  /// The orders that do not hold.
  private static func broken(_ outcomes: [String: [Outcome]]) -> [String] {
    orders.compactMap { order in
      guard let more = outcomes[order.more], let less = outcomes[order.less] else {
        return "no \(order.more)"
      }
      let differences = zip(more, less).map { order.of($0) - order.of($1) }.sorted()
      guard differences[differences.count / 2] > 0, differences[(differences.count - 1) / 2] > 0 else {
        return "\(order.figure): \(order.more) is not above \(order.less)"
      }
      return nil
    }
  }

  /// As many seeds as the tests have time for.
  private static let seeds: UInt64 = ProcessInfo.processInfo.environment["RHODIAN_SOAK"] == "1" ? 100 : 10
  private static let outcomes = Result {
    try ShippedExperiment.outcomes("who-pays", seedsUpTo: seeds, of: Outcome.init)
  }

  @Test("the orders that were declared hold, and would not if two variants had each other's names")
  func orders() throws {
    let outcomes = try WhoPaysTests.outcomes.get()
    #expect(WhoPaysTests.broken(outcomes) == [])
    for (first, second) in [
      ("pro-rata", "staked-backstop"), ("unresolved", "pro-rata"), ("mutual-pool", "insurance-fund"),
      ("token-dilution", "insurance-fund"), ("revenue-capture", "insurance-fund"),
      ("token-dilution", "pro-rata"),
    ] {
      var swapped = outcomes
      (swapped[first], swapped[second]) = (outcomes[second], outcomes[first])
      #expect(!WhoPaysTests.broken(swapped).isEmpty, "\(first) for \(second) went unnoticed")
    }
  }

  @Test("in every run something is lost, nothing without the crash; what is sold elsewhere changes how much")
  func losses() throws {
    let outcomes = try WhoPaysTests.outcomes.get()
    #expect(outcomes.count == 12)
    let isolated = try #require(outcomes["isolated"])
    for (variant, runs) in outcomes where variant != "no-shock" {
      for (run, control) in zip(runs, isolated) {
        #expect(run.losses >= 1 && run.liquidations >= 50, "\(variant)")
        let isSold = ["token-dilution", "staked-backstop"].contains(variant)
        #expect(abs(run.recognised / control.recognised - 1) < (isSold ? 0.5 : 0.01), "\(variant)")
        #expect(isSold || run.burnt.isSubset(of: ["north", "south", "east"]), "\(variant)")
      }
    }
    #expect(try #require(outcomes["no-shock"]).allSatisfy { $0.losses == 0 })
  }

  @Test("every funded layer pays, and in a tenth of the seeds at least it is this one that is not enough")
  func spills() throws {
    let outcomes = try WhoPaysTests.outcomes.get()
    for (variant, layer) in [
      ("insurance-fund", "insuranceFund"), ("staked-backstop", "stakedBackstop"),
      ("token-dilution", "tokenDilution"), ("debt-auction", "debtAuction"), ("mutual-pool", "mutualPool"),
      ("tranches", "tranches"), ("interest-first", "accruedInterest"),
    ] {
      let runs = try #require(outcomes[variant])
      #expect(runs.allSatisfy { $0.taken[layer, default: 0] > 0 } || layer == "debtAuction", "\(variant)")
      #expect(runs.contains { $0.taken[layer, default: 0] > 0 }, "\(variant)")
      #expect(10 * runs.count { $0.spilled.contains(layer) } >= runs.count, "\(variant) always suffices")
      #expect(10 * runs.count { $0.bySuppliers > 1 } >= runs.count, "\(variant) always suffices")
    }
  }

  @Test("minted tokens are sold where they are collateral: only then is anybody at agora liquidated, or lost")
  func dilution() throws {
    let outcomes = try WhoPaysTests.outcomes.get()
    let (diluted, control) = try (#require(outcomes["token-dilution"]), #require(outcomes["unresolved"]))
    for (run, other) in zip(diluted, control) {
      #expect(run.called["agora", default: 0] > 0)
      #expect(other.called["agora", default: 0] == 0)
    }
    #expect(10 * diluted.count { $0.burnt.contains("agora") } >= 9 * diluted.count)
  }

  @Test("whoever holds GOV, or has a claim on it, pays for new GOV, and more than lenders are spared")
  func incidence() throws {
    /// By seed: what some kinds of parties are poorer by.
    func paid(_ kinds: Set<Party.Kind>, _ outcomes: [[(kind: Party.Kind, paid: Double)]]?) throws -> [Double]
    {
      try #require(outcomes).map { $0.reduce(0) { kinds.contains($1.kind) ? $0 + $1.paid : $0 } }
    }
    let outcomes = try ShippedExperiment.outcomes(
      "who-pays", seedsUpTo: 3, variants: ["pro-rata", "insurance-fund", "token-dilution"], twins: Twins()
    ) { run in (run.incidence?.rows ?? []).map { (kind: $0.kind, paid: Double($0.incidence) / 1e6) } }
    for (_, runs) in outcomes {
      for run in runs { #expect(abs(run.reduce(0) { $0 + $1.paid }) < 0.01) }
    }
    let exposed: Set<Party.Kind> = [.staker, .tokenHolder, .borrower, .pool]
    let diluted = try paid(exposed, outcomes["token-dilution"])
    let funded = try paid(exposed, outcomes["insurance-fund"])
    let lenders = try paid([.lender], outcomes["token-dilution"])
    let cut = try paid([.lender], outcomes["pro-rata"])
    for seed in diluted.indices {
      #expect(diluted[seed] > funded[seed])
      #expect(diluted[seed] > cut[seed] - lenders[seed])
      #expect(lenders[seed] < 0.75 * cut[seed])
    }
  }

  @Test("a fund in the asset that falls covers less than one in dollars that was worth as much")
  func wrongWay() throws {
    func taken(_ holds: String) throws -> [Double] {
      let outcomes = try ShippedExperiment.outcomes(
        "who-pays", seedsUpTo: 3, settings: ["funds.treasury.holds=\(holds)"], variants: ["insurance-fund"],
        of: Outcome.init)
      return try #require(outcomes["insurance-fund"]).map { $0.taken["insuranceFund", default: 0] }
    }
    let (dollars, ether) = try (taken("{ \"USDC\": \"200k\" }"), taken("{ \"ETH\": 100 }"))
    for (dollar, ether) in zip(dollars, ether) {
      #expect((199_999...200_001).contains(dollar))
      #expect(ether > 0 && ether < 0.75 * dollar)
    }
  }

  @Test("stakers who can leave in time leave less behind to be slashed")
  func cooldown() throws {
    func taken(_ cooldown: String) throws -> [Double] {
      let outcomes = try ShippedExperiment.outcomes(
        "who-pays", seedsUpTo: 3,
        settings: [
          "venues.safety.cooldown=\(cooldown)",
          "populations.stakers.runAt={ \"uniform\": { \"from\": \"0.01%\", \"to\": \"1%\" } }",
          "populations.stakers.watch=5m",
        ], variants: ["staked-backstop"], of: Outcome.init)
      return try #require(outcomes["staked-backstop"]).map { $0.taken["stakedBackstop", default: 0] }
    }
    let (free, bound) = try (taken("0s"), taken("6h"))
    for (free, bound) in zip(free, bound) { #expect(free < 0.5 * bound) }
  }
}
