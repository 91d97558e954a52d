import Kernel
import Ledger

// Each holder's part of each loss, for those who want to know.

extension World {
  /// Remembers what the holders of claims have lost when these fell, or got back: by difference of values
  /// rounded down, and what that leaves between them.
  mutating func rememberHolders(
    of lent: Reserve, before: Claims, after: Claims, _ loss: FallingLoss, step: Int
  ) throws(RunFailure.Reason) {
    guard keepsHolderLosses, before.totalAssets != after.totalAssets else { return }
    var rest = before.totalAssets - after.totalAssets
    for account in ledger.accountIDs where account != lent.account {
      let held = ledger.balance(of: account, in: lent.shareAsset)
      guard !held.isZero else { continue }
      let lost = try calculating { () throws(ArithmeticRefusal) in
        try before.value(of: held) - after.value(of: held)
      }
      rest -= lost
      remember(lost, by: account, lent.asset, loss, step: step)
    }
    remember(rest, by: nil, lent.asset, loss, step: step)
    holderLosses.settle(loss: loss.number, step: Int32(step), asset: lent.asset)
  }

  mutating func remember(
    _ amount: Amount, by holder: AccountID?, _ asset: AssetID, _ loss: FallingLoss, step: Int
  ) {
    guard keepsHolderLosses, !amount.isZero else { return }
    holderLosses.add(
      HolderLoss(loss: loss.number, step: Int32(step), holder: holder, asset: asset, amount: amount))
  }
}
