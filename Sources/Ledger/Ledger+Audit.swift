/// What an audit found wrong, in words that name the place and the difference.
package struct AuditFinding: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// Keeps a second set of books from the postings alone and compares.
///
/// Shares no code with `Ledger.post`: it replays the journal leg by leg into a dense table of 128-bit
/// balances.
///
///     var auditor = LedgerAuditor()
///     auditor.findings(in: &ledger)   // [] while all is well
///
/// - Complexity: O(accounts × assets) an audit. Meant for tests and for after-loss checks.
package struct LedgerAuditor: Sendable {
  private var books: [[Int128]] = []

  package init() {}

  /// - Parameter visit: shown every leg posted since the last audit, for books of a caller's own.
  package mutating func findings(
    in ledger: inout Ledger, visiting visit: (Transfer) -> Void = { _ in }
  ) -> [AuditFinding] {
    let (assetCount, accountCount) = (ledger.assets.count, ledger.accounts.count)
    while books.count < assetCount { books.append([]) }
    for asset in books.indices {
      books[asset] += Array(repeating: 0, count: accountCount - books[asset].count)
    }
    for posting in ledger.takeJournal() {
      for leg in posting.legs {
        visit(leg)
        books[leg.asset.position][leg.from.position] -= Int128(leg.amount.units)
        books[leg.asset.position][leg.to.position] += Int128(leg.amount.units)
      }
    }
    var found: [AuditFinding] = []
    for asset in ledger.assetIDs {
      var sum: Int128 = 0
      for account in ledger.accountIDs {
        let balance = Int128(ledger.balance(of: account, in: asset).units)
        sum += balance
        if balance != books[asset.position][account.position] {
          found.append(
            AuditFinding(
              "\(ledger[account].name) has \(balance) units of \(ledger[asset].name); its postings say "
                + "\(books[asset.position][account.position])"))
        }
        let issuer: Bool
        switch ledger[asset].issuance {
        case .single(let owner): issuer = owner == account
        case .owedTo(let creditor): issuer = creditor != account
        }
        if balance != 0, (balance < 0) != issuer {
          found.append(
            AuditFinding("\(ledger[account].name) has \(balance) units of \(ledger[asset].name): wrong sign"))
        }
      }
      if sum != 0 { found.append(AuditFinding("\(ledger[asset].name) sums to \(sum), not to zero")) }
    }
    return found
  }
}
