import Kernel
import Ledger

extension World {
  /// Recognition: the venue gives the debt up. Allocation: its layers are asked in order.
  ///
  /// The deficit carries the loss from the one to the other; what is still in it at the end stands
  /// unresolved.
  mutating func recogniseLoss(_ id: PositionID, _ header: EventHeader) throws(RunFailure.Reason) {
    let position = positions[id]
    let venue = position.venue
    var changed = venues[venue]
    let ledger = ledger
    let (loss, writeOff) = try calculating { () throws(ArithmeticRefusal) in
      try changed.writeOff(position.account, ledger)
    }
    try post(writeOff)
    venues[venue] = changed
    lossCount += 1
    record(.recognised(loss: lossCount, position: id, amount: loss), header)
    try allocate(loss, number: lossCount, venue: venue, header)
    try scheduleMeasurement(because: header)
  }

  private mutating func allocate(
    _ loss: Amount, number: Int32, venue: VenueID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    var left = loss
    for (place, step) in waterfalls[venue].steps.enumerated() where !left.isZero {
      let bearers = BearerPool(
        capital: ledger.balance(of: step.account, in: venues[venue].loanAsset),
        claims: venues[venue].claims.totalAssets)
      let asked = Loss(number: Int(number), asset: venues[venue].loanAsset, amount: left)
      let absorption: Absorption
      do {
        absorption = try step.layer.absorb(asked, from: bearers)
      } catch {
        throw .absorption(layer: type(of: step.layer).declaration.name, error)
      }
      try settle(absorption, step, venue: venue)
      left = absorption.left
      record(
        .absorbed(
          loss: number, venue: venue, step: Int32(place), taken: absorption.taken,
          promised: absorption.promised, left: left),
        header)
    }
  }

  private mutating func settle(
    _ absorption: Absorption, _ step: Waterfall.Step, venue: VenueID
  ) throws(RunFailure.Reason) {
    switch absorption.means {
    case .nothing:
      return
    case .capital:
      try post(
        Posting(
          Transfer(
            from: step.account, to: venues[venue].account, asset: venues[venue].loanAsset,
            amount: absorption.taken, for: .lossPayment)))
    case .claims:
      venues[venue].claims.writeDown(absorption.taken)
    }
    venues[venue].deficit -= absorption.taken
  }
}
