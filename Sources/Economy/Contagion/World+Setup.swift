import Kernel
import Ledger

/// Builds a world from its specification: accounts, endowments, loans, first events. All of it happens before
/// time starts; what can go wrong here is thrown as a `RunFailure` without an event.
struct WorldBuilder {
  let specification: WorldSpecification
  let streams: RandomStreams
  var ledger = Ledger()
  let outside: AccountID
  var reference: PriceBoard
  let market: ReferenceMarket
  var pools: [ConstantProductPool] = []
  var venues: [LendingPool] = []
  var waterfalls: [Waterfall] = []
  var liquidators: [Liquidator] = []
  var arbitrageurs: [Arbitrageur] = []
  var positions: [Position] = []
  var lenders: [(account: AccountID, venue: VenueID)] = []

  /// A loan to be opened once the lenders' money is in.
  struct PlannedLoan {
    let position: PositionID
    let collateral: Amount
    let borrowed: Amount
  }

  /// A deposit to be made: the lender and what its size draw said.
  struct PlannedDeposit {
    let lender: AccountID
    let venue: VenueID
    let size: Amount
  }

  init(
    _ specification: WorldSpecification, streams: RandomStreams, keepsJournal: Bool
  ) throws(DistributionError) {
    self.specification = specification
    self.streams = streams
    ledger.keepsJournal = keepsJournal
    outside = ledger.addAccount("outside")
    for token in specification.tokens {
      _ = ledger.addAsset(
        Asset(name: token.name, decimals: token.decimals, issuance: .single(outside)))
    }
    market = try ReferenceMarket(
      assets: specification.tokens.map {
        ReferenceMarket.Asset(
          name: $0.name, price: $0.price, unitsPerToken: Double(Asset.powersOfTen[$0.decimals]),
          process: $0.process, impact: $0.impact)
      },
      correlations: specification.correlations, tick: specification.tick)
    reference = PriceBoard(
      prices: specification.tokens.map(\.price),
      unitsPerToken: specification.tokens.map { Double(Asset.powersOfTen[$0.decimals]) })
  }

  mutating func build() throws(RunFailure.Reason) {
    for pool in specification.pools { try addPool(pool) }
    for venue in specification.venues { try addVenue(venue) }
    var loans: [PlannedLoan] = []
    var deposits: [PlannedDeposit] = []
    for population in specification.populations {
      try add(population, &loans, &deposits)
    }
    try deposit(deposits, loans)
    try lend(loans)
  }

  mutating func endow(_ account: AccountID, _ asset: AssetID, _ amount: Amount) throws(RunFailure.Reason) {
    let gift = Transfer(from: outside, to: account, asset: asset, amount: amount, for: .endowment)
    try post(Posting(gift))
  }

  // MARK: Pools and venues

  private mutating func addPool(_ pool: WorldSpecification.Pool) throws(RunFailure.Reason) {
    let account = ledger.addAccount(pool.name)
    try endow(account, pool.base, pool.baseReserve)
    try endow(account, pool.quote, pool.quoteReserve)
    pools.append(
      ConstantProductPool(
        name: pool.name, account: account, base: pool.base, quote: pool.quote,
        feeMillionths: pool.feeMillionths))
  }

  private mutating func addVenue(_ venue: WorldSpecification.Venue) throws(RunFailure.Reason) {
    let account = ledger.addAccount(venue.name)
    let loan = ledger[venue.loanAsset]
    let share = ledger.addAsset(
      Asset(
        name: "\(venue.name).share.\(loan.name)", decimals: loan.decimals, issuance: .single(account)))
    let debt = ledger.addAsset(
      Asset(name: "\(venue.name).debt.\(loan.name)", decimals: loan.decimals, issuance: .owedTo(account)))
    venues.append(
      LendingPool(
        name: venue.name, account: account, loanAsset: venue.loanAsset, shareAsset: share, debtAsset: debt,
        collateral: venue.collateral, closeFactor: venue.closeFactor,
        fullCloseBelow: venue.fullCloseBelow, borrowRate: venue.borrowRate,
        accrualPeriod: venue.accrualPeriod, reserveFactor: venue.reserveFactor,
        recognition: venue.recognition))
    var layers = venue.waterfall
    if layers.last?.type.declaration.name != Unresolved.declaration.name {
      layers.append(WorldSpecification.Layer(Unresolved.self))
    }
    var steps: [Waterfall.Step] = []
    for (place, specification) in layers.enumerated() {
      let layer = specification.type.init(settings: specification.settings)
      let account = ledger.addAccount(
        "\(venue.name).waterfall[\(place)].\(specification.type.declaration.name)")
      if !layer.endowment.isZero { try endow(account, venue.loanAsset, layer.endowment) }
      steps.append(
        Waterfall.Step(layer: layer, catalogIndex: LayerCatalog.index(of: layer), account: account))
    }
    waterfalls.append(Waterfall(steps: steps))
  }

  // MARK: Populations

  private mutating func add(
    _ population: WorldSpecification.Population, _ loans: inout [PlannedLoan],
    _ deposits: inout [PlannedDeposit]
  ) throws(RunFailure.Reason) {
    switch population {
    case .lenders(let id, let venue, let count, let size, _):
      for ordinal in 0..<count {
        let account = ledger.addAccount("\(id)[\(ordinal)]")
        lenders.append((account, venue))
        deposits.append(
          PlannedDeposit(
            lender: account, venue: venue,
            size: try draw(size, EntityKey(id: id, ordinal: UInt64(ordinal)))))
      }
    case .borrowers(let id, let venue, let collateral, let count, let size, let ltv):
      for ordinal in 0..<count {
        let key = EntityKey(id: id, ordinal: UInt64(ordinal))
        let limit = venues[venue].collateral[collateral].maximumLTV
        loans.append(
          try plan(
            name: "\(id)[\(ordinal)]", key, venue, collateral, try draw(size, key),
            try draw(ltv, key, upTo: limit)))
      }
    case .liquidators(let id, let pool, let count, let latency, let retry, let minimumProfit):
      for ordinal in 0..<count {
        liquidators.append(
          Liquidator(
            name: "\(id)[\(ordinal)]", account: ledger.addAccount("\(id)[\(ordinal)]"),
            key: EntityKey(id: id, ordinal: UInt64(ordinal)), pool: pool, latency: latency, retry: retry,
            minimumProfit: minimumProfit))
      }
    case .arbitrageurs(let id, let pool, let count, let latency, let capital):
      for ordinal in 0..<count {
        let account = ledger.addAccount("\(id)[\(ordinal)]")
        try endow(account, pools[pool].quote, capital)
        arbitrageurs.append(
          Arbitrageur(
            name: "\(id)[\(ordinal)]", account: account, pool: pool, latency: latency, capital: capital))
      }
    }
  }

  private func draw(_ size: AmountDistribution, _ key: EntityKey) throws(RunFailure.Reason) -> Amount {
    let word = streams.word(.populationSize, key, Epoch(slot: 0))
    let drawn: Amount?
    do { drawn = try size.draw(word) } catch { throw .distribution(error) }
    guard let drawn else { throw .arithmetic(.overflow) }
    return drawn
  }

  private func draw(
    _ ratio: RatioDistribution, _ key: EntityKey, upTo limit: Double
  ) throws(RunFailure.Reason) -> Double {
    let word = streams.word(.populationRatio, key, Epoch(slot: 0))
    do { return try ratio.draw(word, upTo: limit) } catch { throw .distribution(error) }
  }

  /// Collateral worth `size` of the loan asset at reference prices, and `ltv` of that borrowed.
  private mutating func plan(
    name: String, _ key: EntityKey, _ venue: VenueID, _ collateral: Int, _ size: Amount, _ ltv: Double
  ) throws(RunFailure.Reason) -> PlannedLoan {
    let terms = venues[venue].collateral[collateral]
    let rate = reference.rate(of: venues[venue].loanAsset, in: terms.asset)
    guard let posted = wholeUnits(Double(size.units) * rate, .down),
      let borrowed = wholeUnits(Double(size.units) * ltv, .down)
    else { throw .arithmetic(.overflow) }
    guard posted > .zero, borrowed > .zero else { throw .emptyPosition(name: name) }
    let owner = ledger.addAccount(name)
    let account = ledger.addAccount("\(name).position")
    try endow(owner, terms.asset, posted)
    positions.append(
      Position(account: account, owner: owner, venue: venue, terms: collateral, key: key))
    return PlannedLoan(position: PositionID(positions.count - 1), collateral: posted, borrowed: borrowed)
  }

  // MARK: Deposits and loans

  private mutating func deposit(
    _ deposits: [PlannedDeposit], _ loans: [PlannedLoan]
  ) throws(RunFailure.Reason) {
    var utilization: [Double?] = Array(repeating: nil, count: venues.count)
    for case .lenders(_, let venue, _, _, let wanted?) in specification.populations {
      utilization[venue] = wanted
    }
    for venue in venues.indices.map(VenueID.init) {
      let planned = deposits.filter { $0.venue == venue }
      var amounts = planned.map(\.size)
      if let wanted = utilization[venue] {
        let needed = try calculating { () throws(ArithmeticRefusal) in
          var borrowed = Amount.zero
          for loan in loans where positions[loan.position].venue == venue {
            borrowed = try borrowed.adding(loan.borrowed)
          }
          return try whole(ofWhich: borrowed, is: wanted)
        }
        amounts = try calculating { () throws(ArithmeticRefusal) in try apportion(needed, by: amounts) }
      }
      for (planned, amount) in zip(planned, amounts) where !amount.isZero {
        try endow(planned.lender, venues[venue].loanAsset, amount)
        var changed = venues[venue]
        let opening = try calculating { () throws(ArithmeticRefusal) in
          try changed.deposit(amount, by: planned.lender)
        }
        try post(opening)
        venues[venue] = changed
      }
    }
  }

  private mutating func post(_ posting: Posting) throws(RunFailure.Reason) {
    try settling(posting, in: &ledger)
  }

  private mutating func lend(_ loans: [PlannedLoan]) throws(RunFailure.Reason) {
    for loan in loans {
      let position = positions[loan.position]
      let venue = position.venue
      let cash = ledger.balance(of: venues[venue].account, in: venues[venue].loanAsset)
      guard loan.borrowed <= cash else {
        let asset = ledger[venues[venue].loanAsset]
        let missing = (loan.borrowed - cash).formatted(decimals: asset.decimals)
        throw .insufficientDeposits(venue: venues[venue].name, missing: "\(missing) \(asset.name)")
      }
      var changed = venues[venue]
      let opening = try calculating { () throws(ArithmeticRefusal) in
        try changed.lend(
          loan.borrowed, to: position.owner, against: loan.collateral,
          of: changed.collateral[position.terms], heldBy: position.account, ledger)
      }
      try post(opening)
      venues[venue] = changed
    }
  }
}

extension World {
  /// Builds the world of one run.
  ///
  /// - Parameters:
  ///   - populationSeed: decides who exists; apart from `shockSeed`, which decides what happens to them.
  ///   - audit: how often the books are checked by other code.
  package static func make(
    _ specification: WorldSpecification, populationSeed: UInt64, shockSeed: UInt64,
    ties: TiePolicy = .firstScheduledFirst, keeping factsKept: FactsKept = .all,
    audit: AuditFrequency = .afterLosses
  ) throws(RunFailure) -> World {
    let streams = RandomStreams(populationSeed: populationSeed, shockSeed: shockSeed)
    var builder: WorldBuilder
    do {
      builder = try WorldBuilder(specification, streams: streams, keepsJournal: audit != .never)
    } catch { throw RunFailure(.distribution(error), during: nil) }
    do { try builder.build() } catch { throw RunFailure(error, during: nil) }
    var positionsOfVenue: [[PositionID]] = Array(repeating: [], count: builder.venues.count)
    for (id, position) in builder.positions.identified(as: PositionTag.self) {
      positionsOfVenue[position.venue].append(id)
    }
    let measures = RunMeasures(
      prices: builder.reference,
      loans: builder.venues.map { ($0.loanAsset, builder.ledger[$0.loanAsset].unitsPerToken) },
      waterfalls: builder.waterfalls.map { $0.steps.map(\.catalogIndex) },
      venueOfPosition: builder.positions.map(\.venue))
    var world = World(
      horizon: specification.horizon, streams: streams, outside: builder.outside,
      shocks: specification.shocks, pools: builder.pools, oracles: specification.oracles,
      waterfalls: builder.waterfalls, liquidators: builder.liquidators, arbitrageurs: builder.arbitrageurs,
      ledger: builder.ledger, market: builder.market, reference: builder.reference,
      published: builder.reference,
      venues: builder.venues, positions: builder.positions, positionsOfVenue: positionsOfVenue,
      queue: EventQueue(ties: ties),
      alarms: builder.venues.map { $0.collateral.map { _ in AlarmIndex() } },
      pending: Pending(
        triggers: builder.venues.map { _ in [] }, arbitrageurs: builder.arbitrageurs.map { _ in false }),
      hidden: builder.venues.map { _ in .zero }, lenders: builder.lenders, measures: measures,
      factsKept: factsKept,
      auditor: audit == .never ? nil : WorldAuditor(audit, specification, positions: builder.positions))
    do throws(RunFailure.Reason) {
      try world.begin()
    } catch { throw RunFailure(error, during: nil) }
    return world
  }

  private mutating func begin() throws(RunFailure.Reason) {
    for oracle in oracles { published[oracle.asset] = price(readBy: oracle) }
    auditor?.begin(published: published)
    for position in positions.indices { try fileAlarm(for: PositionID(position)) }
    try scheduleFirstEvents()
    try checkBooks()
  }

  private mutating func scheduleFirstEvents() throws(RunFailure.Reason) {
    for shock in shocks.indices.map(ShockID.init) { try scheduleStep(of: shock, number: 1) }
    if market.ticks { try scheduleTick(number: 1) }
    for venue in venues.indices.map(VenueID.init) where venues[venue].borrowRate > 0 {
      try schedule(
        .interestAccrues(venue: venue), after: venues[venue].accrualPeriod, from: .start, because: nil)
    }
    // A pool that starts away from the reference is a gap like any other.
    for arbitrageur in arbitrageurs.indices.map(ArbitrageurID.init) { try wake(arbitrageur, because: nil) }
    try schedule(.badDebtIsMeasured, from: .start, because: nil)
    pending.measurement = true
  }
}
