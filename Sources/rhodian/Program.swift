import Experiments

/// The program: a table of commands, and what to do with a line of words.
enum Program {
  static let question = "who pays when a protocol is left with bad debt?"

  private static let set = Option(
    name: "set", value: "PATH=VALUE", repeats: true, summary: "put a value into the config; may be repeated")
  private static let only = Option(
    name: "only", value: "NAMES", summary: "run no other variants than these, with commas between their names"
  )
  private static let jobs = Option(
    name: "jobs", short: "j", value: "N", summary: "how many workers (default: one for each processor)")
  private static let compress = Option(
    name: "compress", value: Placeholder("FORM", "form", [Word(name: "gz", summary: "gzip, by zlib")]),
    summary: "write the tables as .csv.gz")

  /// Every command there is: parsing, help, completion and manual are read off this table.
  static let commands: [Command] = [
    Command(
      name: "run", operands: ["FILE"],
      options: [
        Option(name: "out", value: "DIR", summary: "where the results go (default: results/NAME)"), set,
        only, jobs,
        Option(
          name: "shard", value: "I/N",
          summary: "compute only every N-th chunk, beginning with the I-th, from 0"),
        compress,
        Option(
          name: "keep-going", value: nil,
          summary:
            "try each run that an earlier process ended in by itself, record a crash as failed, run the rest"
        ),
      ],
      summary: "run an experiment and write its tables; go on where an interrupted run stopped",
      example: "rhodian run experiments/first-loss.jsonc --out results/first-loss", run: runExperiment),
    Command(
      name: "check", operands: ["FILE"], options: [set, only],
      summary:
        "read a config and print what would be run; a few runs are made to judge the size of the results",
      example: "rhodian check experiments/first-loss.jsonc", run: checkExperiment),
    Command(
      name: "new", operands: ["NAME"],
      options: [
        Option(
          name: "from",
          value: Placeholder(
            "TEMPLATE", "template", Template.all.map { Word(name: $0.name, summary: $0.summary) }),
          summary: "what to begin with (default: \(Template.all[0].name))")
      ],
      summary: "write NAME.jsonc, a small experiment to change",
      example: "rhodian new crash --from sweep", run: newExperiment),
    Command(
      name: "merge", operands: ["OUT", "DIR..."], options: [compress],
      summary: "put the shards of one experiment together",
      example: "rhodian merge results/all results/shard-0 results/shard-1", run: mergeShards),
    Command(
      name: "verify", operands: ["DIR"],
      options: [
        Option(name: "sample", value: "K", summary: "run only K chunks again, spread evenly"), jobs,
      ],
      summary: "compare results with their manifest, and with the same runs made again",
      example: "rhodian verify results/first-loss --sample 1", run: verifyResults),
    Command(
      name: "replay", operands: ["DIR"],
      options: [Option(name: "run", value: "N", summary: "the run's number, as in every table (default: 1)")],
      summary: "make one run of a results folder again and print what came of it",
      example: "rhodian replay results/first-loss --run 3", run: replayRun),
    Command(
      name: "trace", operands: ["DIR"],
      options: [Option(name: "loss", value: "ID", summary: "a loss of losses.csv, or `last` (the default)")],
      summary: "print the chain of causes of a loss",
      example: "rhodian trace results/first-loss --loss last", run: traceLoss),
    Command(
      name: "report", operands: ["DIR"],
      options: [
        Option(
          name: "out", value: "FILE",
          summary: "where the page goes, a name that ends in .html (default: DIR/report.html)")
      ],
      summary: "draw a results folder as one HTML page: who paid, how much was lost, what happened when",
      example: "rhodian report results/first-loss", run: reportResults),
    Command(
      name: "list",
      operands: [
        Placeholder("WHAT", "list", [Word(name: "layers", summary: "rules for who bears a loss")])
      ],
      summary: "print what a config may say", example: "rhodian list layers", run: listCatalog),
    Command(
      name: "schema", summary: "print the JSON Schema of a config (with what it extends already in it)",
      example: "rhodian schema > rhodian.schema.json", run: printSchema),
    Command(
      name: "completion",
      operands: [
        Placeholder("SHELL", "shell", Shell.allCases.map { Word(name: $0.rawValue, summary: $0.use) })
      ],
      summary: "print what makes a shell complete commands and options",
      example: "source <(rhodian completion bash)", run: printCompletion),
    Command(
      name: "man", summary: "print the manual page",
      example: "rhodian man > rhodian.1 && man -l rhodian.1", run: { _ in print(manPage, terminator: "") }),
  ]

  /// Commands that are about the others.
  static let about = [
    Word(name: "help", summary: "print all commands, or the options of one"),
    Word(name: "version", summary: "print the version"),
  ]

  static let environment = [
    Word(
      name: "NO_COLOR",
      summary: "if set to anything, nothing is coloured; away from a terminal nothing ever is (no-color.org)")
  ]

  static var help: String {
    var lines = ["rhodian \(Version.current): \(question)", ""]
    for command in commands { lines += ["  \(command.head)", "      \(command.summary)"] }
    for word in about { lines += ["  rhodian \(word.name)", "      \(word.summary)"] }
    lines += ["", "rhodian COMMAND --help prints a command's options and an example.", "", "Exit codes:"]
    lines += Command.columns(Exit.codes.map { ("\($0.code)", $0.meaning) })
    lines += ["", "Environment:"] + Command.columns(environment.map { ($0.name, $0.summary) })
    return lines.joined(separator: "\n")
  }

  static func start(_ words: [String]) throws(Exit) {
    let name = words.first ?? "help"
    switch name {
    case "help", "--help", "-h":
      guard words.count <= 2 else {
        throw .usage("`\(words[2])` is one too many\nusage: rhodian help COMMAND")
      }
      print(words.count == 2 ? try command(named: words[1]).help : help)
    case "version", "--version":
      guard words.count == 1 else { throw .usage("`\(words[1])` is one too many\nusage: rhodian version") }
      print("rhodian \(Version.current)")
    default:
      let command = try command(named: name)
      let rest = words.dropFirst()
      if rest.prefix(while: { $0 != "--" }).contains(where: { $0 == "--help" || $0 == "-h" }) {
        print(command.help)
        return
      }
      try command.run(try Arguments(Array(rest), of: command))
    }
  }

  private static func command(named name: String) throws(Exit) -> Command {
    guard let command = commands.first(where: { $0.name == name }) else {
      throw .usage(unknown("command", name, among: commands.map(\.name) + about.map(\.name)))
    }
    return command
  }
}
