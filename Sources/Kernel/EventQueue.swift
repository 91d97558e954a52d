/// Events waiting for their time, in the total order **time, round, phase, sequence**.
///
/// ```swift
/// var queue = EventQueue<Event>()
/// try queue.schedule(.blockIsMined, at: twelveSeconds, phase: .chain, cause: nil)
/// while let (header, event) = queue.next(through: end) {
///   try handle(event, header)       // schedules what follows with `cause: header`
/// }
/// ```
///
/// **Rounds.** Time never runs backwards, and neither does an instant: an event for *now* whose phase has passed
/// goes to the next round of the same instant. One of the present phase or a later one joins the present round,
/// after those already waiting there. So a liquidation that moves a price, the oracle that publishes it and the
/// alarms it fires follow each other at one time, in rounds 0, 1, 2. A later time starts with round 0. Before the
/// first event, now is the start with no phase passed. Round 10,000 of one instant is refused (`.zeno`).
///
/// **Causes.** An event scheduled without a cause is a root, of depth 0; with one, it has its root and lies one
/// deeper. Ids count in the order of scheduling.
///
/// **Structure.** Round 0 waits in a `RadixLadder` whose 64-bit key is time and phase; rounds 1 and on, which exist
/// only now, wait in one list per phase. What moves is 16 bytes; header and event stay in a slot, and slots are
/// used again, so memory follows the most events that ever waited. Nothing is cancelled. Under
/// `TiePolicy.shuffled` everything waits in a `ShuffledHeap` instead.
///
/// **Invariants.** See `EventQueue+Invariants.swift`. **Cost.** O(1) in practice for each event, whatever the number
/// waiting; `rhodian-bench queue` measures it.
///
/// The queue is not copied by accident; `copy()` branches it.
package struct EventQueue<Event: BitwiseCopyable>: ~Copyable {
  struct Slot: BitwiseCopyable {
    var id: EventID
    var cause: EventID
    var root: EventID
    var event: Event
    var depth: Int32
    /// The next slot of the list this one is in: free slots, or a phase of a later round.
    var next: UInt32
  }

  /// Who goes first among ties.
  package let ties: TiePolicy
  /// The time of the last event handed out; the start before the first.
  package private(set) var now = SimTime.start
  /// The round of the last event handed out.
  package private(set) var round: Int32 = 0
  /// The phase of the last event handed out.
  package private(set) var phase = Phase.chain
  /// How many events wait.
  package private(set) var count = 0
  /// How many were ever scheduled; also the next id.
  package private(set) var scheduledCount: Int64 = 0

  var ladder: RadixLadder
  /// Later rounds of the present instant: the one under way (from round 1 on) and the one after.
  var thisRound = RoundList()
  var nextRound = RoundList()
  var heap = ShuffledHeap()
  var slots: [Slot] = []
  var firstFreeSlot = RoundList.end
  /// What `fillBuffer` saw; kept so that its reads are not optimised away, and never used.
  private var warmth: Int64 = 0

  /// An empty queue at the start of time.
  package init(ties: TiePolicy = .firstScheduledFirst) {
    self.init(ties: ties, ladder: RadixLadder())
  }

  private init(ties: TiePolicy, ladder: consuming RadixLadder) {
    self.ties = ties
    self.ladder = ladder
  }

  /// A queue in the same state; from here on, neither sees what happens to the other.
  package func copy() -> EventQueue {
    var twin = EventQueue(ties: ties, ladder: ladder.copy())
    twin.now = now
    twin.round = round
    twin.phase = phase
    twin.count = count
    twin.scheduledCount = scheduledCount
    twin.thisRound = thisRound
    twin.nextRound = nextRound
    twin.heap = heap
    twin.slots = slots
    twin.firstFreeSlot = firstFreeSlot
    return twin
  }

  /// Whether nothing waits.
  package var isEmpty: Bool { count == 0 }

  /// How many events fit without asking for memory.
  package var slotCount: Int { slots.count }

  /// The time of the event that goes next. Mutating, because finding it may arrange what is waiting.
  package var peekTime: SimTime? {
    mutating get {
      if !thisRound.isEmpty || !nextRound.isEmpty { return now }
      if ladder.bufferCount == 0 { fillBuffer() }
      if let entry = ladder.first { return entry.time }
      return heap.first?.time
    }
  }

  // MARK: Scheduling

  /// Adds an event for `time`, now or later, caused by the event with header `cause`.
  @discardableResult
  @inline(__always)
  package mutating func schedule(
    _ event: Event, at time: SimTime, phase: Phase, cause: EventHeader?
  ) throws(EventQueueError) -> EventID {
    let id = EventID(scheduledCount)
    guard let cause else {
      let root = Slot(id: id, cause: .none, root: id, event: event, depth: 0, next: RoundList.end)
      return try add(root, at: time, phase: phase)
    }
    let depth = cause.depth == .max ? .max : cause.depth &+ 1
    let effect = Slot(
      id: id, cause: cause.id, root: cause.root, event: event, depth: depth, next: RoundList.end)
    return try add(effect, at: time, phase: phase)
  }

  @inline(__always)
  private mutating func add(
    _ slot: Slot, at time: SimTime, phase: Phase
  ) throws(EventQueueError) -> EventID {
    var itsRound: Int32 = 0
    if time <= now {
      guard time == now else { throw .past(requested: time, now: now) }
      itsRound = phase < self.phase ? round &+ 1 : round
      guard itsRound < EventQueueLimits.rounds else { throw .zeno(time) }
    }
    guard time <= EventQueueLimits.latestTime else { throw .tooLate(time) }
    let index = store(slot)
    switch ties {
    case .firstScheduledFirst:
      if itsRound == 0 {
        ladder.push(key: ladderKey(time, phase), value: UInt64(index))
      } else {
        join(itsRound, phase, index)
      }
    case .shuffled(let seed):
      let rank = shuffledRank(of: slot.id, seed: seed)
      heap.push(.init(time: time, round: itsRound, phase: phase, rank: rank, slot: index))
    }
    count &+= 1
    scheduledCount &+= 1
    return slot.id
  }

  @inline(never)
  private mutating func join(_ itsRound: Int32, _ phase: Phase, _ index: UInt32) {
    if itsRound == round {
      thisRound.append(index, phase, &slots)
    } else {
      nextRound.append(index, phase, &slots)
    }
  }

  // MARK: Taking

  /// Takes the event that goes next, and moves now to it.
  @inline(__always)
  package mutating func next() -> (EventHeader, Event)? {
    guard count > 0 else { return nil }
    count &-= 1
    if case .shuffled = ties { return takeShuffled() }
    if !thisRound.isEmpty || !nextRound.isEmpty {
      if let index = takeFromRounds() { return release(index) }
    }
    if ladder.bufferCount == 0 { fillBuffer() }
    guard let entry = ladder.popFirst() else { fatalError("the queue counts an event that it does not hold") }
    if entry.time != now {
      now = entry.time
      round = 0
    }
    phase = entry.phase
    return release(UInt32(truncatingIfNeeded: entry.value))
  }

  /// `next()`, unless that lies after `horizon`: then nothing, and now stays.
  @inline(__always)
  package mutating func next(through horizon: SimTime) -> (EventHeader, Event)? {
    // The lower bound first: looking closer arranges what waits, for nothing if the horizon comes before all of it.
    if let bound = ladder.earliestTime, bound > horizon, thisRound.isEmpty, nextRound.isEmpty { return nil }
    guard let time = peekTime, time <= horizon else { return nil }
    return next()
  }

  /// The first event of the round under way, or of the one after if that is done; `nil` while round 0 goes on.
  @inline(never)
  private mutating func takeFromRounds() -> UInt32? {
    if thisRound.isEmpty {
      // A bound that is not itself a key lies beyond this instant: it is a multiple of 64, an instant has 16 keys.
      if ladder.earliestTime == now { return nil }
      swap(&thisRound, &nextRound)
      round += 1
    }
    let (index, phase) = thisRound.popFirst(slots)
    self.phase = phase
    return index
  }

  @inline(never)
  private mutating func takeShuffled() -> (EventHeader, Event) {
    guard let entry = heap.popFirst() else { fatalError("the queue counts an event that it does not hold") }
    now = entry.time
    round = entry.round
    phase = Phase(ladderBits: UInt64(entry.phaseRawValue))
    return release(entry.slot)
  }

  // MARK: Slots

  /// Lets the ladder look ahead, and reads both ends of the slots of the events that go next, so that they come into the cache side by side and not
  /// one by one. With a million events waiting it saves nearly half the time of each.
  @inline(never)
  private mutating func fillBuffer() {
    ladder.fillBuffer()
    var seen: Int64 = 0
    for place in 0..<ladder.bufferCount {
      let index = Int(truncatingIfNeeded: ladder.buffer[place].value)
      seen &+= slots[index].id.ordinal &+ Int64(truncatingIfNeeded: slots[index].next)
    }
    warmth = seen
  }

  @inline(__always)
  private mutating func store(_ slot: Slot) -> UInt32 {
    let index = firstFreeSlot
    if index != RoundList.end {
      firstFreeSlot = slots[Int(index)].next
      slots[Int(index)] = slot
      return index
    }
    precondition(slots.count < Int(RoundList.end), "more than four thousand million events are waiting")
    slots.append(slot)
    return UInt32(slots.count - 1)
  }

  @inline(__always)
  private mutating func release(_ index: UInt32) -> (EventHeader, Event) {
    let slot = slots[Int(index)]
    slots[Int(index)].next = firstFreeSlot
    firstFreeSlot = index
    let header = EventHeader(
      id: slot.id, causeOrNone: slot.cause, root: slot.root, depth: slot.depth, time: now, round: round,
      phase: phase)
    return (header, slot.event)
  }
}

/// One later round of the present instant: for each phase the slots that wait, linked through `Slot.next`.
struct RoundList: BitwiseCopyable {
  /// No slot.
  static var end: UInt32 { .max }

  private var firsts = InlineArray<10, UInt32>(repeating: end)
  private var lasts = InlineArray<10, UInt32>(repeating: end)
  /// Bit p: phase p has waiting events.
  private(set) var waiting: UInt16 = 0

  @inline(__always)
  var isEmpty: Bool { waiting == 0 }

  func first(of phase: Phase) -> UInt32 { firsts[Int(phase.rawValue)] }
  func last(of phase: Phase) -> UInt32 { lasts[Int(phase.rawValue)] }

  mutating func append<Event>(_ slot: UInt32, _ phase: Phase, _ slots: inout [EventQueue<Event>.Slot]) {
    let p = Int(phase.rawValue)
    if waiting & 1 << UInt16(p) == 0 {
      firsts[p] = slot
      waiting |= 1 << UInt16(p)
    } else {
      slots[Int(lasts[p])].next = slot
    }
    lasts[p] = slot
  }

  /// Takes the first event of the first phase that has one; some phase must.
  mutating func popFirst<Event>(_ slots: [EventQueue<Event>.Slot]) -> (slot: UInt32, phase: Phase) {
    let p = waiting.trailingZeroBitCount
    let slot = firsts[p]
    if slot == lasts[p] {
      waiting &= ~(1 << UInt16(p))
    } else {
      firsts[p] = slots[Int(slot)].next
    }
    return (slot, Phase(ladderBits: UInt64(p)))
  }
}

// MARK: Keys

/// Time above phase, so that one comparison orders both.
@inline(__always)
private func ladderKey(_ time: SimTime, _ phase: Phase) -> UInt64 {
  UInt64(bitPattern: time.microseconds) << 4 | UInt64(phase.rawValue)
}

extension RadixLadder.Entry {
  @inline(__always)
  var time: SimTime { SimTime(microseconds: Int64(bitPattern: key >> 4)) }

  @inline(__always)
  var phase: Phase { Phase(ladderBits: key & 0xF) }
}

extension RadixLadder {
  /// No entry's time is before it.
  @inline(__always)
  var earliestTime: SimTime? { lowerBound.map { SimTime(microseconds: Int64(bitPattern: $0 >> 4)) } }
}

extension Phase {
  /// The phase packed into a key, which only phases were put into.
  @inline(__always)
  init(ladderBits: UInt64) {
    guard let phase = Phase(rawValue: UInt8(truncatingIfNeeded: ladderBits)) else {
      fatalError("a key holds a phase that does not exist")
    }
    self = phase
  }
}
