import Kernel
import Ledger

/// The figures of one run, folded from its facts as they happen. Keeping fewer facts changes none of them.
///
/// Money is summed in base units, asset by asset and venue by venue, and valued once: in dollars at the
/// reference price that the lent asset had at the start. So a sum has no rounding of its own. Hidden bad debt
/// is measured in dollars of its moment.
package struct RunMeasures: Sendable {
  /// Sums of one lent asset of one venue, in its base units.
  private struct ReserveSums {
    var liquidatedDebt: Int128 = 0
    var recognised: Int128 = 0
    /// By place in the layer catalog.
    var taken: [Int128]
    var promised: Int128 = 0
    var unresolved: Int128 = 0
    let price: Double
    let unitsPerToken: Double

    func dollars(_ units: Int128) -> Double { Double(units) / unitsPerToken * price }
  }

  private struct VenueSums {
    var reserves: [ReserveSums]
    var hiddenMicrodollars: Int64 = 0
    /// The waterfall's steps as places in the layer catalog.
    let layers: [Int]
  }

  package private(set) var events: Int64 = 0
  package private(set) var liquidations: Int64 = 0
  package private(set) var passedOver: Int64 = 0
  /// Transactions that came into a block, and those of them that found nothing to do there.
  package private(set) var included: Int64 = 0
  package private(set) var reverted: Int64 = 0
  /// The most transactions left waiting by one block.
  package private(set) var mostWaiting: Int64 = 0
  package private(set) var longestWait = SimDuration.zero
  package private(set) var losses: Int64 = 0
  package private(set) var firstLoss: SimTime?
  /// The highest stock of measurements that are over.
  private var earlierPeak = 0.0
  private var measurement: EventID?
  /// The longest chain of causes that ends in a fact.
  package private(set) var deepestCause: Int32 = 0
  private var venues: [VenueSums]
  private let venueOfPosition: [VenueID]

  /// - Parameters:
  ///   - lent: each venue's lent assets.
  ///   - waterfalls: each venue's steps as places in the layer catalog.
  package init(
    prices: PriceBoard, lent: [[(asset: AssetID, unitsPerToken: Double)]], waterfalls: [[Int]],
    venueOfPosition: [VenueID]
  ) {
    venues = zip(lent, waterfalls).map { lent, layers in
      let reserves = lent.map { lent in
        ReserveSums(
          taken: Array(repeating: 0, count: LayerCatalog.all.count), price: prices[lent.asset],
          unitsPerToken: lent.unitsPerToken)
      }
      return VenueSums(reserves: reserves, layers: layers)
    }
    self.venueOfPosition = venueOfPosition
  }

  package mutating func countEvent() { events += 1 }

  package mutating func observe(_ record: FactRecord) {
    deepestCause = max(deepestCause, record.header.depth)
    switch record.fact {
    case .liquidated(let position, _, let reserve, _, let repaid, _, _):
      liquidations += 1
      venues[venueOfPosition[position]].reserves[Int(reserve)].liquidatedDebt += Int128(repaid.units)
    case .passedOver:
      passedOver += 1
    case .included(_, _, _, let waited):
      included += 1
      longestWait = max(longestWait, waited)
    case .reverted:
      reverted += 1
    case .blockMade(_, _, _, let waiting):
      mostWaiting = max(mostWaiting, Int64(waiting))
    case .recognised(_, let position, let reserve, let amount):
      losses += 1
      if firstLoss == nil { firstLoss = record.header.time }
      venues[venueOfPosition[position]].reserves[Int(reserve)].recognised += Int128(amount.units)
    case .absorbed(_, let venue, let reserve, let step, let taken, let promised, let left):
      let (layers, reserve) = (venues[venue].layers, Int(reserve))
      venues[venue].reserves[reserve].taken[layers[Int(step)]] += Int128(taken.units)
      venues[venue].reserves[reserve].promised += Int128(promised.units)
      if Int(step) == layers.count - 1 { venues[venue].reserves[reserve].unresolved += Int128(left.units) }
    case .badDebtOccurred(let venue, let microdollars):
      // Between the facts of one measurement some venues are new and some old: no stock that ever was.
      if measurement != record.header.id { earlierPeak = occurredPeak }
      measurement = record.header.id
      venues[venue].hiddenMicrodollars = microdollars
    case .priceStepped, .pricePublished, .interestAccrued, .becameLiquidatable, .soldOutside, .swapped:
      break
    }
  }

  // MARK: In dollars

  private func sum(_ units: (ReserveSums) -> Int128) -> Double {
    var dollars = 0.0
    for venue in venues {
      for reserve in venue.reserves { dollars += reserve.dollars(units(reserve)) }
    }
    return dollars
  }

  package var liquidatedDebt: Double { sum { $0.liquidatedDebt } }
  package var recognised: Double { sum { $0.recognised } }
  package var promised: Double { sum { $0.promised } }
  /// Recognised and borne by nobody.
  package var unresolved: Double { sum { $0.unresolved } }
  /// Hidden in open positions now, at the reference prices of now.
  package var occurredEnd: Double {
    Double(venues.reduce(Int128(0)) { $0 + Int128($1.hiddenMicrodollars) }) / 1e6
  }

  package var occurredPeak: Double { max(earlierPeak, occurredEnd) }

  package func taken(byLayer place: Int) -> Double { sum { $0.taken[place] } }
}
