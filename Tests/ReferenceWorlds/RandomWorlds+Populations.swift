import Economy
import Kernel
import Ledger

// Who lives in a random world.

extension RandomWorld {
  mutating func addPopulations() {
    for venue in venues.indices { addBorrowersAndLenders(of: VenueID(venue)) }
    for pool in pools.indices {
      // The first pool always has a liquidator.
      for group in 0..<dice.integer(pool == 0 ? 1...2 : 0...1) { addLiquidators(to: pool, group) }
      for group in 0..<dice.integer(0...2) { addArbitrageurs(to: pool, group) }
    }
    for group in 0..<dice.integer(0...1) { addFirms(group) }
    populations = dice.shuffle(populations)
  }

  private mutating func addBorrowersAndLenders(of venue: VenueID) {
    // In dollars, by reserve.
    var mostBorrowed = venues[venue].debts.map { _ in 0.0 }
    for collateral in venues[venue].collateral.indices {
      let groups = dice.integer(1...2)
      for group in 0..<groups {
        // What is posted is not borrowed; mostly the venue's first asset is.
        let choices = venues[venue].debts.indices.filter {
          venues[venue].debts[$0].asset != venues[venue].collateral[collateral].asset
        }
        let isTheFirst = venue.position == 0 && collateral == 0
        let debt = isTheFirst || dice.chance(0.7) ? choices[0] : dice.pick(choices)
        let count = dice.integer(1...(venue.position == 0 ? 10 : 6))
        // So many dollars each that a pool can take it, or, now and then, cannot.
        let largest = dice.logarithmic(2e3, dice.chance(0.2) ? 3e5 : 3e4)
        mostBorrowed[debt] += largest * Double(count)
        populations.append(
          .borrowers(
            id: "borrowers\(venue.position).\(collateral).\(group)", venue: venue,
            collateral: [.init(collateral)], debts: [.init(debt)], count: count,
            size: sizes(upTo: largest, of: venues[venue].debts[debt].asset),
            ltv: ratios(upTo: venues[venue].collateral[collateral].maximumLTV)))
      }
    }
    if venues[venue].debts.count + venues[venue].collateral.count > 2 {
      for group in 0..<dice.integer(1...2) { addMixedBorrowers(of: venue, group, &mostBorrowed) }
    }
    for (reserve, dollars) in mostBorrowed.enumerated() { addLenders(to: venue, reserve, atLeast: dollars) }
  }

  /// Borrowers of two to four assets. Some post one of the assets that they borrow: a config refuses that,
  /// the engine does not. Not two of them: keepers would sell back and forth between the two, tens of
  /// thousands of times.
  private mutating func addMixedBorrowers(of venue: VenueID, _ group: Int, _ mostBorrowed: inout [Double]) {
    let (terms, lent) = (venues[venue].collateral, venues[venue].debts)
    func parts(_ places: ArraySlice<Int>) -> [WorldSpecification.Part] {
      places.sorted().map { WorldSpecification.Part($0, weight: Double(dice.integer(1...3))) }
    }
    let posted = parts(dice.shuffle(Array(terms.indices)).prefix(dice.integer(1...3)))
    func isPosted(_ debt: Int) -> Bool { posted.contains { terms[$0.place].asset == lent[debt].asset } }
    let others = lent.indices.filter { !isPosted($0) }
    guard !others.isEmpty else { return }
    let both = lent.indices.filter(isPosted).prefix(dice.chance(0.2) ? 1 : 0)
    let owed = parts(
      (dice.shuffle(others) + both).prefix(dice.integer(1...(Position.mostAssets - posted.count))))
    let count = dice.integer(3...8)
    let largest = dice.logarithmic(2e4, 6e4)
    for part in owed { mostBorrowed[part.place] += largest * Double(count) }
    let limit = posted.limit(under: venues[venue].collateral)
    populations.append(
      .borrowers(
        id: "mixed\(venue.position).\(group)", venue: venue, collateral: posted, debts: owed, count: count,
        size: sizes(upTo: largest, of: venues[venue].debts[owed[0].place].asset),
        ltv: dice.chance(0.5)
          ? .fixed(limit * dice.real(0.8, 1)) : .uniform(from: limit * dice.real(0.5, 0.9), to: limit)))
  }

  private mutating func addLenders(to venue: VenueID, _ reserve: Int, atLeast dollars: Double) {
    let asset = venues[venue].debts[reserve].asset
    let groups = dice.integer(1...2)
    let count = dice.integer(1...4)
    let fixesUtilization = dice.chance(0.5)
    for group in 0..<groups {
      // Without a utilization to meet, the least that they bring covers the most that is wanted.
      let least = max(dollars, 100) * 1.1 / Double(count)
      let size: AmountDistribution =
        dice.chance(0.5)
        ? .uniform(from: units(least, of: asset), to: units(least * 3, of: asset))
        : .fixed(units(least, of: asset))
      populations.append(
        .lenders(
          id: "lenders\(venue.position).\(reserve).\(group)", venue: venue, reserve: reserve, count: count,
          size: size, utilization: fixesUtilization && group == 0 ? dice.pick([0.3, 0.8, 0.95, 1]) : nil))
    }
  }

  private mutating func sizes(upTo largest: Double, of loan: AssetID) -> AmountDistribution {
    let (low, high) = (units(largest / 2, of: loan), units(largest, of: loan))
    switch dice.integer(0...2) {
    case 0: return .fixed(high)
    case 1: return .uniform(from: low, to: high)
    default:
      return .pareto(minimum: low, maximum: Amount(units: high.units + 1), tail: dice.real(0.3, 4))
    }
  }

  /// High in the allowed range, so that a fall reaches many.
  private mutating func ratios(upTo limit: Double) -> RatioDistribution {
    switch dice.integer(0...2) {
    case 0: return .fixed(limit * dice.real(0.8, 1))
    case 1: return .uniform(from: limit * dice.real(0.5, 0.9), to: dice.chance(0.3) ? 1 : limit)
    default: return .beta(mean: dice.real(0.5, 0.8), concentration: dice.logarithmic(3, 60))
    }
  }

  mutating func addLiquidators(to pool: Int, _ group: Int) {
    let mean = Int64(dice.integer(1...300)) * RandomWorld.second
    let latency: Latency = dice.pick([
      .fixed(.zero), .fixed(duration(mean)), .exponential(mean: duration(mean)),
    ])
    // No liquidator looks at one position more than some thirty times.
    let retry = max(Int64(dice.integer(10...600)) * RandomWorld.second, horizon / 30)
    // Of whichever asset counts for less: the loan asset may be either.
    let wanted = dice.logarithmic(1, 100)
    let profit =
      dice.chance(0.6)
      ? Amount.zero : min(units(wanted, of: pools[pool].base), units(wanted, of: pools[pool].quote))
    let currency = pools[pool].quote
    let sellsLater = dice.chance(0.2)
    let hasCapital = sellsLater || dice.chance(0.3)
    populations.append(
      .liquidators(
        id: "liquidators\(pool).\(group)", count: dice.integer(1...2),
        terms: LiquidatorTerms(
          market: .pool(PoolID(pool)), currency: currency, latency: latency, retry: duration(retry),
          minimumProfit: dice.chance(0.1) ? nil : profit,
          capital: hasCapital ? units(dice.logarithmic(1e3, 1e5), of: currency) : .zero,
          sellsAfter: sellsLater ? duration(mean) : nil,
          bid: hasCapital ? bids(in: currency) : nil)))
  }

  /// Firms that sell outside, of which some hold what they seize.
  private mutating func addFirms(_ group: Int) {
    let currency = dice.pick(dice.pick(venues).debts).asset
    let sellsLater = dice.chance(0.5)
    let wait = Int64(dice.integer(0...600)) * RandomWorld.second
    let hasCapital = sellsLater || dice.chance(0.6)
    populations.append(
      .liquidators(
        id: "firms\(group)", count: dice.integer(1...2),
        terms: LiquidatorTerms(
          market: .outside, currency: currency, latency: .fixed(duration(wait)),
          retry: duration(max(60 * RandomWorld.second, horizon / 30)),
          minimumProfit: dice.chance(0.3) ? nil : units(dice.logarithmic(1, 100), of: currency),
          capital: hasCapital ? units(dice.logarithmic(1e3, 1e5), of: currency) : .zero,
          sellsAfter: sellsLater ? duration(RandomWorld.second + wait) : nil,
          bid: hasCapital ? bids(in: currency) : nil)))
  }

  /// Small, so that some are alike; nothing where there are no blocks.
  private mutating func bids(in currency: AssetID) -> AmountDistribution? {
    guard chain != nil, dice.chance(0.7) else { return nil }
    let bid = units(Double(dice.integer(1...20)), of: currency)
    return dice.chance(0.5) ? .fixed(bid) : .uniform(from: .zero, to: bid)
  }

  private mutating func addArbitrageurs(to pool: Int, _ group: Int) {
    // A purse of a fiftieth of the pool closes a gap in tens of trades, without time passing if it need not.
    let share = dice.pick([0.02, 0.1, 3])
    let latency = dice.chance(0.35) ? 0 : Int64(dice.integer(1...600)) * RandomWorld.second
    populations.append(
      .arbitrageurs(
        id: "arbitrageurs\(pool).\(group)", pool: PoolID(pool), count: dice.integer(1...2),
        latency: duration(latency), capital: units(depths[pool] * share, of: pools[pool].quote),
        bid: bids(in: pools[pool].quote)))
  }
}
