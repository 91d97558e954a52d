import Foundation

/// Lengths, widths, blanks and what every file has to have.
enum Form {
  struct Limits: Sendable {
    /// Beyond this, worth a second look: printed.
    let look: Int
    /// Beyond this, a failure.
    let fail: Int
  }

  static let functionLines = Limits(look: 70, fail: 100)
  static let fileLines = Limits(look: 400, fail: 450)
  static let swiftColumns = 110
  static let documentColumns = 125

  static func longFiles(_ files: [TextFile], beyond limit: Int) -> [Finding] {
    files.filter { !$0.isTable && lineCount($0) > limit }
      .map { Finding($0, line: 1, "\(lineCount($0)) lines, of at most \(limit)") }
  }

  private static func lineCount(_ file: TextFile) -> Int {
    file.lines.last?.isEmpty == true ? file.lines.count - 1 : file.lines.count
  }

  /// Functions by the layout that `swift format` gives them: closed by the first brace at their own
  /// indentation.
  static func longFunctions(_ files: [TextFile], beyond limit: Int) -> [Finding] {
    var findings: [Finding] = []
    for file in files where !file.isTable {
      for start in file.code.indices where isFunction(file.code[start]) {
        let indentation = file.code[start].prefix { $0 == " " }
        guard let end = end(ofFunctionAt: start, indentation, file.code) else { continue }
        let count = end - start + 1
        if count > limit {
          findings.append(Finding(file, line: start + 1, "a function of \(count) lines, of at most \(limit)"))
        }
      }
    }
    return findings
  }

  private static func isFunction(_ line: Substring) -> Bool {
    line.firstMatch(of: /^\s*(?:@\w+ )*(?:[a-z]+(?:\(\w+\))? )*(?:func \S|init[?(<]|subscript[(<]|deinit\b)/)
      != nil
  }

  private static func end(ofFunctionAt start: Int, _ indentation: Substring, _ code: [Substring]) -> Int? {
    if code[start].hasSuffix("}") { return start }
    for index in code.indices[(start + 1)...] {
      let line = code[index]
      guard !line.allSatisfy({ $0 == " " }) else { continue }
      let own = line.prefix { $0 == " " }
      if own.count > indentation.count { continue }
      if own.count < indentation.count { return nil }
      let rest = line.dropFirst(own.count)
      if rest.hasPrefix("}") { return index }
      // The rest of a signature that takes several lines; anything else is the next declaration.
      guard rest.hasPrefix(")") || rest.hasPrefix("{") || rest.hasPrefix("where") else { return nil }
    }
    return nil
  }

  static func wideLines(_ file: TextFile) -> [Finding] {
    let isSwift = file.path.hasSuffix(".swift")
    // The manifest is left to the formatter.
    guard file.path != "Package.swift",
      isSwift || file.path.hasSuffix(".md") || file.path.hasSuffix(".jsonc"), !file.isTable
    else {
      return []
    }
    let limit = isSwift ? swiftColumns : documentColumns
    let literals = isSwift ? linesOfLiterals(file) : linesOfAnswers(file)
    return file.lines.enumerated().compactMap { index, line in
      // The text of a literal says what it says; a table's row and an address cannot be broken.
      guard line.count > limit, !literals.contains(index), isSwift || !line.hasPrefix("|"),
        !line.contains("://")
      else { return nil }
      let hint = isSwift ? " (Tests/wrap-comments.py wraps comments)" : ""
      return Finding(file, line: index + 1, "\(line.count) columns, of at most \(limit)\(hint)")
    }
  }

  /// Lines of a document's blocks that show what a program prints: those that name no language.
  private static func linesOfAnswers(_ file: TextFile) -> Set<Int> {
    var inside: Set<Int> = []
    var (isInside, isAnswer) = (false, false)
    for (index, line) in file.lines.enumerated() {
      if line.hasPrefix("```") {
        isInside.toggle()
        isAnswer = isInside && line == "```"
      } else if isAnswer, isInside {
        inside.insert(index)
      }
    }
    return inside
  }

  /// Lines inside `\"\"\"` literals: blank as code, and not as text, and no comment.
  private static func linesOfLiterals(_ file: TextFile) -> Set<Int> {
    var isInside = false
    var found: Set<Int> = []
    for (index, line) in file.lines.enumerated() {
      let marks = line.ranges(of: "\"\"\"").count
      if isInside, marks == 0 { found.insert(index) }
      if marks % 2 == 1 { isInside.toggle() }
    }
    return found
  }

  /// Rows of a table that stand apart from its head: readers show them as text.
  static func headlessTables(_ file: TextFile) -> [Finding] {
    guard file.path.hasSuffix(".md") else { return [] }
    var isQuoted = false
    return file.lines.indices.compactMap { index in
      if file.lines[index].hasPrefix("```") { isQuoted.toggle() }
      guard !isQuoted, file.lines[index].hasPrefix("|"), index == 0 || !file.lines[index - 1].hasPrefix("|")
      else { return nil }
      let rule = index + 1 < file.lines.count ? file.lines[index + 1] : ""
      return rule.hasPrefix("|-") || rule.hasPrefix("|:") || rule.hasPrefix("| -")
        ? nil : Finding(file, line: index + 1, "the row of a table without a head")
    }
  }

  static func blanks(_ file: TextFile) -> [Finding] {
    var findings = file.lines.enumerated().compactMap { index, line in
      line.last == " " || line.last == "\t"
        ? Finding(file, line: index + 1, "blanks at the end of the line") : nil
    }
    if file.path.hasSuffix(".swift"), !file.text.hasSuffix("\n") || file.text.hasSuffix("\n\n") {
      findings.append(Finding(file, line: file.lines.count, "ends in one line feed"))
    }
    return findings
  }

  /// Places on somebody's machine. Put together here, so that this file does not name them.
  static let machinePaths = ["work", "root", "tmp/wt"].map { "/\($0)/" } + ["/tmp/" + "wt"]

  static func machinePlaces(_ file: TextFile) -> [Finding] {
    file.lines.enumerated().flatMap { index, line in
      machinePaths.filter { line.contains($0) }.map {
        Finding(file, line: index + 1, "`\($0)` is on one machine only")
      }
    }
  }

  /// Types for other files that do not say what they are. A phantom tag, `enum PoolTag {}`, need not.
  static func undocumentedTypes(_ file: TextFile) -> [Finding] {
    let declaration = /^(?:package|public) (?:final |indirect )?(?:struct|enum|protocol|class|actor) (\w+)/
    return file.code.enumerated().compactMap { index, line in
      guard let match = line.firstMatch(of: declaration), !line.hasSuffix("{}") else { return nil }
      var above = index - 1
      while above >= 0, file.lines[above].hasPrefix("@") { above -= 1 }
      guard above < 0 || !file.lines[above].hasPrefix("///") else { return nil }
      return Finding(file, line: index + 1, "\(match.1) has no comment that says what it is")
    }
  }
}
