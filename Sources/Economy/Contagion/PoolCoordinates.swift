import Kernel
import Ledger

/// A venue's prices as alarms see them: a coordinate for each collateral, then one for each reserve.
///
/// Collateral: threshold · price; a reserve: price · index. An account's units are whole tokens of a
/// collateral and scaled tokens of a debt, so that neither prices nor interest move them.
struct PoolCoordinates: ShortfallRule {
  /// What a unit of collateral counts for.
  enum Weight: Sendable {
    /// What it carries: who falls short is liquidatable.
    case threshold
    /// What it is worth: who falls short is under water.
    case whole
  }

  private let weight: Weight
  private let collateralCount: Int
  private var values: [Double]

  init(of pool: LendingPool, _ weight: Weight, at prices: PriceBoard) {
    self.weight = weight
    collateralCount = pool.collateral.count
    values = Array(repeating: 0, count: collateralCount + pool.reserves.count)
    for place in values.indices { values[place] = value(place, pool, prices) }
  }

  func alarms() -> SafeBoxAlarms {
    SafeBoxAlarms(
      values.enumerated().map { place, value in
        AlarmCoordinate(place < collateralCount ? .collateral : .debt, value: value)
      })
  }

  private func value(_ place: Int, _ pool: LendingPool, _ prices: PriceBoard) -> Double {
    if place < collateralCount {
      let terms = pool.collateral[place]
      return weight == .threshold ? prices[terms.asset] * terms.threshold : prices[terms.asset]
    }
    let reserve = pool.reserves[place - collateralCount]
    return prices[reserve.asset] * (Double(reserve.index.value) / Double(DebtIndex.one))
  }

  /// Moves what has moved.
  mutating func move(
    _ alarms: inout SafeBoxAlarms, in pool: LendingPool, at prices: PriceBoard
  ) -> ShortfallMove {
    var move = ShortfallMove.nothing
    for place in values.indices {
      let value = value(place, pool, prices)
      guard value != values[place] else { continue }
      values[place] = value
      alarms.move(CoordinateID(place), to: value)
      move = .coordinates
    }
    return move
  }

  /// What a position holds and owes. A debt is rounded up when it is owed, so it may be a unit more than
  /// scaled · index: one more is counted.
  func legs(of position: Position, in pool: LendingPool, _ ledger: Ledger) -> AlarmLegs {
    var legs = AlarmLegs()
    for place in position.collateral {
      let asset = pool.collateral[place].asset
      let held = ledger.balance(of: position.account, in: asset)
      guard !held.isZero else { continue }
      legs.add(CoordinateID(place), units: Double(held.units) / ledger.unitsPerToken(of: asset))
    }
    for place in position.debts {
      let reserve = pool.reserves[place]
      let scaled = -ledger.balance(of: position.account, in: reserve.debtAsset)
      guard !scaled.isZero else { continue }
      legs.add(
        CoordinateID(collateralCount + place),
        units: (Double(scaled.units) + 1) / ledger.unitsPerToken(of: reserve.asset))
    }
    return legs
  }

  // MARK: Hidden bad debt

  static var isBounded: Bool { false }

  func concerns(_ position: Position, at prices: PriceBoard) -> Bool { true }

  /// Its coordinates are prices, and the exact shortfall is asked.
  func covers(_ legs: AlarmLegs) -> Bool { false }

  func shortfall(
    of position: Position, in pool: LendingPool, _ ledger: Ledger, at prices: PriceBoard
  ) throws(ArithmeticRefusal) -> Int64 {
    try pool.shortfallMicrodollars(of: position, ledger, reference: prices)
  }
}
