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
/// 2. Per lent asset of a venue: cash + booked loans + placed + deficit = claims + reserves + dust, and each
///    of them as remembered.
/// 3. Wealth: what final holders and venues own is what the outside gave, plus what is hidden and unresolved.
/// 4. Losses: taken + promised + left = loss at each step of each waterfall.
struct WorldAuditor: Sendable {
  /// A lent asset of a venue as its postings and facts say it must be.
  private struct Books {
    var index = DebtIndex.one
    var claims: Int128 = 0
    var reserves: Int128 = 0
    var deficit: Int128 = 0
    var provision: Int128 = 0
    /// What a vault carries its holdings at, by holding.
    var placed: [Int128]
    let reserveBillionths: Int128
  }

  /// The loss that is falling: on which venue and which of its lent assets, and what is still left of it.
  private struct Falling {
    var venue = VenueID(0)
    var reserve = 0
    var left: Int128 = 0
    var isLast = true
    /// What a stake pool has paid of the step that is about to be told.
    var slashed: Int128 = 0
  }

  /// What a layer has promised and not yet paid.
  private struct OpenPromise {
    let loss: Int32
    let venue: VenueID
    let reserve: Int
    let step: Int32
    var outstanding: Int128
  }

  let frequency: AuditFrequency
  private var ledgerBooks = LedgerAuditor()
  /// By venue, then by lent asset.
  private var books: [[Books]]
  /// By venue, then by step of its waterfall: how it pays.
  private let means: [[[Absorption.Means]]]
  /// By venue and step: whether it keeps its promises out of what the venue has earned, not in cash.
  private let paysFromReserves: [[Bool]]
  /// By venue and lent asset.
  private let lent: [[AssetID]]
  private var promises: [OpenPromise] = []
  /// What has been provided for each position, by lent asset of its venue, where anything has.
  private var provided: [[Int128]]
  private var reference: [Double]
  private var published: [Double]
  private let oracleAssets: [Int]
  private let venueOfPosition: [VenueID]
  private let shares: [WorldSpecification.Share?]
  /// How often a vault has taken shares out of a venue: each time may cost it a unit of rounding.
  private var roundings: Int128 = 0
  private var lastMark: Int64 = 0
  private var falling = Falling()
  private var findings: [AuditFinding] = []

  init(_ frequency: AuditFrequency, _ specification: WorldSpecification, positions: [Position]) {
    self.frequency = frequency
    books = specification.venues.map { venue in
      venue.debts.map {
        Books(
          placed: venue.allocation?.map { _ in 0 } ?? [],
          reserveBillionths: Int128(($0.reserveFactor * 1e9).rounded()))
      }
    }
    means = specification.venues.map { venue in
      // Every waterfall ends in `unresolved`, said or not.
      venue.waterfall.map { $0.type.declaration.means }
        + (venue.waterfall.last?.type == Unresolved.self ? [] : [[.nothing]])
    }
    paysFromReserves = specification.venues.map { $0.waterfall.map { $0.type == RevenueCapture.self } }
    lent = specification.venues.map { $0.debts.map(\.asset) }
    reference = specification.tokens.map(\.price)
    published = reference
    oracleAssets = specification.oracles.map { $0.asset.position }
    venueOfPosition = positions.map(\.venue)
    provided = positions.map { _ in [] }
    shares = specification.tokens.map(\.share)
  }

  /// What oracles say, and what vaults have put where, before time starts.
  mutating func begin(published: PriceBoard, vaults: [Vault]) {
    self.published = published.prices
    for vault in vaults { books[vault.venue][0].placed = vault.holdings.map { Int128($0.marked.units) } }
  }

  func isDue(after event: Event) -> Bool {
    switch frequency {
    case .never: return false
    case .afterEveryEvent: return true
    case .afterLosses:
      switch event {
      case .lossFalls, .promiseActs, .provisionsAreWeighed: return true
      case .vaultMarks(_, _, let change, _): return change < .zero
      default: return false
      }
    }
  }

  // MARK: Books of its own

  mutating func observe(_ fact: Fact) {
    switch fact {
    case .priceStepped(let asset, let price):
      reference[asset.position] = price
    case .pricePublished(let oracle, let price):
      published[oracleAssets[oracle]] = price
    case .interestAccrued(let venue, let reserve, let interest, let index):
      let reserve = Int(reserve)
      let product = Int128(interest.units) * books[venue][reserve].reserveBillionths
      let kept = (product + 999_999_999) / 1_000_000_000
      books[venue][reserve].index = index
      books[venue][reserve].reserves += kept
      books[venue][reserve].claims += Int128(interest.units) - kept
    case .recognised(_, let origin, let reserve, let amount):
      if falling.left != 0, !falling.isLast { complain("\(falling.left) units of a loss were forgotten") }
      falling = Falling(reserve: Int(reserve), left: Int128(amount.units), isLast: false)
      switch origin {
      case .position(let position):
        falling.venue = venueOfPosition[position]
        books[falling.venue][falling.reserve].deficit += Int128(amount.units)
      case .calledFor(_, let member, _):
        falling.venue = member
        books[member][falling.reserve].deficit += Int128(amount.units)
      case .passedOn(_, let vault, _):
        falling.venue = vault
        if amount.units != -lastMark { complain("a vault lost \(amount) by a mark of \(lastMark)") }
      }
    case .absorbed(let loss, let venue, let reserve, let step, let taken, let promised, let left):
      let parts = Int128(taken.units) + Int128(promised.units) + Int128(left.units)
      if parts != falling.left || taken.units < 0 || promised.units < 0 || left.units < 0 {
        complain("step \(step): \(taken) taken + \(promised) promised + \(left) left of \(falling.left)")
      }
      if venue != falling.venue { complain("a loss of one venue fell on another's layers") }
      if Int(reserve) != falling.reserve { complain("a loss of one asset fell as another") }
      falling.left = Int128(left.units)
      falling.isLast = Int(step) >= means[falling.venue].count - 1
      books[falling.venue][falling.reserve].deficit -= Int128(taken.units)
      if Int(step) < means[falling.venue].count { book(taken, by: means[falling.venue][Int(step)]) }
      if !promised.isZero {
        promises.append(
          OpenPromise(
            loss: loss, venue: venue, reserve: Int(reserve), step: step, outstanding: Int128(promised.units)))
      }
    case .guaranteed(_, let venue, let reserve, let amount):
      if Int128(amount.units) != falling.left { complain("\(amount) filled a hole of \(falling.left)") }
      falling.left = 0
      falling.isLast = true
      books[venue][Int(reserve)].deficit -= Int128(amount.units)
    case .slashed(_, let pool, let amount):
      books[pool][0].claims -= Int128(amount.units)
      if lent[pool][0] == lent[falling.venue][falling.reserve] { falling.slashed += Int128(amount.units) }
    case .provisioned(let position, let reserve, let amount):
      provide(Int128(amount.units), for: position, Int(reserve))
    case .restored(_, let venue, let reserve, let step, let means, let amount, let kept):
      takeBack(Int128(amount.units), keeping: Int128(kept.units), by: means, venue, Int(reserve), Int(step))
    case .premiumPaid(let venue, let reserve, let pool, let amount):
      books[venue][Int(reserve)].reserves -= Int128(amount.units)
      books[pool][0].claims += Int128(amount.units)
    case .refilled(let venue, let reserve, _, let amount):
      books[venue][Int(reserve)].reserves -= Int128(amount.units)
    case .returned(let pool, let amount):
      books[pool][0].claims += Int128(amount.units)
    case .promiseKept(let loss, let venue, let reserve, let step, let paid, let outstanding):
      books[venue][Int(reserve)].deficit -= Int128(paid.units)
      if paysFromReserves[venue][Int(step)] { books[venue][Int(reserve)].reserves -= Int128(paid.units) }
      settle(loss, step, Int128(paid.units), leaving: Int128(outstanding.units))
    case .promiseBroken(let loss, let venue, let reserve, let step, let shortfall):
      settle(loss, step, Int128(shortfall.units), leaving: 0)
      falling = Falling(
        venue: venue, reserve: Int(reserve), left: Int128(shortfall.units), isLast: false)
    case .marked(let vault, let holding, let from, let to):
      if books[vault][0].placed[Int(holding)] != Int128(from.units) {
        complain("a holding was marked from \(from), not from \(books[vault][0].placed[Int(holding)])")
      }
      books[vault][0].placed[Int(holding)] = Int128(to.units)
      lastMark = to.units - from.units
      // A loss is a deficit until layers take it; a gain heals one first.
      let promised = promises.reduce(0) { $0 + ($1.venue == vault ? $1.outstanding : 0) }
      let healed = min(books[vault][0].deficit - promised, Int128(lastMark))
      books[vault][0].deficit -= healed
      books[vault][0].claims += max(0, Int128(lastMark)) - max(0, healed)
    case .drawn(let vault, let holding, _, let to):
      books[vault][0].placed[Int(holding)] = Int128(to.units)
      roundings += 1
    case .placed(let vault, let holding, let paid, let from, let to):
      if books[vault][0].placed[Int(holding)] != Int128(from.units) {
        complain("a holding of \(books[vault][0].placed[Int(holding)]) was placed in as one of \(from)")
      }
      books[vault][0].placed[Int(holding)] = Int128(to.units)
      roundings += max(0, Int128((paid - (to - from)).units))
    case .becameLiquidatable, .liquidated, .passedOver, .soldOutside, .sent, .included, .reverted, .blockMade,
      .swapped, .badDebtOccurred, .withdrew, .queued, .readingManipulated, .toppedUp, .paidDown, .borrowed,
      .governed, .minted, .bore, .auctioned, .cooldownBegan, .healed, .rebalanced:
      break
    }
  }

  /// What a step has taken, by its means: a stake pool's part has been told before.
  private mutating func book(_ taken: Amount, by means: [Absorption.Means]) {
    let slashed = falling.slashed
    falling.slashed = 0
    guard let last = means.last else { return }
    let rest = Int128(taken.units) - (means.contains(.stake) ? slashed : 0)
    switch last {
    case .claims, .interest, .matched: books[falling.venue][falling.reserve].claims -= rest
    case .reserves: books[falling.venue][falling.reserve].reserves -= rest
    case .stake, .nothing: if rest != 0 { complain("\(rest) units of a loss were paid by nobody") }
    // What members have been called for is told with their own losses.
    case .capital, .calls: break
    }
  }

  private mutating func provide(_ amount: Int128, for position: PositionID, _ reserve: Int) {
    let venue = venueOfPosition[position]
    if provided[position].isEmpty { provided[position] = books[venue].map { _ in 0 } }
    books[venue][reserve].provision += amount - provided[position][reserve]
    provided[position][reserve] = amount
  }

  /// What was not lost after all goes back the way it came.
  private mutating func takeBack(
    _ amount: Int128, keeping kept: Int128, by means: Absorption.Means, _ venue: VenueID, _ reserve: Int,
    _ step: Int
  ) {
    books[venue][reserve].reserves += kept
    let given = amount - kept
    // The guarantor has paid in cash, and gets cash back.
    guard step >= 0 else { return }
    guard step < self.means[venue].count - 1 else {
      books[venue][reserve].deficit -= given
      return
    }
    switch means {
    case .claims, .interest: books[venue][reserve].claims += given
    case .nothing: complain("what nobody paid for was given back by step \(step)")
    default: break
    }
  }

  /// Part of a promise is paid, or given up.
  private mutating func settle(_ loss: Int32, _ step: Int32, _ part: Int128, leaving left: Int128) {
    // A layer may have promised twice for one loss: again when a promise above it was broken.
    let mine = promises.indices.filter { promises[$0].loss == loss && promises[$0].step == step }
    guard let open = mine.first(where: { promises[$0].outstanding - part == left }) ?? mine.first else {
      return complain("a promise for loss \(loss) that nobody has made")
    }
    promises[open].outstanding -= part
    if promises[open].outstanding != left || left < 0 {
      complain("\(left) units of a promise are outstanding instead of \(promises[open].outstanding)")
    }
    if left == 0 { promises.remove(at: open) }
  }

  private mutating func complain(_ what: String) { findings.append(AuditFinding(what)) }

  // MARK: The comparison

  mutating func check(
    ledger: inout Ledger, venues actual: [LendingPool], positions: [Position], outside: AccountID,
    reference actualReference: PriceBoard, published actualPublished: PriceBoard, whole: Bool
  ) throws(RunFailure.Reason) {
    let venueByAccount = actual.map(\.account)
    var books = books
    findings += ledgerBooks.findings(in: &ledger, whole: whole) { leg in
      guard let venue = venueByAccount.firstIndex(of: leg.purpose == .withdrawal ? leg.from : leg.to),
        let reserve = actual[venue].reserves.firstIndex(where: { $0.asset == leg.asset })
      else { return }
      switch leg.purpose {
      case .deposit: books[venue][reserve].claims += Int128(leg.amount.units)
      case .withdrawal: books[venue][reserve].claims -= Int128(leg.amount.units)
      default: return
      }
    }
    self.books = books
    for venue in actual.indices {
      for (reserve, lent) in actual[venue].reserves.enumerated() {
        // A venue that lends one asset is enough of a name.
        let asset = actual[venue].reserves.count == 1 ? "" : " \(ledger[lent.asset].name)"
        checkReserve(books[venue][reserve], lent, named: actual[venue].name + asset, ledger, whole: whole)
      }
    }
    priceShares(actual, ledger)
    if reference != actualReference.prices { complain("a reference price moved without a fact") }
    if published != actualPublished.prices { complain("a published price moved without a fact") }
    if whole {
      let wealth = WealthAudit(
        ledger, ledgerBooks.read, actual, shares: shares, board: actualReference)
      if let finding = wealth.finding(positions, outside) { findings.append(finding) }
    }
    guard findings.isEmpty else { throw .audit(findings) }
  }

  /// A share's price is what its venue's books make of it.
  private mutating func priceShares(_ venues: [LendingPool], _ ledger: Ledger) {
    for (token, share) in shares.enumerated() {
      guard let share else { continue }
      let lent = venues[share.venue].reserves[share.reserve]
      let supply = -ledger.balance(of: lent.account, in: AssetID(token)).units
      let rate = supply == 0 ? 1 : Double(books[share.venue][share.reserve].claims) / Double(supply)
      reference[token] = rate * reference[lent.asset.position]
    }
  }

  private mutating func checkReserve(
    _ books: Books, _ lent: Reserve, named name: String, _ ledger: Ledger, whole: Bool
  ) {
    let cash = Int128(ledger.balance(of: lent.account, in: lent.asset).units)
    let scaled = Int128(ledger.balance(of: lent.account, in: lent.debtAsset).units)
    let booked = scaled * Int128(lent.index.value) / Int128(DebtIndex.one)
    let placed = books.placed.reduce(0, +)
    let assets = cash + booked - Int128(lent.provision.units) + placed + Int128(lent.deficit.units)
    let owed =
      Int128(lent.claims.totalAssets.units) + Int128(lent.reserves.units) + Int128(lent.dust.units)
    expect(
      assets, owed, "\(name): cash + loans - provision + deficit + placed against claims + reserves + dust")
    expect(Int128(lent.index.value), Int128(books.index), "\(name): index")
    expect(Int128(lent.claims.totalAssets.units), books.claims, "\(name): claims")
    expect(Int128(lent.reserves.units), books.reserves, "\(name): reserves")
    expect(Int128(lent.deficit.units), books.deficit, "\(name): deficit")
    expect(Int128(lent.provision.units), books.provision, "\(name): provision")
    expect(Int128(lent.placed.units), placed, "\(name): placed")
    var shares = Int128(-ledger.balance(of: lent.account, in: lent.shareAsset).units)
    // All that others hold has been counted.
    if whole { shares += ledgerBooks.read.sums[lent.shareAsset.position] }
    expect(Int128(lent.claims.totalShares.units), shares, "\(name): share supply")
    // Whoever leaves a vault makes rounding good as far as its claim goes.
    if Int128(lent.dust.units) < (books.placed.isEmpty ? 0 : -roundings) {
      complain("\(name): dust is \(lent.dust)")
    }
  }

  private mutating func expect(_ seen: Int128, _ expected: Int128, _ what: @autoclosure () -> String) {
    if seen != expected { complain("\(what()): \(seen) instead of \(expected)") }
  }
}
