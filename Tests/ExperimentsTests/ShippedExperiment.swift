import Economy
import Experiments
import Foundation

/// A config of `experiments/`, run as it is shipped.
enum ShippedExperiment {
  static func plan(_ name: String, settings: [String] = []) throws -> Plan {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("experiments/\(name).jsonc").path
    return try Plan.read(ConfigFile.load(path, settings: settings))
  }

  /// The numbers of the runs of some seeds and variants, in plan order.
  static func runs(of plan: Plan, seedsUpTo last: UInt64, variants: [String]?) -> [Int] {
    (1...plan.runCount).filter { number in
      let run = plan.run(number: number)
      return run.seed <= last && variants?.contains(plan.point(run.point).variant) ?? true
    }
  }

  static func result(
    of number: Int, in plan: Plan, keeping kept: FactsKept, audit: AuditFrequency, twins: Twins? = nil
  ) throws -> RunResult {
    let run = plan.run(number: number)
    let point = plan.point(run.point)
    return try plan.config(of: point)
      .run(plan.label(of: run, at: point), keeping: kept, audit: audit, twins: twins)
  }

  /// Every run's measures and facts, by variant, in the order of their seeds.
  static func outcomes<Outcome>(
    _ name: String, seedsUpTo last: UInt64 = .max, settings: [String] = [],
    variants: [String]? = nil, twins: Twins? = nil, of outcome: (RunResult) -> Outcome
  ) throws -> [String: [Outcome]] {
    let plan = try plan(name, settings: settings)
    var outcomes: [String: [Outcome]] = [:]
    for number in runs(of: plan, seedsUpTo: last, variants: variants) {
      let result = try result(of: number, in: plan, keeping: .all, audit: .never, twins: twins)
      outcomes[result.label.variant, default: []].append(outcome(result))
    }
    return outcomes
  }
}
