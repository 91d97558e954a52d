/// A folder imports only those above it.
enum ModuleOrder {
  static let modules = ["Kernel", "Ledger", "Economy", "Experiments", "Report", "rhodian"]
  /// Inside a module the compiler keeps no order; what lies in none of these folders comes last.
  static let folders = [
    "Economy": ["Markets", "Venues", "Mutualization", "Traders", "Measures", "Contagion"],
    "Experiments": ["Reading", "Config", "Plan", "Runs", "Outputs", "Running"],
  ]

  /// Libraries whose mathematics, clocks and random numbers are not ours to reproduce.
  static let system = ["Foundation", "FoundationEssentials", "Glibc", "Musl", "Darwin"]
  static let withoutSystem = ["Kernel", "Ledger", "Economy"]

  static func imports(of file: TextFile) -> [Finding] {
    var findings: [Finding] = []
    for (index, line) in file.code.enumerated() {
      let words = line.split(separator: " ")
      guard let place = words.firstIndex(of: "import"), place + 1 < words.count,
        words[..<place].allSatisfy({ $0.hasPrefix("@") || ["public", "package"].contains($0) })
      else { continue }
      let imported = String(words[words.count - 1].split(separator: ".")[0])
      if let mine = modules.firstIndex(of: String(file.module)),
        let other = modules.firstIndex(of: imported), other >= mine
      {
        findings.append(Finding(file, line: index + 1, "\(file.module) may not import \(imported)"))
      }
      if withoutSystem.contains(String(file.module)), system.contains(imported) {
        findings.append(Finding(file, line: index + 1, "the engine does without \(imported)"))
      }
      if ["Experiments", "Report"].contains(file.module), imported.hasPrefix("Foundation") {
        findings.append(Finding(file, line: index + 1, "\(imported) is ten times the size of the program"))
      }
    }
    return findings
  }

  /// Mentions, inside a module, of types that are declared in a later folder.
  static func mentions(in files: [TextFile], module: String) -> [Finding] {
    let order = folders[module] ?? []
    var folderOfType: [String: Int] = [:]
    let placed = files.compactMap { file -> (file: TextFile, folder: Int)? in
      guard file.module == module else { return nil }
      let folder = String(file.path.split(separator: "/")[2])
      return (file, order.firstIndex(of: folder) ?? order.count)
    }
    for (file, folder) in placed {
      for name in topLevelTypes(of: file) { folderOfType[name] = folder }
    }
    var findings: [Finding] = []
    for (file, folder) in placed {
      for (index, line) in file.code.enumerated() {
        for word in line.split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == "_") }) {
          guard let other = folderOfType[String(word)], other > folder else { continue }
          let place = other < order.count ? order[other] : "no folder"
          findings.append(Finding(file, line: index + 1, "\(word) is declared later, in \(place)"))
        }
      }
    }
    return findings
  }

  /// Names that a file declares for others: types that are neither nested nor private.
  static func topLevelTypes(of file: TextFile) -> [String] {
    let declaration =
      /^(?:package |public )?(?:final |indirect )?(?:struct|enum|protocol|class|actor|typealias) (\w+)/
    return file.code.compactMap { $0.firstMatch(of: declaration).map { String($0.1) } }
  }
}
