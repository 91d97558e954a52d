import Ledger

/// Each loan is matched when it is opened with the lenders whose money it is, and they alone bear its loss:
/// no mutualization, the control. Who takes the place of a lender that has left is drawn by the loan.
package struct Isolated: LossLayer {
  package static let declaration = LayerDeclaration(
    name: "isolated",
    summary: "the lenders matched with the loan bear it alone",
    bearers: ["matchedLenders"],
    means: [.matched],
    needs: [.borrowers])

  package init(settings: LayerSettings) {}

  package func absorb(_ loss: Loss, from bearers: BearerPool) throws(AbsorptionError) -> Absorption {
    try take(min(loss.amount, bearers.matched), of: loss, from: bearers)
  }
}
