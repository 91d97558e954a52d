import Ledger

/// Who hears of what: looked up at every move and every trade, and fixed when the world is made.
struct Listeners: Sendable {
  /// By token: the venues whose positions hang on its published price.
  let venues: [[VenueID]]
  /// By pool: the oracles that read it.
  let oracles: [[OracleID]]
  /// By pool: its arbitrageurs.
  let arbitrageurs: [[ArbitrageurID]]
  /// Whether any published price can be too old to act upon.
  let pricesGoStale: Bool

  init(
    tokenCount: Int, venues: [LendingPool], poolCount: Int, oracles: [Oracle], arbitrageurs: [Arbitrageur]
  ) {
    self.venues = (0..<tokenCount).map { token in
      venues.indices.map(VenueID.init).filter { venues[$0].reads(AssetID(token)) }
    }
    pricesGoStale = oracles.contains { $0.staleAfter != nil }
    let pools = (0..<poolCount).map(PoolID.init)
    self.oracles = pools.map { pool in
      oracles.indices.map(OracleID.init).filter { oracles[$0].source.pool == pool }
    }
    self.arbitrageurs = pools.map { pool in
      arbitrageurs.indices.map(ArbitrageurID.init).filter { arbitrageurs[$0].pool == pool }
    }
  }
}
