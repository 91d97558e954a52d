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

  /// The ladder of a collateral and a debt, by both; made when first needed.
  private var ladderOfPair: [Int32]
  private var ladders: [LevelLadder] = []
  private var pairs: [(collateral: Int32, debt: Int32)] = []
  /// By coordinate: the ladders that it moves.
  private var laddersOn: [[Int32]]
  private var links: [LevelLink] = []
  /// Coordinates moved since the last ring, and ladders filed in, each once.
  private var moved: [Int32] = []
  private var hasMoved: [Bool]

  /// Levels are filed this much higher than computed: far above the rounding of a few divisions.
  private static let margin = 1e-12

  /// - Parameters:
  ///   - reach: within this relative move of its prices (times their scales) an account is asked at every
  ///     move. About three times a usual move is best; any value is right.
  package init(_ coordinates: [AlarmCoordinate], reach: Double = 0.002, growth: Double = 1.5) {
    x = coordinates.map { $0.side == .debt ? -$0.value : $0.value }
    boxes = SafeBoxes(coordinates, reach: Float(reach), growth: Float(growth))
    ladderOfPair = Array(repeating: LevelLink.none, count: coordinates.count * coordinates.count)
    laddersOn = Array(repeating: [], count: coordinates.count)
    hasMoved = Array(repeating: false, count: coordinates.count)
  }

  /// The coordinate is here now. Everybody whom this puts below is taken out by the next `ring`.
  package mutating func move(_ coordinate: CoordinateID, to value: Double) {
    precondition(value >= 0 && value < .infinity, "a coordinate is a finite price, 0 or more")
    let number = coordinate.position
    x[number] = x[number].sign == .minus ? -value : value
    boxes.move(number, to: x[number])
    note(Int32(number))
  }

  private mutating func note(_ coordinate: Int32) {
    guard !hasMoved[Int(coordinate)] else { return }
    hasMoved[Int(coordinate)] = true
    moved.append(coordinate)
  }

  /// Files an account anew, whatever it had before.
  package mutating func file(_ sleeper: SleeperID, _ legs: AlarmLegs) {
    withdraw(sleeper)
    guard let debt = (0..<legs.count).first(where: { isDebt(legs, $0) && legs.units[$0] > 0 }) else { return }
    if legs.count == 2, !isDebt(legs, 1 - debt) {
      hang(sleeper, legs, collateral: 1 - debt, debt: debt)
    } else {
      boxes.file(sleeper, legs, x)
    }
  }

  package mutating func withdraw(_ sleeper: SleeperID) {
    while links.count <= sleeper.position { links.append(LevelLink()) }
    let ladder = links[sleeper.position].ladder
    if ladder == LevelLink.none {
      boxes.withdraw(sleeper)
    } else {
      ladders[Int(ladder)].withdraw(sleeper.index, &links)
    }
  }

  /// Takes out everybody who is below, and few who are not, in ascending order.
  package mutating func ring() -> [SleeperID] {
    var ringing: [SleeperID] = []
    for coordinate in moved {
      hasMoved[Int(coordinate)] = false
      for ladder in laddersOn[Int(coordinate)] {
        ladders[Int(ladder)].ring(at: level(ofPair: Int(ladder)), &links, into: &ringing)
      }
    }
    moved.removeAll(keepingCapacity: true)
    boxes.ring(into: &ringing)
    ringing.sort()
    return ringing
  }

  private func isDebt(_ legs: AlarmLegs, _ leg: Int) -> Bool {
    x[Int(legs.coordinates[leg])].sign == .minus
  }

  /// The coordinate of a ladder: collateral over debt. A worthless debt cannot be fallen below.
  @inline(__always)
  private func level(ofPair ladder: Int) -> Double {
    let (above, below) = (x[Int(pairs[ladder].collateral)], -x[Int(pairs[ladder].debt)])
    return below == 0 ? .infinity : above / below
  }

  private mutating func hang(_ sleeper: SleeperID, _ legs: AlarmLegs, collateral: Int, debt: Int) {
    let ladder = self.ladder(legs.coordinates[collateral], legs.coordinates[debt])
    let exact = legs.units[debt] / legs.units[collateral] * (1 + SafeBoxAlarms.margin)
    let coordinate = level(ofPair: Int(ladder))
    ladders[Int(ladder)].file(
      sleeper.index, level: exact, ladder: ladder, coordinate: coordinate, &links)
    if exact >= coordinate { note(pairs[Int(ladder)].collateral) }
  }

  private mutating func ladder(_ collateral: UInt16, _ debt: UInt16) -> Int32 {
    let pair = Int(collateral) * x.count + Int(debt)
    if ladderOfPair[pair] == LevelLink.none {
      ladderOfPair[pair] = Int32(ladders.count)
      laddersOn[Int(collateral)].append(Int32(ladders.count))
      laddersOn[Int(debt)].append(Int32(ladders.count))
      ladders.append(LevelLadder())
      pairs.append((Int32(collateral), Int32(debt)))
    }
    return ladderOfPair[pair]
  }
}
