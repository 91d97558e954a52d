/// An account in one index of alarms: its number there, from zero.
///
/// A type of its own and not an `Identifier`, since a generic of another module is not specialised, and every
/// alarm passes here.
package struct SleeperID: Hashable, Comparable, Sendable, BitwiseCopyable {
  package let index: Int32

  @inline(__always)
  package init(_ index: Int) { self.index = Int32(truncatingIfNeeded: index) }

  @inline(__always)
  package var position: Int { Int(index) }

  @inline(__always)
  package static func < (left: SleeperID, right: SleeperID) -> Bool { left.index < right.index }
}

/// What a price, a rate, an index or a threshold moves for all accounts at once: its number in one index.
package struct CoordinateID: Hashable, Sendable, BitwiseCopyable {
  package let index: UInt16

  @inline(__always)
  package init(_ index: Int) { self.index = UInt16(index) }

  @inline(__always)
  package var position: Int { Int(index) }
}

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

/// What an account holds and owes, in units of each coordinate: up to four legs, kept where they stand (no
/// array), because every filing makes one.
package struct AlarmLegs: Sendable, BitwiseCopyable {
  package static let capacity = 4

  private(set) var units = SIMD4<Double>()
  private(set) var coordinates = SIMD4<UInt16>()
  package private(set) var count = 0

  package init() {}

  /// Adds `units` of a coordinate; to those that are there, if there are some.
  package mutating func add(_ coordinate: CoordinateID, units: Double) {
    var leg = 0
    while leg < count, coordinates[leg] != coordinate.index { leg += 1 }
    if leg == count {
      precondition(count < AlarmLegs.capacity, "an account has at most four legs")
      coordinates[leg] = coordinate.index
      count += 1
    }
    self.units[leg] += units
  }
}
