import Kernel
import Ledger

/// What has been recognised of a debt before it was lost, and who has paid for it.
struct Provision: Sendable {
  /// No layer's place in any waterfall.
  static let guarantorsStep = -1

  struct Share: Sendable {
    let loss: FallingLoss
    /// The layer's place in the waterfall; the last where nobody has paid.
    let step: Int
    let means: Absorption.Means
    /// When it paid.
    let day: Int64
    var amount: Amount
  }

  var amount = Amount.zero
  /// In the order in which they paid. They add up to the amount.
  var shares: [Share] = []
}

// When a venue admits that a debt is lost.

extension World {
  func hasNothingLeft(_ id: PositionID, at time: SimTime) -> Bool {
    let venue = positions[id].venue
    guard venues[venue].isExhausted(positions[id], ledger, published: published) else { return false }
    return !needsStalePrice(id, at: time) || venues[venue].isEmpty(positions[id], ledger)
  }

  /// A position whose collateral is worth nothing, as far as its venue sees, has nothing that anybody would
  /// seize: its debts are as lost as if all had been seized. Not at a stale price. What it holds stays where
  /// it is.
  ///
  /// - Parameter carries: what its collateral carries; while that is more than nothing, something is left.
  /// - Returns: whether it was so.
  mutating func giveUpIfWorthless(
    _ id: PositionID, carrying carries: Double, _ header: EventHeader
  ) throws(RunFailure.Reason) -> Bool {
    guard carries == 0, hasNothingLeft(id, at: header.time) else { return false }
    weighAnew(id)
    try scheduleProvisions(positions[id].venue, because: header)
    try nothingIsLeft(of: id, header)
    return true
  }

  /// A position owes something and has no collateral left, or none that is worth anything.
  mutating func nothingIsLeft(of id: PositionID, _ header: EventHeader) throws(RunFailure.Reason) {
    visible.somethingMoved(in: positions[id].venue)
    switch venues[positions[id].venue].recognition {
    case .onExhaustion, .onUndercollateralization:
      positions[id].state = .closed
      try schedule(.lossFalls(position: id), from: header.time, because: header)
    case .afterDelay(let delay):
      positions[id].state = .exhausted
      try schedule(.lossFalls(position: id), after: delay, from: header.time, because: header)
    case .never:
      positions[id].state = .exhausted
    }
  }

  /// What a position holds or owes is no longer what it was.
  mutating func weighAnew(_ id: PositionID) {
    let venue = positions[id].venue
    visible.positionChanged(sleepers[id], in: venue)
    pending.unmeasured[venue] = true
    hiddenBadDebt[venue].positionChanged(sleepers[id])
    executableBadDebt[venue].positionChanged(sleepers[id])
    publishedBadDebt[venue]?.positionChanged(sleepers[id])
  }

  // MARK: Provisions

  /// A venue that provides for bad debt weighs its positions once in a round in which something has moved.
  mutating func scheduleProvisions(
    _ venue: VenueID, because header: EventHeader?
  ) throws(RunFailure.Reason) {
    guard publishedBadDebt[venue] != nil, !pending.provisions[venue] else { return }
    pending.provisions[venue] = true
    try schedule(.provisionsAreWeighed(venue: venue), from: header?.time ?? .start, because: header)
  }

  /// Trues up the provision for every position whose shortfall at published prices is another than before.
  mutating func weighProvisions(_ venue: VenueID, _ header: EventHeader) throws(RunFailure.Reason) {
    pending.provisions[venue] = false
    let (members, positions) = (positionsOfVenue[venue], positions)
    do throws(ArithmeticRefusal) {
      _ = try publishedBadDebt[venue]?.measure(in: venues[venue], ledger, at: published) { sleeper in
        let position = positions[members[sleeper.position]]
        return position.state == .closed ? nil : position
      }
    } catch { throw .arithmetic(error) }
    var last: SleeperID?
    for sleeper in (publishedBadDebt[venue]?.moved ?? []).sorted() where sleeper != last {
      last = sleeper
      let id = members[sleeper.position]
      // What is lost for good is about to be recognised as such.
      guard positions[id].state != .closed || venues[venue].isPaid(positions[id], ledger) else { continue }
      let (pool, ledger, published) = (venues[venue], ledger, published)
      let wanted = try calculating { () throws(ArithmeticRefusal) in
        try pool.uncovered(of: positions[id], ledger, at: published)
      }
      for (debt, amount) in wanted.enumerated() { try trueUp(id, debt: debt, to: amount, header) }
    }
  }

  private mutating func trueUp(
    _ id: PositionID, debt: Int, to wanted: Amount, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    if provisions[id].isEmpty {
      guard !wanted.isZero else { return }
      provisions[id] = positions[id].debts.map { _ in Provision() }
    }
    let (venue, reserve) = (positions[id].venue, positions[id].debts[debt])
    let before = provisions[id][debt].amount
    guard wanted != before else { return }
    record(.provisioned(position: id, reserve: Int32(reserve), amount: wanted), header)
    provisions[id][debt].amount = wanted
    venues[venue].reserves[reserve].provision += wanted - before
    if wanted > before {
      venues[venue].reserves[reserve].deficit += wanted - before
      try recognise(
        wanted - before, .position(id), venue: venue, reserve: reserve, provisionFor: debt, header)
    } else {
      try restore(before - wanted, of: id, debt: debt, header)
    }
    try scheduleMeasurement(because: header)
  }

  /// The account is about to be closed: what has been provided beyond what it owes goes back. Returns what is
  /// provided for the rest.
  mutating func releaseProvision(
    of id: PositionID, debt: Int, _ header: EventHeader
  ) throws(RunFailure.Reason) -> Amount {
    guard !provisions[id].isEmpty else { return .zero }
    let books = venues[positions[id].venue].reserves[positions[id].debts[debt]]
    let (account, ledger) = (positions[id].account, ledger)
    let owed = try calculating { () throws(ArithmeticRefusal) in try books.owed(by: account, ledger) }
    if provisions[id][debt].amount > owed { try trueUp(id, debt: debt, to: owed, header) }
    let provided = provisions[id][debt].amount
    provisions[id][debt] = Provision()
    return provided
  }

  /// Remembers who has paid for a provision.
  mutating func provide(
    _ absorption: Absorption, _ loss: FallingLoss, _ place: Int, _ bearers: BearerPool,
    for provision: (position: PositionID, debt: Int), at time: SimTime
  ) {
    let means = type(of: waterfalls[loss.venue].steps[place].layer).declaration.means
    guard let parts = Absorption.split(absorption.taken, over: means, of: bearers) else { return }
    for (means, amount) in zip(means, parts) where !amount.isZero {
      provisions[provision.position][provision.debt].shares.append(
        Provision.Share(loss: loss, step: place, means: means, day: World.day(of: time), amount: amount))
    }
  }

  /// Not lost after all: whoever paid last gets back first.
  private mutating func restore(
    _ amount: Amount, of id: PositionID, debt: Int, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let (venue, reserve) = (positions[id].venue, positions[id].debts[debt])
    let claims = venues[venue].reserves[reserve].claims
    var rest = amount
    while !rest.isZero, var share = provisions[id][debt].shares.popLast() {
      let part = min(rest, share.amount)
      rest -= part
      share.amount -= part
      if !share.amount.isZero { provisions[id][debt].shares.append(share) }
      let kept = try giveBack(part, to: share, header)
      release(part - kept, of: share)
      record(
        .restored(
          loss: share.loss.number, venue: venue, reserve: Int32(reserve), step: Int32(share.step),
          by: share.means, amount: part, kept: kept), header)
    }
    if venues[venue].reserves[reserve].claims != claims {
      try claimsChanged(venue, reserve, afterLoss: 0, header)
    }
  }

  /// Cash is given back as far as there is any; what cannot be, and what is nobody's any more, the venue
  /// keeps. Returns that.
  private mutating func giveBack(
    _ amount: Amount, to share: Provision.Share, _ header: EventHeader
  ) throws(RunFailure.Reason) -> Amount {
    let (venue, reserve) = (share.loss.venue, share.loss.reserve)
    let books = venues[venue].reserves[reserve]
    var kept = Amount.zero
    switch share.means {
    case .nothing:
      venues[venue].reserves[reserve].deficit -= amount
    case .claims, .interest:
      if books.claims.totalShares.isZero {
        kept = amount
      } else {
        var claims = books.claims
        try calculating { () throws(ArithmeticRefusal) in try claims.accrue(amount) }
        venues[venue].reserves[reserve].claims = claims
        try rememberHolders(
          of: books, before: books.claims, after: claims, share.loss, step: share.step)
      }
    case .capital, .stake:
      let payer = guarantor ?? waterfalls[venue].steps[share.step].account
      let pool = share.means == .stake ? waterfalls[venue].steps[share.step].layer.stakePool : nil
      let isTaken = pool.map { venues[$0].reserves[0].claims.totalShares.isZero } ?? false
      let paid = isTaken ? .zero : min(amount, books.cash(ledger))
      kept = amount - paid
      guard !paid.isZero else { break }
      let receiver = pool.map { venues[$0].account } ?? payer
      try post(
        Posting(
          Transfer(from: books.account, to: receiver, asset: books.asset, amount: paid, for: .lossPayment)))
      if let pool {
        let stake = venues[pool].reserves[0]
        var claims = stake.claims
        try calculating { () throws(ArithmeticRefusal) in try claims.accrue(paid) }
        venues[pool].reserves[0].claims = claims
        uncountSlash(paid, by: share.step, venue, header.time)
        try rememberHolders(
          of: stake, before: stake.claims, after: claims, share.loss, step: share.step)
        record(.returned(pool: pool, amount: paid), header)
        try claimsChanged(pool, 0, afterLoss: 0, header)
      } else {
        remember(.zero - paid, by: payer, books.asset, share.loss, step: share.step)
      }
    case .reserves, .calls, .matched:
      // Members and matched lenders are never asked for a provision: see `checkWaterfall`.
      kept = amount
    }
    venues[venue].reserves[reserve].reserves += kept
    return kept
  }
}
