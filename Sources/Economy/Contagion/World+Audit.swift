import Kernel
import Ledger

/// How often a run's books are checked.
package enum AuditFrequency: String, CaseIterable, Sendable {
  case never
  case afterLosses
  case afterEveryEvent
}

/// Checks a world's books against what its postings and facts say. Shares no code with the engine: it keeps
/// its own balances, claims, index and deficit, and compares.
///
/// 1. Per asset: sums to zero, signs, the same balances as the postings (`LedgerAuditor`).
/// 2. Per venue: cash + booked loans + deficit = claims + reserves + dust, and each of them as remembered.
/// 3. Wealth: what final holders and venues own is what the outside gave, plus what is hidden and unresolved.
/// 4. Losses: taken + promised + left = loss at each step of each waterfall.
struct WorldAuditor: Sendable {
  /// A venue as its postings and facts say it must be.
  private struct Books {
    var index = DebtIndex.one
    var claims: Int128 = 0
    var reserves: Int128 = 0
    var deficit: Int128 = 0
    let reserveBillionths: Int128
    /// By step of the waterfall: does it write claims down?
    let cutsClaims: [Bool]
  }

  let frequency: AuditFrequency
  private var ledgerBooks = LedgerAuditor()
  private var venues: [Books]
  private var reference: [Double]
  private var published: [Double]
  private let oracleAssets: [Int]
  private let venueOfPosition: [VenueID]
  /// Venue and what is still left of the loss that is falling.
  private var falling: (venue: VenueID, left: Int128, isLast: Bool) = (VenueID(0), 0, true)
  private var findings: [AuditFinding] = []

  init(_ frequency: AuditFrequency, _ specification: WorldSpecification, positions: [Position]) {
    self.frequency = frequency
    venues = specification.venues.map { venue in
      Books(
        reserveBillionths: Int128((venue.reserveFactor * 1e9).rounded()),
        // Every waterfall ends in `unresolved`, said or not.
        cutsClaims: venue.waterfall.map { $0.type.declaration.means == .claims }
          + (venue.waterfall.last?.type == Unresolved.self ? [] : [false]))
    }
    reference = specification.tokens.map(\.price)
    published = reference
    oracleAssets = specification.oracles.map { $0.asset.position }
    venueOfPosition = positions.map(\.venue)
  }

  /// What oracles say before time starts.
  mutating func begin(published: PriceBoard) { self.published = published.prices }

  func isDue(after event: Event) -> Bool {
    switch frequency {
    case .never: return false
    case .afterEveryEvent: return true
    case .afterLosses:
      if case .lossFalls = event { return true }
      return false
    }
  }

  // MARK: Books of its own

  mutating func observe(_ fact: Fact) {
    switch fact {
    case .priceStepped(let asset, let price):
      reference[asset.position] = price
    case .pricePublished(let oracle, let price):
      published[oracleAssets[oracle]] = price
    case .interestAccrued(let venue, let interest, let index):
      let product = Int128(interest.units) * venues[venue].reserveBillionths
      let kept = (product + 999_999_999) / 1_000_000_000
      venues[venue].index = index
      venues[venue].reserves += kept
      venues[venue].claims += Int128(interest.units) - kept
    case .recognised(_, let position, let amount):
      if falling.left != 0, !falling.isLast { complain("\(falling.left) units of a loss were forgotten") }
      falling = (venueOfPosition[position], Int128(amount.units), false)
      venues[falling.venue].deficit += Int128(amount.units)
    case .absorbed(_, let venue, let step, let taken, let promised, let left):
      let parts = Int128(taken.units) + Int128(promised.units) + Int128(left.units)
      if parts != falling.left || taken.units < 0 || promised.units < 0 || left.units < 0 {
        complain("step \(step): \(taken) taken + \(promised) promised + \(left) left of \(falling.left)")
      }
      if venue != falling.venue { complain("a loss of one venue fell on another's layers") }
      let steps = venues[falling.venue].cutsClaims
      falling.left = Int128(left.units)
      falling.isLast = Int(step) >= steps.count - 1
      venues[falling.venue].deficit -= Int128(taken.units)
      if Int(step) < steps.count, steps[Int(step)] { venues[falling.venue].claims -= Int128(taken.units) }
    case .becameLiquidatable, .liquidated, .passedOver, .swapped, .badDebtOccurred:
      break
    }
  }

  private mutating func complain(_ what: String) { findings.append(AuditFinding(what)) }

  // MARK: The comparison

  mutating func check(
    ledger: inout Ledger, venues actual: [LendingPool], positions: [Position], outside: AccountID,
    reference actualReference: PriceBoard, published actualPublished: PriceBoard
  ) throws(RunFailure.Reason) {
    let venueByAccount = actual.map(\.account)
    var books = venues
    findings += ledgerBooks.findings(in: &ledger) { leg in
      guard leg.purpose == .deposit, let venue = venueByAccount.firstIndex(of: leg.to) else { return }
      books[venue].claims += Int128(leg.amount.units)
    }
    venues = books
    for venue in actual.indices { checkVenue(venue, actual[venue], ledger) }
    if reference != actualReference.prices { complain("a reference price moved without a fact") }
    if published != actualPublished.prices { complain("a published price moved without a fact") }
    checkWealth(ledger, actual, positions, outside, actualReference)
    guard findings.isEmpty else { throw .audit(findings) }
  }

  private mutating func checkVenue(_ place: Int, _ venue: LendingPool, _ ledger: Ledger) {
    let books = venues[place]
    let cash = Int128(ledger.balance(of: venue.account, in: venue.loanAsset).units)
    let scaled = Int128(ledger.balance(of: venue.account, in: venue.debtAsset).units)
    let booked = scaled * Int128(venue.index.value) / Int128(DebtIndex.one)
    let assets = cash + booked + Int128(venue.deficit.units)
    let owed =
      Int128(venue.claims.totalAssets.units) + Int128(venue.reserves.units) + Int128(venue.dust.units)
    expect(assets, owed, "\(venue.name): cash + loans + deficit against claims + reserves + dust")
    expect(Int128(venue.index.value), Int128(books.index), "\(venue.name): index")
    expect(Int128(venue.claims.totalAssets.units), books.claims, "\(venue.name): claims")
    expect(Int128(venue.reserves.units), books.reserves, "\(venue.name): reserves")
    expect(Int128(venue.deficit.units), books.deficit, "\(venue.name): deficit")
    var shares: Int128 = 0
    for account in ledger.accountIDs where account != venue.account {
      shares += Int128(ledger.balance(of: account, in: venue.shareAsset).units)
    }
    expect(Int128(venue.claims.totalShares.units), shares, "\(venue.name): share supply")
    if venue.dust < .zero { complain("\(venue.name): dust is \(venue.dust)") }
  }

  private mutating func expect(_ seen: Int128, _ expected: Int128, _ what: String) {
    if seen != expected { complain("\(what): \(seen) instead of \(expected)") }
  }

  /// Σ max(0, net worth) of final holders + Σ venues' equity = what the outside gave + hidden bad debt +
  /// deficits, at integer prices. Every claim rounds down and every debt up by less than a unit, which bounds
  /// the difference.
  private mutating func checkWealth(
    _ ledger: Ledger, _ venues: [LendingPool], _ positions: [Position], _ outside: AccountID,
    _ board: PriceBoard
  ) {
    let tokens = board.prices.indices.map(AssetID.init)
    // As fine as leaves room: no token's whole supply is worth more than 2¹⁰⁰.
    let dearest =
      tokens.map { asset in
        board[asset] / ledger[asset].unitsPerToken * Double(ledger.supply(of: asset).units)
      }.max() ?? 1
    let scale = min(0x1p40, 0x1p100 / max(dearest, 1))
    let price = tokens.map { asset in
      max(1, Int128((board[asset] / ledger[asset].unitsPerToken * scale).rounded()))
    }
    func worth(_ account: AccountID) -> Int128 {
      tokens.reduce(0) { $0 + Int128(ledger.balance(of: account, in: $1).units) * price[$1.position] }
    }
    var left: Int128 = 0
    var right: Int128 = -worth(outside)
    var tolerance: Int128 = 0
    var isHolder = Array(repeating: true, count: ledger.accounts.count)
    isHolder[outside.position] = false
    for position in positions {
      isHolder[position.account.position] = false
      let venue = venues[position.venue]
      let unit = price[venue.loanAsset.position]
      let scaled = -Int128(ledger.balance(of: position.account, in: venue.debtAsset).units)
      let one = Int128(DebtIndex.one)
      let owed = (scaled * Int128(venue.index.value) + one - 1) / one * unit
      let net = worth(position.account) - owed
      left += max(0, net)
      right += max(0, -net)
      tolerance += unit
    }
    for account in ledger.accountIDs where isHolder[account.position] { left += worth(account) }
    for venue in venues {
      let unit = price[venue.loanAsset.position]
      let (total, issued) = (Int128(venue.claims.totalAssets.units), Int128(venue.claims.totalShares.units))
      var claims: Int128 = 0
      for account in ledger.accountIDs where account != venue.account {
        let shares = Int128(ledger.balance(of: account, in: venue.shareAsset).units)
        guard shares > 0, issued > 0 else { continue }
        claims += shares * total / issued
        tolerance += unit
      }
      let scaled = Int128(ledger.balance(of: venue.account, in: venue.debtAsset).units)
      let booked = scaled * Int128(venue.index.value) / Int128(DebtIndex.one)
      // Its cash is counted with the holders' tokens above.
      left += (claims + booked + Int128(venue.deficit.units) - total) * unit
      right += Int128(venue.deficit.units) * unit
      tolerance += unit
    }
    if abs(left - right) > tolerance {
      complain("wealth \(left) against \(right), more than the rounding of \(tolerance) apart")
    }
  }
}

extension World {
  /// At the horizon everything has been measured: the stock of hidden bad debt is counted anew, over every
  /// position and by other code.
  func hiddenBadDebtCountedAnew() -> [Int128] {
    var sums = Array(repeating: Int128(0), count: venues.count)
    for position in positions {
      let venue = venues[position.venue]
      let held = venue.collateral[position.terms].asset
      let scaled = -Int128(ledger.balance(of: position.account, in: venue.debtAsset).units)
      guard scaled > 0 else { continue }
      let owed = (scaled * Int128(venue.index.value) + Int128(DebtIndex.one) - 1) / Int128(DebtIndex.one)
      let perUnit =
        (reference[held] / ledger[held].unitsPerToken)
        / (reference[venue.loanAsset] / ledger[venue.loanAsset].unitsPerToken)
      let worth = Int128(
        (Double(ledger.balance(of: position.account, in: held).units) * perUnit).rounded(.down))
      sums[position.venue.position] += max(0, owed - worth)
    }
    return sums
  }

  /// The last check of a run: the books, and the hidden bad debt that was reported.
  mutating func closeBooks() throws(RunFailure.Reason) {
    guard auditor != nil else { return }
    try checkBooks()
    for (venue, (reported, counted)) in zip(hidden, hiddenBadDebtCountedAnew()).enumerated()
    where Int128(reported.units) != counted {
      throw .audit([
        AuditFinding("\(venues[venue].name): \(reported) of bad debt reported as hidden, \(counted) counted")
      ])
    }
  }

  /// Compares the books with the auditor's; a difference ends the run.
  package mutating func checkBooks() throws(RunFailure.Reason) {
    guard var auditor else { return }
    self.auditor = nil
    // Put back in any case: books found wrong are never again found right.
    defer { self.auditor = auditor }
    try auditor.check(
      ledger: &ledger, venues: venues, positions: positions, outside: outside, reference: reference,
      published: published)
  }
}
