import Economy

/// `1 run`, `2 runs`.
package func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// What a plan would do, for `rhodian check`.
package struct PlanSummary {
  package let lines: [String]

  package init(_ plan: Plan) {
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
    if let config = try? plan.config(of: plan.point(0)) {
      var agents: [String] = []
      var total = 0
      for population in config.world.populations {
        agents.append("\(population.count) \(population.id)")
        total += population.count
      }
      lines.append("  agents    \(total) in each run: \(agents.joined(separator: ", "))")
      lines.append("  disk      \(PlanSummary.disk(config, plan))")
    }
    self.lines = lines
  }

  /// The tables of the first run, made and counted.
  private static func disk(_ config: ExperimentConfig, _ plan: Plan) -> String {
    let label = plan.label(of: plan.run(number: 1), at: plan.point(0))
    do throws(FailedRun) {
      var writers = PlanTables(plan).writers()
      writers.append(try config.run(label, keeping: config.events.forTables))
      return "about \(text(writers.byteCount * plan.runCount)) (the first run's tables, times the runs)"
    } catch {
      return "unknown: the first run fails: \(error.reason)"
    }
  }

  private static func text(_ bytes: Int) -> String {
    for (unit, size) in [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)] where bytes >= size {
      return "\(rounded(Double(bytes) / Double(size), 1)) \(unit)"
    }
    return "\(bytes) bytes"
  }
}
