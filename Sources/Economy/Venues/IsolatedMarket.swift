import Ledger

/// One collateral, one debt, one number: the loan-to-value ratio at which a loan opens at most is also the
/// one at which it falls, and a liquidation may repay everything. After Morpho Blue.
extension CollateralTerms {
  /// - Parameter bonus: the market's own where it says one.
  package static func isolated(_ asset: AssetID, lltv: Double, bonus: Double? = nil) -> CollateralTerms {
    CollateralTerms(
      asset: asset, maximumLTV: lltv, threshold: lltv, bonus: bonus ?? isolatedBonus(lltv: lltv))
  }

  /// min(1.15, 1 / (1 − 0.3 · (1 − lltv))) − 1. Morpho Blue, `liquidate`, with
  /// `MAX_LIQUIDATION_INCENTIVE_FACTOR` = 1.15 and `LIQUIDATION_CURSOR` = 0.3 (`ConstantsLib`).
  package static func isolatedBonus(lltv: Double) -> Double {
    min(1.15, 1 / (1 - 0.3 * (1 - lltv))) - 1
  }
}
