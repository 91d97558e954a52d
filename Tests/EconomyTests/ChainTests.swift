import Economy
import Kernel
import Ledger
import Testing

@Suite("Chain")
struct ChainTests {
  /// Who sends what, in order: a sender, a bid, a rank.
  struct Sent: Sendable {
    let sender: Int
    let bid: Double
    let rank: UInt64

    init(_ sender: Int, _ bid: Double, rank: UInt64 = 0) {
      self.sender = sender
      self.bid = bid
      self.rank = rank
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let capacity: Int?
    let sent: [Sent]
    let others: [Double]
    /// Places in `sent`, and how many others.
    let included: [Int]
    let othersIn: Int
    let testDescription: String
  }

  static let cases = [
    Case(
      capacity: 2, sent: [Sent(1, 5), Sent(2, 9), Sent(3, 7)], others: [], included: [1, 2], othersIn: 0,
      testDescription: "the highest bids"),
    Case(
      capacity: 3, sent: [Sent(1, 1), Sent(1, 99), Sent(2, 5)], others: [], included: [2, 0, 1], othersIn: 0,
      testDescription: "a sender's own order stands: 99 waits behind 1"),
    Case(
      capacity: 2, sent: [Sent(1, 1), Sent(1, 99), Sent(2, 5), Sent(3, 4)], others: [], included: [2, 3],
      othersIn: 0, testDescription: "stuck behind its own low bid"),
    Case(
      capacity: 2, sent: [Sent(1, 5, rank: 7), Sent(2, 5, rank: 3), Sent(3, 5, rank: 5)], others: [],
      included: [1, 2], othersIn: 0, testDescription: "equal bids by rank"),
    Case(
      capacity: 2, sent: [Sent(2, 5), Sent(1, 5), Sent(3, 5)], others: [], included: [0, 1], othersIn: 0,
      testDescription: "equal bids and ranks by who sent first"),
    Case(
      capacity: 3, sent: [Sent(1, 5), Sent(2, 3)], others: [4, 9, 2], included: [0], othersIn: 2,
      testDescription: "others who bid more take places"),
    Case(
      capacity: 3, sent: [Sent(1, 5)], others: [5, 5, 5], included: [0], othersIn: 2,
      testDescription: "among equals who waited comes first"),
    Case(
      capacity: 0, sent: [Sent(1, 5)], others: [1], included: [], othersIn: 0, testDescription: "no room"),
    Case(
      capacity: nil, sent: [Sent(1, 1), Sent(2, 2), Sent(3, 3)], others: [9, 9], included: [2, 1, 0],
      othersIn: 2, testDescription: "room for all"),
  ]

  private static func transaction(_ place: Int, _ sent: Sent) -> ChainTransaction<Int> {
    ChainTransaction(
      intent: place, sender: AccountID(sent.sender), bid: sent.bid, rank: sent.rank, cause: nil)
  }

  @Test("a block holds the best bids, each sender's in order", arguments: cases)
  func block(_ each: Case) {
    var chain = Chain<Int>(block: .seconds(12), capacity: each.capacity)
    for (place, sent) in each.sent.enumerated() { chain.send(ChainTests.transaction(place, sent)) }
    let block = chain.takeBlock(besides: each.others)
    #expect(block.included.map(\.intent) == each.included)
    #expect(block.others == each.othersIn)
    #expect(chain.count == each.sent.count - each.included.count)
  }

  @Test("whatever is sent and taken, a list that is searched through says the same", arguments: 0..<200)
  func naive(seed: Int) {
    var random = RandomStream.test("chain", seed: seed)
    let capacity = random.below(5)
    var chain = Chain<Int>(block: .seconds(1), capacity: capacity)
    var list: [(place: Int, sent: Sent)] = []
    for place in 0..<300 {
      let sent = Sent(random.below(6), Double(random.below(4)), rank: UInt64(random.below(3)))
      chain.send(ChainTests.transaction(place, sent))
      list.append((place, sent))
      guard random.below(3) == 0 else { continue }
      var expected: [Int] = []
      while expected.count < capacity, !list.isEmpty {
        let heads = list.indices.filter { index in
          !list[..<index].contains { $0.sent.sender == list[index].sent.sender }
        }
        let best = heads.min { left, right in
          let (a, b) = (list[left].sent, list[right].sent)
          return (-a.bid, a.rank, left) < (-b.bid, b.rank, right)
        }
        guard let best else { break }
        expected.append(list.remove(at: best).place)
      }
      #expect(chain.takeBlock().included.map(\.intent) == expected, "seed \(seed), after \(place)")
    }
  }

  @Test("others come as often, and bid as much, as they are said to; a rush multiplies them while it lasts")
  func demand() throws {
    let rush = BlockDemand.Rush(at: .seconds(600), lasts: .seconds(600), factor: 4)
    let demand = BlockDemand(perBlock: 10, meanBid: 3, rushes: [rush])
    let streams = RandomStreams(populationSeed: 1, shockSeed: 1)
    func bids(at seconds: Int64) throws -> [Double] {
      try (0..<2_000).flatMap { number in
        try demand.bids(inBlock: Int64(number), at: .seconds(seconds), streams)
      }
    }
    let (calm, rushed) = (try bids(at: 599), try bids(at: 600))
    // Poisson: 20,000 ± √20,000; z below 6.1.
    #expect(abs(Double(calm.count) - 20_000) < 6.1 * 20_000.squareRoot())
    #expect(abs(Double(rushed.count) - 80_000) < 6.1 * 80_000.squareRoot())
    #expect(try bids(at: 1_200).count == calm.count, "the rush is over, the draws are the same")
    let mean = calm.reduce(0, +) / Double(calm.count)
    #expect(abs(mean - 3) < 6.1 * 3 / Double(calm.count).squareRoot())
  }
}

@Suite("Liquidators as firms, and blocks, through a running world")
struct FirmTests {
  /// One loan of 80 against 100 at a threshold of 80 %; COIN falls from 2 to 1.75 at once. Everything is a
  /// power of two away from exact: a liquidation repays 40, seizes 40 · 1.05 / 1.75 = 24 COIN.
  static var world: SmallWorld {
    var small = SmallWorld()
    small.horizon = .seconds(3600)
    small.lenders = [small.tokens(1_000)]
    small.loans = [small.loan(value: 100, borrowed: 80)]
    small.jump = -0.125
    small.coinReserve = small.tokens(1_000)
    small.dollarReserve = small.tokens(2_000)
    small.sellsOutside = true
    small.retry = .seconds(600)
    return small
  }

  @Test("who sells outside gets the reference price: a bonus of 5 % on 40 leaves 2")
  func outside() throws {
    let world = try FirmTests.world.run()
    let first = try #require(world.liquidations.first)
    let small = FirmTests.world
    #expect(first.repaid == small.tokens(40) && first.seized == small.tokens(24))
    // 24 · 1.75 − 40 = 2, and the whole rest follows: health is still below one.
    let sold = world.facts.compactMap {
      if case .soldOutside(_, _, let sold, _, let bought) = $0.fact { (sold, bought) } else { nil }
    }
    #expect(sold.first?.0 == small.tokens(24) && sold.first?.1 == small.tokens(42))
    #expect(!world.facts.contains { $0.fact.kind == "swapped" })
  }

  @Test("who sells later repays out of its capital and bears what the price does meanwhile")
  func inventory() throws {
    var small = FirmTests.world
    small.horizon = .seconds(90)
    small.keeperCapital = small.tokens(40)
    small.sellsAfter = .seconds(60)
    let coin = SmallWorld.coin
    small.shocks = [
      Shock(asset: coin, at: .start, jump: -0.125, over: .zero, every: .seconds(1)),
      Shock(asset: coin, at: .seconds(30), jump: -0.5, over: .zero, every: .seconds(1)),
    ]
    let world = try small.run()
    #expect(world.liquidations.map(\.repaid) == [small.tokens(40)], "its capital is gone until it sells")
    // 24 COIN at 0.875: 21 come back of 40.
    #expect(world.final("keeper[0]", SmallWorld.dollar) == small.tokens(21))
    #expect(world.final("keeper[0]", coin) == .zero)
  }

  @Test("what capital cannot pay is not repaid", arguments: [(40, 40), (39, 20), (19, 10), (1, nil)])
  func capital(_ capital: Int64, _ repaid: Int64?) throws {
    var small = FirmTests.world
    small.horizon = .seconds(30)
    small.keeperCapital = small.tokens(capital)
    small.sellsAfter = .seconds(60)
    let world = try small.run()
    #expect(world.liquidations.first?.repaid == repaid.map { small.tokens($0) })
  }

  @Test("who takes losses takes them out of its capital; who does not passes over")
  func losses() throws {
    // The pool stands at the oracle's 1.75, and 50 COIN are all of it.
    var small = FirmTests.world
    small.sellsOutside = false
    small.coinReserve = small.tokens(50)
    small.dollarReserve = Amount(units: small.tokens(175).units / 2)
    small.retry = .seconds(4_000)
    #expect(try small.run().liquidations.isEmpty == false, "a smaller size pays")
    small.bonus = 0
    #expect(try small.run().liquidations.isEmpty, "no size pays")
    small.takesLosses = true
    #expect(try small.run().liquidations.isEmpty, "and it has nothing to lose")
    small.keeperCapital = small.tokens(100)
    let world = try small.run()
    // 40 / 1.75 COIN into the pool bring 27.45.
    #expect(world.liquidations.first?.repaid == small.tokens(40))
    #expect(world.final("keeper[0]", SmallWorld.dollar) < small.tokens(100))
  }

  @Test("without room in blocks nobody is liquidated; with room for all, a block late and for the bid")
  func blocks() throws {
    var small = FirmTests.world
    small.keeperCapital = small.tokens(10)
    small.bid = .fixed(small.tokens(1))
    small.closeFactor = 1
    small.chain = ChainTerms(block: .seconds(12), capacity: 0, demand: nil)
    let full = try small.run()
    #expect(full.called == 1 && full.liquidations.isEmpty)
    small.chain = ChainTerms(block: .seconds(12), capacity: nil, demand: nil)
    let roomy = try small.run()
    // Called at 0, sent at 1 s, executed in the block of 12 s: all 80 for 48 COIN, which bring 84.
    #expect(roomy.liquidations.map(\.time) == [.seconds(12)])
    #expect(roomy.liquidations.map(\.repaid) == [small.tokens(80)])
    #expect(roomy.final("keeper[0]", SmallWorld.dollar) == small.tokens(10 + 84 - 80 - 1))
    let causes = roomy.facts.filter { $0.fact.kind == "liquidated" }.map(\.header.root)
    let shock = roomy.facts.first { $0.fact.kind == "priceStepped" }.map(\.header.root)
    #expect(causes == [shock], "a block is a delay, not a cause")
  }

  @Test("two who want the same: the higher bid gets it, the other pays for nothing")
  func reverted() throws {
    var small = FirmTests.world
    small.liquidators = 2
    small.closeFactor = 1
    small.keeperCapital = small.tokens(10)
    small.bid = .uniform(from: small.tokens(1), to: small.tokens(3))
    small.chain = ChainTerms(block: .seconds(12), capacity: nil, demand: nil)
    let world = try small.run()
    #expect(world.liquidations.count == 1)
    let fees = world.facts.compactMap {
      if case .included(_, _, let fee, _) = $0.fact { fee } else { nil }
    }
    #expect(fees.count == 2 && fees[0] > fees[1])
    let late = world.facts.compactMap {
      if case .reverted(_, let liquidator) = $0.fact { liquidator } else { nil }
    }
    #expect(late.count == 1)
    let loser = "keeper[\(late[0].index)]"
    #expect(world.final(loser, SmallWorld.dollar) == small.tokens(10) - fees[1])
  }
}
