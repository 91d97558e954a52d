import Economy
import Kernel
import Ledger

// Borrowers who look after their positions.

extension ReferenceEngine {
  mutating func scheduleCare(of index: Int, number: Int64) throws(ReferenceFailure) {
    let carer = carers[index]
    try scheduleLook(.borrowerWatches(index), by: carer.key, every: carer.care.every, number: number)
  }

  mutating func takeCare(_ index: Int) throws(ReferenceFailure) {
    let carer = carers[index]
    let position = positions[carer.position]
    guard position.state != .closed, position.state != .exhausted, let now else { return }
    let (carries, owes) = try standing(of: position)
    var hasActed = false
    if carries / owes < carer.care.below {
      switch carer.care.means {
      case .collateral: hasActed = try post(more: carer, missing: carer.care.to * owes - carries)
      case .repayment: hasActed = try repay(carer, missing: owes - carries / carer.care.to)
      }
    }
    if hasActed {
      if carer.care.means == .repayment { try cashHasCome(to: position.venue) }
      try findOut(carer.position)
      try measureSoon()
    }
    // Who has nothing left has no reason to look.
    let assets =
      carer.care.means == .collateral
      ? position.collateral.map { venues[position.venue].collateral[$0].asset.position }
      : position.debts.map { venues[position.venue].lent[$0].asset }
    guard positions[carer.position].state != .closed, positions[carer.position].state != .exhausted,
      assets.contains(where: { balances[carer.purse][$0] > 0 })
    else { return }
    try scheduleCare(of: index, number: now.time.microseconds / carer.care.every.microseconds + 1)
  }

  /// Of each collateral as much as is missing at its threshold, or as there is.
  private mutating func post(more carer: Carer, missing: Double) throws(ReferenceFailure) -> Bool {
    let position = positions[carer.position]
    var missing = missing
    var hasActed = false
    for place in position.collateral where missing > 0 {
      let terms = venues[position.venue].collateral[place]
      let asset = terms.asset.position
      func counts(_ units: Int128) -> Double { value(of: units, in: asset, at: published) * terms.threshold }
      var posted = balances[carer.purse][asset]
      if let enough = ReferenceMath.ceiling(missing / counts(1)), enough < posted { posted = enough }
      missing -= counts(posted)
      guard posted > 0 else { continue }
      move(posted, of: asset, from: carer.purse, to: position.account)
      try happened(
        .toppedUp(
          position: PositionID(carer.position), asset: terms.asset, posted: try ReferenceMath.amount(posted)))
      hasActed = true
    }
    return hasActed
  }

  /// Of each debt as much as is too much, or as there is; not what would retire nothing.
  private mutating func repay(_ carer: Carer, missing: Double) throws(ReferenceFailure) -> Bool {
    let position = positions[carer.position]
    var missing = missing
    var hasActed = false
    for place in position.debts where missing > 0 {
      let lent = venues[position.venue].lent[place]
      var repaid = min(balances[carer.purse][lent.asset], try owed(by: position, of: lent))
      let each = value(of: 1, in: lent.asset, at: published)
      if let enough = ReferenceMath.ceiling(missing / each), enough < repaid { repaid = enough }
      missing -= value(of: repaid, in: lent.asset, at: published)
      let scaled = try ReferenceMath.floorDivide(repaid, ReferenceMath.indexOne, by: lent.index)
      guard scaled > 0 else { continue }
      move(repaid, of: lent.asset, from: carer.purse, to: venues[position.venue].account)
      move(scaled, of: lent.debtAsset, from: venues[position.venue].account, to: position.account)
      try happened(
        .paidDown(
          position: PositionID(carer.position), reserve: Int32(place),
          repaid: try ReferenceMath.amount(repaid)))
      hasActed = true
    }
    return hasActed
  }
}

// MARK: Venues that change their terms

extension ReferenceEngine {
  mutating func govern(_ number: Int) throws(ReferenceFailure) {
    let change = specification.governance[number]
    let venue = change.venue.position
    let old = venues[venue].collateral[change.place]
    let threshold = change.threshold ?? old.threshold
    let bonus = change.bonus ?? old.bonus
    venues[venue].collateral[change.place] = CollateralTerms(
      asset: old.asset, maximumLTV: old.maximumLTV, threshold: threshold, bonus: bonus)
    try happened(
      .governed(venue: change.venue, collateral: old.asset, threshold: threshold, bonus: bonus))
    if threshold != old.threshold { try ringAlarms(of: venue) }
  }
}

// MARK: Noise

extension ReferenceEngine {
  /// Of the words that a trade's number has: the first its wait, the second its side, the third its size.
  private func word(_ index: UInt32, of trader: Noise, _ number: Int64) -> UInt64 {
    streams.word(.noiseTrade, trader.key, Epoch(slot: UInt64(number)), index: index)
  }

  mutating func scheduleNoise(of index: Int, number: Int64) throws(ReferenceFailure) {
    let u = UnitInterval.open(word(0, of: noise[index], number))
    let drawn = (-ElementaryMath.log1p(-u) * Double(noise[index].every.microseconds)).rounded(.down)
    try schedule(
      .noiseTrades(index, number: number), .decision, after: SimDuration(microseconds: Int64(drawn)),
      asRoot: true)
  }

  mutating func makeNoise(_ index: Int, _ number: Int64, isExecuting: Bool) throws(ReferenceFailure) {
    let trader = noise[index]
    let (base, quote) = (specification.pools[trader.pool].base, specification.pools[trader.pool].quote)
    let isBase = UnitInterval.open(word(1, of: trader, number)) < 0.5
    guard let drawn = try? trader.size.draw(word(2, of: trader, number)) else {
      throw ReferenceFailure("too large a trade")
    }
    let asset = isBase ? base : quote
    var sold = balances[trader.account][asset.position]
    if isBase {
      let price = Double(reserve(of: trader.pool, quote)) / Double(reserve(of: trader.pool, base))
      if let worth = ReferenceMath.floor(Double(drawn.units) / price) { sold = min(sold, worth) }
    } else {
      sold = min(sold, Int128(drawn.units))
    }
    guard sold > 0 else { return }
    let got = try bought(from: trader.pool, selling: asset, sold)
    guard got > 0 else { return }
    if specification.chain != nil, !isExecuting {
      return try send(
        .noiseTradeExecutes(index, number: number), from: trader.account, trader.key, bidding: trader.bid,
        in: quote)
    }
    try swap(in: trader.pool, by: trader.account, selling: asset, sold, for: got)
  }
}
