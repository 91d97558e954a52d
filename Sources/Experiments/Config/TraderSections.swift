import Economy
import Kernel
import Ledger

// Populations that trade: those who liquidate, arbitrage, or make noise.

func readLiquidators(_ reader: ObjectReader, _ names: ConfigNames) -> PopulationSection {
  let id = readID(reader)
  let pool = reader.readIfGiven(
    "pool", .reference(to: names.poolNames),
    "the pool where they sell; without it they sell outside, at the reference price"
  ).map { PoolID(names.poolNames.index(of: $0) ?? 0) }
  let currency = readCurrency(reader, pool, names)
  let unit = names.unit(of: currency)
  let takesLosses = reader.read(
    "takesLosses", .bool(), default: false,
    "whether they take whatever they can pay for, at any loss, as keepers do that a protocol pays for it")
  let capital = reader.read(
    "capital", .money(of: unit), default: 0, "what each begins with; losses and bids come out of it")
  let sellsAfter = reader.readIfGiven(
    "sellsAfter", .span(in: .from(1)),
    "how long they hold what they seize, having repaid out of their capital; without it they sell at once")
  let bid = readBid(reader, unit, capital, names)
  if sellsAfter != nil, capital.isZero {
    reader.report(
      "who sells later repays out of capital, and there is none", at: "sellsAfter",
      allowed: "together with `capital`")
  }
  if takesLosses, reader.has("minimumProfit") {
    reader.report("who takes losses has no least profit", at: "minimumProfit", allowed: "one of the two")
  }
  let minimumProfit = reader.read(
    "minimumProfit", .money(of: unit), default: 0,
    "the least that a liquidation must leave them, bids paid")
  return PopulationSection(
    id: id,
    population: .liquidators(
      id: id.value, count: readCount(reader),
      terms: LiquidatorTerms(
        market: pool.map { .pool($0) } ?? .outside, currency: currency,
        latency: reader.read("latency", .latency, "how long after an alarm they act"),
        retry: reader.read(
          "retry", .span(in: .from(1)), default: "1m", "when they look again at what they passed over"),
        minimumProfit: takesLosses ? nil : minimumProfit, capital: capital, sellsAfter: sellsAfter, bid: bid))
  )
}

/// A pool's quote asset, or what is said where there is no pool.
private func readCurrency(_ reader: ObjectReader, _ pool: PoolID?, _ names: ConfigNames) -> AssetID {
  let said = reader.readIfGiven(
    "currency", ValueKind<AssetID>.token(names),
    "what their amounts are in, and what they repay in; with a `pool` it is the pool's quote asset")
  guard let pool else {
    if said == nil, !reader.has("currency") {
      reader.report(
        "who sells outside needs a `currency`", at: "currency", allowed: "an asset, or a `pool` instead")
    }
    return said ?? AssetID(0)
  }
  guard pool.position < names.pools.count else { return AssetID(0) }
  let quote = names.pools[pool].quote
  if let said, said != quote {
    reader.report(
      "the pool's quote asset is another", at: "currency",
      allowed: "\(names.unit(of: quote).symbol), or no `currency`")
  }
  return quote
}

private func readBid(
  _ reader: ObjectReader, _ unit: AmountUnit, _ capital: Amount, _ names: ConfigNames
) -> AmountDistribution? {
  let bid = reader.readIfGiven("bid", .size(in: unit), "what each bids for a place in a block")
  guard bid != nil else { return nil }
  if !names.hasChain {
    reader.report("there are no blocks to bid for", at: "bid", allowed: "together with `chain`")
  } else if capital.isZero {
    reader.report("bids are paid out of capital, and there is none", at: "bid", allowed: "with `capital`")
  }
  return bid
}

func readArbitrageurs(_ reader: ObjectReader, _ names: ConfigNames) -> PopulationSection {
  let id = readID(reader)
  let pool = readPool(reader, names)
  let quote = pool.position < names.pools.count ? names.pools[pool].quote : AssetID(0)
  let capital = reader.read(
    "capital", .money(of: names.unit(of: quote), in: .above(0)),
    "the most that they can spend on one trade")
  if pool.position < names.pools.count, names.isShare(names.pools[pool].base) || names.isShare(quote) {
    reader.report(
      "a venue's share has no outside market to trade the pool's gap with", at: "pool",
      allowed: "a pool of two of `assets`")
  }
  return PopulationSection(
    id: id,
    population: .arbitrageurs(
      id: id.value, pool: pool, count: readCount(reader),
      latency: reader.read("latency", .span(in: .from(0)), "how long after a gap opens they trade"),
      capital: capital, bid: readBid(reader, names.unit(of: quote), capital, names)))
}

func readNoiseTraders(_ reader: ObjectReader, _ names: ConfigNames) -> PopulationSection {
  let id = readID(reader)
  let pool = readPool(reader, names)
  let quote = pool.position < names.pools.count ? names.pools[pool].quote : AssetID(0)
  let unit = names.unit(of: quote)
  let capital = reader.read(
    "capital", .money(of: unit, in: .above(0)),
    "what each begins with in the pool's quote asset; and in its base asset as much worth")
  if pool.position < names.pools.count, names.isShare(names.pools[pool].base) || names.isShare(quote) {
    reader.report(
      "a venue's share is not handed out, only issued for deposits", at: "pool",
      allowed: "a pool of two of `assets`")
  }
  return PopulationSection(
    id: id,
    population: .noiseTraders(
      id: id.value, pool: pool, count: readCount(reader),
      every: reader.read("every", .span(in: .from(1)), "the mean time between the trades of one of them"),
      size: reader.read("size", .size(in: unit), "what a trade is worth, in the pool's quote asset"),
      capital: capital, bid: readBid(reader, unit, capital, names)))
}

func readBidders(_ reader: ObjectReader, _ names: ConfigNames) -> PopulationSection {
  let id = readID(reader)
  let currency = reader.read("currency", .token(names), "what they pay in")
  return PopulationSection(
    id: id,
    population: .bidders(
      id: id.value, count: readCount(reader), currency: currency,
      capital: reader.read("capital", .size(in: names.unit(of: currency)), "what each has to spend"),
      discount: reader.read(
        "discount", .ratioSpread(upTo: 0.99),
        "how far below its price each wants what it buys, at least")))
}

func readStakers(_ reader: ObjectReader, _ names: ConfigNames) -> PopulationSection {
  let id = readID(reader)
  let pool = reader.read(
    "stake", .reference(to: names.stakePoolNames), "the stake pool that they put it into")
  let venue = VenueID(names.venueNames.index(of: pool) ?? 0)
  let unit = names.unit(of: names.debts(of: venue)[0])
  let currency = reader.readIfGiven(
    "sellsFor", .token(names), "what they sell for once they are out; unsaid, they keep what they staked")
  let watch = readWatch(reader, sellsFor: currency)
  if currency != nil, watch == nil {
    reader.report("nobody looks, so nobody ever gets out", at: "sellsFor", allowed: "`watch` beside it")
  }
  return PopulationSection(
    id: id,
    population: .lenders(
      id: id.value, venue: venue, reserve: 0, count: readCount(reader),
      size: reader.read("size", .size(in: unit), "each staker's stake"), utilization: nil, watch: watch))
}

func readTokenHolders(_ reader: ObjectReader, _ names: ConfigNames) -> PopulationSection {
  let id = readID(reader)
  let token = reader.read("token", .placed(.token(names)), "the token that they hold")
  names.needsPrice(of: token.value, at: token.place)
  return PopulationSection(
    id: id,
    population: .tokenHolders(
      id: id.value, count: readCount(reader), token: token.value,
      size: reader.read("size", .size(in: names.unit(of: token.value)), "what each of them holds"),
      currency: reader.read("sellsFor", .token(names), "what they sell it for"),
      every: reader.read("watch", .span(in: .from(1)), "how often each of them looks whether to sell"),
      sellAt: reader.read(
        "sellAt", .ratioSpread(upTo: 1),
        "the expected minting, as a share of the token's worth, above which one sells all")))
}
