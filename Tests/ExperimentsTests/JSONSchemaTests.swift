import Foundation
import Testing

@testable import Experiments

/// A value tried against a kind, by the reader and by the schema.
private struct Trial: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let schema: JSONNode
  let reads: @Sendable (JSONNode) -> Bool
  let values: [JSONNode]

  init<Value>(_ name: String, _ kind: @escaping @Sendable () -> ValueKind<Value>, _ values: [JSONNode]) {
    testDescription = name
    schema = JSONSchema.node(of: kind(), title: name)
    reads = { node in
      let source = SourceFile(name: "x", bytes: node.canonicalBytes)
      return (try? ConfigReader.read(ConfigReader.parse(source), kind())) != nil
    }
    self.values = values
  }
}

@Suite("The schema says what the reader does")
struct JSONSchemaTests {
  static let experiments = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("experiments").path

  /// Shipped experiments and templates as the reader resolves them.
  static let resolved: [(name: String, config: JSONNode)] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: experiments)) ?? []
    let documents =
      files.filter { $0.hasSuffix(".jsonc") }.sorted().compactMap {
        try? ConfigFile.load("\(experiments)/\($0)")
      }
      + Template.all.compactMap { template in
        try? ConfigReader.parse(
          SourceFile(name: template.name, bytes: Array(template.text(named: template.name).utf8)))
      }
    return documents.compactMap { document in
      (try? ExperimentConfig.read(document)).map { ($0.value.name, $0.resolved) }
    }
  }()

  static let schema = JSONSchema.node(of: ExperimentConfig.kind, title: "An experiment")

  @Test("fields, written out by hand")
  func byHand() throws {
    let sample = JSONSchema.node(of: SampleConfig.kind, title: "A sample")
    let properties = try #require(sample["properties"])
    #expect(sample["$schema"] == "https://json-schema.org/draft/2020-12/schema")
    #expect(sample["required"] == ["name", "assets"])
    #expect(sample["additionalProperties"] == false)
    #expect(
      properties["horizon"] == [
        "description": "how long a run lasts", "$comment": "allowed: a duration above 0s", "default": "2d",
        "type": "string", "minLength": 2,
        "allOf": [
          ["pattern": "^([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?([0-9]+us)?$"],
          ["pattern": "[1-9]"],
        ],
      ])
    #expect(
      properties["assets"]?["items"]?["properties"]?["price"] == [
        "description": "its price at the start", "unit": "USD", "$comment": "allowed: a number above 0 (USD)",
        "type": "number", "exclusiveMinimum": 0,
      ])
    let venue = try #require(properties["venues"]?["items"])
    #expect(properties["venues"]?["default"] == [])
    #expect(venue["required"] == ["kind"])
    #expect(venue["properties"]?["kind"] == ["enum": ["lendingPool", "vault"]])
    let vault = try #require(venue["allOf"]?.elements?[1])
    #expect(vault["if"] == ["required": ["kind"], "properties": ["kind": ["const": "vault"]]])
    #expect(vault["then"]?["description"] == "a vault of shares")
    #expect(vault["then"]?["required"] == ["kind", "id"])
    let pool = try #require(venue["allOf"]?.elements?[0]["then"]?["properties"])
    #expect(
      pool["recognition"] == [
        "description": "when a loss counts", "$comment": "allowed: onExhaustion, onAuction",
        "default": "onExhaustion", "type": "string", "enum": ["onExhaustion", "onAuction"],
      ])
    let layers = try #require(pool["waterfall"]?["items"]?["oneOf"]?.elements)
    #expect(layers[0] == ["description": "all claims pay alike", "const": "proRata"])
    #expect(layers[1]["properties"] == ["proRata": ["type": "object", "maxProperties": 0]])
    // A fund needs its balance, a delay its duration: neither stands as a bare name.
    #expect(layers.compactMap { $0["const"] } == ["proRata"])
    #expect(layers.count == 4)
    let ratio = try #require(pool["threshold"]?["anyOf"]?.elements)
    #expect(ratio[0] == ["type": "number", "minimum": 0, "maximum": 1])
    #expect(ratio[1]["type"] == "string")
  }

  @Test("every field of an experiment is in its schema, with its sentence")
  func complete() {
    let text = String(decoding: Self.schema.canonicalBytes, as: UTF8.self)
    let fields = ConfigReader.describe(ExperimentConfig.kind)
    #expect(fields.count > 50)
    for field in fields {
      var quoted: [UInt8] = JSONNode.string(field.summary).canonicalBytes
      quoted.removeLast()
      let sentence = "\"description\": " + String(decoding: quoted, as: UTF8.self)
      #expect(text.contains(sentence), "\(field.path)")
    }
  }

  @Test("shipped experiments and templates are valid")
  func shipped() {
    #expect(Self.resolved.count >= 3)
    for (name, config) in Self.resolved {
      #expect(SchemaValidator().fault(config, Self.schema) == nil, "\(name)")
    }
  }

  @Test("a variant may be null in a file, which drops one that is inherited, and no other section")
  func droppedVariant() throws {
    let (_, config) = try #require(Self.resolved.first)
    let dropping = try config.setting("variants", to: ["a": .null, "b": ["horizon": "1h"]])
    #expect(SchemaValidator().fault(dropping, Self.schema) == nil)
    #expect(SchemaValidator().fault(try config.setting("variants", to: .null), Self.schema) != nil)
    #expect(SchemaValidator().fault(try config.setting("only", to: ["a"]), Self.schema) == nil)
    #expect(SchemaValidator().fault(try config.setting("only", to: []), Self.schema) != nil)
  }

  // MARK: Mutations

  /// Mistakes in one value, as against those between values.
  private static let structural = [
    ": expected ", ": unknown key ", ": missing key ", " is one name; ", " takes no settings",
    " needs a value",
    ": this is not ", " needs a unit",
  ]

  @Test("of 200 mutated configs the schema refuses only what the reader does, and every mistake of form")
  func mutated() throws {
    var refused = 0
    for seed in 1...200 {
      var random = SplitMix(seed: UInt64(seed))
      let (name, config) = Self.resolved[random.below(Self.resolved.count)]
      let (node, change) = Self.mutation(of: config, &random)
      let fault = SchemaValidator().fault(node, Self.schema)
      do throws(ReadingFailure) {
        _ = try ExperimentConfig.read(
          ConfigReader.parse(SourceFile(name: "x.json", bytes: node.canonicalBytes)))
        #expect(fault == nil, "seed \(seed), \(name), \(change)")
      } catch {
        let isStructural = Self.structural.contains { error.description.contains($0) }
        #expect(fault != nil || !isStructural, "seed \(seed), \(name), \(change): \(error.description)")
        refused += fault != nil ? 1 : 0
      }
    }
    // Otherwise the mutations are too tame to tell anything.
    #expect(refused > 120)
  }

  /// The tree with one value of another type, one key more or one key less.
  private static func mutation(of root: JSONNode, _ random: inout SplitMix) -> (JSONNode, String) {
    var places: [(path: [Int], node: JSONNode)] = []
    func walk(_ node: JSONNode, _ path: [Int]) {
      places.append((path, node))
      let children = node.elements ?? node.members?.map(\.value) ?? []
      for (index, child) in children.enumerated() { walk(child, path + [index]) }
    }
    walk(root, [])
    switch random.below(3) {
    case 0:
      let place = places[random.below(places.count)]
      let others: [JSONNode] = [.null, true, -7, 0.5, "word", [], [:]]
      let other = others[random.below(others.count)]
      return (replacing(root, at: place.path[...], by: other), "\(place.path) becomes \(other.summary)")
    case 1:
      let objects = places.filter { $0.node.members != nil }
      let place = objects[random.below(objects.count)]
      let more = (place.node.members ?? []) + [.init("stowaway", 1)]
      return (replacing(root, at: place.path[...], by: .object(more)), "\(place.path) has a stowaway")
    default:
      let objects = places.filter { $0.node.members?.isEmpty == false }
      let place = objects[random.below(objects.count)]
      var fewer = place.node.members ?? []
      let gone = fewer.remove(at: random.below(fewer.count))
      return (replacing(root, at: place.path[...], by: .object(fewer)), "\(place.path) without \(gone.key)")
    }
  }

  private static func replacing(_ node: JSONNode, at path: ArraySlice<Int>, by other: JSONNode) -> JSONNode {
    guard let index = path.first else { return other }
    if var elements = node.elements {
      elements[index] = replacing(elements[index], at: path.dropFirst(), by: other)
      return .array(elements)
    }
    var members = node.members ?? []
    members[index].value = replacing(members[index].value, at: path.dropFirst(), by: other)
    return .object(members)
  }

  // MARK: Single values

  private static let trials: [Trial] = [
    Trial(
      "duration", { .duration(in: .above(0)) },
      [
        "1s", "0s", "0h1us", "1d6h", "6h1d", "1.5h", "", "s", "1", "-1s", "1m1ms", "1ms1m",
        "1w2d3h4m5s6ms7us", 5,
      ]),
    Trial(
      "amount", { .amount(of: AmountUnit(symbol: "USDC", decimals: 6)) },
      ["1", "0", "2.5M", "2.5M USDC", "1K", "-1", "1 ", " 1", "01", "1.", ".5", "1_000", 3, 0, 2.5, -1, true]),
    Trial(
      "positive amount", { .amount(of: AmountUnit(symbol: "USDC", decimals: 6), in: .above(0)) },
      ["0", "0.0", "0k USDC", "0.000001", "10", 0, 1, 0.5]),
    Trial("identifier", { .identifier() }, ["a", "A1._-", "", "1a", "a b", "é", 7, ""]),
    Trial(
      "seeds", { ValueKind<SeedRange>.seeds },
      ["1", "1..20", "007", "1...2", "..2", "1..", "a", "", 1, 0, 20, -1, 2.5, 9_007_199_254_740_994]),
    Trial("integer", { ValueKind<Int64>.integer(in: .between(-2, 3)) }, [-3, -2, 0, 3, 4, 0.5, "1", .null]),
    Trial(
      "path", { ValueKind<String>.path },
      ["a", "a.b", ".a", "", "seeds", "seeds.x", "seedsy", "[0]", "name[1]"]),
    Trial("bool", { .bool() }, [true, false, 0, "true", .null]),
  ]

  @Test("a value is valid just when it can be read", arguments: trials)
  private func values(_ trial: Trial) {
    for value in trial.values {
      #expect(
        (SchemaValidator().fault(value, trial.schema) == nil) == trial.reads(value), "\(value.summary)")
    }
  }

  @Test("percentages within any bounds, as text and as numbers", arguments: 1...40)
  func percentages(_ seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    // Hundredths of a percent, near enough to one another to meet and to miss by a digit.
    func hundredths() -> Int { (random.below(5) == 0 ? 0 : random.below(2_400)) - 1_100 }
    func text(_ value: Int) -> String {
      let (whole, fraction) = value.magnitude.quotientAndRemainder(dividingBy: 100)
      return "\(value < 0 ? "-" : "")\(whole).\(fraction < 10 ? "0" : "")\(fraction)"
    }
    let (low, high) = (hundredths(), hundredths())
    var bounds = Bounds<Double>.any
    let lowest = Double(text(min(low, high)) + "e-2") ?? 0
    let highest = Double(text(max(low, high)) + "e-2") ?? 0
    bounds = random.below(2) == 0 ? .from(lowest) : .above(lowest)
    bounds = random.below(2) == 0 ? bounds.upTo(highest) : bounds.below(highest)
    let schema = JSONSchema.node(of: ValueKind<Double>.ratio(in: bounds), title: "a ratio")
    for value in [low, high, low + 1, low - 1, high + 1, high - 1] + (0..<20).map({ _ in hundredths() }) {
      for written in Set([text(value), text(value) + "0", plainDecimal(Double(text(value)) ?? 0)]).sorted() {
        let share = Double(written + "e-2") ?? 0
        let isValid = SchemaValidator().fault(.string(written + "%"), schema) == nil
        #expect(isValid == bounds.contains(share), "seed \(seed): \(written)% within \(bounds)")
        #expect(
          (SchemaValidator().fault(.number(share), schema) == nil) == bounds.contains(share),
          "seed \(seed): \(share) within \(bounds)")
      }
    }
  }
}
