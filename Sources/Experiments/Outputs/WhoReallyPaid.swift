import Economy

/// What a run prints of `incidence.csv`: what each class of holders would own more if somebody from outside
/// had filled every hole.
struct WhoReallyPaid {
  let lines: [String]

  /// - Parameters:
  ///   - groups: the points of the plan in their order, as the first table names them.
  ///   - amplification: by point, of its runs.
  init(
    folder path: String, plan: Plan, groups: [(point: Int, name: String)], amplification: [[Double]]
  ) throws(ReadingFailure) {
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
    var lines = [
      "who really paid, $: what each class would own more if somebody from outside had filled every hole",
      columns(["variant"] + shown.map { kinds[$0] } + ["amplification"]),
    ]
    for (place, group) in groups.enumerated() {
      let known = amplification[place]
      lines.append(
        columns(
          [group.name] + shown.map { rounded(medians[place][$0], 0) }
            + [known.isEmpty ? "-" : rounded(Statistics.median(known), 3)]))
    }
    self.lines = lines
  }
}
