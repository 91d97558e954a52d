import Economy
import Kernel
import Ledger

// The order in which accounts and assets are made is part of what facts say (`swapped` names an account):
//
// - accounts: `outside`; the pools; each venue followed by its layers; then the populations as configured: a
//   lender, a liquidator and an arbitrageur one account each, a borrower two, itself and its position;
// - assets: the tokens; then each venue's share and debt.
//
// A liquidator's latency is drawn for the epoch born of the position's key: see `latency(of:on:)`.

extension ReferenceEngine {
  /// A loan and a deposit that wait until everybody is there.
  private struct Plans {
    var loans: [(position: Int, borrowed: Int128)] = []
    var deposits: [(lender: Int, venue: Int, size: Int128)] = []
    var utilization: [Int: Double] = [:]
  }

  mutating func setUp() throws(ReferenceFailure) {
    assets = specification.tokens.map(\.name)
    for venue in specification.venues {
      let loan = specification.tokens[venue.loanAsset.position].name
      assets += ["\(venue.name).share.\(loan)", "\(venue.name).debt.\(loan)"]
    }
    addAccount("outside")
    for pool in specification.pools {
      poolAccounts.append(addAccount(pool.name))
      give(poolAccounts[poolAccounts.count - 1], pool.base, Int128(pool.baseReserve.units))
      give(poolAccounts[poolAccounts.count - 1], pool.quote, Int128(pool.quoteReserve.units))
    }
    for terms in specification.venues { addVenue(terms) }
    var plans = Plans()
    for population in specification.populations { try add(population, &plans) }
    try deposit(plans)
    try lend(plans)
  }

  @discardableResult
  private mutating func addAccount(_ name: String) -> Int {
    accounts.append(name)
    balances.append(Array(repeating: 0, count: assets.count))
    return accounts.count - 1
  }

  /// The outside world is the first account.
  private mutating func give(_ account: Int, _ asset: AssetID, _ amount: Int128) {
    move(amount, of: asset.position, from: 0, to: account)
  }

  private mutating func addVenue(_ terms: WorldSpecification.Venue) {
    let account = addAccount(terms.name)
    var names = terms.waterfall.map { ($0.type.declaration.name, $0.settings) }
    if names.last?.0 != "unresolved" { names.append(("unresolved", LayerSettings())) }
    var layers: [Layer] = []
    for (place, (name, settings)) in names.enumerated() {
      let account = addAccount("\(terms.name).waterfall[\(place)].\(name)")
      if name == "insuranceFund", let balance = settings["balance"] {
        give(account, terms.loanAsset, Int128(balance.units))
      }
      layers.append(Layer(name: name, settings: settings, account: account))
    }
    let share = specification.tokens.count + 2 * venues.count
    venues.append(
      Venue(terms: terms, account: account, shareAsset: share, debtAsset: share + 1, layers: layers))
  }

  private mutating func add(
    _ population: WorldSpecification.Population, _ plans: inout Plans
  ) throws(ReferenceFailure) {
    switch population {
    case .lenders(let id, let venue, let count, let size, let utilization):
      if let utilization { plans.utilization[venue.position] = utilization }
      for ordinal in 0..<count {
        let account = addAccount("\(id)[\(ordinal)]")
        let key = EntityKey(id: id, ordinal: UInt64(ordinal))
        plans.deposits.append((account, venue.position, try draw(size, key)))
      }
    case .borrowers(let id, let venue, let collateral, let count, let size, let ltv):
      let terms = venues[venue.position].terms.collateral[collateral]
      for ordinal in 0..<count {
        let key = EntityKey(id: id, ordinal: UInt64(ordinal))
        let size = try draw(size, key)
        let ltv = try draw(ltv, key, upTo: terms.maximumLTV)
        let loan = venues[venue.position].terms.loanAsset
        let perUnit = rate(of: loan.position, in: terms.asset.position, at: reference)
        guard let posted = ReferenceMath.floor(Double(size) * perUnit),
          let borrowed = ReferenceMath.floor(Double(size) * ltv), posted > 0, borrowed > 0
        else { throw ReferenceFailure("\(id)[\(ordinal)] is empty or too large") }
        let owner = addAccount("\(id)[\(ordinal)]")
        let account = addAccount("\(id)[\(ordinal)].position")
        give(account, terms.asset, posted)
        plans.loans.append((positions.count, borrowed))
        positions.append(
          Position(account: account, owner: owner, venue: venue.position, terms: terms, key: key))
      }
    case .liquidators(let id, let pool, let count, let latency, let retry, let minimumProfit):
      for ordinal in 0..<count {
        liquidators.append(
          Liquidator(
            account: addAccount("\(id)[\(ordinal)]"), key: EntityKey(id: id, ordinal: UInt64(ordinal)),
            pool: pool.position, latency: latency, retry: retry, minimumProfit: Int128(minimumProfit.units)))
      }
    case .arbitrageurs(let id, let pool, let count, let latency, let capital):
      for ordinal in 0..<count {
        let account = addAccount("\(id)[\(ordinal)]")
        give(account, specification.pools[pool.position].quote, Int128(capital.units))
        arbitrageurs.append(
          Arbitrageur(
            account: account, pool: pool.position, latency: latency))
      }
    }
  }

  // MARK: Draws of who exists: epoch zero

  private func draw(_ size: AmountDistribution, _ key: EntityKey) throws(ReferenceFailure) -> Int128 {
    do {
      guard let drawn = try size.draw(streams.word(.populationSize, key, Epoch(slot: 0))) else {
        throw ReferenceFailure("too large a size")
      }
      return Int128(drawn.units)
    } catch { throw ReferenceFailure("\(error)") }
  }

  private func draw(
    _ ratio: RatioDistribution, _ key: EntityKey, upTo limit: Double
  ) throws(ReferenceFailure) -> Double {
    do {
      return try ratio.draw(streams.word(.populationRatio, key, Epoch(slot: 0)), upTo: limit)
    } catch { throw ReferenceFailure("\(error)") }
  }

  // MARK: Deposits, then loans

  private mutating func deposit(_ plans: Plans) throws(ReferenceFailure) {
    for venue in venues.indices {
      let planned = plans.deposits.filter { $0.venue == venue }
      var amounts = planned.map(\.size)
      if let utilization = plans.utilization[venue] {
        let loans = plans.loans.filter { positions[$0.position].venue == venue }
        let borrowed = loans.map(\.borrowed).reduce(0, +)
        let needed = try ReferenceMath.ceilingDivide(
          borrowed, 1_000_000_000, by: Int128((utilization * 1e9).rounded()))
        amounts = try ReferenceMath.split(needed, by: amounts)
      }
      let loan = venues[venue].terms.loanAsset
      for ((lender, _, _), amount) in zip(planned, amounts) {
        give(venues[venue].account, loan, amount)
        move(amount, of: venues[venue].shareAsset, from: venues[venue].account, to: lender)
        venues[venue].totalAssets += amount
        venues[venue].totalShares += amount
      }
    }
  }

  private mutating func lend(_ plans: Plans) throws(ReferenceFailure) {
    for (index, borrowed) in plans.loans {
      let position = positions[index]
      let venue = venues[position.venue]
      let loan = venue.terms.loanAsset.position
      guard balances[venue.account][loan] >= borrowed else { throw ReferenceFailure("not enough deposits") }
      move(borrowed, of: loan, from: venue.account, to: position.owner)
      let scaled = try ReferenceMath.ceilingDivide(borrowed, ReferenceMath.indexOne, by: venue.index)
      move(scaled, of: venue.debtAsset, from: position.account, to: venue.account)
    }
  }

  // MARK: What is known before time starts

  mutating func scheduleWhatIsKnownBefore() throws(ReferenceFailure) {
    for oracle in specification.oracles { published[oracle.asset.position] = reading(of: oracle) }
    for index in specification.shocks.indices { try scheduleStep(of: index, number: 1) }
    if hasTicks { try scheduleTick(1) }
    for (index, venue) in venues.enumerated() where venue.terms.borrowRate > 0 {
      try schedule(.interestAccrues(index), .chain, after: venue.terms.accrualPeriod, asRoot: true)
    }
    for (index, trader) in arbitrageurs.enumerated() {
      arbitrageurs[index].isDue = true
      try schedule(.arbitrageurActs(index), .decision, after: trader.latency)
    }
    try measureSoon()
  }

  /// Each step is a root, scheduled when the one before it has happened.
  mutating func scheduleStep(of index: Int, number: Int) throws(ReferenceFailure) {
    let shock = specification.shocks[index]
    guard number <= ReferenceEngine.steps(of: shock) else { return }
    let (over, every) = (shock.over.microseconds, shock.every.microseconds)
    let late = over == 0 ? 0 : min(over, Int64(number) * every)
    try schedule(
      .shockSteps(index, number: number), .price, after: SimDuration(microseconds: late),
      from: shock.at.microseconds, asRoot: true)
  }

  /// n = ⌈over / every⌉, and one for a shock at once.
  static func steps(of shock: Shock) -> Int {
    let (over, every) = (shock.over.microseconds, shock.every.microseconds)
    return over == 0 ? 1 : Int(over / every) + (over % every == 0 ? 0 : 1)
  }
}
