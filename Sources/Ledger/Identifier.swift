/// The place of a thing in the array that owns it, tagged with what the thing is.
///
/// Agents, assets and positions live in arrays; an `Identifier` is an index that cannot be used in another
/// kind's array. It is never an entity's identity for random draws (that is `EntityKey`): indices move when a
/// config gains a venue, keys do not.
///
/// Public and frozen, because other modules specialise a generic only if they may see all of it; every
/// balance and every price is looked up by one.
///
///     let usdc: AssetID = ledger.addAsset(...)
///     ledger.balance(of: alice, in: usdc)
@frozen
public struct Identifier<Tag>: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// The place in the array, in 32 bits.
  public let index: Int32

  /// The thing at this place.
  @inlinable
  public init(_ index: Int) { self.index = Int32(index) }

  /// The place in the array.
  @inlinable public var position: Int { Int(index) }

  /// Whether it is the same place.
  @inlinable
  public static func == (left: Self, right: Self) -> Bool { left.index == right.index }

  /// Earlier in the array.
  @inlinable
  public static func < (left: Self, right: Self) -> Bool { left.index < right.index }

  /// Feeds the place.
  @inlinable
  public func hash(into hasher: inout Hasher) { hasher.combine(index) }
}

package enum AssetTag {}
package enum AccountTag {}

package typealias AssetID = Identifier<AssetTag>
package typealias AccountID = Identifier<AccountTag>
