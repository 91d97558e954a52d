import Dispatch
import Synchronization

/// Runs a plan into a folder: chunk by chunk, on as many workers as asked, each with everything private to
/// it.
///
///     let runner = Runner(folder: try ResultsFolder("results/x", for: plan), jobs: 2)
///     try runner.run { done in … }
///
/// Which worker computes a chunk, and when, changes no byte: a chunk is a function of the plan, and the
/// tables are put together in plan order. What an earlier process has finished is not computed again.
package struct Runner: Sendable {
  package let folder: ResultsFolder
  package let jobs: Int
  /// This process's share of the chunks: those whose number leaves `index` when divided by `count`.
  package let shard: Shard
  /// Runs to be recorded as failed without being tried: each of them has killed a process.
  package let abandoned: [Int]

  package struct Shard: Hashable, Sendable {
    /// From 0.
    package let index: Int
    package let count: Int

    package static let whole = Shard(index: 0, count: 1)

    package init(index: Int, count: Int) {
      precondition(count > 0 && (0..<count).contains(index), "checked where a shard is read")
      self.index = index
      self.count = count
    }
  }

  package init(
    folder: ResultsFolder, jobs: Int, shard: Shard = .whole, abandoned: [Int] = []
  ) {
    precondition(jobs > 0, "checked where jobs are read")
    self.folder = folder
    self.jobs = jobs
    self.shard = shard
    self.abandoned = abandoned
  }

  /// What the workers share: which chunk is next, how far they are, what went wrong.
  private final class Progress: Sendable {
    let next = Atomic<Int>(0)
    let done = Atomic<Int>(0)
    let failure = Mutex<OutputFailure?>(nil)
  }

  /// Computes every missing chunk of this shard.
  ///
  /// - Parameter report: told after each run how many of this call's runs are done, from any worker.
  package func run(report: @escaping @Sendable (_ done: Int, _ of: Int) -> Void) throws(OutputFailure) {
    let missing = missingChunks()
    guard !missing.isEmpty else { return }
    let total = missing.reduce(0) { $0 + folder.plan.runs(ofChunk: $1).count }
    let progress = Progress()
    try folder.keepAbandoned(abandoned)
    let workers = min(jobs, missing.count)
    let notes = try RunningNotes(folder, workers: workers)
    let computer = ChunkComputer(plan: folder.plan, abandoned: abandoned)
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      var points = PointCache(plan: folder.plan)
      while progress.failure.withLock({ $0 == nil }) {
        let turn = progress.next.add(1, ordering: .relaxed).oldValue
        guard turn < missing.count else { break }
        let part = computer.compute(missing[turn], &points) { run in
          notes.note(run.number, worker: worker)
        } afterEach: {
          report(progress.done.add(1, ordering: .relaxed).newValue, total)
        }
        do throws(OutputFailure) {
          try folder.write(part, chunk: missing[turn])
        } catch {
          progress.failure.withLock { if $0 == nil { $0 = error } }
        }
      }
      notes.clear(worker: worker)
    }
    if let failure = progress.failure.withLock({ $0 }) { throw failure }
  }

  package func missingChunks() -> [Int] {
    stride(from: shard.index, to: folder.plan.chunkCount, by: shard.count).filter { folder.part($0) == nil }
  }
}

/// The config of the point that a worker is at; runs of one point follow one another.
struct PointCache {
  let plan: Plan
  private var current: (point: Plan.Point, config: ExperimentConfig)?

  init(plan: Plan) { self.plan = plan }

  mutating func config(of run: Plan.Run) -> (ExperimentConfig, Plan.Point) {
    if let current, current.point.index == run.point { return (current.config, current.point) }
    let point = plan.point(run.point)
    do throws(ReadingFailure) {
      let config = try plan.config(of: point)
      current = (point, config)
      return (config, point)
    } catch {
      preconditionFailure("every point has been read before the first run: \(error)")
    }
  }
}
