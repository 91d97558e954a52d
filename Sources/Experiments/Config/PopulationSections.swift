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
  checkUtilization(sections, names)
  // What is mistaken elsewhere may be why a population seems to be of no use.
  guard names.diagnostics.count == 0 else { return sections.map(\.population) }
  for section in sections { checkUse(of: section, among: sections.map(\.population), names) }
  return sections.map(\.population)
}

private func checkUtilization(_ sections: [PopulationSection], _ names: ConfigNames) {
  var filled: [(venue: VenueID, reserve: Int)] = []
  for section in sections {
    guard case .lenders(_, let venue, let reserve, _, _, _?, _) = section.population else { continue }
    let others = sections.filter {
      if case .lenders(_, venue, reserve, _, _, _, _) = $0.population { true } else { false }
    }
    if others.count > 1, !filled.contains(where: { $0 == (venue, reserve) }) {
      filled.append((venue, reserve))
      names.diagnostics.reportRule(
        "`utilization` fixes all deposits of a venue, which has several populations of lenders",
        at: section.id.place,
        allowed: "one population of lenders a venue and asset where `utilization` is given")
    }
  }
}

/// A population that could not change anything is a mistake.
private func checkUse(
  of section: PopulationSection, among all: [WorldSpecification.Population], _ names: ConfigNames
) {
  switch section.population {
  case .liquidators(_, _, let terms): checkUse(of: terms, at: section.id.place, names)
  case .lenders(_, let venue, let reserve, _, _, _?, _):
    let hasBorrowers = all.contains {
      switch $0 {
      case .borrowers(_, venue, _, let debts, _, _, _, _): debts.contains { $0.place == reserve }
      case .loopers(_, venue, _, reserve, _, _, _, _, _): true
      default: false
      }
    }
    if !hasBorrowers {
      names.diagnostics.reportRule(
        "`utilization` of a venue without borrowers leaves nobody a deposit", at: section.id.place,
        allowed: "a population of borrowers of the same venue and asset, or no `utilization`")
    }
  case .lenders, .borrowers, .loopers, .bidders, .tokenHolders, .arbitrageurs, .noiseTraders:
    return
  }
}

private func checkUse(of terms: LiquidatorTerms, at place: Place, _ names: ConfigNames) {
  // Who sells later repays in its currency and nothing else.
  let repays: (AssetID) -> Bool = { terms.sellsAfter == nil || $0 == terms.currency }
  func serves(_ canTurn: (_ collateral: AssetID, _ debt: AssetID) -> Bool) -> Bool {
    names.venues.contains { venue in
      venue.collateral.contains { held in
        venue.debts.contains { debt in repays(debt.asset) && canTurn(held.asset, debt.asset) }
      }
    }
  }
  let currency = names.unit(of: terms.currency).symbol
  switch terms.market {
  case .pool(let pool) where pool.position < names.pools.count:
    let sold = names.pools[pool]
    if serves({ Set([$0, $1]) == [sold.base, sold.quote] }) { return }
    let later = terms.sellsAfter == nil ? "" : ", and who sells later repays only in \(currency)"
    names.diagnostics.reportRule(
      "no venue's collateral can be turned into what it lends in the pool `\(sold.name)`\(later)",
      at: place, allowed: "a pool of a venue's debt and one of its collaterals")
  case .pool: return
  case .outside:
    let collateral = names.venues.flatMap(\.collateral)
    guard !collateral.isEmpty else { return }
    if collateral.allSatisfy({ names.isShare($0.asset) }) {
      names.diagnostics.reportRule(
        "nobody outside buys a venue's shares, and every venue's collateral is one", at: place,
        allowed: "a `pool` that trades the share")
    } else if !serves({ !names.isShare($0) && $0 != $1 }) {
      names.diagnostics.reportRule(
        "no venue lends \(currency) against what can be sold outside, and who sells later repays in nothing "
          + "else", at: place, allowed: "a `currency` that some venue lends, or no `sellsAfter`")
    }
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
      ObjectCase("lender", "puts a venue's asset in and waits, or runs") { readLenders($0, names) },
      ObjectCase("staker", "puts an asset into a stake pool, and may leave it") { readStakers($0, names) },
      ObjectCase("tokenHolder", "holds a protocol's token, and may sell it") { readTokenHolders($0, names) },
      ObjectCase("borrower", "borrows against collateral") { readBorrowers($0, names) },
      ObjectCase("looper", "has posted what it borrowed, again and again") { readLoopers($0, names) },
      ObjectCase("liquidator", "repays loans below the threshold and sells their collateral in a pool") {
        readLiquidators($0, names)
      },
      ObjectCase("bidder", "pays for what protocols auction when they are short") {
        readBidders($0, names)
      },
      ObjectCase("arbitrageur", "keeps a pool's price near the reference") { readArbitrageurs($0, names) },
      ObjectCase("noiseTrader", "trades in a pool for reasons of its own") { readNoiseTraders($0, names) },
    ])
}

func readID(_ reader: ObjectReader) -> Placed<String> {
  reader.read("id", .placed(.identifier()), "the population's name: its members' draws hang on it")
}

func readCount(_ reader: ObjectReader) -> Int {
  Int(reader.read("count", .count(in: .between(1, 10_000_000)), "how many members it has"))
}

func readVenue(_ reader: ObjectReader, _ names: ConfigNames) -> VenueID {
  let name = reader.read("venue", .reference(to: names.venueNames), "which venue they use")
  return VenueID(names.venueNames.index(of: name) ?? 0)
}

/// Whether a venue is known and lends; one that lends to nobody is reported.
func checkLends(_ venue: VenueID, _ reader: ObjectReader, _ names: ConfigNames) -> Bool {
  guard venue.position < names.venues.count else { return false }
  let isVault = names.venues[venue].allocation != nil
  guard isVault || names.venues[venue].isStakePool else { return true }
  reader.report(
    isVault ? "a vault lends to nobody" : "a stake pool lends to nobody", at: "venue",
    allowed: "a lending pool or an isolated market")
  return false
}

func readPool(_ reader: ObjectReader, _ names: ConfigNames) -> PoolID {
  let name = reader.read("pool", .reference(to: names.poolNames), "which pool they trade in")
  return PoolID(names.poolNames.index(of: name) ?? 0)
}

private func readLenders(_ reader: ObjectReader, _ names: ConfigNames) -> PopulationSection {
  let id = readID(reader)
  let venue = readVenue(reader, names)
  let debts = names.debts(of: venue)
  var reserve = 0
  let asset = reader.readIfGiven(
    "asset", ValueKind<AssetID>.asset(names),
    "which of the venue's debt assets they put in; unsaid, its first")
  if let asset {
    if let place = debts.firstIndex(of: asset) {
      reserve = place
    } else if venue.position < names.venues.count {
      reader.report(
        "`\(names.venues[venue].name)` does not lend it", at: "asset", allowed: listed(symbols(debts, names)))
    }
  }
  let unit = names.unit(of: debts[reserve])
  return PopulationSection(
    id: id,
    population: .lenders(
      id: id.value, venue: venue, reserve: reserve, count: readCount(reader),
      size: reader.read("size", .size(in: unit), "each lender's deposit"),
      utilization: reader.readIfGiven(
        "utilization", .portion(in: .above(0).upTo(1)),
        "borrowed over deposited at the start; where given, sizes are only weights"),
      watch: readWatch(reader)))
}

func readWatch(_ reader: ObjectReader, sellsFor: AssetID? = nil) -> Watch? {
  let every = reader.readIfGiven(
    "watch", .span(in: .from(shortestPeriod)),
    "how often each of them looks whether to leave; unsaid, they never do")
  let runAt = reader.readIfGiven(
    "runAt", .ratioSpread(upTo: 1), "the expected loss, as a share of its claim, above which one leaves")
  let utilization = reader.readIfGiven(
    "leavesAtUtilization", .ratio(in: .above(0).upTo(1)), "the utilization from which on they leave")
  for key in ["runAt", "leavesAtUtilization"] where every == nil && reader.has(key) {
    reader.report("nobody looks", at: key, allowed: "`watch` beside it")
  }
  guard let every else { return nil }
  if runAt == nil, utilization == nil {
    reader.report(
      "nothing that they see makes them leave", at: "watch",
      allowed: "`runAt` or `leavesAtUtilization` beside it")
  }
  return Watch(every: every, runAt: runAt, leavesAtUtilization: utilization, sellsFor: sellsFor)
}

private func readBorrowers(_ reader: ObjectReader, _ names: ConfigNames) -> PopulationSection {
  let id = readID(reader)
  let venue = readVenue(reader, names)
  let terms = venue.position < names.venues.count ? names.venues[venue].collateral : []
  let lends = checkLends(venue, reader, names)
  let lent = names.debts(of: venue)
  let posted = reader.read("collateral", .mix(names), "what they post: an asset, or weights by value")
  let owed =
    reader.readIfGiven(
      "debt", .mix(names), "what they borrow: an asset, or weights by value; unsaid, the venue's first")
    ?? [MixEntry(asset: lent[0], weight: 1)]
  var collateral = [WorldSpecification.Part(0)]
  var debts = [WorldSpecification.Part(0)]
  if lends {
    let name = names.venues[venue].name
    collateral =
      parts(
        posted, among: terms.map(\.asset), at: "collateral", "`\(name)` does not lend against it", reader,
        names)
      ?? collateral
    debts = parts(owed, among: lent, at: "debt", "`\(name)` does not lend it", reader, names) ?? debts
  }
  if collateral.count + debts.count > Position.mostAssets {
    reader.report(
      "a position of \(collateral.count + debts.count) assets", at: "collateral",
      allowed: "at most \(Position.mostAssets) assets posted and borrowed in all")
  }
  if let asset = posted.map(\.asset).first(where: { owed.map(\.asset).contains($0) }), lent.count > 1 {
    reader.report("\(names.unit(of: asset).symbol) is both posted and borrowed", at: "collateral")
  }
  // A limit that was mistaken has been reported.
  let limit = terms.isEmpty ? 0 : collateral.limit(under: terms)
  return PopulationSection(
    id: id,
    population: .borrowers(
      id: id.value, venue: venue, collateral: collateral, debts: debts, count: readCount(reader),
      size: reader.read(
        "size", .size(in: names.unit(of: lent[debts[0].place])),
        "what their collateral is worth at the start, in the venue's debt asset"),
      ltv: reader.read("ltv", .ratioSpread(upTo: limit > 0 ? limit : 1), "how much of that is borrowed"),
      care: readCare(reader)))
}

private func readCare(_ reader: ObjectReader) -> Care? {
  let every = reader.readIfGiven(
    "watch", .span(in: .from(1)),
    "how often each of them looks after its position; unsaid, they never do")
  let health = ValueKind<Double>.number(in: .above(0).upTo(1000))
  let below = reader.readIfGiven(
    "topUpBelow", health, "the health, at published prices, below which one acts")
  let to = reader.readIfGiven("topUpTo", health, "the health that it restores, as far as its reserve goes")
  let reserve = reader.readIfGiven(
    "reserve", .portion(in: .above(0).upTo(1000)),
    "what each keeps for this, as a share of what it posts, or of what it borrows if it repays")
  let means = reader.readIfGiven(
    "topUpBy", .choice(Care.Means.self), "whether one posts more collateral or repays; unsaid, it posts")
  guard let every else {
    for key in ["topUpBelow", "topUpTo", "reserve", "topUpBy"] where reader.has(key) && !reader.has("watch") {
      reader.report("nobody looks", at: key, allowed: "`watch` beside it")
    }
    return nil
  }
  for key in ["topUpBelow", "topUpTo", "reserve"] where !reader.has(key) {
    reader.report("who looks after a position needs `\(key)`", at: "watch", allowed: "`\(key)` beside it")
  }
  guard let below, let to, let reserve else { return nil }
  if to < below {
    reader.report("`topUpTo` is less than `topUpBelow`", at: "topUpTo")
  }
  return Care(every: every, below: below, to: to, reserve: reserve, means: means ?? .collateral)
}

/// One asset of what borrowers post or borrow, with its weight.
private struct MixEntry {
  let asset: AssetID
  let weight: Double
}

extension ValueKind where Value == [MixEntry] {
  /// `"ETH"`, or `{ "ETH": 2, "BTC": 1 }`.
  fileprivate static func mix(_ names: ConfigNames) -> ValueKind {
    .forms(
      "a mix of assets",
      [
        .converted(ValueKind<AssetID>.asset(names)) { [MixEntry(asset: $0, weight: 1)] },
        .converted(
          .map(
            from: ValueKind<AssetID>.asset(names),
            to: ValueKind<Double>.number(in: .above(0).upTo(1e9), unit: "weight"))
        ) { $0.map { MixEntry(asset: $0.key, weight: $0.value) } }
        .constrained(by: ["minProperties": 1, "maxProperties": .integer(Int64(Position.mostAssets - 1))]),
      ])
  }
}

/// The places of a mix in a venue's list, in its order; nil after a mistake.
private func parts(
  _ mix: [MixEntry], among assets: [AssetID], at key: String, _ problem: String, _ reader: ObjectReader,
  _ names: ConfigNames
) -> [WorldSpecification.Part]? {
  guard !mix.isEmpty else {
    reader.report("a mix of nothing", at: key, allowed: "at least one asset")
    return nil
  }
  var parts: [WorldSpecification.Part] = []
  for entry in mix {
    guard let place = assets.firstIndex(of: entry.asset) else {
      if reader.has(key) { reader.report(problem, at: key, allowed: listed(symbols(assets, names))) }
      return nil
    }
    parts.append(WorldSpecification.Part(place, weight: entry.weight))
  }
  return parts.sorted { $0.place < $1.place }
}

private func symbols(_ assets: [AssetID], _ names: ConfigNames) -> [String] {
  assets.map { names.unit(of: $0).symbol }
}
