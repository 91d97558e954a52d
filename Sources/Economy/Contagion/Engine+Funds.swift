import Kernel
import Ledger

// What becomes of a fund while nothing is lost: it is refilled out of revenue, and brought back to its mix.

extension World {
  /// In cash, as far as there is any. Returns what was paid.
  mutating func refill(
    _ place: Int, _ most: Amount, _ venue: VenueID, _ reserve: Int, _ header: EventHeader
  ) throws(RunFailure.Reason) -> Amount {
    let (books, step) = (venues[venue].reserves[reserve], waterfalls[venue].steps[place])
    let amount = min(most, min(books.cash(ledger), books.reserves))
    guard !amount.isZero else { return .zero }
    try post(
      Posting(
        Transfer(from: books.account, to: step.account, asset: books.asset, amount: amount, for: .premium)))
    venues[venue].reserves[reserve].reserves -= amount
    record(.refilled(venue: venue, reserve: Int32(reserve), step: Int32(place), amount: amount), header)
    return amount
  }

  // MARK: Rebalancing

  /// What funds that are rebalanced are made of before time starts.
  mutating func scheduleRebalancing() throws(RunFailure.Reason) {
    for venue in venues.indices.map(VenueID.init) {
      for (place, step) in waterfalls[venue].steps.enumerated() {
        guard let every = step.layer.rebalance else { continue }
        waterfalls[venue].steps[place].mix = FundBalance(step.account, ledger, reference).mix
        try schedule(
          .fundRebalances(venue: venue, step: Int32(place)), after: every, from: .start, because: nil)
      }
    }
  }

  /// Sells what the fund has too much of for what it has too little of, while none of what it holds is
  /// promised to anybody.
  mutating func rebalance(
    _ venue: VenueID, _ place: Int, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let step = waterfalls[venue].steps[place]
    guard let every = step.layer.rebalance else { return }
    try schedule(
      .fundRebalances(venue: venue, step: Int32(place)), after: every, from: header.time, because: nil)
    let isSpokenFor = promises.contains {
      !$0.outstanding.isZero && waterfalls[$0.loss.venue].steps[$0.step].account == step.account
    }
    guard !isSpokenFor else { return }
    for order in FundBalance(step.account, ledger, reference).orders(toward: step.mix) {
      let amount = min(order.amount, ledger.balance(of: step.account, in: order.asset))
      guard !amount.isZero, let market = route(from: order.asset, to: order.other) else { continue }
      let proceeds = try proceeds(
        ofSelling: amount, order.asset, for: order.other, in: market, at: header.time)
      // Nobody sells for nothing.
      guard !proceeds.isZero else { continue }
      let sale = Sale(
        seller: step.account, asset: order.asset, amount: amount, other: order.other, proceeds: proceeds,
        market: market)
      try post(Posting(legs(of: sale)))
      try afterSale(sale, header)
      record(
        .rebalanced(
          venue: venue, step: Int32(place), asset: order.asset, sold: amount, forAsset: order.other,
          bought: proceeds), header)
    }
  }
}

/// What a fund holds, in dollars at the prices of one moment.
private struct FundBalance {
  struct Order {
    let asset: AssetID
    let amount: Amount
    let other: AssetID
  }

  /// What is off by no more than this share of the whole stays as it is.
  private static let tolerance = 1e-9

  private let prices: PriceBoard
  /// By token.
  private let values: [Double]
  private let whole: Double

  init(_ account: AccountID, _ ledger: Ledger, _ prices: PriceBoard) {
    self.prices = prices
    values = prices.prices.indices.map(AssetID.init).map {
      prices.value(of: ledger.balance(of: account, in: $0), in: $0)
    }
    whole = values.reduce(0, +)
  }

  /// Each asset's share of the whole; nothing of nothing.
  var mix: [Double] { values.map { whole > 0 ? $0 / whole : 0 } }

  /// For each asset that there is too much of, in order, what it takes to get of each that there is too
  /// little of, in order, as much as its part of all that is missing.
  func orders(toward mix: [Double]) -> [Order] {
    let missing = zip(mix, values).map { $0 * whole - $1 }
    let least = FundBalance.tolerance * whole
    let lacking = missing.indices.filter { missing[$0] > least }
    let all = lacking.reduce(0) { $0 + missing[$1] }
    var orders: [Order] = []
    for asset in missing.indices where -missing[asset] > least {
      let units = -missing[asset] / prices.prices[asset] * prices.unitsPerToken[asset]
      // At a price of zero nobody says how much there is to be bought.
      for other in lacking where prices.prices[other] > 0 {
        guard let amount = wholeUnits(units * (missing[other] / all), .down) else { continue }
        orders.append(Order(asset: AssetID(asset), amount: amount, other: AssetID(other)))
      }
    }
    return orders
  }
}
