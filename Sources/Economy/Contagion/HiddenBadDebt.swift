import Kernel
import Ledger

/// What a position falls short of, and under which prices it may sleep: `PoolCoordinates` at given prices,
/// `ExecutableCoordinates` at what selling would bring.
///
/// Invariant: who is not below at the coordinates has no shortfall.
protocol ShortfallRule: Sendable {
  associatedtype Prices: Sendable

  /// Whether coordinates are bounds only: somebody below may yet have no shortfall, and is watched.
  static var isBounded: Bool { get }

  func alarms() -> SafeBoxAlarms
  mutating func move(_ alarms: inout SafeBoxAlarms, in pool: LendingPool, at prices: Prices) -> ShortfallMove
  /// Whether what has moved concerns a position.
  func concerns(_ position: Position, at prices: Prices) -> Bool
  func legs(of position: Position, in pool: LendingPool, _ ledger: Ledger) -> AlarmLegs
  /// Whether a position is not below at the coordinates, as far as bounds tell.
  func covers(_ legs: AlarmLegs) -> Bool
  /// In millionths of a dollar.
  func shortfall(
    of position: Position, in pool: LendingPool, _ ledger: Ledger, at prices: Prices
  ) throws(ArithmeticRefusal) -> Int64
}

/// What has moved since the last measurement.
enum ShortfallMove {
  case nothing
  /// Somebody's shortfall may be another, but the coordinates are where they were.
  case shortfalls
  case coordinates
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
  private(set) var watched: [SleeperID] = []
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
    let move = rule.move(&alarms, in: pool, at: prices)
    if move != .nothing {
      let listed = watched
      watched.removeAll(keepingCapacity: true)
      for sleeper in listed {
        let own = position(sleeper)
        if let own, Rule.isBounded, move == .shortfalls {
          // Below before, and so now.
          if rule.concerns(own, at: prices) {
            note(try rule.shortfall(of: own, in: pool, ledger, at: prices), of: sleeper)
          }
          watched.append(sleeper)
        } else {
          isListed[sleeper.position] = false
          try weigh(sleeper, own, in: pool, ledger, prices)
        }
      }
    }
    guard move != .nothing || !changed.isEmpty else { return try sum() }
    for sleeper in changed { try weigh(sleeper, position(sleeper), in: pool, ledger, prices) }
    changed.removeAll(keepingCapacity: true)
    for sleeper in alarms.ring() { try weigh(sleeper, position(sleeper), in: pool, ledger, prices) }
    return try sum()
  }

  private func sum() throws(ArithmeticRefusal) -> Int64 {
    guard let sum = Int64(exactly: total) else { throw .overflow }
    return sum
  }

  private mutating func weigh(
    _ sleeper: SleeperID, _ position: Position?, in pool: LendingPool, _ ledger: Ledger, _ prices: Rule.Prices
  ) throws(ArithmeticRefusal) {
    guard let position else {
      note(0, of: sleeper)
      return alarms.withdraw(sleeper)
    }
    if Rule.isBounded {
      let legs = rule.legs(of: position, in: pool, ledger)
      if rule.covers(legs) {
        note(0, of: sleeper)
        return alarms.file(sleeper, legs)
      }
    }
    let shortfall = try rule.shortfall(of: position, in: pool, ledger, at: prices)
    note(shortfall, of: sleeper)
    if !Rule.isBounded, shortfall == 0 {
      return alarms.file(sleeper, rule.legs(of: position, in: pool, ledger))
    }
    alarms.withdraw(sleeper)
    guard !isListed[sleeper.position] else { return }
    isListed[sleeper.position] = true
    watched.append(sleeper)
  }

  private mutating func note(_ shortfall: Int64, of sleeper: SleeperID) {
    let before = shortfalls[sleeper.position]
    guard shortfall != before else { return }
    moved.append(sleeper)
    total += Int128(shortfall) - Int128(before)
    shortfalls[sleeper.position] = shortfall
  }
}
