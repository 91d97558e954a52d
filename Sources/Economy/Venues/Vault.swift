import Ledger

/// Puts deposits of one asset into other venues by a plan, and issues shares of the whole.
///
/// To its depositors it is a venue like any other: its books are a `Reserve` without borrowers, in which
///
///     idle cash + marked holdings + deficit = claims + dust
///
/// A holding is shares of another venue, carried at what they were worth when that venue last told of a
/// change: ⌊shares · assets / supply⌋. A gain heals the vault's deficit first and is the depositors' after
/// that; a loss is the vault's own, and falls down its own waterfall.
///
/// Taking shares out of a venue may cost a unit of rounding. Whoever leaves makes it good; where its claim is
/// not enough for that, the vault's dust is below zero until the next one leaves.
package struct Vault: Sendable {
  package struct Holding: Sendable {
    package let venue: VenueID
    package let reserve: Int
    /// The share of deposits that is put there at the start.
    package let target: Double
    /// What it is carried at.
    package var marked = Amount.zero
    /// What the last mark on its way says that it is worth.
    package var told = Amount.zero

    package init(venue: VenueID, reserve: Int, target: Double) {
      self.venue = venue
      self.reserve = reserve
      self.target = target
    }
  }

  package let venue: VenueID
  /// In the order in which they are drawn on.
  package var holdings: [Holding]
  /// Every venue that its cash may come from: those it holds shares of, and those that they hold shares of.
  package let sources: [VenueID]
  /// Nil where nobody looks after the holdings.
  package let curator: Curator?
  /// Those who have asked for more than there was, in the order in which they asked. They keep their shares
  /// until they are paid.
  package var queue: [AccountID] = []

  package init(venue: VenueID, holdings: [Holding], sources: [VenueID], curator: Curator? = nil) {
    self.venue = venue
    self.holdings = holdings
    self.sources = sources
    self.curator = curator
  }
}

extension Vault {
  /// The holding is worth another amount than it was carried at. Returns the loss, if it is one; it stands as
  /// a deficit until a layer takes it.
  package mutating func mark(
    _ holding: Int, at value: Amount, in books: inout Reserve
  ) throws(ArithmeticRefusal) -> Amount {
    let change = value - holdings[holding].marked
    holdings[holding].marked = value
    books.placed += change
    guard change > .zero else {
      books.deficit -= change
      return -change
    }
    let healed = min(books.deficit, change)
    books.deficit -= healed
    try books.claims.accrue(change - healed)
    return .zero
  }

  /// The vault has put `paid` into a holding, or taken it out if it is below zero, and the holding is now
  /// worth
  /// `value`: what is between them is rounding.
  package mutating func book(_ holding: Int, at value: Amount, paid: Amount, in books: inout Reserve) {
    let change = value - holdings[holding].marked
    holdings[holding].marked = value
    holdings[holding].told = value
    books.placed += change
    books.dust += change - paid
  }
}
