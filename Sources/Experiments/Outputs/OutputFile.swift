import Kernel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Why results could not be written.
package struct OutputFailure: Error, Sendable, CustomStringConvertible {
  package let path: String
  package let reason: String

  /// sysexits: 73, cannot create output; 74, input/output error.
  package let exitCode: Int32

  package var description: String { "\(path): \(reason)" }

  init(_ path: String, _ reason: String, exitCode: Int32 = 74) {
    self.path = path
    self.reason = reason
    self.exitCode = exitCode
  }

  static func system(_ path: String, doing what: String, exitCode: Int32 = 74) -> OutputFailure {
    OutputFailure(path, "\(what): \(String(cString: strerror(errno)))", exitCode: exitCode)
  }
}

/// A file being written: the one place that writes results. Bytes are gathered, hashed and written in large
/// pieces.
///
///     var file = try OutputFile(path: "results/summary.csv")
///     try file.write("seed,losses\r\n".utf8)
///     let digest = try file.close()
struct OutputFile: ~Copyable {
  private static let bufferSize = 256 << 10

  private let path: String
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var fingerprint = Fingerprint()

  init(path: String) throws(OutputFailure) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .system(path, doing: "cannot be created", exitCode: 73) }
    buffer.reserveCapacity(OutputFile.bufferSize + 4096)
  }

  mutating func write(_ bytes: some Collection<UInt8>) throws(OutputFailure) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= OutputFile.bufferSize { try flush() }
  }

  private mutating func flush() throws(OutputFailure) {
    fingerprint.update(bytes: buffer)
    var written = 0
    while written < buffer.count {
      let count = buffer.withUnsafeBytes { bytes in
        #if canImport(Glibc)
          Glibc.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
        #elseif canImport(Musl)
          Musl.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
        #else
          Darwin.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
        #endif
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .system(path, doing: "cannot be written") }
      written += count
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Everything on disk, and the SHA-256 of it.
  consuming func finish() throws(OutputFailure) -> Digest {
    try flush()
    guard fsync(descriptor) == 0 else { throw .system(path, doing: "cannot be synced") }
    return fingerprint.finish()
  }

  deinit { close(descriptor) }
}

/// A results folder that appears whole or not at all: everything is written under a temporary name beside it,
/// which becomes the folder when the last file is complete.
struct ResultsFolder: ~Copyable {
  let path: String
  let temporary: String
  private var files: [(name: String, digest: Digest)] = []
  /// The file being written, so that it, too, goes when it fails half-way.
  private var unfinished: String?

  init(path: String) throws(OutputFailure) {
    var trimmed = Substring(path)
    while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
    self.path = String(trimmed)
    temporary = "\(trimmed).partial-\(getpid())"
    guard access(self.path, F_OK) != 0 else {
      throw OutputFailure(self.path, "exists already; results are never overwritten", exitCode: 73)
    }
    try makeParents(of: temporary)
    guard mkdir(temporary, 0o755) == 0 else {
      throw .system(self.path, doing: "cannot be created", exitCode: 73)
    }
  }

  mutating func write(
    _ name: String, _ body: (inout OutputFile) throws(OutputFailure) -> Void
  ) throws(OutputFailure) {
    unfinished = name
    var file = try OutputFile(path: "\(temporary)/\(name)")
    try body(&file)
    files.append((name, try file.finish()))
    unfinished = nil
  }

  /// SHA-256 of each file written so far, as the manifest lists them.
  var digests: JSONNode {
    .object(files.map { JSONNode.Member($0.name, .string($0.digest.hex)) })
  }

  /// Makes the folder appear, or leaves nothing behind.
  consuming func publish() throws(OutputFailure) {
    guard rename(temporary, path) == 0 else {
      let failure = OutputFailure.system(path, doing: "cannot be put in place")
      discard()
      throw failure
    }
  }

  /// Leaves nothing behind.
  consuming func discard() {
    for file in files { unlink("\(temporary)/\(file.name)") }
    if let unfinished { unlink("\(temporary)/\(unfinished)") }
    rmdir(temporary)
  }
}

private func makeParents(of path: String) throws(OutputFailure) {
  var end = path.startIndex
  while let slash = path[end...].dropFirst().firstIndex(of: "/") {
    let parent = String(path[..<slash])
    if mkdir(parent, 0o755) != 0, errno != EEXIST {
      throw .system(parent, doing: "cannot be created", exitCode: 73)
    }
    end = slash
  }
}
