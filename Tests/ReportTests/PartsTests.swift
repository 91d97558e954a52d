import Experiments
import Testing

@testable import Report

/// What pictures are made of.
@Suite struct ReportPartsTests {
  @Test(
    "an axis ends at round numbers, and its ticks are exactly what is written at them",
    arguments: [
      (0.0...870, [0.0, 200, 400, 600, 800, 1000]), (0...0, [0, 0.2, 0.4, 0.6, 0.8, 1]),
      (55...100, [50, 60, 70, 80, 90, 100]), (-93...981, [-200, 0, 200, 400, 600, 800, 1000]),
      (0...0.3, [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]), (0...1.2e6, [0, 2e5, 4e5, 6e5, 8e5, 1e6, 1.2e6]),
    ])
  func ticks(values: ClosedRange<Double>, expected: [Double]) {
    let scale = Scale(over: values, from: 100, to: 500)
    #expect(scale.ticks == expected)
    #expect(scale(expected[0]) == 100 && scale(expected[expected.count - 1]) == 500)
  }

  @Test("an exact axis ends where its values do, and only its ticks are round")
  func exact() {
    let scale = Scale(over: 0.7...6.3, from: 0, to: 560, steps: 10, isExact: true)
    #expect(scale.ticks == [1, 2, 3, 4, 5, 6])
    #expect(scale(0.7) == 0 && scale(6.3) == 560)
    // Upside down, as ordinates are.
    #expect(Scale(over: 0...10, from: 200, to: 0)(10) == 0)
  }

  @Test(
    "amounts of tables",
    arguments: [
      (0.0, "0"), (-0.001, "0"), (0.126, "0.13"), (-12.5, "−12.5"), (999.994, "999.99"), (999.996, "1,000"),
      (1234.5, "1,235"), (-1_234_567.4, "−1,234,567"), (100_000, "100,000"), (12, "12"),
    ])
  func amounts(value: Double, expected: String) { #expect(Numbers.amount(value) == expected) }

  @Test(
    "dollars of pictures",
    arguments: [
      (0.0, "$0"), (0.001, "$0"), (-0.001, "$0"), (5.126, "$5.13"), (21.63, "$21.6"), (999.4, "$999"),
      (999.6, "$1k"), (1249, "$1.25k"), (306_513, "$307k"), (-92_908, "−$92.9k"), (999_600, "$1M"),
      (1_250_000, "$1.25M"), (2e9, "$2B"), (7.5e12, "$7.5T"),
    ])
  func dollars(value: Double, expected: String) { #expect(Numbers.dollars(value) == expected) }

  @Test("whatever a name holds, it stays text, and XML can hold it")
  func escaping() {
    let name = "<b a=\"1\">&'\u{0}\u{1B}\u{FFFE}é∑"
    let escaped = "&lt;b a=&quot;1&quot;&gt;&amp;'\u{FFFD}\u{FFFD}\u{FFFD}é∑"
    #expect(Markup(name).rendered == escaped)
    #expect(tag("td", ["title": name], [Markup(name)]).rendered == "<td title=\"\(escaped)\">\(escaped)</td>")
    #expect(tag("td").rendered == "<td></td>" && tag("rect").rendered == "<rect/>")
  }

  @Test("quantiles by hand: of 1, 2, 3, 10 the lower quartile is 1.75 and the median 2.5")
  func quantiles() {
    #expect(Statistics.quantile(0.25, of: [1, 2, 3, 10]) == 1.75)
    #expect(Statistics.median([10, 3, 1, 2]) == 2.5)
    #expect(Statistics.quantile(1, of: [1, 2, 3, 10]) == 10)
    #expect(Statistics.mean([1, 2, 3, 10]) == 4)
    #expect(Statistics.median([7]) == 7 && Statistics.median([]) == 0)
  }

  // The median of n drawn from 1…n is at most k with the chance that a binomial of n and k/n is at least
  // (n + 1) / 2. For n = 11 that is 0.0072 for k = 2 and 0.0512 for k = 3, 0.9488 for 8 and 0.9928 for 9; for
  // n = 21 it is 0.0183 for 6 and 0.0557 for 7, 0.9443 for 14 and 0.9817 for 15. (Exact fractions, rounded.)
  @Test(
    "the bootstrap's interval is the one that the binomial distribution gives",
    arguments: [
      (11, 3.0, 9.0), (21, 7, 15),
    ])
  func bootstrap(count: Int, low: Double, high: Double) throws {
    let values = (1...count).map(Double.init)
    for order in [values, values.reversed()] {
      let interval = try #require(Bootstrap.intervalOfMedian(order))
      #expect(interval.low == low && interval.high == high)
    }
  }

  @Test("of fewer than six seeds nothing is known; of equal ones everything")
  func fewSeeds() throws {
    #expect(Bootstrap.intervalOfMedian([5]) == nil)
    #expect(Bootstrap.intervalOfMedian([]) == nil)
    let equal = try #require(Bootstrap.intervalOfMedian([5, 5, 5, 5, 5, 5]))
    #expect(equal.low == 5 && equal.high == 5)
    // The range of five holds the median 1 − 2⁻⁴ of the time, that of six 1 − 2⁻⁵: 93.75 % and 96.9 %.
    #expect(Bootstrap.intervalOfMedian([0, 1, 2, 3, 8]) == nil)
    let six = try #require(Bootstrap.intervalOfMedian([0, 1, 2, 3, 4, 8]))
    #expect(six.low < 2 && six.high > 3)
  }
}
