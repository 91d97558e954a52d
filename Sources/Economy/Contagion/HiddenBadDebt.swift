import Kernel
import Ledger

/// What a position falls short of, and which prices say that it cannot have fallen short: `PoolCoordinates` at
/// given prices, `ExecutableCoordinates` at what selling would bring.
///
/// Invariant: who is not below at the coordinates has no shortfall.
protocol ShortfallRule: Sendable {
  associatedtype Prices: Sendable

  func alarms() -> SafeBoxAlarms
  /// Moves what has moved; whether anybody's shortfall may be another than at the last move.
  mutating func move(_ alarms: inout SafeBoxAlarms, in pool: LendingPool, at prices: Prices) -> Bool
  /// Whether what has moved concerns a position.
  func concerns(_ position: Position, at prices: Prices) -> Bool
  func legs(of position: Position, in pool: LendingPool, _ ledger: Ledger) -> AlarmLegs
  /// Whether who has no shortfall may sleep until its alarm rings.
  func isSafe(_ legs: AlarmLegs) -> Bool
  /// In millionths of a dollar.
  func shortfall(
    of position: Position, in pool: LendingPool, _ ledger: Ledger, at prices: Prices
  ) throws(ArithmeticRefusal) -> Int64
}

/// Bad debt that a venue's positions hide: Σ of what their collateral does not cover, by one rule.
///
/// Measured without asking everybody. Who cannot be under water sleeps in an index of alarms; who is, or may
/// be, is weighed again whenever something has moved that its shortfall hangs on. Shortfalls are whole
/// numbers, so that their sum has no order and equals that of a scan.
///
/// Invariant: the shortfall of every position that is filed is zero, and `total` is the sum of the others'.
struct HiddenBadDebt<Rule: ShortfallRule>: Sendable {
  private var rule: Rule
  private var alarms: SafeBoxAlarms
  /// By sleeper: when last weighed.
  private var shortfalls: [Int64]
  /// Whoever may have a shortfall, each once, and some who no longer do.
  private var watched: [SleeperID] = []
  private var isListed: [Bool]
  /// Whose holdings or debts have changed, or who has not been weighed yet.
  private var changed: [SleeperID]
  private var total: Int128 = 0
  /// Whose shortfall the last measurement has found to be another than before.
  private(set) var moved: [SleeperID] = []

  init(by rule: Rule, positionCount: Int) {
    self.rule = rule
    alarms = rule.alarms()
    shortfalls = Array(repeating: 0, count: positionCount)
    isListed = Array(repeating: false, count: positionCount)
    changed = (0..<positionCount).map(SleeperID.init)
  }

  /// What a position holds or owes is no longer what it was.
  mutating func positionChanged(_ sleeper: SleeperID) { changed.append(sleeper) }

  /// In millionths of a dollar.
  ///
  /// - Parameter position: a position of the venue; nil if it is closed and hides nothing.
  mutating func measure(
    in pool: LendingPool, _ ledger: Ledger, at prices: Rule.Prices, position: (SleeperID) -> Position?
  ) throws(ArithmeticRefusal) -> Int64 {
    moved.removeAll(keepingCapacity: true)
    if rule.move(&alarms, in: pool, at: prices) {
      let listed = watched
      watched.removeAll(keepingCapacity: true)
      for sleeper in listed {
        let own = position(sleeper)
        if let own, !rule.concerns(own, at: prices) {
          watched.append(sleeper)
          continue
        }
        isListed[sleeper.position] = false
        try weigh(sleeper, own, in: pool, ledger, prices)
      }
    }
    for sleeper in changed { try weigh(sleeper, position(sleeper), in: pool, ledger, prices) }
    changed.removeAll(keepingCapacity: true)
    for sleeper in alarms.ring() { try weigh(sleeper, position(sleeper), in: pool, ledger, prices) }
    guard let sum = Int64(exactly: total) else { throw .overflow }
    return sum
  }

  private mutating func weigh(
    _ sleeper: SleeperID, _ position: Position?, in pool: LendingPool, _ ledger: Ledger, _ prices: Rule.Prices
  ) throws(ArithmeticRefusal) {
    var shortfall: Int64 = 0
    if let position { shortfall = try rule.shortfall(of: position, in: pool, ledger, at: prices) }
    if shortfall != shortfalls[sleeper.position] { moved.append(sleeper) }
    total += Int128(shortfall) - Int128(shortfalls[sleeper.position])
    shortfalls[sleeper.position] = shortfall
    if let position, shortfall == 0 {
      let legs = rule.legs(of: position, in: pool, ledger)
      if rule.isSafe(legs) { return alarms.file(sleeper, legs) }
    }
    alarms.withdraw(sleeper)
    guard position != nil, !isListed[sleeper.position] else { return }
    isListed[sleeper.position] = true
    watched.append(sleeper)
  }
}
