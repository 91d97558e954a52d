import Kernel
import Ledger
import Testing

@testable import Experiments

@Suite("A table has one value a column, quoted as RFC 4180 wants it")
struct TableWriterTests {
  static let columns = [Column("a", .string, "a text"), Column("b", .number, "a number")]

  static func text(_ table: borrowing TableWriter) -> String { String(decoding: table.bytes, as: UTF8.self) }

  @Test(
    "text is quoted where it must be and nowhere else",
    arguments: [
      ("", ""), ("plain", "plain"), ("two words", "two words"), ("a,b", "\"a,b\""), ("\"", "\"\"\"\""),
      ("say \"no\"", "\"say \"\"no\"\"\""), ("line\nbreak", "\"line\nbreak\""), ("\r", "\"\r\""),
      ("\r\n", "\"\r\n\""), (" spaced ", " spaced "), ("größer, €", "\"größer, €\""),
      ("tab\there", "tab\there"),
      (
        "a text that is longer than what fits into a word, with a comma",
        "\"a text that is longer than what fits into a word, with a comma\""
      ),
    ])
  func quoting(_ value: String, _ field: String) {
    var table = TableWriter(Self.columns)
    table.add(value)
    table.add(0.5)
    table.endRow()
    #expect(Self.text(table) == "\(field),0.5\r\n")
    #expect(CSVTable(headerLine(Self.columns) + table.bytes).rows == [[value, "0.5"]])
  }

  @Test("what is missing is an empty field")
  func missing() {
    var table = TableWriter(Self.columns)
    table.addMissing()
    table.add(1)
    table.endRow()
    table.add("x")
    table.add(nil as Double?) { $0.add($1) }
    table.endRow()
    table.add("y" as String?) { $0.add($1) }
    table.addMissing()
    table.endRow()
    #expect(Self.text(table) == ",1\r\nx,\r\ny,\r\n")
  }

  @Test("every kind of value")
  func kinds() {
    var table = TableWriter((1...8).map { Column("c\($0)", .number, "a value") })
    table.add(Int32.min)
    table.add(UInt64.max)
    table.add(-0.0)
    table.add(Amount(units: -150_000_000), decimals: 8)
    table.add(SimTime(microseconds: 5_040_163_368))
    table.add(SimTime(microseconds: 3_600_000_000))
    table.add(loss: 10, ofRun: 7)
    table.add("end")
    table.endRow()
    #expect(Self.text(table) == "-2147483648,18446744073709551615,-0.0,-1.5,5040.163368,3600,7.10,end\r\n")
    #expect(table.byteCount == table.bytes.count)
  }

  @Test("the header names the columns, and rows can be taken away while the table grows")
  func draining() {
    var table = TableWriter(Self.columns)
    table.addHeader(Self.columns)
    var taken: [UInt8] = []
    for number in 0..<100 {
      table.add("row")
      table.add(number)
      table.endRow()
      if number % 7 == 0 { table.drain { taken += $0 } }
    }
    taken += table.bytes
    #expect(taken == Array(("a,b\r\n" + (0..<100).map { "row,\($0)\r\n" }.joined()).utf8))
  }

  @Test("a row of the wrong width traps, and so does reading a row that has not ended")
  func width() async {
    await #expect(processExitsWith: .failure) {
      var table = TableWriter([Column("a", .string, "a text"), Column("b", .number, "a number")])
      table.add("short")
      table.endRow()
    }
    await #expect(processExitsWith: .failure) {
      var table = TableWriter([Column("a", .string, "a text")])
      table.add("long")
      table.add(1)
      table.endRow()
    }
    await #expect(processExitsWith: .failure) {
      var table = TableWriter([Column("a", .string, "a text"), Column("b", .number, "a number")])
      table.add("open")
      _ = table.bytes
    }
  }
}
