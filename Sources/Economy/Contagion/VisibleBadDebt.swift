import Kernel
import Ledger

/// The bad debt that anybody can read from the chain, by venue and reserve: what positions owe beyond what
/// they hold, at published prices, in millionths of a dollar.
///
/// Looked up at every watch, counted anew only when something has moved since, and then only over those who
/// are under water. A venue that nobody ever looks at keeps nothing for it.
struct VisibleBadDebt: Sendable {
  /// By venue; nil where a price that it sees, a debt or a position has moved since.
  private var counts: [[Amount]?]
  /// By venue: who is under water at published prices; nil before anybody has looked.
  fileprivate var indices: [HiddenBadDebt<PoolCoordinates>?]

  init(_ venues: [LendingPool]) {
    counts = venues.map { _ in nil }
    indices = venues.map { _ in nil }
  }

  mutating func somethingMoved(in venue: VenueID) { counts[venue] = nil }

  mutating func positionChanged(_ sleeper: SleeperID, in venue: VenueID) {
    counts[venue] = nil
    indices[venue]?.positionChanged(sleeper)
  }

  func current(_ venue: VenueID) -> [Amount]? { counts[venue] }

  mutating func store(_ microdollars: [Amount], _ venue: VenueID) { counts[venue] = microdollars }
}

extension World {
  mutating func visibleBadDebt(of venue: VenueID) throws(RunFailure.Reason) -> [Amount] {
    if let current = visible.current(venue) { return current }
    let (members, positions) = (positionsOfVenue[venue], positions)
    var sums = venues[venue].reserves.map { _ in Amount.zero }
    var index =
      visible.indices[venue]
      ?? HiddenBadDebt(
        by: PoolCoordinates(of: venues[venue], .whole, at: published), positionCount: members.count)
    visible.indices[venue] = nil
    do throws(ArithmeticRefusal) {
      _ = try index.measure(in: venues[venue], ledger, at: published) { sleeper in
        let position = positions[members[sleeper.position]]
        return position.state == .closed ? nil : position
      }
      for sleeper in index.watched where positions[members[sleeper.position]].state != .closed {
        try venues[venue].addVisibleShortfall(
          of: positions[members[sleeper.position]], ledger, published: published, to: &sums)
      }
    } catch { throw .arithmetic(error) }
    visible.indices[venue] = index
    visible.store(sums, venue)
    return sums
  }
}
