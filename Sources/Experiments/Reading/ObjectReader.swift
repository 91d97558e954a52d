/// Reads the keys of one object and notes which were asked for.
///
///     .object { reader in
///       Chain(
///         block: reader.read("block", .duration(in: .above(0)), default: "12s", "time between blocks"),
///         capacity: reader.read("capacity", .count(), "liquidations a block has room for"))
///     }
///
/// The `.object` kind opens it and, when the closure returns, reports every key nobody asked for. A missing
/// key is reported at the closing brace, where it would be added; so in file order unknown keys come before
/// missing ones. One that was only misspelled is not missing, too.
/// Invariant: each key is declared by one call, with its kind, default and one-sentence meaning.
package final class ObjectReader {
  package let place: Place
  private let members: [JSONNode.Member]
  private let reader: ValueReader
  private let schemaPath: String
  private var asked: [String] = []
  private var resolvedMembers: [JSONNode.Member] = []

  init(_ reader: ValueReader, schemaPath: String? = nil) {
    self.reader = reader
    self.schemaPath = schemaPath ?? reader.schemaPath
    place = reader.place
    members = reader.node?.members ?? []
  }

  /// The value of a key: of a key given twice, which has been reported, the first. An object has a dozen keys
  /// at most to be asked for, so looking along them costs less than a table of them.
  private func given(_ key: String) -> JSONNode? { members.first { $0.key == key }?.value }

  package var diagnostics: Diagnostics { reader.diagnostics }

  /// Whether the config gives this key. Does not count as asking for it.
  package func has(_ key: String) -> Bool { members.contains { $0.key == key } }

  /// What the config gives for a key, unread: for names that others refer to before their turn comes. Does
  /// not count as asking for it.
  package func peek(_ key: String) -> JSONNode? { given(key) }

  /// Where the value of `key` stands, or the object itself if the key was not given.
  package func place(of key: String) -> Place {
    let path = ValuePath.key(place.path, key)
    return Place(path: path, range: given(key)?.range ?? place.range)
  }

  /// Reports a mistake that only shows when several values are seen together.
  package func report(_ message: String, at key: String, allowed: String? = nil, notes: [String] = []) {
    guard !reader.isSilent else { return }
    let found = given(key)?.summary
    diagnostics.reportRule(message, at: place(of: key), found: found, allowed: allowed, notes: notes)
  }

  /// Says what is no mistake and may not be meant.
  package func warn(_ message: String, at key: String, allowed: String? = nil, notes: [String] = []) {
    guard !reader.isSilent else { return }
    let found = given(key)?.summary
    diagnostics.warn(message, at: place(of: key), found: found, allowed: allowed, notes: notes)
  }

  /// Reads a key that has to be given.
  package func read<Value>(_ key: String, _ kind: ValueKind<Value>, _ summary: String) -> Value {
    declare(key, kind, .required, summary)
    if !has(key) { reportMissing(key, kind.shape, summary) }
    return read(key, kind, from: given(key))
  }

  /// Reads a key, or `fallback` by the same kind if it is not given. The resolved config shows the default.
  package func read<Value>(
    _ key: String, _ kind: ValueKind<Value>, default fallback: JSONNode, _ summary: String
  ) -> Value {
    declare(key, kind, .defaulted(fallback), summary)
    if given(key) == nil, reader.session.fields != nil { describe(key, kind) }
    return read(key, kind, from: given(key) ?? fallback)
  }

  /// Reads a key if it is given.
  package func readIfGiven<Value>(_ key: String, _ kind: ValueKind<Value>, _ summary: String) -> Value? {
    declare(key, kind, .optional, summary)
    guard let node = given(key) else {
      if reader.session.fields != nil { describe(key, kind) }
      return nil
    }
    return read(key, kind, from: node)
  }

  /// Reports every key not asked for and hands on the object with its defaults.
  func finish() {
    if !reader.isSilent { reportUnknownKeys() }
    reader.resolved = JSONNode(.object(resolvedMembers), range: reader.node?.range)
  }

  private func reportUnknownKeys(where isWanted: (String) -> Bool = { _ in true }) {
    for member in members where !asked.contains(member.key) && isWanted(member.key) {
      let allowed = asked.isEmpty ? "no keys" : listed(asked.sorted())
      let range = member.keyRange ?? member.value.range ?? place.range
      let meant = diagnostics.isFull ? nil : nearest(to: member.key, among: asked)
      var mistake = Diagnostic(
        "unknown key `\(shortened(member.key))`", path: .key(place.path, member.key), range: range,
        allowed: allowed, suggestion: meant)
      mistake.meant = meant.map { .key(place.path, $0) }
      diagnostics.report(mistake)
    }
  }

  /// Where a missing key left the others unread: reports the one that was probably meant to be it.
  func reportLookalike(of key: String) {
    guard !has(key), let lookalike = nearest(to: key, among: members.map(\.key)) else { return }
    reportUnknownKeys { $0 == lookalike }
  }

  private func declare<Value>(
    _ key: String, _ kind: ValueKind<Value>, _ presence: FieldDescription.Presence, _ summary: String
  ) {
    precondition(!asked.contains(key), "the key `\(key)` is declared twice")
    asked.append(key)
    reader.session.fields?.add(
      FieldDescription(path: fieldPath(key), shape: kind.shape, presence: presence, summary: summary))
  }

  private func read<Value>(_ key: String, _ kind: ValueKind<Value>, from node: JSONNode?) -> Value {
    let child = reader.child(node, path: .key(place.path, key), schemaPath: fieldPath(key))
    let value = kind.read(child)
    if node != nil {
      let written = members.first { $0.key == key }
      resolvedMembers.append(JSONNode.Member(key, keyRange: written?.keyRange, child.resolved))
    }
    return value
  }

  /// Walks an absent value only to describe the fields inside it.
  private func describe<Value>(_ key: String, _ kind: ValueKind<Value>) {
    _ = kind.read(reader.child(nil, path: .key(place.path, key), schemaPath: fieldPath(key)))
  }

  private func fieldPath(_ key: String) -> String {
    guard reader.session.fields != nil else { return "" }
    return schemaPath.isEmpty ? key : "\(schemaPath).\(key)"
  }

  private func reportMissing(_ key: String, _ shape: ValueShape, _ summary: String) {
    guard !reader.isSilent else { return }
    var range = place.range
    if reader.node?.range != nil, let whole = range, whole.source.bytes[whole.end - 1] == UInt8(ascii: "}") {
      range = SourceRange(source: whole.source, start: whole.end - 1, end: whole.end)
    }
    var mistake = Diagnostic(
      "missing key `\(key)`", path: .key(place.path, key), range: range, allowed: shape.allowed,
      notes: ["meaning: \(summary)"])
    mistake.isMissingKey = true
    diagnostics.report(mistake)
  }
}
