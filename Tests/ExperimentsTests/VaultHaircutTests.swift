import Economy
import Experiments
import Foundation
import Ledger
import Testing

/// `experiments/vault-haircut.jsonc` says what should come out; this is whether it does.
@Suite("The vault-haircut experiment shows what its header says")
struct VaultHaircutTests {
  private struct Outcome {
    var fallsAtSecond = 0
    var liquidationsAtSecond = 0
    var fallsAtLend = 0
    var passedOn: Int64 = 0
    var withdrawnShare = 0.0
    var waits = 0
    var draws = 0
    var withdrawals = 0
  }

  private static func outcomes() throws -> [String: [Outcome]] {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("experiments/vault-haircut.jsonc").path
    let plan = try Plan.read(ConfigFile.load(path))
    var outcomes: [String: [Outcome]] = [:]
    for number in 1...plan.runCount {
      let run = plan.run(number: number)
      let point = plan.point(run.point)
      let result = try plan.config(of: point)
        .run(plan.label(of: run, at: point), keeping: .all, audit: .never)
      var outcome = Outcome()
      outcome.passedOn = result.measures.passedOn
      outcome.withdrawnShare = result.measures.withdrawnShare
      for record in result.facts {
        func isAtSecond(_ position: PositionID) -> Bool {
          result.names.venues[result.names.positions[position].venue].name == "second"
        }
        switch record.fact {
        case .becameLiquidatable(let position, _):
          if isAtSecond(position) { outcome.fallsAtSecond += 1 } else { outcome.fallsAtLend += 1 }
        case .liquidated(let position, _, _, _, _, _, _):
          if isAtSecond(position) { outcome.liquidationsAtSecond += 1 }
        case .queued: outcome.waits += 1
        case .drawn: outcome.draws += 1
        case .withdrew: outcome.withdrawals += 1
        default: continue
        }
      }
      outcomes[point.variant, default: []].append(outcome)
    }
    return outcomes
  }

  @Test("a haircut at one venue liquidates at another that never lent against ETH, and not without it")
  func phenomenon() throws {
    let outcomes = try VaultHaircutTests.outcomes()
    let (haircut, unresolved, apart) = try (
      #require(outcomes["pro-rata"]), #require(outcomes["unresolved"]), #require(outcomes["apart"])
    )
    #expect(haircut.count == 10)
    for seed in haircut.indices {
      #expect(haircut[seed].liquidationsAtSecond >= 5, "seed \(seed + 1)")
      for control in [unresolved[seed], apart[seed]] {
        #expect(control.fallsAtSecond == 0, "seed \(seed + 1)")
        #expect(control.fallsAtLend == haircut[seed].fallsAtLend, "seed \(seed + 1): ETH falls as before")
        #expect(control.passedOn == 0)
      }
      #expect([haircut, unresolved, apart].allSatisfy { $0[seed].waits == 0 }, "seed \(seed + 1)")
      #expect(haircut[seed].withdrawals > 0 && haircut[seed].draws == 0, "seed \(seed + 1): out of idle cash")
      #expect(haircut[seed].withdrawnShare < 0.035, "seed \(seed + 1)")
      #expect(apart[seed].withdrawals == 0, "seed \(seed + 1)")
      // A standing deficit is what is left to expect; a claim that has been cut has its loss behind it.
      #expect(unresolved[seed].withdrawnShare > haircut[seed].withdrawnShare, "seed \(seed + 1)")
    }
    #expect(unresolved.contains { $0.draws > 0 }, "more leaves than is idle")
  }
}
