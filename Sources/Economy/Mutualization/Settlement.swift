import Kernel
import Ledger

/// How a promise is kept, over time and by whom.
package enum Settlement: Hashable, Sendable {
  /// All that the layer's own account holds besides the lost asset is sold in lots until the promise is kept.
  case sale(Lots)
  /// So much of the stake that the layer calls is seized at once, and sold in lots; what is not needed goes
  /// back.
  case seizure(portion: Double, fee: Double, Lots)

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
