import Kernel
import Ledger

/// Builds a world from its specification: accounts, endowments, loans, first events. All of it happens before
/// time starts; what can go wrong here is thrown as a `RunFailure` without an event.
struct WorldBuilder {
  let specification: WorldSpecification
  let streams: RandomStreams
  /// By token: whose share it is, if it is one.
  let shares: [WorldSpecification.Share?]
  var ledger = Ledger()
  let outside: AccountID
  var reference: PriceBoard
  let market: ReferenceMarket
  var pools: [Pool] = []
  var venues: [LendingPool] = []
  var waterfalls: [Waterfall] = []
  var liquidators: [Liquidator] = []
  var arbitrageurs: [Arbitrageur] = []
  var positions: [Position] = []
  var lenders: [Lender] = []
  var borrowers: [Borrower] = []
  var loopers: [Looper] = []
  var noiseTraders: [NoiseTrader] = []
  var vaults: [Vault] = []
  var funds: [AccountID] = []
  var bidders: [Bidder] = []
  var tokenHolders: [TokenHolder] = []
  var matches: [[LoanMatch]] = []
  var parties: [Party] = []
  var partyOfVenue: [Int] = []
  var guarantor: AccountID?

  /// Loans to be opened once the lenders' money is in: amounts in the order of the position's places.
  struct PlannedLoan {
    let position: PositionID
    let posted: [Amount]
    let borrowed: [Amount]
    /// What the borrower keeps back to post later, in the same order.
    var kept: [Amount] = []
    var purse: AccountID?
    /// What of the loan its owner has bought the collateral with that it posts beyond its own.
    var spent = Amount.zero
  }

  /// A deposit to be made: the lender and what its size draw said.
  struct PlannedDeposit {
    let lender: AccountID
    let venue: VenueID
    let reserve: Int
    let size: Amount
  }

  init(
    _ specification: WorldSpecification, streams: RandomStreams, keepsJournal: Bool
  ) throws(DistributionError) {
    self.specification = specification
    self.streams = streams
    shares = specification.tokens.map(\.share)
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
    for pool in specification.pools {
      try addPool(pool)
      addParty(pool.name, .pool)
    }
    for fund in specification.funds {
      let account = ledger.addAccount(fund.name)
      addParty(fund.name, .fund)
      for case let (asset?, amount) in fund.holdings.map({ ($0.asset, $0.amount) }) where !amount.isZero {
        try endow(account, asset, amount)
      }
      funds.append(account)
    }
    for venue in specification.venues { try addVenue(venue) }
    var loans: [PlannedLoan] = []
    var deposits: [PlannedDeposit] = []
    for population in specification.populations {
      try add(population, &loans, &deposits)
      addParty(population.id, kind(of: population))
    }
    if specification.isGuaranteed { guarantor = ledger.addAccount("guarantor") }
    // Claims come before what is done with them: nobody posts, trades or holds a share without a deposit.
    try depositForShares(loans)
    try deposit(deposits, loans, inVaults: true)
    try allocate()
    try deposit(deposits, loans, inVaults: false)
    try lend(loans)
    matches = matches(loans)
  }

  /// Whose accounts have been made since the last party's.
  private mutating func addParty(_ name: String, _ kind: Party.Kind) {
    let first = parties.last?.accounts.upperBound ?? outside.position + 1
    parties.append(Party(name: name, kind: kind, accounts: first..<ledger.accounts.count))
  }

  private mutating func extendParty() {
    let last = parties.removeLast()
    parties.append(
      Party(name: last.name, kind: last.kind, accounts: last.accounts.lowerBound..<ledger.accounts.count))
  }

  private func kind(of population: WorldSpecification.Population) -> Party.Kind {
    switch population {
    case .lenders(_, let venue, _, _, _, _, _):
      specification.venues[venue.position].isStakePool ? .staker : .lender
    case .borrowers: .borrower
    case .loopers: .looper
    case .liquidators: .liquidator
    case .arbitrageurs: .arbitrageur
    case .noiseTraders: .noiseTrader
    case .tokenHolders: .tokenHolder
    case .bidders: .bidder
    }
  }

  mutating func endow(_ account: AccountID, _ asset: AssetID, _ amount: Amount) throws(RunFailure.Reason) {
    let gift = Transfer(from: outside, to: account, asset: asset, amount: amount, for: .endowment)
    try post(Posting(gift))
  }

  // MARK: Pools and venues

  private mutating func addPool(_ pool: WorldSpecification.Pool) throws(RunFailure.Reason) {
    let account = ledger.addAccount(pool.name)
    for (asset, reserve) in [(pool.base, pool.baseReserve), (pool.quote, pool.quoteReserve)]
    where share(asset) == nil {
      try endow(account, asset, reserve)
    }
    pools.append(
      Pool(
        name: pool.name, account: account, base: pool.base, quote: pool.quote,
        feeMillionths: pool.feeMillionths, curve: pool.curve))
  }

  private mutating func addVenue(_ venue: WorldSpecification.Venue) throws(RunFailure.Reason) {
    let account = ledger.addAccount(venue.name)
    let id = VenueID(venues.count)
    let reserves = venue.debts.enumerated().map { place, terms in
      let lent = ledger[terms.asset]
      let share = addShare(
        of: WorldSpecification.Share(id, reserve: place),
        Asset(
          name: "\(venue.name).share.\(lent.name)", decimals: lent.decimals, issuance: .single(account)),
        by: account)
      let debt = ledger.addAsset(
        Asset(name: "\(venue.name).debt.\(lent.name)", decimals: lent.decimals, issuance: .owedTo(account)))
      return Reserve(
        account: account, asset: terms.asset, shareAsset: share, debtAsset: debt, rate: terms.rate,
        reserveFactor: terms.reserveFactor)
    }
    venues.append(
      LendingPool(
        name: venue.name, account: account, reserves: reserves, collateral: venue.collateral,
        closeFactor: venue.closeFactor, fullCloseBelow: venue.fullCloseBelow,
        accrualPeriod: venue.accrualPeriod, recognition: venue.recognition,
        withdrawals: venue.withdrawals, cooldown: venue.cooldown))
    addParty(venue.name, .venue)
    partyOfVenue.append(parties.count - 1)
    if let allocation = venue.allocation { addVault(id, allocation, venue.curator) }
    var layers = venue.waterfall
    if layers.last?.type.declaration.name != Unresolved.declaration.name {
      layers.append(WorldSpecification.Layer(Unresolved.self))
    }
    var steps: [Waterfall.Step] = []
    for (place, specification) in layers.enumerated() {
      let layer = specification.type.init(settings: specification.settings)
      let account = ledger.addAccount(
        "\(venue.name).waterfall[\(place)].\(specification.type.declaration.name)")
      for holding in layer.endowment where !holding.amount.isZero {
        try endow(account, holding.asset ?? reserves[0].asset, holding.amount)
      }
      // A layer that begins with nothing holds what its venue's losses have brought it, for a while.
      if layer.endowment.isEmpty { extendParty() } else { addParty(ledger[account].name, .fund) }
      steps.append(
        Waterfall.Step(
          layer: layer, catalogIndex: LayerCatalog.index(of: layer),
          account: layer.fund.map { funds[$0] } ?? account,
          limits: specification.limits, lent: reserves.count))
    }
    waterfalls.append(Waterfall(steps: steps))
  }

  /// A share that has a name is a token already, and now gets its issuer.
  private mutating func addShare(
    of share: WorldSpecification.Share, _ asset: Asset, by issuer: AccountID
  ) -> AssetID {
    guard let token = specification.tokens.firstIndex(where: { $0.share == share }) else {
      return ledger.addAsset(asset)
    }
    ledger.hand(AssetID(token), to: issuer)
    return AssetID(token)
  }

  private mutating func addVault(
    _ id: VenueID, _ allocation: [WorldSpecification.Allocation], _ curator: Curator?
  ) {
    var sources: [VenueID] = []
    for holding in allocation {
      let behind = vaults.first { $0.venue == holding.venue }?.sources ?? []
      for source in [holding.venue] + behind where !sources.contains(source) { sources.append(source) }
    }
    vaults.append(
      Vault(
        venue: id,
        holdings: allocation.map { Vault.Holding(venue: $0.venue, reserve: $0.reserve, target: $0.portion) },
        sources: sources, curator: curator))
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
    var sleepers: [SleeperID] = []
    sleepers.reserveCapacity(builder.positions.count)
    for (id, position) in builder.positions.identified(as: PositionTag.self) {
      sleepers.append(SleeperID(positionsOfVenue[position.venue].count))
      positionsOfVenue[position.venue].append(id)
    }
    let measures = RunMeasures(
      prices: builder.reference,
      lent: builder.venues.map { venue in
        venue.reserves.map { ($0.asset, builder.ledger[$0.asset].unitsPerToken) }
      },
      waterfalls: builder.waterfalls.map { $0.steps.map(\.catalogIndex) },
      venueOfPosition: builder.positions.map(\.venue), claims: builder.claimsAtStart)
    var world = World(
      horizon: specification.horizon, streams: streams, outside: builder.outside, parties: builder.parties,
      partyOfVenue: builder.partyOfVenue, guarantor: builder.guarantor,
      guaranteed: specification.tokens.map { _ in .zero },
      shocks: specification.shocks, manipulations: specification.manipulations, pools: builder.pools,
      oracles: specification.oracles, governance: specification.governance,
      waterfalls: builder.waterfalls, liquidators: builder.liquidators, arbitrageurs: builder.arbitrageurs,
      ledger: builder.ledger, market: builder.market, reference: builder.reference,
      published: builder.reference,
      venues: builder.venues, positions: builder.positions, positionsOfVenue: positionsOfVenue,
      chain: specification.chain.map { Chain(block: $0.block, capacity: $0.capacity) },
      demand: specification.chain?.demand,
      sleepers: sleepers, queue: EventQueue(ties: ties), provisions: builder.positions.map { _ in [] },
      pending: Pending(
        unmeasured: builder.venues.map { _ in true }, rounds: builder.venues.map { _ in VenueRound() },
        arbitrageurs: builder.arbitrageurs.map { _ in false },
        vaults: builder.vaults.map { _ in false }, provisions: builder.venues.map { _ in false },
        stranded: builder.venues.map { _ in Stranded() }),
      hiddenMicrodollars: builder.venues.map { _ in 0 }, lenders: builder.lenders,
      borrowers: builder.borrowers, loopers: builder.loopers, noiseTraders: builder.noiseTraders,
      vaults: builder.vaults, bidders: builder.bidders,
      tokenHolders: builder.tokenHolders, matches: builder.matches,
      shares: specification.tokens.map(\.share), visible: VisibleBadDebt(builder.venues),
      listeners: Listeners(
        tokenCount: specification.tokens.count, venues: builder.venues, poolCount: builder.pools.count,
        oracles: specification.oracles, arbitrageurs: builder.arbitrageurs),
      freshUntil: specification.tokens.map { _ in nil }, measures: measures,
      factsKept: factsKept,
      auditor: audit == .never ? nil : WorldAuditor(audit, specification, positions: builder.positions))
    do throws(RunFailure.Reason) {
      try world.begin()
    } catch { throw RunFailure(error, during: nil) }
    return world
  }

  private mutating func begin() throws(RunFailure.Reason) {
    publishFirstReadings()
    auditor?.begin(published: published, vaults: vaults)
    for pool in venues { alarms.append(VenueAlarms(of: pool, published: published)) }
    beginMeasuring()
    for position in positions.indices { fileAlarm(for: PositionID(position)) }
    try scheduleFirstEvents()
    try checkBooks()
  }

  private mutating func scheduleFirstEvents() throws(RunFailure.Reason) {
    for shock in shocks.indices.map(ShockID.init) { try scheduleStep(of: shock, number: 1) }
    if market.ticks { try scheduleTick(number: 1) }
    for venue in venues.indices.map(VenueID.init)
    where venues[venue].reserves.contains(where: \.rate.charges) {
      try schedule(
        .interestAccrues(venue: venue), after: venues[venue].accrualPeriod, from: .start, because: nil)
    }
    // A pool that starts away from the reference is a gap like any other.
    for arbitrageur in arbitrageurs.indices.map(ArbitrageurID.init) { try wake(arbitrageur, because: nil) }
    try schedule(.badDebtIsMeasured, from: .start, because: nil)
    pending.measurement = true
    for lender in lenders.indices.map(LenderID.init) { try scheduleWatch(of: lender, slot: 0) }
    for holder in tokenHolders.indices.map(TokenHolderID.init) { try scheduleWatch(of: holder, slot: 0) }
    try scheduleOracles()
    for borrower in borrowers.indices.map(BorrowerID.init) { try scheduleWatch(of: borrower, slot: 0) }
    for trader in noiseTraders.indices.map(NoiseTraderID.init) {
      try scheduleNoise(of: trader, number: 0, from: .start)
    }
    for (number, change) in governance.enumerated() {
      try schedule(.governanceDecides(change: Int32(number)), from: change.at, because: nil)
    }
    for number in vaults.indices { try scheduleCurator(of: number, slot: 0) }
    for looper in loopers.indices.map(LooperID.init) { try scheduleLook(of: looper, slot: 0) }
    try scheduleRebalancing()
    try scheduleFirstAlarms()
  }
}
