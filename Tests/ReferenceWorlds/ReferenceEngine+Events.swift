import Economy
import Kernel
import Ledger

// Each event of the semantics page's table, in its order.

extension ReferenceEngine {
  mutating func handle(_ occurrence: Occurrence) throws(ReferenceFailure) {
    switch occurrence {
    case .shockSteps(let shock, let number): try step(shock, number)
    case .pricesTick(let number): try tick(number)
    case .interestAccrues(let venue): try accrueInterest(in: venue)
    case .oraclePublishes(let oracle, let price): try publish(oracle, price)
    case .oracleBeats(let oracle): try beat(oracle)
    case .outageEnds(let oracle): try endOutage(oracle)
    case .averageMoves(let oracle): try lookAtAverage(oracle)
    case .manipulationTurns(let number): try manipulate(number)
    case .alarmsRing(let venue, let move): try callPositions(of: venue, movedBy: move)
    case .arbitrageurActs(let arbitrageur): try arbitrage(arbitrageur)
    case .arbitrageExecutes(let arbitrageur, let asset, let limit):
      try executeArbitrage(arbitrageur, selling: asset, limit: limit)
    case .liquidatorActs(let liquidator, let position, let call):
      if positions[position].calls == call {
        positions[position].comers.remove(liquidator)
        try liquidate(position, by: liquidator)
      }
    case .liquidatorExecutes(let liquidator, let position, let call):
      if positions[position].calls == call {
        positions[position].comers.remove(liquidator)
        try executeLiquidation(position, by: liquidator)
      } else {
        try happened(.reverted(position: PositionID(position), liquidator: LiquidatorID(liquidator)))
      }
    case .liquidatorSells(let liquidator, let asset): try sell(asset, by: liquidator, isExecuting: false)
    case .inventorySaleExecutes(let liquidator, let asset):
      try sell(asset, by: liquidator, isExecuting: true)
    case .blockIsMade(let number): try makeBlock(number)
    case .lossFalls(let position): try recogniseLoss(of: position)
    case .badDebtIsMeasured: try measureBadDebt()
    case .holderWatches(let holder): try lookAtToken(holder)
    case .promiseActs(let promise): try act(on: promise)
    case .provisionsAreWeighed(let venue): try weighProvisions(of: venue)
    case .lenderWatches(let lender): try look(lender)
    case .borrowerWatches(let carer): try takeCare(carer)
    case .curatorLooks(let vault): try curate(vault)
    case .fundRebalances(let venue, let layer): try rebalance(venue, layer)
    case .looperLooks(let looper): try lookAtLeverage(looper)
    case .governanceDecides(let number): try govern(number)
    case .noiseTrades(let trader, let number):
      try scheduleNoise(of: trader, number: number + 1)
      try makeNoise(trader, number, isExecuting: false)
    case .noiseTradeExecutes(let trader, let number): try makeNoise(trader, number, isExecuting: true)
    case .vaultMarks(let vault, let holding, let change, let loss): try mark(vault, holding, change, loss)
    case .vaultServes(let vault): try serve(vault)
    }
  }

  // MARK: Interest

  private mutating func accrueInterest(in index: Int) throws(ReferenceFailure) {
    let terms = venues[index].terms
    for (place, loan) in terms.debts.enumerated() where ReferenceEngine.costs(loan.rate) {
      let lent = venues[index].lent[place]
      let before = bookedLoans(of: lent, in: venues[index])
      let growth =
        yearlyRate(of: loan.rate, borrowed: before, cash: balances[venues[index].account][lent.asset])
        * (Double(terms.accrualPeriod.microseconds) / ReferenceMath.microsecondsPerYear)
      guard let scaledGrowth = ReferenceMath.ceiling(growth * 1e15) else { throw ReferenceFailure("growth") }
      venues[index].lent[place].index += try ReferenceMath.ceilingDivide(
        lent.index, scaledGrowth, by: ReferenceMath.indexOne)
      let interest = bookedLoans(of: venues[index].lent[place], in: venues[index]) - before
      let kept = try ReferenceMath.ceiling(interest, times: loan.reserveFactor)
      venues[index].lent[place].reserves += kept
      venues[index].lent[place].totalAssets += interest - kept
      guard let debtIndex = Int64(exactly: venues[index].lent[place].index) else {
        throw ReferenceFailure("index")
      }
      try happened(
        .interestAccrued(
          venue: VenueID(index), reserve: Int32(place), interest: try ReferenceMath.amount(interest),
          index: debtIndex))
      if interest > kept { try claimsHaveChanged(of: index, place, loss: 0) }
      try share(kept, of: index, place)
    }
    try schedule(.interestAccrues(index), .chain, after: terms.accrualPeriod, asRoot: true)
    try ringAlarms(of: index)
    try measureSoon()
  }

  static func costs(_ rate: RateCurve) -> Bool { rate.base + rate.slopeBelow + rate.slopeAbove > 0 }

  private func yearlyRate(of rate: RateCurve, borrowed: Int128, cash: Int128) -> Double {
    let u = borrowed == 0 ? 0 : Double(borrowed) / (Double(borrowed) + Double(cash))
    let k = rate.optimalUtilization
    return u <= k
      ? rate.base + rate.slopeBelow * (u / k)
      : rate.base + rate.slopeBelow + rate.slopeAbove * ((u - k) / (1 - k))
  }

  // MARK: Prices

  private mutating func publish(_ index: Int, _ price: Double) throws(ReferenceFailure) {
    let asset = specification.oracles[index].asset
    published[asset.position] = price
    try happened(.pricePublished(oracle: OracleID(index), price: price))
    for (token, terms) in specification.tokens.enumerated() {
      guard let share = terms.share else { continue }
      if specification.venues[share.venue].debts[share.reserve].asset == asset {
        try publishRedemptionRate(of: token)
      }
    }
    for venue in venues.indices {
      let terms = venues[venue].terms
      guard !terms.collateral.isEmpty,
        (terms.debts.map(\.asset) + terms.collateral.map(\.asset)).contains(asset)
      else { continue }
      try ringAlarms(of: venue)
    }
  }

  // MARK: Alarms

  private mutating func callPositions(of venue: Int, movedBy move: Int) throws(ReferenceFailure) {
    venues[venue].moves[move].hasRung = true
    for index in positions.indices where positions[index].venue == venue {
      guard positions[index].state == .called, positions[index].comers.isEmpty,
        try !needsAnOldPrice(positions[index])
      else { continue }
      if try !isBelowThreshold(positions[index]) {
        positions[index].state = .open
      } else {
        if try givesUp(index) {
          try happened(.becameLiquidatable(position: PositionID(index), health: 0))
        }
      }
    }
    for index in positions.indices where positions[index].venue == venue {
      guard positions[index].state == .open, try isBelowThreshold(positions[index]),
        try firstMove(below: positions[index]) == move
      else { continue }
      positions[index].state = .called
      positions[index].calls += 1
      positions[index].actsSinceCall = 0
      positions[index].call = now
      let (carries, owes) = try standing(of: positions[index])
      try happened(.becameLiquidatable(position: PositionID(index), health: carries / owes))
      positions[index].comers = []
      if try givesUp(index) { continue }
      for liquidator in liquidators.indices {
        guard try !pairs(for: liquidators[liquidator], positions[index]).isEmpty else { continue }
        try bring(
          liquidator, to: index, after: try latency(of: liquidators[liquidator], on: positions[index]))
      }
    }
  }

  /// Lets a liquidator act on a position in a while.
  mutating func bring(
    _ liquidator: Int, to index: Int, after wait: SimDuration, because cause: EventHeader? = nil
  ) throws(ReferenceFailure) {
    positions[index].comers.insert(liquidator)
    try schedule(
      .liquidatorActs(liquidator, on: index, call: positions[index].calls), .liquidation, after: wait,
      because: cause)
  }

  /// The first move that has not been forgotten after which the position was below the threshold.
  private mutating func firstMove(below position: Position) throws(ReferenceFailure) -> Int? {
    let (latest, venue) = (published, venues[position.venue])
    defer { (published, venues[position.venue]) = (latest, venue) }
    for (number, move) in venue.moves.enumerated() {
      published = move.published
      venues[position.venue].collateral = move.collateral
      for (place, index) in move.indices.enumerated() { venues[position.venue].lent[place].index = index }
      if try isBelowThreshold(position) { return number }
    }
    return nil
  }

  /// Of a liquidator that hears of a position now, or has just liquidated some of it.
  func latency(of liquidator: Liquidator, on position: Position) throws(ReferenceFailure) -> SimDuration {
    switch liquidator.terms.latency {
    case .fixed(let latency): return latency
    case .exponential(let mean):
      let epoch = Epoch(
        born: position.key.bits, child: UInt64(position.calls) << 32 + UInt64(position.actsSinceCall))
      let u = UnitInterval.open(streams.word(.reactionLatency, liquidator.key, epoch))
      let drawn = (-ElementaryMath.log1p(-u) * Double(mean.microseconds)).rounded(.down)
      return SimDuration(microseconds: Int64(drawn))
    }
  }

  // MARK: Arbitrage

  /// What is sold to the pool, for how much, and the other leg outside.
  private struct RoundTrip {
    let sells: AssetID
    let sold: Int128
    let bought: Int128
    let outside: Int128
    let isCut: Bool
    /// Quote for the next unit of base outside, when all is done.
    let limit: Double
  }

  private mutating func arbitrage(_ index: Int) throws(ReferenceFailure) {
    arbitrageurs[index].isDue = false
    let before = paths
    guard let trip = try bestTrip(of: arbitrageurs[index]) else {
      // Without a trade the impact decays on as if nobody had looked.
      paths = before
      return
    }
    guard specification.chain != nil else {
      try make(trip, index)
      if trip.isCut { try wake(index) }
      return
    }
    paths = before
    arbitrageurs[index].isDue = true
    let trader = arbitrageurs[index]
    try send(
      .arbitrageExecutes(index, selling: trip.sells, limit: trip.limit), from: trader.account, trader.key,
      bidding: trader.bid, in: specification.pools[trader.pool].quote)
  }

  /// What was sent does not know what the outside asks now.
  private mutating func executeArbitrage(
    _ index: Int, selling asset: AssetID, limit: Double
  ) throws(ReferenceFailure) {
    let before = paths
    let trader = arbitrageurs[index]
    let (base, quote) = (specification.pools[trader.pool].base, specification.pools[trader.pool].quote)
    approachOutside(base.position, quote.position)
    let purse = balances[trader.account][quote.position]
    var trip: RoundTrip?
    let perSold = asset == base ? limit : 1 / limit
    if let most = bestSale(to: trader.pool, of: asset, outsideRate: perSold) {
      if asset == base {
        let sold = ReferenceEngine.most(most) {
          self.cost(of: $0, base.position, in: quote.position).map { $0 <= purse } ?? false
        }
        let bought = try self.bought(from: trader.pool, selling: asset, sold)
        if let least = ReferenceMath.ceiling(Double(sold) * limit), bought > least,
          let cost = cost(of: sold, base.position, in: quote.position), cost <= purse
        {
          trip = RoundTrip(
            sells: base, sold: sold, bought: bought, outside: cost, isCut: false, limit: limit)
        }
      } else {
        let sold = min(most, purse)
        let bought = try self.bought(from: trader.pool, selling: asset, sold)
        if let hoped = ReferenceMath.floor(Double(bought) * limit), hoped > sold,
          let gain = proceeds(of: bought, base.position, in: quote.position)
        {
          trip = RoundTrip(
            sells: quote, sold: sold, bought: bought, outside: gain, isCut: false, limit: limit)
        }
      }
    }
    if let trip {
      try make(trip, index)
    } else {
      paths = before
      try happened(
        .swapped(
          pool: PoolID(trader.pool), trader: AccountID(trader.account), asset: asset, sold: .zero,
          bought: .zero,
          price: price(of: trader.pool)))
    }
    try wake(index)
  }

  private mutating func make(_ trip: RoundTrip, _ index: Int) throws(ReferenceFailure) {
    let trader = arbitrageurs[index]
    let (b, q) = (
      specification.pools[trader.pool].base.position, specification.pools[trader.pool].quote.position
    )
    let moved: [AssetID]
    if trip.sells.position == b {
      moved = try tradeOutside(trader.account, buys: (b, trip.sold), sells: (q, trip.outside))
    } else {
      moved = try tradeOutside(trader.account, buys: (q, trip.outside), sells: (b, trip.bought))
    }
    try swap(
      in: trader.pool, by: trader.account, selling: trip.sells, trip.sold, for: trip.bought, except: index)
    if !moved.isEmpty { try tell(of: moved, except: index) }
  }

  private mutating func bestTrip(of trader: Arbitrageur) throws(ReferenceFailure) -> RoundTrip? {
    let (base, quote) = (specification.pools[trader.pool].base, specification.pools[trader.pool].quote)
    // The page says "the purse": all that the arbitrageur holds, its capital and what it has earned with it.
    let purse = balances[trader.account][quote.position]
    let (b, q) = (base.position, quote.position)
    approachOutside(b, q)
    let r = outsideRate(b, q)
    let isDeep = specification.tokens[b].impact == nil && specification.tokens[q].impact == nil
    if var best = bestSale(to: trader.pool, of: base, outsideRate: r) {
      if !isDeep {
        best = ReferenceEngine.most(best) { sold in
          guard let due = self.cost(of: sold, b, in: q) else { return false }
          return nextSale(to: trader.pool, of: base, after: sold)
            >= nextRate(b, q, afterBuying: Double(sold), for: Double(due))
        }
      }
      if best > 0 {
        let sold = ReferenceEngine.most(best) { self.cost(of: $0, b, in: q).map { $0 <= purse } ?? false }
        let bought = try bought(from: trader.pool, selling: base, sold)
        guard let cost = self.cost(of: sold, b, in: q), cost <= purse, bought > cost else { return nil }
        return RoundTrip(
          sells: base, sold: sold, bought: bought, outside: cost, isCut: sold < best,
          limit: isDeep ? r : nextRate(b, q, afterBuying: Double(sold), for: Double(cost)))
      }
    }
    guard var best = bestSale(to: trader.pool, of: quote, outsideRate: 1 / r) else { return nil }
    if !isDeep {
      best = ReferenceEngine.most(best) { sold in
        guard let bought = try? self.bought(from: trader.pool, selling: quote, sold),
          let gain = proceeds(of: bought, b, in: q)
        else { return false }
        return nextSale(to: trader.pool, of: quote, after: sold)
          * nextRate(b, q, afterBuying: -Double(bought), for: -Double(gain)) >= 1
      }
    }
    guard best > 0 else { return nil }
    let sold = min(best, purse)
    let bought = try bought(from: trader.pool, selling: quote, sold)
    guard let gain = proceeds(of: bought, b, in: q), gain > sold else { return nil }
    return RoundTrip(
      sells: quote, sold: sold, bought: bought, outside: gain, isCut: sold < best,
      limit: isDeep ? r : nextRate(b, q, afterBuying: -Double(bought), for: -Double(gain)))
  }

  /// What the pool gives for the next unit, fee and all.
  private func nextSale(to pool: Int, of asset: AssetID, after sold: Int128) -> Double {
    let x = Double(reserve(of: pool, asset))
    let k = 1 - Double(specification.pools[pool].feeMillionths) / 1_000_000
    let all = x + k * Double(sold)
    return x * Double(reserve(of: pool, otherAsset(of: pool, than: asset))) * k / (all * all)
  }

  private func bestSale(to pool: Int, of asset: AssetID, outsideRate r: Double) -> Int128? {
    let x = Double(reserve(of: pool, asset))
    let y = Double(reserve(of: pool, otherAsset(of: pool, than: asset)))
    let k = 1 - Double(specification.pools[pool].feeMillionths) / 1_000_000
    let sold = ReferenceMath.floor(((x * y * k / r).squareRoot() - x) / k)
    return sold.flatMap { $0 > 0 ? $0 : nil }
  }

  /// Moves the two legs, tells of it, and schedules what a swap schedules.
  mutating func swap(
    in pool: Int, by trader: Int, selling asset: AssetID, _ sold: Int128, for bought: Int128,
    except arbitrageur: Int? = nil
  ) throws(ReferenceFailure) {
    let other = otherAsset(of: pool, than: asset)
    move(sold, of: asset.position, from: trader, to: poolAccounts[pool])
    move(bought, of: other.position, from: poolAccounts[pool], to: trader)
    let price = price(of: pool)
    try happened(
      .swapped(
        pool: PoolID(pool), trader: AccountID(trader), asset: asset, sold: try ReferenceMath.amount(sold),
        bought: try ReferenceMath.amount(bought), price: price))
    for (index, oracle) in specification.oracles.enumerated() {
      switch oracle.source {
      case .pool(PoolID(pool)), .poolTwap(PoolID(pool), _, _): try poolHasMoved(pool, readBy: index)
      default: continue
      }
    }
    try wakeArbitrageurs(of: pool, except: arbitrageur)
  }

  private mutating func wake(_ index: Int) throws(ReferenceFailure) {
    arbitrageurs[index].isDue = true
    try schedule(.arbitrageurActs(index), .decision, after: arbitrageurs[index].latency)
  }

  /// What an oracle reads now.
  func reading(of oracle: Oracle) -> Double {
    switch oracle.source {
    case .reference: return reference[oracle.asset.position]
    case .fixed: return published[oracle.asset.position]
    case .redemptionRate: return sharePrice(oracle.asset.position, at: published)
    case .pool(let pool): return dollars(of: oracle.asset, in: pool.position, at: price(of: pool.position))
    case .poolTwap(let pool, let window, _):
      return dollars(of: oracle.asset, in: pool.position, at: average(of: pool.position, over: window))
    }
  }

  private func dollars(of asset: AssetID, in pool: Int, at price: Double) -> Double {
    let terms = specification.pools[pool]
    return asset == terms.base
      ? price * reference[terms.quote.position] : reference[terms.base.position] / price
  }
}
