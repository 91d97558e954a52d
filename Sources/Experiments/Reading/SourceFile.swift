/// The bytes of one config and where its lines begin.
///
///     let source = SourceFile(name: "experiments/vault.jsonc", bytes: bytes)
///     source.position(at: 0)   // 1:1
///
/// Every parsed node points back here, so a mistake found long after parsing can still show its line.
/// One UTF-8 byte order mark at the start is skipped and does not count as a column.
/// Invariant: `lineStarts` ascends and its first entry is the first byte after the byte order mark.
package final class SourceFile: Sendable {
  package let name: String
  package let bytes: [UInt8]
  let lineStarts: [Int]

  package init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var starts = [start]
    var index = start
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      // A carriage return ends a line unless the line feed that follows will.
      if byte == UInt8(ascii: "\n") {
        starts.append(index)
      } else if byte == UInt8(ascii: "\r"), index == bytes.count || bytes[index] != UInt8(ascii: "\n") {
        starts.append(index)
      }
    }
    lineStarts = starts
  }

  /// The first byte of text, after a byte order mark if there is one.
  var textStart: Int { lineStarts[0] }

  /// Line and column of a byte offset; both count from one, columns in Unicode scalars.
  package func position(at offset: Int) -> SourcePosition {
    let offset = min(max(offset, textStart), bytes.count)
    let line = lineIndex(at: offset)
    var column = 1
    for index in lineStarts[line]..<offset where !isContinuation(bytes[index]) { column += 1 }
    return SourcePosition(line: line + 1, column: column, offset: offset)
  }

  /// The byte range of the line holding `offset`, without its line ending.
  func line(at offset: Int) -> Range<Int> {
    let line = lineIndex(at: min(max(offset, textStart), bytes.count))
    var end = line + 1 < lineStarts.count ? lineStarts[line + 1] : bytes.count
    while end > lineStarts[line], bytes[end - 1] == UInt8(ascii: "\n") || bytes[end - 1] == UInt8(ascii: "\r")
    {
      end -= 1
    }
    return lineStarts[line]..<end
  }

  private func lineIndex(at offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }
}

/// A place in a file as an editor shows it: `12:7`. Line and column count from one, `offset` from zero.
package struct SourcePosition: Equatable, Sendable, CustomStringConvertible {
  package let line: Int
  package let column: Int
  package let offset: Int

  package var description: String { "\(line):\(column)" }
}

/// The bytes `start..<end` of a source. Invariant: `start <= end <= source.bytes.count`.
package struct SourceRange: Sendable, CustomStringConvertible {
  package let source: SourceFile
  package let start: Int
  package let end: Int

  package init(source: SourceFile, start: Int, end: Int) {
    self.source = source
    self.start = start
    self.end = end
  }

  package var startPosition: SourcePosition { source.position(at: start) }
  package var endPosition: SourcePosition { source.position(at: end) }
  /// `experiments/vault.jsonc:12:7`
  package var description: String { "\(source.name):\(startPosition)" }
}

/// Whether a byte continues a UTF-8 sequence begun by an earlier byte.
func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

/// A reason to refuse a file before reading a word of it: `offset` is the first byte at fault.
struct EncodingMistake: Equatable {
  let offset: Int
  let message: String
}

/// Checks that `bytes` are UTF-8 as Unicode defines it: no overlong forms, no surrogates, at most U+10FFFF.
/// UTF-16 and UTF-32 are named when a byte order mark or zero bytes among the first four give them away.
func encodingMistake(in bytes: [UInt8]) -> EncodingMistake? {
  let head = Array(bytes.prefix(4))
  var wide: String?
  if head == [0xFF, 0xFE, 0, 0] || head == [0, 0, 0xFE, 0xFF] {
    wide = "UTF-32"
  } else if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) {
    wide = "UTF-16"
  } else if head.count == 4 {
    let zeros = head.map { $0 == 0 }
    if zeros == [true, true, true, false] || zeros == [false, true, true, true] { wide = "UTF-32" }
    if zeros == [true, false, true, false] || zeros == [false, true, false, true] { wide = "UTF-16" }
  }
  if let wide { return EncodingMistake(offset: 0, message: "the file is \(wide); save it as UTF-8") }

  var index = 0
  while index < bytes.count {
    let length = lengthOfScalar(in: bytes, at: index)
    guard length > 0 else {
      let message =
        "byte \(index) (0x\(hexadecimal(bytes[index]))) is not valid UTF-8; save the file as UTF-8"
      return EncodingMistake(offset: index, message: message)
    }
    index += length
  }
  return nil
}

/// The bytes the scalar at `index` takes, zero if what stands there is not one. Table 3-7 of the Unicode
/// standard.
private func lengthOfScalar(in bytes: [UInt8], at index: Int) -> Int {
  let first = bytes[index]
  if first < 0x80 { return 1 }
  let length: Int
  var second: ClosedRange<UInt8> = 0x80...0xBF
  switch first {
  case 0xC2...0xDF: length = 2
  case 0xE0...0xEF:
    length = 3
    if first == 0xE0 { second = 0xA0...0xBF }
    if first == 0xED { second = 0x80...0x9F }
  case 0xF0...0xF4:
    length = 4
    if first == 0xF0 { second = 0x90...0xBF }
    if first == 0xF4 { second = 0x80...0x8F }
  default: return 0
  }
  guard index + length <= bytes.count, second.contains(bytes[index + 1]) else { return 0 }
  for offset in 2..<max(length, 2) where !isContinuation(bytes[index + offset]) { return 0 }
  return length
}

/// Two or more upper-case hexadecimal digits: `0A`, `2028`.
func hexadecimal(_ value: some BinaryInteger, width: Int = 2) -> String {
  let digits = String(value, radix: 16, uppercase: true)
  return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
