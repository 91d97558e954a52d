import Economy
import Kernel
import Ledger

// Bad debt that has occurred, of the semantics page: everybody is asked, every time.

extension ReferenceEngine {
  mutating func measureBadDebt() throws(ReferenceFailure) {
    measurementIsDue = false
    for venue in venues.indices {
      let hidden = try shortfalls(in: venue) { asset, units in value(of: units, in: asset, at: reference) }
      guard hidden != venues[venue].hidden else { continue }
      venues[venue].hidden = hidden
      guard let microdollars = Int64(exactly: hidden) else { throw ReferenceFailure("too many dollars") }
      try happened(.badDebtOccurred(venue: VenueID(venue), microdollars: microdollars))
    }
    let before = paths
    for asset in specification.tokens.indices { approachOutside(asset, asset) }
    var stocks: [Int128] = []
    for venue in venues.indices {
      stocks.append(try shortfalls(in: venue) { asset, units in mostDollars(for: units, of: asset) })
    }
    executable.append(stocks)
    paths = before
  }

  /// Σ of what is not covered when so much of an asset counts for so many dollars.
  private func shortfalls(
    in venue: Int, _ dollars: (_ asset: Int, _ units: Int128) -> Double
  ) throws(ReferenceFailure) -> Int128 {
    var sum: Int128 = 0
    for position in positions where position.venue == venue && position.state != .closed {
      let holds = holdings(of: position).map { dollars($0.terms.asset.position, $0.units) }.reduce(0, +)
      let owes = try debts(of: position)
        .map { value(of: $0.units, in: $0.lent.asset, at: reference) }.reduce(0, +)
      guard owes > holds else { continue }
      guard let up = ReferenceMath.ceiling(owes * 1e6), let down = ReferenceMath.floor(holds * 1e6) else {
        throw ReferenceFailure("too many dollars")
      }
      sum += up - down
    }
    return sum
  }

  /// What selling so much would bring where it brings most. The impact has decayed to now.
  private func mostDollars(for units: Int128, of asset: Int) -> Double {
    let token = specification.tokens[asset]
    let traders = specification.pools.indices.filter { trades($0, AssetID(asset)) }
    var offers = traders.map { pool in
      let bought = (try? bought(from: pool, selling: AssetID(asset), units)) ?? 0
      return value(of: bought, in: otherAsset(of: pool, than: AssetID(asset)).position, at: reference)
    }
    if let share = token.share {
      if traders.isEmpty {
        let (venue, place) = (share.venue.position, share.reserve)
        let lent = venues[venue].lent[place]
        let (wanted, cash) = (worth(units, of: lent), cashToBeHad(at: venue, place))
        let isRefused = wanted > cash && venues[venue].terms.withdrawals == .whole
        offers.append(value(of: isRefused ? 0 : min(wanted, cash), in: lent.asset, at: reference))
      }
    } else if traders.isEmpty || liquidators.contains(where: { $0.terms.market == .outside }) {
      offers.append(
        token.impact == nil
          ? value(of: units, in: asset, at: reference) : dollars(.sells, units, of: asset))
    }
    return offers.max() ?? 0
  }

  private func cashToBeHad(at venue: Int, _ place: Int) -> Int128 {
    guard venues[venue].waiting.isEmpty else { return 0 }
    var cash = balances[venues[venue].account][venues[venue].lent[place].asset]
    for holding in venues[venue].holdings {
      let lent = venues[holding.venue].lent[holding.place]
      let own = worth(balances[venues[venue].account][lent.shareAsset], of: lent)
      cash += min(own, cashToBeHad(at: holding.venue, holding.place))
    }
    return cash
  }
}
