import Kernel
import Ledger

/// What has moved in a venue in the present round, and whom that puts below the threshold.
struct VenueRound: Sendable {
  /// A move that may put positions below the threshold, as what it took the place of.
  enum Move: Sendable {
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
  }

  /// Whom has this move put below the threshold? Who is below it now, and first was after this move of the
  /// round. Taken in order of position, called to every liquidator.
  ///
  /// Nothing that a position hangs on moves between the alarms of one round: the first of them looks for
  /// everybody.
  mutating func ringAlarms(
    _ venue: VenueID, _ move: Int, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    if pending.rounds[venue].rungCount == 0 { try findFallers(in: venue) }
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

  private mutating func findFallers(in venue: VenueID) throws(RunFailure.Reason) {
    let ringing = alarms[venue].ring(in: venues[venue], published: published)
    guard !ringing.isEmpty else { return }
    let views = viewsOfRound(venue)
    for sleeper in ringing {
      let id = positionsOfVenue[venue][sleeper.position]
      let standing = try standing(of: id)
      guard standing.isLiquidatable else {
        fileAlarm(for: id)
        continue
      }
      let faller = VenueRound.Faller(position: id, health: standing.health, move: try firstMove(views, id))
      pending.rounds[venue].fallers.append(faller)
    }
  }

  /// A venue and what it saw after one move of the round.
  private struct View {
    let move: VenueRound.Move
    let pool: LendingPool
    let published: PriceBoard

    /// Whether the move could change a position's standing.
    func concerns(_ position: Position) -> Bool {
      switch move {
      case .price(let asset, _):
        position.collateral.contains { pool.collateral[$0].asset == asset }
          || position.debts.contains { pool.reserves[$0].asset == asset }
      case .debts: true
      case .terms(let place, _): position.collateral.contains(place)
      }
    }
  }

  /// Found by undoing the moves from what is seen now, the last one first.
  private func viewsOfRound(_ venue: VenueID) -> [View] {
    var (pool, published) = (venues[venue], published)
    var views: [View] = []
    for move in pending.rounds[venue].moves.reversed() {
      views.append(View(move: move, pool: pool, published: published))
      switch move {
      case .price(let asset, let before): published[asset] = before
      case .debts(let before):
        for (reserve, index) in before.enumerated() { pool.reserves[reserve].index = index }
      case .terms(let place, let before): pool.collateral[place] = before
      }
    }
    return views.reversed()
  }

  /// The first move of the round after which a position, which is below the threshold now, was so.
  private func firstMove(_ views: [View], _ id: PositionID) throws(RunFailure.Reason) -> Int {
    let (position, ledger) = (positions[id], ledger)
    for (number, view) in views.dropLast().enumerated() where number == 0 || view.concerns(position) {
      let standing = try calculating { () throws(ArithmeticRefusal) in
        try view.pool.standing(of: position, ledger, published: view.published)
      }
      if standing.isLiquidatable { return number }
    }
    // What is seen now is what was seen after the last move.
    return views.count - 1
  }
}
