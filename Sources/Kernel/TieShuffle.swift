/// Waiting events under `TiePolicy.shuffled`: a binary heap in the order time, round, phase, rank.
///
/// The rank is a keyed hash of the event's id. For a fixed seed the hash is a bijection, so no two events are
/// ever equal and the order is total. Slower than the ladder (O(log n) per event), which matters little:
/// shuffled runs are robustness checks.
struct ShuffledHeap {
  struct Entry: BitwiseCopyable {
    let time: SimTime
    let rank: UInt64
    let roundAndPhase: UInt32
    let slot: UInt32

    @inline(__always)
    init(time: SimTime, round: Int32, phase: Phase, rank: UInt64, slot: UInt32) {
      self.time = time
      self.rank = rank
      self.slot = slot
      roundAndPhase = UInt32(round) << 4 | UInt32(phase.rawValue)
    }

    var round: Int32 { Int32(roundAndPhase >> 4) }
    var phaseRawValue: UInt8 { UInt8(roundAndPhase & 0xF) }

    func goesBefore(_ other: Entry) -> Bool {
      if time != other.time { return time < other.time }
      if roundAndPhase != other.roundAndPhase { return roundAndPhase < other.roundAndPhase }
      return rank < other.rank
    }
  }

  private(set) var entries: [Entry] = []

  var first: Entry? { entries.first }

  mutating func push(_ entry: Entry) {
    var hole = entries.count
    entries.append(entry)
    while hole > 0 {
      let parent = (hole - 1) / 2
      guard entry.goesBefore(entries[parent]) else { break }
      entries[hole] = entries[parent]
      hole = parent
    }
    entries[hole] = entry
  }

  mutating func popFirst() -> Entry? {
    guard let top = entries.first else { return nil }
    let moved = entries.removeLast()
    guard !entries.isEmpty else { return top }
    var hole = 0
    while true {
      var child = 2 * hole + 1
      guard child < entries.count else { break }
      if child + 1 < entries.count && entries[child + 1].goesBefore(entries[child]) { child += 1 }
      guard entries[child].goesBefore(moved) else { break }
      entries[hole] = entries[child]
      hole = child
    }
    entries[hole] = moved
    return top
  }
}

/// The rank of an event among its ties, under a seed.
///
/// Two rounds of the 64-bit finaliser that MurmurHash3 and SplitMix64 share (Stafford's variant 13; Steele,
/// Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014), keyed before each round.
/// Every step is invertible.
func shuffledRank(of id: EventID, seed: UInt64) -> UInt64 {
  let firstKey = mix64(seed &+ 0x9E37_79B9_7F4A_7C15)  // 2⁶⁴ ÷ golden ratio, SplitMix64's increment
  let secondKey = mix64(firstKey &+ 0x9E37_79B9_7F4A_7C15)
  return mix64(mix64(UInt64(bitPattern: id.ordinal) ^ firstKey) &+ secondKey)
}

private func mix64(_ word: UInt64) -> UInt64 {
  var mixed = word
  mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
  mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
  return mixed ^ mixed >> 31
}
