import Economy
import Kernel
import Ledger

/// Reads `populations` and the rules between them and the venues they use.
func readPopulations(_ reader: ObjectReader, _ names: ConfigNames) -> [WorldSpecification.Population] {
  let before = names.diagnostics.count
  let sections = reader.read(
    "populations", .array(of: populationKind(names)), default: .array([]), "who acts in this world")
  var declared = DeclaredNames("population")
  for section in sections { declared.declare(section.id, names.diagnostics) }
  // Rules between populations, only where each was understood.
  guard names.diagnostics.count == before else { return sections.map(\.population) }
  var filled: [VenueID] = []
  for section in sections {
    guard case .lenders(_, let venue, _, _, _?) = section.population else { continue }
    let others = sections.filter {
      if case .lenders(_, venue, _, _, _) = $0.population { true } else { false }
    }
    if others.count > 1, !filled.contains(venue) {
      filled.append(venue)
      names.diagnostics.report(
        "`utilization` fixes all deposits of a venue, which has several populations of lenders",
        at: section.id.place, allowed: "one population of lenders a venue where `utilization` is given")
    }
  }
  // What is mistaken elsewhere may be why a population seems to be of no use.
  guard names.diagnostics.count == 0 else { return sections.map(\.population) }
  for section in sections { checkUse(of: section, among: sections.map(\.population), names) }
  return sections.map(\.population)
}

/// A population that could not change anything is a mistake.
private func checkUse(
  of section: PopulationSection, among all: [WorldSpecification.Population], _ names: ConfigNames
) {
  switch section.population {
  case .liquidators(_, let pool, _, _, _, _):
    guard pool.position < names.pools.count else { return }
    let sold = names.pools[pool]
    let serves = names.venues.contains { venue in
      venue.collateral.contains { terms in
        (terms.asset == sold.base && venue.loanAsset == sold.quote)
          || (terms.asset == sold.quote && venue.loanAsset == sold.base)
      }
    }
    if !serves {
      names.diagnostics.report(
        "no venue's collateral can be turned into what it lends in the pool `\(sold.name)`",
        at: section.id.place, allowed: "a pool of a venue's debt and one of its collaterals")
    }
  case .lenders(_, let venue, _, _, _?):
    let hasBorrowers = all.contains {
      if case .borrowers(_, venue, _, _, _, _) = $0 { true } else { false }
    }
    if !hasBorrowers {
      names.diagnostics.report(
        "`utilization` of a venue without borrowers leaves nobody a deposit", at: section.id.place,
        allowed: "a population of borrowers of the same venue, or no `utilization`")
    }
  case .lenders, .borrowers, .arbitrageurs:
    return
  }
}

struct PopulationSection {
  let id: Placed<String>
  let population: WorldSpecification.Population
}

private func populationKind(_ names: ConfigNames) -> ValueKind<PopulationSection> {
  .object(
    "a population", choosing: "kind", "what its members do",
    [
      ObjectCase("lender", "puts a venue's asset in and waits") { readLenders($0, names) },
      ObjectCase("borrower", "borrows against collateral") { readBorrowers($0, names) },
      ObjectCase("liquidator", "repays loans below the threshold and sells their collateral in a pool") {
        readLiquidators($0, names)
      },
      ObjectCase("arbitrageur", "keeps a pool's price near the reference") { readArbitrageurs($0, names) },
    ])
}

private func readID(_ reader: ObjectReader) -> Placed<String> {
  reader.read("id", .placed(.identifier()), "the population's name: its members' draws hang on it")
}

private func readCount(_ reader: ObjectReader) -> Int {
  Int(reader.read("count", .count(in: .between(1, 10_000_000)), "how many members it has"))
}

private func readVenue(_ reader: ObjectReader, _ names: ConfigNames) -> VenueID {
  let name = reader.read("venue", .reference(to: names.venueNames), "which venue they use")
  return VenueID(names.venueNames.index(of: name) ?? 0)
}

private func readPool(_ reader: ObjectReader, _ names: ConfigNames) -> PoolID {
  let name = reader.read("pool", .reference(to: names.poolNames), "which pool they trade in")
  return PoolID(names.poolNames.index(of: name) ?? 0)
}

private func readLenders(_ reader: ObjectReader, _ names: ConfigNames) -> PopulationSection {
  let id = readID(reader)
  let venue = readVenue(reader, names)
  let unit = names.unit(of: names.loanAsset(of: venue))
  return PopulationSection(
    id: id,
    population: .lenders(
      id: id.value, venue: venue, count: readCount(reader),
      size: reader.read("size", .size(in: unit), "each lender's deposit"),
      utilization: reader.readIfGiven(
        "utilization", .portion(in: .above(0).upTo(1)),
        "borrowed over deposited at the start; where given, sizes are only weights")))
}

private func readBorrowers(_ reader: ObjectReader, _ names: ConfigNames) -> PopulationSection {
  let id = readID(reader)
  let venue = readVenue(reader, names)
  let unit = names.unit(of: names.loanAsset(of: venue))
  let asset = reader.read("collateral", ValueKind<AssetID>.asset(names), "what they post")
  var terms = 0
  var limit = 1.0
  if venue.position < names.venues.count {
    if let index = names.venues[venue].collateral.firstIndex(where: { $0.asset == asset }) {
      terms = index
      limit = names.venues[venue].collateral[index].maximumLTV
    } else if reader.has("collateral") {
      reader.report(
        "`\(names.venues[venue].name)` does not lend against it", at: "collateral",
        allowed: listed(names.venues[venue].collateral.map { names.unit(of: $0.asset).symbol }))
    }
  }
  return PopulationSection(
    id: id,
    population: .borrowers(
      id: id.value, venue: venue, collateral: terms, count: readCount(reader),
      size: reader.read(
        "size", .size(in: unit), "what their collateral is worth at the start, in the venue's debt asset"),
      ltv: reader.read("ltv", .ratioSpread(upTo: limit), "how much of that is borrowed")))
}

private func readLiquidators(_ reader: ObjectReader, _ names: ConfigNames) -> PopulationSection {
  let id = readID(reader)
  let pool = readPool(reader, names)
  let quote = pool.position < names.pools.count ? names.pools[pool].quote : AssetID(0)
  return PopulationSection(
    id: id,
    population: .liquidators(
      id: id.value, pool: pool, count: readCount(reader),
      latency: reader.read("latency", .latency, "how long after an alarm they act"),
      retry: reader.read(
        "retry", .span(in: .from(1)), default: "1m", "when they look again at what they passed over"),
      minimumProfit: reader.read(
        "minimumProfit", .money(of: names.unit(of: quote)), default: 0,
        "the least that a liquidation must leave them")))
}

private func readArbitrageurs(_ reader: ObjectReader, _ names: ConfigNames) -> PopulationSection {
  let id = readID(reader)
  let pool = readPool(reader, names)
  let quote = pool.position < names.pools.count ? names.pools[pool].quote : AssetID(0)
  return PopulationSection(
    id: id,
    population: .arbitrageurs(
      id: id.value, pool: pool, count: readCount(reader),
      latency: reader.read("latency", .span(in: .from(0)), "how long after a gap opens they trade"),
      capital: reader.read(
        "capital", .money(of: names.unit(of: quote), in: .above(0)),
        "the most that they can spend on one trade")))
}

extension ConfigNames {
  func loanAsset(of venue: VenueID) -> AssetID {
    venue.position < venues.count ? venues[venue].loanAsset : AssetID(0)
  }
}

// MARK: Distributions

extension ValueKind where Value == AmountDistribution {
  /// An amount, or how amounts are spread.
  static func size(in unit: AmountUnit) -> ValueKind<AmountDistribution> {
    let amount = ValueKind<Amount>.money(of: unit, in: .above(0))
    return .variant(
      "a size",
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
      ])
  }
}

extension ValueKind where Value == RatioDistribution {
  /// A ratio, or how ratios are spread, up to a limit.
  static func ratioSpread(upTo limit: Double) -> ValueKind<RatioDistribution> {
    let ratio = ValueKind<Double>.ratio(in: .above(0).upTo(limit))
    return .variant(
      "a ratio",
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
      ])
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
