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
    let unitsPerToken: Double
    let impact: Impact?
    var footprint = Footprint()
    /// What it is listed at: exogenous · e^(log impact).
    var price: Double

    mutating func update(at time: SimTime) {
      guard let impact else {
        price = exogenous
        return
      }
      footprint.decay(to: time, impact)
      price = exogenous * ElementaryMath.exp(impact.logImpact(at: footprint.volume))
    }
  }

  /// An asset as a config describes it. Its draws hang on its name.
  package struct Asset: Sendable {
    package let name: String
    package let price: Double
    package let unitsPerToken: Double
    package let process: PriceProcess?
    package let impact: Impact?

    package init(
      name: String, price: Double, unitsPerToken: Double = 1, process: PriceProcess?, impact: Impact? = nil
    ) {
      self.name = name
      self.price = price
      self.unitsPerToken = unitsPerToken
      self.process = process
      self.impact = impact
    }
  }

  private var listings: [Listing]
  private let draws: CorrelatedDraws
  /// This tick's independent draws, by asset.
  private var normals: [Double]
  package let tick: SimDuration

  /// - Parameter assets: every asset in order.
  package init(
    assets: [Asset], correlations: [Correlation], tick: SimDuration
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
          exogenous: asset.price, unitsPerToken: asset.unitsPerToken, impact: asset.impact,
          price: asset.price))
    }
  }

  /// Whether anything moves by itself or decays.
  package var ticks: Bool { listings.contains { $0.motion != nil || $0.impact != nil } }

  package func price(of asset: AssetID) -> Double { listings[asset].price }

  /// Moves every asset that has a process, lets impact decay; those whose price is another now, in order.
  package mutating func tick(_ number: Int64, at time: SimTime, _ streams: RandomStreams) -> [AssetID] {
    let epoch = Epoch(slot: UInt64(number))
    for place in listings.indices where listings[place].isGaussian {
      let word = streams.word(.pricePath, listings[place].key, epoch)
      normals[place] = ElementaryMath.normalQuantile(UnitInterval.open(word))
    }
    var moved: [AssetID] = []
    for place in listings.indices {
      let listing = listings[place]
      if var motion = listing.motion {
        let normal = listing.isGaussian ? draws.draw(of: place, from: normals) : 0
        listings[place].exogenous = motion.step(from: listing.exogenous, normal: normal, at: time) { index in
          streams.word(.pricePath, listing.key, epoch, index: index)
        }
        listings[place].motion = motion
      }
      listings[place].update(at: time)
      if listings[place].price != listing.price { moved.append(AssetID(place)) }
    }
    return moved
  }

  /// A scripted shock multiplies the price.
  package mutating func shock(_ asset: AssetID, by factor: Double, at time: SimTime) {
    listings[asset].exogenous *= factor
    listings[asset].motion?.shocked(by: factor)
    listings[asset].update(at: time)
  }

  // MARK: Trades with the outside

  /// What it asks and bids now. Impact has decayed to this moment, though the listed price tells it only at
  /// the next tick.
  package func outside(of base: AssetID, in quote: AssetID, at time: SimTime) -> OutsideMarket {
    let (baseLeg, quoteLeg) = (leg(of: base, at: time), leg(of: quote, at: time))
    return OutsideMarket(
      base: baseLeg, quote: quoteLeg, rate: baseLeg.marginal(after: 0) / quoteLeg.marginal(after: 0))
  }

  /// One asset as it stands there now.
  package func leg(of asset: AssetID, at time: SimTime) -> OutsideLeg {
    var listing = listings[asset]
    listing.update(at: time)
    return OutsideLeg(
      asset: asset, perUnit: listing.exogenous / listing.unitsPerToken, impact: listing.impact,
      footprint: listing.footprint.volume)
  }

  /// So much was bought from the outside and so much sold to it; which of the two is dearer or cheaper now.
  package mutating func traded(
    bought: (asset: AssetID, amount: Amount), sold: (asset: AssetID, amount: Amount), at time: SimTime
  ) -> [AssetID] {
    let legs = [(bought.asset, Double(bought.amount.units)), (sold.asset, -Double(sold.amount.units))]
    var moved: [AssetID] = []
    for (asset, volume) in legs.sorted(by: { $0.0 < $1.0 }) {
      guard let impact = listings[asset].impact else { continue }
      let before = listings[asset].price
      listings[asset].update(at: time)
      listings[asset].footprint.add(volume, impact)
      listings[asset].update(at: time)
      if listings[asset].price != before { moved.append(asset) }
    }
    return moved
  }
}
