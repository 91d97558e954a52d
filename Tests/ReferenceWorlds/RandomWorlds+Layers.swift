import Economy
import Kernel
import Ledger

extension RandomWorld {
  /// Stake pools, and layers that call them, stand in front of what a venue has already.
  mutating func addBackstops() {
    let tokenCount = tokens.count { $0.share == nil }
    let lenders = venues.indices.filter { !venues[$0].isStakePool }
    var pools: [(venue: VenueID, asset: AssetID)] = []
    for number in 0..<dice.integer(1...3) {
      let asset =
        dice.chance(0.5)
        ? venues[dice.pick(lenders)].debts[0].asset : AssetID(dice.integer(0...(tokenCount - 1)))
      guard tokens[asset.position].share == nil else { continue }
      let venue = VenueID(venues.count)
      venues.append(.init(stakePool: "stake\(number)", asset: asset))
      pools.append((venue, asset))
      let count = dice.integer(1...3)
      let each = dice.logarithmic(30, 3e4)
      populations.append(
        .lenders(
          id: "stakers\(number)", venue: venue, reserve: 0, count: count,
          size: .uniform(from: units(each, of: asset), to: units(each * 2, of: asset)), utilization: nil))
    }
    for place in lenders where dice.chance(0.7) {
      var layers: [WorldSpecification.Layer] = []
      for _ in 0..<dice.integer(1...3) { layers.append(layer(for: venues[place].debts.map(\.asset), pools)) }
      venues[place].waterfall = layers + venues[place].waterfall
    }
  }

  private mutating func layer(
    for lent: [AssetID], _ pools: [(venue: VenueID, asset: AssetID)]
  ) -> WorldSpecification.Layer {
    var settings = LayerSettings()
    let junior = pools.filter { [$0.asset] == lent }
    let kind = dice.integer(0...7)
    if kind == 0 { return .init(ReserveLayer.self, limits: limits(lent)) }
    if kind == 1 { return .init(AccruedInterest.self, limits: limits(lent)) }
    if kind <= 3, !junior.isEmpty {
      settings["junior"] = .venue(dice.pick(junior).venue)
      return .init(Tranches.self, settings, limits: limits(lent))
    }
    if kind <= 6, !pools.isEmpty {
      settings["stake"] = .venue(dice.pick(pools).venue)
      if dice.chance(0.6) { settings["maxSlash"] = .ratio(dice.pick([0.3, 0.5, 1])) }
      if dice.chance(0.4) { settings["fee"] = .ratio(dice.pick([0.02, 0.3])) }
      addLots(to: &settings)
      return .init(StakedBackstop.self, settings, limits: limits(lent))
    }
    let assets = dice.shuffle(tokens.indices.filter { tokens[$0].share == nil }.map { AssetID($0) })
    settings["balance"] = .holdings(
      assets.prefix(2).map { .init($0, units(dice.logarithmic(10, 3e4), of: $0)) })
    addLots(to: &settings)
    return .init(InsuranceFund.self, settings, limits: limits(lent))
  }

  private mutating func addLots(to settings: inout LayerSettings) {
    guard dice.chance(0.6) else { return }
    settings["lots"] = .count(dice.integer(1...6))
    if dice.chance(0.8) {
      settings["every"] = .duration(duration(dice.pick([0, 12, 600]) * RandomWorld.second))
    }
  }

  private mutating func limits(_ lent: [AssetID]) -> LayerLimits {
    var limits = LayerLimits()
    guard dice.chance(0.5) else { return limits }
    func limit(_ from: Double, _ to: Double) -> LayerValue.Holding {
      let asset = dice.pick(lent)
      return LayerValue.Holding(asset == lent[0] ? nil : asset, units(dice.logarithmic(from, to), of: asset))
    }
    switch dice.integer(0...3) {
    case 0: limits.cap = limit(30, 1e4)
    case 1: limits.capShare = dice.pick([0.1, 0.5, 0.9])
    case 2: limits.perEvent = limit(1, 1e4)
    default: limits.perDay = limit(30, 1e4)
    }
    return limits
  }
}
