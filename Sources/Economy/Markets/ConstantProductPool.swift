import Kernel
import Ledger

/// A pool that trades two assets along x·y = k, exact in integers.
///
/// Its reserves are its ledger balances; it keeps no second copy. The fee stays in the pool. Both divisions
/// round against the trader, so that k never falls.
///
///     pool.bought(forSelling: sold, reserves: (x, y))   // ⌊y·d / (x + d)⌋ with d = ⌊sold·(1 − fee)⌋
package struct ConstantProductPool: Sendable {
  /// A pool's reserves, seen from one side of a trade.
  package struct Reserves: Hashable, Sendable {
    package let sold: Amount
    package let bought: Amount

    package init(sold: Amount, bought: Amount) {
      self.sold = sold
      self.bought = bought
    }
  }

  /// The fee is a whole number of millionths: 3,000 is 0.3 %.
  package static let feeScale: Int64 = 1_000_000

  package let name: String
  package let account: AccountID
  package let base: AssetID
  package let quote: AssetID
  package let feeMillionths: Int64

  package init(name: String, account: AccountID, base: AssetID, quote: AssetID, feeMillionths: Int64) {
    precondition(
      (0..<ConstantProductPool.feeScale).contains(feeMillionths), "checked when the config is read")
    self.name = name
    self.account = account
    self.base = base
    self.quote = quote
    self.feeMillionths = feeMillionths
  }

  package func other(than asset: AssetID) -> AssetID { asset == base ? quote : base }

  package func trades(_ asset: AssetID) -> Bool { asset == base || asset == quote }

  /// What a trader gets for `sold`.
  package func bought(forSelling sold: Amount, reserves: Reserves) throws(ArithmeticRefusal) -> Amount {
    let scale = ConstantProductPool.feeScale
    let afterFee = try mulDiv(sold.units, scale - feeMillionths, scale, .down)
    guard afterFee > 0 else { return .zero }
    let (total, overflow) = reserves.sold.units.addingReportingOverflow(afterFee)
    guard !overflow else { throw .overflow }
    return Amount(units: try mulDiv(reserves.bought.units, afterFee, total, .down))
  }

  package func reserves(selling asset: AssetID, _ ledger: Ledger) -> Reserves {
    Reserves(
      sold: ledger.balance(of: account, in: asset),
      bought: ledger.balance(of: account, in: other(than: asset)))
  }

  /// Base units of `quote` for one base unit of `base`, at the margin and before the fee.
  package func marginalRate(_ ledger: Ledger) -> Double {
    Double(ledger.balance(of: account, in: quote).units) / Double(ledger.balance(of: account, in: base).units)
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

  /// Base units bought for one more base unit sold, fee and all, after `sold` have been: x·y·k/(x + k·sold)²
  /// with k = 1 − fee.
  package func marginalSale(after sold: Amount, reserves: Reserves) -> Double {
    let x = Double(reserves.sold.units)
    let kept = 1 - Double(feeMillionths) / Double(ConstantProductPool.feeScale)
    let total = x + kept * Double(sold.units)
    return x * Double(reserves.bought.units) * kept / (total * total)
  }

  /// The sale that earns most against an outside price, or nil while the fee eats the gap.
  ///
  /// With reserves x of what is sold and y of what is bought, fee f, and an outside price of r bought per
  /// sold, selling d earns y·d(1−f)/(x + d(1−f)) − r·d, which is greatest where
  /// x + d(1−f) = √(x·y·(1−f)/r).
  package func mostProfitableSale(reserves: Reserves, outsideRate r: Double) -> Amount? {
    let x = Double(reserves.sold.units)
    let y = Double(reserves.bought.units)
    let kept = 1 - Double(feeMillionths) / Double(ConstantProductPool.feeScale)
    let sold = (ElementaryMath.squareRoot(x * y * kept / r) - x) / kept
    guard let units = wholeUnits(sold, .down), units > .zero else { return nil }
    return units
  }
}
