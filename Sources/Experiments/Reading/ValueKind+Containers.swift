extension ValueKind {
  /// An array of one kind, in file order.
  package static func array<Element>(
    of element: ValueKind<Element>, count: Bounds<Int64> = .any
  ) -> ValueKind where Value == [Element] {
    func shape() -> ValueShape {
      ValueShape("array", "an array", allowed: "an array: \(lengthText(count))")
        .bounded(by: count) { .integer($0) }.changed { $0.elements = [element.shape] }
    }
    return ValueKind(shape: shape()) { reader in
      let schemaPath = reader.schemaPath(adding: "[]")
      if reader.session.fields != nil, reader.node?.elements?.isEmpty ?? true {
        _ = element.read(reader.child(nil, path: .index(reader.place.path, 0), schemaPath: schemaPath))
      }
      guard reader.node != nil else { return [] }
      guard let nodes = reader.node?.elements else {
        reader.reportWrongType(shape())
        return []
      }
      if !count.contains(Int64(nodes.count)) {
        reader.report(
          Refusal(nodes.isEmpty ? "the array is empty" : "the array has the wrong size"),
          allowed: shape().allowed)
      }
      var values: [Element] = []
      var resolved: [JSONNode] = []
      for (index, node) in nodes.enumerated() {
        let child = reader.child(node, path: .index(reader.place.path, index), schemaPath: schemaPath)
        values.append(element.read(child))
        resolved.append(child.resolved)
      }
      reader.resolved = JSONNode(.array(resolved), range: reader.node?.range)
      return values
    }
  }

  /// An object with fixed keys.
  package static func object(
    _ noun: String = "an object", _ read: @escaping (ObjectReader) -> Value
  ) -> ValueKind {
    func shape() -> ValueShape { ValueShape("object", noun, allowed: "\(noun): { … }") }
    return ValueKind(shape: shape()) { reader in
      guard reader.node == nil || reader.node?.members != nil else {
        reader.reportWrongType(shape())
        return read(ObjectReader(reader.standingFor(nil)))
      }
      let object = ObjectReader(reader)
      let value = read(object)
      object.finish()
      return value
    }
  }

  /// An object with keys of its writer's choosing, in file order: `{ "ETH": 500, "USDC": "2M" }`.
  package static func map<Key, Entry>(
    from key: ValueKind<Key>, to entry: ValueKind<Entry>
  ) -> ValueKind where Value == [MapEntry<Key, Entry>] {
    map(from: key, typical: entry) { _, _ in entry }
  }

  /// A map in which the kind of a value depends on its key, as the decimals of an amount do on its asset. The
  /// value of a mistaken key is not read. `describedAs` stands for all of them where fields are described.
  package static func map<Key, Entry>(
    from key: ValueKind<Key>, describedAs typical: ValueKind<Entry>,
    each entry: @escaping (Key) -> ValueKind<Entry>
  ) -> ValueKind where Value == [MapEntry<Key, Entry>] {
    map(from: key, typical: typical) { key, isMistaken in isMistaken ? nil : entry(key) }
  }

  private static func map<Key, Entry>(
    from key: ValueKind<Key>, typical: ValueKind<Entry>,
    _ entryKind: @escaping (Key, Bool) -> ValueKind<Entry>?
  ) -> ValueKind where Value == [MapEntry<Key, Entry>] {
    func shape() -> ValueShape {
      var shape = ValueShape("map", "an object", allowed: "an object whose keys are each \(key.shape.noun)")
      shape.choices = key.shape.choices
      shape.elements = [typical.shape]
      shape.keys = [key.shape]
      return shape
    }
    return ValueKind(shape: shape()) { reader in
      let schemaPath = reader.schemaPath(adding: "{}")
      if reader.session.fields != nil, reader.node?.members?.isEmpty ?? true {
        let absent = reader.child(nil, path: reader.place.path, schemaPath: schemaPath)
        _ = typical.read(absent)
      }
      guard reader.node != nil else { return [] }
      guard let members = reader.node?.members else {
        reader.reportWrongType(shape())
        return []
      }
      var entries: [MapEntry<Key, Entry>] = []
      var resolved: [JSONNode.Member] = []
      for member in members {
        let path = ValuePath.key(reader.place.path, member.key)
        let before = reader.diagnostics.count
        let keyNode = JSONNode(.string(member.key), range: member.keyRange)
        let keyReader = reader.child(keyNode, path: path, schemaPath: schemaPath)
        let keyValue = key.read(keyReader)
        guard let kind = entryKind(keyValue, reader.diagnostics.count > before) else { continue }
        let child = reader.child(member.value, path: path, schemaPath: schemaPath)
        entries.append(MapEntry(key: keyValue, value: kind.read(child), place: keyReader.place))
        resolved.append(JSONNode.Member(member.key, keyRange: member.keyRange, child.resolved))
      }
      reader.resolved = JSONNode(.object(resolved), range: reader.node?.range)
      return entries
    }
  }
}

/// `[ … ]` with the number of values allowed: `[ … ] of 1 or more values`.
private func lengthText(_ count: Bounds<Int64>) -> String {
  let least = count.lower.map { $0.isIncluded ? $0.value : $0.value + 1 }
  let most = count.upper.map { $0.isIncluded ? $0.value : $0.value - 1 }
  switch (least, most) {
  case (nil, nil): return "[ … ]"
  case (let least?, nil): return "[ … ] of \(least) or more values"
  case (nil, let most?): return "[ … ] of at most \(most) values"
  case (let least?, let most?): return "[ … ] of \(least == most ? "" : "\(least) to ")\(most) values"
  }
}

/// One pair of a map, and where its key was written.
package struct MapEntry<Key, Value> {
  package let key: Key
  package let value: Value
  package let place: Place
}

extension MapEntry: Sendable where Key: Sendable, Value: Sendable {}
