import Experiments

/// The program: a table of commands, and what to do with a line of words.
enum Program {
  private static let set = Option(
    name: "set", value: "PATH=VALUE", summary: "put a value into the config; may be repeated")

  /// Every command there is: parsing, help and usage are read off this table.
  static let commands: [Command] = [
    Command(
      name: "run", operands: ["FILE"],
      options: [
        Option(name: "out", value: "DIR", summary: "where the results go (default: results/NAME)"), set,
        Option(name: "jobs", value: "N", summary: "how many workers (default: one for each processor)"),
        Option(
          name: "shard", value: "I/N",
          summary: "compute only every N-th chunk, beginning with the I-th, from 0"),
        Option(name: "compress", value: "gz", summary: "write the tables as .csv.gz"),
        Option(
          name: "keep-going", value: nil,
          summary: "record as failed what ended an earlier process, and run the rest"),
      ],
      summary: "run an experiment and write its tables; go on where an interrupted run stopped",
      example: "rhodian run experiments/first-loss.jsonc --out results/first-loss", run: runExperiment),
    Command(
      name: "check", operands: ["FILE"], options: [set],
      summary: "read a config and print what would be run, without running it",
      example: "rhodian check experiments/first-loss.jsonc", run: checkExperiment),
    Command(
      name: "merge", operands: ["OUT", "DIR..."],
      options: [Option(name: "compress", value: "gz", summary: "write the tables as .csv.gz")],
      summary: "put the shards of one experiment together",
      example: "rhodian merge results/all results/shard-0 results/shard-1", run: mergeShards),
    Command(
      name: "verify", operands: ["DIR"],
      options: [Option(name: "sample", value: "K", summary: "run only K chunks again, spread evenly")],
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
      name: "list", operands: ["WHAT"], options: [],
      summary: "print what a config may say: `layers`",
      example: "rhodian list layers", run: listCatalog),
  ]

  static func printHelp() {
    print("rhodian \(Version.current): who pays when a protocol is left with bad debt?\n")
    for command in commands {
      print("  \(command.usage)\n      \(command.summary)")
      for option in command.options { print("      --\(option.name): \(option.summary)") }
      print("      example: \(command.example)\n")
    }
    print("Exit codes: 0 done, 64 usage, 65 bad config, 66 no such file, 70 a run failed, 73/74 output.")
  }

  static func start(_ words: [String]) throws(Exit) {
    guard let name = words.first else {
      printHelp()
      return
    }
    switch name {
    case "help", "--help", "-h":
      if words.count == 1 { printHelp() } else { printHelp(of: try command(named: words[1])) }
    case "version", "--version":
      guard words.count == 1 else { throw .usage("`\(words[1])` is one too many\nusage: rhodian version") }
      print("rhodian \(Version.current)")
    default:
      let command = try command(named: name)
      if words.dropFirst().prefix(while: { $0 != "--" }).contains(where: { $0 == "--help" || $0 == "-h" }) {
        printHelp(of: command)
        return
      }
      try command.run(try Arguments(Array(words.dropFirst()), of: command))
    }
  }

  private static func command(named name: String) throws(Exit) -> Command {
    guard let command = commands.first(where: { $0.name == name }) else {
      throw .usage(unknown("command", name, among: commands.map(\.name) + ["help", "version"]))
    }
    return command
  }

  private static func printHelp(of command: Command) {
    print("usage: \(command.usage)\n\(command.summary)\nexample: \(command.example)")
  }
}
