/// ASCII and UTF-8 text in one growing buffer, to which numbers are printed without a String each.
///
///     var text = ByteText()
///     text.append(0.1)
///     text.append(byte: UInt8(ascii: ","))
///     text.append(-42)
///     text.bytes   // "0.1,-42"
///
/// Invariant: `storage[..<count]` is the text; what follows is room, initialised so that it may be read.
package struct ByteText: Sendable {
  private var storage: [UInt8]
  package private(set) var count = 0

  package init(capacity: Int = 1 << 10) {
    storage = [UInt8](repeating: 0, count: max(capacity, 2 * NumberPrinter.room))
  }

  package var bytes: [UInt8] { Array(storage[..<count]) }

  /// Forgets the text and keeps the room.
  package mutating func removeAll() { count = 0 }

  package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    storage.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
  }

  package mutating func append(byte: UInt8) {
    append(room: 1) { out in
      out.storeBytes(of: byte, as: UInt8.self)
      return 1
    }
  }

  package mutating func append(_ number: Double) {
    precondition(number.isFinite, "a run ends before a number that is not finite reaches a table")
    append(room: NumberPrinter.room) { NumberPrinter.write(number, to: $0) }
  }

  package mutating func append(_ integer: Int64) {
    append(room: NumberPrinter.room) { NumberPrinter.write(integer, to: $0) }
  }

  package mutating func append(_ integer: UInt64) {
    append(room: NumberPrinter.room) { NumberPrinter.write(integer, to: $0) }
  }

  /// `units` / 10^`decimals`, exactly and without zeros at the end.
  package mutating func append(_ units: Int64, decimals: Int) {
    append(room: NumberPrinter.room) { NumberPrinter.write(units, decimals: decimals, to: $0) }
  }

  package mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { append($0) }
  }

  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let source = bytes.baseAddress else { return }
    append(room: bytes.count) { out in
      out.copyMemory(from: source, byteCount: bytes.count)
      return bytes.count
    }
  }

  /// Lets `write` use at least `room` bytes behind the text; it returns how many belong to the text from now
  /// on.
  @inline(__always)
  private mutating func append(room: Int, _ write: (UnsafeMutableRawPointer) -> Int) {
    if storage.count &- count < room { grow(by: room) }
    let end = count
    count = storage.withUnsafeMutableBytes { buffer in
      guard let base = buffer.baseAddress else { return end }
      return end &+ write(base + end)
    }
  }

  @inline(never)
  private mutating func grow(by room: Int) {
    storage += repeatElement(0, count: storage.count + room)
  }
}
