import Synchronization

/// Runs a plan into a folder: chunk by chunk, on as many workers as asked, each with everything private to
/// it.
///
///     let runner = Runner(folder: try ResultsFolder("results/x", for: plan), jobs: 2)
///     try runner.run { done, total in … }
///
/// Which worker computes a run, and when, changes no byte: a chunk is a function of the plan, and the tables
/// are put together in plan order. What an earlier process has finished is not computed again.
package struct Runner: Sendable {
  package let folder: ResultsFolder
  package let jobs: Int
  /// This process's share of the chunks: those whose number leaves `index` when divided by `count`.
  package let shard: Shard
  /// Runs to be recorded as failed without being tried: each of them has killed a process.
  package let abandoned: [Int]
  /// Chunks of this shard that nobody had finished when this was made.
  package let missingChunks: [Int]

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
    missingChunks = stride(from: shard.index, to: folder.plan.chunkCount, by: shard.count)
      .filter { folder.part($0) == nil }
  }

  /// Chunks of the plan that this process need not make: another shard's, or done.
  package var chunksFound: Int { folder.plan.chunkCount - missingChunks.count }

  /// Computes every missing chunk of this shard.
  ///
  /// - Parameter report: told after each run how many of this call's runs are done, from any worker.
  /// - Returns: how many workers had something to do.
  @discardableResult
  package func run(
    report: @escaping @Sendable (_ done: Int, _ of: Int) -> Void
  ) throws(OutputFailure) -> Int {
    guard !missingChunks.isEmpty else { return 0 }
    let total = missingChunks.reduce(0) { $0 + folder.plan.runs(ofChunk: $1).count }
    let done = Atomic<Int>(0)
    try folder.keepAbandoned(abandoned)
    let notes = try RunningNotes(folder, workers: jobs)
    return try ChunkComputer(plan: folder.plan, abandoned: abandoned).compute(missingChunks, jobs: jobs) {
      run, worker in
      notes.note(run, worker: worker)
    } afterEach: { worker in
      notes.clear(worker: worker)
      report(done.add(1, ordering: .relaxed).newValue, total)
    } finish: { (chunk: Int, part: PartFile) throws(OutputFailure) in
      try folder.write(part, chunk: chunk)
    }
  }
}
