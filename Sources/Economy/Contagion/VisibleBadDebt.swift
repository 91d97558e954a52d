import Ledger

/// The bad debt that anybody can read from the chain, by venue and reserve: what positions owe beyond what
/// they hold, at published prices, in millionths of a dollar.
///
/// Looked up at every watch, counted anew only when something has moved since.
struct VisibleBadDebt: Sendable {
  /// By venue; nil where a price that it sees, a debt or a position has moved since.
  private var counts: [[Amount]?]

  init(_ venues: [LendingPool]) { counts = venues.map { _ in nil } }

  mutating func somethingMoved(in venue: VenueID) { counts[venue] = nil }

  func current(_ venue: VenueID) -> [Amount]? { counts[venue] }

  mutating func store(_ microdollars: [Amount], _ venue: VenueID) { counts[venue] = microdollars }
}

extension World {
  mutating func visibleBadDebt(of venue: VenueID) throws(RunFailure.Reason) -> [Amount] {
    if let current = visible.current(venue) { return current }
    let (pool, ledger, published) = (venues[venue], ledger, published)
    var sums = pool.reserves.map { _ in Amount.zero }
    for id in positionsOfVenue[venue] where positions[id].state != .closed {
      let (position, before) = (positions[id], sums)
      sums = try calculating { () throws(ArithmeticRefusal) in
        var sums = before
        try pool.addVisibleShortfall(of: position, ledger, published: published, to: &sums)
        return sums
      }
    }
    visible.store(sums, venue)
    return sums
  }
}
