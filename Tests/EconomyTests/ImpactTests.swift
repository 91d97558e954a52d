import Economy
import Foundation
import Kernel
import Ledger
import Testing

/// Trades with the outside that move its price.
@Suite("Impact of trades with the outside")
struct ImpactTests {
  static let coin = AssetID(0)
  static let dollar = AssetID(1)

  static func root(_ permanentShare: Double = 0, volume: Int64 = 1_000_000) -> Impact {
    Impact(
      .squareRoot(dailyVolume: Amount(units: volume), coefficient: 0.5), permanentShare: permanentShare,
      halfLife: .hours(1))
  }

  static func linear(_ permanentShare: Double = 0, depth: Int64 = 1_000_000) -> Impact {
    Impact(.linear(depth: Amount(units: depth)), permanentShare: permanentShare, halfLife: .hours(1))
  }

  static func market(_ coin: Impact?, _ dollar: Impact? = nil) throws -> ReferenceMarket {
    try ReferenceMarket(
      assets: [
        .init(name: "COIN", price: 3, process: nil, impact: coin),
        .init(name: "DOLLAR", price: 1, process: nil, impact: dollar),
      ], correlations: [], tick: .seconds(12))
  }

  @Test("the cost is the integral of the price along the curve", arguments: [root(), linear(), root(0.4)])
  func integral(_ impact: Impact) {
    for footprint in [-4_000_000.0, -300_000, -70, -0.5, 3, 12_345, 250_000, 3_000_000] {
      // Simpson's rule in √v, in which e^F is smooth.
      let (count, end) = (20_000, footprint.magnitude.squareRoot())
      let step = end / Double(count)
      var sum = 0.0
      for index in 0...count {
        let s = Double(index) * step
        let weight = index == 0 || index == count ? 1.0 : index % 2 == 1 ? 4 : 2
        sum += weight * 2 * s * exp(impact.logImpact(at: footprint < 0 ? -s * s : s * s))
      }
      let expected = (footprint < 0 ? -1 : 1) * sum * step / 3
      #expect(abs(impact.integral(to: footprint) / expected - 1) < 1e-11, "\(footprint)")
    }
  }

  /// Random trades of both sizes and sides, at random times; then everything back. Whatever comes of it,
  /// nobody has gained: law, not chance.
  @Test(
    "no round trip is free",
    arguments: [
      (root(), nil), (root(0.3), nil), (root(1), nil), (linear(), nil), (linear(0.5), nil), (linear(1), nil),
      (root(0.3), linear(0.2)), (linear(0.7), root()), (nil, root(0.5)), (nil, nil),
    ] as [(Impact?, Impact?)])
  func roundTrips(_ coin: Impact?, _ dollar: Impact?) throws {
    var (closed, losses) = (0, 0)
    for seed in 0..<60 {
      var random = RandomStream.test("round trips", seed: seed)
      var market = try ImpactTests.market(coin, dollar)
      var (held, cash, time) = (Int64(0), Int64(0), SimTime.start)
      func trade(_ wanted: Int64, _ market: inout ReferenceMarket) {
        let amount = Amount(units: wanted.magnitude <= 9_000_000 ? Int64(wanted.magnitude) : 9_000_000)
        guard amount > .zero else { return }
        let outside = market.outside(of: ImpactTests.coin, in: ImpactTests.dollar, at: time)
        if wanted > 0 {
          guard let cost = outside.cost(ofBuying: amount) else { return }
          (held, cash) = (held + amount.units, cash - cost.units)
          _ = market.traded(bought: (ImpactTests.coin, amount), sold: (ImpactTests.dollar, cost), at: time)
        } else {
          guard let gain = outside.proceeds(ofSelling: amount) else { return }
          (held, cash) = (held - amount.units, cash + gain.units)
          _ = market.traded(bought: (ImpactTests.dollar, gain), sold: (ImpactTests.coin, amount), at: time)
        }
      }
      for _ in 0..<(1 + random.below(12)) {
        let size = Int64(exp(random.nextUnit() * 14.5))
        trade(random.below(2) == 0 ? size : -size, &market)
        if random.below(3) > 0 {
          time = SimTime(microseconds: time.microseconds + Int64(random.below(7_200)) * 1_000_000)
        }
      }
      for _ in 0..<20 where held != 0 { trade(-held, &market) }
      // A linear market sells no more than its depth for any amount of dollars: then there is no way back.
      guard held == 0 else { continue }
      closed += 1
      #expect(cash <= 0, "seed \(seed)")
      if cash < 0 { losses += 1 }
    }
    #expect(closed > 30)
    // Three dollars a coin without impact: whole numbers, nothing to round.
    #expect(
      10 * losses > 9 * closed || (coin == nil && dollar == nil),
      "somebody paid for having moved the price, or for rounding")
  }

  @Test(
    "one large trade costs what its parts cost, but for a unit each", arguments: [root(0.3), linear(0.6)])
  func parts(_ impact: Impact) throws {
    let whole = try ImpactTests.market(impact).outside(
      of: ImpactTests.coin, in: ImpactTests.dollar, at: .start)
    let once = try #require(whole.cost(ofBuying: Amount(units: 400_000)))
    var market = try ImpactTests.market(impact)
    var parts: Int64 = 0
    for _ in 0..<40 {
      let outside = market.outside(of: ImpactTests.coin, in: ImpactTests.dollar, at: .start)
      let cost = try #require(outside.cost(ofBuying: Amount(units: 10_000)))
      parts += cost.units
      _ = market.traded(
        bought: (ImpactTests.coin, Amount(units: 10_000)), sold: (ImpactTests.dollar, cost), at: .start)
    }
    #expect((0...41).contains(parts - once.units))
  }

  @Test(
    "a sale from rest moves the log price by its law; its share stays, the rest halves",
    arguments: [0, 0.25, 1])
  func decay(share: Double) throws {
    for (impact, law) in [
      (ImpactTests.root(share), 0.5 * 0.09.squareRoot()), (ImpactTests.linear(share), 0.09),
    ] {
      var market = try ImpactTests.market(impact)
      let sold = Amount(units: 90_000)
      let moved = market.traded(
        bought: (ImpactTests.dollar, Amount(units: 1)), sold: (ImpactTests.coin, sold), at: .start)
      #expect(moved == [ImpactTests.coin])
      #expect(abs(log(market.price(of: ImpactTests.coin) / 3) + law) < 1e-14)
      let streams = RandomStreams(populationSeed: 0, shockSeed: 0)
      _ = market.tick(1, at: .seconds(3_600), streams)
      if case .linear = impact.shape {
        let expected = law * (share + (1 - share) / 2)
        #expect(abs(log(market.price(of: ImpactTests.coin) / 3) + expected) < 1e-14)
      }
      _ = market.tick(2, at: .seconds(3_600 * 200), streams)
      #expect(abs(log(market.price(of: ImpactTests.coin) / 3) + share * law) < 1e-14)
      #expect(market.tick(3, at: .seconds(3_600 * 300), streams).isEmpty, "what is gone moves nothing")
    }
  }

  static func world(_ impact: Impact?) -> SmallWorld {
    var small = OracleTests.world([])
    small.impacts = impact.map { [0: $0] } ?? [:]
    small.loans = []
    small.lenders = []
    small.horizon = .seconds(7_200)
    small.arbitrageurs = 1
    small.arbitrageLatency = .seconds(3)
    small.arbitrageCapital = small.tokens(10_000_000)
    small.feeMillionths = 3_000
    return small
  }

  @Test("an arbitrageur who buys outside makes it dearer, because of that trade, and trades less for it")
  func arbitrage() throws {
    let depth = SmallWorld().tokens(2_000_000).units
    let deep = try ImpactTests.world(nil).run()
    let shallow = try ImpactTests.world(ImpactTests.linear(0, depth: depth)).run()
    let (deepFacts, facts) = (deep.facts, shallow.facts)
    let flat = try #require(deepFacts.first { $0.fact.kind == "swapped" })
    let steep = try #require(facts.first { $0.fact.kind == "swapped" })
    guard case .swapped(_, _, _, let flatSold, _, _) = flat.fact,
      case .swapped(_, _, _, let sold, _, _) = steep.fact
    else { return }
    #expect(sold < flatSold)
    // The price of one, times e^(what was bought / depth), told by the trade's own event.
    let told = facts.first { $0.header.id == steep.header.id && $0.fact.kind == "priceStepped" }
    guard case .priceStepped(ImpactTests.coin, let price) = told?.fact else {
      Issue.record("the trade did not move the reference")
      return
    }
    #expect(abs(log(price) - Double(sold.units) / Double(depth)) < 1e-12)
    // At the fee's band of the pool's price, but for the fee that stays in the pool: what it sold to the
    // pool lowered that, what it bought raised this.
    guard case .swapped(_, _, _, _, _, let poolPrice) = steep.fact else { return }
    #expect(abs(poolPrice * 0.997 / price - 1) < 1e-3)
    // Decays from tick to tick.
    let steps = shallow.steps.map(\.price)
    #expect(zip(steps.dropFirst(1), steps.dropFirst(2)).contains { $0 > $1 })
    let deepSteps = deep.steps.count
    #expect(deepSteps == 1, "an infinitely deep market has no steps but the shock's")
  }

  @Test("a liquidator who sells outside gets the curve's price, and the reference falls because of it")
  func liquidator() throws {
    var small = FirmTests.world
    small.horizon = .seconds(10)
    let deep = try small.run()
    small.impacts[0] = ImpactTests.linear(1, depth: small.tokens(1_000).units)
    let world = try small.run()
    let sold = world.facts.first { $0.fact.kind == "soldOutside" }
    guard case .soldOutside(_, _, let units, _, let proceeds)? = sold?.fact else {
      Issue.record("nothing was sold outside")
      return
    }
    #expect(units == small.tokens(24))
    // ∫ 1.75·e^(−q/1000) dq from 0 to 24 = 1750·(1 − e^(−0.024)), where the deep market pays 42.
    #expect(abs(Double(proceeds.units) / 1e8 - 1_750 * (1 - exp(-0.024))) < 1e-7)
    let step = try #require(world.facts.first { $0.fact.kind == "priceStepped" && $0.header.cause != nil })
    if case .priceStepped(_, let price) = step.fact { #expect(abs(price / (1.75 * exp(-0.024)) - 1) < 1e-9) }
    #expect(step.header.id == sold?.header.id, "it is the trade's own doing")
    #expect(!deep.facts.contains { $0.fact.kind == "priceStepped" && $0.header.cause != nil })
  }
}
