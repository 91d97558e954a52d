import Ledger

/// A fund pays up to its balance: at once what it holds of the lost asset, and the rest by selling what else
/// it holds, whose price may have fallen with the collateral. After Hyperliquid's, BitMEX's and dYdX's
/// insurance funds.
package struct InsuranceFund: LossLayer {
  package static let declaration = LayerDeclaration(
    name: "insuranceFund",
    summary: "a fund pays up to its balance",
    bearers: ["insuranceFund"],
    means: [.capital],
    parameters: [
      .init(
        "balance", .holdings, isRequired: false,
        "what the fund holds when the run begins, if it is this layer's own"),
      .init("fund", .fund, isRequired: false, "one of `funds`, which others may call, too"),
    ] + Settlement.Lots.parameters)

  package let endowment: [LayerValue.Holding]
  package let fund: FundID?
  private let lots: Settlement.Lots

  package init(settings: LayerSettings) {
    endowment = settings.holdings("balance")
    fund = settings.fund("fund")
    lots = Settlement.Lots(settings)
  }

  package func absorb(_ loss: Loss, from bearers: BearerPool) throws(AbsorptionError) -> Absorption {
    let taken = min(loss.amount, bearers.capital)
    let promised = min(loss.amount - taken, bearers.saleable)
    return try take(taken, promising: promised, keptBy: .sale(lots), of: loss, from: bearers)
  }
}
