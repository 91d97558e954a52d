import Economy
import Kernel
import Ledger

/// What venues have kept of interest, and what went out of that at once.
package struct RevenueLaw {
  /// The first period in which more went out than was kept.
  package private(set) var overspent: String?
  /// Periods in which all of it went, to two layers or more.
  package private(set) var contested = 0
  private var kept: Int128 = 0
  private var given: [Int128] = []

  package init(_ facts: [FactRecord], of world: WorldSpecification) {
    var event: EventID?
    for record in facts {
      switch record.fact {
      case .interestAccrued(let venue, let reserve, let interest, _):
        close()
        event = record.header.id
        let lent = world.venues[venue].debts[Int(reserve)]
        // A share of an amount is taken at nine decimals.
        let billionths = Int128((lent.reserveFactor * 1e9).rounded())
        kept = (Int128(interest.units) * billionths + 999_999_999) / 1_000_000_000
      case .premiumPaid(_, _, _, let paid), .refilled(_, _, _, let paid),
        .promiseKept(_, _, _, _, let paid, _):
        if record.header.id == event { given.append(Int128(paid.units)) }
      default: break
      }
    }
    close()
  }

  private mutating func close() {
    let all = given.reduce(0, +)
    if all > kept { overspent = overspent ?? "\(given) of \(kept)" }
    if all == kept, given.count > 1 { contested += 1 }
    given = []
  }
}
