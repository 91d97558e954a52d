import Foundation
import Testing

/// Where the package is: two folders above this file's own.
let packageRoot = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// One file of the package, or a snippet that stands for one.
struct TextFile: Sendable {
  /// From the package's root: `Sources/Ledger/Ledger.swift`.
  let path: String
  let text: String
  /// Its lines without comments and literals; line by line those of `lines`.
  let code: [Substring]
  let lines: [Substring]

  init(_ path: String, _ text: String) {
    self.path = path
    self.text = text
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    code = (path.hasSuffix(".swift") ? codeOnly(text) : text)
      .split(separator: "\n", omittingEmptySubsequences: false)
  }

  var name: Substring { path.split(separator: "/").last ?? "" }

  /// `Kernel` for `Sources/Kernel/…`; empty for what is not a source.
  var module: Substring {
    let parts = path.split(separator: "/")
    return parts.count > 2 && parts[0] == "Sources" ? parts[1] : ""
  }

  /// Generated or copied numbers, which nobody reads as prose.
  var isTable: Bool { path.hasSuffix("Tables.swift") && module == "Kernel" }
}

/// What a rule found: where, and what is wrong with it.
struct Finding: Hashable, CustomStringConvertible {
  let path: String
  let line: Int
  let message: String

  init(_ file: TextFile, line: Int, _ message: String) {
    self.path = file.path
    self.line = line
    self.message = message
  }

  var description: String { "\(path):\(line): \(message)" }
}

/// Fails with one line for each finding.
func expectTidy(_ findings: [Finding], sourceLocation: SourceLocation = #_sourceLocation) {
  let list = findings.map(\.description).joined(separator: "\n")
  if !findings.isEmpty { Issue.record("\(findings.count) untidy:\n\(list)", sourceLocation: sourceLocation) }
}

/// The package's files, read once.
enum Repository {
  /// What git tracks or would track; without git (an archive, a mutant's copy), every file but build
  /// products.
  static let paths: [String] = trackedPaths() ?? walkedPaths()

  /// Those that are text.
  static let texts: [TextFile] = paths.sorted().compactMap { path in
    guard let data = try? Data(contentsOf: packageRoot.appendingPathComponent(path)),
      let text = String(data: data, encoding: .utf8)
    else { return nil }
    return TextFile(path, text)
  }

  static let swift = texts.filter { $0.path.hasSuffix(".swift") }
  static let sources = swift.filter { $0.path.hasPrefix("Sources/") }
  static let experiments = texts.filter {
    $0.path.hasPrefix("experiments/") && $0.path.hasSuffix(".jsonc")
  }

  private static func trackedPaths() -> [String]? {
    let git = Process()
    git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    git.arguments = ["git", "-C", packageRoot.path, "ls-files", "-z", "-co", "--exclude-standard"]
    let output = Pipe()
    git.standardOutput = output
    git.standardError = FileHandle.nullDevice
    guard (try? git.run()) != nil else { return nil }
    let listed = output.fileHandleForReading.readDataToEndOfFile()
    git.waitUntilExit()
    guard git.terminationStatus == 0 else { return nil }
    return String(decoding: listed, as: UTF8.self).split(separator: "\0").map(String.init)
  }

  private static func walkedPaths() -> [String] {
    let walker = FileManager.default.enumerator(atPath: packageRoot.path)
    var paths: [String] = []
    while let path = walker?.nextObject() as? String {
      let name = path.split(separator: "/").last ?? ""
      if name.hasPrefix(".build") || name == ".git" || path == "results" {
        walker?.skipDescendants()
      } else {
        var isFolder: ObjCBool = false
        let full = packageRoot.appendingPathComponent(path).path
        if FileManager.default.fileExists(atPath: full, isDirectory: &isFolder), !isFolder.boolValue {
          paths.append(path)
        }
      }
    }
    return paths
  }
}
