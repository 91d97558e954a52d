import Kernel
import Ledger

extension World {
  /// Recognition: the venue gives the debts up. Allocation: its layers are asked in order, anew for each
  /// asset that is owed.
  ///
  /// The deficit carries the loss from the one to the other; what is still in it at the end stands
  /// unresolved.
  mutating func recogniseLoss(_ id: PositionID, _ header: EventHeader) throws(RunFailure.Reason) {
    let position = positions[id]
    let venue = position.venue
    for reserve in position.debts {
      var changed = venues[venue].reserves[reserve]
      guard !ledger.balance(of: position.account, in: changed.debtAsset).isZero else { continue }
      let ledger = ledger
      let (loss, writeOff) = try calculating { () throws(ArithmeticRefusal) in
        try changed.writeOff(position.account, ledger)
      }
      try post(Posting(writeOff))
      venues[venue].reserves[reserve] = changed
      lossCount += 1
      record(
        .recognised(loss: lossCount, origin: .position(id), reserve: Int32(reserve), amount: loss), header)
      try allocate(loss, number: lossCount, venue: venue, reserve: reserve, header)
    }
    try scheduleMeasurement(because: header)
  }

  mutating func allocate(
    _ loss: Amount, number: Int32, venue: VenueID, reserve: Int, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let (claims, cash) = (
      venues[venue].reserves[reserve].claims, venues[venue].reserves[reserve].cash(ledger)
    )
    var left = loss
    for (place, step) in waterfalls[venue].steps.enumerated() where !left.isZero {
      let lost = venues[venue].reserves[reserve]
      let bearers = BearerPool(
        capital: ledger.balance(of: step.account, in: lost.asset), claims: lost.claims.totalAssets)
      let asked = Loss(number: Int(number), asset: lost.asset, amount: left)
      let absorption: Absorption
      do {
        absorption = try step.layer.absorb(asked, from: bearers)
      } catch {
        throw .absorption(layer: type(of: step.layer).declaration.name, error)
      }
      try settle(absorption, step, venue: venue, reserve: reserve)
      left = absorption.left
      record(
        .absorbed(
          loss: number, venue: venue, reserve: Int32(reserve), step: Int32(place), taken: absorption.taken,
          promised: absorption.promised, left: left),
        header)
    }
    if venues[venue].reserves[reserve].claims != claims {
      try claimsChanged(venue, reserve, afterLoss: number, header)
    }
    if venues[venue].reserves[reserve].cash(ledger) > cash { try cashCame(to: venue, header) }
  }

  private mutating func settle(
    _ absorption: Absorption, _ step: Waterfall.Step, venue: VenueID, reserve: Int
  ) throws(RunFailure.Reason) {
    switch absorption.means {
    case .nothing:
      return
    case .capital:
      try post(
        Posting(
          Transfer(
            from: step.account, to: venues[venue].account, asset: venues[venue].reserves[reserve].asset,
            amount: absorption.taken, for: .lossPayment)))
    case .claims:
      venues[venue].reserves[reserve].claims.writeDown(absorption.taken)
    }
    venues[venue].reserves[reserve].deficit -= absorption.taken
  }
}
