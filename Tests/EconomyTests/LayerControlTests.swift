import Economy
import Kernel
import Ledger
import Testing

/// The same seed with one thing off: it vanishes, and nothing else moves.
@Suite("The same seed with one thing off")
struct LayerControlTests {
  static let seeds: [UInt64] = [1, 2, 3, 4, 5]

  /// What happened apart from who bore it, with traders by name: a layer more is an account more.
  static func story(_ world: borrowing World) -> [String] {
    var story: [String] = []
    for record in world.facts {
      let time = record.header.time.microseconds
      switch record.fact {
      case .absorbed: continue
      case .swapped(_, let trader, _, let sold, let bought, let price):
        story.append("\(time) \(world.ledger[trader].name) sold \(sold) for \(bought) at \(price)")
      default: story.append("\(time) \(record.fact)")
      }
    }
    for account in world.ledger.accountIDs {
      let name = world.ledger[account].name
      guard name != "venue", name != "outside", !name.contains("waterfall") else { continue }
      for asset in world.ledger.assetIDs {
        story.append("\(name) ends with \(world.ledger.balance(of: account, in: asset)) of \(asset)")
      }
    }
    return story
  }

  static func world(_ waterfall: [WorldSpecification.Layer], seed: UInt64) throws -> World {
    var small = SmallWorld.eventful
    small.waterfall = waterfall
    return try small.run(seed: seed)
  }

  @Test("a fund leaves suppliers exactly what it paid, and changes nothing else", arguments: seeds)
  func fund(_ seed: UInt64) throws {
    let fund = SmallWorld.fund(SmallWorld().tokens(700))
    let with = try LayerControlTests.world([fund, SmallWorld.proRata], seed: seed)
    let without = try LayerControlTests.world([SmallWorld.proRata], seed: seed)
    let paid = with.takenBySteps[0]
    #expect(paid == SmallWorld().tokens(700), "seed \(seed): all of the fund is needed")
    let gain = with.reserve.claims.totalAssets - without.reserve.claims.totalAssets
    #expect(gain == paid, "seed \(seed)")
    let (claims, fewer) = (try with.claims(), try without.claims())
    // 90 : 60, each rounded down once on either side.
    #expect(abs((claims[0] - fewer[0]).units - paid.units * 3 / 5) <= 1, "seed \(seed)")
    #expect(abs((claims[1] - fewer[1]).units - paid.units * 2 / 5) <= 1, "seed \(seed)")
    let (story, same) = (LayerControlTests.story(with), LayerControlTests.story(without))
    #expect(story == same, "seed \(seed)")
    #expect(story.count > 50)
  }

  @Test("without a pro-rata cut claims are whole, and the deficit is what the cut was", arguments: seeds)
  func proRata(_ seed: UInt64) throws {
    let with = try LayerControlTests.world([SmallWorld.proRata], seed: seed)
    let without = try LayerControlTests.world([], seed: seed)
    let cut = with.takenBySteps[0]
    #expect(cut > .zero, "seed \(seed)")
    #expect(without.reserve.claims.totalAssets - with.reserve.claims.totalAssets == cut, "seed \(seed)")
    let (deficit, none) = (without.reserve.deficit, with.reserve.deficit)
    #expect(deficit == cut, "seed \(seed)")
    #expect(none == .zero, "seed \(seed)")
    let (story, same) = (LayerControlTests.story(with), LayerControlTests.story(without))
    #expect(story == same, "seed \(seed)")
  }

  @Test("an empty fund is as good as none", arguments: seeds)
  func emptyFund(_ seed: UInt64) throws {
    let with = try LayerControlTests.world([SmallWorld.fund(.zero), SmallWorld.proRata], seed: seed)
    let without = try LayerControlTests.world([SmallWorld.proRata], seed: seed)
    let (venue, same) = (with.reserve, without.reserve)
    #expect(venue.claims == same.claims, "seed \(seed)")
    let (story, other) = (LayerControlTests.story(with), LayerControlTests.story(without))
    #expect(story == other, "seed \(seed)")
  }

  @Test("without interest no interest falls due, and the index stays at one", arguments: seeds)
  func interest(_ seed: UInt64) throws {
    var small = SmallWorld.eventful
    let with = try small.run(seed: seed)
    small.borrowRate = 0
    let without = try small.run(seed: seed)
    func periods(_ world: borrowing World) -> Int {
      world.facts.count { if case .interestAccrued = $0.fact { true } else { false } }
    }
    let counts = (periods(with), periods(without))
    #expect(counts == (6, 0), "seed \(seed): six hours")
    let index = without.reserve.index.value
    #expect(index == DebtIndex.one, "seed \(seed)")
  }

  @Test("without keepers nothing is seized: bad debt occurs and nobody admits it", arguments: seeds)
  func keepers(_ seed: UInt64) throws {
    var small = SmallWorld.eventful
    small.liquidators = 0
    let world = try small.run(seed: seed)
    let (measures, called) = (world.measures, world.called)
    #expect(measures.liquidations == 0 && measures.recognised == 0, "seed \(seed)")
    #expect(called > 0 && measures.occurredEnd > 0, "seed \(seed)")
  }

  @Test("a late oracle makes the losses: with none of its delay there are none", arguments: seeds)
  func delay(_ seed: UInt64) throws {
    var small = SmallWorld.eventful
    small.latency = .fixed(.seconds(1))
    small.arbitrageLatency = .zero
    small.coinReserve = small.tokens(40_000_000)
    small.dollarReserve = small.tokens(80_000_000)
    small.arbitrageCapital = small.tokens(50_000_000)
    small.every = .seconds(1)
    small.audit = .afterLosses
    small.oracleDelay = .hours(1)
    let late = try small.run(seed: seed)
    small.oracleDelay = .zero
    let prompt = try small.run(seed: seed)
    let lost = (late.measures.recognised, prompt.measures.recognised)
    #expect(lost.0 > 0 && lost.1 == 0, "seed \(seed): \(lost)")
  }
}
