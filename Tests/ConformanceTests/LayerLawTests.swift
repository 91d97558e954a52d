import Economy
import Foundation
import Kernel
import Ledger
import Testing

@testable import Experiments

/// The laws of every layer in the catalog, over a thousand random losses and bearer pools each.
@Suite("Laws of loss layers")
struct LayerLawTests {
  @Test("taken + promised + left is the loss, and no part is negative", arguments: CataloguedLayer.all)
  func sum(_ layer: CataloguedLayer) throws {
    try Question.forEach(of: layer) { question, name in
      let answer = try question.answer()
      let parts = [answer.taken, answer.promised, answer.left].map { Int128($0.units) }
      #expect(parts.reduce(0, +) == Int128(question.loss.units), "\(name)")
      #expect(parts.allSatisfy { $0 >= 0 }, "\(name)")
    }
  }

  @Test("nobody pays more than they hold", arguments: CataloguedLayer.all)
  func holdings(_ layer: CataloguedLayer) throws {
    try Question.forEach(of: layer) { question, name in
      let answer = try question.answer()
      switch answer.means {
      case .capital: #expect(answer.taken <= question.bearers.capital, "\(name)")
      case .claims: #expect(answer.taken <= question.bearers.claims, "\(name)")
      case .nothing: #expect(answer.taken == .zero, "\(name)")
      }
    }
  }

  @Test("a layer takes min(loss, capacity)", arguments: CataloguedLayer.all)
  func capacity(_ layer: CataloguedLayer) throws {
    var limited = 0
    try Question.forEach(of: layer) { question, name in
      let answer = try question.answer()
      let capacity = layer.capacity(answer.means, question.settings, question.bearers)
      #expect(answer.taken == min(question.loss, capacity), "\(name)")
      // The same by the layer's own account: what it takes of the largest loss there is.
      let most = try question.absorb(Amount(units: .max), from: question.bearers).taken
      #expect(answer.taken == min(question.loss, most), "\(name)")
      if capacity < question.loss { limited += 1 }
    }
    #expect(limited > 100, "\(layer.testDescription) was hardly ever short")
  }

  @Test("the same question has the same answer", arguments: CataloguedLayer.all)
  func determinism(_ layer: CataloguedLayer) throws {
    try Question.forEach(of: layer) { question, name in
      let first = try question.answer()
      _ = try question.absorb(Amount(units: 1), from: BearerPool(capital: .zero, claims: .zero))
      let again = Question(
        layer: layer.type.init(settings: question.settings), settings: question.settings,
        bearers: question.bearers, loss: question.loss)
      #expect(try question.answer() == first, "\(name)")
      #expect(try again.answer() == first, "\(name)")
    }
  }

  @Test("a loss of zero takes nothing", arguments: CataloguedLayer.all)
  func zero(_ layer: CataloguedLayer) throws {
    try Question.forEach(of: layer) { question, name in
      let answer = try question.absorb(.zero, from: question.bearers)
      #expect(answer.taken == .zero && answer.promised == .zero && answer.left == .zero, "\(name)")
    }
  }

  @Test("a loss in two parts takes no more than the bearers had", arguments: CataloguedLayer.all)
  func split(_ layer: CataloguedLayer) throws {
    try Question.forEach(of: layer) { question, name in
      let part = Amount(units: question.loss.units / 3)
      let first = try question.absorb(part, from: question.bearers)
      let paid = first.taken
      let after = BearerPool(
        capital: question.bearers.capital - (first.means == .capital ? paid : .zero),
        claims: question.bearers.claims - (first.means == .claims ? paid : .zero))
      let second = try question.absorb(question.loss - part, from: after)
      let held =
        [Absorption.Means.capital, .claims].contains(first.means)
        ? (first.means == .capital ? question.bearers.capital : question.bearers.claims) : .zero
      #expect(first.means == second.means, "\(name)")
      #expect(paid.units <= held.units - second.taken.units, "\(name)")
    }
  }

  @Test("settings keep what they are given, and nothing else", arguments: CataloguedLayer.all)
  func settings(_ layer: CataloguedLayer) {
    Question.forEach(of: layer) { question, name in
      var copy = LayerSettings()
      for parameter in layer.declaration.parameters {
        let value = question.settings[parameter.name]
        #expect(!parameter.isRequired || value != nil, "\(name)")
        copy[parameter.name] = value
      }
      #expect(copy == question.settings, "\(name)")
      #expect(copy["not declared"] == nil)
      for parameter in layer.declaration.parameters where copy[parameter.name] != nil {
        copy[parameter.name] = Amount(units: 42)
        #expect(copy[parameter.name] == Amount(units: 42), "a value set again replaces the first")
      }
    }
  }

  @Test("what a config says of a layer is what the layer is made of", arguments: CataloguedLayer.all)
  func config(_ layer: CataloguedLayer) throws {
    let lent = [LentUnit(asset: AssetID(0), unit: AmountUnit(symbol: "USDC", decimals: 8))]
    var random = RandomStreams(populationSeed: 0, shockSeed: 2)
      .stream(.test, EntityKey(id: "configs"), Epoch(slot: 0))
    for _ in 0..<50 {
      let settings = layer.settings(&random)
      let fields = layer.declaration.parameters.compactMap { parameter in
        settings[parameter.name].map { "\"\(parameter.name)\": \"\($0.formatted(decimals: 8)) USDC\"" }
      }
      let name = layer.declaration.name
      let text =
        layer.declaration.parameters.isEmpty
        ? "\"\(name)\"" : "{ \"\(name)\": { \(fields.joined(separator: ", ")) } }"
      let document = try ConfigReader.parse(SourceFile(name: "seed 2", bytes: Array(text.utf8)))
      let read = try ConfigReader.read(document, layerKind(lent)).value
      #expect(ObjectIdentifier(read.type) == ObjectIdentifier(layer.type), "\(text)")
      #expect(read.settings == settings, "\(text)")
      let (made, direct) = (read.type.init(settings: read.settings), layer.type.init(settings: settings))
      #expect(made.endowment == direct.endowment, "\(text)")
    }
  }

  @Test(
    "what a layer is given at the start is one of its settings, or nothing", arguments: CataloguedLayer.all)
  func endowment(_ layer: CataloguedLayer) {
    Question.forEach(of: layer) { question, name in
      let given = layer.declaration.parameters.filter(\.isRequired).compactMap {
        question.settings[$0.name]
      }
      let endowment = question.layer.endowment
      #expect(endowment == .zero || given.contains(endowment), "\(name)")
    }
  }
}

@Suite("The catalog of layers")
struct LayerCatalogTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Sources/Economy/Mutualization/Layers")

  @Test("names are unique, and lead back to their layers")
  func names() {
    let names = LayerCatalog.all.map { $0.declaration.name }
    #expect(Set(names).count == names.count)
    #expect(!names.isEmpty)
    for (place, layer) in LayerCatalog.all.enumerated() {
      let found = LayerCatalog.layer(named: layer.declaration.name)
      #expect(found.map { ObjectIdentifier($0) } == ObjectIdentifier(layer))
      var settings = LayerSettings()
      for parameter in layer.declaration.parameters { settings[parameter.name] = Amount(units: 1) }
      #expect(LayerCatalog.index(of: layer.init(settings: settings)) == place)
    }
    #expect(LayerCatalog.layer(named: "no such layer") == nil)
  }

  @Test("every layer has a file of its own name, and every file there its layer")
  func files() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: LayerCatalogTests.folder.path)
      .filter { $0.hasSuffix(".swift") }
    let expected = LayerCatalog.all.map { layer in
      let name = layer.declaration.name
      return name.prefix(1).uppercased() + name.dropFirst() + ".swift"
    }
    #expect(files.sorted() == expected.sorted())
    for layer in LayerCatalog.all {
      let name = layer.declaration.name
      #expect("\(layer)" == name.prefix(1).uppercased() + name.dropFirst())
    }
  }

  @Test("a layer says what it does and who bears", arguments: CataloguedLayer.all)
  func words(_ layer: CataloguedLayer) {
    let declaration = layer.declaration
    #expect(!declaration.summary.isEmpty && !declaration.bearer.isEmpty)
    #expect(declaration.parameters.allSatisfy { !$0.meaning.isEmpty })
    let names = declaration.parameters.map(\.name)
    #expect(Set(names).count == names.count)
  }
}

@Suite("Absorptions")
struct AbsorptionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let taken: Int64
    let promised: Int64
    let means: Absorption.Means
    let refusal: AbsorptionError?
    let why: String
    var testDescription: String { why }

    init(
      _ taken: Int64, _ promised: Int64, _ means: Absorption.Means, _ refusal: AbsorptionError?, _ why: String
    ) {
      (self.taken, self.promised, self.means) = (taken, promised, means)
      (self.refusal, self.why) = (refusal, why)
    }
  }

  /// A loss of 100; 60 of capital, 80 of claims.
  @Test(
    "an illegal proposal cannot be made",
    arguments: [
      Case(60, 0, .capital, nil, "all of the capital"),
      Case(61, 0, .capital, .moreThanTheyHold, "a unit more than the capital"),
      Case(80, 0, .claims, nil, "all of the claims"),
      Case(81, 0, .claims, .moreThanTheyHold, "a unit more than the claims"),
      Case(0, 0, .nothing, nil, "nothing by nobody"),
      Case(1, 0, .nothing, .moreThanTheyHold, "something by nobody"),
      Case(-1, 0, .capital, .negative, "less than nothing taken"),
      Case(0, -1, .capital, .negative, "less than nothing promised"),
      Case(.min, .min, .claims, .negative, "the least there is"),
      Case(101, 0, .claims, .moreThanTheLoss, "more than the loss"),
      Case(50, 50, .capital, nil, "half taken, half promised"),
      Case(50, 51, .capital, .moreThanTheLoss, "together a unit more than the loss"),
      Case(0, 100, .nothing, nil, "all promised"),
      Case(0, 101, .nothing, .moreThanTheLoss, "more promised than lost"),
      Case(.max, .max, .claims, .moreThanTheLoss, "no overflow at the edge"),
    ])
  func legality(_ each: Case) {
    let bearers = BearerPool(capital: Amount(units: 60), claims: Amount(units: 80))
    let loss = Amount(units: 100)
    do throws(AbsorptionError) {
      let absorption = try Absorption(
        of: loss, taken: Amount(units: each.taken), promised: Amount(units: each.promised), by: each.means,
        from: bearers)
      #expect(each.refusal == nil)
      #expect(absorption.left.units == 100 - each.taken - each.promised)
      #expect(absorption.means == each.means)
    } catch {
      #expect(error == each.refusal)
    }
  }
}
