import Ledger

/// Stakers are slashed, in a day up to a share of their stake. Stake in the lost asset pays at once; any
/// other is seized and sold into its market, lot by lot. After Aave's Safety Module and Umbrella.
package struct StakedBackstop: LossLayer {
  package static let declaration = LayerDeclaration(
    name: "stakedBackstop",
    summary: "stakers are slashed, and what is seized is sold",
    bearers: ["stakers"],
    means: [.stake],
    parameters: [
      .init("stake", .stakePool, isRequired: true, "the stake pool that is slashed"),
      .init(
        "maxSlash", .ratio, isRequired: false,
        "the most of the stake that may be seized in a day, as a share of what its first seizure found; "
          + "unsaid, all"
      ),
      .init(
        "fee", .ratio, isRequired: false,
        "what is seized beyond the loss, as a share of it, in case the sale brings less; unsaid, nothing"),
    ] + Settlement.Lots.parameters)

  package let stakePool: VenueID?
  package let maxSlash: Double
  private let fee: Double
  private let lots: Settlement.Lots

  package init(settings: LayerSettings) {
    stakePool = settings.venue("stake")
    maxSlash = settings.ratio("maxSlash") ?? 1
    fee = settings.ratio("fee") ?? 0
    lots = Settlement.Lots(settings)
  }

  package func absorb(_ loss: Loss, from bearers: BearerPool) throws(AbsorptionError) -> Absorption {
    let taken = min(loss.amount, bearers.stake)
    let promised = min(loss.amount - taken, bearers.saleableStake)
    return try take(
      taken, promising: promised, keptBy: .seizure(fee: fee, lots), of: loss, from: bearers)
  }
}
