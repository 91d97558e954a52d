import Ledger

/// A pool that several venues stand behind pays for each of them; when it is empty its other members are
/// called, and what one pays falls on its own next layers. The venues' fates are tied on purpose. After the
/// mutual clubs of shipowners, and their supplementary calls.
package struct MutualPool: LossLayer {
  package static let declaration = LayerDeclaration(
    name: "mutualPool",
    summary: "a pool shared by several venues pays, then its other members are called",
    bearers: ["underwriters", "members"],
    means: [.stake, .calls],
    parameters: [
      .init(
        "pool", .stakePool, isRequired: true,
        "the stake pool, of the lent asset; every venue with this layer and this pool is a member"),
      .init(
        "calls", .ratio, isRequired: false,
        "the share of its claims that a member can be called for, for one loss of another; unsaid, nothing"),
      .init(
        "premium", .ratio, isRequired: false,
        "the share of the interest that the venue keeps which goes to the pool; unsaid, nothing"),
    ],
    needs: [.stakeInLentAsset, .borrowers])

  package let stakePool: VenueID?
  package let calls: Double
  package let premium: Double

  package init(settings: LayerSettings) {
    stakePool = settings.venue("pool")
    calls = settings.ratio("calls") ?? 0
    premium = settings.ratio("premium") ?? 0
  }

  package func absorb(_ loss: Loss, from bearers: BearerPool) throws(AbsorptionError) -> Absorption {
    let pool = min(loss.amount, bearers.stake)
    return try take(pool + min(loss.amount - pool, bearers.callable), of: loss, from: bearers)
  }
}
