import Testing

/// `rhodian trace`: the chain of causes of one loss.
@Suite struct TraceTests {
  @Test("the last loss is that of the last run; any other is named by run and number")
  func lastLoss() throws {
    let scratch = try FirstLoss.results.get()
    let last = try #require(rows(try scratch.text("out/losses.csv")).last?["loss"])
    let byWord = try scratch.rhodian("trace", "out", "--loss", "last")
    #expect(byWord.code == 0 && byWord.complaint.isEmpty)
    #expect(byWord.output.hasPrefix("loss \(last): "))
    #expect(try scratch.rhodian("trace", "out").output == byWord.output)
    #expect(try scratch.rhodian("trace", "out/", "--loss=\(last)").output == byWord.output)
  }

  /// First, last and some in between, of the first and of the last seed.
  @Test(
    "a chain begins at a step of the price, ends with the layers, and tells the amounts of losses.csv",
    arguments: ["1.1", "1.2", "1.40", "1.100", "3.1", "3.50", "last"])
  func chain(wanted: String) throws {
    let scratch = try FirstLoss.results.get()
    let losses = rows(try scratch.text("out/losses.csv"))
    let id = wanted == "last" ? try #require(losses.last?["loss"]) : wanted
    let own = losses.filter { $0["loss"] == id }
    let first = try #require(own.first, "the seeds have a loss \(id)")
    let trace = try scratch.rhodian("trace", "out", "--loss", wanted)
    #expect(trace.code == 0 && trace.complaint.isEmpty)
    let lines = trace.output.split(separator: "\n").map(String.init)
    let title =
      "loss \(id): \(first["recognised"]!) \(first["asset"]!) that \(first["position"]!) owed to lend"
    #expect(lines.first == title)

    #expect(lines[1].contains("reference market") && lines[1].contains("ETH moves to $"))
    let times = try lines.dropFirst().map(milliseconds)
    #expect(times == times.sorted(), "time never runs backwards along a chain")
    #expect(times.last.map { Double($0) } == (Double(first["time"]!)! * 1000).rounded(.down))

    for (row, line) in zip(own, lines.suffix(own.count)) {
      let (taken, left) = ("\(row["taken"]!) USDC", "\(row["left"]!) USDC")
      #expect(line.contains("lend \(row["layer"]!) "), "\(row)")
      #expect(line.hasSuffix("takes \(taken), leaves \(left) (borne by: \(row["bearer"]!))"), "\(row)")
    }
    let recognised = "recognises \(first["recognised"]!) USDC owed by \(first["position"]!) as lost"
    #expect(lines[lines.count - own.count - 1].hasSuffix(recognised))
  }

  @Test("a loss that is not there, and what is no loss at all")
  func unknown() throws {
    let scratch = try FirstLoss.results.get()
    let losses = rows(try scratch.text("out/losses.csv"))
    let count = losses.count { $0["seed"] == "2" && $0["step"] == "0" }
    let garbage = "is not a loss; losses are named run.number, such as 1.3 (see losses.csv), or `last`"
    let cases: [(loss: String, code: Int32, complaint: String)] = [
      ("2.9999", 65, "there is no loss `2.9999`: run 2 has losses 2.1 to 2.\(count)"),
      ("9.1", 64, "there is no run 9: this experiment has runs 1 to 3"),
      ("banana", 64, "`banana` \(garbage)"), ("2", 64, "`2` \(garbage)"), ("2.", 64, "`2.` \(garbage)"),
      ("2.0", 64, "`2.0` \(garbage)"), ("2.-1", 64, "`2.-1` \(garbage)"), ("2.+1", 64, "`2.+1` \(garbage)"),
      ("02.1", 64, "`02.1` \(garbage)"), ("2.1.1", 64, "`2.1.1` \(garbage)"),
      ("LAST", 64, "`LAST` \(garbage)"),
      ("2.99999999999", 64, "`2.99999999999` \(garbage)"),
      ("99999999999999999999.1", 64, "`99999999999999999999.1` \(garbage)"),
    ]
    for (loss, code, complaint) in cases {
      let trace = try scratch.rhodian("trace", "out", "--loss", loss)
      #expect(trace.code == code, "\(loss)")
      #expect(trace.complaint == complaint + "\n")
      #expect(trace.output.isEmpty)
    }
  }

  @Test("a folder without results")
  func noResults() throws {
    let scratch = try Scratch()
    let trace = try scratch.rhodian("trace", "nowhere")
    #expect(trace.code == 66)
    #expect(trace.complaint == "nowhere/config.resolved.json: there is no such file\n")
  }

  @Test("a run without a loss")
  func noLoss() throws {
    let scratch = try Scratch()
    try scratch.write("calm.jsonc", try SmallWorld.edited([("-50%", "-1%")]))
    #expect(try scratch.rhodian("run", "calm.jsonc", "--out", "out").code == 0)
    let trace = try scratch.rhodian("trace", "out")
    #expect(trace.code == 65)
    #expect(trace.complaint == "no run of small has a loss\n")
    #expect(rows(try scratch.text("out/losses.csv")).isEmpty)
  }
}

/// `  1:05:30.000  keeper[0] …` in milliseconds.
private func milliseconds(_ line: String) throws -> Int {
  let clock = try #require(
    line.firstMatch(of: /^\s+(\d+):(\d\d):(\d\d)\.(\d\d\d)\s/), "`\(line)` has no time")
  let parts = [clock.1, clock.2, clock.3, clock.4].map { Int($0) ?? 0 }
  return ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1000 + parts[3]
}
