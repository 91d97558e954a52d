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
  /// Who really paid, if somebody wants to know.
  package var incidence: Incidence?
  /// What is lost in all over what would be if nobody had to bear it; nil where nothing would be.
  package var amplification: Double?
  package var holderLosses = HolderLosses()
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
  ///
  /// - Parameter twins: where what it is compared with is remembered; nil if it need not be compared.
  package func run(
    _ label: RunLabel, keeping kept: FactsKept? = nil, audit: AuditFrequency = .afterLosses,
    twins: Twins? = nil
  ) throws(FailedRun) -> RunResult {
    guard let result = try run(label, keeping: kept, audit: audit, twins: twins, unless: { false }) else {
      preconditionFailure("nobody has called it off")
    }
    return result
  }

  /// One run, nil if it is called off: `isLate` is asked every few hundred events.
  func run(
    _ label: RunLabel, keeping kept: FactsKept? = nil, audit: AuditFrequency = .afterLosses,
    twins: Twins? = nil, unless isLate: () -> Bool
  ) throws(FailedRun) -> RunResult? {
    var isTwin = false
    do {
      var world = try World.make(
        self.world, populationSeed: populationSeed(forRun: label.seed), shockSeed: label.seed,
        keeping: kept ?? output.events, audit: audit)
      world.keepsHolderLosses = output.bearers
      let (start, endowment) = (output.incidence ? try world.wealth() : nil, world.endowment)
      var events = 0
      while try world.step() {
        events += 1
        if events % 256 == 0, isLate() { return nil }
      }
      try world.run()
      var (incidence, amplification): (Incidence?, Double?) = (nil, nil)
      if let twins, let start {
        let own = Twin(
          wealth: try world.wealth(since: endowment), systemLoss: world.measures.systemLoss)
        var twin = own
        if world.hasSomethingToFear {
          isTwin = true
          twin = try twins.twin(of: self, seed: label.seed) { () throws(RunFailure) in
            try makeTwin(seed: label.seed, audit: audit)
          }
          isTwin = false
        }
        incidence = Incidence(parties: world.parties, start: start, end: own.wealth, guaranteed: twin.wealth)
        amplification = twin.systemLoss > 0 ? own.systemLoss / twin.systemLoss : nil
      }
      return RunResult(
        label: label, horizon: self.world.horizon, measures: world.measures, facts: world.facts,
        names: RunNames(world), fingerprint: world.fingerprint(), incidence: incidence,
        amplification: amplification, holderLosses: world.holderLosses)
    } catch {
      throw FailedRun(
        label: label, reason: (isTwin ? "with every hole filled: " : "") + "\(error.reason)",
        event: error.event)
    }
  }
}

extension ExperimentConfig {
  /// The same seed in a world in which every hole is filled.
  private func makeTwin(seed: UInt64, audit: AuditFrequency) throws(RunFailure) -> Twin {
    var specification = world
    specification.isGuaranteed = true
    var twin = try World.make(
      specification, populationSeed: populationSeed(forRun: seed), shockSeed: seed, keeping: FactsKept.none,
      audit: audit)
    let endowment = twin.endowment
    try twin.run()
    return Twin(wealth: try twin.wealth(since: endowment), systemLoss: twin.measures.systemLoss)
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
