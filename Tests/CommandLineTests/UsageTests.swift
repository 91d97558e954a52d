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
    Line("list", complaint: "missing WHAT (`layers`)\nusage: rhodian list WHAT"),
    Line(
      "list", "layer",
      complaint: "unknown list `layer`: did you mean `layers`?\nWHAT is `layers`\nusage: rhodian list WHAT"),
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
    #expect(try scratch.rhodian("run", "--out", "e/", "--", "--help").code == 0)
    #expect(try scratch.list() == ["--help", "a", "c", "e"])
    for words in [["--out", "d", "--out=e"], ["--keep-going", "--keep-going"], ["-j2", "--jobs", "1"]] {
      let twice = try scratch.run([Built.binary(), "run"] + words + ["--", "--help"])
      #expect(twice.code == 64 && twice.complaint.hasSuffix(" is given twice\n"), "\(words)")
    }
    for folder in ["c", "e"] {
      for file in try scratch.list("a/b") where file != "run-info.json" {
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

  @Test("a folder that is complete is said to be, and stays as it is to the byte")
  func completeFolder() throws {
    let scratch = try Scratch()
    try scratch.write("small.jsonc", SmallWorld.config)
    let first = try scratch.rhodian("run", "small.jsonc", "--out", "out")
    #expect(first.code == 0)
    let before = try scratch.contents("out")
    for words in [[], ["--jobs", "2"], ["--compress", "gz"], ["--shard", "0/3"], ["--keep-going"]] {
      let again = try scratch.run([Built.binary(), "run", "small.jsonc", "--out", "out"] + words)
      #expect(again.code == 0 && again.complaint.isEmpty)
      let form = words.first == "--compress" ? "Its tables stay as they are, uncompressed.\n" : ""
      #expect(again.output == "out is complete already: nothing to run.\n\(form)\n" + first.output)
      #expect(try scratch.contents("out") == before)
    }
  }

  @Test("a complete folder that lacks a table, or has a damaged one, is not called complete")
  func incompleteFolder() throws {
    let scratch = try Scratch()
    try scratch.write("small.jsonc", SmallWorld.config)
    #expect(try scratch.rhodian("run", "small.jsonc", "--out", "out").code == 0)
    let table = try scratch.bytes("out/losses.csv")
    try #require(try scratch.run(["rm", "out/losses.csv"]).code == 0)
    let missing = try scratch.rhodian("run", "small.jsonc", "--out", "out")
    #expect(missing.code == 66 && missing.output.isEmpty)
    #expect(
      missing.complaint
        == "out/losses.csv: is missing, though the manifest lists it; without manifest.json everything is computed again\n"
    )
    let trace = try scratch.rhodian("trace", "out")
    #expect(trace.code == 66 && trace.complaint == "out/losses.csv: there is no such file\n")

    try scratch.write("out/losses.csv", Array(table.dropLast(3)))
    let shorter = try scratch.rhodian("run", "small.jsonc", "--out", "out")
    #expect(shorter.code == 65)
    #expect(
      shorter.complaint
        == "out/losses.csv: has \(table.count - 3) bytes, the manifest says \(table.count); see `rhodian verify`\n"
    )
    try scratch.write("out/losses.csv", table)
    #expect(try scratch.rhodian("run", "small.jsonc", "--out", "out").code == 0)

    let manifest = try scratch.bytes("out/manifest.json")
    for cut in [0, 1, manifest.count / 2, manifest.count - 3] {
      try scratch.write("out/manifest.json", Array(manifest.prefix(cut)))
      let damaged = try scratch.rhodian("run", "small.jsonc", "--out", "out")
      #expect(damaged.code == 73 && damaged.output.isEmpty)
      #expect(
        damaged.complaint
          == "out/manifest.json: is damaged; without it everything is computed again\n", "\(cut)")
      #expect(try scratch.bytes("out/losses.csv") == table)
    }
  }

  @Test("a table that somebody has changed is not shown as if it had been computed")
  func changedTable() throws {
    let scratch = try Scratch()
    try scratch.write("small.jsonc", SmallWorld.config)
    #expect(try scratch.rhodian("run", "small.jsonc", "--out", "out").code == 0)
    let summary = try scratch.text("out/summary.csv")
    try scratch.write("out/summary.csv", summary.replacing(",8000.0,", with: ",1000.0,"))
    let complaint =
      "out/summary.csv is not the table that manifest.json lists: it has been changed since "
      + "(see `rhodian verify`)\n"
    for words in [["run", "small.jsonc", "--out", "out"], ["report", "out"]] {
      let run = try scratch.run([Built.binary()] + words)
      #expect(run.code == 65 && run.output.isEmpty && run.complaint == complaint, "\(words)")
    }
    #expect(try !scratch.list("out").contains("report.html"))
  }

  @Test("a folder whose name a shell would take apart is printed so that it does not")
  func quoting() throws {
    let scratch = try Scratch()
    try scratch.write("small.jsonc", SmallWorld.config)
    let run = try scratch.rhodian("run", "small.jsonc", "--out", "it's mine")
    #expect(
      run.output.hasSuffix(#"Tables in it's mine. Ask why:  rhodian trace 'it'\''s mine' --loss last"# + "\n")
    )
    let command = try #require(run.output.firstRange(of: "rhodian trace")).lowerBound
    let words = run.output[command...].dropFirst("rhodian".count)
    #expect(try scratch.run(["bash", "-c", "\"$0\"" + words, Built.binary()]).code == 0)
  }

  @Test("check tells of a first run that fails instead of its size")
  func failingFirstRun() throws {
    let scratch = try TinySweep.scratch()
    let check = try scratch.rhodian("check", "world.jsonc", "--set", "populations.lender.size.fixed=10k")
    #expect(check.code == 70)
    #expect(check.output.hasPrefix("tiny: 1 run in 1 chunk\n"))
    #expect(check.output.hasSuffix("\n  disk      not estimated: the run that was tried fails\n"))
    #expect(check.complaint.contains(/^every run that was tried fails, the first with: .+\n$/))
  }

  @Test("results of another plan, and a folder with anything else in it, are refused and left alone")
  func foreignFolder() throws {
    let scratch = try Scratch()
    try scratch.write("small.jsonc", SmallWorld.config)
    #expect(try scratch.rhodian("run", "small.jsonc", "--out", "out").code == 0)
    let before = try scratch.contents("out")
    let wayOut = "name another folder, or remove this one"
    let other = try scratch.rhodian("run", "small.jsonc", "--set", "horizon=4h", "--out", "out")
    #expect(other.code == 73 && other.output.isEmpty)
    #expect(other.complaint == "out: holds results of another experiment or version of it; \(wayOut)\n")
    #expect(try scratch.contents("out") == before)

    #expect(try scratch.run(["mkdir", "mine"]).code == 0)
    try scratch.write("mine/notes.txt", "mine")
    let foreign = try scratch.rhodian("run", "small.jsonc", "--out", "mine")
    #expect(foreign.code == 73 && foreign.output.isEmpty)
    #expect(foreign.complaint == "mine: exists and holds no results; nothing is overwritten: \(wayOut)\n")
    #expect(try scratch.list("mine") == ["notes.txt"])
    #expect(try scratch.list() == ["mine", "out", "small.jsonc"])

    try scratch.write("mine/notes.txt.tmp", "mine, too")
    try #require(try scratch.run(["rm", "mine/notes.txt"]).code == 0)
    #expect(try scratch.rhodian("run", "small.jsonc", "--out", "mine").code == 73)

    // An empty folder is nobody's.
    #expect(try scratch.run(["mkdir", "empty"]).code == 0)
    #expect(try scratch.rhodian("run", "small.jsonc", "--out", "empty").code == 0)
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

  @Test(
    "a disk that is full half-way: 74, what is finished is kept, and the rest follows",
    arguments: [1, 20, 90])
  func fullDisk(blocks: Int) throws {
    let scratch = try Scratch()
    // A hundred and thirty small worlds: two parts of some 100 kB and a small one, then tables of 200 kB.
    let config = try SmallWorld.edited([(#""output""#, #""seeds": "1..130", "output""#)])
    try scratch.write("small.jsonc", config)
    // A file may not grow beyond this many blocks of 1,024 bytes.
    let limit = "ulimit -f \(blocks); exec \"$0\" run small.jsonc --out out --jobs 1"
    let run = try scratch.run(["bash", "-c", limit, Built.binary()])
    #expect(run.code == 74)
    #expect(run.complaint.contains("cannot be written: File too large"))
    #expect(!(try scratch.list("out").contains("manifest.json")), "no half table is taken for a whole one")
    #expect(try scratch.rhodian("verify", "out").code == 66)
    #expect(try scratch.rhodian("run", "small.jsonc", "--out", "out").code == 0)
    #expect(try scratch.rhodian("run", "small.jsonc", "--out", "undisturbed").code == 0)
    #expect(try scratch.results("out") == scratch.results("undisturbed"))
  }

  @Test(
    "an answer that cannot be written, or that nobody reads any more, ends with 74; results are kept")
  func closedOutput() throws {
    let scratch = try Scratch()
    try scratch.write("small.jsonc", SmallWorld.config)
    #expect(try scratch.rhodian("run", "small.jsonc", "--out", "undisturbed").code == 0)
    let expected = try scratch.results("undisturbed")
    let full = try scratch.run(
      ["bash", "-c", "exec \"$0\" run small.jsonc --out full > /dev/full", Built.binary()])
    #expect(full.code == 74)
    #expect(full.complaint.hasSuffix("\nthe answer cannot be written: No space left on device\n"))
    #expect(try scratch.results("full") == expected)
    // The reader ends before the writer begins.
    let script = "trap - PIPE; { sleep 0.3; \"$0\" run small.jsonc --out gone; echo $? >&2; } | true"
    let gone = try scratch.run(["bash", "-c", script, Built.binary()])
    #expect(gone.complaint.hasSuffix("\nthe answer cannot be written: Broken pipe\n74\n"))
    #expect(try scratch.results("gone") == expected)
    // Nobody listens at all: no table is opened where messages go.
    let closed = "\"$0\" run small.jsonc --out closed <&- >&- 2>&-"
    #expect(try scratch.run(["bash", "-c", closed, Built.binary()]).code == 0)
    #expect(try scratch.results("closed") == expected)
  }
}
