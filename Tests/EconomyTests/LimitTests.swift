import Economy
import Kernel
import Ledger
import Testing

@Suite("Limits")
struct LimitTests {
  /// The eventful world with all that causes losses taken away: prices move in steps of a second, are seen at
  /// once, and everything can be sold at them.
  static var frictionless: SmallWorld {
    var small = SmallWorld.eventful
    small.every = .seconds(1)
    // More than a thousand steps: audited less often.
    small.audit = .afterLosses
    small.oracleDelay = .zero
    small.latency = .fixed(.zero)
    small.arbitrageLatency = .zero
    small.feeMillionths = 0
    small.coinReserve = small.tokens(40_000_000)
    small.dollarReserve = small.tokens(80_000_000)
    small.arbitrageCapital = small.tokens(50_000_000)
    return small
  }

  @Test("no delay, tiny steps and a deep pool: bad debt is exactly zero at every moment")
  func frictionless() throws {
    let world = try LimitTests.frictionless.run()
    let measures = world.measures
    let venue = world.reserve
    #expect(measures.liquidations > 10, "there was something to lose")
    #expect(measures.recognised == 0)
    #expect(measures.occurredPeak == 0)
    #expect(measures.unresolved == 0)
    #expect(venue.deficit == .zero)
    #expect(venue.claims.totalAssets >= ConservationTests.deposits)
  }

  @Test("each friction by itself brings bad debt back", arguments: ["delay", "one step", "latency", "depth"])
  func frictions(_ friction: String) throws {
    var small = LimitTests.frictionless
    switch friction {
    case "delay": small.oracleDelay = .hours(1)
    case "one step": small.over = .zero
    case "latency": small.latency = .fixed(.hours(1))
    default:
      small.coinReserve = small.tokens(2_000)
      small.dollarReserve = small.tokens(4_000)
    }
    let measures = try small.run().measures
    // What keepers make of one step within its own instant is recognised before it is ever measured as
    // hidden.
    #expect(max(measures.occurredPeak, measures.recognised) > 0)
  }

  @Test("no shock, no loss: nobody is called")
  func noShock() throws {
    var small = SmallWorld.eventful
    small.jump = 0
    let world = try small.run()
    let (called, measures, reference) = (world.called, world.measures, world.reference[SmallWorld.coin])
    #expect(called == 0)
    #expect(measures.recognised == 0 && measures.occurredPeak == 0)
    #expect(reference == 2)
  }

  @Test("a run that ends before its shock has nothing to tell")
  func endsBefore() throws {
    var small = SmallWorld.eventful
    small.horizon = .seconds(3_599)
    let facts = try small.run().facts
    #expect(facts.isEmpty)
  }

  @Test("without a bonus nobody takes a position whose sale costs a unit")
  func noBonus() throws {
    var small = LimitTests.frictionless
    small.bonus = 0
    let measures = try small.run().measures
    #expect(measures.liquidations == 0)
    #expect(measures.passedOver > 0)
  }

  @Test("without a bonus a position is taken at the published price where the pool pays more")
  func noBonusDearPool() throws {
    var small = LimitTests.frictionless
    small.bonus = 0
    small.over = .zero
    small.jump = -0.25
    small.arbitrageurs = 0
    // The pool still pays 2 dollars while the published price is 1.5: 500 · 1 / 1.5 for the first loan
    // called.
    let world = try small.run()
    let liquidations = world.liquidations
    #expect(!liquidations.isEmpty)
    for liquidation in liquidations {
      // ⌊repaid / 1.5⌋ without a bonus, from Doubles: within a unit.
      #expect(abs(Double(liquidation.seized.units) - Double(liquidation.repaid.units) / 1.5) <= 1)
    }
  }

  @Test("a price of nearly nothing loses nearly all of every loan")
  func worthless() throws {
    var small = SmallWorld.eventful
    small.jump = -0.999_999
    small.over = .zero
    small.borrowRate = 0
    small.waterfall = []
    let world = try small.run()
    let (lost, hidden) = (world.measures.recognised, world.measures.occurredPeak)
    let lent = small.loans.reduce(0.0) { $0 + Double($1.borrowed.units) / 1e8 }
    // All collateral together, 100,000 COIN at two millionths of a dollar, is worth 20 cents.
    #expect(lost > lent - 1 && lost <= lent)
    #expect(hidden > lent - 1 && hidden <= lent)
  }

  @Test("a world without anybody runs to its horizon")
  func nobody() throws {
    var small = SmallWorld.eventful
    small.lenders = []
    small.loans = []
    small.liquidators = 0
    small.arbitrageurs = 0
    let world = try small.run()
    let (measures, steps) = (world.measures, world.steps.count)
    #expect(steps == 20)
    #expect(measures.recognised == 0 && measures.liquidations == 0)
  }

  @Test("lenders alone keep what they put in, to the unit")
  func lendersAlone() throws {
    var small = SmallWorld.eventful
    small.loans = []
    let claims = try small.run().claims()
    #expect(claims == small.lenders)
  }

  @Test("borrowers without lenders are refused before time starts, with what is missing")
  func borrowersAlone() {
    var small = SmallWorld.eventful
    small.lenders = [small.tokens(10_000), small.tokens(1)]
    var failure: RunFailure?
    do {
      _ = try small.make()
    } catch {
      failure = error as? RunFailure
    }
    // The first borrower takes 10,000 and leaves one, the second wants 10,400.
    #expect(failure?.reason == .insufficientDeposits(venue: "venue", missing: "10399 DOLLAR"))
    #expect(failure?.event == nil)
  }

  @Test("a position that rounds to nothing is refused by name")
  func emptyPosition() {
    var small = SmallWorld.eventful
    small.loans = [.init(value: Amount(units: 1), borrowed: Amount(units: 1))]
    var failure: RunFailure?
    do {
      _ = try small.make()
    } catch {
      failure = error as? RunFailure
    }
    // One unit of dollars is half a unit of COIN.
    #expect(failure?.reason == .emptyPosition(name: "borrower0[0]"))
  }
}
