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

  private func reading(of id: OracleID) -> Double { price(readBy: oracles[id]) * feeds[id].factor }

  /// An oracle's source has moved: it reads it, unless it is out, and sends what it read if that is news.
  mutating func read(_ id: OracleID, because header: EventHeader) throws(RunFailure.Reason) {
    guard oracles[id].outage(at: header.time) == nil else {
      feeds[id].missed = header
      return
    }
    let price = reading(of: id)
    guard oracles[id].isNews(price, after: feeds[id].sent) else { return }
    try send(price, by: id, at: header.time, because: header)
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
      try send(reading(of: id), by: id, at: header.time, because: header)
    }
    try schedule(.oracleBeats(oracle: id), after: heartbeat, from: feeds[id].sentAt, because: nil)
  }

  /// What the last move made of the source is read now, because of that move, and sent if it is news still.
  mutating func endOutage(of id: OracleID, _ header: EventHeader) throws(RunFailure.Reason) {
    guard let missed = feeds[id].missed, oracles[id].outage(at: header.time) == nil else { return }
    feeds[id].missed = nil
    let price = reading(of: id)
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
