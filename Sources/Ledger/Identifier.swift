/// The place of a thing in the array that owns it, tagged with what the thing is.
///
/// Agents, assets and positions live in arrays; an `Identifier` is an index that cannot be used in another
/// kind's array. It is never an entity's identity for random draws (that is `EntityKey`): indices move when a
/// config gains a venue, keys do not.
///
///     let usdc: AssetID = ledger.addAsset(...)
///     ledger.balance(of: alice, in: usdc)
package struct Identifier<Tag>: Hashable, Comparable, Sendable, BitwiseCopyable {
  package let index: Int32

  package init(_ index: Int) { self.index = Int32(index) }

  package var position: Int { Int(index) }

  package static func < (left: Self, right: Self) -> Bool { left.index < right.index }
}

package enum AssetTag {}
package enum AccountTag {}

package typealias AssetID = Identifier<AssetTag>
package typealias AccountID = Identifier<AccountTag>
