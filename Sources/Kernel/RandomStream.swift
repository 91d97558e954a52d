/// A buffered sequence of random words: the blocks of one purpose, entity and epoch, one after the other.
///
///     var stream = streams.stream(.pricePath, EntityKey(id: "ETH"), Epoch(slot: 0))
///     stream.next()             // 64 uniform bits
///     stream.nextUnit()         // uniform in (0, 1)
///     stream.nextNormal()       // ziggurat
///     stream.nextInteger(below: 6)
///
/// A value: a copy continues on its own from where the original stood. Eight blocks are made at a time,
/// whether or not they are used; a decision that needs one word asks ``RandomStreams/word(_:_:_:index:)``
/// instead. A stream ends, with a trap, after 2²⁴ blocks or 33,554,432 words.
package struct RandomStream: Sendable {
  /// Number of blocks a stream can have.
  package static let blockLimit: UInt32 = 1 << 24

  private let counter: SIMD4<UInt32>
  private let key: SIMD2<UInt32>
  private var nextBlock: UInt32 = 0
  private var position = 16
  private var words = InlineArray<16, UInt64>(repeating: 0)

  /// A stream whose block 0 has this counter; the lower 24 bits of its first word must be zero.
  init(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) {
    precondition(counter[0] & (RandomStream.blockLimit - 1) == 0, "a stream starts at block 0")
    self.counter = counter
    self.key = key
  }

  /// The stream without its first `blocks` blocks, a multiple of eight. Constant time.
  package func skipping(blocks: UInt32) -> RandomStream {
    precondition(blocks % 8 == 0 && blocks <= RandomStream.blockLimit, "skip a multiple of 8 blocks")
    var later = RandomStream(counter: counter, key: key)
    later.nextBlock = blocks
    return later
  }

  /// The next 64 uniform bits.
  @inline(__always)
  package mutating func next() -> UInt64 {
    if position == 16 { refill() }
    let word = words[position & 15]
    position &+= 1
    return word
  }

  /// The next number in (0, 1), by ``UnitInterval/open(_:)``.
  @inline(__always)
  package mutating func nextUnit() -> Double {
    UnitInterval.open(next())
  }

  /// A number in `0 ..< bound`, each exactly equally likely.
  ///
  /// The upper half of `word * bound` is the result; words whose lower half falls below `2⁶⁴ mod bound` would
  /// favour some results and are drawn again. D. Lemire, "Fast random integer generation in an interval", ACM
  /// Transactions on Modeling and Computer Simulation 29 (2019), algorithm 5.
  package mutating func nextInteger(below bound: UInt64) -> UInt64 {
    precondition(bound > 0, "no integer is below zero")
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let surplus = (0 &- bound) % bound
      while product.low < surplus { product = next().multipliedFullWidth(by: bound) }
    }
    return product.high
  }

  /// `0 ..< count` in an order of which all are equally likely: Fisher and Yates's shuffle, as in D. Knuth,
  /// "The Art of Computer Programming" 2, algorithm 3.4.2P.
  package mutating func nextPermutation(of count: Int) -> [Int] {
    var order = [Int](repeating: 0, count: count)
    for index in 0..<count { order[index] = index }
    var last = count - 1
    while last > 0 {
      order.swapAt(last, Int(nextInteger(below: UInt64(last + 1))))
      last -= 1
    }
    return order
  }

  @inline(never)
  private mutating func refill() {
    precondition(nextBlock < RandomStream.blockLimit, "the stream is exhausted")
    var first = counter
    first[0] |= nextBlock
    Philox4x32.fill(&words, counter: first, key: key)
    nextBlock += 8
    position = 0
  }
}

/// Words as numbers of the open unit interval.
///
///     UnitInterval.open(0)            // 2⁻⁵³
///     UnitInterval.open(.max)         // 1 − 2⁻⁵³
///
/// `open(w) = (⌊w / 2¹²⌋ + ½) · 2⁻⁵²`: 2⁵² equally spaced numbers, exact, symmetric
/// (`open(~w) == 1 − open(w)`), never 0 and never 1. One more bit would not fit: `2⁵³ − 1 + ½` has 54 bits
/// and rounds to `2⁵³`, that is, to 1.
package enum UnitInterval {
  @inline(__always)
  package static func open(_ word: UInt64) -> Double {
    (Double(Int64(truncatingIfNeeded: word >> 12)) + 0.5) * 0x1p-52
  }
}
