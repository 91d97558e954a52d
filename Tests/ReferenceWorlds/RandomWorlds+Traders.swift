import Economy
import Kernel
import Ledger

// What a random world has on top of all that: borrowers who look after their positions, venues that change
// their terms, noise, curators.

extension RandomWorld {
  mutating func addTraders() {
    for number in populations.indices { letCare(number) }
    addGovernance()
    for pool in pools.indices
    where tokens[pools[pool].base.position].share == nil && tokens[pools[pool].quote.position].share == nil {
      if dice.chance(0.4) { addNoise(to: pool) }
    }
    for venue in venues.indices where venues[venue].allocation != nil && dice.chance(0.5) {
      let leavesAt = dice.pick([0, dice.logarithmic(1e-4, 0.3), 0.01])
      venues[venue].curator = Curator(
        every: duration(max(1, horizon / Int64(dice.integer(4...25)))), leavesAt: leavesAt,
        returns: leavesAt > 0 && dice.chance(0.6) ? leavesAt * dice.pick([0.1, 0.5, 1]) : nil)
    }
  }

  /// On the coarse clock of shocks, so that prices, interest and terms move at one instant.
  private mutating func addGovernance() {
    for _ in 0..<dice.pick([0, 0, 1, 2, 4]) {
      let venue = VenueID(dice.integer(0...(venues.count - 1)))
      guard !venues[venue].collateral.isEmpty else { continue }
      let place = dice.integer(0...(venues[venue].collateral.count - 1))
      let threshold = venues[venue].collateral[place].threshold
      let changes = dice.integer(0...2)
      governance.append(
        GovernanceChange(
          at: SimTime(microseconds: horizon / 10 * Int64(dice.integer(0...9))), venue: venue, place: place,
          threshold: changes == 0 ? nil : threshold * dice.pick([0.8, 0.9, 0.98, 1, 1.05]),
          bonus: changes == 1 ? nil : dice.pick([0, 0.05, 0.15])))
    }
  }

  /// Small against the pool; purses that run dry, now and then.
  private mutating func addNoise(to pool: Int) {
    let quote = pools[pool].quote
    let size = depths[pool] * dice.logarithmic(1e-4, 0.02)
    populations.insert(
      .noiseTraders(
        id: "noise\(pool)", pool: PoolID(pool), count: dice.integer(1...3),
        every: duration(max(1, horizon / Int64(dice.integer(3...30)))),
        size: .uniform(from: units(size / 3, of: quote), to: units(size, of: quote)),
        capital: units(size * dice.pick([0.5, 3, 30]), of: quote),
        bid: chain != nil && dice.chance(0.7) ? .fixed(units(Double(dice.integer(1...20)), of: quote)) : nil),
      at: dice.integer(0...populations.count))
  }

  /// Mostly too little to be saved by it, since a quiet world proves nothing.
  private mutating func letCare(_ number: Int) {
    guard
      case .borrowers(let id, let venue, let collateral, let debts, let count, let size, let ltv, _) =
        populations[number], dice.chance(0.25)
    else { return }
    let below = dice.real(1, 1.6)
    let care = Care(
      every: duration(max(1, horizon / Int64(dice.integer(4...25)))), below: below,
      to: below + dice.pick([0, 0.05, 0.3]), reserve: dice.logarithmic(0.01, dice.chance(0.05) ? 5 : 0.2),
      means: dice.chance(0.5) ? .collateral : .repayment)
    populations[number] = .borrowers(
      id: id, venue: venue, collateral: collateral, debts: debts, count: count, size: size, ltv: ltv,
      care: care)
  }
}
