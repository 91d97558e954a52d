#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Loads a config with everything that stands behind it: the file it extends, and what the command line sets.
package enum ConfigFile {
  /// A chain of files longer than this is a mistake.
  static let deepestExtension = 16

  /// The resolved config of a results folder, which extends nothing.
  package static func resolved(in folder: String) throws(ReadingFailure) -> ConfigDocument {
    try ConfigReader.load(path: "\(folder)/config.resolved.json", largest: .max)
  }

  /// - Parameters:
  ///   - settings: `path=value` as given with `--set`, put in after the files have been joined.
  ///   - only: names of variants as given with `--only`, with commas between them.
  package static func load(
    _ path: String, settings: [String] = [], only: String? = nil
  ) throws(ReadingFailure) -> ConfigDocument {
    var document = try load(path, below: [])
    for setting in settings { try apply(setting, to: &document) }
    if let only { try keep(only, of: &document) }
    try putInReplays(&document, path)
    return document
  }

  /// - Parameter below: the files that this one stands behind, by the names that links do not change.
  private static func load(_ path: String, below: [String]) throws(ReadingFailure) -> ConfigDocument {
    var document = try ConfigReader.load(path: path)
    try putInReplays(&document, path)
    guard case .object(var members) = document.root.content,
      let index = members.firstIndex(where: { $0.key == "extends" })
    else {
      try dropVariants(from: &document, inherited: [])
      return document
    }
    let member = members.remove(at: index)
    let place = Place(path: .key(.root, "extends"), range: member.value.range)
    let diagnostics = Diagnostics([], source: document.source)
    guard let name = member.value.text else {
      diagnostics.report(
        "expected the path of a config, found \(member.value.noun)", at: place,
        allowed: "a path such as \"base.jsonc\"")
      throw .invalid(diagnostics.report)
    }
    let base = name.hasPrefix("/") ? name : directory(of: path) + name
    let chain = below + [trueName(path)]
    guard !chain.contains(trueName(base)), chain.count <= deepestExtension else {
      diagnostics.report(
        chain.contains(trueName(base))
          ? "a config cannot extend itself" : "more than \(deepestExtension) configs extend one another",
        at: place, found: "\"\(name)\"")
      throw .invalid(diagnostics.report)
    }
    let parent: ConfigDocument
    do throws(ReadingFailure) {
      parent = try load(base, below: chain)
    } catch {
      let message: String
      switch error {
      case .missing: message = "there is no such file"
      case .unreadable(_, let reason): message = "the file cannot be read: \(reason)"
      case .invalid: throw error
      }
      diagnostics.report(
        message, at: place, found: "\"\(name)\"", allowed: "a path from the folder of this config")
      throw .invalid(diagnostics.report)
    }
    let own = JSONNode(.object(members), range: document.root.range)
    document.root = parent.root.extended(by: own)
    try dropVariants(from: &document, inherited: parent.root["variants"]?.members?.map(\.key) ?? [])
    return ConfigDocument(
      source: document.source, root: document.root,
      duplicateKeys: parent.duplicateKeys + document.duplicateKeys)
  }

  /// A variant that is `null` is one that was there before and is not to be any longer.
  private static func dropVariants(
    from document: inout ConfigDocument, inherited: [String]
  ) throws(ReadingFailure) {
    guard var members = document.root.members,
      let index = members.firstIndex(where: { $0.key == "variants" }),
      let variants = members[index].value.members, variants.contains(where: { $0.value == .null })
    else { return }
    let diagnostics = Diagnostics([], source: document.source)
    for variant in variants where variant.value == .null && !inherited.contains(variant.key) {
      diagnostics.report(
        "there is no variant `\(shortened(variant.key))` to drop",
        at: Place(
          path: .key(.key(.root, "variants"), variant.key), range: variant.keyRange ?? variant.value.range),
        found: "null",
        allowed: inherited.isEmpty
          ? "null for a variant of a config that this one `extends`" : "null for \(listed(inherited))",
        suggestion: nearest(to: variant.key, among: inherited))
    }
    try diagnostics.check()
    members[index].value.content = .object(variants.filter { $0.value != .null })
    document.root.content = .object(members)
  }

  /// Puts in which variants are run.
  private static func keep(_ names: String, of document: inout ConfigDocument) throws(ReadingFailure) {
    let source = SourceFile(name: "--only", bytes: Array(names.utf8))
    var start = 0
    let nodes = names.split(separator: ",", omittingEmptySubsequences: false).map { name in
      let range = SourceRange(source: source, start: start, end: start + name.utf8.count)
      start = range.end + 1
      return JSONNode(.string(String(name)), range: range)
    }
    let list = JSONNode(.array(nodes), range: SourceRange(source: source, start: 0, end: source.bytes.count))
    do throws(PathMistake) {
      document.root = try document.root.setting("only", to: list)
    } catch {
      throw refusal(error.message, SourceRange(source: source, start: 0, end: 0), allowed: error.allowed)
    }
  }

  /// A replay's file lies beside the config that names it.
  private static func putInReplays(_ document: inout ConfigDocument, _ path: String) throws(ReadingFailure) {
    let diagnostics = Diagnostics([], source: document.source)
    document.root = ReplayFiles.puttingIn(document.root, folder: directory(of: path), diagnostics)
    try diagnostics.check()
  }

  /// The path without links, `.` and `..`; as it is if there is no such file.
  private static func trueName(_ path: String) -> String {
    guard let name = realpath(path, nil) else { return path }
    defer { free(name) }
    return String(cString: name)
  }

  private static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return String(path[...slash])
  }

  private static func apply(_ setting: String, to document: inout ConfigDocument) throws(ReadingFailure) {
    let whole = SourceFile(name: "--set", bytes: Array(setting.utf8))
    guard let equals = setting.firstIndex(of: "=") else {
      throw refusal(
        "this sets nothing", SourceRange(source: whole, start: 0, end: whole.bytes.count),
        allowed: "--set path=value")
    }
    let path = String(setting[..<equals])
    let range = SourceRange(source: whole, start: 0, end: path.utf8.count)
    let value = try ConfigReader.parseSetting(
      SourceFile(name: "--set \(setting)", bytes: Array(setting[setting.index(after: equals)...].utf8)))
    guard path.prefix(while: { $0 != "." && $0 != "[" }) != "extends" else {
      // The files have been joined by now: what is put here would change nothing, and the resolved config,
      // which would repeat it, could not be read again.
      throw refusal("`extends` is read before anything is set", range, allowed: "`extends` in a file")
    }
    let variants = document.root["variants"]?.members?.map(\.key) ?? []
    do throws(PathMistake) {
      document.root = try document.root.setting(path, to: value, creating: ConfigSections.contain)
    } catch {
      throw refusal(error.message, range, allowed: error.allowed, suggestion: error.suggestion)
    }
    try dropVariants(from: &document, inherited: variants)
    document.settings.append(Placed(value: path, place: Place(path: .root, range: range)))
  }

  private static func refusal(
    _ message: String, _ range: SourceRange, allowed: String?, suggestion: String? = nil
  ) -> ReadingFailure {
    let mistake = Diagnostic(message, range: range, allowed: allowed, suggestion: suggestion)
    return .invalid(Diagnostics([mistake], source: range.source).report)
  }
}

extension JSONNode {
  /// This tree with another laid over it: objects are joined key by key, anything else is replaced. A list
  /// whose elements have an `id` is joined by it: elements of one id are joined, new ones follow.
  func extended(by other: JSONNode) -> JSONNode {
    if case .object(var members) = content, let others = other.members {
      for member in others {
        if let index = members.firstIndex(where: { $0.key == member.key }) {
          members[index].value = members[index].value.extended(by: member.value)
        } else {
          members.append(member)
        }
      }
      return JSONNode(.object(members), range: other.range)
    }
    guard case .array(var elements) = content, let others = other.elements, !elements.isEmpty,
      (elements + others).allSatisfy({ $0["id"]?.text != nil })
    else { return other }
    for element in others {
      if let index = elements.firstIndex(where: { $0["id"]?.text == element["id"]?.text }) {
        elements[index] = elements[index].extended(by: element)
      } else {
        elements.append(element)
      }
    }
    return JSONNode(.array(elements), range: other.range)
  }
}
