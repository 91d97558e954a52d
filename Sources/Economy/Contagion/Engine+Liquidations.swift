import Kernel
import Ledger

extension World {
  /// Files the level at which a position becomes liquidatable (see `AlarmIndex`).
  mutating func fileAlarm(for id: PositionID) throws(RunFailure.Reason) {
    let position = positions[id]
    let venue = venues[position.venue]
    let terms = venue.collateral[position.terms]
    let scaled = -ledger.balance(of: position.account, in: venue.debtAsset)
    let held = collateral(of: position)
    // What is owed is rounded up, so it may be one unit more than scaled · index: count one more.
    let level =
      (Double(scaled.units) + 1) / ledger[venue.loanAsset].unitsPerToken
      / (Double(held.units) / ledger[terms.asset].unitsPerToken * terms.threshold)
    alarms[position.venue][position.terms].file(id, level: level)
  }

  /// The venue's side of the alarm rule: pᶜ / (pᵈ · index).
  func alarmCoordinate(venue: VenueID, terms: Int) -> Double {
    let pool = venues[venue]
    return published[pool.collateral[terms].asset]
      / (published[pool.loanAsset] * (Double(pool.index.value) / Double(DebtIndex.one)))
  }

  /// Whom has this move put below the threshold? Who is below it now, and first was after this move of the
  /// round. Taken in order of position, called to every liquidator.
  mutating func ringAlarms(
    _ venue: VenueID, _ trigger: Int, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    pending.triggers[venue][trigger].hasRung = true
    var ringing: [PositionID] = []
    for terms in alarms[venue].indices {
      ringing += alarms[venue][terms].ring(at: alarmCoordinate(venue: venue, terms: terms))
    }
    ringing.sort()
    for id in ringing {
      guard try isLiquidatable(id), try firstTrigger(of: id, venue) == trigger else {
        try fileAlarm(for: id)
        continue
      }
      try call(id, venue, header)
    }
  }

  /// The first move of the round after which a position was below the threshold.
  private func firstTrigger(of id: PositionID, _ venue: VenueID) throws(RunFailure.Reason) -> Int? {
    let triggers = pending.triggers[venue]
    guard triggers.count > 1 else { return 0 }
    let position = positions[id]
    let scaled = -ledger.balance(of: position.account, in: venues[venue].debtAsset)
    let held = collateral(of: position)
    for (number, trigger) in triggers.enumerated() {
      let owed = try calculating { () throws(ArithmeticRefusal) in try trigger.index.owed(scaled) }
      let isBelow = venues[venue].isLiquidatable(
        owed: owed, collateral: held, terms: terms(of: position), published: trigger.published)
      if isBelow { return number }
    }
    return nil
  }

  private mutating func call(
    _ id: PositionID, _ venue: VenueID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let position = positions[id]
    let health = venues[venue].health(
      owed: try owed(by: id), collateral: collateral(of: position), terms: terms(of: position),
      published: published)
    positions[id].state = .called
    positions[id].calls += 1
    positions[id].actsSinceCall = 0
    positions[id].call = header
    record(.becameLiquidatable(position: id, health: health), header)
    for (number, liquidator) in liquidators.identified(as: LiquidatorTag.self)
    where serves(liquidator, position) {
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

  /// A liquidator takes what its pool can turn into the loan asset.
  func serves(_ liquidator: Liquidator, _ position: Position) -> Bool {
    let pool = pools[liquidator.pool]
    let (held, loan) = (terms(of: position).asset, venues[position.venue].loanAsset)
    return pool.trades(held) && pool.other(than: held) == loan
  }

  func isLiquidatable(_ id: PositionID) throws(RunFailure.Reason) -> Bool {
    let position = positions[id]
    return venues[position.venue].isLiquidatable(
      owed: try owed(by: id), collateral: collateral(of: position), terms: terms(of: position),
      published: published)
  }

  /// A liquidator gets to a called position: it may be healthy again, gone, not worth it, or taken.
  mutating func liquidate(
    _ id: PositionID, _ call: Int32, _ number: LiquidatorID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    guard positions[id].state == .called, positions[id].calls == call else { return }
    guard try isLiquidatable(id) else {
      positions[id].state = .open
      try fileAlarm(for: id)
      return
    }
    let liquidator = liquidators[number]
    guard let order = try decide(liquidator, id) else {
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
    _ liquidator: Liquidator, _ id: PositionID
  ) throws(RunFailure.Reason) -> LiquidationOrder? {
    let position = positions[id]
    let pool = pools[liquidator.pool]
    let view = LiquidationView(
      venue: venues[position.venue], terms: terms(of: position), owed: try owed(by: id),
      collateral: collateral(of: position), published: published, pool: pool,
      reserves: pool.reserves(selling: terms(of: position).asset, ledger))
    return try calculating { () throws(ArithmeticRefusal) in try liquidator.decide(view) }
  }

  /// Seize, sell and repay in one posting: the liquidator needs nothing of its own.
  private mutating func settle(
    _ order: LiquidationOrder, _ liquidator: Liquidator, _ id: PositionID, _ number: LiquidatorID,
    _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let position = positions[id]
    let held = terms(of: position).asset
    let pool = pools[liquidator.pool]
    var changed = venues[position.venue]
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
    venues[position.venue] = changed
    record(
      .liquidated(
        position: id, liquidator: number, repaid: order.repaid, seized: order.seized,
        price: published[held]), header)
    try afterSwap(
      in: liquidator.pool, by: liquidator.account, selling: held, order.seized, for: order.proceeds, header)
    try scheduleMeasurement(because: header)
  }

  /// After a liquidation a position is closed, lost, still below the threshold, or healthy.
  private mutating func followUp(
    _ id: PositionID, _ number: LiquidatorID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    positions[id].actsSinceCall += 1
    let position = positions[id]
    let isPaid = ledger.balance(of: position.account, in: venues[position.venue].debtAsset).isZero
    let isExhausted = collateral(of: position).isZero
    if isPaid || isExhausted {
      positions[id].state = .closed
      guard !isPaid else { return try returnCollateral(of: position) }
      switch venues[position.venue].recognition {
      case .onExhaustion: try schedule(.lossFalls(position: id), from: header.time, because: header)
      }
    } else if try isLiquidatable(id) {
      try scheduleAct(of: number, on: id, after: wait(of: liquidators[number], for: id), header)
    } else {
      positions[id].state = .open
      try fileAlarm(for: id)
    }
  }

  /// What is left in escrow when the debt is paid is the borrower's.
  private mutating func returnCollateral(of position: Position) throws(RunFailure.Reason) {
    let held = collateral(of: position)
    guard !held.isZero else { return }
    try post(
      Posting(
        Transfer(
          from: position.account, to: position.owner, asset: terms(of: position).asset, amount: held,
          for: .collateral)))
  }
}
