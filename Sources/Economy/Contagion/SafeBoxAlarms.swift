import Kernel
import Ledger

/// Who falls next? Accounts with several collaterals and debts, asleep until the prices that they hang on have
/// come near enough; a tick costs work for those who are near and not for those who exist.
///
///     let id = CoordinateID(0)
///     alarms.file(sleeper, legs)            // 3 units of collateral 0 against 40 of debt 1, say
///     alarms.move(id, to: threshold * price * rate)
///     for sleeper in alarms.ring() { … }    // below, perhaps; ask the exact rule, then act or file again
///
/// An account is below when Σ units · coordinate over its collaterals is less than the same sum over its
/// debts. `ring` returns everybody who is, and few who are not (within a few millionths of the account's
/// size): the caller asks the exact rule. Nothing that the caller sees after asking depends on how an account
/// has moved about inside.
///
/// One collateral against one debt: an exact level in a `LevelLadder`, one for each pair. Any other account
/// with a debt: `SafeBoxes`. Without a debt: nothing, it cannot fall.
///
/// Invariant: a filed account that is below is taken out by the next `ring`.
package struct SafeBoxAlarms: Sendable {
  /// Where each coordinate is, negative (if only in sign) for debts.
  private var x: [Double]
  private var boxes: SafeBoxes
  private var pairs: PairLadders

  package init(_ coordinates: [AlarmCoordinate]) {
    x = coordinates.map { $0.side == .debt ? -$0.value : $0.value }
    boxes = SafeBoxes(coordinates)
    pairs = PairLadders(coordinates)
  }

  /// The coordinate is here now. Everybody whom this puts below is taken out by the next `ring`.
  package mutating func move(_ coordinate: CoordinateID, to value: Double) {
    precondition(value >= 0 && value < .infinity, "a coordinate is a finite price, 0 or more")
    let number = coordinate.position
    x[number] = x[number].sign == .minus ? -value : value
    boxes.move(number, to: x[number])
    pairs.move(number, to: x[number])
  }

  /// Files an account anew, whatever it had before.
  package mutating func file(_ sleeper: SleeperID, _ legs: AlarmLegs) {
    withdraw(sleeper)
    guard let debt = (0..<legs.count).first(where: { isDebt(legs, $0) && legs.units[$0] > 0 }) else { return }
    if legs.count == 2, !isDebt(legs, 1 - debt) {
      pairs.file(
        sleeper.index, collateral: Int(legs.coordinates[1 - debt]), units: legs.units[1 - debt],
        debt: Int(legs.coordinates[debt]), owed: legs.units[debt])
    } else {
      boxes.file(sleeper, legs, x)
    }
  }

  package mutating func withdraw(_ sleeper: SleeperID) {
    if !pairs.withdraw(sleeper.index) { boxes.withdraw(sleeper) }
  }

  /// Takes out everybody who is below, and few who are not, in ascending order.
  package mutating func ring() -> [SleeperID] {
    var ringing: [SleeperID] = []
    pairs.ring(into: &ringing)
    boxes.ring(into: &ringing)
    if ringing.count > 1 { ringing.sort() }
    return ringing
  }

  private func isDebt(_ legs: AlarmLegs, _ leg: Int) -> Bool {
    x[Int(legs.coordinates[leg])].sign == .minus
  }
}
