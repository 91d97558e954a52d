import Foundation
import Testing

/// A sweep that is killed goes on where it was and comes to the same bytes.
@Suite(.serialized) struct KillTests {
  /// 12 chunks and more; long enough to be killed in the middle of on any machine that runs these tests.
  #if DEBUG
    static let seeds = 64 * 3
    static let isSmall = ProcessInfo.processInfo.environment["RHODIAN_SOAK"] != "1"
  #else
    static let seeds = 64 * 40
    static let isSmall = false
  #endif
  static let kills = isSmall ? 6 : 20
  /// So many of them have to leave some chunks done and some not.
  static let partial = isSmall ? 4 : 15
  static let chunkCount = seeds * 4 / 64

  private static func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write("world.jsonc", TinySweep.world)
    try scratch.write(
      "long.jsonc",
      """
      { "extends": "world.jsonc", "name": "long", "seeds": "1..\(seeds)",
        "sweep": { "oracles.eth.delay": [ "0s", "1m" ], "shocks[0].jump": [ "-50%", "-60%" ] } }
      """)
    return scratch
  }

  private func command(_ folder: String, jobs: Int) throws -> [String] {
    [try Built.binary(), "run", "long.jsonc", "--out", folder, "--jobs", "\(jobs)"]
  }

  @Test("killed at random moments, gone on with, and no byte is another")
  func kills() throws {
    let seed: UInt64 = 20_251_121
    var dice = Dice(seed: seed)
    let scratch = try KillTests.scratch()
    let start = ContinuousClock.now
    #expect(try scratch.run(command("undisturbed", jobs: 2)).code == 0)
    var duration = seconds(since: start)
    let expected = try scratch.results("undisturbed")
    #expect(rows(try scratch.text("undisturbed/losses.csv")).count > 300)
    var partial = 0
    var attempts = 0
    // The machine's speed drifts: a moment that came too late counts for nothing and is drawn again.
    while attempts < KillTests.kills || partial < KillTests.partial, attempts < 3 * KillTests.kills {
      let moment = Double(attempts % KillTests.kills) + dice.fraction()
      let folder = "killed-\(attempts)"
      attempts += 1
      let began = ContinuousClock.now
      let child = try scratch.start(command(folder, jobs: 1 + attempts % 2))
      usleep(UInt32(moment / Double(KillTests.kills) * duration * 1e6))
      child.send(SIGKILL)
      let killed = try child.wait()
      if killed.code == 0 { duration = min(duration, seconds(since: began)) }
      #expect([0, 128 + SIGKILL].contains(killed.code), "seed \(seed), attempt \(attempts)")
      let names = try scratch.contents(folder).keys
      let done = names.count { $0.hasPrefix("parts/") && $0.hasSuffix(".part") }
      if killed.code != 0, done > 0, done < KillTests.chunkCount { partial += 1 }
      let resumed = try scratch.run(command(folder, jobs: 2 - attempts % 2))
      #expect(resumed.code == 0, "seed \(seed), attempt \(attempts): \(resumed.complaint)")
      #expect(
        resumed.complaint.isEmpty || resumed.complaint.hasPrefix("an earlier process ended during run "))
      #expect(try scratch.results(folder) == expected, "seed \(seed), attempt \(attempts), \(done) chunks")
      #expect(try scratch.run(["rm", "-r", folder]).code == 0)
    }
    print("\(attempts) kills of a sweep of \(duration) s, \(partial) with some chunks done and some not")
    #expect(partial >= KillTests.partial)
  }

  private func seconds(since began: ContinuousClock.Instant) -> Double {
    let time = ContinuousClock.now - began
    return Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
  }

  @Test("a second process on the same folder is refused and disturbs nothing")
  func secondProcess() throws {
    let scratch = try KillTests.scratch()
    #expect(try scratch.run(command("undisturbed", jobs: 2)).code == 0)
    _ = try scratch.run(command("half", jobs: 2) + ["--shard", "0/2"])
    let child = try scratch.start(command("out", jobs: 1))
    // Until it has begun; then it stands still, so that it certainly has not ended.
    while !FileManager.default.fileExists(atPath: "\(scratch.path)/out/parts") { usleep(1_000) }
    child.send(SIGSTOP)
    let before = try scratch.contents("out")
    let commands = [
      try command("out", jobs: 1), [try Built.binary(), "merge", "out", "half"],
      try command("out", jobs: 1) + ["--keep-going"],
    ]
    for words in commands {
      let second = try scratch.run(words)
      #expect(second.code == 73 && second.output.isEmpty)
      #expect(second.complaint == "out: another process is writing here\n")
    }
    #expect(try scratch.contents("out") == before)
    child.send(SIGCONT)
    let first = try child.wait()
    #expect(first.code == 0 && first.complaint.isEmpty)
    #expect(try scratch.results("out") == scratch.results("undisturbed"))
  }

  @Test(
    "terminated and interrupted, a sweep ends with 143 and 130 and goes on later",
    arguments: [SIGTERM, SIGINT])
  func signals(signal: Int32) throws {
    let scratch = try TinySweep.scratch()
    let child = try scratch.start([Built.binary(), "run", "sweep.jsonc", "--out", "out", "-j1"])
    while !FileManager.default.fileExists(atPath: "\(scratch.path)/out/parts/00000001.part") { usleep(1_000) }
    child.send(signal)
    let ended = try child.wait()
    #expect(ended.code == 128 + signal)
    #expect(ended.complaint == "interrupted; the same command goes on\n")
    #expect(!(try scratch.list("out").contains("manifest.json")))
    let resumed = try scratch.rhodian("run", "sweep.jsonc", "--out", "out")
    #expect(resumed.code == 70)
    // Whoever ended it meant to: no run is under suspicion.
    #expect(resumed.complaint == "246 runs failed; out/failures.csv says why\n")
    #expect(try scratch.results("out") == TinySweep.undisturbed.get().results("out"))
  }
}
