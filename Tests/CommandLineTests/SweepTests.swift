import Foundation
import Testing

/// Bytes that depend on the plan alone, however it was run; and `rhodian verify`, which says so.
@Suite struct SweepTests {
  @Test("the sweep is worth comparing: losses, runs without, failures, every variant and every value")
  func isLoud() throws {
    let scratch = try TinySweep.undisturbed.get()
    let summary = rows(try scratch.text("out/summary.csv"))
    let failures = rows(try scratch.text("out/failures.csv"))
    let losses = rows(try scratch.text("out/losses.csv"))
    #expect(summary.count + failures.count == TinySweep.runCount)
    #expect(failures.count == TinySweep.runCount / 3)
    #expect(failures.allSatisfy { $0["variant"] == "poor" })
    // Between them, summary and failures say of every run which values it had.
    #expect(Set(failures.map { "\($0["oracles.eth.delay"]!) \($0["shocks[0].jump"]!)" }).count == 6)
    #expect(losses.count >= 300)
    #expect(Set(losses.compactMap { $0["layer"] }) == ["insuranceFund", "proRata"])
    #expect(summary.contains { $0["losses"] == "0" })
    #expect(Set(summary.map { "\($0["oracles.eth.delay"]!) \($0["shocks[0].jump"]!)" }).count == 6)
    // In plan order: variant, then the first swept path, then the second, then the seed.
    #expect(summary.map { Int($0["run"]!)! } == Array(1...summary.count))
    for row in summary {
      let index = Int(row["run"]!)! - 1
      let (point, seed) = index.quotientAndRemainder(dividingBy: 41)
      #expect(row["seed"] == "\(seed + 1)" && row["experiment"] == "tiny")
      #expect(row["shocks[0].jump"] == ["-20%", "-50%", "-60%"][point % 3])
      #expect(row["oracles.eth.delay"] == ["0s", "1m"][point / 3 % 2])
      #expect(row["variant"] == ["shared", "fund", "poor"][point / 6])
    }
  }

  @Test("two workers give the bytes of one")
  func twoJobs() throws {
    let scratch = try TinySweep.scratch()
    #expect(try scratch.rhodian("run", "sweep.jsonc", "--out", "out", "-j2").code == 70)
    #expect(try scratch.results("out") == TinySweep.undisturbed.get().results("out"))
  }

  @Test(
    "five shards, made and merged in any order, give the bytes of one run", arguments: [1, 2] as [UInt64])
  func shards(seed: UInt64) throws {
    var dice = Dice(seed: seed)
    let scratch = try TinySweep.scratch()
    for index in (0..<5).shuffled(using: &dice) {
      let run = try scratch.rhodian(
        "run", "sweep.jsonc", "--out", "shard-\(index)", "--shard", "\(index)/5", "--jobs", "\(1 + index % 2)"
      )
      #expect(run.code == 0 && run.complaint.isEmpty)
      #expect(run.output == "shard-\(index): this shard is done. When all are:  rhodian merge OUT DIR...\n")
      #expect(!(try scratch.list("shard-\(index)").contains("manifest.json")))
    }
    let order = (0..<5).shuffled(using: &dice).map { "shard-\($0)" }
    let merge = try scratch.run([Built.binary(), "merge", "out"] + order)
    #expect(merge.code == 70, "\(order): \(merge.complaint)")
    #expect(try scratch.results("out") == TinySweep.undisturbed.get().results("out"), "\(order)")
    // Once more: there is nothing to merge, and nothing changes.
    let before = try scratch.contents("out")
    let again = try scratch.run([Built.binary(), "merge", "out"] + order)
    #expect(again.code == 70)
    #expect(again.output.hasPrefix("out is complete already: nothing to merge.\n"))
    #expect(try scratch.contents("out") == before)
  }

  @Test("a shard that is missing, or lost a part, is named by merge; merging goes on when it is there")
  func missingShard() throws {
    let scratch = try TinySweep.scratch()
    for index in [0, 1, 3, 4] {
      _ = try scratch.rhodian("run", "sweep.jsonc", "--out", "s\(index)", "--shard", "\(index)/5")
    }
    let without = try scratch.rhodian("merge", "out", "s0", "s1", "s3", "s4")
    #expect(without.code == 66)
    #expect(
      without.complaint
        == "2 of 12 chunks are in none of these folders: 2, 7\nof N shards, shard C mod N makes chunk C\n")
    #expect(!(try scratch.list("out").contains("manifest.json")))
    #expect(try scratch.rhodian("verify", "out").code == 66)

    _ = try scratch.rhodian("run", "sweep.jsonc", "--out", "s2", "--shard", "2/5")
    #expect(try scratch.run(["rm", "s2/parts/00000007.part"]).code == 0)
    let lost = try scratch.rhodian("merge", "out", "s0", "s1", "s2", "s3", "s4")
    #expect(
      lost.code == 66 && lost.complaint.contains("1 of 12 chunks are in none of these folders: 7\n"),
      "\(lost.complaint)")
    // A shard of another plan has nothing to give.
    _ = try scratch.rhodian(
      "run", "sweep.jsonc", "--set", "horizon=21m", "--out", "other", "--shard", "2/5")
    let other = try scratch.rhodian("merge", "out", "s0", "other")
    #expect(other.code == 66 && other.complaint.contains("of these folders: 7\n"), "\(other.complaint)")

    _ = try scratch.rhodian("run", "sweep.jsonc", "--out", "s2", "--shard", "2/5")
    #expect(try scratch.rhodian("merge", "out", "s2").code == 70)
    #expect(try scratch.results("out") == TinySweep.undisturbed.get().results("out"))
  }

  @Test("compressed: the same manifest, the same bytes inside, the same stream twice")
  func gzip() throws {
    let scratch = try TinySweep.scratch()
    let plain = try TinySweep.undisturbed.get()
    for folder in ["out", "again"] {
      let run = try scratch.rhodian("run", "sweep.jsonc", "--out", folder, "--compress", "gz")
      #expect(run.code == 70)
    }
    #expect(try scratch.results("out") == scratch.results("again"))
    #expect(try scratch.bytes("out/manifest.json") == plain.bytes("out/manifest.json"))
    let names = try scratch.list("out")
    for table in RunTests.tables {
      #expect(names.contains("\(table).gz") && !names.contains(table))
      let unpacked = try scratch.run(["gzip", "-dc", "out/\(table).gz"])
      #expect(unpacked.code == 0)
      #expect(try Array(unpacked.output.utf8) == plain.bytes("out/\(table)"), "\(table)")
    }
    let answer = try plain.rhodian("run", "sweep.jsonc", "--out", "out").output
    #expect(try scratch.rhodian("run", "sweep.jsonc", "--out", "out").output == answer)
    #expect(try scratch.rhodian("verify", "out", "--sample", "1").code == 0)

    for table in RunTests.tables {
      let change = "gzip -dc out/\(table).gz | sed 's/,7,/,8,/' | gzip -n > x && mv x out/\(table).gz"
      try #require(try scratch.run(["bash", "-c", change]).code == 0)
      let verify = try scratch.rhodian("verify", "out", "--sample", "1")
      #expect(verify.code == 65 && verify.complaint.contains("\n  \(table).gz is not what the manifest says"))
    }
    let dictionary = try scratch.text("out/datapackage.json")
    try scratch.write("out/datapackage.json", dictionary.replacing("seed of the run", with: "a number"))
    #expect(
      try scratch.rhodian("verify", "out", "--sample", "1").complaint.contains("\n  datapackage.json is not"))
  }

  @Test("an interrupted run may be gone on with in the other form, and leaves one file a table")
  func otherForm() throws {
    let scratch = try TinySweep.scratch()
    _ = try scratch.rhodian("run", "sweep.jsonc", "--out", "out", "--shard", "0/2")
    // What a process leaves that ended between the first table's place and the last one's.
    for leftover in ["summary.csv", "losses.csv", "events.csv.tmp", "failures.csv.tmp"] {
      try scratch.write("out/\(leftover)", "experiment,variant\r\ntiny,")
    }
    #expect(try scratch.rhodian("run", "sweep.jsonc", "--out", "out", "--compress", "gz").code == 70)
    let tables = RunTests.tables.map { "\($0).gz" }
    let files = tables + ["config.resolved.json", "datapackage.json", "manifest.json", "run-info.json"]
    #expect(try scratch.list("out") == files.sorted())
    #expect(try scratch.rhodian("verify", "out", "--sample", "1").code == 0)
  }

  // MARK: verify

  @Test("verify agrees, on every chunk and on some")
  func verifies() throws {
    let scratch = try TinySweep.undisturbed.get()
    let before = try scratch.contents("out")
    for (words, chunks) in [
      ([], 12), (["--sample", "3"], 3), (["--sample=1"], 1), (["--sample", "99"], 12),
    ] {
      let verify = try scratch.run([Built.binary(), "verify", "out"] + words)
      #expect(verify.code == 0 && verify.complaint.isEmpty)
      #expect(
        verify.output
          == "out verifies: 6 files are as the manifest says, and \(chunks) of 12 chunks, made again, give the same rows\n"
      )
    }
    #expect(try scratch.contents("out") == before)
    #expect(try scratch.rhodian("verify", "out", "--sample", "0").code == 64)
  }

  @Test("one digit, in any file that the manifest lists, is found and named", arguments: RunTests.listed)
  func oneDigit(file: String) throws {
    let scratch = try Scratch()
    let whole = try TinySweep.undisturbed.get()
    #expect(try scratch.run(["cp", "-r", whole.path + "/out", "out"]).code == 0)
    var bytes = try scratch.bytes("out/\(file)")
    let digits = bytes.indices.filter { (0x30...0x39).contains(bytes[$0]) }
    var dice = Dice(seed: UInt64(digits.count))
    // A digit of the resolved config's is one of its seeds, so that it still reads as a config.
    let at =
      file == "config.resolved.json"
      ? try #require(bytes.ranges(of: "41".utf8).last).lowerBound : digits.randomElement(using: &dice)!
    bytes[at] = bytes[at] == 0x39 ? 0x31 : bytes[at] + 1
    try scratch.write("out/\(file)", bytes)
    let verify = try scratch.rhodian("verify", "out", "--sample", "1")
    #expect(verify.code == 65 && verify.output.isEmpty)
    #expect(verify.complaint.hasPrefix("out does not verify:\n  "))
    #expect(
      verify.complaint.contains("\n  \(file) is not what the manifest says: SHA-256 "), "\(verify.complaint)")
  }

  @Test("a manifest that was changed along with a table, forgets one, or is damaged, does not verify")
  func forgedManifest() throws {
    let scratch = try Scratch()
    let whole = try TinySweep.undisturbed.get()
    #expect(try scratch.run(["cp", "-r", whole.path + "/out", "out"]).code == 0)
    let manifest = try scratch.text("out/manifest.json")
    let forge = """
      old=$(sha256sum < out/losses.csv | cut -d' ' -f1); sed -i '2s/,proRata,/,proRatb,/' out/losses.csv
      sed -i "s/$old/$(sha256sum < out/losses.csv | cut -d' ' -f1)/" out/manifest.json
      """
    try #require(try scratch.run(["bash", "-c", forge]).code == 0)
    try #require(try scratch.text("out/manifest.json") != manifest)
    let forged = try scratch.rhodian("verify", "out")
    #expect(forged.code == 65)
    #expect(
      forged.complaint.contains("  the runs, made again, give another losses.csv than the manifest lists\n"))

    try #require(try scratch.run(["cp", whole.path + "/out/losses.csv", "out/losses.csv"]).code == 0)
    let events = try #require(manifest.firstMatch(of: #/    "events\.csv": \{[^}]*\},\n/#)).range
    var shorter = manifest
    shorter.removeSubrange(events)
    try scratch.write("out/manifest.json", shorter)
    let forgetful = try scratch.rhodian("verify", "out", "--sample", "1")
    #expect(forgetful.code == 65)
    #expect(
      forgetful.complaint.contains(
        "  the manifest lists summary.csv, losses.csv, failures.csv, datapackage.json, config.resolved.json ")
    )

    let chunk = try #require(manifest.matches(of: /"([0-9a-f]{64})"/).last).1
    try scratch.write("out/manifest.json", manifest.replacing(chunk, with: String(chunk.reversed())))
    let last = try scratch.rhodian("verify", "out")
    #expect(last.code == 65)
    #expect(last.complaint.contains("  runs 705 to 738 give other rows than the manifest says\n"))

    try scratch.write("out/manifest.json", String(manifest.dropLast(20)))
    #expect(try scratch.rhodian("verify", "out").code == 66)
    #expect(try scratch.run(["rm", "out/summary.csv"]).code == 0)
    try scratch.write("out/manifest.json", manifest)
    #expect(
      try scratch.rhodian("verify", "out", "--sample", "1").complaint.contains(
        "  summary.csv is missing or cannot be read\n"))
  }

  @Test("a run made again by its number is the run of the tables")
  func replay() throws {
    let scratch = try TinySweep.undisturbed.get()
    for row in rows(try scratch.text("out/summary.csv")).enumerated().filter({ $0.offset % 101 == 57 }) {
      let replay = try scratch.rhodian("replay", "out", "--run", row.element["run"]!)
      #expect(replay.code == 0)
      #expect(
        replay.output.hasPrefix(
          "run \(row.element["run"]!), variant \(row.element["variant"]!), seed \(row.element["seed"]!)\n"))
      #expect(replay.output.contains(/\n  recognised +(\S+)\n/))
      let recognised = replay.output.firstMatch(of: /\n  recognised +(\S+)\n/).map { String($0.1) }
      #expect(recognised == row.element["recognised"])
    }
    #expect(try scratch.rhodian("replay", "out", "--run", "738").code == 70, "a run that failed fails again")
    #expect(try scratch.rhodian("replay", "out", "--run", "739").code == 64)
  }
}
