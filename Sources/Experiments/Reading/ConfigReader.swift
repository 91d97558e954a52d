/// The one way into the engine for a config: bytes, tree, values, each step refusing what it cannot use.
///
///     var document = try ConfigReader.load(path: "experiments/vault.jsonc")
///     document.root = try document.root.setting("oracles.eth.delay", to: "10m")
///     let config = try ConfigReader.read(document, experiment)
///     config.resolved.canonicalBytes   // config.resolved.json
package enum ConfigReader {
  /// A value and the strict JSON it was read from, with every default filled in.
  package struct Reading<Value> {
    package let value: Value
    /// Keys in the order they are declared, values as the writer wrote them.
    package let resolved: JSONNode
    /// What is no mistake and may not be meant.
    package let warnings: [Diagnostic]
  }

  /// Reads and parses a file. Throws at a missing file, a wrong encoding or the first syntax error.
  ///
  /// - Parameter largest: no limit is needed for what we have written ourselves.
  package static func load(
    path: String, largest: Int = largestConfig
  ) throws(ReadingFailure) -> ConfigDocument {
    try parse(SourceFile(name: path, bytes: try bytesOfFile(at: path, largest: largest)))
  }

  /// Parses bytes that are already at hand.
  package static func parse(_ source: SourceFile) throws(ReadingFailure) -> ConfigDocument {
    do throws(Diagnostic) {
      return try JSONCParser.parse(source)
    } catch {
      throw .invalid(Diagnostics([error]).report)
    }
  }

  /// The value of an edit such as `--set oracles.eth.delay=10m`: JSON where it reads as JSON, else plain
  /// text.
  ///
  /// What begins like an object, an array or a string must be one; `[1, 2` is a mistake, not a text. Mistakes
  /// found in the value later are shown against `source`, which the caller names after the option.
  package static func parseSetting(_ source: SourceFile) throws(ReadingFailure) -> JSONNode {
    let first = source.bytes.first { !isBlankByte($0) }
    let mustBeJSON = first.map { "{[\"".utf8.contains($0) } ?? false
    let document: ConfigDocument
    do throws(Diagnostic) {
      document = try JSONCParser.parse(source)
    } catch {
      guard !mustBeJSON, encodingMistake(in: source.bytes) == nil else {
        throw .invalid(Diagnostics([error]).report)
      }
      let range = SourceRange(source: source, start: source.textStart, end: source.bytes.count)
      let text = String(decoding: source.bytes[source.textStart...], as: UTF8.self)
      return JSONNode(.string(text), range: range)
    }
    try Diagnostics(document.duplicateKeys).check()
    return document.root
  }

  /// Reads a whole config by its kind. Throws every mistake there is, in file order.
  ///
  /// `check` sees the value and the same diagnostics before anything is thrown: the place for rules between
  /// entities. It may meet placeholders where values were mistaken.
  package static func read<Value>(
    _ document: ConfigDocument, _ kind: ValueKind<Value>,
    check: (Value, Diagnostics) -> Void = { _, _ in }
  ) throws(ReadingFailure) -> Reading<Value> {
    let diagnostics = Diagnostics(document.duplicateKeys, source: document.source)
    let root = document.root
    let range = root.range ?? SourceRange(source: document.source, start: 0, end: 0)
    let reader = ValueReader(
      node: root, place: Place(path: .root, range: range), schemaPath: "",
      session: ReadingSession(diagnostics: diagnostics), isSilent: false)
    let value = kind.read(reader)
    check(value, diagnostics)
    try diagnostics.check()
    return Reading(value: value, resolved: reader.resolved, warnings: diagnostics.warnings)
  }

  /// Every field a kind declares, found by walking it without a config.
  package static func describe<Value>(_ kind: ValueKind<Value>) -> [FieldDescription] {
    let fields = FieldCollector()
    let reader = ValueReader(
      node: nil, place: Place(path: .root, range: nil), schemaPath: "",
      session: ReadingSession(diagnostics: Diagnostics(), fields: fields), isSilent: true)
    _ = kind.read(reader)
    return fields.fields
  }
}
