/// One change that a variant or a sweep makes: a path into the config and what to put there.
package struct Setting: Sendable {
  package let path: Placed<String>
  package let value: JSONNode

  package init(path: Placed<String>, value: JSONNode) {
    self.path = path
    self.value = value
  }
}

/// A named set of changes. The config as written is a variant, too, without changes.
package struct Variant: Sendable {
  package let name: Placed<String>
  package let settings: [Setting]
}

/// Paths that move together and the values they take, one after another: one path for a sweep, several for a
/// zip. Invariant: every path has the same number of values.
package struct Axis: Sendable {
  package let paths: [Placed<String>]
  /// By step, then by path.
  package let steps: [[JSONNode]]
}

/// What a config says about how often and in which versions it is run.
package struct PlanSections: Sendable {
  /// Keys that say what to run; a variant or a sweep cannot change them.
  static let ownKeys = ["extends", "variant", "variants", "sweep", "zip", "only", "seeds", "name", "output"]

  package let variants: [Variant]
  /// Which variants are run, where that is said.
  package let only: [String]?
  package let axes: [Axis]

  init(_ reader: ObjectReader) {
    let own = reader.read(
      "variant", .placed(.identifier()), default: "baseline",
      "what the config as written is called among its variants")
    let changes = ValueKind<[MapEntry<String, JSONNode>]>.map(from: .path, to: .json())
    let others = reader.read(
      "variants",
      .map(
        from: .identifier(),
        to: ValueKind(shape: changes.shape.changed { $0.mayBeNull = true }, read: changes.read)),
      default: .object([]),
      "other versions of the experiment: for each name, paths and what to put there")
    var names = DeclaredNames("variant")
    names.declare(own, reader.diagnostics)
    var variants = [Variant(name: own, settings: [])]
    for entry in others {
      let name = Placed(value: entry.key, place: entry.place)
      names.declare(name, reader.diagnostics)
      variants.append(
        Variant(
          name: name,
          settings: entry.value.map {
            Setting(path: Placed(value: $0.key, place: $0.place), value: $0.value)
          }))
    }
    only = PlanSections.readOnly(reader, names)
    self.variants = only.map { only in variants.filter { only.contains($0.name.value) } } ?? variants
    let lists = ValueKind<[MapEntry<String, [JSONNode]>]>.map(
      from: .path, to: .array(of: .json(), count: .from(1)))
    let swept = reader.read(
      "sweep", lists, default: .object([]), "paths and the values to try: every combination is run")
    let zipped = reader.read(
      "zip", .array(of: lists), default: .array([]),
      "groups of paths whose values are tried side by side, the first of each, then the second…")
    var axes = swept.map { entry in
      Axis(paths: [Placed(value: entry.key, place: entry.place)], steps: entry.value.map { [$0] })
    }
    for group in zipped {
      guard let first = group.first else { continue }
      for entry in group where entry.value.count != first.value.count {
        reader.diagnostics.report(
          "`\(entry.key)` has \(entry.value.count) values and `\(first.key)` has \(first.value.count)",
          at: entry.place, allowed: "as many values for each path of a group")
      }
      let length = group.map(\.value.count).min() ?? 0
      axes.append(
        Axis(
          paths: group.map { Placed(value: $0.key, place: $0.place) },
          steps: (0..<length).map { step in group.map { $0.value[step] } }))
    }
    for axis in axes { PlanSections.refuseRepeated(axis, reader.diagnostics) }
    self.axes = axes
    var seen = DeclaredNames("path to sweep")
    for path in axes.flatMap(\.paths) { seen.declare(path, reader.diagnostics) }
  }

  private static func readOnly(_ reader: ObjectReader, _ names: DeclaredNames) -> [String]? {
    let only = reader.readIfGiven(
      "only", .array(of: .placed(.identifier()), count: .from(1)),
      "which of the variants are run; unsaid, all of them")
    var seen: Set<String> = []
    for name in only ?? [] where names.check(name, reader.diagnostics) != nil {
      guard !seen.insert(name.value).inserted else { continue }
      reader.diagnostics.report(
        "variant `\(name.value)` is named twice", at: name.place, allowed: "each variant once")
    }
    return only?.map(\.value)
  }

  /// Two points with the same values would be told apart by nothing but their runs' numbers. What counts is
  /// what tables show: `1` and `"1"` look alike there.
  private static func refuseRepeated(_ axis: Axis, _ diagnostics: Diagnostics) {
    var seen: Set<[String]> = []
    for step in axis.steps where !seen.insert(step.map(\.tableText)).inserted {
      let names = axis.paths.map { "`\(shortened($0.value))`" }.joined(separator: " and ")
      diagnostics.report(
        "\(names) \(axis.paths.count == 1 ? "takes a value" : "take values") twice",
        at: Place(path: axis.paths[0].place.path, range: step[0].range ?? axis.paths[0].place.range),
        found: step.map { shortened($0.tableText) }.joined(separator: " with "),
        allowed: "each value once; `seeds` says how often each is run")
    }
  }
}

extension ValueKind where Value == String {
  /// Where something stands in a config: `venues.lend.waterfall`.
  static var path: ValueKind<String> {
    ValueKind<String>.text().checked("a path such as `venues.lend.waterfall`") { path in
      let head = path.prefix { $0 != "." && $0 != "[" }
      return !head.isEmpty && !PlanSections.ownKeys.contains(String(head))
    }.constrained(by: [
      "pattern": "^[^.\\[]",
      "not": ["pattern": .string("^(\(PlanSections.ownKeys.joined(separator: "|")))([.\\[]|$)")],
    ])
  }
}
