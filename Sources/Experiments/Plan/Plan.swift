import Economy
import Kernel

/// Everything that an experiment runs, in order: for each variant, for each combination of swept values, each
/// seed. Runs are numbered from 1 in this order; a number names the same run on every machine.
///
///     let plan = try Plan.read(ConfigFile.load("experiments/first-loss.jsonc"))
///     plan.runCount
///     try plan.config(of: plan.point(1))
///
/// A point's config is the resolved one with the point's settings put in, read again by the same reader: what
/// a variant may say is what a config may say.
package struct Plan: Sendable {
  /// One variant at one combination of swept values.
  package struct Point: Sendable {
    package let index: Int
    package let variant: String
    /// In the order of `Plan.sweptPaths`.
    package let swept: [JSONNode]
    package let settings: [Setting]
  }

  /// Where one run stands in the plan.
  package struct Run: Sendable {
    /// From 1.
    package let number: Int
    package let point: Int
    package let seed: UInt64
  }

  private static let pointKeys = ["variant", "variants", "only", "sweep", "zip"]

  package let experiment: String
  /// The config with every default filled in: what `config.resolved.json` holds.
  package let resolved: JSONNode
  package let variants: [Variant]
  /// Which of the config's variants these are, where they are not all.
  package let only: [String]?
  package let axes: [Axis]
  package let seeds: SeedRange
  package let output: OutputSettings
  /// What is no mistake and may not be meant, at any point that was checked.
  package private(set) var warnings: [Diagnostic] = []
  /// `resolved` without what says which points there are: a point that repeated every swept value would make
  /// reading a plan take the square of them.
  private let base: JSONNode
  private let source: SourceFile

  package var sweptPaths: [String] { axes.flatMap { $0.paths.map(\.value) } }

  package var pointCount: Int { axes.reduce(variants.count) { $0 * $1.steps.count } }

  package var runCount: Int { pointCount * seeds.count }

  /// Runs that are computed, written and resumed together.
  package static let chunkSize = 64

  package var chunkCount: Int { (runCount + Plan.chunkSize - 1) / Plan.chunkSize }

  /// More than anybody waits for, and far from where a product of counts would overflow.
  package static let mostRuns = 1_000_000_000

  /// Each point is read before the first run, at some thousands a second: this many take minutes.
  package static let mostPoints = 1_000_000

  package func runs(ofChunk chunk: Int) -> [Run] {
    let first = chunk * Plan.chunkSize
    return (first..<min(first + Plan.chunkSize, runCount)).map { run(number: $0 + 1) }
  }

  package func run(number: Int) -> Run {
    let (point, offset) = (number - 1).quotientAndRemainder(dividingBy: seeds.count)
    return Run(number: number, point: point, seed: seeds.first + UInt64(offset))
  }

  /// The last axis turns fastest.
  package func point(_ index: Int) -> Point {
    var rest = index
    var steps = Array(repeating: 0, count: axes.count)
    for axis in axes.indices.reversed() {
      (rest, steps[axis]) = rest.quotientAndRemainder(dividingBy: axes[axis].steps.count)
    }
    let variant = variants[rest]
    var swept: [JSONNode] = []
    var settings = variant.settings
    for (axis, step) in zip(axes, steps) {
      swept += axis.steps[step]
      settings += zip(axis.paths, axis.steps[step]).map { Setting(path: $0, value: $1) }
    }
    return Point(index: index, variant: variant.name.value, swept: swept, settings: settings)
  }

  /// The plan of a results folder, whose points were checked before it was written.
  package static func ofResults(in folder: String) throws(ReadingFailure) -> Plan {
    try read(ConfigFile.resolved(in: folder)) { _ in true }
  }

  /// SHA-256 of what decides every byte of the results: the resolved config, the version and the semantics.
  package var fingerprint: Digest {
    var fingerprint = Fingerprint()
    let maker = "rhodian \(Version.current), semantics \(Semantics.revision)\n"
    fingerprint.update(bytes: Array(maker.utf8))
    fingerprint.update(bytes: resolved.canonicalBytes)
    return fingerprint.finish()
  }
}

/// The version of this program; results name it.
package enum Version {
  package static let current = "0.1.0"
}

/// What the numbers mean, between two versions.
package enum Semantics {
  /// Raised by one whenever a golden run moves: parts and results of one revision are never mixed with those
  /// of another. `Golden.swift` in the tests keeps what belongs to each.
  package static let revision = 3
}

// MARK: Reading

extension Plan {
  /// Reads a plan and checks every point of it, so that nothing is run before everything is known to be
  /// right.
  ///
  /// - Parameter isKnown: whether this plan has been checked before, in which case its points are read one by
  ///   one when they are run: going on with a long sweep should not begin with reading all of it.
  package static func read(
    _ document: ConfigDocument, unless isKnown: (Plan) -> Bool = { _ in false }
  ) throws(ReadingFailure) -> Plan {
    let reading = try ExperimentConfig.read(document)
    let config = reading.value
    var plan = Plan(
      experiment: config.name, resolved: reading.resolved, variants: config.plan.variants,
      only: config.plan.only,
      axes: config.plan.axes, seeds: config.seeds, output: config.output,
      warnings: reading.warnings,
      base: JSONNode(
        .object((reading.resolved.members ?? []).filter { !pointKeys.contains($0.key) }),
        range: reading.resolved.range),
      source: document.source)
    let diagnostics = Diagnostics([], source: document.source)
    plan.checkSize(document, diagnostics)
    try diagnostics.check()
    guard !isKnown(plan) else { return plan }
    plan.checkPlaces(of: document, diagnostics)
    // The point without settings is the config itself, which has been read.
    for warning in reading.warnings { diagnostics.warnOnce(warning) }
    for index in 0..<plan.pointCount where !plan.point(index).settings.isEmpty {
      plan.check(plan.point(index), diagnostics)
      if diagnostics.count > DiagnosticReport.shown { break }
    }
    try diagnostics.check()
    plan.warnings = diagnostics.warnings
    return plan
  }

  /// Refuses more points or runs than anybody waits for, before any of them is looked at.
  private func checkSize(_ document: ConfigDocument, _ diagnostics: Diagnostics) {
    func refuse(_ message: String, _ keys: [String], allowed: String) {
      let key = keys.first { document.root[$0] != nil } ?? keys[0]
      diagnostics.report(
        message, at: Place(path: .key(.root, key), range: document.root[key]?.range ?? document.root.range),
        allowed: allowed)
    }
    let tooMany = Plan.mostRuns + 1
    let points = axes.reduce(variants.count) { min(tooMany, $0 * min(tooMany, $1.steps.count)) }
    guard points <= Plan.mostPoints else {
      return refuse(
        "the plan has too many points", ["sweep", "zip", "variants"],
        allowed: "at most \(Plan.mostPoints), which is variants times swept values")
    }
    guard points * min(tooMany, seeds.count) <= Plan.mostRuns else {
      return refuse(
        "the plan has too many runs", ["sweep", "zip", "variants", "seeds"],
        allowed: "at most \(Plan.mostRuns), which is variants times swept values times seeds")
    }
  }

  /// The config of one point.
  package func config(of point: Point) throws(ReadingFailure) -> ExperimentConfig {
    let diagnostics = Diagnostics([], source: source)
    let root = root(of: point, diagnostics)
    try diagnostics.check()
    let reading = try ExperimentConfig.read(ConfigDocument(source: source, root: root, duplicateKeys: []))
    var config = reading.value
    if config.output.incidence {
      config.guaranteeDigest = reading.resolved.guaranteeDigest(of: config.world)
    }
    return config
  }

  /// The resolved config with a point's settings put in; those that find no place are reported and left out.
  private func root(of point: Point, _ diagnostics: Diagnostics) -> JSONNode {
    var root = base
    for setting in point.settings {
      do throws(PathMistake) {
        root = try root.setting(setting.path.value, to: setting.value)
      } catch {
        diagnostics.reportOnce(
          error.message, at: setting.path.place, allowed: error.allowed, suggestion: error.suggestion)
      }
    }
    return root
  }

  /// No value may be replaced before anybody has used it, however the two paths to it are spelled: a table
  /// would show what was never run.
  private func checkPlaces(of document: ConfigDocument, _ diagnostics: Diagnostics) {
    let swept = axes.flatMap(\.paths)
    for (index, later) in swept.enumerated() {
      for earlier in swept[..<index] where replaces(later, earlier) {
        diagnostics.report(
          "`\(shortened(later.value))` replaces what `\(shortened(earlier.value))` has set", at: later.place,
          allowed: "one path to one place; what is inside another comes after it",
          notes: earlier.place.range.map { ["set at \($0)"] } ?? [])
      }
    }
    for variant in variants {
      for setting in variant.settings {
        guard let axis = swept.first(where: { replaces($0, setting.path) }) else { continue }
        diagnostics.report(
          "variant `\(variant.name.value)` sets what `\(shortened(axis.value))` replaces: never used",
          at: setting.path.place, allowed: "to sweep it, or to set it in a variant",
          notes: axis.place.range.map { ["swept at \($0)"] } ?? [])
      }
    }
    for setting in document.settings {
      guard let axis = swept.first(where: { replaces($0, setting) }) else { continue }
      diagnostics.report(
        Diagnostic(
          "`\(shortened(axis.value))` is swept: what is set here is never used", range: setting.place.range,
          allowed: "`--set 'sweep={}'` to sweep nothing, or other values for `sweep`",
          notes: axis.place.range.map { ["swept at \($0)"] } ?? []))
    }
  }

  /// Whether nothing is left of what stands at one path once another has been set.
  private func replaces(_ later: Placed<String>, _ earlier: Placed<String>) -> Bool {
    let (first, second) = (JSONNode.string("\u{1} first"), JSONNode.string("\u{1} second"))
    // What finds no place is told when the points are read; what is inside the earlier one may change it.
    guard let once = try? base.setting(earlier.value, to: first),
      let twice = try? once.setting(later.value, to: second)
    else { return false }
    return (try? twice.value(at: earlier.value)) != first
  }

  private func check(_ point: Point, _ diagnostics: Diagnostics) {
    let root = root(of: point, diagnostics)
    do throws(ReadingFailure) {
      let reading = try ExperimentConfig.read(ConfigDocument(source: source, root: root, duplicateKeys: []))
      for warning in reading.warnings {
        diagnostics.warnOnce(warning, note: "in variant `\(point.variant)`")
      }
    } catch {
      guard case .invalid(let report) = error else { return }
      for var mistake in report.diagnostics {
        // What follows from what has been sorted out within the point.
        (mistake.isRule, mistake.isOfName) = (false, false)
        diagnostics.reportOnce(mistake, note: "in variant `\(point.variant)`")
      }
    }
  }
}
