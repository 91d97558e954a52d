import Kernel
import Ledger

extension World {
  /// Whether a move of an asset's reference price changes what an oracle reads: its own asset's, or, for the
  /// dollar price of a pool's asset, that of the asset it is priced in, which may be a share.
  func reads(_ oracle: Oracle, _ moved: AssetID) -> Bool {
    switch oracle.source {
    case .reference: oracle.asset == moved
    case .pool(let pool), .poolTwap(let pool, _, _): oracle.asset != moved && pools[pool].trades(moved)
    case .fixed, .redemptionRate: false
    }
  }

  /// What an oracle reads now, in dollars; of a pool's average: what it reads without a window.
  func price(readBy oracle: Oracle) -> Double {
    switch oracle.source {
    case .reference: return reference[oracle.asset]
    case .fixed: return published[oracle.asset]
    case .redemptionRate:
      guard let share = shares[oracle.asset.position] else { return published[oracle.asset] }
      return sharePrice(share, at: published)
    case .pool(let pool), .poolTwap(let pool, _, _):
      return price(of: oracle.asset, in: pools[pool], at: marginalPrice(of: pools[pool]))
    }
  }

  /// Dollars a token of either asset of a pool, at so many quote tokens for one of the base.
  func price(of asset: AssetID, in pool: Pool, at rate: Double) -> Double {
    asset == pool.base ? rate * reference[pool.quote] : reference[pool.base] / rate
  }

  /// Quote tokens for one base token, at the margin.
  func marginalPrice(of pool: Pool) -> Double {
    pool.marginalRate(ledger) * ledger.unitsPerToken(of: pool.base) / ledger.unitsPerToken(of: pool.quote)
  }

  /// What an oracle read a while ago is what venues see now.
  mutating func publish(_ oracle: OracleID, _ price: Double, _ header: EventHeader) throws(RunFailure.Reason)
  {
    let asset = oracles[oracle].asset
    let before = published[asset]
    published[asset] = price
    freshUntil[asset.position] = oracles[oracle].freshness(ofPublicationAt: header.time)
    record(.pricePublished(oracle: oracle, price: price), header)
    try tellOracles(ofSharesIn: asset, header)
    for venue in listeners.venues[asset.position] {
      visible.somethingMoved(in: venue)
      try scheduleAlarms(venue, after: .price(asset, from: before), because: header)
    }
  }

  /// Every idle arbitrageur of a pool sees that something has moved; the one who moved it knows.
  mutating func wakeArbitrageurs(
    of pool: PoolID, except trader: ArbitrageurID? = nil, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    for id in listeners.arbitrageurs[pool] where id != trader && !pending.arbitrageurs[id] {
      try wake(id, because: header)
    }
  }

  mutating func wake(_ id: ArbitrageurID, because header: EventHeader?) throws(RunFailure.Reason) {
    pending.arbitrageurs[id] = true
    try schedule(
      .arbitrageurActs(arbitrageur: id), after: arbitrageurs[id].latency, from: header?.time ?? .start,
      because: header)
  }

  /// Where there is a chain, an arbitrageur who sees a gain sends a transaction that says which way to trade
  /// and down to which price, as it judges now; until that is executed it sends no other.
  mutating func arbitrage(_ id: ArbitrageurID, _ header: EventHeader) throws(RunFailure.Reason) {
    pending.arbitrageurs[id] = false
    let arbitrageur = arbitrageurs[id]
    let pool = pools[arbitrageur.pool]
    let (baseIn, quoteIn) = (
      pool.reserves(selling: pool.base, ledger), pool.reserves(selling: pool.quote, ledger)
    )
    let market = market.outside(of: pool.base, in: pool.quote, at: header.time)
    let purse = ledger.balance(of: arbitrageur.account, in: pool.quote)
    let decision = try calculating { () throws(ArithmeticRefusal) in
      try Arbitrageur.decide(pool: pool, baseIn: baseIn, quoteIn: quoteIn, outside: market, purse: purse)
    }
    guard let order = decision else { return }
    guard chain != nil else {
      try carryOut(order, by: id, header)
      // The rest of a gap that was larger than the purse.
      if order.isPurseBound { try wake(id, because: header) }
      return
    }
    pending.arbitrageurs[id] = true
    try send(
      .arbitrageExecutes(arbitrageur: id, asset: order.asset, limit: order.limit),
      by: TransactionSender(arbitrageur, currency: pool.quote), at: header.time, because: header)
  }

  /// Its transaction has found its block: it trades up to its limit, or not at all. Then it looks anew, since
  /// it has heard of nothing while it waited.
  mutating func executeArbitrage(
    _ id: ArbitrageurID, selling asset: AssetID, downTo limit: Double, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let arbitrageur = arbitrageurs[id]
    let pool = pools[arbitrageur.pool]
    let reserves = pool.reserves(selling: asset, ledger)
    let market = market.outside(of: pool.base, in: pool.quote, at: header.time)
    let purse = ledger.balance(of: arbitrageur.account, in: pool.quote)
    let order = try calculating { () throws(ArithmeticRefusal) in
      try Arbitrageur.execute(
        selling: asset, downTo: limit, pool: pool, reserves: reserves, outside: market, purse: purse)
    }
    if let order {
      try carryOut(order, by: id, header)
    } else {
      // Nothing was traded: that, too, is told, or its next look would have no visible cause.
      record(
        .swapped(
          pool: arbitrageur.pool, trader: arbitrageur.account, asset: asset, sold: .zero, bought: .zero,
          price: marginalPrice(of: pool)), header)
    }
    try wake(id, because: header)
  }

  private mutating func carryOut(
    _ order: ArbitrageOrder, by id: ArbitrageurID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let arbitrageur = arbitrageurs[id]
    let pool = pools[arbitrageur.pool]
    let base = order.asset == pool.base ? order.sold : order.bought
    let (baseLeg, quoteLeg) = ((asset: pool.base, amount: base), (asset: pool.quote, amount: order.outside))
    let (bought, sold) = order.asset == pool.base ? (baseLeg, quoteLeg) : (quoteLeg, baseLeg)
    try post(
      Posting(
        outsideLegs(arbitrageur.account, buys: bought, sells: sold)
          + pool.swap(by: arbitrageur.account, selling: order.asset, order.sold, for: order.bought)))
    let moved = try afterOutsideTrade(bought: bought, sold: sold, header)
    try afterSwap(
      in: arbitrageur.pool, by: arbitrageur.account, selling: order.asset, order.sold, for: order.bought,
      except: id, header)
    if !moved.isEmpty { try tellOfReference(moved, except: id, header) }
  }

  /// A trade moved a pool's price: remember it, tell the oracles that read the pool, wake the other
  /// arbitrageurs.
  mutating func afterSwap(
    in id: PoolID, by trader: AccountID, selling asset: AssetID, _ sold: Amount, for bought: Amount,
    except arbitrageur: ArbitrageurID? = nil, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let pool = pools[id]
    let price = marginalPrice(of: pool)
    record(
      .swapped(pool: id, trader: trader, asset: asset, sold: sold, bought: bought, price: price),
      header)
    for oracle in listeners.oracles[id] { try poolMoved(oracle, to: price, header) }
    try wakeArbitrageurs(of: id, except: arbitrageur, header)
  }

  /// Interest is a clock of its own: each period is a root.
  mutating func accrueInterest(_ venue: VenueID, _ header: EventHeader) throws(RunFailure.Reason) {
    let period = venues[venue].accrualPeriod
    let before = venues[venue].reserves.map(\.index)
    visible.somethingMoved(in: venue)
    pending.unmeasured[venue] = true
    for reserve in venues[venue].reserves.indices where venues[venue].reserves[reserve].rate.charges {
      var changed = venues[venue].reserves[reserve]
      let (claims, kept, ledger) = (changed.claims, changed.reserves, ledger)
      let interest = try calculating { () throws(ArithmeticRefusal) in
        try changed.accrueInterest(over: period, ledger)
      }
      venues[venue].reserves[reserve] = changed
      record(
        .interestAccrued(
          venue: venue, reserve: Int32(reserve), interest: interest, index: changed.index.value), header)
      if changed.claims != claims { try claimsChanged(venue, reserve, afterLoss: 0, header) }
      try shareRevenue(changed.reserves - kept, of: venue, reserve, header)
    }
    try schedule(.interestAccrues(venue: venue), after: period, from: header.time, because: nil)
    try scheduleAlarms(venue, after: .debts(from: before), because: header)
    try scheduleMeasurement(because: header)
  }
}
