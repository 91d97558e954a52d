import Economy
import Kernel
import Ledger

// When a venue admits that a debt is lost.

extension ReferenceEngine {
  mutating func nothingIsLeft(of index: Int) throws(ReferenceFailure) {
    switch venues[positions[index].venue].terms.recognition {
    case .onExhaustion, .onUndercollateralization:
      positions[index].state = .closed
      try schedule(.lossFalls(index), .loss)
    case .afterDelay(let delay):
      positions[index].state = .exhausted
      try schedule(.lossFalls(index), .loss, after: delay)
    case .never:
      positions[index].state = .exhausted
    }
  }

  /// A position that has debts and nothing of any value is as good as seized. Whether it was so.
  mutating func givesUp(_ index: Int) throws(ReferenceFailure) -> Bool {
    let all = holdings(of: positions[index])
    guard !all.contains(where: { $0.units > 0 && published[$0.terms.asset.position] > 0 }) else {
      return false
    }
    if try needsAnOldPrice(positions[index]), all.contains(where: { $0.units > 0 }) { return false }
    try weighSoon(positions[index].venue)
    try nothingIsLeft(of: index)
    return true
  }

  mutating func weighSoon(_ venue: Int) throws(ReferenceFailure) {
    guard venues[venue].terms.recognition == .onUndercollateralization, !weighingIsDue.contains(venue) else {
      return
    }
    weighingIsDue.insert(venue)
    try schedule(.provisionsAreWeighed(venue), .loss)
  }

  mutating func weighProvisions(of venue: Int) throws(ReferenceFailure) {
    weighingIsDue.remove(venue)
    for index in positions.indices where positions[index].venue == venue {
      let position = positions[index]
      var (holds, owes) = (0.0, 0.0)
      if position.state != .closed {
        holds = holdings(of: position)
          .map { value(of: $0.units, in: $0.terms.asset.position, at: published) }.reduce(0, +)
        owes = try debts(of: position)
          .map { value(of: $0.units, in: $0.lent.asset, at: published) }.reduce(0, +)
      }
      var shortfall: Int128 = 0
      if owes > holds {
        guard let up = ReferenceMath.ceiling(owes * 1e6), let down = ReferenceMath.floor(holds * 1e6) else {
          throw ReferenceFailure("too many dollars")
        }
        shortfall = up - down
      }
      guard shortfall != position.publishedShortfall else { continue }
      positions[index].publishedShortfall = shortfall
      let isPaid = try debts(of: position).allSatisfy { $0.units == 0 }
      guard position.state != .closed || isPaid else { continue }
      for (number, place) in position.debts.enumerated() {
        let owed = try owed(by: position, of: venues[venue].lent[place])
        var wanted: Int128 = 0
        if holds < owes {
          guard let part = ReferenceMath.ceiling((owes - holds) / owes * Double(owed)) else {
            throw ReferenceFailure("provision")
          }
          wanted = min(owed, part)
        }
        try trueUp(index, number, to: wanted)
      }
    }
  }

  private mutating func trueUp(_ index: Int, _ number: Int, to wanted: Int128) throws(ReferenceFailure) {
    if positions[index].provided.isEmpty { positions[index].provided = positions[index].debts.map { _ in 0 } }
    let (venue, place) = (positions[index].venue, positions[index].debts[number])
    let more = wanted - positions[index].provided[number]
    guard more != 0 else { return }
    try happened(
      .provisioned(
        position: PositionID(index), reserve: Int32(place), amount: try ReferenceMath.amount(wanted)))
    positions[index].provided[number] = wanted
    venues[venue].lent[place].provision += more
    if more > 0 {
      venues[venue].lent[place].deficit += more
      try recognise(more, .position(PositionID(index)), of: venue, place, isProvision: true)
    } else {
      try restore(-more, of: index, venue, place)
    }
    try measureSoon()
  }

  /// What is provided for what is owed now, which is about to be given up.
  mutating func releaseProvision(
    of index: Int, _ place: Int, _ owed: Int128
  ) throws(ReferenceFailure) -> Int128 {
    guard !positions[index].provided.isEmpty, let number = positions[index].debts.firstIndex(of: place) else {
      return 0
    }
    if positions[index].provided[number] > owed { try trueUp(index, number, to: owed) }
    let provided = positions[index].provided[number]
    positions[index].provided[number] = 0
    provisionParts.removeAll { $0.debtor == index && $0.place == place }
    return provided
  }

  mutating func remember(
    _ amount: Int128, by source: ProvisionPart.Source, _ layer: Int, _ all: Falling
  ) {
    guard let debtor = all.debtor, amount > 0 else { return }
    provisionParts.append(
      ProvisionPart(
        debtor: debtor, place: all.place, loss: all.number, layer: layer, by: source, at: now?.time ?? .start,
        amount: amount))
  }

  /// Of tranches the junior one has paid first, as much as its facts have just said.
  mutating func rememberParts(of taken: Int128, _ index: Int, _ all: Falling) {
    let layer = venues[all.venue].layers[index]
    switch layer.name {
    case "insuranceFund": remember(taken, by: .fund, index, all)
    case "reserve": remember(taken, by: .reserves, index, all)
    case "stakedBackstop": remember(taken, by: .pool(layer.settings.venue("stake").position), index, all)
    case "tranches":
      remember(lastJunior, by: .pool(layer.settings.venue("junior").position), index, all)
      remember(taken - lastJunior, by: .claims, index, all)
    default: remember(taken, by: .claims, index, all)
    }
  }

  /// Whoever has paid last gets back first.
  private mutating func restore(
    _ amount: Int128, of index: Int, _ venue: Int, _ place: Int
  ) throws(ReferenceFailure) {
    let claims = venues[venue].lent[place].totalAssets
    var rest = amount
    while rest > 0,
      let last = provisionParts.lastIndex(where: { $0.debtor == index && $0.place == place })
    {
      let part = provisionParts[last]
      let given = min(rest, part.amount)
      rest -= given
      provisionParts[last].amount -= given
      if provisionParts[last].amount == 0 { provisionParts.remove(at: last) }
      let kept = try giveBack(given, part, venue)
      venues[venue].lent[place].reserves += kept
      if part.layer >= 0 {
        venues[venue].layers[part.layer].calls.append((part.at, place, kept - given, part.loss))
      }
      try happened(
        .restored(
          loss: part.loss, venue: VenueID(venue), reserve: Int32(place), step: Int32(part.layer),
          by: means(of: part, venue), amount: try ReferenceMath.amount(given),
          kept: try ReferenceMath.amount(kept)))
    }
    if venues[venue].lent[place].totalAssets != claims { try claimsHaveChanged(of: venue, place, loss: 0) }
  }

  private func means(of part: ProvisionPart, _ venue: Int) -> Absorption.Means {
    switch part.by {
    case .nobody: .nothing
    case .claims: venues[venue].layers[part.layer].name == "accruedInterest" ? .interest : .claims
    case .reserves: .reserves
    case .fund, .outsider: .capital
    case .pool: .stake
    }
  }

  /// Returns what the venue keeps.
  private mutating func giveBack(
    _ amount: Int128, _ part: ProvisionPart, _ venue: Int
  ) throws(ReferenceFailure) -> Int128 {
    let lent = venues[venue].lent[part.place]
    let cash = balances[venues[venue].account][lent.asset]
    switch part.by {
    case .nobody:
      venues[venue].lent[part.place].deficit -= amount
      return 0
    case .reserves:
      return amount
    case .claims:
      if lent.totalShares == 0 { return amount }
      venues[venue].lent[part.place].totalAssets += amount
      return 0
    case .fund:
      let paid = min(amount, cash)
      move(paid, of: lent.asset, from: venues[venue].account, to: venues[venue].layers[part.layer].account)
      return amount - paid
    case .outsider(let payer):
      let paid = min(amount, cash)
      move(paid, of: lent.asset, from: venues[venue].account, to: payer)
      return amount - paid
    case .pool(let pool):
      let paid = venues[pool].lent[0].totalShares == 0 ? 0 : min(amount, cash)
      guard paid > 0 else { return amount }
      move(paid, of: lent.asset, from: venues[venue].account, to: venues[pool].account)
      venues[pool].lent[0].totalAssets += paid
      noteReturn(paid, venue, part.layer)
      try happened(.returned(pool: VenueID(pool), amount: try ReferenceMath.amount(paid)))
      try claimsHaveChanged(of: pool, 0, loss: 0)
      return amount - paid
    }
  }
}
