import Kernel
import Ledger

/// The best bidder repays a share of the bad debt for all of a fund, or all of it for a share of the fund
/// where that is large enough. After Venus.
package struct DebtAuction: LossLayer {
  package static let declaration = LayerDeclaration(
    name: "debtAuction",
    summary: "the best bidder repays bad debt for a risk fund",
    bearers: ["riskFund"],
    means: [.nothing],
    parameters: [
      .init(
        "balance", .holdings, isRequired: false,
        "what the risk fund holds when the run begins, if it is this layer's own"),
      .init("fund", .fund, isRequired: false, "one of `funds`, which others may call, too"),
      .init("incentive", .ratio, isRequired: false, "what the first bid leaves to the bidder; unsaid, 10 %"),
      .init("lasts", .duration, isRequired: false, "how long the auction is open; unsaid, 1h"),
    ])

  package let endowment: [LayerValue.Holding]
  package let fund: FundID?
  private let settlement: Settlement

  package init(settings: LayerSettings) {
    endowment = settings.holdings("balance")
    fund = settings.fund("fund")
    settlement = .fundAuction(
      incentive: settings.ratio("incentive") ?? 0.1, after: settings.duration("lasts") ?? .hours(1))
  }

  package func absorb(_ loss: Loss, from bearers: BearerPool) throws(AbsorptionError) -> Absorption {
    let worth = bearers.capital + min(bearers.saleable, Amount(units: .max) - bearers.capital)
    return try take(.zero, promising: min(loss.amount, worth), keptBy: settlement, of: loss, from: bearers)
  }
}
