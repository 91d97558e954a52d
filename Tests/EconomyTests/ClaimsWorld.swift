import Economy
import Kernel
import Ledger

/// Ann's world (see `SmallWorld` of the command line's tests), with claims on it that others hold.
///
/// Ann posts 10 ETH at $2,000 and owes 16,000 USDC. ETH halves at 1:00; venues see it at 1:05, and from then
/// until 1:05:30 anybody can read 16,000 − 10,000 = 6,000 of bad debt. Then a keeper repays 10,000 / 1.25 =
/// 8,000 for all of her ETH: 8,000 are lost, and 8,000 of cash have come.
struct ClaimsWorld {
  static let usdc = AssetID(0)
  static let eth = AssetID(1)
  static let lend = VenueID(0)

  struct Vault {
    var allocation: [WorldSpecification.Allocation]
    var waterfall = [SmallWorld.proRata]
    var curator: Curator?
  }

  var horizon = SimTime.seconds(4 * 3600)
  var waterfall = [SmallWorld.proRata]
  var withdrawals = WithdrawalRule.partial
  /// Venues 1, 2, …
  var vaults: [Vault] = []
  /// Whole USDC put into venues, each by one lender.
  var deposits: [(venue: Int, usdc: Int64, watch: Watch?)] = []
  var bystanders = 0
  /// Ann's.
  var care: Care?
  var governance: [GovernanceChange] = []
  var noise: [WorldSpecification.Population] = []
  var audit = AuditFrequency.afterEveryEvent

  static func usdc(_ tokens: Int64) -> Amount { Amount(units: tokens * 1_000_000) }

  var specification: WorldSpecification {
    let (usdc, eth) = (ClaimsWorld.usdc, ClaimsWorld.eth)
    var populations: [WorldSpecification.Population] = []
    if bystanders > 0 {
      populations.append(
        .lenders(
          id: "bystanders", venue: ClaimsWorld.lend, reserve: 0, count: bystanders,
          size: .fixed(Amount(units: 1)), utilization: nil,
          watch: Watch(every: .minutes(1), runAt: .fixed(1))))
    }
    for (number, deposit) in deposits.enumerated() {
      populations.append(
        .lenders(
          id: "lender\(number)", venue: VenueID(deposit.venue), reserve: 0, count: 1,
          size: .fixed(ClaimsWorld.usdc(deposit.usdc)), utilization: nil, watch: deposit.watch))
    }
    populations.append(
      .borrowers(
        id: "ann", venue: ClaimsWorld.lend, collateral: [.init(0)], debts: [.init(0)], count: 1,
        size: .fixed(ClaimsWorld.usdc(20_000)), ltv: .fixed(0.8), care: care))
    populations.append(
      .liquidators(
        id: "keeper", count: 1,
        terms: LiquidatorTerms(
          market: .pool(PoolID(0)), currency: AssetID(0), latency: .fixed(.seconds(30)), retry: .minutes(1),
          minimumProfit: .zero)))
    populations += noise
    return WorldSpecification(
      horizon: horizon,
      tokens: [
        .init(name: "USDC", decimals: 6, price: 1), .init(name: "ETH", decimals: 6, price: 2_000),
      ],
      shocks: [Shock(asset: eth, at: .seconds(3600), jump: -0.5, over: .zero, every: .seconds(1))],
      pools: [
        .init(
          name: "pool", base: eth, quote: usdc, feeMillionths: 0, baseReserve: ClaimsWorld.usdc(90),
          quoteReserve: ClaimsWorld.usdc(90_000))
      ],
      oracles: [
        Oracle(name: "eth", asset: eth, source: .reference, delay: .minutes(5)),
        Oracle(name: "usdc", asset: usdc, source: .fixed, delay: .zero),
      ],
      venues: [
        .init(
          name: "lend", debts: [.init(usdc)],
          collateral: [CollateralTerms(asset: eth, maximumLTV: 0.8, threshold: 0.82, bonus: 0.25)],
          closeFactor: 1, fullCloseBelow: 0, accrualPeriod: .hours(1), recognition: .onExhaustion,
          waterfall: waterfall, withdrawals: withdrawals)
      ]
        + vaults.enumerated().map { number, vault in
          .init(
            vault: "vault\(number + 1)", asset: usdc, allocation: vault.allocation,
            waterfall: vault.waterfall, curator: vault.curator)
        },
      populations: populations, governance: governance)
  }

  func run(seed: UInt64 = 1) throws -> World {
    var world = try World.make(specification, populationSeed: seed, shockSeed: seed, audit: audit)
    try world.run()
    return world
  }
}

extension World {
  /// What the first member of a population of lenders can claim, in units.
  func claim(of lender: Int) throws -> Amount {
    let books = venues[lenders[lender].venue].reserves[lenders[lender].reserve]
    return try books.claims.value(of: ledger.balance(of: lenders[lender].account, in: books.shareAsset))
  }

  /// What lenders got at each look, in order; with what they wanted.
  var payments: [(lender: String, time: SimTime, wanted: Amount, paid: Amount)] {
    facts.compactMap {
      guard case .withdrew(let holder, _, _, _, let wanted, let paid, _) = $0.fact else { return nil }
      return (ledger[holder].name, $0.header.time, wanted, paid)
    }
  }
}
