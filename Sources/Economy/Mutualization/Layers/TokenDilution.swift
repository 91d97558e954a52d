import Kernel
import Ledger

/// Governance tokens are minted for the deficit: sold into their market lot by lot, or auctioned for a fixed
/// bid and a falling lot. The token's price falls for everyone who holds it. After Maker's flop auctions.
package struct TokenDilution: LossLayer {
  package static let declaration = LayerDeclaration(
    name: "tokenDilution",
    summary: "tokens are minted and sold for the loss",
    bearers: ["tokenHolders"],
    means: [.nothing],
    parameters: [
      .init("mints", .tokens, isRequired: true, "the token, and the most of it that may ever be minted"),
      .init(
        "sale", .word(["market", "auction"]), isRequired: false,
        "`market`: lots into its pool, or outside; `auction`: to whoever takes the fewest; unsaid, `market`"),
      .init("lasts", .duration, isRequired: false, "how long an auction is open; unsaid, 6h"),
      .init(
        "pad", .ratio, isRequired: false, "how much more is offered when nobody has bid; unsaid, 50 %"),
      .init("attempts", .count, isRequired: false, "how many auctions there are at most; unsaid, 4"),
    ] + Settlement.Lots.parameters)

  package let mints: (asset: AssetID, most: Amount)?
  private let settlement: Settlement

  package init(settings: LayerSettings) {
    let (token, most) = settings.tokens("mints")
    mints = (token, most)
    if settings.word("sale") == "auction" {
      settlement = .mintAuction(
        Settlement.MintAuction(
          lasts: settings.duration("lasts") ?? .hours(6), pad: settings.ratio("pad") ?? 0.5,
          attempts: settings.count("attempts") ?? 4))
    } else {
      settlement = .mint(Settlement.Lots(settings))
    }
  }

  package func absorb(_ loss: Loss, from bearers: BearerPool) throws(AbsorptionError) -> Absorption {
    try take(
      .zero, promising: min(loss.amount, bearers.mintable), keptBy: settlement, of: loss, from: bearers)
  }
}
