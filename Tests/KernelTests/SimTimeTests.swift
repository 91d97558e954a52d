import Kernel
import Testing

private func parse(_ text: String) -> Result<Int64, SimDurationParseError> {
  do throws(SimDurationParseError) {
    return .success(try SimDuration(parsing: text.utf8).microseconds)
  } catch {
    return .failure(error)
  }
}

@Suite("Simulated time")
struct SimTimeTests {
  @Test(
    "a duration reads as the microseconds it says",
    arguments: [
      ("12s", 12_000_000),
      ("5m", 300_000_000),
      ("6h", 21_600_000_000),
      ("2d", 172_800_000_000),
      ("250ms", 250_000),
      ("10us", 10),
      ("1.5h", 5_400_000_000),
      ("1d6h30m", 109_800_000_000),
      ("1s500ms", 1_500_000),
      ("1.5h30m", 7_200_000_000),
      ("0s", 0),
      ("0d0us", 0),
      ("007s", 7_000_000),
      ("0.000001s", 1),
      ("1.500000000000000000000000000000s", 1_500_000),  // trailing zeros are not precision
      ("0.00001d", 864_000),
      ("9223372036854775807us", Int64.max),
      ("106751991d4h54s775ms807us", Int64.max),
    ] as [(String, Int64)])
  func reads(text: String, microseconds: Int64) {
    #expect(parse(text) == .success(microseconds))
  }

  @Test(
    "what is not a duration is refused, and the error says why and where",
    arguments: [
      ("", .empty),
      ("-1s", .negative(at: 0)),
      ("1d-6h", .negative(at: 2)),
      ("s", .notANumber(at: 0)),
      (" 1s", .notANumber(at: 0)),
      (".5s", .notANumber(at: 0)),
      ("1.s", .notANumber(at: 2)),
      ("1s.5m", .notANumber(at: 2)),
      ("12", .missingUnit(at: 2)),
      ("1.5", .missingUnit(at: 3)),
      ("1.2.3s", .missingUnit(at: 3)),
      ("1d6", .missingUnit(at: 3)),
      ("1y", .unknownUnit(at: 1)),
      ("1 s", .unknownUnit(at: 1)),
      ("1S", .unknownUnit(at: 1)),
      ("1min", .unknownUnit(at: 1)),
      ("1µs", .unknownUnit(at: 1)),
      ("1d2sssssssssss", .unknownUnit(at: 3)),
      ("30m1d", .unitOutOfOrder(at: 4)),
      ("1h1h", .unitOutOfOrder(at: 3)),
      ("1.5us", .finerThanMicrosecond(at: 0)),
      ("1s0.0001ms", .finerThanMicrosecond(at: 2)),
      ("0.0000000000625d", .finerThanMicrosecond(at: 0)),  // 5.4 µs
      ("0.00000000000000000000000000001d", .finerThanMicrosecond(at: 0)),
      ("9223372036854775808us", .overflow(at: 0)),
      ("99999999999999999999999s", .overflow(at: 0)),
      ("106751992d", .overflow(at: 0)),
      ("106751991d4h54s775ms808us", .overflow(at: 20)),
    ] as [(String, SimDurationParseError)])
  func refuses(text: String, error: SimDurationParseError) {
    #expect(parse(text) == .failure(error))
  }

  @Test(
    "the canonical form is the shortest list of units",
    arguments: [
      (0, "0s"), (1, "1us"), (1_000, "1ms"), (1_500_000, "1s500ms"), (12_000_000, "12s"), (60_000_000, "1m"),
      (108_000_000_000, "1d6h"), (86_400_000_001, "1d1us"), (-1_500_000, "-1s500ms"),
      (Int64.max, "106751991d4h54s775ms807us"), (Int64.min, "-106751991d4h54s775ms808us"),
    ] as [(Int64, String)])
  func prints(microseconds: Int64, text: String) {
    #expect(SimDuration(microseconds: microseconds).description == text)
    #expect(SimTime(microseconds: microseconds).description == text)
  }

  @Test("every non-negative duration reads back from its canonical form", arguments: [1, 2, 3] as [UInt64])
  func roundTrips(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<2_000 {
      let magnitude = random.next() >> (1 + random.next() % 63)
      let span = SimDuration(microseconds: Int64(magnitude))
      let text = span.description
      #expect(try SimDuration(parsing: text.utf8) == span, "seed \(seed): \(text)")
      #expect(
        try SimTime(parsing: text.utf8) == SimTime(microseconds: Int64(magnitude)), "seed \(seed): \(text)")
    }
  }

  @Test("arithmetic is exact, and refuses what does not fit")
  func arithmetic() throws {
    let last = SimTime(microseconds: .max)
    let first = SimTime(microseconds: .min)
    #expect(try SimTime.start + .seconds(12) == SimTime(microseconds: 12_000_000))
    #expect(try SimTime(microseconds: 5) - .microseconds(7) == SimTime(microseconds: -2))
    #expect(try SimTime(microseconds: 5) - SimTime(microseconds: 7) == .microseconds(-2))
    #expect(try SimDuration.hours(25) - .days(1) == .minutes(60))
    #expect(try SimDuration.milliseconds(1) + .microseconds(1) == .microseconds(1_001))
    #expect(try SimDuration.seconds(12) * 300 == .hours(1))
    #expect(throws: SimTimeError.overflow) { try last + .microseconds(1) }
    #expect(throws: SimTimeError.overflow) { try first - .microseconds(1) }
    #expect(throws: SimTimeError.overflow) { try last - first }
    #expect(throws: SimTimeError.overflow) { try SimDuration(microseconds: .max) + .microseconds(1) }
    #expect(throws: SimTimeError.overflow) { try SimDuration(microseconds: .min) - .microseconds(1) }
    #expect(throws: SimTimeError.overflow) { try SimDuration.days(106_751_991) * 2 }
  }

  @Test("times and durations are ordered as numbers are")
  func ordered() {
    #expect(SimTime.start < SimTime(microseconds: 1))
    #expect(SimDuration.minutes(59) < .hours(1))
    #expect(SimDuration.seconds(90).inSeconds == 90)
  }
}
