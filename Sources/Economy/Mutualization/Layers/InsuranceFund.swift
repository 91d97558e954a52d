import Kernel
import Ledger

/// A fund pays up to its balance: at once what it holds of the lost asset, and the rest by selling what else
/// it holds, whose price may have fallen with the collateral. It may be refilled out of revenue, and brought
/// back to its mix, which buys what has fallen. After Hyperliquid's, BitMEX's and dYdX's insurance funds.
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
      .init(
        "refill", .ratio, isRequired: false,
        "the share of the interest that the venue keeps which goes to the fund; unsaid, nothing"),
      .init(
        "rebalance", .interval, isRequired: false,
        "how often it is brought back to the mix of values that it began with; unsaid, never"),
    ] + Settlement.Lots.parameters)

  package let endowment: [LayerValue.Holding]
  package let fund: FundID?
  package let refill: Double
  package let rebalance: SimDuration?
  private let lots: Settlement.Lots

  package init(settings: LayerSettings) {
    endowment = settings.holdings("balance")
    fund = settings.fund("fund")
    refill = settings.ratio("refill") ?? 0
    rebalance = settings.duration("rebalance")
    lots = Settlement.Lots(settings)
  }

  package func absorb(_ loss: Loss, from bearers: BearerPool) throws(AbsorptionError) -> Absorption {
    let taken = min(loss.amount, bearers.capital)
    let promised = min(loss.amount - taken, bearers.saleable)
    return try take(taken, promising: promised, keptBy: .sale(lots), of: loss, from: bearers)
  }
}
