import Kernel
import Ledger

/// A change of what a venue asks of a collateral, decided outside the model. Loans that stand are judged by
/// it from that moment on.
package struct GovernanceChange: Hashable, Sendable {
  package let at: SimTime
  package let venue: VenueID
  /// Which of the venue's collaterals.
  package let place: Int
  /// Nil leaves it as it is.
  package let threshold: Double?
  package let bonus: Double?

  package init(at: SimTime, venue: VenueID, place: Int, threshold: Double? = nil, bonus: Double? = nil) {
    self.at = at
    self.venue = venue
    self.place = place
    self.threshold = threshold
    self.bonus = bonus
  }

  package func changed(_ terms: CollateralTerms) -> CollateralTerms {
    CollateralTerms(
      asset: terms.asset, maximumLTV: terms.maximumLTV, threshold: threshold ?? terms.threshold,
      bonus: bonus ?? terms.bonus)
  }
}
