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
    var files = source.map { [$0] } ?? []
    let keyed = kept.enumerated().map { order, diagnostic -> SortKey in
      guard let range = diagnostic.range else { return SortKey(file: -1, offset: 0, order: order) }
      let known = files.firstIndex { $0 === range.source }
      if known == nil { files.append(range.source) }
      return SortKey(file: known ?? files.count - 1, offset: range.start, order: order)
    }
    return DiagnosticReport(diagnostics: keyed.sorted().map { kept[$0.order] }, total: count)
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
