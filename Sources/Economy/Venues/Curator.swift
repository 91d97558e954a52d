import Kernel

/// Looks after what a vault holds, for its depositors: a lender that watches the venues below, and takes the
/// vault's claim out of one before a loss is there. What it takes out stays idle.
///
/// It saves its own depositors from a loss that it does not make smaller: others at that venue bear what they
/// would have borne.
package struct Curator: Hashable, Sendable {
  /// It looks once in every such interval, at a moment of it that is drawn.
  package let every: SimDuration
  /// The expected loss of a holding, as a share of it, above which it takes out what it can.
  package let leavesAt: Double

  package init(every: SimDuration, leavesAt: Double) {
    self.every = every
    self.leavesAt = leavesAt
  }

  /// Whether it takes the vault's claim out of a venue whose lenders expect such a loss.
  package func wantsOut(expecting loss: Double) -> Bool { loss > leavesAt }
}
