import Kernel
import Ledger

/// What the scheduler hands to the engine, in the present tense. Small, trivially copyable, printable.
package enum Event: Hashable, Sendable {
  /// Step `number` of a scripted shock moves a reference price.
  case shockSteps(shock: Place, number: Int32)
  case interestAccrues(venue: Place)
  case oraclePublishes(oracle: Place, price: Double)
  /// A venue's published prices or debts have moved: who is below the threshold now?
  case alarmsRing(venue: Place)
  case arbitrageurActs(arbitrageur: Place)
  case liquidatorActs(liquidator: Place, position: Place)
  /// A position has debt left and nothing to pay it with.
  case lossFalls(position: Place)
  case badDebtIsMeasured

  package var phase: Phase {
    switch self {
    case .interestAccrues: .chain
    case .shockSteps: .price
    case .oraclePublishes: .oracle
    case .alarmsRing: .alarm
    case .arbitrageurActs: .decision
    case .liquidatorActs: .liquidation
    case .lossFalls: .loss
    case .badDebtIsMeasured: .sample
    }
  }
}
