/// A point in simulated time: whole microseconds since the start of the run.
///
/// An integer clock makes "at the same instant" an exact question, and a run of a year no less exact than a
/// run of a second. `Int64` holds ±292,000 years. Arithmetic that a config can push out of range throws; the
/// named constructors (`.seconds(12)`) are for literals in code and trap.
///
/// ```swift
/// let block = try SimTime.start + .seconds(12)
/// let lag = try block - SimTime.start          // 12s
/// ```
public struct SimTime: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// Since the start; negative before it.
  public var microseconds: Int64

  /// When the run begins.
  public static let start = SimTime(microseconds: 0)

  /// The time so many microseconds after the start.
  @inline(__always)
  public init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// The time that lies `text` after the start; the grammar is `SimDuration.init(parsing:)`.
  public init<Text: Collection>(parsing text: Text) throws(SimDurationParseError)
  where Text.Element == UInt8 {
    microseconds = try SimDuration(parsing: text).microseconds
  }

  /// Earlier.
  @inline(__always)
  public static func < (left: SimTime, right: SimTime) -> Bool {
    left.microseconds < right.microseconds
  }

  /// The time `span` later.
  public static func + (time: SimTime, span: SimDuration) throws(SimTimeError) -> SimTime {
    let (sum, overflow) = time.microseconds.addingReportingOverflow(span.microseconds)
    guard !overflow else { throw .overflow }
    return SimTime(microseconds: sum)
  }

  /// The time `span` earlier.
  public static func - (time: SimTime, span: SimDuration) throws(SimTimeError) -> SimTime {
    let (difference, overflow) = time.microseconds.subtractingReportingOverflow(span.microseconds)
    guard !overflow else { throw .overflow }
    return SimTime(microseconds: difference)
  }

  /// How long from `earlier` to `later`.
  public static func - (later: SimTime, earlier: SimTime) throws(SimTimeError) -> SimDuration {
    let (difference, overflow) = later.microseconds.subtractingReportingOverflow(earlier.microseconds)
    guard !overflow else { throw .overflow }
    return SimDuration(microseconds: difference)
  }
}

/// A length of simulated time in whole microseconds; negative when a difference of times is.
public struct SimDuration: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// Its length.
  public var microseconds: Int64

  /// No time at all.
  public static let zero = SimDuration(microseconds: 0)

  /// So many microseconds.
  @inline(__always)
  public init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// `count` microseconds.
  public static func microseconds(_ count: Int64) -> SimDuration { SimDuration(microseconds: count) }
  /// `count` milliseconds.
  public static func milliseconds(_ count: Int64) -> SimDuration { SimDuration(count, .millisecond) }
  /// `count` seconds.
  public static func seconds(_ count: Int64) -> SimDuration { SimDuration(count, .second) }
  /// `count` minutes.
  public static func minutes(_ count: Int64) -> SimDuration { SimDuration(count, .minute) }
  /// `count` hours.
  public static func hours(_ count: Int64) -> SimDuration { SimDuration(count, .hour) }
  /// `count` days of 24 hours.
  public static func days(_ count: Int64) -> SimDuration { SimDuration(count, .day) }

  private init(_ count: Int64, _ unit: TimeUnit) {
    let (product, overflow) = count.multipliedReportingOverflow(by: unit.microseconds)
    precondition(!overflow, "a duration written in the code does not fit in 292,000 years")
    microseconds = product
  }

  /// For formulas that work in seconds, such as interest and volatility.
  public var inSeconds: Double { Double(microseconds) / 1_000_000 }

  /// Shorter.
  @inline(__always)
  public static func < (left: SimDuration, right: SimDuration) -> Bool {
    left.microseconds < right.microseconds
  }

  /// Both, one after the other.
  public static func + (left: SimDuration, right: SimDuration) throws(SimTimeError) -> SimDuration {
    let (sum, overflow) = left.microseconds.addingReportingOverflow(right.microseconds)
    guard !overflow else { throw .overflow }
    return SimDuration(microseconds: sum)
  }

  /// What is left of `left` after `right`.
  public static func - (left: SimDuration, right: SimDuration) throws(SimTimeError) -> SimDuration {
    let (difference, overflow) = left.microseconds.subtractingReportingOverflow(right.microseconds)
    guard !overflow else { throw .overflow }
    return SimDuration(microseconds: difference)
  }

  /// `span`, `times` times over.
  public static func * (span: SimDuration, times: Int64) throws(SimTimeError) -> SimDuration {
    let (product, overflow) = span.microseconds.multipliedReportingOverflow(by: times)
    guard !overflow else { throw .overflow }
    return SimDuration(microseconds: product)
  }
}

/// Why arithmetic on times was refused.
public enum SimTimeError: Error, Hashable, Sendable {
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
