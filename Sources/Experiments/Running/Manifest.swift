import Kernel

/// What makes results citable: version, and the SHA-256 of every file and of every chunk. It depends on the
/// config and the version alone, never on the machine, the day or the number of jobs.
package struct Manifest: Sendable {
  package struct File: Sendable {
    package let name: String
    /// Of the bytes before compression.
    package let digest: String
    package let byteCount: Int

    init(name: String, digest: Digest, byteCount: Int) {
      self.name = name
      self.digest = digest.hex
      self.byteCount = byteCount
    }

    init(name: String, bytes: [UInt8]) {
      var fingerprint = Fingerprint()
      fingerprint.update(bytes: bytes)
      self.init(name: name, digest: fingerprint.finish(), byteCount: bytes.count)
    }

    fileprivate init?(_ member: JSONNode.Member) {
      guard let digest = member.value["sha256"]?.text, let byteCount = member.value["bytes"]?.count else {
        return nil
      }
      name = member.key
      self.digest = digest
      self.byteCount = byteCount
    }
  }

  /// The program that made the results: its version and what its numbers mean.
  package struct Maker: Hashable, Sendable, CustomStringConvertible {
    package let version: String
    package let semantics: Int

    package static let current = Maker(version: Version.current, semantics: Semantics.revision)

    package var description: String { "rhodian \(version) (semantics \(semantics))" }
  }

  package let maker: Maker
  package let experiment: String
  package let runs: Int
  /// Which variants of the experiment the runs are of, where they are not all.
  package var only: [String]?
  package let files: [File]
  package let chunks: [String]

  init(experiment: String, runs: Int, files: [File], chunks: [Digest]) {
    maker = .current
    self.experiment = experiment
    self.runs = runs
    self.files = files
    self.chunks = chunks.map(\.hex)
  }

  package init?(_ node: JSONNode) {
    guard let version = node["rhodian"]?.text, let semantics = node["semantics"]?.count,
      let experiment = node["experiment"]?.text, let runs = node["runs"]?.count,
      let files = node["files"]?.members, let chunks = node["chunks"]?.elements
    else { return nil }
    maker = Maker(version: version, semantics: semantics)
    self.experiment = experiment
    self.runs = runs
    only = node["only"]?.elements?.compactMap(\.text)
    self.files = files.compactMap(File.init)
    self.chunks = chunks.compactMap(\.text)
    guard self.files.count == files.count, self.chunks.count == chunks.count else { return nil }
  }

  /// The manifest of a folder; nil where there is none. It was put in its place whole: one that cannot be
  /// read has been damaged since, which throws.
  package static func read(_ folder: String) throws(ReadingFailure) -> Manifest? {
    let path = "\(folder)/manifest.json"
    let document: ConfigDocument
    do throws(ReadingFailure) {
      document = try ConfigReader.load(path: path, largest: .max)
    } catch {
      if case .missing = error { return nil }
      throw error
    }
    guard let manifest = Manifest(document.root) else {
      throw .unreadable(path: path, reason: "it is not a manifest")
    }
    return manifest
  }

  /// The manifest of a folder with the SHA-256 of its own bytes, as `sha256sum manifest.json` prints it: one
  /// word that names all results; nil where there is none.
  package static func withDigest(in folder: String) throws(ReadingFailure) -> (Manifest, digest: String)? {
    guard let manifest = try read(folder) else { return nil }
    var fingerprint = Fingerprint()
    fingerprint.update(bytes: try bytesOfFile(at: "\(folder)/manifest.json", largest: .max))
    return (manifest, fingerprint.finish().hex)
  }

  /// The first of these tables whose bytes are not those that the manifest lists; nil if all are.
  package func changedTable(in folder: String, among tables: [String]) throws(ReadingFailure) -> String? {
    for table in tables {
      guard let listed = files.first(where: { $0.name == "\(table).csv" }) else { continue }
      var fingerprint = Fingerprint()
      try TableOnDisk("\(folder)/\(table)").eachPiece { fingerprint.update(bytes: Array($0)) }
      if fingerprint.finish().hex != listed.digest { return listed.name }
    }
    return nil
  }

  /// What is said of such a table.
  package static func complaint(about table: String, in folder: String) -> String {
    "\(folder)/\(table) is not the table that manifest.json lists: it has been changed since "
      + "(see `rhodian verify`)"
  }

  package var node: JSONNode {
    let files = files.map { file in
      JSONNode.Member(file.name, ["sha256": .string(file.digest), "bytes": .integer(file.byteCount)])
    }
    let variants = only.map { [JSONNode.Member("only", .array($0.map(JSONNode.string)))] } ?? []
    return .object(
      [
        .init("rhodian", .string(maker.version)),
        .init("semantics", .integer(maker.semantics)),
        .init("experiment", .string(experiment)),
        .init("runs", .integer(runs)),
      ] + variants + [
        .init("files", .object(files)),
        .init("chunks", .array(chunks.map(JSONNode.string))),
      ])
  }
}

extension JSONNode {
  /// The number, if this is a whole one.
  fileprivate var count: Int? {
    if case .number(let text) = content { return Int(text) }
    return nil
  }
}
