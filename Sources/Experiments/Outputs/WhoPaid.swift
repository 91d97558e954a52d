import Economy

/// The answer that a run prints: who bore the recognised loss, over all seeds of each variant.
package struct WhoPaid {
  package let text: String
  package let failedRuns: Int
  package let hasLosses: Bool

  /// - Parameter folder: complete results.
  package init(folder path: String, plan: Plan) throws(ReadingFailure) {
    let figures = WhoPaid.figures
    let named = ["variant"] + plan.sweptPaths
    // Of each run only the figures are kept: memory grows by a hundred bytes a run, not by a row.
    var groups: [Group] = []
    try TableOnDisk("\(path)/summary").forEachRow { header, row in
      guard row.count == header.count, let run = header.firstIndex(of: "run").flatMap({ Int(row[$0]) }) else {
        return
      }
      // By point, not by name: the values `a b` and `c` read like `a` and `b c`.
      let point = plan.run(number: run).point
      if groups.last?.point != point {
        let name = named.compactMap { header.firstIndex(of: $0) }.map { row[$0] }.joined(separator: " ")
        groups.append(Group(point: point, name: name, values: figures.map { _ in [] }))
      }
      if let seed = header.firstIndex(of: "seed").flatMap({ UInt64(row[$0]) }) {
        groups[groups.count - 1].seeds.append(seed)
      }
      if let known = header.firstIndex(of: "amplification").flatMap({ Double(row[$0]) }) {
        groups[groups.count - 1].amplification.append(known)
      }
      for (place, column) in figures.enumerated() {
        let value = header.firstIndex(of: column).flatMap { Double(row[$0]) } ?? 0
        groups[groups.count - 1].values[place].append(value)
      }
    }
    let losses = groups.flatMap { $0["losses"] }
    let runs = losses.count
    let withLoss = losses.count { $0 > 0 }
    hasLosses = withLoss > 0
    failedRuns = plan.runCount - runs
    var lines = [
      "\(plan.experiment): \(runs) \(runs == 1 ? "run" : "runs"), recognised losses in \(withLoss)"
        + (failedRuns > 0 ? ", \(failedRuns) failed (failures.csv)" : "")
    ]
    lines.append("")
    if plan.pointCount == 1 {
      if let only = groups.first { lines += WhoPaid.one { only[$0] } }
    } else {
      lines += WhoPaid.many(groups)
      lines += WhoPaid.failures(groups, plan)
    }
    if plan.output.incidence, hasLosses {
      lines.append("")
      lines += try WhoReallyPaid(folder: path, plan: plan, groups: groups).lines
    }
    text = lines.joined(separator: "\n")
  }

  /// The runs of one point, as far as they came to their end.
  struct Group {
    let point: Int
    let name: String
    /// By figure, then by run.
    var values: [[Double]]
    var seeds: [UInt64] = []
    /// Of the runs that have one.
    var amplification: [Double] = []

    subscript(column: String) -> [Double] {
      WhoPaid.figures.firstIndex(of: column).map { values[$0] } ?? []
    }

    var systemLoss: [Double] { self["systemLoss"] }

    /// Two figures of the seeds that both have.
    func paired(
      with other: Group, _ of: (Group) -> [Double]
    ) -> [(own: Double, other: Double)] {
      var known: [UInt64: Double] = [:]
      for (seed, value) in zip(other.seeds, of(other)) { known[seed] = value }
      return zip(seeds, of(self)).compactMap { seed, value in known[seed].map { (value, $0) } }
    }
  }

  /// Which points have runs that failed, those without any other among them: no row tells of these.
  private static func failures(_ groups: [Group], _ plan: Plan) -> [String] {
    var rest = groups[...]
    var lines: [String] = []
    for index in 0..<plan.pointCount {
      let found = rest.first?.point == index ? rest.popFirst() : nil
      let failed = plan.seeds.count - (found?.values[0].count ?? 0)
      guard failed > 0 else { continue }
      let point = plan.point(index)
      let name = found?.name ?? ([point.variant] + point.swept.map(\.tableText)).joined(separator: " ")
      let all = found == nil ? "all \(failed)" : "\(failed) of \(plan.seeds.count)"
      if lines.isEmpty { lines = ["", "runs that failed (failures.csv says why)"] }
      if lines.count < 52 { lines.append(columns([name, all])) }
    }
    return lines
  }

  /// Columns of the summary that say who bore what, with the words for it.
  private static var bearers: [(column: String, who: String)] {
    LayerCatalog.all.filter { $0 != Unresolved.self }.map {
      (
        "taken.\($0.declaration.name)",
        "\($0.declaration.bearers.joined(separator: ", ")) (\($0.declaration.name))"
      )
    } + [("promised", "promised, not yet paid"), ("unresolved", "nobody (unresolved)")]
  }

  /// The columns of the summary that the answer is made of.
  private static var figures: [String] {
    ["losses", "recognised", "bySuppliers", "handedOn", "insolventVenues", "withdrawnShare"]
      + bearers.map(\.column)
      + [
        "occurredPeak", "occurredEnd", "occurredPeakExecutable", "occurredEndExecutable", "systemLoss",
        "liquidations",
      ]
  }

  /// One variant: a row for each bearer.
  private static func one(_ values: (String) -> [Double]) -> [String] {
    let recognised = values("recognised")
    let total = recognised.reduce(0, +)
    var lines = [columns("who paid", "median $", "least $", "most $", "share")]
    for (column, who) in bearers {
      let amounts = values(column)
      guard column == "unresolved" || amounts.contains(where: { $0 > 0 }) else { continue }
      let share = total > 0 ? rounded(100 * amounts.reduce(0, +) / total, 1) + " %" : "-"
      lines.append(line(who, amounts, share))
    }
    lines.append(line("recognised in all", recognised, total > 0 ? "100 %" : "-"))
    lines.append(line("hidden at its peak", values("occurredPeak"), ""))
    lines.append(line("hidden at the end", values("occurredEnd"), ""))
    lines.append(line("hidden at its peak, if sold", values("occurredPeakExecutable"), ""))
    lines.append(line("hidden at the end, if sold", values("occurredEndExecutable"), ""))
    lines.append(line("liquidations", values("liquidations"), ""))
    return lines
  }

  private static func line(_ who: String, _ amounts: [Double], _ share: String) -> String {
    columns(
      who, rounded(Statistics.median(amounts), 0), rounded(amounts.min() ?? 0, 0),
      rounded(amounts.max() ?? 0, 0), share)
  }

  /// Several variants: a row for each, medians over its seeds; then how certain they are, beside the first.
  private static func many(_ groups: [Group]) -> [String] {
    guard let first = groups.first else { return [] }
    var table = TextTable([
      "variant", "lost", "funds, stakes", "suppliers", "promised", "unresolved", "handed on", "insolvent",
      "withdrawn", "hidden peak", "left hidden", "liquidations",
    ])
    for group in groups {
      // Whoever pays instead of the suppliers: a fund, stakers, juniors, buyers of tokens.
      let paid = group["recognised"].indices.map { run in
        ["bySuppliers", "promised", "unresolved"].reduce(group["recognised"][run]) { $0 - group[$1][run] }
      }
      let dollars =
        [group["recognised"], paid]
        + ["bySuppliers", "promised", "unresolved", "handedOn"].map { group[$0] }
      table.add(
        [group.name] + dollars.map { rounded(Statistics.median($0), 0) } + [
          venues(Statistics.median(group["insolventVenues"])),
          rounded(100 * Statistics.median(group["withdrawnShare"]), 1) + " %",
          rounded(Statistics.median(group["occurredPeak"]), 0),
          rounded(Statistics.median(group["occurredEnd"]), 0),
          rounded(Statistics.median(group["liquidations"]), 0),
        ])
    }
    let heading =
      "medians over seeds: dollars, insolvent venues, the share of deposits withdrawn, liquidations"
    let lines = [heading] + table.lines
    return first["recognised"].count > 1 ? lines + [""] + intervals(groups, beside: first) : lines
  }

  private static func intervals(_ groups: [Group], beside first: Group) -> [String] {
    var table = TextTable([
      "variant", "suppliers bear", "95 % interval", "more than \(first.name)", "95 % interval",
      "lost in all",
    ])
    for group in groups {
      let borne = group["bySuppliers"]
      let more = group.paired(with: first) { $0["bySuppliers"] }.map { $0.own - $0.other }
      let system = group.paired(with: first, \.systemLoss).compactMap {
        $0.other > 0 ? $0.own / $0.other : nil
      }
      table.add([
        group.name, rounded(Statistics.median(borne), 0), interval(borne),
        more.isEmpty ? "-" : rounded(Statistics.median(more), 0), interval(more),
        system.isEmpty ? "-" : "\(rounded(100 * Statistics.median(system), 2)) %",
      ])
    }
    return [
      "certainty: medians in dollars, seed by seed beside \(first.name), and all bad debt as a share of its"
    ] + table.lines
  }

  /// `1 venue`; between two numbers of seeds `1.5 venues`.
  private static func venues(_ median: Double) -> String {
    "\(rounded(median, 1)) \(median == 1 ? "venue" : "venues")"
  }

  private static func interval(_ values: [Double]) -> String {
    guard let (low, high) = Bootstrap.intervalOfMedian(values) else { return "-" }
    return "\(rounded(low, 0)) to \(rounded(high, 0))"
  }
}

private func columns(_ cells: String...) -> String { columns(cells) }

private func columns(_ cells: [String]) -> String {
  guard let first = cells.first else { return "" }
  var line = first + String(repeating: " ", count: max(1, 30 - first.count))
  for cell in cells.dropFirst() { line += String(repeating: " ", count: max(2, 14 - cell.count)) + cell }
  return line
}

/// Rows of cells under a heading: the first column to the left, the others to the right, each as wide as it
/// has to be.
struct TextTable {
  private var rows: [[String]]

  init(_ heading: [String]) { rows = [heading] }

  mutating func add(_ row: [String]) { rows.append(row) }

  var lines: [String] {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).enumerated().reduce(into: "") { line, cell in
        let (text, width) = cell.element
        let space = String(repeating: " ", count: width - text.count)
        line += cell.offset == 0 ? text + space : "  " + space + text
      }
    }
  }
}
