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
    var changes = -1
    var anchorings = -1
    var hasChanged = true
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

  init(of pool: LendingPool, at prices: Prices) {
    var first = 0
    let room = ExecutableCoordinates.most / max(1, pool.collateral.count)
    for terms in pool.collateral {
      let all = prices.markets.sizes(of: terms.asset)
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

  mutating func move(_ alarms: inout SafeBoxAlarms, in pool: LendingPool, at prices: Prices) -> Bool {
    var hasChanged = false
    for place in collateral.indices {
      let (asset, changes) = (collateral[place].asset, prices.markets.changes(of: collateral[place].asset))
      collateral[place].hasChanged = changes != collateral[place].changes
      guard collateral[place].hasChanged else { continue }
      hasChanged = true
      collateral[place].changes = changes
      let anchorings = prices.markets.anchorings(of: asset)
      guard anchorings != collateral[place].anchorings else { continue }
      collateral[place].anchorings = anchorings
      let missing = prices.markets.sizes(of: asset).count - collateral[place].sizes.count
      for (number, floor) in prices.markets.floors(of: asset).dropFirst(missing).enumerated() {
        let coordinate = collateral[place].first + number
        guard floor < values[coordinate] || floor > values[coordinate] * (1 + Outlet.slack) else { continue }
        set(coordinate, to: floor, &alarms)
      }
    }
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
    return hasChanged
  }

  private mutating func set(_ coordinate: Int, to value: Double, _ alarms: inout SafeBoxAlarms) {
    values[coordinate] = value
    alarms.move(CoordinateID(coordinate), to: value)
  }

  func concerns(_ position: Position) -> Bool {
    position.collateral.contains { collateral[$0].hasChanged }
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

  /// Whether a position is covered at floors and ceilings: no market need be asked.
  func isSafe(_ legs: AlarmLegs) -> Bool {
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
