import Kernel
import Ledger

// When a world is audited, and the last count of what is hidden.

extension World {
  /// At the horizon everything has been measured: the stock of hidden bad debt is counted anew, over every
  /// position and by other code.
  func hiddenBadDebtCountedAnew() -> [Int64] {
    var sums = Array(repeating: Int64(0), count: venues.count)
    func dollars(_ units: Int128, _ asset: AssetID) -> Double {
      Double(units) / ledger[asset].unitsPerToken * reference[asset]
    }
    for position in positions {
      let venue = venues[position.venue]
      let owed = venue.reserves.reduce(0.0) { sum, lent in
        let scaled = -Int128(ledger.balance(of: position.account, in: lent.debtAsset).units)
        let units = (scaled * Int128(lent.index.value) + Int128(DebtIndex.one) - 1) / Int128(DebtIndex.one)
        return sum + dollars(units, lent.asset)
      }
      let held = venue.collateral.reduce(0.0) { sum, terms in
        sum + dollars(Int128(ledger.balance(of: position.account, in: terms.asset).units), terms.asset)
      }
      guard owed > held else { continue }
      sums[position.venue.position] +=
        Int64((owed * 1_000_000).rounded(.up)) - Int64((held * 1_000_000).rounded(.down))
    }
    return sums
  }

  /// The last check of a run: the books, and the hidden bad debt that was reported.
  mutating func closeBooks() throws(RunFailure.Reason) {
    guard auditor != nil else { return }
    try checkBooks()
    for (venue, (reported, counted)) in zip(hiddenMicrodollars, hiddenBadDebtCountedAnew()).enumerated()
    where reported != counted {
      throw .audit([
        AuditFinding(
          "\(venues[venue].name): \(reported) millionths of a dollar of bad debt reported as hidden, "
            + "\(counted) counted")
      ])
    }
  }

  /// Compares the books with the auditor's; a difference ends the run.
  ///
  /// - Parameter whole: every account and all wealth; otherwise the accounts that have moved since the last
  ///   time, and every venue's books.
  package mutating func checkBooks(whole: Bool = true) throws(RunFailure.Reason) {
    guard var auditor else { return }
    self.auditor = nil
    // Put back in any case: books found wrong are never again found right.
    defer { self.auditor = auditor }
    try auditor.check(
      ledger: &ledger, venues: venues, positions: positions, outside: outside, reference: reference,
      published: published, whole: whole)
  }
}
