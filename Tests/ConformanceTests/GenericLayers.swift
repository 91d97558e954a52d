import Economy
import Kernel
import Ledger
import Testing

/// A layer of the catalog as a test's argument. Its settings are made from what it declares, so that a layer
/// added to the catalog meets every law without a word here.
struct CataloguedLayer: Sendable, CustomTestStringConvertible {
  let type: any LossLayer.Type

  static let all = LayerCatalog.all.map(CataloguedLayer.init)

  var declaration: LayerDeclaration { type.declaration }

  var testDescription: String { declaration.name }

  /// Random values for all that is required and half of the rest.
  func settings(_ random: inout RandomStream) -> LayerSettings {
    var settings = LayerSettings()
    for parameter in declaration.parameters where parameter.isRequired || random.below(2) == 0 {
      switch parameter.kind {
      case .amount: settings[parameter.name] = random.amount()
      }
    }
    return settings
  }

  /// What the layer could take at most, by the law of its means: claims bear all that they are worth, an
  /// account what is in it, but not more than any setting whose name begins with `cap`.
  func capacity(_ means: Absorption.Means, _ settings: LayerSettings, _ bearers: BearerPool) -> Amount {
    switch means {
    case .nothing: return .zero
    case .claims: return bearers.claims
    case .capital:
      let caps = declaration.parameters.filter { $0.name.hasPrefix("cap") }.compactMap { settings[$0.name] }
      return caps.reduce(bearers.capital, min)
    }
  }
}

/// One random question to a layer.
struct Question {
  let layer: any LossLayer
  let settings: LayerSettings
  let bearers: BearerPool
  let loss: Amount

  /// The same question about another loss, to what the bearers have then.
  func absorb(_ loss: Amount, from bearers: BearerPool) throws(AbsorptionError) -> Absorption {
    try layer.absorb(Loss(number: 1, asset: AssetID(0), amount: loss), from: bearers)
  }

  func answer() throws(AbsorptionError) -> Absorption { try absorb(loss, from: bearers) }

  /// A thousand questions: amounts of every size, often equal to each other or at the edge.
  static func forEach(
    of layer: CataloguedLayer, seed: Int = 1, _ body: (Question, String) throws -> Void
  ) rethrows {
    var random = RandomStreams(populationSeed: 0, shockSeed: UInt64(seed))
      .stream(.test, EntityKey(id: "questions to \(layer.declaration.name)"), Epoch(slot: 0))
    for number in 0..<1_000 {
      let settings = layer.settings(&random)
      let bearers = BearerPool(capital: random.amount(), claims: random.amount())
      let loss: Amount
      switch random.below(6) {
      case 0: loss = bearers.capital
      case 1: loss = bearers.claims
      default: loss = random.amount()
      }
      let question = Question(
        layer: layer.type.init(settings: settings), settings: settings, bearers: bearers, loss: loss)
      try body(
        question,
        "seed \(seed), question \(number): \(layer.declaration.name) with \(settings), \(bearers), loss \(loss)"
      )
    }
  }
}

extension RandomStream {
  mutating func below(_ bound: Int) -> Int { Int(nextInteger(below: UInt64(bound))) }

  /// Nothing, one, everything, or any order of magnitude in between.
  mutating func amount() -> Amount {
    switch below(10) {
    case 0: .zero
    case 1: Amount(units: 1)
    case 2: Amount(units: .max)
    default: Amount(units: Int64(bitPattern: next() >> UInt64(1 + below(62))))
    }
  }
}
