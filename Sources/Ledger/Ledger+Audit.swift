/// What an audit found wrong, in words that name the place and the difference.
package struct AuditFinding: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// What a whole audit has read of a ledger: every balance that is not zero, account by account.
package struct BalancesRead: Sendable {
  package struct Held: Sendable {
    package let asset: AssetID
    package let units: Int64
  }

  package fileprivate(set) var held: [Held] = []
  /// By account, where its balances end; the next one's begin there.
  fileprivate var ends: [Int] = []
  /// By asset, over all accounts.
  package fileprivate(set) var sums: [Int128] = []

  /// Where in `held` an account's balances are.
  package func places(of account: AccountID) -> Range<Int> {
    (account.position == 0 ? 0 : ends[account.position - 1])..<ends[account.position]
  }

  fileprivate mutating func begin(_ ledger: Ledger) {
    held.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    sums = Array(repeating: 0, count: ledger.assets.count)
  }
}

/// Keeps a second set of books from the postings alone and compares.
///
/// Shares no code with `Ledger.post`: it replays the journal leg by leg into 128-bit balances of its own, by
/// account and asset.
///
///     var auditor = LedgerAuditor()
///     auditor.findings(in: &ledger)   // [] while all is well
///
/// - Complexity: O(accounts + balances) for a whole audit, O(legs since the last × assets of an account) for
///   one of what has moved.
package struct LedgerAuditor: Sendable {
  private struct Entry {
    var units: Int128 = 0
    let asset: AssetID
    /// The same account's, entered before this one.
    let earlier: Int32
  }

  /// For every account, each asset that a posting has named with it. One list, since a whole audit goes
  /// through all of it.
  private var books: [Entry] = []
  /// By account: the entry made last.
  private var latest: [Int32] = []
  /// What the last whole audit has read, for a caller who holds more against it.
  package private(set) var read = BalancesRead()

  package init() {}

  /// - Parameters:
  ///   - whole: every account; otherwise those that postings have moved since the last audit.
  ///   - visit: shown every leg posted since the last audit, for books of a caller's own.
  package mutating func findings(
    in ledger: inout Ledger, whole: Bool = true, visiting visit: (Transfer) -> Void = { _ in }
  ) -> [AuditFinding] {
    while latest.count < ledger.accounts.count { latest.append(-1) }
    let journal = ledger.takeJournal()
    for posting in journal {
      for leg in posting.legs {
        visit(leg)
        enter(-Int128(leg.amount.units), of: leg.asset, for: leg.from)
        enter(Int128(leg.amount.units), of: leg.asset, for: leg.to)
      }
    }
    guard whole else {
      var found: [AuditFinding] = []
      for leg in journal.flatMap(\.legs) {
        for account in [leg.from, leg.to] { compare(account, leg.asset, ledger, &found) }
      }
      return found
    }
    return compareAll(ledger)
  }

  private mutating func enter(_ units: Int128, of asset: AssetID, for account: AccountID) {
    var place = entry(of: asset, for: account)
    if place < 0 {
      place = books.count
      books.append(Entry(asset: asset, earlier: latest[account.position]))
      latest[account.position] = Int32(place)
    }
    books[place].units += units
  }

  /// Where in the books it stands; below zero if no posting has named it.
  private func entry(of asset: AssetID, for account: AccountID) -> Int {
    var place = Int(latest[account.position])
    while place >= 0, books[place].asset != asset { place = Int(books[place].earlier) }
    return place
  }

  /// Reads every account once. What differs or has the wrong sign is looked at again, asset by asset, and put
  /// into words.
  private mutating func compareAll(_ ledger: Ledger) -> [AuditFinding] {
    let parties = ledger.assets.map { asset in
      switch asset.issuance {
      case .single(let owner): (account: owner, owes: true)
      case .owedTo(let creditor): (account: creditor, owes: false)
      }
    }
    var suspects: [(account: AccountID, asset: AssetID)] = []
    // What the account that is read has beyond its books; all zero between accounts.
    var beyond = Array(repeating: Int128(0), count: parties.count)
    var read = BalancesRead()
    swap(&read, &self.read)
    read.begin(ledger)
    for position in 0..<ledger.accounts.count {
      let account = AccountID(position)
      let first = read.held.count
      ledger.forEachBalance(of: account) { asset, units in
        guard units != 0 else { return }
        read.held.append(BalancesRead.Held(asset: asset, units: units))
        read.sums[asset.position] += Int128(units)
        beyond[asset.position] += Int128(units)
      }
      var entry = Int(latest[position])
      while entry >= 0 {
        beyond[books[entry].asset.position] -= books[entry].units
        entry = Int(books[entry].earlier)
      }
      for place in first..<read.held.count {
        let (asset, units) = (read.held[place].asset, read.held[place].units)
        let party = parties[asset.position]
        let mayOwe = (party.account == account) == party.owes
        if beyond[asset.position] != 0 || (units < 0) != mayOwe { suspects.append((account, asset)) }
        beyond[asset.position] = 0
      }
      // Only what the ledger lacks is still open.
      entry = Int(latest[position])
      while entry >= 0 {
        let asset = books[entry].asset
        if beyond[asset.position] != 0 { suspects.append((account, asset)) }
        beyond[asset.position] = 0
        entry = Int(books[entry].earlier)
      }
      read.ends.append(read.held.count)
    }
    swap(&read, &self.read)
    var found: [AuditFinding] = []
    for asset in ledger.assetIDs {
      for suspect in suspects where suspect.asset == asset { compare(suspect.account, asset, ledger, &found) }
      let sum = self.read.sums[asset.position]
      if sum != 0 { found.append(AuditFinding("\(ledger[asset].name) sums to \(sum), not to zero")) }
    }
    return found
  }

  /// The balance, held against these books and against who may owe the asset.
  private func compare(
    _ account: AccountID, _ asset: AssetID, _ ledger: Ledger, _ found: inout [AuditFinding]
  ) {
    let balance = Int128(ledger.balance(of: account, in: asset).units)
    let place = entry(of: asset, for: account)
    let expected = place < 0 ? 0 : books[place].units
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
  }
}
