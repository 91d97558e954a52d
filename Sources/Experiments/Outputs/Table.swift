import Kernel

/// One column of a table: what it is called, what is in it, in which unit. The data dictionary is made of
/// these, so that no column ships without its sentence.
package struct Column: Sendable {
  package enum Kind: String, Sendable {
    case integer
    case number
    case string
  }

  package let name: String
  package let kind: Kind
  package let unit: String?
  package let meaning: String

  package init(_ name: String, _ kind: Kind, unit: String? = nil, _ meaning: String) {
    self.name = name
    self.kind = kind
    self.unit = unit
    self.meaning = meaning
  }
}

/// Builds the rows of one CSV file: RFC 4180, an empty field for what is missing, one value a column.
///
///     var row = TableRow(columns)
///     row.add(seed)
///     row.add("lend")
///     try file.write(row.line)
struct TableRow {
  private var bytes: [UInt8] = []
  private var count = 0

  init() {}

  /// A row that opens with the run's place in the plan.
  init(_ label: RunLabel) {
    add(label.experiment)
    add(label.variant)
    add(label.run)
    add(label.seed)
  }

  mutating func add(_ text: String) {
    separate()
    let needsQuotes = text.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
    guard needsQuotes else {
      bytes += text.utf8
      return
    }
    bytes.append(0x22)
    for byte in text.utf8 {
      if byte == 0x22 { bytes.append(0x22) }
      bytes.append(byte)
    }
    bytes.append(0x22)
  }

  mutating func add(_ integer: some BinaryInteger) {
    separate()
    bytes += String(integer).utf8
  }

  mutating func add(_ number: Double) {
    precondition(number.isFinite, "a run ends before a number that is not finite reaches a table")
    separate()
    bytes += "\(number)".utf8
  }

  /// An empty field where there is no value.
  mutating func add<Value>(_ value: Value?, _ add: (inout TableRow, Value) -> Void) {
    if let value { add(&self, value) } else { separate() }
  }

  mutating func addMissing() { separate() }

  private mutating func separate() {
    if count > 0 { bytes.append(0x2C) }
    count += 1
  }

  /// The row with its line ending. Every row has exactly its table's columns.
  func line(of columns: [Column]) -> [UInt8] {
    precondition(count == columns.count, "a row of \(count) values in a table of \(columns.count)")
    return bytes + [0x0D, 0x0A]
  }
}

func headerLine(_ columns: [Column]) -> [UInt8] {
  var row = TableRow()
  for column in columns { row.add(column.name) }
  return row.line(of: columns)
}

/// Seconds since the run began, exactly: whole microseconds, no trailing zeros.
func secondsText(_ time: SimTime) -> String {
  let (seconds, micros) = time.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
  guard micros != 0 else { return String(seconds) }
  var fraction = String(micros + 1_000_000).dropFirst()
  while fraction.last == "0" { fraction.removeLast() }
  return "\(seconds).\(fraction)"
}
