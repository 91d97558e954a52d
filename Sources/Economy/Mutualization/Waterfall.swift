import Ledger

/// A venue's layers in the order in which they are asked. `unresolved` always stands last, said or not.
///
/// A layer may appear more than once (a fund, then claims, then another fund); each has its own account.
package struct Waterfall: Sendable {
  package struct Step: Sendable {
    package let layer: any LossLayer
    package let catalogIndex: Int
    /// The layer's own account, where it holds capital.
    package let account: AccountID
  }

  package let steps: [Step]

  package init(steps: [Step]) {
    precondition(steps.last?.layer is Unresolved, "what no layer takes has to stand somewhere")
    self.steps = steps
  }
}
