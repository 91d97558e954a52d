import Ledger

/// Every supplier's claim falls in the same ratio: the venue's total falls once, each holder's share of it
/// stays. After Morpho Blue, Euler v2 and Fraxlend.
package struct ProRata: LossLayer {
  package static let declaration = LayerDeclaration(
    name: "proRata",
    summary: "every supplier's claim is cut in the same ratio",
    bearers: ["suppliers"],
    means: [.claims])

  package init(settings: LayerSettings) {}

  package func absorb(_ loss: Loss, from bearers: BearerPool) throws(AbsorptionError) -> Absorption {
    try take(min(loss.amount, bearers.claims), of: loss, from: bearers)
  }
}
