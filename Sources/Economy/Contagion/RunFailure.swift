import Kernel
import Ledger

/// Why a run ended before its horizon. Ends that run alone: the rest of a sweep goes on.
package struct RunFailure: Error, Sendable {
  package enum Reason: Error, Equatable, Sendable {
    case ledger(LedgerRefusal)
    case arithmetic(ArithmeticRefusal)
    case time(SimTimeError)
    case queue(EventQueueError)
    case absorption(layer: String, AbsorptionError)
    case distribution(DistributionError)
    /// Borrowers want more than a venue's lenders have put in.
    case insufficientDeposits(venue: String, missing: Amount)
    /// Drawn so small that nothing is left after rounding.
    case emptyPosition(name: String)
    case priceOutOfRange(asset: String, price: Double)
    case audit([AuditFinding])
  }

  package let reason: Reason
  /// What was being done; nil while the world was being set up.
  package let event: EventHeader?

  package init(_ reason: Reason, during event: EventHeader?) {
    self.reason = reason
    self.event = event
  }
}

/// Runs `body`; a refusal of the ledger becomes the reason why the run ends.
func settling<Result>(_ body: () throws(LedgerRefusal) -> Result) throws(RunFailure.Reason) -> Result {
  do { return try body() } catch { throw .ledger(error) }
}

/// Runs `body`; a refusal of arithmetic becomes the reason why the run ends.
func calculating<Result>(
  _ body: () throws(ArithmeticRefusal) -> Result
) throws(RunFailure.Reason) -> Result {
  do { return try body() } catch { throw .arithmetic(error) }
}
