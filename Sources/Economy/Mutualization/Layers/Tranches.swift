import Ledger

/// The junior tranche loses to its last unit before the senior one, the venue's suppliers, loses anything;
/// within each all lose in the same ratio. After Tinlake, Goldfinch and Maple.
package struct Tranches: LossLayer {
  package static let declaration = LayerDeclaration(
    name: "tranches",
    summary: "the junior tranche loses all before the senior one loses anything",
    bearers: ["juniors", "suppliers"],
    means: [.stake, .claims],
    parameters: [
      .init("junior", .stakePool, isRequired: true, "the stake pool, of the lent asset, that is junior")
    ],
    needs: [.stakeInLentAsset])

  package let stakePool: VenueID?

  package init(settings: LayerSettings) { stakePool = settings.venue("junior") }

  package func absorb(_ loss: Loss, from bearers: BearerPool) throws(AbsorptionError) -> Absorption {
    let junior = min(loss.amount, bearers.stake)
    return try take(junior + min(loss.amount - junior, bearers.claims), of: loss, from: bearers)
  }
}
