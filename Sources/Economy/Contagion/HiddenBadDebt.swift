import Kernel
import Ledger

/// Bad debt that a venue's positions hide: Σ of what their collateral does not cover at reference prices.
///
/// Measured without asking everybody. Who is not under water sleeps in an index of alarms at reference prices
/// with whole collateral; who is under water is weighed again whenever a price or a debt of the venue has
/// moved. Shortfalls are whole numbers, so that their sum has no order and equals that of a scan.
///
/// Invariant: the shortfall of every position that is filed is zero, and `total` is the sum of the others'.
package struct HiddenBadDebt: Sendable {
  private var coordinates: PoolCoordinates
  private var alarms: SafeBoxAlarms
  /// By sleeper: when last weighed.
  private var shortfalls: [Int64]
  /// Whoever has a shortfall, each once, and some who no longer do.
  private(set) var underWater: [SleeperID] = []
  private var isListed: [Bool]
  /// Whose holdings or debts have changed, or who has not been weighed yet.
  private var changed: [SleeperID]
  private var total: Int128 = 0
  /// Whose shortfall the last measurement has found to be another than before.
  package private(set) var moved: [SleeperID] = []

  package init(of pool: LendingPool, positionCount: Int, reference: PriceBoard) {
    coordinates = PoolCoordinates(of: pool, .whole, at: reference)
    alarms = coordinates.alarms()
    shortfalls = Array(repeating: 0, count: positionCount)
    isListed = Array(repeating: false, count: positionCount)
    changed = (0..<positionCount).map(SleeperID.init)
  }

  /// What a position holds or owes is no longer what it was.
  package mutating func positionChanged(_ sleeper: SleeperID) { changed.append(sleeper) }

  /// In millionths of a dollar.
  ///
  /// - Parameter position: a position of the venue; nil if it is closed and hides nothing.
  package mutating func measure(
    in pool: LendingPool, _ ledger: Ledger, reference: PriceBoard, position: (SleeperID) -> Position?
  ) throws(ArithmeticRefusal) -> Int64 {
    moved.removeAll(keepingCapacity: true)
    if coordinates.move(&alarms, in: pool, at: reference) {
      let listed = underWater
      underWater.removeAll(keepingCapacity: true)
      for sleeper in listed {
        isListed[sleeper.position] = false
        try weigh(sleeper, position(sleeper), in: pool, ledger, reference)
      }
    }
    for sleeper in changed { try weigh(sleeper, position(sleeper), in: pool, ledger, reference) }
    changed.removeAll(keepingCapacity: true)
    for sleeper in alarms.ring() { try weigh(sleeper, position(sleeper), in: pool, ledger, reference) }
    guard let sum = Int64(exactly: total) else { throw .overflow }
    return sum
  }

  private mutating func weigh(
    _ sleeper: SleeperID, _ position: Position?, in pool: LendingPool, _ ledger: Ledger,
    _ reference: PriceBoard
  ) throws(ArithmeticRefusal) {
    var shortfall: Int64 = 0
    if let position {
      shortfall = try pool.shortfallMicrodollars(of: position, ledger, reference: reference)
    }
    if shortfall != shortfalls[sleeper.position] { moved.append(sleeper) }
    total += Int128(shortfall) - Int128(shortfalls[sleeper.position])
    shortfalls[sleeper.position] = shortfall
    if let position, shortfall == 0 {
      alarms.file(sleeper, coordinates.legs(of: position, in: pool, ledger))
      return
    }
    alarms.withdraw(sleeper)
    guard shortfall > 0, !isListed[sleeper.position] else { return }
    isListed[sleeper.position] = true
    underWater.append(sleeper)
  }
}
