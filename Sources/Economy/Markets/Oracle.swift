import Kernel
import Ledger

/// Publishes an asset's price to the venues, late.
///
/// What it reads is its source at the moment the source moves; what venues see is that value, `delay` later.
/// A `fixed` oracle never moves: it is the hard-coded price that some venues trust.
package struct Oracle: Sendable {
  package enum Source: Hashable, Sendable {
    case reference
    case pool(PoolID)
    case fixed
    /// Of a venue's share: what it is worth on the venue's books, in the asset that was put in, times what
    /// venues see of that asset's price.
    case redemptionRate
  }

  package let name: String
  package let asset: AssetID
  package let source: Source
  package let delay: SimDuration

  package init(name: String, asset: AssetID, source: Source, delay: SimDuration) {
    self.name = name
    self.asset = asset
    self.source = source
    self.delay = delay
  }
}
