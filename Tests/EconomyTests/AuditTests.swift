import Economy
import Kernel
import Ledger
import Testing

@Suite("The auditor of a world")
struct AuditTests {
  /// One unit somewhere, and what a finding must say to have found it.
  struct Corruption: Sendable, CustomTestStringConvertible {
    let name: String
    let finding: String
    let apply: @Sendable (inout World) -> Void
    var testDescription: String { name }

    init(_ name: String, finds finding: String, _ apply: @escaping @Sendable (inout World) -> Void) {
      (self.name, self.finding, self.apply) = (name, finding, apply)
    }

    /// A venue's own integer, up and down by one.
    static func both(
      _ name: String, finds finding: String,
      _ apply: @escaping @Sendable (inout Reserve, Int64) -> Void
    ) -> [Corruption] {
      [1, -1].map { change in
        Corruption("\(name) \(change > 0 ? "+1" : "-1")", finds: finding) {
          apply(&$0.venues[SmallWorld.venue].reserves[0], change)
        }
      }
    }
  }

  static let venue = SmallWorld.venue

  static let balances: [Corruption] = [
    Corruption("a lender's shares", finds: "lender0[0] has") {
      $0.tamper(with: $0.lenders[0].account, in: $0.venues[venue].reserves[0].shareAsset, by: 1)
    },
    Corruption("shares from one lender to another", finds: "lender1[0] has") {
      $0.tamper(with: $0.lenders[0].account, in: $0.venues[venue].reserves[0].shareAsset, by: 1)
      $0.tamper(with: $0.lenders[1].account, in: $0.venues[venue].reserves[0].shareAsset, by: -1)
    },
    Corruption("a lender's dollars, paid by nobody", finds: "DOLLAR sums to 1") {
      $0.tamper(with: $0.lenders[1].account, in: SmallWorld.dollar, by: 1)
    },
    Corruption("the fund", finds: "venue.waterfall[0].insuranceFund has") {
      $0.tamper(with: $0.waterfalls[venue].steps[0].account, in: SmallWorld.dollar, by: 1)
    },
    Corruption("the fund, paid by the outside", finds: "venue.waterfall[0].insuranceFund has") {
      $0.tamper(with: $0.waterfalls[venue].steps[0].account, in: SmallWorld.dollar, by: 1)
      $0.tamper(with: $0.outside, in: SmallWorld.dollar, by: -1)
    },
    Corruption("the venue's cash", finds: "cash + loans - provision + deficit") {
      $0.tamper(with: $0.venues[venue].account, in: SmallWorld.dollar, by: -1)
    },
    Corruption("the venue's cash, held as dust", finds: "venue has") {
      $0.tamper(with: $0.venues[venue].account, in: SmallWorld.dollar, by: 1)
      $0.tamper(with: $0.outside, in: SmallWorld.dollar, by: -1)
      $0.venues[venue].reserves[0].dust += Amount(units: 1)
    },
    Corruption("a position's debt, forgiven by the venue", finds: "borrower0[0].position has") {
      $0.tamper(with: $0.positions[0].account, in: $0.venues[venue].reserves[0].debtAsset, by: 1)
      $0.tamper(with: $0.venues[venue].account, in: $0.venues[venue].reserves[0].debtAsset, by: -1)
    },
    Corruption("a position's collateral, back to its owner", finds: "borrower0[0] has") {
      $0.tamper(with: $0.positions[0].account, in: SmallWorld.coin, by: -1)
      $0.tamper(with: $0.positions[0].owner, in: SmallWorld.coin, by: 1)
    },
    Corruption("a reserve of the pool", finds: "pool has") {
      $0.tamper(with: $0.pools[0].account, in: SmallWorld.coin, by: -1)
    },
  ]

  /// A thousand million units more than anybody has given, or less.
  static let wealth: [Corruption] = [
    Corruption("a lender's dollars", finds: "wealth ") {
      $0.tamper(with: $0.lenders[1].account, in: SmallWorld.dollar, by: 1_000_000_000)
    },
    Corruption("what the outside has given", finds: "wealth ") {
      $0.tamper(with: $0.outside, in: SmallWorld.coin, by: -1_000_000_000)
    },
    Corruption("a lender's shares", finds: "wealth ") {
      $0.tamper(with: $0.lenders[0].account, in: $0.venues[venue].reserves[0].shareAsset, by: 1_000_000_000)
    },
    Corruption("a position's collateral", finds: "wealth ") {
      $0.tamper(with: $0.positions[0].account, in: SmallWorld.coin, by: 1_000_000_000)
    },
    Corruption("a position's debt", finds: "wealth ") {
      $0.tamper(with: $0.positions[0].account, in: $0.venues[venue].reserves[0].debtAsset, by: -1_000_000_000)
    },
    Corruption("the venue's cash", finds: "wealth ") {
      $0.tamper(with: $0.venues[venue].account, in: SmallWorld.dollar, by: 1_000_000_000)
    },
    Corruption("the venue's loans", finds: "wealth ") {
      $0.tamper(with: $0.venues[venue].account, in: $0.venues[venue].reserves[0].debtAsset, by: 1_000_000_000)
    },
    Corruption("the fund", finds: "wealth ") {
      $0.tamper(with: $0.waterfalls[venue].steps[0].account, in: SmallWorld.dollar, by: 1_000_000_000)
    },
    Corruption("a share's part", finds: "share supply") {
      $0.tamper(with: $0.lenders[0].account, in: $0.venues[venue].reserves[0].shareAsset, by: 1_000)
    },
  ]

  static let integers: [Corruption] =
    Corruption.both("the claims' assets", finds: "venue: claims:") {
      $0.claims.totalAssets += Amount(units: $1)
    }
    + Corruption.both("the claims' shares", finds: "venue: share supply") {
      $0.claims.totalShares += Amount(units: $1)
    }
    + Corruption.both("the index", finds: "venue: index") { $0.index.value += $1 }
    + Corruption.both("the deficit", finds: "venue: deficit") { $0.deficit += Amount(units: $1) }
    + Corruption.both("the reserves", finds: "venue: reserves") { $0.reserves += Amount(units: $1) }
    + Corruption.both("the dust", finds: "cash + loans - provision + deficit") {
      $0.dust += Amount(units: $1)
    }
    + Corruption.both("reserves against dust", finds: "venue: reserves") {
      $0.reserves += Amount(units: $1)
      $0.dust -= Amount(units: $1)
    }
    + Corruption.both("claims against reserves", finds: "venue: claims:") {
      $0.claims.totalAssets += Amount(units: $1)
      $0.reserves -= Amount(units: $1)
    }
    + Corruption.both("deficit against claims", finds: "venue: deficit") {
      $0.deficit += Amount(units: $1)
      $0.claims.totalAssets += Amount(units: $1)
    }

  static let prices: [Corruption] = [
    Corruption("the reference price", finds: "a reference price moved without a fact") {
      $0.tamperWithReference(of: SmallWorld.coin)
    },
    Corruption("the published price", finds: "a published price moved without a fact") {
      $0.tamperWithPublished(SmallWorld.coin)
    },
    Corruption("the published price of what is lent", finds: "a published price moved without a fact") {
      $0.tamperWithPublished(SmallWorld.dollar)
    },
  ]

  /// In the middle of things: liquidations behind and ahead, the fund empty, claims cut.
  static func middle(seed: UInt64) throws -> World {
    var world = try SmallWorld.eventful.make(seed: seed)
    while world.takenBySteps[1].isZero, try world.step() {}
    return world
  }

  static let seeds: [UInt64] = [1, 2]

  @Test("passes a world in the middle of its run, in which everything has moved", arguments: seeds)
  func honest(_ seed: UInt64) throws {
    var world = try AuditTests.middle(seed: seed)
    let (venue, taken, liquidations) = (world.reserve, world.takenBySteps, world.liquidations.count)
    #expect(taken[0] > .zero && taken[1] > .zero && liquidations > 5, "seed \(seed)")
    #expect(venue.reserves > .zero && venue.index.value > DebtIndex.one, "seed \(seed)")
    let isOver = try !world.step()
    #expect(!isOver, "seed \(seed): nothing was ahead")
    try world.checkBooks()
  }

  @Test("finds one unit in the wrong place", arguments: balances + wealth + integers + prices, seeds)
  func corrupted(_ corruption: Corruption, _ seed: UInt64) throws {
    var world = try AuditTests.middle(seed: seed)
    corruption.apply(&world)
    var found: [AuditFinding] = []
    do throws(RunFailure.Reason) {
      try world.checkBooks()
    } catch {
      guard case .audit(let findings) = error else { throw error }
      found = findings
    }
    #expect(found.contains { $0.description.contains(corruption.finding) }, "seed \(seed): \(found)")
  }

  @Test("a run ends at the first event after the books are wrong")
  func runEnds() throws {
    var world = try AuditTests.middle(seed: 1)
    world.venues[0].reserves[0].dust += Amount(units: 1)
    var failure: RunFailure?
    do throws(RunFailure) { try world.run() } catch { failure = error }
    guard case .audit = failure?.reason else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(failure?.event != nil)
  }

  @Test("books found wrong stay wrong when they are checked again")
  func staysWrong() throws {
    var world = try AuditTests.middle(seed: 1)
    world.venues[0].reserves[0].dust += Amount(units: 1)
    for _ in 0..<2 {
      var isFound = false
      do throws(RunFailure.Reason) { try world.checkBooks() } catch { isFound = true }
      #expect(isFound)
    }
  }

  @Test("a branch is corrupted alone")
  func branches() throws {
    var world = try AuditTests.middle(seed: 1)
    var branch = world.branch()
    branch.tamper(with: branch.lenders[0].account, in: SmallWorld.dollar, by: 1)
    try world.checkBooks()
    var isFound = false
    do throws(RunFailure.Reason) { try branch.checkBooks() } catch { isFound = true }
    #expect(isFound)
  }
}
