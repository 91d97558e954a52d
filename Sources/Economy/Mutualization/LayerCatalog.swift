import Ledger

/// What a config may say about a layer: the one source of its reading, its help and its documentation.
package struct LayerDeclaration: Sendable {
  package enum Kind: Sendable {
    /// An amount of an asset that the venue lends.
    case amount
  }

  package struct Parameter: Sendable {
    package let name: String
    package let kind: Kind
    /// Whether a config must say it. Where it need not, silence has the meaning that `meaning` gives.
    package let isRequired: Bool
    package let meaning: String

    package init(_ name: String, _ kind: Kind, isRequired: Bool, _ meaning: String) {
      self.name = name
      self.kind = kind
      self.isRequired = isRequired
      self.meaning = meaning
    }
  }

  /// As written in a config's `waterfall`.
  package let name: String
  package let summary: String
  /// What `losses.csv` calls those who bear: `suppliers`, `insuranceFund`.
  package let bearer: String
  /// How what it takes reaches the venue. The auditor goes by this, not by what the layer then does.
  package let means: Absorption.Means
  package let parameters: [Parameter]

  package init(
    name: String, summary: String, bearer: String, means: Absorption.Means, parameters: [Parameter] = []
  ) {
    self.name = name
    self.summary = summary
    self.bearer = bearer
    self.means = means
    self.parameters = parameters
  }
}

/// The values of a layer's parameters, by name. Complete and checked when it is made by the config reader.
package struct LayerSettings: Hashable, Sendable {
  /// What its amounts are in; the venue's first lent asset where nothing is said.
  package var asset: AssetID?
  private var names: [String] = []
  private var amounts: [Amount] = []

  package init() {}

  package subscript(name: String) -> Amount? {
    get { names.firstIndex(of: name).map { amounts[$0] } }
    set {
      guard let newValue else { return }
      if let index = names.firstIndex(of: name) {
        amounts[index] = newValue
      } else {
        names.append(name)
        amounts.append(newValue)
      }
    }
  }

  /// The value of a required parameter. Asking for one that is not required is a bug of the layer.
  package func required(_ name: String) -> Amount {
    guard let value = self[name] else { preconditionFailure("the layer does not require \(name)") }
    return value
  }
}

/// Every layer there is. Adding one is a file in `Layers/` and a line here; the laws then run on it.
package enum LayerCatalog {
  package static let all: [any LossLayer.Type] = [
    InsuranceFund.self,
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
