import Economy
import Kernel
import Ledger

// A liquidator's act, the loss it may leave, and who bears that.

extension ReferenceEngine {
  mutating func liquidate(_ index: Int, by actor: Int) throws(ReferenceFailure) {
    let position = positions[index]
    let liquidator = liquidators[actor]
    guard position.state == .called else { return }
    if try needsAnOldPrice(position) {
      guard try !pairs(for: liquidator, position).isEmpty else { return }
      try happened(.passedOver(position: PositionID(index), liquidator: LiquidatorID(actor)))
      return try lookAgain(at: index, actor)
    }
    if try givesUp(index) {
      return try happened(.passedOver(position: PositionID(index), liquidator: LiquidatorID(actor)))
    }
    guard try isBelowThreshold(position) else {
      positions[index].state = .open
      return
    }
    guard try !pairs(for: liquidator, position).isEmpty else { return }
    guard let bargain = try whatPaysMost(for: liquidator, position) else {
      try happened(.passedOver(position: PositionID(index), liquidator: LiquidatorID(actor)))
      return try lookAgain(at: index, actor)
    }
    guard specification.chain == nil else {
      positions[index].comers.insert(actor)
      return try send(
        .liquidatorExecutes(actor, on: index, call: position.calls), from: liquidator.account,
        liquidator.key, bidding: liquidator.bid, in: liquidator.terms.currency)
    }
    try carryOut(bargain, index, by: actor)
  }

  mutating func carryOut(_ bargain: Bargain, _ index: Int, by actor: Int) throws(ReferenceFailure) {
    let position = positions[index]
    let liquidator = liquidators[actor]
    let venue = venues[position.venue]
    let lent = venue.lent[bargain.debt]
    let asset = venue.collateral[bargain.collateral].asset
    try happened(
      .liquidated(
        position: PositionID(index), liquidator: LiquidatorID(actor), reserve: Int32(bargain.debt),
        collateral: asset, repaid: try ReferenceMath.amount(bargain.repaid),
        seized: try ReferenceMath.amount(bargain.seized), price: published[asset.position]))
    move(bargain.seized, of: asset.position, from: position.account, to: liquidator.account)
    if let wait = liquidator.terms.sellsAfter {
      try schedule(.liquidatorSells(actor, asset), .liquidation, after: wait)
    } else {
      switch liquidator.terms.market {
      case .pool(let pool):
        try swap(
          in: pool.position, by: liquidator.account, selling: asset, bargain.seized, for: bargain.proceeds)
      case .outside:
        try sellOutside(asset, bargain.seized, for: AssetID(lent.asset), by: liquidator.account)
      }
    }
    move(bargain.repaid, of: lent.asset, from: liquidator.account, to: venue.account)
    let scaled = try ReferenceMath.floorDivide(bargain.repaid, ReferenceMath.indexOne, by: lent.index)
    move(scaled, of: lent.debtAsset, from: venue.account, to: position.account)
    try cashHasCome(to: position.venue)
    try measureSoon()

    positions[index].actsSinceCall += 1
    try weighSoon(position.venue)
    let left = holdings(of: position)
    if try debts(of: position).allSatisfy({ $0.units == 0 }) {
      positions[index].state = .closed
      for (terms, units) in left {
        move(units, of: terms.asset.position, from: position.account, to: position.owner)
      }
    } else if left.allSatisfy({ $0.units == 0 || published[$0.terms.asset.position] == 0 }) {
      try nothingIsLeft(of: index)
    } else if try !isBelowThreshold(position) {
      positions[index].state = .open
    } else if try !pairs(for: liquidator, position).isEmpty {
      try bring(actor, to: index, after: try latency(of: liquidator, on: positions[index]))
    }
  }

  /// What a liquidator may repay and seize: debt and collateral that the position has and the pool trades,
  /// each for the other. Debts in the venue's order, then collaterals.
  func pairs(
    for liquidator: Liquidator, _ position: Position
  ) throws(ReferenceFailure) -> [(debt: Int, collateral: Int)] {
    var pairs: [(debt: Int, collateral: Int)] = []
    let venue = venues[position.venue]
    for debt in position.debts {
      for collateral in position.collateral {
        let lent = venue.lent[debt]
        let asset = venue.collateral[collateral].asset
        guard lent.asset != asset.position, canTurn(asset, into: AssetID(lent.asset), liquidator),
          try owed(by: position, of: lent) > 0,
          balances[position.account][asset.position] > 0
        else { continue }
        pairs.append((debt, collateral))
      }
    }
    return pairs
  }

  private func canTurn(_ collateral: AssetID, into debt: AssetID, _ liquidator: Liquidator) -> Bool {
    if liquidator.terms.sellsAfter != nil, debt != liquidator.terms.currency { return false }
    switch liquidator.terms.market {
    case .pool(let pool): return trades(pool.position, collateral) && trades(pool.position, debt)
    case .outside: return specification.tokens[collateral.position].share == nil
    }
  }

  struct Bargain {
    let debt: Int
    let collateral: Int
    let repaid: Int128
    let seized: Int128
    let proceeds: Int128

    var gain: Int128 { proceeds - repaid }
  }

  /// Of all pairs the one that leaves most dollars, as venues see prices.
  func whatPaysMost(
    for liquidator: Liquidator, _ position: Position
  ) throws(ReferenceFailure) -> Bargain? {
    var best: (bargain: Bargain, dollars: Double)?
    for (debt, collateral) in try pairs(for: liquidator, position) {
      guard let bargain = try whatPaysMost(for: liquidator, position, debt, collateral) else { continue }
      let asset = venues[position.venue].lent[debt].asset
      let dollars = value(of: bargain.gain, in: asset, at: published)
      if let best, dollars <= best.dollars { continue }
      best = (bargain, dollars)
    }
    return best?.bargain
  }

  /// Of most, ⌊most/2⌋, ⌊most/4⌋ … (six sizes), the one that leaves most, if that is enough.
  private func whatPaysMost(
    for liquidator: Liquidator, _ position: Position, _ place: Int, _ collateral: Int
  ) throws(ReferenceFailure) -> Bargain? {
    let venue = venues[position.venue]
    let terms = venue.collateral[collateral]
    let loan = venue.lent[place].asset
    let debt = try owed(by: position, of: venue.lent[place])
    let held = balances[position.account][terms.asset.position]
    let (carries, owes) = try standing(of: position)
    let most =
      carries / owes < venue.terms.fullCloseBelow
      ? debt : try ReferenceMath.ceiling(debt, times: venue.terms.closeFactor)
    let perUnit = rate(of: loan, in: terms.asset.position, at: published) * (1 + terms.bonus)
    let purse = balances[liquidator.account][loan]
    let least = try leastProfit(of: liquidator, in: loan)
    var best: Bargain?
    for halvings in 0..<6 {
      let size = most >> Int128(halvings)
      guard size > 0 else { break }
      var (repaid, seized) = (size, held)
      if let whole = ReferenceMath.floor(Double(size) * perUnit), whole < held {
        seized = whole
      } else if let enough = ReferenceMath.ceiling(Double(held) / perUnit) {
        repaid = min(size, enough)
      }
      guard seized > 0, repaid * ReferenceMath.indexOne / venue.lent[place].index > 0 else { continue }
      let proceeds: Int128
      switch liquidator.terms.market {
      case .pool(let pool): proceeds = try bought(from: pool.position, selling: terms.asset, seized)
      case .outside: proceeds = try worthOutside(seized, of: terms.asset, in: AssetID(loan))
      }
      // Who sells later repays out of what it has; who sells at once adds what the sale brings.
      guard repaid <= (liquidator.terms.sellsAfter == nil ? purse + proceeds : purse) else { continue }
      let bargain = Bargain(
        debt: place, collateral: collateral, repaid: repaid, seized: seized, proceeds: proceeds)
      // Who takes losses takes the largest that it can pay for.
      guard let least else { return bargain }
      guard bargain.gain >= least else { continue }
      if let best, bargain.gain <= best.gain { continue }
      best = bargain
    }
    return best
  }

  /// In what is owed; its bid comes on top. Nil for who takes losses.
  private func leastProfit(of liquidator: Liquidator, in loan: Int) throws(ReferenceFailure) -> Int128? {
    guard let minimum = liquidator.terms.minimumProfit else { return nil }
    let least = Int128(minimum.units) + liquidator.bid
    let currency = liquidator.terms.currency.position
    guard currency != loan else { return least }
    guard let converted = ReferenceMath.ceiling(Double(least) * rate(of: currency, in: loan, at: published))
    else { throw ReferenceFailure("too large a profit") }
    return converted
  }

  // MARK: Losses

  mutating func recogniseLoss(of index: Int) throws(ReferenceFailure) {
    let position = positions[index]
    for place in position.debts {
      let lent = venues[position.venue].lent[place]
      let owes = try owed(by: position, of: lent)
      guard owes > 0 else { continue }
      let provided = try releaseProvision(of: index, place, owes)
      let loss = owes - provided
      move(
        -balances[position.account][lent.debtAsset], of: lent.debtAsset,
        from: venues[position.venue].account, to: position.account)
      venues[position.venue].lent[place].deficit += loss
      if provided > 0 {
        venues[position.venue].lent[place].provision -= provided
        try happened(
          .provisioned(position: PositionID(index), reserve: Int32(place), amount: .zero))
        if loss == 0 { continue }
      }
      try recognise(loss, .position(PositionID(index)), of: position.venue, place)
    }
    positions[index].state = .closed
    try measureSoon()
  }
}
