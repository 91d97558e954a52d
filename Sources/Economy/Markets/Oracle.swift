import Kernel
import Ledger

/// Tells the venues an asset's price, late or not at all.
///
/// It reads its source whenever that moves. What it reads it sends if it differs enough from what it sent
/// last, or if it has been silent for a heartbeat; what it sends is published a delay later, in the order of
/// reading. During an outage it neither reads nor sends. A published price older than `staleAfter` is not
/// acted upon. A `fixed` oracle never moves: it is the hard-coded price that some venues trust.
///
///     Oracle(
///       name: "eth", asset: eth, source: .reference, delay: .exponential(mean: .seconds(30)),
///       deviation: 0.005, heartbeat: .hours(1))
package struct Oracle: Sendable {
  package enum Source: Hashable, Sendable {
    case reference
    case pool(PoolID)
    /// The geometric mean of a pool's price over the window up to now, read once in every interval while it
    /// moves (see `PoolAverage`). Over no time at all it is the pool's price.
    case poolTwap(PoolID, window: SimDuration, every: SimDuration)
    case fixed
    /// Of a venue's share: what it is worth on the venue's books, in the asset that was put in, times what
    /// venues see of that asset's price.
    case redemptionRate

    /// The one that it reads.
    package var pool: PoolID? {
      switch self {
      case .pool(let pool), .poolTwap(let pool, _, _): pool
      case .reference, .fixed, .redemptionRate: nil
      }
    }
  }

  /// From `at` on for a while, the end not included.
  package struct Outage: Hashable, Sendable {
    package let at: SimTime
    package let lasts: SimDuration

    package init(at: SimTime, lasts: SimDuration) {
      self.at = at
      self.lasts = lasts
    }

    package var until: SimTime {
      let (end, overflow) = at.microseconds.addingReportingOverflow(lasts.microseconds)
      return SimTime(microseconds: overflow ? .max : end)
    }
  }

  package let name: String
  package let asset: AssetID
  package let source: Source
  package let delay: Latency
  /// Of the last reading sent; a reading that differs by no more is not sent. Zero: every reading is.
  package let deviation: Double
  /// The longest silence.
  package let heartbeat: SimDuration?
  package let outages: [Outage]
  package let staleAfter: SimDuration?

  package init(
    name: String, asset: AssetID, source: Source, delay: Latency, deviation: Double = 0,
    heartbeat: SimDuration? = nil, outages: [Outage] = [], staleAfter: SimDuration? = nil
  ) {
    self.name = name
    self.asset = asset
    self.source = source
    self.delay = delay
    self.deviation = deviation
    self.heartbeat = heartbeat
    self.outages = outages
    self.staleAfter = staleAfter
  }

  /// One that sends every reading, always as late.
  package init(name: String, asset: AssetID, source: Source, delay: SimDuration) {
    self.init(name: name, asset: asset, source: source, delay: .fixed(delay))
  }

  /// |reading − last| > deviation · last. Without a deviation even a reading that is the same is sent.
  package func isNews(_ reading: Double, after last: Double) -> Bool {
    deviation == 0 || abs(reading - last) > deviation * last
  }

  package func outage(at time: SimTime) -> Outage? {
    outages.first { $0.at <= time && time < $0.until }
  }

  /// The last instant at which what is published now may be acted upon; nil for ever.
  package func freshness(ofPublicationAt time: SimTime) -> SimTime? {
    guard let staleAfter else { return nil }
    let (end, overflow) = time.microseconds.addingReportingOverflow(staleAfter.microseconds)
    return overflow ? nil : SimTime(microseconds: end)
  }
}
