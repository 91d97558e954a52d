/// A point in simulated time: whole microseconds since the start of the run.
///
/// An integer clock makes "at the same instant" an exact question, and a run of a year no less exact than a run
/// of a second. `Int64` holds ±292,000 years. Arithmetic that a config can push out of range throws; the named
/// constructors (`.seconds(12)`) are for literals in code and trap.
///
/// ```swift
/// let block = try SimTime.start + .seconds(12)
/// let lag = try block - SimTime.start          // 12s
/// ```
package struct SimTime: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// Since the start; negative before it.
  package var microseconds: Int64

  /// When the run begins.
  package static let start = SimTime(microseconds: 0)

  /// The time so many microseconds after the start.
  @inline(__always)
  package init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// The time that lies `text` after the start; the grammar is `SimDuration.init(parsing:)`.
  package init<Text: Collection>(parsing text: Text) throws(SimDurationParseError)
  where Text.Element == UInt8 {
    microseconds = try SimDuration(parsing: text).microseconds
  }

  /// Earlier.
  @inline(__always)
  package static func < (left: SimTime, right: SimTime) -> Bool {
    left.microseconds < right.microseconds
  }

  /// The time `span` later.
  package static func + (time: SimTime, span: SimDuration) throws(SimTimeError) -> SimTime {
    let (sum, overflow) = time.microseconds.addingReportingOverflow(span.microseconds)
    guard !overflow else { throw .overflow }
    return SimTime(microseconds: sum)
  }

  /// The time `span` earlier.
  package static func - (time: SimTime, span: SimDuration) throws(SimTimeError) -> SimTime {
    let (difference, overflow) = time.microseconds.subtractingReportingOverflow(span.microseconds)
    guard !overflow else { throw .overflow }
    return SimTime(microseconds: difference)
  }

  /// How long from `earlier` to `later`.
  package static func - (later: SimTime, earlier: SimTime) throws(SimTimeError) -> SimDuration {
    let (difference, overflow) = later.microseconds.subtractingReportingOverflow(earlier.microseconds)
    guard !overflow else { throw .overflow }
    return SimDuration(microseconds: difference)
  }
}

/// A length of simulated time in whole microseconds; negative when a difference of times is.
package struct SimDuration: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// Its length.
  package var microseconds: Int64

  /// No time at all.
  package static let zero = SimDuration(microseconds: 0)

  /// So many microseconds.
  @inline(__always)
  package init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// `count` microseconds.
  package static func microseconds(_ count: Int64) -> SimDuration { SimDuration(microseconds: count) }
  /// `count` milliseconds.
  package static func milliseconds(_ count: Int64) -> SimDuration { SimDuration(count, .millisecond) }
  /// `count` seconds.
  package static func seconds(_ count: Int64) -> SimDuration { SimDuration(count, .second) }
  /// `count` minutes.
  package static func minutes(_ count: Int64) -> SimDuration { SimDuration(count, .minute) }
  /// `count` hours.
  package static func hours(_ count: Int64) -> SimDuration { SimDuration(count, .hour) }
  /// `count` days of 24 hours.
  package static func days(_ count: Int64) -> SimDuration { SimDuration(count, .day) }

  private init(_ count: Int64, _ unit: TimeUnit) {
    let (product, overflow) = count.multipliedReportingOverflow(by: unit.microseconds)
    precondition(!overflow, "a duration written in the code does not fit in 292,000 years")
    microseconds = product
  }

  /// For formulas that work in seconds, such as interest and volatility.
  package var inSeconds: Double { Double(microseconds) / 1_000_000 }

  /// Shorter.
  @inline(__always)
  package static func < (left: SimDuration, right: SimDuration) -> Bool {
    left.microseconds < right.microseconds
  }

  /// Both, one after the other.
  package static func + (left: SimDuration, right: SimDuration) throws(SimTimeError) -> SimDuration {
    let (sum, overflow) = left.microseconds.addingReportingOverflow(right.microseconds)
    guard !overflow else { throw .overflow }
    return SimDuration(microseconds: sum)
  }

  /// What is left of `left` after `right`.
  package static func - (left: SimDuration, right: SimDuration) throws(SimTimeError) -> SimDuration {
    let (difference, overflow) = left.microseconds.subtractingReportingOverflow(right.microseconds)
    guard !overflow else { throw .overflow }
    return SimDuration(microseconds: difference)
  }

  /// `span`, `times` times over.
  package static func * (span: SimDuration, times: Int64) throws(SimTimeError) -> SimDuration {
    let (product, overflow) = span.microseconds.multipliedReportingOverflow(by: times)
    guard !overflow else { throw .overflow }
    return SimDuration(microseconds: product)
  }
}

/// Why arithmetic on times was refused.
package enum SimTimeError: Error, Hashable, Sendable {
  /// The result lies outside ±292,000 years.
  case overflow
}

/// The units a duration is written in, longest first.
enum TimeUnit: UInt8 {
  case day, hour, minute, second, millisecond, microsecond

  var microseconds: Int64 {
    switch self {
    case .day: 86_400_000_000
    case .hour: 3_600_000_000
    case .minute: 60_000_000
    case .second: 1_000_000
    case .millisecond: 1_000
    case .microsecond: 1
    }
  }

  /// One or two ASCII letters, the first in the high byte when there are two.
  var letters: UInt16 {
    switch self {
    case .day: 0x64  // d
    case .hour: 0x68  // h
    case .minute: 0x6D  // m
    case .second: 0x73  // s
    case .millisecond: 0x6D73  // ms
    case .microsecond: 0x7573  // us
    }
  }

  static let longestFirst: [TimeUnit] = [.day, .hour, .minute, .second, .millisecond, .microsecond]

  init?(letters: UInt16) {
    for unit in TimeUnit.longestFirst where unit.letters == letters {
      self = unit
      return
    }
    return nil
  }
}
