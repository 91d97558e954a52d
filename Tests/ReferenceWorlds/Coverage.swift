import Economy
import Kernel
import Ledger

/// What has fired in a set of runs: a law that held in quiet worlds has not been tested.
///
///     var coverage = Coverage()
///     coverage.count(outcome.facts, of: specification)
///     print(coverage.table)
package struct Coverage: Sendable {
  package private(set) var worlds = 0
  package private(set) var worldsWithALoss = 0
  package private(set) var alarms = 0
  /// Events of one world that are roots and left a fact: whatever but a heartbeat makes an oracle speak does.
  private var movers: Set<EventID> = []
  /// By what it is called in the table.
  package private(set) var counts: [String: Int]

  /// Everything that must fire, named before anything has: what never fires is then seen as a zero.
  package init() {
    counts = [:]
    let facts: [Fact] = [
      .priceStepped(asset: AssetID(0), price: 0), .pricePublished(oracle: OracleID(0), price: 0),
      .interestAccrued(venue: VenueID(0), reserve: 0, interest: .zero, index: 0),
      .becameLiquidatable(position: PositionID(0), health: 0),
      .liquidated(
        position: PositionID(0), liquidator: LiquidatorID(0), reserve: 0, collateral: AssetID(0),
        repaid: .zero, seized: .zero, price: 0),
      .passedOver(position: PositionID(0), liquidator: LiquidatorID(0)),
      .soldOutside(
        trader: AccountID(0), asset: AssetID(0), sold: .zero, forAsset: AssetID(0), bought: .zero),
      .sent(trader: AccountID(0), currency: AssetID(0), bid: .zero),
      .included(trader: AccountID(0), currency: AssetID(0), fee: .zero, waited: .zero),
      .reverted(position: PositionID(0), liquidator: LiquidatorID(0)),
      .blockMade(number: 0, included: 0, others: 0, waiting: 0),
      .swapped(
        pool: PoolID(0), trader: AccountID(0), asset: AssetID(0), sold: .zero, bought: .zero, price: 0),
      .recognised(loss: 0, origin: .position(PositionID(0)), reserve: 0, amount: .zero),
      .absorbed(
        loss: 0, venue: VenueID(0), reserve: 0, step: 0, taken: .zero, promised: .zero, left: .zero),
      .badDebtOccurred(venue: VenueID(0), microdollars: 0),
      .minted(loss: 0, venue: VenueID(0), token: AssetID(0), amount: .zero),
      .healed(venue: VenueID(0), reserve: 0, amount: .zero),
      .guaranteed(loss: 0, venue: VenueID(0), reserve: 0, amount: .zero),
      .bore(loss: 0, venue: VenueID(0), reserve: 0, holder: AccountID(0), amount: .zero),
      .auctioned(
        loss: 0, venue: VenueID(0), reserve: 0, winner: nil, paid: .zero, asset: AssetID(0), won: .zero),
      .cooldownBegan(holder: AccountID(0), pool: VenueID(0)),
      .provisioned(position: PositionID(0), reserve: 0, amount: .zero),
      .restored(loss: 0, venue: VenueID(0), reserve: 0, step: 0, by: .nothing, amount: .zero, kept: .zero),
      .premiumPaid(venue: VenueID(0), reserve: 0, pool: VenueID(0), amount: .zero),
      .refilled(venue: VenueID(0), reserve: 0, step: 0, amount: .zero),
      .rebalanced(
        venue: VenueID(0), step: 0, asset: AssetID(0), sold: .zero, forAsset: AssetID(0), bought: .zero),
      .slashed(loss: 0, pool: VenueID(0), amount: .zero), .returned(pool: VenueID(0), amount: .zero),
      .promiseKept(loss: 0, venue: VenueID(0), reserve: 0, step: 0, paid: .zero, outstanding: .zero),
      .promiseBroken(loss: 0, venue: VenueID(0), reserve: 0, step: 0, shortfall: .zero),
      .withdrew(
        holder: AccountID(0), venue: VenueID(0), reserve: 0, shares: .zero, wanted: .zero, paid: .zero,
        utilization: 0),
      .queued(holder: AccountID(0), vault: VenueID(0), shares: .zero),
      .marked(vault: VenueID(0), holding: 0, from: .zero, to: .zero),
      .drawn(vault: VenueID(0), holding: 0, from: .zero, to: .zero),
      .placed(vault: VenueID(0), holding: 0, paid: .zero, from: .zero, to: .zero),
      .readingManipulated(oracle: OracleID(0), factor: 1),
      .toppedUp(position: PositionID(0), asset: AssetID(0), posted: .zero),
      .paidDown(position: PositionID(0), reserve: 0, repaid: .zero),
      .borrowed(position: PositionID(0), reserve: 0, borrowed: .zero),
      .governed(venue: VenueID(0), collateral: AssetID(0), threshold: 0, bonus: 0),
    ]
    for fact in facts { counts["fact \(fact.kind)"] = 0 }
    for layer in LayerCatalog.all where layer.declaration.means != [.nothing] {
      counts["layer \(layer.declaration.name), taken > 0"] = 0
    }
    for name in [
      "layer unresolved, left > 0", "layer limited by cap", "layer limited by capShare",
      "layer limited by perEvent", "layer limited by perDay", "layer insuranceFund, limited by its balance",
      "layer stakedBackstop, limited by maxSlash", "layer insuranceFund promises",
      "layer stakedBackstop promises", "layer tokenDilution promises",
      "layer debtAuction promises", "layer revenueCapture promises", "auction won", "auction without a bid",
      "loss called from a member", "restored to unresolved", "restored to proRata",
      "restored to the guarantor",
      "restored to another layer",
      "trader arbitrageur sells base", "trader arbitrageur sells quote", "trader liquidator sells base",
      "trader liquidator sells quote", "trader noiseTrader sells base", "trader noiseTrader sells quote",
      "looper in a pool", "looper outside", "looper at a share's venue", "looper borrows", "noise in a block",
      "latency fixed", "latency exponential", "latency zero",
      "oracle reference", "oracle pool", "oracle poolTwap", "oracle poolTwap over no time", "rounds > 0",
      "rounds > 1", "two roots at one instant",
      "liquidation partial", "liquidation whole", "hidden bad debt heals", "interest on a curve",
      "interest beyond the first asset", "position of 2 assets falls", "position of 3 assets falls",
      "position of 4 assets falls", "liquidation beyond the first debt",
      "liquidation beyond the first collateral",
      "block fee", "block with some left waiting", "block shared with others",
      "liquidation by a firm that takes losses", "liquidation by a firm that sells later",
      "second loss of one position", "loss beyond the first asset", "withdrawal whole", "withdrawal partial",
      "withdrawal refused", "withdrawal by a vault", "withdrawal from the queue",
      "withdrawal from a vault's venues", "withdrawal by a curator", "mark up",
      "mark down",
      "loss passed on", "loss passed on twice", "loss that a vault leaves unresolved",
      "oracle redemptionRate", "oracle after a drawn delay", "oracle with a deviation",
      "oracle by its heartbeat", "oracle after an outage", "liquidation refused at a stale price",
      "called because terms changed", "share liquidated", "swap on a stable curve",
      "loss of a market against shares",
    ] + Coverage.processes.map({ "process \($0)" }) + ["process shocked", "process correlated"]
      + ["impact linear, traded", "impact squareRoot, traded", "impact decays", "impact on both legs"]
    {
      counts[name] = 0
    }
  }

  package mutating func count(_ facts: [FactRecord], of world: WorldSpecification) {
    worlds += 1
    let names = Names(world)
    var isLossy = false
    var hidden: [VenueID: Int64] = [:]
    var lastRoot: FactRecord?
    var asked = Amount.zero
    var lost: PositionID?
    var passedOn: Set<Int32> = []
    var told: [AssetID: (at: SimTime, by: OracleID)] = [:]
    movers = []
    var governed: Set<EventID> = []
    for (index, record) in facts.enumerated() {
      if record.header.cause == nil { movers.insert(record.header.id) }
      add("fact \(record.fact.kind)")
      if record.header.round > 0 { add("rounds > 0") }
      if record.header.round > 1 { add("rounds > 1") }
      if record.header.cause == nil {
        if let last = lastRoot, last.header.time == record.header.time, last.header.id != record.header.id {
          add("two roots at one instant")
        }
        lastRoot = record
      }
      switch record.fact {
      case .pricePublished(let oracle, _):
        told[world.oracles[oracle].asset] = (record.header.time, oracle)
        count(world.oracles[oracle], publishing: record.header)
        switch world.oracles[oracle].source {
        case .pool: add("oracle pool")
        case .poolTwap(_, let window, _): add("oracle poolTwap\(window > .zero ? "" : " over no time")")
        case .redemptionRate: add("oracle redemptionRate")
        case .reference, .fixed: add("oracle reference")
        }
      case .becameLiquidatable(let position, _):
        alarms += 1
        if let cause = record.header.cause, governed.contains(cause) { add("called because terms changed") }
        add("position of \(names.positions[position.position].assets) assets falls")
      case .liquidated(let position, let liquidator, let reserve, let collateral, _, _, _):
        let struck = names.positions[position.position]
        let venue = world.venues[struck.venue]
        if world.tokens[collateral.position].share != nil { add("share liquidated") }
        if Int(reserve) != struck.debts[0] { add("liquidation beyond the first debt") }
        if collateral != venue.collateral[struck.collateral[0]].asset {
          add("liquidation beyond the first collateral")
        }
        let firm = names.liquidators[liquidator.position]
        if firm.sellsAfter != nil { add("liquidation by a firm that sells later") }
        if firm.minimumProfit == nil { add("liquidation by a firm that takes losses") }
        switch firm.latency {
        case .fixed(.zero): add("latency zero")
        case .fixed: add("latency fixed")
        case .exponential: add("latency exponential")
        }
        // What follows a liquidation that is not the position's last: the same position again, later.
        let next = facts[(index + 1)...].first { later in
          if case .recognised(_, .position(let position), _, _) = later.fact {
            return record.fact.liquidates(position)
          }
          if case .liquidated(let position, _, _, _, _, _, _) = later.fact {
            return record.fact.liquidates(position)
          }
          return false
        }
        if let next, case .liquidated = next.fact {
          add("liquidation partial")
        } else {
          add("liquidation whole")
        }
      case .swapped(let pool, let trader, let asset, _, _, _):
        if world.pools[pool].curve != .constantProduct { add("swap on a stable curve") }
        let side = world.pools[pool].base == asset ? "base" : "quote"
        let isNoise = names.noiseTraders.contains(trader.position)
        let isArbitrage = names.arbitrageurs.contains(trader.position)
        if names.loopers[trader.position] != nil {
          add("looper in a pool")
        } else {
          add("trader \(isNoise ? "noiseTrader" : isArbitrage ? "arbitrageur" : "liquidator") sells \(side)")
        }
        if isNoise, record.header.cause != nil { add("noise in a block") }
      case .withdrew(let holder, _, _, let shares, let wanted, let paid, _):
        let part = shares.isZero ? "refused" : paid < wanted ? "partial" : "whole"
        add("withdrawal \(part)")
        let isVault = names.vaults.contains(holder.position)
        if names.loopers[holder.position] != nil { add("looper at a share's venue") }
        if isVault { add("withdrawal by a vault") }
        if !isVault, record.header.phase == .settlement { add("withdrawal from the queue") }
      case .drawn:
        add("withdrawal from a vault's venues")
        if record.header.phase == .reaction, !names.isForSomebody(record.header.id, in: facts[index...]) {
          add("withdrawal by a curator")
        }
      case .marked(_, _, let from, let to): add(from < to ? "mark up" : "mark down")
      case .recognised(let loss, .passedOn(_, _, let parent), _, let amount):
        asked = amount
        add("loss passed on")
        if passedOn.contains(parent) { add("loss passed on twice") }
        passedOn.insert(loss)
      case .recognised(_, .position(let position), let reserve, let amount):
        if world.venues[names.positions[position.position].venue].name == "shareMarket" {
          add("loss of a market against shares")
        }
        isLossy = true
        asked = amount
        if reserve > 0 { add("loss beyond the first asset") }
        if lost == position { add("second loss of one position") }
        lost = position
      case .absorbed(_, let venue, let reserve, let step, let taken, _, let left):
        let asset = world.venues[venue].debts[Int(reserve)].asset
        count(
          names.layers[venue.position][Int(step)], of: world.venues[venue], asset, asked: asked, taken: taken,
          left: left)
        asked = left
        if world.venues[venue].allocation != nil, left > .zero,
          Int(step) == names.layers[venue.position].count - 1
        {
          add("loss that a vault leaves unresolved")
        }
      case .badDebtOccurred(let venue, let microdollars):
        if let before = hidden[venue], microdollars < before { add("hidden bad debt heals") }
        hidden[venue] = microdollars
      case .interestAccrued(let venue, let reserve, _, _):
        let rate = world.venues[venue].debts[Int(reserve)].rate
        if rate.slopeBelow + rate.slopeAbove > 0 { add("interest on a curve") }
        if reserve > 0 { add("interest beyond the first asset") }
      case .included(_, _, let fee, _):
        if !fee.isZero { add("block fee") }
      case .blockMade(_, let included, let others, let waiting):
        if waiting > 0 { add("block with some left waiting") }
        if waiting > 0, included > 0, others > 0 { add("block shared with others") }
      case .priceStepped(let asset, _):
        let token = world.tokens[asset.position]
        if let impact = token.impact {
          if case .linear = impact.shape, record.header.cause != nil { add("impact linear, traded") }
          if case .squareRoot = impact.shape, record.header.cause != nil { add("impact squareRoot, traded") }
          if token.process == nil, record.header.cause == nil { add("impact decays") }
          // A trade's two facts come one after the other.
          if index > 0, record.header.cause != nil, facts[index - 1].header.id == record.header.id,
            case .priceStepped = facts[index - 1].fact
          {
            add("impact on both legs")
          }
        }
        guard let process = token.process, record.header.cause == nil else { break }
        add("process \(Coverage.name(of: process))")
        if !record.header.time.microseconds.isMultiple(of: world.tick.microseconds) { add("process shocked") }
        if world.correlations.contains(where: { [$0.first, $0.second].contains(asset) }) {
          add("process correlated")
        }
      case .passedOver(let position, _):
        let position = names.positions[position.position]
        let venue = world.venues[position.venue]
        let assets =
          position.collateral.map { venue.collateral[$0].asset }
          + position.debts.map { venue.debts[$0].asset }
        if assets.contains(where: { isStale($0, world, told, at: record.header.time) }) {
          add("liquidation refused at a stale price")
        }
      case .promiseBroken(_, _, _, _, let shortfall): asked = shortfall
      case .auctioned(_, _, _, let winner, _, _, _):
        add(winner == nil ? "auction without a bid" : "auction won")
      case .recognised(_, .calledFor, _, let amount):
        asked = amount
        add("loss called from a member")
      case .guaranteed, .healed, .slashed, .returned, .promiseKept, .minted, .bore, .premiumPaid,
        .provisioned,
        .cooldownBegan, .refilled, .rebalanced:
        break
      case .restored(_, let venue, _, let step, _, _, _):
        guard step >= 0 else {
          add("restored to the guarantor")
          break
        }
        let layer = names.layers[venue.position][Int(step)].type.declaration.name
        let name = "restored to \(layer)"
        add(counts[name] == nil ? "restored to another layer" : name)
      case .soldOutside(let trader, _, _, _, _):
        if names.loopers[trader.position] != nil { add("looper outside") }
      case .borrowed: add("looper borrows")
      case .sent, .reverted, .queued, .placed, .readingManipulated, .toppedUp, .paidDown: break
      case .governed: governed.insert(record.header.id)
      }
    }
    if isLossy { worldsWithALoss += 1 }
  }

  private mutating func count(_ oracle: Oracle, publishing header: EventHeader) {
    if case .exponential = oracle.delay { add("oracle after a drawn delay") }
    if oracle.deviation > 0 { add("oracle with a deviation") }
    // Caused by a root that left no fact of a move: nothing but a heartbeat is one.
    if oracle.heartbeat != nil, header.depth == 1, !movers.contains(header.root) {
      add("oracle by its heartbeat")
    }
    if case .fixed(let delay) = oracle.delay,
      oracle.outages.contains(where: {
        $0.until.microseconds + delay.microseconds == header.time.microseconds
      })
    {
      add("oracle after an outage")
    }
  }

  /// Whether the last price that was published, if any was, is too old.
  private func isStale(
    _ asset: AssetID, _ world: WorldSpecification, _ told: [AssetID: (at: SimTime, by: OracleID)],
    at time: SimTime
  ) -> Bool {
    guard let last = told[asset], let limit = world.oracles[last.by].staleAfter else { return false }
    return time.microseconds - last.at.microseconds > limit.microseconds
  }

  private static let processes = ["diffusion", "jumps", "peg", "regimes", "replay"]

  private static func name(of process: PriceProcess) -> String {
    switch process {
    case .diffusion: "diffusion"
    case .jumps: "jumps"
    case .peg: "peg"
    case .regimes: "regimes"
    case .replay: "replay"
    }
  }

  private mutating func count(
    _ layer: WorldSpecification.Layer, of venue: WorldSpecification.Venue, _ asset: AssetID, asked: Amount,
    taken: Amount, left: Amount
  ) {
    let name = layer.type.declaration.name
    if layer.type == Unresolved.self {
      if left > .zero { add("layer unresolved, left > 0") }
      return
    }
    if taken > .zero { add("layer \(name), taken > 0") }
    if taken + left < asked { add("layer \(name) promises") }
    guard left > .zero else { return }
    if layer.limits.cap != nil { add("layer limited by cap") }
    if layer.limits.capShare != nil { add("layer limited by capShare") }
    if layer.limits.perEvent != nil { add("layer limited by perEvent") }
    if layer.limits.perDay != nil { add("layer limited by perDay") }
    if layer.type == InsuranceFund.self, layer.limits.areNone {
      add("layer insuranceFund, limited by its balance")
    }
    // What the day has used up, not what one loss asks for: nothing is left of the share.
    if layer.type == StakedBackstop.self, layer.limits.areNone, left == asked,
      (layer.settings.ratio("maxSlash") ?? 1) < 1
    {
      add("layer stakedBackstop, limited by maxSlash")
    }
  }

  private mutating func add(_ name: String) { counts[name, default: 0] += 1 }

  /// What fired fewer than so many times.
  package func quieter(than least: Int) -> [String] {
    counts.filter { $0.value < least }.map { "\($0.key): \($0.value)" }.sorted()
  }

  package var table: String {
    let rows = counts.sorted { $0.key < $1.key }.map { "| \($0.key) | \($0.value) |" }
    return
      (["| in \(worlds) worlds, \(worldsWithALoss) of them with a loss | times |", "|---|---|"] + rows)
      .joined(separator: "\n")
  }

  /// Who is who, in the order in which a world numbers them.
  private struct Names {
    struct Position {
      let venue: VenueID
      let collateral: [Int]
      let debts: [Int]

      var assets: Int { collateral.count + debts.count }
    }

    var liquidators: [LiquidatorTerms] = []
    var positions: [Position] = []
    var arbitrageurs: Set<Int> = []
    var noiseTraders: Set<Int> = []
    var vaults: Set<Int> = []
    /// Where they trade, by their positions' accounts.
    var loopers: [Int: LoopMarket] = [:]
    let layers: [[WorldSpecification.Layer]]

    /// Whether the event, whose facts come one after the other, paid somebody who is not a vault.
    func isForSomebody(_ event: EventID, in facts: ArraySlice<FactRecord>) -> Bool {
      facts.prefix { $0.header.id == event }.contains { record in
        guard case .withdrew(let holder, _, _, _, _, _, _) = record.fact else { return false }
        return !vaults.contains(holder.position)
      }
    }

    init(_ world: WorldSpecification) {
      layers = world.venues.map { $0.waterfall + [WorldSpecification.Layer(Unresolved.self)] }
      var accounts = 1 + world.pools.count + world.funds.count
      for venue in world.venues {
        if venue.allocation != nil { vaults.insert(accounts) }
        accounts += 1 + venue.waterfall.count + (venue.waterfall.last?.type == Unresolved.self ? 0 : 1)
      }
      for population in world.populations {
        switch population {
        case .lenders(_, _, _, let count, _, _, _): accounts += count
        case .borrowers(_, let venue, let collateral, let debts, let count, _, _, let care):
          let position = Position(
            venue: venue, collateral: collateral.map(\.place), debts: debts.map(\.place))
          positions += Array(repeating: position, count: count)
          accounts += (care == nil ? 2 : 3) * count
        case .loopers(_, let venue, let collateral, let debt, let count, _, _, _, let watch):
          for number in 0..<count {
            if let watch { loopers[accounts + 2 * number + 1] = watch.market }
            positions.append(Position(venue: venue, collateral: [collateral], debts: [debt]))
          }
          accounts += 2 * count
        case .liquidators(_, let count, let terms):
          liquidators += Array(repeating: terms, count: count)
          accounts += count
        case .bidders(_, let count, _, _, _): accounts += count
        case .tokenHolders(_, let count, _, _, _, _, _): accounts += count
        case .noiseTraders(_, _, let count, _, _, _, _):
          noiseTraders.formUnion(accounts..<(accounts + count))
          accounts += count
        case .arbitrageurs(_, _, let count, _, _, _):
          arbitrageurs.formUnion(accounts..<(accounts + count))
          accounts += count
        }
      }
    }
  }
}

extension Fact {
  fileprivate func liquidates(_ other: PositionID) -> Bool {
    if case .liquidated(let position, _, _, _, _, _, _) = self { return position == other }
    return false
  }
}
