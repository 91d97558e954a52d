import Economy
import Kernel
import Ledger

// What layers have promised is paid over time, or falls on.

extension ReferenceEngine {
  mutating func act(on number: Int) throws(ReferenceFailure) {
    let promise = promises[number]
    guard promise.outstanding > 0 else { return }
    let layer = venues[promise.all.venue].layers[promise.layer]
    // An equal part for each act that is left, this one among them.
    let part = try ReferenceMath.ceilingDivide(promise.outstanding, 1, by: Int128(promise.actsLeft))
    var wait = layer.settings.duration("every") ?? .zero
    switch layer.name {
    case "tokenDilution" where layer.settings.word("sale") == "auction":
      wait = layer.settings.duration("lasts") ?? .hours(6)
      try auctionTokens(number, layer)
    case "tokenDilution": try mint(for: part, number, layer)
    case "debtAuction": try auctionFund(number, layer)
    case "revenueCapture": break
    default: try sell(for: part, number, layer)
    }
    promises[number].actsLeft -= 1
    if promises[number].actsLeft > 0, promises[number].outstanding > 0 {
      let isAuction = layer.settings.word("sale") == "auction"
      if !isAuction, promises[number].outstanding == promise.outstanding { try reduce(number, by: 0) }
      return try schedule(.promiseActs(number), .settlement, after: wait)
    }
    try close(number)
  }

  private mutating func sell(for target: Int128, _ number: Int, _ layer: Layer) throws(ReferenceFailure) {
    let asset = lost(number)
    var missing = target
    for other in assets.indices where other != asset && missing > 0 && isSold(other, for: asset) {
      let held = balances[layer.account][other]
      guard held > 0, let (sold, bought) = try leastSale(of: other, held, for: missing, of: asset) else {
        continue
      }
      try trade(other, sold, for: asset, bought, by: layer.account)
      try pay(min(bought, promises[number].outstanding), from: layer.account, number)
      missing -= bought
    }
  }

  private func lost(_ number: Int) -> Int {
    venues[promises[number].all.venue].lent[promises[number].all.place].asset
  }

  mutating func trade(
    _ asset: Int, _ sold: Int128, for other: Int, _ bought: Int128, by account: Int
  ) throws(ReferenceFailure) {
    if let pool = poolFor(asset, other) {
      try swap(in: pool, by: account, selling: AssetID(asset), sold, for: bought)
    } else {
      try sellOutside(AssetID(asset), sold, for: AssetID(other), by: account)
    }
  }

  private mutating func pay(_ paid: Int128, from payer: Int, _ number: Int) throws(ReferenceFailure) {
    guard paid > 0 else { return }
    let all = promises[number].all
    move(paid, of: lost(number), from: payer, to: venues[all.venue].account)
    try reduce(number, by: paid)
    try cashHasCome(to: all.venue)
  }

  private mutating func reduce(_ number: Int, by paid: Int128) throws(ReferenceFailure) {
    let all = promises[number].all
    promises[number].outstanding -= paid
    venues[all.venue].lent[all.place].deficit -= paid
    try happened(
      .promiseKept(
        loss: all.number, venue: VenueID(all.venue), reserve: Int32(all.place),
        step: Int32(promises[number].layer), paid: try ReferenceMath.amount(paid),
        outstanding: try ReferenceMath.amount(promises[number].outstanding)))
  }

  /// Halving from the outside in: less than `low` is too little.
  private func leastSale(
    of asset: Int, _ held: Int128, for target: Int128, of other: Int
  ) throws(ReferenceFailure) -> (sold: Int128, bought: Int128)? {
    func brings(_ units: Int128) throws(ReferenceFailure) -> Int128 {
      if let pool = poolFor(asset, other) { return try bought(from: pool, selling: AssetID(asset), units) }
      return try worthOutside(units, of: AssetID(asset), in: AssetID(other))
    }
    let all = try brings(held)
    guard all > 0 else { return nil }
    guard all >= target else { return (held, all) }
    var (low, high): (Int128, Int128) = (1, held)
    while low < high {
      let middle = (low + high) / 2
      if try brings(middle) >= target { high = middle } else { low = middle + 1 }
    }
    return (high, try brings(high))
  }

  // MARK: New tokens

  private mutating func mint(for target: Int128, _ number: Int, _ layer: Layer) throws(ReferenceFailure) {
    let (token, most) = layer.settings.tokens("mints")
    let left = Int128(most.units) - layer.minted
    guard left > 0, isSold(token.position, for: lost(number)),
      let (sold, bought) = try leastSale(of: token.position, left, for: target, of: lost(number))
    else { return }
    try issue(sold, of: token, to: layer.account, number)
    try trade(token.position, sold, for: lost(number), bought, by: layer.account)
    try pay(min(bought, promises[number].outstanding), from: layer.account, number)
  }

  private mutating func issue(
    _ amount: Int128, of token: AssetID, to receiver: Int, _ number: Int
  ) throws(ReferenceFailure) {
    let promise = promises[number]
    move(amount, of: token.position, from: 0, to: receiver)
    venues[promise.all.venue].layers[promise.layer].minted += amount
    try happened(
      .minted(
        loss: promise.all.number, venue: VenueID(promise.all.venue), token: token,
        amount: try ReferenceMath.amount(amount)))
  }

  private mutating func auctionTokens(_ number: Int, _ layer: Layer) throws(ReferenceFailure) {
    let (promise, asset) = (promises[number], lost(number))
    let (token, most) = layer.settings.tokens("mints")
    let left = Int128(most.units) - layer.minted
    var offered = Double(promise.outstanding)
    for _ in promise.actsLeft..<(layer.settings.count("attempts") ?? 4) {
      offered *= 1 + (layer.settings.ratio("pad") ?? 0.5)
    }
    let perUnit = rate(of: asset, in: token.position, at: reference)
    offered = min(offered, Double(left) / perUnit)
    // Who can pay, and would take so few, from the fewest up; the first of equals.
    let bids = bidders.enumerated().filter {
      $0.element.currency == asset && balances[$0.element.account][asset] >= promise.outstanding
    }.map { (place: $0.offset, worth: Double(promise.outstanding) / (1 - $0.element.discount)) }
      .filter { $0.worth <= offered }.sorted { ($0.worth, $0.place) < ($1.worth, $1.place) }
    guard let best = bids.first,
      let lot = ReferenceMath.ceiling((bids.count > 1 ? bids[1].worth : offered) * perUnit),
      min(lot, left) > 0
    else { return try tellOfAuction(number, winner: nil, 0, token.position, 0) }
    let winner = bidders[best.place].account
    try issue(min(lot, left), of: token, to: winner, number)
    try tellOfAuction(number, winner: winner, promise.outstanding, token.position, min(lot, left))
    try pay(promise.outstanding, from: winner, number)
  }

  private mutating func tellOfAuction(
    _ number: Int, winner: Int?, _ paid: Int128, _ asset: Int, _ won: Int128
  ) throws(ReferenceFailure) {
    let all = promises[number].all
    try happened(
      .auctioned(
        loss: all.number, venue: VenueID(all.venue), reserve: Int32(all.place),
        winner: winner.map { AccountID($0) },
        paid: try ReferenceMath.amount(paid), asset: AssetID(asset), won: try ReferenceMath.amount(won)))
  }

  // MARK: A fund for a debt

  private mutating func auctionFund(_ number: Int, _ layer: Layer) throws(ReferenceFailure) {
    let (debt, asset) = (promises[number].outstanding, lost(number))
    var worth = 0.0
    for other in assets.indices where balances[layer.account][other] > 0 {
      worth += Double(balances[layer.account][other]) * rate(of: other, in: asset, at: reference)
    }
    let incentive = layer.settings.ratio("incentive") ?? 0.1
    let wanted = Double(debt) * (1 + incentive)
    let winner: Int
    var (paid, share) = (debt, 1.0)
    if wanted > worth {
      // Whoever pays most gets the whole fund, for what the second would pay.
      let start = worth / (1 + incentive)
      let bids = bidders.enumerated().filter { $0.element.currency == asset }.map {
        let purse = Double(min(balances[$0.element.account][asset], debt))
        return (place: $0.offset, paid: min(worth * (1 - $0.element.discount), purse))
      }.filter { $0.paid >= start }.sorted { (-$0.paid, $0.place) < (-$1.paid, $1.place) }
      guard let best = bids.first else { return try tellOfAuction(number, winner: nil, 0, asset, 0) }
      winner = bidders[best.place].account
      paid = min(debt, ReferenceMath.floor(bids.count > 1 ? bids[1].paid : start) ?? debt)
    } else {
      // Whoever takes the least of the fund for the whole debt.
      let bids = bidders.enumerated().filter {
        $0.element.currency == asset && balances[$0.element.account][asset] >= debt
      }.map { (place: $0.offset, share: Double(debt) / (1 - $0.element.discount) / worth) }
        .filter { $0.share <= wanted / worth }.sorted { ($0.share, $0.place) < ($1.share, $1.place) }
      guard let best = bids.first else { return try tellOfAuction(number, winner: nil, 0, asset, 0) }
      winner = bidders[best.place].account
      share = bids.count > 1 ? bids[1].share : wanted / worth
    }
    guard paid > 0 else { return try tellOfAuction(number, winner: nil, 0, asset, 0) }
    try pay(paid, from: winner, number)
    var mentioned = false
    for other in assets.indices {
      let held = balances[layer.account][other]
      let won = share < 1 ? min(held, ReferenceMath.floor(Double(held) * share) ?? held) : held
      guard won > 0 else { continue }
      move(won, of: other, from: layer.account, to: winner)
      try tellOfAuction(number, winner: winner, mentioned ? 0 : paid, other, won)
      mentioned = true
    }
  }

  // MARK: Revenue

  /// Interest that a venue has just kept. `given` is what has been paid out of it so far.
  mutating func share(_ kept: Int128, of venue: Int, _ place: Int) throws(ReferenceFailure) {
    guard kept > 0 else { return }
    var given: Int128 = 0
    func part(_ ratio: Double?) -> Int128 {
      min(kept * Int128(((ratio ?? 0) * 1e9).rounded()) / 1_000_000_000, kept - given)
    }
    for (index, layer) in venues[venue].layers.enumerated() {
      let before = venues[venue].lent[place].reserves
      switch layer.name {
      case "mutualPool": try payPremium(part(layer.settings.ratio("premium")), layer, of: venue, place)
      case "insuranceFund": try refill(index, of: venue, place, part(layer.settings.ratio("refill")))
      case "revenueCapture": try payPledges(of: index, part(layer.settings.ratio("share")), venue, place)
      default: continue
      }
      given += before - venues[venue].lent[place].reserves
    }
  }

  private mutating func payPremium(
    _ part: Int128, _ layer: Layer, of venue: Int, _ place: Int
  ) throws(ReferenceFailure) {
    let pool = layer.settings.venue("pool").position
    let lent = venues[venue].lent[place]
    let paid = min(part, min(balances[venues[venue].account][lent.asset], lent.reserves))
    guard paid > 0, venues[pool].lent[0].totalShares > 0, venues[pool].lent[0].asset == lent.asset else {
      return
    }
    move(paid, of: lent.asset, from: venues[venue].account, to: venues[pool].account)
    venues[venue].lent[place].reserves -= paid
    venues[pool].lent[0].totalAssets += paid
    try happened(
      .premiumPaid(
        venue: VenueID(venue), reserve: Int32(place), pool: VenueID(pool),
        amount: try ReferenceMath.amount(paid)))
    try claimsHaveChanged(of: pool, 0, loss: 0)
  }

  private mutating func payPledges(
    of index: Int, _ part: Int128, _ venue: Int, _ place: Int
  ) throws(ReferenceFailure) {
    var budget = part
    for number in promises.indices
    where promises[number].all.venue == venue && promises[number].all.place == place
      && promises[number].layer == index && promises[number].outstanding > 0
    {
      let paid = min(budget, min(promises[number].outstanding, venues[venue].lent[place].reserves))
      budget -= paid
      guard paid > 0 else { continue }
      venues[venue].lent[place].reserves -= paid
      try reduce(number, by: paid)
    }
  }

  // MARK: The end

  /// Stake that is left goes back unless another promise of the layer needs it; a shortfall falls on.
  private mutating func close(_ number: Int) throws(ReferenceFailure) {
    let promise = promises[number]
    let layer = venues[promise.all.venue].layers[promise.layer]
    let others = promises.enumerated().contains {
      $0.offset != number && $0.element.outstanding > 0 && $0.element.all.venue == promise.all.venue
        && $0.element.layer == promise.layer
    }
    if layer.name == "stakedBackstop", !others {
      let pool = layer.settings.venue("stake").position
      let stake = venues[pool].lent[0]
      let unsold = balances[layer.account][stake.asset]
      if unsold > 0 {
        move(unsold, of: stake.asset, from: layer.account, to: venues[pool].account)
        venues[pool].lent[0].totalAssets += unsold
        noteReturn(unsold, promise.all.venue, promise.layer)
        try happened(.returned(pool: VenueID(pool), amount: try ReferenceMath.amount(unsold)))
        try claimsHaveChanged(of: pool, 0, loss: 0)
      }
    }
    guard promise.outstanding > 0 else { return }
    promises[number].outstanding = 0
    try happened(
      .promiseBroken(
        loss: promise.all.number, venue: VenueID(promise.all.venue), reserve: Int32(promise.all.place),
        step: Int32(promise.layer), shortfall: try ReferenceMath.amount(promise.outstanding)))
    try allocate(promise.outstanding, of: promise.all, from: promise.layer + 1)
  }
}
