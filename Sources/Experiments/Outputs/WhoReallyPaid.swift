import Economy

/// What a run prints of `incidence.csv`: what each class of holders would own more if somebody from outside
/// had filled every hole.
struct WhoReallyPaid {
  let lines: [String]

  /// - Parameter groups: the points of the plan in their order.
  init(folder path: String, plan: Plan, groups: [WhoPaid.Group]) throws(ReadingFailure) {
    let kinds = Party.Kind.allCases.map(\.rawValue)
    var sums: [Int: [[Double]]] = [:]
    var last = 0
    try TableOnDisk("\(path)/incidence").forEachRow { header, row in
      guard row.count == header.count, let column = header.firstIndex(of: "run"), let run = Int(row[column]),
        let kind = header.firstIndex(of: "kind").flatMap({ kinds.firstIndex(of: row[$0]) }),
        let paid = header.firstIndex(of: "incidence").flatMap({ Double(row[$0]) })
      else { return }
      let point = plan.run(number: run).point
      if run != last { sums[point, default: []].append(kinds.map { _ in 0 }) }
      last = run
      guard let place = sums[point]?.indices.last else { return }
      sums[point]?[place][kind] += paid
    }
    let medians = groups.map { group in
      kinds.indices.map { kind in Statistics.median((sums[group.point] ?? []).map { $0[kind] }) }
    }
    let shown = kinds.indices.filter { kind in medians.contains { abs($0[kind]) >= 0.5 } }
    var table = TextTable(["variant"] + shown.map { kinds[$0] } + ["amplification"])
    for (place, group) in groups.enumerated() {
      table.add(
        [group.name] + shown.map { rounded(medians[place][$0], 0) }
          + [group.amplification.isEmpty ? "-" : rounded(Statistics.median(group.amplification), 3)])
    }
    lines =
      [
        "who really paid: medians in dollars of what each class would own more if somebody from outside "
          + "had filled every recognised hole"
      ] + table.lines + WhoReallyPaid.legend
  }

  private static let legend = [
    "(+ poorer, - richer. `venue`: a deficit that stands, for whoever is left; `pool`: who provided one.",
    "`outside`, `prices`, `issued`, `guarantor`: the other side of the sheet. Each is a median of its own.)",
  ]
}
