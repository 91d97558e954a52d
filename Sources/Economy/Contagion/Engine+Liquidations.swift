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

  /// Who is below the threshold now? Taken in order of position, called to every liquidator.
  mutating func ringAlarms(_ venue: VenueID, _ header: EventHeader) throws(RunFailure.Reason) {
    pending.alarms[venue] = false
    var ringing: [PositionID] = []
    for terms in alarms[venue].indices {
      ringing += alarms[venue][terms].ring(at: alarmCoordinate(venue: venue, terms: terms))
    }
    ringing.sort()
    for id in ringing {
      guard try isLiquidatable(id) else {
        try fileAlarm(for: id)
        continue
      }
      let position = positions[id]
      let health = venues[venue].health(
        owed: try owed(by: id), collateral: collateral(of: position), terms: terms(of: position),
        published: published)
      positions[id].state = .called
      positions[id].calls += 1
      record(.becameLiquidatable(position: id, health: health), header)
      for (number, liquidator) in liquidators.identified(as: LiquidatorTag.self)
      where serves(liquidator, position) {
        let wait = wait(of: liquidator, for: position, calledAt: header.time)
        try schedule(
          .liquidatorActs(liquidator: number, position: id, call: positions[id].calls),
          at: later(header.time, by: wait), because: header)
      }
    }
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
      try schedule(
        .liquidatorActs(liquidator: number, position: id, call: positions[id].calls),
        at: later(header.time, by: liquidator.retry), because: header)
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
    let position = positions[id]
    let isPaid = ledger.balance(of: position.account, in: venues[position.venue].debtAsset).isZero
    let isExhausted = collateral(of: position).isZero
    if isPaid || isExhausted {
      positions[id].state = .closed
      guard !isPaid else { return }
      switch venues[position.venue].recognition {
      case .onExhaustion: try schedule(.lossFalls(position: id), at: header.time, because: header)
      }
    } else if try isLiquidatable(id) {
      let again = wait(of: liquidators[number], for: position, calledAt: header.time)
      try schedule(
        .liquidatorActs(liquidator: number, position: id, call: positions[id].calls),
        at: later(header.time, by: again),
        because: header)
    } else {
      positions[id].state = .open
      try fileAlarm(for: id)
    }
  }
}
