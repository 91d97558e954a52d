import Economy
import Kernel
import Ledger

/// What a run's identifiers are called, for tables and traces. The same for every seed of a config.
package struct RunNames: Sendable {
  package struct Asset: Sendable {
    package let name: String
    package let decimals: Int
  }

  package struct Step: Sendable {
    package let layer: String
    package let bearer: String
  }

  package let assets: [Asset]
  package let accounts: [String]
  package let pools: [(name: String, base: AssetID, quote: AssetID)]
  package let oracles: [(name: String, asset: AssetID)]
  package let venues: [(name: String, loanAsset: AssetID, steps: [Step])]
  package let positions: [(name: String, venue: VenueID, collateral: AssetID)]
  package let liquidators: [String]

  package init(_ world: borrowing World) {
    assets = world.ledger.assets.map { Asset(name: $0.name, decimals: $0.decimals) }
    accounts = world.ledger.accounts.map(\.name)
    pools = world.pools.map { ($0.name, $0.base, $0.quote) }
    oracles = world.oracles.map { ($0.name, $0.asset) }
    var venues: [(name: String, loanAsset: AssetID, steps: [Step])] = []
    for (id, venue) in world.venues.identified(as: VenueTag.self) {
      let steps = world.waterfalls[id].steps.map { step in
        let declaration = type(of: step.layer).declaration
        return Step(layer: declaration.name, bearer: declaration.bearer)
      }
      venues.append((venue.name, venue.loanAsset, steps))
    }
    var positions: [(name: String, venue: VenueID, collateral: AssetID)] = []
    for position in world.positions {
      positions.append(
        (
          world.ledger[position.owner].name, position.venue,
          world.venues[position.venue].collateral[position.terms].asset
        ))
    }
    self.venues = venues
    self.positions = positions
    liquidators = world.liquidators.map(\.name)
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
