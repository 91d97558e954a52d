import Kernel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A table being written, compressed or not. Its digest and length are those of the rows, so that compressing
/// changes no manifest.
///
/// Handed from thread to thread and used by one at a time: unchecked, because a lock would have nobody to
/// keep out.
final class TableFile: @unchecked Sendable {
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
    if let gzip { try file.write(gzip.compressed(bytes, finishing: false)) } else { try file.write(bytes) }
  }

  func finish() throws(OutputFailure) -> (Digest, Int) {
    if let gzip { try file.write(gzip.compressed([], finishing: true)) }
    try file.finish()
    return (fingerprint.finish(), count)
  }
}

/// A gzip stream by the system's zlib, without a name or a time in its header (RFC 1952), so that the same
/// bytes give the same stream with the same zlib. zlib is looked for when it is first needed: Rhodian runs
/// without it.
final class Gzip {
  /// `z_stream` of zlib.h (zlib.net/manual.html) on 64-bit systems.
  private struct Stream {
    var nextIn: UnsafePointer<UInt8>?
    var availableIn: UInt32 = 0
    var totalIn: UInt = 0
    var nextOut: UnsafeMutablePointer<UInt8>?
    var availableOut: UInt32 = 0
    var totalOut: UInt = 0
    var message: UnsafePointer<CChar>?
    var state: OpaquePointer?
    var allocate: OpaquePointer?
    var free: OpaquePointer?
    var opaque: OpaquePointer?
    var dataType: Int32 = 0
    var adler: UInt = 0
    var reserved: UInt = 0
  }

  private typealias Initialise =
    @convention(c) (
      UnsafeMutableRawPointer, Int32, Int32, Int32, Int32, Int32, UnsafePointer<CChar>, Int32
    ) -> Int32
  private typealias Deflate = @convention(c) (UnsafeMutableRawPointer, Int32) -> Int32
  private typealias End = @convention(c) (UnsafeMutableRawPointer) -> Int32

  private let stream: UnsafeMutablePointer<Stream>
  private let deflate: Deflate
  private let end: End
  private let path: String

  private static func library() -> UnsafeMutableRawPointer? {
    ["libz.so.1", "libz.so", "libz.dylib"].lazy.compactMap { (name: String) in dlopen(name, RTLD_NOW) }.first
  }

  init(for path: String) throws(OutputFailure) {
    self.path = path
    guard let library = Gzip.library(), let initialise = dlsym(library, "deflateInit2_"),
      let deflate = dlsym(library, "deflate"),
      let end = dlsym(library, "deflateEnd")
    else {
      throw OutputFailure(
        path, "zlib is not installed (Debian: apt-get install zlib1g); run without --compress", exitCode: 73)
    }
    self.deflate = unsafeBitCast(deflate, to: Deflate.self)
    self.end = unsafeBitCast(end, to: End.self)
    stream = .allocate(capacity: 1)
    stream.initialize(to: Stream())
    // Level 6, deflate, the largest window with a gzip header (15 + 16), memory level 8, default strategy.
    let status = unsafeBitCast(initialise, to: Initialise.self)(
      stream, 6, 8, 15 + 16, 8, 0, "1.2.11", Int32(MemoryLayout<Stream>.size))
    guard status == 0 else { throw OutputFailure(path, "zlib refuses to start: \(status)") }
  }

  deinit {
    _ = end(stream)
    stream.deallocate()
  }

  func compressed(_ bytes: [UInt8], finishing: Bool) throws(OutputFailure) -> [UInt8] {
    var output: [UInt8] = []
    var status: Int32 = 0
    bytes.withUnsafeBufferPointer { input in
      stream.pointee.nextIn = input.baseAddress
      stream.pointee.availableIn = UInt32(input.count)
      var isFull = true
      while isFull, status == 0 {
        var done = 0
        let room = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
          stream.pointee.nextOut = buffer.baseAddress
          stream.pointee.availableOut = UInt32(buffer.count)
          status = deflate(stream, finishing ? 4 : 0)
          done = buffer.count - Int(stream.pointee.availableOut)
          count = done
        }
        output += room
        isFull = stream.pointee.availableOut == 0
      }
    }
    // 1: the end of the stream, as asked for; -5: nothing left to do.
    guard status == 0 || status == 1 || status == -5 else {
      throw OutputFailure(path, "zlib cannot compress: \(status)")
    }
    return output
  }
}

extension Gzip {
  private typealias Open = @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>) -> OpaquePointer?
  private typealias Read = @convention(c) (OpaquePointer, UnsafeMutableRawPointer, UInt32) -> Int32
  private typealias Close = @convention(c) (OpaquePointer) -> Int32

  /// What a gzip file holds; nil where it cannot be read.
  static func bytes(ofFile path: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    return eachPiece(ofFile: path) { bytes += $0 } ? bytes : nil
  }

  /// Shows what a gzip file holds, in order and in pieces; false where it cannot be read.
  static func eachPiece(ofFile path: String, _ body: (ArraySlice<UInt8>) -> Void) -> Bool {
    guard access(path, R_OK) == 0, let library = library(), let open = dlsym(library, "gzopen"),
      let read = dlsym(library, "gzread"), let close = dlsym(library, "gzclose"),
      let file = unsafeBitCast(open, to: Open.self)(path, "rb")
    else { return false }
    defer { _ = unsafeBitCast(close, to: Close.self)(file) }
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = unsafeBitCast(read, to: Read.self)(file, &chunk, UInt32(chunk.count))
      guard count >= 0 else { return false }
      if count == 0 { return true }
      body(chunk[..<Int(count)])
    }
  }
}
