/// ASCII and UTF-8 text in one growing buffer, to which numbers are printed without a String each.
///
///     var text = ByteText()
///     text.append(0.1)
///     text.append(byte: UInt8(ascii: ","))
///     text.append(Int64(-42))
///     text.bytes   // "0.1,-42"
///
/// An owner of memory instead of an array: asking an array whether it is shared costs as much as printing a
/// short number. No pointer leaves this type but to a closure.
///
/// Invariants: `count <= capacity`; all of the memory is initialised, so that whole words behind the text may
/// be read and written.
package struct ByteText: ~Copyable {
  private var memory: UnsafeMutableRawPointer
  private var capacity: Int
  package private(set) var count = 0

  package init(capacity: Int = 1 << 12) {
    self.capacity = max(capacity, 2 * NumberPrinter.room)
    memory = ByteText.allocate(self.capacity)
  }

  deinit { memory.deallocate() }

  private static func allocate(_ capacity: Int) -> UnsafeMutableRawPointer {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: capacity)
    return memory
  }

  package var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

  /// Forgets the text and keeps the room.
  package mutating func removeAll() { count = 0 }

  package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    body(UnsafeRawBufferPointer(start: memory, count: count))
  }

  @inline(__always)
  package mutating func append(byte: UInt8) {
    append(room: 1) { out in
      out.storeBytes(of: byte, as: UInt8.self)
      return 1
    }
  }

  @inline(__always)
  package mutating func append(_ number: Double) {
    precondition(number.isFinite, "a run ends before a number that is not finite reaches a table")
    append(room: NumberPrinter.room) { NumberPrinter.write(number, to: $0) }
  }

  @inline(__always)
  package mutating func append(_ integer: Int64) {
    append(room: NumberPrinter.room) { NumberPrinter.write(integer, to: $0) }
  }

  @inline(__always)
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

  /// Lets `write` use `room` bytes behind the text; it returns how many of them belong to the text from now
  /// on.
  @inline(__always)
  private mutating func append(room: Int, _ write: (UnsafeMutableRawPointer) -> Int) {
    if capacity &- count < room { grow(by: room) }
    count &+= write(memory + count)
  }

  @inline(never)
  private mutating func grow(by room: Int) {
    let larger = ByteText.allocate(2 * capacity + room)
    larger.copyMemory(from: memory, byteCount: count)
    memory.deallocate()
    memory = larger
    capacity = 2 * capacity + room
  }
}
