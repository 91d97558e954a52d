import Economy
import Kernel
import Ledger

func readWaterfall(
  _ reader: ObjectReader, _ debts: [AssetID], _ names: ConfigNames, default fallback: JSONNode? = nil
) -> [WorldSpecification.Layer] {
  let kind = ValueKind<[WorldSpecification.Layer]>.array(of: layerKind(LayerNames(lent: debts, names)))
  let meaning = "who bears a loss, in order; what nobody takes is `unresolved`"
  let layers =
    fallback.map { reader.read("waterfall", kind, default: $0, meaning) }
    ?? reader.read("waterfall", kind, meaning)
  for (index, layer) in layers.enumerated()
  where layer.type == Unresolved.self && index < layers.count - 1 {
    reader.report(
      "layers after `unresolved` are never asked", at: "waterfall", allowed: "`unresolved` last, or unsaid")
  }
  // Suppliers whose claims are cut without a limit leave nothing.
  if let last = layers.firstIndex(where: { $0.type == ProRata.self && $0.limits.areNone }),
    layers[(last + 1)...].contains(where: { $0.type != Unresolved.self })
  {
    reader.report(
      "layers after `proRata` are never reached", at: "waterfall",
      allowed: "`proRata` last, or with a limit such as `capShare`")
  }
  // What is promised for ever is never missed, so that nothing falls on.
  if let last = layers.firstIndex(where: { layer in
    layer.type == RevenueCapture.self && layer.limits.areNone && layer.settings.duration("lasts") == nil
  }), layers[(last + 1)...].contains(where: { $0.type != Unresolved.self }) {
    reader.report(
      "layers after `revenueCapture` are never reached", at: "waterfall",
      allowed: "`revenueCapture` last, or with `lasts`, or with a limit such as `capShare`")
  }
  return layers
}

/// An asset as amounts see it.
struct NamedUnit {
  let asset: AssetID
  let unit: AmountUnit
}

/// What the settings of a layer may refer to.
struct LayerNames {
  /// What the venue lends.
  let lent: [NamedUnit]
  /// An asset with a market of its own, and how amounts of it are written.
  let token: ValueKind<AssetID>
  let tokens: [NamedUnit]
  let unit: (AssetID) -> AmountUnit
  /// A stake pool above the venue, and what is staked there.
  let stakePool: ValueKind<VenueID>
  let staked: (VenueID) -> AssetID?
  let fund: ValueKind<FundID>

  /// What an amount without a name is of: what the venue lends, if that is one asset.
  fileprivate var only: AmountUnit? { lent.count == 1 ? lent[0].unit : nil }
}

extension LayerNames {
  init(lent debts: [AssetID], _ names: ConfigNames) {
    let lent = debts.isEmpty ? [AssetID(0)] : debts
    self.init(
      lent: lent.map { NamedUnit(asset: $0, unit: names.unit(of: $0)) }, token: .token(names),
      tokens: names.tokens.indices.map(AssetID.init).filter { !names.isShare($0) }
        .map { NamedUnit(asset: $0, unit: names.unit(of: $0)) },
      unit: { names.unit(of: $0) },
      stakePool: .converted(ValueKind<String>.reference(to: names.stakePoolNames)) { name in
        VenueID(names.venueNames.index(of: name) ?? 0)
      },
      staked: { venue in
        venue.position < names.venues.count ? names.venues[venue].debts.first?.asset : nil
      },
      fund: .converted(ValueKind<String>.reference(to: names.fundNames)) { name in
        FundID(names.fundNames.index(of: name) ?? 0)
      })
  }
}

/// A layer is read by what it declares of itself: a new file in the catalog can be said in a config at once.
/// Beside its own settings any layer but the last takes limits.
func layerKind(
  _ names: LayerNames, _ catalog: [any LossLayer.Type] = LayerCatalog.all
) -> ValueKind<WorldSpecification.Layer> {
  .variant(
    "a layer",
    catalog.map { layer in
      let declaration = layer.declaration
      guard layer != Unresolved.self else {
        return .plain(declaration.name, WorldSpecification.Layer(layer), declaration.summary)
      }
      let settings = ValueKind<WorldSpecification.Layer>.object("settings of \(declaration.name)") { reader in
        var settings = LayerSettings()
        for parameter in declaration.parameters {
          settings[parameter.name] = read(parameter, of: layer, reader, names)
        }
        let kinds = declaration.parameters.map(\.name)
        if kinds.contains("fund"), kinds.contains("balance"), reader.has("fund") == reader.has("balance") {
          reader.report(
            reader.has("fund") ? "two funds for one layer" : "nothing to pay with", at: "balance",
            allowed: "a `balance`, or the `fund` that it calls")
        }
        return WorldSpecification.Layer(layer, settings, limits: readLimits(reader, names))
      }
      return .with(declaration.name, settings, declaration.summary) { $0 }
    })
}

private func read(
  _ parameter: LayerDeclaration.Parameter, of layer: any LossLayer.Type, _ reader: ObjectReader,
  _ names: LayerNames
) -> LayerValue? {
  let mistakes = reader.diagnostics.count
  // What is said, and can be meant: only then is there more to be found wrong with it.
  var isSound: Bool { reader.has(parameter.name) && reader.diagnostics.count == mistakes }
  func value<Said>(_ kind: ValueKind<Said>, _ make: (Said) -> LayerValue) -> LayerValue? {
    let said =
      parameter.isRequired
      ? reader.read(parameter.name, kind, parameter.meaning)
      : reader.readIfGiven(parameter.name, kind, parameter.meaning)
    return said.map(make)
  }
  switch parameter.kind {
  case .amount: return value(.layerAmount(names)) { .amount($0.amount, of: $0.asset) }
  case .tokens:
    let tokens = value(.tokenAmount(names)) { .amount($0.amount, of: $0.asset) }
    if case .amount(_, of: let asset?)? = tokens, isSound,
      names.lent.contains(where: { $0.asset == asset })
    {
      reader.report(
        "nobody mints what the venue lends", at: parameter.name, allowed: "an amount of another asset")
    }
    return tokens
  case .holdings: return value(.layerHoldings(names)) { .holdings($0) }
  case .ratio: return value(.portion(in: .between(0, 1))) { .ratio($0) }
  case .duration: return value(.span(in: .from(0))) { .duration($0) }
  case .interval: return value(.span(in: .from(shortestPeriod))) { .duration($0) }
  case .count: return value(.count(in: .between(1, 10_000))) { .count(Int($0)) }
  case .word(let words): return value(.choice(of: words)) { .word($0) }
  case .fund: return value(names.fund) { .fund($0) }
  case .stakePool:
    let pool = value(names.stakePool) { .venue($0) }
    if layer.declaration.needs.contains(.stakeInLentAsset), isSound,
      case .venue(let venue)? = pool, let staked = names.staked(venue), names.lent.map(\.asset) != [staked]
    {
      reader.report(
        "it holds \(names.unit(staked).symbol), and the venue lends \(listed(names.lent.map(\.unit.symbol)))",
        at: parameter.name, allowed: "a stake pool of the one asset that the venue lends")
    }
    return pool
  }
}

/// Refuses layers that make no sense for a venue, each with its reason.
func checkWaterfall(
  _ layers: [WorldSpecification.Layer], keepsInterest: Bool, hasBorrowers: Bool, _ names: ConfigNames,
  _ reader: ObjectReader
) {
  for (place, layer) in layers.enumerated() {
    let name = layer.type.declaration.name
    checkFund(of: layer, named: "`\(name)` (layer \(place))", keepsInterest: keepsInterest, names, reader)
    for need in layer.type.declaration.needs {
      switch need {
      case .keptInterest where !keepsInterest:
        reader.report(
          "`\(name)` (layer \(place)) pays out of the interest that a venue keeps, and this one keeps none",
          at: "waterfall", allowed: "a `reserveFactor` above 0, or another layer")
      case .borrowers where !hasBorrowers:
        reader.report(
          "`\(name)` (layer \(place)) is for the losses of loans, and this venue makes none",
          at: "waterfall", allowed: "another layer")
      case .keptInterest, .borrowers, .stakeInLentAsset: break
      }
    }
  }
}

/// Refuses what is said of a fund that no run could honour.
private func checkFund(
  of layer: WorldSpecification.Layer, named name: String, keepsInterest: Bool, _ names: ConfigNames,
  _ reader: ObjectReader
) {
  let instance = layer.type.init(settings: layer.settings)
  if instance.refill > 0, !keepsInterest {
    reader.report(
      "\(name) is refilled out of the interest that a venue keeps, and this one keeps none", at: "waterfall",
      allowed: "a `reserveFactor` above 0, or no `refill`")
  }
  guard instance.rebalance != nil else { return }
  var holdings = instance.endowment
  if let fund = instance.fund {
    guard fund.position < names.funds.count else { return }
    holdings = names.funds[fund].holdings
  }
  if holdings.count(where: { !$0.amount.isZero }) < 2 {
    reader.report(
      "\(name) is rebalanced, and begins with one asset alone", at: "waterfall",
      allowed: "amounts of several assets, or no `rebalance`")
  }
}

/// A provision may turn out not to be needed: only layers that can be given back what they paid are asked.
func checkProvisions(
  _ layers: [WorldSpecification.Layer], _ recognition: Recognition, _ lent: [AssetID], _ names: ConfigNames,
  _ reader: ObjectReader
) {
  guard recognition == .onUndercollateralization else { return }
  for (place, layer) in layers.enumerated() {
    let made = layer.type.declaration.means
    var reason: String?
    if made.contains(.calls) || made.contains(.matched)
      || (made == [.nothing] && layer.type != Unresolved.self)
    {
      reason = "cannot be given back what it paid"
    }
    let instance = layer.type.init(settings: layer.settings)
    if let fund = instance.fund, fund.position < names.funds.count,
      names.funds[fund].holdings.contains(where: { $0.asset.map { lent != [$0] } ?? false })
    {
      reason = "would have to sell something first"
    }
    if instance.endowment.contains(where: { $0.asset.map { lent != [$0] } ?? (lent.count > 1) }) {
      reason = "would have to sell something first"
    }
    if let pool = instance.stakePool, pool.position < names.venues.count,
      lent != names.venues[pool].debts.map(\.asset)
    {
      reason = "would have to sell something first"
    }
    guard let reason else { continue }
    reader.report(
      "`\(layer.type.declaration.name)` (layer \(place)) \(reason), and a provision may be reversed",
      at: "waterfall", allowed: "another layer, or another `recognition`")
  }
}

/// What a config may say about how far a layer is called, beside its own settings.
enum LimitMeaning {
  static let cap = "the most that it bears in a run; unsaid, all that it can"
  static let capShare = "the most of a loss that it bears, as a share of it"
  static let perEvent = "the most that it bears of one loss"
  static let perDay = "the most that it bears in any day of the run"

  static let all = [("cap", cap), ("capShare", capShare), ("perEvent", perEvent), ("perDay", perDay)]
}

private func readLimits(_ reader: ObjectReader, _ names: LayerNames) -> LayerLimits {
  let amount = ValueKind<LayerValue.Holding>.limitAmount(names)
  var limits = LayerLimits()
  limits.cap = reader.readIfGiven("cap", amount, LimitMeaning.cap)
  limits.capShare = reader.readIfGiven(
    "capShare", .portion(in: .above(0).upTo(1)), LimitMeaning.capShare)
  limits.perEvent = reader.readIfGiven("perEvent", amount, LimitMeaning.perEvent)
  limits.perDay = reader.readIfGiven("perDay", amount, LimitMeaning.perDay)
  return limits
}

extension ValueKind where Value == LayerValue.Holding {
  /// An amount of something that the venue lends; without an asset where it lends nothing else.
  static func layerAmount(_ names: LayerNames) -> ValueKind {
    if let unit = names.only {
      return .converted(ValueKind<Amount>.money(of: unit)) { LayerValue.Holding(nil, $0) }
    }
    return .converted(ValueKind<NamedAmount>.amount(among: names.lent.map(\.unit))) { named in
      LayerValue.Holding(
        names.lent.first { $0.unit.symbol == named.symbol }?.asset, Amount(units: named.baseUnits))
    }
  }
}

extension ValueKind where Value == LayerValue.Holding {
  /// An amount that a layer bears at most: who says a share of it means another limit.
  fileprivate static func limitAmount(_ names: LayerNames) -> ValueKind {
    let amount = layerAmount(names)
    return ValueKind(shape: amount.shape) { reader in
      guard reader.node?.text?.last != "%" else {
        reader.report(
          Refusal(
            "this limit is an amount, not a share", notes: ["a share of each loss is said by `capShare`"]),
          allowed: amount.shape.allowed)
        return amount.read(reader.standingFor(nil))
      }
      return amount.read(reader)
    }
  }

  /// An amount of any asset, which it names: `"2M GOV"`.
  static func tokenAmount(_ names: LayerNames) -> ValueKind {
    .converted(ValueKind<NamedAmount>.amount(among: names.tokens.map(\.unit))) { named in
      LayerValue.Holding(
        names.tokens.first { $0.unit.symbol == named.symbol }?.asset ?? AssetID(0),
        Amount(units: named.baseUnits))
    }
  }
}

extension ValueKind where Value == [LayerValue.Holding] {
  /// What an account holds: an amount, or `{ "ETH": 500, "USDC": "1M" }`.
  static func layerHoldings(_ names: LayerNames) -> ValueKind {
    let mix = ValueKind<[MapEntry<AssetID, Amount>]>.map(
      from: names.token, describedAs: .money(of: names.lent[0].unit), each: { .money(of: names.unit($0)) })
    return .forms(
      "what an account holds",
      [
        .converted(ValueKind<LayerValue.Holding>.layerAmount(names)) { [$0] },
        .converted(mix.constrained(by: ["minProperties": 1])) { entries in
          entries.map { LayerValue.Holding($0.key, $0.value) }
        },
      ])
  }
}

/// A fund of the config.
struct FundSection {
  let id: Placed<String>
  let fund: WorldSpecification.Fund
}

func fundKind(_ names: ConfigNames) -> ValueKind<FundSection> {
  .object("a fund") { reader in
    let id = reader.read("id", .placed(.identifier()), "the fund's name")
    let holds = reader.read(
      "holds",
      ValueKind<[MapEntry<AssetID, Amount>]>.map(
        from: .token(names), describedAs: .money(of: names.unit(of: AssetID(0))),
        each: { .money(of: names.unit(of: $0)) }
      ).constrained(by: ["minProperties": 1]), "what it holds when the run begins")
    return FundSection(
      id: id,
      fund: WorldSpecification.Fund(
        name: id.value, holdings: holds.map { LayerValue.Holding($0.key, $0.value) }))
  }
}
