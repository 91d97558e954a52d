import Economy
import Kernel
import Ledger

/// Says what is set and can do nothing in this world: no mistake, and hardly meant.
func warnOfIdleSettings(of world: WorldSpecification, _ output: OutputSettings, _ reader: ObjectReader) {
  // What a mistaken value was read as is nobody's setting.
  guard reader.diagnostics.count == 0, reader.has("venues") else { return }
  let idle = IdleSettings(world: world, reader: reader)
  for (index, venue) in world.venues.enumerated() {
    idle.checkRecognition(of: venue, index)
    for (place, layer) in venue.waterfall.enumerated() { idle.check(layer, of: venue, index, place) }
  }
  idle.checkGovernance()
  if output.bearers { idle.checkBearers() }
}

private struct IdleSettings {
  let world: WorldSpecification
  let reader: ObjectReader

  /// Where something of a venue stands, or as near to it as the config says.
  private func place(_ venue: Int, _ steps: [String] = [], layer: Int? = nil, key: String = "") -> Place {
    var place = Place(
      path: .index(reader.place(of: "venues").path, venue), range: reader.place(of: "venues").range)
    guard var node = reader.peek("venues")?.elements?.element(venue) else { return place }
    func step(_ path: ValuePath, _ next: JSONNode?) -> Bool {
      guard let next else { return false }
      (place, node) = (Place(path: path, range: next.range ?? place.range), next)
      return true
    }
    _ = step(place.path, node)
    for name in steps where !step(.key(place.path, name), node[name]) { return place }
    guard let layer else { return place }
    guard step(.key(place.path, "waterfall"), node["waterfall"]),
      step(.index(place.path, layer), node.elements?.element(layer)),
      let settings = node.members?.first,
      step(.key(place.path, settings.key), settings.value)
    else { return place }
    _ = step(.key(place.path, key), node[key])
    return place
  }

  private func warn(_ message: String, at place: Place, allowed: String) {
    reader.diagnostics.warn(message, at: place, allowed: allowed)
  }

  func checkRecognition(of venue: WorldSpecification.Venue, _ index: Int) {
    guard case .afterDelay(let delay) = venue.recognition,
      delay.microseconds >= world.horizon.microseconds
    else { return }
    warn(
      "the run is over before any loss of `\(venue.name)` is recognised", at: place(index, ["recognition"]),
      allowed: "a delay below `horizon`, or \"never\"")
  }

  func check(
    _ layer: WorldSpecification.Layer, of venue: WorldSpecification.Venue, _ index: Int, _ place: Int
  ) {
    let name = layer.type.declaration.name
    let instance = layer.type.init(settings: layer.settings)
    let (settings, isAuction) = (layer.settings, layer.settings.word("sale") == "auction")
    if isAuction || layer.type == DebtAuction.self {
      for debt in venue.debts where !hasBidders(of: debt.asset) {
        let symbol = world.tokens[debt.asset.position].name
        warn(
          "nobody bids in this auction of `\(venue.name)`: no `bidder` has any \(symbol)",
          at: self.place(index, layer: place),
          allowed: "a population of kind `bidder` with `capital` in \(symbol), or another layer")
      }
    }
    if let pool = instance.stakePool, instance.calls == 0, !isStaked(pool) {
      warn(
        "`\(name)` has nothing to call: nobody has a stake in `\(world.venues[pool].name)`",
        at: self.place(index, layer: place), allowed: "a population of kind `staker` there, or no such layer")
    }
    if let every = settings.duration("every"), every > .zero, settings.count("lots") ?? 1 == 1, !isAuction {
      warn(
        "`every` says nothing where all is sold in one lot",
        at: self.place(index, layer: place, key: "every"),
        allowed: "`lots` above 1 beside it, or neither")
    }
    if let rebalance = instance.rebalance, rebalance.microseconds > world.horizon.microseconds {
      warn(
        "the run is over before this fund is rebalanced",
        at: self.place(index, layer: place, key: "rebalance"),
        allowed: "an interval within `horizon`, or none")
    }
  }

  /// Terms that a run begins with are warned of where they are read.
  func checkGovernance() {
    struct Collateral: Hashable { let venue, place: Int }
    var terms: [Collateral: CollateralTerms] = [:]
    let changes = world.governance.enumerated().sorted {
      ($0.element.at, $0.offset) < ($1.element.at, $1.offset)
    }
    for (index, change) in changes {
      let collateral = Collateral(venue: change.venue.position, place: change.place)
      let before = terms[collateral] ?? world.venues[change.venue].collateral[change.place]
      let after = change.changed(before)
      terms[collateral] = after
      guard after.threshold * (1 + after.bonus) > before.threshold * (1 + before.bonus),
        let warning = BonusWarning(
          after.bonus, threshold: after.threshold, from: " from \(secondsText(change.at)) s on")
      else { continue }
      let key = change.bonus == nil ? "threshold" : "bonus"
      let list = reader.place(of: "governance")
      let node = reader.peek("governance")?.elements?.element(index)
      warn(
        warning.message,
        at: Place(path: .key(.index(list.path, index), key), range: node?[key]?.range ?? list.range),
        allowed: warning.allowed)
    }
  }

  private func hasBidders(of asset: AssetID) -> Bool {
    world.populations.contains { population in
      guard case .bidders(_, let count, asset, _, _) = population else { return false }
      return count > 0
    }
  }

  private func isStaked(_ pool: VenueID) -> Bool {
    world.populations.contains { population in
      guard case .lenders(_, pool, _, let count, _, _, _) = population else { return false }
      return count > 0
    }
  }

  // MARK: bearers.csv

  /// More rows than this do not fit beside the rest of a run.
  private static let manyRows = 10_000_000.0

  /// Each rise of a provision is a loss of its own, with a row for each holder as long as it stands.
  func checkBearers() {
    let ticks = world.tokens.contains { $0.process != nil || $0.impact != nil }
    let moves =
      Double(world.shocks.count)
      + (ticks ? Double(world.horizon.microseconds) / Double(world.tick.microseconds) : 0)
    for (index, venue) in world.venues.enumerated() where venue.recognition == .onUndercollateralization {
      var (holders, debtors) = (0.0, 0.0)
      for population in world.populations {
        switch population {
        case .lenders(_, let other, _, let count, _, _, _) where other.position == index:
          holders += Double(count)
        case .borrowers(_, let other, _, _, let count, _, _, _) where other.position == index,
          .loopers(_, let other, _, _, let count, _, _, _, _) where other.position == index:
          debtors += Double(count)
        default: break
        }
      }
      let rows = holders * debtors * moves
      guard rows > IdleSettings.manyRows else { continue }
      warn(
        "`bearers.csv` may have up to \(rounded(rows / 1e6, 0)) million rows a run, which are held in memory"
          + ": one for each of \(Int(holders)) holders each time that a provision for one of "
          + "\(Int(debtors)) debtors rises", at: place(index, ["recognition"]),
        allowed: "no `bearers`, fewer holders or another `recognition`; `rhodian check` says what runs take")
    }
  }
}

extension [JSONNode] {
  fileprivate func element(_ index: Int) -> JSONNode? { indices.contains(index) ? self[index] : nil }
}
