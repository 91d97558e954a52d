/// A parsed config file, before anybody reads its values.
///
/// `duplicateKeys` were found while parsing and are reported with the mistakes that reading finds.
package struct ConfigDocument: Sendable {
  package let source: SourceFile
  package var root: JSONNode
  package let duplicateKeys: [Diagnostic]
  /// The paths that the command line has set.
  package var settings: [Placed<String>] = []
}
