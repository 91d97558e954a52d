/// The tables of a complete results folder, read back for those who ask about them.
package struct ResultTables {
  private let path: String

  package init(path: String) { self.path = path }

  private func table(_ name: String) -> CSVTable? {
    let bytes =
      (try? bytesOfFile(at: "\(path)/\(name).csv", largest: .max))
      ?? Gzip.bytes(ofFile: "\(path)/\(name).csv.gz")
    return bytes.map(CSVTable.init)
  }

  /// The id of the last loss of any run; nil if no run has one.
  package var lastLoss: String? {
    guard let losses = table("losses"), let column = losses.index(of: "loss") else { return nil }
    return losses.rows.last.map { $0[column] }
  }

  /// What the summary says that a run's facts and balances hash to; nil if the run is not in it.
  package func fingerprint(ofRun run: Int) -> String? {
    guard let summary = table("summary"), let number = summary.index(of: "run"),
      let column = summary.index(of: "fingerprint")
    else { return nil }
    return summary.rows.first { $0[number] == String(run) }?[column]
  }
}
