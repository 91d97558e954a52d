import Foundation
import Kernel
import Testing

@testable import Experiments

/// Disks that fill, parts that rot, processes that die: a typed failure, what was finished kept, and in the
/// end the bytes of a run that nothing disturbed.
@Suite struct FaultTests {
  /// 2 variants × 2 jumps × 41 seeds = 164 runs in 3 chunks, a loss in most of them.
  static let config = #"""
    {
      "name": "tiny", "horizon": "15m",
      "assets": [ { "id": "USDC", "price": 1 }, { "id": "ETH", "price": 2000 } ],
      "shocks": [ { "at": "10m", "asset": "ETH", "jump": "-50%" } ],
      "pools": [
        { "id": "pool", "kind": "constantProduct", "fee": "0.3%", "reserves": { "ETH": 5000, "USDC": "5M" } },
      ],
      "oracles": [
        { "id": "eth", "asset": "ETH" }, { "id": "usdc", "asset": "USDC", "source": "fixed" },
      ],
      "venues": [
        { "id": "lend", "kind": "lendingPool", "debt": "USDC",
          "collateral": { "ETH": { "ltv": "80%", "threshold": "82.5%", "bonus": "5%" } },
          "waterfall": [ "proRata" ] },
      ],
      "populations": [
        { "id": "lender", "kind": "lender", "venue": "lend", "count": 1, "size": { "fixed": "100k" } },
        { "id": "borrower", "kind": "borrower", "venue": "lend", "count": 1, "collateral": "ETH",
          "size": { "fixed": "100k" }, "ltv": { "beta": { "mean": "70%", "concentration": 80 } } },
        { "id": "keeper", "kind": "liquidator", "pool": "pool", "count": 1,
          "latency": { "exponential": "12s" } },
      ],
      "variants": {
        "fund": { "venues.lend.waterfall": [ { "insuranceFund": { "balance": "1k USDC" } }, "proRata" ] },
      },
      "sweep": { "shocks[0].jump": [ "-50%", "-60%" ] },
      "seeds": "1..41",
    }
    """#

  static func plan(_ config: String = config) throws -> Plan {
    try Plan.read(ConfigReader.parse(SourceFile(name: "tiny.jsonc", bytes: Array(config.utf8))))
  }

  /// What `rhodian run` does: every missing chunk, then the tables.
  static func run(
    _ plan: Plan, into path: String, on disk: Disk = Disk(), jobs: Int = 1, shard: Runner.Shard = .whole,
    abandoned: [Int] = [], compress: Bool = false
  ) throws(OutputFailure) {
    let folder = try ResultsFolder(path, for: plan, on: disk)
    guard folder.state == .unfinished else { return }
    let runner = Runner(folder: folder, jobs: jobs, shard: shard, abandoned: abandoned)
    let found = plan.chunkCount - runner.missingChunks.count
    try runner.run { _, _ in }
    guard shard == .whole, try folder.assemble(compress: compress, jobs: jobs) != nil else { return }
    try RunInfo(jobs: jobs, shard: shard, chunksFound: found).write(to: folder)
  }

  static let undisturbed: Result<Folder, any Error> = Result {
    let folder = try Folder()
    try run(plan(), into: folder["out"])
    return folder
  }

  // MARK: The disk

  @Test(
    "whichever write is the first to fail, it is told, and a healthy disk comes to the same bytes",
    arguments: [1, 2])
  func failingDisk(jobs: Int) throws {
    let expected = try FaultTests.undisturbed.get().results("out")
    let plan = try FaultTests.plan()
    let scratch = try Folder()
    var operations = [1, 2, 3] + (2...30).map { 1 << $0 }
    var failures = 0
    var mostKept = 0
    while let operation = operations.first {
      operations.removeFirst()
      let path = scratch["from-\(operation)"]
      do throws(OutputFailure) {
        try FaultTests.run(plan, into: path, on: Disk(failingFrom: operation), jobs: jobs)
        operations = []
      } catch {
        failures += 1
        #expect(error.exitCode == 74 && error.reason.hasSuffix(": No space left on device"), "\(error)")
        #expect(error.path.hasPrefix(scratch.path) || scratch.path.hasPrefix(error.path), "\(error)")
      }
      let isWhole = FileManager.default.fileExists(atPath: "\(path)/manifest.json")
      #expect(isWhole || operation <= 64)
      if isWhole { #expect(try Verification(path: path).check(sample: nil) { _, _ in } == []) }
      // Every part that has its name is kept: only the others are made.
      let kept = ((try? scratch.results("from-\(operation)/parts")) ?? [:]).keys.filter {
        $0.hasSuffix(".part")
      }
      if !isWhole {
        let missing = Runner(folder: try ResultsFolder(path, for: plan), jobs: jobs).missingChunks
        #expect(missing.count == plan.chunkCount - kept.count, "failing from \(operation)")
        mostKept = max(mostKept, kept.count)
      }
      try FaultTests.run(plan, into: path, jobs: jobs)
      #expect(try scratch.results("from-\(operation)") == expected, "failing from \(operation)")
    }
    #expect(failures >= 6, "1, 2, 3, 4, 8 and 16, at the least, are in the middle of something")
    #expect(mostKept == plan.chunkCount, "a disk that fills while tables are put together leaves every part")
  }

  /// Every single operation once, so that none is missed between the powers of two.
  @Test("each write in turn is the first to fail; what is there before the manifest is never taken for whole")
  func everyOperation() throws {
    let expected = try FaultTests.undisturbed.get().results("out")
    let plan = try FaultTests.plan()
    let scratch = try Folder()
    // The parts once, so that only putting the tables together is tried again and again.
    let parts = scratch["parts-only"]
    do {
      let folder = try ResultsFolder(parts, for: plan)
      try Runner(folder: folder, jobs: 2).run { _, _ in }
    }
    var operation = 0
    var isDone = false
    var synced: [Bool] = []
    while !isDone, operation < 200 {
      operation += 1
      let path = scratch["at-\(operation)"]
      try FileManager.default.copyItem(atPath: parts, toPath: path)
      do throws(OutputFailure) {
        try FaultTests.run(plan, into: path, on: Disk(failingFrom: operation))
        isDone = true
      } catch {
        let hasManifest = FileManager.default.fileExists(atPath: "\(path)/manifest.json")
        let isAfter = error.path.hasSuffix("run-info.json") || error.path.hasSuffix("run-info.json.tmp")
        if error.path == path, error.reason.hasPrefix("cannot be synced") {
          // The names of the tables, then that of the manifest; the parts are still there.
          synced.append(hasManifest)
          #expect(FileManager.default.fileExists(atPath: "\(path)/parts/\(PartFile.name(ofChunk: 0))"))
        } else {
          #expect(hasManifest == isAfter, "operation \(operation): \(error)")
        }
      }
      try FaultTests.run(plan, into: path)
      #expect(try scratch.results("at-\(operation)") == expected, "operation \(operation)")
    }
    #expect(isDone && operation > 25)
    #expect(synced == [false, true])
  }

  @Test("a file system that fills: 74, and going on where there is room gives the same bytes")
  func smallFileSystem() throws {
    let expected = try FaultTests.undisturbed.get().results("out")
    let plan = try FaultTests.plan()
    let scratch = try Folder()
    let place = scratch["small"]
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    // Mounting takes rights that a test may not have; the limit on file sizes is tried in any case
    // (UsageTests).
    guard mount("tmpfs", place, "tmpfs", 0, "size=56k") == 0 else {
      print("a small file system cannot be mounted here: \(String(cString: strerror(errno)))")
      return
    }
    defer { umount(place) }
    let failure = #expect(throws: OutputFailure.self) { try FaultTests.run(plan, into: "\(place)/out") }
    #expect(failure?.exitCode == 74)
    #expect(failure?.reason.hasSuffix(": No space left on device") == true)
    #expect(!FileManager.default.fileExists(atPath: "\(place)/out/manifest.json"))
    let parts = try scratch.results("small/out/parts").keys.filter { $0.hasSuffix(".part") }
    #expect(!parts.isEmpty && parts.count <= plan.chunkCount)
    try FileManager.default.copyItem(atPath: "\(place)/out", toPath: scratch["moved"])
    try FaultTests.run(plan, into: scratch["moved"])
    #expect(try scratch.results("moved") == expected)
  }

  @Test("a folder that nobody may write to is refused with 73 or 74")
  func unwritableFolder() throws {
    let plan = try FaultTests.plan()
    let scratch = try Folder()
    try Data("mine".utf8).write(to: URL(fileURLWithPath: scratch["file"]))
    for path in [scratch["file"], scratch["file/out"], "/proc/rhodian", "/sys/rhodian/out"] {
      let failure = #expect(throws: OutputFailure.self) { try FaultTests.run(plan, into: path) }
      #expect(failure?.exitCode == 73, "\(failure.debugDescription)")
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: scratch["file"])) == Data("mine".utf8))
    // Rights bind only those who are not root.
    if getuid() != 0 {
      try FileManager.default.createDirectory(
        atPath: scratch["shut"], withIntermediateDirectories: true, attributes: [.posixPermissions: 0o500])
      let failure = #expect(throws: OutputFailure.self) {
        try FaultTests.run(plan, into: scratch["shut/out"])
      }
      #expect(failure?.exitCode == 73 && failure?.reason.hasSuffix(": Permission denied") == true)
    }
  }

  // MARK: Parts

  @Test("a part that was cut, altered in one byte or made by another plan is made again")
  func rottenParts() throws {
    let expected = try FaultTests.undisturbed.get().results("out")
    let plan = try FaultTests.plan()
    let scratch = try Folder()
    let made = scratch["made"]
    do {
      let folder = try ResultsFolder(made, for: plan)
      try Runner(folder: folder, jobs: 2).run { _, _ in }
      #expect(Runner(folder: folder, jobs: 1).missingChunks.isEmpty)
    }
    let part = "parts/\(PartFile.name(ofChunk: 1))"
    let whole = try scratch.bytes("made/\(part)")
    var random = SplitMix(seed: 7)
    var damages: [[UInt8]] = [[], Array(whole.dropLast()), whole + [0x0A]]
    for length in [1, 60, whole.count / 2, whole.count - 4] { damages.append(Array(whole.prefix(length))) }
    for _ in 0..<40 {
      var flipped = whole
      flipped[random.below(whole.count)] ^= 1 << UInt8(random.below(8))
      damages.append(flipped)
    }
    // Another chunk of this plan, and this chunk of another.
    damages.append(try scratch.bytes("made/parts/\(PartFile.name(ofChunk: 0))"))
    let other = try FaultTests.plan(FaultTests.config.replacing("\"15m\"", with: "\"16m\""))
    do {
      let folder = try ResultsFolder(scratch["other"], for: other)
      try Runner(folder: folder, jobs: 2).run { _, _ in }
    }
    damages.append(try scratch.bytes("other/\(part)"))
    for (index, damage) in damages.enumerated() {
      try scratch.write("made/\(part)", damage)
      let folder = try ResultsFolder(made, for: plan)
      #expect(Runner(folder: folder, jobs: 1).missingChunks == [1], "damage \(index)")
      #expect(try folder.assemble(compress: false, jobs: 2) == nil, "damage \(index)")
    }
    try FaultTests.run(plan, into: made)
    #expect(try scratch.results("made") == expected)
  }

  @Test("parts that a process left behind its manifest go when the folder is next opened, and nothing else")
  func leftBehind() throws {
    let whole = try FaultTests.undisturbed.get()
    let scratch = try Folder()
    try FileManager.default.copyItem(atPath: whole["out"], toPath: scratch["out"])
    try FileManager.default.createDirectory(atPath: scratch["out/parts"], withIntermediateDirectories: true)
    try scratch.write("out/parts/\(PartFile.name(ofChunk: 0))", [1, 2, 3])
    try scratch.write("out/running", Array("        7\n".utf8))
    try FaultTests.run(FaultTests.plan(), into: scratch["out"])
    #expect(try scratch.results("out") == whole.results("out"))
    #expect(try scratch.bytes("out/run-info.json") == whole.bytes("out/run-info.json"))
  }

  // MARK: Runs that end the process

  @Test("runs that a dead process had begun are known to the next")
  func runsBegun() throws {
    let plan = try FaultTests.plan()
    let scratch = try Folder()
    do {
      let folder = try ResultsFolder(scratch["out"], for: plan)
      #expect(folder.runsBegun.isEmpty)
      let notes = try RunningNotes(folder, workers: 3)
      notes.note(3, worker: 0)
      notes.note(130, worker: 1)
      notes.note(12, worker: 2)
      notes.clear(worker: 2)
      notes.note(70, worker: 0)
    }
    do {
      let folder = try ResultsFolder(scratch["out"], for: plan)
      #expect(folder.runsBegun == [70, 130])
      try Runner(folder: folder, jobs: 2).run { _, _ in }
      #expect(folder.runsBegun.isEmpty, "a process that came to its end leaves none")
    }
    try FaultTests.run(plan, into: scratch["out"])
    #expect(try scratch.results("out") == FaultTests.undisturbed.get().results("out"))
  }

  @Test("runs given up are in failures.csv, all others as ever; they stay given up, and the results verify")
  func abandoned() throws {
    let plan = try FaultTests.plan()
    let scratch = try Folder()
    do {
      // A process that gives one up and does not come to its chunk.
      let folder = try ResultsFolder(scratch["out"], for: plan)
      let shard = Runner.Shard(index: 2, count: 3)
      try Runner(folder: folder, jobs: 1, shard: shard, abandoned: [5]).run { _, _ in }
      #expect(folder.runsAbandoned == [5])
    }
    let known = try ResultsFolder(scratch["out"], for: plan).runsAbandoned
    try FaultTests.run(plan, into: scratch["out"], jobs: 2, abandoned: known + [100])
    let failures = CSVTable(try scratch.bytes("out/failures.csv"))
    #expect(failures.rows.map { $0[2] } == ["5", "100"])
    // The swept value stands where summary.csv has it.
    #expect(failures.header[4] == "shocks[0].jump" && failures.rows.map { $0[4] } == ["-50%", "-50%"])
    #expect(failures.rows.map { $0[7] } == ["it ends the process", "it ends the process"])
    #expect(
      failures.rows.map { $0[8] } == ["rhodian replay . --run 5", "rhodian replay . --run 100"])
    let undisturbed = try FaultTests.undisturbed.get()
    for name in ["summary.csv", "losses.csv"] {
      let rows = CSVTable(try scratch.bytes("out/\(name)")).rows
      let all = CSVTable(try undisturbed.bytes("out/\(name)")).rows
      #expect(rows == all.filter { !["5", "100"].contains($0[2]) }, "\(name)")
    }
    #expect(!scratch.has("out/abandoned") && !scratch.has("out/running") && !scratch.has("out/parts"))
    let verification = try Verification(path: scratch["out"])
    #expect(verification.check(sample: nil) { _, _ in } == [])
    #expect(verification.summary(sample: nil).hasSuffix(" (not tried, as each ended a process: run 5, 100)"))
  }
}

/// An empty folder that goes when the test ends.
final class Folder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/rhodian-faults-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  subscript(name: String) -> String { "\(path)/\(name)" }

  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: self[name]) }

  func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: self[name])))
  }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: self[name]))
  }

  /// Every file in a folder and what it holds, without the one that says how results came about.
  func results(_ folder: String) throws -> [String: [UInt8]] {
    var results: [String: [UInt8]] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: self[folder])
    where name != "run-info.json" {
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: self["\(folder)/\(name)"], isDirectory: &isFolder)
      results[name] = isFolder.boolValue ? [] : try bytes("\(folder)/\(name)")
    }
    return results
  }
}
