import Economy
import Kernel
import Ledger
import Testing

@Suite("Causes")
struct CauseTests {
  /// By event: the kinds of fact that it left.
  static func kinds(_ world: borrowing World) -> [EventID: Set<String>] {
    var kinds: [EventID: Set<String>] = [:]
    for record in world.facts { kinds[record.header.id, default: []].insert(record.fact.kind) }
    return kinds
  }

  static let causes: [String: Set<String>] = [
    "pricePublished": ["priceStepped"],
    "becameLiquidatable": ["pricePublished"],
    // Called, called and passed over, or still below the threshold after the one before.
    "liquidated": ["becameLiquidatable", "passedOver", "liquidated"],
    "passedOver": ["becameLiquidatable", "passedOver", "liquidated"],
    "recognised": ["liquidated"],
    "absorbed": ["liquidated"],
  ]

  @Test("every loss leads back, step by step, to a move of the price", arguments: [1, 2, 3, 4, 5])
  func chain(_ seed: UInt64) throws {
    var small = SmallWorld.eventful
    small.borrowRate = 0
    let world = try small.run(seed: seed)
    let kinds = CauseTests.kinds(world)
    let depths = Dictionary(world.facts.map { ($0.header.id, $0.header.depth) }) { first, _ in first }
    var met: Set<String> = []
    for record in world.facts {
      guard let allowed = CauseTests.causes[record.fact.kind] else { continue }
      met.insert(record.fact.kind)
      let header = record.header
      let cause = try #require(header.cause, "seed \(seed): \(record.fact) has no cause")
      #expect(!allowed.isDisjoint(with: kinds[cause] ?? []), "seed \(seed): \(record.fact)")
      #expect(kinds[header.root] == ["priceStepped"], "seed \(seed): \(record.fact)")
      #expect(depths[cause].map { $0 + 1 } == header.depth, "seed \(seed): \(record.fact)")
    }
    #expect(met == Set(CauseTests.causes.keys), "seed \(seed)")
  }

  @Test(
    "a crash on the hour is the cause of what it brings down, though interest is added at the same instant")
  func crashOnTheHour() throws {
    var small = SmallWorld.eventful
    small.borrowRate = 0.05
    small.accrualPeriod = .hours(1)
    small.oracleDelay = .zero
    small.shocks = [
      Shock(asset: SmallWorld.coin, at: .seconds(3_600), jump: -0.5, over: .zero, every: .minutes(1))
    ]
    small.horizon = .seconds(7_000)
    let world = try small.run()
    let kinds = CauseTests.kinds(world)
    var losses = 0
    for record in world.facts where record.fact.kind == "recognised" {
      losses += 1
      #expect(kinds[record.header.root] == ["priceStepped"])
    }
    #expect(losses > 0)
  }

  @Test("a loss falls on the position whose liquidation caused it", arguments: [1, 2, 3, 4, 5])
  func positions(_ seed: UInt64) throws {
    let world = try SmallWorld.eventful.run(seed: seed)
    var liquidated: [EventID: PositionID] = [:]
    for record in world.facts {
      switch record.fact {
      case .liquidated(let position, _, _, _, _, _, _): liquidated[record.header.id] = position
      case .recognised(_, .position(let position), _, _):
        let cause = try #require(record.header.cause)
        #expect(liquidated[cause] == position, "seed \(seed)")
      default: break
      }
    }
    #expect(!liquidated.isEmpty)
  }
}
