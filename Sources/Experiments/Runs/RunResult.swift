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
  package let horizon: SimTime
  package let measures: RunMeasures
  package let facts: [FactRecord]
  package let names: RunNames
  /// SHA-256 of every kept fact with its cause, and of every final balance.
  package let fingerprint: Digest
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
    guard let result = try run(label, keeping: kept, audit: audit, unless: { false }) else {
      preconditionFailure("nobody has called it off")
    }
    return result
  }

  /// One run, nil if it is called off: `isLate` is asked every few hundred events.
  func run(
    _ label: RunLabel, keeping kept: FactsKept? = nil, audit: AuditFrequency = .afterLosses,
    unless isLate: () -> Bool
  ) throws(FailedRun) -> RunResult? {
    do {
      var world = try World.make(
        self.world, populationSeed: populationSeed(forRun: label.seed), shockSeed: label.seed,
        keeping: kept ?? events, audit: audit)
      var events = 0
      while try world.step() {
        events += 1
        if events % 256 == 0, isLate() { return nil }
      }
      try world.run()
      return RunResult(
        label: label, horizon: self.world.horizon, measures: world.measures, facts: world.facts,
        names: RunNames(world),
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

/// Seconds since the run began, exactly: whole microseconds, no trailing zeros.
func secondsText(_ time: SimTime) -> String {
  let (seconds, micros) = time.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
  guard micros != 0 else { return String(seconds) }
  var fraction = String(micros + 1_000_000).dropFirst()
  while fraction.last == "0" { fraction.removeLast() }
  return "\(seconds).\(fraction)"
}
