/// Where a mistake is to be shown: a value path and the source it was read from.
///
/// A value that a default or an edit supplied has no source of its own and takes that of the nearest value
/// around it.
package struct Place: Sendable {
  package let path: ValuePath
  package let range: SourceRange?

  package init(path: ValuePath, range: SourceRange?) {
    self.path = path
    self.range = range
  }

  /// For a note in a message: `experiments/x.jsonc:5:7`, or the path where there is no source.
  package var description: String {
    range.map { "\($0)" } ?? (path == .root ? "the top level" : path.description)
  }
}

/// Collects every mistake of a config, to be shown at once.
///
///     let diagnostics = Diagnostics()
///     diagnostics.report("`lend` lends to itself", at: venue.place)
///     try diagnostics.check()   // throws ReadingFailure.invalid
///
/// Invariant: `count` counts every report; at most `limit` of them are kept, the first reported.
package final class Diagnostics {
  /// More than anybody reads; bounds the memory a hostile file can claim.
  static let limit = 10_000

  package private(set) var count = 0
  private var kept: [Diagnostic] = []
  /// At most as many as are ever shown, in the order met.
  package private(set) var warnings: [Diagnostic] = []

  /// Mistakes in `source` come first, whatever was reported first.
  private let source: SourceFile?

  package init(_ diagnostics: [Diagnostic] = [], source: SourceFile? = nil) {
    self.source = source
    for diagnostic in diagnostics { report(diagnostic) }
  }

  /// Whether further mistakes are only counted.
  var isFull: Bool { kept.count >= Self.limit }

  package func report(_ diagnostic: Diagnostic) {
    count += 1
    if !isFull { kept.append(diagnostic) }
  }

  package func report(
    _ message: String, at place: Place, found: String? = nil, allowed: String? = nil,
    suggestion: String? = nil, notes: [String] = []
  ) {
    report(
      Diagnostic(
        message, path: place.path, range: place.range, found: found, allowed: allowed, suggestion: suggestion,
        notes: notes))
  }

  /// Reports what is wrong between values that are each right in themselves; `isOfName` as in `Diagnostic`.
  package func reportRule(
    _ message: String, at place: Place, found: String? = nil, allowed: String? = nil, notes: [String] = [],
    isOfName: Bool = false
  ) {
    var mistake = Diagnostic(
      message, path: place.path, range: place.range, found: found, allowed: allowed, notes: notes)
    (mistake.isRule, mistake.isOfName) = (true, isOfName)
    report(mistake)
  }

  /// What is no mistake, and may not be meant: told beside a config that is run all the same.
  package func warn(
    _ message: String, at place: Place, found: String? = nil, allowed: String? = nil, notes: [String] = []
  ) {
    warnOnce(
      Diagnostic(
        "warning: \(message)", path: place.path, range: place.range, found: found, allowed: allowed,
        notes: notes))
  }

  package func warnOnce(_ warning: Diagnostic, note: String? = nil) {
    let isKnown = warnings.contains {
      $0.message == warning.message && $0.path == warning.path && $0.range?.start == warning.range?.start
    }
    guard !isKnown, warnings.count < DiagnosticReport.shown else { return }
    var noted = warning
    if let note { noted.notes.append(note) }
    warnings.append(noted)
  }

  /// Reports a mistake unless the same one has been reported: many points of a plan share their mistakes.
  package func reportOnce(
    _ message: String, at place: Place, found: String? = nil, allowed: String? = nil,
    suggestion: String? = nil
  ) {
    reportOnce(
      Diagnostic(
        message, path: place.path, range: place.range, found: found, allowed: allowed, suggestion: suggestion)
    )
  }

  package func reportOnce(_ diagnostic: Diagnostic, note: String? = nil) {
    let isKnown = kept.contains {
      $0.message == diagnostic.message && $0.path == diagnostic.path
        && $0.range?.start == diagnostic.range?.start && $0.found == diagnostic.found
    }
    guard !isKnown else { return }
    var noted = diagnostic
    if let note { noted.notes.append(note) }
    report(noted)
  }

  /// Everything reported: the config itself, then other sources as first met, each in file order, ties in the
  /// order reported.
  package var report: DiagnosticReport {
    let (told, left) = withoutFollowing
    var files = source.map { [$0] } ?? []
    let keyed = told.enumerated().map { order, diagnostic -> SortKey in
      guard let range = diagnostic.range else { return SortKey(file: -1, offset: 0, order: order) }
      let known = files.firstIndex { $0 === range.source }
      if known == nil { files.append(range.source) }
      return SortKey(file: known ?? files.count - 1, offset: range.start, order: order)
    }
    let sorted = keyed.sorted().map { told[$0.order] }
    let (folded, repeated) = Diagnostics.foldingNames(sorted)
    return DiagnosticReport(diagnostics: folded, total: count - left - repeated)
  }

  /// The sections whose entries others refer to by name.
  private static let declaring: Set<String> = ["assets", "pools", "oracles", "funds", "venues"]

  /// What was reported, without what may only follow from something else that was: a value that cannot be
  /// read is read as another, and what is then wrong with that one is nobody's mistake. So a rule is left out
  /// if anything is wrong in its own entry, or in one that others refer to.
  private var withoutFollowing: (told: [Diagnostic], left: Int) {
    let misspelled = Set(kept.compactMap { $0.meant?.description })
    let kept = kept.filter { diagnostic in
      !diagnostic.isMissingKey || !(diagnostic.path.map { misspelled.contains($0.description) } ?? false)
    }
    let before = self.kept.count
    let mistakes = kept.filter { !$0.isRule }
    guard !mistakes.isEmpty, mistakes.count < kept.count else { return (kept, before - kept.count) }
    var entries: Set<String> = []
    for mistake in mistakes {
      guard let path = mistake.path else { continue }
      entries.insert(path.entry)
      if Diagnostics.declaring.contains(path.section) { return (mistakes, before - mistakes.count) }
    }
    let told = kept.filter { diagnostic in
      !diagnostic.isRule || !(diagnostic.path.map { entries.contains($0.entry) } ?? false)
    }
    return (told, before - told.count)
  }

  /// One message for one name that nothing has, wherever it stands.
  private static func foldingNames(_ sorted: [Diagnostic]) -> (folded: [Diagnostic], repeated: Int) {
    var folded: [Diagnostic] = []
    var firsts: [String: (index: Int, more: [SourceRange])] = [:]
    for diagnostic in sorted {
      guard diagnostic.isOfName, let range = diagnostic.range else {
        folded.append(diagnostic)
        continue
      }
      if firsts[diagnostic.message] != nil {
        firsts[diagnostic.message]?.more.append(range)
      } else {
        firsts[diagnostic.message] = (folded.count, [])
        folded.append(diagnostic)
      }
    }
    for first in firsts.values.sorted(by: { $0.index < $1.index }) where !first.more.isEmpty {
      let rest = first.more.count > 5 ? " and \(first.more.count - 5) more" : ""
      folded[first.index].notes.append("also at \(listed(first.more.prefix(5).map { "\($0)" }))\(rest)")
    }
    return (folded, sorted.count - folded.count)
  }

  /// Throws everything reported, if anything was.
  package func check() throws(ReadingFailure) {
    if count > 0 { throw .invalid(report) }
  }

  private struct SortKey: Comparable {
    let file: Int
    let offset: Int
    let order: Int

    static func < (left: SortKey, right: SortKey) -> Bool {
      (left.file, left.offset, left.order) < (right.file, right.offset, right.order)
    }
  }
}

/// All mistakes of a config in the order to print them. Invariant: `total >= diagnostics.count`.
package struct DiagnosticReport: Sendable, CustomStringConvertible {
  package static let shown = 50

  package let diagnostics: [Diagnostic]
  package let total: Int

  /// The first fifty, a blank line between them, then how many more there are.
  package var description: String {
    var parts = diagnostics.prefix(Self.shown).map(\.description)
    let rest = total - parts.count
    if rest > 0 { parts.append("and \(rest) more \(rest == 1 ? "mistake" : "mistakes")") }
    return parts.joined(separator: "\n\n")
  }
}

/// Why a config could not be used.
///
/// `exitCode` follows sysexits: 66 when there is no such file, 65 for everything wrong with one that is
/// there.
package enum ReadingFailure: Error, Sendable, CustomStringConvertible {
  case missing(path: String)
  case unreadable(path: String, reason: String)
  case invalid(DiagnosticReport)

  package var exitCode: Int32 {
    if case .missing = self { return 66 }
    return 65
  }

  package var description: String {
    switch self {
    case .missing(let path): "\(printable(path)): there is no such file"
    case .unreadable(let path, let reason): "\(printable(path)): cannot be read: \(reason)"
    case .invalid(let report): report.description
    }
  }
}
