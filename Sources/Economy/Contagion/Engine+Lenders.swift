import Kernel
import Ledger

extension World {
  /// Look number `slot`, from 0: once in every interval, at a moment of it that is drawn for that look. Who
  /// of a population looks first is therefore drawn, and no look moves another's. Each is a root.
  mutating func scheduleLook(
    _ event: Event, every: SimDuration, by key: EntityKey, slot: Int64
  ) throws(RunFailure.Reason) {
    guard slot <= horizon.microseconds / every.microseconds else { return }
    let word = streams.word(.reactionLatency, key, Epoch(slot: UInt64(slot)))
    let late = (UnitInterval.open(word) * Double(every.microseconds)).rounded(.down)
    // An open interval of more than 2⁵² microseconds may round up to its end.
    let within = min(Int64(late), every.microseconds - 1)
    try schedule(
      event, after: SimDuration(microseconds: slot * every.microseconds + within), from: .start, because: nil)
  }

  mutating func scheduleWatch(of id: LenderID, slot: Int64) throws(RunFailure.Reason) {
    let lender = lenders[id]
    guard let watch = lender.watch else { return }
    try scheduleLook(.lenderWatches(lender: id), every: watch.every, by: lender.key, slot: slot)
  }

  /// A lender looks: it may want to leave, and if so takes out what it can.
  mutating func watch(_ id: LenderID, _ header: EventHeader) throws(RunFailure.Reason) {
    // A venue's books are up to date before anybody acts on them.
    guard pending.marks == 0 else {
      // In the phase of marks, after them: in its own it would come round again before any of them.
      return try schedule(.lenderWatches(lender: id), from: header.time, phase: .settlement, because: header)
    }
    let lender = lenders[id]
    guard let watch = lender.watch else { return }
    let books = venues[lender.venue].reserves[lender.reserve]
    guard !ledger.balance(of: lender.account, in: books.shareAsset).isZero else { return }
    if !lender.isLeaving {
      let ledger = ledger
      let utilization = try calculating { () throws(ArithmeticRefusal) in try books.utilization(ledger) }
      // Most looks end here: a supplier's layers need not be asked what they cover of a loss that it can
      // bear.
      let most = try expectedLoss(of: lender.venue, lender.reserve, uncovered: true, at: header.time)
      if lender.wantsOut(expecting: most, utilization: utilization) {
        lenders[id].isLeaving = lender.wantsOut(
          expecting: try expectedLoss(of: lender.venue, lender.reserve, at: header.time),
          utilization: utilization)
      }
    }
    if lenders[id].isLeaving {
      if try waitsForCooldown(id, header) { return }
      // Whoever is in a vault's queue is served from there.
      if try leave(lender, header) == .waits { return }
    }
    try scheduleWatch(of: id, slot: header.time.microseconds / watch.every.microseconds + 1)
  }

  /// Whoever leaves a stake pool says so, and gets nothing before the cooldown is over. Until then its stake
  /// can be slashed like any other.
  private mutating func waitsForCooldown(
    _ id: LenderID, _ header: EventHeader
  ) throws(RunFailure.Reason) -> Bool {
    let (lender, cooldown) = (lenders[id], venues[lenders[id].venue].cooldown)
    guard cooldown > .zero, lender.askedAt == nil else { return false }
    lenders[id].askedAt = header.time
    record(.cooldownBegan(holder: lender.account, pool: lender.venue), header)
    try schedule(.lenderWatches(lender: id), after: cooldown, from: header.time, because: header)
    return true
  }

  /// Sells all that somebody has of an asset.
  private mutating func sellAll(
    _ asset: AssetID, of seller: AccountID, for other: AssetID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let held = ledger.balance(of: seller, in: asset)
    guard !held.isZero, let market = route(from: asset, to: other) else { return }
    let proceeds = try proceeds(ofSelling: held, asset, for: other, in: market, at: header.time)
    guard !proceeds.isZero else { return }
    let sale = Sale(
      seller: seller, asset: asset, amount: held, other: other, proceeds: proceeds, market: market)
    try post(Posting(legs(of: sale)))
    try afterSale(sale, header)
  }

  // MARK: Holders of a token

  mutating func scheduleWatch(of id: TokenHolderID, slot: Int64) throws(RunFailure.Reason) {
    let holder = tokenHolders[id]
    try scheduleLook(.holderWatches(holder: id), every: holder.watch.every, by: holder.key, slot: slot)
  }

  /// A holder looks: whoever expects to be diluted by more than it bears sells all that it has, and does not
  /// look again.
  mutating func watch(_ id: TokenHolderID, _ header: EventHeader) throws(RunFailure.Reason) {
    guard pending.marks == 0 else {
      // In the phase of marks, after them: in its own it would come round again before any of them.
      return try schedule(.holderWatches(holder: id), from: header.time, phase: .settlement, because: header)
    }
    let holder = tokenHolders[id]
    guard try expectedDilution(of: holder.token, at: header.time) > holder.sellAt else {
      return try scheduleWatch(
        of: id, slot: header.time.microseconds / holder.watch.every.microseconds + 1)
    }
    try sellAll(holder.token, of: holder.account, for: holder.currency, header)
  }

  private enum Exit { case tried, waits }

  private mutating func leave(
    _ lender: Lender, _ header: EventHeader
  ) throws(RunFailure.Reason) -> Exit {
    let share = venues[lender.venue].reserves[lender.reserve].shareAsset
    let shares = ledger.balance(of: lender.account, in: share)
    guard let vault = vaults.firstIndex(where: { $0.venue == lender.venue }) else {
      _ = try redeem(shares, of: lender.account, at: lender.venue, lender.reserve, header)
      if let currency = lender.watch?.sellsFor {
        try sellAll(
          venues[lender.venue].reserves[lender.reserve].asset, of: lender.account, for: currency, header)
      }
      return .tried
    }
    // Nobody overtakes those who wait.
    if vaults[vault].queue.isEmpty {
      _ = try redeem(shares, of: lender.account, at: lender.venue, lender.reserve, header)
    }
    let left = ledger.balance(of: lender.account, in: share)
    guard !left.isZero, try !value(of: left, at: lender.venue, lender.reserve).isZero else { return .tried }
    vaults[vault].queue.append(lender.account)
    record(.queued(holder: lender.account, vault: lender.venue, shares: left), header)
    return .waits
  }

  func value(
    of shares: Amount, at venue: VenueID, _ reserve: Int
  ) throws(RunFailure.Reason) -> Amount {
    let claims = venues[venue].reserves[reserve].claims
    return try calculating { () throws(ArithmeticRefusal) in try claims.value(of: shares) }
  }

  /// Hands shares back to a venue for what it has in cash. A vault first gets cash from its own venues; it
  /// pays what there is, and so does a pool unless its rule is `whole`. Returns what was paid.
  ///
  /// - Parameter isNews: whether getting nothing is worth a fact.
  mutating func redeem(
    _ shares: Amount, of holder: AccountID, at venue: VenueID, _ reserve: Int, isNews: Bool = true,
    _ header: EventHeader
  ) throws(RunFailure.Reason) -> Amount {
    let wanted = try value(of: shares, at: venue, reserve)
    // Shares that are worth nothing are kept: interest may yet come.
    guard !wanted.isZero else { return .zero }
    if let vault = vaults.firstIndex(where: { $0.venue == venue }) {
      try raiseCash(wanted, by: vault, header)
    }
    let (books, ledger) = (venues[venue].reserves[reserve], ledger)
    let (handed, worth) = try calculating { () throws(ArithmeticRefusal) in
      let handed = try books.redeemable(shares, ledger)
      return (handed, try books.claims.value(of: handed))
    }
    let isRefused = handed < shares && venues[venue].withdrawals == .whole
    guard !isRefused, !worth.isZero else {
      guard isNews else { return .zero }
      try recordWithdrawal(
        by: holder, venue, reserve, shares: .zero, wanted: wanted, paid: .zero, header)
      return .zero
    }
    var changed = books
    let (paid, legs) = try calculating { () throws(ArithmeticRefusal) in
      try changed.withdraw(handed, by: holder)
    }
    try post(Posting(legs))
    venues[venue].reserves[reserve] = changed
    repriceShare(of: venue, reserve)
    try recordWithdrawal(
      by: holder, venue, reserve, shares: handed, wanted: handed == shares ? paid : wanted, paid: paid, header
    )
    try scheduleMeasurement(because: header)
    return paid
  }

  private mutating func recordWithdrawal(
    by holder: AccountID, _ venue: VenueID, _ reserve: Int, shares: Amount, wanted: Amount, paid: Amount,
    _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let (books, ledger) = (venues[venue].reserves[reserve], ledger)
    let utilization = try calculating { () throws(ArithmeticRefusal) in try books.utilization(ledger) }
    record(
      .withdrew(
        holder: holder, venue: venue, reserve: Int32(reserve), shares: shares, wanted: wanted, paid: paid,
        utilization: utilization), header)
  }
}
