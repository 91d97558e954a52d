import Kernel
import Ledger

/// The figures of one run, folded from its facts as they happen. Keeping fewer facts changes none of them.
///
/// Money of different venues is added in dollars, each amount at the reference price of its asset when the
/// fact happened.
package struct RunMeasures: Sendable {
  package private(set) var events: Int64 = 0
  package private(set) var liquidations: Int64 = 0
  package private(set) var liquidatedDebt = 0.0
  package private(set) var passedOver: Int64 = 0
  package private(set) var losses: Int64 = 0
  package private(set) var firstLoss: SimTime?
  package private(set) var recognised = 0.0
  /// By place in the layer catalog.
  package private(set) var taken: [Double]
  package private(set) var promised = 0.0
  /// Recognised and borne by nobody.
  package private(set) var unresolved = 0.0
  package private(set) var occurredPeak = 0.0
  package private(set) var occurredEnd = 0.0
  /// The longest chain of causes that ends in a fact.
  package private(set) var deepestCause: Int32 = 0
  package private(set) var lowestPrice: [Double]

  private var hidden: [Double]
  private var prices: PriceBoard
  private let loanAssets: [AssetID]
  private let layersByVenue: [[Int]]
  private var venueOfLoss: [Int] = []
  private let venueOfPosition: [Place]

  /// - Parameter layersByVenue: each venue's waterfall as places in the layer catalog.
  package init(
    prices: PriceBoard, loanAssets: [AssetID], layersByVenue: [[Int]], venueOfPosition: [Place]
  ) {
    self.prices = prices
    self.loanAssets = loanAssets
    self.layersByVenue = layersByVenue
    self.venueOfPosition = venueOfPosition
    hidden = Array(repeating: 0, count: loanAssets.count)
    taken = Array(repeating: 0, count: LayerCatalog.all.count)
    lowestPrice = prices.prices
  }

  package mutating func countEvent() { events += 1 }

  package mutating func observe(_ record: FactRecord) {
    deepestCause = max(deepestCause, record.header.depth)
    switch record.fact {
    case .priceStepped(let asset, let price):
      prices[asset] = price
      lowestPrice[asset.position] = min(lowestPrice[asset.position], price)
    case .liquidated(let position, _, let repaid, _, _):
      liquidations += 1
      liquidatedDebt += dollars(repaid, venue: Int(venueOfPosition[Int(position)]))
    case .passedOver:
      passedOver += 1
    case .recognised(_, let position, let amount):
      let venue = Int(venueOfPosition[Int(position)])
      losses += 1
      venueOfLoss.append(venue)
      if firstLoss == nil { firstLoss = record.header.time }
      recognised += dollars(amount, venue: venue)
    case .absorbed(let loss, let step, let taken, let promised, let left):
      let venue = venueOfLoss[Int(loss) - 1]
      self.taken[layersByVenue[venue][Int(step)]] += dollars(taken, venue: venue)
      self.promised += dollars(promised, venue: venue)
      if Int(step) == layersByVenue[venue].count - 1 { unresolved += dollars(left, venue: venue) }
    case .badDebtOccurred(let venue, let amount):
      hidden[Int(venue)] = dollars(amount, venue: Int(venue))
      occurredEnd = hidden.reduce(0, +)
      occurredPeak = max(occurredPeak, occurredEnd)
    case .pricePublished, .interestAccrued, .becameLiquidatable, .swapped:
      break
    }
  }

  private func dollars(_ amount: Amount, venue: Int) -> Double {
    prices.value(of: amount, in: loanAssets[venue])
  }
}
