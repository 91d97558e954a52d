import Experiments

/// The program: a table of commands, and what to do with a line of words.
enum Program {
  /// Every command there is: parsing, help and usage are read off this table.
  static let commands: [Command] = [
    Command(
      name: "run", operands: ["FILE"],
      options: [Option(name: "out", value: "DIR", summary: "where the results go (default: results/NAME)")],
      summary: "run an experiment and write its tables",
      example: "rhodian run experiments/first-loss.jsonc --out results/first-loss", run: runExperiment),
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
    print("rhodian \(Runner.version): who pays when a protocol is left with bad debt?\n")
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
      print("rhodian \(Runner.version)")
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
