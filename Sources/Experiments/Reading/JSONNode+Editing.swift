/// Why an edit found no place to go: `path` as written, the segment at fault and what stands there instead.
package struct PathMistake: Error, Equatable, Sendable, CustomStringConvertible {
  package let path: String
  package let message: String
  package var allowed: String?
  package var suggestion: String?

  package var description: String {
    var lines = ["cannot set `\(shortened(path))`: \(message)"]
    if let allowed { lines.append("  allowed: \(allowed)") }
    if let suggestion { lines.append("  did you mean `\(shortened(suggestion))`?") }
    return lines.joined(separator: "\n")
  }
}

extension JSONNode {
  /// Whether an edit may give an object a key it does not have.
  package enum NewKeys: Sendable {
    /// The last segment may be new: for a config as written, whose defaults are not in it. Reading checks the
    /// key.
    case allowed
    /// Every segment must exist: for a resolved config.
    case refused
  }

  /// This tree with the value at `path` replaced.
  ///
  ///     try config.setting("venues.lend.waterfall", to: ["proRata"])
  ///     try config.setting("venues.lend.waterfall.insuranceFund.balance.ETH", to: 800)
  ///     try config.setting("venues[0].preset", to: "maker")
  ///
  /// A segment names an object's key, an array's index in brackets, or an array's element: by its `id`, or by
  /// its one key, or, for a bare string, by that string. A name that holds dots goes in brackets:
  /// `assets[st.ETH].price`.
  package func setting(
    _ path: String, to value: JSONNode, newKeys: NewKeys = .allowed,
    creating isSection: (ArraySlice<String>) -> Bool = { _ in false }
  ) throws(PathMistake) -> JSONNode {
    let segments = try pathSegments(path)
    return try creatingSections(segments[...], of: segments, where: isSection)
      .setting(segments[...], of: segments, to: value, path: path, newKeys: newKeys)
  }

  /// This tree with an empty object wherever the path leads through a key that is missing and is a section.
  private func creatingSections(
    _ rest: ArraySlice<String>, of segments: [String], where isSection: (ArraySlice<String>) -> Bool
  ) -> JSONNode {
    guard rest.count > 1, let segment = rest.first else { return self }
    var copy = self
    if var members, !isIndex(segment), self[segment] == nil, isSection(segments[...rest.startIndex]) {
      members.append(Member(segment, .object([])))
      copy.content = .object(members)
    }
    guard let step = try? copy.step(to: segment, after: [], path: "") else { return self }
    let inner = copy.child(at: step)
      .creatingSections(rest.dropFirst(), of: segments, where: isSection)
    return copy.replacing(step, by: inner)
  }

  /// The value at `path`, by the same rules.
  package func value(at path: String) throws(PathMistake) -> JSONNode {
    var node = self
    let segments = try pathSegments(path)
    for (index, segment) in segments.enumerated() {
      let step = try node.step(to: segment, after: segments[..<index], path: path)
      node = node.child(at: step)
    }
    return node
  }

  private func setting(
    _ rest: ArraySlice<String>, of segments: [String], to value: JSONNode, path: String, newKeys: NewKeys
  ) throws(PathMistake) -> JSONNode {
    guard let segment = rest.first else { return value }
    let isLast = rest.count == 1
    if isLast, newKeys == .allowed, !isIndex(segment), var members, self[segment] == nil {
      members.append(Member(segment, keyRange: value.range, value))
      return JSONNode(.object(members), range: range)
    }
    let step = try step(to: segment, after: segments[..<rest.startIndex], path: path)
    let replaced = try child(at: step)
      .setting(rest.dropFirst(), of: segments, to: value, path: path, newKeys: newKeys)
    return replacing(step, by: replaced)
  }

  private func replacing(_ step: Step, by replaced: JSONNode) -> JSONNode {
    var copy = self
    switch (step, content) {
    case (.member(let index), .object(var members)):
      members[index].value = replaced
      copy.content = .object(members)
    case (.element(let index), .array(var elements)):
      elements[index] = replaced
      copy.content = .array(elements)
    case (.payload(let index, let inner), .array(var elements)):
      if var members = elements[index].members {
        members[inner].value = replaced
        elements[index].content = .object(members)
        copy.content = .array(elements)
      }
    default: break
    }
    return copy
  }

  /// One step down the tree. `payload` goes through an array's one-key object to the value of its key.
  private enum Step {
    case member(Int)
    case element(Int)
    case payload(Int, member: Int)
  }

  private func child(at step: Step) -> JSONNode {
    switch (step, content) {
    case (.member(let index), .object(let members)): members[index].value
    case (.element(let index), .array(let elements)): elements[index]
    case (.payload(let index, let inner), .array(let elements)):
      elements[index].members?[inner].value ?? .null
    default: .null
    }
  }

  private func step(
    to segment: String, after done: ArraySlice<String>, path: String
  ) throws(PathMistake) -> Step {
    let here = done.isEmpty ? "the top level" : "`\(shortened(joined(done)))`"
    switch content {
    case .object(let members):
      if let index = members.firstIndex(where: { $0.key == segment }) { return .member(index) }
      let keys = members.map(\.key)
      throw PathMistake(
        path: path, message: "there is no `\(shortened(segment))` at \(here)",
        allowed: keys.isEmpty ? "no keys" : listed(keys), suggestion: nearest(to: segment, among: keys))
    case .array(let elements):
      if isIndex(segment) {
        guard let index = Int(segment.dropFirst().dropLast()), elements.indices.contains(index) else {
          let allowed = elements.isEmpty ? "nothing: it is empty" : "[0] to [\(elements.count - 1)]"
          throw PathMistake(
            path: path, message: "\(here) has no element \(shortened(segment))", allowed: allowed)
        }
        return .element(index)
      }
      if let step = try namedStep(to: segment, among: elements, here: here, path: path) { return step }
      let names = elements.compactMap(\.nameInArray)
      throw PathMistake(
        path: path, message: "there is no `\(shortened(segment))` in \(here)",
        allowed: names.isEmpty ? "an index such as [0]" : listed(names),
        suggestion: nearest(to: segment, among: names))
    default:
      throw PathMistake(path: path, message: "\(here) is \(noun) and has nothing inside it")
    }
  }

  private func namedStep(
    to segment: String, among elements: [JSONNode], here: String, path: String
  ) throws(PathMistake) -> Step? {
    let matches = elements.indices.filter { elements[$0].nameInArray == segment }
    guard let index = matches.first else { return nil }
    guard matches.count == 1 else {
      throw PathMistake(
        path: path, message: "\(here) has \(matches.count) elements called `\(shortened(segment))`",
        allowed: listed(matches.map { "[\($0)]" }))
    }
    if elements[index]["id"] == nil, elements[index].members != nil { return .payload(index, member: 0) }
    return .element(index)
  }

  /// What an element of an array answers to: its `id`, its one key, or itself if it is a string.
  private var nameInArray: String? {
    if let text { return text }
    if let id = self["id"]?.text { return id }
    if let members, members.count == 1 { return members[0].key }
    return nil
  }
}

/// `[0]`, as against a name.
private func isIndex(_ segment: String) -> Bool { segment.hasPrefix("[") }

private func joined(_ segments: ArraySlice<String>) -> String {
  segments.reduce("") { $0 + ($0.isEmpty || isIndex($1) ? "" : ".") + $1 }
}

/// Splits `venues[0].waterfall` into `venues`, `[0]`, `waterfall`. Brackets around anything but digits quote
/// a name.
private func pathSegments(_ path: String) throws(PathMistake) -> [String] {
  var segments: [String] = []
  var rest = Substring(path)
  while true {
    if rest.first == "[" {
      guard let close = rest.firstIndex(of: "]") else {
        throw PathMistake(path: path, message: "a `[` is never closed")
      }
      let inside = rest[rest.index(after: rest.startIndex)..<close]
      guard !inside.isEmpty else {
        throw PathMistake(path: path, message: "nothing stands between `[` and `]`")
      }
      segments.append(inside.utf8.allSatisfy(isDigit) ? "[\(inside)]" : String(inside))
      rest = rest[rest.index(after: close)...]
    } else {
      let name = rest.prefix { $0 != "." && $0 != "[" }
      guard !name.isEmpty else { throw PathMistake(path: path, message: "a name is missing between dots") }
      segments.append(String(name))
      rest = rest.dropFirst(name.count)
    }
    guard let next = rest.first else { return segments }
    if next == "." { rest = rest.dropFirst() }
  }
}
