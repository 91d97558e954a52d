import Experiments

/// One option of a command, as it is typed and as help shows it.
struct Option: Sendable {
  let name: String
  /// What stands after it; nil for a switch.
  let value: String?
  let summary: String
}

/// One command: what it takes, what it does, an example.
struct Command: Sendable {
  let name: String
  /// Names of what stands on the line without a dash, all required.
  let operands: [String]
  let options: [Option]
  let summary: String
  let example: String
  let run: @Sendable (Arguments) throws(Exit) -> Void

  /// `rhodian run FILE --out DIR`.
  var usage: String {
    (["rhodian \(name)"] + operands
      + options.map { option in "[--\(option.name)\(option.value.map { " \($0)" } ?? "")]" })
      .joined(separator: " ")
  }
}

/// How the program ends when it does not end well: sysexits, and a message for stderr.
struct Exit: Error {
  let code: Int32
  let message: String

  /// The command line itself is wrong.
  static func usage(_ message: String) -> Exit { Exit(code: 64, message: message) }
}

/// A command line taken apart by its command's table.
struct Arguments {
  let operands: [String]
  private let options: [(name: String, value: String)]

  /// Accepts `--name value`, `--name=value` and, after `--`, operands that begin with a dash.
  init(_ words: [String], of command: Command) throws(Exit) {
    var operands: [String] = []
    var options: [(name: String, value: String)] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        operands += rest
        break
      }
      guard word.hasPrefix("-"), word != "-" else {
        operands.append(word)
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let name = String(parts[0].drop { $0 == "-" })
      guard word.hasPrefix("--"), let option = command.options.first(where: { $0.name == name }) else {
        throw .usage(unknown("option", parts[0], among: command.options.map { "--\($0.name)" }, command))
      }
      guard let expected = option.value else {
        guard parts.count == 1 else { throw .usage("--\(name) takes no value") }
        options.append((name, ""))
        continue
      }
      guard let value = parts.count == 2 ? parts[1] : rest.popFirst(), !value.isEmpty else {
        throw .usage("--\(name) needs a value: \(expected)")
      }
      options.append((name, value))
    }
    guard operands.count == command.operands.count else {
      throw .usage(
        operands.count < command.operands.count
          ? "missing \(command.operands[operands.count])\nusage: \(command.usage)"
          : "`\(operands[command.operands.count])` is one too many\nusage: \(command.usage)")
    }
    self.operands = operands
    self.options = options
  }

  /// The last value given for an option.
  subscript(name: String) -> String? { options.last { $0.name == name }?.value }
}

/// `unknown option --ot: did you mean --out?`
func unknown(_ noun: String, _ word: String, among known: [String], _ command: Command? = nil) -> String {
  let hint = nearest(to: word, among: known).map { ": did you mean `\($0)`?" } ?? ""
  let usage = command.map { "\nusage: \($0.usage)" } ?? "\nsee `rhodian help`"
  return "unknown \(noun) `\(word)`\(hint)\(usage)"
}
