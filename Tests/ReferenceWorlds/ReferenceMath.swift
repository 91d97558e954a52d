import Economy
import Kernel
import Ledger

/// The arithmetic of the semantics page, in 128 bits.
enum ReferenceMath {
  /// A debt index of one.
  static let indexOne: Int128 = 1_000_000_000_000_000

  static let microsecondsPerYear: Double = 365 * 24 * 60 * 60 * 1_000_000

  static func floorDivide(_ a: Int128, _ b: Int128, by c: Int128) throws(ReferenceFailure) -> Int128 {
    guard a >= 0, b >= 0, c > 0 else { throw ReferenceFailure("\(a) · \(b) / \(c)") }
    return a * b / c
  }

  static func ceilingDivide(_ a: Int128, _ b: Int128, by c: Int128) throws(ReferenceFailure) -> Int128 {
    guard a >= 0, b >= 0, c > 0 else { throw ReferenceFailure("\(a) · \(b) / \(c)") }
    return (a * b + c - 1) / c
  }

  /// ⌈amount · ratio⌉, the ratio being a whole number of billionths.
  static func ceiling(_ amount: Int128, times ratio: Double) throws(ReferenceFailure) -> Int128 {
    try ceilingDivide(amount, Int128((ratio * 1e9).rounded()), by: 1_000_000_000)
  }

  /// ⌊x⌋, or nil for what has no place in 63 bits.
  static func floor(_ x: Double) -> Int128? { whole(x.rounded(.down)) }

  /// ⌈x⌉, or nil for what has no place in 63 bits.
  static func ceiling(_ x: Double) -> Int128? { whole(x.rounded(.up)) }

  private static func whole(_ x: Double) -> Int128? { abs(x) <= 9.2e18 ? Int128(x) : nil }

  static func power(ofTen exponent: Int) -> Double {
    var power = 1.0
    for _ in 0..<exponent { power *= 10 }
    return power
  }

  /// Splits by largest remainder, ties to the earlier part.
  static func split(_ total: Int128, by weights: [Int128]) throws(ReferenceFailure) -> [Int128] {
    let sum = weights.reduce(0, +)
    guard sum > 0 else {
      guard total == 0 else { throw ReferenceFailure("nobody to split \(total) over") }
      return weights
    }
    var parts = weights.map { total * $0 / sum }
    var remainders = weights.map { total * $0 % sum }
    for _ in 0..<Int(total - parts.reduce(0, +)) {
      var largest = 0
      for index in remainders.indices where remainders[index] > remainders[largest] { largest = index }
      parts[largest] += 1
      remainders[largest] = -1
    }
    return parts
  }

  static func amount(_ units: Int128) throws(ReferenceFailure) -> Amount {
    guard let units = Int64(exactly: units) else {
      throw ReferenceFailure("\(units) has no place in 64 bits")
    }
    return Amount(units: units)
  }
}

// MARK: Valuations

extension ReferenceEngine {
  func unitsPerToken(_ asset: Int) -> Double {
    ReferenceMath.power(ofTen: specification.tokens[asset].decimals)
  }

  func value(of units: Int128, in asset: Int, at prices: [Double]) -> Double {
    Double(units) / unitsPerToken(asset) * prices[asset]
  }

  /// Base units of `other` for one base unit of `asset`.
  func rate(of asset: Int, in other: Int, at prices: [Double]) -> Double {
    (prices[asset] / unitsPerToken(asset)) / (prices[other] / unitsPerToken(other))
  }

  // MARK: Debts

  func owed(by position: Position, of lent: Lent) throws(ReferenceFailure) -> Int128 {
    try ReferenceMath.ceilingDivide(
      -balances[position.account][lent.debtAsset], lent.index, by: ReferenceMath.indexOne)
  }

  func bookedLoans(of lent: Lent, in venue: Venue) -> Int128 {
    balances[venue.account][lent.debtAsset] * lent.index / ReferenceMath.indexOne
  }

  /// What a position holds, in the order in which its venue lists collateral.
  func holdings(of position: Position) -> [(terms: CollateralTerms, units: Int128)] {
    position.collateral.map { place in
      let terms = venues[position.venue].collateral[place]
      return (terms, balances[position.account][terms.asset.position])
    }
  }

  func debts(of position: Position) throws(ReferenceFailure) -> [(lent: Lent, units: Int128)] {
    var debts: [(lent: Lent, units: Int128)] = []
    for place in position.debts {
      let lent = venues[position.venue].lent[place]
      debts.append((lent, try owed(by: position, of: lent)))
    }
    return debts
  }

  /// What the collateral may carry and what is owed, at published prices.
  func standing(of position: Position) throws(ReferenceFailure) -> (carries: Double, owes: Double) {
    (
      holdings(of: position)
        .map { value(of: $0.units, in: $0.terms.asset.position, at: published) * $0.terms.threshold }
        .reduce(0, +),
      try debts(of: position).map { value(of: $0.units, in: $0.lent.asset, at: published) }.reduce(0, +)
    )
  }

  func isBelowThreshold(_ position: Position) throws(ReferenceFailure) -> Bool {
    let (carries, owes) = try standing(of: position)
    return carries < owes
  }

  // MARK: Pools

  func reserve(of pool: Int, _ asset: AssetID) -> Int128 { balances[poolAccounts[pool]][asset.position] }

  /// Quote tokens for one base token.
  func price(of pool: Int) -> Double {
    let (base, quote) = (specification.pools[pool].base, specification.pools[pool].quote)
    if case .stableSwap(let curve) = specification.pools[pool].curve {
      // Floating point is the curve's own: what is held against it here are the amounts.
      let (x, y) = (finest(pool, base), finest(pool, quote))
      return curve.slope(Double(reserve(of: pool, base) * x), Double(reserve(of: pool, quote) * y))
        * Double(x) / Double(y) * unitsPerToken(base.position) / unitsPerToken(quote.position)
    }
    return Double(reserve(of: pool, quote)) / Double(reserve(of: pool, base)) * unitsPerToken(base.position)
      / unitsPerToken(quote.position)
  }

  func otherAsset(of pool: Int, than asset: AssetID) -> AssetID {
    let terms = specification.pools[pool]
    return asset == terms.base ? terms.quote : terms.base
  }

  func trades(_ pool: Int, _ asset: AssetID) -> Bool {
    specification.pools[pool].base == asset || specification.pools[pool].quote == asset
  }

  /// What the pool gives for `sold` of `asset`.
  func bought(
    from pool: Int, selling asset: AssetID, _ sold: Int128
  ) throws(ReferenceFailure) -> Int128 {
    let kept = Int128(1_000_000 - specification.pools[pool].feeMillionths)
    let arrives = try ReferenceMath.floorDivide(sold, kept, by: 1_000_000)
    guard arrives > 0 else { return 0 }
    if case .stableSwap(let curve) = specification.pools[pool].curve {
      let other = otherAsset(of: pool, than: asset)
      let (fine, otherFine) = (finest(pool, asset), finest(pool, other))
      let (x, y) = (reserve(of: pool, asset) * fine, reserve(of: pool, other) * otherFine)
      let a = Int128(2 * curve.amplification)
      // The least number that the pool is not worth more than; then the most that it can give away.
      var (low, worth) = (Int128(0), x + y)
      while worth - low > 1 {
        let middle = (low + worth) / 2
        if ReferenceMath.isWorthMore(x, y, a, than: middle) { low = middle } else { worth = middle }
      }
      var (kept, least) = (Int128(0), y)
      while least - kept > 1 {
        let middle = (kept + least) / 2
        if ReferenceMath.isWorthLess(x + arrives * fine, middle, a, than: worth) {
          kept = middle
        } else {
          least = middle
        }
      }
      return (y - least) / otherFine
    }
    return try ReferenceMath.floorDivide(
      reserve(of: pool, otherAsset(of: pool, than: asset)), arrives, by: reserve(of: pool, asset) + arrives)
  }

  /// Units of the finer of a pool's assets in a unit of this one.
  private func finest(_ pool: Int, _ asset: AssetID) -> Int128 {
    let other = otherAsset(of: pool, than: asset)
    let (own, others) = (unitsPerToken(asset.position), unitsPerToken(other.position))
    return Int128(max(own, others) / own)
  }
}

extension ReferenceMath {
  /// 4·x·y·(a·(x + y) − (a − 1)·d) − d³ as a sign: the stable-swap curve's page, cross-multiplied.
  private static func sign(_ x: Int128, _ y: Int128, _ a: Int128, _ d: Int128) -> Int {
    let rest = a * (x + y) - (a - 1) * d
    guard rest > 0 else { return d > 0 || rest < 0 ? -1 : 0 }
    let left = (4 * x * y).multipliedFullWidth(by: rest)
    let right = (d * d).multipliedFullWidth(by: d)
    if left.high != right.high { return left.high > right.high ? 1 : -1 }
    return left.low == right.low ? 0 : left.low > right.low ? 1 : -1
  }

  static func isWorthMore(_ x: Int128, _ y: Int128, _ a: Int128, than d: Int128) -> Bool {
    sign(x, y, a, d) > 0
  }

  static func isWorthLess(_ x: Int128, _ y: Int128, _ a: Int128, than d: Int128) -> Bool {
    sign(x, y, a, d) < 0
  }
}
