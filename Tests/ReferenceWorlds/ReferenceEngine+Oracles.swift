import Economy
import Kernel
import Ledger

// Oracles of the semantics page: a list of all that each has sent, looked through from its start.

extension ReferenceEngine {
  /// What an oracle has sent; first what it had published before time started.
  struct Sent {
    let price: Double
    let at: Int64
    let arrives: Int64
  }

  mutating func publishWhatIsKnownBefore() {
    sent = specification.oracles.map { _ in [] }
    missed = specification.oracles.map { _ in nil }
    lastTrade = missed
    looksSoon = specification.oracles.map { _ in false }
    firstPoolPrices = specification.pools.indices.map { price(of: $0) }
    let ofShares = specification.oracles.indices.filter {
      specification.oracles[$0].source == .redemptionRate
    }
    let others = specification.oracles.indices.filter { specification.oracles[$0].source != .redemptionRate }
    for index in others + ofShares {
      let oracle = specification.oracles[index]
      sent[index] = [Sent(price: reading(of: oracle), at: 0, arrives: 0)]
      published[oracle.asset.position] = reading(of: oracle)
      firstTold[oracle.asset.position] = index
    }
  }

  mutating func scheduleClocksOfOracles() throws(ReferenceFailure) {
    for (index, oracle) in specification.oracles.enumerated() {
      if let heartbeat = oracle.heartbeat {
        try schedule(.oracleBeats(index), .oracle, after: heartbeat, asRoot: true)
      }
      for outage in oracle.outages {
        try schedule(
          .outageEnds(index), .oracle, after: outage.lasts, from: outage.at.microseconds, asRoot: true)
      }
    }
    for (number, attack) in specification.manipulations.enumerated() {
      for wait in [.zero, attack.lasts] {
        try schedule(
          .manipulationTurns(number), .price, after: wait, from: attack.at.microseconds, asRoot: true)
      }
    }
  }

  /// When the oracle is back, if it is out.
  private func isBackAt(_ oracle: Oracle) -> Int64? {
    guard let now else { return nil }
    for outage in oracle.outages {
      let (from, to) = (outage.at.microseconds, outage.at.microseconds + outage.lasts.microseconds)
      if (from..<to).contains(now.time.microseconds) { return to }
    }
    return nil
  }

  private func hasMovedEnough(_ index: Int) -> Bool {
    let oracle = specification.oracles[index]
    guard oracle.deviation > 0, let last = sent[index].last else { return true }
    return abs(whatItSees(index) - last.price) > oracle.deviation * last.price
  }

  mutating func manipulate(_ number: Int) throws(ReferenceFailure) {
    guard let now else { throw ReferenceFailure("no time") }
    let victim = specification.manipulations[number].oracle
    var factor = 1.0
    for attack in specification.manipulations where attack.oracle == victim {
      let (from, to) = (attack.at.microseconds, attack.at.microseconds + attack.lasts.microseconds)
      if (from..<to).contains(now.time.microseconds) { factor *= 1 + attack.jump }
    }
    try happened(.readingManipulated(oracle: victim, factor: factor))
    try sourceHasMoved(of: victim.position)
  }

  /// The facts say whether somebody makes it read something else.
  private func whatItSees(_ index: Int) -> Double {
    var seen = reading(of: specification.oracles[index])
    for record in facts.reversed() {
      guard case .readingManipulated(OracleID(index), let factor) = record.fact else { continue }
      seen *= factor
      break
    }
    return seen
  }

  /// What an oracle reads has moved.
  mutating func sourceHasMoved(of index: Int) throws(ReferenceFailure) {
    guard isBackAt(specification.oracles[index]) == nil else {
      missed[index] = now
      return
    }
    if hasMovedEnough(index) { try tell(index) }
  }

  // MARK: Averages

  /// A trade in the pool that an oracle reads has left its fact.
  mutating func poolHasMoved(_ pool: Int, readBy index: Int) throws(ReferenceFailure) {
    switch specification.oracles[index].source {
    case .poolTwap(_, let window, let every) where window > .zero:
      lastTrade[index] = now
      if !looksSoon[index] {
        looksSoon[index] = true
        try schedule(.averageMoves(index), .oracle, after: min(every, window))
      }
    default: try sourceHasMoved(of: index)
    }
  }

  mutating func lookAtAverage(_ index: Int) throws(ReferenceFailure) {
    looksSoon[index] = false
    guard case .poolTwap(let pool, let window, let every) = specification.oracles[index].source, let now
    else { throw ReferenceFailure("no average") }
    if isBackAt(specification.oracles[index]) != nil {
      missed[index] = lastTrade[index]
    } else if hasMovedEnough(index) {
      try tell(index, because: lastTrade[index])
    }
    let trades = trades(in: pool.position)
    guard let rest = trades.last.map({ $0.at + window.microseconds }), rest > now.time.microseconds else {
      return
    }
    looksSoon[index] = true
    try schedule(
      .averageMoves(index), .oracle,
      after: min(every, SimDuration(microseconds: rest - now.time.microseconds)), because: lastTrade[index])
  }

  /// The facts say when the pool has been traded in, and at what price that left it.
  private func trades(in pool: Int) -> [(at: Int64, price: Double)] {
    facts.compactMap { record in
      guard case .swapped(PoolID(pool), _, _, let sold, _, let price) = record.fact, !sold.isZero else {
        return nil
      }
      return (record.header.time.microseconds, price)
    }
  }

  /// exp of the mean of the log over all that the window has of each price there has ever been.
  func average(of pool: Int, over window: SimDuration) -> Double {
    let trades = trades(in: pool)
    let end = now?.time.microseconds ?? 0
    let begin = end - window.microseconds
    guard let last = trades.last else { return firstPoolPrices[pool] }
    if last.at <= begin { return last.price }
    var sum: Int128 = 0
    for number in -1..<trades.count {
      let price = number < 0 ? firstPoolPrices[pool] : trades[number].price
      let from = max(begin, number < 0 ? begin : trades[number].at)
      let to = number + 1 < trades.count ? trades[number + 1].at : end
      guard to > from else { continue }
      // Logs have forty binary places.
      let log = Int128((ElementaryMath.log(price) * 1_099_511_627_776).rounded())
      sum += log * Int128(to - from)
    }
    return ElementaryMath.exp(Double(sum) / (Double(window.microseconds) * 1_099_511_627_776))
  }

  private mutating func tell(_ index: Int, because cause: EventHeader? = nil) throws(ReferenceFailure) {
    guard let now else { throw ReferenceFailure("an oracle spoke before time started") }
    let oracle = specification.oracles[index]
    var late: Int64
    switch oracle.delay {
    case .fixed(let delay): late = delay.microseconds
    case .exponential(let mean):
      let epoch = Epoch(born: UInt64(now.time.microseconds), child: 0)
      let u = UnitInterval.open(streams.word(.oracleDelay, EntityKey(id: oracle.name), epoch))
      late = Int64((-ElementaryMath.log1p(-u) * Double(mean.microseconds)).rounded(.down))
    }
    // Nothing overtakes what was read before it.
    for earlier in sent[index] { late = max(late, earlier.arrives - now.time.microseconds) }
    let price = whatItSees(index)
    sent[index].append(
      Sent(price: price, at: now.time.microseconds, arrives: now.time.microseconds + late))
    missed[index] = nil
    try schedule(
      .oraclePublishes(index, price: price), .oracle, after: SimDuration(microseconds: late), because: cause)
  }

  mutating func beat(_ index: Int) throws(ReferenceFailure) {
    let oracle = specification.oracles[index]
    guard let heartbeat = oracle.heartbeat, let now else { throw ReferenceFailure("no heart") }
    if let back = isBackAt(oracle) {
      return try schedule(.oracleBeats(index), .oracle, from: back, asRoot: true)
    }
    if let last = sent[index].last, now.time.microseconds >= last.at + heartbeat.microseconds {
      try tell(index)
    }
    try schedule(
      .oracleBeats(index), .oracle, after: heartbeat, from: sent[index].last?.at, asRoot: true)
  }

  mutating func endOutage(_ index: Int) throws(ReferenceFailure) {
    guard isBackAt(specification.oracles[index]) == nil, let cause = missed[index] else { return }
    missed[index] = nil
    if hasMovedEnough(index) { try tell(index, because: cause) }
  }

  // MARK: Old prices

  /// Whether anything that the position has or owes has a price that nobody may act on.
  func needsAnOldPrice(_ position: Position) throws(ReferenceFailure) -> Bool {
    for (terms, units) in holdings(of: position) where units > 0 && isTooOld(terms.asset) { return true }
    for (lent, units) in try debts(of: position) where units > 0 && isTooOld(AssetID(lent.asset)) {
      return true
    }
    return false
  }

  /// The facts say when the asset's price was published last, and by whom.
  private func isTooOld(_ asset: AssetID) -> Bool {
    var (at, by): (Int64, Int?) = (0, firstTold[asset.position])
    for record in facts {
      if case .pricePublished(let oracle, _) = record.fact, specification.oracles[oracle].asset == asset {
        (at, by) = (record.header.time.microseconds, oracle.position)
      }
    }
    guard let by, let limit = specification.oracles[by].staleAfter, let now else { return false }
    return now.time.microseconds - at > limit.microseconds
  }
}
