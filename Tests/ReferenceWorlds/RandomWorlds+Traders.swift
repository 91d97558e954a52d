import Economy
import Kernel
import Ledger

// What a random world has on top of all that: borrowers who look after their positions.

extension RandomWorld {
  mutating func addTraders() {
    for number in populations.indices { letCare(number) }
  }

  /// Mostly too little to be saved by it, since a quiet world proves nothing.
  private mutating func letCare(_ number: Int) {
    guard
      case .borrowers(let id, let venue, let collateral, let debts, let count, let size, let ltv, _) =
        populations[number], dice.chance(0.4)
    else { return }
    let below = dice.real(1, 1.6)
    let care = Care(
      every: duration(max(1, horizon / Int64(dice.integer(4...25)))), below: below,
      to: below + dice.pick([0, 0.05, 0.3]), reserve: dice.logarithmic(0.01, dice.chance(0.1) ? 5 : 0.5),
      means: dice.chance(0.5) ? .collateral : .repayment)
    populations[number] = .borrowers(
      id: id, venue: venue, collateral: collateral, debts: debts, count: count, size: size, ltv: ltv,
      care: care)
  }
}
