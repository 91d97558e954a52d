import Kernel

/// When a venue admits that a debt is lost. Apart from who then pays: that is the waterfall's business.
package enum Recognition: Hashable, Sendable {
  /// When liquidation has seized the last collateral, what is still owed is a loss.
  case onExhaustion
  /// As soon as the published prices say that collateral does not cover a debt, and to the extent that it
  /// does not: a provision, trued up with every publication until the account is closed. What turns out not
  /// to be lost goes back to those who paid for it, the last first.
  case onUndercollateralization
  /// So long after the last collateral has been seized, what is then owed.
  case afterDelay(SimDuration)
  /// It stays in the books as a loan that nobody will ever repay.
  case never
}
