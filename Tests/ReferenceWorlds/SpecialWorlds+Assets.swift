import Economy
import Kernel
import Ledger

// Worlds made by hand in which positions hold and owe several assets.

extension SpecialWorld {
  package static let ofManyAssets: [SpecialWorld] = [
    lossInEachAsset, collateralThatNobodyBuys, dearestPairFirst, ratesOnBothSidesOfTheKink,
  ]

  /// ETH pays a debt in USDC and one in DAI. The fund is in DAI: the loss in USDC it pays by selling.
  private static let lossInEachAsset: SpecialWorld = {
    var world = ManyAssets()
    world.collateral = [.eth]
    world.debts = [.usdc, .dai]
    var fund = LayerSettings()
    fund["balance"] = .holdings([.init(.dai, Amount(units: 1_000_000_000))])
    world.waterfall = [.init(InsuranceFund.self, fund), .init(ProRata.self)]
    return SpecialWorld("a position leaves a loss in each asset that it owes", world.specification) { facts in
      let losses = facts.filter { $0.fact.kind == "recognised" || $0.fact.kind == "absorbed" }
      guard losses.count >= 5, Set(losses.prefix(5).map(\.header.id)).count == 1,
        case .recognised(1, _, 0, let dollars) = losses[0].fact,
        case .absorbed(1, _, 0, 0, .zero, let promised, let left) = losses[1].fact, promised > .zero,
        case .absorbed(1, _, 0, 1, left, .zero, .zero) = losses[2].fact, left == dollars - promised,
        case .recognised(2, _, 1, let dai) = losses[3].fact,
        case .absorbed(2, _, 1, 0, let taken, let more, let rest) = losses[4].fact
      else { return false }
      // Both losses fall before anything is sold, and the loss in DAI does not find what stands for the first.
      return rest == dai - taken - more && taken < Amount(units: 1_000_000_000)
    }
  }()

  /// Nobody sells BTC: when the ETH is gone the debt stands, hidden, and nobody comes any more.
  private static let collateralThatNobodyBuys: SpecialWorld = {
    var world = ManyAssets()
    world.collateral = [.eth, .btc]
    world.debts = [.usdc]
    world.withoutLiquidators = [ManyAssets.btcUSDC]
    world.shocks = [.eth, .btc].map { HandMadeWorld.crash(-0.7, of: $0, at: .hours(1)) }
    return SpecialWorld("a collateral that no liquidator can sell", world.specification) { facts in
      let kinds = facts.map(\.fact.kind)
      guard case .badDebtOccurred(_, let microdollars) = facts.last?.fact else { return false }
      return kinds.contains("liquidated") && !kinds.contains("recognised") && microdollars > 0
        && !kinds.contains("passedOver")
    }
  }()

  /// Both sides of one pool are posted and owed: what leaves most dollars goes first.
  private static let dearestPairFirst: SpecialWorld = {
    var world = ManyAssets()
    world.collateral = [.eth, .usdc]
    world.debts = [.usdc, .eth]
    world.weights = [3, 1]
    world.shocks = [HandMadeWorld.crash(-0.5, at: .hours(1))]
    return SpecialWorld("of two pairs the one that leaves most dollars", world.specification) { facts in
      let reserves = facts.compactMap { record -> Int32? in
        if case .liquidated(_, _, let reserve, _, _, _, _) = record.fact { reserve } else { nil }
      }
      return Set(reserves) == [0, 1]
    }
  }()

  /// One asset is borrowed to a half, the other wholly.
  private static let ratesOnBothSidesOfTheKink: SpecialWorld = {
    var world = ManyAssets()
    world.collateral = [.eth, .btc]
    world.debts = [.usdc, .dai]
    world.utilizations = [0.5, 1]
    world.rate = RateCurve(base: 0.01, slopeBelow: 0.04, slopeAbove: 40, optimalUtilization: 0.8)
    world.shocks = []
    return SpecialWorld("interest below and beyond the kink", world.specification) { facts in
      let indices = facts.compactMap { record -> (Int32, Int64)? in
        if case .interestAccrued(_, let reserve, _, let index) = record.fact { (reserve, index) } else { nil }
      }
      // 1 % + 4 % · 5/8 = 3.5 % a year; 1 % + 4 % + 4,000 % = 4,005 % a year, an hour of it each.
      let first = indices.prefix(2).map { Double($0.1 - DebtIndex.one) / 1e15 * 8_760 }
      return indices.prefix(2).map(\.0) == [0, 1] && abs(first[0] - 0.035) < 1e-6
        && abs(first[1] - 40.05) < 1e-6
    }
  }()
}

extension AssetID {
  fileprivate static let eth = AssetID(0)
  fileprivate static let usdc = AssetID(1)
  fileprivate static let dai = AssetID(2)
  fileprivate static let btc = AssetID(3)
}

/// One venue of several collaterals and debts, borrowers who use them all, a pool for each pair, a liquidator
/// for each pool.
private struct ManyAssets {
  static let btcUSDC = PoolID(2)

  var collateral: [AssetID] = []
  var debts: [AssetID] = []
  /// Of the collaterals.
  var weights: [Double] = [1, 1]
  var utilizations: [Double] = [0.9, 0.9]
  var rate = RateCurve.flat(0.1)
  var waterfall: [WorldSpecification.Layer] = []
  var withoutLiquidators: [PoolID] = []
  var shocks = [HandMadeWorld.crash(-0.6, at: .hours(1))]

  var specification: WorldSpecification {
    WorldSpecification(
      horizon: SimTime(microseconds: 6 * 3_600_000_000),
      tokens: [
        .init(name: "ETH", decimals: 8, price: 2_000), .init(name: "USDC", decimals: 6, price: 1),
        .init(name: "DAI", decimals: 6, price: 1), .init(name: "BTC", decimals: 8, price: 50_000),
      ],
      shocks: shocks, pools: pools,
      oracles: [AssetID.eth, .usdc, .dai, .btc].map {
        Oracle(name: "oracle\($0.index)", asset: $0, source: .reference, delay: .seconds(12))
      },
      venues: [
        .init(
          name: "venue", debts: debts.map { .init($0, rate: rate, reserveFactor: 0.1) },
          collateral: collateral.map {
            CollateralTerms(asset: $0, maximumLTV: 0.79, threshold: 0.8, bonus: 0.05)
          },
          closeFactor: 0.5, fullCloseBelow: 0, accrualPeriod: .hours(1), recognition: .onExhaustion,
          waterfall: waterfall)
      ],
      populations: populations)
  }

  private var pools: [WorldSpecification.Pool] {
    let (eth, btc, dollars) = (
      Amount(units: 1_000_000_000_000), Amount(units: 40_000_000_000), Amount(units: 20_000_000_000_000)
    )
    return [
      .init(
        name: "ETH-USDC", base: .eth, quote: .usdc, feeMillionths: 500, baseReserve: eth,
        quoteReserve: dollars),
      .init(
        name: "ETH-DAI", base: .eth, quote: .dai, feeMillionths: 500, baseReserve: eth, quoteReserve: dollars),
      .init(
        name: "BTC-USDC", base: .btc, quote: .usdc, feeMillionths: 500, baseReserve: btc,
        quoteReserve: dollars),
    ]
  }

  private var populations: [WorldSpecification.Population] {
    var populations: [WorldSpecification.Population] = [
      .borrowers(
        id: "borrowers", venue: VenueID(0),
        collateral: collateral.indices.map { .init($0, weight: weights[$0]) },
        debts: debts.indices.map { .init($0) }, count: 4, size: .fixed(Amount(units: 100_000_000_000)),
        ltv: .fixed(0.75))
    ]
    for reserve in debts.indices {
      populations.append(
        .lenders(
          id: "lenders\(reserve)", venue: VenueID(0), reserve: reserve, count: 3,
          size: .fixed(Amount(units: 1_000_000)), utilization: utilizations[reserve]))
    }
    for pool in pools.indices.map(PoolID.init) where !withoutLiquidators.contains(pool) {
      populations.append(
        .liquidators(
          id: "liquidators\(pool.index)", count: 1,
          terms: LiquidatorTerms(
            market: .pool(pool), currency: pools[pool].quote, latency: .fixed(.seconds(12)),
            retry: .minutes(5), minimumProfit: .zero)))
      populations.append(
        .arbitrageurs(
          id: "arbitrageurs\(pool.index)", pool: pool, count: 1, latency: .seconds(5),
          capital: Amount(units: 1_000_000_000_000_000)))
    }
    return populations
  }
}
