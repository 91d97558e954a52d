import Economy
import Kernel
import Ledger

/// One experiment as its file says it: the world, the seeds, what to write.
///
///     let document = try ConfigReader.load(path: "experiments/first-loss.jsonc")
///     let reading = try ExperimentConfig.read(document)
///     reading.value.seeds.count
package struct ExperimentConfig: Sendable {
  package let name: String
  package let world: WorldSpecification
  package let seeds: SeedRange
  /// The same people in every run, where given; otherwise each run's seed draws them, too.
  package let populationSeed: UInt64?
  package let output: OutputSettings
  package let plan: PlanSections
  /// What decides the run's twin, apart from its seed; nil where it was not worth finding out.
  package var guaranteeDigest: Digest?

  package func populationSeed(forRun seed: UInt64) -> UInt64 { populationSeed ?? seed }

  /// Reads a config, or throws every mistake in it at once.
  package static func read(
    _ document: ConfigDocument
  ) throws(ReadingFailure) -> ConfigReader.Reading<ExperimentConfig> {
    try ConfigReader.read(document, kind)
  }

  /// The one description of a config: how it is read is also what is allowed.
  package static var kind: ValueKind<ExperimentConfig> {
    .object("an experiment") { reader in
      _ = reader.readIfGiven("extends", .text(), "a config that this one is laid over, by its path from here")
      let name = reader.read("name", .identifier(), "what the experiment is called in every table")
      let horizon = reader.read(
        "horizon", .duration(in: .above(0).upTo(longest.microseconds)), "how long each run lasts")
      let chain = reader.readIfGiven(
        "chain", .chain(until: SimTime(microseconds: horizon)),
        "the blocks that transactions wait for; without it whoever acts acts at once")
      let names = ConfigNames(reader, horizon: SimTime(microseconds: horizon))
      names.hasChain = chain != nil
      let processes = ProcessSettings(reader, names, horizon: horizon)
      let shocks = reader.read(
        "shocks", .array(of: shockKind(names, horizon: SimTime(microseconds: horizon))), default: .array([]),
        "scripted moves of reference prices, and of what oracles read")
      checkManipulations(shocks, reader, names)
      let world = WorldSpecification(
        horizon: SimTime(microseconds: horizon), chain: chain, tokens: names.tokens,
        shocks: shocks.compactMap { if case .price(let shock) = $0 { shock } else { nil } },
        pools: names.pools, oracles: names.oracles, venues: names.venues,
        populations: readPopulations(reader, names), tick: processes.tick,
        correlations: processes.correlations,
        manipulations: shocks.compactMap {
          if case .reading(let manipulation) = $0 { manipulation } else { nil }
        },
        governance: readGovernance(reader, names, horizon: SimTime(microseconds: horizon)),
        funds: names.funds)
      names.checkOracles()
      let seeds = reader.read("seeds", .seeds, default: "1", "which seeds to run, such as \"1..100\"")
      let populationSeed = reader.readIfGiven(
        "populationSeed", .integer(in: .between(0, SeedRange.largest)),
        "one seed for who exists in every run; without it each run's seed decides that, too")
      let output = reader.read("output", OutputSettings.kind, default: .object([]), "what to write")
      warnOfIdleSettings(of: world, output, reader)
      return ExperimentConfig(
        name: name, world: world, seeds: seeds, populationSeed: populationSeed.map { UInt64($0) },
        output: output,
        plan: PlanSections(reader))
    }
  }
}

/// Which tables to write besides those that are always written.
package struct OutputSettings: Hashable, Sendable {
  package let events: FactsKept
  /// Whether each run is compared with one in which nobody has to bear a loss.
  package let incidence: Bool
  /// Whether each holder's part of each loss is told.
  package let bearers: Bool

  /// `losses.csv` is made of facts, too: what has to be kept to write it.
  package var factsKept: FactsKept { events == .none ? .losses : events }

  static var kind: ValueKind<OutputSettings> {
    .object("the output") { output in
      OutputSettings(
        events: output.read(
          "events", .choice(FactsKept.self), default: "losses", "which facts `events.csv` keeps"),
        incidence: output.read(
          "incidence", .bool(), default: false,
          "whether to write `incidence.csv`, who really paid: every run with bad debt is run a second time, "
            + "with somebody from outside who fills every hole"),
        bearers: output.read(
          "bearers", .bool(), default: false,
          "whether to write `bearers.csv`, each holder's part of each loss")
      )
    }
  }
}

/// A hundred years: no clock, calendar or average of a run comes near the ends of its numbers.
let longest = SimDuration.hours(24 * 7 * 5_200)

/// Of what looks or ticks again and again: so short that a hundred years of it still have numbers of their
/// own, far below what any chain or person does.
let shortestPeriod: Int64 = 1_000

/// Consecutive seeds, `first` to `last`. At most 2⁵³, so that every table reader sees them exactly.
package struct SeedRange: Hashable, Sendable {
  package static let largest: Int64 = 1 << 53

  package let first: UInt64
  package let last: UInt64

  package var count: Int { Int(last - first) + 1 }

  package var all: ClosedRange<UInt64> { first...last }
}

extension ValueKind where Value == SeedRange {
  /// `"1..100"`, or one seed: `"7"` or `7`.
  package static var seeds: ValueKind {
    let words = seedWords
    return ValueKind(
      shape: words.shape.changed { $0.type = "seeds" }.bounded(by: .between(0, SeedRange.largest)) {
        .integer($0)
      }
    ) { reader in
      guard case .number(let digits)? = reader.node?.content else { return words.read(reader) }
      return words.read(reader.standingFor(JSONNode(.string(digits), range: reader.node?.range)))
    }
  }

  private static var seedWords: ValueKind {
    .parsed(
      "seeds", allowed: "\"first..last\" such as \"1..100\", or one seed such as \"7\", from 0 to 2^53",
      placeholder: SeedRange(first: 1, last: 1)
    ) { text throws(Refusal) in
      func seed(_ digits: Substring) throws(Refusal) -> UInt64 {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
          throw Refusal("these are not seeds")
        }
        guard let value = Int64(digits), value <= SeedRange.largest else {
          throw Refusal("the seed \(shortened(String(digits))) is too large")
        }
        return UInt64(value)
      }
      guard let dots = text.firstRange(of: "..") else {
        let only = try seed(text[...])
        return SeedRange(first: only, last: only)
      }
      let range = SeedRange(
        first: try seed(text[..<dots.lowerBound]), last: try seed(text[dots.upperBound...]))
      guard range.first <= range.last else { throw Refusal("the last seed comes before the first") }
      return range
    }.constrained(by: ["pattern": "^[0-9]+(\\.\\.[0-9]+)?$"])
  }
}
