import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// `rhodian report`: a page that anything that reads XML can read, whose numbers are those of the tables.
@Suite struct ReportTests {
  /// Two waterfalls whose text has to be escaped, in three variants, of which one
  /// has no price until it is too late: all that is lost is hidden at the end.
  private static let sweep = #"""
    {
      "extends": "world.jsonc",
      "variant": "deep",
      "variants": { "deeper": { "shocks[0].jump": "-60%" }, "blind": { "oracles.eth.delay": "30m" } },
      "sweep": { "venues.lend.waterfall": [ [ "unresolved" ], [ { "insuranceFund": { "balance": "1k USDC" } } ] ] },
      "seeds": "1..7",
    }

    """#

  /// The sweep with its report, made once.
  private static let made: Result<Scratch, any Error> = Result {
    let scratch = try Scratch()
    try scratch.write("world.jsonc", TinySweep.world)
    try scratch.write("sweep.jsonc", sweep)
    for words in [["run", "sweep.jsonc", "--out", "out"], ["report", "out"]] {
      let run = try scratch.run([Built.binary()] + words)
      guard run.code == 0 else { throw TinySweep.Unexpected(run: run) }
    }
    return scratch
  }

  @Test("the report is well-formed, of one piece, and refers to nothing outside")
  func wellFormed() throws {
    let page = try ReportTests.made.get().text("out/report.html")
    let read = try PageReader(page)
    #expect(read.tables.count >= 3)
    #expect(read.elements["svg", default: 0] >= 3)
    #expect(read.elements["script"] == nil && read.elements["link"] == nil && read.elements["img"] == nil)
    let names = ["xmlns=\"http://www.w3.org/1999/xhtml\"", "xmlns=\"http://www.w3.org/2000/svg\""]
    let rest = names.reduce(page) { $0.replacing($1, with: "") }
    for outside in ["http", "url(", "@import", "src=", "href="] { #expect(!rest.contains(outside)) }
    // Deeper is the fall in one variant: a price that depends on it has a picture of its own.
    #expect(page.contains("ETH in each variant") && !page.contains("USDC in each variant"))
    // The swept values are there, and their quotes have ended no attribute.
    #expect(page.contains("[ &quot;unresolved&quot; ]"))
  }

  @Test("each number of the tables is the one that summary.csv gives")
  func numbers() throws {
    let scratch = try ReportTests.made.get()
    let summary = try SummaryTable(scratch.text("out/summary.csv"))
    let tables = try PageReader(scratch.text("out/report.html")).tables
    let paid = try #require(tables.first { $0.header.contains("system's loss") })
    #expect(paid.rows.count == 6)
    let columns = [
      ("insuranceFund", "taken.insuranceFund"), ("nobody (unresolved)", "unresolved"),
      ("hidden at the end, never recognised", "occurredEnd"),
    ]
    for (name, column) in columns {
      #expect(paid.header.contains(name) && summary.rows.contains { ($0[column] ?? 0) > 0 }, "\(name)")
    }
    for (point, row) in paid.rows.enumerated() {
      let runs = Array(summary.rows[(7 * point)..<(7 * point + 7)])
      #expect(row[1] == "7")
      let losses = runs.map { $0["recognised"]! + $0["occurredEnd"]! }
      expect(row[2], isMeanAndMedianOf: losses)
      for (name, column) in columns {
        let place = try #require(paid.header.firstIndex(of: name))
        expect(row[place], isMeanAndMedianOf: runs.map { $0[column]! })
      }
    }
    let lost = try #require(tables.first { $0.header.contains("lower quartile") })
    for (point, row) in lost.rows.enumerated() {
      let losses = summary.rows[(7 * point)..<(7 * point + 7)].map { $0["recognised"]! + $0["occurredEnd"]! }
        .sorted()
      #expect(isWritten(row[2], losses[0]) && isWritten(row[4], losses[3]) && isWritten(row[7], losses[6]))
      // Definition 7: a quarter of the way from the first to the last of seven lies between two of them.
      #expect(
        isWritten(row[3], (losses[1] + losses[2]) / 2) && isWritten(row[6], (losses[4] + losses[5]) / 2))
      let ends = row[5].components(separatedBy: " to ").compactMap(number)
      #expect(ends.count == 2 && ends[0] <= losses[3] + 0.5 && ends[1] >= losses[3] - 0.5)
      guard point > 0 else { continue }
      let base = summary.rows[..<7].map { $0["recognised"]! + $0["occurredEnd"]! }
      let own = summary.rows[(7 * point)..<(7 * point + 7)].map { $0["recognised"]! + $0["occurredEnd"]! }
      #expect(isWritten(row[8], zip(own, base).map { $0 - $1 }.sorted()[3]))
    }
  }

  @Test("what was made again for the lines over time is what the tables say of that seed")
  func timeline() throws {
    let scratch = try ReportTests.made.get()
    let summary = try SummaryTable(scratch.text("out/summary.csv"))
    let page = try PageReader(scratch.text("out/report.html"))
    let table = try #require(page.tables.first { $0.header.contains("visits that did not get all") })
    let seed = try #require(page.text.firstMatch(of: /One seed of many: (\d+),/).flatMap { Double($0.1) })
    #expect(table.rows.count == 6)
    for (point, row) in table.rows.enumerated() {
      let run = try #require(summary.rows[(7 * point)..<(7 * point + 7)].first { $0["seed"] == seed })
      #expect(isWritten(row[1], run["recognised"]!) && isWritten(row[2], run["occurredEnd"]!))
    }
  }

  @Test("the same folder gives the same bytes, wherever they go; and it still verifies")
  func sameBytes() throws {
    let scratch = try ReportTests.made.get()
    let run = try scratch.rhodian("report", "out", "--out", "again.html")
    #expect(run.code == 0 && run.output == "again.html is written: open it in a browser.\n")
    #expect(try scratch.bytes("again.html") == scratch.bytes("out/report.html"))
    let verified = try scratch.rhodian("verify", "out")
    #expect(verified.code == 0, "\(verified.complaint)")
    #expect(try scratch.rhodian("run", "sweep.jsonc", "--out", "out").code == 0)
    // The page names the manifest as anybody can check it.
    let digest = try scratch.run(["sha256sum", "out/manifest.json"]).output.prefix(64)
    #expect(try scratch.text("again.html").contains(digest))
  }

  @Test("a table of who was really poorer is shown beside, if there is one, whatever its classes are called")
  func incidence() throws {
    let scratch = try Scratch()
    #expect(try scratch.run(["cp", "-r", ReportTests.made.get().path + "/out", "."]).code == 0)
    var table = "experiment,variant,run,seed,party,kind,start,end,guaranteed,incidence\r\n"
    for run in 1...42 {
      table += "tiny,deep,\(run),1,x,a <b> & c,90,100,\(100 + run),\(run)\r\n"
      if run % 7 == 0 { table += "tiny,deep,\(run),1,y,winners,90,100,40,-60\r\n" }
      table += "tiny,deep,\(run),1,guarantor,guarantor,0,0,-\(run),-\(run)\r\n"
    }
    try scratch.write("out/incidence.csv", table)
    #expect(try scratch.rhodian("report", "out").code == 0)
    let page = try PageReader(scratch.text("out/report.html"))
    let read = try #require(page.tables.first { $0.header.contains("winners") })
    #expect(read.header == ["variant", "a <b> & c", "winners"])
    // The first point's runs are 1 to 7: their mean and median is 4, and one of the seven won 60.
    #expect(read.rows[0].dropFirst() == ["4 4", "−8.57 0"])
    #expect(read.rows[3].dropFirst() == ["25 25", "−8.57 0"])
    try scratch.write("out/incidence.csv", table + "tiny,deep,1\r\n")
    let bad = try scratch.rhodian("report", "out")
    #expect(bad.code == 74 && bad.complaint.contains("incidence.csv: a row cannot be read"))
  }

  @Test("what no report can be made of is told, with the exit code that other commands have for it")
  func refusals() throws {
    let scratch = try Scratch()
    try scratch.write("world.jsonc", TinySweep.world)
    func complain(_ words: String...) throws -> (Int32, String) {
      let run = try scratch.run([Built.binary(), "report"] + words)
      #expect(run.output.isEmpty)
      return (run.code, run.complaint)
    }
    let missing = try complain("nowhere")
    #expect(missing.0 == 66 && missing.1.contains("nowhere/config.resolved.json: there is no such file"))
    #expect(try scratch.rhodian("run", "world.jsonc", "--out", "part", "--shard", "1/2").code == 0)
    #expect(try complain("part") == (66, "part holds no complete results: there is no manifest.json\n"))
    let poor = ["--set", "populations.lender.size.fixed=10k"]
    #expect(try scratch.run([Built.binary(), "run", "world.jsonc", "--out", "failed"] + poor).code == 70)
    let failed = try complain("failed")
    #expect(failed.0 == 65 && failed.1.contains("no run of tiny has come to its end"))
    #expect(try scratch.rhodian("run", "world.jsonc", "--out", "out").code == 0)
    let named = try complain("out", "--out", "out/summary.csv")
    #expect(named.0 == 64 && named.1.contains("--out takes a name that ends in .html"))
    #expect(try complain("out", "--out", "nowhere/page.html").0 == 73)
    let summary = try scratch.text("out/summary.csv")
    let digest = try #require(summary.firstMatch(of: /[0-9a-f]{64}/)).output
    try scratch.write("out/summary.csv", summary.replacing(digest, with: digest.reversed()))
    let changed = try complain("out")
    #expect(changed.0 == 65 && changed.1.contains("run 1, made again, is not the one in summary.csv"))
    #expect(try !scratch.list("out").contains("report.html"))
  }
}

// MARK: Reading pages and tables

/// `1,234` and `−12.5` as the numbers they are.
private func number(_ text: String) -> Double? {
  Double(text.replacing(",", with: "").replacing("−", with: "-"))
}

/// Whether a cell is a value, rounded to cents below a thousand and to dollars above.
private func isWritten(_ text: String, _ value: Double) -> Bool {
  number(text).map { abs($0 - value) <= (abs(value) < 999.99 ? 0.0051 : 0.51) } ?? false
}

private func expect(
  _ cell: String, isMeanAndMedianOf values: [Double], sourceLocation: SourceLocation = #_sourceLocation
) {
  // Nothing in any seed is said once.
  if values.allSatisfy({ $0 == 0 }) {
    return #expect(cell == "0", "\(cell) is not 0", sourceLocation: sourceLocation)
  }
  let numbers = cell.components(separatedBy: " ")
  let (mean, median) = (values.reduce(0, +) / Double(values.count), values.sorted()[values.count / 2])
  #expect(
    numbers.count == 2 && isWritten(numbers[0], mean) && isWritten(numbers[1], median),
    "\(cell) is not \(mean) \(median)", sourceLocation: sourceLocation)
}

/// Numbers of a summary by column; text is left out. Its quotes hold no commas.
private struct SummaryTable {
  let rows: [[String: Double]]

  init(_ csv: String) throws {
    rows = CommandLineTests.rows(csv).map { $0.compactMapValues(Double.init) }
    try #require(!rows.isEmpty)
  }
}

/// A page as an XML reader sees it: how many of each element, and the words of each table.
private final class PageReader: NSObject, XMLParserDelegate {
  struct Table {
    var header: [String] = []
    var rows: [[String]] = []
  }

  private(set) var elements: [String: Int] = [:]
  private(set) var tables: [Table] = []
  private(set) var text = ""
  private var row: [String]?
  private var isInHead = false

  struct Malformed: Error, CustomStringConvertible { let description: String }

  init(_ page: String) throws {
    super.init()
    let parser = XMLParser(data: Data(page.utf8))
    parser.delegate = self
    guard parser.parse() else {
      throw Malformed(description: "line \(parser.lineNumber): \(String(describing: parser.parserError))")
    }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String] = [:]
  ) {
    elements[name, default: 0] += 1
    switch name {
    case "table": tables.append(Table())
    case "thead": isInHead = true
    case "tr": row = []
    case "td", "th": row?.append("")
    case "small": if let last = row?.indices.last { row?[last] += " " }
    default: break
    }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    text += string
    let words = string.trimmingCharacters(in: .newlines)
    if let last = row?.indices.last { row?[last] += words }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    switch name {
    case "thead": isInHead = false
    case "tr":
      guard let row else { return }
      if isInHead { tables[tables.count - 1].header = row } else { tables[tables.count - 1].rows.append(row) }
      self.row = nil
    default: break
    }
  }
}
