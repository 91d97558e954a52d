import Economy

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The tables of a plan: which there are, which columns they have, which rows a run adds.
///
/// Every table opens with the run's place in the plan. `summary.csv` and `failures.csv`, which between them
/// have a row for each run, have a column for each swept path, named by the path; the others are joined to
/// them by `run`.
package struct PlanTables: Sendable {
  package struct Table: Sendable {
    package let name: String
    package let title: String
    package let columns: [Column]
  }

  package let tables: [Table]
  private let output: OutputSettings

  /// Bytes of each table, in the order of `tables`.
  package typealias Rows = [[UInt8]]

  package init(_ plan: Plan) {
    let run = PlanTables.runColumns
    output = plan.output
    tables =
      [
        Table(
          name: "summary", title: "a row a run", columns: PlanTables.columns(sweptPaths: plan.sweptPaths)),
        Table(
          name: "losses", title: "a row for each loss and each layer that was asked",
          columns: run + Tables.losses),
      ]
      + (output.incidence
        ? [
          Table(
            name: "incidence", title: "who really paid: a row for each class of holders",
            columns: run + Tables.incidence)
        ] : [])
      + (output.bearers
        ? [Table(name: "bearers", title: "each holder's part of each loss", columns: run + Tables.bearers)]
        : [])
      + (output.events != .none
        ? [Table(name: "events", title: "a row a fact, with its cause", columns: run + Tables.events)] : [])
      + [
        Table(
          name: "failures", title: "a row for each run that failed",
          columns: PlanTables.placeColumns(plan.sweptPaths) + Tables.failures)
      ]
  }

  private static let runColumns = [
    Column("experiment", .string, "name of the experiment"),
    Column("variant", .string, "the variant of it"),
    Column("run", .integer, "number of the run in plan order, from 1"),
    Column("seed", .integer, "seed of the run"),
  ]

  /// The columns of `summary.csv`.
  static func columns(sweptPaths: [String]) -> [Column] {
    placeColumns(sweptPaths) + Tables.summary
  }

  private static func placeColumns(_ sweptPaths: [String]) -> [Column] {
    runColumns + sweptPaths.map { Column($0, .string, "value of a swept path") }
  }

  package func writers() -> Writers { Writers(self) }

  /// What rows are added to.
  package struct Writers: ~Copyable {
    private var summary: TableWriter
    private var losses: TableWriter
    // These stay empty in a plan that does not ask for them.
    private var incidence: TableWriter
    private var bearers: TableWriter
    private var events: TableWriter
    private var failures: TableWriter
    private let output: OutputSettings

    fileprivate init(_ plan: PlanTables) {
      summary = TableWriter(plan.tables[0].columns)
      losses = TableWriter(plan.tables[1].columns)
      incidence = TableWriter(runColumns + Tables.incidence)
      bearers = TableWriter(runColumns + Tables.bearers)
      events = TableWriter(runColumns + Tables.events)
      failures = TableWriter(plan.tables[plan.tables.count - 1].columns)
      output = plan.output
    }

    package mutating func append(_ result: RunResult) {
      #if DEBUG
        PlantedTrap.spring(inRowsOfRun: result.label.run)
      #endif
      Tables.addSummaryRow(result, to: &summary)
      Tables.addLossRows(result, to: &losses)
      if output.incidence { Tables.addIncidenceRows(result, to: &incidence) }
      if output.bearers { Tables.addBearerRows(result, to: &bearers) }
      if output.events != .none { Tables.addEventRows(result, to: &events) }
    }

    package mutating func append(_ failed: FailedRun) { Tables.addFailureRow(failed, to: &failures) }

    package var rows: Rows {
      [summary.bytes, losses.bytes] + (output.incidence ? [incidence.bytes] : [])
        + (output.bearers ? [bearers.bytes] : []) + (output.events != .none ? [events.bytes] : [])
        + [failures.bytes]
    }

    package var byteCount: Int {
      summary.byteCount + losses.byteCount + incidence.byteCount + bearers.byteCount + events.byteCount
        + failures.byteCount
    }
  }
}

#if DEBUG
  /// A mistake of our own where a test wants one, to see what becomes of the other runs. Not in what is
  /// shipped.
  private enum PlantedTrap {
    static func spring(inRowsOfRun run: Int) {
      guard let wanted = getenv("RHODIAN_TRAP_IN_ROWS_OF_RUNS") else { return }
      let runs = String(cString: wanted).split(separator: ",")
      precondition(!runs.contains { Int($0) == run }, "a trap that a test has planted")
    }
  }
#endif

extension Plan {
  /// How many rows a run adds to each table that it adds to: all of them are made to be counted.
  package func rowCounts(of result: RunResult) -> [(table: String, count: Int)] {
    let tables = PlanTables(self)
    var writers = tables.writers()
    writers.append(result)
    return zip(tables.tables, writers.rows).map { table, rows in
      (table.name, CSVTable(headerLine(table.columns) + rows).rows.count)
    }.filter { $0.count > 0 }
  }
}

extension RunResult {
  /// Names and values of this run's row in `summary.csv`.
  package var summary: [(name: String, value: String)] {
    let columns = PlanTables.columns(sweptPaths: Array(repeating: "swept", count: label.swept.count))
    var writer = TableWriter(columns)
    writer.addHeader(columns)
    Tables.addSummaryRow(self, to: &writer)
    let table = CSVTable(writer.bytes)
    return zip(columns, table.rows[0]).dropFirst(4 + label.swept.count).map { ($0.name, $1) }
  }
}
