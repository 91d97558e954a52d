import Kernel
import Ledger

/// When a lender looks, and what makes it leave.
package struct Watch: Hashable, Sendable {
  /// It looks once in every such interval, at a moment of it that is drawn.
  package let every: SimDuration
  /// The expected loss, as a share of its claim, above which it leaves; nil: no loss makes it.
  package let runAt: RatioDistribution?
  /// The utilization of the reserve from which on it leaves; nil: none makes it.
  package let leavesAtUtilization: Double?
  /// What it sells for what it has got out; nil: it keeps that.
  package let sellsFor: AssetID?

  package init(
    every: SimDuration, runAt: RatioDistribution?, leavesAtUtilization: Double? = nil,
    sellsFor: AssetID? = nil
  ) {
    self.every = every
    self.sellsFor = sellsFor
    self.runAt = runAt
    self.leavesAtUtilization = leavesAtUtilization
  }
}

/// Puts an asset into a venue and holds its shares; one that watches may leave with all of them.
///
/// It runs on what it expects, not on what has happened to it: the bad debt that anybody can read from the
/// chain, at published prices, as far as no layer stands in front of it, and what already stands as a
/// deficit, over the venue's claims. A staker is a lender to a stake pool, and expects what venues would call
/// it for. Once it wants to leave it tries at every look until it is out.
package struct Lender: Sendable {
  package let account: AccountID
  package let venue: VenueID
  package let reserve: Int
  package let key: EntityKey
  /// Nil for one that never looks.
  package let watch: Watch?
  /// Its own draw from `watch.runAt`; infinite where no loss makes it leave.
  package let runAt: Double
  package var isLeaving = false
  /// When it told a stake pool that it leaves.
  package var askedAt: SimTime?

  package init(
    account: AccountID, venue: VenueID, reserve: Int, key: EntityKey, watch: Watch?, runAt: Double
  ) {
    self.account = account
    self.venue = venue
    self.reserve = reserve
    self.key = key
    self.watch = watch
    self.runAt = runAt
  }

  /// Whether what it sees makes it leave.
  package func wantsOut(expecting loss: Double, utilization: Double) -> Bool {
    if loss > runAt { return true }
    guard let limit = watch?.leavesAtUtilization else { return false }
    return utilization >= limit
  }
}
