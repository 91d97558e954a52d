#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The system's zlib, looked for when it is first needed: Rhodian runs without it.
private enum Zlib {
  /// `z_stream` of zlib.h (zlib.net/manual.html) on 64-bit systems.
  struct Stream {
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

  /// `deflate` or `inflate`: works on a stream, with how much to flush.
  typealias Work = @convention(c) (UnsafeMutableRawPointer, Int32) -> Int32
  typealias End = @convention(c) (UnsafeMutableRawPointer) -> Int32

  static let done: Int32 = 0
  static let streamEnd: Int32 = 1
  /// Nothing could be done, for want of input or of room: no mistake.
  static let nothingToDo: Int32 = -5

  static let version = "1.2.11"
  static let streamSize = Int32(MemoryLayout<Stream>.size)
  /// The largest window (15), with a gzip header and trailer (16).
  static let gzipWindow: Int32 = 15 + 16

  static let isMissing = "zlib is not installed (Debian: apt-get install zlib1g)"

  static func library() -> UnsafeMutableRawPointer? {
    ["libz.so.1", "libz.so", "libz.dylib"].lazy.compactMap { (name: String) in dlopen(name, RTLD_NOW) }.first
  }
}

/// A gzip stream, without a name or a time in its header (RFC 1952), so that the same bytes give the same
/// stream with the same zlib.
final class Gzip {
  private typealias Initialise =
    @convention(c) (
      UnsafeMutableRawPointer, Int32, Int32, Int32, Int32, Int32, UnsafePointer<CChar>, Int32
    ) -> Int32

  private let stream: UnsafeMutablePointer<Zlib.Stream>
  private let deflate: Zlib.Work
  private let end: Zlib.End
  private let path: String

  init(for path: String) throws(OutputFailure) {
    self.path = path
    guard let library = Zlib.library(), let initialise = dlsym(library, "deflateInit2_"),
      let deflate = dlsym(library, "deflate"), let end = dlsym(library, "deflateEnd")
    else { throw OutputFailure(path, "\(Zlib.isMissing); run without --compress", exitCode: 73) }
    self.deflate = unsafeBitCast(deflate, to: Zlib.Work.self)
    self.end = unsafeBitCast(end, to: Zlib.End.self)
    stream = .allocate(capacity: 1)
    stream.initialize(to: Zlib.Stream())
    // Level 6, deflate, memory level 8, default strategy.
    let status = unsafeBitCast(initialise, to: Initialise.self)(
      stream, 6, 8, Zlib.gzipWindow, 8, 0, Zlib.version, Zlib.streamSize)
    guard status == Zlib.done else { throw OutputFailure(path, "zlib refuses to start: \(status)") }
  }

  deinit {
    _ = end(stream)
    stream.deallocate()
  }

  /// Requires less than 4 GiB at a time, which is what zlib counts to.
  func compressed(_ bytes: ArraySlice<UInt8>, finishing: Bool) throws(OutputFailure) -> [UInt8] {
    var output: [UInt8] = []
    var status = Zlib.done
    bytes.withUnsafeBufferPointer { input in
      stream.pointee.nextIn = input.baseAddress
      stream.pointee.availableIn = UInt32(input.count)
      var isFull = true
      while isFull, status == Zlib.done {
        output += [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
          stream.pointee.nextOut = buffer.baseAddress
          stream.pointee.availableOut = UInt32(buffer.count)
          status = deflate(stream, finishing ? 4 : 0)
          count = buffer.count - Int(stream.pointee.availableOut)
        }
        isFull = stream.pointee.availableOut == 0
      }
    }
    guard [Zlib.done, Zlib.streamEnd, Zlib.nothingToDo].contains(status) else {
      throw OutputFailure(path, "zlib cannot compress: \(status)")
    }
    return output
  }
}

/// Reads a gzip stream back. One that is cut, altered, followed by anything or no gzip stream at all is an
/// error: what we write is one whole stream a file.
final class Gunzip {
  private typealias Initialise =
    @convention(c) (UnsafeMutableRawPointer, Int32, UnsafePointer<CChar>, Int32) -> Int32

  private let stream: UnsafeMutablePointer<Zlib.Stream>
  private let inflate: Zlib.Work
  private let end: Zlib.End
  private let path: String
  private var hasEnded = false

  /// Shows what a gzip file holds, in order and in pieces.
  static func eachPiece(
    ofFile path: String, _ body: (ArraySlice<UInt8>) -> Void
  ) throws(ReadingFailure) {
    let gunzip = try Gunzip(for: path)
    try Experiments.eachPiece(ofFile: path) { piece throws(ReadingFailure) in
      try gunzip.read(piece, body)
    }
    guard gunzip.hasEnded else { throw .unreadable(path: path, reason: "it is cut short") }
  }

  private init(for path: String) throws(ReadingFailure) {
    self.path = path
    guard let library = Zlib.library(), let initialise = dlsym(library, "inflateInit2_"),
      let inflate = dlsym(library, "inflate"), let end = dlsym(library, "inflateEnd")
    else { throw .unreadable(path: path, reason: Zlib.isMissing) }
    self.inflate = unsafeBitCast(inflate, to: Zlib.Work.self)
    self.end = unsafeBitCast(end, to: Zlib.End.self)
    stream = .allocate(capacity: 1)
    stream.initialize(to: Zlib.Stream())
    let status = unsafeBitCast(initialise, to: Initialise.self)(
      stream, Zlib.gzipWindow, Zlib.version, Zlib.streamSize)
    guard status == Zlib.done else {
      throw .unreadable(path: path, reason: "zlib refuses to start: \(status)")
    }
  }

  deinit {
    _ = end(stream)
    stream.deallocate()
  }

  private func read(_ bytes: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) -> Void) throws(ReadingFailure) {
    guard !hasEnded else { throw .unreadable(path: path, reason: "something follows its end") }
    var status = Zlib.done
    bytes.withUnsafeBufferPointer { input in
      stream.pointee.nextIn = input.baseAddress
      stream.pointee.availableIn = UInt32(input.count)
      repeat {
        let output = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
          stream.pointee.nextOut = buffer.baseAddress
          stream.pointee.availableOut = UInt32(buffer.count)
          status = inflate(stream, 0)
          count = buffer.count - Int(stream.pointee.availableOut)
        }
        body(output[...])
      } while status == Zlib.done && (stream.pointee.availableIn > 0 || stream.pointee.availableOut == 0)
    }
    switch status {
    case Zlib.streamEnd:
      hasEnded = true
      guard stream.pointee.availableIn == 0 else {
        throw .unreadable(path: path, reason: "something follows its end")
      }
    case Zlib.done, Zlib.nothingToDo: return
    default: throw .unreadable(path: path, reason: "it is not a whole gzip file")
    }
  }
}
