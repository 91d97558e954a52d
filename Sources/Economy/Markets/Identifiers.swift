import Ledger

package enum PoolTag {}
package enum OracleTag {}
package enum ShockTag {}
package enum VenueTag {}
package enum PositionTag {}
package enum LenderTag {}
package enum BorrowerTag {}
package enum TokenHolderTag {}
package enum LooperTag {}
package enum NoiseTraderTag {}
package enum LiquidatorTag {}
package enum ArbitrageurTag {}

package typealias PoolID = Identifier<PoolTag>
package typealias OracleID = Identifier<OracleTag>
package typealias ShockID = Identifier<ShockTag>
package typealias VenueID = Identifier<VenueTag>
package typealias PositionID = Identifier<PositionTag>
package typealias LenderID = Identifier<LenderTag>
package typealias TokenHolderID = Identifier<TokenHolderTag>
package typealias BorrowerID = Identifier<BorrowerTag>
package typealias LooperID = Identifier<LooperTag>
package typealias NoiseTraderID = Identifier<NoiseTraderTag>
package typealias LiquidatorID = Identifier<LiquidatorTag>
package typealias ArbitrageurID = Identifier<ArbitrageurTag>

extension Array {
  /// `venues[venue]`: the element that an identifier names.
  package subscript<Tag>(id: Identifier<Tag>) -> Element {
    @inline(__always) get { self[id.position] }
    // In place: through get and set, a change of one venue would copy everything that the venue owns.
    @inline(__always) _modify { yield &self[id.position] }
  }

  /// Every element with its identifier, in order.
  package func identified<Tag>(
    as tag: Tag.Type = Tag.self
  ) -> some Sequence<(id: Identifier<Tag>, element: Element)> {
    enumerated().lazy.map { (Identifier($0.offset), $0.element) }
  }
}
