import Ledger

/// Suppliers lose what their claims have grown by, in the same ratio, and never what they put in. The first
/// half of "interest or principal owed to lenders"; after Exactly.
package struct AccruedInterest: LossLayer {
  package static let declaration = LayerDeclaration(
    name: "accruedInterest",
    summary: "every supplier's interest is cut in the same ratio, never what was put in",
    bearers: ["suppliers"],
    means: [.interest])

  package init(settings: LayerSettings) {}

  package func absorb(_ loss: Loss, from bearers: BearerPool) throws(AbsorptionError) -> Absorption {
    try take(min(loss.amount, bearers.interest), of: loss, from: bearers)
  }
}
