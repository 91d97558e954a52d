import Ledger

// What promises are worth that are still open when a run ends.

extension World {
  /// What a promise may be short of, as a share of it, for rounding.
  private static let promiseTolerance = 1e-6

  /// While a promise is open it stands for as much of a venue's assets. A venue is insolvent at the end if
  /// what its layers still owe it they could not pay now, at reference prices: revenue that has yet to be
  /// earned is nothing now. Promises on one account are served in the order in which they were made.
  mutating func findEmptyPromises() {
    var spent: [AccountID: Double] = [:]
    for promise in promises where !promise.outstanding.isZero {
      let (venue, step) = (promise.loss.venue, waterfalls[promise.loss.venue].steps[promise.step])
      let lost = venues[venue].reserves[promise.loss.reserve].asset
      let owed = reference.value(of: promise.outstanding, in: lost)
      let free = max(0, means(of: promise, step, lost) - spent[step.account, default: 0])
      spent[step.account, default: 0] += min(free, owed)
      // A unit is lost in weighing what is owed in another asset.
      let unit = reference.value(of: Amount(units: 1), in: lost)
      if free + unit < owed * (1 - World.promiseTolerance) {
        measures.observeInsolvency(of: venue, at: horizon)
      }
    }
  }

  /// In dollars, what a promise can be paid out of.
  private func means(of promise: Promise, _ step: Waterfall.Step, _ lost: AssetID) -> Double {
    switch promise.settlement {
    case .revenue: return 0
    case .mint, .mintAuction:
      guard let mints = step.layer.mints else { return 0 }
      return reference.value(of: worth(of: mints.most - step.minted, mints.asset, in: lost), in: lost)
    case .sale, .seizure, .fundAuction:
      // What is sold for the asset that was lost is another one; only an auction pays out of that, too.
      let paysInKind = if case .fundAuction = promise.settlement { true } else { false }
      return ledger.assetsTouched(by: step.account).reduce(0) { sum, asset in
        guard asset != lost || paysInKind else { return sum }
        let held = ledger.balance(of: step.account, in: asset)
        return sum + reference.value(of: asset == lost ? held : worth(of: held, asset, in: lost), in: lost)
      }
    }
  }
}
