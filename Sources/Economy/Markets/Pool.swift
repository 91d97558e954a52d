import Kernel
import Ledger

/// How a pool prices one asset in the other.
package enum PoolCurve: Hashable, Sendable {
  /// x·y = k.
  case constantProduct
  case stableSwap(StableSwapCurve)
}

/// A pool that trades two assets along a curve, exact in integers.
///
/// Its reserves are its ledger balances; it keeps no second copy. The fee stays in the pool. Every division
/// rounds against the trader, so that the curve's invariant never falls.
///
///     pool.bought(forSelling: sold, reserves: (x, y))   // x·y = k: ⌊y·d / (x + d)⌋, d = ⌊sold·(1 − fee)⌋
package struct Pool: Sendable {
  /// A pool's reserves, seen from one side of a trade.
  package struct Reserves: Hashable, Sendable {
    package let sold: Amount
    package let bought: Amount
    /// What makes a base unit of each as fine as one of the finer asset: a stable-swap pool trades token for
    /// token, not base unit for base unit.
    package let soldScale: Int64
    package let boughtScale: Int64

    package init(sold: Amount, bought: Amount, soldScale: Int64 = 1, boughtScale: Int64 = 1) {
      self.sold = sold
      self.bought = bought
      self.soldScale = soldScale
      self.boughtScale = boughtScale
    }
  }

  /// The fee is a whole number of millionths: 3,000 is 0.3 %.
  package static let feeScale: Int64 = 1_000_000

  package let name: String
  package let account: AccountID
  package let base: AssetID
  package let quote: AssetID
  package let feeMillionths: Int64
  package let curve: PoolCurve

  package init(
    name: String, account: AccountID, base: AssetID, quote: AssetID, feeMillionths: Int64,
    curve: PoolCurve = .constantProduct
  ) {
    precondition((0..<Pool.feeScale).contains(feeMillionths), "checked when the config is read")
    self.name = name
    self.account = account
    self.base = base
    self.quote = quote
    self.feeMillionths = feeMillionths
    self.curve = curve
  }

  package func other(than asset: AssetID) -> AssetID { asset == base ? quote : base }

  package func trades(_ asset: AssetID) -> Bool { asset == base || asset == quote }

  /// What the fee leaves of a unit.
  var kept: Double { 1 - Double(feeMillionths) / Double(Pool.feeScale) }

  /// What a trader gets for `sold`.
  package func bought(forSelling sold: Amount, reserves: Reserves) throws(ArithmeticRefusal) -> Amount {
    let afterFee = try mulDiv(sold.units, Pool.feeScale - feeMillionths, Pool.feeScale, .down)
    guard afterFee > 0 else { return .zero }
    switch curve {
    case .constantProduct:
      let (total, overflow) = reserves.sold.units.addingReportingOverflow(afterFee)
      guard !overflow else { throw .overflow }
      return Amount(units: try mulDiv(reserves.bought.units, afterFee, total, .down))
    case .stableSwap(let curve):
      let (x, y) = scaled(reserves)
      let left = try curve.other(
        x + UInt128(afterFee) * UInt128(reserves.soldScale), keeping: try curve.invariantToKeep(x, y))
      guard left < y else { return .zero }
      return Amount(units: Int64((y - left) / UInt128(reserves.boughtScale)))
    }
  }

  private func scaled(_ reserves: Reserves) -> (sold: UInt128, bought: UInt128) {
    (
      UInt128(reserves.sold.units) * UInt128(reserves.soldScale),
      UInt128(reserves.bought.units) * UInt128(reserves.boughtScale)
    )
  }

  package func reserves(selling asset: AssetID, _ ledger: Ledger) -> Reserves {
    let (sold, bought) = (ledger.decimals(of: asset), ledger.decimals(of: other(than: asset)))
    let finest = max(sold, bought)
    return Reserves(
      sold: ledger.balance(of: account, in: asset),
      bought: ledger.balance(of: account, in: other(than: asset)),
      soldScale: Asset.powersOfTen[finest - sold],
      boughtScale: Asset.powersOfTen[finest - bought])
  }

  /// Base units of `quote` for one base unit of `base`, at the margin and before the fee.
  package func marginalRate(_ ledger: Ledger) -> Double {
    let reserves = reserves(selling: base, ledger)
    switch curve {
    case .constantProduct: return Double(reserves.bought.units) / Double(reserves.sold.units)
    case .stableSwap(let curve): return slope(of: curve, reserves, after: 0)
    }
  }

  /// Of base units, of which those of the two assets may be of different size.
  private func slope(of curve: StableSwapCurve, _ reserves: Reserves, after more: Double) -> Double {
    let (sold, bought) = (Double(reserves.soldScale), Double(reserves.boughtScale))
    return curve.slope(
      Double(reserves.sold.units) * sold, Double(reserves.bought.units) * bought, after: more * sold)
      * sold / bought
  }

  /// The legs of a swap that has been quoted.
  package func swap(
    by trader: AccountID, selling asset: AssetID, _ sold: Amount, for bought: Amount
  ) -> [Transfer] {
    [
      Transfer(from: trader, to: account, asset: asset, amount: sold, for: .swap),
      Transfer(from: account, to: trader, asset: other(than: asset), amount: bought, for: .swap),
    ]
  }

  /// Base units bought for one more base unit sold, fee and all, after `sold` have been. On a constant
  /// product that is x·y·k/(x + k·sold)² with k = 1 − fee.
  package func marginalSale(after sold: Amount, reserves: Reserves) -> Double {
    let more = kept * Double(sold.units)
    switch curve {
    case .constantProduct:
      let x = Double(reserves.sold.units)
      return x * Double(reserves.bought.units) * kept / ((x + more) * (x + more))
    case .stableSwap(let curve): return kept * slope(of: curve, reserves, after: more)
    }
  }

  /// The sale that earns most against an outside price, or nil while the fee eats the gap.
  ///
  /// With reserves x of what is sold and y of what is bought, fee f, and an outside price of r bought per
  /// sold, selling d on a constant product earns y·d(1−f)/(x + d(1−f)) − r·d, which is greatest where
  /// x + d(1−f) = √(x·y·(1−f)/r). On another curve it is the last unit that still brings r.
  package func mostProfitableSale(reserves: Reserves, outsideRate r: Double) -> Amount? {
    guard case .constantProduct = curve else {
      guard marginalSale(after: .zero, reserves: reserves) > r else { return nil }
      var limit = max(reserves.sold, Amount(units: 1))
      while limit.units < 1 << 60, marginalSale(after: limit, reserves: reserves) >= r {
        limit = Amount(units: 2 * limit.units)
      }
      let most = mostUnits(upTo: limit) { marginalSale(after: $0, reserves: reserves) >= r }
      return most > .zero ? most : nil
    }
    let x = Double(reserves.sold.units)
    let y = Double(reserves.bought.units)
    let sold = (ElementaryMath.squareRoot(x * y * kept / r) - x) / kept
    guard let units = wholeUnits(sold, .down), units > .zero else { return nil }
    return units
  }
}
