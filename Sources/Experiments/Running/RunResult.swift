import Economy
import Kernel
import Ledger

/// What a table says of a run before anything else: where it stands in the plan.
package struct RunLabel: Sendable {
  package let experiment: String
  package let variant: String
  /// From 1, in plan order.
  package let run: Int
  package let seed: UInt64
  /// Values of the swept paths, as tables show them.
  package let swept: [String]
}

/// What is left of a run when it is over.
package struct RunResult: Sendable {
  package let label: RunLabel
  package let measures: RunMeasures
  package let facts: [FactRecord]
  package let names: RunNames
  /// SHA-256 of every kept fact with its cause, and of every final balance.
  package let fingerprint: Digest
}

extension RunResult {
  /// Names and values of this run's row in `summary.csv`.
  package var summary: [(name: String, value: String)] {
    let columns = PlanTables.columns(sweptPaths: Array(repeating: "swept", count: label.swept.count))
    var writer = TableWriter(columns)
    writer.addHeader(columns)
    Tables.addSummaryRow(self, to: &writer)
    let table = CSVTable(writer.bytes)
    return zip(columns, table.rows[0]).dropFirst(4 + label.swept.count).map { ($0.name, $1) }
  }
}

/// A run that ended before its horizon, and why.
package struct FailedRun: Error, Sendable, CustomStringConvertible {
  package let label: RunLabel
  package let reason: String
  package let event: EventHeader?

  package var description: String {
    let when = event.map { "at \(secondsText($0.time)) s, event \($0.id.ordinal)" } ?? "while it was set up"
    return "run \(label.run) (variant \(label.variant), seed \(label.seed)) failed \(when): \(reason)"
  }
}

extension ExperimentConfig {
  /// One run, from its seed alone.
  package func run(
    _ label: RunLabel, keeping kept: FactsKept? = nil, audit: AuditFrequency = .afterLosses
  ) throws(FailedRun) -> RunResult {
    do {
      var world = try World.make(
        self.world, populationSeed: populationSeed(forRun: label.seed), shockSeed: label.seed,
        keeping: kept ?? events, audit: audit)
      try world.run()
      return RunResult(
        label: label, measures: world.measures, facts: world.facts, names: RunNames(world),
        fingerprint: world.fingerprint())
    } catch {
      throw FailedRun(label: label, reason: "\(error.reason)", event: error.event)
    }
  }
}

extension Plan {
  package func label(of run: Run, at point: Point) -> RunLabel {
    RunLabel(
      experiment: experiment, variant: point.variant, run: run.number, seed: run.seed,
      swept: point.swept.map(\.tableText))
  }
}

extension JSONNode {
  /// A swept value in a table: a word or number as it is, anything else as one line of JSON.
  var tableText: String {
    switch content {
    case .string(let text), .number(let text): return text
    case .bool(let value): return value ? "TRUE" : "FALSE"
    case .null: return ""
    case .array, .object:
      return String(decoding: canonicalBytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        .joined(separator: " ")
    }
  }
}
