import Kernel

/// Looks after what a vault holds, for its depositors: a lender that watches the venues below, and takes the
/// vault's claim out of one before a loss is there. What it takes out stays idle, unless it goes back.
///
/// It saves its own depositors from a loss that it does not make smaller: others at that venue bear what they
/// would have borne.
package struct Curator: Hashable, Sendable {
  /// It looks once in every such interval, at a moment of it that is drawn.
  package let every: SimDuration
  /// The expected loss of a holding, as a share of it, above which it takes out what it can.
  package let leavesAt: Double
  /// The expected loss below which it puts back what a holding is short of; nil: it never does.
  package let returns: Double?

  package init(every: SimDuration, leavesAt: Double, returns: Double? = nil) {
    self.every = every
    self.leavesAt = leavesAt
    self.returns = returns
  }

  /// Whether it takes the vault's claim out of a venue whose lenders expect such a loss.
  package func wantsOut(expecting loss: Double) -> Bool { loss > leavesAt }

  package func goesBack(expecting loss: Double) -> Bool { returns.map { loss < $0 } ?? false }
}
