/// Who falls next? Accounts with several collaterals and debts, asleep until the prices that they hang on
/// have come near enough; a tick costs work for those who are near and not for those who exist.
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
  private var order = SleeperOrder()
  /// Above every sleeper's number.
  private var bound = 0

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
    var (debts, debt) = (0, 0)
    for leg in 0..<legs.count where x[Int(legs.coordinates[leg])].sign == .minus && legs.units[leg] > 0 {
      debts += 1
      debt = leg
    }
    if legs.count == 2, debts == 1, x[Int(legs.coordinates[1 - debt])].sign == .plus {
      file(
        sleeper, collateral: CoordinateID(Int(legs.coordinates[1 - debt])), units: legs.units[1 - debt],
        debt: CoordinateID(Int(legs.coordinates[debt])), owed: legs.units[debt])
      return
    }
    withdraw(sleeper)
    bound = max(bound, sleeper.position + 1)
    if debts > 0 { boxes.file(sleeper.index, legs, x) }
  }

  /// Files an account with one collateral and one debt.
  package mutating func file(
    _ sleeper: SleeperID, collateral: CoordinateID, units: Double, debt: CoordinateID, owed: Double
  ) {
    withdraw(sleeper)
    bound = max(bound, sleeper.position + 1)
    pairs.file(
      sleeper.index, collateral: collateral.position, units: units, debt: debt.position, owed: owed)
  }

  package mutating func withdraw(_ sleeper: SleeperID) {
    if !pairs.withdraw(sleeper.index) { boxes.withdraw(sleeper.index) }
  }

  /// Takes out everybody who is below, and few who are not, in ascending order.
  package mutating func ring() -> [SleeperID] {
    var ringing: [Int32] = []
    pairs.ring(into: &ringing)
    boxes.ring(into: &ringing)
    order.sort(&ringing, below: bound)
    return ringing.map { SleeperID(Int($0)) }
  }
}
