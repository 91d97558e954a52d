/// A monotone priority queue of 64-bit keys: what is popped never decreases, and equal keys leave in the order in
/// which they came. Each entry carries a 64-bit value that is not compared.
///
/// ```swift
/// var ladder = RadixLadder()
/// ladder.push(key: 7, value: 1)
/// ladder.push(key: 5, value: 2)
/// ladder.popFirst()   // key 5, value 2
/// ladder.push(key: 6, value: 3)   // anything from 5 on
/// ```
///
/// It is a radix heap (Ahuja, Mehlhorn, Orlin and Tarjan, "Faster algorithms for the shortest path problem",
/// J. ACM 37, 1990) with many buckets per level, and a sorted buffer in front.
///
/// **Structure.** Write keys in base 64. A key lies on the level of the highest digit in which it differs from
/// `base`, in the bucket of that digit. When a key is wanted and the buffer is empty, the first bucket of the lowest
/// level is taken up: if it fits one chunk it is sorted into the buffer, otherwise `base` moves to the bucket's
/// start and its entries fall to lower levels. Buckets are lists of 1 KiB chunks, so that entries move in streams.
///
/// **Order.** The place of a key is a function of the key and `base`, and the entries of a bucket are moved in the
/// order in which they came, so equal keys are always in one place and in order.
///
/// **Looking ahead.** Taking up a bucket before the time has come opens a gap between the last key popped and
/// `base`. What is pushed into the gap goes to the buffer; should that overflow, `base` goes back and the levels
/// below are gathered again (`gather`). So `popFirst` takes up buckets as late as it can, and `lowerBound` answers
/// most questions without.
///
/// **Invariants.** The buffer holds exactly the keys below `bufferEnd`. Every key outside is at least `base` and lies
/// where `bucketIndex` says. `checkInvariants()` in the tests says the same in code.
///
/// **Cost.** An entry falls at most 11 levels, in practice log₆₄(count) of them; push is O(1) or an insertion among
/// at most 96 sorted entries. Memory is 16 bytes per entry plus at most one unfilled chunk per bucket in use.
///
/// Unsafe buffers are used because the ladder is the innermost loop of every run; none of them escapes this file.
package struct RadixLadder: ~Copyable {
  package struct Entry: BitwiseCopyable {
    package var key: UInt64
    package var value: UInt64
  }

  /// A list of chunks: where it begins, and where the next entry goes. `tail` on the last entry of a chunk, which
  /// is kept for the link to the next one, means that a chunk must be added; `Bucket.empty` is such a tail.
  struct Bucket: BitwiseCopyable {
    var firstChunk: UInt32
    var tail: UInt32

    static var empty: Bucket { Bucket(firstChunk: 0, tail: linkOffset) }
  }

  // Base 64 lets one word say which buckets of a level are occupied. In the hold model base 32 and base 256 were a
  // tenth to a quarter slower at 10⁴ and 10⁶ entries, and chunks of 32 and 16 entries a sixth and a half at 10⁶.
  static var digitBits: Int { 6 }
  static var radix: Int { 1 << digitBits }
  static var levelCount: Int { 11 }
  static var chunkShift: UInt32 { 6 }
  static var linkOffset: UInt32 { (1 << chunkShift) - 1 }
  static var bufferCapacity: Int { 96 }

  package private(set) var count = 0
  /// In descending order, the one to go next at the end; among equal keys, the first to come nearest the end.
  var buffer: UnsafeMutablePointer<Entry>
  var bufferCount = 0
  /// Keys below it belong to the buffer. `UInt64.max` when all do.
  var bufferEnd = UInt64.max

  var base: UInt64 = 0
  var lastPopped: UInt64 = 0
  /// Bit l: level l has an occupied bucket.
  var occupiedLevels: UInt64 = 0
  /// Bit d of word l: bucket d of level l is occupied.
  var occupied: UnsafeMutablePointer<UInt64>
  var buckets: UnsafeMutablePointer<Bucket>

  /// All chunks, side by side. Chunk 0 is never used, so that 0 can mean "none".
  var arena: UnsafeMutablePointer<Entry>
  private(set) var chunkCapacity: Int
  private(set) var chunksEverUsed = 1
  var firstFreeChunk: UInt32 = 0

  package init() {
    self.init(chunkCapacity: 16)
    occupied.initialize(repeating: 0, count: Self.levelCount)
    buckets.initialize(repeating: .empty, count: Self.levelCount * Self.radix)
  }

  private init(chunkCapacity: Int) {
    self.chunkCapacity = chunkCapacity
    buffer = .allocate(capacity: Self.bufferCapacity)
    occupied = .allocate(capacity: Self.levelCount)
    buckets = .allocate(capacity: Self.levelCount * Self.radix)
    arena = .allocate(capacity: chunkCapacity << Int(Self.chunkShift))
  }

  deinit {
    buffer.deallocate()
    occupied.deallocate()
    buckets.deallocate()
    arena.deallocate()
  }

  /// A ladder with the same entries in the same order, which shares nothing with this one.
  package func copy() -> RadixLadder {
    var twin = RadixLadder(chunkCapacity: chunkCapacity)
    twin.buffer.initialize(from: buffer, count: bufferCount)
    twin.occupied.initialize(from: occupied, count: Self.levelCount)
    twin.buckets.initialize(from: buckets, count: Self.levelCount * Self.radix)
    twin.arena.initialize(from: arena, count: chunksEverUsed << Int(Self.chunkShift))
    twin.count = count
    twin.bufferCount = bufferCount
    twin.bufferEnd = bufferEnd
    twin.base = base
    twin.lastPopped = lastPopped
    twin.occupiedLevels = occupiedLevels
    twin.chunksEverUsed = chunksEverUsed
    twin.firstFreeChunk = firstFreeChunk
    return twin
  }

  /// The entry that goes next. May take up a bucket.
  package var first: Entry? {
    mutating get {
      if bufferCount == 0 { fillBuffer() }
      return bufferCount == 0 ? nil : buffer[bufferCount &- 1]
    }
  }

  /// No key is below it. It is the first key itself, or the start of the bucket where that lies, which is a multiple
  /// of the radix above the last key popped.
  var lowerBound: UInt64? {
    @inline(__always) get {
      if bufferCount > 0 { return buffer[bufferCount &- 1].key }
      return occupiedLevels == 0 ? nil : startOfFirstBucket
    }
  }

  private var startOfFirstBucket: UInt64 {
    let level = occupiedLevels.trailingZeroBitCount
    return start(level: level, digit: occupied[level].trailingZeroBitCount)
  }

  @inline(__always)
  private func start(level: Int, digit: Int) -> UInt64 {
    let shift = UInt64(truncatingIfNeeded: level &* Self.digitBits)
    return base & (~0 << (shift &+ UInt64(Self.digitBits))) | UInt64(truncatingIfNeeded: digit) << shift
  }

  /// Adds an entry. `key` must be at least the last one popped, and below 2⁶³.
  @inline(__always)
  package mutating func push(key: UInt64, value: UInt64) {
    precondition(key >= lastPopped, "a monotone queue was asked to go back in time")
    let entry = Entry(key: key, value: value)
    count &+= 1
    if key >= bufferEnd {
      append(entry)
    } else if bufferCount < Self.bufferCapacity {
      insert(entry)
    } else {
      spill(with: entry)
    }
  }

  @inline(__always)
  package mutating func popFirst() -> Entry? {
    if bufferCount == 0 { fillBuffer() }
    guard bufferCount > 0 else { return nil }
    count &-= 1
    bufferCount &-= 1
    let entry = buffer[bufferCount]
    lastPopped = entry.key
    return entry
  }

  // MARK: The buffer

  @inline(__always)
  private mutating func insert(_ entry: Entry) {
    var place = bufferCount
    while place > 0 && buffer[place &- 1].key <= entry.key {
      buffer[place] = buffer[place &- 1]
      place &-= 1
    }
    buffer[place] = entry
    bufferCount &+= 1
  }

  /// The buffer is full: what it holds goes back to the buckets, and `base` moves to the last key popped, below
  /// which nothing can come any more.
  @inline(never)
  private mutating func spill(with entry: Entry) {
    let level = Self.level(of: lastPopped ^ base)
    let goesBack = lastPopped < base
    base = lastPopped
    // A key equal to `bufferEnd` came before those of its bucket, and must be there again before them.
    var shared = 0
    while shared < bufferCount && buffer[shared].key >= bufferEnd { shared &+= 1 }
    for place in (0..<shared).reversed() { append(buffer[place]) }
    if goesBack { gather(below: level) }
    for place in (shared..<bufferCount).reversed() { append(buffer[place]) }
    append(entry)
    bufferCount = 0
    bufferEnd = base
  }

  /// Restores the order of buckets when `base` has gone back over a gap: the levels below the highest digit that
  /// changed hold what was once one bucket of that level, and become it again. When `base` goes forward, no key
  /// outside the buffer changes its place.
  private mutating func gather(below level: Int) {
    for lower in 0..<level {
      while occupied[lower] != 0 {
        let index = lower &* Self.radix &+ occupied[lower].trailingZeroBitCount
        let bucket = buckets[index]
        vacate(index)
        spread(bucket)
      }
    }
  }

  /// Fills the empty buffer from the first occupied bucket, if any.
  @inline(never)
  mutating func fillBuffer() {
    while occupiedLevels != 0 {
      let level = occupiedLevels.trailingZeroBitCount
      let digit = occupied[level].trailingZeroBitCount
      base = start(level: level, digit: digit)
      let index = level &* Self.radix &+ digit
      let bucket = buckets[index]
      let fitsOneChunk = bucket.firstChunk == bucket.tail >> Self.chunkShift
      if level == 0 {
        // One key: already in order, however many they are. Keys equal to it keep joining the bucket.
        bufferEnd = base
        if fitsOneChunk { vacate(index) } else { buckets[index].firstChunk = link(after: bucket.firstChunk) }
        takeSorted(bucket.firstChunk, until: fitsOneChunk ? bucket.tail & Self.linkOffset : Self.linkOffset)
        return
      }
      vacate(index)
      if fitsOneChunk {
        bufferEnd = occupiedLevels == 0 ? .max : base &+ (1 << UInt64(level &* Self.digitBits))
        let start = Int(bucket.firstChunk << Self.chunkShift)
        for place in start..<Int(bucket.tail) { insert(arena[place]) }
        free(bucket.firstChunk)
        return
      }
      spread(bucket)
    }
  }

  private mutating func takeSorted(_ chunk: UInt32, until end: UInt32) {
    let start = Int(chunk << Self.chunkShift)
    bufferCount = Int(end)
    for place in 0..<bufferCount { buffer[bufferCount &- 1 &- place] = arena[start &+ place] }
    free(chunk)
  }

  // MARK: Buckets

  /// The level of the highest digit in which two keys differ, from the bits in which they do.
  @inline(__always)
  private static func level(of difference: UInt64) -> Int {
    (63 &- (difference | 1).leadingZeroBitCount) / digitBits
  }

  @inline(__always)
  func bucketIndex(_ key: UInt64) -> Int {
    let level = Self.level(of: key ^ base)
    let digit = key &>> UInt64(truncatingIfNeeded: level &* Self.digitBits) & UInt64(Self.radix &- 1)
    return level &* Self.radix &+ Int(truncatingIfNeeded: digit)
  }

  @inline(__always)
  private mutating func append(_ entry: Entry) {
    let index = bucketIndex(entry.key)
    var tail = buckets[index].tail
    if tail & Self.linkOffset == Self.linkOffset { tail = addChunk(to: index) }
    arena[Int(tail)] = entry
    buckets[index].tail = tail &+ 1
  }

  private mutating func vacate(_ index: Int) {
    let level = index / Self.radix
    buckets[index].tail = Self.linkOffset
    occupied[level] &= ~(1 << UInt64(index % Self.radix))
    if occupied[level] == 0 { occupiedLevels &= ~(1 << UInt64(level)) }
  }

  /// Moves the entries of a vacated bucket to where they belong now.
  private mutating func spread(_ bucket: Bucket) {
    let lastChunk = bucket.tail >> Self.chunkShift
    var chunk = bucket.firstChunk
    while true {
      let start = Int(chunk << Self.chunkShift)
      let end = chunk == lastChunk ? Int(bucket.tail) : start &+ Int(Self.linkOffset)
      for place in start..<end { append(arena[place]) }
      let next = chunk == lastChunk ? 0 : link(after: chunk)
      free(chunk)
      if next == 0 { return }
      chunk = next
    }
  }

  // MARK: Chunks

  /// Adds a chunk to a bucket whose last one is full, or which is empty, and returns where it begins.
  @inline(never)
  private mutating func addChunk(to index: Int) -> UInt32 {
    let chunk = takeChunk()
    let tail = buckets[index].tail
    if tail == Bucket.empty.tail {
      let level = index / Self.radix
      buckets[index].firstChunk = chunk
      occupied[level] |= 1 << UInt64(index % Self.radix)
      occupiedLevels |= 1 << UInt64(level)
    } else {
      arena[Int(tail)] = Entry(key: 0, value: UInt64(chunk))
    }
    return chunk << Self.chunkShift
  }

  private mutating func takeChunk() -> UInt32 {
    if firstFreeChunk != 0 {
      let chunk = firstFreeChunk
      firstFreeChunk = link(after: chunk)
      return chunk
    }
    if chunksEverUsed == chunkCapacity { grow() }
    chunksEverUsed += 1
    return UInt32(chunksEverUsed - 1)
  }

  private mutating func grow() {
    precondition(chunkCapacity < 1 << 25, "more than a thousand million events are waiting")
    let bigger = UnsafeMutablePointer<Entry>.allocate(capacity: (2 * chunkCapacity) << Int(Self.chunkShift))
    bigger.initialize(from: arena, count: chunkCapacity << Int(Self.chunkShift))
    arena.deallocate()
    arena = bigger
    chunkCapacity *= 2
  }

  @inline(__always)
  func link(after chunk: UInt32) -> UInt32 {
    UInt32(truncatingIfNeeded: arena[Int(chunk << Self.chunkShift | Self.linkOffset)].value)
  }

  @inline(__always)
  private mutating func free(_ chunk: UInt32) {
    arena[Int(chunk << Self.chunkShift | Self.linkOffset)] = Entry(key: 0, value: UInt64(firstFreeChunk))
    firstFreeChunk = chunk
  }
}
