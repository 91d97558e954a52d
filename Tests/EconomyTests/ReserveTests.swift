import Economy
import Kernel
import Ledger
import Testing

@Suite("One lent asset")
struct ReserveTests {
  struct Rate: Sendable, CustomTestStringConvertible {
    let utilization: Double
    let rate: Double
    let why: String
    var testDescription: String { why }

    init(_ utilization: Double, _ rate: Double, _ why: String) {
      (self.utilization, self.rate, self.why) = (utilization, rate, why)
    }
  }

  @Test(
    "the rate rises gently to the kink, then steeply",
    arguments: [
      Rate(0, 0.5, "nothing borrowed: the base"),
      Rate(0.25, 1, "half-way to the kink: 0.5 + 1 · 1/2"),
      Rate(0.5, 1.5, "at the kink: 0.5 + 1"),
      Rate(0.75, 3.5, "half-way beyond: 0.5 + 1 + 4 · 1/2"),
      Rate(1, 5.5, "everything borrowed: 0.5 + 1 + 4"),
    ])
  func curve(_ each: Rate) {
    let curve = RateCurve(base: 0.5, slopeBelow: 1, slopeAbove: 4, optimalUtilization: 0.5)
    #expect(curve.rate(at: each.utilization) == each.rate)
  }

  @Test("a curve without slopes is a constant rate")
  func flat() {
    for utilization in [0, 0.3, 1] { #expect(RateCurve.flat(0.04).rate(at: utilization) == 0.04) }
    #expect(!RateCurve.flat(0).charges)
    let beyond = RateCurve(base: 0, slopeBelow: 0, slopeAbove: 1, optimalUtilization: 0.9)
    #expect(beyond.charges, "it costs nothing yet")
  }

  /// A ledger with a venue, a lender of 1,000 and a borrower of 400.
  struct Small {
    var ledger = Ledger()
    let lender: AccountID
    let position: AccountID
    var reserve: Reserve

    init() throws {
      let (outside, venue) = (ledger.addAccount("outside"), ledger.addAccount("venue"))
      lender = ledger.addAccount("lender")
      position = ledger.addAccount("position")
      let dollar = ledger.addAsset(Asset(name: "DOLLAR", decimals: 0, issuance: .single(outside)))
      let share = ledger.addAsset(Asset(name: "share", decimals: 0, issuance: .single(venue)))
      let debt = ledger.addAsset(Asset(name: "debt", decimals: 0, issuance: .owedTo(venue)))
      reserve = Reserve(
        account: venue, asset: dollar, shareAsset: share, debtAsset: debt, rate: .flat(0), reserveFactor: 0)
      try ledger.post(
        Posting(
          Transfer(
            from: outside, to: lender, asset: dollar, amount: Amount(units: 1_000), for: .endowment)))
      try ledger.post(Posting(reserve.deposit(Amount(units: 1_000), by: lender)))
      try ledger.post(
        Posting(reserve.lend(Amount(units: 400), to: ledger.addAccount("borrower"), owedBy: position, ledger))
      )
    }
  }

  @Test("utilization is what is borrowed of what was put in")
  func utilization() throws {
    var small = try Small()
    #expect(try small.reserve.utilization(small.ledger) == 0.4)
    small.reserve.index.value *= 2
    #expect(try small.reserve.utilization(small.ledger) == 800.0 / 1_400)
  }

  struct Withdrawal: Sendable, CustomTestStringConvertible {
    let shares: Int64
    let cut: Int64
    let handed: Int64
    let paid: Int64
    let why: String
    var testDescription: String { why }

    init(_ shares: Int64, _ cut: Int64, _ handed: Int64, _ paid: Int64, _ why: String) {
      (self.shares, self.cut, self.handed, self.paid, self.why) = (shares, cut, handed, paid, why)
    }
  }

  @Test(
    "shares are handed back for their value, and for no more than there is in cash",
    arguments: [
      Withdrawal(600, 0, 600, 600, "all the cash"),
      Withdrawal(601, 0, 600, 600, "a unit more than the cash"),
      Withdrawal(0, 0, 0, 0, "nothing"),
      Withdrawal(600, 100, 600, 540, "after a cut of a tenth: 600 · 900 / 1000"),
      Withdrawal(601, 100, 601, 540, "601 · 0.9 = 540.9, rounded down"),
      Withdrawal(667, 100, 667, 600, "667 · 0.9 = 600.3: all the cash"),
      Withdrawal(668, 100, 666, 599, "668 · 0.9 = 601.2, too much: ⌊600 / 0.9⌋ shares, rounded down twice"),
    ])
  func withdrawal(_ each: Withdrawal) throws {
    var small = try Small()
    small.reserve.claims.writeDown(Amount(units: each.cut))
    let before = small.reserve.claims
    let asked = Amount(units: each.shares)
    let handed = try small.reserve.redeemable(asked, small.ledger)
    #expect(handed.units == each.handed)
    let withdrawal = try small.reserve.withdraw(handed, by: small.lender)
    #expect(withdrawal.paid.units == each.paid)
    try small.ledger.post(Posting(withdrawal.legs))
    #expect(small.ledger.balance(of: small.lender, in: small.reserve.asset) == withdrawal.paid)
    #expect(small.reserve.claims.totalAssets == before.totalAssets - withdrawal.paid)
    #expect(small.reserve.claims.totalShares.units == 1_000 - each.handed)
    #expect(small.ledger.supply(of: small.reserve.shareAsset) == small.reserve.claims.totalShares)
  }

  @Test("nobody hands back more shares than there are")
  func tooManyShares() throws {
    var small = try Small()
    #expect(throws: ArithmeticRefusal.negative) {
      _ = try small.reserve.withdraw(Amount(units: 1_001), by: small.lender)
    }
  }
}
