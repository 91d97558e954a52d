import Economy
import Experiments
import Ledger
import Testing

/// `experiments/shared-collateral.jsonc` says what should come out; this is whether it does.
@Suite("The shared-collateral experiment shows what its header says")
struct SharedCollateralTests {
  /// By venue: who was called, and liquidations.
  private struct Outcome {
    var falls: [String: Int] = [:]
    var liquidations: [String: Int] = [:]
    /// In dollars.
    let recognised: Double

    init(_ result: RunResult) {
      recognised = result.measures.recognised
      func venue(_ position: PositionID) -> String {
        result.names.venues[result.names.positions[position].venue].name
      }
      for record in result.facts {
        switch record.fact {
        case .becameLiquidatable(let position, _): falls[venue(position), default: 0] += 1
        case .liquidated(let position, _, _, _, _, _, _): liquidations[venue(position), default: 0] += 1
        default: continue
        }
      }
    }
  }

  @Test("what one venue sells calls borrowers at two others, and not in deep markets or markets apart")
  func phenomenon() throws {
    let outcomes = try ShippedExperiment.outcomes("shared-collateral", of: Outcome.init)
    let (shared, deep, apart) = try (
      #require(outcomes["shared"]), #require(outcomes["deep"]), #require(outcomes["apart"])
    )
    #expect(shared.count == 10)
    for seed in shared.indices {
      print(
        "shared-collateral, seed \(seed + 1): \(shared[seed].recognised), \(shared[seed].falls), deep \(deep[seed].falls)"
      )
      #expect(shared[seed].liquidations["south", default: 0] >= 500, "seed \(seed + 1)")
      #expect(shared[seed].liquidations["east", default: 0] >= 200, "seed \(seed + 1)")
      #expect((300_000...3_000_000).contains(shared[seed].recognised), "seed \(seed + 1)")
      for control in [deep[seed], apart[seed]] {
        #expect(control.falls["south"] == nil && control.falls["east"] == nil, "seed \(seed + 1)")
        #expect(control.recognised == 0, "seed \(seed + 1)")
        #expect(control.falls["north", default: 0] >= 50, "seed \(seed + 1): ETH falls as before")
      }
      // Selling takes ETH further down for those who sell it, too.
      #expect(
        shared[seed].falls["north", default: 0] > deep[seed].falls["north", default: 0], "seed \(seed + 1)")
    }
  }
}
