import Kernel
import Ledger

/// How far a layer is called at all, whatever it holds. Nil: as far as it goes.
package struct LayerLimits: Hashable, Sendable {
  /// The most over a whole run.
  package var cap: LayerValue.Holding?
  /// The most of any loss, as a share of it.
  package var capShare: Double?
  /// The most for one loss.
  package var perEvent: LayerValue.Holding?
  /// The most in any day of the run, counted from its start.
  package var perDay: LayerValue.Holding?

  package init() {}

  package var areNone: Bool { self == LayerLimits() }
}

/// What a layer has been called for so far, in base units of an asset, where it has limits.
package struct LayerUse: Hashable, Sendable {
  package var inAll = Amount.zero
  package var today = Amount.zero
  package var day: Int64 = 0
  /// By number of the loss.
  package var byLoss: [Int32: Amount] = [:]

  package init() {}
}

/// What a layer has seized of its stake pool on the last day on which it seized anything, where a day has a
/// limit.
package struct SlashUse: Hashable, Sendable {
  package var day: Int64?
  /// The stake when the day's first seizure began.
  package var found = Amount.zero
  /// Less what went back on the same day.
  package var seized = Amount.zero

  package init() {}
}

/// A venue's layers in the order in which they are asked. `unresolved` always stands last, said or not.
///
/// A layer may appear more than once (a fund, then claims, then another fund); each has its own account.
package struct Waterfall: Sendable {
  package struct Step: Sendable {
    package let layer: any LossLayer
    package let catalogIndex: Int
    /// The layer's own account, where it holds capital.
    package let account: AccountID
    package let limits: LayerLimits
    /// By lent asset of the venue.
    package var use: [LayerUse]
    /// Of the token that the layer mints.
    package var minted = Amount.zero
    package var slashed = SlashUse()
    /// Where the layer's fund is rebalanced: each asset's share of what it was worth at the start.
    package var mix: [Double] = []

    package init(
      layer: any LossLayer, catalogIndex: Int, account: AccountID, limits: LayerLimits = LayerLimits(),
      lent: Int = 1
    ) {
      self.layer = layer
      self.catalogIndex = catalogIndex
      self.account = account
      self.limits = limits
      use = Array(repeating: LayerUse(), count: lent)
    }
  }

  package var steps: [Step]

  package init(steps: [Step]) {
    precondition(steps.last?.layer is Unresolved, "what no layer takes has to stand somewhere")
    self.steps = steps
  }
}
