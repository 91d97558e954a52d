import Kernel

/// A scripted attack on an oracle: for a while it reads its source times (1 + `jump`). The source itself does
/// not move. Several on one oracle compose.
package struct Manipulation: Hashable, Sendable {
  package let oracle: OracleID
  package let at: SimTime
  package let jump: Double
  package let lasts: SimDuration

  package init(oracle: OracleID, at: SimTime, jump: Double, lasts: SimDuration) {
    self.oracle = oracle
    self.at = at
    self.jump = jump
    self.lasts = lasts
  }

  package func isOn(at time: SimTime) -> Bool {
    // `at` has come, so that the difference is no less than zero and fits.
    at <= time && time.microseconds - at.microseconds < lasts.microseconds
  }
}
