/// Puts numbers of sleepers in ascending order, each at most once.
///
/// Few are sorted. Many are marked in a bitmap of all, which is then read from the left: a crash rings
/// thousands at once, and sorting them would cost as much as finding them.
struct SleeperOrder: Sendable {
  private var marks: [UInt64] = []

  /// - Parameter bound: above every number.
  mutating func sort(_ numbers: inout [Int32], below bound: Int) {
    let words = (bound + 63) / 64
    guard numbers.count > 32, numbers.count * 8 > words else {
      if numbers.count > 1 { numbers.sort() }
      return
    }
    while marks.count < words { marks.append(0) }
    for number in numbers { marks[Int(number) >> 6] |= 1 << UInt64(number & 63) }
    var place = 0
    for word in 0..<words where marks[word] != 0 {
      var rest = marks[word]
      marks[word] = 0
      while rest != 0 {
        numbers[place] = Int32(truncatingIfNeeded: word << 6 + rest.trailingZeroBitCount)
        place += 1
        rest &= rest &- 1
      }
    }
  }
}
