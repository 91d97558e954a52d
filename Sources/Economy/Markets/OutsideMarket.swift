import Kernel
import Ledger

/// One asset of the outside market at one moment: its exogenous price and what trades have done to it.
package struct OutsideLeg: Sendable {
  package let asset: AssetID
  /// Dollars for a base unit without impact.
  package let perUnit: Double
  package let impact: Impact?
  package let footprint: Double

  package init(asset: AssetID, perUnit: Double, impact: Impact?, footprint: Double) {
    self.asset = asset
    self.perUnit = perUnit
    self.impact = impact
    self.footprint = footprint
  }

  /// Dollars for one more base unit after `bought` more have been bought (or, below zero, sold).
  package func marginal(after bought: Double) -> Double {
    guard let impact else { return perUnit }
    return perUnit * ElementaryMath.exp(impact.logImpact(at: footprint + bought))
  }

  /// What the two integrals may be off by, as a share of the larger.
  private static let margin = 0x1p-48

  /// Dollars that buying so much costs; rounding against the buyer.
  package func cost(_ amount: Amount) -> Double { walk(by: Double(amount.units)) }

  /// Dollars that selling so much brings; rounding against the seller.
  package func proceeds(_ amount: Amount) -> Double { max(0, -walk(by: -Double(amount.units))) }

  /// Dollars from the footprint to `volume` beyond it, below zero when that is down; never too few.
  private func walk(by volume: Double) -> Double {
    guard let impact else { return volume * perUnit }
    let (from, to) = (impact.integral(to: footprint), impact.integral(to: footprint + volume))
    return (to - from + OutsideLeg.margin * max(from.magnitude, to.magnitude)) * perUnit
  }
}

/// What the outside asks and bids for one asset in another.
///
/// Without impact on either, any amount goes at the reference price: ⌈amount · rate⌉ to buy, ⌊amount · rate⌋
/// to sell. With impact both legs walk along their curves, through dollars.
package struct OutsideMarket: Sendable {
  package let base: OutsideLeg
  package let quote: OutsideLeg
  /// Base units of quote for a base unit of base, before any further trade.
  package let rate: Double

  package init(base: OutsideLeg, quote: OutsideLeg, rate: Double) {
    self.base = base
    self.quote = quote
    self.rate = rate
  }

  /// An infinitely deep market of two assets.
  package init(rate: Double) {
    self.init(
      base: OutsideLeg(asset: AssetID(0), perUnit: rate, impact: nil, footprint: 0),
      quote: OutsideLeg(asset: AssetID(1), perUnit: 1, impact: nil, footprint: 0), rate: rate)
  }

  /// Whether trades leave the price where it is.
  package var isDeep: Bool { base.impact == nil && quote.impact == nil }

  /// The quote asset that buying so much of the base costs; nil if no amount would do.
  package func cost(ofBuying amount: Amount) -> Amount? {
    guard !isDeep else { return wholeUnits(Double(amount.units) * rate, .up) }
    let dollars = base.cost(amount)
    guard quote.impact != nil else { return wholeUnits(dollars / quote.perUnit, .up) }
    return leastUnits(upTo: OutsideMarket.most) { quote.proceeds($0) >= dollars }
  }

  /// The quote asset that selling so much of the base brings.
  package func proceeds(ofSelling amount: Amount) -> Amount? {
    guard !isDeep else { return wholeUnits(Double(amount.units) * rate, .down) }
    let dollars = base.proceeds(amount)
    guard quote.impact != nil else { return wholeUnits(dollars / quote.perUnit, .down) }
    return mostUnits(upTo: OutsideMarket.most) { quote.cost($0) <= dollars }
  }

  /// Base units of quote for one more base unit of base, after so much of the base has been bought for so
  /// much of the quote; below zero, sold.
  package func marginalRate(afterBuying bought: Double, for paid: Double) -> Double {
    base.marginal(after: bought) / quote.marginal(after: -paid)
  }

  /// The same; of a deep market what it quotes, to the last bit.
  package func rate(afterBuying bought: Double, for paid: Double) -> Double {
    isDeep ? rate : marginalRate(afterBuying: bought, for: paid)
  }

  private static let most = Amount(units: 1 << 62)
}

/// The most units, from zero to `limit`, of which `holds`, which is true up to some amount and false beyond
/// it.
package func mostUnits(upTo limit: Amount, _ holds: (Amount) -> Bool) -> Amount {
  if holds(limit) { return limit }
  var (low, high) = (Int64(0), limit.units)
  while high - low > 1 {
    let middle = low + (high - low) / 2
    if holds(Amount(units: middle)) { low = middle } else { high = middle }
  }
  return Amount(units: low)
}

/// The least units, from zero to `limit`, of which `holds`, which is false up to some amount and true beyond
/// it; nil if it is never true.
package func leastUnits(upTo limit: Amount, _ holds: (Amount) -> Bool) -> Amount? {
  if holds(.zero) { return .zero }
  guard holds(limit) else { return nil }
  return Amount(units: mostUnits(upTo: limit) { !holds($0) }.units + 1)
}
