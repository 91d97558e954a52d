/// Turns a chunk of a plan into rows. A function of the plan: no machine, no clock, no order of work comes
/// in.
struct ChunkComputer: Sendable {
  let plan: Plan
  let tables: PlanTables
  /// Runs that are recorded as failed without being tried: each of them has ended a process.
  let abandoned: [Int]

  /// What `failures.csv` says of them.
  static let abandonedReason = "it ends the process"

  init(plan: Plan, abandoned: [Int] = []) {
    self.plan = plan
    tables = PlanTables(plan)
    self.abandoned = abandoned
  }

  func compute(
    _ chunk: Int, _ points: inout PointCache, beforeEach: (Plan.Run) -> Void = { _ in },
    afterEach: () -> Void = {}
  ) -> PartFile {
    var rows: PlanTables.Rows = Array(repeating: [], count: tables.tables.count)
    for run in plan.runs(ofChunk: chunk) {
      beforeEach(run)
      let (config, point) = points.config(of: run)
      let label = plan.label(of: run, at: point)
      do throws(FailedRun) {
        guard !abandoned.contains(run.number) else {
          throw FailedRun(label: label, reason: ChunkComputer.abandonedReason, event: nil)
        }
        tables.append(try config.run(label, keeping: config.events.forTables), to: &rows)
      } catch {
        tables.append(error, to: &rows)
      }
      afterEach()
    }
    return PartFile(rows: rows)
  }
}
