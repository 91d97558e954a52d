import Economy
import Kernel
import Ledger

/// Worlds from a seed: varied, small, and loud. In nearly all of them a price falls far enough to leave a
/// loss, since a quiet world proves nothing.
///
/// Every amount is thought of in dollars and then written in its token's base units, so that tokens of no
/// decimals and of twelve meet in the same pools.
///
///     let specification = RandomWorld.make(seed: 42)
package struct RandomWorld {
  var dice: Dice
  let horizon: Int64
  var chain: ChainTerms?
  var tokens: [WorldSpecification.Token] = []
  var tick = WorldSpecification.usualTick
  var correlations: [Correlation] = []
  var pools: [WorldSpecification.Pool] = []
  /// Dollars on either side of each pool.
  var depths: [Double] = []
  var venues: [WorldSpecification.Venue] = []
  var shocks: [Shock] = []
  var oracles: [Oracle] = []
  var populations: [WorldSpecification.Population] = []
  var manipulations: [Manipulation] = []
  var governance: [GovernanceChange] = []
  var funds: [WorldSpecification.Fund] = []

  package static func make(seed: UInt64) -> WorldSpecification {
    var world = RandomWorld(seed: seed)
    world.addChain()
    world.addTokens()
    world.addPools()
    world.addVenues()
    world.addOracles()
    world.addShocks()
    world.addPopulations()
    world.addProcesses()
    world.addImpact()
    world.addClaims()
    world.addOracleTerms()
    world.addTraders()
    world.addAverages()
    world.addLoopers()
    world.addBackstops()
    world.leaveOverfilledReserves(seed)
    var specification = world.specification
    // Drawn last, so that it changes nothing else.
    specification.isGuaranteed = world.dice.chance(0.08)
    return specification
  }

  private var specification: WorldSpecification {
    WorldSpecification(
      horizon: SimTime(microseconds: horizon), chain: chain, tokens: tokens, shocks: shocks, pools: pools,
      oracles: oracles, venues: venues, populations: populations, tick: tick, correlations: correlations,
      manipulations: manipulations, governance: governance, funds: funds)
  }

  /// Where vaults bring more than the lenders' `utilization` leaves room for, lenders bring a unit each.
  private mutating func leaveOverfilledReserves(_ seed: UInt64) {
    while let full = ReferenceEngine.overfilled(specification, populationSeed: seed) {
      for number in populations.indices {
        guard
          case .lenders(let id, VenueID(full.venue), full.place, let count, _, _?, let watch) =
            populations[number]
        else { continue }
        populations[number] = .lenders(
          id: id, venue: VenueID(full.venue), reserve: full.place, count: count,
          size: .fixed(Amount(units: 1)), utilization: nil, watch: watch)
      }
    }
  }

  private init(seed: UInt64) {
    dice = Dice(seed: seed)
    horizon = dice.pick([1, 6, 24, 72]) * RandomWorld.hour
  }

  static let second: Int64 = 1_000_000
  static let hour: Int64 = 3_600 * second

  func duration(_ microseconds: Int64) -> SimDuration { SimDuration(microseconds: microseconds) }

  /// Base units of an asset worth so many dollars at the first prices; at least one.
  func units(_ dollars: Double, of asset: AssetID) -> Amount {
    let token = tokens[asset.position]
    let units = dollars / token.price * Double(Asset.powersOfTen[token.decimals])
    return Amount(units: max(1, Int64(units.rounded())))
  }

  // MARK: Markets

  private mutating func addChain() {
    guard dice.chance(0.3) else { return }
    let rush = BlockDemand.Rush(
      at: SimTime(microseconds: horizon / 4), lasts: duration(horizon / 4), factor: dice.real(0, 5))
    let demand = BlockDemand(
      perBlock: dice.real(0, 6), meanBid: dice.logarithmic(0.5, 20), rushes: dice.chance(0.5) ? [rush] : [])
    chain = ChainTerms(
      block: duration(Int64(dice.pick([2, 12, 60])) * RandomWorld.second),
      capacity: dice.pick([nil, 2, 4, 8]), demand: dice.chance(0.6) ? demand : nil)
  }

  private mutating func addTokens() {
    for number in 0..<dice.integer(2...5) {
      let decimals = dice.integer(0...12)
      // Between one base unit for twenty dollars and 10⁹ base units for one dollar.
      let perDollar = dice.logarithmic(0.05, decimals > 9 ? 1e9 : 1e7)
      let price = Double(Asset.powersOfTen[decimals]) / perDollar
      tokens.append(.init(name: "T\(number)", decimals: decimals, price: min(1e6, max(1e-6, price))))
    }
  }

  private mutating func addPools() {
    for number in 0..<dice.integer(1...3) {
      let base = dice.integer(0...(tokens.count - 1))
      let quote = (base + dice.integer(1...(tokens.count - 1))) % tokens.count
      let depth = dice.logarithmic(2e5, 2e7)
      let gap = dice.chance(0.3) ? dice.real(0.97, 1.03) : 1
      depths.append(depth)
      pools.append(
        .init(
          name: "pool\(number)", base: AssetID(base), quote: AssetID(quote),
          feeMillionths: dice.pick([0, 0, 100, 500, 3_000, 10_000, 50_000]),
          baseReserve: units(depth * gap, of: AssetID(base)), quoteReserve: units(depth, of: AssetID(quote))))
    }
  }

  private mutating func addVenues() {
    for number in 0..<dice.integer(1...3) {
      // The first venue stands on the first pool, where liquidators always sell.
      let pool = number == 0 ? pools[0] : dice.pick(pools)
      let flipped = dice.chance(0.4)
      let (loan, first) = flipped ? (pool.base, pool.quote) : (pool.quote, pool.base)
      var collateral = [terms(of: first, soldIn: pool)]
      let others = tokens.indices.map { AssetID($0) }.filter { $0 != loan && $0 != first }
      if !others.isEmpty, dice.chance(0.5) { collateral.append(terms(of: dice.pick(others), soldIn: pool)) }
      let debts = [debt(in: loan)] + moreDebts(than: loan, against: first)
      let period = max(horizon / Int64(dice.integer(1...30)), RandomWorld.second)
      venues.append(
        .init(
          name: "venue\(number)", debts: debts, collateral: collateral,
          closeFactor: dice.pick([0.2, 0.5, 0.5, 1, 1, dice.real(0.15, 1)]),
          fullCloseBelow: dice.pick([0, 0.95, 0.95, 1, dice.real(0, 1)]),
          accrualPeriod: duration(period + dice.pick([0, 0, 1, 333_333])),
          recognition: .onExhaustion, waterfall: waterfall(in: debts.map(\.asset))))
    }
  }

  /// None, one or two, first those that some pool trades for the collateral; what is collateral may be lent,
  /// too.
  private mutating func moreDebts(
    than loan: AssetID, against collateral: AssetID
  ) -> [WorldSpecification.Loan] {
    let shuffled = dice.shuffle(tokens.indices.map { AssetID($0) }.filter { $0 != loan })
    let isSold = { [pools] (asset: AssetID) in
      pools.contains {
        [$0.base, $0.quote] == [asset, collateral] || [$0.quote, $0.base] == [asset, collateral]
      }
    }
    let others = shuffled.filter(isSold) + shuffled.filter { !isSold($0) }
    var debts: [WorldSpecification.Loan] = []
    for asset in others.prefix(dice.pick([0, 1, 1, 2])) { debts.append(debt(in: asset)) }
    return debts
  }

  private mutating func debt(in asset: AssetID) -> WorldSpecification.Loan {
    let rate: RateCurve =
      dice.chance(0.4)
      ? RateCurve(
        base: dice.pick([0, 0.01]), slopeBelow: dice.pick([0, 0.04, 2]), slopeAbove: dice.pick([0, 0.6, 60]),
        optimalUtilization: dice.pick([0.5, 0.8, 0.92, 1]))
      : .flat(dice.pick([0, 0, 0.05, 0.4, 5, 60]))
    return WorldSpecification.Loan(
      asset, rate: rate, reserveFactor: dice.pick([0, 0.1, 0.2, 1, dice.real(0, 1)]))
  }

  private mutating func terms(
    of asset: AssetID, soldIn pool: WorldSpecification.Pool
  ) -> CollateralTerms {
    let threshold = dice.real(0.6, 0.93)
    // Seldom so little that the pool's fee eats it: then nobody ever comes, and no loss is ever admitted.
    let fee = dice.chance(0.95) ? Double(pool.feeMillionths) / 1e6 : 0
    return CollateralTerms(
      asset: asset, maximumLTV: threshold - dice.real(0.01, 0.1), threshold: threshold,
      bonus: fee + dice.pick([0.02, 0.05, 0.05, 0.1, dice.real(0, 0.2), dice.chance(0.3) ? 0 : 0.03]))
  }

  private mutating func waterfall(in lent: [AssetID]) -> [WorldSpecification.Layer] {
    var layers: [WorldSpecification.Layer] = []
    for _ in 0..<dice.integer(0...4) {
      switch dice.integer(0...5) {
      case 0, 1, 2:
        var settings = LayerSettings()
        let loan = dice.chance(0.7) ? lent[0] : dice.pick(lent)
        let said = loan == lent[0] && dice.chance(0.5) ? nil : loan
        let balance = dice.chance(0.1) ? Amount.zero : units(dice.logarithmic(10, 1e5), of: loan)
        settings["balance"] = .holdings([.init(said, balance)])
        // Dice of its own: the rest of the world is as it was without.
        var copy = dice
        if copy.chance(0.3) { settings["refill"] = .ratio(copy.pick([0.1, 0.5, 1])) }
        var limits = LayerLimits()
        if dice.chance(0.5) { limits.perEvent = .init(said, units(dice.logarithmic(1, 1e4), of: loan)) }
        layers.append(.init(InsuranceFund.self, settings, limits: limits))
      case 3, 4: layers.append(.init(ProRata.self))
      default: layers.append(.init(Unresolved.self))
      }
    }
    return layers
  }

  private mutating func addOracles() {
    let first = venues[0].collateral[0].asset
    oracles.append(
      Oracle(name: "oracle0", asset: first, source: .reference, delay: delay()))
    for number in 1..<dice.integer(1...4) + 1 {
      if dice.chance(0.5) {
        let pool = dice.integer(0...(pools.count - 1))
        var asset = dice.chance(0.5) ? pools[pool].base : pools[pool].quote
        // Seldom the loan asset: valued through a stale pool it falls with the collateral, and nobody is
        // called.
        if asset == venues[0].debts[0].asset, dice.chance(0.8) {
          asset = asset == pools[pool].base ? pools[pool].quote : pools[pool].base
        }
        oracles.append(
          Oracle(name: "oracle\(number)", asset: asset, source: .pool(PoolID(pool)), delay: delay()))
      } else {
        let asset = AssetID(dice.integer(0...(tokens.count - 1)))
        let source: Oracle.Source = dice.chance(0.25) ? .fixed : .reference
        oracles.append(Oracle(name: "oracle\(number)", asset: asset, source: source, delay: delay()))
      }
    }
    if dice.chance(0.3) { oracles.reverse() }
  }

  private mutating func delay() -> SimDuration {
    duration(dice.pick([0, 0, 1, 12, 60, 240]) * RandomWorld.second)
  }

  // MARK: Shocks

  private mutating func addShocks() {
    // On a coarse clock, so that shocks fall together, with each other and with interest.
    func instant(_ dice: inout Dice) -> Int64 { horizon / 10 * Int64(dice.integer(0...6)) }
    // Mostly at once: a slow fall is one that liquidators keep up with.
    let (over, every) = dice.chance(0.8) ? (.zero, duration(RandomWorld.second)) : spread()
    shocks.append(
      Shock(
        asset: venues[0].collateral[0].asset, at: SimTime(microseconds: instant(&dice)),
        jump: dice.real(-0.9, -0.7), over: over, every: every))
    for _ in 0..<dice.integer(0...3) {
      let (over, every) = spread()
      shocks.append(
        Shock(
          asset: AssetID(dice.integer(0...(tokens.count - 1))), at: SimTime(microseconds: instant(&dice)),
          jump: dice.chance(0.6) ? dice.real(-0.5, -0.02) : dice.real(0.02, 0.6), over: over, every: every))
    }
    if dice.chance(0.3) { shocks.reverse() }
  }

  private mutating func spread() -> (over: SimDuration, every: SimDuration) {
    let every = Int64(dice.integer(5...60)) * RandomWorld.second
    switch dice.integer(0...3) {
    case 0, 1: return (.zero, duration(every))
    case 2: return (duration(every * Int64(dice.integer(1...15))), duration(every))
    default: return (duration(every * Int64(dice.integer(0...15)) + every / 3 + 1), duration(every))
    }
  }
}
