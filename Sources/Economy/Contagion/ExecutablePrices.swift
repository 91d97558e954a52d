import Ledger

/// What selling collateral would bring now, asset by asset, and floors under that which last a while.
///
/// Amounts are sorted into sizes, each up to twice the one before. No sale of a size brings less a unit than
/// the size's **floor**, in the best market for its largest amount. Floors are made anew when a market they
/// hang on has moved by more than `Outlet.slack`, so that most measurements find them as they were.
package struct ExecutablePrices: Sendable {
  /// What does not change about where an asset could be sold.
  package struct Market: Sendable {
    /// The sizes that there are floors for; empty where nobody ever sells any.
    package var sizes = 0..<0
    package var pools: [PoolID] = []
    package var isSoldOutside = false

    package init() {}
  }

  private struct Listing: Sendable {
    let market: Market
    var outlets: [Outlet] = []
    /// As they were when the floors were made.
    var anchors: [Outlet] = []
    /// By size: dollars a token.
    var floors: [Double]
    /// Updates that had changed anything when this one last did, and when it last got floors.
    var changedAt = 0
    var anchoredAt = 0
  }

  /// By token.
  private var listings: [Listing]
  private let unitsPerToken: [Double]
  /// How many updates have changed anything, and which was the last that made floors.
  private(set) var changes = 0
  private(set) var anchoredAt = 0

  /// - Parameter markets: by token.
  package init(_ markets: [Market], unitsPerToken: [Double]) {
    listings = markets.map { Listing(market: $0, floors: $0.sizes.map { _ in 0 }) }
    self.unitsPerToken = unitsPerToken
  }

  /// A size holds the amounts above half of 2^size and up to it.
  package static func size(of amount: Amount) -> Int {
    amount.units <= 1 ? 0 : Int64.bitWidth - (amount.units - 1).leadingZeroBitCount
  }

  package func market(of asset: AssetID) -> Market { listings[asset.position].market }
  package func floors(of asset: AssetID) -> [Double] { listings[asset.position].floors }
  func hasChanged(_ asset: AssetID, since change: Int) -> Bool { listings[asset.position].changedAt > change }
  func hasFloors(_ asset: AssetID, since change: Int) -> Bool { listings[asset.position].anchoredAt > change }

  /// In the market where it brings most; nothing for what nobody buys.
  package func dollars(forSelling amount: Amount, of asset: AssetID) -> Double {
    var most = 0.0
    for outlet in listings[asset.position].outlets {
      most = max(most, outlet.dollars(forSelling: amount))
    }
    return most
  }

  /// The asset's markets stand like this now, the same ones in the same order as ever.
  ///
  /// - Returns: whether that is other than before.
  @discardableResult
  package mutating func update(_ asset: AssetID, to outlets: [Outlet]) -> Bool {
    let before = listings[asset.position].outlets
    guard before.count != outlets.count || !zip(before, outlets).allSatisfy({ $0.isSame(as: $1) }) else {
      return false
    }
    listings[asset.position].outlets = outlets
    changes += 1
    listings[asset.position].changedAt = changes
    let anchors = listings[asset.position].anchors
    guard anchors.count != outlets.count || !zip(outlets, anchors).allSatisfy({ $0.isNear($1) }) else {
      return true
    }
    listings[asset.position].anchors = outlets
    listings[asset.position].anchoredAt = changes
    anchoredAt = changes
    for (place, size) in listings[asset.position].market.sizes.enumerated() {
      let most = Double(sign: .plus, exponent: size, significand: 1)
      let least = max(1, most / 2)
      var floor = 0.0
      for outlet in outlets { floor = max(floor, outlet.floor(from: least, to: most)) }
      listings[asset.position].floors[place] = floor * unitsPerToken[asset.position]
    }
    return true
  }
}
