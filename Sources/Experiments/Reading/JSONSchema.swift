/// A JSON Schema (draft 2020-12, json-schema.org) of what a kind reads, made of the same declarations.
///
///     JSONSchema.node(of: ExperimentConfig.kind, title: "An experiment").canonicalBytes
///
/// It says everything that can be said of a value by itself. What only shows when values are seen together
/// (a name that nobody declared, a range that ends before it begins) is left to the reader; so is what a JSON
/// number does not tell: whether it was written `1` or `1.0`.
package enum JSONSchema {
  package static func node<Value>(of kind: ValueKind<Value>, title: String) -> JSONNode {
    node(root: kind.shape, fields: ConfigReader.describe(kind), title: title)
  }

  /// The schema of a value of this shape with these fields inside it.
  package static func node(root: ValueShape, fields: [FieldDescription], title: String) -> JSONNode {
    let schema = SchemaWriter(fields: fields).schema(root, at: "")
    return .object(
      [
        .init("$schema", "https://json-schema.org/draft/2020-12/schema"), .init("title", .string(title)),
      ] + (schema.members ?? []))
  }
}

/// Walks shapes and, where they are objects, the fields declared below them.
private struct SchemaWriter {
  let fields: [FieldDescription]

  func schema(_ shape: ValueShape, at path: String) -> JSONNode {
    let own: JSONNode =
      switch shape.type {
      case "array": array(shape, at: path)
      case "map": map(shape, at: path)
      case "object": shape.choosingKey == nil ? object(at: path) : chosenObject(shape, at: path)
      case "variant": variant(shape, at: path)
      case "forms": ["anyOf": .array(shape.elements.map { schema($0, at: path) })]
      default: ScalarSchema.node(shape)
      }
    if shape.mayBeNull { return ["anyOf": [own, ["type": "null"]]] }
    guard !shape.constraints.isEmpty else { return own }
    let others = own["allOf"]?.elements ?? []
    let members = (own.members ?? []).filter { $0.key != "allOf" }
    return .object(members).with("allOf", .array(others + shape.constraints))
  }

  // MARK: Fields

  /// What is declared right below a path: its keys after `.`, its cases in parentheses.
  private func children(of path: String, opening: String) -> [(name: String, field: FieldDescription)] {
    let prefix = path.isEmpty && opening == "." ? "" : path + opening
    return fields.compactMap { field in
      guard field.path.hasPrefix(prefix) else { return nil }
      var name = field.path.dropFirst(prefix.count)
      if opening == "(" {
        guard name.last == ")" else { return nil }
        name.removeLast()
      }
      return name.contains { ".[{()".contains($0) } ? nil : (String(name), field)
    }
  }

  private func field(_ field: FieldDescription) -> JSONNode {
    var node: JSONNode = ["description": .string(field.summary)]
    if let unit = field.shape.schemaUnit { node = node.with("unit", .string(unit)) }
    if field.shape.allowed != field.shape.noun {
      node = node.with("$comment", .string("allowed: \(field.shape.allowed)"))
    }
    if case .defaulted(let value) = field.presence { node = node.with("default", value) }
    return .object((node.members ?? []) + (schema(field.shape, at: field.path).members ?? []))
  }

  // MARK: Containers

  private func array(_ shape: ValueShape, at path: String) -> JSONNode {
    var node: JSONNode = ["type": "array"]
    if let least = shape.lower { node = node.with("minItems", least.value) }
    if let most = shape.upper { node = node.with("maxItems", most.value) }
    return node.with("items", schema(shape.elements[0], at: path + "[]"))
  }

  private func map(_ shape: ValueShape, at path: String) -> JSONNode {
    [
      "type": "object", "propertyNames": schema(shape.keys[0], at: path + "{}"),
      "additionalProperties": schema(shape.elements[0], at: path + "{}"),
    ]
  }

  private func object(at path: String) -> JSONNode {
    let keys = children(of: path, opening: ".")
    let required = keys.filter { $0.field.presence == .required }.map { JSONNode.string($0.name) }
    var node: JSONNode = [
      "type": "object", "properties": .object(keys.map { JSONNode.Member($0.name, field($0.field)) }),
    ]
    if !required.isEmpty { node = node.with("required", .array(required)) }
    return node.with("additionalProperties", false)
  }

  /// One key decides which others there are.
  private func chosenObject(_ shape: ValueShape, at path: String) -> JSONNode {
    let key = shape.choosingKey ?? ""
    let base: JSONNode = [
      "type": "object", "required": [.string(key)],
      "properties": .object([.init(key, ["enum": .array(shape.choices.map(JSONNode.string))])]),
    ]
    let cases = children(of: path, opening: "(").map { item -> JSONNode in
      let chosen: JSONNode = .object([.init(key, ["const": .string(item.name)])])
      return [
        "if": ["required": [.string(key)], "properties": chosen],
        "then": object(at: item.field.path).with("description", .string(item.field.summary)),
      ]
    }
    return cases.isEmpty ? base : base.with("allOf", .array(cases))
  }

  /// A name alone, or an object whose one key is the name.
  private func variant(_ shape: ValueShape, at path: String) -> JSONNode {
    let cases = children(of: path, opening: "(")
    guard !cases.isEmpty else { return undescribed(shape) }
    return [
      "oneOf": .array(
        cases.flatMap { item -> [JSONNode] in
          let summary = JSONNode.string(item.field.summary)
          let payload: JSONNode =
            item.field.shape.type == "name"
            ? ["type": "object", "maxProperties": 0] : schema(item.field.shape, at: item.field.path)
          let mayBeBare = ["name", "object"].contains(item.field.shape.type) && payload["required"] == nil
          let bare: JSONNode = ["description": summary, "const": .string(item.name)]
          let full: JSONNode = [
            "description": summary, "type": "object",
            "properties": .object([.init(item.name, payload)]), "required": [.string(item.name)],
            "additionalProperties": false,
          ]
          return mayBeBare ? [bare, full] : [full]
        })
    ]
  }

  /// Where a variant holds itself, describing stops somewhere: there only the names are known.
  private func undescribed(_ shape: ValueShape) -> JSONNode {
    let names: JSONNode = ["enum": .array(shape.choices.map(JSONNode.string))]
    return [
      "anyOf": [names, ["type": "object", "minProperties": 1, "maxProperties": 1, "propertyNames": names]]
    ]
  }
}

/// Schemas of values that hold no others.
private enum ScalarSchema {
  private static let duration = "^([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?([0-9]+us)?$"
  private static let amount = "^\(DecimalPattern.magnitude)[kMB]?( [A-Za-z][A-Za-z0-9_.-]*)?$"

  static func node(_ shape: ValueShape) -> JSONNode {
    switch shape.type {
    case "boolean": return ["type": "boolean"]
    case "identifier": return ["type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_.-]{0,63}$"]
    case "reference": return ["type": "string", "minLength": 1]
    case "text": return ["type": "string"]
    case "seeds": return ["anyOf": [bounded("integer", shape), ["type": "string"]]]
    case "choice": return ["type": "string", "enum": .array(shape.choices.map(JSONNode.string))]
    case "integer", "number": return bounded(shape.type, shape)
    case "duration":
      var patterns: [JSONNode] = [["pattern": .string(duration)]]
      // Of longer limits the reader alone knows: `"90s"` is more than `"1m"`.
      if shape.excludesZero { patterns.append(["pattern": "[1-9]"]) }
      return ["type": "string", "minLength": 2, "allOf": .array(patterns)]
    case "amount":
      var patterns: [JSONNode] = [["pattern": .string(amount)]]
      if shape.excludesZero { patterns.append(["pattern": "^[0-9.]*[1-9]"]) }
      let zero = shape.excludesZero ? "exclusiveMinimum" : "minimum"
      let number: JSONNode = ["type": "number"]
      return ["anyOf": [number.with(zero, 0), ["type": "string", "allOf": .array(patterns)]]]
    case "ratio":
      var patterns: [JSONNode] = [["pattern": .string("^\(DecimalPattern.decimal)%$")]]
      patterns += percentages(shape)
      return ["anyOf": [bounded("number", shape), ["type": "string", "allOf": .array(patterns)]]]
    case "json": return [:]
    default: preconditionFailure("a shape of type `\(shape.type)` without a schema")
    }
  }

  private static func bounded(_ type: String, _ shape: ValueShape) -> JSONNode {
    var node: JSONNode = ["type": .string(type)]
    if let least = shape.lower {
      node = node.with(least.isIncluded ? "minimum" : "exclusiveMinimum", least.number)
    }
    if let most = shape.upper {
      node = node.with(most.isIncluded ? "maximum" : "exclusiveMaximum", most.number)
    }
    return node
  }

  private static func percentages(_ shape: ValueShape) -> [JSONNode] {
    var patterns: [String] = []
    if let least = shape.lower, let limit = least.percent {
      patterns.append(DecimalPattern.atLeast(limit, isIncluded: least.isIncluded))
    }
    if let most = shape.upper, let limit = most.percent {
      patterns.append(DecimalPattern.atMost(limit, isIncluded: most.isIncluded))
    }
    return patterns.map { ["pattern": .string("^(\($0))%$")] }
  }
}

extension ValueShape.Limit {
  /// The limit of a ratio in percent, as it is written.
  fileprivate var percent: DecimalText? {
    guard let text = value.text, text.hasSuffix("%") else { return nil }
    return DecimalText(text.dropLast())
  }

  /// The limit as a JSON number.
  fileprivate var number: JSONNode {
    guard let text = value.text, text.hasSuffix("%"), let share = Double("\(text.dropLast())e-2") else {
      return value
    }
    return .number(share)
  }
}

extension ValueShape {
  /// Whether a duration or an amount has to be more than nothing.
  fileprivate var excludesZero: Bool {
    guard let lower, let text = lower.value.text else { return false }
    return !lower.isIncluded || text.utf8.contains { (UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0) }
  }

  /// A duration says its unit itself; an amount is in tokens of the asset it names or is kept in.
  fileprivate var schemaUnit: String? {
    switch type {
    case "duration": nil
    case "amount": "tokens"
    default: unit
    }
  }
}

extension JSONNode {
  /// This object with one more member.
  fileprivate func with(_ key: String, _ value: JSONNode) -> JSONNode {
    .object((members ?? []) + [Member(key, value)])
  }
}
