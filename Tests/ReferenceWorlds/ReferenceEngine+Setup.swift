import Economy
import Kernel
import Ledger

// The order in which accounts and assets are made is part of what facts say (`swapped` names an account):
//
// - accounts: `outside`; the pools; each venue followed by its layers; then the populations as configured: a
//   lender, a liquidator and an arbitrageur one account each, a borrower two, itself and its position;
// - assets: the tokens; then, venue by venue, a share and a debt of each asset that it lends.
//
// A liquidator's latency is drawn for the epoch born of the position's key: see `latency(of:on:)`.

extension ReferenceEngine {
  /// A loan and a deposit that wait until everybody is there.
  private struct Plans {
    /// By position, then by its debts.
    var loans: [(position: Int, borrowed: [Int128])] = []
    /// By position: what goes out again for collateral that was posted beyond the owner's own.
    var spent: [Int: Int128] = [:]
    var deposits: [(lender: Int, venue: Int, place: Int, size: Int128)] = []
    var utilization: [(venue: Int, place: Int, wanted: Double)] = []
  }

  /// A reserve that has more deposits than its lenders' `utilization` allows, if any has.
  static func overfilled(
    _ specification: WorldSpecification, populationSeed: UInt64
  ) -> (venue: Int, place: Int)? {
    var engine = ReferenceEngine(specification, populationSeed: populationSeed, shockSeed: 0)
    do throws(ReferenceFailure) { try engine.setUp() } catch { return error.overfilled }
    return nil
  }

  mutating func setUp() throws(ReferenceFailure) {
    assets = specification.tokens.map(\.name)
    for (number, venue) in specification.venues.enumerated() {
      for (place, debt) in venue.debts.enumerated() {
        let name = specification.tokens[debt.asset.position].name
        if token(of: number, place) == nil { assets.append("\(venue.name).share.\(name)") }
        assets.append("\(venue.name).debt.\(name)")
      }
    }
    addAccount("outside")
    for pool in specification.pools {
      poolAccounts.append(addAccount(pool.name))
      give(poolAccounts[poolAccounts.count - 1], pool.base, Int128(pool.baseReserve.units))
      give(poolAccounts[poolAccounts.count - 1], pool.quote, Int128(pool.quoteReserve.units))
    }
    for fund in specification.funds {
      let account = addAccount(fund.name)
      for holding in fund.holdings {
        give(account, holding.asset ?? AssetID(0), Int128(holding.amount.units))
      }
      fundAccounts.append(account)
    }
    for terms in specification.venues { addVenue(terms) }
    var plans = Plans()
    for population in specification.populations { try add(population, &plans) }
    if specification.isGuaranteed { addAccount("guarantor") }
    try depositForSharesGiven()
    try deposit(plans, inVaults: true)
    allocateVaults()
    try deposit(plans, inVaults: false)
    try lend(plans)
    try matchLoans()
  }

  /// Shares given to somebody came out of nothing; now their venue issues them for as many units of what is
  /// behind them, which the outside world gives to it instead.
  private mutating func depositForSharesGiven() throws(ReferenceFailure) {
    for (token, terms) in specification.tokens.enumerated() {
      guard let share = terms.share else { continue }
      let given = -balances[0][token]
      let venue = share.venue.position
      balances[0][token] = 0
      balances[venues[venue].account][token] = -given
      give(venues[venue].account, AssetID(venues[venue].lent[share.reserve].asset), given)
      venues[venue].lent[share.reserve].totalAssets += given
      venues[venue].lent[share.reserve].totalShares += given
      venues[venue].lent[share.reserve].putIn += given
    }
  }

  /// The venue that stands last has got all its deposits first.
  private mutating func allocateVaults() {
    for vault in venues.indices.reversed() {
      let deposits = venues[vault].lent[0].totalAssets
      for (number, part) in (venues[vault].terms.allocation ?? []).enumerated() {
        let amount = deposits * Int128((part.portion * 1e9).rounded()) / 1_000_000_000
        let target = part.venue.position
        let lent = venues[target].lent[part.reserve]
        move(amount, of: lent.asset, from: venues[vault].account, to: venues[target].account)
        move(amount, of: lent.shareAsset, from: venues[target].account, to: venues[vault].account)
        venues[target].lent[part.reserve].totalAssets += amount
        venues[target].lent[part.reserve].totalShares += amount
        venues[target].lent[part.reserve].putIn += amount
        venues[vault].holdings[number].carried = amount
        venues[vault].holdings[number].announced = amount
      }
    }
  }

  /// The token that a share is, if it has a name.
  func token(of venue: Int, _ place: Int) -> Int? {
    specification.tokens.firstIndex { $0.share?.venue.position == venue && $0.share?.reserve == place }
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
    var said = terms.waterfall
    if said.last?.type != Unresolved.self { said.append(.init(Unresolved.self)) }
    var layers: [Layer] = []
    for (place, layer) in said.enumerated() {
      let name = layer.type.declaration.name
      let account = addAccount("\(terms.name).waterfall[\(place)].\(name)")
      if case .holdings(let holdings)? = layer.settings["balance"] {
        for holding in holdings {
          give(account, holding.asset ?? terms.debts[0].asset, Int128(holding.amount.units))
        }
      }
      layers.append(
        Layer(
          name: name, settings: layer.settings, limits: layer.limits,
          account: layer.settings.fund("fund").map { fundAccounts[$0.position] } ?? account))
    }
    let number = venues.count
    let lent = terms.debts.enumerated().map { place, debt in
      let name = specification.tokens[debt.asset.position].name
      return Lent(
        asset: debt.asset.position,
        shareAsset: token(of: number, place) ?? assets.firstIndex(of: "\(terms.name).share.\(name)") ?? -1,
        debtAsset: assets.firstIndex(of: "\(terms.name).debt.\(name)") ?? -1)
    }
    let holdings = (terms.allocation ?? []).map { Holding(venue: $0.venue.position, place: $0.reserve) }
    venues.append(
      Venue(
        terms: terms, account: account, collateral: terms.collateral, lent: lent, layers: layers,
        holdings: holdings))
  }

  private mutating func add(
    _ population: WorldSpecification.Population, _ plans: inout Plans
  ) throws(ReferenceFailure) {
    switch population {
    case .lenders(let id, let venue, let place, let count, let size, let utilization, let watch):
      if let utilization { plans.utilization.append((venue.position, place, utilization)) }
      for ordinal in 0..<count {
        let account = addAccount("\(id)[\(ordinal)]")
        let key = EntityKey(id: id, ordinal: UInt64(ordinal))
        plans.deposits.append((account, venue.position, place, try draw(size, key)))
        var nerve = Double.infinity
        if let limit = watch?.runAt { nerve = try draw(limit, key, upTo: 1) }
        lenders.append(
          Lender(
            account: account, venue: venue.position, place: place, key: key, watch: watch, nerve: nerve))
      }
    case .borrowers: try addBorrowers(population, &plans)
    case .loopers: try addLoopers(population, &plans)
    case .liquidators(let id, let count, let terms):
      for ordinal in 0..<count {
        let account = addAccount("\(id)[\(ordinal)]")
        let key = EntityKey(id: id, ordinal: UInt64(ordinal))
        give(account, terms.currency, Int128(terms.capital.units))
        liquidators.append(
          Liquidator(account: account, key: key, terms: terms, bid: try bid(terms.bid, key)))
      }
    case .tokenHolders(let id, let count, let token, let size, let currency, let every, let sellAt):
      for ordinal in 0..<count {
        let account = addAccount("\(id)[\(ordinal)]")
        let key = EntityKey(id: id, ordinal: UInt64(ordinal))
        give(account, token, try draw(size, key))
        holders.append(
          Holder(
            account: account, key: key, token: token, currency: currency, every: every,
            nerve: try draw(sellAt, key, upTo: 1)))
      }
    case .bidders(let id, let count, let currency, let capital, let discount):
      for ordinal in 0..<count {
        let account = addAccount("\(id)[\(ordinal)]")
        let key = EntityKey(id: id, ordinal: UInt64(ordinal))
        give(account, currency, try draw(capital, key))
        bidders.append(
          Bidder(
            account: account, currency: currency.position, discount: try draw(discount, key, upTo: 1)))
      }
    case .noiseTraders(let id, let pool, let count, let every, let size, let capital, let bid):
      let (base, quote) = (
        specification.pools[pool.position].base, specification.pools[pool.position].quote
      )
      let perUnit = rate(of: quote.position, in: base.position, at: reference)
      guard let worth = ReferenceMath.floor(Double(capital.units) * perUnit) else {
        throw ReferenceFailure("too large a purse")
      }
      for ordinal in 0..<count {
        let account = addAccount("\(id)[\(ordinal)]")
        let key = EntityKey(id: id, ordinal: UInt64(ordinal))
        give(account, quote, Int128(capital.units))
        give(account, base, worth)
        noise.append(
          Noise(
            account: account, key: key, pool: pool.position, every: every, size: size,
            bid: try self.bid(bid, key)))
      }
    case .arbitrageurs(let id, let pool, let count, let latency, let capital, let bid):
      for ordinal in 0..<count {
        let account = addAccount("\(id)[\(ordinal)]")
        let key = EntityKey(id: id, ordinal: UInt64(ordinal))
        give(account, specification.pools[pool.position].quote, Int128(capital.units))
        arbitrageurs.append(
          Arbitrageur(
            account: account, key: key, pool: pool.position, latency: latency, bid: try self.bid(bid, key)))
      }
    }
  }

  private mutating func addBorrowers(
    _ population: WorldSpecification.Population, _ plans: inout Plans
  ) throws(ReferenceFailure) {
    guard
      case .borrowers(let id, let venue, let collateral, let debts, let count, let size, let ltv, let care) =
        population
    else { return }
    let all = collateral.map(\.weight).reduce(0, +)
    let limits = collateral.map { part in
      part.weight / all * venues[venue.position].collateral[part.place].maximumLTV
    }
    for ordinal in 0..<count {
      let key = EntityKey(id: id, ordinal: UInt64(ordinal))
      let size = Double(try draw(size, key))
      let ltv = try draw(ltv, key, upTo: limits.reduce(0, +))
      let posted = try split(
        size, venue.position,
        collateral.map { ($0, venues[venue.position].collateral[$0.place].asset) },
        debts)
      let borrowed = try split(
        size * ltv, venue.position, debts.map { ($0, venues[venue.position].terms.debts[$0.place].asset) },
        debts)
      let owner = addAccount("\(id)[\(ordinal)]")
      let account = addAccount("\(id)[\(ordinal)].position")
      for (part, amount) in zip(collateral, posted) {
        give(account, venues[venue.position].collateral[part.place].asset, amount)
      }
      plans.loans.append((positions.count, borrowed))
      positions.append(
        Position(
          account: account, owner: owner, venue: venue.position, collateral: collateral.map(\.place),
          debts: debts.map(\.place), key: key))
      guard let care else { continue }
      let purse = addAccount("\(id)[\(ordinal)].reserve")
      carers.append(Carer(purse: purse, position: positions.count - 1, key: key, care: care))
      let share = Int128((care.reserve * 1e9).rounded())
      switch care.means {
      case .collateral:
        for (part, amount) in zip(collateral, posted) {
          let asset = venues[venue.position].collateral[part.place].asset
          give(purse, asset, amount * share / 1_000_000_000)
        }
      case .repayment:
        for (part, amount) in zip(debts, borrowed) {
          let asset = venues[venue.position].terms.debts[part.place].asset
          give(purse, asset, amount * share / 1_000_000_000)
        }
      }
    }
  }

  private mutating func addLoopers(
    _ population: WorldSpecification.Population, _ plans: inout Plans
  ) throws(ReferenceFailure) {
    guard
      case .loopers(
        let id, let venue, let collateral, let debt, let count, let size, let ltv, let loops, let watch) =
        population
    else { return }
    let terms = venues[venue.position].collateral[collateral]
    let lent = venues[venue.position].terms.debts[debt].asset
    let only = [WorldSpecification.Part(debt)]
    for ordinal in 0..<count {
      let key = EntityKey(id: id, ordinal: UInt64(ordinal))
      let own = try draw(size, key)
      let goal = try draw(ltv, key, upTo: terms.maximumLTV)
      // Each loop posts what the one before it has let it borrow.
      var loans = [Double(own)]
      for _ in 0..<loops { loans.append(loans[loans.count - 1] * goal) }
      guard let whole = ReferenceMath.floor(loans.reduce(0, +)) else { throw ReferenceFailure("too much") }
      let posted = try split(
        Double(whole), venue.position, [(WorldSpecification.Part(collateral), terms.asset)], only)
      let borrowed = try split(Double(whole) * goal, venue.position, [(only[0], lent)], only)
      let owner = addAccount("\(id)[\(ordinal)]")
      let account = addAccount("\(id)[\(ordinal)].position")
      give(account, terms.asset, posted[0])
      plans.spent[positions.count] = min(borrowed[0], whole - own)
      plans.loans.append((positions.count, borrowed))
      positions.append(
        Position(
          account: account, owner: owner, venue: venue.position, collateral: [collateral], debts: [debt],
          key: key))
      guard let watch else { continue }
      loopers.append(Looper(position: positions.count - 1, key: key, goal: goal, watch: watch))
    }
  }

  /// A value in the first asset that is borrowed, in parts by weight, each in its own asset and rounded down.
  private func split(
    _ value: Double, _ venue: Int, _ parts: [(part: WorldSpecification.Part, asset: AssetID)],
    _ debts: [WorldSpecification.Part]
  ) throws(ReferenceFailure) -> [Int128] {
    let first = venues[venue].lent[debts[0].place].asset
    let all = parts.map(\.part.weight).reduce(0, +)
    var amounts: [Int128] = []
    for (part, asset) in parts {
      let perUnit = rate(of: first, in: asset.position, at: reference)
      guard let amount = ReferenceMath.floor(value * (part.weight / all) * perUnit), amount > 0 else {
        throw ReferenceFailure("an empty or too large position")
      }
      amounts.append(amount)
    }
    return amounts
  }

  // MARK: Draws of who exists: epoch zero

  private func bid(_ bid: AmountDistribution?, _ key: EntityKey) throws(ReferenceFailure) -> Int128 {
    guard let bid else { return 0 }
    return try draw(bid, key, .populationBid)
  }

  private func draw(
    _ size: AmountDistribution, _ key: EntityKey, _ purpose: Purpose = .populationSize
  ) throws(ReferenceFailure) -> Int128 {
    do {
      guard let drawn = try size.draw(streams.word(purpose, key, Epoch(slot: 0))) else {
        throw ReferenceFailure("too large a size")
      }
      return Int128(drawn.units)
    } catch { throw ReferenceFailure("\(error)") }
  }

  private func draw(
    _ ratio: RatioDistribution, _ key: EntityKey, upTo limit: Double
  ) throws(ReferenceFailure) -> Double {
    do {
      return try ratio.given(atMost: limit).draw(streams.word(.populationRatio, key, Epoch(slot: 0)))
    } catch { throw ReferenceFailure("\(error)") }
  }

  // MARK: Deposits, then loans

  private mutating func deposit(_ plans: Plans, inVaults: Bool) throws(ReferenceFailure) {
    for venue in venues.indices where venues[venue].isVault == inVaults {
      for place in venues[venue].lent.indices {
        let lent = venues[venue].lent[place]
        let planned = plans.deposits.filter { $0.venue == venue && $0.place == place }
        var amounts = planned.map(\.size)
        if let utilization = plans.utilization.first(where: { $0.venue == venue && $0.place == place }) {
          var borrowed: Int128 = 0
          for loan in plans.loans where positions[loan.position].venue == venue {
            for (debt, amount) in zip(positions[loan.position].debts, loan.borrowed) where debt == place {
              borrowed += amount
            }
          }
          let needed = try ReferenceMath.ceilingDivide(
            borrowed, 1_000_000_000, by: Int128((utilization.wanted * 1e9).rounded()))
          guard needed >= lent.totalAssets else {
            throw ReferenceFailure("more than needed", overfilled: (venue, place))
          }
          amounts = try ReferenceMath.split(needed - lent.totalAssets, by: amounts)
        }
        for (deposit, amount) in zip(planned, amounts) {
          give(venues[venue].account, AssetID(lent.asset), amount)
          move(amount, of: lent.shareAsset, from: venues[venue].account, to: deposit.lender)
          venues[venue].lent[place].totalAssets += amount
          venues[venue].lent[place].totalShares += amount
          venues[venue].lent[place].putIn += amount
        }
      }
    }
  }

  private mutating func lend(_ plans: Plans) throws(ReferenceFailure) {
    for (index, amounts) in plans.loans {
      let position = positions[index]
      let venue = venues[position.venue]
      for (place, borrowed) in zip(position.debts, amounts) {
        let lent = venue.lent[place]
        guard balances[venue.account][lent.asset] >= borrowed else {
          throw ReferenceFailure("not enough deposits")
        }
        move(borrowed, of: lent.asset, from: venue.account, to: position.owner)
        let scaled = try ReferenceMath.ceilingDivide(borrowed, ReferenceMath.indexOne, by: lent.index)
        move(scaled, of: lent.debtAsset, from: position.account, to: venue.account)
      }
      if let spent = plans.spent[index] {
        move(spent, of: venue.lent[position.debts[0]].asset, from: position.owner, to: 0)
      }
    }
  }
}
