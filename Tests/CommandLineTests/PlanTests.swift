import Testing

/// A config over the tiny world, options for it, and what its writer is told.
struct PlanMistake: Sendable, CustomTestStringConvertible {
  let mistake: String
  let config: String
  let settings: [String]
  let message: String

  init(_ mistake: String, _ config: String, settings: [String] = [], message: String) {
    self.mistake = mistake
    self.config = config
    self.settings = settings
    self.message = message
  }

  var testDescription: String { mistake }
}

/// Which runs a config stands for: what it extends, its variants, its swept values, what is set.
@Suite struct PlanTests {
  private func scratch() throws -> Scratch {
    let scratch = try TinySweep.scratch()
    try #require(try scratch.run(["mkdir", "-p", "sub/deep"]).code == 0)
    try scratch.write("sub/back.jsonc", #"{ "extends": "../bad.jsonc" }"#)
    try scratch.write("sub/lost.jsonc", #"{ "extends": "world.jsonc" }"#)
    try scratch.write("sub/wrong.jsonc", #"{ "extends": "../world.jsonc", "horizon": 5 }"#)
    return scratch
  }

  @Test("a mistake, word for word", arguments: PlanMistake.all + PlanMistake.settings)
  func mistake(_ bad: PlanMistake) throws {
    let scratch = try scratch()
    try scratch.write("bad.jsonc", bad.config + "\n")
    let settings = bad.settings.flatMap { ["--set", $0] }
    let before = try scratch.contents(".")
    for words in [["check", "bad.jsonc"], ["run", "bad.jsonc", "--out", "out"]] {
      let run = try scratch.run([Built.binary()] + words + settings)
      #expect(run.complaint == bad.message + "\n")
      #expect(run.code == 65 && run.output.isEmpty)
    }
    #expect(try scratch.contents(".") == before, "nothing is left behind")
  }

  @Test("what check prints, in full")
  func check() throws {
    let scratch = try scratch()
    let check = try scratch.rhodian(
      "check", "sweep.jsonc", "--set",
      #"zip=[{"pools[0].fee": ["0.3%", "1%"], "venues.lend.closeFactor": ["50%", "100%"]}]"#)
    // Of 36 points 32 are looked at, the first and the last among them.
    let estimate = /\n  disk      about [0-9.]+ MB, judged by one run at 32 points of 36\n$/
    #expect(check.output.contains(estimate))
    #expect(
      check.output.replacing(estimate, with: "\n") == """
        tiny: 1476 runs in 24 chunks
          variants  shared, fund, poor
          sweep     oracles.eth.delay: 0s, 1m
          sweep     shocks[0].jump: -20%, -50%, -60%
          sweep     pools[0].fee with venues.lend.closeFactor: 0.3% with 50%, 1% with 100%
          seeds     1 to 41
          agents    3 in each run: 1 lender, 1 borrower, 1 keeper

        """)
    #expect(check.code == 0 && check.complaint.isEmpty)
    #expect(try scratch.list() == ["sub", "sweep.jsonc", "world.jsonc"])
  }

  @Test("check looks at more than the first point: who acts there, and how much there is to write")
  func checkSamples() throws {
    let scratch = try TinySweep.scratch()
    // Calm for all points but the last: the first run has no loss and no liquidation.
    let words = [
      "--set", #"sweep={"shocks[0].jump": ["-1%", "-2%", "-60%"], "populations.borrower.count": [1, 40]}"#,
      "--set", "seeds=1..100", "--set", #"populations.lender.size.fixed=100M"#,
    ]
    let check = try scratch.run([Built.binary(), "check", "world.jsonc"] + words)
    #expect(check.code == 0, "\(check.complaint)")
    #expect(
      check.output.contains("\n  agents    3 to 42 in each run: 1 lender, 1 to 40 borrower, 1 keeper\n"))
    try #require(try scratch.run([Built.binary(), "run", "world.jsonc", "--out", "out"] + words).code == 0)
    let tables = ["summary.csv", "losses.csv", "events.csv", "failures.csv"]
    let size = try tables.reduce(0) { $0 + (try scratch.bytes("out/\($1)").count) }
    let told = try #require(
      check.output.firstMatch(of: /about ([0-9.]+) (MB|kB), judged by one run at 6 points of 6/))
    let estimate = (Double(told.1) ?? 0) * (told.2 == "MB" ? 1e6 : 1e3)
    #expect(estimate > 0.5 * Double(size) && estimate < 2 * Double(size), "\(told.0), in truth \(size)")
  }

  @Test("a variant without a single run that ended, and one that lacks some, are told of with their failures")
  func failedVariants() throws {
    let scratch = try TinySweep.scratch()
    let words = [
      "--set",
      #"variants={"poor": {"populations.lender.size.fixed": "10k"}, "pinched": {"populations.lender.size.fixed": "70k"}}"#,
      "--set", "seeds=1..7",
    ]
    let run = try scratch.run([Built.binary(), "run", "world.jsonc", "--out", "out"] + words)
    #expect(run.code == 70)
    let lines = run.output.split(separator: "\n").map(String.init)
    let start = try #require(lines.firstIndex(of: "runs that failed (failures.csv says why)"))
    #expect(lines[start + 1].contains(/^poor +all 7$/))
    let failed = rows(try scratch.text("out/failures.csv")).count { $0["variant"] == "pinched" }
    try #require((1...6).contains(failed), "seeds that pinch, and some that do not")
    #expect(lines[start + 2].contains(try Regex("^pinched +\(failed) of 7$")))
    // Words for numbers that would not speak for themselves.
    #expect(run.output.contains("withdrawn  hidden peak  left hidden  liquidations"))
    #expect(lines.contains { $0.hasPrefix("baseline ") && $0.contains(" venue") })
  }

  @Test("setting a key makes the section that it stands in, if a config may have one")
  func sections() throws {
    let scratch = try TinySweep.scratch()
    for (setting, told) in [
      ("output.events=all", #""events": "all""#), ("chain.others.perBlock=2", ""),
      ("chain.block=2s", #""block": "2s""#),
      ("venues.lend.borrowRate.base=1%", ""),
    ] {
      let check = try scratch.rhodian("check", "world.jsonc", "--set", setting)
      if told.isEmpty {
        // The section is there now, and lacks what it has to have.
        #expect(!check.complaint.contains("there is no"), "\(check.complaint)")
      } else {
        #expect(try resolved(scratch, "world.jsonc", setting).contains(told), "\(setting)")
      }
    }
    for setting in ["outptu.events=all", "venues.lend.outptu.events=all", "horizon.events=all"] {
      let check = try scratch.rhodian("check", "world.jsonc", "--set", setting)
      #expect(check.code == 65 && check.complaint.hasPrefix("--set:1:1: "), "\(check.complaint)")
    }
  }

  @Test("how lines of a config end, and a byte order mark, change nothing")
  func lineEndings() throws {
    let scratch = try TinySweep.scratch()
    let expected = try resolved(scratch, "world.jsonc")
    for ending in ["\r\n", "\r"] {
      try scratch.write("other.jsonc", "\u{FEFF}" + TinySweep.world.replacing("\n", with: ending))
      #expect(try resolved(scratch, "other.jsonc") == expected)
    }
  }

  @Test("check does not wait for a run that takes for ever")
  func checkLongRun() throws {
    let scratch = try TinySweep.scratch()
    let start = ContinuousClock.now
    let check = try scratch.rhodian(
      "check", "world.jsonc", "--set", "horizon=36400d", "--set", "venues.lend.borrowRate=1%", "--set",
      "venues.lend.accrualPeriod=1s")
    #expect(check.code == 0)
    #expect(
      check.output.hasSuffix("\n  disk      not estimated: a run takes more than 2 s\n"), "\(check.output)")
    #expect(ContinuousClock.now - start < .seconds(30))
  }

  /// The resolved config, which is what a plan is.
  private func resolved(_ scratch: Scratch, _ file: String, _ settings: String...) throws -> String {
    try #require(try scratch.run(["rm", "-rf", "out"]).code == 0)
    let words = ["run", file, "--out", "out"] + settings.flatMap { ["--set", $0] }
    let run = try scratch.run([Built.binary()] + words)
    try #require(run.code == 0, "\(run.complaint)")
    return try scratch.text("out/config.resolved.json")
  }

  @Test("extending is as good as writing it down: lists by id, objects by key, from each file's own folder")
  func extending() throws {
    let scratch = try scratch()
    try scratch.write(
      "sub/deep/late.jsonc",
      #"{ "extends": "../../world.jsonc", "oracles": [ { "id": "eth", "delay": "1m" } ], "horizon": "9m" }"#)
    try scratch.write(
      "sub/poor.jsonc",
      #"""
      { "extends": "deep/late.jsonc", "horizon": "30m",
        "venues": [ { "id": "lend", "collateral": { "ETH": { "bonus": "7%" } } } ],
        "populations": [ { "id": "second", "kind": "liquidator", "pool": "pool", "count": 2,
            "latency": { "fixed": "1m" } } ],
        "shocks": [ { "at": "5m", "asset": "ETH", "jump": "-60%" } ] }
      """#)
    let long = TinySweep.world
      .replacing(#""id": "eth", "asset": "ETH""#, with: #""id": "eth", "asset": "ETH", "delay": "1m""#)
      .replacing(#""horizon": "20m""#, with: #""horizon": "30m""#)
      .replacing(#""bonus": "5%""#, with: #""bonus": "7%""#)
      .replacing(
        #""at": "10m", "asset": "ETH", "jump": "-50%""#, with: #""at": "5m", "asset": "ETH", "jump": "-60%""#
      )
      .replacing(
        #""latency": { "exponential": "12s" } },"#,
        with: #"""
          "latency": { "exponential": "12s" } },
          { "id": "second", "kind": "liquidator", "pool": "pool", "count": 2,
            "latency": { "fixed": "1m" } },
          """#)
    try scratch.write("long.jsonc", long)
    let extended = try resolved(scratch, "sub/poor.jsonc")
    #expect(try extended == resolved(scratch, "long.jsonc"))
    #expect(!extended.contains("extends"))
    #expect(extended.contains(#""jump": "-60%""#) && extended.contains("second"))
    // By way of a link, and from another folder, the same.
    try #require(try scratch.run(["ln", "-s", "sub/poor.jsonc", "link.jsonc"]).code == 0)
    let check = try scratch.run(["bash", "-c", "cd sub/deep; \"$0\" check ../poor.jsonc", Built.binary()])
    #expect(check.code == 0, "\(check.complaint)")
  }

  @Test("a chain of sixteen files is read, one of eighteen is not")
  func longChain() throws {
    let scratch = try scratch()
    try scratch.write("0.jsonc", TinySweep.world)
    for link in 1...18 { try scratch.write("\(link).jsonc", #"{ "extends": "\#(link - 1).jsonc" }"#) }
    #expect(try scratch.rhodian("check", "16.jsonc").code == 0)
    let long = try scratch.rhodian("check", "18.jsonc")
    #expect(long.code == 65)
    #expect(long.complaint.hasPrefix("2.jsonc:1:14: more than 16 configs extend one another\n"), "\(long)")
  }

  @Test("--set puts in what the file might have said, before it is resolved")
  func settings() throws {
    let scratch = try scratch()
    let written = TinySweep.world
      .replacing(#""horizon": "20m""#, with: #""horizon": "30m", "seeds": "3..4""#)
      .replacing(#""id": "eth", "asset": "ETH""#, with: #""id": "eth", "asset": "ETH", "delay": "2m""#)
      .replacing(#"[ "proRata" ]"#, with: #"[ { "insuranceFund": { "balance": "1k USDC" } }, "proRata" ]"#)
    try scratch.write("written.jsonc", written)
    let set = try resolved(
      scratch, "world.jsonc", "horizon=30m", "seeds=3..4", "oracles.eth.delay=1m", "oracles[0].delay=\"2m\"",
      #"venues.lend.waterfall=[ { "insuranceFund": { "balance": "1k USDC" } }, "proRata" ]"#)
    #expect(try set == resolved(scratch, "written.jsonc"))
    #expect(set.contains(#""seeds": "3..4""#) && set.contains(#""delay": "2m""#))
  }

  @Test("by id and by index the same runs; a zip moves its paths side by side; the last axis turns fastest")
  func axes() throws {
    let scratch = try scratch()
    func summary(_ folder: String, _ plan: String) throws -> [[String: String]] {
      try scratch.write("plan.jsonc", #"{ "extends": "world.jsonc", "seeds": "1..2", "# + plan + " }")
      #expect(try scratch.rhodian("run", "plan.jsonc", "--out", folder).code == 0)
      return rows(try scratch.text("\(folder)/summary.csv"))
    }
    let byID = try summary(
      "id",
      #""sweep": { "oracles.eth.delay": ["1m", "2m"], "venues.lend.collateral.ETH.bonus": ["0%", "9%"] }"#)
    let byIndex = try summary(
      "index",
      #""sweep": { "oracles[0].delay": ["1m", "2m"], "venues[0].collateral.ETH.bonus": ["0%", "9%"] }"#)
    #expect(
      byID.map { [$0["oracles.eth.delay"], $0["venues.lend.collateral.ETH.bonus"]] }
        == [
          ["1m", "0%"], ["1m", "0%"], ["1m", "9%"], ["1m", "9%"], ["2m", "0%"], ["2m", "0%"], ["2m", "9%"],
          ["2m", "9%"],
        ])
    #expect(byID.map { $0["seed"] } == ["1", "2", "1", "2", "1", "2", "1", "2"])
    #expect(Set(byID.compactMap { $0["recognised"] }).count > 2, "the axes make a difference")
    for column in ["run", "seed", "recognised", "liquidatedDebt", "firstLoss", "events"] {
      #expect(byID.map { $0[column] } == byIndex.map { $0[column] }, "\(column)")
    }
    let zipped = try summary(
      "zip",
      #""zip": [ { "oracles.eth.delay": ["1m", "2m"], "venues.lend.collateral.ETH.bonus": ["0%", "9%"] } ]"#)
    #expect(zipped.map { $0["recognised"] } == [0, 1, 6, 7].map { byID[$0]["recognised"] })
    #expect(zipped.map { $0["venues.lend.collateral.ETH.bonus"] } == ["0%", "0%", "9%", "9%"])
    // A variant of the same settings is the same runs: common random numbers.
    let variants = try summary(
      "variant",
      #""variants": { "both": { "oracles.eth.delay": "2m", "venues.lend.collateral.ETH.bonus": "9%" } }"#)
    #expect(variants.map { $0["variant"] } == ["baseline", "baseline", "both", "both"])
    #expect(variants[2...].map { $0["recognised"] } == byID[6...].map { $0["recognised"] })
  }
}
