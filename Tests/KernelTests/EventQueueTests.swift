import Kernel
import Testing

/// Steele, Lea and Flood (OOPSLA 2014): enough randomness for tests, in three lines.
struct SplitMix64 {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  static func mix(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

enum TestEvent: Equatable, BitwiseCopyable {
  case number(UInt64)
  case pair(Int32, Int32)
}

func at(_ microseconds: Int64) -> SimTime { SimTime(microseconds: microseconds) }

/// A queue by reference: the test macros cannot hold a value that is not copyable.
final class QueueBox<Event: BitwiseCopyable> {
  private var queue: EventQueue<Event>

  init(ties: TiePolicy = .firstScheduledFirst) {
    queue = EventQueue(ties: ties)
  }

  var now: SimTime { queue.now }
  var count: Int { queue.count }
  var isEmpty: Bool { queue.isEmpty }
  var slotCount: Int { queue.slotCount }
  var scheduledCount: Int64 { queue.scheduledCount }
  var peekTime: SimTime? { queue.peekTime }

  @discardableResult
  func schedule(
    _ event: Event, at time: SimTime, phase: Phase, cause: EventHeader?
  ) throws(EventQueueError) -> EventID {
    try queue.schedule(event, at: time, phase: phase, cause: cause)
  }

  func next() -> (EventHeader, Event)? { queue.next() }
  func next(through horizon: SimTime) -> (EventHeader, Event)? { queue.next(through: horizon) }
  func checkInvariants() { queue.checkInvariants() }
}

@Suite("Event queue")
struct EventQueueTests {
  @Test("before the first event, now is the start and no phase has passed")
  func beginning() throws {
    let queue = QueueBox<Int>()
    #expect(queue.now == .start && queue.isEmpty && queue.peekTime == nil)
    for phase in Phase.allCases.reversed() {
      try queue.schedule(Int(phase.rawValue), at: .start, phase: phase, cause: nil)
    }
    for phase in Phase.allCases {
      let (header, event) = try #require(queue.next())
      #expect(header.phase == phase && header.round == 0 && event == Int(phase.rawValue))
    }
    #expect(queue.next() == nil)
  }

  @Test(
    "events of one time and phase leave in the order in which they came",
    arguments: [1, 63, 64, 1_000, 20_000])
  func firstComeFirstServed(ties: Int) throws {
    let queue = QueueBox<Int>()
    for number in 0..<ties {
      try queue.schedule(number, at: at(7_000_000), phase: .liquidation, cause: nil)
      try queue.schedule(-number, at: at(7_000_000), phase: .oracle, cause: nil)
    }
    for number in 0..<ties { #expect(queue.next()?.1 == -number) }
    for number in 0..<ties {
      try queue.schedule(ties + number, at: at(7_000_000), phase: .liquidation, cause: nil)
      #expect(queue.next()?.1 == number)
    }
    for number in 0..<ties { #expect(queue.next()?.1 == ties + number) }
  }

  @Test("an event for now whose phase has passed waits for the next round; the others join this one")
  func rounds() throws {
    let queue = QueueBox<Int>()
    func place(_ header: EventHeader?) -> String {
      header.map { "\($0.time.microseconds)/\($0.round)/\($0.phase)" } ?? "none"
    }
    try queue.schedule(0, at: at(5), phase: .liquidation, cause: nil)
    try queue.schedule(0, at: at(5), phase: .sample, cause: nil)
    try queue.schedule(0, at: at(6), phase: .chain, cause: nil)
    let liquidation = queue.next()?.0
    #expect(place(liquidation) == "5/0/liquidation")
    try queue.schedule(0, at: at(5), phase: .oracle, cause: liquidation)
    try queue.schedule(0, at: at(5), phase: .price, cause: liquidation)
    try queue.schedule(0, at: at(5), phase: .liquidation, cause: liquidation)
    try queue.schedule(0, at: at(5), phase: .loss, cause: liquidation)
    #expect(queue.peekTime == at(5))
    var seen: [String] = []
    while let (header, _) = queue.next(through: at(5)) {
      seen.append(place(header))
      if header.round == 1 && header.phase == .oracle {
        try queue.schedule(0, at: at(5), phase: .chain, cause: header)
        try queue.schedule(0, at: at(5), phase: .alarm, cause: header)
      }
    }
    #expect(
      seen == [
        "5/0/liquidation", "5/0/loss", "5/0/sample", "5/1/price", "5/1/oracle", "5/1/alarm", "5/2/chain",
      ])
    #expect(queue.now == at(5) && queue.peekTime == at(6))
    #expect(place(queue.next()?.0) == "6/0/chain")
  }

  @Test("causes form trees: an effect has its cause's root and lies one deeper")
  func causes() throws {
    let queue = QueueBox<Int>()
    let id = try queue.schedule(0, at: at(1), phase: .price, cause: nil)
    let root = try #require(queue.next()).0
    #expect(root.id == id && root.cause == nil && root.root == id && root.depth == 0)
    try queue.schedule(1, at: at(1), phase: .alarm, cause: root)
    let effect = try #require(queue.next()).0
    #expect(effect.cause == id && effect.root == id && effect.depth == 1)
    try queue.schedule(2, at: at(9), phase: .alarm, cause: effect)
    let last = try #require(queue.next()).0
    #expect(last.cause == effect.id && last.root == id && last.depth == 2)
  }

  @Test("the past is refused, and so is what no key can hold; the queue stays as it was")
  func refusals() throws {
    let queue = QueueBox<Int>()
    let tooLate = at(EventQueueLimits.latestTime.microseconds + 1)
    #expect(error(queue, at: at(-1)) == .past(requested: at(-1), now: .start))
    try queue.schedule(0, at: at(10), phase: .price, cause: nil)
    _ = queue.next()
    #expect(error(queue, at: at(9)) == .past(requested: at(9), now: at(10)))
    #expect(error(queue, at: tooLate) == .tooLate(tooLate))
    #expect(queue.isEmpty && queue.scheduledCount == 1)
    #expect(error(queue, at: EventQueueLimits.latestTime) == nil)
    queue.checkInvariants()
    #expect(queue.next()?.0.time == EventQueueLimits.latestTime)
  }

  private func error(_ queue: QueueBox<Int>, at time: SimTime) -> EventQueueError? {
    do throws(EventQueueError) {
      try queue.schedule(0, at: time, phase: .price, cause: nil)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "an instant may have 10,000 rounds, and not one more",
    arguments: [TiePolicy.firstScheduledFirst, .shuffled(seed: 5)])
  func zeno(ties: TiePolicy) throws {
    let queue = QueueBox<Int>(ties: ties)
    try queue.schedule(0, at: at(3), phase: .price, cause: nil)
    // A price moves a loss, which moves a price in the next round, and so on without delay.
    var places: [Int32] = []
    var refusal: EventQueueError?
    while let (header, _) = queue.next(), places.count < 30_000 {
      if header.phase == .price { places.append(header.round) }
      do throws(EventQueueError) {
        let answer = header.phase == .price ? Phase.loss : .price
        try queue.schedule(0, at: at(3), phase: answer, cause: header)
      } catch {
        refusal = error
        try queue.schedule(0, at: at(3), phase: .sample, cause: header)
        #expect(queue.next()?.0.phase == .sample)
      }
    }
    #expect(places == Array(0..<10_000))
    #expect(refusal == .zeno(at(3)))
    try queue.schedule(0, at: at(4), phase: .price, cause: nil)
    #expect(queue.next()?.0.round == 0)
  }

  @Test("nothing after the horizon is taken, and now stays")
  func horizon() throws {
    let queue = QueueBox<Int>()
    try queue.schedule(1, at: at(10), phase: .price, cause: nil)
    #expect(queue.next(through: at(9)) == nil)
    #expect(queue.now == .start && queue.count == 1)
    try queue.schedule(0, at: at(4), phase: .price, cause: nil)
    #expect(queue.next(through: at(10))?.1 == 0)
    #expect(queue.next(through: at(10))?.1 == 1)
  }

  @Test(
    "whoever looks ahead may still schedule what comes before, as much as they like",
    arguments: [10, 12, 20, 30, 44, 58] as [UInt64], [1, 100, 400] as [Int])
  func lookingAhead(exponent: UInt64, burst: Int) throws {
    let queue = QueueBox<Int>()
    var random = SplitMix64(seed: exponent)
    var expected: [(time: UInt64, number: Int)] = []
    func schedule(_ time: UInt64) throws {
      expected.append((time, expected.count))
      try queue.schedule(expected.count - 1, at: at(Int64(time)), phase: .price, cause: nil)
    }
    let far: UInt64 = 1 << exponent
    for _ in 0..<3_000 { try schedule(far + random.next() % 1_000 % (far / 4)) }
    for round in 1...3 as ClosedRange<UInt64> {
      #expect(queue.peekTime == at(Int64(expected.map(\.time).min() ?? 0)))
      for _ in 0..<burst { try schedule(random.next() % (far / round)) }
      queue.checkInvariants()
      // Later events, on both sides of those looked at.
      for _ in 0..<200 { try schedule(far - 100 + random.next() % 1_100 % (far / 4)) }
      queue.checkInvariants()
    }
    expected.sort { ($0.time, $0.number) < ($1.time, $1.number) }
    for (_, number) in expected {
      let taken = queue.next()?.1
      guard taken == number else {
        Issue.record("seed \(exponent): \(String(describing: taken)) was taken instead of \(number)")
        return
      }
    }
  }

  @Test("slots are used again: memory follows the most events that ever waited")
  func memory() throws {
    let queue = QueueBox<UInt64>()
    var random = SplitMix64(seed: 11)
    for number in 0..<100 as Range<UInt64> {
      try queue.schedule(number, at: at(Int64(random.next() % 1_000)), phase: .price, cause: nil)
    }
    for _ in 0..<50_000 {
      let (header, event) = try #require(queue.next())
      let delay = Int64(random.next() % 1_000)
      try queue.schedule(event, at: at(header.time.microseconds + delay), phase: .price, cause: header)
    }
    #expect(queue.count == 100 && queue.slotCount == 100)
    queue.checkInvariants()
  }

  @Test(
    "a shuffle permutes events within time, round and phase, and only there",
    arguments: [1, 2, 3] as [UInt64])
  func shuffle(seed: UInt64) throws {
    func run(_ ties: TiePolicy) throws -> [EventHeader] {
      let queue = QueueBox<Int>(ties: ties)
      for number in 0..<3_000 {
        let phase = try #require(Phase(rawValue: UInt8(number % 3)))
        try queue.schedule(number, at: at(Int64(number % 7)), phase: phase, cause: nil)
      }
      var headers: [EventHeader] = []
      while let (header, _) = queue.next() { headers.append(header) }
      return headers
    }
    let plain = try run(.firstScheduledFirst)
    let shuffled = try run(.shuffled(seed: seed))
    #expect(plain.map(\.time) == shuffled.map(\.time))
    #expect(plain.map(\.phase) == shuffled.map(\.phase))
    #expect(Set(plain) == Set(shuffled))
    #expect(plain != shuffled)
    #expect(try shuffled == run(.shuffled(seed: seed)))
    #expect(try shuffled != run(.shuffled(seed: seed + 1)))
  }
}
