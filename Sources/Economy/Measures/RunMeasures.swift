import Kernel
import Ledger

/// The figures of one run, folded from its facts as they happen. Keeping fewer facts changes none of them.
///
/// Money is summed in base units, venue by venue, and valued once: in dollars at the reference price that the
/// venue's loan asset had at the start. So a sum has no rounding of its own.
package struct RunMeasures: Sendable {
  /// Sums of one venue, in base units of its loan asset.
  private struct VenueSums {
    var liquidatedDebt: Int128 = 0
    var recognised: Int128 = 0
    /// By place in the layer catalog.
    var taken: [Int128]
    var promised: Int128 = 0
    var unresolved: Int128 = 0
    var hidden: Int128 = 0
    let dollarsPerUnit: (price: Double, unitsPerToken: Double)
    /// The waterfall's steps as places in the layer catalog.
    let layers: [Int]

    func dollars(_ units: Int128) -> Double {
      Double(units) / dollarsPerUnit.unitsPerToken * dollarsPerUnit.price
    }
  }

  package private(set) var events: Int64 = 0
  package private(set) var liquidations: Int64 = 0
  package private(set) var passedOver: Int64 = 0
  package private(set) var losses: Int64 = 0
  package private(set) var firstLoss: SimTime?
  /// The highest stock of measurements that are over.
  private var earlierPeak = 0.0
  private var measurement: EventID?
  /// The longest chain of causes that ends in a fact.
  package private(set) var deepestCause: Int32 = 0
  private var venues: [VenueSums]
  private let venueOfPosition: [VenueID]

  /// - Parameter waterfalls: each venue's steps as places in the layer catalog.
  package init(
    prices: PriceBoard, loans: [(asset: AssetID, unitsPerToken: Double)], waterfalls: [[Int]],
    venueOfPosition: [VenueID]
  ) {
    venues = zip(loans, waterfalls).map { loan, layers in
      VenueSums(
        taken: Array(repeating: 0, count: LayerCatalog.all.count),
        dollarsPerUnit: (prices[loan.asset], loan.unitsPerToken), layers: layers)
    }
    self.venueOfPosition = venueOfPosition
  }

  package mutating func countEvent() { events += 1 }

  package mutating func observe(_ record: FactRecord) {
    deepestCause = max(deepestCause, record.header.depth)
    switch record.fact {
    case .liquidated(let position, _, let repaid, _, _):
      liquidations += 1
      venues[venueOfPosition[position]].liquidatedDebt += Int128(repaid.units)
    case .passedOver:
      passedOver += 1
    case .recognised(_, let position, let amount):
      losses += 1
      if firstLoss == nil { firstLoss = record.header.time }
      venues[venueOfPosition[position]].recognised += Int128(amount.units)
    case .absorbed(_, let venue, let step, let taken, let promised, let left):
      let layers = venues[venue].layers
      venues[venue].taken[layers[Int(step)]] += Int128(taken.units)
      venues[venue].promised += Int128(promised.units)
      if Int(step) == layers.count - 1 { venues[venue].unresolved += Int128(left.units) }
    case .badDebtOccurred(let venue, let hidden):
      // Between the facts of one measurement some venues are new and some old: no stock that ever was.
      if measurement != record.header.id { earlierPeak = occurredPeak }
      measurement = record.header.id
      venues[venue].hidden = Int128(hidden.units)
    case .priceStepped, .pricePublished, .interestAccrued, .becameLiquidatable, .swapped:
      break
    }
  }

  // MARK: In dollars

  private func sum(_ units: (VenueSums) -> Int128) -> Double {
    venues.reduce(0) { $0 + $1.dollars(units($1)) }
  }

  package var liquidatedDebt: Double { sum { $0.liquidatedDebt } }
  package var recognised: Double { sum { $0.recognised } }
  package var promised: Double { sum { $0.promised } }
  /// Recognised and borne by nobody.
  package var unresolved: Double { sum { $0.unresolved } }
  /// Hidden in open positions now.
  package var occurredEnd: Double { sum { $0.hidden } }

  package var occurredPeak: Double { max(earlierPeak, occurredEnd) }

  package func taken(byLayer place: Int) -> Double { sum { $0.taken[place] } }
}
