import Foundation
import Testing

@testable import Kernel

/// The known answers in Tests/Fixtures/rng_kat.json; its "meta" names their sources.
enum KnownAnswers {
  static var all: [String: Any] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/rng_kat.json")
    guard let data = try? Data(contentsOf: file), let json = try? JSONSerialization.jsonObject(with: data)
    else { return [:] }
    return json as? [String: Any] ?? [:]
  }

  static func words(_ texts: Any?) -> [UInt32] {
    (texts as? [String] ?? []).compactMap { UInt32($0.dropFirst(2), radix: 16) }
  }

  struct Vector: Sendable, CustomStringConvertible {
    let rounds: Int
    let counter, key, output: [UInt32]
    var description: String { "\(rounds) rounds, counter \(counter), key \(key)" }
  }

  static let philox: [Vector] = (all["random123"] as? [[String: Any]] ?? []).compactMap { entry in
    guard entry["gen"] as? String == "philox4x32", let rounds = entry["rounds"] as? Int else { return nil }
    return Vector(
      rounds: rounds, counter: words(entry["ctr"]), key: words(entry["key"]), output: words(entry["out"]))
  }
}

@Suite struct PhiloxTests {
  static let streams = RandomStreams(populationSeed: 0x0123_4567_89AB_CDEF, shockSeed: 0xFEDC_BA98_7654_3210)

  @Test("a block equals the vectors of the authors bit for bit", arguments: KnownAnswers.philox)
  func vectors(_ vector: KnownAnswers.Vector) {
    let block = Philox4x32.block(
      counter: SIMD4(vector.counter), key: SIMD2(vector.key), rounds: vector.rounds)
    #expect((0..<4).map { block[$0] } == vector.output)
  }

  @Test("the fixture holds three vectors of 7 rounds and three of 10")
  func vectorCount() {
    #expect(KnownAnswers.philox.filter { $0.rounds == 7 }.count == 3)
    #expect(KnownAnswers.philox.filter { $0.rounds == 10 }.count == 3)
  }

  @Test("two successive counters equal the fixture made by an independent program")
  func successiveCounters() {
    let expected = KnownAnswers.words(KnownAnswers.all["philox4x32_ctr1_key_1234_5678"])
    let blocks = [1, 2].map { Philox4x32.block(counter: [$0, 0, 0, 0], key: [0x1234, 0x5678]) }
    #expect(expected.count == 8)
    #expect(blocks.flatMap { block in (0..<4).map { block[$0] } } == expected)
  }

  @Test("eight blocks filled at once are the eight blocks one by one")
  func fill() {
    for seed in 0..<50 as Range<UInt32> {
      let counter = SIMD4<UInt32>(0x0A00_0000 | seed &* 8, seed &* 0x9E37_79B9, ~seed, seed << 16)
      let key = SIMD2<UInt32>(~seed &* 77, seed &* 0x85EB_CA6B)
      var words = InlineArray<16, UInt64>(repeating: 0)
      Philox4x32.fill(&words, counter: counter, key: key)
      for index in 0..<8 {
        let block = Philox4x32.block(counter: counter &+ [UInt32(index), 0, 0, 0], key: key)
        #expect(words[2 * index] == UInt64(block[0]) | UInt64(block[1]) << 32)
        #expect(words[2 * index + 1] == UInt64(block[2]) | UInt64(block[3]) << 32)
      }
    }
  }

  @Test("the counter is purpose 8, block 24, entity 48, epoch 48 bits: frozen")
  func layout() {
    let counter = RandomStreams.counter(
      .oracleDelay, EntityKey(bits: 0xAAAA_BBBB_CCCC), Epoch(slot: 0x1234_5678_9ABC))
    #expect(counter == [0x0500_0000, 0xBBBB_CCCC, 0x9ABC_AAAA, 0x1234_5678])
  }

  @Test(
    "purposes keep their number and their seed: frozen",
    arguments: [
      (Purpose.populationSize, 1, Purpose.SeedKind.population), (.populationRatio, 2, .population),
      (.populationChoice, 3, .population), (.reactionLatency, 4, .shock), (.oracleDelay, 5, .shock),
      (.pricePath, 6, .shock), (.tieBreak, 7, .shock), (.bidRank, 8, .shock),
      (.populationBid, 9, .population), (.blockDemand, 10, .shock), (.noiseTrade, 11, .shock),
      (.bootstrap, 254, .shock), (.test, 255, .shock),
    ] as [(Purpose, UInt8, Purpose.SeedKind)])
  func purposes(_ purpose: Purpose, number: UInt8, kind: Purpose.SeedKind) {
    #expect(purpose.rawValue == number)
    #expect(purpose.seedKind == kind)
    #expect(Purpose.allCases.count == 13)
  }

  // From a transcript of the definitions in Reference/stream_values.py, not from this code.
  @Test("keys, epochs and words have the values of the written definition: frozen")
  func frozenValues() {
    let borrower = EntityKey(id: "eth-borrowers", ordinal: 17)
    #expect(borrower.bits == StreamValues.borrower)
    #expect(borrower.child(ordinal: 3).bits == StreamValues.child)
    #expect(Epoch(born: borrower.bits, child: 2).bits == StreamValues.birth)
    let epoch = Epoch(slot: 1042)
    #expect(Self.streams.word(.reactionLatency, borrower, epoch) == StreamValues.reaction)
    #expect(Self.streams.word(.populationSize, borrower, epoch, index: 5) == StreamValues.size)
  }

  @Test("a stream is the words of its blocks in order, and word(index: k) is the first word of block k")
  func streamEqualsWords() {
    let entity = EntityKey(id: "ETH")
    var stream = Self.streams.stream(.pricePath, entity, Epoch(slot: 9))
    for index in 0..<100 as Range<UInt32> {
      #expect(stream.next() == Self.streams.word(.pricePath, entity, Epoch(slot: 9), index: index))
      _ = stream.next()
    }
  }

  @Test("skipping blocks is drawing and dropping their words")
  func skipping() {
    var stream = Self.streams.stream(.pricePath, EntityKey(id: "ETH"), Epoch(slot: 9))
    var later = stream.skipping(blocks: 40)
    for _ in 0..<80 { _ = stream.next() }
    for _ in 0..<20 { #expect(stream.next() == later.next()) }
  }

  @Test("the last word of a stream can be drawn, one more traps")
  func exhaustion() async {
    var stream = Self.streams.stream(.test, EntityKey(id: "end"), Epoch(slot: 0))
      .skipping(blocks: RandomStream.blockLimit - 8)
    var last: UInt64 = 0
    for _ in 0..<16 { last = stream.next() }
    let block = Philox4x32.block(
      counter: RandomStreams.counter(.test, EntityKey(id: "end"), Epoch(slot: 0)) | [0xFF_FFFF, 0, 0, 0],
      key: [0x7654_3210, 0xFEDC_BA98])
    #expect(last == UInt64(block[2]) | UInt64(block[3]) << 32)
    await #expect(processExitsWith: .failure) {
      var ended = RandomStreams(populationSeed: 0, shockSeed: 0)
        .stream(.test, EntityKey(id: "end"), Epoch(slot: 0)).skipping(blocks: RandomStream.blockLimit)
      _ = ended.next()
    }
  }

  @Test("values too wide for the counter trap")
  func widths() async {
    await #expect(processExitsWith: .failure) { _ = Epoch(slot: 1 << 47) }
    await #expect(processExitsWith: .failure) { _ = EntityKey(bits: 1 << 48) }
    await #expect(processExitsWith: .failure) {
      let streams = RandomStreams(populationSeed: 0, shockSeed: 0)
      _ = streams.word(.test, EntityKey(id: "a"), Epoch(slot: 0), index: 1 << 24)
    }
  }

  @Test("no two of 200,000 entities share a key, and a birth is never a slot")
  func distinctKeys() {
    var keys = Set<UInt64>()
    let parent = EntityKey(id: "borrowers", ordinal: 0)
    for ordinal in 0..<100_000 as Range<UInt64> {
      keys.insert(EntityKey(id: "borrowers", ordinal: ordinal).bits)
      keys.insert(parent.child(ordinal: ordinal).bits)
      #expect(Epoch(born: parent.bits, child: ordinal).bits >> 47 == 1)
    }
    #expect(keys.count == 200_000)
  }

  @Test("each of seed, purpose, entity, epoch and index changes the word")
  func sensitivity() {
    let entity = EntityKey(id: "a")
    let base = Self.streams.word(.tieBreak, entity, Epoch(slot: 1))
    let other = RandomStreams(populationSeed: Self.streams.populationSeed, shockSeed: 1)
    let words: Set<UInt64> = [
      base, Self.streams.word(.bidRank, entity, Epoch(slot: 1)),
      Self.streams.word(.tieBreak, EntityKey(id: "b"), Epoch(slot: 1)),
      Self.streams.word(.tieBreak, EntityKey(id: "a", ordinal: 1), Epoch(slot: 1)),
      Self.streams.word(.tieBreak, entity, Epoch(slot: 2)),
      Self.streams.word(.tieBreak, entity, Epoch(slot: 1), index: 1),
      other.word(.tieBreak, entity, Epoch(slot: 1)),
    ]
    #expect(words.count == 7)
    #expect(
      other.word(.populationSize, entity, Epoch(slot: 1))
        == Self.streams.word(.populationSize, entity, Epoch(slot: 1)))
  }

  @Test("the unit interval is open, symmetric and monotone")
  func unitInterval() {
    #expect(UnitInterval.open(0) == 0x1p-53)
    #expect(UnitInterval.open(.max) == 1 - 0x1p-53)
    var stream = Self.streams.stream(.test, EntityKey(id: "unit"), Epoch(slot: 0))
    for _ in 0..<10_000 {
      let word = stream.next()
      #expect(UnitInterval.open(~word) == 1 - UnitInterval.open(word))
      #expect(UnitInterval.open(word) <= UnitInterval.open(word | 0xFFFF))
    }
  }
}
