import Kernel
import Ledger
import Testing

@Suite("Laws of the ledger")
struct LedgerLawTests {
  /// Everything that can be seen of a ledger.
  struct Snapshot: Equatable {
    let balances: [[Amount]]
    let touched: [[AssetID]]
    let supplies: [Amount]
    let journal: [Posting]

    init(_ ledger: Ledger) {
      balances = ledger.accountIDs.map { account in
        ledger.assetIDs.map { ledger.balance(of: account, in: $0) }
      }
      touched = ledger.accountIDs.map(ledger.assetsTouched(by:))
      supplies = ledger.assetIDs.map(ledger.supply(of:))
      journal = ledger.journal
    }
  }

  static func name(_ refusal: LedgerRefusal?) -> String {
    switch refusal {
    case nil: "accepted"
    case .negativeAmount: "negative amount"
    case .sameAccount: "same account"
    case .unknownAccount: "unknown account"
    case .unknownAsset: "unknown asset"
    case .unnamedSupplyChange: "unnamed supply change"
    case .insufficientFunds: "insufficient funds"
    case .issuerWouldHold: "issuer would hold"
    case .overflow: "overflow"
    }
  }

  /// Runs one sequence; returns what is wrong with it, if anything, and counts what it met.
  static func play(seed: Int, coverage: inout [String: Int]) -> String? {
    var postings = RandomPostings(seed: seed)
    var ledger = postings.makeLedger()
    var books = NaiveBooks(accountCount: postings.accountCount, issuance: postings.issuance)
    var auditor = LedgerAuditor()
    for number in 0..<16 {
      let shape = postings.random.element(of: RandomPostings.Shape.allCases)
      let legs = number == 0 ? postings.opening() : postings.posting(shape, books)
      let before = Snapshot(ledger)
      var refusal: LedgerRefusal?
      do { try ledger.post(Posting(legs)) } catch { refusal = error }
      let expected = books.post(legs)
      coverage["\(shape.rawValue), \(refusal == nil ? "accepted" : "refused")", default: 0] += 1
      coverage[name(refusal), default: 0] += 1
      let place = "posting \(number) (\(shape.rawValue)) of seed \(seed)"
      if refusal != expected { return "\(place): \(name(refusal)), should be \(name(expected)): \(legs)" }
      let after = Snapshot(ledger)
      if refusal != nil, after != before { return "\(place): refused, but left a trace" }
      for account in ledger.accountIDs {
        for asset in ledger.assetIDs {
          let seen = Int128(after.balances[account.position][asset.position].units)
          let right = books.balance(account.position, asset.position)
          if seen != right { return "\(place): \(account) has \(seen) of \(asset), should be \(right)" }
        }
      }
      for asset in ledger.assetIDs {
        let sum = after.balances.reduce(Int128(0)) { $0 + Int128($1[asset.position].units) }
        if sum != 0 { return "\(place): \(asset) sums to \(sum)" }
        let held = after.balances.reduce(Int128(0)) { $0 + max(0, Int128($1[asset.position].units)) }
        if held != Int128(after.supplies[asset.position].units) { return "\(place): supply of \(asset)" }
      }
    }
    let dense = ledger.accountIDs.count { ledger.assetsTouched(by: $0).count > 16 }
    coverage["accounts with a dense row", default: 0] += dense
    let findings = auditor.findings(in: &ledger)
    return findings.isEmpty ? nil : "seed \(seed): \(findings)"
  }

  @Test("random postings, refused or not, leave every asset at zero and agree with naive books")
  func randomPostings() {
    let count = caseCount(debug: 2_000, full: 10_000)
    var coverage: [String: Int] = [:]
    for seed in 0..<count {
      if let fault = LedgerLawTests.play(seed: seed, coverage: &coverage) {
        Issue.record("\(fault)")
        return
      }
    }
    print("\(count) sequences of postings met:")
    for (what, times) in coverage.sorted(by: { $0.key < $1.key }) { print("  \(what): \(times)") }
    let expected: [LedgerRefusal?] = [
      nil, .negativeAmount(AssetID(0), .zero), .sameAccount(AccountID(0), AssetID(0)),
      .unknownAccount(AccountID(0)), .unknownAsset(AssetID(0)), .unnamedSupplyChange(AssetID(0), .swap),
      .insufficientFunds(AccountID(0), AssetID(0), missing: .zero),
      .issuerWouldHold(AccountID(0), AssetID(0), excess: .zero), .overflow(AccountID(0), AssetID(0)),
    ]
    for refusal in expected { #expect(coverage[LedgerLawTests.name(refusal), default: 0] >= 20) }
    #expect(coverage["flash loan, accepted", default: 0] >= 20)
    #expect(coverage["many legs, accepted", default: 0] >= 20)
    #expect(coverage["accounts with a dense row", default: 0] >= 20)
  }

  @Test("an account with many assets keeps each of them apart")
  func denseRows() throws {
    var ledger = Ledger()
    let issuer = ledger.addAccount("issuer")
    let holder = ledger.addAccount("holder")
    // From the highest down, so that the row is filled from behind; the 17th makes it dense.
    for asset in 0..<40 {
      _ = ledger.addAsset(Asset(name: "\(asset)", decimals: 0, issuance: .single(issuer)))
    }
    for asset in ledger.assetIDs.reversed() {
      let amount = units(Int64(asset.position) + 1)
      try ledger.post(
        Posting(Transfer(from: issuer, to: holder, asset: asset, amount: amount, for: .endowment)))
    }
    for asset in ledger.assetIDs {
      #expect(ledger.balance(of: holder, in: asset) == units(Int64(asset.position) + 1))
    }
    #expect(ledger.assetsTouched(by: holder) == ledger.assetIDs)
    let late = ledger.addAsset(Asset(name: "late", decimals: 0, issuance: .single(issuer)))
    #expect(ledger.balance(of: holder, in: late) == .zero, "an asset beyond the end of the row")
  }
}

@Suite("The ledger's auditor")
struct LedgerAuditorTests {
  /// 5 accounts, 4 assets of both kinds, 40 random postings.
  static func ledger(seed: Int) -> (Ledger, LedgerAuditor) {
    var random = RandomStream.test("audited ledger", seed: seed)
    var ledger = Ledger()
    for account in 0..<5 { _ = ledger.addAccount("account \(account)") }
    for asset in 0..<4 {
      let party = AccountID(asset)
      _ = ledger.addAsset(
        Asset(name: "asset \(asset)", decimals: 8, issuance: asset < 2 ? .single(party) : .owedTo(party)))
    }
    ledger.keepsJournal = true
    var auditor = LedgerAuditor()
    for number in 0..<40 {
      let asset = AssetID(random.below(4))
      let party = AccountID(asset.position)
      let other = AccountID((asset.position + 1 + random.below(4)) % 5)
      let isDebt = asset.position >= 2
      try? ledger.post(
        Posting(
          Transfer(
            from: isDebt ? other : party, to: isDebt ? party : other, asset: asset,
            amount: units(random.magnitude(bits: 30)), for: isDebt ? .debtIssue : .endowment)))
      // Half of the journal is audited on the way, half at the end.
      if number == 20 { _ = auditor.findings(in: &ledger) }
    }
    return (ledger, auditor)
  }

  @Test("finds nothing in honest books", arguments: 1...20)
  func honest(_ seed: Int) {
    var (ledger, auditor) = LedgerAuditorTests.ledger(seed: seed)
    #expect(auditor.findings(in: &ledger).isEmpty, "seed \(seed)")
  }

  @Test("finds each single unit that was tampered with, wherever it is", arguments: 1...5)
  func singleUnits(_ seed: Int) {
    let (honest, auditor) = LedgerAuditorTests.ledger(seed: seed)
    for account in honest.accountIDs {
      for asset in honest.assetIDs {
        for change: Int64 in [1, -1] {
          var (ledger, fresh) = (honest, auditor)
          ledger.tamper(with: account, in: asset, by: change)
          let found = fresh.findings(in: &ledger).map(\.description)
          let names = "\(ledger[account].name) has \(ledger.balance(of: account, in: asset)) units of "
          #expect(found.contains { $0.hasPrefix(names + ledger[asset].name) }, "seed \(seed)")
          #expect(found.contains("\(ledger[asset].name) sums to \(change), not to zero"), "seed \(seed)")
        }
      }
    }
  }

  @Test("finds a unit that was moved from one account to another without a posting", arguments: 1...5)
  func compensated(_ seed: Int) {
    let (honest, auditor) = LedgerAuditorTests.ledger(seed: seed)
    for asset in honest.assetIDs {
      for (gains, loses) in [(0, 1), (1, 4), (4, 2), (3, 0)] {
        var (ledger, fresh) = (honest, auditor)
        ledger.tamper(with: AccountID(gains), in: asset, by: 1)
        ledger.tamper(with: AccountID(loses), in: asset, by: -1)
        let found = fresh.findings(in: &ledger).map(\.description)
        for account in [gains, loses] {
          #expect(found.contains { $0.hasPrefix("account \(account) has") }, "seed \(seed), \(asset)")
        }
      }
    }
  }

  /// What a whole audit has to say, by a look at every account and asset.
  static func findings(_ ledger: Ledger, _ books: NaiveBooks) -> [String] {
    var found: [String] = []
    for asset in ledger.assetIDs {
      var sum: Int128 = 0
      for account in ledger.accountIDs {
        let has = Int128(ledger.balance(of: account, in: asset).units)
        let said = books.balance(account.position, asset.position)
        let words = "\(ledger[account].name) has \(has) units of \(ledger[asset].name)"
        if has != said { found.append("\(words); its postings say \(said)") }
        if has != 0, (has < 0) != books.isIssuer(account.position, of: asset.position) {
          found.append("\(words): wrong sign")
        }
        sum += has
      }
      if sum != 0 { found.append("\(ledger[asset].name) sums to \(sum), not to zero") }
    }
    return found
  }

  @Test("says of tampered books what a look at every account and asset says, in the same words and order")
  func everyPlace() {
    let count = caseCount(debug: 300, full: 3_000)
    var (emptied, clean) = (0, 0)
    for seed in 0..<count {
      var postings = RandomPostings(seed: seed)
      var ledger = postings.makeLedger()
      var books = NaiveBooks(accountCount: postings.accountCount, issuance: postings.issuance)
      var auditor = LedgerAuditor()
      for number in 0..<8 {
        let legs = number == 0 ? postings.opening() : postings.posting(.fair, books)
        try? ledger.post(Posting(legs))
        _ = books.post(legs)
        var (tampered, fresh) = (ledger, auditor)
        for _ in 0..<postings.random.below(4) {
          let account = AccountID(postings.random.below(postings.accountCount))
          let asset = AssetID(postings.random.below(postings.issuance.count))
          let all = tampered.balance(of: account, in: asset).units
          let change = postings.random.element(of: [1, -1, 1_000_000, -all])
          tampered.tamper(with: account, in: asset, by: change)
          if all != 0, change == -all { emptied += 1 }
        }
        let found = fresh.findings(in: &tampered).map(\.description)
        let expected = LedgerAuditorTests.findings(tampered, books)
        if found.isEmpty { clean += 1 }
        #expect(found == expected, "posting \(number) of seed \(seed)")
        for account in ledger.accountIDs {
          let read = fresh.read.held[fresh.read.places(of: account)].map { "\($0.asset) \($0.units)" }
          let held = ledger.assetIDs.map { ($0, tampered.balance(of: account, in: $0).units) }
          #expect(read.sorted() == held.filter { $0.1 != 0 }.map { "\($0.0) \($0.1)" }.sorted())
        }
        if postings.random.below(2) == 0 { _ = auditor.findings(in: &ledger, whole: false) }
        if found != expected { return }
      }
    }
    #expect(emptied >= count / 4 && clean >= count)
  }

  @Test("finds a wrong sign even where the postings agree with it")
  func wrongSign() {
    var ledger = Ledger()
    let issuer = ledger.addAccount("issuer")
    let holder = ledger.addAccount("holder")
    let coin = ledger.addAsset(Asset(name: "coin", decimals: 0, issuance: .single(issuer)))
    ledger.tamper(with: issuer, in: coin, by: 3)
    ledger.tamper(with: holder, in: coin, by: -3)
    var auditor = LedgerAuditor()
    let found = auditor.findings(in: &ledger).map(\.description)
    #expect(found.contains("issuer has 3 units of coin: wrong sign"))
    #expect(found.contains("holder has -3 units of coin: wrong sign"))
  }
}
