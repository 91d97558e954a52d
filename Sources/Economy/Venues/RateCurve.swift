import Ledger

/// Interest a year as a function of utilization u = borrowed / (borrowed + cash): gentle up to the optimal
/// utilization k, steep beyond it, so that cash comes back when it is short.
///
///     u ≤ k:  base + slopeBelow · (u / k)
///     u > k:  base + slopeBelow + slopeAbove · ((u − k) / (1 − k))
///
/// Aave v3, `DefaultReserveInterestRateStrategy`. A constant rate is the curve without slopes.
package struct RateCurve: Hashable, Sendable {
  package let base: Double
  package let slopeBelow: Double
  package let slopeAbove: Double
  package let optimalUtilization: Double

  /// - Parameter optimalUtilization: above 0, at most 1; at 1 there is nothing beyond it.
  package init(base: Double, slopeBelow: Double, slopeAbove: Double, optimalUtilization: Double) {
    precondition(
      optimalUtilization > 0 && optimalUtilization <= 1, "checked when the config is read")
    self.base = base
    self.slopeBelow = slopeBelow
    self.slopeAbove = slopeAbove
    self.optimalUtilization = optimalUtilization
  }

  package static func flat(_ rate: Double) -> RateCurve {
    RateCurve(base: rate, slopeBelow: 0, slopeAbove: 0, optimalUtilization: 1)
  }

  /// Whether any utilization costs anything.
  package var charges: Bool { base > 0 || slopeBelow > 0 || slopeAbove > 0 }

  package func rate(at utilization: Double) -> Double {
    let (u, k) = (utilization, optimalUtilization)
    guard u > k else { return base + slopeBelow * (u / k) }
    return base + slopeBelow + slopeAbove * ((u - k) / (1 - k))
  }
}
