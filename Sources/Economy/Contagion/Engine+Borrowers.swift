import Kernel
import Ledger

extension World {
  mutating func scheduleWatch(of id: BorrowerID, slot: Int64) throws(RunFailure.Reason) {
    let borrower = borrowers[id]
    try scheduleLook(
      .borrowerWatches(borrower: id), every: borrower.care.every, by: borrower.key, slot: slot)
  }

  /// A borrower looks at its position, and does for it what it can. It looks until the position is closed or
  /// the reserve is empty.
  mutating func watch(_ id: BorrowerID, _ header: EventHeader) throws(RunFailure.Reason) {
    let borrower = borrowers[id]
    guard positions[borrower.position].isAlive else { return }
    try lookAfterPosition(of: borrower, header)
    guard positions[borrower.position].isAlive,
      purse(of: borrower).contains(where: { !$0.isZero })
    else { return }
    try scheduleWatch(of: id, slot: header.time.microseconds / borrower.care.every.microseconds + 1)
  }

  private func purse(of borrower: Borrower) -> [Amount] {
    let position = positions[borrower.position]
    let venue = venues[position.venue]
    switch borrower.care.means {
    case .collateral:
      return position.collateral.map { ledger.balance(of: borrower.account, in: venue.collateral[$0].asset) }
    case .repayment:
      return position.debts.map { ledger.balance(of: borrower.account, in: venue.reserves[$0].asset) }
    }
  }

  private mutating func lookAfterPosition(
    of borrower: Borrower, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let position = positions[borrower.position]
    let (venue, ledger, published) = (venues[position.venue], ledger, published)
    let (standing, purse) = (try standing(of: borrower.position), purse(of: borrower))
    let amounts = try calculating { () throws(ArithmeticRefusal) in
      var owed: [Amount] = []
      for place in position.debts {
        owed.append(try venue.reserves[place].owed(by: position.account, ledger))
      }
      return try borrower.decide(
        BorrowerView(
          venue: venue, position: position, standing: standing, published: published, purse: purse,
          owed: owed))
    }
    guard amounts.contains(where: { !$0.isZero }) else { return }
    switch borrower.care.means {
    case .collateral: try topUp(amounts, borrower, header)
    case .repayment: try payDown(amounts, borrower, header)
    }
    try positionChanged(borrower.position, header)
    try scheduleMeasurement(because: header)
  }

  private mutating func topUp(
    _ amounts: [Amount], _ borrower: Borrower, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let position = positions[borrower.position]
    for (place, amount) in zip(position.collateral, amounts) where !amount.isZero {
      let asset = venues[position.venue].collateral[place].asset
      try post(
        Posting(
          Transfer(
            from: borrower.account, to: position.account, asset: asset, amount: amount, for: .collateral)))
      record(.toppedUp(position: borrower.position, asset: asset, posted: amount), header)
    }
  }

  private mutating func payDown(
    _ amounts: [Amount], _ borrower: Borrower, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let position = positions[borrower.position]
    for (place, amount) in zip(position.debts, amounts) where !amount.isZero {
      try repay(amount, of: borrower.position, place, by: borrower.account, header)
    }
    try cashCame(to: position.venue, header)
  }

  /// A borrower repays some of its own debt.
  private mutating func repay(
    _ amount: Amount, of id: PositionID, _ place: Int, by payer: AccountID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let (position, ledger) = (positions[id], ledger)
    var changed = venues[position.venue].reserves[place]
    let legs = try calculating { () throws(ArithmeticRefusal) in
      try changed.repay(amount, of: position.account, by: payer, ledger)
    }
    try post(Posting(legs))
    venues[position.venue].reserves[place] = changed
    record(.paidDown(position: id, reserve: Int32(place), repaid: amount), header)
  }

  /// A position's owner has done something with it: it may be paid, or no longer below the threshold. Who is
  /// on the way to it will see.
  mutating func positionChanged(_ id: PositionID, _ header: EventHeader) throws(RunFailure.Reason) {
    let position = positions[id]
    let venue = venues[position.venue]
    weighAnew(id)
    try scheduleProvisions(position.venue, because: header)
    if venue.isPaid(position, ledger) {
      positions[id].state = .closed
      alarms[position.venue].withdraw(sleepers[id])
      return try returnCollateral(of: position)
    }
    if hasNothingLeft(id, at: header.time) {
      alarms[position.venue].withdraw(sleepers[id])
      return try nothingIsLeft(of: id, header)
    }
    if try !standing(of: id).isLiquidatable {
      positions[id].state = .open
    } else if position.isStranded, isServed(id) {
      // It holds again what somebody would seize, and nobody knows: the next alarm says so.
      positions[id].state = .open
    }
    strand(id)
    if positions[id].state == .open { fileAlarm(for: id) }
  }
}
