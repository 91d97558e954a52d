/// One name a variant may take, and what stands beside the name.
///
///     .variant("a loss layer", [
///       .plain("proRata", Layer.proRata, "all claims pay alike"),
///       .with("insuranceFund", .object { … }, "a fund pays first") { Layer.fund($0) },
///     ])
package struct VariantCase<Value> {
  let name: String
  let summary: String
  /// Nil for a name that stands alone.
  let shape: (() -> ValueShape)?
  let read: (ValueReader) -> Value

  /// A name without settings: `"proRata"`.
  package static func plain(_ name: String, _ value: Value, _ summary: String) -> VariantCase {
    VariantCase(name: name, summary: summary, shape: nil) { _ in value }
  }

  /// A name with a value: `{ "exponential": "20m" }`. If that value is an object, the bare name stands for
  /// `{}`.
  package static func with<Payload>(
    _ name: String, _ payload: ValueKind<Payload>, _ summary: String, _ make: @escaping (Payload) -> Value
  ) -> VariantCase {
    VariantCase(name: name, summary: summary, shape: { payload.shape }) { make(payload.read($0)) }
  }

  /// How this case is written, for messages.
  fileprivate var form: String {
    guard let shape, shape().type != "object" else { return name }
    return "{ \"\(name)\": … }"
  }
}

/// One value of the key that decides which other keys an object has.
package struct ObjectCase<Value> {
  let name: String
  let summary: String
  let read: (ObjectReader) -> Value

  package init(_ name: String, _ summary: String, _ read: @escaping (ObjectReader) -> Value) {
    self.name = name
    self.summary = summary
    self.read = read
  }
}

extension ValueKind {
  /// A name, alone (`"proRata"`) or as the one key of an object (`{ "insuranceFund": { … } }`).
  ///
  /// A case may hold the variant itself, as a layer around a layer does, but not the first: it is the
  /// placeholder.
  ///
  /// `allowed` says in full what may stand there, where a list of names does not.
  package static func variant(
    _ noun: String, _ cases: [VariantCase<Value>], allowed: String? = nil
  ) -> ValueKind {
    precondition(!cases.isEmpty, "a variant needs a case")
    func shape() -> ValueShape {
      ValueShape("variant", noun, allowed: allowed ?? listed(cases.map(\.form)))
        .changed { $0.choices = cases.map(\.name) }
    }
    return ValueKind(shape: shape()) { reader in
      describe(cases, reader)
      guard let node = reader.node else { return placeholder(cases[0], reader) }
      let name: String
      var payload: JSONNode?
      var nameRange = node.range
      switch node.content {
      case .string(let text): name = text
      case .object(let members) where members.count == 1:
        name = members[0].key
        payload = members[0].value
        nameRange = members[0].keyRange ?? nameRange
      case .object(let members):
        let problem = members.isEmpty ? "is empty" : "has \(members.count) keys"
        reader.report(Refusal("\(noun) is one name; this object \(problem)"), allowed: shape().allowed)
        return placeholder(cases[0], reader)
      default:
        let refusal = Refusal(
          "expected \(noun), found \(node.noun)", suggestion: alikeForAll(node, cases))
        reader.report(refusal, allowed: shape().allowed)
        return placeholder(cases[0], reader)
      }
      guard let chosen = cases.first(where: { $0.name == name }) else {
        let refusal = Refusal(
          "`\(shortened(name))` is not \(noun)",
          suggestion: nearest(to: name, among: cases.map(\.name)) ?? alikeForAll(node, cases))
        let place = Place(path: reader.place.path, range: nameRange ?? reader.place.range)
        reader.report(refusal, at: place, allowed: shape().allowed)
        return placeholder(cases[0], reader)
      }
      return read(chosen, payload, reader) ?? placeholder(cases[0], reader)
    }
  }

  /// A number, or a text that begins like one, is probably meant to be the same for all.
  private static func alikeForAll(_ node: JSONNode, _ cases: [VariantCase<Value>]) -> String? {
    guard cases.contains(where: { $0.name == "fixed" && $0.shape != nil }) else { return nil }
    switch node.content {
    case .number: break
    case .string(let text):
      guard let first = text.utf8.first, isDigit(first) else { return nil }
    default: return nil
    }
    return "{ \"fixed\": \(node.summary) }"
  }

  /// Reads the payload of a chosen case; nil after a mistake.
  private static func read(_ chosen: VariantCase<Value>, _ payload: JSONNode?, _ reader: ValueReader)
    -> Value?
  {
    let path = ValuePath.key(reader.place.path, chosen.name)
    let schemaPath = reader.schemaPath(adding: "(\(chosen.name))")
    guard let shape = chosen.shape else {
      let child = reader.child(payload ?? .null, path: path, schemaPath: schemaPath)
      guard payload == nil || payload?.members?.isEmpty == true else {
        child.report(Refusal("`\(chosen.name)` takes no settings"), allowed: "\"\(chosen.name)\"")
        return nil
      }
      reader.resolved = JSONNode(.string(chosen.name), range: reader.node?.range)
      return chosen.read(child)
    }
    guard let given = payload ?? (shape().type == "object" ? .object([]) : nil) else {
      reader.report(
        Refusal("`\(chosen.name)` needs a value"), allowed: "{ \"\(chosen.name)\": \(shape().noun) }")
      return nil
    }
    let child = reader.child(given, path: path, schemaPath: schemaPath)
    let value = chosen.read(child)
    let keyRange = reader.node?.members?.first?.keyRange
    reader.resolved = JSONNode(
      .object([JSONNode.Member(chosen.name, keyRange: keyRange, child.resolved)]), range: reader.node?.range)
    return value
  }

  private static func placeholder(_ first: VariantCase<Value>, _ reader: ValueReader) -> Value {
    let path = ValuePath.key(reader.place.path, first.name)
    return first.read(reader.child(nil, path: path, schemaPath: "\(reader.schemaPath)(\(first.name))"))
  }

  private static func describe(_ cases: [VariantCase<Value>], _ reader: ValueReader) {
    guard let fields = reader.session.fields, fields.shouldDescribe(variantsAt: reader.schemaPath) else {
      return
    }
    for item in cases {
      let schemaPath = "\(reader.schemaPath)(\(item.name))"
      let shape = item.shape?() ?? ValueShape("name", "`\(item.name)`")
      fields.add(FieldDescription(path: schemaPath, shape: shape, presence: .variant, summary: item.summary))
      _ = item.read(reader.child(nil, path: .key(reader.place.path, item.name), schemaPath: schemaPath))
    }
  }

  /// An object in which one key, such as `"kind"`, decides which others there are.
  package static func object(
    _ noun: String, choosing key: String, _ summary: String, _ cases: [ObjectCase<Value>]
  ) -> ValueKind {
    precondition(!cases.isEmpty, "an object needs a case")
    let names = cases.map(\.name)
    func shape() -> ValueShape {
      var shape = ValueShape("object", noun, allowed: "\(noun): { \"\(key)\": … }")
      shape.choices = names
      shape.choosingKey = key
      return shape
    }
    return ValueKind(shape: shape()) { reader in
      if let fields = reader.session.fields, fields.shouldDescribe(variantsAt: reader.schemaPath) {
        for item in cases {
          let schemaPath = "\(reader.schemaPath)(\(item.name))"
          fields.add(
            FieldDescription(
              path: schemaPath, shape: ValueShape("object", noun), presence: .variant, summary: item.summary))
          let object = ObjectReader(reader.standingFor(nil), schemaPath: schemaPath)
          _ = object.read(key, .choice(of: [item.name]), summary)
          _ = item.read(object)
        }
      }
      let before = reader.diagnostics.count
      if reader.node != nil, reader.node?.members == nil { reader.reportWrongType(shape()) }
      if reader.node?.members != nil {
        let object = ObjectReader(reader)
        let name = object.read(key, .choice(of: names), summary)
        if reader.diagnostics.count == before, let chosen = cases.first(where: { $0.name == name }) {
          let value = chosen.read(object)
          object.finish()
          return value
        }
        object.reportLookalike(of: key)
      }
      let schemaPath = "\(reader.schemaPath)(\(names[0]))"
      let placeholder = ObjectReader(reader.standingFor(nil), schemaPath: schemaPath)
      _ = placeholder.read(key, .choice(of: names), summary)
      return cases[0].read(placeholder)
    }
  }
}
