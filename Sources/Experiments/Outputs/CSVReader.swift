/// Reads back a table that we wrote: RFC 4180, CR LF, quotes doubled inside quotes.
///
///     let table = CSVTable(bytes)
///     table.column("recognised")   // ["216068.7", …]
struct CSVTable {
  let header: [String]
  let rows: [[String]]

  init(_ bytes: [UInt8]) {
    var all: [[String]] = []
    var row: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      switch byte {
      case UInt8(ascii: "\"") where isQuoted && index < bytes.count && bytes[index] == byte:
        field.append(byte)
        index += 1
      case UInt8(ascii: "\""):
        isQuoted.toggle()
      case UInt8(ascii: ",") where !isQuoted:
        row.append(String(decoding: field, as: UTF8.self))
        field.removeAll(keepingCapacity: true)
      case UInt8(ascii: "\r") where !isQuoted:
        break
      case UInt8(ascii: "\n") where !isQuoted:
        row.append(String(decoding: field, as: UTF8.self))
        field.removeAll(keepingCapacity: true)
        all.append(row)
        row.removeAll(keepingCapacity: true)
      default:
        field.append(byte)
      }
    }
    header = all.first ?? []
    rows = Array(all.dropFirst())
  }

  func index(of column: String) -> Int? { header.firstIndex(of: column) }
}
