import Kernel
import Ledger

/// The market outside: what moves each asset's reference price, and where it stands.
///
/// The engine copies its prices onto the reference board as they move.
///
///     let moved = market.tick(number, at: time, streams)   // the assets whose price is another now
///     market.price(of: eth)
package struct ReferenceMarket: Sendable {
  /// One asset as it is listed there.
  private struct Listing: Sendable {
    let key: EntityKey
    let isGaussian: Bool
    var motion: PriceMotion?
    /// The price that processes and shocks alone have made.
    var exogenous: Double
  }

  private var listings: [Listing]
  private let draws: CorrelatedDraws
  /// This tick's independent draws, by asset.
  private var normals: [Double]
  package let tick: SimDuration

  /// - Parameter assets: every asset in order, with its name, on which its draws hang.
  package init(
    assets: [(name: String, price: Double, process: PriceProcess?)], correlations: [Correlation],
    tick: SimDuration
  ) throws(DistributionError) {
    guard let draws = CorrelatedDraws(assetCount: assets.count, correlations) else {
      preconditionFailure("checked when the config is read")
    }
    self.draws = draws
    self.tick = tick
    normals = Array(repeating: 0, count: assets.count)
    listings = []
    for asset in assets {
      var motion: PriceMotion?
      if let process = asset.process {
        motion = try PriceMotion(process, start: asset.price, tick: tick)
      }
      listings.append(
        Listing(
          key: EntityKey(id: asset.name), isGaussian: asset.process?.isGaussian ?? false, motion: motion,
          exogenous: asset.price))
    }
  }

  /// Whether anything moves by itself.
  package var ticks: Bool { listings.contains { $0.motion != nil } }

  package func price(of asset: AssetID) -> Double { listings[asset].exogenous }

  /// Moves every asset that has a process; those whose price is another now, in order.
  package mutating func tick(_ number: Int64, at time: SimTime, _ streams: RandomStreams) -> [AssetID] {
    let epoch = Epoch(slot: UInt64(number))
    for place in listings.indices where listings[place].isGaussian {
      let word = streams.word(.pricePath, listings[place].key, epoch)
      normals[place] = ElementaryMath.normalQuantile(UnitInterval.open(word))
    }
    var moved: [AssetID] = []
    for place in listings.indices {
      guard var motion = listings[place].motion else { continue }
      let listing = listings[place]
      let normal = listing.isGaussian ? draws.draw(of: place, from: normals) : 0
      let price = motion.step(from: listing.exogenous, normal: normal, at: time) { index in
        streams.word(.pricePath, listing.key, epoch, index: index)
      }
      listings[place].motion = motion
      guard price != listing.exogenous else { continue }
      listings[place].exogenous = price
      moved.append(AssetID(place))
    }
    return moved
  }

  /// A scripted shock multiplies the price.
  package mutating func shock(_ asset: AssetID, by factor: Double) {
    listings[asset].exogenous *= factor
    listings[asset].motion?.shocked(by: factor)
  }
}
