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
      let cooldown = duration(dice.pick([horizon / 100, horizon / 40, horizon / 5]))
      venues.append(.init(stakePool: "stake\(number)", asset: asset, cooldown: cooldown))
      pools.append((venue, asset))
      let count = dice.integer(1...3)
      let each = dice.logarithmic(30, 3e4)
      populations.append(
        .lenders(
          id: "stakers\(number)", venue: venue, reserve: 0, count: count,
          size: .uniform(from: units(each, of: asset), to: units(each * 2, of: asset)), utilization: nil,
          watch: stakerWatch(asset)))
    }
    addBidders()
    for number in 0..<dice.integer(0...2) { funds.append(.init(name: "fund\(number)", holdings: mix())) }
    defer { contestRevenue(lenders) }
    defer { addTokenHolders() }
    defer { chooseRecognitions(lenders) }
    defer { if dice.chance(0.5) { addClub(of: lenders) } }
    for place in lenders where dice.chance(0.7) {
      var layers: [WorldSpecification.Layer] = []
      for _ in 0..<dice.integer(1...3) { layers.append(layer(for: venues[place], pools)) }
      venues[place].waterfall = layers + venues[place].waterfall
    }
  }

  private mutating func layer(
    for venue: WorldSpecification.Venue, _ pools: [(venue: VenueID, asset: AssetID)]
  ) -> WorldSpecification.Layer {
    let lent = venue.debts.map(\.asset)
    var settings = LayerSettings()
    let junior = pools.filter { [$0.asset] == lent }
    if dice.chance(0.5) { return newerLayer(for: venue) }
    let kind = dice.integer(-3...7)
    if kind <= 0, kind.isMultiple(of: 2) { return .init(ReserveLayer.self, limits: limits(lent)) }
    if kind <= 1 { return .init(AccruedInterest.self, limits: limits(lent)) }
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
    if funds.isEmpty || dice.chance(0.5) {
      settings["balance"] = .holdings(mix())
    } else {
      settings["fund"] = .fund(FundID(dice.integer(0...(funds.count - 1))))
    }
    // Dice of its own: the rest of the world is as it was without.
    var copy = dice
    if copy.chance(0.4) { settings["refill"] = .ratio(copy.pick([0.1, 0.5, 1])) }
    if copy.chance(0.5) {
      settings["rebalance"] = .duration(duration(max(1, horizon / Int64(copy.integer(3...40)))))
    }
    addLots(to: &settings)
    return .init(InsuranceFund.self, settings, limits: limits(lent))
  }

  private mutating func newerLayer(
    for venue: WorldSpecification.Venue
  ) -> WorldSpecification.Layer {
    let lent = venue.debts.map(\.asset)
    var settings = LayerSettings()
    switch dice.integer(1...5) {
    case 1 where venue.allocation == nil: return .init(Isolated.self, limits: limits(lent))
    case 2:
      settings["share"] = .ratio(dice.pick([0.3, 1]))
      if dice.chance(0.6) { settings["lasts"] = .duration(duration(horizon / 3)) }
      return .init(RevenueCapture.self, settings, limits: limits(lent))
    case 3:
      settings["balance"] = .holdings([.init(lent[0], units(dice.logarithmic(10, 1e5), of: lent[0]))])
      if dice.chance(0.5) { settings["incentive"] = .ratio(dice.pick([0, 0.05, 0.4])) }
      settings["lasts"] = .duration(duration(dice.pick([0, horizon / 50])))
      return .init(DebtAuction.self, settings, limits: limits(lent))
    default:
      let token = AssetID(dice.integer(0...(tokens.count { $0.share == nil } - 1)))
      settings["mints"] = .amount(units(dice.logarithmic(100, 1e5), of: token), of: token)
      if dice.chance(0.5) {
        settings["sale"] = .word("auction")
        settings["lasts"] = .duration(duration(dice.pick([0, horizon / 50])))
        if dice.chance(0.5) { settings["pad"] = .ratio(dice.pick([0, 0.1, 1])) }
        if dice.chance(0.5) { settings["attempts"] = .count(dice.integer(1...6)) }
      } else {
        addLots(to: &settings)
      }
      return .init(TokenDilution.self, settings, limits: limits(lent))
    }
  }

  /// All that lend an asset stand together behind its losses.
  private mutating func addClub(of lenders: [Int]) {
    let asset = venues[dice.pick(lenders)].debts[0].asset
    let pool = VenueID(venues.count)
    venues.append(.init(stakePool: "club", asset: asset))
    let each = dice.logarithmic(10, 3e3)
    populations.append(
      .lenders(
        id: "underwriters", venue: pool, reserve: 0, count: 2,
        size: .uniform(from: units(each, of: asset), to: units(each * 2, of: asset)), utilization: nil))
    // Not vaults: what they are called for would come back to them with the claims that they hold.
    for place in lenders
    where venues[place].allocation == nil && venues[place].debts.contains(where: { $0.asset == asset }) {
      var settings = LayerSettings()
      settings["pool"] = .venue(pool)
      if dice.chance(0.9) { settings["calls"] = .ratio(dice.pick([0.05, 0.3, 1])) }
      if dice.chance(0.7) { settings["premium"] = .ratio(dice.pick([0.2, 1])) }
      let layer = WorldSpecification.Layer(
        MutualPool.self, settings, limits: limits(venues[place].debts.map(\.asset)))
      venues[place].waterfall.insert(layer, at: dice.integer(0...min(1, venues[place].waterfall.count)))
    }
  }

  /// A provision is only for layers that can be given back what they paid, at once.
  private mutating func chooseRecognitions(_ lenders: [Int]) {
    for place in lenders where venues[place].allocation == nil {
      switch dice.integer(0...9) {
      case 0 where dice.chance(0.4): venues[place].recognition = .never
      case 1, 2:
        venues[place].recognition = .afterDelay(duration(dice.pick([0, horizon / 100, horizon / 10])))
      case 3, 4, 5:
        let lent = venues[place].debts.map(\.asset)
        let all = venues
        venues[place].waterfall.removeAll { layer in
          let means = layer.type.declaration.means
          let instance = layer.type.init(settings: layer.settings)
          let pool = instance.stakePool.map { all[$0].debts.map(\.asset) }
          return means.contains(.calls) || means.contains(.matched)
            || (means == [.nothing] && layer.type != Unresolved.self)
            || instance.fund != nil
            || instance.endowment.contains { $0.asset.map { [$0] != lent } ?? (lent.count > 1) }
            || (pool.map { $0 != lent } ?? false)
        }
        venues[place].recognition = .onUndercollateralization
      default: break
      }
    }
  }

  /// Two layers that want more than all that their venue keeps. Dice of their own.
  private mutating func contestRevenue(_ lenders: [Int]) {
    var copy = dice
    for place in lenders where venues[place].allocation == nil {
      guard venues[place].recognition != .onUndercollateralization, copy.chance(0.4) else { continue }
      let lent = venues[place].debts[0].asset
      var (fund, capture) = (LayerSettings(), LayerSettings())
      fund["balance"] = .holdings([.init(lent, units(copy.pick([1, 30]), of: lent))])
      fund["refill"] = .ratio(copy.pick([0.3, 0.6, 1]))
      capture["share"] = .ratio(copy.pick([0.5, 1]))
      if copy.chance(0.5) { capture["lasts"] = .duration(duration(horizon / 3)) }
      venues[place].waterfall.insert(.init(RevenueCapture.self, capture), at: 0)
      venues[place].waterfall.insert(.init(InsuranceFund.self, fund), at: 0)
    }
  }

  private mutating func mix() -> [LayerValue.Holding] {
    let assets = dice.shuffle(tokens.indices.filter { tokens[$0].share == nil }.map { AssetID($0) })
    return assets.prefix(2).map { .init($0, units(dice.logarithmic(10, 3e4), of: $0)) }
  }

  private mutating func stakerWatch(_ asset: AssetID) -> Watch? {
    guard dice.chance(0.9) else { return nil }
    let others = tokens.indices.map { AssetID($0) }.filter { $0 != asset && tokens[$0.position].share == nil }
    return Watch(
      every: duration(max(1, horizon / Int64(dice.integer(4...60)))),
      runAt: dice.pick([.fixed(0.001), .uniform(from: 0.01, to: 0.6)]),
      sellsFor: dice.chance(0.5) ? dice.pick(others) : nil)
  }

  /// Whoever holds what a venue may mint.
  private mutating func addTokenHolders() {
    let minted = Set(
      venues.flatMap(\.waterfall).compactMap { $0.type.init(settings: $0.settings).mints?.asset }
    ).sorted()
    for (number, token) in minted.enumerated() where dice.chance(0.7) {
      let others = tokens.indices.map { AssetID($0) }.filter {
        $0 != token && tokens[$0.position].share == nil
      }
      let each = dice.logarithmic(100, 1e5)
      populations.append(
        .tokenHolders(
          id: "holders\(number)", count: dice.integer(1...3), token: token,
          size: .uniform(from: units(each, of: token), to: units(each * 2, of: token)),
          currency: dice.pick(others), every: duration(max(1, horizon / Int64(dice.integer(4...60)))),
          sellAt: dice.pick([.fixed(1e-6), .uniform(from: 0.0001, to: 0.1)])))
    }
  }

  private mutating func addBidders() {
    let currencies = Set(venues.filter { !$0.isStakePool }.flatMap { $0.debts.map(\.asset) }).sorted()
    for (number, currency) in currencies.enumerated() where dice.chance(0.8) {
      let each = dice.logarithmic(300, 1e5)
      populations.append(
        .bidders(
          id: "bidders\(number)", count: dice.integer(1...4), currency: currency,
          capital: .uniform(from: units(each, of: currency), to: units(each * 3, of: currency)),
          discount: dice.pick([.fixed(0.05), .uniform(from: 0.01, to: 0.4)])))
    }
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
