import Economy
import Kernel
import Ledger

// The reference market of the semantics page: processes in steps of a tick, shocks on top of them.

extension ReferenceEngine {
  /// Where an asset's process stands.
  struct Path {
    /// A peg's distance from the start, in logs.
    var displacement = 0.0
    var regime = 0
    /// All shocks on a replayed price so far.
    var shocks = 1.0
    /// The price but for impact.
    var exogenous = 0.0
    /// Net volume bought outside, what stays of it and what decays.
    var staying = 0.0
    var decaying = 0.0
    var decayedAt: Int64 = 0
  }

  var hasTicks: Bool { specification.tokens.contains { $0.process != nil || $0.impact != nil } }

  mutating func scheduleTick(_ number: Int64) throws(ReferenceFailure) {
    let (late, overflow) = specification.tick.microseconds.multipliedReportingOverflow(by: number)
    guard !overflow else { return }
    try schedule(
      .pricesTick(number), .price, after: SimDuration(microseconds: late), from: 0, asRoot: true)
  }

  mutating func tick(_ number: Int64) throws(ReferenceFailure) {
    let draws = specification.tokens.map { token in
      normal(word(0, of: token, number))
    }
    var moved: [AssetID] = []
    for (index, token) in specification.tokens.enumerated() {
      if let process = token.process {
        var mixed = 0.0
        for other in 0...index { mixed += cholesky(index, other) * draws[other] }
        paths[index].exogenous = step(process, of: index, token, number, mixed)
      }
      if relist(index) { moved.append(AssetID(index)) }
    }
    for asset in moved {
      try happened(.priceStepped(asset: asset, price: reference[asset.position]))
    }
    try scheduleTick(number + 1)
    if !moved.isEmpty { try tell(of: moved) }
  }

  mutating func step(_ place: Int, _ number: Int) throws(ReferenceFailure) {
    let shock = specification.shocks[place]
    let steps = ReferenceEngine.steps(of: shock)
    let asset = shock.asset.position
    let factor = steps == 1 ? 1 + shock.jump : ElementaryMath.pow(1 + shock.jump, 1 / Double(steps))
    paths[asset].exogenous *= factor
    _ = relist(asset)
    paths[asset].displacement += ElementaryMath.log(factor)
    paths[asset].shocks *= factor
    try happened(.priceStepped(asset: shock.asset, price: reference[asset]))
    try scheduleStep(of: place, number: number + 1)
    try tell(of: [shock.asset])
  }

  /// Oracles that read any of these, then arbitrageurs of pools that trade any of them.
  mutating func tell(of moved: [AssetID], except trader: Int? = nil) throws(ReferenceFailure) {
    priceShares()
    // A share is worth more or less when what is behind it is.
    var all = moved
    for (token, terms) in specification.tokens.enumerated() {
      if let share = terms.share,
        moved.contains(specification.venues[share.venue].debts[share.reserve].asset)
      {
        all.append(AssetID(token))
      }
    }
    for (index, oracle) in specification.oracles.enumerated()
    where all.contains(where: { isMadeOf(oracle, $0) }) {
      try sourceHasMoved(of: index)
    }
    for pool in specification.pools.indices where moved.contains(where: { trades(pool, $0) }) {
      try wakeArbitrageurs(of: pool, except: trader)
    }
    try measureSoon()
  }

  /// Whether an oracle's reading is made of an asset's reference price.
  func isMadeOf(_ oracle: Oracle, _ asset: AssetID) -> Bool {
    switch oracle.source {
    case .reference: oracle.asset == asset
    case .pool(let pool), .poolTwap(let pool, _, _): oracle.asset != asset && trades(pool.position, asset)
    case .fixed, .redemptionRate: false
    }
  }

  // MARK: Draws

  private func word(_ index: UInt32, of token: WorldSpecification.Token, _ number: Int64) -> UInt64 {
    streams.word(.pricePath, EntityKey(id: token.name), Epoch(slot: UInt64(number)), index: index)
  }

  private func normal(_ word: UInt64) -> Double { ElementaryMath.normalQuantile(UnitInterval.open(word)) }

  /// An entry of Cholesky's lower factor, by its recursion and nothing kept.
  private func cholesky(_ row: Int, _ column: Int) -> Double {
    var rest = row == column ? 1.0 : 0
    for pair in specification.correlations
    where Set([pair.first.position, pair.second.position]) == Set([row, column]) { rest = pair.value }
    for earlier in 0..<column { rest -= cholesky(row, earlier) * cholesky(column, earlier) }
    return row == column ? rest.squareRoot() : rest / cholesky(column, column)
  }

  // MARK: Steps

  private mutating func step(
    _ process: PriceProcess, of asset: Int, _ token: WorldSpecification.Token, _ number: Int64,
    _ normal: Double
  ) -> Double {
    let years = Double(specification.tick.microseconds) / ReferenceMath.microsecondsPerYear
    let tick = Double(specification.tick.microseconds)
    /// One step of a diffusion of the log price.
    func log(_ volatility: Double, _ drift: Double) -> Double {
      (drift - volatility * volatility / 2) * years + volatility * years.squareRoot() * normal
    }
    switch process {
    case .diffusion(let volatility, let drift):
      return paths[asset].exogenous * ElementaryMath.exp(log(volatility, drift))
    case .jumps(let volatility, let drift, let jumps):
      let lift = ElementaryMath.expm1(jumps.mean + jumps.volatility * jumps.volatility / 2)
      var step = log(volatility, drift - jumps.perYear * lift)
      let count = (try? PoissonDistribution(mean: jumps.perYear * years))?.value(
        of: word(1, of: token, number))
      if let count, count > 0 {
        let size = self.normal(word(2, of: token, number))
        step += Double(count) * jumps.mean + jumps.volatility * Double(count).squareRoot() * size
      }
      return paths[asset].exogenous * ElementaryMath.exp(step)
    case .peg(let volatility, let halfLife):
      let two = ElementaryMath.log(2)
      let halves = two * (tick / Double(halfLife.microseconds))
      let rate = two / (Double(halfLife.microseconds) / ReferenceMath.microsecondsPerYear)
      let spread = volatility * (-ElementaryMath.expm1(-2 * halves) / (2 * rate)).squareRoot()
      paths[asset].displacement = paths[asset].displacement * ElementaryMath.exp(-halves) + spread * normal
      return token.price * ElementaryMath.exp(paths[asset].displacement)
    case .regimes(let regimes, let drift):
      let regime = regimes[paths[asset].regime]
      let price = paths[asset].exogenous * ElementaryMath.exp(log(regime.volatility, drift))
      let leaving = -ElementaryMath.expm1(-tick / Double(regime.meanDuration.microseconds))
      let chance = UnitInterval.open(word(3, of: token, number))
      if chance < leaving {
        var others = Array(regimes.indices)
        others.remove(at: paths[asset].regime)
        paths[asset].regime = others[min(Int(chance / leaving * Double(others.count)), others.count - 1)]
      }
      return price
    case .replay(let history):
      let now = SimTime(microseconds: specification.tick.microseconds * number)
      let last = history.times.lastIndex { $0 <= now } ?? 0
      return history.prices[last] * (token.price / history.prices[0]) * paths[asset].shocks
    }
  }
}
