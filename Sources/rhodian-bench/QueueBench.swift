import Kernel

/// The hold model (Jones, CACM 29, 1986): take the first event, put one back later; the queue keeps its size.
///
/// Four rows per size. `ladder`: the 16-byte queue alone, against `std::priority_queue` of the same entries.
/// `shipped`: the whole `EventQueue`, with header, cause and a 24-byte event. `kernel`: the same with a loop that
/// dispatches on the event and runs a small handler. `shuffled`: the shipped queue under a shuffle of ties.
func runQueueBench(_ options: [String]) -> Int32 {
  for option in options where option != "--large" {
    printError("queue has no option \(option)\(suggestion(for: option, among: ["--large"]))")
    return 64
  }
  guard let peer = compilePeer("queue") else { return 69 }
  var sizes = [100, 10_000, 1_000_000]
  if options.contains("--large") { sizes.append(10_000_000) }
  print("    events  row        ours ns/hold  peer ns/hold  ratio  M events/s  same order")
  var allAgree = true
  for size in sizes {
    guard let rows = measureQueue(size: size, peer: peer) else { return 70 }
    for row in rows {
      allAgree = allAgree && row.agrees
      let rate = 1_000 / row.ours
      print(
        column("\(size)", 10), " ", row.name, column(row.ours, 13), column(row.peer, 14),
        column(row.peer / row.ours, 7), column(rate, 12), column(row.agrees ? "yes" : "NO", 12), separator: ""
      )
    }
  }
  if !allAgree { printError("the two sides did not take the same events in the same order") }
  return allAgree ? 0 : 1
}

private struct Row {
  let name: String
  let ours: Double
  let peer: Double
  let agrees: Bool
}

private struct Sample {
  let nanoseconds: Double
  let checksum: UInt64
}

/// Ours and the peer in turns, so that a slow spell of the machine hits both; medians of the turns.
private func measureQueue(size: Int, peer: String) -> [Row]? {
  let turns = size > 1_000_000 ? 3 : 5
  let holds = size > 1_000_000 ? 5_000_000 : 2_000_000
  var peers: [Sample] = []
  var ours: [[Sample]] = [[], [], [], []]
  for _ in 0..<turns {
    guard let answer = output(of: [peer, "\(size)", "\(holds)"]), let sample = parsePeer(answer) else {
      printError("the peer failed")
      return nil
    }
    peers.append(sample)
    ours[0].append(holdLadder(size: size, holds: holds))
    ours[1].append(holdQueue(size: size, holds: holds, ties: .firstScheduledFirst))
    ours[2].append(runKernel(size: size, holds: holds))
    ours[3].append(holdQueue(size: size, holds: holds, ties: .shuffled(seed: 1)))
  }
  let names = ["ladder  ", "shipped ", "kernel  ", "shuffled"]
  let peerTime = median(peers.map(\.nanoseconds))
  return names.indices.map { index in
    let samples = ours[index]
    // A shuffle takes ties in another order, so it has only itself to agree with.
    let expected = index == 3 ? samples[0].checksum : peers[0].checksum
    return Row(
      name: names[index], ours: median(samples.map(\.nanoseconds)), peer: peerTime,
      agrees: samples.allSatisfy { $0.checksum == expected })
  }
}

private func parsePeer(_ answer: String) -> Sample? {
  let words = answer.split { $0 == " " || $0 == "\n" }
  guard words.count == 2, let time = Double(words[0]), let checksum = UInt64(words[1]) else { return nil }
  return Sample(nanoseconds: time, checksum: checksum)
}

// MARK: The work, the same as in Peers/queue.cpp

/// Uniform over 24 s; one in eight falls on the next whole second, where many meet.
@inline(__always)
private func later(_ now: UInt64, _ word: UInt64) -> UInt64 {
  let time = now &+ (word >> 8) % 24_000_000
  return word & 7 == 0 ? (time / 1_000_000 + 1) * 1_000_000 : time
}

@inline(__always)
private func mixed(_ checksum: UInt64, _ sequence: UInt64) -> UInt64 {
  (checksum ^ sequence) &* 0x100_0000_01B3
}

/// Runs `hold` until the queue has forgotten how it was filled, then measures.
@inline(__always)
private func timed(size: Int, holds: Int, _ hold: () -> Void) -> Double {
  for _ in 0..<size { hold() }
  let start = monotonicNanoseconds()
  for _ in 0..<holds { hold() }
  return (monotonicNanoseconds() - start) / Double(holds)
}

private func holdLadder(size: Int, holds: Int) -> Sample {
  var ladder = RadixLadder()
  var random = SplitMix64(seed: 42)
  var sequence: UInt64 = 0
  var checksum: UInt64 = 0
  for _ in 0..<size {
    ladder.push(key: later(0, random.next()) << 4, value: sequence)
    sequence += 1
  }
  let time = timed(size: size, holds: holds) {
    guard let entry = ladder.popFirst() else { return }
    checksum = mixed(checksum, entry.value)
    ladder.push(key: later(entry.key >> 4, random.next()) << 4, value: sequence)
    sequence += 1
  }
  return Sample(nanoseconds: time, checksum: checksum)
}

/// An event as the simulator has them: a few cases of a few words, 24 bytes with the tag.
private enum BenchEvent: BitwiseCopyable {
  case priceMoves(asset: Int32, to: Double)
  case oraclePublishes(asset: Int32, price: Double)
  case accountIsLiquidated(account: Int64, repaid: Int64)
  case blockIsMined(number: Int64)

  @inline(__always)
  init(_ word: UInt64) {
    switch word & 3 {
    case 0: self = .priceMoves(asset: Int32(word >> 3 & 15), to: Double(word >> 40))
    case 1: self = .oraclePublishes(asset: Int32(word >> 3 & 15), price: Double(word >> 40))
    case 2: self = .accountIsLiquidated(account: Int64(word >> 3 & 1_023), repaid: Int64(word >> 40))
    default: self = .blockIsMined(number: Int64(word >> 40))
    }
  }
}

private func holdQueue(size: Int, holds: Int, ties: TiePolicy) -> Sample {
  var queue = EventQueue<BenchEvent>(ties: ties)
  var random = SplitMix64(seed: 42)
  var checksum: UInt64 = 0
  for _ in 0..<size {
    let word = random.next()
    scheduleOrStop(&queue, BenchEvent(word), later(0, word), nil)
  }
  let time = timed(size: size, holds: holds) {
    guard let (header, _) = queue.next() else { return }
    checksum = mixed(checksum, UInt64(header.id.ordinal))
    let word = random.next()
    scheduleOrStop(&queue, BenchEvent(word), later(UInt64(header.time.microseconds), word), header)
  }
  return Sample(nanoseconds: time, checksum: checksum)
}

@inline(__always)
private func scheduleOrStop(
  _ queue: inout EventQueue<BenchEvent>, _ event: BenchEvent, _ time: UInt64, _ cause: EventHeader?
) {
  do throws(EventQueueError) {
    try queue.schedule(event, at: SimTime(microseconds: Int64(time)), phase: .chain, cause: cause)
  } catch {
    fatalError("the bench scheduled what the queue refuses: \(error)")
  }
}

/// A toy world whose handlers read and write a little state, and schedule one effect each.
private struct ToyWorld {
  var prices = [Double](repeating: 1, count: 16)
  var published = [Double](repeating: 1, count: 16)
  var balances = [Int64](repeating: 0, count: 1_024)
  var blocks: Int64 = 0
  var deepest: Int32 = 0

  @inline(__always)
  mutating func handle(_ event: BenchEvent, _ header: EventHeader) {
    deepest = max(deepest, header.depth)
    switch event {
    case .priceMoves(let asset, let price): prices[Int(asset)] = 0.9 * prices[Int(asset)] + 0.1 * price
    case .oraclePublishes(let asset, let price): published[Int(asset)] = max(price, prices[Int(asset)])
    case .accountIsLiquidated(let account, let repaid): balances[Int(account)] &-= repaid
    case .blockIsMined(let number): blocks = max(blocks, number)
    }
  }

  var isPlausible: Bool { deepest >= 0 && blocks >= 0 && published.allSatisfy { $0 >= 0 } }
}

private func runKernel(size: Int, holds: Int) -> Sample {
  var queue = EventQueue<BenchEvent>()
  var world = ToyWorld()
  var random = SplitMix64(seed: 42)
  var checksum: UInt64 = 0
  for _ in 0..<size {
    let word = random.next()
    scheduleOrStop(&queue, BenchEvent(word), later(0, word), nil)
  }
  let horizon = EventQueueLimits.latestTime
  let time = timed(size: size, holds: holds) {
    guard let (header, event) = queue.next(through: horizon) else { return }
    world.handle(event, header)
    checksum = mixed(checksum, UInt64(header.id.ordinal))
    let word = random.next()
    scheduleOrStop(&queue, BenchEvent(word), later(UInt64(header.time.microseconds), word), header)
  }
  precondition(world.isPlausible, "the handlers ran")
  return Sample(nanoseconds: time, checksum: checksum)
}
