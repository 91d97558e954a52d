import Kernel
import Ledger

/// Who falls next in one venue? Its positions, asleep until published prices and debts come near the level at
/// which the venue's rule has to be asked.
///
/// Invariant: `ring` returns every filed position that is below the threshold, and few that are not; whom it
/// returns is no longer filed. The caller asks the exact rule and files again.
package struct VenueAlarms: Sendable {
  private var coordinates: PoolCoordinates
  private var alarms: SafeBoxAlarms

  package init(of pool: LendingPool, published: PriceBoard) {
    coordinates = PoolCoordinates(of: pool, .threshold, at: published)
    alarms = coordinates.alarms()
  }

  /// Files a position anew, at what it holds and owes now.
  package mutating func file(
    _ sleeper: SleeperID, _ position: Position, in pool: LendingPool, _ ledger: Ledger
  ) {
    alarms.file(sleeper, coordinates.legs(of: position, in: pool, ledger))
  }

  package mutating func withdraw(_ sleeper: SleeperID) { alarms.withdraw(sleeper) }

  /// Takes out whoever may be below the threshold at published prices, in ascending order.
  package mutating func ring(in pool: LendingPool, published: PriceBoard) -> [SleeperID] {
    _ = coordinates.move(&alarms, in: pool, at: published)
    return alarms.ring()
  }
}
