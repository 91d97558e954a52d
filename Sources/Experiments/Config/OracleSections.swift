import Economy
import Kernel
import Ledger

struct OracleSection {
  let id: Placed<String>
  let oracle: Oracle
}

func oracleKind(_ names: ConfigNames) -> ValueKind<OracleSection> {
  .object("an oracle") { reader in
    let id = reader.read("id", .placed(.identifier()), "the oracle's name")
    let asset = reader.read("asset", .asset(names), "whose price it publishes")
    let source = reader.read(
      "source",
      .variant(
        "a source",
        [
          .plain("reference", Oracle.Source.reference, "the reference market"),
          .plain("fixed", Oracle.Source.fixed, "the price at the start, for ever"),
          .plain(
            "redemptionRate", Oracle.Source.redemptionRate,
            "of a venue's share: its worth on the venue's books, at the published price of what is behind it"
          ),
          .with("pool", .reference(to: names.poolNames), "a pool's price, moved by every trade in it") {
            .pool(PoolID(names.poolNames.index(of: $0) ?? 0))
          },
          .with("poolTwap", .poolTwap(names), "the geometric mean of a pool's price over a while") { $0 },
        ]), default: "reference", "what it reads")
    if let pool = source.pool, pool.position < names.pools.count,
      names.pools[pool].base != asset, names.pools[pool].quote != asset
    {
      reader.report("the pool does not trade the oracle's asset", at: "source")
    }
    checkSource(source, of: asset, reader, names)
    if source == .fixed { checkFixed(reader) }
    return OracleSection(
      id: id,
      oracle: Oracle(
        name: id.value, asset: asset, source: source,
        delay: reader.read("delay", .delay, default: "0s", "how long until venues see what it read"),
        deviation: reader.readIfGiven(
          "deviation", .ratio(in: .between(0, 1)),
          "a reading that differs by no more from the last one sent is not sent; unsaid, every one is") ?? 0,
        heartbeat: reader.readIfGiven(
          "heartbeat", .span(in: .from(shortestHeartbeat)),
          "after so long without sending anything it sends what it reads; unsaid, it stays silent"),
        outages: reader.readIfGiven(
          "outages", .array(of: .outage(until: names.horizon)), "whiles in which it neither reads nor sends")
          ?? [],
        staleAfter: reader.readIfGiven(
          "staleAfter", .span(in: .from(0)),
          "at a price that was published longer ago nobody is liquidated; unsaid, any price will do")))
  }
}

/// Of what an oracle does again and again: a run of years has some ten million of them.
private let shortestHeartbeat: Int64 = 1_000_000

private func checkFixed(_ reader: ObjectReader) {
  for key in ["deviation", "heartbeat", "outages", "staleAfter"] where reader.has(key) {
    reader.report(
      "a fixed price is published once and for all", at: key, allowed: "no `\(key)`, or another `source`")
  }
}

extension ValueKind where Value == Latency {
  /// `"30s"`, or `{ "exponential": "30s" }`.
  fileprivate static var delay: ValueKind<Latency> {
    .forms(
      "a delay",
      [
        .converted(.span(in: .from(0))) { .fixed($0) },
        .object("a drawn delay") { reader in
          .exponential(
            mean: reader.read("exponential", .span(in: .from(1)), "drawn for each reading, with this mean"))
        },
      ])
  }
}

extension ValueKind where Value == Oracle.Source {
  /// `{ "pool": "ETH-USDC", "window": "30m" }`.
  fileprivate static func poolTwap(_ names: ConfigNames) -> ValueKind {
    .object("a pool's average") { reader in
      let pool = reader.read("pool", .reference(to: names.poolNames), "the pool whose price it is of")
      let window = reader.read(
        "window", .span(in: .between(0, longest.microseconds)), "how long a while up to now it is taken over")
      if window.microseconds > names.horizon.microseconds, names.horizon > .start {
        reader.warn(
          "the window is longer than the run: its beginning never leaves the average", at: "window",
          allowed: "a while within `horizon`")
      }
      return .poolTwap(
        PoolID(names.poolNames.index(of: pool) ?? 0),
        window: window,
        every: reader.read(
          "every", .span(in: .from(shortestHeartbeat)), default: "12s",
          "how often it is read while it moves; unsaid, once a block of Ethereum"))
    }
  }
}

extension ValueKind where Value == Oracle.Outage {
  fileprivate static func outage(until horizon: SimTime) -> ValueKind<Oracle.Outage> {
    .object("an outage") { reader in
      let at = SimTime(microseconds: reader.read("at", .duration(in: .from(0)), "when it begins"))
      if at > horizon, horizon > .start {
        reader.report("the outage comes after the horizon", at: "at", allowed: "a time within `horizon`")
      }
      return Oracle.Outage(
        at: at,
        lasts: reader.read("lasts", .span(in: .from(1)), "how long it lasts"))
    }
  }
}

private func checkSource(
  _ source: Oracle.Source, of asset: AssetID, _ reader: ObjectReader, _ names: ConfigNames
) {
  let share = asset.position < names.tokens.count ? names.tokens[asset.position].share : nil
  switch source {
  case .reference where share != nil:
    reader.report(
      "a venue's share has no market of its own", at: "source",
      allowed: "\"redemptionRate\", \"fixed\", { \"pool\": … } or { \"poolTwap\": … }")
  case .redemptionRate:
    guard share == nil else { return names.needsPriceBehind(asset, at: reader.place(of: "asset")) }
    guard reader.has("asset") else { return }
    reader.report(
      "only a venue's share has a redemption rate", at: "source",
      allowed: "an asset that is some venue's `share`")
  case .reference, .pool, .poolTwap, .fixed: return
  }
}
