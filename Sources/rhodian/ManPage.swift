import Experiments

/// The manual page in roff, for `man -l`: the table of commands once more (man(7)).
var manPage: String {
  var lines = [
    ".TH RHODIAN 1 \"\" \"rhodian \(Version.current)\" \"User Commands\"",
    ".SH NAME", roff("rhodian - \(Program.question)"), ".SH SYNOPSIS",
    ".B rhodian", roff("COMMAND [OPTION...] [OPERAND...]"), ".SH COMMANDS",
  ]
  for command in Program.commands {
    lines += [".SS " + roff("\(command.head)"), roff(sentence(command.summary))]
    for option in command.options { lines += item(option.form, option.summary) }
    for choice in command.choices {
      lines += [".PP", roff("\(choice.name.drop { $0 == "." }) is one of these:")]
      for word in choice.words { lines += item(word.name, word.summary) }
    }
    lines += [".PP", "Example:", ".PP", ".nf", ".RS", roff(command.example), ".RE", ".fi"]
  }
  for word in Program.about {
    lines += [".SS " + roff("rhodian \(word.name)"), roff(sentence(word.summary))]
  }
  lines.append(".SH OPTIONS")
  lines += item("-h, --help", "after a command: print its options and an example")
  lines += item("--", "what follows is no option, even if it begins with a dash")
  lines += [
    ".PP",
    roff("The value of an option stands after it or after an equals sign: --out DIR, --out=DIR, -j 4, -j4."),
    ".SH EXIT STATUS",
  ]
  for (code, meaning) in Exit.codes { lines += item("\(code)", meaning) }
  lines.append(".SH ENVIRONMENT")
  for word in Program.environment { lines += item(word.name, word.summary) }
  return lines.joined(separator: "\n") + "\n"
}

private func item(_ term: String, _ text: String) -> [String] {
  [".TP", ".B " + roff(term), roff(sentence(text))]
}

private func sentence(_ text: String) -> String {
  guard let first = text.first, !text.hasPrefix("source "), !text.hasPrefix("rhodian ") else { return text }
  return first.uppercased() + text.dropFirst() + "."
}

/// Text that roff prints as it stands.
private func roff(_ text: String) -> String {
  var output = text.first.map { ".'".contains($0) } == true ? "\\&" : ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\\": output += "\\e"
    case "-": output += "\\-"
    case "`": output += "\\(ga"
    case "'": output += "\\(aq"
    case "\"": output += "\\(dq"
    case "~": output += "\\(ti"
    case "^": output += "\\(ha"
    case _ where scalar.isASCII: output.unicodeScalars.append(scalar)
    default: output += "\\[u" + String(format(scalar.value)) + "]"
    }
  }
  return output
}

/// At least four hexadecimal digits, as roff names a character.
private func format(_ value: UInt32) -> String {
  let digits = String(value, radix: 16, uppercase: true)
  return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
}
