import Ledger

package enum PoolTag {}
package enum OracleTag {}
package enum ShockTag {}
package enum VenueTag {}
package enum PositionTag {}
package enum LiquidatorTag {}
package enum ArbitrageurTag {}

package typealias PoolID = Identifier<PoolTag>
package typealias OracleID = Identifier<OracleTag>
package typealias ShockID = Identifier<ShockTag>
package typealias VenueID = Identifier<VenueTag>
package typealias PositionID = Identifier<PositionTag>
package typealias LiquidatorID = Identifier<LiquidatorTag>
package typealias ArbitrageurID = Identifier<ArbitrageurTag>

extension Array {
  /// `venues[venue]`: the element that an identifier names.
  package subscript<Tag>(id: Identifier<Tag>) -> Element {
    get { self[id.position] }
    set { self[id.position] = newValue }
  }

  /// Every element with its identifier, in order.
  package func identified<Tag>(as tag: Tag.Type = Tag.self) -> [(id: Identifier<Tag>, element: Element)] {
    enumerated().map { (Identifier($0.offset), $0.element) }
  }
}
