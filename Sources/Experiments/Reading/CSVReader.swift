/// Reads back a table that we wrote, a row at a time: RFC 4180, CR LF, quotes doubled inside quotes.
///
///     var reader = CSVReader { row in print(row) }
///     reader.read(chunk)      // any pieces of the file, in order
struct CSVReader {
  private let body: ([String]) -> Void
  private var row: [String] = []
  private var field: [UInt8] = []
  private var isQuoted = false
  /// A quote inside quotes: the end of them, unless another one follows.
  private var sawQuote = false

  init(_ body: @escaping ([String]) -> Void) { self.body = body }

  mutating func read(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      if sawQuote {
        sawQuote = false
        if byte == UInt8(ascii: "\"") {
          field.append(byte)
          continue
        }
        isQuoted = false
      }
      switch byte {
      case UInt8(ascii: "\""):
        if isQuoted { sawQuote = true } else { isQuoted = true }
      case UInt8(ascii: ",") where !isQuoted:
        endField()
      case UInt8(ascii: "\r") where !isQuoted:
        break
      case UInt8(ascii: "\n") where !isQuoted:
        endField()
        body(row)
        row.removeAll(keepingCapacity: true)
      default:
        field.append(byte)
      }
    }
  }

  private mutating func endField() {
    row.append(String(decoding: field, as: UTF8.self))
    field.removeAll(keepingCapacity: true)
  }
}

/// A table that fits in memory.
struct CSVTable {
  let header: [String]
  let rows: [[String]]

  init(_ bytes: [UInt8]) {
    var all: [[String]] = []
    var reader = CSVReader { all.append($0) }
    reader.read(bytes)
    header = all.first ?? []
    rows = Array(all.dropFirst())
  }

  func index(of column: String) -> Int? { header.firstIndex(of: column) }
}
