import Kernel
import Synchronization

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

  package init(_ path: String, _ reason: String, exitCode: Int32 = 74) {
    self.path = path
    self.reason = reason
    self.exitCode = exitCode
  }

  static func system(_ path: String, doing what: String, exitCode: Int32 = 74) -> OutputFailure {
    OutputFailure(path, "\(what): \(String(cString: strerror(errno)))", exitCode: exitCode)
  }
}

/// The one place that touches the disk to write: every create, write, sync and rename of results goes through
/// here, so that tests can make the n-th of them fail.
package struct Disk: Sendable {
  /// Counts operations; the n-th fails as a full disk would.
  private final class Fault: Sendable {
    let left: Atomic<Int>

    init(_ operation: Int) { left = Atomic(operation) }
  }

  private let fault: Fault?

  package init() { fault = nil }

  /// A disk whose n-th operation fails, and every one after it.
  package init(failingFrom operation: Int) { fault = Fault(operation) }

  private func trip(_ path: String, _ what: String) throws(OutputFailure) {
    guard let fault else { return }
    if fault.left.subtract(1, ordering: .relaxed).newValue <= 0 {
      errno = ENOSPC
      throw .system(path, doing: what)
    }
  }

  func create(_ path: String, forReading: Bool = false) throws(OutputFailure) -> Int32 {
    try trip(path, "cannot be created")
    let access = forReading ? O_RDWR : O_WRONLY
    let descriptor = open(path, access | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .system(path, doing: "cannot be created", exitCode: 73) }
    return descriptor
  }

  func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws(OutputFailure) {
    try trip(path, "cannot be written")
    var written = 0
    while written < bytes.count {
      let count = systemWrite(descriptor, bytes.baseAddress! + written, bytes.count - written)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .system(path, doing: "cannot be written") }
      written += count
    }
  }

  func sync(_ descriptor: Int32, path: String) throws(OutputFailure) {
    try trip(path, "cannot be synced")
    guard fsync(descriptor) == 0 else { throw .system(path, doing: "cannot be synced") }
  }

  /// Waits until a folder's names are on disk: a rename is only a promise until then.
  func syncFolder(_ path: String) throws(OutputFailure) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(path, doing: "cannot be opened") }
    defer { close(descriptor) }
    try sync(descriptor, path: path)
  }

  func rename(_ old: String, to new: String) throws(OutputFailure) {
    try trip(new, "cannot be put in place")
    guard systemRename(old, new) == 0 else { throw .system(new, doing: "cannot be put in place") }
  }

  func makeFolder(_ path: String) throws(OutputFailure) {
    try trip(path, "cannot be created")
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw .system(path, doing: "cannot be created", exitCode: 73)
    }
  }

  /// The folder and all folders above it.
  func makeFolders(_ path: String) throws(OutputFailure) {
    var end = path.startIndex
    while let slash = path[end...].dropFirst().firstIndex(of: "/") {
      try makeFolder(String(path[..<slash]))
      end = slash
    }
    try makeFolder(path)
  }

  /// Writes a small file whole: under a temporary name, synced, then renamed.
  ///
  /// What guards itself by a digest and can be made again need not be synced: a power cut may then tear it,
  /// and it will be known for torn.
  package func replace(_ path: String, with bytes: [UInt8], synced: Bool = true) throws(OutputFailure) {
    let file = try OutputFile(path: path + ".tmp", on: self)
    try file.write(bytes)
    try file.finish(synced: synced)
    try rename(path + ".tmp", to: path)
  }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}

private func systemRename(_ old: String, _ new: String) -> Int32 { rename(old, new) }

/// A file being written. Bytes are gathered and written in large pieces.
///
///     let file = try OutputFile(path: "results/summary.csv", on: Disk())
///     try file.write("seed,losses\r\n".utf8)
///     try file.finish()
final class OutputFile {
  private static let bufferSize = 256 << 10

  private let path: String
  private let disk: Disk
  private let descriptor: Int32
  private var buffer: [UInt8] = []

  init(path: String, on disk: Disk) throws(OutputFailure) {
    self.path = path
    self.disk = disk
    descriptor = try disk.create(path)
    buffer.reserveCapacity(OutputFile.bufferSize + 4096)
  }

  /// However much comes at once, no more than a buffer of it is copied at a time.
  func write(_ bytes: some Collection<UInt8>) throws(OutputFailure) {
    var start = bytes.startIndex
    while start < bytes.endIndex {
      let room = OutputFile.bufferSize - buffer.count
      let end = bytes.index(start, offsetBy: room, limitedBy: bytes.endIndex) ?? bytes.endIndex
      buffer.append(contentsOf: bytes[start..<end])
      if buffer.count >= OutputFile.bufferSize { try flush() }
      start = end
    }
  }

  private func flush() throws(OutputFailure) {
    let result: Result<Void, OutputFailure> = buffer.withUnsafeBytes { bytes in
      do throws(OutputFailure) {
        return .success(try disk.write(bytes, to: descriptor, path: path))
      } catch {
        return .failure(error)
      }
    }
    try result.get()
    buffer.removeAll(keepingCapacity: true)
  }

  /// Writes what is left and, if asked, waits until everything is on disk.
  func finish(synced: Bool = true) throws(OutputFailure) {
    try flush()
    if synced { try disk.sync(descriptor, path: path) }
  }

  deinit { close(descriptor) }
}
