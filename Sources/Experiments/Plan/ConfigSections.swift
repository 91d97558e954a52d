/// The sections of a config: what may be an object with keys of its own and may be left out, such as
/// `output`. Setting a key in one that is not there makes it.
enum ConfigSections {
  /// By the steps of their schema path: keys, `[]`, `{}`, `(name)`.
  private static let all: [[String]] = ConfigReader.describe(ExperimentConfig.kind)
    .filter { field in
      ([field.shape] + field.shape.elements).contains { $0.type == "object" } && field.presence != .variant
    }
    .map { steps($0.path) }

  static func contain(_ path: ArraySlice<String>) -> Bool {
    all.contains { matches(path, $0[...]) }
  }

  /// An element, by index or name, stands for `[]` or `{}`; a variant is gone through, by its name or
  /// silently.
  private static func matches(_ path: ArraySlice<String>, _ steps: ArraySlice<String>) -> Bool {
    guard let step = steps.first else { return path.isEmpty }
    if step.hasPrefix("(") {
      let isNamed = path.first.map { "(\($0))" == step } ?? false
      return matches(path, steps.dropFirst()) || isNamed && matches(path.dropFirst(), steps.dropFirst())
    }
    guard let first = path.first else { return false }
    return (first == step || step == "[]" || step == "{}") && matches(path.dropFirst(), steps.dropFirst())
  }

  /// `venues[](vault).curator` in pieces: `venues`, `[]`, `(vault)`, `curator`.
  private static func steps(_ path: String) -> [String] {
    var steps = [""]
    for character in path {
      if character == "." {
        steps.append("")
      } else if "[{(".contains(character) {
        steps.append(String(character))
      } else {
        steps[steps.count - 1].append(character)
      }
    }
    return steps.filter { !$0.isEmpty }
  }
}
