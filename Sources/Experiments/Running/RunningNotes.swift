#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Which run each worker has begun, on disk, so that the next process can name what ended this one.
///
/// A line a worker, of one width, overwritten in place in memory that the file is mapped to: a note costs no
/// system call, and what ends the process does not take it away. Each worker writes its own line only, so no
/// lock is needed: unchecked.
final class RunningNotes: @unchecked Sendable {
  static let fileName = "running"
  private static let width = 20

  /// Nil where the file cannot be mapped: a note that cannot be kept costs a name in an unlikely message; the
  /// results do not depend on it.
  private let lines: UnsafeMutableBufferPointer<UInt8>?

  init(_ folder: ResultsFolder, workers: Int) throws(OutputFailure) {
    let path = "\(folder.path)/\(RunningNotes.fileName)"
    let descriptor = try folder.disk.create(path, forReading: true)
    defer { close(descriptor) }
    let count = workers * RunningNotes.width
    // Room on the disk comes first: a page that finds none later would end the process.
    guard posix_fallocate(descriptor, 0, off_t(count)) == 0,
      let start = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), start != MAP_FAILED
    else {
      lines = nil
      return
    }
    lines = UnsafeMutableBufferPointer(start: start.assumingMemoryBound(to: UInt8.self), count: count)
    for worker in 0..<workers { clear(worker: worker) }
  }

  deinit {
    if let lines { munmap(lines.baseAddress, lines.count) }
  }

  func note(_ run: Int, worker: Int) { write(run, worker) }

  func clear(worker: Int) { write(nil, worker) }

  private func write(_ run: Int?, _ worker: Int) {
    guard let lines else { return }
    let start = worker * RunningNotes.width
    var place = start + RunningNotes.width - 1
    lines[place] = UInt8(ascii: "\n")
    var rest = run
    while place > start {
      place -= 1
      lines[place] = rest.map { UInt8(ascii: "0") + UInt8($0 % 10) } ?? UInt8(ascii: " ")
      rest = rest.flatMap { $0 < 10 ? nil : $0 / 10 }
    }
  }

  /// Runs that a process had begun when it ended.
  static func left(in folder: ResultsFolder) -> [Int] {
    let bytes = folder.fileBytes(fileName) ?? []
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
      .sorted()
  }
}
