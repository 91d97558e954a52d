import Kernel
import Ledger

/// The engine: takes the next event, lets the one that it concerns decide, posts, remembers.
///
/// Follow a dollar of loss: `shockSteps` → `oraclePublishes` → `alarmsRing` → `liquidatorActs` → `lossFalls`,
/// each scheduled because of the one before, each in a file of its own (`Engine+Prices`, `+Liquidations`,
/// `+Losses`).
extension World {
  /// Runs to the horizon.
  package mutating func run() throws(RunFailure) {
    while try step() {}
  }

  /// Handles one event; false when nothing is left before the horizon.
  package mutating func step() throws(RunFailure) -> Bool {
    guard let (header, event) = queue.next(through: horizon) else { return false }
    measures.countEvent()
    do throws(RunFailure.Reason) {
      try handle(event, header)
      if auditor?.isDue(after: event) == true { try checkBooks() }
    } catch {
      throw RunFailure(error, during: header)
    }
    return true
  }

  private mutating func handle(_ event: Event, _ header: EventHeader) throws(RunFailure.Reason) {
    switch event {
    case .shockSteps(let shock, _): try stepPrice(shocks[shock], header)
    case .interestAccrues(let venue): try accrueInterest(venue, header)
    case .oraclePublishes(let oracle, let price): try publish(oracle, price, header)
    case .alarmsRing(let venue): try ringAlarms(venue, header)
    case .arbitrageurActs(let arbitrageur): try arbitrage(arbitrageur, header)
    case .liquidatorActs(let liquidator, let position, let call):
      try liquidate(position, call, liquidator, header)
    case .lossFalls(let position): try recogniseLoss(position, header)
    case .badDebtIsMeasured: try measureBadDebt(header)
    }
  }
}

// MARK: What every handler uses

extension World {
  mutating func schedule(
    _ event: Event, at time: SimTime, because cause: EventHeader?
  ) throws(RunFailure.Reason) {
    do throws(EventQueueError) {
      _ = try queue.schedule(event, at: time, phase: event.phase, cause: cause)
    } catch { throw .queue(error) }
  }

  mutating func record(_ fact: Fact, _ header: EventHeader) {
    let record = FactRecord(header: header, fact: fact)
    measures.observe(record)
    auditor?.observe(fact)
    if factsKept.keeps(fact) { facts.append(record) }
  }

  mutating func post(_ posting: Posting) throws(RunFailure.Reason) {
    try settling { () throws(LedgerRefusal) in try ledger.post(posting) }
  }

  func later(_ time: SimTime, by wait: SimDuration) throws(RunFailure.Reason) -> SimTime {
    do throws(SimTimeError) { return try time + wait } catch { throw .time(error) }
  }

  func owed(by position: PositionID) throws(RunFailure.Reason) -> Amount {
    let position = positions[position]
    let (venue, ledger) = (venues[position.venue], ledger)
    return try calculating { () throws(ArithmeticRefusal) in try venue.owed(by: position.account, ledger) }
  }

  func terms(of position: Position) -> CollateralTerms {
    venues[position.venue].collateral[position.terms]
  }

  func collateral(of position: Position) -> Amount {
    ledger.balance(of: position.account, in: terms(of: position).asset)
  }

  /// A drawn or fixed latency. The epoch is the trigger's identity (which position, called when), never a
  /// count of draws: deleting one liquidation leaves all other draws as they are.
  func wait(of liquidator: Liquidator, for position: Position, calledAt time: SimTime) -> SimDuration {
    switch liquidator.latency {
    case .fixed(let latency): return latency
    case .exponential(let mean):
      let trigger = Epoch(born: position.key.bits, child: UInt64(bitPattern: time.microseconds))
      let word = streams.word(.reactionLatency, liquidator.key, trigger)
      let drawn = -ElementaryMath.log(UnitInterval.open(word)) * Double(mean.microseconds)
      return SimDuration(microseconds: Int64(drawn.rounded(.down)))
    }
  }
}
