/// The tables of a complete results folder, read back for those who ask about them.
package struct ResultTables {
  private let path: String

  package init(path: String) { self.path = path }

  /// The id of the last loss of any run; nil if no run has one.
  package func lastLoss() throws(ReadingFailure) -> String? {
    var last: String?
    try TableOnDisk("\(path)/losses").forEachRow { header, row in
      if let column = header.firstIndex(of: "loss"), column < row.count { last = row[column] }
    }
    return last
  }

  /// What the summary says that a run's facts and balances hash to; nil if the run is not in it.
  package func fingerprint(ofRun run: Int) throws(ReadingFailure) -> String? {
    var found: String?
    try TableOnDisk("\(path)/summary").forEachRow { header, row in
      guard found == nil, row.count == header.count, let number = header.firstIndex(of: "run"),
        row[number] == String(run), let column = header.firstIndex(of: "fingerprint")
      else { return }
      found = row[column]
    }
    return found
  }
}
