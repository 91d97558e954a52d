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
    let lots: Settlement.Lots
    switch settlement {
    case .sale(let said): lots = said
    case .seizure(let portion, let fee, let said):
      lots = said
      try seize(for: absorption.promised, portion: portion, fee: fee, loss, place, header)
    }
    promises.append(
      Promise(
        loss: loss, step: place, settlement: settlement, outstanding: absorption.promised,
        actsLeft: lots.count))
    try schedule(.promiseActs(promise: Int32(promises.count - 1)), from: header.time, because: header)
  }

  /// Stake worth the promise and a fee on top, at reference prices, as far as one loss may take it.
  private mutating func seize(
    for promised: Amount, portion share: Double, fee: Double, _ loss: FallingLoss, _ place: Int,
    _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let step = waterfalls[loss.venue].steps[place]
    guard let pool = step.layer.stakePool else { return }
    let stake = venues[pool].reserves[0]
    let lost = venues[loss.venue].reserves[loss.reserve].asset
    let held = min(stake.cash(ledger), stake.claims.totalAssets)
    let most = try calculating { () throws(ArithmeticRefusal) in try portion(share, of: held, .down) }
    let wanted = wholeUnits(
      Double(promised.units) * (1 + fee) * reference.rate(of: lost, in: stake.asset), .up)
    let amount = min(most, wanted ?? most)
    guard !amount.isZero else { return }
    try slash(amount, of: pool, to: step.account, loss, header)
  }

  /// One act of a promise: a lot is sold. After the last the shortfall, if there is one, falls on the next
  /// layer.
  mutating func actOnPromise(_ number: Int, _ header: EventHeader) throws(RunFailure.Reason) {
    let promise = promises[number]
    switch promise.settlement {
    case .sale(let lots), .seizure(_, _, let lots):
      let target = try calculating { () throws(ArithmeticRefusal) in
        Amount(units: try mulDiv(promise.outstanding.units, 1, Int64(promise.actsLeft), .up))
      }
      try sell(for: target, number, header)
      promises[number].actsLeft -= 1
      guard promises[number].actsLeft > 0, !promises[number].outstanding.isZero else {
        return try closePromise(number, header)
      }
      try schedule(
        .promiseActs(promise: Int32(number)), after: lots.every, from: header.time, because: header)
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
      try afterSale(sale, header)
      let paid = min(sale.proceeds, promises[number].outstanding)
      try keepPromise(number, paying: paid, from: step.account, header)
      missing = max(.zero, missing - sale.proceeds)
    }
  }

  /// Cash for a promise has come: it goes to the venue and out of its deficit.
  mutating func keepPromise(
    _ number: Int, paying amount: Amount, from payer: AccountID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    guard !amount.isZero else { return }
    let promise = promises[number]
    let (venue, reserve) = (promise.loss.venue, promise.loss.reserve)
    let asset = venues[venue].reserves[reserve].asset
    try post(
      Posting(
        Transfer(from: payer, to: venues[venue].account, asset: asset, amount: amount, for: .lossPayment)))
    venues[venue].reserves[reserve].deficit -= amount
    promises[number].outstanding -= amount
    record(
      .promiseKept(
        loss: promise.loss.number, venue: venue, reserve: Int32(reserve), step: Int32(promise.step),
        paid: amount, outstanding: promises[number].outstanding), header)
    visible.somethingMoved()
    try cashCame(to: venue, header)
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
      other != number && !promises[other].outstanding.isZero && promises[other].loss.venue == venue
        && promises[other].step == place
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
    var claims = stake.claims
    try calculating { () throws(ArithmeticRefusal) in try claims.accrue(unsold) }
    venues[pool].reserves[0].claims = claims
    record(.returned(pool: pool, amount: unsold), header)
    try claimsChanged(pool, 0, afterLoss: 0, header)
  }
}

// MARK: Selling as little as will do

extension World {
  /// Where one asset is turned into another: the first pool that trades both, or the outside world, which
  /// buys no shares.
  func route(from asset: AssetID, to other: AssetID) -> LiquidationMarket? {
    if let pool = pools.firstIndex(where: { $0.trades(asset) && $0.trades(other) }) {
      return .pool(PoolID(pool))
    }
    let tokens = shares.count
    guard asset.position < tokens, other.position < tokens, shares[asset.position] == nil,
      shares[other.position] == nil
    else { return nil }
    return .outside
  }

  func proceeds(
    ofSelling amount: Amount, _ asset: AssetID, for other: AssetID, in market: LiquidationMarket,
    at time: SimTime
  ) throws(RunFailure.Reason) -> Amount {
    switch market {
    case .pool(let id):
      let (pool, reserves) = (pools[id], pools[id].reserves(selling: asset, ledger))
      return try calculating { () throws(ArithmeticRefusal) in
        try pool.bought(forSelling: amount, reserves: reserves)
      }
    case .outside:
      guard let offered = self.market.outside(of: asset, in: other, at: time).proceeds(ofSelling: amount)
      else {
        throw .arithmetic(.overflow)
      }
      return offered
    }
  }

  /// The least that brings `target`, or all of `held` if that is not enough; nil if that brings nothing.
  /// What more of an asset brings is never less, so that halving finds it.
  func cheapestSale(
    of asset: AssetID, upTo held: Amount, for target: Amount, of other: AssetID, by seller: AccountID,
    in market: LiquidationMarket, _ time: SimTime
  ) throws(RunFailure.Reason) -> Sale? {
    var (low, high) = (Amount.zero, held)
    var best = try proceeds(ofSelling: held, asset, for: other, in: market, at: time)
    guard !best.isZero else { return nil }
    if best >= target {
      while high - low > Amount(units: 1) {
        let middle = Amount(units: low.units + (high.units - low.units) / 2)
        let brought = try proceeds(ofSelling: middle, asset, for: other, in: market, at: time)
        if brought >= target { (high, best) = (middle, brought) } else { low = middle }
      }
    }
    return Sale(seller: seller, asset: asset, amount: high, other: other, proceeds: best, market: market)
  }
}
