#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Which run each worker has begun, on disk, so that the next process can name what ended this one.
///
/// A line a worker, of one width, overwritten in place: a note costs one small write and no sync.
final class RunningNotes: Sendable {
  static let fileName = "running"
  private static let width = 20

  private let descriptor: Int32

  init(_ folder: ResultsFolder) throws(OutputFailure) {
    descriptor = try folder.disk.create("\(folder.path)/\(RunningNotes.fileName)")
  }

  deinit { close(descriptor) }

  func note(_ run: Int, worker: Int) { write(String(run), worker) }

  func clear(worker: Int) { write("", worker) }

  private func write(_ text: String, _ worker: Int) {
    let line = String(repeating: " ", count: RunningNotes.width - 1 - text.count) + text + "\n"
    var bytes = Array(line.utf8)
    // A note that cannot be written costs a name in an unlikely message; the results do not depend on it.
    _ = pwrite(descriptor, &bytes, bytes.count, off_t(worker * RunningNotes.width))
  }

  /// Runs that a process had begun when it ended.
  static func left(in folder: ResultsFolder) -> [Int] {
    let bytes = folder.fileBytes(fileName) ?? []
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
      .sorted()
  }
}
