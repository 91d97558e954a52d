import Kernel
import Ledger

extension World {
  mutating func fileAlarm(for id: PositionID) {
    let position = positions[id]
    alarms[position.venue].file(sleepers[id], position, in: venues[position.venue], ledger)
  }

  /// Whom has this move put below the threshold? Who is below it now, and first was after this move of the
  /// round. Taken in order of position, called to every liquidator.
  mutating func ringAlarms(
    _ venue: VenueID, _ trigger: Int, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    pending.triggers[venue][trigger].hasRung = true
    for sleeper in alarms[venue].ring(in: venues[venue], published: published) {
      let id = positionsOfVenue[venue][sleeper.position]
      let standing = try standing(of: id)
      guard standing.isLiquidatable, try firstTrigger(of: id, venue) == trigger else {
        fileAlarm(for: id)
        continue
      }
      try call(id, health: standing.health, header)
    }
  }

  /// The first move of the round after which a position was below the threshold.
  private func firstTrigger(of id: PositionID, _ venue: VenueID) throws(RunFailure.Reason) -> Int? {
    let triggers = pending.triggers[venue]
    guard triggers.count > 1 else { return 0 }
    let (position, ledger) = (positions[id], ledger)
    var pool = venues[venue]
    for (number, trigger) in triggers.enumerated() {
      for (reserve, index) in trigger.indices.enumerated() { pool.reserves[reserve].index = index }
      let standing = try calculating { () throws(ArithmeticRefusal) in
        try pool.standing(of: position, ledger, published: trigger.published)
      }
      if standing.isLiquidatable { return number }
    }
    return nil
  }

  private mutating func call(
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

  /// The debts that a position owes and the collaterals that it holds which a liquidator's pool trades for one
  /// another, as places in the venue's lists: by debt, then by collateral.
  private func pairs(of liquidator: Liquidator, _ id: PositionID) -> [(reserve: Int, collateral: Int)] {
    let position = positions[id]
    let (venue, pool) = (venues[position.venue], pools[liquidator.pool])
    var pairs: [(reserve: Int, collateral: Int)] = []
    for reserve in position.debts {
      let debt = venue.reserves[reserve]
      guard pool.trades(debt.asset),
        !ledger.balance(of: position.account, in: debt.debtAsset).isZero
      else { continue }
      for collateral in position.collateral
      where venue.collateral[collateral].asset == pool.other(than: debt.asset)
        && !venue.held(collateral, by: position, ledger).isZero
      {
        pairs.append((reserve, collateral))
      }
    }
    return pairs
  }

  private func serves(_ liquidator: Liquidator, _ id: PositionID) -> Bool {
    !pairs(of: liquidator, id).isEmpty
  }

  /// A liquidator gets to a called position: it may be healthy again, gone, not worth it, or taken.
  mutating func liquidate(
    _ id: PositionID, _ call: Int32, _ number: LiquidatorID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    guard positions[id].state == .called, positions[id].calls == call else { return }
    let standing = try standing(of: id)
    guard standing.isLiquidatable else {
      positions[id].state = .open
      fileAlarm(for: id)
      return
    }
    let liquidator = liquidators[number]
    // What it could have sold, or repaid, others have taken.
    let pairs = pairs(of: liquidator, id)
    guard !pairs.isEmpty else { return }
    guard let order = try decide(liquidator, id, pairs, health: standing.health) else {
      record(.passedOver(position: id, liquidator: number), header)
      // Looking again is caused by the call, not by having looked.
      try scheduleAct(
        of: number, on: id, after: liquidator.retry, from: header.time, positions[id].call ?? header)
      return
    }
    try settle(order, liquidator, id, number, header)
    try followUp(id, number, header)
  }

  private func decide(
    _ liquidator: Liquidator, _ id: PositionID, _ pairs: [(reserve: Int, collateral: Int)], health: Double
  ) throws(RunFailure.Reason) -> LiquidationOrder? {
    let position = positions[id]
    let (venue, pool) = (venues[position.venue], pools[liquidator.pool])
    let (ledger, published) = (ledger, published)
    return try calculating { () throws(ArithmeticRefusal) in
      var views: [LiquidationView] = []
      for (reserve, collateral) in pairs {
        views.append(
          LiquidationView(
            venue: venue, reserve: reserve, collateral: collateral,
            owed: try venue.reserves[reserve].owed(by: position.account, ledger),
            held: venue.held(collateral, by: position, ledger), health: health, published: published,
            pool: pool, reserves: pool.reserves(selling: venue.collateral[collateral].asset, ledger)))
      }
      return try liquidator.decide(views)
    }
  }

  /// Seize, sell and repay in one posting: the liquidator needs nothing of its own.
  private mutating func settle(
    _ order: LiquidationOrder, _ liquidator: Liquidator, _ id: PositionID, _ number: LiquidatorID,
    _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let position = positions[id]
    let held = venues[position.venue].collateral[order.collateral].asset
    let pool = pools[liquidator.pool]
    var changed = venues[position.venue].reserves[order.reserve]
    let ledger = ledger
    let repayment = try calculating { () throws(ArithmeticRefusal) in
      try changed.repay(order.repaid, of: position.account, by: liquidator.account, ledger)
    }
    try post(
      Posting(
        [
          Transfer(
            from: position.account, to: liquidator.account, asset: held, amount: order.seized, for: .seizure)
        ]
          + pool.swap(by: liquidator.account, selling: held, order.seized, for: order.proceeds)
          + repayment))
    venues[position.venue].reserves[order.reserve] = changed
    record(
      .liquidated(
        position: id, liquidator: number, reserve: Int32(order.reserve), collateral: held,
        repaid: order.repaid, seized: order.seized, price: published[held]), header)
    try afterSwap(
      in: liquidator.pool, by: liquidator.account, selling: held, order.seized, for: order.proceeds, header)
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
  private mutating func returnCollateral(of position: Position) throws(RunFailure.Reason) {
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
