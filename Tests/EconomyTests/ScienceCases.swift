import Foundation

/// Whether the long version of a test runs.
let soaks = ProcessInfo.processInfo.environment["RHODIAN_SOAK"] == "1"

/// How many cases a law meets: fewer in debug, more in release, `soak` with `RHODIAN_SOAK=1`.
func caseCount(debug: Int, full: Int, soak: Int? = nil) -> Int {
  if soaks { return soak ?? full }
  #if DEBUG
    return debug
  #else
    return full
  #endif
}

/// A table of Tests/Fixtures: its rows by column.
func fixtureRows(_ name: String) -> [[String: String]] {
  let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/\(name)")
  guard let text = try? String(contentsOf: file, encoding: .utf8) else {
    preconditionFailure("Tests/Fixtures/\(name) is not there")
  }
  let lines = text.split(whereSeparator: \.isNewline).map {
    $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }
  return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
}

/// Sums of a sample, for its mean and how sure that is.
struct Sample {
  private(set) var count = 0.0
  private(set) var sum = 0.0
  private(set) var squares = 0.0

  mutating func add(_ value: Double) {
    count += 1
    sum += value
    squares += value * value
  }

  var mean: Double { sum / count }
  var variance: Double { squares / count - mean * mean }
  var standardError: Double { (variance / count).squareRoot() }

  /// How many standard errors the mean is off, the errors being the sample's own, or those of a given
  /// variance.
  func z(from expected: Double, variance known: Double? = nil) -> Double {
    (mean - expected) / ((known ?? variance) / count).squareRoot()
  }
}
