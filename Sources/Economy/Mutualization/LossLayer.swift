import Kernel
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
package struct BearerPool: Hashable, Sendable {
  /// The layer's own account, of the lost asset: a fund.
  package var capital = Amount.zero
  /// What all else in that account would bring, at reference prices.
  package var saleable = Amount.zero
  /// What the stake pool that the layer calls holds of the lost asset, as far as a day's limit lets it go.
  package var stake = Amount.zero
  /// What as much of that pool's stake would bring, at reference prices, where it is another asset.
  package var saleableStake = Amount.zero
  /// The interest that the venue has kept.
  package var reserves = Amount.zero
  /// What tokens that the layer may yet mint would bring, at reference prices.
  package var mintable = Amount.zero
  /// What other members of the layer's pool can be called for, in cash.
  package var callable = Amount.zero
  /// What the claims of those matched with the loan are worth, and of those who can take their places.
  package var matched = Amount.zero
  /// What lenders' claims have grown by since they were put in.
  package var interest = Amount.zero
  /// What all lenders' claims on the venue are worth on its books.
  package var claims = Amount.zero

  package init() {}

  /// What can be paid at once by one means.
  package func held(_ means: Absorption.Means) -> Amount {
    switch means {
    case .capital: capital
    case .stake: stake
    case .reserves: reserves
    case .calls: callable
    case .matched: matched
    case .interest: interest
    case .claims: claims
    case .nothing: .zero
    }
  }
}

/// What a layer proposes for a loss: who takes how much now, what is promised, what is left for the next
/// layer.
///
/// Invariant, enforced when one is made: `taken + promised + left == loss`, each at least zero, and no bearer
/// pays more than it has.
package struct Absorption: Hashable, Sendable {
  /// How what is taken reaches the venue.
  package enum Means: CaseIterable, Hashable, Sendable {
    /// The layer's own account pays cash to the venue.
    case capital
    /// A stake pool's claims are cut, and its cash goes to the venue.
    case stake
    /// Other members of a pool pay cash, and are left with a loss of as much.
    case calls
    /// The venue's own reserves fall.
    case reserves
    /// The claims of the lenders matched with the loan fall, and nobody else's.
    case matched
    /// Every lender's claim falls in the same ratio, but not below what was put in.
    case interest
    /// Every lender's claim falls in the same ratio.
    case claims
    /// Nobody pays.
    case nothing
  }

  package let taken: Amount
  package let promised: Amount
  package let left: Amount
  /// How the promise is kept; nil without one.
  package let settlement: Settlement?

  package init(
    of loss: Amount, taken: Amount, promised: Amount = .zero, keptBy settlement: Settlement? = nil,
    by means: [Means], from bearers: BearerPool
  ) throws(AbsorptionError) {
    guard taken.units >= 0, promised.units >= 0 else { throw .negative }
    guard taken <= loss, promised <= loss - taken else { throw .moreThanTheLoss }
    guard Absorption.split(taken, over: means, of: bearers) != nil else { throw .moreThanTheyHold }
    guard promised.isZero || settlement != nil else { throw .promiseWithoutSettlement }
    self.taken = taken
    self.promised = promised
    self.left = loss - taken - promised
    self.settlement = promised.isZero ? nil : settlement
  }

  /// What each of several means pays of an amount: the first as far as it goes, then the next. Nil if all of
  /// them together do not hold as much.
  package static func split(_ taken: Amount, over means: [Means], of bearers: BearerPool) -> [Amount]? {
    var rest = taken
    // What has been cut as interest is no longer there to be cut as a claim.
    var cut = Amount.zero
    var parts: [Amount] = []
    for each in means {
      let part = min(rest, each == .claims ? bearers.claims - cut : bearers.held(each))
      if each == .interest { cut += part }
      rest -= part
      parts.append(part)
    }
    return rest.isZero ? parts : nil
  }
}

/// A proposal that no law allows: a bug of the layer, reported with the run that met it.
package enum AbsorptionError: Error, Hashable, Sendable {
  case negative
  case moreThanTheLoss
  case moreThanTheyHold
  case promiseWithoutSettlement
}

/// One rule of who bears a loss. A layer is a file in `Layers/` and a line in `LayerCatalog`.
///
///     struct ProRata: LossLayer {
///       static let declaration = LayerDeclaration(name: "proRata", …, means: [.claims])
///       init(settings: LayerSettings) {}
///       func absorb(_ loss: Loss, from bearers: BearerPool) throws(AbsorptionError) -> Absorption {
///         try take(min(loss.amount, bearers.claims), of: loss, from: bearers)
///       }
///     }
///
/// Laws, run over the whole catalog by the conformance tests: same input, same output; zero loss takes
/// nothing; what it takes and promises is min(loss, what it would of the largest loss there is); nobody pays
/// more than they hold; settings survive a round trip.
package protocol LossLayer: Sendable {
  static var declaration: LayerDeclaration { get }

  init(settings: LayerSettings)

  /// What the world gives the layer's own account when a run begins; nothing for a layer without one.
  var endowment: [LayerValue.Holding] { get }

  /// The fund that it pays from, if that is not its own account.
  var fund: FundID? { get }

  /// The stake pool that it calls, if it is one that does.
  var stakePool: VenueID? { get }

  /// The token that it mints, and how much of it at most, if it mints one.
  var mints: (asset: AssetID, most: Amount)? { get }

  /// Which share of its claims a member of its pool may be called for, for one loss.
  var calls: Double { get }

  /// Which share of the stake, as the day's first seizure found it, it may seize in a day.
  var maxSlash: Double { get }

  /// Which share of the interest that the venue keeps goes to the stake pool.
  var premium: Double { get }

  /// Which share of it goes to the fund that the layer pays from.
  var refill: Double { get }

  /// How often that fund is brought back to the mix that it began with.
  var rebalance: SimDuration? { get }

  func absorb(_ loss: Loss, from bearers: BearerPool) throws(AbsorptionError) -> Absorption
}

extension LossLayer {
  package var mints: (asset: AssetID, most: Amount)? { nil }
  package var calls: Double { 0 }
  package var maxSlash: Double { 1 }
  package var premium: Double { 0 }
  package var refill: Double { 0 }
  package var rebalance: SimDuration? { nil }
  package var endowment: [LayerValue.Holding] { [] }
  package var fund: FundID? { nil }
  package var stakePool: VenueID? { nil }

  /// What every layer's answer ends with.
  package func take(
    _ taken: Amount, promising promised: Amount = .zero, keptBy settlement: Settlement? = nil, of loss: Loss,
    from bearers: BearerPool
  ) throws(AbsorptionError) -> Absorption {
    try Absorption(
      of: loss.amount, taken: taken, promised: promised, keptBy: settlement,
      by: Self.declaration.means, from: bearers)
  }
}
