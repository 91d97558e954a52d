/// One value of a config while it is read: the node, where it stands, and where mistakes go.
///
/// Only kinds see one. With no `node` the value is absent: a kind then returns a placeholder without a word.
/// A silent reader keeps mistakes to itself; it makes placeholders of objects and walks them to describe
/// their fields.
/// Invariant: `resolved` holds the node with every default below it filled in, once the value has been read,
/// and whatever was written still has its place: a plan reads resolved configs again, and tells of mistakes.
final class ValueReader {
  let node: JSONNode?
  let place: Place
  let schemaPath: String
  let session: ReadingSession
  let isSilent: Bool
  var resolved: JSONNode

  init(node: JSONNode?, place: Place, schemaPath: String, session: ReadingSession, isSilent: Bool) {
    self.node = node
    self.place = place
    self.schemaPath = schemaPath
    self.session = session
    self.isSilent = isSilent
    resolved = node ?? .null
  }

  var diagnostics: Diagnostics { session.diagnostics }

  /// Where something inside this value is described; nothing where fields are not being described.
  func schemaPath(adding step: @autoclosure () -> String) -> String {
    session.fields == nil ? "" : schemaPath + step()
  }

  func report(_ refusal: Refusal, at place: Place? = nil, allowed: String? = nil) {
    guard !isSilent else { return }
    let place = place ?? self.place
    var mistake = Diagnostic(
      refusal.message, path: place.path, range: place.range, found: node?.summary,
      allowed: refusal.allowed ?? allowed, suggestion: refusal.suggestion, notes: refusal.notes)
    mistake.isRule = refusal.isRule
    mistake.isOfName = refusal.isOfName
    diagnostics.report(mistake)
  }

  func reportWrongType(_ shape: ValueShape) {
    guard let node else { return }
    report(Refusal("expected \(shape.noun), found \(node.noun)"), allowed: shape.allowed)
  }

  /// A reader of something inside this value.
  func child(_ node: JSONNode?, path: ValuePath, schemaPath: String) -> ValueReader {
    let place = Place(path: path, range: node?.range ?? self.place.range)
    return ValueReader(
      node: node, place: place, schemaPath: schemaPath, session: session, isSilent: isSilent || node == nil)
  }

  /// The same value as if it had been written as `node`.
  func standingFor(_ node: JSONNode?) -> ValueReader {
    ValueReader(
      node: node, place: place, schemaPath: schemaPath, session: session, isSilent: isSilent || node == nil)
  }
}

/// What the readers of one config share: where mistakes go and, if asked for, where fields are described.
final class ReadingSession {
  let diagnostics: Diagnostics
  let fields: FieldCollector?

  init(diagnostics: Diagnostics, fields: FieldCollector? = nil) {
    self.diagnostics = diagnostics
    self.fields = fields
  }
}
