import Ledger

/// Nothing is written down and nobody pays: the deficit stands, and who leaves late finds no cash.
/// After Compound v2. The last layer of every waterfall.
package struct Unresolved: LossLayer {
  package static let declaration = LayerDeclaration(
    name: "unresolved",
    summary: "nobody pays; the deficit stands",
    bearers: ["nobody"],
    means: [.nothing])

  package init(settings: LayerSettings) {}

  package func absorb(_ loss: Loss, from bearers: BearerPool) throws(AbsorptionError) -> Absorption {
    try take(.zero, of: loss, from: bearers)
  }
}
