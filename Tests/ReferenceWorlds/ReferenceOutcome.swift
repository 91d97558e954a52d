import Economy
import Kernel
import Ledger

/// What a run ended with.
package struct ReferenceOutcome {
  /// What somebody holds, or owes when below zero. Zeros are left out.
  package struct Holding: Hashable, Sendable {
    package let account: String
    package let asset: String
    package let units: Int128

    package init(account: String, asset: String, units: Int128) {
      self.account = account
      self.asset = asset
      self.units = units
    }
  }

  /// The integers of one lent asset of a venue.
  package struct LentState: Hashable, Sendable {
    package let totalAssets: Int128
    package let totalShares: Int128
    package let index: Int128
    package let deficit: Int128
    package let reserves: Int128
    package let dust: Int128

    package init(
      totalAssets: Int128, totalShares: Int128, index: Int128, deficit: Int128, reserves: Int128, dust: Int128
    ) {
      self.totalAssets = totalAssets
      self.totalShares = totalShares
      self.index = index
      self.deficit = deficit
      self.reserves = reserves
      self.dust = dust
    }
  }

  package let facts: [FactRecord]
  /// By measurement, then by venue: what is hidden at executable prices, in millionths of a dollar.
  package let executable: [[Int128]]
  package let holdings: Set<Holding>
  /// Venue by venue, in the order in which each lists what it lends.
  package let lent: [LentState]
}

extension ReferenceEngine {
  func outcome() -> ReferenceOutcome {
    var holdings: Set<ReferenceOutcome.Holding> = []
    for (account, row) in zip(accounts, balances) {
      for (asset, units) in zip(assets, row) where units != 0 {
        holdings.insert(.init(account: account, asset: asset, units: units))
      }
    }
    let states = venues.flatMap { venue in
      venue.lent.map { lent in
        ReferenceOutcome.LentState(
          totalAssets: lent.totalAssets, totalShares: lent.totalShares, index: lent.index,
          deficit: lent.deficit, reserves: lent.reserves,
          dust: dust(of: lent, in: venue))
      }
    }
    return ReferenceOutcome(facts: facts, executable: executable, holdings: holdings, lent: states)
  }
}
