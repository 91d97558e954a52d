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
    positions[id].call = header
    record(.becameLiquidatable(position: id, health: health), header)
    for (number, liquidator) in liquidators.identified(as: LiquidatorTag.self)
    where serves(liquidator, id) {
      try scheduleAct(of: number, on: id, after: wait(of: liquidator, for: id), header)
    }
  }

  private mutating func scheduleAct(
    of liquidator: LiquidatorID, on id: PositionID, after wait: SimDuration, from time: SimTime? = nil,
    _ cause: EventHeader
  ) throws(RunFailure.Reason) {
    try schedule(
      .liquidatorActs(liquidator: liquidator, position: id, call: positions[id].calls), after: wait,
      from: time ?? cause.time, because: cause)
  }

  /// The debts that a position owes and the collaterals that it holds which a liquidator can turn into one
  /// another, as places in the venue's lists: by debt, then by collateral.
  private func pairs(of liquidator: Liquidator, _ id: PositionID) -> [(reserve: Int, collateral: Int)] {
    let position = positions[id]
    let venue = venues[position.venue]
    var pairs: [(reserve: Int, collateral: Int)] = []
    for reserve in position.debts {
      let debt = venue.reserves[reserve]
      guard !ledger.balance(of: position.account, in: debt.debtAsset).isZero else { continue }
      for collateral in position.collateral
      where serves(liquidator, collateral: venue.collateral[collateral].asset, debt: debt.asset)
        && !venue.held(collateral, by: position, ledger).isZero
      {
        pairs.append((reserve, collateral))
      }
    }
    return pairs
  }

  private func serves(_ liquidator: Liquidator, collateral: AssetID, debt: AssetID) -> Bool {
    // What is repaid out of its capital is its currency.
    guard liquidator.terms.sellsAfter == nil || debt == liquidator.terms.currency else { return false }
    switch liquidator.terms.market {
    case .pool(let pool): return pools[pool].trades(debt) && pools[pool].other(than: debt) == collateral
    // Nobody outside buys a venue's shares.
    case .outside: return collateral != debt && shares[collateral.position] == nil
    }
  }

  private func serves(_ liquidator: Liquidator, _ id: PositionID) -> Bool {
    !pairs(of: liquidator, id).isEmpty
  }

  /// A liquidator gets to a called position: it may be healthy again, gone, not worth it, or taken. Where
  /// there is a chain it sends a transaction, which waits for its block.
  mutating func liquidate(
    _ id: PositionID, _ call: Int32, _ number: LiquidatorID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let liquidator = liquidators[number]
    guard let found = try look(at: id, call, liquidator, header.time) else { return }
    guard let order = found else {
      record(.passedOver(position: id, liquidator: number), header)
      return try lookAgain(number, at: id, header)
    }
    guard chain != nil else { return try carryOut(order, id, number, header) }
    let intent = Event.liquidatorExecutes(liquidator: number, position: id, call: call)
    try send(intent, by: TransactionSender(liquidator), at: header.time, because: header)
  }

  /// A liquidator's transaction has found its block: what it wanted may be gone. The bid is paid all the
  /// same.
  mutating func executeLiquidation(
    _ id: PositionID, _ call: Int32, _ number: LiquidatorID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let found = try look(at: id, call, liquidators[number], header.time)
    if let found, let order = found { return try carryOut(order, id, number, header) }
    record(.reverted(position: id, liquidator: number), header)
    if found != nil { try lookAgain(number, at: id, header) }
  }

  /// Nil if there is nothing left to do for this call; otherwise the order that is worth while, if any is.
  private mutating func look(
    at id: PositionID, _ call: Int32, _ liquidator: Liquidator, _ time: SimTime
  ) throws(RunFailure.Reason) -> LiquidationOrder?? {
    guard positions[id].state == .called, positions[id].calls == call else { return nil }
    // At a stale price nobody is liquidated, and nobody found healthy.
    if needsStalePrice(id, at: time) { return pairs(of: liquidator, id).isEmpty ? nil : .some(nil) }
    let standing = try standing(of: id)
    guard standing.isLiquidatable else {
      positions[id].state = .open
      fileAlarm(for: id)
      return nil
    }
    // What it could have sold, or repaid, others have taken.
    let pairs = pairs(of: liquidator, id)
    guard !pairs.isEmpty else { return nil }
    return .some(try decide(liquidator, id, pairs, health: standing.health, at: time))
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
    _ liquidator: Liquidator, _ id: PositionID, _ pairs: [(reserve: Int, collateral: Int)],
    health: Double, at time: SimTime
  ) throws(RunFailure.Reason) -> LiquidationOrder? {
    let position = positions[id]
    let venue = venues[position.venue]
    let (ledger, published) = (ledger, published)
    let markets = pairs.map { pair in
      market(
        of: liquidator, selling: venue.collateral[pair.collateral].asset,
        for: venue.reserves[pair.reserve].asset, at: time)
    }
    return try calculating { () throws(ArithmeticRefusal) in
      var views: [LiquidationView] = []
      for ((reserve, collateral), market) in zip(pairs, markets) {
        views.append(
          LiquidationView(
            venue: venue, reserve: reserve, collateral: collateral,
            owed: try venue.reserves[reserve].owed(by: position.account, ledger),
            held: venue.held(collateral, by: position, ledger), health: health, published: published,
            market: market,
            purse: ledger.balance(of: liquidator.account, in: venue.reserves[reserve].asset)))
      }
      return try liquidator.decide(views)
    }
  }

  private func market(
    of liquidator: Liquidator, selling asset: AssetID, for other: AssetID, at time: SimTime
  ) -> LiquidationView.Market {
    switch liquidator.terms.market {
    case .pool(let pool): .pool(pools[pool], pools[pool].reserves(selling: asset, ledger))
    case .outside: .outside(market.outside(of: asset, in: other, at: time))
    }
  }

  private mutating func carryOut(
    _ order: LiquidationOrder, _ id: PositionID, _ number: LiquidatorID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    try settle(order, liquidators[number], id, number, header)
    try followUp(id, number, header)
  }

  /// Seize and repay in one posting, and sell in the same one unless the firm sells later: then it needs
  /// nothing of its own but what a loss costs.
  private mutating func settle(
    _ order: LiquidationOrder, _ liquidator: Liquidator, _ id: PositionID, _ number: LiquidatorID,
    _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let position = positions[id]
    let held = venues[position.venue].collateral[order.collateral].asset
    var changed = venues[position.venue].reserves[order.reserve]
    let ledger = ledger
    let repayment = try calculating { () throws(ArithmeticRefusal) in
      try changed.repay(order.repaid, of: position.account, by: liquidator.account, ledger)
    }
    let sale = Sale(
      seller: liquidator.account, asset: held, amount: order.seized, other: changed.asset,
      proceeds: order.proceeds, market: liquidator.terms.market)
    let sellsNow = liquidator.terms.sellsAfter == nil
    try post(
      Posting(
        [
          Transfer(
            from: position.account, to: liquidator.account, asset: held, amount: order.seized, for: .seizure)
        ] + (sellsNow ? legs(of: sale) : []) + repayment))
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
    hiddenBadDebt[positions[id].venue].positionChanged(sleepers[id])
    let position = positions[id]
    let venue = venues[position.venue]
    if venue.isPaid(position, ledger) {
      positions[id].state = .closed
      try returnCollateral(of: position)
    } else if venue.isExhausted(position, ledger) {
      positions[id].state = .closed
      switch venue.recognition {
      case .onExhaustion: try schedule(.lossFalls(position: id), from: header.time, because: header)
      }
    } else if try !standing(of: id).isLiquidatable {
      positions[id].state = .open
      fileAlarm(for: id)
    } else if serves(liquidators[number], id) {
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
