import Economy
import Kernel
import Ledger
import Testing

/// Paths as parts of a world: whose draws they are, when they move, what they leave alone.
@Suite("Price paths in a world")
struct PricePathTests {
  static let wild = PriceProcess.jumps(
    volatility: 2, drift: 0, .init(perYear: 5_000, mean: -0.01, volatility: 0.02))

  @Test("another asset, before or after, changes no path; nor does the seed of who exists")
  func commonDraws() throws {
    let pair = Correlation(AssetID(0), AssetID(1), 0.7)
    let alone = try PriceProcessTests.paths(
      [PricePathTests.wild, .diffusion(volatility: 1, drift: 0)], tick: .seconds(12), count: 300,
      correlations: [pair], names: ["ETH", "BTC"])
    let after = try PriceProcessTests.paths(
      [PricePathTests.wild, .diffusion(volatility: 1, drift: 0), .diffusion(volatility: 3, drift: 0)],
      tick: .seconds(12), count: 300, correlations: [pair, Correlation(AssetID(2), AssetID(0), -0.5)],
      names: ["ETH", "BTC", "SOL"])
    #expect(
      Array(after[..<2]) == alone, "correlated with others that come before it, it changes none of them")
    let before = try PriceProcessTests.paths(
      [.diffusion(volatility: 3, drift: 0), PricePathTests.wild, .diffusion(volatility: 1, drift: 0)],
      tick: .seconds(12), count: 300, correlations: [Correlation(AssetID(1), AssetID(2), 0.7)],
      names: ["SOL", "ETH", "BTC"])
    #expect(Array(before[1...]) == alone)
    let other = try PriceProcessTests.paths(
      [PricePathTests.wild], tick: .seconds(12), count: 300, names: ["ETH"], seed: 5)
    #expect(other[0] != alone[0])
  }

  @Test("a path is the same in a world, whatever else happens there; every tick is a root")
  func inAWorld() throws {
    var small = SmallWorld.eventful
    small.processes = [0: PricePathTests.wild]
    small.shocks = []
    small.horizon = .seconds(3_600)
    let world = try small.run()
    let expected = try PriceProcessTests.paths(
      [PricePathTests.wild], tick: .seconds(12), count: 300, start: 2, names: ["COIN"], seed: 1)[0]
    let steps = world.steps
    #expect(steps.map(\.price) == Array(expected.dropFirst()))
    #expect(steps.map(\.time) == (1...300).map { SimTime.seconds(12 * $0) })
    let rootless = world.facts.filter { $0.fact.kind == "priceStepped" && $0.header.cause != nil }
    #expect(rootless.isEmpty)
    let facts = world.facts.count
    #expect(facts > 400, "other things happen, too")
  }

  /// When and what, without the numbers of events.
  private struct Happening: Hashable {
    let time: SimTime
    let round: Int32
    let phase: Phase
    let fact: Fact

    static func all(_ world: borrowing World) -> [Happening] {
      world.facts.map {
        Happening(time: $0.header.time, round: $0.header.round, phase: $0.header.phase, fact: $0.fact)
      }
    }
  }

  @Test(
    "a process without volatility and drift changes nothing",
    arguments: [
      .diffusion(volatility: 0, drift: 0),
      .jumps(volatility: 0, drift: 0, .init(perYear: 0, mean: 1, volatility: 1)),
      .regimes(
        [.init(volatility: 0, meanDuration: .hours(1)), .init(volatility: 0, meanDuration: .hours(2))],
        drift: 0),
      .replay(PriceHistory(times: [.start], prices: [7])),
    ] as [PriceProcess])
  func neutral(_ process: PriceProcess) throws {
    var small = SmallWorld.eventful
    let plain = Happening.all(try small.run())
    small.processes = [0: process, 1: process]
    let still = Happening.all(try small.run())
    #expect(plain == still)
    #expect(plain.count > 50)
  }

  @Test("shocks multiply the price that the process has made")
  func shockOnTop() throws {
    var small = SmallWorld.eventful
    small.processes = [0: .diffusion(volatility: 1, drift: 0)]
    small.horizon = .seconds(120)
    small.shocks = [ShockTests.shock(30, -0.5)]
    let steps = try small.run().steps
    let path = try PriceProcessTests.paths(
      [.diffusion(volatility: 1, drift: 0)], tick: .seconds(12), count: 10, start: 2, names: ["COIN"], seed: 1
    )[0]
    #expect(
      steps.map(\.time.microseconds) == [12, 24, 30, 36, 48, 60, 72, 84, 96, 108, 120].map { $0 * 1_000_000 })
    #expect(steps[2].price == path[2] * 0.5)
    // A power of two: halving commutes with every rounding.
    #expect(steps[3...].map(\.price) == path[3...].map { $0 / 2 })
  }

  @Test("a branch goes on along the same path")
  func branch() throws {
    var small = SmallWorld.eventful
    small.processes = [
      0: .peg(volatility: 3, halfLife: .minutes(5)), 1: .diffusion(volatility: 0.1, drift: 0),
    ]
    var world = try small.make()
    for _ in 0..<500 { _ = try world.step() }
    var other = world.branch()
    try world.run()
    try other.run()
    let (one, two) = (world.fingerprint(), other.fingerprint())
    #expect(one == two)
  }
}
