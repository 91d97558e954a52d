import Kernel
import Ledger

extension World {
  mutating func scheduleLook(of id: LooperID, slot: Int64) throws(RunFailure.Reason) {
    let looper = loopers[id]
    try scheduleLook(.looperLooks(looper: id), every: looper.watch.every, by: looper.key, slot: slot)
  }

  /// A looper looks at its leverage, and brings it back to where it wants it, as far as that can be done at
  /// once. It looks until its position is closed.
  mutating func look(_ id: LooperID, _ header: EventHeader) throws(RunFailure.Reason) {
    // A venue's books are up to date before anybody acts on them.
    guard pending.marks == 0 else {
      // In the phase of marks, after them: in its own it would come round again before any of them.
      return try schedule(.looperLooks(looper: id), from: header.time, phase: .settlement, because: header)
    }
    let looper = loopers[id]
    guard positions[looper.position].isAlive else { return }
    // At a stale price nobody is lent anything, and nobody gets collateral back.
    if !needsStalePrice(looper.position, at: header.time) {
      switch try decision(of: looper) {
      case .sell(let amount): try delever(looper, by: amount, header)
      case .borrow(let amount): try relever(looper, by: amount, header)
      case nil: break
      }
    }
    guard positions[looper.position].isAlive else { return }
    try scheduleLook(of: id, slot: header.time.microseconds / looper.watch.every.microseconds + 1)
  }

  private func decision(of looper: Looper) throws(RunFailure.Reason) -> LooperOrder? {
    let loop = loop(of: looper)
    let (position, venue) = (positions[looper.position], venues[positions[looper.position].venue])
    let (ledger, published) = (ledger, published)
    return try calculating { () throws(ArithmeticRefusal) in
      let (holds, owes) = try venue.worth(of: position, ledger, at: published)
      return looper.decide(
        LooperView(
          holds: holds, owes: owes,
          collateralPrice: published.value(of: Amount(units: 1), in: loop.collateral.asset),
          debtPrice: published.value(of: Amount(units: 1), in: loop.debt.asset), held: loop.held,
          cash: loop.debt.cash(ledger)))
    }
  }

  /// What a looper's position is made of: one collateral, one debt.
  private struct Loop {
    let account: AccountID
    let collateral: CollateralTerms
    let held: Amount
    let place: Int
    let debt: Reserve
    /// In scaled units.
    let scaled: Amount
  }

  private func loop(of looper: Looper) -> Loop {
    let position = positions[looper.position]
    let venue = venues[position.venue]
    let debt = venue.reserves[position.debts[0]]
    return Loop(
      account: position.account, collateral: venue.collateral[position.collateral[0]],
      held: venue.held(position.collateral[0], by: position, ledger), place: position.debts[0], debt: debt,
      scaled: -ledger.balance(of: position.account, in: debt.debtAsset))
  }

  // MARK: Less

  /// Sells collateral out of the position and repays with what that brings, in one transaction: it is not
  /// done if it would retire nothing, or leave the position below the threshold. What it brings beyond the
  /// debt is the owner's.
  private mutating func delever(
    _ looper: Looper, by wanted: Amount, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let loop = loop(of: looper)
    guard let (sold, offered) = try offer(for: wanted, of: loop, by: looper, at: header.time) else { return }
    let published = published
    let stands = try calculating { () throws(ArithmeticRefusal) in
      let repaid = min(offered, try loop.debt.index.owed(loop.scaled))
      let retired = try loop.debt.index.scaledForRepayment(of: repaid)
      let owed = try loop.debt.index.owed(loop.scaled - retired)
      let carries =
        published.value(of: loop.held - sold, in: loop.collateral.asset) * loop.collateral.threshold
      return !retired.isZero && carries >= published.value(of: owed, in: loop.debt.asset)
    }
    guard stands else { return }
    let proceeds: Amount
    switch looper.watch.market {
    case .pool(let pool): proceeds = try sell(sold, of: loop, for: offered, at: .pool(pool), header)
    case .outside: proceeds = try sell(sold, of: loop, for: offered, at: .outside, header)
    case .venue:
      guard let share = shares[loop.collateral.asset.position] else { return }
      proceeds = try redeem(
        sold, of: loop.account, at: share.venue, share.reserve, isNews: false, header)
    }
    guard !proceeds.isZero else { return }
    try repay(with: proceeds, looper, header)
  }

  /// How much of what it wants to sell would be taken, and what for.
  private func offer(
    for wanted: Amount, of loop: Loop, by looper: Looper, at time: SimTime
  ) throws(RunFailure.Reason) -> (sold: Amount, proceeds: Amount)? {
    let (asset, lent, ledger) = (loop.collateral.asset, loop.debt.asset, ledger)
    switch looper.watch.market {
    case .pool(let id):
      let (pool, reserves) = (pools[id], pools[id].reserves(selling: asset, ledger))
      let proceeds = try calculating { () throws(ArithmeticRefusal) in
        try pool.bought(forSelling: wanted, reserves: reserves)
      }
      return (wanted, proceeds)
    case .outside:
      guard let proceeds = market.outside(of: asset, in: lent, at: time).proceeds(ofSelling: wanted) else {
        throw .arithmetic(.overflow)
      }
      return (wanted, proceeds)
    case .venue:
      guard let share = shares[asset.position], !isWaitedFor(at: share.venue) else { return nil }
      let books = venues[share.venue].reserves[share.reserve]
      // It asks a pool for no more than it can see there; a vault may yet raise more.
      let isVault = vaults.contains { $0.venue == share.venue }
      return try calculating { () throws(ArithmeticRefusal) in
        let asked = isVault ? wanted : try books.redeemable(wanted, ledger)
        return (asked, try books.claims.value(of: asked))
      }
    }
  }

  private func isWaitedFor(at venue: VenueID) -> Bool {
    vaults.contains { $0.venue == venue && !$0.queue.isEmpty }
  }

  private mutating func sell(
    _ amount: Amount, of loop: Loop, for proceeds: Amount, at market: LiquidationMarket, _ header: EventHeader
  ) throws(RunFailure.Reason) -> Amount {
    let sale = Sale(
      seller: loop.account, asset: loop.collateral.asset, amount: amount, other: loop.debt.asset,
      proceeds: proceeds, market: market)
    try post(Posting(legs(of: sale)))
    try afterSale(sale, header)
    return proceeds
  }

  private mutating func repay(
    with proceeds: Amount, _ looper: Looper, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let (loop, position, ledger) = (loop(of: looper), positions[looper.position], ledger)
    var changed = loop.debt
    var (repaid, legs) = (Amount.zero, [Transfer]())
    try calculating { () throws(ArithmeticRefusal) in
      repaid = min(proceeds, try loop.debt.index.owed(loop.scaled))
      guard try !loop.debt.index.scaledForRepayment(of: repaid).isZero else { return repaid = .zero }
      legs = try changed.repay(repaid, of: loop.account, by: loop.account, ledger)
    }
    if repaid < proceeds {
      legs.append(
        Transfer(
          from: loop.account, to: position.owner, asset: loop.debt.asset, amount: proceeds - repaid,
          for: .collateral))
    }
    try post(Posting(legs))
    venues[position.venue].reserves[loop.place] = changed
    if !repaid.isZero {
      record(.paidDown(position: looper.position, reserve: Int32(loop.place), repaid: repaid), header)
      try cashCame(to: position.venue, header)
    }
    try positionChanged(looper.position, header)
    try scheduleMeasurement(because: header)
  }

  // MARK: More

  /// Borrows, turns that into collateral and posts it, in one transaction: it is not done by who is called,
  /// nor if it would leave the position above what the venue lends against such a collateral.
  private mutating func relever(
    _ looper: Looper, by borrowed: Amount, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let (loop, position) = (loop(of: looper), positions[looper.position])
    guard position.state == .open,
      let bought = try bought(with: borrowed, by: looper, loop, at: header.time), !bought.isZero
    else { return }
    let (published, ledger) = (published, ledger)
    var changed = loop.debt
    var legs: [Transfer] = []
    let isAllowed = try calculating { () throws(ArithmeticRefusal) in
      let owed = try loop.debt.index.owed(loop.scaled + loop.debt.index.scaledForLoan(of: borrowed))
      legs = try changed.lend(borrowed, to: loop.account, owedBy: loop.account, ledger)
      let limit =
        published.value(of: loop.held + bought, in: loop.collateral.asset) * loop.collateral.borrowable
      return published.value(of: owed, in: loop.debt.asset) <= limit
    }
    guard isAllowed else { return }
    try post(Posting(legs))
    venues[position.venue].reserves[loop.place] = changed
    record(.borrowed(position: looper.position, reserve: Int32(loop.place), borrowed: borrowed), header)
    try buy(bought, with: borrowed, by: looper, loop, header)
    record(.toppedUp(position: looper.position, asset: loop.collateral.asset, posted: bought), header)
    try positionChanged(looper.position, header)
    try scheduleMeasurement(because: header)
  }

  private func bought(
    with borrowed: Amount, by looper: Looper, _ loop: Loop, at time: SimTime
  ) throws(RunFailure.Reason) -> Amount? {
    let (asset, lent, ledger) = (loop.collateral.asset, loop.debt.asset, ledger)
    switch looper.watch.market {
    case .pool(let id):
      let (pool, reserves) = (pools[id], pools[id].reserves(selling: lent, ledger))
      return try calculating { () throws(ArithmeticRefusal) in
        try pool.bought(forSelling: borrowed, reserves: reserves)
      }
    case .outside:
      guard let bought = market.outside(of: lent, in: asset, at: time).proceeds(ofSelling: borrowed) else {
        throw .arithmetic(.overflow)
      }
      return bought
    case .venue:
      guard let share = shares[asset.position], !isWaitedFor(at: share.venue) else { return nil }
      var claims = venues[share.venue].reserves[share.reserve].claims
      // Shares of nothing have no price.
      guard claims.totalAssets.isZero == claims.totalShares.isZero else { return nil }
      return try calculating { () throws(ArithmeticRefusal) in try claims.deposit(borrowed) }
    }
  }

  private mutating func buy(
    _ bought: Amount, with borrowed: Amount, by looper: Looper, _ loop: Loop, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let market: LiquidationMarket
    switch looper.watch.market {
    case .pool(let pool): market = .pool(pool)
    case .outside: market = .outside
    case .venue:
      guard let share = shares[loop.collateral.asset.position] else { return }
      var changed = venues[share.venue].reserves[share.reserve]
      let legs = try calculating { () throws(ArithmeticRefusal) in
        try changed.deposit(borrowed, by: loop.account)
      }
      try post(Posting(legs))
      venues[share.venue].reserves[share.reserve] = changed
      repriceShare(of: share.venue, share.reserve)
      return try cashCame(to: share.venue, header)
    }
    let sale = Sale(
      seller: loop.account, asset: loop.debt.asset, amount: borrowed, other: loop.collateral.asset,
      proceeds: bought, market: market)
    try post(Posting(legs(of: sale)))
    try afterSale(sale, header)
  }
}
