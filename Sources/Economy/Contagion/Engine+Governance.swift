import Kernel
import Ledger

extension World {
  /// A venue's terms are others from now on. Where that moves the threshold, alarms ring because of it: it
  /// stands in the coordinates of those who hold the collateral.
  mutating func govern(_ number: Int, _ header: EventHeader) throws(RunFailure.Reason) {
    let change = governance[number]
    let before = venues[change.venue].collateral[change.place]
    let terms = change.changed(before)
    venues[change.venue].collateral[change.place] = terms
    record(
      .governed(venue: change.venue, collateral: terms.asset, threshold: terms.threshold, bonus: terms.bonus),
      header)
    guard terms.threshold != before.threshold else { return }
    try scheduleAlarms(change.venue, after: .terms(change.place, from: before), because: header)
  }
}
