import Kernel
import Ledger

/// How a promise is kept, over time and by whom.
package enum Settlement: Hashable, Sendable {
  /// All that the layer's own account holds besides the lost asset is sold in lots until the promise is kept.
  case sale(Lots)
  /// As much of the stake that the layer calls as is worth the promise and a fee on top is seized at once,
  /// and sold in lots; what is not needed goes back.
  case seizure(fee: Double, Lots)

  /// Tokens are minted and sold in lots, as few as will do.
  case mint(Lots)
  /// Tokens are minted for whoever pays what is outstanding for the fewest of them. Where nobody bids, more
  /// are offered the next time.
  case mintAuction(MintAuction)
  /// What the layer's account holds goes to whoever repays the most of the debt for it, or, where it is worth
  /// more than the debt with an incentive, takes the least of it for all of the debt.
  case fundAuction(incentive: Double, after: SimDuration)
  /// A share of the interest that the venue keeps pays, until some time has passed.
  case revenue(share: Double, lasts: SimDuration?)

  package struct MintAuction: Hashable, Sendable {
    /// Between an offer and its end.
    package let lasts: SimDuration
    /// By how much more is offered when nobody has bid.
    package let pad: Double
    package let attempts: Int

    package init(lasts: SimDuration, pad: Double, attempts: Int) {
      self.lasts = lasts
      self.pad = pad
      self.attempts = attempts
    }
  }

  /// Sales of equal promise, one after another.
  package struct Lots: Hashable, Sendable {
    package let count: Int
    package let every: SimDuration

    package init(count: Int, every: SimDuration) {
      self.count = count
      self.every = every
    }

    /// What a layer's `lots` and `every` say.
    package init(_ settings: LayerSettings) {
      self.init(count: settings.count("lots") ?? 1, every: settings.duration("every") ?? .zero)
    }

    package static let parameters: [LayerDeclaration.Parameter] = [
      .init(
        "lots", .count, isRequired: false, "in how many lots what has to be sold is sold; unsaid, in one"),
      .init("every", .duration, isRequired: false, "the time between two lots; unsaid, none"),
    ]
  }
}
