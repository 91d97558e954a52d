/// When a venue admits that a debt is lost. Apart from who then pays: that is the waterfall's business.
package enum Recognition: String, CaseIterable, Sendable {
  /// When liquidation has seized the last collateral, what is still owed is a loss.
  case onExhaustion
}
