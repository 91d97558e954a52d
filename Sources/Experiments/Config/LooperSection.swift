import Economy
import Kernel
import Ledger

/// Borrowers who have posted what they borrowed, again and again.
func readLoopers(_ reader: ObjectReader, _ names: ConfigNames) -> PopulationSection {
  let id = readID(reader)
  let venue = readVenue(reader, names)
  let isKnown = venue.position < names.venues.count
  let lends = checkLends(venue, reader, names)
  let (terms, lent) = (isKnown ? names.venues[venue].collateral : [], names.debts(of: venue))
  let posted = reader.read("collateral", ValueKind<AssetID>.asset(names), "what they post")
  let owed =
    reader.readIfGiven(
      "debt", ValueKind<AssetID>.asset(names), "what they borrow; unsaid, the venue's first") ?? lent[0]
  /// Its place; the first after a mistake.
  func place(of asset: AssetID, among assets: [AssetID], at key: String, _ problem: String) -> Int {
    if let place = assets.firstIndex(of: asset) { return place }
    if lends, reader.has(key) {
      reader.report(
        "`\(names.venues[venue].name)` \(problem)", at: key,
        allowed: listed(assets.map { names.unit(of: $0).symbol }))
    }
    return 0
  }
  let collateral = place(of: posted, among: terms.map(\.asset), at: "collateral", "does not lend against it")
  let debt = place(of: owed, among: lent, at: "debt", "does not lend it")
  if posted == owed, reader.has("collateral") {
    reader.report("\(names.unit(of: posted).symbol) is both posted and borrowed", at: "collateral")
  }
  let limit = collateral < terms.count ? terms[collateral].maximumLTV : 1
  let count = readCount(reader)
  let size = reader.read(
    "size", .size(in: names.unit(of: lent[debt])), "what their own funds are worth, in what they borrow")
  let ltv = reader.read("ltv", .ratioSpread(upTo: limit), "the debt over the collateral that they want")
  let loops = reader.read(
    "loops", .count(in: .between(0, 1_000)),
    "how often they have posted what they had borrowed; none: plain borrowers")
  let watch = readLoopWatch(reader, posted, owed, names)
  if let watch, ltv.mostMeant > watch.deleverAbove {
    reader.warn(
      "some begin above it, and sell at their first look", at: "deleverAbove",
      allowed: "a ratio above what `ltv` draws")
  }
  return PopulationSection(
    id: id,
    population: .loopers(
      id: id.value, venue: venue, collateral: collateral, debt: debt, count: count, size: size, ltv: ltv,
      loops: Int(loops), watch: watch))
}

extension RatioDistribution {
  /// The most that is drawn; of a beta distribution, which has a tail up to any limit, its mean.
  fileprivate var mostMeant: Double {
    switch self {
    case .fixed(let ratio): ratio
    case .uniform(_, let to): to
    case .beta(let mean, _): mean
    }
  }
}

private func readLoopWatch(
  _ reader: ObjectReader, _ posted: AssetID, _ owed: AssetID, _ names: ConfigNames
) -> LoopWatch? {
  let every = reader.readIfGiven(
    "watch", .span(in: .from(1)), "how often each looks at its leverage; unsaid, they never do")
  let above = reader.readIfGiven(
    "deleverAbove", .ratio(in: .above(0).upTo(1)),
    "the debt over the collateral, at published prices, above which one sells collateral and repays")
  let below = reader.readIfGiven(
    "releverBelow", .ratio(in: .above(0).upTo(1)),
    "the ratio below which one borrows and posts more; unsaid, they never do")
  let pool = reader.readIfGiven(
    "pool", .reference(to: names.poolNames),
    "where one is turned into the other; unsaid, a share at its venue, anything else outside")
  guard let every else {
    for key in ["deleverAbove", "releverBelow", "pool"] where reader.has(key) && !reader.has("watch") {
      reader.report("nobody looks", at: key, allowed: "`watch` beside it")
    }
    return nil
  }
  if !reader.has("deleverAbove") {
    reader.report(
      "who looks after its leverage needs `deleverAbove`", at: "watch", allowed: "`deleverAbove` beside it")
  }
  if let above, let below, below >= above {
    reader.report(
      "they would borrow what they then repay", at: "releverBelow", allowed: "less than `deleverAbove`")
  }
  let market = market(pool, posted, owed, reader, names)
  guard let above else { return nil }
  return LoopWatch(every: every, deleverAbove: above, releverBelow: below, market: market)
}

private func market(
  _ pool: String?, _ posted: AssetID, _ owed: AssetID, _ reader: ObjectReader, _ names: ConfigNames
) -> LoopMarket {
  if let pool {
    let id = PoolID(names.poolNames.index(of: pool) ?? 0)
    if id.position < names.pools.count, posted != owed,
      Set([names.pools[id].base, names.pools[id].quote]) != [posted, owed]
    {
      reader.report(
        "`\(pool)` does not trade what they post for what they borrow", at: "pool",
        allowed: "a pool of \(names.unit(of: posted).symbol) and \(names.unit(of: owed).symbol)")
    }
    return .pool(id)
  }
  guard posted.position < names.tokens.count, let share = names.tokens[posted.position].share else {
    return .outside
  }
  if names.debts(of: share.venue).indices.contains(share.reserve),
    names.debts(of: share.venue)[share.reserve] != owed
  {
    reader.report(
      "\(names.unit(of: posted).symbol) is not a share of what they borrow", at: "watch",
      allowed: "a `pool` beside it")
  }
  return .venue
}
