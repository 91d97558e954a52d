import Economy
import Kernel
import Ledger
import ReferenceWorlds
import Testing

/// A draw belongs to who decides and to what triggers the decision; what else there is in the world changes
/// no draw.
@Suite("Common random numbers")
struct CommonRandomNumberTests {
  /// What became of one position, whatever number it has: the name of its owner, and what it started with.
  private struct History: Hashable {
    var collateral = Amount.zero
    var debt = Amount.zero
    /// Microsecond, what was repaid, what was seized.
    var liquidations: [[Int64]] = []
    var loss = Amount.zero
  }

  private static var market: HandMadeWorld {
    var market = HandMadeWorld()
    market.borrowers = 40
    market.sizes = .pareto(minimum: market.dollars(1_000), maximum: market.dollars(50_000), tail: 1.2)
    market.ltv = .beta(mean: 0.7, concentration: 20)
    market.latency = .exponential(mean: .minutes(2))
    market.depth = 500_000_000
    market.jump = -0.5
    market.closeFactor = 0.5
    return market
  }

  private static func histories(
    of specification: WorldSpecification, populationSeed: UInt64 = 5, shockSeed: UInt64 = 6
  ) throws -> [String: History] {
    var world = try World.make(specification, populationSeed: populationSeed, shockSeed: shockSeed)
    var histories: [String: History] = [:]
    let names = world.positions.map { world.ledger[$0.owner].name }
    for (position, name) in zip(world.positions, names) {
      let venue = world.venues[position.venue]
      histories[name] = History(
        collateral: venue.held(0, by: position, world.ledger),
        debt: world.ledger.balance(of: position.account, in: venue.reserves[0].debtAsset))
    }
    try world.run()
    for record in world.facts {
      switch record.fact {
      case .liquidated(let position, _, _, _, let repaid, let seized, _):
        histories[names[position.position]]?.liquidations.append(
          [record.header.time.microseconds, repaid.units, seized.units])
      case .recognised(_, .position(let position), _, let amount):
        histories[names[position.position]]?.loss = amount
      default: break
      }
    }
    return histories
  }

  @Test("adding an unrelated venue with its pool and people changes no draw, and no history")
  func bystanders() throws {
    var crowded = CommonRandomNumberTests.market
    crowded.bystanders = true
    // The bystanders stand before everybody in the list of populations: every number of a position moves.
    let plain = CommonRandomNumberTests.market.specification
    let before = try CommonRandomNumberTests.histories(of: plain)
    let after = try CommonRandomNumberTests.histories(of: crowded.specification)
    #expect(after.count == 2 * before.count)
    #expect(before.values.filter { !$0.liquidations.isEmpty }.count >= 30)
    #expect(Set(before.values.map(\.collateral)).count == before.count, "everybody draws for himself")
    for (name, history) in before { #expect(after[name] == history, "\(name)") }
  }

  @Test("removing one borrower leaves every other draw as it was")
  func oneBorrowerLess() throws {
    var fewer = CommonRandomNumberTests.market
    fewer.borrowers = 39
    let before = try CommonRandomNumberTests.histories(of: CommonRandomNumberTests.market.specification)
    let after = try CommonRandomNumberTests.histories(of: fewer.specification)
    #expect(after.count == 39)
    for (name, history) in after {
      let other = try #require(before[name])
      #expect(history.collateral == other.collateral && history.debt == other.debt)
      #expect(history.liquidations.map { $0[0] } == other.liquidations.map { $0[0] }, "latencies of \(name)")
    }
  }

  @Test("the population seed says who there is, the shock seed what happens to them")
  func twoSeeds() throws {
    let specification = CommonRandomNumberTests.market.specification
    let first = try CommonRandomNumberTests.histories(of: specification)
    let otherShock = try CommonRandomNumberTests.histories(of: specification, shockSeed: 7)
    let otherPeople = try CommonRandomNumberTests.histories(of: specification, populationSeed: 7)
    var (samePeople, sameTimes) = (0, 0)
    for (name, history) in first {
      let (shocked, replaced) = (try #require(otherShock[name]), try #require(otherPeople[name]))
      #expect(shocked.collateral == history.collateral && shocked.debt == history.debt)
      if let one = history.liquidations.first, let other = shocked.liquidations.first, one[0] == other[0] {
        sameTimes += 1
      }
      if replaced.collateral == history.collateral { samePeople += 1 }
      // Called at one and the same microsecond, the latency is the same whoever it is that is called.
      if let one = history.liquidations.first, let other = replaced.liquidations.first {
        #expect(one[0] == other[0])
      }
    }
    #expect(samePeople == 0)
    #expect(sameTimes == 0)
  }
}
