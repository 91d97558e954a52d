import Foundation
import Testing

@testable import rhodian

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What the built program, or a shell that is given its words, answers in an empty folder.
private struct FaceRun {
  let code: Int32
  let output: String
  let complaint: String

  /// Runs `words` in `folder`; `rhodian` among them is the program built beside these tests.
  init(_ words: [String], in folder: FaceFolder) throws {
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    let places = [bundle, Bundle.main.bundleURL].map { $0.appendingPathComponent("rhodian") }
    let program = try #require(places.first { FileManager.default.isExecutableFile(atPath: $0.path) })
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words.map { $0 == "rhodian" ? program.path : $0 }
    process.currentDirectoryURL = folder.url
    process.standardInput = FileHandle.nullDevice
    let (output, complaint) = (folder.log("output"), folder.log("complaint"))
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: complaint)
    try process.run()
    process.waitUntilExit()
    code = process.terminationStatus
    self.output = try String(contentsOf: output, encoding: .utf8)
    self.complaint = try String(contentsOf: complaint, encoding: .utf8)
  }
}

/// An empty folder, and beside it the words of what is run there; both go with the test.
private final class FaceFolder {
  private let base: URL
  var url: URL { base.appendingPathComponent("here") }

  init() throws {
    base = FileManager.default.temporaryDirectory.appendingPathComponent("rhodian-face-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: base) }

  func log(_ name: String) -> URL {
    let file = base.appendingPathComponent(name)
    _ = FileManager.default.createFile(atPath: file.path, contents: nil)
    return file
  }

  func rhodian(_ words: String...) throws -> FaceRun { try FaceRun(["rhodian"] + words, in: self) }

  func list() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }

  func text(_ name: String) throws -> String {
    try String(contentsOf: url.appendingPathComponent(name), encoding: .utf8)
  }
}

@Suite("What the program says of itself") struct FaceTests {
  // MARK: Help

  @Test("help for one command, every letter of it")
  func help() throws {
    let expected = """
      usage: rhodian run FILE [--out DIR] [--set PATH=VALUE] [--only NAMES] [--jobs N] [--shard I/N] [--compress FORM] [--keep-going]
      run an experiment and write its tables; go on where an interrupted run stopped

        --out DIR          where the results go (default: results/NAME)
        --set PATH=VALUE   put a value into the config; may be repeated
        --only NAMES       run no other variants than these, with commas between their names
        -j, --jobs N       how many workers (default: one for each processor)
        --shard I/N        compute only every N-th chunk, beginning with the I-th, from 0
        --compress FORM    write the tables as .csv.gz
        --keep-going       try each run that an earlier process ended in by itself, record a crash as failed, run the rest
        -h, --help         print this

      FORM:
        gz   gzip, by zlib

      example: rhodian run experiments/first-loss.jsonc --out results/first-loss

      """
    for words in [["run", "--help"], ["run", "x", "-h", "--nonsense"], ["help", "run"]] {
      let run = try FaceRun(["rhodian"] + words, in: FaceFolder())
      #expect(run.output == expected)
      #expect(run.code == 0)
      #expect(run.complaint.isEmpty)
    }
  }

  @Test("help names every command, exit code and variable; a command's help every option and an example")
  func helpIsComplete() throws {
    for command in Program.commands {
      #expect(Program.help.contains("\n  \(command.head)\n      \(command.summary)\n"))
      for option in command.options {
        #expect(command.help.contains("  \(option.form)  "), "\(command.name)")
        #expect(command.help.contains(option.summary))
      }
      #expect(command.help.hasSuffix("\nexample: \(command.example)"))
    }
    for code in ["0", "64", "65", "66", "70", "73", "74", "130", "143"] {
      #expect(Program.help.contains("\n  \(code) "))
    }
    #expect(Program.help.contains("\n  NO_COLOR   "))
  }

  // MARK: The line

  private static let shells = "SHELL is `bash` or `zsh` or `fish`\nusage: rhodian completion SHELL"

  @Test(
    "a line that cannot be understood",
    arguments: [
      (["scheme"], "unknown command `scheme`: did you mean `schema`?\nsee `rhodian help`"),
      (
        ["run", "a", "--job", "2"], "unknown option `--job`: did you mean `--jobs`?\nusage: rhodian run FILE"
      ),
      (["run", "a", "-x"], "unknown option `-x`\nusage: rhodian run FILE"),
      (["run", "a", "-j"], "--jobs needs a value: N"),
      (["run", "a", "-jx"], "--jobs takes a whole number of at least 1, not `x`"),
      (["run", "a", "--jobs=0"], "--jobs takes a whole number of at least 1, not `0`"),
      (["run", "a", "--keep-going=yes"], "--keep-going takes no value"),
      (["run", "a", "--compress", "gzip"], "--compress takes `gz`, not `gzip`"),
      (["completion", "fihs"], "unknown shell `fihs`: did you mean `fish`?\n\(FaceTests.shells)"),
      (["completion", "tcsh"], "unknown shell `tcsh`\n\(FaceTests.shells)"),
      (
        ["list", "layer"],
        "unknown list `layer`: did you mean `layers`?\nWHAT is `layers`\nusage: rhodian list WHAT"
      ),
      (
        ["new", "a", "--from", "swep"], "--from takes `minimal` or `sweep`, not `swep`: did you mean `sweep`?"
      ),
      (["schema", "--", "--help"], "`--help` is one too many\nusage: rhodian schema"),
    ])
  func mistakes(words: [String], complaint: String) throws {
    let folder = try FaceFolder()
    let run = try FaceRun(["rhodian"] + words, in: folder)
    let head = run.complaint.replacing(/\s\[--[^\n]*/, with: "")
    #expect(head == complaint + "\n")
    #expect(run.code == 64)
    #expect(run.output.isEmpty)
    #expect(try folder.list().isEmpty)
  }

  @Test("-j4, -j 4, --jobs 4 and --jobs=4 are the same, and none changes a byte")
  func jobs() throws {
    let folder = try FaceFolder()
    #expect(try folder.rhodian("new", "small").code == 0)
    let forms = [["-j4"], ["-j", "4"], ["--jobs", "4"], ["--jobs=4"], ["-j1"]]
    for (index, form) in forms.enumerated() {
      let run = try FaceRun(
        ["rhodian", "run"] + form + ["--out", "\(index)", "--", "small.jsonc"], in: folder)
      #expect(run.code == 0, "\(form): \(run.complaint)")
      #expect(try folder.text("\(index)/manifest.json") == folder.text("0/manifest.json"))
      let info = try folder.text("\(index)/run-info.json")
      #expect(info.contains("\"jobs\": \(index == 4 ? 1 : 4)"))
    }
  }

  @Test("the word `error` is for terminals, its colour for those that may have it")
  func colour() throws {
    #expect(shown("no", onTerminal: false) == "no")
    #expect(shown("no", onTerminal: true).hasSuffix(" no"))
    let folder = try FaceFolder()
    guard try FaceRun(["script", "--version"], in: folder).code == 0 else { return }
    for (settings, start) in [
      (["-u", "NO_COLOR", "TERM=xterm"], "\u{1B}[31merror:\u{1B}[0m unknown"),
      (["NO_COLOR=1", "TERM=xterm"], "error: unknown"), (["NO_COLOR=", "TERM=dumb"], "error: unknown"),
    ] {
      // `script` gives its command a terminal.
      let shell = [
        "bash", "-c", "exec script -qec \"$(printf '%q rum' \"$1\")\" /dev/null", "bash", "rhodian",
      ]
      #expect(try FaceRun(["env"] + settings + shell, in: folder).output.hasPrefix(start))
    }
  }

  // MARK: new

  @Test("every template is written, read and run, and leads to a loss", arguments: ["minimal", "sweep"])
  func templates(name: String) throws {
    let folder = try FaceFolder()
    let made = try folder.rhodian("new", "mine", "--from", name)
    #expect(made.code == 0)
    #expect(made.output == "mine.jsonc is yours. Run it:  rhodian run mine.jsonc\n")
    #expect(try folder.list() == ["mine.jsonc"])
    #expect(try folder.text("mine.jsonc").contains("\"name\": \"mine\""))
    let run = try folder.rhodian("run", "mine.jsonc")
    #expect(run.code == 0)
    let losses = try folder.text("results/mine/losses.csv")
    #expect(losses.contains(",proRata,suppliers,final,"))
    if name == "sweep" {
      #expect(losses.contains(",insuranceFund,"))
      // Two variants, four delays, five seeds, and the header.
      #expect(try folder.text("results/mine/summary.csv").split(separator: "\r\n").count == 41)
    }
  }

  @Test("new overwrites nothing and writes only here")
  func newRefusals() throws {
    let folder = try FaceFolder()
    #expect(try folder.rhodian("new", "mine.jsonc").code == 0)
    let before = try folder.text("mine.jsonc")
    let again = try folder.rhodian("new", "mine", "--from", "sweep")
    #expect(again.code == 73)
    #expect(again.complaint == "mine.jsonc: exists; nothing is overwritten\n")
    #expect(try folder.text("mine.jsonc") == before)
    for name in ["../mine", "a b", "1st", ".jsonc", "a\"b"] {
      let run = try folder.rhodian("new", name)
      #expect(run.code == 64, "\(name)")
      #expect(run.complaint.contains("cannot name an experiment"))
    }
    #expect(try folder.list() == ["mine.jsonc"])
  }

  // MARK: Completion, manual, schema

  @Test("completion knows every command, option and word, in a script that its shell can parse")
  func completion() throws {
    let folder = try FaceFolder()
    for (shell, check) in [("bash", ["-n"]), ("zsh", ["-n"]), ("fish", ["--no-execute"])] {
      let script = try folder.rhodian("completion", shell).output
      for command in Program.commands {
        #expect(script.contains(command.name))
        for option in command.options {
          let spelled = shell == "fish" ? " -l \(option.name) " : "--\(option.name)"
          #expect(script.contains(spelled), "\(shell): \(option.name)")
        }
        for word in command.choices.flatMap(\.words) { #expect(script.contains(word.name)) }
      }
      let file = folder.url.appendingPathComponent("completion.\(shell)")
      try script.write(to: file, atomically: true, encoding: .utf8)
      guard try FaceRun([shell, "--version"], in: folder).code == 0 else { continue }
      let parsed = try FaceRun([shell] + check + [file.path], in: folder)
      #expect(parsed.code == 0, "\(parsed.complaint)")
      #expect(parsed.complaint.isEmpty)
    }
  }

  @Test(
    "what bash is offered",
    arguments: [
      (["ver"], "verify version"), (["run", "--j"], "--jobs"), (["new", "x", "--from", ""], "minimal sweep"),
      (["completion", "z"], "zsh"), (["help", "tr"], "trace"), (["run", "results/"], ""), (["man", "x"], ""),
      (["run", "--out", "d"], "dir"), (["check", "f"], "file.jsonc"),
    ])
  func offered(words: [String], offers: String) throws {
    let folder = try FaceFolder()
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent("dir"), withIntermediateDirectories: true)
    try Data().write(to: folder.url.appendingPathComponent("file.jsonc"))
    let script = """
      set -eu; program=$1; shift
      source <("$program" completion bash)
      COMP_WORDS=(rhodian "$@"); COMP_CWORD=$#
      _rhodian || true
      echo "${COMPREPLY[*]:-}"
      """
    let run = try FaceRun(["bash", "-c", script, "bash", "rhodian"] + words, in: folder)
    #expect(run.output == offers + "\n", "\(run.complaint)")
  }

  @Test("the manual names everything and roff has nothing to say against it")
  func manual() throws {
    let folder = try FaceFolder()
    let source = try folder.rhodian("man").output
    for section in ["NAME", "SYNOPSIS", "COMMANDS", "OPTIONS", "EXIT STATUS", "ENVIRONMENT"] {
      #expect(source.contains("\n.SH \(section)\n"))
    }
    for option in Program.commands.flatMap(\.options) {
      #expect(source.contains("\\-\\-" + option.name.replacing("-", with: "\\-")))
    }
    guard try FaceRun(["groff", "--version"], in: folder).code == 0 else { return }
    let file = folder.url.appendingPathComponent("rhodian.1")
    try source.write(to: file, atomically: true, encoding: .utf8)
    let page = try FaceRun(["groff", "-man", "-ww", "-Tutf8", "-P-c", file.path], in: folder)
    #expect(page.code == 0)
    #expect(page.complaint.isEmpty)
    // Overstruck letters are how bold is written.
    let text = page.output.replacing(/.\u{8}/, with: "")
    for command in Program.commands { #expect(text.contains("   \(command.head)\n"), "\(command.name)") }
    #expect(text.contains("-j, --jobs N"))
  }

  @Test("the schema is one, of the config's own fields")
  func schema() throws {
    let run = try FaceFolder().rhodian("schema")
    #expect(run.code == 0)
    let parsed = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    #expect(parsed?["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
    let properties = try #require(parsed?["properties"] as? [String: Any])
    #expect(properties.keys.contains("venues"))
  }
}
