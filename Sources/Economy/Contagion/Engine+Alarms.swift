import Kernel
import Ledger

/// What has moved in a venue in the present round, and whom that puts below the threshold.
struct VenueRound: Sendable {
  /// A move that may put positions below the threshold, as what it took the place of.
  enum Move: Sendable {
    /// None: before time started.
    case start
    case price(AssetID, from: Double)
    /// Every reserve's index.
    case debts(from: [DebtIndex])
    case terms(Int, from: CollateralTerms)
  }

  /// Who is below the threshold, and which move of the round first put it there.
  struct Faller: Sendable {
    let position: PositionID
    let health: Double
    let move: Int
  }

  var moves: [Move] = []
  /// For how many of the moves the alarm has rung.
  var rungCount = 0
  /// Those not called yet, in order of position.
  var fallers: [Faller] = []
}

extension World {
  mutating func fileAlarm(for id: PositionID) {
    let position = positions[id]
    alarms[position.venue].file(sleepers[id], position, in: venues[position.venue], ledger)
  }

  /// An alarm for each move, in the alarm phase of the round: whom a move has put below the threshold is
  /// called because of that move and no other.
  mutating func scheduleAlarms(
    _ venue: VenueID, after move: VenueRound.Move, because header: EventHeader
  ) throws(RunFailure.Reason) {
    let number = Int32(pending.rounds[venue].moves.count)
    pending.rounds[venue].moves.append(move)
    try schedule(.alarmsRing(venue: venue, trigger: number), from: header.time, because: header)
    try scheduleProvisions(venue, because: header)
  }

  /// Before time starts: an alarm of each venue that has somebody below the threshold already.
  mutating func scheduleFirstAlarms() throws(RunFailure.Reason) {
    for venue in venues.indices.map(VenueID.init) {
      var isCalledFor = false
      for sleeper in alarms[venue].ring(in: venues[venue], published: published) {
        let id = positionsOfVenue[venue][sleeper.position]
        fileAlarm(for: id)
        if try standing(of: id).isLiquidatable { isCalledFor = true }
      }
      guard isCalledFor else { continue }
      pending.rounds[venue].moves = [.start]
      try schedule(.alarmsRing(venue: venue, trigger: 0), from: .start, because: nil)
      try scheduleProvisions(venue, because: nil)
    }
  }

  /// Whom has this move put below the threshold? Who is below it now, and first was after this move of the
  /// round. Taken in order of position, called to every liquidator.
  ///
  /// Nothing that a position hangs on moves between the alarms of one round: the first of them looks for
  /// everybody.
  mutating func ringAlarms(
    _ venue: VenueID, _ move: Int, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    if pending.rounds[venue].rungCount == 0 {
      try lookAtStranded(in: venue, header)
      try findFallers(in: venue)
    }
    pending.rounds[venue].rungCount += 1
    let fallers = pending.rounds[venue].fallers
    if pending.rounds[venue].rungCount == pending.rounds[venue].moves.count {
      pending.rounds[venue].moves.removeAll(keepingCapacity: true)
      pending.rounds[venue].rungCount = 0
      pending.rounds[venue].fallers = []
    }
    for faller in fallers where faller.move == move {
      try call(faller.position, health: faller.health, header)
    }
  }

  /// Nobody will find a called position recovered, or worthless, to which nobody is on the way: its venue
  /// does, at the next alarm.
  private mutating func lookAtStranded(
    in venue: VenueID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    guard !pending.stranded[venue].isEmpty else { return }
    let lift = pending.rounds[venue].lift(in: venues[venue], published: published)
    for id in pending.stranded[venue].takeDue(after: lift) where positions[id].isStranded {
      let standing = try standing(of: id)
      if try giveUpIfWorthless(id, carrying: standing.carries, header) {
        record(.becameLiquidatable(position: id, health: 0), header)
      } else if needsStalePrice(id, at: header.time) {
        pending.stranded[venue].append(id)
      } else if standing.isLiquidatable {
        pending.stranded[venue].append(id, health: standing.health)
      } else {
        positions[id].state = .open
        fileAlarm(for: id)
      }
    }
  }

  private mutating func findFallers(in venue: VenueID) throws(RunFailure.Reason) {
    for sleeper in alarms[venue].ring(in: venues[venue], published: published) {
      let id = positionsOfVenue[venue][sleeper.position]
      let standing = try standing(of: id)
      guard standing.isLiquidatable else {
        fileAlarm(for: id)
        continue
      }
      do throws(ArithmeticRefusal) {
        let weighing = venues[venue].weighing(of: positions[id], ledger, published: published)
        let move = try pending.rounds[venue].firstMove(below: weighing)
        pending.rounds[venue].fallers.append(
          VenueRound.Faller(position: id, health: standing.health, move: move))
      } catch { throw .arithmetic(error) }
    }
  }
}

extension VenueRound {
  /// The first move of the round after which a position, which is below the threshold now, was so. Found by
  /// undoing the moves, the last one first.
  fileprivate func firstMove(below weighing: Weighing) throws(ArithmeticRefusal) -> Int {
    var weighing = weighing
    var (isBelow, first) = (true, moves.count - 1)
    for number in moves.indices.dropFirst().reversed() {
      if weighing.undo(moves[number]) { isBelow = try weighing.standing().isLiquidatable }
      if isBelow { first = number - 1 }
    }
    return first
  }
}

extension Weighing {
  /// Whether that changes anything.
  fileprivate mutating func undo(_ move: VenueRound.Move) -> Bool {
    switch move {
    case .start: return false
    case .price(let asset, let before): return setPrice(of: asset, to: before)
    case .debts(let before):
      setIndices(to: before)
      return true
    case .terms(let place, let before): return setThreshold(at: place, to: before.threshold)
    }
  }
}
