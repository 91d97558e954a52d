#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The largest config worth reading; past it somebody named the wrong file.
package let largestConfig = 16 << 20

/// All bytes of a config file.
func bytesOfFile(at path: String, largest: Int = largestConfig) throws(ReadingFailure) -> [UInt8] {
  var bytes: [UInt8] = []
  try eachPiece(ofFile: path) { piece throws(ReadingFailure) in
    bytes += piece
    guard bytes.count <= largest else {
      throw .unreadable(path: path, reason: "it is larger than 16 MiB")
    }
  }
  return bytes
}

/// Shows a file's bytes in order, in pieces of at most 64 KiB.
func eachPiece(
  ofFile path: String, _ body: (ArraySlice<UInt8>) throws(ReadingFailure) -> Void
) throws(ReadingFailure) {
  guard !path.utf8.contains(0) else { throw .unreadable(path: path, reason: "its name holds a zero byte") }
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw failure(path, errno) }
  defer { close(descriptor) }
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(descriptor, &chunk, chunk.count)
    if count < 0, errno == EINTR { continue }
    guard count >= 0 else { throw failure(path, errno) }
    if count == 0 { return }
    try body(chunk[..<count])
  }
}

private func failure(_ path: String, _ number: Int32) -> ReadingFailure {
  if number == ENOENT || number == ENOTDIR { return .missing(path: path) }
  return .unreadable(path: path, reason: strerror(number).map { String(cString: $0) } ?? "error \(number)")
}
