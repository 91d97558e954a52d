import Kernel

/// The geometric mean of a pool's price over the last while, as Uniswap v3's oracle has it: the time integral
/// of the log price, read at two instants, over the time between them.
///
///     mean(t) = exp( (1/window) · ∫ log p(s) ds ),   s from t − window to t
///
/// A pool's price stands between two trades, so that the integral is a sum; before the first trade it has
/// always been what it then is. Logs are whole numbers of 2⁻⁴⁰ (Uniswap's are whole ticks of 10⁻⁴) and times
/// whole microseconds, so that the sum is exact, whatever has been added up before. Both a trade and a
/// reading cost O(1), counted over all of them: what has left the window is dropped once.
///
///     var average = PoolAverage(rate: 2_000, window: .minutes(30))
///     average.moved(to: 1_800, at: .seconds(600))
///     average.rate(at: .seconds(1_500))   // √(2000 · 1800): half of the window at either
package struct PoolAverage: Sendable {
  package let window: SimDuration
  /// The first began no later than any window that will be read; each stands until the next.
  private var prices: [Price]
  /// The first that still counts.
  private var first = 0

  private struct Price: Sendable {
    let rate: Double
    let since: Int64
    /// In 2⁻⁴⁰.
    let log: Int64
    /// ∫ log over all time up to `since`, from a window before the start.
    let integral: Int128
  }

  /// Steps of a log in one.
  private static let stepsPerLog = 0x1p40

  package init(rate: Double, window: SimDuration) {
    self.window = window
    prices = [
      Price(rate: rate, since: -window.microseconds, log: PoolAverage.steps(rate), integral: 0)
    ]
  }

  /// The nearest whole number of steps; |log| of a Double is below 746, so that it always fits.
  private static func steps(_ rate: Double) -> Int64 {
    Int64((ElementaryMath.log(rate) * stepsPerLog).rounded())
  }

  /// From now on the pool's price is another. Of several moves at one instant the last one counts.
  package mutating func moved(to rate: Double, at time: SimTime) {
    let (now, last) = (time.microseconds, prices[prices.count - 1])
    let integral = last.integral + Int128(last.log) * Int128(now - last.since)
    if last.since == now { prices.removeLast() }
    prices.append(Price(rate: rate, since: now, log: PoolAverage.steps(rate), integral: integral))
    first = min(first, prices.count - 1)
    forget(before: now)
  }

  /// While the price has stood for the whole window this is that price, to the last bit.
  package mutating func rate(at time: SimTime) -> Double {
    forget(before: time.microseconds)
    guard first < prices.count - 1 else { return prices[first].rate }
    let last = prices[prices.count - 1]
    let start = prices[first]
    let now = last.integral + Int128(last.log) * Int128(time.microseconds - last.since)
    let then =
      start.integral + Int128(start.log) * Int128(time.microseconds - window.microseconds - start.since)
    return ElementaryMath.exp(Double(now - then) / (Double(window.microseconds) * PoolAverage.stepsPerLog))
  }

  /// Until when the mean moves though the pool does not; nil if it stands.
  package func settles(after time: SimTime) -> SimTime? {
    guard prices.count - first > 1 else { return nil }
    let settled = prices[prices.count - 1].since + window.microseconds
    return settled > time.microseconds ? SimTime(microseconds: settled) : nil
  }

  /// A price that another one followed before the window began has gone by.
  private mutating func forget(before now: Int64) {
    while first + 1 < prices.count, prices[first + 1].since <= now - window.microseconds { first += 1 }
    guard first > 64, 2 * first > prices.count else { return }
    prices.removeFirst(first)
    first = 0
  }
}
