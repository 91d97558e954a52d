/// Walks over sets and dictionaries, whose order differs from process to process. A reading of the text, file
/// by file: a name declared there as `[K: V]`, `Set<…>` or by a literal or initializer of one, walked by
/// `for … in` or by a method that visits elements. Sorting them first is fine.
enum UnorderedIteration {
  private static let visits = [
    "map", "compactMap", "flatMap", "forEach", "keys", "values", "reduce", "filter", "first", "enumerated",
    "joined",
    "popFirst", "prefix", "dropFirst", "max", "min", "makeIterator", "elementsEqual",
  ]

  static func findings(in file: TextFile) -> [Finding] {
    guard BannedWords.library.contains(String(file.module)) else { return [] }
    let names = unorderedNames(in: file)
    var findings: [Finding] = []
    for (index, line) in file.code.enumerated() {
      for name in names where walks(name, in: line) {
        findings.append(Finding(file, line: index + 1, "`\(name)` has no order: sort it, or keep an array"))
      }
      if line.firstMatch(of: /\bfor\b.*\bin (?:Set|Dictionary)[(<]/) != nil {
        findings.append(Finding(file, line: index + 1, "a walk over a set or dictionary has no order"))
      }
    }
    return findings
  }

  static func unorderedNames(in file: TextFile) -> [String] {
    let annotated = /\b(\w+)\s*:\s*(?:inout |borrowing |consuming )?(?:\[[^\[\]:()]+:[^:]|Set<|Dictionary<)/
    let assigned = /\b(?:let|var) (\w+) = (?:\[[^\[\]:()]*:[^:\]]*\](?:\(|$)|\[:\]|Set[<(]|Dictionary[<(])/
    var names: [String] = []
    for line in file.code {
      let found =
        line.matches(of: annotated).map { String($0.1) } + line.matches(of: assigned).map { String($0.1) }
      for name in found where !names.contains(name) { names.append(name) }
    }
    return names
  }

  private static func walks(_ name: String, in line: Substring) -> Bool {
    for range in line.ranges(of: name) {
      let before = line[..<range.lowerBound]
      let after = line[range.upperBound...]
      let isPart = { (character: Character?) in
        character.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
      }
      if isPart(before.last) || isPart(after.first) { continue }
      if before.hasSuffix(" in ") || before.hasSuffix(" in self."), after.first != "[",
        !after.hasPrefix(".sorted"),
        !after.hasPrefix(".count"), before.contains("for ")
      {
        if !visitsSorted(after) { return true }
      }
      if visits.contains(where: { after.hasPrefix(".\($0)") && !isPart(after.dropFirst($0.count + 1).first) }
      ),
        !visitsSorted(after)
      {
        return true
      }
    }
    return false
  }

  private static func visitsSorted(_ after: Substring) -> Bool {
    after.hasPrefix(".sorted") || after.hasPrefix(".keys.sorted") || after.hasPrefix(".values.sorted")
  }
}
