import Kernel
import Ledger

// How what an oracle reads becomes what venues see: not at all, late, or again and again.

extension World {
  /// Before time starts every oracle has published what it reads. A share's price is made of the published
  /// one of the asset behind it, so those of shares come last.
  mutating func publishFirstReadings() {
    feeds = oracles.map { _ in Feed() }
    for isOfShare in [false, true] {
      for (id, oracle) in oracles.identified(as: OracleTag.self)
      where (oracle.source == .redemptionRate) == isOfShare {
        let price = price(readBy: oracle)
        if case .poolTwap(let pool, let window, _) = oracle.source, window > .zero {
          feeds[id].average = PoolAverage(rate: marginalPrice(of: pools[pool]), window: window)
        }
        feeds[id].sent = price
        published[oracle.asset] = price
        freshUntil[oracle.asset.position] = oracle.freshness(ofPublicationAt: .start)
      }
    }
  }

  /// Heartbeats and the ends of outages are clocks of their own.
  mutating func scheduleOracles() throws(RunFailure.Reason) {
    for (id, oracle) in oracles.identified(as: OracleTag.self) {
      if let heartbeat = oracle.heartbeat {
        try schedule(.oracleBeats(oracle: id), after: heartbeat, from: .start, because: nil)
      }
      for outage in oracle.outages {
        try schedule(.outageEnds(oracle: id), from: outage.until, because: nil)
      }
    }
    for (number, manipulation) in manipulations.enumerated() {
      let event = Event.manipulationTurns(number: Int32(number))
      try schedule(event, from: manipulation.at, because: nil)
      try schedule(event, after: manipulation.lasts, from: manipulation.at, because: nil)
    }
  }

  /// One of an oracle's manipulations begins or ends: it reads anew.
  mutating func manipulate(_ number: Int, _ header: EventHeader) throws(RunFailure.Reason) {
    let id = manipulations[number].oracle
    feeds[id].factor = manipulations.reduce(1) { factor, other in
      other.oracle == id && other.isOn(at: header.time) ? factor * (1 + other.jump) : factor
    }
    record(.readingManipulated(oracle: id, factor: feeds[id].factor), header)
    try read(id, because: header)
  }

  private mutating func reading(of id: OracleID, at time: SimTime) -> Double {
    let (oracle, factor) = (oracles[id], feeds[id].factor)
    guard let pool = oracle.source.pool, let rate = feeds[id].average?.rate(at: time) else {
      return price(readBy: oracle) * factor
    }
    return price(of: oracle.asset, in: pools[pool], at: rate) * factor
  }

  /// An oracle's source has moved: it reads it, unless it is out, and sends what it read if that is news.
  mutating func read(_ id: OracleID, because header: EventHeader) throws(RunFailure.Reason) {
    try read(id, at: header.time, because: header)
  }

  private mutating func read(
    _ id: OracleID, at time: SimTime, because cause: EventHeader
  ) throws(RunFailure.Reason) {
    guard oracles[id].outage(at: time) == nil else {
      feeds[id].missed = cause
      return
    }
    let price = reading(of: id, at: time)
    guard oracles[id].isNews(price, after: feeds[id].sent) else { return }
    try send(price, by: id, at: time, because: cause)
  }

  // MARK: Pools and their averages

  /// A trade has moved the pool that an oracle reads. An average does not jump: it moves from now on, and is
  /// read an interval later, or when it has come to rest if that is sooner.
  mutating func poolMoved(
    _ id: OracleID, to rate: Double, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    guard case .poolTwap(_, let window, let every) = oracles[id].source, window > .zero else {
      return try read(id, because: header)
    }
    feeds[id].average?.moved(to: rate, at: header.time)
    feeds[id].mover = header
    guard !feeds[id].readsSoon else { return }
    feeds[id].readsSoon = true
    try schedule(
      .averageMoves(oracle: id), after: min(every, window), from: header.time, because: header)
  }

  /// What an average has become since the last trade is read because of that trade; and again an interval
  /// later, until it rests.
  mutating func readAverage(_ id: OracleID, _ header: EventHeader) throws(RunFailure.Reason) {
    feeds[id].readsSoon = false
    guard case .poolTwap(_, _, let every) = oracles[id].source, let mover = feeds[id].mover else { return }
    try read(id, at: header.time, because: mover)
    guard let rest = feeds[id].average?.settles(after: header.time) else { return }
    let left = SimDuration(microseconds: rest.microseconds - header.time.microseconds)
    feeds[id].readsSoon = true
    try schedule(.averageMoves(oracle: id), after: min(every, left), from: header.time, because: mover)
  }

  /// Readings come to the venues in their order: one whose own delay is shorter waits for the one before it.
  /// The delay is drawn for the instant of the reading, so that it is the same whatever else was read.
  private mutating func send(
    _ price: Double, by id: OracleID, at time: SimTime, because cause: EventHeader
  ) throws(RunFailure.Reason) {
    let oracle = oracles[id]
    let delay = try drawn(oracle.delay) {
      streams.word(
        .oracleDelay, EntityKey(id: oracle.name), Epoch(born: UInt64(time.microseconds), child: 0))
    }
    let (due, overflow) = time.microseconds.addingReportingOverflow(delay.microseconds)
    feeds[id].sent = price
    feeds[id].sentAt = time
    feeds[id].missed = nil
    feeds[id].due = max(feeds[id].due, SimTime(microseconds: overflow ? .max : due))
    try schedule(.oraclePublishes(oracle: id, price: price), from: feeds[id].due, because: cause)
  }

  /// One beat waits at a time. It comes when the last reading sent is a heartbeat old; if another has been
  /// sent since it was set, it is set anew.
  mutating func beat(_ id: OracleID, _ header: EventHeader) throws(RunFailure.Reason) {
    let oracle = oracles[id]
    guard let heartbeat = oracle.heartbeat else { return }
    if let outage = oracle.outage(at: header.time) {
      return try schedule(.oracleBeats(oracle: id), from: outage.until, because: nil)
    }
    let silent = header.time.microseconds - feeds[id].sentAt.microseconds
    if silent >= heartbeat.microseconds {
      try send(reading(of: id, at: header.time), by: id, at: header.time, because: header)
    }
    try schedule(.oracleBeats(oracle: id), after: heartbeat, from: feeds[id].sentAt, because: nil)
  }

  /// What the last move made of the source is read now, because of that move, and sent if it is news still.
  mutating func endOutage(of id: OracleID, _ header: EventHeader) throws(RunFailure.Reason) {
    guard let missed = feeds[id].missed, oracles[id].outage(at: header.time) == nil else { return }
    feeds[id].missed = nil
    let price = reading(of: id, at: header.time)
    guard oracles[id].isNews(price, after: feeds[id].sent) else { return }
    try send(price, by: id, at: header.time, because: missed)
  }

  /// Whether a price that a position's health is made of is too old to act upon.
  func needsStalePrice(_ id: PositionID, at time: SimTime) -> Bool {
    guard listeners.pricesGoStale else { return false }
    let position = positions[id]
    let venue = venues[position.venue]
    func isStale(_ asset: AssetID) -> Bool { freshUntil[asset.position].map { time > $0 } ?? false }
    return position.collateral.contains { place in
      isStale(venue.collateral[place].asset) && !venue.held(place, by: position, ledger).isZero
    }
      || position.debts.contains { place in
        let lent = venue.reserves[place]
        return isStale(lent.asset) && !ledger.balance(of: position.account, in: lent.debtAsset).isZero
      }
  }
}
