import Kernel
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// The queue's contract said again in the plainest way: a sorted array.
private struct ReferenceQueue {
  struct Item {
    var time: Int64
    var round: Int32
    var phase: UInt8
    /// Zero, or the rank under a shuffle.
    var rank: UInt64
    var id: Int64
    var cause: Int64?
    var root: Int64
    var depth: Int32
    var event: TestEvent

    func isBefore(_ other: Item) -> Bool {
      (time, round, phase, rank, id) < (other.time, other.round, other.phase, other.rank, other.id)
    }

    var header: EventHeader {
      EventHeader(
        id: EventID(id), cause: cause.map { EventID($0) }, root: EventID(root), depth: depth,
        time: at(time), round: round, phase: Phase(rawValue: phase)!)
    }
  }

  var ties: TiePolicy
  /// Last to go first, so that taking is `removeLast`.
  var items: [Item] = []
  var now: (time: Int64, round: Int32, phase: UInt8) = (0, 0, 0)
  var scheduled: Int64 = 0

  mutating func schedule(
    _ event: TestEvent, at time: Int64, phase: UInt8, cause: EventHeader?
  ) -> EventQueueError? {
    if time < now.time { return .past(requested: at(time), now: at(now.time)) }
    var round: Int32 = 0
    if time == now.time { round = phase < now.phase ? now.round + 1 : now.round }
    if round == 10_000 { return .zeno(at(time)) }
    let item = Item(
      time: time, round: round, phase: phase, rank: rank(scheduled), id: scheduled,
      cause: cause?.id.ordinal, root: cause?.root.ordinal ?? scheduled,
      depth: cause.map { $0.depth + 1 } ?? 0,
      event: event)
    var low = 0
    var high = items.count
    while low < high {
      let middle = (low + high) / 2
      if item.isBefore(items[middle]) { low = middle + 1 } else { high = middle }
    }
    items.insert(item, at: low)
    scheduled += 1
    return nil
  }

  mutating func next() -> Item? {
    guard let item = items.popLast() else { return nil }
    now = (item.time, item.round, item.phase)
    return item
  }

  /// The documented hash, written out.
  private func rank(_ id: Int64) -> UInt64 {
    guard case .shuffled(let seed) = ties else { return 0 }
    let golden: UInt64 = 0x9E37_79B9_7F4A_7C15
    let first = SplitMix64.mix(seed &+ golden)
    let second = SplitMix64.mix(first &+ golden)
    return SplitMix64.mix(SplitMix64.mix(UInt64(id) ^ first) &+ second)
  }
}

/// A queue and its reference, driven by the same random operations.
private struct Twins: ~Copyable {
  var queue: EventQueue<TestEvent>
  var reference: ReferenceQueue
  var random: SplitMix64
  var last: EventHeader?
  var growing = true
  /// How many events are still to come in a burst that falls before the next event.
  var burst = 0
  var mostWaiting = 0
  var roundsSeen: Int32 = 0
  var tiesSeen = 0

  init(ties: TiePolicy, seed: UInt64) {
    queue = EventQueue(ties: ties)
    reference = ReferenceQueue(ties: ties)
    random = SplitMix64(seed: seed)
  }

  init(branching other: borrowing Twins, seed: UInt64) {
    queue = other.queue.copy()
    reference = other.reference
    random = SplitMix64(seed: seed)
    last = other.last
    growing = other.growing
  }

  /// One operation on both; whether they agree.
  mutating func step() -> Bool {
    let word = random.next()
    // Long spells of growth and of draining: the buffer overflows, buckets spread, and all runs empty.
    if word % 2_000 == 0 { growing.toggle() }
    if queue.count > 3_000 { growing = false }
    if word % 700 == 1 { burst = 250 }
    if burst > 0 {
      burst -= 1
      return scheduleOne(beforeNext: true)
    }
    if (word >> 32) % 16 < (growing ? 10 : 5) { return scheduleOne() }
    return takeOne(word)
  }

  private mutating func scheduleOne(beforeNext: Bool = false) -> Bool {
    let word = random.next()
    var time = reference.now.time + delay(word)
    if beforeNext, let next = reference.items.last {
      time = reference.now.time + Int64(random.next() >> 16) % (next.time - reference.now.time + 1)
    }
    let phase = UInt8(random.next() % 10)
    let cause = word >> 60 < 12 ? last : nil
    let event = word & 1 == 0 ? TestEvent.number(word) : .pair(Int32(truncatingIfNeeded: word), 1)
    let expected = reference.schedule(event, at: time, phase: phase, cause: cause)
    do throws(EventQueueError) {
      let id = try queue.schedule(event, at: at(time), phase: Phase(rawValue: phase)!, cause: cause)
      return expected == nil && id.ordinal == reference.scheduled - 1
    } catch {
      return error == expected
    }
  }

  private mutating func delay(_ word: UInt64) -> Int64 {
    let far = Int64(random.next() >> 16)
    switch word >> 8 & 31 {
    case 0: return -1 - far % 5
    case 1...9: return 0
    case 10...16: return far % 4
    case 17...20: return far % 300
    case 21...24: return 1_000 - reference.now.time % 1_000
    case 25...28: return far % 100_000
    case 29: return 12_000_000 - reference.now.time % 12_000_000
    case 30: return far % 100_000_000
    default: return word >> 20 & 0xFF == 0 ? far % (1 << 44) : far % 1_000_000_000
    }
  }

  private mutating func takeOne(_ word: UInt64) -> Bool {
    mostWaiting = max(mostWaiting, reference.items.count)
    guard queue.count == reference.items.count else { return false }
    guard queue.peekTime == reference.items.last.map({ at($0.time) }) else { return false }
    let before = reference.now
    let horizon = word & 7 == 0 ? at(reference.now.time + 2) : EventQueueLimits.latestTime
    let taken = queue.next(through: horizon)
    if let next = reference.items.last, at(next.time) > horizon {
      return taken == nil && queue.now.microseconds == before.time
    }
    let item = reference.next()
    guard taken?.0 == item?.header, taken?.1 == item?.event else { return false }
    last = taken?.0
    roundsSeen = max(roundsSeen, reference.now.round)
    if before == reference.now { tiesSeen += 1 }
    return queue.now.microseconds == reference.now.time && queue.round == reference.now.round
  }
}

@Suite("Event queue against a sorted array")
struct EventQueueReferenceTests {
  static let policies: [TiePolicy] = [.firstScheduledFirst, .shuffled(seed: 0xC0FFEE)]

  /// A million in release, and in debug when `RHODIAN_SOAK=1`.
  static var operations: Int {
    var isDebug = false
    assert(
      {
        isDebug = true
        return true
      }())
    let soak = getenv("RHODIAN_SOAK").map { String(cString: $0) } == "1"
    return isDebug && !soak ? 200_000 : 1_000_000
  }

  @Test("headers and events equal the reference's over a million random operations", arguments: policies)
  func equalsReference(ties: TiePolicy) {
    let seed: UInt64 = 20_260_101
    var twins = Twins(ties: ties, seed: seed)
    for operation in 0..<Self.operations {
      guard twins.step() else {
        Issue.record("seed \(seed), operation \(operation): the queue and the reference differ")
        return
      }
    }
    twins.queue.checkInvariants()
    // The run was worth making only if it met what it was made for.
    let (waiting, rounds, tied) = (twins.mostWaiting, twins.roundsSeen, twins.tiesSeen)
    #expect(waiting > 2_000 && rounds > 5 && tied > Self.operations / 20)
  }

  @Test("invariants hold after every operation", arguments: policies, [1, 2, 3, 4] as [UInt64])
  func invariants(ties: TiePolicy, seed: UInt64) {
    var twins = Twins(ties: ties, seed: seed)
    for operation in 0..<1_500 {
      guard twins.step() else {
        Issue.record("seed \(seed), operation \(operation): the queue and the reference differ")
        return
      }
      twins.queue.checkInvariants()
    }
  }

  @Test("a copy and its original go separate ways, each right", arguments: policies, [1, 2, 3] as [UInt64])
  func copies(ties: TiePolicy, seed: UInt64) {
    var original = Twins(ties: ties, seed: seed)
    var agree = true
    for _ in 0..<3_000 { agree = original.step() && agree }
    var branch = Twins(branching: original, seed: seed &+ 100)
    for _ in 0..<3_000 {
      agree = original.step() && agree
      agree = branch.step() && agree
    }
    original.queue.checkInvariants()
    branch.queue.checkInvariants()
    #expect(agree, "seed \(seed)")
  }

  @Test("a copy replays the original's future exactly")
  func replays() {
    var original = Twins(ties: .firstScheduledFirst, seed: 77)
    for _ in 0..<10_000 { _ = original.step() }
    var branch = original.queue.copy()
    var same = true
    while let (header, event) = original.queue.next() {
      let other = branch.next()
      same = other?.0 == header && other?.1 == event && same
    }
    let bothEmpty = branch.isEmpty && original.queue.isEmpty
    #expect(same && bothEmpty)
  }
}
