import Economy
import Experiments
import Kernel

/// Why there is no report.
package struct ReportFailure: Error, CustomStringConvertible {
  /// sysexits, as for the other commands.
  package let exitCode: Int32
  package let description: String

  init(_ exitCode: Int32, _ description: String) {
    self.exitCode = exitCode
    self.description = description
  }

  /// A table that should be there and whole.
  init(unreadable failure: ReadingFailure) {
    if case .missing = failure {
      self.init(66, failure.description)
    } else {
      self.init(74, failure.description)
    }
  }
}

/// The figures of a complete results folder that a report is made of.
struct Results {
  /// Something that a loss is made of, in the order in which bars are stacked.
  struct Part {
    /// Of `summary.csv`.
    let column: String
    let name: String
    let colour: String
  }

  struct Run {
    let number: Int
    let seed: UInt64
    let fingerprint: String
    /// In the order of `parts`.
    let parts: [Double]
    let recognised: Double
    let hiddenAtEnd: Double
    /// What the whole system lost: what was admitted, and what nobody had admitted when the run ended.
    let loss: Double
  }

  /// The runs of one variant at one combination of swept values.
  struct Group {
    let point: Int
    let name: String
    var runs: [Run] = []
  }

  let path: String
  let plan: Plan
  let manifest: Manifest
  let manifestDigest: String
  let parts: [Part]
  let groups: [Group]
  let incidence: Incidence?

  var runCount: Int { groups.reduce(0) { $0 + $1.runs.count } }

  init(path: String) throws(ReportFailure) {
    self.path = path
    do throws(ReadingFailure) { plan = try Plan.ofResults(in: path) } catch {
      throw ReportFailure(error.exitCode, error.description)
    }
    let found: (Manifest, String)?
    do throws(ReadingFailure) { found = try Manifest.withDigest(in: path) } catch {
      throw ReportFailure(unreadable: error)
    }
    guard let found else {
      throw ReportFailure(66, "\(path) holds no complete results: there is no manifest.json")
    }
    (manifest, manifestDigest) = found
    var summary = SummaryReader(plan)
    do throws(ReadingFailure) {
      try TableOnDisk("\(path)/summary").forEachRow { summary.read(header: $0, row: $1) }
    } catch {
      throw ReportFailure(unreadable: error)
    }
    if let mistake = summary.mistake { throw ReportFailure(74, "\(path)/summary.csv: \(mistake)") }
    guard !summary.groups.isEmpty else {
      throw ReportFailure(
        65,
        "no run of \(plan.experiment) has come to its end, so there is nothing to report; "
          + "\(path)/failures.csv says why")
    }
    (groups, parts) = (summary.groups, summary.parts)
    incidence = try Incidence(path: path, groups: summary.groups)
  }

  /// Figures that were changed by hand are not drawn as if they had been computed.
  func refuseChanges() throws(ReportFailure) {
    let changed: String?
    do throws(ReadingFailure) {
      changed = try manifest.changedTable(
        in: path, among: ["summary"] + (incidence == nil ? [] : ["incidence"]))
    } catch {
      throw ReportFailure(unreadable: error)
    }
    if let changed { throw ReportFailure(65, Manifest.complaint(about: changed, in: path)) }
  }
}

/// Reads `summary.csv` row by row: whatever layers it has columns for are parts of a loss.
private struct SummaryReader {
  private let plan: Plan
  private let names: PointNames
  private(set) var groups: [Results.Group] = []
  private(set) var parts: [Results.Part] = []
  private(set) var mistake: String?

  init(_ plan: Plan) {
    self.plan = plan
    names = PointNames(plan)
  }

  mutating func read(header: [String], row: [String]) {
    if parts.isEmpty { parts = SummaryReader.parts(of: header) }
    func text(_ column: String) -> String? {
      header.firstIndex(of: column).flatMap { $0 < row.count ? row[$0] : nil }
    }
    func figure(_ column: String) -> Double? { text(column).flatMap(Double.init) }
    let figures = parts.map { figure($0.column) }
    guard let number = text("run").flatMap(Int.init), (1...plan.runCount).contains(number),
      let seed = text("seed").flatMap(UInt64.init), let fingerprint = text("fingerprint"),
      let recognised = figure("recognised"), let hidden = figure("occurredEnd"),
      let loss = figure("systemLoss"),
      !figures.contains(nil)
    else {
      mistake = mistake ?? "the row of run \(text("run") ?? "?") cannot be read"
      return
    }
    // By point, not by name: swept values may look alike.
    let point = plan.run(number: number).point
    if groups.last?.point != point {
      let label = plan.label(of: plan.run(number: number), at: plan.point(point))
      groups.append(Results.Group(point: point, name: names.name(of: label)))
    }
    groups[groups.count - 1].runs.append(
      Results.Run(
        number: number, seed: seed, fingerprint: fingerprint, parts: figures.compactMap { $0 },
        recognised: recognised, hiddenAtEnd: hidden, loss: loss))
  }

  private static func parts(of header: [String]) -> [Results.Part] {
    let layers = header.filter { $0.hasPrefix("taken.") }.map { String($0.dropFirst(6)) }
    return layers.enumerated().map { place, layer in
      let bearers = LayerCatalog.layer(named: layer)?.declaration.bearers.joined(separator: ", ")
      return Results.Part(
        column: "taken.\(layer)",
        name: bearers.map { $0 == layer ? layer : "\($0) (\(layer))" } ?? layer,
        colour: Colours.layer(layer, at: place))
    } + [
      Results.Part(column: "promised", name: "promised, not yet paid", colour: Colours.promised),
      Results.Part(column: "unresolved", name: "nobody (unresolved)", colour: Colours.unresolved),
      Results.Part(
        column: "occurredEnd", name: "hidden at the end, never recognised", colour: Colours.hidden),
    ]
  }
}

/// What a point is called in pictures: its variant, and what sweeps have set.
struct PointNames {
  private let words: [String]
  private let hasVariants: Bool

  init(_ plan: Plan) {
    let last = plan.sweptPaths.map { String($0.split(separator: ".").last ?? "") }
    words = zip(plan.sweptPaths, last).map { path, word in
      last.count(where: { $0 == word }) > 1 ? path : word
    }
    hasVariants = plan.variants.count > 1
  }

  func name(of label: RunLabel) -> String {
    let settings = zip(words, label.swept).map { "\($0) \($1)" }
    return ((hasVariants || settings.isEmpty ? [label.variant] : []) + settings).joined(separator: ", ")
  }
}

/// Who was really poorer for it, if the folder has a table of it: by kind of party, the wealth that it would
/// have had if a guarantor from outside had filled each hole, less the wealth that it had.
struct Incidence {
  /// In the order in which the table brings them.
  let classes: [String]
  /// By group and class: what the class bore in each run, dollars.
  let borne: [[[Double]]]

  /// - Returns: nil where there is no `incidence.csv`.
  init?(path: String, groups: [Results.Group]) throws(ReportFailure) {
    var groupOfRun: [Int: Int] = [:]
    for (place, group) in groups.enumerated() {
      for run in group.runs { groupOfRun[run.number] = place }
    }
    var rows: [(run: Int, name: String, borne: Double)] = []
    var mistake: String?
    do throws(ReadingFailure) {
      try TableOnDisk("\(path)/incidence").forEachRow { header, row in
        guard header.count == row.count, let run = header.firstIndex(of: "run").flatMap({ Int(row[$0]) }),
          let name = header.firstIndex(of: "kind").map({ row[$0] }),
          let borne = header.firstIndex(of: "incidence").flatMap({ Double(row[$0]) })
        else { return mistake = mistake ?? row.joined(separator: ",") }
        rows.append((run, name, borne))
      }
    } catch {
      if case .missing = error { return nil }
      throw ReportFailure(unreadable: error)
    }
    if let mistake { throw ReportFailure(74, "\(path)/incidence.csv: a row cannot be read: \(mistake)") }
    // The guarantor's own row is what all the others add up to.
    rows.removeAll { $0.name == Party.Kind.guarantor.rawValue }
    var classes: [String] = []
    for row in rows where row.borne.magnitude >= 0.5 && !classes.contains(row.name) {
      classes.append(row.name)
    }
    // A run of the table counts for every class: a class without a row there bore nothing.
    var slots: [Int: Int] = [:]
    var borne = groups.map { _ in classes.map { _ in [Double]() } }
    for row in rows {
      guard let group = groupOfRun[row.run], let place = classes.firstIndex(of: row.name) else { continue }
      let slot = slots[row.run] ?? borne[group][place].count
      if slots[row.run] == nil {
        slots[row.run] = slot
        for each in classes.indices { borne[group][each].append(0) }
      }
      borne[group][place][slot] += row.borne
    }
    guard !classes.isEmpty else { return nil }
    (self.classes, self.borne) = (classes, borne)
  }
}
