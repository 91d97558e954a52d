import Economy
import Kernel
import Ledger

/// What is left of a run when it is over.
package struct RunResult: Sendable {
  package let experiment: String
  package let seed: UInt64
  package let measures: RunMeasures
  package let facts: [FactRecord]
  package let names: RunNames
  /// SHA-256 of every kept fact with its cause, and of every final balance.
  package let fingerprint: Digest
}

/// A run that ended before its horizon, and which.
package struct FailedRun: Error, Sendable, CustomStringConvertible {
  package let seed: UInt64
  package let failure: RunFailure

  package var description: String {
    let when =
      failure.event.map { "at \(secondsText($0.time)) s, event \($0.id.ordinal)" } ?? "while it was set up"
    return "seed \(seed) failed \(when): \(failure.reason)"
  }
}

extension ExperimentConfig {
  /// One run, from its seed alone.
  package func run(
    seed: UInt64, keeping kept: FactsKept? = nil, audit: AuditFrequency = .afterLosses
  ) throws(FailedRun) -> RunResult {
    do {
      var world = try World.make(
        self.world, populationSeed: populationSeed(forRun: seed), shockSeed: seed, keeping: kept ?? events,
        audit: audit)
      try world.run()
      return RunResult(
        experiment: name, seed: seed, measures: world.measures, facts: world.facts,
        names: RunNames(world), fingerprint: world.fingerprint())
    } catch {
      throw FailedRun(seed: seed, failure: error)
    }
  }
}

/// Runs every seed of an experiment into a results folder.
package enum Runner {
  package static let version = "0.1.0"

  /// Why there is no results folder.
  package enum Failure: Error {
    case output(OutputFailure)
    case run(FailedRun)
  }

  /// - Parameter progress: told how many runs are done, after each.
  package static func run(
    _ reading: ConfigReader.Reading<ExperimentConfig>, into path: String,
    progress: (_ done: Int, _ of: Int) -> Void
  ) throws(Failure) -> [RunResult] {
    let config = reading.value
    var folder: ResultsFolder
    do { folder = try ResultsFolder(path: path) } catch { throw .output(error) }
    var results: [RunResult] = []
    do {
      for seed in config.seeds.all {
        results.append(try config.run(seed: seed, keeping: config.events == .none ? .losses : config.events))
        progress(results.count, config.seeds.count)
      }
    } catch {
      folder.discard()
      throw .run(error)
    }
    do {
      try write(results, reading, into: &folder)
    } catch {
      folder.discard()
      throw .output(error)
    }
    do { try folder.publish() } catch { throw .output(error) }
    return results
  }

  private static func write(
    _ results: [RunResult], _ reading: ConfigReader.Reading<ExperimentConfig>,
    into folder: inout ResultsFolder
  ) throws(OutputFailure) {
    try folder.write("summary.csv") { file throws(OutputFailure) in
      try file.write(headerLine(Tables.summary))
      for run in results { try file.write(Tables.summaryRow(run)) }
    }
    try folder.write("losses.csv") { file throws(OutputFailure) in
      try file.write(headerLine(Tables.losses))
      for run in results {
        for row in Tables.lossRows(run) { try file.write(row) }
      }
    }
    if reading.value.events != .none {
      try folder.write("events.csv") { file throws(OutputFailure) in
        try file.write(headerLine(Tables.events))
        for run in results {
          for (index, record) in run.facts.enumerated() {
            try file.write(Tables.eventRow(record, number: index + 1, run))
          }
        }
      }
    }
    try folder.write("config.resolved.json") { file throws(OutputFailure) in
      try file.write(reading.resolved.canonicalBytes)
    }
    let manifest: JSONNode = .object([
      .init("rhodian", .string(version)), .init("experiment", .string(reading.value.name)),
      .init("files", folder.digests),
    ])
    try folder.write("manifest.json") { file throws(OutputFailure) in
      try file.write(manifest.canonicalBytes)
    }
  }
}
