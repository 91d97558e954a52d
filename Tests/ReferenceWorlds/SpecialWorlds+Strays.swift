import Economy
import Kernel
import Ledger

// Positions that nobody comes for: below the threshold from the start, called in vain, or worth nothing.

extension SpecialWorld {
  static var ofStrays: [SpecialWorld] { [lateFromTheStart, calledInVain, worthless, sentAndOvertaken] }

  /// The oracle reads a pool that starts a tenth below the reference.
  private static let lateFromTheStart: SpecialWorld = {
    var world = HandMadeWorld()
    world.shocks = []
    world.oracles = [
      Oracle(name: "pool", asset: HandMadeWorld.eth, source: .pool(PoolID(0)), delay: .zero)
    ]
    let plain = world.specification
    let pool = plain.pools[0]
    let cheap = WorldSpecification(
      horizon: plain.horizon, tokens: plain.tokens, shocks: [],
      pools: [
        .init(
          name: pool.name, base: pool.base, quote: pool.quote, feeMillionths: 0,
          baseReserve: pool.baseReserve, quoteReserve: Amount(units: pool.quoteReserve.units / 10 * 9))
      ], oracles: plain.oracles, venues: plain.venues, populations: plain.populations)
    return SpecialWorld("below the threshold from the start", cheap) { facts in
      let called = facts.filter { $0.fact.kind == "becameLiquidatable" }
      return called.count == 5 && called.allSatisfy { $0.header.time == .start && $0.header.cause == nil }
    }
  }()

  /// Nobody liquidates; the price falls, recovers and falls again.
  private static let calledInVain: SpecialWorld = {
    var world = HandMadeWorld()
    world.liquidators = 0
    world.oracleDelay = .zero
    world.shocks = [
      HandMadeWorld.crash(-0.5, at: .hours(1)), HandMadeWorld.crash(-0.1, at: .hours(2)),
      HandMadeWorld.crash(2, at: .hours(3)), HandMadeWorld.crash(-0.5, at: .hours(4)),
    ]
    return SpecialWorld("called, recovered and called again, in vain", world.specification) { facts in
      let hours: [Int64] = facts.filter { $0.fact.kind == "becameLiquidatable" }
        .map { $0.header.time.microseconds / 3_600_000_000 }
      return hours == [1, 1, 1, 1, 1, 4, 4, 4, 4, 4]
    }
  }()

  /// For a while the oracle reads nothing at all. One of two keepers is on its way when it does.
  private static let worthless: SpecialWorld = {
    var world = HandMadeWorld()
    world.jump = -0.3
    world.oracleDelay = .zero
    world.latency = .fixed(.hours(2))
    world.ltv = .uniform(from: 0.3, to: 0.75)
    world.waterfall = [HandMadeWorld.proRata]
    let plain = world.specification
    let attacked = WorldSpecification(
      horizon: plain.horizon, tokens: plain.tokens, shocks: plain.shocks, pools: plain.pools,
      oracles: plain.oracles, venues: plain.venues, populations: plain.populations,
      manipulations: [
        Manipulation(
          oracle: OracleID(0), at: SimTime(microseconds: 2 * 3_600_000_000), jump: -1, lasts: .hours(3))
      ])
    return SpecialWorld("collateral that venues see no worth in", attacked) { facts in
      facts.filter { $0.fact.kind == "recognised" }.count == 5
        && !facts.contains { $0.fact.kind == "liquidated" }
    }
  }()

  /// A block takes an arbitrageur's trade when the reference is back: it trades down to what it said.
  private static let sentAndOvertaken: SpecialWorld = {
    var world = HandMadeWorld()
    world.borrowers = 1
    world.arbitrageurs = 2
    world.arbitrageLatency = .seconds(1)
    world.arbitrageCapital = 3_000_000
    world.shocks = [
      HandMadeWorld.crash(0.3, at: .seconds(3_600)), HandMadeWorld.crash(-0.25, at: .seconds(3_605)),
      HandMadeWorld.crash(-0.1, at: .seconds(7_200)), HandMadeWorld.crash(0.1, at: .seconds(7_203)),
    ]
    let plain = world.specification
    let chained = WorldSpecification(
      horizon: plain.horizon, chain: ChainTerms(block: .seconds(12), capacity: nil, demand: nil),
      tokens: plain.tokens, shocks: plain.shocks, pools: plain.pools, oracles: plain.oracles,
      venues: plain.venues, populations: plain.populations)
    return SpecialWorld("a trade that the reference overtakes", chained) { facts in
      facts.filter { $0.fact.kind == "swapped" }.count > 4
    }
  }()
}
