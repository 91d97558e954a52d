import Ledger

/// The bad debt that anybody can read from the chain, by venue and reserve: what positions owe beyond what
/// they hold, at published prices, in millionths of a dollar.
///
/// Looked up at every watch, counted anew only when something has moved since.
struct VisibleBadDebt: Sendable {
  private struct Count: Sendable {
    var microdollars: [Amount]
    var move = -1
  }

  private var counts: [Count]
  /// How often prices, debts or positions have moved.
  private var moves = 0

  init(_ venues: [LendingPool]) {
    counts = venues.map { Count(microdollars: $0.reserves.map { _ in .zero }) }
  }

  mutating func somethingMoved() { moves += 1 }

  func current(_ venue: VenueID) -> [Amount]? {
    counts[venue].move == moves ? counts[venue].microdollars : nil
  }

  mutating func store(_ microdollars: [Amount], _ venue: VenueID) {
    counts[venue] = Count(microdollars: microdollars, move: moves)
  }
}

extension World {
  private mutating func visibleBadDebt(of venue: VenueID) throws(RunFailure.Reason) -> [Amount] {
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

  /// What the holders of a reserve's claims have to expect to lose, as a share of them, at published prices:
  ///
  ///     (visible bad debt + standing deficit) / claims
  ///
  /// Of a vault, which lends to nobody, one look further: the bad debt is what its holdings have to expect in
  /// turn by the same rule, without a look further still.
  mutating func expectedLoss(of venue: VenueID, _ reserve: Int) throws(RunFailure.Reason) -> Double {
    var lost = try expectedDollars(of: venue, reserve)
    if let vault = vaults.first(where: { $0.venue == venue }) {
      let asset = venues[venue].reserves[0].asset
      for holding in vault.holdings {
        let parent = venues[holding.venue].reserves[holding.reserve]
        let expected = share(
          try expectedDollars(of: holding.venue, holding.reserve),
          of: published.value(of: parent.claims.totalAssets, in: parent.asset))
        lost += published.value(of: holding.marked, in: asset) * min(1, expected)
      }
    }
    let books = venues[venue].reserves[reserve]
    return share(lost, of: published.value(of: books.claims.totalAssets, in: books.asset))
  }

  private mutating func expectedDollars(
    of venue: VenueID, _ reserve: Int
  ) throws(RunFailure.Reason) -> Double {
    let books = venues[venue].reserves[reserve]
    let hidden = try visibleBadDebt(of: venue)[reserve]
    // What has been provided for has been recognised, and stands in the claims or in the deficit.
    let unprovided = Double(hidden.units) / 1e6 - published.value(of: books.provision, in: books.asset)
    return max(0, unprovided) + published.value(of: books.deficit, in: books.asset)
  }

  private func share(_ lost: Double, of claims: Double) -> Double {
    guard lost > 0 else { return 0 }
    return claims > 0 ? lost / claims : .infinity
  }
}
