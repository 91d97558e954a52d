import Ledger

/// What selling collateral would bring now, asset by asset, and floors under that which last a while.
///
/// Amounts are sorted into sizes, each up to twice the one before. No sale of a size brings less a unit than
/// the size's **floor**, in the best market for its largest amount. Floors are made anew when a market they
/// hang on has moved by more than `Outlet.slack`, so that most measurements find them as they were.
package struct ExecutablePrices: Sendable {
  private struct Listing: Sendable {
    /// The sizes that there are floors for.
    let sizes: Range<Int>
    var outlets: [Outlet] = []
    /// As they were when the floors were made.
    var anchors: [Outlet] = []
    /// By size: dollars a token.
    var floors: [Double]
    var changes = 0
    var anchorings = 0
  }

  /// By token.
  private var listings: [Listing]
  private let unitsPerToken: [Double]

  /// - Parameter sizes: by token; empty where nobody ever sells any.
  package init(sizes: [Range<Int>], unitsPerToken: [Double]) {
    listings = sizes.map { Listing(sizes: $0, floors: $0.map { _ in 0 }) }
    self.unitsPerToken = unitsPerToken
  }

  /// A size holds the amounts above half of 2^size and up to it.
  package static func size(of amount: Amount) -> Int {
    amount.units <= 1 ? 0 : Int64.bitWidth - (amount.units - 1).leadingZeroBitCount
  }

  package func sizes(of asset: AssetID) -> Range<Int> { listings[asset.position].sizes }
  package func floors(of asset: AssetID) -> [Double] { listings[asset.position].floors }
  /// How often any market has been found to be another than before, and how often floors have been made.
  package func changes(of asset: AssetID) -> Int { listings[asset.position].changes }
  package func anchorings(of asset: AssetID) -> Int { listings[asset.position].anchorings }

  /// In the market where it brings most; nothing for what nobody buys.
  package func dollars(forSelling amount: Amount, of asset: AssetID) -> Double {
    var most = 0.0
    for outlet in listings[asset.position].outlets {
      most = max(most, outlet.dollars(forSelling: amount))
    }
    return most
  }

  /// The asset's markets stand like this now, the same ones in the same order as ever.
  package mutating func update(_ asset: AssetID, to outlets: [Outlet]) {
    let before = listings[asset.position].outlets
    guard before.count != outlets.count || !zip(before, outlets).allSatisfy({ $0.isSame(as: $1) }) else {
      return
    }
    listings[asset.position].outlets = outlets
    listings[asset.position].changes += 1
    let anchors = listings[asset.position].anchors
    guard anchors.count != outlets.count || !zip(outlets, anchors).allSatisfy({ $0.isNear($1) }) else {
      return
    }
    listings[asset.position].anchors = outlets
    listings[asset.position].anchorings += 1
    for (place, size) in listings[asset.position].sizes.enumerated() {
      let most = Double(sign: .plus, exponent: size, significand: 1)
      let least = max(1, most / 2)
      var floor = 0.0
      for outlet in outlets { floor = max(floor, outlet.floor(from: least, to: most)) }
      listings[asset.position].floors[place] = floor * unitsPerToken[asset.position]
    }
  }
}
