import Economy

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// `1 run`, `2 runs`.
package func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// What a plan would do, for `rhodian check`.
package struct PlanSummary {
  package let lines: [String]
  private let plan: Plan
  /// Points that stand for all of them: the first, the last and some between, evenly spread.
  private let sample: [Plan.Point]

  private static let largestSample = 32

  /// What somebody waits for an estimate, in seconds.
  private static let patience = 2.0

  package init(_ plan: Plan) {
    self.plan = plan
    let count = min(plan.pointCount, PlanSummary.largestSample)
    let last = plan.pointCount - 1
    sample = (0..<count).map { plan.point(count == 1 ? 0 : $0 * last / (count - 1)) }
    var lines = [
      "\(plan.experiment): \(counted(plan.runCount, "run")) in \(counted(plan.chunkCount, "chunk"))"
    ]
    lines.append("  variants  \(plan.variants.map(\.name.value).joined(separator: ", "))")
    for axis in plan.axes {
      let steps = axis.steps.map { $0.map(\.tableText).joined(separator: " with ") }
      lines.append(
        "  sweep     \(axis.paths.map(\.value).joined(separator: " with ")): \(steps.joined(separator: ", "))"
      )
    }
    lines.append("  seeds     \(plan.seeds.first) to \(plan.seeds.last)")
    self.lines = lines + [PlanSummary.agents(sample.compactMap { try? plan.config(of: $0) })]
  }

  /// How many of whom, as a range where points differ.
  private static func agents(_ configs: [ExperimentConfig]) -> String {
    var ids: [String] = []
    for id in configs.flatMap({ $0.world.populations.map(\.id) }) where !ids.contains(id) { ids.append(id) }
    func range(_ counts: [Int]) -> String {
      let (least, most) = (counts.min() ?? 0, counts.max() ?? 0)
      return least == most ? "\(least)" : "\(least) to \(most)"
    }
    let groups = ids.map { id in
      range(configs.map { $0.world.populations.first { $0.id == id }?.count ?? 0 }) + " \(id)"
    }
    let total = range(configs.map { $0.world.populations.reduce(0) { $0 + $1.count } })
    return "  agents    \(total) in each run: \(groups.joined(separator: ", "))"
  }

  /// What the tables will take: those of one run of some points, made and counted. Points differ, often by
  /// whether there is a loss at all, so that the first says little of the others; long runs are not waited
  /// for.
  ///
  /// - Returns: what to print, and why the first run failed if every one that was tried did.
  package func disk() -> (line: String, failure: String?) {
    let end = PlanSummary.now() + PlanSummary.patience
    var writers = PlanTables(plan).writers()
    var made = 0
    var failed: [FailedRun] = []
    for point in sample {
      guard let config = try? plan.config(of: point), PlanSummary.now() < end else { break }
      let label = plan.label(of: plan.run(number: point.index * plan.seeds.count + 1), at: point)
      do throws(FailedRun) {
        guard
          let run = try config.run(
            label, keeping: config.output.factsKept, twins: Twins(), unless: { PlanSummary.now() > end })
        else { break }
        writers.append(run)
      } catch {
        writers.append(error)
        failed.append(error)
      }
      made += 1
    }
    guard made > 0 else {
      return ("  disk      not estimated: a run takes more than \(Int(PlanSummary.patience)) s", nil)
    }
    guard failed.count < made else {
      let tried = made == 1 ? "the run that was tried fails" : "all \(made) runs that were tried fail"
      return ("  disk      not estimated: \(tried)", failed[0].reason)
    }
    let size = PlanSummary.text(Int(Double(writers.byteCount) * Double(plan.runCount) / Double(made)))
    return (
      "  disk      about \(size), judged by one run at \(counted(made, "point")) of \(plan.pointCount)", nil
    )
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private static func text(_ bytes: Int) -> String {
    for (unit, size) in [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)] where bytes >= size {
      return "\(rounded(Double(bytes) / Double(size), 1)) \(unit)"
    }
    return "\(bytes) bytes"
  }
}
