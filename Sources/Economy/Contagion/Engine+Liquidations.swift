import Kernel
import Ledger

extension World {
  /// To every liquidator that can do something about it.
  mutating func call(
    _ id: PositionID, health: Double, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    positions[id].state = .called
    positions[id].calls += 1
    positions[id].actsSinceCall = 0
    positions[id].onTheWay = 0
    positions[id].call = header
    record(.becameLiquidatable(position: id, health: health), header)
    if try giveUpIfWorthless(id, carrying: health, header) { return }
    let pairs = pairs(id)
    for place in liquidators.indices {
      let number = LiquidatorID(place)
      guard serves(number, pairs) else { continue }
      try scheduleAct(of: number, on: id, after: wait(of: liquidators[number], for: id), header)
    }
    strand(id)
  }

  /// Remembers a called position to which nobody comes any more.
  mutating func strand(_ id: PositionID) {
    if positions[id].isStranded { pending.stranded[positions[id].venue].append(id) }
  }

  private mutating func scheduleAct(
    of liquidator: LiquidatorID, on id: PositionID, after wait: SimDuration, from time: SimTime? = nil,
    _ cause: EventHeader
  ) throws(RunFailure.Reason) {
    // Whoever would come after the horizon is on the way all the same: a longer run begins as a shorter one.
    positions[id].onTheWay += 1
    try schedule(
      .liquidatorActs(liquidator: liquidator, position: id, call: positions[id].calls), after: wait,
      from: time ?? cause.time, because: cause)
  }

  /// The debts that a position owes and the collaterals that it holds: by debt, then by collateral.
  private func pairs(_ id: PositionID) -> DebtPairs {
    let (account, venue) = (positions[id].account, positions[id].venue)
    var pairs = DebtPairs()
    for reserve in positions[id].debts {
      let (asset, debtAsset) = (
        venues[venue].reserves[reserve].asset, venues[venue].reserves[reserve].debtAsset
      )
      guard !ledger.balance(of: account, in: debtAsset).isZero else { continue }
      for collateral in positions[id].collateral {
        let held = venues[venue].collateral[collateral].asset
        guard !ledger.balance(of: account, in: held).isZero else { continue }
        pairs.append(DebtPair(reserve: reserve, debt: asset, collateral: collateral, held: held))
      }
    }
    return pairs
  }

  /// Whether a liquidator can turn the one into the other.
  private func serves(_ number: LiquidatorID, _ pair: DebtPair) -> Bool {
    // What is repaid out of its capital is its currency.
    guard
      liquidators[number].terms.sellsAfter == nil || pair.debt == liquidators[number].terms.currency
    else { return false }
    switch liquidators[number].terms.market {
    case .pool(let pool):
      return pools[pool].trades(pair.debt) && pools[pool].other(than: pair.debt) == pair.held
    // Nobody outside buys a venue's shares.
    case .outside: return pair.held != pair.debt && shares[pair.held.position] == nil
    }
  }

  private func serves(_ number: LiquidatorID, _ pairs: DebtPairs) -> Bool {
    pairs.contains { serves(number, $0) }
  }

  /// Whether anybody can do something about a position.
  func isServed(_ id: PositionID) -> Bool {
    let pairs = pairs(id)
    return liquidators.indices.contains { serves(LiquidatorID($0), pairs) }
  }

  /// Those that a liquidator can turn into one another.
  private func pairs(of number: LiquidatorID, _ id: PositionID) -> DebtPairs {
    pairs(id).filter { serves(number, $0) }
  }

  /// A liquidator gets to a called position: it may be healthy again, gone, not worth it, or taken. Where
  /// there is a chain it sends a transaction, which waits for its block.
  mutating func liquidate(
    _ id: PositionID, _ call: Int32, _ number: LiquidatorID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    // What answered an earlier call has lost its meaning.
    guard positions[id].calls == call else { return }
    positions[id].onTheWay -= 1
    if let found = try look(at: id, call, number, header) {
      try answer(found, at: id, number, header)
    }
    strand(id)
  }

  private mutating func answer(
    _ order: LiquidationOrder?, at id: PositionID, _ number: LiquidatorID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    guard let order else {
      record(.passedOver(position: id, liquidator: number), header)
      return try lookAgain(number, at: id, header)
    }
    guard chain != nil else { return try carryOut(order, id, number, header) }
    let intent = Event.liquidatorExecutes(liquidator: number, position: id, call: positions[id].calls)
    positions[id].onTheWay += 1
    try send(intent, by: TransactionSender(liquidators[number]), at: header.time, because: header)
  }

  /// A liquidator's transaction has found its block: what it wanted may be gone. The bid is paid all the
  /// same.
  mutating func executeLiquidation(
    _ id: PositionID, _ call: Int32, _ number: LiquidatorID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let isCurrent = positions[id].calls == call
    if isCurrent { positions[id].onTheWay -= 1 }
    let found = try look(at: id, call, number, header)
    if let found, let order = found {
      try carryOut(order, id, number, header)
    } else {
      record(.reverted(position: id, liquidator: number), header)
      if found != nil { try lookAgain(number, at: id, header) }
    }
    if isCurrent { strand(id) }
  }

  /// Nil if there is nothing left to do for this call; otherwise the order that is worth while, if any is.
  private mutating func look(
    at id: PositionID, _ call: Int32, _ number: LiquidatorID, _ header: EventHeader
  ) throws(RunFailure.Reason) -> LiquidationOrder?? {
    guard positions[id].state == .called, positions[id].calls == call else { return nil }
    // At a stale price nobody is liquidated, and nobody found healthy.
    if needsStalePrice(id, at: header.time) { return pairs(of: number, id).isEmpty ? nil : .some(nil) }
    let standing = try standing(of: id)
    if try giveUpIfWorthless(id, carrying: standing.carries, header) {
      record(.passedOver(position: id, liquidator: number), header)
      return nil
    }
    guard standing.isLiquidatable else {
      positions[id].state = .open
      fileAlarm(for: id)
      return nil
    }
    // What it could have sold, or repaid, others have taken.
    let pairs = pairs(of: number, id)
    guard !pairs.isEmpty else { return nil }
    return .some(try decide(number, id, pairs, health: standing.health, at: header.time))
  }

  /// Looking again is caused by the call, not by having looked.
  private mutating func lookAgain(
    _ number: LiquidatorID, at id: PositionID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    try scheduleAct(
      of: number, on: id, after: liquidators[number].terms.retry, from: header.time,
      positions[id].call ?? header)
  }

  private func decide(
    _ number: LiquidatorID, _ id: PositionID, _ pairs: DebtPairs, health: Double, at time: SimTime
  ) throws(RunFailure.Reason) -> LiquidationOrder? {
    let account = positions[id].account
    do throws(ArithmeticRefusal) {
      var best = BestOrder()
      for pair in pairs {
        let owed = try venues[positions[id].venue].reserves[pair.reserve].owed(by: account, ledger)
        let view = try LiquidationView(
          venue: venues[positions[id].venue], reserve: pair.reserve, collateral: pair.collateral, owed: owed,
          held: ledger.balance(of: account, in: pair.held), health: health, published: published,
          market: market(of: number, selling: pair.held, for: pair.debt, at: time),
          purse: ledger.balance(of: liquidators[number].account, in: pair.debt))
        try best.consider(view, by: liquidators[number])
      }
      return best.order
    } catch { throw .arithmetic(error) }
  }

  private func market(
    of number: LiquidatorID, selling asset: AssetID, for other: AssetID, at time: SimTime
  ) -> LiquidationView.Market {
    switch liquidators[number].terms.market {
    case .pool(let pool): .pool(pools[pool], pools[pool].reserves(selling: asset, ledger))
    case .outside: .outside(market.outside(of: asset, in: other, at: time))
    }
  }

  private mutating func carryOut(
    _ order: LiquidationOrder, _ id: PositionID, _ number: LiquidatorID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    try settle(order, id, number, header)
    try followUp(id, number, header)
  }

  /// Seize and repay in one posting, and sell in the same one unless the firm sells later: then it needs
  /// nothing of its own but what a loss costs.
  private mutating func settle(
    _ order: LiquidationOrder, _ id: PositionID, _ number: LiquidatorID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let position = positions[id]
    let (seller, market) = (liquidators[number].account, liquidators[number].terms.market)
    let held = venues[position.venue].collateral[order.collateral].asset
    var changed = venues[position.venue].reserves[order.reserve]
    let sale = Sale(
      seller: seller, asset: held, amount: order.seized, other: changed.asset, proceeds: order.proceeds,
      market: market)
    let sellsNow = liquidators[number].terms.sellsAfter == nil
    var legs = [
      Transfer(from: position.account, to: seller, asset: held, amount: order.seized, for: .seizure)
    ]
    if sellsNow { legs += self.legs(of: sale) }
    do throws(ArithmeticRefusal) {
      legs += try changed.repay(order.repaid, of: position.account, by: seller, ledger)
    } catch { throw .arithmetic(error) }
    try post(Posting(legs))
    venues[position.venue].reserves[order.reserve] = changed
    record(
      .liquidated(
        position: id, liquidator: number, reserve: Int32(order.reserve), collateral: held,
        repaid: order.repaid, seized: order.seized, price: published[held]), header)
    if sellsNow { try afterSale(sale, header) } else { try scheduleSale(of: held, by: number, header) }
    try cashCame(to: position.venue, header)
    try scheduleMeasurement(because: header)
  }

  /// After a liquidation a position is closed, lost, still below the threshold, or healthy.
  private mutating func followUp(
    _ id: PositionID, _ number: LiquidatorID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    positions[id].actsSinceCall += 1
    weighAnew(id)
    try scheduleProvisions(positions[id].venue, because: header)
    let position = positions[id]
    if venues[position.venue].isPaid(position, ledger) {
      positions[id].state = .closed
      try returnCollateral(of: position)
    } else if venues[position.venue].isExhausted(position, ledger, published: published) {
      try nothingIsLeft(of: id, header)
    } else if try !standing(of: id).isLiquidatable {
      positions[id].state = .open
      fileAlarm(for: id)
    } else if serves(number, pairs(id)) {
      try scheduleAct(of: number, on: id, after: wait(of: liquidators[number], for: id), header)
    }
  }

  /// What is left in escrow when the debts are paid is the borrower's.
  mutating func returnCollateral(of position: Position) throws(RunFailure.Reason) {
    let venue = venues[position.venue]
    var legs: [Transfer] = []
    for place in position.collateral {
      let held = venue.held(place, by: position, ledger)
      guard !held.isZero else { continue }
      legs.append(
        Transfer(
          from: position.account, to: position.owner, asset: venue.collateral[place].asset, amount: held,
          for: .collateral))
    }
    if !legs.isEmpty { try post(Posting(legs)) }
  }
}
