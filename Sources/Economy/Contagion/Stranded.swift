import Kernel

/// Called positions of a venue to which nobody is on the way any more, and how far prices have to move in
/// their favour before they need be looked at.
///
/// Health is Σ carried / Σ owed: one round multiplies it by no more than the largest rise of a collateral
/// times the largest fall of a debt. The logarithms of that, summed over the rounds, are the venue's *lift*;
/// a position of health h is not healthy before the lift has grown by -log h.
struct Stranded: Sendable {
  private struct Waiting: Sendable {
    let id: PositionID
    /// The lift from which on it is looked at.
    let lift: Double
  }

  private var waiting: [Waiting] = []
  private var lift = 0.0

  /// Far more than what rounding does to a sum of logarithms.
  private static let margin = 1e-6

  var isEmpty: Bool { waiting.isEmpty }

  /// To be looked at in the next round, whatever it brings.
  mutating func append(_ id: PositionID) {
    waiting.append(Waiting(id: id, lift: -.infinity))
  }

  /// Looked at now, and found below the threshold.
  mutating func append(_ id: PositionID, health: Double) {
    let distance = health > 0 && health < 1 ? -ElementaryMath.log(health) - Stranded.margin : -.infinity
    waiting.append(Waiting(id: id, lift: lift + distance))
  }

  /// Takes out whoever is to be looked at now, in order of position, each once.
  ///
  /// - Parameter rise: the lift of this round; infinite if everybody is to be looked at.
  mutating func takeDue(after rise: Double) -> [PositionID] {
    if rise < .infinity { lift += rise }
    var (due, rest): ([PositionID], Int) = ([], 0)
    for entry in waiting {
      if rise == .infinity || entry.lift <= lift {
        due.append(entry.id)
      } else {
        waiting[rest] = entry
        rest += 1
      }
    }
    waiting.removeLast(waiting.count - rest)
    due.sort()
    var last: PositionID?
    return due.filter { id in
      defer { last = id }
      return id != last
    }
  }
}

extension VenueRound {
  /// By how much the logarithm of any position's health can have risen in this round at the most; infinite if
  /// that cannot be said from prices.
  func lift(in pool: LendingPool, published: PriceBoard) -> Double {
    var (rise, fall) = (0.0, 0.0)
    for move in moves {
      switch move {
      case .debts: continue
      case .start, .terms: return .infinity
      case .price(let asset, let before):
        let now = published[asset]
        guard now > 0, before > 0, now < .infinity, before < .infinity else { return .infinity }
        let change = ElementaryMath.log(now / before)
        if change > rise, pool.collateral.contains(where: { $0.asset == asset }) { rise = change }
        if -change > fall, pool.reserves.contains(where: { $0.asset == asset }) { fall = -change }
      }
    }
    return rise + fall
  }
}
