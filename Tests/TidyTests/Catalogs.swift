/// What is listed and what is there.
enum Catalogs {
  static let layersFolder = "Sources/Economy/Mutualization/Layers/"
  static let layersList = "Sources/Economy/Mutualization/LayerCatalog.swift"

  /// One file a layer, one line a file.
  static func layers(_ files: [TextFile], catalogued: [String]) -> [Finding] {
    let folder = files.filter { $0.path.hasPrefix(layersFolder) }
    let names = folder.map { String($0.name.dropLast(".swift".count)) }
    var findings = zip(folder, names).compactMap { file, name -> Finding? in
      if !catalogued.contains(name) { return Finding(file, line: 1, "\(name) is not in LayerCatalog") }
      return file.code.contains { $0.contains("struct \(name): LossLayer") }
        ? nil : Finding(file, line: 1, "does not declare `struct \(name): LossLayer`")
    }
    for name in catalogued where !names.contains(name) {
      findings.append(Finding(TextFile(layersList, ""), line: 1, "\(name) has no file in Layers/"))
    }
    return findings
  }

  /// `InsuranceFund.self,` in the catalog's array.
  static func catalogued(in list: TextFile) -> [String] {
    list.code.compactMap { $0.wholeMatch(of: /\s+(\w+)\.self,/).map { String($0.1) } }
  }

  /// Each small change of `mutants.txt` names text that stands in its file once: a change that cannot be made
  /// proves nothing.
  static func mutants(_ list: TextFile, in files: [TextFile]) -> [Finding] {
    var findings: [Finding] = []
    var (file, original, start) = ("", "", 0)
    for (number, line) in (list.lines + ["== "]).enumerated() {
      if line.hasPrefix("- ") { original += line.dropFirst(2) + "\n" }
      if line.hasPrefix("file: ") { file = String(line.dropFirst(6)) }
      guard line.hasPrefix("== ") else { continue }
      if start > 0 {
        let text = files.first { $0.path == file }?.text ?? ""
        let count =
          original.isEmpty ? 0 : text.split(separator: original, omittingEmptySubsequences: false).count - 1
        if count != 1 { findings.append(Finding(list, line: start, "its text is in \(file) \(count) times")) }
      }
      (original, start) = ("", number + 1)
    }
    return findings
  }

  /// An experiment opens with what it asks, what should come out, how long it takes and how to run it.
  static func experimentHeader(_ file: TextFile) -> [Finding] {
    let header = file.lines.prefix { $0.hasPrefix("//") }.map { $0.drop { $0 == "/" || $0 == " " } }
    var findings: [Finding] = []
    for part in ["Question:", "Expected picture:", "Run time:", "Run it:"] {
      let count = header.count { $0.hasPrefix(part) }
      if count != 1 {
        findings.append(Finding(file, line: 1, "its header says `\(part)` \(count) times, not once"))
      }
    }
    if !header.contains(where: { $0.hasSuffix("?") || $0.contains("? ") }) {
      findings.append(Finding(file, line: 1, "its question asks nothing"))
    }
    if !header.contains(where: { $0.hasPrefix("Run it:") && $0.contains("rhodian run \(file.path)") }) {
      findings.append(Finding(file, line: 1, "its command is not `rhodian run \(file.path) …`"))
    }
    return findings
  }
}
