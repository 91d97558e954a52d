import Kernel
import Ledger

// Promises kept with new tokens, and by bidders.

extension World {
  /// Mints as few tokens as bring `target`, sells them, and pays what they bring in.
  mutating func mint(for target: Amount, _ number: Int, _ header: EventHeader) throws(RunFailure.Reason) {
    let (venue, place) = (promises[number].loss.venue, promises[number].step)
    let step = waterfalls[venue].steps[place]
    let lost = venues[venue].reserves[promises[number].loss.reserve].asset
    guard let mints = step.layer.mints, let market = route(from: mints.asset, to: lost) else { return }
    let most = mints.most - step.minted
    guard !most.isZero,
      let sale = try cheapestSale(
        of: mints.asset, upTo: most, for: target, of: lost, by: step.account, in: market, header.time)
    else { return }
    try issue(sale.amount, of: mints.asset, to: step.account, number, header, with: legs(of: sale))
    try afterSale(sale, header)
    try keepPromise(
      number, paying: min(sale.proceeds, promises[number].outstanding), from: step.account, header)
  }

  private mutating func issue(
    _ amount: Amount, of token: AssetID, to receiver: AccountID, _ number: Int, _ header: EventHeader,
    with legs: [Transfer] = []
  ) throws(RunFailure.Reason) {
    let (loss, place) = (promises[number].loss, promises[number].step)
    try post(
      Posting([Transfer(from: outside, to: receiver, asset: token, amount: amount, for: .mint)] + legs))
    waterfalls[loss.venue].steps[place].minted += amount
    record(.minted(loss: loss.number, venue: loss.venue, token: token, amount: amount), header)
  }

  /// Bidders who can pay `amount` of an asset, by their places; the others are nil.
  private func able(toPay amount: Amount, of asset: AssetID) -> [Bidder?] {
    bidders.map { bidder in
      bidder.currency == asset && ledger.balance(of: bidder.account, in: asset) >= amount ? bidder : nil
    }
  }

  /// A fixed bid, all that is outstanding, and a falling lot: it begins at tokens worth as much, more by the
  /// pad for each time that nobody has bid.
  mutating func auctionTokens(
    _ auction: Settlement.MintAuction, _ number: Int, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let (loss, bid) = (promises[number].loss, promises[number].outstanding)
    let step = waterfalls[loss.venue].steps[promises[number].step]
    let lost = venues[loss.venue].reserves[loss.reserve].asset
    guard let mints = step.layer.mints else { return }
    var worth = Double(bid.units)
    for _ in 0..<(auction.attempts - promises[number].actsLeft) { worth *= 1 + auction.pad }
    let most = mints.most - step.minted
    let perUnit = reference.rate(of: lost, in: mints.asset)
    let reservations = able(toPay: bid, of: lost).map { $0?.leastWorth(for: bid) }
    let outcome = AuctionOutcome(falling: reservations, from: min(worth, Double(most.units) / perUnit))
    guard let outcome, let lot = wholeUnits(outcome.second * perUnit, .up).map({ min($0, most) }), !lot.isZero
    else {
      return record(
        .auctioned(
          loss: loss.number, venue: loss.venue, reserve: Int32(loss.reserve), winner: nil, paid: .zero,
          asset: mints.asset, won: .zero),
        header)
    }
    let winner = bidders[outcome.winner].account
    try issue(lot, of: mints.asset, to: winner, number, header)
    record(
      .auctioned(
        loss: loss.number, venue: loss.venue, reserve: Int32(loss.reserve), winner: winner, paid: bid,
        asset: mints.asset, won: lot), header)
    try keepPromise(number, paying: bid, from: winner, header)
  }

  /// Where the debt with the incentive is worth more than the fund, bids rise from the share of the debt that
  /// the fund covers, and the winner gets all of the fund; otherwise all of the debt is paid, for a falling
  /// share of it.
  mutating func auctionFund(
    _ incentive: Double, _ number: Int, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let (loss, debt) = (promises[number].loss, promises[number].outstanding)
    let fund = waterfalls[loss.venue].steps[promises[number].step].account
    let lost = venues[loss.venue].reserves[loss.reserve].asset
    var worth = 0.0
    for asset in ledger.assetsTouched(by: fund) {
      worth += Double(ledger.balance(of: fund, in: asset).units) * reference.rate(of: asset, in: lost)
    }
    let wanted = Double(debt.units) * (1 + incentive)
    let (outcome, paid, share): (AuctionOutcome?, Amount, Double)
    if wanted > worth {
      let first = worth / (1 + incentive)
      outcome = AuctionOutcome(
        falling: bidders.map { bidder in
          guard bidder.currency == lost else { return nil }
          let purse = Double(min(ledger.balance(of: bidder.account, in: lost), debt).units)
          return -min(bidder.mostPaid(for: worth), purse)
        }, from: -first)
      (paid, share) = (min(debt, wholeUnits(-(outcome?.second ?? 0), .down) ?? debt), 1)
    } else {
      outcome = AuctionOutcome(
        falling: able(toPay: debt, of: lost).map { $0.map { $0.leastWorth(for: debt) / worth } },
        from: wanted / worth)
      (paid, share) = (debt, outcome?.second ?? 0)
    }
    guard let outcome, !paid.isZero else {
      return record(
        .auctioned(
          loss: loss.number, venue: loss.venue, reserve: Int32(loss.reserve), winner: nil, paid: .zero,
          asset: lost, won: .zero),
        header)
    }
    let winner = bidders[outcome.winner].account
    try keepPromise(number, paying: paid, from: winner, header)
    // Told once, with the first of what it was paid for.
    var told = paid
    for asset in ledger.assetsTouched(by: fund) {
      let held = ledger.balance(of: fund, in: asset)
      let won = share < 1 ? min(held, wholeUnits(Double(held.units) * share, .down) ?? held) : held
      guard !won.isZero else { continue }
      try post(Posting(Transfer(from: fund, to: winner, asset: asset, amount: won, for: .swap)))
      record(
        .auctioned(
          loss: loss.number, venue: loss.venue, reserve: Int32(loss.reserve), winner: winner, paid: told,
          asset: asset, won: won),
        header)
      told = .zero
    }
  }
}
