import Testing

/// Recorded prices in a file beside the config.
@Suite struct ReplayFileTests {
  private static let rows =
    "when,open,close\n1600000000,1,2000\n1600000060.5,2,1500\n1600003600,3,1000\n1600010800,3,1000"

  private func config(_ replay: String, more: String = "") throws -> String {
    try SmallWorld.edited([
      (
        #"{ "id": "ETH", "price": 2000 }"#,
        #"{ "id": "ETH", "price": 2000, "process": { "replay": \#(replay) } }"#
      ), (#""shocks": [ { "at": "1h", "asset": "ETH", "jump": "-50%" } ],"#, more),
    ])
  }

  @Test("what a file says becomes part of the resolved config: the results need it no longer")
  func selfContained() throws {
    let scratch = try Scratch()
    try scratch.write("prices.csv", Array(ReplayFileTests.rows.utf8))
    try scratch.write(
      "replay.jsonc",
      Array(try config(#"{ "file": "prices.csv", "column": "close", "time": "when" }"#).utf8))
    let run = try scratch.rhodian("run", "replay.jsonc", "--out", "out")
    #expect(run.code == 0, "\(run.complaint)")
    let resolved = try scratch.text("out/config.resolved.json").filter { !$0.isWhitespace }
    #expect(resolved.contains(#""times":[0,60.5,3600,10800]"#))
    #expect(resolved.contains(#""prices":[2000,1500,1000,1000]"#))
    let events = try scratch.text("out/events.csv")
    // The first tick at or after 60.5 s is at 72 s.
    #expect(events.split(separator: "\r\n").contains { $0.contains(",72,") && $0.contains("priceStepped") })
    try scratch.write("prices.csv", Array("gone".utf8))
    let verified = try scratch.rhodian("verify", "out")
    #expect(verified.code == 0, "\(verified.complaint)")
  }

  @Test("a sweep over files reads each of them")
  func sweep() throws {
    let scratch = try Scratch()
    try scratch.write("a.csv", Array("time,price\n0,10\n60,9\n10800,9\n".utf8))
    try scratch.write("b.csv", Array("time,price\r\n0,10\r\n60,4\r\n10800,4\r\n".utf8))
    let sweep = #""sweep": { "assets.ETH.process.replay": [ { "file": "a.csv" }, { "file": "b.csv" } ] },"#
    try scratch.write("x.jsonc", Array(try config(#"{ "file": "a.csv" }"#, more: sweep).utf8))
    let run = try scratch.rhodian("run", "x.jsonc", "--out", "out")
    #expect(run.code == 0, "\(run.complaint)")
    let prices = try scratch.text("out/events.csv").split(separator: "\r\n").filter {
      $0.contains("priceStepped")
    }
    #expect(prices.contains { $0.contains("1800") } && prices.contains { $0.contains("800") })
  }

  @Test("another file alone, laid over a history that has been read, is refused")
  func anotherFile() throws {
    let scratch = try Scratch()
    try scratch.write("a.csv", Array("time,price\n0,10\n10800,10\n".utf8))
    let variants = #""variants": { "b": { "assets.ETH.process.replay.file": "b.csv" } },"#
    try scratch.write("x.jsonc", Array(try config(#"{ "file": "a.csv" }"#, more: variants).utf8))
    let run = try scratch.rhodian("check", "x.jsonc")
    #expect(run.code == 65)
    #expect(run.complaint.contains("`history` is what another file or column says"))
  }

  @Test(
    "a file that cannot be replayed",
    arguments: [
      ("time,price\n", "the file has no rows"), ("when,price\n0,1\n", "the file has no column `time`"),
      ("time,price\n0,1\n5,-1\n", "line 3 does not hold a time and a price"),
      ("time,price\n0,1\n5\n", "line 3 does not hold a time and a price"),
      ("time,price\n0,nan\n", "line 2 does not hold a time and a price"),
      ("time,price\n7,1\n7,2\n", "the time in line 3 is not after the one before"),
    ])
  func mistakes(_ rows: String, _ message: String) throws {
    let scratch = try Scratch()
    try scratch.write("a.csv", Array(rows.utf8))
    try scratch.write("x.jsonc", Array(try config(#"{ "file": "a.csv" }"#).utf8))
    let run = try scratch.rhodian("check", "x.jsonc")
    #expect(run.code == 65)
    #expect(run.complaint.contains(message), "\(run.complaint)")
  }
}
