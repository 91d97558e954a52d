/// The order of things within one round of one instant.
///
/// The world outside moves first (blocks, prices, oracles), then alarms and decisions, then what they bring about,
/// then losses and the reactions to them; samples see the instant when all is done.
package enum Phase: UInt8, CaseIterable, Hashable, Comparable, Sendable, BitwiseCopyable {
  case chain, price, oracle, alarm, decision, liquidation, settlement, loss, reaction, sample

  /// Earlier in the round.
  @inline(__always)
  package static func < (left: Phase, right: Phase) -> Bool { left.rawValue < right.rawValue }
}

/// Names one event of a run: its place in the order of scheduling, from zero.
package struct EventID: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// How many events were scheduled before it.
  package var ordinal: Int64

  /// The event scheduled after `ordinal` others.
  @inline(__always)
  package init(_ ordinal: Int64) {
    self.ordinal = ordinal
  }

  /// Stands for "no event" where an `Optional` would cost eight bytes.
  static let none = EventID(-1)

  /// Scheduled earlier.
  @inline(__always)
  package static func < (left: EventID, right: EventID) -> Bool { left.ordinal < right.ordinal }
}

/// What the queue knows about an event: when it happens, and why.
///
/// `cause` is the event whose handler scheduled this one. Following causes leads to `root` in `depth` steps, so a
/// loss can be charged to the shock that began it without storing the path.
package struct EventHeader: Hashable, Sendable, BitwiseCopyable {
  /// The event's own name.
  package let id: EventID
  /// The first of its causes; itself for a root.
  package let root: EventID
  /// When it happens.
  package let time: SimTime
  private let causeOrNone: EventID
  /// Steps from the root; stays at `Int32.max` once there.
  package let depth: Int32
  /// Which pass through the phases of its instant the event belongs to.
  package let round: Int32
  /// Its place within the round.
  package let phase: Phase

  /// The event that scheduled this one; `nil` for a root.
  package var cause: EventID? {
    @inline(__always) get { causeOrNone == .none ? nil : causeOrNone }
  }

  /// A header with these parts; the queue makes its own, others are for comparison.
  @inline(__always)
  package init(
    id: EventID, cause: EventID?, root: EventID, depth: Int32, time: SimTime, round: Int32, phase: Phase
  ) {
    self.init(
      id: id, causeOrNone: cause ?? .none, root: root, depth: depth, time: time, round: round, phase: phase)
  }

  @inline(__always)
  init(
    id: EventID, causeOrNone: EventID, root: EventID, depth: Int32, time: SimTime, round: Int32, phase: Phase
  ) {
    self.id = id
    self.causeOrNone = causeOrNone
    self.root = root
    self.depth = depth
    self.time = time
    self.round = round
    self.phase = phase
  }
}

/// Who goes first among events of the same time, round and phase.
package enum TiePolicy: Hashable, Sendable, BitwiseCopyable {
  case firstScheduledFirst
  /// By a keyed hash of the event's id: another seed, another order, the same in every run. A result that changes
  /// with the seed depends on an order the model does not determine.
  case shuffled(seed: UInt64)
}

/// Why an event was not scheduled. The queue is unchanged.
package enum EventQueueError: Error, Hashable, Sendable {
  case past(requested: SimTime, now: SimTime)
  /// An instant has gone through `EventQueueLimits.rounds` rounds and wants another: events that cause each other
  /// without delay never let time pass.
  case zeno(SimTime)
  /// Later than `EventQueueLimits.latestTime`.
  case tooLate(SimTime)
}

/// How far the queue goes.
package enum EventQueueLimits {
  /// Rounds at one instant, numbered from zero. Feedback that settles does so in tens; this is a bug's signature.
  package static let rounds: Int32 = 10_000
  /// 18,000 years: time and phase share 63 bits.
  package static let latestTime = SimTime(microseconds: 1 << 59 - 1)
}

#if !hasFeature(Embedded)
  extension EventID: CustomStringConvertible {
    /// `#17`.
    package var description: String { "#\(ordinal)" }
  }

  extension EventQueueError: CustomStringConvertible {
    /// A sentence for the report of the run that ended.
    package var description: String {
      switch self {
      case .past(let requested, let now): "an event for \(requested) was scheduled when it was already \(now)"
      case .zeno(let time):
        "time stands still at \(time): \(EventQueueLimits.rounds) rounds of events causing each other without delay"
      case .tooLate(let time):
        "an event for \(time) lies beyond the last time, \(EventQueueLimits.latestTime)"
      }
    }
  }
#endif
