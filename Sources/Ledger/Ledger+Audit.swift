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
/// - Complexity: O(accounts × assets) for a whole audit, O(legs since the last) for one of what has moved.
package struct LedgerAuditor: Sendable {
  private var books: [[Int128]] = []

  package init() {}

  /// - Parameters:
  ///   - whole: every account; otherwise those that postings have moved since the last audit.
  ///   - visit: shown every leg posted since the last audit, for books of a caller's own.
  package mutating func findings(
    in ledger: inout Ledger, whole: Bool = true, visiting visit: (Transfer) -> Void = { _ in }
  ) -> [AuditFinding] {
    let (assetCount, accountCount) = (ledger.assets.count, ledger.accounts.count)
    while books.count < assetCount { books.append([]) }
    for asset in books.indices {
      books[asset] += Array(repeating: 0, count: accountCount - books[asset].count)
    }
    let journal = ledger.takeJournal()
    for posting in journal {
      for leg in posting.legs {
        visit(leg)
        books[leg.asset.position][leg.from.position] -= Int128(leg.amount.units)
        books[leg.asset.position][leg.to.position] += Int128(leg.amount.units)
      }
    }
    var found: [AuditFinding] = []
    guard whole else {
      for leg in journal.flatMap(\.legs) {
        for account in [leg.from, leg.to] { _ = compare(account, leg.asset, ledger, &found) }
      }
      return found
    }
    for asset in ledger.assetIDs {
      var sum: Int128 = 0
      for account in ledger.accountIDs { sum += compare(account, asset, ledger, &found) }
      if sum != 0 { found.append(AuditFinding("\(ledger[asset].name) sums to \(sum), not to zero")) }
    }
    return found
  }

  /// The balance, held against these books and against who may owe the asset.
  private func compare(
    _ account: AccountID, _ asset: AssetID, _ ledger: Ledger, _ found: inout [AuditFinding]
  ) -> Int128 {
    let balance = Int128(ledger.balance(of: account, in: asset).units)
    let expected = books[asset.position][account.position]
    if balance != expected {
      found.append(
        AuditFinding(
          "\(ledger[account].name) has \(balance) units of \(ledger[asset].name); its postings say "
            + "\(expected)"))
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
    return balance
  }
}
