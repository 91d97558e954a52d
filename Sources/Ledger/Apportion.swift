/// Splits `total` over `weights` so that the parts sum to `total` exactly (largest remainder, Hamilton 1792).
///
/// Each part starts at ⌊total·wᵢ/W⌋; the units still missing go one each to the largest remainders, ties to
/// the lower index. No part is off its exact share by a whole unit or more. Serves one-off splits only: it is
/// not monotone in `total` (weights 6, 6, 2: 10 → 4, 4, 2 but 11 → 5, 5, 1), so marks of claims never use it.
///
///     try apportion(Amount(units: 10), by: [6, 6, 2].map(Amount.init(units:)))   // 4, 4, 2
///
/// - Complexity: O(n log n) for n weights.
package func apportion(_ total: Amount, by weights: [Amount]) throws(ArithmeticRefusal) -> [Amount] {
  guard total.units >= 0 else { throw .negative }
  var sum: Int128 = 0
  for weight in weights {
    guard weight.units >= 0 else { throw .negative }
    sum += Int128(weight.units)
  }
  guard sum > 0 else {
    guard total.isZero else { throw .divisionByZero }
    return weights
  }
  var parts: [Amount] = []
  var remainders: [(remainder: Int128, index: Int)] = []
  parts.reserveCapacity(weights.count)
  remainders.reserveCapacity(weights.count)
  var missing = total.units
  for (index, weight) in weights.enumerated() {
    let (part, remainder) = (Int128(total.units) * Int128(weight.units)).quotientAndRemainder(dividingBy: sum)
    parts.append(Amount(units: Int64(part)))
    remainders.append((remainder, index))
    missing -= Int64(part)
  }
  remainders.sort { ($1.remainder, $0.index) < ($0.remainder, $1.index) }
  for (_, index) in remainders.prefix(Int(missing)) { parts[index] += Amount(units: 1) }
  return parts
}
