import Kernel
import Ledger

/// The curve of a pool whose two assets ought to be worth the same: nearly flat where it holds as much of one
/// as of the other, steep where one is running out. With reserves x and y, an amplification A and a = 2A,
///
///     a·(x + y) + D = a·D + D³ / (4·x·y)
///
/// which is Curve's for two coins, A as its contracts count it. D is what the pool would hold in all if it
/// were balanced.
///
/// Exact in integers: the pool is worth D at least where
///
///     4·x·y·(a·(x + y) − (a − 1)·D) ≥ D³
///
/// A trade keeps D, rounded up, and leaves the least reserve for which that still holds. Both are guessed in
/// floating point and then moved until it does. What a trade leaves is therefore never worth less than what
/// it found, by no fraction of a unit, and there and back again never gains.
package struct StableSwapCurve: Hashable, Sendable {
  package let amplification: Int64

  package init(amplification: Int64) {
    precondition(StableSwapCurve.amplifications.contains(amplification), "checked when the config is read")
    self.amplification = amplification
  }

  package static let amplifications: ClosedRange<Int64> = 1...1_000_000
  /// Reserves beyond it would make 4·x·y overflow 128 bits.
  private static let largestReserve = UInt128(1) << 62

  private var a: UInt128 { UInt128(2 * amplification) }

  // MARK: Exact

  /// Whether the pool with these reserves is worth at least `d`.
  private func holds(_ x: UInt128, _ y: UInt128, atLeast d: UInt128) -> Bool {
    let (plus, minus) = (a * (x + y), (a - 1) * d)
    guard plus >= minus else { return false }
    let left = (4 * x * y).multipliedFullWidth(by: plus - minus)
    let right = (d * d).multipliedFullWidth(by: d)
    return (left.high, left.low) >= (right.high, right.low)
  }

  /// D of two reserves, in the finer asset's units: the greatest number that the pool is worth at least.
  package func invariant(_ x: UInt128, _ y: UInt128) throws(ArithmeticRefusal) -> UInt128 {
    guard max(x, y) <= StableSwapCurve.largestReserve else { throw .overflow }
    guard x > 0, y > 0 else { return 0 }
    return boundary(near: invariant(Double(x), Double(y)), in: 0...(x + y)) { holds(x, y, atLeast: $0) }
  }

  /// D rounded up: what a trade has to keep.
  package func invariantToKeep(_ x: UInt128, _ y: UInt128) throws(ArithmeticRefusal) -> UInt128 {
    let d = try invariant(x, y)
    guard d > 0 else { return 0 }
    let left = (4 * x * y).multipliedFullWidth(by: a * (x + y) - (a - 1) * d)
    let right = (d * d).multipliedFullWidth(by: d)
    return left == right ? d : d + 1
  }

  /// The least reserve that keeps D with `x` of the other.
  package func other(_ x: UInt128, keeping d: UInt128) throws(ArithmeticRefusal) -> UInt128 {
    guard x <= StableSwapCurve.largestReserve, x > 0 else { throw .overflow }
    guard d > 0 else { return 0 }
    guard holds(x, StableSwapCurve.largestReserve, atLeast: d) else { throw .overflow }
    let guess = other(Double(x), keeping: Double(d))
    return boundary(near: guess, in: 0...StableSwapCurve.largestReserve) { !holds(x, $0, atLeast: d) } + 1
  }

  /// The greatest number of a range that passes, where the lowest does and none does beyond one that does
  /// not: by steps that double from a guess, then by halves.
  private func boundary(
    near guess: Double, in range: ClosedRange<UInt128>, _ passes: (UInt128) -> Bool
  ) -> UInt128 {
    if passes(range.upperBound) { return range.upperBound }
    let start = UInt128(min(max(guess, 0), Double(range.upperBound)))
    var (low, high) = (range.lowerBound, range.upperBound)
    var step: UInt128 = 1
    if passes(min(start, high)) {
      low = min(start, high)
      while low + step < high {
        guard passes(low + step) else {
          high = low + step
          break
        }
        low += step
        step *= 2
      }
    } else {
      high = min(start, high)
      while high > range.lowerBound + step {
        guard !passes(high - step) else {
          low = high - step
          break
        }
        high -= step
        step *= 2
      }
    }
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if passes(middle) { low = middle } else { high = middle }
    }
    return low
  }

  // MARK: Near enough

  /// Newton's way from the sum, which is above D and from where it only falls.
  private func invariant(_ x: Double, _ y: Double) -> Double {
    let a = Double(2 * amplification)
    var d = x + y
    for _ in 0..<64 {
      let product = d * d / (2 * x) * d / (2 * y)
      let next = (a * (x + y) + 2 * product) * d / ((a - 1) * d + 3 * product)
      guard next < d else { break }
      d = next
    }
    return d
  }

  /// The positive root of y² + (x + D/a − D)·y = D³ / (4·a·x).
  private func other(_ x: Double, keeping d: Double) -> Double {
    let a = Double(2 * amplification)
    let half = (x + d / a - d) / 2
    let c = d / (2 * x) * d / (2 * a) * d
    let root = ElementaryMath.squareRoot(half * half + c)
    return half > 0 ? c / (half + root) : root - half
  }

  /// What one more unit brings at the margin, `more` having been added to x: −dy/dx along the curve.
  package func slope(_ x: Double, _ y: Double, after more: Double = 0) -> Double {
    let a = Double(2 * amplification)
    let d = invariant(x, y)
    let (x, y) = (x + more, more == 0 ? y : other(x + more, keeping: d))
    let product = d * d / (2 * x) * d / (2 * y)
    return (a + product / x) / (a + product / y)
  }
}
