/// How one kind of value is written in a config: what it is called, what is allowed, how it is read.
///
///     let delay = reader.read("delay", .duration(), default: "30s", "how long until a price is seen")
///     let layers = reader.read("waterfall", .array(of: layer), "who pays, in order")
///
/// Kinds compose, and because a kind carries its own `shape`, reading code is also the schema.
/// Invariant: `read` always returns a value. After a mistake, which it reports, that value is a placeholder,
/// so that reading can go on and every mistake is found; nobody sees placeholders, for `Diagnostics.check`
/// throws.
///
/// Shapes are made when somebody asks for one, which a config without a mistake never does: a plan reads its
/// config once for every point, and words about what is allowed would cost most of it.
package struct ValueKind<Value> {
  private let makeShape: () -> ValueShape
  let read: (ValueReader) -> Value

  package var shape: ValueShape { makeShape() }

  init(shape: @autoclosure @escaping () -> ValueShape, read: @escaping (ValueReader) -> Value) {
    makeShape = shape
    self.read = read
  }

  /// A kind that is one JSON scalar. `parse` returns nil when the node has the wrong type.
  static func scalar(
    _ shape: @autoclosure @escaping () -> ValueShape, placeholder: Value,
    _ parse: @escaping (JSONNode) throws(Refusal) -> Value?
  ) -> ValueKind {
    ValueKind(shape: shape()) { reader in
      guard let node = reader.node else { return placeholder }
      do throws(Refusal) {
        if let value = try parse(node) { return value }
        reader.reportWrongType(shape())
      } catch {
        reader.report(error, allowed: shape().allowed)
      }
      return placeholder
    }
  }

  /// A kind that also hands on where the value stood, for mistakes found later.
  package static func placed<Inner>(_ kind: ValueKind<Inner>) -> ValueKind where Value == Placed<Inner> {
    ValueKind(shape: kind.shape) { reader in Placed(value: kind.read(reader), place: reader.place) }
  }

  /// A kind turned into another type by a function that cannot fail.
  package static func converted<Inner>(
    _ kind: ValueKind<Inner>, by convert: @escaping (Inner) -> Value
  ) -> ValueKind {
    ValueKind(shape: kind.shape) { reader in convert(kind.read(reader)) }
  }

  /// The same kind, with something more for a JSON Schema to say: a rule that is checked elsewhere.
  package func constrained(by subschema: JSONNode) -> ValueKind {
    ValueKind(shape: shape.changed { $0.constraints.append(subschema) }, read: read)
  }

  /// The same kind, refusing values that break a rule: `.count().checked("a power of two") { … }`.
  package func checked(_ rule: String, by isAllowed: @escaping (Value) -> Bool) -> ValueKind {
    ValueKind(shape: shape.changed { $0.allowed = rule }) { reader in
      let before = reader.diagnostics.count
      let value = read(reader)
      if reader.node != nil, reader.diagnostics.count == before, !isAllowed(value) {
        reader.report(Refusal("the value is not allowed"), allowed: rule)
      }
      return value
    }
  }
}

/// A value and where it was written. Keep one wherever a later check may find fault with it.
package struct Placed<Value> {
  package let value: Value
  package let place: Place

  package init(value: Value, place: Place) {
    self.value = value
    self.place = place
  }
}

extension Placed: Sendable where Value: Sendable {}

/// Why the text of a value was refused. Where `allowed` is nil the kind says what is allowed.
package struct Refusal: Error, Equatable, Sendable {
  package var message: String
  package var allowed: String?
  package var suggestion: String?
  package var notes: [String]
  /// See `Diagnostic`.
  package var isRule = false
  package var isOfName = false

  package init(_ message: String, allowed: String? = nil, suggestion: String? = nil, notes: [String] = []) {
    self.message = message
    self.allowed = allowed
    self.suggestion = suggestion
    self.notes = notes
  }
}

/// The two sides of a range, either of which may be open or absent.
///
///     Bounds.above(0).contains(0)      // false
///     Bounds.between(0, 1).contains(1) // true
package struct Bounds<Value: Comparable & Sendable>: Sendable {
  /// One side of a range: the value and whether it belongs.
  package struct Limit: Sendable {
    package let value: Value
    package let isIncluded: Bool
  }

  package var lower: Limit?
  package var upper: Limit?

  package static var any: Bounds { Bounds() }
  package static func from(_ value: Value) -> Bounds { Bounds(lower: Limit(value: value, isIncluded: true)) }
  package static func above(_ value: Value) -> Bounds {
    Bounds(lower: Limit(value: value, isIncluded: false))
  }
  package static func upTo(_ value: Value) -> Bounds { Bounds(upper: Limit(value: value, isIncluded: true)) }
  package static func between(_ low: Value, _ high: Value) -> Bounds { from(low).upTo(high) }

  /// These bounds with `value` as the greatest that belongs.
  package func upTo(_ value: Value) -> Bounds {
    Bounds(lower: lower, upper: Limit(value: value, isIncluded: true))
  }

  /// These bounds with `value` as the first that is too great.
  package func below(_ value: Value) -> Bounds {
    Bounds(lower: lower, upper: Limit(value: value, isIncluded: false))
  }

  package func contains(_ value: Value) -> Bool {
    if let lower, value < lower.value || (value == lower.value && !lower.isIncluded) { return false }
    if let upper, value > upper.value || (value == upper.value && !upper.isIncluded) { return false }
    return true
  }

  /// ` from 0 to 1`, ` above 0`, ` from 0, below 1`; nothing when every value belongs.
  func text(_ show: (Value) -> String) -> String {
    let low = lower.map { "\($0.isIncluded ? "from" : "above") \(show($0.value))" }
    let high = upper.map { limit in
      let word = limit.isIncluded ? (lower?.isIncluded == true ? "to" : "up to") : "below"
      return "\(word) \(show(limit.value))"
    }
    switch (low, high) {
    case (nil, nil): return ""
    case (let low?, nil): return " " + low
    case (nil, let high?): return " " + high
    case (let low?, let high?):
      let isPlainRange = lower?.isIncluded == true && upper?.isIncluded == true
      return " " + low + (isPlainRange ? " " : ", ") + high
    }
  }
}
