import Economy
import Experiments
import Foundation

/// A config of `experiments/`, run as it is shipped.
enum ShippedExperiment {
  /// Every run's measures and facts, by variant, in the order of their seeds.
  static func outcomes<Outcome>(
    _ name: String, seedsUpTo last: UInt64 = .max, settings: [String] = [],
    variants: [String]? = nil, twins: Twins? = nil, of outcome: (RunResult) -> Outcome
  ) throws -> [String: [Outcome]] {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("experiments/\(name).jsonc").path
    let plan = try Plan.read(ConfigFile.load(path, settings: settings))
    var outcomes: [String: [Outcome]] = [:]
    for number in 1...plan.runCount {
      let run = plan.run(number: number)
      let point = plan.point(run.point)
      guard run.seed <= last, variants?.contains(point.variant) ?? true else { continue }
      let result = try plan.config(of: point)
        .run(plan.label(of: run, at: point), keeping: .all, audit: .never, twins: twins)
      outcomes[point.variant, default: []].append(outcome(result))
    }
    return outcomes
  }
}
