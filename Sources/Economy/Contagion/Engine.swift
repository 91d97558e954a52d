import Kernel
import Ledger

/// The engine: takes the next event, lets the one that it concerns decide, posts, remembers.
///
/// Follow a dollar of loss: `shockSteps`, `pricesTick` → `oraclePublishes` → `alarmsRing` → `liquidatorActs`
/// → `lossFalls`, each scheduled because of the one before, each in a file of its own (`Engine+Prices`,
/// `+Markets`, `+Liquidations`, `+Losses`).
extension World {
  /// Runs to the horizon.
  package mutating func run() throws(RunFailure) {
    while try step() {}
    findEmptyPromises()
    do throws(RunFailure.Reason) {
      try measureAtTheEnd()
      try closeBooks()
    } catch { throw RunFailure(error, during: nil) }
  }

  /// Handles one event; false when nothing is left before the horizon.
  package mutating func step() throws(RunFailure) -> Bool {
    guard let (header, event) = queue.next(through: horizon) else { return false }
    measures.countEvent()
    do throws(RunFailure.Reason) {
      try handle(event, header)
      if let auditor, auditor.isDue(after: event) {
        try checkBooks(whole: auditor.frequency == .afterEveryEvent)
      }
    } catch {
      throw RunFailure(error, during: header)
    }
    return true
  }

  private mutating func handle(_ event: Event, _ header: EventHeader) throws(RunFailure.Reason) {
    switch event {
    case .shockSteps(let shock, let number): try stepPrice(shock, Int(number), header)
    case .pricesTick(let number): try tickPrices(number, header)
    case .interestAccrues(let venue): try accrueInterest(venue, header)
    case .oraclePublishes(let oracle, let price): try publish(oracle, price, header)
    case .oracleBeats(let oracle): try beat(oracle, header)
    case .outageEnds(let oracle): try endOutage(of: oracle, header)
    case .averageMoves(let oracle): try readAverage(oracle, header)
    case .manipulationTurns(let number): try manipulate(Int(number), header)
    case .alarmsRing(let venue, let trigger): try ringAlarms(venue, Int(trigger), header)
    case .arbitrageurActs(let arbitrageur): try arbitrage(arbitrageur, header)
    case .arbitrageExecutes(let arbitrageur, let asset, let limit):
      try executeArbitrage(arbitrageur, selling: asset, downTo: limit, header)
    case .liquidatorActs(let liquidator, let position, let call):
      try liquidate(position, call, liquidator, header)
    case .liquidatorExecutes(let liquidator, let position, let call):
      try executeLiquidation(position, call, liquidator, header)
    case .liquidatorSells(let liquidator, let asset):
      try sellInventory(liquidator, asset, isExecuting: false, header)
    case .inventorySaleExecutes(let liquidator, let asset):
      try sellInventory(liquidator, asset, isExecuting: true, header)
    case .blockIsMade(let number): try makeBlock(number, header)
    case .lossFalls(let position): try recogniseLoss(position, header)
    case .provisionsAreWeighed(let venue): try weighProvisions(venue, header)
    case .promiseActs(let promise): try actOnPromise(Int(promise), header)
    case .noiseTrades(let trader, let number):
      try tradeNoise(trader, number, isExecuting: false, header)
    case .noiseTradeExecutes(let trader, let number):
      try tradeNoise(trader, number, isExecuting: true, header)
    case .governanceDecides(let change): try govern(Int(change), header)
    case .badDebtIsMeasured: try measureBadDebt(header)
    case .lenderWatches(let lender): try watch(lender, header)
    case .holderWatches(let holder): try watch(holder, header)
    case .borrowerWatches(let borrower): try watch(borrower, header)
    case .looperLooks(let looper): try look(looper, header)
    case .curatorLooks(let vault): try curate(vault, header)
    case .fundRebalances(let venue, let step): try rebalance(venue, Int(step), header)
    case .vaultMarks(let vault, let holding, let change, let loss):
      try mark(vault, Int(holding), by: change, afterLoss: loss, header)
    case .vaultServes(let vault): try serveQueue(of: vault, header)
    }
  }
}

// MARK: What every handler uses

extension World {
  /// Schedules what follows `wait` after `time`. What would happen after the horizon is not scheduled.
  ///
  /// - Parameter phase: the event's own, unless it is said.
  mutating func schedule(
    _ event: Event, after wait: SimDuration = .zero, from time: SimTime, phase: Phase? = nil,
    because cause: EventHeader?
  ) throws(RunFailure.Reason) {
    let (sum, overflow) = time.microseconds.addingReportingOverflow(wait.microseconds)
    guard !overflow, sum <= horizon.microseconds else { return }
    let time = SimTime(microseconds: sum)
    do throws(EventQueueError) {
      _ = try queue.schedule(event, at: time, phase: phase ?? event.phase, cause: cause)
    } catch { throw .queue(error) }
  }

  mutating func record(_ fact: Fact, _ header: EventHeader) {
    let record = FactRecord(header: header, fact: fact)
    measures.observe(record)
    record.feed(&factFingerprint)
    auditor?.observe(fact)
    if factsKept.keeps(fact) { facts.append(record) }
  }

  mutating func post(_ posting: Posting) throws(RunFailure.Reason) {
    try settling(posting, in: &ledger)
  }

  /// What a position carries and owes at the prices that venues see.
  func standing(of id: PositionID) throws(RunFailure.Reason) -> Standing {
    do throws(ArithmeticRefusal) {
      return try venues[positions[id].venue].standing(of: positions[id], ledger, published: published)
    } catch { throw .arithmetic(error) }
  }

  /// A drawn or fixed latency. The epoch is the trigger's identity: which call of the position, and how often
  /// it has been liquidated since. It is never a count of draws, and no clock comes in: deleting one
  /// liquidation, or moving an oracle's delay, leaves all other draws as they are.
  func wait(of liquidator: Liquidator, for id: PositionID) throws(RunFailure.Reason) -> SimDuration {
    try drawn(liquidator.terms.latency) {
      let position = positions[id]
      let trigger = Epoch(
        born: position.key.bits, child: UInt64(position.calls) << 32 | UInt64(position.actsSinceCall))
      return streams.word(.reactionLatency, liquidator.key, trigger)
    }
  }

  func drawn(_ latency: Latency, _ word: () -> UInt64) throws(RunFailure.Reason) -> SimDuration {
    let drawn: SimDuration?
    do throws(DistributionError) { drawn = try latency.draw(word()) } catch { throw .distribution(error) }
    guard let drawn else { throw .arithmetic(.overflow) }
    return drawn
  }
}
