import Kernel
import Ledger

/// Holds a protocol's token, and sells all of it once it expects the protocol to mint more than it bears.
package struct TokenHolder: Sendable {
  package let account: AccountID
  package let key: EntityKey
  package let token: AssetID
  /// What it sells for.
  package let currency: AssetID
  package let watch: Watch
  /// Its own draw: the share of the token's worth that it lets others mint.
  package let sellAt: Double

  package init(
    account: AccountID, key: EntityKey, token: AssetID, currency: AssetID, watch: Watch, sellAt: Double
  ) {
    self.account = account
    self.key = key
    self.token = token
    self.currency = currency
    self.watch = watch
    self.sellAt = sellAt
  }
}
