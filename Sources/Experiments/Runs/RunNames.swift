import Economy
import Kernel
import Ledger

/// What a run's identifiers are called, for tables and traces. The same for every seed of a config.
package struct RunNames: Sendable {
  package struct Asset: Sendable {
    package let name: String
    package let decimals: Int

    /// What a dollar amount is in: millionths, of no token.
    package static let microdollars = Asset(name: "USD", decimals: 6)
  }

  package struct Step: Sendable {
    package let layer: String
    /// By means, in the order in which they are drawn on.
    package let bearers: [(means: Absorption.Means, name: String)]
    package let cutsClaims: Bool
    /// The stake pool that the layer calls.
    package let stakePool: VenueID?
  }

  package let assets: [Asset]
  package let accounts: [String]
  package let parties: [Party]
  package let pools: [(name: String, base: AssetID, quote: AssetID)]
  package let oracles: [(name: String, asset: AssetID)]
  /// With the assets that it lends, by place.
  package let venues: [(name: String, lent: [AssetID], steps: [Step])]
  /// By venue: the shares of what it lends, by place.
  private let shareAssets: [[AssetID]]
  /// By venue: what a vault has put its deposits into.
  package let holdings: [[VenueID]]
  package let positions: [(name: String, venue: VenueID)]
  package let liquidators: [String]
  /// Accounts of vaults: what they take out of other venues is no lender's.
  package let vaultAccounts: [AccountID]

  package init(_ world: borrowing World) {
    assets = world.ledger.assets.map { Asset(name: $0.name, decimals: $0.decimals) }
    accounts = world.ledger.accounts.map(\.name)
    parties = world.parties
    pools = world.pools.map { ($0.name, $0.base, $0.quote) }
    oracles = world.oracles.map { ($0.name, $0.asset) }
    var venues: [(name: String, lent: [AssetID], steps: [Step])] = []
    for (id, venue) in world.venues.identified(as: VenueTag.self) {
      let steps = world.waterfalls[id].steps.map { step in
        let declaration = type(of: step.layer).declaration
        return Step(
          layer: declaration.name, bearers: Array(zip(declaration.means, declaration.bearers)),
          cutsClaims: declaration.cutsClaims, stakePool: step.layer.stakePool)
      }
      venues.append((venue.name, venue.reserves.map(\.asset), steps))
    }
    var positions: [(name: String, venue: VenueID)] = []
    for position in world.positions {
      positions.append((world.ledger[position.owner].name, position.venue))
    }
    shareAssets = world.venues.map { $0.reserves.map(\.shareAsset) }
    var holdings: [[VenueID]] = world.venues.map { _ in [] }
    for vault in world.vaults { holdings[vault.venue] = vault.holdings.map(\.venue) }
    self.holdings = holdings
    self.venues = venues
    self.positions = positions
    liquidators = world.liquidators.map(\.name)
    vaultAccounts = world.vaults.map { world.venues[$0.venue].account }
  }

  /// What a venue lends in one of its reserves.
  package func lent(by venue: VenueID, _ reserve: Int32) -> AssetID { venues[venue].lent[Int(reserve)] }

  package func shares(of venue: VenueID, _ reserve: Int32) -> AssetID { shareAssets[venue][Int(reserve)] }

  package func lent(to position: PositionID, _ reserve: Int32) -> AssetID {
    lent(by: positions[position].venue, reserve)
  }

  /// Who was left with a loss.
  package func venue(of origin: LossOrigin) -> VenueID {
    switch origin {
    case .position(let position): positions[position].venue
    case .passedOn(_, let vault, _): vault
    case .calledFor(_, let member, _): member
    }
  }

  /// `12.5` (tokens, exact).
  package func tokens(_ amount: Amount, of asset: AssetID) -> String {
    amount.formatted(decimals: assets[asset].decimals)
  }

  /// `12.5 USDC`.
  package func text(_ amount: Amount, of asset: AssetID) -> String {
    "\(tokens(amount, of: asset)) \(assets[asset].name)"
  }
}
