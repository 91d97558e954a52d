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
        .run(plan.label(of: run, at: point), keeping: .none, audit: .never).measures
      outcomes[point.variant, default: []].append(
        Outcome(
          recognised: measures.recognised, byFund: measures.taken(byLayer: fund),
          bySuppliers: measures.taken(byLayer: proRata)))
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
    func lost(_ variant: String) throws -> Double {
      OracleLagTests.median(try #require(outcomes[variant]).map(\.recognised))
    }
    for (variant, results) in outcomes.sorted(by: { $0.key < $1.key }) {
      print(
        variant, OracleLagTests.median(results.map(\.recognised)),
        OracleLagTests.median(results.map(\.byFund)), OracleLagTests.median(results.map(\.bySuppliers)))
    }
    #expect(outcomes.count == 9)
    #expect(try lost("prompt") == 0)
  }
}
