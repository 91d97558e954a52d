import Ledger

/// A loss on its way down a waterfall: which one, in which asset, and how much is still to be borne.
package struct Loss: Sendable {
  package let number: Int
  package let asset: AssetID
  package let amount: Amount

  package init(number: Int, asset: AssetID, amount: Amount) {
    self.number = number
    self.asset = asset
    self.amount = amount
  }
}

/// What a layer can see of those who might bear a loss, in base units of the lost asset. A picture, not a
/// handle: a layer proposes, the engine posts.
package struct BearerPool: Sendable {
  /// The balance of the layer's own account: a fund, a stake.
  package let capital: Amount
  /// What all lenders' claims on the venue are worth on its books.
  package let claims: Amount

  package init(capital: Amount, claims: Amount) {
    self.capital = capital
    self.claims = claims
  }
}

/// What a layer proposes for a loss: who takes how much now, what is promised, what is left for the next
/// layer.
///
/// Invariant, enforced when one is made: `taken + promised + left == loss`, each at least zero, and no bearer
/// pays more than it has.
package struct Absorption: Hashable, Sendable {
  /// How what is taken reaches the venue.
  package enum Means: Hashable, Sendable {
    /// The layer's own account pays cash to the venue.
    case capital
    /// Every lender's claim falls in the same ratio.
    case claims
    /// Nobody pays.
    case nothing
  }

  package let taken: Amount
  package let promised: Amount
  package let left: Amount
  package let means: Means

  package init(
    of loss: Amount, taken: Amount, promised: Amount = .zero, by means: Means, from bearers: BearerPool
  ) throws(AbsorptionError) {
    guard taken.units >= 0, promised.units >= 0 else { throw .negative }
    guard taken <= loss, promised <= loss - taken else { throw .moreThanTheLoss }
    let held: Amount
    switch means {
    case .capital: held = bearers.capital
    case .claims: held = bearers.claims
    case .nothing: held = .zero
    }
    guard taken <= held else { throw .moreThanTheyHold }
    self.taken = taken
    self.promised = promised
    self.left = loss - taken - promised
    self.means = means
  }
}

/// A proposal that no law allows: a bug of the layer, reported with the run that met it.
package enum AbsorptionError: Error, Hashable, Sendable {
  case negative
  case moreThanTheLoss
  case moreThanTheyHold
}

/// One rule of who bears a loss. A layer is a file in `Layers/` and a line in `LayerCatalog`.
///
///     struct ProRata: LossLayer {
///       static let declaration = LayerDeclaration(name: "proRata", …)
///       init(settings: LayerSettings) {}
///       func absorb(_ loss: Loss, from bearers: BearerPool) throws(AbsorptionError) -> Absorption {
///         let taken = min(loss.amount, bearers.claims)
///         return try Absorption(of: loss.amount, taken: taken, by: .claims, from: bearers)
///       }
///     }
///
/// Laws, run over the whole catalog by the conformance tests: same input, same output; zero loss takes
/// nothing; a layer takes min(loss, capacity); nobody pays more than they hold; settings survive a round
/// trip.
package protocol LossLayer: Sendable {
  static var declaration: LayerDeclaration { get }

  init(settings: LayerSettings)

  /// What the world gives the layer's own account when a run begins; zero for a layer without one.
  var endowment: Amount { get }

  func absorb(_ loss: Loss, from bearers: BearerPool) throws(AbsorptionError) -> Absorption
}

extension LossLayer {
  package var endowment: Amount { .zero }
}
