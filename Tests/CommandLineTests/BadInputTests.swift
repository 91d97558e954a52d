import Testing

/// One part of the small world's config replaced, and what its writer is told.
struct BadConfig: Sendable, CustomTestStringConvertible {
  let mistake: String
  let edits: [(old: String, new: String)]
  let message: String

  init(_ mistake: String, _ edits: (old: String, new: String)..., message: String) {
    self.mistake = mistake
    self.edits = edits
    self.message = message
  }

  var testDescription: String { mistake }
}

/// A config that cannot be used: the exit code, the full text of the complaint, nothing else said, nothing
/// written.
@Suite struct BadInputTests {
  private func expect(
    _ bytes: [UInt8]?, _ message: String, code: Int32 = 65, argument: String = "bad.jsonc",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let scratch = try Scratch()
    if let bytes { try scratch.write("bad.jsonc", bytes) }
    let before = try scratch.list()
    let run = try scratch.rhodian("run", argument, "--out", "out")
    #expect(run.complaint == message + "\n", sourceLocation: sourceLocation)
    #expect(run.code == code, sourceLocation: sourceLocation)
    #expect(run.output.isEmpty, sourceLocation: sourceLocation)
    #expect(try scratch.list() == before, "nothing is left behind", sourceLocation: sourceLocation)
  }

  @Test(
    "a mistake, word for word",
    arguments: BadConfig.all + BadConfig.markets + BadConfig.oracles + BadConfig.claims + BadConfig.traders
      + BadConfig.layers)
  func mistake(_ bad: BadConfig) throws {
    try expect(Array(try SmallWorld.edited(bad.edits).utf8), bad.message)
  }

  @Test("several mistakes in one file are told at once, in file order")
  func several() throws {
    try expect(Array(try SmallWorld.edited(BadConfig.several.edits).utf8), BadConfig.several.message)
  }

  @Test("no such file")
  func missing() throws { try expect(nil, "bad.jsonc: there is no such file", code: 66) }

  @Test("no such folder, and a file where a folder should be")
  func missingFolder() throws {
    try expect(nil, "no/bad.jsonc: there is no such file", code: 66, argument: "no/bad.jsonc")
    try expect([], "bad.jsonc/x: there is no such file", code: 66, argument: "bad.jsonc/x")
  }

  @Test("a folder instead of a file")
  func folder() throws { try expect(nil, ".: cannot be read: Is a directory", argument: ".") }

  @Test("an empty file, and one with nothing but a comment")
  func empty() throws {
    let allowed = "  allowed: one object: { \"name\": … }"
    try expect([], "bad.jsonc:1:1: the file is empty\n\(allowed)")
    try expect(Array("// Question: who?\n".utf8), "bad.jsonc:1:1: the file holds only comments\n\(allowed)")
  }

  @Test("UTF-16, with and without a mark, and bytes that are no text")
  func encoding() throws {
    let wide = SmallWorld.config.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    try expect([0xFF, 0xFE] + wide, "bad.jsonc:1:1: the file is UTF-16; save it as UTF-8")
    try expect(wide, "bad.jsonc:1:1: the file is UTF-16; save it as UTF-8")
    let latin = try SmallWorld.edited([("small", "sm\u{1}ll")]).utf8.map { $0 == 1 ? 0xE5 : $0 }
    try expect(latin, "bad.jsonc:2:14: byte 15 (0xE5) is not valid UTF-8; save the file as UTF-8")
  }

  @Test("a run that cannot be set up is told in failures.csv, and the command ends with 70")
  func failedRun() throws {
    // Ann wants 16,000 USDC; her only lender brings 10,000.
    let config = try SmallWorld.edited([
      (#""count": 1, "size": { "fixed": "20k" } },"#, #""count": 1, "size": { "fixed": "10k" } },"#)
    ])
    let scratch = try Scratch()
    try scratch.write("poor.jsonc", config)
    let run = try scratch.rhodian("run", "poor.jsonc", "--out", "out")
    #expect(run.code == 70)
    #expect(run.complaint.hasSuffix("1 run failed; out/failures.csv says why\n"))
    #expect(run.output.hasPrefix("small: 0 runs, recognised losses in 0, 1 failed (failures.csv)\n"))
    let failed = rows(try scratch.text("out/failures.csv"))
    #expect(failed.count == 1)
    #expect(failed.first?["time"] == "" && failed.first?["event"] == "")
    #expect(try scratch.text("out/failures.csv").hasSuffix(",rhodian replay . --run 1\r\n"))
    let replay = try scratch.rhodian("replay", "out", "--run", "1")
    #expect(replay.code == 70)
    #expect(
      replay.complaint.hasPrefix("run 1 (variant baseline, seed 1) failed while it was set up: "),
      "\(replay.complaint)")
    // Complete all the same: nothing is left to run, and what there is verifies.
    #expect(try scratch.rhodian("run", "poor.jsonc", "--out", "out").code == 70)
    #expect(try scratch.rhodian("verify", "out").code == 0)
  }
}
