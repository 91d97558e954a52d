import Kernel
import Ledger

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

/// Writes the rows of one CSV file into one buffer: RFC 4180, an empty field for what is missing, one value a
/// column.
///
///     var table = TableWriter(columns)
///     table.add(seed)
///     table.add("lend")
///     table.endRow()
///     try file.write(table.bytes)
///
/// Every row has exactly its table's columns: one value too many or too few is our own mistake and stops the
/// process.
package struct TableWriter: ~Copyable {
  private var text: ByteText
  private let columnCount: Int
  private var valuesInRow = 0

  package init(_ columns: [Column]) {
    text = ByteText()
    columnCount = columns.count
  }

  /// The rows that have been ended.
  package var bytes: [UInt8] {
    precondition(valuesInRow == 0, "a row is ended before the table is read")
    return text.bytes
  }

  package var byteCount: Int { text.count }

  /// Lets `body` have the rows in place, and forgets them; what was reserved for them is kept.
  package mutating func drain<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    precondition(valuesInRow == 0, "a row is ended before the table is read")
    defer { text.removeAll() }
    return text.withUnsafeBytes(body)
  }

  /// Names of the columns.
  mutating func addHeader(_ columns: [Column]) {
    for column in columns { add(column.name) }
    endRow()
  }

  /// The run's place in the plan, with which every row opens.
  mutating func add(_ label: RunLabel) {
    add(label.experiment)
    add(label.variant)
    add(label.run)
    add(label.seed)
  }

  package mutating func add(_ value: String) {
    separate()
    var value = value
    value.withUTF8 { bytes in
      let needsQuotes = bytes.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
      guard needsQuotes else {
        text.append(bytes)
        return
      }
      text.append(byte: 0x22)
      for byte in bytes {
        if byte == 0x22 { text.append(byte: 0x22) }
        text.append(byte: byte)
      }
      text.append(byte: 0x22)
    }
  }

  package mutating func add(_ integer: Int64) {
    separate()
    text.append(integer)
  }

  package mutating func add(_ integer: UInt64) {
    separate()
    text.append(integer)
  }

  package mutating func add(_ integer: Int) { add(Int64(integer)) }

  package mutating func add(_ integer: Int32) { add(Int64(integer)) }

  package mutating func add(_ number: Double) {
    separate()
    text.append(number)
  }

  /// Tokens, exactly.
  mutating func add(_ amount: Amount, decimals: Int) {
    separate()
    text.append(amount.units, decimals: decimals)
  }

  /// Millionths of a dollar, as dollars.
  mutating func add(microdollars: Int128) {
    if let units = Int64(exactly: microdollars) {
      separate()
      text.append(units, decimals: 6)
    } else {
      add(Double(microdollars) / 1e6)
    }
  }

  /// Seconds since the run began, exactly.
  mutating func add(_ time: SimTime) {
    separate()
    text.append(time.microseconds, decimals: 6)
  }

  /// Seconds, exactly.
  mutating func add(_ span: SimDuration) {
    separate()
    text.append(span.microseconds, decimals: 6)
  }

  /// The name of a loss over all runs, `run.loss`: as text, a number would lose the zero of `1.10`.
  mutating func add(loss: Int32, ofRun run: Int) {
    separate()
    text.append(Int64(run))
    text.append(byte: UInt8(ascii: "."))
    text.append(Int64(loss))
  }

  /// An empty field where there is no value.
  mutating func add<Value>(_ value: Value?, _ add: (inout TableWriter, Value) -> Void) {
    if let value { add(&self, value) } else { addMissing() }
  }

  package mutating func addMissing() { separate() }

  @inline(__always)
  private mutating func separate() {
    if valuesInRow > 0 { text.append(byte: 0x2C) }
    valuesInRow &+= 1
  }

  package mutating func endRow() {
    precondition(
      valuesInRow == columnCount, "a row of \(valuesInRow) values in a table of \(columnCount) columns")
    valuesInRow = 0
    text.append(byte: 0x0D)
    text.append(byte: 0x0A)
  }
}

func headerLine(_ columns: [Column]) -> [UInt8] {
  var table = TableWriter(columns)
  table.addHeader(columns)
  return table.bytes
}
