import Economy
import Kernel
import Ledger

// What people can expect who may have to pay.

extension ReferenceEngine {
  private func dollars(_ units: Int128, _ lent: Lent) -> Double {
    value(of: units, in: lent.asset, at: published)
  }

  private func quotient(_ lost: Double, _ claims: Double) -> Double {
    if lost <= 0 { return 0 }
    return claims > 0 ? lost / claims : .infinity
  }

  /// (Visible bad debt that nobody else would bear + deficit) / claims; a vault's bad debt is what its
  /// holdings expect in turn, and a stake pool's what venues would take from it.
  func expectedLoss(of venue: Int, _ place: Int) throws(ReferenceFailure) -> Double {
    let books = venues[venue].lent[place]
    var lost = try expectedDollars(of: venue, place)
    for holding in venues[venue].holdings {
      let behind = venues[holding.venue].lent[holding.place]
      let share = quotient(
        try expectedDollars(of: holding.venue, holding.place), dollars(behind.totalAssets, behind))
      lost += dollars(holding.carried, books) * min(1, share)
    }
    var slash = 0.0
    for other in venues.indices {
      for lent in venues[other].lent.indices {
        for part in try foreseen(other, lent).parts
        where stakePool(of: venues[other].layers[part.layer]) == venue {
          slash += dollars(part.staked, venues[other].lent[lent])
        }
      }
    }
    lost += slash
    return quotient(lost, dollars(books.totalAssets, books))
  }

  private func stakePool(of layer: Layer) -> Int? {
    switch layer.name {
    case "stakedBackstop": layer.settings.venue("stake").position
    case "tranches": layer.settings.venue("junior").position
    case "mutualPool": layer.settings.venue("pool").position
    default: nil
    }
  }

  private func expectedDollars(of venue: Int, _ place: Int) throws(ReferenceFailure) -> Double {
    let lent = venues[venue].lent[place]
    return dollars(try foreseen(venue, place).left, lent) + dollars(lent.deficit, lent)
  }

  func expectedDilution(of token: AssetID) throws(ReferenceFailure) -> Double {
    var minted = 0.0
    for venue in venues.indices {
      for place in venues[venue].lent.indices {
        for part in try foreseen(venue, place).parts {
          let layer = venues[venue].layers[part.layer]
          guard layer.name == "tokenDilution", layer.settings.tokens("mints").asset == token else { continue }
          minted += dollars(part.borne, venues[venue].lent[place])
        }
      }
    }
    return quotient(minted, value(of: -balances[0][token.position], in: token.position, at: published))
  }

  /// What would become of the visible bad debt, tried out in another world: how much would be left for the
  /// suppliers, and who before them would bear what.
  private func foreseen(
    _ venue: Int, _ place: Int
  ) throws(ReferenceFailure) -> (left: Int128, parts: [(layer: Int, borne: Int128, staked: Int128)]) {
    let lent = venues[venue].lent[place]
    if specification.isGuaranteed { return (0, []) }
    let open = try visibleLoss(of: venue, place) - dollars(lent.provision, lent)
    guard open > 0 else { return (0, []) }
    guard var left = ReferenceMath.floor(open / published[lent.asset] * unitsPerToken(lent.asset)) else {
      throw ReferenceFailure("outlook")
    }
    if venues[venue].terms.recognition == .never { return (left, []) }
    var parts: [(layer: Int, borne: Int128, staked: Int128)] = []
    let all = Falling(
      number: 0, venue: venue, place: place, recognised: left, debtor: nil, isProvision: false)
    for (index, layer) in venues[venue].layers.enumerated() {
      if ["accruedInterest", "proRata", "isolated"].contains(layer.name) || left == 0 { break }
      if layer.name == "revenueCapture" { continue }
      let most = try limit(of: layer, venue, place, loss: 0, recognised: all.recognised, at: .start)
      let asked = max(0, min(left, most ?? left))
      if layer.name == "tranches" {
        let junior = min(asked, venues[layer.settings.venue("junior").position].lent[0].totalAssets)
        left -= junior
        parts.append((index, junior, junior))
        break
      }
      var other = self
      let stakeBefore = stakePool(of: layer).map { other.venues[$0].lent[0].totalAssets } ?? 0
      var (taken, promised) = try other.take(asked, index, of: all)
      let slashed = stakeBefore - (stakePool(of: layer).map { other.venues[$0].lent[0].totalAssets } ?? 0)
      if layer.name == "mutualPool" {
        taken += try other.callMembers(asked - taken, layer, all).reduce(0) { $0 + $1.amount }
      }
      left -= taken + promised
      parts.append((index, taken + promised, slashed + (layer.name == "stakedBackstop" ? promised : 0)))
      promised = 0
    }
    return (left, parts)
  }

  private func visibleLoss(of venue: Int, _ place: Int) throws(ReferenceFailure) -> Double {
    var millionths: Int128 = 0
    for position in positions where position.venue == venue && position.state != .closed {
      let holds = holdings(of: position)
        .map { value(of: $0.units, in: $0.terms.asset.position, at: published) }.reduce(0, +)
      let owes = try debts(of: position)
        .map { value(of: $0.units, in: $0.lent.asset, at: published) }.reduce(0, +)
      guard owes > holds, position.debts.contains(place) else { continue }
      let lent = venues[venue].lent[place]
      let here = value(of: try owed(by: position, of: lent), in: lent.asset, at: published)
      guard let part = ReferenceMath.floor((owes - holds) * (here / owes) * 1e6) else {
        throw ReferenceFailure("too many dollars")
      }
      millionths += part
    }
    return Double(millionths) / 1e6
  }

  // MARK: Holders of a token

  mutating func scheduleHolder(_ index: Int, number: Int64) throws(ReferenceFailure) {
    let holder = holders[index]
    try scheduleLook(.holderWatches(index), by: holder.key, every: holder.every, number: number)
  }

  mutating func lookAtToken(_ index: Int) throws(ReferenceFailure) {
    if marksUnderWay > 0 { return try schedule(.holderWatches(index), .settlement) }
    guard let now else { return }
    let holder = holders[index]
    if try expectedDilution(of: holder.token) > holder.nerve {
      return try sellAll(holder.token, of: holder.account, for: holder.currency)
    }
    try scheduleHolder(index, number: now.time.microseconds / holder.every.microseconds + 1)
  }

  mutating func sellAll(
    _ asset: AssetID, of account: Int, for other: AssetID
  ) throws(ReferenceFailure) {
    let held = balances[account][asset.position]
    guard held > 0, isSold(asset.position, for: other.position) else { return }
    if let pool = poolFor(asset.position, other.position) {
      let bought = try bought(from: pool, selling: asset, held)
      if bought > 0 { try swap(in: pool, by: account, selling: asset, held, for: bought) }
    } else if try worthOutside(held, of: asset, in: other) > 0 {
      try sellOutside(asset, held, for: other, by: account)
    }
  }
}
