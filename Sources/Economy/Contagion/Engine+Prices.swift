import Kernel
import Ledger

extension World {
  /// An exogenous step: the reference moves, oracles will tell, arbitrageurs see a gap.
  mutating func stepPrice(_ shock: Shock, _ header: EventHeader) throws(RunFailure.Reason) {
    let price = reference[shock.asset] * shock.factorPerStep
    guard price > 0, price < 1e15 else {
      throw .priceOutOfRange(asset: ledger[shock.asset].name, price: price)
    }
    reference[shock.asset] = price
    record(.priceStepped(asset: shock.asset, price: price), header)
    for (id, oracle) in oracles.identified(as: OracleTag.self)
    where oracle.source == .reference && oracle.asset == shock.asset {
      try schedulePublication(of: id, price: price, because: header)
    }
    for pool in pools.indices.map(PoolID.init) where pools[pool].trades(shock.asset) {
      try wakeArbitrageurs(of: pool, header)
    }
    try scheduleMeasurement(because: header)
  }

  mutating func schedulePublication(
    of oracle: OracleID, price: Double, because header: EventHeader
  ) throws(RunFailure.Reason) {
    try schedule(
      .oraclePublishes(oracle: oracle, price: price),
      at: later(header.time, by: oracles[oracle].delay), because: header)
  }

  /// What an oracle read `delay` ago is what venues see now.
  mutating func publish(_ oracle: OracleID, _ price: Double, _ header: EventHeader) throws(RunFailure.Reason)
  {
    let asset = oracles[oracle].asset
    published[asset] = price
    record(.pricePublished(oracle: oracle, price: price), header)
    for venue in venues.indices.map(VenueID.init) {
      let reads = venues[venue].loanAsset == asset || venues[venue].collateral.contains { $0.asset == asset }
      if reads { try scheduleAlarms(venue, because: header) }
    }
  }

  /// One look a round, whatever rang: the first cause stands for all.
  mutating func scheduleAlarms(_ venue: VenueID, because header: EventHeader) throws(RunFailure.Reason) {
    guard !pending.alarms[venue] else { return }
    pending.alarms[venue] = true
    try schedule(.alarmsRing(venue: venue), at: header.time, because: header)
  }

  mutating func wakeArbitrageurs(of pool: PoolID, _ header: EventHeader) throws(RunFailure.Reason) {
    for (id, arbitrageur) in arbitrageurs.identified(as: ArbitrageurTag.self)
    where arbitrageur.pool == pool && !pending.arbitrageurs[id] {
      pending.arbitrageurs[id] = true
      try schedule(
        .arbitrageurActs(arbitrageur: id), at: later(header.time, by: arbitrageur.latency),
        because: header)
    }
  }

  mutating func arbitrage(_ id: ArbitrageurID, _ header: EventHeader) throws(RunFailure.Reason) {
    pending.arbitrageurs[id] = false
    let arbitrageur = arbitrageurs[id]
    let pool = pools[arbitrageur.pool]
    let (baseIn, quoteIn) = (
      pool.reserves(selling: pool.base, ledger), pool.reserves(selling: pool.quote, ledger)
    )
    let rate = reference.rate(of: pool.base, in: pool.quote)
    let purse = ledger.balance(of: arbitrageur.account, in: pool.quote)
    let decision = try calculating { () throws(ArithmeticRefusal) in
      try Arbitrageur.decide(pool: pool, baseIn: baseIn, quoteIn: quoteIn, rate: rate, purse: purse)
    }
    guard let order = decision else { return }
    let base = order.asset == pool.base ? order.sold : order.bought
    let (buyer, seller) =
      order.asset == pool.base ? (arbitrageur.account, outside) : (outside, arbitrageur.account)
    try post(
      Posting(
        [
          Transfer(from: seller, to: buyer, asset: pool.base, amount: base, for: .outsideTrade),
          Transfer(from: buyer, to: seller, asset: pool.quote, amount: order.outside, for: .outsideTrade),
        ] + pool.swap(by: arbitrageur.account, selling: order.asset, order.sold, for: order.bought)))
    try afterSwap(
      in: arbitrageur.pool, by: arbitrageur.account, selling: order.asset, order.sold, for: order.bought,
      header)
  }

  /// A trade moved a pool's price: remember it, tell the oracles that read the pool, wake the arbitrageurs
  /// (the one who traded, too: a purse too small for the whole gap goes again, `latency` later).
  mutating func afterSwap(
    in id: PoolID, by trader: AccountID, selling asset: AssetID, _ sold: Amount, for bought: Amount,
    _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let pool = pools[id]
    let price = pool.marginalRate(ledger) * ledger[pool.base].unitsPerToken / ledger[pool.quote].unitsPerToken
    record(
      .swapped(pool: id, trader: trader, asset: asset, sold: sold, bought: bought, price: price),
      header)
    for (oracle, reader) in oracles.identified(as: OracleTag.self) where reader.source == .pool(id) {
      let dollars =
        reader.asset == pool.base ? price * reference[pool.quote] : reference[pool.base] / price
      try schedulePublication(of: oracle, price: dollars, because: header)
    }
    try wakeArbitrageurs(of: id, header)
  }

  /// Interest is a clock of its own: each period is a root.
  mutating func accrueInterest(_ venue: VenueID, _ header: EventHeader) throws(RunFailure.Reason) {
    var changed = venues[venue]
    let ledger = ledger
    let interest = try calculating { () throws(ArithmeticRefusal) in
      try changed.accrueInterest(over: changed.accrualPeriod, ledger)
    }
    venues[venue] = changed
    record(.interestAccrued(venue: venue, interest: interest, index: changed.index.value), header)
    try schedule(
      .interestAccrues(venue: venue), at: later(header.time, by: changed.accrualPeriod), because: nil)
    try scheduleAlarms(venue, because: header)
    try scheduleMeasurement(because: header)
  }
}

// MARK: Hidden bad debt

extension World {
  mutating func scheduleMeasurement(because header: EventHeader) throws(RunFailure.Reason) {
    guard !pending.measurement else { return }
    pending.measurement = true
    try schedule(.badDebtIsMeasured, at: header.time, because: header)
  }

  /// Occurred bad debt is a stock: Σ max(0, owed − ⌊collateral at the reference price⌋) over open positions.
  mutating func measureBadDebt(_ header: EventHeader) throws(RunFailure.Reason) {
    pending.measurement = false
    for venue in venues.indices.map(VenueID.init) {
      var sum = Amount.zero
      for place in positionsOfVenue[venue] where positions[place].state != .closed {
        let position = positions[place]
        let rate = reference.rate(of: terms(of: position).asset, in: venues[venue].loanAsset)
        guard let worth = wholeUnits(Double(collateral(of: position).units) * rate, .down) else {
          throw .arithmetic(.overflow)
        }
        let owed = try owed(by: place)
        if worth < owed { sum += owed - worth }
      }
      guard sum != hidden[venue] else { continue }
      hidden[venue] = sum
      record(.badDebtOccurred(venue: venue, hidden: sum), header)
    }
  }
}
