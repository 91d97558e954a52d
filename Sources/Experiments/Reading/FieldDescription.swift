/// What one kind of value looks like, for messages and for a JSON Schema.
///
/// `type` is one of: boolean, text, identifier, integer, number, ratio, duration, amount, choice, reference,
/// array, map, object, variant, name (a variant without settings), forms (one of several), seeds, json.
/// `elements` holds the one shape inside an array or a map, or the forms.
package struct ValueShape: Sendable {
  /// A bound as it would be written in a config: `0`, `"35%"`.
  package struct Limit: Equatable, Sendable {
    package let value: JSONNode
    package let isIncluded: Bool
  }

  package var type: String
  /// With its article: `a duration`.
  package var noun: String
  /// One phrase on everything allowed: `an integer from 1 to 10`.
  package var allowed: String
  package var unit: String?
  package var lower: Limit?
  package var upper: Limit?
  package var choices: [String] = []
  package var elements: [ValueShape] = []
  /// Of a map, what its keys are.
  package var keys: [ValueShape] = []
  /// Of an object with choices, the key that makes the choice.
  package var choosingKey: String?
  /// Whether a file may say null, which is gone before anybody reads the value.
  var mayBeNull = false
  /// What a JSON Schema can say of the value beyond its type: subschemas that all hold.
  package var constraints: [JSONNode] = []

  init(_ type: String, _ noun: String, allowed: String? = nil, unit: String? = nil) {
    self.type = type
    self.noun = noun
    self.allowed = allowed ?? noun
    self.unit = unit
  }

  func changed(_ change: (inout ValueShape) -> Void) -> ValueShape {
    var shape = self
    change(&shape)
    return shape
  }

  func bounded<Value>(by bounds: Bounds<Value>, _ write: (Value) -> JSONNode) -> ValueShape {
    var shape = self
    shape.lower = bounds.lower.map { Limit(value: write($0.value), isIncluded: $0.isIncluded) }
    shape.upper = bounds.upper.map { Limit(value: write($0.value), isIncluded: $0.isIncluded) }
    return shape
  }
}

/// One key a config may have: everything said about it where it is read.
///
/// In `path`, `[]` is any element, `{}` any key of a map, `(name)` what follows when that variant is chosen:
/// `venues[](lendingPool).waterfall[](insuranceFund).balance{}`.
package struct FieldDescription: Sendable {
  package enum Presence: Equatable, Sendable {
    case required
    case optional
    case defaulted(JSONNode)
    /// Not a key of its own: one name a variant may take.
    case variant
  }

  package let path: String
  package let shape: ValueShape
  package let presence: Presence
  package let summary: String
}

/// Collects field descriptions in the order they are declared. Invariant: one per path.
final class FieldCollector {
  private(set) var fields: [FieldDescription] = []
  private var paths: Set<String> = []

  func add(_ field: FieldDescription) {
    if paths.insert(field.path).inserted { fields.append(field) }
  }

  /// Where a variant holds itself (a layer around a layer) describing stops here.
  static let maximumVariantDepth = 4

  func shouldDescribe(variantsAt path: String) -> Bool {
    path.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: "(") ? 1 : 0) } < Self.maximumVariantDepth
  }
}
