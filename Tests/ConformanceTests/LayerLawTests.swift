import Economy
import Foundation
import Kernel
import Ledger
import Testing

@testable import Experiments

/// The laws of every layer in the catalog, over a thousand random losses and bearer pools each.
@Suite("Laws of loss layers")
struct LayerLawTests {
  @Test(
    "taken + promised + left is the loss, and no part is negative", arguments: CataloguedLayer.allAndExample)
  func sum(_ layer: CataloguedLayer) throws {
    try Question.forEach(of: layer) { question, name in
      let answer = try question.answer()
      let parts = [answer.taken, answer.promised, answer.left].map { Int128($0.units) }
      #expect(parts.reduce(0, +) == Int128(question.loss.units), "\(name)")
      #expect(parts.allSatisfy { $0 >= 0 }, "\(name)")
    }
  }

  @Test("nobody pays more than they hold", arguments: CataloguedLayer.allAndExample)
  func holdings(_ layer: CataloguedLayer) throws {
    let means = layer.declaration.means
    try Question.forEach(of: layer) { question, name in
      let answer = try question.answer()
      let held = means.reduce(Int128(0)) { $0 + Int128(question.bearers.held($1).units) }
      #expect(Int128(answer.taken.units) <= held, "\(name)")
      #expect(question.bearers.after(answer.taken, by: means) != nil, "\(name)")
    }
  }

  @Test(
    "a layer bears min(loss, what it would of the largest loss there is)",
    arguments: CataloguedLayer.allAndExample)
  func capacity(_ layer: CataloguedLayer) throws {
    var limited = 0
    try Question.forEach(of: layer) { question, name in
      let answer = try question.answer()
      let most = try question.absorb(Amount(units: .max), from: question.bearers)
      let capacity = Int128(most.taken.units) + Int128(most.promised.units)
      let borne = Int128(answer.taken.units) + Int128(answer.promised.units)
      #expect(borne == min(Int128(question.loss.units), capacity), "\(name)")
      #expect(
        answer.taken == min(question.loss, most.taken), "what is there is paid before anything is promised")
      if capacity < Int128(question.loss.units) { limited += 1 }
    }
    // What a venue will ever earn has no limit.
    #expect(
      limited > 100 || layer.type == RevenueCapture.self, "\(layer.testDescription) was hardly ever short")
  }

  @Test("a layer whose bearers have something bears something", arguments: CataloguedLayer.allAndExample)
  func bears(_ layer: CataloguedLayer) throws {
    guard layer.declaration.means != [.nothing] else { return }
    var borne = 0
    try Question.forEach(of: layer) { question, _ in
      let answer = try question.answer()
      if answer.taken > .zero || answer.promised > .zero { borne += 1 }
    }
    #expect(borne > 500, "\(layer.testDescription) hardly ever bears anything")
  }

  @Test("the same question has the same answer", arguments: CataloguedLayer.allAndExample)
  func determinism(_ layer: CataloguedLayer) throws {
    try Question.forEach(of: layer) { question, name in
      let first = try question.answer()
      _ = try question.absorb(Amount(units: 1), from: BearerPool())
      let again = Question(
        layer: layer.type.init(settings: question.settings), settings: question.settings,
        bearers: question.bearers, loss: question.loss)
      #expect(try question.answer() == first, "\(name)")
      #expect(try again.answer() == first, "\(name)")
    }
  }

  @Test("a loss of zero takes nothing", arguments: CataloguedLayer.allAndExample)
  func zero(_ layer: CataloguedLayer) throws {
    try Question.forEach(of: layer) { question, name in
      let answer = try question.absorb(.zero, from: question.bearers)
      #expect(answer.taken == .zero && answer.promised == .zero && answer.left == .zero, "\(name)")
    }
  }

  @Test("a loss in two parts takes no more than the bearers had", arguments: CataloguedLayer.allAndExample)
  func split(_ layer: CataloguedLayer) throws {
    let means = layer.declaration.means
    try Question.forEach(of: layer) { question, name in
      let part = Amount(units: question.loss.units / 3)
      let first = try question.absorb(part, from: question.bearers)
      let after = try #require(question.bearers.after(first.taken, by: means), "\(name)")
      let second = try question.absorb(question.loss - part, from: after)
      #expect(after.after(second.taken, by: means) != nil, "\(name)")
    }
  }

  @Test("settings keep what they are given, and nothing else", arguments: CataloguedLayer.allAndExample)
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
        copy[parameter.name] = .count(42)
        #expect(copy[parameter.name] == .count(42), "a value set again replaces the first")
      }
    }
  }

  @Test(
    "what a config says of a layer is what the layer is made of", arguments: CataloguedLayer.allAndExample)
  func config(_ layer: CataloguedLayer) throws {
    let names = LayerNames.ofTest
    let all = CataloguedLayer.allAndExample.map(\.type)
    var random = RandomStreams(populationSeed: 0, shockSeed: 2)
      .stream(.test, EntityKey(id: "configs"), Epoch(slot: 0))
    for _ in 0..<50 {
      let settings = layer.settings(&random)
      let limits = layer.type == Unresolved.self ? LayerLimits() : LayerLimits(&random)
      let fields =
        layer.declaration.parameters.compactMap { parameter in
          settings[parameter.name].map { "\"\(parameter.name)\": \($0.text)" }
        } + limits.fields
      let name = layer.declaration.name
      let text =
        fields.isEmpty
        ? "\"\(name)\"" : "{ \"\(name)\": { \(fields.joined(separator: ", ")) } }"
      let document = try ConfigReader.parse(SourceFile(name: "seed 2", bytes: Array(text.utf8)))
      let reading = try ConfigReader.read(document, layerKind(names, all))
      let read = reading.value
      #expect(ObjectIdentifier(read.type) == ObjectIdentifier(layer.type), "\(text)")
      #expect(read.settings == settings, "\(text)")
      let (made, direct) = (read.type.init(settings: read.settings), layer.type.init(settings: settings))
      #expect(read.limits == limits, "\(text)")
      // All that the engine asks a layer for.
      #expect(made.endowment == direct.endowment && made.stakePool == direct.stakePool, "\(text)")
      #expect(made.fund == direct.fund && made.calls == direct.calls, "\(text)")
      #expect(made.mints?.asset == direct.mints?.asset && made.mints?.most == direct.mints?.most, "\(text)")
      #expect(made.maxSlash == direct.maxSlash && made.premium == direct.premium, "\(text)")
      #expect(made.refill == direct.refill && made.rebalance == direct.rebalance, "\(text)")
      #expect("\(made)" == "\(direct)", "how it keeps a promise, too")
      let bytes = reading.resolved.canonicalBytes
      let written = try ConfigReader.read(
        ConfigReader.parse(SourceFile(name: "written", bytes: bytes)), layerKind(names, all))
      #expect(written.resolved.canonicalBytes == bytes, "\(text)")
      #expect(written.value.settings == settings && written.value.limits == limits, "\(text)")
    }
  }

  @Test(
    "what a layer is given at the start is one of its settings, or nothing",
    arguments: CataloguedLayer.allAndExample)
  func endowment(_ layer: CataloguedLayer) {
    Question.forEach(of: layer) { question, name in
      let given = layer.declaration.parameters.compactMap {
        question.settings[$0.name]
      }
      let endowment = question.layer.endowment
      #expect(endowment.isEmpty || given.contains(.holdings(endowment)), "\(name)")
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
      var random = RandomStreams(populationSeed: 0, shockSeed: 3)
        .stream(.test, EntityKey(id: "catalog"), Epoch(slot: 0))
      for parameter in layer.declaration.parameters {
        settings[parameter.name] = CataloguedLayer.value(of: parameter.kind, &random)
      }
      #expect(LayerCatalog.index(of: layer.init(settings: settings)) == place)
    }
    #expect(LayerCatalog.layer(named: "no such layer") == nil)
  }

  @Test("every layer has a file of its own name, and every file there its layer")
  func files() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: LayerCatalogTests.folder.path)
      .filter { $0.hasSuffix(".swift") }
    // `reserve` is what a venue keeps of an asset that it lends: the layer's type has a longer name.
    #expect(files.sorted() == LayerCatalog.all.map { "\($0).swift" }.sorted())
    for layer in LayerCatalog.all {
      let name = layer.declaration.name
      let plain = name.prefix(1).uppercased() + name.dropFirst()
      #expect(["\(plain)", "\(plain)Layer"].contains("\(layer)"))
    }
  }

  @Test("a layer says what it does and who bears", arguments: CataloguedLayer.allAndExample)
  func words(_ layer: CataloguedLayer) {
    let declaration = layer.declaration
    #expect(!declaration.summary.isEmpty && declaration.bearers.allSatisfy { !$0.isEmpty })
    #expect(!declaration.means.isEmpty && declaration.means.count == declaration.bearers.count)
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
    var bearers = BearerPool()
    (bearers.capital, bearers.claims) = (Amount(units: 60), Amount(units: 80))
    let loss = Amount(units: 100)
    do throws(AbsorptionError) {
      let absorption = try Absorption(
        of: loss, taken: Amount(units: each.taken), promised: Amount(units: each.promised),
        keptBy: .sale(.init(count: 1, every: .zero)), by: [each.means], from: bearers)
      #expect(each.refusal == nil)
      #expect(absorption.left.units == 100 - each.taken - each.promised)
      #expect((absorption.settlement == nil) == (each.promised == 0))
    } catch {
      #expect(error == each.refusal)
    }
  }

  @Test("a promise says how it is kept")
  func settlement() {
    #expect(throws: AbsorptionError.promiseWithoutSettlement) {
      try Absorption(
        of: Amount(units: 100), taken: .zero, promised: Amount(units: 1), by: [.nothing], from: BearerPool())
    }
  }

  @Test("the first means pays as far as it goes, then the next; interest is part of the claims")
  func split() {
    var bearers = BearerPool()
    (bearers.stake, bearers.interest, bearers.claims) = (
      Amount(units: 60), Amount(units: 30), Amount(units: 80)
    )
    func parts(_ taken: Int64, _ means: [Absorption.Means]) -> [Int64]? {
      Absorption.split(Amount(units: taken), over: means, of: bearers)?.map(\.units)
    }
    #expect(parts(50, [.stake, .claims]) == [50, 0])
    #expect(parts(140, [.stake, .claims]) == [60, 80])
    #expect(parts(141, [.stake, .claims]) == nil)
    #expect(parts(80, [.interest, .claims]) == [30, 50])
    #expect(parts(81, [.interest, .claims]) == nil)
    #expect(parts(0, [.nothing]) == [0])
  }
}

@Suite("The layers that WriteYourOwnLayer.md writes")
struct ExampleLayerTests {
  struct Case: Sendable {
    let most: Double
    let loss: Int64
    let taken: Int64
  }

  /// Claims of 1,001.
  @Test(
    "suppliers bear a loss up to a share of their claims, rounded down",
    arguments: [
      Case(most: 0.25, loss: 100, taken: 100), Case(most: 0.25, loss: 250, taken: 250),
      Case(most: 0.25, loss: 251, taken: 250), Case(most: 1, loss: 2_000, taken: 1_001),
      Case(most: 0, loss: 100, taken: 0),
    ])
  func haircut(_ each: Case) throws {
    var settings = LayerSettings()
    settings["most"] = .ratio(each.most)
    var bearers = BearerPool()
    bearers.claims = Amount(units: 1_001)
    let answer = try CappedHaircut(settings: settings).absorb(
      Loss(number: 1, asset: AssetID(0), amount: Amount(units: each.loss)), from: bearers)
    #expect(answer.taken.units == each.taken && answer.promised == .zero)
    #expect(answer.left.units == each.loss - each.taken)
  }

  @Test(
    "a stake pays up to a share of it: at once, or by what the sale of it will bring",
    arguments: [true, false])
  func partialSlash(isLostAsset: Bool) throws {
    var settings = LayerSettings()
    settings["stake"] = .venue(VenueID(3))
    settings["most"] = .ratio(0.3)
    settings["lots"] = .count(4)
    var bearers = BearerPool()
    if isLostAsset {
      bearers.stake = Amount(units: 1_001)
    } else {
      bearers.saleableStake = Amount(units: 1_001)
    }
    let layer = PartialSlash(settings: settings)
    #expect(layer.stakePool == VenueID(3))
    for (loss, borne) in [(100, 100), (300, 300), (301, 300), (5_000, 300)] {
      let answer = try layer.absorb(
        Loss(number: 1, asset: AssetID(0), amount: Amount(units: Int64(loss))), from: bearers)
      let parts = [answer.taken.units, answer.promised.units, answer.left.units]
      #expect(parts == (isLostAsset ? [borne, 0, loss - borne] : [0, borne, loss - borne]).map(Int64.init))
      #expect(
        answer.settlement == (isLostAsset ? nil : .seizure(fee: 0, .init(count: 4, every: .zero))))
    }
  }
}
