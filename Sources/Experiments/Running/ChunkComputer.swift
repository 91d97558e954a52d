import Synchronization

/// Turns chunks of a plan into rows. Rows are a function of the plan: no machine, no clock, no order of work
/// comes in.
struct ChunkComputer: Sendable {
  let plan: Plan
  let tables: PlanTables
  /// Runs that are recorded as failed without being tried: each of them has ended a process.
  let abandoned: [Int]
  private let twins = Twins()

  /// What `failures.csv` says of them.
  static let abandonedReason = "it ends the process"

  init(plan: Plan, abandoned: [Int] = []) {
    self.plan = plan
    tables = PlanTables(plan)
    self.abandoned = abandoned
  }

  /// The rows of some runs of one chunk, in the order of the plan.
  func rows(
    of runs: ArraySlice<Plan.Run>, _ points: inout PointCache, beforeEach: (Plan.Run) -> Void = { _ in },
    afterEach: () -> Void = {}
  ) -> PlanTables.Rows {
    var writers = tables.writers()
    for run in runs {
      beforeEach(run)
      let point = points.point(of: run)
      let label = plan.label(of: run, at: point)
      do throws(FailedRun) {
        guard !abandoned.contains(run.number) else {
          throw FailedRun(label: label, reason: ChunkComputer.abandonedReason, event: nil)
        }
        let config = try points.config(at: point, for: label)
        writers.append(try config.run(label, keeping: config.output.factsKept, twins: twins))
      } catch {
        writers.append(error)
      }
      afterEach()
    }
    return writers.rows
  }

  static func runsAtATime(chunkCount: Int, jobs: Int) -> Int {
    max(1, min(Plan.chunkSize, chunkCount * Plan.chunkSize / (32 * jobs)))
  }

  /// Computes chunks on at most `jobs` workers and hands each to `finish` when it is whole: on any of the
  /// workers, in any order.
  ///
  /// A worker takes a piece of a chunk at a time. Pieces are as large as they can be with some thirty for
  /// each worker, so that in a plan of few and long runs no worker stands idle, and in one of many and short
  /// runs none reads a point's config or takes a lock for a single run.
  ///
  /// - Returns: how many workers had something to do.
  func compute<Failure: Error>(
    _ chunks: [Int], jobs: Int,
    beforeEach: @Sendable (_ run: Int, _ worker: Int) -> Void = { _, _ in },
    afterEach: @Sendable (_ worker: Int) -> Void = { _ in },
    finish: @Sendable (_ chunk: Int, PartFile) throws(Failure) -> Void
  ) throws(Failure) -> Int {
    let length = ChunkComputer.runsAtATime(chunkCount: chunks.count, jobs: jobs)
    let inChunk = (Plan.chunkSize + length - 1) / length
    let unfinished = UnfinishedChunks()
    return try onWorkers(jobs, count: chunks.count * inChunk) { worker in
      (worker: worker, points: PointCache(plan: plan))
    } body: { (state: inout (worker: Int, points: PointCache), turn: Int) throws(Failure) in
      let (place, piece) = turn.quotientAndRemainder(dividingBy: inChunk)
      let runs = plan.runs(ofChunk: chunks[place])
      // The last chunk may be shorter than the others.
      guard piece * length < runs.count else { return }
      let worker = state.worker
      let rows = rows(of: runs.dropFirst(piece * length).prefix(length), &state.points) { run in
        beforeEach(run.number, worker)
      } afterEach: {
        afterEach(worker)
      }
      let count = (runs.count + length - 1) / length
      guard let whole = unfinished.add(rows, piece: piece, of: count, chunk: chunks[place]) else { return }
      try finish(chunks[place], PartFile(rows: whole))
    }
  }
}

/// Rows of pieces whose chunks are not whole yet: never of many more chunks than there are workers.
final class UnfinishedChunks: Sendable {
  private let pieces = Mutex<[Int: [PlanTables.Rows?]]>([:])

  /// The rows of the whole chunk, if this was the last of its pieces.
  func add(_ rows: PlanTables.Rows, piece: Int, of count: Int, chunk: Int) -> PlanTables.Rows? {
    guard count > 1 else { return rows }
    let found = pieces.withLock { pieces -> [PlanTables.Rows] in
      var known = pieces.removeValue(forKey: chunk) ?? Array(repeating: nil, count: count)
      known[piece] = rows
      let found = known.compactMap { $0 }
      if found.count < count { pieces[chunk] = known }
      return found
    }
    guard found.count == count else { return nil }
    return rows.indices.map { table in found.flatMap { $0[table] } }
  }
}

/// The config of the point that a worker is at; runs of one point follow one another.
struct PointCache {
  let plan: Plan
  private var current: (point: Plan.Point, config: Result<ExperimentConfig, ReadingFailure>)?

  init(plan: Plan) { self.plan = plan }

  func point(of run: Plan.Run) -> Plan.Point {
    if let current, current.point.index == run.point { return current.point }
    return plan.point(run.point)
  }

  /// Every point is read before a plan's first run; a folder that another version has begun may still hold
  /// one that this version does not take.
  mutating func config(at point: Plan.Point, for label: RunLabel) throws(FailedRun) -> ExperimentConfig {
    if current?.point.index != point.index {
      current = (point, Result { () throws(ReadingFailure) in try plan.config(of: point) })
    }
    switch current?.config {
    case .success(let config): return config
    case .failure(let failure):
      throw FailedRun(label: label, reason: "its config cannot be read: \(failure)", event: nil)
    case nil: preconditionFailure("it has just been read")
    }
  }
}
