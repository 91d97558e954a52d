import Kernel
import Ledger

/// Who falls next in one venue? `file`, `withdraw`, `ring`: what is behind them may change.
///
/// A position of one collateral and one debt is filed at a level in the index of its pair, which costs work
/// only when it is crossed. A position of more assets has no single level; it is looked at whenever the
/// venue's alarm rings.
///
/// Invariant: `ring` returns every filed position that is below the threshold, and perhaps some that are not;
/// whom it returns is no longer filed. The caller asks the exact rule and files again.
///
/// - Complexity: of `ring`, O(k log n) for k positions of a pair crossed, plus all positions of more assets.
package struct VenueAlarms: Sendable {
  /// By collateral, then by reserve.
  private var pairs: [AlarmIndex]
  private let reserveCount: Int
  /// Positions of more than two assets that have ever been filed, and whether they are.
  private var several: [PositionID] = []
  private var isFiled: [Bool?] = []

  package init(of pool: LendingPool) {
    reserveCount = pool.reserves.count
    pairs = Array(repeating: AlarmIndex(), count: pool.collateral.count * reserveCount)
  }
}

extension VenueAlarms {
  /// Files a position anew, at what it holds and owes now.
  package mutating func file(
    _ id: PositionID, _ position: Position, in pool: LendingPool, _ ledger: Ledger
  ) {
    guard let pair = pair(of: position) else { return fileAmongSeveral(id) }
    let (collateral, reserve) = (pool.collateral[position.collateral[0]], pool.reserves[position.debts[0]])
    let scaled = -ledger.balance(of: position.account, in: reserve.debtAsset)
    let held = ledger.balance(of: position.account, in: collateral.asset)
    // What is owed is rounded up, so it may be one unit more than scaled · index: count one more.
    let level =
      (Double(scaled.units) + 1) / ledger[reserve.asset].unitsPerToken
      / (Double(held.units) / ledger[collateral.asset].unitsPerToken * collateral.threshold)
    pairs[pair].file(id, level: level)
  }

  package mutating func withdraw(_ id: PositionID, _ position: Position) {
    if let pair = pair(of: position) {
      pairs[pair].withdraw(id)
    } else if id.position < isFiled.count, isFiled[id] != nil {
      isFiled[id] = false
    }
  }

  /// Takes out whoever may be below the threshold at published prices, in ascending order.
  package mutating func ring(in pool: LendingPool, published: PriceBoard) -> [PositionID] {
    var ringing: [PositionID] = []
    for (collateral, terms) in pool.collateral.enumerated() {
      for (debt, reserve) in pool.reserves.enumerated() {
        // pᶜ / (pᵈ · index): see `AlarmIndex`.
        let coordinate =
          published[terms.asset]
          / (published[reserve.asset] * (Double(reserve.index.value) / Double(DebtIndex.one)))
        ringing += pairs[collateral * reserveCount + debt].ring(at: coordinate)
      }
    }
    for id in several where isFiled[id] == true {
      isFiled[id] = false
      ringing.append(id)
    }
    ringing.sort()
    return ringing
  }

  /// The index of a position that has one collateral and one debt, and never has others.
  private func pair(of position: Position) -> Int? {
    guard position.collateral.count == 1, position.debts.count == 1 else { return nil }
    return position.collateral[0] * reserveCount + position.debts[0]
  }

  private mutating func fileAmongSeveral(_ id: PositionID) {
    while isFiled.count <= id.position { isFiled.append(nil) }
    if isFiled[id] == nil { several.append(id) }
    isFiled[id] = true
  }
}
