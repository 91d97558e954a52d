import Ledger

/// The venue's own reserves, the interest that it has kept, pay before anybody else. After Compound's
/// reserves and the offset of Aave's treasury.
package struct ReserveLayer: LossLayer {
  package static let declaration = LayerDeclaration(
    name: "reserve",
    summary: "the interest that the venue has kept pays",
    bearers: ["protocol"],
    means: [.reserves],
    needs: [.keptInterest])

  package init(settings: LayerSettings) {}

  package func absorb(_ loss: Loss, from bearers: BearerPool) throws(AbsorptionError) -> Absorption {
    try take(min(loss.amount, bearers.reserves), of: loss, from: bearers)
  }
}
