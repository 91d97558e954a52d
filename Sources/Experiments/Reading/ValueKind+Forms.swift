extension ValueKind {
  /// A value that may be written in several forms, told apart by their JSON type: `"4%"` or `{ "base": … }`.
  ///
  /// At most one form for each of: scalar, array, object. Nothing reads as the first.
  package static func forms(_ noun: String, _ kinds: [ValueKind]) -> ValueKind {
    precondition(!kinds.isEmpty, "a value needs a form")
    let types = kinds.map { JSONType(of: $0.shape) }
    precondition(Set(types).count == types.count, "two forms of \(noun) look alike")
    var shape = ValueShape(
      "forms", noun, allowed: kinds.map(\.shape.allowed).joined(separator: "; or "),
      unit: kinds[0].shape.unit)
    shape.elements = kinds.map(\.shape)
    return ValueKind(shape: shape) { [shape] reader in
      if reader.session.fields != nil {
        for kind in kinds { _ = kind.read(reader.standingFor(nil)) }
      }
      guard let node = reader.node else { return kinds[0].read(reader) }
      guard let form = types.firstIndex(of: JSONType(of: node)) else {
        reader.reportWrongType(shape)
        return kinds[0].read(reader.standingFor(nil))
      }
      return kinds[form].read(reader)
    }
  }
}

private enum JSONType: Hashable {
  case scalar
  case array
  case object

  init(of shape: ValueShape) {
    switch shape.type {
    case "array": self = .array
    case "object", "map": self = .object
    default: self = .scalar
    }
  }

  init(of node: JSONNode) {
    switch node.content {
    case .array: self = .array
    case .object: self = .object
    case .null, .bool, .number, .string: self = .scalar
    }
  }
}
