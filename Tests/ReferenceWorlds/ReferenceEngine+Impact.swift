import Economy
import Kernel
import Ledger

// Trades with the outside of the semantics page: a price that walks along a curve of net volume.

extension ReferenceEngine {
  /// Which way a trade with the outside goes, seen from the trader.
  enum Side { case buys, sells }

  /// Lets impact decay, then makes the listed price; whether it is another.
  mutating func relist(_ asset: Int) -> Bool {
    guard specification.tokens[asset].share == nil else { return false }
    let before = reference[asset]
    decay(asset)
    reference[asset] = paths[asset].exogenous
    if specification.tokens[asset].impact != nil {
      reference[asset] *= ElementaryMath.exp(logImpact(asset, at: volume(asset)))
    }
    return reference[asset] != before
  }

  private mutating func decay(_ asset: Int) {
    guard let impact = specification.tokens[asset].impact, let now else { return }
    let halves =
      Double(now.time.microseconds - paths[asset].decayedAt) / Double(impact.halfLife.microseconds)
    paths[asset].decaying *= ElementaryMath.exp(-(ElementaryMath.log(2) * halves))
    if abs(paths[asset].decaying) < 1 { paths[asset].decaying = 0 }
    paths[asset].decayedAt = now.time.microseconds
  }

  private func volume(_ asset: Int) -> Double { paths[asset].staying + paths[asset].decaying }

  private func logImpact(_ asset: Int, at volume: Double) -> Double {
    switch specification.tokens[asset].impact?.shape {
    case nil: return 0
    case .linear(let depth)?: return volume / Double(depth.units)
    case .squareRoot(let day, let coefficient)?:
      let root = coefficient * (abs(volume) / Double(day.units)).squareRoot()
      return volume < 0 ? -root : root
    }
  }

  /// The area under e^(log impact) from no volume to this one.
  private func area(_ asset: Int, to volume: Double) -> Double {
    let w = logImpact(asset, at: volume)
    switch specification.tokens[asset].impact?.shape {
    case nil: return volume
    case .linear(let depth)?: return Double(depth.units) * ElementaryMath.expm1(w)
    case .squareRoot?:
      guard abs(w) < 0.5 else {
        return volume * (2 * (w * ElementaryMath.exp(w) - ElementaryMath.expm1(w)) / (w * w))
      }
      var sum = 0.0
      var term = 1.0
      for j in 0...17 {
        sum += 2 * term / Double(j + 2)
        term *= w / Double(j + 1)
      }
      return volume * sum
    }
  }

  /// Dollars for a base unit but for impact.
  private func unitPrice(_ asset: Int) -> Double { paths[asset].exogenous / unitsPerToken(asset) }

  func dollars(_ side: Side, _ units: Int128, of asset: Int) -> Double {
    let amount = Double(units)
    guard specification.tokens[asset].impact != nil else { return amount * unitPrice(asset) }
    let here = area(asset, to: volume(asset))
    let there = area(asset, to: volume(asset) + (side == .buys ? amount : -amount))
    let doubt = max(abs(here), abs(there)) / 281_474_976_710_656
    return side == .buys
      ? (there - here + doubt) * unitPrice(asset) : max(0, -((there - here + doubt) * unitPrice(asset)))
  }

  private func isDeep(_ base: Int, _ quote: Int) -> Bool {
    specification.tokens[base].impact == nil && specification.tokens[quote].impact == nil
  }

  func outsideRate(_ base: Int, _ quote: Int) -> Double { nextRate(base, quote, afterBuying: 0, for: 0) }

  /// Units of quote for the next unit of base.
  func nextRate(_ base: Int, _ quote: Int, afterBuying bought: Double, for paid: Double) -> Double {
    func next(_ asset: Int, _ more: Double) -> Double {
      guard specification.tokens[asset].impact != nil else { return unitPrice(asset) }
      return unitPrice(asset) * ElementaryMath.exp(logImpact(asset, at: volume(asset) + more))
    }
    return next(base, bought) / next(quote, -paid)
  }

  /// What buying so much of the base costs in the quote.
  func cost(of bought: Int128, _ base: Int, in quote: Int) -> Int128? {
    guard !isDeep(base, quote) else {
      return ReferenceMath.ceiling(Double(bought) * outsideRate(base, quote))
    }
    let due = dollars(.buys, bought, of: base)
    guard specification.tokens[quote].impact != nil else {
      return ReferenceMath.ceiling(due / unitPrice(quote))
    }
    let limit: Int128 = 1 << 62
    if dollars(.sells, 0, of: quote) >= due { return 0 }
    guard dollars(.sells, limit, of: quote) >= due else { return nil }
    return ReferenceEngine.most(limit) { dollars(.sells, $0, of: quote) < due } + 1
  }

  /// What selling so much of the base brings in the quote.
  func proceeds(of sold: Int128, _ base: Int, in quote: Int) -> Int128? {
    guard !isDeep(base, quote) else { return ReferenceMath.floor(Double(sold) * outsideRate(base, quote)) }
    let earned = dollars(.sells, sold, of: base)
    guard specification.tokens[quote].impact != nil else {
      return ReferenceMath.floor(earned / unitPrice(quote))
    }
    return ReferenceEngine.most(1 << 62) { dollars(.buys, $0, of: quote) <= earned }
  }

  /// The most, from zero to a limit, that something holds for.
  static func most(_ limit: Int128, _ holds: (Int128) -> Bool) -> Int128 {
    if holds(limit) { return limit }
    var (yes, no): (Int128, Int128) = (0, limit)
    while no > yes + 1 {
      let middle = (yes + no) / 2
      if holds(middle) { yes = middle } else { no = middle }
    }
    return yes
  }

  /// Lets the two assets' impact decay to now: a trade finds them so, whatever was listed last.
  mutating func approachOutside(_ base: Int, _ quote: Int) {
    decay(base)
    decay(quote)
  }

  /// Posts a trade with the outside, account 0; the assets whose price it moved.
  mutating func tradeOutside(
    _ trader: Int, buys bought: (asset: Int, amount: Int128), sells sold: (asset: Int, amount: Int128)
  ) throws(ReferenceFailure) -> [AssetID] {
    move(bought.amount, of: bought.asset, from: 0, to: trader)
    move(sold.amount, of: sold.asset, from: trader, to: 0)
    var moved: [AssetID] = []
    for asset in specification.tokens.indices {
      guard let impact = specification.tokens[asset].impact else { continue }
      var volume = 0.0
      if asset == bought.asset { volume = Double(bought.amount) }
      if asset == sold.asset { volume = -Double(sold.amount) }
      guard asset == bought.asset || asset == sold.asset else { continue }
      var share = impact.permanentShare
      if case .squareRoot = impact.shape { share *= share }
      paths[asset].staying += share * volume
      paths[asset].decaying += (1 - share) * volume
      if relist(asset) { moved.append(AssetID(asset)) }
    }
    for asset in moved { try happened(.priceStepped(asset: asset, price: reference[asset.position])) }
    return moved
  }
}
