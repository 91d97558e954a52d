import Economy
import Glibc
import Kernel
import Ledger

/// The whole economy: borrowers of 50 venues that share 12 assets, on a day of 7,200 blocks with a crash,
/// everything on but the audit. Beside it, in the same process, what asking every position its venue's rule
/// costs: a scan would do that at each block.
///
/// Times are those of the processor: one thread computes, and waits for nothing.
///
/// Every asset moves in every block; eleven of them fall by 45 % in 40 minutes. At the end nobody may be
/// below the threshold without having been called.
func runEconomyBench(_ options: [String]) -> Int32 {
  var counts = [10_000, 100_000, 1_000_000]
  for option in options {
    guard option.hasPrefix("--borrowers="), let count = Int(option.dropFirst(12)), count >= 1_000 else {
      printError("economy has no option \(option)\(suggestion(for: option, among: ["--borrowers=N"]))")
      return 64
    }
    counts = [count]
  }
  print(
    " borrowers  setup s   run s  blocks/s    events  liquidated     scan ms  scan/block  peak MB     facts")
  for count in counts {
    // A process of its own, so that peaks are its own.
    guard let line = output(of: ["/proc/self/exe", "economy-one", "\(count)"]) else {
      printError("the day of \(count) borrowers did not end well")
      return 70
    }
    print(line, terminator: "")
  }
  return runEconomyLayers()
}

func runOneEconomy(_ arguments: [String]) -> Int32 {
  guard arguments.count == 1, let borrowers = Int(arguments[0]) else { return 64 }
  let began = processNanoseconds()
  do throws(RunFailure) {
    var world = try World.make(
      EconomyDay(borrowers: borrowers).specification, populationSeed: 1, shockSeed: 1, keeping: .none,
      audit: .never)
    let made = processNanoseconds()
    var (steps, scanTime, scans) = (0, 0.0, 0)
    while try world.step() {
      steps += 1
      guard steps % (EconomyDay(borrowers: borrowers).expectedEvents / 200) == 0 else { continue }
      let start = processNanoseconds()
      _ = peopleBelow(world)
      scanTime += processNanoseconds() - start
      scans += 1
    }
    let ran = processNanoseconds() - made - scanTime
    let uncalled = peopleBelow(world)
    guard uncalled == 0 else {
      printError("\(uncalled) positions are below the threshold and were not called")
      return 1
    }
    let scan = scanTime / Double(max(1, scans))
    let perBlock = ran / Double(EconomyDay.blocks)
    print(
      column("\(borrowers)", 10), column((made - began) * 1e-9, 9), column(ran * 1e-9, 8),
      column(1e9 / perBlock, 10), column("\(steps)", 10), column("\(world.measures.liquidations)", 12),
      column(scan * 1e-6, 12), column(scan / perBlock, 12), column(Double(memory("VmHWM")) / 1024, 9),
      column("\(world.fingerprint().hex.prefix(8))", 10), separator: "")
    return 0
  } catch {
    printError("\(error)")
    return 70
  }
}

/// Open positions that are below the threshold at published prices: a scan of everybody.
private func peopleBelow(_ world: borrowing World) -> Int {
  var count = 0
  let (ledger, published) = (world.ledger, world.published)
  for (venue, pool) in world.venues.enumerated() {
    for id in world.positionsOfVenue[venue] where world.positions[id].state == .open {
      let standing = try? pool.standing(of: world.positions[id], ledger, published: published)
      if standing?.isLiquidatable == true { count += 1 }
    }
  }
  return count
}

/// A day in 50 venues: USDC and eleven assets that move, a deep pool of each against USDC, keepers and
/// arbitrageurs at each pool.
struct EconomyDay {
  static let blocks = 7_200
  private static let venueCount = 50
  private static let assetCount = 12
  private static let block = SimDuration.seconds(12)
  private static let unit: Int64 = 100_000_000

  let borrowers: Int

  /// About: an alarm for each asset, venue and block, and what becomes of borrowers. Says when to scan.
  var expectedEvents: Int { 11 * EconomyDay.venueCount * EconomyDay.blocks + 6 * borrowers }

  private var usdc: AssetID { AssetID(0) }

  private var volatile: [AssetID] { (1..<EconomyDay.assetCount).map(AssetID.init) }

  private func tokens(_ count: Int64) -> Amount { Amount(units: count * EconomyDay.unit) }

  var specification: WorldSpecification {
    WorldSpecification(
      horizon: SimTime(microseconds: EconomyDay.block.microseconds * Int64(EconomyDay.blocks)),
      tokens: (0..<EconomyDay.assetCount).map {
        WorldSpecification.Token(name: $0 == 0 ? "USDC" : "A\($0)", decimals: 8, price: $0 == 0 ? 1 : 100)
      },
      shocks: shocks, pools: pools,
      oracles: volatile.map {
        Oracle(name: "o\($0.index)", asset: $0, source: .reference, delay: .seconds(0))
      }
        + [Oracle(name: "usdc", asset: usdc, source: .fixed, delay: .seconds(0))],
      venues: venues, populations: populations)
  }

  /// Every hour each asset goes up or down by a percent or two, block by block; and the crash.
  private var shocks: [Shock] {
    var random = SplitMix64(seed: 7)
    var shocks: [Shock] = []
    for asset in volatile {
      for hour in 0..<24 {
        let move = Double(Int(random.next() % 400) - 200) / 10_000
        shocks.append(
          Shock(
            asset: asset, at: SimTime(microseconds: Int64(hour) * 3_600_000_000), jump: move,
            over: .seconds(3_600), every: EconomyDay.block))
      }
      shocks.append(
        Shock(
          asset: asset, at: SimTime(microseconds: 8 * 3_600_000_000), jump: -0.45, over: .seconds(2_400),
          every: EconomyDay.block))
    }
    return shocks
  }

  private var pools: [WorldSpecification.Pool] {
    volatile.map {
      WorldSpecification.Pool(
        name: "p\($0.index)", base: $0, quote: usdc, feeMillionths: 3_000, baseReserve: tokens(5_000_000),
        quoteReserve: tokens(500_000_000))
    }
  }

  private var venues: [WorldSpecification.Venue] {
    (0..<EconomyDay.venueCount).map { number in
      WorldSpecification.Venue(
        name: "v\(number)",
        debts: [
          WorldSpecification.Loan(usdc, rate: .flat(0.05), reserveFactor: 0.1),
          WorldSpecification.Loan(AssetID(1), rate: .flat(0.02), reserveFactor: 0.1),
        ],
        collateral: volatile.map {
          CollateralTerms(asset: $0, maximumLTV: 0.8, threshold: 0.825, bonus: 0.05)
        },
        closeFactor: 0.5, fullCloseBelow: 0.95, accrualPeriod: .seconds(3_600), recognition: .onExhaustion,
        waterfall: [])
    }
  }

  /// Half hold one collateral, the others two or three; some owe two assets.
  private var populations: [WorldSpecification.Population] {
    var populations: [WorldSpecification.Population] = []
    for number in 0..<EconomyDay.venueCount {
      let venue = VenueID(number)
      for reserve in 0..<2 {
        populations.append(
          .lenders(
            id: "l\(number)-\(reserve)", venue: venue, reserve: reserve, count: 10, size: .fixed(tokens(1)),
            utilization: 0.8))
      }
      for mix in 0..<10 {
        let places = (0..<(mix < 5 ? 1 : mix < 8 ? 2 : 3)).map { (number + 3 * mix + 2 * $0) % 11 }.sorted()
        populations.append(
          .borrowers(
            id: "b\(number)-\(mix)", venue: venue, collateral: places.map { WorldSpecification.Part($0) },
            debts: mix == 7
              ? [WorldSpecification.Part(0, weight: 3), WorldSpecification.Part(1)]
              : [WorldSpecification.Part(0)],
            count: borrowers / EconomyDay.venueCount / 10,
            size: .pareto(minimum: tokens(1_000), maximum: tokens(1_000_000), tail: 1.3),
            ltv: .beta(mean: 0.62, concentration: 8)))
      }
    }
    for pool in 0..<pools.count {
      populations.append(
        .liquidators(
          id: "k\(pool)", count: 1,
          terms: LiquidatorTerms(
            market: .pool(PoolID(pool)), currency: pools[pool].quote, latency: .fixed(EconomyDay.block),
            retry: .seconds(120), minimumProfit: tokens(1))))
      populations.append(
        .arbitrageurs(
          id: "r\(pool)", pool: PoolID(pool), count: 1, latency: EconomyDay.block,
          capital: tokens(1_000_000_000)))
    }
    return populations
  }
}
