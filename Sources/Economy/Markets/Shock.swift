import Kernel
import Ledger

/// A scripted fall (or rise) of an asset's reference price: `jump` in all, at once or spread over a while.
///
/// Spread over `over`, the move is cut into steps of equal log return, `every` apart, the last one at
/// `at + over`. Shocks on one asset compose: each multiplies the price that it finds.
///
///     Shock(asset: eth, at: .hours(6), jump: -0.35, over: .minutes(40), every: .minutes(1))   // 40 steps
package struct Shock: Sendable {
  package let asset: AssetID
  package let at: SimTime
  package let jump: Double
  package let over: SimDuration
  package let every: SimDuration

  package init(asset: AssetID, at: SimTime, jump: Double, over: SimDuration, every: SimDuration) {
    self.asset = asset
    self.at = at
    self.jump = jump
    self.over = over
    self.every = every
  }

  package var stepCount: Int {
    guard over.microseconds > 0 else { return 1 }
    return Int((over.microseconds - 1) / every.microseconds + 1)
  }

  /// How long after `at` step `number` (1 … `stepCount`) happens. The last one lands on `over` even if
  /// `every` does not divide it.
  package func wait(beforeStep number: Int) -> SimDuration {
    let (late, overflow) = every.microseconds.multipliedReportingOverflow(by: Int64(number))
    return SimDuration(microseconds: overflow ? over.microseconds : min(over.microseconds, late))
  }

  /// (1 + jump)^(1/n): what each step multiplies the price by.
  package var factorPerStep: Double {
    stepCount == 1 ? 1 + jump : ElementaryMath.pow(1 + jump, 1 / Double(stepCount))
  }
}
