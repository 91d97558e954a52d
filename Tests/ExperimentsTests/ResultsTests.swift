import Foundation
import Synchronization
import Testing

@testable import Experiments

/// What is written and read back by ourselves: workers, sizes, compressed tables.
@Suite struct ResultsTests {
  /// One chunk of twenty runs.
  private func plan() throws -> Plan {
    let config = FaultTests.config.replacing(#""seeds": "1..41""#, with: #""seeds": "1..5""#)
    return try FaultTests.plan(config)
  }

  @Test("one chunk is work for several workers, and its rows are in plan order all the same")
  func piecesOfAChunk() throws {
    let plan = try plan()
    #expect(plan.chunkCount == 1 && plan.runCount == 20)
    func compute(jobs: Int, seconds: Double) -> (PartFile?, runs: [Int], workers: Int) {
      let made = Mutex<[PartFile]>([])
      let seen = Mutex<[Int]>([])
      let workers = ChunkComputer(plan: plan).compute([0], jobs: jobs) { run, _ in
        seen.withLock { $0.append(run) }
        // Long enough for every thread to have been started.
        usleep(UInt32(seconds * 1e6))
      } finish: { (_, part: PartFile) throws(Never) in
        made.withLock { $0.append(part) }
      }
      let parts = made.withLock { $0 }
      return (parts.count == 1 ? parts[0] : nil, seen.withLock { $0.sorted() }, workers)
    }
    let alone = compute(jobs: 1, seconds: 0)
    let expected = try #require(alone.0).rows
    #expect(alone.runs == Array(1...20) && alone.workers == 1)
    #expect(CSVTable(headerLine(PlanTables(plan).tables[0].columns) + expected[0]).rows.count == 20)
    for jobs in [2, 3, 7, 20, 64] {
      let together = compute(jobs: jobs, seconds: 0.01)
      #expect(together.0?.rows == expected, "\(jobs) jobs")
      #expect(together.runs == Array(1...20), "\(jobs) jobs")
      #expect((1...jobs).contains(together.workers), "\(jobs) jobs")
    }
    // By hand: some 32 pieces for each worker, of a run at least and of a chunk at most.
    for (chunks, jobs, length) in [(1, 1, 2), (1, 2, 1), (1, 64, 1), (4, 2, 4), (64, 2, 64), (1_000, 2, 64)] {
      #expect(ChunkComputer.runsAtATime(chunkCount: chunks, jobs: jobs) == length, "\(chunks) by \(jobs)")
    }
  }

  @Test("pieces that come in any order stand in the order of the plan, each chunk's apart")
  func piecesInAnyOrder() {
    func rows(_ text: String) -> PlanTables.Rows { [Array(text.utf8), Array(text.uppercased().utf8)] }
    let unfinished = UnfinishedChunks()
    #expect(unfinished.add(rows("c"), piece: 2, of: 3, chunk: 7) == nil)
    #expect(unfinished.add(rows("y"), piece: 1, of: 2, chunk: 8) == nil)
    #expect(unfinished.add(rows("a"), piece: 0, of: 3, chunk: 7) == nil)
    #expect(unfinished.add(rows("x"), piece: 0, of: 2, chunk: 8) == rows("xy"))
    #expect(unfinished.add(rows("b"), piece: 1, of: 3, chunk: 7) == rows("abc"))
    #expect(unfinished.add(rows("z"), piece: 0, of: 1, chunk: 9) == rows("z"))
  }

  @Test("run-info.json says how many workers had something to do")
  func workers() throws {
    let scratch = try Folder()
    let plan = try FaultTests.plan(FaultTests.config.replacing(#""seeds": "1..41""#, with: #""seeds": "1""#))
    #expect(plan.runCount == 4)
    let folder = try ResultsFolder(scratch["out"], for: plan)
    var info = RunInfo(jobs: 64, shard: .whole, chunksFound: 0)
    info.workers = try Runner(folder: folder, jobs: 64).run { _, _ in }
    #expect((1...4).contains(info.workers), "there are four runs")
    try info.write(to: folder)
    let node = try ConfigReader.load(path: scratch["out/run-info.json"]).root
    #expect(node["jobs"] == 64 && node["workers"] == .integer(info.workers))
    #expect(Runner(folder: folder, jobs: 2).missingChunks.isEmpty)
    #expect(try Runner(folder: folder, jobs: 2).run { _, _ in } == 0)
  }

  @Test("what we have written ourselves may be as long as it is; a config of somebody else's may not")
  func longFiles() throws {
    let scratch = try Folder()
    let plan = try plan()
    try FaultTests.run(plan, into: scratch["out"])
    let blanks = [UInt8](repeating: 0x20, count: largestConfig)
    for name in ["config.resolved.json", "manifest.json"] {
      try scratch.write("out/\(name)", try scratch.bytes("out/\(name)") + blanks)
    }
    #expect(try Plan.ofResults(in: scratch["out"]).runCount == 20)
    #expect(try Manifest.read(scratch["out"])?.runs == 20)
    let failure = #expect(throws: ReadingFailure.self) {
      try ConfigReader.load(path: scratch["out/config.resolved.json"])
    }
    #expect(failure?.description.hasSuffix("it is larger than 16 MiB") == true)
  }

  @Test("a table of several megabytes, written at once and compressed in slices, reads back")
  func slices() throws {
    let scratch = try Folder()
    var random = SplitMix(seed: 3)
    // Digits compress to half; five megabytes of them fill every buffer on the way more than once.
    let bytes = (0..<5_000_001).map { _ in UInt8(0x30 + random.below(10)) }
    let file = try TableFile(path: scratch["a.csv.gz"], compress: true, on: Disk())
    try file.write(Array("header\r\n".utf8))
    try file.write(bytes)
    let (_, count) = try file.finish()
    #expect(count == bytes.count + 8)
    var read: [UInt8] = []
    let table = TableOnDisk(scratch["a"])
    #expect(table.isCompressed)
    try table.eachPiece { read += $0 }
    #expect(read == Array("header\r\n".utf8) + bytes)
  }

  @Test("a point that this version does not take is a failed run, not the end of the process")
  func unreadablePoint() throws {
    let config = FaultTests.config.replacing(
      #""seeds": "1..41","#, with: #""zip": [ { "horizon": [ "15m", "soon" ] } ],"#)
    let source = SourceFile(name: "tiny.jsonc", bytes: Array(config.utf8))
    let plan = try Plan.read(ConfigReader.parse(source)) { _ in true }
    var points = PointCache(plan: plan)
    let rows = ChunkComputer(plan: plan).rows(of: plan.runs(ofChunk: 0)[...], &points)
    let table = try #require(PlanTables(plan).tables.last)
    let failures = CSVTable(headerLine(table.columns) + rows[rows.count - 1])
    let reason = try #require(failures.index(of: "reason"))
    #expect(failures.rows.count == plan.runCount / 2)
    #expect(failures.rows.allSatisfy { $0[reason].hasPrefix("its config cannot be read: ") })
  }
}
