import Ledger

/// A fund pays up to its balance, and up to `capPerEvent` for one loss.
/// After Hyperliquid's, BitMEX's and dYdX's insurance funds.
package struct InsuranceFund: LossLayer {
  package static let declaration = LayerDeclaration(
    name: "insuranceFund",
    summary: "a fund pays up to its balance",
    bearer: "insuranceFund",
    means: .capital,
    parameters: [
      .init("balance", .amount, isRequired: true, "what the fund holds when the run begins"),
      .init(
        "capPerEvent", .amount, isRequired: false,
        "the most that it pays for one loss; without it, all that it has"),
    ])

  package let endowment: Amount
  private let capPerEvent: Amount?

  package init(settings: LayerSettings) {
    endowment = settings.required("balance")
    capPerEvent = settings["capPerEvent"]
  }

  package func absorb(_ loss: Loss, from bearers: BearerPool) throws(AbsorptionError) -> Absorption {
    let taken = min(loss.amount, min(bearers.capital, capPerEvent ?? bearers.capital))
    return try Absorption(of: loss.amount, taken: taken, by: .capital, from: bearers)
  }
}
