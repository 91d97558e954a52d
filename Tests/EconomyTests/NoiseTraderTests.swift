import Economy
import Kernel
import Ledger
import Testing

/// `ClaimsWorld`'s pool of 90 ETH and 90,000 USDC, in which others trade for reasons of their own.
@Suite("Noise traders")
struct NoiseTraderTests {
  static func noise(
    _ id: String = "noise", every: SimDuration = .minutes(1), usdc: Int64 = 500, capital: Int64 = 1_000_000
  ) -> WorldSpecification.Population {
    .noiseTraders(
      id: id, pool: PoolID(0), count: 1, every: every, size: .fixed(ClaimsWorld.usdc(usdc)),
      capital: ClaimsWorld.usdc(capital))
  }

  static func run(_ noise: [WorldSpecification.Population]) throws -> World {
    var claims = ClaimsWorld()
    claims.deposits = [(0, 20_000, nil)]
    claims.noise = noise
    return try claims.run()
  }

  struct Trade: Equatable {
    let time: SimTime
    let asset: AssetID
    let sold: Amount
    let isRoot: Bool
  }

  static func trades(_ world: borrowing World, by name: String = "noise[0]") -> [Trade] {
    var trades: [Trade] = []
    for record in world.facts {
      guard case .swapped(_, let trader, let asset, let sold, _, _) = record.fact,
        world.ledger[trader].name == name
      else { continue }
      trades.append(
        Trade(time: record.header.time, asset: asset, sold: sold, isRoot: record.header.cause == nil))
    }
    return trades
  }

  @Test("a Poisson number of trades in four hours, about as many each way, each a root")
  func poisson() throws {
    let trades = NoiseTraderTests.trades(try NoiseTraderTests.run([NoiseTraderTests.noise()]))
    // Mean and variance 240, z of 6.1; the side a fair coin.
    #expect(abs(trades.count - 240) < 95)
    let sales = trades.filter { $0.asset == ClaimsWorld.eth }.count
    #expect(abs(2 * sales - trades.count) < 6 * 17)
    #expect(trades.allSatisfy { $0.isRoot })
    #expect(trades.allSatisfy { $0.asset == ClaimsWorld.eth || $0.sold == ClaimsWorld.usdc(500) })
  }

  @Test("it moves the pool in which keepers sell: what they get is another amount")
  func money() throws {
    func kept(_ world: borrowing World) -> Amount {
      world.ledger.balance(of: world.liquidators[0].account, in: ClaimsWorld.usdc)
    }
    let quiet = kept(try NoiseTraderTests.run([]))
    let loud = kept(try NoiseTraderTests.run([NoiseTraderTests.noise(usdc: 5_000)]))
    #expect(quiet == ClaimsWorld.usdc(1_000))
    #expect(loud != quiet)
  }

  @Test("never more than it has: a purse of 10 USDC and as much ETH sells no more at once")
  func purse() throws {
    let world = try NoiseTraderTests.run([NoiseTraderTests.noise(capital: 10)])
    let trades = NoiseTraderTests.trades(world)
    #expect(trades.count > 10)
    for trade in trades {
      let most = trade.asset == ClaimsWorld.usdc ? ClaimsWorld.usdc(25) : Amount(units: 30_000)
      #expect(trade.sold <= most)
    }
  }

  @Test("neutral: who comes after the horizon changes no byte of a fact")
  func neutral() throws {
    let plain = try NoiseTraderTests.run([])
    let late = try NoiseTraderTests.run([NoiseTraderTests.noise(every: .hours(1_000_000))])
    #expect(late.facts == plain.facts)
  }

  @Test("another noise trader moves nobody's times and sizes")
  func commonRandomNumbers() throws {
    let alone = NoiseTraderTests.trades(try NoiseTraderTests.run([NoiseTraderTests.noise()]))
    let both = NoiseTraderTests.trades(
      try NoiseTraderTests.run([NoiseTraderTests.noise("other"), NoiseTraderTests.noise()]))
    #expect(alone.map(\.time) == both.map(\.time))
    #expect(alone.map(\.asset) == both.map(\.asset))
  }

  @Test("pure: size, purse and a pool that gives nothing")
  func decide() throws {
    let world = try NoiseTraderTests.run([])
    let pool = world.pools[0]
    func order(_ sellsBase: Bool, _ size: Int64, purse: Int64, rate: Double = 2) throws -> NoiseOrder? {
      try NoiseTrader.decide(
        sellsBase: sellsBase, size: Amount(units: size), pool: pool,
        reserves: .init(sold: Amount(units: 1_000), bought: Amount(units: 1_000)), rate: rate,
        purse: Amount(units: purse))
    }
    let sale = try #require(try order(false, 1_000, purse: 9_999))
    #expect(sale.sold == Amount(units: 1_000) && sale.bought == Amount(units: 500))
    #expect(sale.asset == ClaimsWorld.usdc)
    let other = try #require(try order(true, 1_001, purse: 9_999))
    #expect(other.sold == Amount(units: 500) && other.asset == ClaimsWorld.eth)
    let poor = try #require(try order(true, 1_001, purse: 7))
    #expect(poor.sold == Amount(units: 7))
    var nothing: [NoiseOrder?] = []
    nothing.append(try order(true, 1, purse: 9_999))
    nothing.append(try order(false, 1, purse: 9_999))
    nothing.append(try order(false, 1_000, purse: 0))
    #expect(nothing == [nil, nil, nil])
  }
}
