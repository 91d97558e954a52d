import Economy
import Kernel
import Ledger

/// Stakers pay for a loss, but no loss takes more than a share of the stake that it finds: at once where they
/// have staked the lost asset, else by promising what the sale of as much of it will bring.
struct PartialSlash: LossLayer {
  static let declaration = LayerDeclaration(
    name: "partialSlash",
    summary: "stakers are slashed for each loss, up to a share of their stake",
    bearers: ["stakers"],
    means: [.stake],
    parameters: [
      .init("stake", .stakePool, isRequired: true, "the stake pool that is slashed"),
      .init("most", .ratio, isRequired: true, "the share of the stake that one loss can take"),
    ] + Settlement.Lots.parameters)

  let stakePool: VenueID?
  private let most: Double
  private let lots: Settlement.Lots

  init(settings: LayerSettings) {
    stakePool = settings.venue("stake")
    most = settings.ratio("most") ?? 1
    lots = Settlement.Lots(settings)
  }

  func absorb(_ loss: Loss, from bearers: BearerPool) throws(AbsorptionError) -> Absorption {
    let taken = min(loss.amount, share(of: bearers.stake))
    let promised = min(loss.amount - taken, share(of: bearers.saleableStake))
    return try take(
      taken, promising: promised, keptBy: .seizure(fee: 0, lots), of: loss, from: bearers)
  }

  private func share(of stake: Amount) -> Amount { (try? portion(most, of: stake, .down)) ?? .zero }
}
