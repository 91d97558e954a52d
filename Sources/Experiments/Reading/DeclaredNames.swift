/// The ids of one sort of thing in a config, in the order declared.
///
///     var assets = DeclaredNames("asset")
///     for asset in config.assets { assets.declare(asset.id, diagnostics) }
///     let collateral = reader.read("collateral", .reference(to: assets), "what borrowers pledge")
///
/// Invariant: `names` holds each id once, and `index(of: names[i]) == i`.
package struct DeclaredNames {
  package let noun: String
  package private(set) var names: [String] = []
  private var places: [Place] = []
  private var positions: [String: Int] = [:]
  /// Ids that stand in the config, whether or not what they are given to could be read.
  private var written: Set<String> = []
  /// Whether something has no id that can be read: it may be what others refer to.
  private var lacksNames = false
  /// What else to say of a name that is not declared, by that name; else of any that none is like.
  package var hints: [String: String] = [:]
  package var hint: String?

  package init(_ noun: String) { self.noun = noun }

  /// Notes the ids that the elements of a list have, before they are read: who refers to one that is then
  /// mistaken has made no mistake.
  package mutating func expect(_ list: JSONNode?, key: String = "id") {
    for node in list?.elements ?? [] {
      if let id = node[key]?.text { written.insert(id) }
      if key == "id", !(node[key]?.text.map(isIdentifier) ?? false) { lacksNames = true }
    }
  }

  /// Adds an id; a second use of one is reported, naming both places.
  package mutating func declare(_ name: Placed<String>, _ diagnostics: Diagnostics) {
    // An id that was itself a mistake has been reported and reads as nothing.
    guard !name.value.isEmpty else { return }
    if let first = positions[name.value] {
      diagnostics.report(
        "the id `\(shortened(name.value))` is given to a second \(noun)", at: name.place,
        allowed: "an id no other \(noun) has", notes: ["first given at \(places[first].description)"])
      return
    }
    positions[name.value] = names.count
    names.append(name.value)
    places.append(name.place)
  }

  package func index(of name: String) -> Int? { positions[name] }

  /// For references met before their target was declared: reports one that leads nowhere.
  @discardableResult
  package func check(_ name: Placed<String>, _ diagnostics: Diagnostics) -> Int? {
    guard !name.value.isEmpty else { return nil }
    do throws(Refusal) {
      return try resolve(name.value)
    } catch {
      var mistake = Diagnostic(
        error.message, path: name.place.path, range: name.place.range, suggestion: error.suggestion,
        notes: error.notes)
      mistake.isRule = error.isRule
      mistake.isOfName = error.isOfName
      diagnostics.report(mistake)
      return nil
    }
  }

  @discardableResult
  func resolve(_ name: String) throws(Refusal) -> Int {
    if let index = positions[name] { return index }
    var refusal = Refusal(
      "unknown \(noun) `\(shortened(name))`", suggestion: nearest(to: name, among: names),
      notes: ["declared: \(names.isEmpty ? "none" : listed(names))"])
    let other = refusal.suggestion == nil ? hint : nil
    if let hint = hints[name] ?? other { refusal.notes.append(hint) }
    refusal.isRule = lacksNames || written.contains(name)
    refusal.isOfName = true
    throw refusal
  }

  var article: String { "aeiou".contains(noun.first ?? "x") ? "an" : "a" }
}
