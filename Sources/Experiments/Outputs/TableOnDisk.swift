#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A table of a results folder, compressed or not, read without holding more than a piece of it.
package struct TableOnDisk {
  private let path: String

  /// - Parameter path: without `.csv` or `.csv.gz`.
  package init(_ path: String) { self.path = path }

  /// Whether there is only a compressed form.
  var isCompressed: Bool { !isThere("\(path).csv") && isThere("\(path).csv.gz") }

  private func isThere(_ file: String) -> Bool { access(file, F_OK) == 0 }

  /// Shows the table's bytes in order, as they are without compression.
  func eachPiece(_ body: (ArraySlice<UInt8>) -> Void) throws(ReadingFailure) {
    if isCompressed { return try Gunzip.eachPiece(ofFile: "\(path).csv.gz", body) }
    try Experiments.eachPiece(ofFile: "\(path).csv") { piece throws(ReadingFailure) in body(piece) }
  }

  /// Shows the header with every row.
  package func forEachRow(
    _ body: @escaping (_ header: [String], _ row: [String]) -> Void
  ) throws(ReadingFailure) {
    var header: [String]?
    var reader = CSVReader { row in
      if let header { body(header, row) } else { header = row }
    }
    try eachPiece { reader.read($0) }
  }
}
