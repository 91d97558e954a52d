import Kernel
import Ledger

/// A share of what the venue will earn pays the deficit down. Until then claims are under-backed, and who
/// leaves first gets all.
package struct RevenueCapture: LossLayer {
  package static let declaration = LayerDeclaration(
    name: "revenueCapture",
    summary: "a share of the interest that the venue will keep pays the loss down",
    bearers: ["protocol"],
    means: [.nothing],
    parameters: [
      .init("share", .ratio, isRequired: true, "the share of the interest that the venue keeps"),
      .init(
        "lasts", .duration, isRequired: false,
        "after how long what is still missing falls on; unsaid, never"),
    ],
    needs: [.keptInterest])

  private let settlement: Settlement

  package init(settings: LayerSettings) {
    settlement = .revenue(share: settings.ratio("share") ?? 0, lasts: settings.duration("lasts"))
  }

  package func absorb(_ loss: Loss, from bearers: BearerPool) throws(AbsorptionError) -> Absorption {
    try take(.zero, promising: loss.amount, keptBy: settlement, of: loss, from: bearers)
  }
}
