import Kernel
import Ledger

// Bad debt that has occurred: at reference prices, and at what selling would bring.

extension World {
  mutating func scheduleMeasurement(because header: EventHeader) throws(RunFailure.Reason) {
    guard !pending.measurement else { return }
    pending.measurement = true
    try schedule(.badDebtIsMeasured, from: header.time, because: header)
  }

  /// Occurred bad debt is a stock, measured whenever prices, debts or positions have moved.
  mutating func measureBadDebt(_ header: EventHeader) throws(RunFailure.Reason) {
    pending.measurement = false
    noteMovedPrices()
    quoteOutlets(at: header.time)
    let prices = ExecutableCoordinates.Prices(markets: executablePrices, reference: reference)
    for venue in venues.indices.map(VenueID.init) where pending.unmeasured[venue] {
      pending.unmeasured[venue] = false
      executableMicrodollars[venue] = try executableBadDebt(of: venue, at: prices)
      let microdollars = try hiddenBadDebt(of: venue)
      guard microdollars != hiddenMicrodollars[venue] else { continue }
      hiddenMicrodollars[venue] = microdollars
      record(.badDebtOccurred(venue: venue, microdollars: microdollars), header)
    }
    measures.observeExecutable(executableMicrodollars)
  }

  /// Pools may have been traded in since anything else moved: what selling would leave is asked once more.
  mutating func measureAtTheEnd() throws(RunFailure.Reason) {
    quoteOutlets(at: horizon)
    let prices = ExecutableCoordinates.Prices(markets: executablePrices, reference: reference)
    for venue in venues.indices.map(VenueID.init) where pending.unmeasured[venue] {
      executableMicrodollars[venue] = try executableBadDebt(of: venue, at: prices)
    }
    measures.observeExecutable(executableMicrodollars)
  }

  /// Only those are measured that hang on a price that has moved, or of which a position or a debt has.
  private mutating func noteMovedPrices() {
    for token in reference.prices.indices where reference.prices[token] != measuredPrices[token] {
      measuredPrices[token] = reference.prices[token]
      measureAnew(venuesWith: AssetID(token))
    }
  }

  private mutating func measureAnew(venuesWith asset: AssetID) {
    for venue in listeners.venues[asset.position] { pending.unmeasured[venue] = true }
  }

  /// Σ over positions that are not closed of what their collateral does not cover at reference prices.
  private mutating func hiddenBadDebt(of venue: VenueID) throws(RunFailure.Reason) -> Int64 {
    let (members, positions) = (positionsOfVenue[venue], positions)
    do throws(ArithmeticRefusal) {
      return try hiddenBadDebt[venue].measure(in: venues[venue], ledger, at: reference) { sleeper in
        let position = positions[members[sleeper.position]]
        return position.state == .closed ? nil : position
      }
    } catch { throw .arithmetic(error) }
  }

  /// The same of what selling each position's collateral by itself would not bring.
  private mutating func executableBadDebt(
    of venue: VenueID, at prices: ExecutableCoordinates.Prices
  ) throws(RunFailure.Reason) -> Int64 {
    let (members, positions) = (positionsOfVenue[venue], positions)
    do throws(ArithmeticRefusal) {
      return try executableBadDebt[venue].measure(in: venues[venue], ledger, at: prices) { sleeper in
        let position = positions[members[sleeper.position]]
        return position.state == .closed ? nil : position
      }
    } catch { throw .arithmetic(error) }
  }

  mutating func beginMeasuring() {
    executablePrices = ExecutablePrices(marketsOfCollateral(), unitsPerToken: reference.unitsPerToken)
    executableMicrodollars = venues.map { _ in 0 }
    measuredPrices = reference.prices
    let prices = ExecutableCoordinates.Prices(markets: executablePrices, reference: reference)
    for (venue, pool) in venues.enumerated() {
      let count = positionsOfVenue[venue].count
      hiddenBadDebt.append(
        HiddenBadDebt(by: PoolCoordinates(of: pool, .whole, at: reference), positionCount: count))
      publishedBadDebt.append(
        pool.recognition == .onUndercollateralization
          ? HiddenBadDebt(by: PoolCoordinates(of: pool, .whole, at: published), positionCount: count) : nil)
      executableBadDebt.append(
        HiddenBadDebt(by: ExecutableCoordinates(of: pool, at: prices), positionCount: count))
    }
  }
}

// MARK: Where collateral could be sold

extension World {
  /// By token: each pool that trades it; the outside, for what is no share, where somebody who liquidates
  /// sells there, or no pool trades it. The sizes of what anybody has posted, some room above for what is
  /// posted later, and some below for what liquidations leave.
  private func marketsOfCollateral() -> [ExecutablePrices.Market] {
    let sellsOutside = liquidators.contains { $0.terms.market == .outside }
    var markets = shares.enumerated().map { token, share in
      var market = ExecutablePrices.Market()
      market.pools = pools.indices.filter { pools[$0].trades(AssetID(token)) }.map(PoolID.init)
      market.isSoldOutside = share == nil && (sellsOutside || market.pools.isEmpty)
      return market
    }
    for position in positions {
      for place in position.collateral {
        let asset = venues[position.venue].collateral[place].asset
        let held = ledger.balance(of: position.account, in: asset)
        let (size, before) = (ExecutablePrices.size(of: held), markets[asset.position].sizes)
        let (low, high) = (max(0, size - 8), min(62, size + 2) + 1)
        markets[asset.position].sizes =
          before.isEmpty ? low..<high : min(low, before.lowerBound)..<max(high, before.upperBound)
      }
    }
    return markets
  }

  private mutating func quoteOutlets(at time: SimTime) {
    for asset in shares.indices.map(AssetID.init) {
      let market = executablePrices.market(of: asset)
      guard !market.sizes.isEmpty else { continue }
      if executablePrices.update(asset, to: outlets(for: asset, market, at: time)) {
        measureAnew(venuesWith: asset)
      }
    }
  }

  /// Every market in which an asset could be sold, as it stands; of a share that no pool trades, its venue.
  private func outlets(
    for asset: AssetID, _ market: ExecutablePrices.Market, at time: SimTime
  ) -> [Outlet] {
    var outlets: [Outlet] = []
    outlets.reserveCapacity(market.pools.count + 1)
    for id in market.pools {
      let other = pools[id].other(than: asset)
      outlets.append(
        Outlet(
          market: .pool(pools[id], pools[id].reserves(selling: asset, ledger)), price: reference[other],
          unitsPerToken: reference.unitsPerToken[other.position]))
    }
    if market.isSoldOutside {
      let leg = self.market.leg(of: asset, at: time)
      let (price, unitsPerToken) = (reference[asset], reference.unitsPerToken[asset.position])
      outlets.append(
        leg.impact == nil
          ? Outlet(market: .deep, price: price, unitsPerToken: unitsPerToken)
          : Outlet(market: .outside(leg), price: 1, unitsPerToken: 1))
    }
    guard outlets.isEmpty, let share = shares[asset.position] else { return outlets }
    let books = venues[share.venue].reserves[share.reserve]
    return [
      Outlet(
        market: .venue(
          books.claims, cash: cashWithinReach(of: share.venue, share.reserve),
          rule: venues[share.venue].withdrawals),
        price: reference[books.asset], unitsPerToken: reference.unitsPerToken[books.asset.position])
    ]
  }

  /// What a venue could pay now: its cash; a vault's, and what it could draw from its holdings, each by
  /// itself. A vault in whose queue others wait has nothing for those who come later.
  private func cashWithinReach(of venue: VenueID, _ reserve: Int) -> Amount {
    let cash = venues[venue].reserves[reserve].cash(ledger)
    guard let vault = vaults.firstIndex(where: { $0.venue == venue }) else { return cash }
    guard vaults[vault].queue.isEmpty else { return .zero }
    return vaults[vault].holdings.indices.reduce(cash) { sum, place in
      let holding = vaults[vault].holdings[place]
      let worth = (try? valueOfHolding(place, of: vault)) ?? .zero
      return sum + min(worth, cashWithinReach(of: holding.venue, holding.reserve))
    }
  }
}
