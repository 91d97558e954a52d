import Kernel
import Ledger

/// Up to four places in a list of a venue's (its collaterals, its reserves), in ascending order. Trivially
/// copyable: a million positions allocate nothing.
package struct Places: Hashable, Sendable, BitwiseCopyable, RandomAccessCollection {
  /// Sixteen bits each, the first place lowest.
  private let packed: UInt64
  package let count: Int

  package static let capacity = 4
  /// The longest list that places can point into.
  package static let longestList = 1 << 16

  package init(_ places: [Int]) {
    precondition(places.count <= Places.capacity, "checked when the config is read")
    packed = places.reversed().reduce(0) { packed, place in
      precondition(place >= 0 && place < Places.longestList, "checked when the config is read")
      return packed << 16 | UInt64(place)
    }
    count = places.count
    precondition(zip(self, dropFirst()).allSatisfy { $0 < $1 }, "places are given in ascending order")
  }

  package var startIndex: Int { 0 }
  package var endIndex: Int { count }

  package subscript(number: Int) -> Int { Int(packed >> UInt64(16 * number) & 0xffff) }
}

/// An account in escrow that holds collateral and owes debts to one venue, without recourse to its owner: at
/// most four assets in all.
package struct Position: Sendable {
  package enum State: Sendable {
    case open
    /// Called to the liquidators, who have not settled it yet.
    case called
    /// Without collateral, and its venue has not admitted yet that what it owes is lost.
    case exhausted
    /// Paid, its collateral returned; or lost.
    case closed
  }

  /// Whether its owner can still do something about it.
  package var isAlive: Bool { state == .open || state == .called }

  /// Whether it was called and nobody comes any more: those who served it have taken what they could.
  package var isStranded: Bool { state == .called && onTheWay == 0 }

  /// The most assets that a position may hold and owe in all.
  package static let mostAssets = Places.capacity

  package let account: AccountID
  package let owner: AccountID
  package let venue: VenueID
  /// Which of the venue's collaterals it may hold.
  package let collateral: Places
  /// Which of the venue's reserves it may owe.
  package let debts: Places
  package let key: EntityKey
  package var state = State.open
  /// How often it has been called.
  package var calls: Int32 = 0
  /// Liquidations since the last call.
  package var actsSinceCall: Int32 = 0
  /// Liquidators that will come because of the last call, now or later.
  package var onTheWay: Int32 = 0
  /// The event that called it: the cause of every look at it.
  package var call: EventHeader?

  package init(
    account: AccountID, owner: AccountID, venue: VenueID, collateral: Places, debts: Places, key: EntityKey
  ) {
    precondition(
      collateral.count + debts.count <= Position.mostAssets, "checked when the config is read")
    self.account = account
    self.owner = owner
    self.venue = venue
    self.collateral = collateral
    self.debts = debts
    self.key = key
  }
}

/// What a position may carry and what it owes, in dollars at one set of prices.
package struct Standing: Hashable, Sendable {
  /// Σ value(collateral) · threshold.
  package let carries: Double
  /// Σ value(debt).
  package let owes: Double

  package init(carries: Double, owes: Double) {
    self.carries = carries
    self.owes = owes
  }

  /// A debt of exactly what the collateral carries stands.
  package var isLiquidatable: Bool { carries < owes }

  package var health: Double { carries / owes }
}
