import Testing

/// A line of words and what the program answers.
struct Line: Sendable, CustomTestStringConvertible {
  let words: [String]
  let complaint: String

  init(_ words: String..., complaint: String) {
    self.words = words
    self.complaint = complaint
  }

  var testDescription: String { words.joined(separator: " ") }
}

@Suite struct UsageTests {
  static let run = "usage: rhodian run FILE"
  static let trace = "usage: rhodian trace DIR"

  /// The options in the brackets of a usage line grow with the program; what stands before them does not.
  static let mistakes = [
    Line("rum", complaint: "unknown command `rum`: did you mean `run`?\nsee `rhodian help`"),
    Line("trase", "x", complaint: "unknown command `trase`: did you mean `trace`?\nsee `rhodian help`"),
    Line("frobnicate", complaint: "unknown command `frobnicate`\nsee `rhodian help`"),
    Line("help", "rum", complaint: "unknown command `rum`: did you mean `run`?\nsee `rhodian help`"),
    Line("version", "now", complaint: "`now` is one too many\nusage: rhodian version"),
    Line("run", complaint: "missing FILE\n\(run)"),
    Line("run", "a", "b", complaint: "`b` is one too many\n\(run)"),
    Line("run", "a", "--ot", "x", complaint: "unknown option `--ot`: did you mean `--out`?\n\(run)"),
    Line("run", "a", "--ot=x", complaint: "unknown option `--ot`: did you mean `--out`?\n\(run)"),
    Line("run", "a", "-o", "x", complaint: "unknown option `-o`\n\(run)"),
    Line("run", "a", "--out", complaint: "--out needs a value: DIR"),
    Line("run", "a", "--out", "", complaint: "--out needs a value: DIR"),
    Line("run", "a", "--out=", complaint: "--out needs a value: DIR"),
    Line("trace", complaint: "missing DIR\n\(trace)"),
    Line("trace", "x", "--los", "1.1", complaint: "unknown option `--los`: did you mean `--loss`?\n\(trace)"),
    Line("trace", "x", "--loss", complaint: "--loss needs a value: ID"),
    Line("list", complaint: "missing WHAT\nusage: rhodian list WHAT"),
    Line("list", "layer", complaint: "unknown list `layer`: did you mean `layers`?\nsee `rhodian help`"),
    Line("list", "layers", "more", complaint: "`more` is one too many\nusage: rhodian list WHAT"),
  ]

  @Test("a line that cannot be understood", arguments: mistakes)
  func mistake(_ line: Line) throws {
    let scratch = try Scratch()
    let run = try scratch.run([Built.binary()] + line.words)
    #expect(run.complaint.replacing(/\s\[--[^\n]*/, with: "") == line.complaint + "\n")
    #expect(run.code == 64)
    #expect(run.output.isEmpty)
    #expect(try scratch.list().isEmpty)
  }

  @Test(
    "help and version say what they are asked",
    arguments: [
      (["help"], "rhodian run FILE"), (["--help"], "rhodian run FILE"), (["-h"], "rhodian run FILE"),
      ([], "rhodian run FILE"), (["version"], "rhodian 0."), (["--version"], "rhodian 0."),
      (["run", "--help"], "usage: rhodian run FILE"), (["trace", "-h"], "usage: rhodian trace DIR"),
      (["help", "trace"], "usage: rhodian trace DIR"), (["list", "layers"], "proRata"),
    ])
  func help(words: [String], said: String) throws {
    let scratch = try Scratch()
    let run = try scratch.run([Built.binary()] + words)
    #expect(run.code == 0)
    #expect(run.output.contains(said))
    #expect(run.complaint.isEmpty)
  }

  @Test("`--out DIR` and `--out=DIR` are the same; after `--` nothing is an option")
  func spellings() throws {
    let scratch = try Scratch()
    try scratch.write("--help", SmallWorld.config)
    #expect(try scratch.rhodian("run", "--out", "a/b", "--", "--help").code == 0)
    #expect(try scratch.rhodian("run", "--out=c", "--", "--help").code == 0)
    #expect(try scratch.rhodian("run", "--out", "d", "--out", "e/", "--", "--help").code == 0)
    #expect(try scratch.list() == ["--help", "a", "c", "e"])
    for folder in ["c", "e"] {
      for file in try scratch.list("a/b") {
        #expect(try scratch.bytes("a/b/\(file)") == scratch.bytes("\(folder)/\(file)"), "\(folder)/\(file)")
      }
    }
  }

  @Test("without --out the results go to results/NAME")
  func defaultFolder() throws {
    let scratch = try Scratch()
    try scratch.write("small.jsonc", SmallWorld.config)
    #expect(try scratch.rhodian("run", "small.jsonc").code == 0)
    #expect(try scratch.list("results") == ["small"])
  }

  @Test("results are never overwritten")
  func existingFolder() throws {
    let scratch = try Scratch()
    try scratch.write("small.jsonc", SmallWorld.config)
    #expect(try scratch.rhodian("run", "small.jsonc", "--out", "out").code == 0)
    try scratch.write("out/summary.csv", "mine")
    let before = try scratch.list("out")
    let again = try scratch.rhodian("run", "small.jsonc", "--out", "out")
    #expect(again.code == 73)
    #expect(again.complaint == "out: exists already; results are never overwritten\n")
    #expect(again.output.isEmpty)
    #expect(try scratch.list() == ["out", "small.jsonc"])
    #expect(try scratch.list("out") == before)
    #expect(try scratch.text("out/summary.csv") == "mine")
  }

  @Test("a parent that nobody can write to")
  func unwritableParent() throws {
    let scratch = try Scratch()
    try scratch.write("small.jsonc", SmallWorld.config)
    let inFile = try scratch.rhodian("run", "small.jsonc", "--out", "small.jsonc/out")
    #expect(inFile.code == 73)
    #expect(inFile.complaint == "small.jsonc/out: cannot be created: Not a directory\n")
    let inProc = try scratch.rhodian("run", "small.jsonc", "--out", "/proc/rhodian/out")
    #expect(inProc.code == 73)
    #expect(inProc.complaint == "/proc/rhodian: cannot be created: No such file or directory\n")
    #expect(try scratch.list() == ["small.jsonc"])
  }

  @Test("a disk that is full half-way: 74, and nothing is left behind", arguments: [1, 2, 3, 4])
  func fullDisk(blocks: Int) throws {
    let scratch = try Scratch()
    // A hundred small worlds: a summary of some 8 kB, more of losses, more of events.
    let config = try SmallWorld.edited([(#""output""#, #""seeds": "1..100", "output""#)])
    try scratch.write("small.jsonc", config)
    // A file may not grow beyond this many blocks of 1,024 bytes; the signal that says so is ignored.
    let limit = "trap '' XFSZ; ulimit -f \(blocks * 3); exec \"$0\" run small.jsonc --out out"
    let run = try scratch.run(["bash", "-c", limit, Built.binary()])
    #expect(run.code == 74)
    #expect(run.complaint.contains("cannot be written: File too large"))
    #expect(try scratch.list() == ["small.jsonc"])
  }
}
