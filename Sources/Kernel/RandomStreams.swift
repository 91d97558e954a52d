/// FNV-1a over 64 bits, closed by the finaliser of SplitMix64.
///
/// `h <- (h ^ byte) * 0x100000001b3` from `0xcbf29ce484222325`; then `finished` mixes all bits into all bits.
/// Fully specified, the same on every machine, and unlike `Hasher` the same in every process.
///
/// G. Fowler, L. Noll, K.-P. Vo, D. Eastlake, "The FNV non-cryptographic hash algorithm", IETF draft; G.
/// Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014 (variant 13 of D.
/// Stafford).
struct StableHash {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(byte: UInt8) {
    state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
  }

  /// The eight bytes of an integer, least significant first.
  mutating func add(_ integer: UInt64) {
    for byte in 0..<8 { add(byte: UInt8(truncatingIfNeeded: integer >> UInt64(8 &* byte))) }
  }

  var finished: UInt64 {
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Who draws: 48 bits derived from a config id and the ordinal within its population, never from an array
/// index.
///
///     let borrower = EntityKey(id: "eth-borrowers", ordinal: 17)
///     let replacement = borrower.child(ordinal: 0)
///
/// The key is the top 48 bits of the ``StableHash`` of the id's UTF-8 bytes followed by the ordinal (eight
/// bytes, little-endian). A child hashes the byte `0xFF`, which no UTF-8 text contains, then its parent's key
/// and its own ordinal, so that no config id can spell a child. Among 10⁶ entities the chance of one shared
/// key is 0.2 %; two entities that share one draw alike in the same epoch, nothing worse. Frozen: see
/// ``RandomStreams``.
package struct EntityKey: Hashable, Sendable {
  /// Only the lower 48 bits are used.
  package let bits: UInt64

  package init(bits: UInt64) {
    precondition(bits < 1 << 48, "an entity key has 48 bits")
    self.bits = bits
  }

  package init(id: String, ordinal: UInt64 = 0) {
    self.init(utf8: id.utf8, ordinal: ordinal)
  }

  package init(utf8 id: some Sequence<UInt8>, ordinal: UInt64 = 0) {
    var hash = StableHash()
    for byte in id { hash.add(byte: byte) }
    hash.add(ordinal)
    bits = hash.finished >> 16
  }

  /// The key of an entity born in the run: the `ordinal`-th child of this one.
  package func child(ordinal: UInt64) -> EntityKey {
    var hash = StableHash()
    hash.add(byte: 0xFF)
    hash.add(bits)
    hash.add(ordinal)
    return EntityKey(bits: hash.finished >> 16)
  }
}

/// When it draws: 48 bits that name the trigger, never a running counter.
///
///     Epoch(slot: blockNumber)
///     Epoch(born: borrower.bits, child: 2)
///
/// A slot of a calendar (block number, watch tick, publication number) stands for itself and stays below 2⁴⁷;
/// what is born in the run gets bit 47 and a 47-bit hash of the parent and the child's ordinal. So no slot
/// ever equals a birth. Frozen: see ``RandomStreams``.
package struct Epoch: Hashable, Sendable {
  /// Only the lower 48 bits are used.
  package let bits: UInt64

  package init(slot: UInt64) {
    precondition(slot < 1 << 47, "a calendar slot has 47 bits")
    bits = slot
  }

  package init(born parent: UInt64, child ordinal: UInt64) {
    var hash = StableHash()
    hash.add(byte: 0xFE)
    hash.add(parent)
    hash.add(ordinal)
    bits = (hash.finished >> 17) | 1 << 47
  }
}

/// What is drawn. The raw value is the top byte of every counter: **frozen**, never reused, new ones at the
/// end.
package enum Purpose: UInt8, CaseIterable, Sendable {
  case populationSize = 1
  case populationRatio = 2
  case populationChoice = 3
  case reactionLatency = 4
  case oracleDelay = 5
  case pricePath = 6
  case tieBreak = 7
  case bidRank = 8
  case populationBid = 9
  case blockDemand = 10
  case noiseTrade = 11
  /// No draw of a run: which seeds are drawn again for an interval.
  case bootstrap = 254
  case test = 255

  /// Which of the two seeds of a run decides.
  package enum SeedKind: Sendable {
    /// Who exists and what they hold.
    case population
    /// What happens to them.
    case shock
  }

  package var seedKind: SeedKind {
    switch self {
    case .populationSize, .populationRatio, .populationChoice, .populationBid: .population
    case .reactionLatency, .oracleDelay, .pricePath, .tieBreak, .bidRank, .blockDemand, .noiseTrade,
      .bootstrap, .test:
      .shock
    }
  }
}

/// Every random number of a run, addressed by purpose, entity and epoch.
///
///     let streams = RandomStreams(populationSeed: 1, shockSeed: 7)
///     let word = streams.word(.reactionLatency, borrower, Epoch(slot: 1042))
///     var path = streams.stream(.pricePath, EntityKey(id: "ETH"), Epoch(slot: 0))
///     let shock = path.nextNormal()
///
/// Nothing here has state, so a draw cannot shift because another was added or removed: two variants of a run
/// share every draw they have in common.
///
/// **Frozen layout.** The seed is the ``Philox4x32`` key, `key[0]` its lower and `key[1]` its upper half. The
/// 128-bit counter, from its least significant bit:
///
/// | bits      | field       | where                                                 |
/// |-----------|-------------|-------------------------------------------------------|
/// | 0 – 23    | block index | `counter[0]`, lower 24 bits                           |
/// | 24 – 31   | purpose     | `counter[0]`, upper 8 bits                            |
/// | 32 – 79   | entity      | `counter[1]`, lower 16 bits of `counter[2]`           |
/// | 80 – 127  | epoch       | upper 16 bits of `counter[2]`, `counter[3]`           |
///
/// A block `(o0, o1, o2, o3)` holds the words `o0 | o1 << 32` and `o2 | o3 << 32`. ``word(_:_:_:index:)`` is
/// the first word of block `index`; a stream is all words in order. One purpose uses either, not both.
package struct RandomStreams: Sendable {
  package let populationSeed: UInt64
  package let shockSeed: UInt64

  package init(populationSeed: UInt64, shockSeed: UInt64) {
    self.populationSeed = populationSeed
    self.shockSeed = shockSeed
  }

  /// The word of a single decision; `index` tells apart several words of the same decision.
  package func word(
    _ purpose: Purpose, _ entity: EntityKey, _ epoch: Epoch, index: UInt32 = 0
  ) -> UInt64 {
    precondition(index < RandomStream.blockLimit, "a block index has 24 bits")
    var counter = RandomStreams.counter(purpose, entity, epoch)
    counter[0] |= index
    let block = Philox4x32.block(counter: counter, key: key(of: purpose))
    return UInt64(block[0]) | UInt64(block[1]) << 32
  }

  /// The words of a long path.
  package func stream(_ purpose: Purpose, _ entity: EntityKey, _ epoch: Epoch) -> RandomStream {
    RandomStream(counter: RandomStreams.counter(purpose, entity, epoch), key: key(of: purpose))
  }

  /// The counter of block 0.
  package static func counter(_ purpose: Purpose, _ entity: EntityKey, _ epoch: Epoch) -> SIMD4<UInt32> {
    SIMD4(
      UInt32(purpose.rawValue) << 24,
      UInt32(truncatingIfNeeded: entity.bits),
      UInt32(truncatingIfNeeded: entity.bits >> 32) | UInt32(truncatingIfNeeded: epoch.bits) << 16,
      UInt32(truncatingIfNeeded: epoch.bits >> 16))
  }

  private func key(of purpose: Purpose) -> SIMD2<UInt32> {
    let seed =
      switch purpose.seedKind {
      case .population: populationSeed
      case .shock: shockSeed
      }
    return SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
  }
}
