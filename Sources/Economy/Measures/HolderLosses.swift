import Ledger

/// Each holder's part of each loss, one sum for each loss, layer, holder and asset: what a holder has borne
/// and got back again is no row.
///
///     var losses = HolderLosses()
///     losses.add(HolderLoss(loss: 1, step: 0, holder: ann, asset: usdc, amount: Amount(units: 40)))
///     losses.add(HolderLoss(loss: 1, step: 0, holder: ann, asset: usdc, amount: Amount(units: -40)))
///     losses.isEmpty   // true
///
/// A loss that has been given back whole leaves nothing: where rounding has cost a holder a unit each time,
/// those units go to the row without a holder. So memory is bounded by holders times losses that stand,
/// however often a provision goes up and down.
///
/// Invariant: for each loss, layer and asset the amounts add up to the sum of all that was ever added.
package struct HolderLosses: Sendable {
  private struct Key: Hashable {
    let loss, step: Int32
    let asset: AssetID
  }

  private struct Row {
    /// Last of all the one that is nobody's.
    let holder: AccountID?
    var amount: Amount
    /// How often it has been added to: each time rounding may have cost it a unit.
    var changes: Int32

    func isBefore(_ holder: AccountID?) -> Bool {
      guard let own = self.holder else { return false }
      return holder.map { own < $0 } ?? true
    }
  }

  private struct Group {
    let key: Key
    /// In the order of accounts; none of them is of nothing.
    var rows: [Row] = []
    var sum = Amount.zero
  }

  /// In the order in which they were first borne.
  private var groups: [Group] = []
  private var places: [Key: Int] = [:]

  package init() {}

  package var isEmpty: Bool { groups.allSatisfy(\.rows.isEmpty) }

  package var count: Int { groups.reduce(0) { $0 + $1.rows.count } }

  /// In the order of losses as they were borne, then of accounts.
  package var all: some Sequence<HolderLoss> {
    groups.lazy.flatMap { group in
      group.rows.lazy.map { row in
        HolderLoss(
          loss: group.key.loss, step: group.key.step, holder: row.holder, asset: group.key.asset,
          amount: row.amount)
      }
    }
  }

  package mutating func add(_ part: HolderLoss) {
    guard !part.amount.isZero else { return }
    let key = Key(loss: part.loss, step: part.step, asset: part.asset)
    let place = places[key] ?? groups.count
    if place == groups.count {
      groups.append(Group(key: key))
      places[key] = place
    }
    groups[place].sum += part.amount
    add(part.amount, to: part.holder, in: place)
  }

  /// What belongs together has been added. Of what has been given back whole only rounding is left.
  package mutating func settle(loss: Int32, step: Int32, asset: AssetID) {
    guard let place = places[Key(loss: loss, step: step, asset: asset)], groups[place].sum.isZero else {
      return
    }
    var rounding = Amount.zero
    groups[place].rows.removeAll { row in
      guard row.holder != nil, row.amount.units.magnitude <= row.changes else { return false }
      rounding += row.amount
      return true
    }
    add(rounding, to: nil, in: place)
    giveBackRoom(of: place)
  }

  /// A loss that has been given back whole keeps no memory but its number.
  private mutating func giveBackRoom(of place: Int) {
    if groups[place].rows.isEmpty { groups[place].rows = [] }
  }

  private mutating func add(_ amount: Amount, to holder: AccountID?, in place: Int) {
    guard !amount.isZero else { return }
    var (low, high) = (0, groups[place].rows.count)
    while low < high {
      let middle = (low + high) / 2
      if groups[place].rows[middle].isBefore(holder) { low = middle + 1 } else { high = middle }
    }
    guard low < groups[place].rows.count, groups[place].rows[low].holder == holder else {
      return groups[place].rows.insert(Row(holder: holder, amount: amount, changes: 1), at: low)
    }
    groups[place].rows[low].amount += amount
    groups[place].rows[low].changes += 1
    if groups[place].rows[low].amount.isZero {
      groups[place].rows.remove(at: low)
      giveBackRoom(of: place)
    }
  }
}
