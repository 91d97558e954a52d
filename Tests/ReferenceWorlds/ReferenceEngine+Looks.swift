import Economy
import Kernel

// Whoever looks again and again, at a drawn moment of each interval: the same rule for all.

extension ReferenceEngine {
  /// Intervals are numbered from zero, the first begins with the run; nobody looks in one that begins after
  /// its horizon.
  mutating func scheduleLook(
    _ occurrence: Occurrence, by key: EntityKey, every interval: SimDuration, number: Int64
  ) throws(ReferenceFailure) {
    let every = interval.microseconds
    guard number * every <= specification.horizon.microseconds else { return }
    let u = UnitInterval.open(streams.word(.reactionLatency, key, Epoch(slot: UInt64(number))))
    let moment = min(every - 1, Int64((u * Double(every)).rounded(.down)))
    try schedule(
      occurrence, .reaction, after: SimDuration(microseconds: number * every + moment), from: 0, asRoot: true)
  }
}
