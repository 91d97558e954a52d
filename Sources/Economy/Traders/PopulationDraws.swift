import Kernel
import Ledger

/// How the sizes of a population are spread, in base units of some asset.
package enum AmountDistribution: Hashable, Sendable {
  case fixed(Amount)
  case uniform(from: Amount, to: Amount)
  /// Truncated Pareto: P(X > x) falls like x^(−tail) between `minimum` and `maximum`.
  case pareto(minimum: Amount, maximum: Amount, tail: Double)

  /// The quantile of one word, rounded down: monotone, so that paired runs stay close.
  package func draw(_ word: UInt64) throws(DistributionError) -> Amount? {
    switch self {
    case .fixed(let amount):
      return amount
    case .uniform(let from, let to):
      return wholeUnits(
        Double(from.units) + UnitInterval.open(word) * Double(to.units - from.units), .down)
    case .pareto(let minimum, let maximum, let tail):
      let pareto = try ParetoDistribution(
        minimum: Double(minimum.units), maximum: Double(maximum.units), tail: tail)
      return wholeUnits(pareto.value(of: word), .down)
    }
  }
}

/// How a ratio between zero and one is spread over a population.
package enum RatioDistribution: Hashable, Sendable {
  case fixed(Double)
  case uniform(from: Double, to: Double)
  /// Concentration a + b of the two shape parameters: the higher, the closer to the mean.
  case beta(mean: Double, concentration: Double)

  /// The distribution *given* that the ratio is at most `limit`: what a venue does not allow is not drawn,
  /// rather than cut off at the limit and piled up there.
  package func given(atMost limit: Double) throws(DistributionError) -> RatioDraws {
    switch self {
    case .fixed(let ratio): return .fixed(ratio)
    case .uniform(let from, let to): return .uniform(from: from, to: min(to, limit))
    case .beta(let mean, let concentration):
      return .beta(
        try BetaDistribution(mean: mean, concentration: concentration).truncated(atMost: limit))
    }
  }
}

/// Draws of a ratio, made ready for a whole population: what they have in common is worked out once.
package enum RatioDraws: Sendable {
  case fixed(Double)
  case uniform(from: Double, to: Double)
  case beta(TruncatedBeta)

  /// The quantile of one word.
  package func draw(_ word: UInt64) -> Double {
    switch self {
    case .fixed(let ratio): ratio
    case .uniform(let from, let to): from + UnitInterval.open(word) * (to - from)
    case .beta(let distribution): distribution.value(of: word)
    }
  }
}
