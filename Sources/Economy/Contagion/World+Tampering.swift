import Ledger

/// Changes behind the engine's back, so that tests can prove that the auditor notices. No run calls them;
/// a venue's own integers are tampered with through `venues`.
extension World {
  package mutating func tamper(with account: AccountID, in asset: AssetID, by units: Int64) {
    ledger.tamper(with: account, in: asset, by: units)
  }

  /// Moves the reference price to the next number above.
  package mutating func tamperWithReference(of asset: AssetID) { reference[asset] = reference[asset].nextUp }

  /// Moves the published price to the next number above.
  package mutating func tamperWithPublished(_ asset: AssetID) { published[asset] = published[asset].nextUp }
}
