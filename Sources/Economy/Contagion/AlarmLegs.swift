import Ledger

package enum SleeperTag {}
package enum CoordinateTag {}

/// An account in one index of alarms: its number there, from zero.
package typealias SleeperID = Identifier<SleeperTag>

/// What a price, a rate, an index or a threshold moves for all accounts at once.
package typealias CoordinateID = Identifier<CoordinateTag>

/// What one unit of a collateral or of a debt counts for at a venue.
///
/// Collateral: threshold · price · rate. Debt: price · index. Interest, haircuts and governance move the
/// coordinate and leave the accounts alone.
package struct AlarmCoordinate: Sendable {
  package enum Side: Sendable {
    /// Hurts who holds it when it falls.
    case collateral
    /// Hurts who owes it when it rises.
    case debt
  }

  package let side: Side
  package let value: Double
  /// How far it is likely to move, relative to the other coordinates: a volatility in any unit. Decides how
  /// fast answers come, never what they are.
  package let scale: Double

  package init(_ side: Side, value: Double, scale: Double = 1) {
    precondition(value >= 0 && value < .infinity, "a coordinate is a finite price, 0 or more")
    precondition(scale > 0 && scale < .infinity, "a scale is above zero")
    self.side = side
    self.value = value
    self.scale = scale
  }
}

/// What an account holds and owes, in units of each coordinate: up to eight legs, kept where they stand (no
/// array), because every filing makes one.
package struct AlarmLegs: Sendable, BitwiseCopyable {
  package static let capacity = 8

  private(set) var units = SIMD8<Double>()
  private(set) var coordinates = SIMD8<UInt16>()
  package private(set) var count = 0

  package init() {}

  /// Adds `units` of a coordinate; to those that are there, if there are some.
  package mutating func add(_ coordinate: CoordinateID, units: Double) {
    let number = UInt16(coordinate.position)
    var leg = 0
    while leg < count, coordinates[leg] != number { leg += 1 }
    if leg == count {
      precondition(count < AlarmLegs.capacity, "an account has at most eight legs")
      coordinates[leg] = number
      count += 1
    }
    self.units[leg] += units
  }
}
