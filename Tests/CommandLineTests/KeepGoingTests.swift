import Testing

#if DEBUG
  /// Runs that end the process, in the program as a user has it. The trap is in the sources of a debug build
  /// only, so these tests are, too: `make test` runs them.
  @Suite struct KeepGoingTests {
    private static let trapped = ["SWIFT_BACKTRACE": "enable=no", "RHODIAN_TRAP_IN_ROWS_OF_RUNS": "5,7,70"]

    private func run(_ scratch: Scratch, _ words: String..., jobs: Int) throws -> Finished {
      try scratch.run(
        [Built.binary(), "run", "two.jsonc", "--out", "out", "--jobs", "\(jobs)"] + words,
        environment: KeepGoingTests.trapped)
    }

    @Test(
      "runs that trap while their rows are written are given up, one after another, and no other run is",
      arguments: [1, 2])
    func trapInRows(jobs: Int) throws {
      let scratch = try TinySweep.scratch()
      try scratch.write(
        "two.jsonc",
        #"{ "extends": "world.jsonc", "sweep": { "oracles.eth.delay": [ "0s", "1m" ] }, "seeds": "1..40" }"#)
      #expect(try run(scratch, jobs: jobs).code > 128)
      let again = try run(scratch, jobs: jobs)
      #expect(again.code > 128 && again.complaint.hasPrefix("an earlier process ended during run "))
      // Two are in one chunk; each process gives up those that ended the ones before.
      var attempts = 0
      var last = try run(scratch, "--keep-going", jobs: jobs)
      while last.code > 128, attempts < 6 {
        attempts += 1
        last = try run(scratch, "--keep-going", jobs: jobs)
      }
      #expect(last.code == 70)
      #expect(
        last.complaint.contains(
          /^an earlier process ended during run [\d, ]+; making each in a process of its own\n3 runs failed; out/
        ))
      let failures = rows(try scratch.text("out/failures.csv"))
      #expect(failures.map { $0["run"] } == ["5", "7", "70"])
      #expect(failures.allSatisfy { $0["reason"] == "it ends the process" })
      #expect(failures.map { $0["oracles.eth.delay"] } == ["0s", "0s", "1m"])
      let summary = rows(try scratch.text("out/summary.csv"))
      #expect(summary.compactMap { Int($0["run"]!) } == (1...80).filter { ![5, 7, 70].contains($0) })
      #expect(try scratch.rhodian("verify", "out").code == 0)
      // The command of each row, typed where it says, ends as the run did.
      let command = try #require(failures[0]["command"]).dropFirst("rhodian".count)
      let replay = try scratch.run(
        ["bash", "-c", "cd out && \"$0\"" + command, Built.binary()], environment: KeepGoingTests.trapped)
      #expect(replay.code > 128)
    }
  }
#endif
