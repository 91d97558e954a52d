import Ledger

/// A price per asset, in abstract dollars a token, with what it takes to value base units.
///
/// There are several boards in a world (the reference prices, what the oracles have published): which one a
/// rule reads decides what it knows. The dollar is not a token; a stablecoin, too, has a price.
///
///     let value = board.value(of: Amount(units: 150_000_000), in: eth)   // 1.5 tokens at the price of one
package struct PriceBoard: Sendable {
  package private(set) var prices: [Double]
  package let unitsPerToken: [Double]

  package init(prices: [Double], unitsPerToken: [Double]) {
    self.prices = prices
    self.unitsPerToken = unitsPerToken
  }

  package subscript(asset: AssetID) -> Double {
    get { prices[asset.position] }
    set { prices[asset.position] = newValue }
  }

  /// units / unitsPerToken · price, in this order of operations.
  package func value(of amount: Amount, in asset: AssetID) -> Double {
    Double(amount.units) / unitsPerToken[asset.position] * prices[asset.position]
  }

  /// How many base units of `other` one base unit of `asset` buys at these prices.
  package func rate(of asset: AssetID, in other: AssetID) -> Double {
    (prices[asset.position] / unitsPerToken[asset.position])
      / (prices[other.position] / unitsPerToken[other.position])
  }
}

/// ⌊x⌋ or ⌈x⌉ as money; nil where it has no place in 63 bits or is not a number.
package func wholeUnits(_ x: Double, _ rounding: Rounding) -> Amount? {
  let rounded = x.rounded(rounding == .down ? .down : .up)
  guard rounded >= -9.2e18, rounded <= 9.2e18 else { return nil }
  return Amount(units: Int64(rounded))
}
