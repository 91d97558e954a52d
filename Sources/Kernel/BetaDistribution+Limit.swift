extension BetaDistribution {
  /// A draw given that it is at most `limit`: the quantile of u · F(limit).
  ///
  /// For loan-to-value ratios that a venue caps: what is not allowed is not drawn, instead of being cut off at
  /// the cap and piled up there. Monotone in the word, as `value(of:)` is.
  package func value(of word: UInt64, atMost limit: Double) -> Double {
    guard limit < 1 else { return value(of: word) }
    let mass = ElementaryMath.incompleteBeta(firstShape, secondShape, at: limit, complement: 1 - limit).lower
    let u = UnitInterval.open(word) * mass
    let x =
      u <= 0.5
      ? ElementaryMath.betaQuantile(firstShape, secondShape, u)
      : 1 - ElementaryMath.betaQuantile(secondShape, firstShape, 1 - u)
    // Rounding alone could carry the extreme words past the limit.
    return min(x, limit)
  }
}
