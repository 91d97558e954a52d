import Kernel

/// A table being written, compressed or not. Its digest and length are those of the rows, so that compressing
/// changes no manifest.
///
/// Handed from thread to thread and used by one at a time: unchecked, because a lock would have nobody to
/// keep out.
final class TableFile: @unchecked Sendable {
  /// Compressed at a time, so that a large chunk is never in memory twice.
  private static let slice = 1 << 20

  private let file: OutputFile
  private let gzip: Gzip?
  private var fingerprint = Fingerprint()
  private var count = 0

  init(path: String, compress: Bool, on disk: Disk) throws(OutputFailure) {
    gzip = compress ? try Gzip(for: path) : nil
    file = try OutputFile(path: path, on: disk)
  }

  func write(_ bytes: [UInt8]) throws(OutputFailure) {
    fingerprint.update(bytes: bytes)
    count += bytes.count
    guard let gzip else { return try file.write(bytes) }
    for start in stride(from: 0, to: bytes.count, by: TableFile.slice) {
      let slice = bytes[start..<min(start + TableFile.slice, bytes.count)]
      try file.write(gzip.compressed(slice, finishing: false))
    }
  }

  func finish() throws(OutputFailure) -> (Digest, Int) {
    if let gzip { try file.write(gzip.compressed([], finishing: true)) }
    try file.finish()
    return (fingerprint.finish(), count)
  }
}
