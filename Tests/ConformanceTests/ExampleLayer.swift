import Economy
import Kernel
import Ledger

/// Every supplier's claim falls in the same ratio, but by no more than a share of it for one loss: what is
/// beyond that is the next layer's.
struct CappedHaircut: LossLayer {
  static let declaration = LayerDeclaration(
    name: "cappedHaircut",
    summary: "every supplier's claim is cut in the same ratio, up to a share of it",
    bearers: ["suppliers"],
    means: [.claims],
    parameters: [
      .init("most", .ratio, isRequired: true, "the share of its claim that a supplier can lose to one loss")
    ])

  private let most: Double

  init(settings: LayerSettings) { most = settings.ratio("most") ?? 1 }

  func absorb(_ loss: Loss, from bearers: BearerPool) throws(AbsorptionError) -> Absorption {
    // Rounded down: nobody loses more than the share. A ratio of an amount is never too large to be one.
    let capacity = (try? portion(most, of: bearers.claims, .down)) ?? .zero
    return try take(min(loss.amount, capacity), of: loss, from: bearers)
  }
}
