import Economy
import Experiments
import Foundation
import Ledger
import Testing

/// `experiments/oracle-lag.jsonc` says what should come out; this is whether it does.
@Suite("The oracle-lag experiment shows what its header says")
struct OracleLagTests {
  private struct Outcome {
    let recognised: Double
    let byFund: Double
    let bySuppliers: Double
    let hidden: Double
  }

  private static func outcomes() throws -> [String: [Outcome]] {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("experiments/oracle-lag.jsonc").path
    let plan = try Plan.read(ConfigFile.load(path))
    let fund = try #require(LayerCatalog.all.firstIndex { $0 == InsuranceFund.self })
    let proRata = try #require(LayerCatalog.all.firstIndex { $0 == ProRata.self })
    var outcomes: [String: [Outcome]] = [:]
    for number in 1...plan.runCount {
      let run = plan.run(number: number)
      let point = plan.point(run.point)
      let measures = try plan.config(of: point)
        .run(plan.label(of: run, at: point), keeping: FactsKept.none, audit: .never).measures
      outcomes[point.variant, default: []].append(
        Outcome(
          recognised: measures.recognised, byFund: measures.taken(byLayer: fund),
          bySuppliers: measures.taken(byLayer: proRata),
          hidden: measures.occurredEnd))
    }
    return outcomes
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  @Test("the later the price, the more bad debt, and the more of it is the suppliers'")
  func phenomenon() throws {
    let outcomes = try OracleLagTests.outcomes()
    func median(_ variant: String, _ figure: (Outcome) -> Double) throws -> Double {
      OracleLagTests.median(try #require(outcomes[variant]).map(figure))
    }
    func lost(_ variant: String) throws -> Double { try median(variant, \.recognised) }
    #expect(outcomes.count == 9)
    #expect(outcomes.values.allSatisfy { $0.count == 10 })

    #expect(try lost("prompt") == 0)
    #expect(try lost("coarse") < 1_000)
    #expect(try lost("two-minutes") > 10_000)
    for late in ["five-minutes", "ten-minutes", "drawn", "heartbeat", "outage"] {
      #expect(try lost(late) > 5 * lost("two-minutes"), "\(late)")
      #expect(try median(late, \.bySuppliers) > 10_000, "\(late): the fund runs dry")
    }
    #expect(try lost("outage") >= lost("five-minutes"))
    #expect(try median("two-minutes", \.byFund) == lost("two-minutes"))
    #expect(try median("two-minutes", \.bySuppliers) == 0)
    // In every seed, not only in the middle.
    for (prompt, late) in zip(try #require(outcomes["prompt"]), try #require(outcomes["five-minutes"])) {
      #expect(prompt.recognised <= late.recognised)
    }

    // What a limit of age keeps from being recognised is hidden instead.
    #expect(try lost("stale") < lost("outage"))
    #expect(try median("stale", \.hidden) > 10 * median("outage", \.hidden))
  }
}
