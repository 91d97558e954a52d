import Kernel
import Ledger

/// Under what prices alarms for executable bad debt sleep: a coordinate for each size of each collateral, its
/// floor, then one for each reserve, a ceiling of reference price · index.
///
/// Whoever owes no more than Σ units · floor is covered by what selling would bring, and need not be asked.
/// Floors and ceilings are moved when they no longer hold, or have become much too careful.
struct ExecutableCoordinates: ShortfallRule {
  struct Prices: Sendable {
    let markets: ExecutablePrices
    let reference: PriceBoard
  }

  /// Beyond this many coordinates a venue's smallest amounts have none, and are asked at each measurement.
  private static let most = 60_000

  private struct Collateral: Sendable {
    let asset: AssetID
    let sizes: Range<Int>
    /// Its first coordinate.
    let first: Int
  }

  private struct Debt: Sendable {
    /// Dollars for a scaled token.
    var exact = -1.0
    var hasChanged = true
  }

  private var collateral: [Collateral] = []
  private var debts: [Debt]
  private let debtsFrom: Int
  private var values: [Double]
  /// Changes of markets that had been seen at the last move, and at the one before.
  private var seen = 0
  private var seenBefore = 0
  private var hasMoved = false

  init(of pool: LendingPool, at prices: Prices) {
    var first = 0
    let room = ExecutableCoordinates.most / max(1, pool.collateral.count)
    for terms in pool.collateral {
      let all = prices.markets.market(of: terms.asset).sizes
      let sizes = max(all.lowerBound, all.upperBound - room)..<all.upperBound
      collateral.append(Collateral(asset: terms.asset, sizes: sizes, first: first))
      first += sizes.count
    }
    debtsFrom = first
    debts = pool.reserves.map { _ in Debt() }
    values = Array(repeating: 0, count: first + debts.count)
  }

  func alarms() -> SafeBoxAlarms {
    SafeBoxAlarms(
      values.enumerated().map { place, value in
        AlarmCoordinate(place < debtsFrom ? .collateral : .debt, value: value)
      })
  }

  static var isBounded: Bool { true }

  mutating func move(
    _ alarms: inout SafeBoxAlarms, in pool: LendingPool, at prices: Prices
  ) -> ShortfallMove {
    (seenBefore, seen) = (seen, prices.markets.changes)
    hasMoved = false
    if prices.markets.anchoredAt > seenBefore {
      for own in collateral where prices.markets.hasFloors(own.asset, since: seenBefore) {
        moveFloors(of: own, &alarms, prices.markets)
      }
    }
    var hasChanged = seen > seenBefore
    for place in debts.indices {
      let reserve = pool.reserves[place]
      let exact = prices.reference[reserve.asset] * (Double(reserve.index.value) / Double(DebtIndex.one))
      debts[place].hasChanged = exact != debts[place].exact
      guard debts[place].hasChanged else { continue }
      hasChanged = true
      debts[place].exact = exact
      let ceiling = values[debtsFrom + place]
      guard exact > ceiling || exact < ceiling * (1 - 2 * Outlet.slack) else { continue }
      set(debtsFrom + place, to: exact * (1 + Outlet.slack), &alarms)
    }
    return hasMoved ? .coordinates : hasChanged ? .shortfalls : .nothing
  }

  private mutating func moveFloors(
    of own: Collateral, _ alarms: inout SafeBoxAlarms, _ markets: ExecutablePrices
  ) {
    let floors = markets.floors(of: own.asset)
    for (number, floor) in floors.suffix(own.sizes.count).enumerated() {
      let value = values[own.first + number]
      if floor < value || floor > value * (1 + Outlet.slack) { set(own.first + number, to: floor, &alarms) }
    }
  }

  private mutating func set(_ coordinate: Int, to value: Double, _ alarms: inout SafeBoxAlarms) {
    hasMoved = true
    values[coordinate] = value
    alarms.move(CoordinateID(coordinate), to: value)
  }

  func concerns(_ position: Position, at prices: Prices) -> Bool {
    position.collateral.contains { prices.markets.hasChanged(collateral[$0].asset, since: seenBefore) }
      || position.debts.contains { debts[$0].hasChanged }
  }

  /// What is of a size without a floor counts for nothing here.
  func legs(of position: Position, in pool: LendingPool, _ ledger: Ledger) -> AlarmLegs {
    var legs = AlarmLegs()
    for place in position.collateral {
      let (asset, sizes) = (collateral[place].asset, collateral[place].sizes)
      let held = ledger.balance(of: position.account, in: asset)
      let size = ExecutablePrices.size(of: held)
      guard !held.isZero, sizes.contains(size) else { continue }
      legs.add(
        CoordinateID(collateral[place].first + size - sizes.lowerBound),
        units: Double(held.units) / ledger.unitsPerToken(of: asset))
    }
    for place in position.debts {
      let reserve = pool.reserves[place]
      let scaled = -ledger.balance(of: position.account, in: reserve.debtAsset)
      guard !scaled.isZero else { continue }
      legs.add(
        CoordinateID(debtsFrom + place),
        units: (Double(scaled.units) + 1) / ledger.unitsPerToken(of: reserve.asset))
    }
    return legs
  }

  /// At floors and ceilings: no market need be asked.
  func covers(_ legs: AlarmLegs) -> Bool {
    var (holds, owes) = (0.0, 0.0)
    for leg in 0..<legs.count {
      let coordinate = Int(legs.coordinates[leg])
      let worth = legs.units[leg] * values[coordinate]
      if coordinate < debtsFrom { holds += worth } else { owes += worth }
    }
    return owes <= holds
  }

  func shortfall(
    of position: Position, in pool: LendingPool, _ ledger: Ledger, at prices: Prices
  ) throws(ArithmeticRefusal) -> Int64 {
    var holds = 0.0
    for place in position.collateral {
      holds += prices.markets.dollars(
        forSelling: pool.held(place, by: position, ledger), of: pool.collateral[place].asset)
    }
    return try pool.shortfallMicrodollars(of: position, holding: holds, ledger, reference: prices.reference)
  }
}
