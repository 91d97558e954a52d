import Economy
import Kernel
import Ledger

// What a random world has on top: lenders who run, vaults, and shares that are collateral.

extension RandomWorld {
  mutating func addClaims() {
    let hasVaults = dice.chance(0.7)
    for number in populations.indices { letWatch(number, drained: hasVaults && dice.chance(0.8)) }
    if hasVaults { addVaults(over: venues[0].debts[0].asset) }
    populations = dice.shuffle(populations)
  }

  private mutating func watch(_ chance: Double = 0.6) -> Watch? {
    guard dice.chance(chance) else { return nil }
    let runAt: RatioDistribution? = dice.pick([
      nil, .fixed(dice.logarithmic(1e-4, 0.3)), .uniform(from: 0.001, to: 0.5), .fixed(0.01),
    ])
    return Watch(
      every: duration(max(1, horizon / Int64(dice.integer(4...25)))), runAt: runAt,
      leavesAtUtilization: runAt == nil || dice.chance(0.2) ? dice.pick([0.5, 0.9, 1]) : nil)
  }

  /// - Parameter drained: whether the first venue's first reserve begins without cash, so that who leaves a vault
  ///   has to wait.
  private mutating func letWatch(_ number: Int, drained: Bool) {
    guard
      case .lenders(let id, let venue, let reserve, let count, let size, let utilization, _) =
        populations[number]
    else { return }
    populations[number] = .lenders(
      id: id, venue: venue, reserve: reserve, count: count, size: size,
      utilization: drained && venue == VenueID(0) && reserve == 0 ? 1 : utilization, watch: watch())
  }

  // MARK: Vaults

  /// One to three, each over venues that lend the asset and over the vaults before it, so that there are
  /// chains and two ways to one venue; then perhaps a market that lends against the last one's share.
  private mutating func addVaults(over asset: AssetID) {
    for number in 0..<dice.integer(1...3) {
      addVault("vault\(number)", over: asset, always: number == 0 ? nil : VenueID(venues.count - 1))
      if dice.chance(0.8) {
        addDepositors(of: VenueID(venues.count - 1), dollars: dice.logarithmic(5e3, 2e5))
      }
    }
    guard dice.chance(0.8) else { return }
    // Of the last vault, or of the pool itself.
    let share = WorldSpecification.Share(dice.chance(0.7) ? VenueID(venues.count - 1) : VenueID(0))
    addMarket(lending: asset, against: share)
  }

  private mutating func addVault(_ name: String, over asset: AssetID, always: VenueID?) {
    var targets = venues.indices.map(VenueID.init).filter { target in
      target != always && venues[target].debts.contains { $0.asset == asset }
    }
    targets = Array(dice.shuffle(targets).prefix(dice.integer(0...2)))
    if let always { targets.append(always) }
    if targets.isEmpty { targets = [VenueID(0)] }
    let whole = dice.pick([1, 1, 0.9, 0.5])
    let allocation = dice.shuffle(targets).map { target in
      WorldSpecification.Allocation(
        target, reserve: venues[target].debts.firstIndex { $0.asset == asset } ?? 0,
        portion: (whole / Double(targets.count) * 1e6).rounded(.down) / 1e6)
    }
    var fund = LayerSettings()
    fund["balance"] = .holdings([.init(nil, units(dice.logarithmic(10, 1e4), of: asset))])
    let proRata = WorldSpecification.Layer(ProRata.self)
    venues.append(
      .init(
        vault: name, asset: asset, allocation: allocation,
        waterfall: dice.pick([
          [proRata], [proRata], [proRata], [.init(InsuranceFund.self, fund), proRata], [],
        ])))
  }

  private mutating func addDepositors(of venue: VenueID, dollars: Double) {
    let asset = venues[venue].debts[0].asset
    let count = dice.integer(1...4)
    let each = dollars / Double(count)
    populations.append(
      .lenders(
        id: "depositors\(venue.position)", venue: venue, reserve: 0, count: count,
        size: .uniform(from: units(each, of: asset), to: units(each * 2, of: asset)), utilization: nil,
        watch: watch(0.9)))
  }

  // MARK: Shares as collateral

  private mutating func addMarket(lending asset: AssetID, against share: WorldSpecification.Share) {
    let behind = tokens[asset.position]
    let token = AssetID(tokens.count)
    tokens.append(.init(name: "share", decimals: behind.decimals, price: behind.price, share: share))
    oracles.append(
      Oracle(
        name: "share", asset: token, source: .redemptionRate,
        delay: duration(dice.pick([0, 0, 60]) * RandomWorld.second)))
    // What no pool trades is worth what its venue can pay.
    let isTraded = dice.chance(0.8)
    if isTraded { addPool(of: token, for: asset) }
    let market = VenueID(venues.count)
    let threshold = dice.real(0.85, 0.97)
    venues.append(
      .init(
        name: "shareMarket", debts: [.init(asset, rate: .flat(dice.pick([0, 0.1])))],
        collateral: [
          CollateralTerms(
            asset: token, maximumLTV: threshold - 0.005, threshold: threshold, bonus: dice.pick([0.01, 0.03]))
        ],
        closeFactor: dice.pick([0.5, 1]), fullCloseBelow: 0.95,
        accrualPeriod: duration(max(1, horizon / 5)), recognition: .onExhaustion,
        waterfall: dice.pick([[.init(ProRata.self)], []]),
        withdrawals: dice.pick([.partial, .whole])))
    let count = dice.integer(1...6)
    let largest = dice.logarithmic(2e3, 2e4)
    populations.append(
      .borrowers(
        id: "shareBorrowers", venue: market, collateral: [.init(0)], debts: [.init(0)], count: count,
        size: .uniform(from: units(largest / 3, of: asset), to: units(largest, of: asset)),
        ltv: .fixed(threshold - 0.006)))
    // Claims in a circle: a vault lends to the market that lends against a share of what it may hold, too.
    if dice.chance(0.4) { addVault("circle", over: asset, always: market) }
    addDepositors(of: VenueID(venues.count - 1), dollars: largest * Double(count) * 1.2)
    if venues.count - 1 > market.position {
      addDepositors(of: market, dollars: largest * Double(count) * 1.2)
    }
    if isTraded { addLiquidators(to: pools.count - 1, 0) }
  }

  private mutating func addPool(of token: AssetID, for asset: AssetID) {
    depths.append(dice.logarithmic(3e4, 3e5))
    pools.append(
      .init(
        name: "sharePool", base: token, quote: asset, feeMillionths: dice.pick([0, 500, 3_000]),
        baseReserve: units(depths[depths.count - 1], of: token),
        quoteReserve: units(depths[depths.count - 1], of: asset),
        curve: dice.pick([
          .constantProduct, .stableSwap(StableSwapCurve(amplification: dice.pick([1, 30, 400, 5_000]))),
        ])))
  }
}
