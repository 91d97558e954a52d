import Kernel
import Ledger

/// What a layer has promised for a loss and not yet paid. Meanwhile the venue's deficit stands.
struct Promise: Sendable {
  let loss: FallingLoss
  /// The layer's place in the waterfall.
  let step: Int
  let settlement: Settlement
  var outstanding: Amount
  /// Acts still to come, this one among them.
  var actsLeft: Int
  /// What is left of the stake that was seized for it.
  var stake = Amount.zero
}

extension World {
  /// What layers of a venue have promised and not yet paid.
  func promised(by venue: VenueID, _ reserve: Int) -> Amount {
    promises.reduce(Amount.zero) { sum, promise in
      promise.loss.venue == venue && promise.loss.reserve == reserve ? sum + promise.outstanding : sum
    }
  }

  /// A layer has promised something: what it will be paid with is set aside, and the first act follows.
  mutating func openPromise(
    _ absorption: Absorption, _ loss: FallingLoss, _ place: Int, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    guard let settlement = absorption.settlement else { return }
    var acts = 1
    var wait: SimDuration? = SimDuration.zero
    var seized = Amount.zero
    switch settlement {
    case .sale(let lots), .mint(let lots): acts = lots.count
    case .seizure(let fee, let lots):
      acts = lots.count
      seized = try seize(for: absorption.promised, fee: fee, loss, place, header)
    case .mintAuction(let auction): (acts, wait) = (auction.attempts, auction.lasts)
    case .fundAuction(_, let lasts): wait = lasts
    case .revenue(_, let lasts): wait = lasts
    }
    promises.append(
      Promise(
        loss: loss, step: place, settlement: settlement, outstanding: absorption.promised, actsLeft: acts,
        stake: seized))
    guard let wait else { return }
    try schedule(
      .promiseActs(promise: Int32(promises.count - 1)), after: wait, from: header.time, because: header)
  }

  /// Stake worth the promise and a fee on top, at reference prices, as far as a day may take it. Returns
  /// that.
  private mutating func seize(
    for promised: Amount, fee: Double, _ loss: FallingLoss, _ place: Int, _ header: EventHeader
  ) throws(RunFailure.Reason) -> Amount {
    let step = waterfalls[loss.venue].steps[place]
    guard let pool = step.layer.stakePool else { return .zero }
    let stake = venues[pool].reserves[0]
    let lost = venues[loss.venue].reserves[loss.reserve].asset
    let most = try slashable(by: step, of: pool, at: header.time)
    let wanted = wholeUnits(
      Double(promised.units) * (1 + fee) * reference.rate(of: lost, in: stake.asset), .up)
    let amount = min(most, wanted ?? most)
    guard !amount.isZero else { return .zero }
    try slash(amount, of: pool, to: step.account, loss, place, header)
    return amount
  }

  /// One act of a promise: a lot is sold, or an auction ends. After the last the shortfall, if there is one,
  /// falls on the next layer.
  mutating func actOnPromise(_ number: Int, _ header: EventHeader) throws(RunFailure.Reason) {
    let promise = promises[number]
    guard !promise.outstanding.isZero else { return }
    var wait = SimDuration.zero
    switch promise.settlement {
    case .sale(let lots), .seizure(_, let lots):
      wait = lots.every
      try sell(for: try partForThisAct(promise), number, header)
    case .mint(let lots):
      wait = lots.every
      try mint(for: try partForThisAct(promise), number, header)
    case .mintAuction(let auction):
      wait = auction.lasts
      try auctionTokens(auction, number, header)
    case .fundAuction(let incentive, _): try auctionFund(incentive, number, header)
    case .revenue: break
    }
    promises[number].actsLeft -= 1
    guard promises[number].actsLeft > 0, !promises[number].outstanding.isZero else {
      return try closePromise(number, header)
    }
    // Nothing could be sold: that, too, is told, or what follows from this act would have no visible cause.
    if case .mintAuction = promise.settlement {
    } else if promises[number].outstanding == promise.outstanding {
      reducePromise(number, by: .zero, header)
    }
    try schedule(.promiseActs(promise: Int32(number)), after: wait, from: header.time, because: header)
  }

  private func partForThisAct(_ promise: Promise) throws(RunFailure.Reason) -> Amount {
    try calculating { () throws(ArithmeticRefusal) in
      Amount(units: try mulDiv(promise.outstanding.units, 1, Int64(promise.actsLeft), .up))
    }
  }

  /// Sells as little of what the layer's account holds as brings `target` of the lost asset, and pays it in.
  private mutating func sell(
    for target: Amount, _ number: Int, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let promise = promises[number]
    let step = waterfalls[promise.loss.venue].steps[promise.step]
    let lost = venues[promise.loss.venue].reserves[promise.loss.reserve].asset
    var missing = target
    for asset in ledger.assetsTouched(by: step.account) where asset != lost && missing > .zero {
      let held = ledger.balance(of: step.account, in: asset)
      guard !held.isZero, let market = route(from: asset, to: lost) else { continue }
      guard
        let sale = try cheapestSale(
          of: asset, upTo: held, for: missing, of: lost, by: step.account, in: market, header.time)
      else { continue }
      try post(Posting(legs(of: sale)))
      useStake(sale.amount, of: asset, for: number)
      try afterSale(sale, header)
      let paid = min(sale.proceeds, promises[number].outstanding)
      try keepPromise(number, paying: paid, from: step.account, header)
      missing = max(.zero, missing - sale.proceeds)
    }
  }

  /// What is sold for a promise is first of what was seized for it, then of what was for others of its layer,
  /// in the order in which they were made.
  private mutating func useStake(_ sold: Amount, of asset: AssetID, for number: Int) {
    guard let pool = stakePool(of: promises[number]), venues[pool].reserves[0].asset == asset else { return }
    var rest = sold - drawStake(sold, of: number)
    for other in promises.indices where !rest.isZero && isOfOneLayer(other, number) {
      rest -= drawStake(rest, of: other)
    }
  }

  private mutating func drawStake(_ amount: Amount, of number: Int) -> Amount {
    let part = min(amount, promises[number].stake)
    promises[number].stake -= part
    return part
  }

  private func stakePool(of promise: Promise) -> VenueID? {
    waterfalls[promise.loss.venue].steps[promise.step].layer.stakePool
  }

  private func isOfOneLayer(_ number: Int, _ other: Int) -> Bool {
    promises[number].loss.venue == promises[other].loss.venue
      && promises[number].step == promises[other].step
  }

  /// Cash for a promise has come: it goes to the venue and out of its deficit.
  mutating func keepPromise(
    _ number: Int, paying amount: Amount, from payer: AccountID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    guard !amount.isZero else { return }
    let venue = promises[number].loss.venue
    let asset = venues[venue].reserves[promises[number].loss.reserve].asset
    try post(
      Posting(
        Transfer(from: payer, to: venues[venue].account, asset: asset, amount: amount, for: .lossPayment)))
    rememberPayment(amount, number, asset)
    reducePromise(number, by: amount, header)
    try cashCame(to: venue, header)
  }

  /// Stakers have borne what was seized when it was; buyers of new tokens get what they pay for, and whoever
  /// holds the token bears it: no account of theirs is touched.
  private mutating func rememberPayment(_ amount: Amount, _ number: Int, _ asset: AssetID) {
    let (loss, step) = (promises[number].loss, promises[number].step)
    switch promises[number].settlement {
    case .seizure: break
    case .mint, .mintAuction: remember(amount, by: nil, asset, loss, step: step)
    case .sale, .fundAuction:
      remember(amount, by: waterfalls[loss.venue].steps[step].account, asset, loss, step: step)
    case .revenue: remember(amount, by: venues[loss.venue].account, asset, loss, step: step)
    }
  }

  private mutating func reducePromise(_ number: Int, by amount: Amount, _ header: EventHeader) {
    let promise = promises[number]
    let (venue, reserve) = (promise.loss.venue, promise.loss.reserve)
    venues[venue].reserves[reserve].deficit -= amount
    promises[number].outstanding -= amount
    record(
      .promiseKept(
        loss: promise.loss.number, venue: venue, reserve: Int32(reserve), step: Int32(promise.step),
        paid: amount, outstanding: promises[number].outstanding), header)
  }

  /// Interest that a venue has just kept goes to its mutual pools and funds, and to what was promised out
  /// of it: in the order of the layers, each its share of it, together no more than all of it.
  mutating func shareRevenue(
    _ kept: Amount, of venue: VenueID, _ reserve: Int, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    var left = kept
    for (place, step) in waterfalls[venue].steps.enumerated() where !left.isZero {
      if let pool = step.layer.stakePool, step.layer.premium > 0 {
        let most = try share(step.layer.premium, of: kept, atMost: left)
        left -= try payPremium(most, to: pool, venue, reserve, header)
      }
      if step.layer.refill > 0 {
        left -= try refill(
          place, try share(step.layer.refill, of: kept, atMost: left), venue, reserve, header)
      }
      var budget: Amount?
      for number in promises.indices where !promises[number].outstanding.isZero {
        let promise = promises[number]
        guard promise.loss.venue == venue, promise.loss.reserve == reserve, promise.step == place,
          case .revenue(let share, _) = promise.settlement
        else { continue }
        let captured = try self.share(share, of: kept, atMost: left)
        let most = budget ?? captured
        let paid = min(most, min(promise.outstanding, venues[venue].reserves[reserve].reserves))
        budget = most - paid
        left -= paid
        guard !paid.isZero else { continue }
        venues[venue].reserves[reserve].reserves -= paid
        rememberPayment(paid, number, venues[venue].reserves[reserve].asset)
        reducePromise(number, by: paid, header)
      }
    }
  }

  private func share(
    _ share: Double, of kept: Amount, atMost left: Amount
  ) throws(RunFailure.Reason) -> Amount {
    try calculating { () throws(ArithmeticRefusal) in min(left, try portion(share, of: kept, .down)) }
  }

  /// In cash, as far as there is any. Returns what was paid.
  private mutating func payPremium(
    _ most: Amount, to pool: VenueID, _ venue: VenueID, _ reserve: Int, _ header: EventHeader
  ) throws(RunFailure.Reason) -> Amount {
    let (books, stake) = (venues[venue].reserves[reserve], venues[pool].reserves[0])
    guard books.asset == stake.asset, !stake.claims.totalShares.isZero else { return .zero }
    let amount = min(most, min(books.cash(ledger), books.reserves))
    guard !amount.isZero else { return .zero }
    var claims = stake.claims
    try calculating { () throws(ArithmeticRefusal) in try claims.accrue(amount) }
    try post(
      Posting(
        Transfer(from: books.account, to: stake.account, asset: stake.asset, amount: amount, for: .premium)))
    venues[venue].reserves[reserve].reserves -= amount
    venues[pool].reserves[0].claims = claims
    record(.premiumPaid(venue: venue, reserve: Int32(reserve), pool: pool, amount: amount), header)
    try claimsChanged(pool, 0, afterLoss: 0, header)
    return amount
  }

  /// Nothing more will come: what was set aside and not needed goes back, and what is missing falls on.
  mutating func closePromise(_ number: Int, _ header: EventHeader) throws(RunFailure.Reason) {
    let promise = promises[number]
    if case .seizure = promise.settlement { try returnStake(number, header) }
    let shortfall = promise.outstanding
    guard !shortfall.isZero else { return }
    promises[number].outstanding = .zero
    record(
      .promiseBroken(
        loss: promise.loss.number, venue: promise.loss.venue, reserve: Int32(promise.loss.reserve),
        step: Int32(promise.step), shortfall: shortfall), header)
    try allocate(shortfall, of: promise.loss, from: promise.step + 1, header)
  }

  /// What was seized and did not have to be sold, unless another promise still needs it.
  private mutating func returnStake(_ number: Int, _ header: EventHeader) throws(RunFailure.Reason) {
    let promise = promises[number]
    let (venue, place) = (promise.loss.venue, promise.step)
    let isNeeded = promises.indices.contains { other in
      other != number && !promises[other].outstanding.isZero && isOfOneLayer(other, number)
    }
    let step = waterfalls[venue].steps[place]
    guard !isNeeded, let pool = step.layer.stakePool else { return }
    let stake = venues[pool].reserves[0]
    let unsold = ledger.balance(of: step.account, in: stake.asset)
    guard !unsold.isZero else { return }
    try post(
      Posting(
        Transfer(from: step.account, to: stake.account, asset: stake.asset, amount: unsold, for: .lossPayment)
      ))
    var rest = unsold
    for other in promises.indices where other != number && isOfOneLayer(other, number) {
      let part = drawStake(rest, of: other)
      rest -= part
      try giveBackStake(part, to: pool, promises[other].loss, place)
    }
    _ = drawStake(rest, of: number)
    try giveBackStake(rest, to: pool, promise.loss, place)
    uncountSlash(unsold, by: place, venue, header.time)
    record(.returned(pool: pool, amount: unsold), header)
    try claimsChanged(pool, 0, afterLoss: 0, header)
  }

  /// Told under the loss for which it had been seized.
  private mutating func giveBackStake(
    _ amount: Amount, to pool: VenueID, _ loss: FallingLoss, _ place: Int
  ) throws(RunFailure.Reason) {
    guard !amount.isZero else { return }
    let stake = venues[pool].reserves[0]
    var claims = stake.claims
    try calculating { () throws(ArithmeticRefusal) in try claims.accrue(amount) }
    venues[pool].reserves[0].claims = claims
    try rememberHolders(of: stake, before: stake.claims, after: claims, loss, step: place)
  }
}
