import Foundation
import Testing

@testable import rhodian

/// The commands that README.md tells a new user to type.
@Suite struct ReadmeTests {
  struct MissingReadme: Error, CustomStringConvertible { let description = "README.md is missing" }

  /// Commands of the README: lines of its `sh` blocks, without their comments.
  static func commands(_ text: String) -> [String] {
    var commands: [String] = []
    var language: Substring?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        language = language == nil ? line.dropFirst(3) : nil
      } else if language == "sh" {
        let command = line.split(separator: "#", omittingEmptySubsequences: false)[0]
        let words = command.split(separator: " ").joined(separator: " ")
        if !words.isEmpty { commands.append(words) }
      }
    }
    return commands
  }

  /// The words after the program's name, however it is called; nil for another program's command.
  static func rhodianWords(_ command: String) -> [String]? {
    // What a shell does before and after it is the shell's: `source <(rhodian …)`, `rhodian … > file && …`.
    let inner = command.hasPrefix("source <(") ? command.dropFirst(9).prefix { $0 != ")" } : command[...]
    var words = inner.split(separator: " ").map(String.init).prefix { ![">", "|", "&&"].contains($0) }
    if words.starts(with: ["swift", "run"]) {
      words = words.dropFirst(2).drop { $0.hasPrefix("-") || $0 == "release" }
    }
    guard let program = words.first, program == "rhodian" || program.hasSuffix("/rhodian") else { return nil }
    return Array(words.dropFirst())
  }

  static func readme() throws -> String {
    let file = Built.package.appendingPathComponent("README.md")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { throw MissingReadme() }
    return text
  }

  @Test("the README has commands, and each is make's, swift's or ours")
  func knownCommands() throws {
    let commands = ReadmeTests.commands(try ReadmeTests.readme())
    #expect(!commands.isEmpty)
    for command in commands {
      let isKnown =
        command.hasPrefix("make ") || command.hasPrefix("swift ") || ReadmeTests.rhodianWords(command) != nil
      #expect(isKnown || command.hasPrefix("git ") || command.hasPrefix("cd "), "\(command)")
    }
  }

  @Test("each target of make that the README names is in the Makefile")
  func makeTargets() throws {
    let makefile = try String(contentsOf: Built.package.appendingPathComponent("Makefile"), encoding: .utf8)
    let targets = makefile.matches(of: /(?m)^([a-z-]+):/).map { String($0.1) }
    for command in ReadmeTests.commands(try ReadmeTests.readme()) where command.hasPrefix("make ") {
      for word in command.split(separator: " ").dropFirst() where !word.contains("=") && !word.hasPrefix("-")
      {
        #expect(targets.contains(String(word)), "\(command)")
      }
    }
  }

  @Test("each line of the README that calls the program is one that the program understands")
  func parsedCommands() throws {
    for command in ReadmeTests.commands(try ReadmeTests.readme()) {
      guard let words = ReadmeTests.rhodianWords(command), let name = words.first else { continue }
      if ["help", "version", "--help", "--version"].contains(name) { continue }
      let known = try #require(Program.commands.first { $0.name == name }, "\(command)")
      #expect(throws: Never.self, "\(command)") { _ = try Arguments(Array(words.dropFirst()), of: known) }
    }
  }

  @Test("each example in the program's own help is one that it understands")
  func helpExamples() throws {
    for command in Program.commands {
      let words = try #require(ReadmeTests.rhodianWords(command.example), "\(command.example)")
      #expect(words.first == command.name)
      #expect(throws: Never.self, "\(command.example)") {
        _ = try Arguments(Array(words.dropFirst()), of: command)
      }
    }
  }

  /// `make run` and the shipped experiments, with two seeds each; then whatever follows, in the README's
  /// order.
  @Test("the README's cheap commands, typed one after the other, end well")
  func executedCommands() throws {
    let scratch = try Scratch()
    #expect(try scratch.run(["cp", "-r", Built.package.path + "/experiments", "."]).code == 0)
    for file in try scratch.list("experiments") where file.hasSuffix(".jsonc") {
      let text = try scratch.text("experiments/\(file)")
      try scratch.write(
        "experiments/\(file)", text.replacing(/"seeds": "\d+\.\.\d+"/, with: #""seeds": "1..2""#))
    }
    for command in ReadmeTests.commands(try ReadmeTests.readme()) {
      if command == "make run" {
        let words = ["run", "experiments/who-pays.jsonc", "--out", "results/who-pays"]
        #expect(try scratch.run([Built.binary()] + words).code == 0)
      }
      guard let words = ReadmeTests.rhodianWords(command) else { continue }
      guard ["run", "trace", "report", "list", "help", "version"].contains(words.first ?? "help") else {
        continue
      }
      let run = try scratch.run([Built.binary()] + words)
      #expect(run.code == 0, "\(command): \(run.complaint)")
    }
  }

  @Test("what these tests read off a README")
  func reading() {
    let text = """
      ```sh
      make run   # a crash
      swift run -c release rhodian trace results/a --loss last
      ```
      ```
      rhodian not-a-command
      ```
      ```sh
      .build/release/rhodian list layers
      ```
      """
    let commands = ReadmeTests.commands(text)
    #expect(
      commands == [
        "make run", "swift run -c release rhodian trace results/a --loss last",
        ".build/release/rhodian list layers",
      ])
    #expect(
      commands.map(ReadmeTests.rhodianWords) == [
        nil, ["trace", "results/a", "--loss", "last"], ["list", "layers"],
      ])
  }
}
