import Economy
import Kernel
import Ledger

/// The answer that a run prints: who bore the recognised loss, over all seeds.
package struct WhoPaid {
  package let text: String

  package init(_ results: [RunResult]) {
    let seeds = results.count
    let withLoss = results.count { $0.measures.losses > 0 }
    let liquidations = results.reduce(0) { $0 + $1.measures.liquidations }
    let recognised = results.map(\.measures.recognised)
    var rows: [(who: String, amounts: [Double])] = []
    for (index, layer) in LayerCatalog.all.enumerated() where layer != Unresolved.self {
      let amounts = results.map { $0.measures.taken(byLayer: index) }
      if amounts.contains(where: { $0 > 0 }) {
        rows.append(("\(layer.declaration.bearer) (\(layer.declaration.name))", amounts))
      }
    }
    let promised = results.map(\.measures.promised)
    if promised.contains(where: { $0 > 0 }) { rows.append(("promised, not yet paid", promised)) }
    rows.append(("nobody (unresolved)", results.map(\.measures.unresolved)))
    let total = recognised.reduce(0, +)
    var lines = [
      "\(results.first?.experiment ?? ""): \(seeds) \(seeds == 1 ? "run" : "runs"), "
        + "\(liquidations) liquidations, recognised losses in \(withLoss)",
      "",
      columns("who paid", "median $", "least $", "most $", "share"),
    ]
    for row in rows { lines.append(line(row.who, row.amounts, of: total)) }
    lines.append(line("recognised in all", recognised, of: total))
    lines.append(line("hidden at its peak", results.map(\.measures.occurredPeak), of: nil))
    lines.append(line("hidden at the end", results.map(\.measures.occurredEnd), of: nil))
    text = lines.joined(separator: "\n")
  }
}

private func line(_ who: String, _ amounts: [Double], of total: Double?) -> String {
  let sorted = amounts.sorted()
  let middle = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  let figures = [middle, sorted[0], sorted[sorted.count - 1]].map { rounded($0, 0) }
  guard let total else { return columns(who, figures[0], figures[1], figures[2]) }
  let share = total > 0 ? rounded(100 * amounts.reduce(0, +) / total, 1) + " %" : "-"
  return columns(who, figures[0], figures[1], figures[2], share)
}

private func columns(_ first: String, _ rest: String...) -> String {
  var line = first + String(repeating: " ", count: max(1, 30 - first.count))
  for cell in rest { line += String(repeating: " ", count: max(1, 14 - cell.count)) + cell }
  return line
}

/// What a config may say, for `rhodian list`.
package enum Catalogs {
  package static var layers: [String] {
    LayerCatalog.all.flatMap { layer in
      let declaration = layer.declaration
      return [columns(declaration.name) + declaration.summary]
        + declaration.parameters.map { parameter in
          columns("  \(parameter.name)") + parameter.meaning + (parameter.isRequired ? " (required)" : "")
        }
    }
  }
}
