import Kernel

/// What a draw costs: the word of one decision, a word of a long stream, a normal number by each of the two
/// ways. Beside them the same Philox words in plain C++, which have to be the same, and normal numbers of the
/// C++ library.
func runDrawsBench(_ options: [String]) -> Int32 {
  if let option = options.first {
    printError("draws has no option \(option)")
    return 64
  }
  guard let peer = compilePeer("draws") else { return 69 }
  let count = 10_000_000
  guard let answer = output(of: [peer, "\(count)"])?.split(separator: " "), answer.count == 4,
    let theirWord = Double(answer[0]), let theirSum = UInt64(answer[1]), let theirNormal = Double(answer[2])
  else {
    printError("the peer failed")
    return 70
  }
  let streams = RandomStreams(populationSeed: 1, shockSeed: 2)
  let key = EntityKey(id: "asset")
  var stream = streams.stream(.pricePath, key, Epoch(slot: 0))
  let (block, sum) = timed(count) { (number, sum: inout UInt64) in
    let block = Philox4x32.block(
      counter: SIMD4(UInt32(truncatingIfNeeded: number), 0, 0, 0), key: SIMD2(42, 7))
    sum ^= UInt64(block[0]) | UInt64(block[1]) << 32
  }
  let (decision, _) = timed(count) { (number, sum: inout UInt64) in
    sum ^= streams.word(.pricePath, key, Epoch(slot: UInt64(number)))
  }
  // A stream has an end, which five times ten million words lie beyond: each time begins it anew.
  let (next, _) = timed(count) { (number, sum: inout UInt64) in
    if number == 0 { stream = streams.stream(.pricePath, key, Epoch(slot: 0)) }
    sum ^= stream.next()
  }
  let (quantile, _) = timed(count) { (number, sum: inout UInt64) in
    let word = streams.word(.pricePath, key, Epoch(slot: UInt64(number)))
    sum ^= ElementaryMath.normalQuantile(UnitInterval.open(word)).bitPattern
  }
  let (ziggurat, _) = timed(count) { (number, sum: inout UInt64) in
    if number == 0 { stream = streams.stream(.pricePath, key, Epoch(slot: 0)) }
    sum ^= stream.nextNormal().bitPattern
  }
  print("draw                                     ours ns   peer ns   ratio")
  for (name, ours, theirs) in [
    ("a Philox block, by counter", block, theirWord), ("the word of a decision", decision, theirWord),
    ("a word of a stream", next, theirWord), ("a normal number of a decision", quantile, theirNormal),
    ("a normal number of a stream", ziggurat, theirNormal),
  ] {
    let padded = name + String(repeating: " ", count: 38 - name.count)
    print(padded, column(ours, 9), column(theirs, 9), column(theirs / ours, 7))
  }
  guard sum == theirSum else {
    printError("the two sides drew other words: \(sum) and \(theirSum)")
    return 1
  }
  print("the same words on both sides: \(sum)")
  return 0
}

/// Nanoseconds a turn, the median of five times, and what came out.
private func timed(_ count: Int, _ body: (Int, inout UInt64) -> Void) -> (nanoseconds: Double, sum: UInt64) {
  var times: [Double] = []
  var sum: UInt64 = 0
  for _ in 0..<5 {
    sum = 0
    let start = monotonicNanoseconds()
    for number in 0..<count { body(number, &sum) }
    times.append((monotonicNanoseconds() - start) / Double(count))
  }
  return (median(times), sum)
}
