import Economy

/// The tables of a plan: which there are, which columns they have, which rows a run adds.
///
/// Every table opens with the run's place in the plan. `summary.csv` has a column for each swept path, named
/// by the path; the others are joined to it by `run`.
package struct PlanTables: Sendable {
  package struct Table: Sendable {
    package let name: String
    package let title: String
    package let columns: [Column]
  }

  package let tables: [Table]
  private let keepsEvents: Bool

  /// Bytes of each table, in the order of `tables`.
  package typealias Rows = [[UInt8]]

  package init(_ plan: Plan) {
    let run = PlanTables.runColumns
    keepsEvents = plan.events != .none
    tables =
      [
        Table(
          name: "summary", title: "a row a run", columns: PlanTables.columns(sweptPaths: plan.sweptPaths)),
        Table(
          name: "losses", title: "a row for each loss and each layer that was asked",
          columns: run + Tables.losses),
      ]
      + (keepsEvents
        ? [Table(name: "events", title: "a row a fact, with its cause", columns: run + Tables.events)] : [])
      + [Table(name: "failures", title: "a row for each run that failed", columns: run + Tables.failures)]
  }

  private static let runColumns = [
    Column("experiment", .string, "name of the experiment"),
    Column("variant", .string, "the variant of it"),
    Column("run", .integer, "number of the run in plan order, from 1"),
    Column("seed", .integer, "seed of the run"),
  ]

  /// The columns of `summary.csv`.
  static func columns(sweptPaths: [String]) -> [Column] {
    runColumns + sweptPaths.map { Column($0, .string, "value of a swept path") } + Tables.summary
  }

  package func append(_ result: RunResult, to rows: inout Rows) {
    rows[0] += Tables.summaryRow(result, columns: tables[0].columns)
    Tables.appendLossRows(result, columns: tables[1].columns, to: &rows[1])
    if keepsEvents { Tables.appendEventRows(result, columns: tables[2].columns, to: &rows[2]) }
  }

  package func append(_ failed: FailedRun, to rows: inout Rows) {
    rows[tables.count - 1] += Tables.failureRow(failed, columns: tables[tables.count - 1].columns)
  }
}
