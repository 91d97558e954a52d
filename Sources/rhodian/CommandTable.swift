import Experiments

/// A word that may stand where a placeholder does, and what it means.
struct Word: Sendable {
  let name: String
  let summary: String
}

/// What stands for something on a usage line: `DIR`. A shell completes FILE, OUT and DIR from the disk,
/// others from their words; where there are words, nothing else is taken.
struct Placeholder: Sendable, ExpressibleByStringLiteral {
  /// Ends in `...` if it may be repeated.
  let name: String
  /// What a complaint calls one of the words.
  var noun = ""
  var words: [Word] = []

  init(stringLiteral name: String) { self.name = name }

  init(_ name: String, _ noun: String, _ words: [Word]) {
    self.name = name
    self.noun = noun
    self.words = words
  }

  /// Where only some words may stand, these: `layers`.
  var choice: String { words.map { "`\($0.name)`" }.joined(separator: " or ") }

  /// `WHAT (`layers`)`; where anything may stand, the name alone.
  var described: String { words.isEmpty ? name : "\(name) (\(choice))" }

  var isFile: Bool { name == "FILE" }
  var isFolder: Bool { name == "OUT" || name.hasPrefix("DIR") }
}

/// One option of a command, as it is typed and as help shows it.
struct Option: Sendable {
  let name: String
  var short: Character?
  /// What stands after it; nil for a switch.
  let value: Placeholder?
  var repeats = false
  let summary: String

  /// `-j, --jobs N`.
  var form: String {
    "\(short.map { "-\($0), " } ?? "")--\(name)\(value.map { " \($0.name)" } ?? "")"
  }
}

/// One command: what it takes, what it does, an example.
struct Command: Sendable {
  let name: String
  /// What stands on the line without a dash, all required.
  var operands: [Placeholder] = []
  var options: [Option] = []
  let summary: String
  let example: String
  let run: @Sendable (Arguments) throws(Exit) -> Void

  /// `rhodian run FILE`.
  var head: String { (["rhodian", name] + operands.map(\.name)).joined(separator: " ") }

  /// `rhodian run FILE [--out DIR]`.
  var usage: String {
    ([head] + options.map { option in "[--\(option.name)\(option.value.map { " \($0.name)" } ?? "")]" })
      .joined(separator: " ")
  }

  /// Everything that stands for one of a few words.
  var choices: [Placeholder] { (operands + options.compactMap(\.value)).filter { !$0.words.isEmpty } }

  /// What `rhodian COMMAND --help` prints.
  var help: String {
    var lines = ["usage: \(usage)", summary, ""]
    let forms = options.map { ($0.form, $0.summary) } + [("-h, --help", "print this")]
    lines += Command.columns(forms)
    for choice in choices {
      lines += ["", "\(choice.name):"] + Command.columns(choice.words.map { ($0.name, $0.summary) })
    }
    return (lines + ["", "example: \(example)"]).joined(separator: "\n")
  }

  static func columns(_ rows: [(String, String)]) -> [String] {
    let width = (rows.map { $0.0.count }.max() ?? 0) + 3
    return rows.map { "  \($0)\(String(repeating: " ", count: width - $0.count))\($1)" }
  }
}

/// How the program ends when it does not end well: sysexits, and a message for stderr.
struct Exit: Error {
  let code: Int32
  let message: String

  /// The command line itself is wrong.
  static func usage(_ message: String) -> Exit { Exit(code: 64, message: message) }

  /// What each exit code means, for help and manual.
  static let codes: [(code: Int, meaning: String)] = [
    (0, "done"), (64, "the command line is wrong"), (65, "a config is wrong, or results do not verify"),
    (66, "there is no such file, or a folder lacks one"), (70, "a run failed"),
    (73, "an output cannot be created"),
    (
      74, "an output cannot be written (nor the answer, to a pipe whose reader has gone), or results not read"
    ), (130, "interrupted; the same command goes on"),
    (143, "terminated; the same command goes on"),
  ]
}

/// A command line taken apart by its command's table.
struct Arguments {
  let operands: [String]
  private let options: [(name: String, value: String)]

  /// Accepts `--name value`, `--name=value`, `-n value`, `-nvalue` and, after `--`, operands that begin with
  /// a dash.
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
      let (option, attached) = try Arguments.option(word, of: command)
      guard let expected = option.value else {
        guard attached == nil else { throw .usage("--\(option.name) takes no value") }
        options.append((option.name, ""))
        continue
      }
      guard let value = attached ?? rest.popFirst(), !value.isEmpty else {
        throw .usage("--\(option.name) needs a value: \(expected.name)")
      }
      guard expected.words.isEmpty || expected.words.contains(where: { $0.name == value }) else {
        let names = expected.words.map(\.name)
        let hint = nearest(to: value, among: names).map { ": did you mean `\($0)`?" } ?? ""
        let allowed = names.map { "`\($0)`" }.joined(separator: " or ")
        throw .usage("--\(option.name) takes \(allowed), not `\(value)`\(hint)")
      }
      options.append((option.name, value))
    }
    // The last of two would win in silence.
    for option in command.options
    where !option.repeats && options.count(where: { $0.name == option.name }) > 1 {
      throw .usage("--\(option.name) is given twice")
    }
    let isOpen = command.operands.last?.name.hasSuffix("...") == true
    guard operands.count == command.operands.count || isOpen && operands.count > command.operands.count else {
      throw .usage(
        operands.count < command.operands.count
          ? "missing \(command.operands[operands.count].described)\nusage: \(command.usage)"
          : "`\(operands[command.operands.count])` is one too many\nusage: \(command.usage)")
    }
    for (operand, given) in zip(command.operands, operands) where !operand.words.isEmpty {
      let names = operand.words.map(\.name)
      guard names.contains(given) else {
        let hint = nearest(to: given, among: names).map { ": did you mean `\($0)`?" } ?? ""
        let choice = "\(operand.name) is \(operand.choice)"
        throw .usage("unknown \(operand.noun) `\(given)`\(hint)\n\(choice)\nusage: \(command.usage)")
      }
    }
    self.operands = operands
    self.options = options
  }

  /// The option that a word names, and the value that hangs on it.
  private static func option(
    _ word: String, of command: Command
  ) throws(Exit) -> (option: Option, value: String?) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    if word.hasPrefix("--") {
      if let option = command.options.first(where: { "--\($0.name)" == parts[0] }) {
        return (option, parts.count == 2 ? parts[1] : nil)
      }
    } else if let option = command.options.first(where: { $0.short == word.dropFirst().first }) {
      return (option, word.count > 2 ? String(word.dropFirst(2)) : nil)
    }
    throw .usage(unknown("option", parts[0], among: command.options.map { "--\($0.name)" }, command))
  }

  /// The value given for an option, the last of several; of a switch, an empty one.
  subscript(name: String) -> String? { options.last { $0.name == name }?.value }

  /// Every value given for an option, in order.
  func all(_ name: String) -> [String] { options.filter { $0.name == name }.map(\.value) }

  func has(_ name: String) -> Bool { self[name] != nil }

  /// A whole number of at least one.
  func count(_ name: String) throws(Exit) -> Int? {
    guard let text = self[name] else { return nil }
    guard let value = Int(text), value > 0, value <= 1_000_000_000 else {
      throw .usage("--\(name) takes a whole number of at least 1, not `\(text)`")
    }
    return value
  }
}

/// `unknown option --ot: did you mean --out?`
func unknown(_ noun: String, _ word: String, among known: [String], _ command: Command? = nil) -> String {
  let hint = nearest(to: word, among: known).map { ": did you mean `\($0)`?" } ?? ""
  let usage = command.map { "\nusage: \($0.usage)" } ?? "\nsee `rhodian help`"
  return "unknown \(noun) `\(word)`\(hint)\(usage)"
}
