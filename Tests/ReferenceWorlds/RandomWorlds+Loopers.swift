import Economy
import Kernel
import Ledger

// Those of a random world who have posted what they borrowed, with the lenders whom that takes.

extension RandomWorld {
  /// Comes last, so that the others stay as they were.
  mutating func addLoopers() {
    for venue in venues.indices where venues[venue].allocation == nil {
      // Where the collateral is a share there is most to see.
      let isOfShares = venues[venue].collateral.contains { tokens[$0.asset.position].share != nil }
      if dice.chance(isOfShares ? 0.95 : 0.25) { addLoopers(of: VenueID(venue)) }
    }
  }

  private mutating func addLoopers(of venue: VenueID) {
    let terms = venues[venue]
    let place = dice.integer(0...(terms.collateral.count - 1))
    let asset = terms.collateral[place].asset
    let debts = terms.debts.indices.filter { terms.debts[$0].asset != asset }
    guard !debts.isEmpty else { return }
    let debt = dice.pick(debts)
    let lent = terms.debts[debt].asset
    guard let market = market(between: asset, and: lent) else { return }
    let limit = terms.collateral[place].maximumLTV
    let goal = limit * dice.real(0.75, 0.99)
    let loops = dice.pick([0, 1, 2, 5, 20])
    let count = dice.integer(1...4)
    let own = dice.logarithmic(500, 5e3)
    let watch = LoopWatch(
      every: duration(max(1, horizon / Int64(dice.integer(8...50)))), deleverAbove: goal * dice.real(1, 1.1),
      releverBelow: dice.chance(0.6) ? goal * dice.real(0.7, 0.99) : nil, market: market)
    // What all of them borrow at most, and as much again for later.
    let wanted = 2 * own * Double(count) * goal / (1 - goal)
    populations.append(
      .lenders(
        id: "loopLenders\(venue.position)", venue: venue, reserve: debt, count: 1,
        size: .fixed(units(wanted, of: lent)), utilization: nil))
    populations.append(
      .loopers(
        id: "loopers\(venue.position)", venue: venue, collateral: place, debt: debt, count: count,
        size: .uniform(from: units(own / 3, of: lent), to: units(own, of: lent)), ltv: .fixed(goal),
        loops: loops, watch: dice.chance(0.9) ? watch : nil))
  }

  private mutating func market(between asset: AssetID, and lent: AssetID) -> LoopMarket? {
    var choices: [LoopMarket] = pools.indices.filter {
      [pools[$0].base, pools[$0].quote] == [asset, lent]
        || [pools[$0].quote, pools[$0].base] == [asset, lent]
    }.map { .pool(PoolID($0)) }
    if let share = tokens[asset.position].share {
      if venues[share.venue].debts[share.reserve].asset == lent { choices += [.venue, .venue, .venue] }
    } else if tokens[lent.position].share == nil {
      choices.append(.outside)
    }
    return choices.isEmpty ? nil : dice.pick(choices)
  }
}
