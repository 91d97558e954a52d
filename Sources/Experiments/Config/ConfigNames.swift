import Economy
import Kernel
import Ledger

/// What a config declares, by name, in the order in which one thing may refer to another: assets, then pools,
/// oracles and venues.
final class ConfigNames {
  let diagnostics: Diagnostics
  /// How long runs last; the start where that was mistaken.
  let horizon: SimTime
  private(set) var assets = DeclaredNames("asset")
  private(set) var poolNames = DeclaredNames("pool")
  private(set) var oracleNames = DeclaredNames("oracle")
  private(set) var venueNames = DeclaredNames("venue")
  private(set) var fundNames = DeclaredNames("fund")
  private(set) var funds: [WorldSpecification.Fund] = []
  private(set) var stakePoolNames = DeclaredNames("stake pool")
  private(set) var tokens: [WorldSpecification.Token] = []
  private(set) var pools: [WorldSpecification.Pool] = []
  private(set) var oracles: [Oracle] = []
  private(set) var venues: [WorldSpecification.Venue] = []
  var hasChain = false
  /// Where a venue needs an asset's published price: checked once all oracles are known.
  private var priceNeeds: [(asset: AssetID, place: Place)] = []
  private var sharePrices: [(share: AssetID, place: Place)] = []
  /// What any oracle is for, its own name mistaken or not.
  private var pricedAssets: [AssetID] = []

  init(_ reader: ObjectReader, horizon: SimTime) {
    diagnostics = reader.diagnostics
    self.horizon = horizon
    expectNames(in: reader)
    let assets = reader.read(
      "assets", .array(of: .asset(until: horizon), count: .from(1)), "the tokens of this world")
    for asset in assets {
      let known = self.assets.names.count
      self.assets.declare(asset.id, diagnostics)
      if self.assets.names.count > known { tokens.append(asset.token) }
    }
    for share in namedShares(in: reader, tokens) {
      let known = self.assets.names.count
      self.assets.declare(share.id, diagnostics)
      if self.assets.names.count > known { tokens.append(share.token) }
    }
    for pool in reader.read(
      "pools", .array(of: poolKind(self)), default: .array([]), "where tokens are traded for one another")
    {
      let known = poolNames.names.count
      poolNames.declare(pool.id, diagnostics)
      if poolNames.names.count > known { pools.append(pool.pool) }
    }
    for oracle in reader.read(
      "oracles", .array(of: oracleKind(self)), default: .array([]), "who tells venues what a token is worth")
    {
      let known = oracleNames.names.count
      oracleNames.declare(oracle.id, diagnostics)
      pricedAssets.append(oracle.oracle.asset)
      guard oracleNames.names.count > known else { continue }
      // Without a single asset, which has been reported, every reference reads as the first.
      if !tokens.isEmpty, let other = oracles.firstIndex(where: { $0.asset == oracle.oracle.asset }) {
        diagnostics.reportRule(
          "a second oracle publishes a price of \(unit(of: oracle.oracle.asset).symbol)",
          at: oracle.id.place, allowed: "one oracle for each asset",
          notes: ["the first is `\(oracles[other].name)`"])
      }
      oracles.append(oracle.oracle)
    }
    let declared = reader.read(
      "funds", .array(of: fundKind(self)), default: .array([]),
      "capital that is there whether or not a layer calls it")
    for fund in declared {
      let known = fundNames.names.count
      fundNames.declare(fund.id, diagnostics)
      if fundNames.names.count > known { funds.append(fund.fund) }
    }
    // Each as soon as it is read: it may name those above it.
    let venue = ValueKind<Void>.converted(venueKind(self)) { self.declare($0) }
    _ = reader.read("venues", .array(of: venue, count: .from(1)), "the protocols")
  }

  private func expectNames(in reader: ObjectReader) {
    assets.expect(reader.peek("assets"))
    assets.expect(reader.peek("venues"), key: "share")
    poolNames.expect(reader.peek("pools"))
    oracleNames.expect(reader.peek("oracles"))
    fundNames.expect(reader.peek("funds"))
    venueNames.expect(reader.peek("venues"))
    stakePoolNames.expect(reader.peek("venues"))
    stakePoolNames.hint =
      "a stake pool is an entry of `venues`, before those whose layers call it: "
      + #"{ "id": "safety", "kind": "stakePool", "asset": "USDC" }"#
    for venue in reader.peek("venues")?.elements ?? [] {
      guard let id = venue["id"]?.text, let kind = venue["kind"]?.text else { continue }
      stakePoolNames.hints[id] =
        kind == "stakePool"
        ? "it is declared further down: a stake pool stands before the venues whose layers call it"
        : "it is a venue of kind `\(shortened(kind))`"
    }
  }

  private func declare(_ venue: VenueSection) {
    let known = venueNames.names.count
    // Before it has a name itself: a vault is not above itself.
    let resolved = venue.resolved?(self) ?? venue.venue
    venueNames.declare(venue.id, diagnostics)
    guard venueNames.names.count > known else { return }
    venues.append(resolved)
    if resolved.isStakePool { stakePoolNames.declare(venue.id, diagnostics) }
  }

  /// Base units of a token; the first declared where the reference was mistaken.
  func unit(of asset: AssetID) -> AmountUnit {
    guard asset.position < tokens.count else { return AmountUnit(symbol: "USDC", decimals: 8) }
    return AmountUnit(symbol: tokens[asset.position].name, decimals: tokens[asset.position].decimals)
  }

  /// What a venue lends; the first declared asset where the reference was mistaken.
  func debts(of venue: VenueID) -> [AssetID] {
    let lent = venue.position < venues.count ? venues[venue].debts.map(\.asset) : []
    return lent.isEmpty ? [AssetID(0)] : lent
  }

  func isShare(_ asset: AssetID) -> Bool {
    asset.position < tokens.count && tokens[asset.position].share != nil
  }

  func needsPrice(of asset: AssetID, at place: Place) { priceNeeds.append((asset, place)) }

  /// The published price of a share needs that of the asset behind it, which its venue will say.
  func needsPriceBehind(_ share: AssetID, at place: Place) { sharePrices.append((share, place)) }

  func checkOracles() {
    for (asset, place) in sharePrices {
      guard let share = tokens[asset.position].share, share.venue.position < venues.count else { continue }
      needsPrice(of: venues[share.venue].debts[0].asset, at: place)
    }
    for need in priceNeeds where !pricedAssets.contains(need.asset) {
      guard need.asset.position < tokens.count else { continue }
      diagnostics.reportRule(
        "no oracle publishes a price of \(tokens[need.asset.position].name)", at: need.place,
        allowed: "an asset with an entry in `oracles` (\"source\": \"fixed\" for a hard-coded price)",
        isOfName: true)
    }
  }
}

extension ValueKind where Value == AssetID {
  /// The name of a declared asset.
  static func asset(_ names: ConfigNames) -> ValueKind<AssetID> {
    .converted(ValueKind<String>.reference(to: names.assets)) { AssetID(names.assets.index(of: $0) ?? 0) }
  }
}

extension ValueKind where Value == AssetID {
  /// The name of an asset with a market of its own.
  static func token(_ names: ConfigNames) -> ValueKind<AssetID> {
    let asset = ValueKind<AssetID>.asset(names)
    return ValueKind(shape: asset.shape) { reader in
      let value = asset.read(reader)
      if reader.node != nil, names.isShare(value) {
        reader.report(
          Refusal("a venue's share has no market of its own"), allowed: "the id of one of `assets`")
        return AssetID(0)
      }
      return value
    }
  }
}

extension ValueKind where Value == Amount {
  /// An amount of a token as the ledger holds it. Not another `amount(of:in:)`: where a value's type is
  /// inferred, the two would be ambiguous.
  static func money(of unit: AmountUnit, in bounds: Bounds<Int64> = .from(0)) -> ValueKind<Amount> {
    .converted(ValueKind<Int64>.amount(of: unit, in: bounds)) { Amount(units: $0) }
  }
}

extension ValueKind where Value == SimDuration {
  static func span(in bounds: Bounds<Int64>) -> ValueKind<SimDuration> {
    .converted(ValueKind<Int64>.duration(in: bounds)) { SimDuration(microseconds: $0) }
  }
}
