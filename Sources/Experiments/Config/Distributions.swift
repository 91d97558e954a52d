import Economy
import Kernel
import Ledger

// How sizes, ratios and latencies are spread over a population.

extension ValueKind where Value == AmountDistribution {
  /// An amount, or how amounts are spread.
  static func size(in unit: AmountUnit) -> ValueKind<AmountDistribution> {
    let amount = ValueKind<Amount>.money(of: unit, in: .above(0))
    return .variant(
      "a spread of sizes",
      [
        .with("fixed", amount, "all alike") { .fixed($0) },
        .with(
          "uniform",
          .object("a range") { reader in
            let from = reader.read("from", amount, "the least")
            let to = reader.read("to", amount, "the most")
            if to < from { reader.report("`to` is less than `from`", at: "to") }
            return AmountDistribution.uniform(from: from, to: to)
          }, "any amount between two, equally likely"
        ) { $0 },
        .with(
          "pareto",
          .object("a Pareto distribution") { reader in
            let minimum = reader.read("minimum", amount, "the least")
            let maximum = reader.read("maximum", amount, "the most: the tail is cut there")
            if maximum <= minimum { reader.report("`maximum` is not above `minimum`", at: "maximum") }
            return AmountDistribution.pareto(
              minimum: minimum, maximum: maximum,
              tail: reader.read(
                "tail", .number(in: .between(0.1, 20)), "P(X > x) falls like x^-tail: the lower, the heavier")
            )
          }, "many small, few large"
        ) { $0 },
      ],
      allowed: #"{ "fixed": "10k" }, { "uniform": { "from": …, "to": … } } or "#
        + #"{ "pareto": { "minimum": …, "maximum": …, "tail": … } }"#)
  }
}

extension ValueKind where Value == RatioDistribution {
  /// A ratio, or how ratios are spread, up to a limit.
  static func ratioSpread(upTo limit: Double) -> ValueKind<RatioDistribution> {
    let ratio = ValueKind<Double>.ratio(in: .above(0).upTo(limit))
    return .variant(
      "a spread of ratios",
      [
        .with("fixed", ratio, "all alike") { .fixed($0) },
        .with(
          "uniform",
          .object("a range") { reader in
            let from = reader.read("from", ratio, "the least")
            let to = reader.read("to", ratio, "the most")
            if to < from { reader.report("`to` is less than `from`", at: "to") }
            return RatioDistribution.uniform(from: from, to: to)
          }, "any ratio between two, equally likely"
        ) { $0 },
        .with(
          "beta",
          .object("a beta distribution") { reader in
            RatioDistribution.beta(
              mean: reader.read("mean", .ratio(in: .above(0).below(1)), "before the venue's limit cuts it"),
              concentration: reader.read(
                "concentration", .number(in: .between(0.1, 10_000)),
                "a + b of the two shape parameters: the higher, the closer to the mean"))
          }, "given that it is within the venue's limit"
        ) { $0 },
      ],
      allowed: #"{ "fixed": "80%" }, { "uniform": { "from": …, "to": … } } or "#
        + #"{ "beta": { "mean": …, "concentration": … } }"#)
  }
}

extension ValueKind where Value == Latency {
  static var latency: ValueKind<Latency> {
    .variant(
      "a latency",
      [
        .with("fixed", .span(in: .from(0)), "always the same") { .fixed($0) },
        .with("exponential", .span(in: .from(1)), "drawn anew for each action, with this mean") {
          .exponential(mean: $0)
        },
      ])
  }
}
