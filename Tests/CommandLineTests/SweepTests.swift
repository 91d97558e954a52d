import Experiments
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
    #expect(!(try scratch.list().contains("out")), "nothing is left behind")

    _ = try scratch.rhodian("run", "sweep.jsonc", "--out", "s2", "--shard", "2/5")
    #expect(try scratch.run(["rm", "s2/parts/00000007.part"]).code == 0)
    let lost = try scratch.rhodian("merge", "out", "s0", "s1", "s2", "s3", "s4")
    #expect(
      lost.code == 66 && lost.complaint.contains("1 of 12 chunks are in none of these folders: 7\n"),
      "\(lost.complaint)")
    #expect(!(try scratch.list().contains("out")), "nothing is left behind")

    _ = try scratch.rhodian("run", "sweep.jsonc", "--out", "s2", "--shard", "2/5")
    // A part that rotted is found out while it is copied; the others stay, and merging goes on from there.
    let part = try scratch.bytes("s2/parts/00000007.part")
    try scratch.write("s2/parts/00000007.part", Array(part.dropLast()))
    let rotten = try scratch.rhodian("merge", "out", "s0", "s1", "s2", "s3", "s4")
    #expect(rotten.code == 66 && rotten.complaint.contains("of these folders: 7\n"), "\(rotten.complaint)")
    try scratch.write("s2/parts/00000007.part", part)
    #expect(try scratch.rhodian("merge", "out", "s2").code == 70)
    #expect(try scratch.results("out") == TinySweep.undisturbed.get().results("out"))
    #expect(try scratch.list("out").contains("run-info.json"))
  }

  @Test("a plan of one chunk: a shard of two keeps it, whichever it is, and merge puts it together")
  func oneChunk() throws {
    let scratch = try Scratch()
    try scratch.write("small.jsonc", SmallWorld.config)
    #expect(try scratch.rhodian("run", "small.jsonc", "--out", "whole").code == 0)
    for index in 0...1 {
      let shard = try scratch.rhodian("run", "small.jsonc", "--out", "s\(index)", "--shard", "\(index)/2")
      #expect(shard.code == 0 && shard.output.hasPrefix("s\(index): this shard is done."))
      #expect(try scratch.list("s\(index)/parts").count == 1 - index)
      #expect(!(try scratch.list("s\(index)").contains("manifest.json")))
    }
    #expect(try scratch.rhodian("merge", "out", "s0", "s1").code == 0)
    #expect(try scratch.results("out") == scratch.results("whole"))
  }

  @Test("merge names a folder that is no shard of the plan, with 66, and leaves nothing behind")
  func foreignShards() throws {
    let scratch = try TinySweep.scratch()
    _ = try scratch.rhodian("run", "sweep.jsonc", "--out", "s0", "--shard", "0/5")
    _ = try scratch.rhodian(
      "run", "sweep.jsonc", "--set", "horizon=21m", "--out", "other", "--shard", "2/5")
    _ = try scratch.rhodian("run", "world.jsonc", "--out", "whole")
    try #require(try scratch.run(["mkdir", "empty"]).code == 0)
    try #require(try scratch.run(["cp", "-r", "s0", "older"]).code == 0)
    let part = try scratch.text("older/parts/00000000.part")
    let plan = try #require(part.firstMatch(of: /plan ([0-9a-f]{64})/)).1
    try scratch.write("older/parts/00000000.part", part.replacing(plan, with: String(plan.reversed())))
    let missing = "holds no shard: there is no config.resolved.json\n"
    for (words, complaint) in [
      (["nowhere", "s0"], "nowhere: \(missing)"), (["s0", "nowhere"], "nowhere: \(missing)"),
      (["s0", "empty"], "empty: \(missing)"), (["s0", "other"], "other: is of another experiment than s0\n"),
      (["whole"], "whole: holds no shard: it is complete, with tables and without parts\n"),
      (
        ["s0", "older"],
        "older: is of another version than this rhodian 0.1.0 (semantics \(Semantics.revision))\n"
      ),
    ] {
      let merge = try scratch.run([Built.binary(), "merge", "out"] + words)
      #expect(merge.code == 66 && merge.output.isEmpty)
      #expect(merge.complaint == complaint)
      #expect(!(try scratch.list().contains("out")), "\(words)")
    }
  }

  @Test("a compressed table that is cut, has something after it or is not compressed does not pass")
  func damagedGzip() throws {
    let scratch = try TinySweep.scratch()
    #expect(try scratch.rhodian("run", "sweep.jsonc", "--out", "out", "--compress", "gz").code == 70)
    let whole = try scratch.bytes("out/losses.csv.gz")
    let plain = try TinySweep.undisturbed.get().bytes("out/losses.csv")
    for (bytes, reason) in [
      (Array(whole.dropLast(9)), "it is cut short"), (whole + [0x0A], "something follows its end"),
      // A second member, which `gzip -d` would read as more of the same.
      (whole + whole, "something follows its end"), (plain, "it is not a whole gzip file"),
      ([], "it is cut short"), (whole.dropLast(8) + [1, 2, 3, 4, 5, 6, 7, 8], "it is not a whole gzip file"),
    ] {
      try scratch.write("out/losses.csv.gz", bytes)
      let verify = try scratch.rhodian("verify", "out", "--sample", "1")
      #expect(verify.code == 65)
      #expect(verify.complaint == "out does not verify:\n  losses.csv.gz cannot be read: \(reason)\n")
      let trace = try scratch.rhodian("trace", "out")
      #expect(trace.code == 74 && trace.output.isEmpty)
      #expect(trace.complaint == "out/losses.csv.gz: cannot be read: \(reason)\n")
    }
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
      ([], 12), (["--sample", "3", "-j1"], 3), (["--sample=1", "--jobs", "3"], 1), (["--sample", "99"], 12),
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

    let bytes = try #require(manifest.firstMatch(of: /"bytes": (\d+)/)).1
    try scratch.write(
      "out/manifest.json",
      manifest.replacing("\"bytes\": \(bytes)", with: "\"bytes\": 7").replacing("\"tiny\"", with: "\"vast\""))
    let other = try scratch.rhodian("verify", "out", "--sample", "1")
    #expect(other.code == 65)
    #expect(
      other.complaint == """
        out does not verify:
          the manifest is of the experiment `vast`, the config of `tiny`
          summary.csv has \(bytes) bytes, the manifest says 7

        """)

    try scratch.write(
      "out/manifest.json",
      manifest.replacing("\"semantics\": \(Semantics.revision)", with: "\"semantics\": 0"))
    let older = try scratch.rhodian("verify", "out", "--sample", "1")
    #expect(older.code == 65)
    #expect(
      older.complaint.contains(
        "  the results are of rhodian 0.1.0 (semantics 0), this is rhodian 0.1.0 (semantics \(Semantics.revision))\n"
      ))
    let run = try scratch.rhodian("run", "\(whole.path)/sweep.jsonc", "--out", "out")
    #expect(run.code == 73)
    #expect(
      run.complaint
        == "out: holds results of rhodian 0.1.0 (semantics 0), this is rhodian 0.1.0 "
        + "(semantics \(Semantics.revision)); name another folder, or remove this one\n"
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
        "  summary.csv is missing\n"))
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
      #expect(replay.output.contains(/\nrows: 1 in summary\.csv, .*\d+ in events\.csv\n$/))
      #expect(replay.output.contains(/\n  recognised +(\S+)\n/))
      let recognised = replay.output.firstMatch(of: /\n  recognised +(\S+)\n/).map { String($0.1) }
      #expect(recognised == row.element["recognised"])
    }
    #expect(try scratch.rhodian("replay", "out", "--run", "738").code == 70, "a run that failed fails again")
    #expect(try scratch.rhodian("replay", "out", "--run", "739").code == 64)
  }
}
