import Ledger

/// Every layer there is. Adding one is a file in `Layers/` and a line here; the laws then run on it.
package enum LayerCatalog {
  package static let all: [any LossLayer.Type] = [
    InsuranceFund.self,
    ReserveLayer.self,
    AccruedInterest.self,
    StakedBackstop.self,
    MutualPool.self,
    Tranches.self,
    TokenDilution.self,
    DebtAuction.self,
    RevenueCapture.self,
    Isolated.self,
    ProRata.self,
    Unresolved.self,
  ]

  package static func layer(named name: String) -> (any LossLayer.Type)? {
    all.first { $0.declaration.name == name }
  }

  /// The place of a layer in the catalog: what facts and tables store.
  package static func index(of layer: any LossLayer) -> Int {
    let name = type(of: layer).declaration.name
    guard let index = all.firstIndex(where: { $0.declaration.name == name }) else {
      preconditionFailure("\(name) is not in the catalog")
    }
    return index
  }
}
