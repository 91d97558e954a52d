/// A shell that can complete our words.
enum Shell: String, CaseIterable {
  case bash, zsh, fish

  /// How a shell gets to know the script, for help.
  var use: String {
    switch self {
    case .bash: "source <(rhodian completion bash), in ~/.bashrc"
    case .zsh: "source <(rhodian completion zsh), in ~/.zshrc after compinit"
    case .fish: "rhodian completion fish > ~/.config/fish/completions/rhodian.fish"
    }
  }

  /// The script for a table of commands.
  func script(_ commands: [Command], about: [Word]) -> String {
    let all = commands.map { Word(name: $0.name, summary: $0.summary) } + about
    switch self {
    case .bash: return Shell.bash(commands, all)
    case .zsh: return Shell.zsh(commands, all)
    case .fish: return Shell.fish(commands, all)
    }
  }

  // MARK: bash

  private static func bash(_ commands: [Command], _ all: [Word]) -> String {
    var lines = [
      "# bash completion for rhodian", "_rhodian() {",
      "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}",
      "  COMPREPLY=()", "  if ((COMP_CWORD == 1)); then", "    \(bashWords(all))", "    return", "  fi",
      "  case $command,$before in",
    ]
    for command in commands {
      for option in command.options {
        guard let value = option.value else { continue }
        let names = ["--\(option.name)"] + (option.short.map { ["-\($0)"] } ?? [])
        let patterns = names.map { "\(command.name),\($0)" }.joined(separator: "|")
        lines.append("    \(patterns)) \(bashValue(value)); return ;;")
      }
    }
    lines += ["  esac", "  case $command,$word in"]
    for command in commands {
      let names = command.options.flatMap { ["--\($0.name)"] + ($0.short.map { ["-\($0)"] } ?? []) }
      let options = (names + ["--help"]).map { Word(name: $0, summary: "") }
      lines.append("    \(command.name),-*) \(bashWords(options)) ;;")
      guard let operand = command.operands.last else { continue }
      lines.append("    \(command.name),*) \(bashValue(operand)) ;;")
    }
    lines.append("    help,*) \(bashWords(all)) ;;")
    return (lines + ["  esac", "}", "complete -o filenames -F _rhodian rhodian", ""]).joined(separator: "\n")
  }

  private static func bashWords(_ words: [Word]) -> String {
    "COMPREPLY=($(compgen -W '\(words.map(\.name).joined(separator: " "))' -- \"$word\"))"
  }

  private static func bashValue(_ value: Placeholder) -> String {
    if value.isFile { return "COMPREPLY=($(compgen -f -- \"$word\"))" }
    if value.isFolder { return "COMPREPLY=($(compgen -d -- \"$word\"))" }
    return bashWords(value.words)
  }

  // MARK: zsh

  private static func zsh(_ commands: [Command], _ all: [Word]) -> String {
    var lines = [
      "#compdef rhodian", "_rhodian() {", "  local -a commands", "  commands=(",
    ]
    lines += all.map { "    '\($0.name):\(zshText($0.summary))'" }
    lines += [
      "  )", "  if ((CURRENT == 2)); then", "    _describe command commands", "    return", "  fi",
      "  local command=$words[2]", "  shift words", "  ((CURRENT--))", "  case $command in",
    ]
    for command in commands {
      var specs = command.options.flatMap { option -> [String] in
        let value = option.value.map { ":\($0.name):\(zshAction($0))" } ?? ""
        let repeated = option.repeats ? "*" : ""
        let forms = ["--\(option.name)\(value.isEmpty ? "" : "=")"] + (option.short.map { ["-\($0)+"] } ?? [])
        return forms.map { "'\(repeated)\($0)[\(zshText(option.summary))]\(value)'" }
      }
      specs.append("'--help[print its options]'")
      for (index, operand) in command.operands.enumerated() {
        let place = operand.name.hasSuffix("...") ? "*" : "\(index + 1)"
        specs.append("'\(place):\(operand.name):\(zshAction(operand))'")
      }
      lines.append("    \(command.name)) _arguments -s \(specs.joined(separator: " ")) ;;")
    }
    lines += ["    help) ((CURRENT == 2)) && _describe command commands ;;", "  esac", "}"]
    // Found in $fpath, the file is the function's body; sourced, it declares the function.
    lines += [
      "if [[ $funcstack[1] == _rhodian ]]; then _rhodian \"$@\"", "else compdef _rhodian rhodian", "fi",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private static func zshAction(_ value: Placeholder) -> String {
    if value.isFile { return "_files -g \"*.json*\"" }
    if value.isFolder { return "_files -/" }
    return value.words.isEmpty ? " " : "(\(value.words.map(\.name).joined(separator: " ")))"
  }

  /// Inside quotes and brackets, where colons separate.
  private static func zshText(_ text: String) -> String {
    text.replacing("'", with: "'\\''").replacing(":", with: "\\:").replacing("[", with: "\\[")
      .replacing("]", with: "\\]")
  }

  // MARK: fish

  private static func fish(_ commands: [Command], _ all: [Word]) -> String {
    var lines = ["# fish completion for rhodian", "complete -c rhodian -f"]
    lines += all.map {
      "complete -c rhodian -n __fish_use_subcommand -a \($0.name) -d \(fishText($0.summary))"
    }
    for command in commands {
      let condition = "complete -c rhodian -n '__fish_seen_subcommand_from \(command.name)'"
      for option in command.options {
        let short = option.short.map { " -s \($0)" } ?? ""
        let value = option.value.map { " -r \(fishAction($0))" } ?? ""
        lines.append("\(condition) -l \(option.name)\(short)\(value) -d \(fishText(option.summary))")
      }
      if let operand = command.operands.last { lines.append("\(condition) \(fishAction(operand))") }
    }
    lines.append("complete -c rhodian -n '__fish_seen_subcommand_from help' -a \(fishWords(all))")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func fishAction(_ value: Placeholder) -> String {
    if value.isFile { return "-F" }
    if value.isFolder { return "-a '(__fish_complete_directories)'" }
    return value.words.isEmpty ? "-f" : "-a \(fishWords(value.words))"
  }

  private static func fishWords(_ words: [Word]) -> String { "'\(words.map(\.name).joined(separator: " "))'" }

  private static func fishText(_ text: String) -> String {
    "'\(text.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'"
  }
}
