/// What may not be written, and why.
enum BannedWords {
  /// Code that decides results.
  static let engine = ["Kernel", "Ledger", "Economy"]
  static let library = engine + ["Experiments", "Report"]

  struct Ban: Sendable {
    let text: String
    let reason: String
    var modules = library
  }

  static let bans = [
    Ban(text: ".random(in", reason: "draws come from RandomStreams"),
    Ban(text: ".shuffled(", reason: "draws come from RandomStreams"),
    Ban(text: ".shuffle(", reason: "draws come from RandomStreams"),
    Ban(text: ".randomElement(", reason: "draws come from RandomStreams"),
    Ban(text: "SystemRandomNumberGenerator", reason: "draws come from RandomStreams"),
    Ban(text: "arc4random", reason: "draws come from RandomStreams"),
    Ban(text: "Date()", reason: "the only clock is SimTime"),
    Ban(text: ".addingProduct", reason: "a fused product has other bits than the two operations"),
    Ban(text: ".addProduct", reason: "a fused product has other bits than the two operations"),
    Ban(text: "hashValue", reason: "differs from process to process"),
    Ban(text: "Hasher()", reason: "differs from process to process"),
    Ban(text: "try!", reason: "throw a typed error"),
    Ban(text: "as!", reason: "cast with `as?`"),
    Ban(
      text: "fatalError(", reason: "what a config can bring about is a typed error; a bug is a precondition"),
    Ban(text: "nonisolated(unsafe)", reason: "no process-wide state"),
    Ban(text: "print(", reason: "only the program talks"),
  ]

  /// Functions of the C library whose bits depend on the machine.
  static let mathematics = [
    "exp", "exp2", "exp10", "expm1", "log", "log2", "log10", "log1p", "pow", "sin", "cos", "tan", "asin",
    "acos", "atan", "atan2", "sinh", "cosh", "tanh", "cbrt", "hypot", "erf", "erfc", "tgamma", "lgamma",
    "fma",
  ]

  static func findings(in file: TextFile) -> [Finding] {
    words(in: file) + machineMathematics(in: file) + mutableState(in: file)
  }

  static func words(in file: TextFile) -> [Finding] {
    var findings: [Finding] = []
    for ban in bans where ban.modules.contains(String(file.module)) {
      for (index, line) in file.code.enumerated() {
        for range in line.ranges(of: ban.text) where isWhole(range, in: line) {
          findings.append(Finding(file, line: index + 1, "`\(ban.text)`: \(ban.reason)"))
        }
      }
    }
    return findings
  }

  /// Whether what is found is not the tail or the head of a longer name.
  private static func isWhole(_ range: Range<Substring.Index>, in line: Substring) -> Bool {
    let before = line[..<range.lowerBound].last
    let after = line[range.upperBound...].first
    if isNamePart(line[range].first), isNamePart(before) || before == "." { return false }
    // `case .shuffled(let seed)` is a name of ours; a call stands after what it is called on.
    if line[..<range.lowerBound].hasSuffix("case ") { return false }
    return !(isNamePart(line[range].last) && isNamePart(after))
  }

  private static func isNamePart(_ character: Character?) -> Bool {
    guard let character else { return false }
    return character.isLetter || character.isNumber || character == "_"
  }

  /// `exp(` and its like, unless they are ElementaryMath's own.
  static func machineMathematics(in file: TextFile) -> [Finding] {
    guard engine.contains(String(file.module)), !file.name.hasPrefix("ElementaryMath") else { return [] }
    var findings: [Finding] = []
    var isOwn = false
    for (index, line) in file.code.enumerated() {
      if line.hasPrefix("extension ElementaryMath") { isOwn = true }
      if line.hasPrefix("}") { isOwn = false }
      for name in mathematics {
        for range in line.ranges(of: name + "(") {
          let before = line[..<range.lowerBound]
          let qualifier = before.hasSuffix(".") ? before.dropLast().reversed().prefix(while: isNamePart) : []
          let module = String(qualifier.reversed())
          let isBare = !isNamePart(before.last) && !before.hasSuffix(".")
          if ModuleOrder.system.contains(module) || (isBare && !isOwn) {
            findings.append(
              Finding(
                file, line: index + 1, "`\(name)(`: ElementaryMath.\(name) has the same bits everywhere"))
          }
        }
      }
    }
    return findings
  }

  /// Variables that outlive a run: at the top level, or static and stored.
  static func mutableState(in file: TextFile) -> [Finding] {
    guard !file.module.isEmpty, file.name != "main.swift" else { return [] }
    let global = /^(?:package |public |private |fileprivate )?var \w+/
    let stored = /\b(?:static|class) var \w+[^{]*(?:=|$)/
    var findings: [Finding] = []
    for (index, line) in file.code.enumerated() {
      let head = line.prefix { $0 != "{" }
      let isComputed = line.contains("{") && !head.contains("=")
      if line.firstMatch(of: global) != nil, !isComputed {
        findings.append(Finding(file, line: index + 1, "a variable of the whole process"))
      }
      if line.firstMatch(of: stored) != nil, !isComputed {
        findings.append(Finding(file, line: index + 1, "a static variable that is stored"))
      }
    }
    return findings
  }

  /// Work that somebody left for later. Said in comments, so read with them.
  static func leftovers(in file: TextFile) -> [Finding] {
    guard ["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"].contains(where: file.text.contains) else {
      return []
    }
    let marks = /\b(?:TODO|FIXME|XXX|HACK)\b/
    return file.lines.enumerated().compactMap { index, line in
      line.firstMatch(of: marks).map {
        Finding(file, line: index + 1, "`\(line[$0.range])`: do it, or file an issue")
      }
    }
  }
}
