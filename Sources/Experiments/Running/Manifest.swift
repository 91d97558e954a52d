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
      guard let digest = member.value["sha256"]?.text,
        case .number(let count)? = member.value["bytes"]?.content, let byteCount = Int(count)
      else { return nil }
      name = member.key
      self.digest = digest
      self.byteCount = byteCount
    }
  }

  package let version: String
  package let experiment: String
  package let runs: Int
  package let files: [File]
  package let chunks: [String]

  init(version: String, experiment: String, runs: Int, files: [File], chunks: [Digest]) {
    self.version = version
    self.experiment = experiment
    self.runs = runs
    self.files = files
    self.chunks = chunks.map(\.hex)
  }

  package init?(_ node: JSONNode) {
    guard let version = node["rhodian"]?.text, let experiment = node["experiment"]?.text,
      case .number(let runs)? = node["runs"]?.content, let runCount = Int(runs),
      let files = node["files"]?.members, let chunks = node["chunks"]?.elements
    else { return nil }
    self.version = version
    self.experiment = experiment
    self.runs = runCount
    self.files = files.compactMap(File.init)
    self.chunks = chunks.compactMap(\.text)
    guard self.files.count == files.count, self.chunks.count == chunks.count else { return nil }
  }

  /// The manifest of a folder; nil where there is none, or none that can be read.
  package init?(path: String) {
    guard let document = try? ConfigReader.load(path: "\(path)/manifest.json") else { return nil }
    self.init(document.root)
  }

  init?(folder: ResultsFolder) { self.init(path: folder.path) }

  package var node: JSONNode {
    .object([
      .init("rhodian", .string(version)),
      .init("experiment", .string(experiment)),
      .init("runs", .integer(runs)),
      .init(
        "files",
        .object(
          files.map {
            .init($0.name, ["sha256": .string($0.digest), "bytes": .integer($0.byteCount)])
          })),
      .init("chunks", .array(chunks.map(JSONNode.string))),
    ])
  }
}
