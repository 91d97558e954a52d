import Economy
import Kernel
import Ledger

// A liquidator's act, the loss it may leave, and who bears that.

extension ReferenceEngine {
  mutating func liquidate(_ index: Int, by actor: Int) throws(ReferenceFailure) {
    let position = positions[index]
    let liquidator = liquidators[actor]
    guard position.state == .called else { return }
    guard try isBelowThreshold(position) else {
      positions[index].state = .open
      return
    }
    guard let (repaid, seized, proceeds) = try whatPaysMost(for: liquidator, position) else {
      try happened(.passedOver(position: PositionID(index), liquidator: LiquidatorID(actor)))
      return try schedule(
        .liquidatorActs(actor, on: index, call: positions[index].calls), .liquidation,
        after: liquidator.retry, because: positions[index].call)
    }
    let venue = venues[position.venue]
    let (asset, loan) = (position.terms.asset, venue.terms.loanAsset)
    try happened(
      .liquidated(
        position: PositionID(index), liquidator: LiquidatorID(actor),
        repaid: try ReferenceMath.amount(repaid), seized: try ReferenceMath.amount(seized),
        price: published[asset.position]))
    move(seized, of: asset.position, from: position.account, to: liquidator.account)
    try swap(in: liquidator.pool, by: liquidator.account, selling: asset, seized, for: proceeds)
    move(repaid, of: loan.position, from: liquidator.account, to: venue.account)
    let scaled = try ReferenceMath.floorDivide(repaid, ReferenceMath.indexOne, by: venue.index)
    move(scaled, of: venue.debtAsset, from: venue.account, to: position.account)
    try measureSoon()

    positions[index].actsSinceCall += 1
    if try owed(by: position) == 0 {
      positions[index].state = .closed
      move(collateral(of: position), of: asset.position, from: position.account, to: position.owner)
    } else if collateral(of: position) == 0 {
      positions[index].state = .closed
      try schedule(.lossFalls(index), .loss)
    } else if try isBelowThreshold(position) {
      try schedule(
        .liquidatorActs(actor, on: index, call: positions[index].calls), .liquidation,
        after: try latency(of: liquidator, on: positions[index]))
    } else {
      positions[index].state = .open
    }
  }

  /// Of most, ⌊most/2⌋, ⌊most/4⌋ … (six sizes), the one that leaves most, if that is enough.
  private func whatPaysMost(
    for liquidator: Liquidator, _ position: Position
  ) throws(ReferenceFailure) -> (repaid: Int128, seized: Int128, proceeds: Int128)? {
    let terms = venues[position.venue].terms
    let debt = try owed(by: position)
    let held = collateral(of: position)
    let (carries, owes) = try standing(of: position)
    let most =
      carries / owes < terms.fullCloseBelow ? debt : try ReferenceMath.ceiling(debt, times: terms.closeFactor)
    let perUnit =
      rate(of: terms.loanAsset.position, in: position.terms.asset.position, at: published)
      * (1 + position.terms.bonus)
    var least = liquidator.minimumProfit
    let quote = specification.pools[liquidator.pool].quote.position
    if quote != terms.loanAsset.position {
      let inLoan = rate(of: quote, in: terms.loanAsset.position, at: published)
      guard let converted = ReferenceMath.ceiling(Double(least) * inLoan) else { return nil }
      least = converted
    }
    var best: (repaid: Int128, seized: Int128, proceeds: Int128)?
    for halvings in 0..<6 {
      let size = most >> Int128(halvings)
      guard size > 0 else { break }
      var (repaid, seized) = (size, held)
      if let whole = ReferenceMath.floor(Double(size) * perUnit), whole < held {
        seized = whole
      } else if let enough = ReferenceMath.ceiling(Double(held) / perUnit) {
        repaid = min(size, enough)
      }
      guard seized > 0 else { continue }
      let proceeds = try bought(from: liquidator.pool, selling: position.terms.asset, seized)
      guard proceeds - repaid >= least else { continue }
      if let best, proceeds - repaid <= best.proceeds - best.repaid { continue }
      best = (repaid, seized, proceeds)
    }
    return best
  }

  // MARK: Losses

  mutating func recogniseLoss(of index: Int) throws(ReferenceFailure) {
    let position = positions[index]
    let venue = venues[position.venue]
    let loss = try owed(by: position)
    // Losses are numbered from one.
    lossesInAll += 1
    let number = Int32(lossesInAll)
    move(
      -balances[position.account][venue.debtAsset], of: venue.debtAsset, from: venue.account,
      to: position.account)
    venues[position.venue].deficit += loss
    try happened(
      .recognised(loss: number, position: PositionID(index), amount: try ReferenceMath.amount(loss)))
    var left = loss
    for (step, layer) in venue.layers.enumerated() where left > 0 {
      let taken = try take(left, layer, of: position.venue)
      left -= taken
      venues[position.venue].deficit -= taken
      try happened(
        .absorbed(
          loss: number, venue: VenueID(position.venue), step: Int32(step),
          taken: try ReferenceMath.amount(taken), promised: .zero, left: try ReferenceMath.amount(left)))
    }
    try measureSoon()
  }

  /// What a layer takes of a loss, having taken it.
  private mutating func take(
    _ loss: Int128, _ layer: Layer, of venue: Int
  ) throws(ReferenceFailure) -> Int128 {
    let loan = venues[venue].terms.loanAsset.position
    switch layer.name {
    case "insuranceFund":
      // A fund pays up to its balance, and up to `capPerEvent` for one loss.
      var taken = min(loss, balances[layer.account][loan])
      if let cap = layer.settings["capPerEvent"] { taken = min(taken, Int128(cap.units)) }
      move(taken, of: loan, from: layer.account, to: venues[venue].account)
      return taken
    case "proRata":
      // Every supplier's claim falls in the same ratio.
      let taken = min(loss, venues[venue].totalAssets)
      venues[venue].totalAssets -= taken
      return taken
    case "unresolved":
      // Nothing is written down and nobody pays.
      return 0
    default:
      throw ReferenceFailure("the reference engine does not know the layer \(layer.name)")
    }
  }
}
