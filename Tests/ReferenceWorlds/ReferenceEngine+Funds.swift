import Economy
import Kernel
import Ledger

// A fund between losses, and how much of a stake a day may take.

extension ReferenceEngine {
  private func day(of moment: SimTime) -> Int64 { moment.microseconds / 86_400_000_000 }

  /// So much of its stake pool a `stakedBackstop` may take now.
  func seizable(by layer: Layer) -> Int128 {
    let stake = venues[layer.settings.venue("stake").position].lent[0].totalAssets
    guard let ratio = layer.settings.ratio("maxSlash"), ratio < 1 else { return stake }
    var (first, net): (Int128?, Int128) = (nil, 0)
    for seizure in layer.seizures where day(of: seizure.at) == day(of: time) {
      if first == nil, seizure.amount > 0 { first = seizure.stake }
      net = max(0, net + seizure.amount)
    }
    let most = (first ?? stake) * Int128((ratio * 1e9).rounded()) / 1_000_000_000
    return max(0, min(stake, most - net))
  }

  mutating func noteSeizure(_ amount: Int128, _ index: Int, _ all: Falling) {
    guard amount > 0 else { return }
    let pool = venues[all.venue].layers[index].settings.venue("stake").position
    venues[all.venue].layers[index].seizures.append((time, venues[pool].lent[0].totalAssets, amount))
  }

  mutating func noteReturn(_ amount: Int128, _ venue: Int, _ index: Int) {
    venues[venue].layers[index].seizures.append((time, 0, -amount))
  }

  // MARK: Refill

  mutating func refill(
    _ index: Int, of venue: Int, _ place: Int, _ part: Int128
  ) throws(ReferenceFailure) {
    let (layer, lent) = (venues[venue].layers[index], venues[venue].lent[place])
    let paid = [part, lent.reserves, balances[venues[venue].account][lent.asset]].min() ?? 0
    guard paid > 0 else { return }
    move(paid, of: lent.asset, from: venues[venue].account, to: layer.account)
    venues[venue].lent[place].reserves -= paid
    try happened(
      .refilled(
        venue: VenueID(venue), reserve: Int32(place), step: Int32(index),
        amount: try ReferenceMath.amount(paid)))
  }

  // MARK: Rebalancing

  private func worths(of account: Int) -> [Double] {
    reference.indices.map { value(of: balances[account][$0], in: $0, at: reference) }
  }

  mutating func prepareFund(_ venue: Int, _ index: Int) throws(ReferenceFailure) {
    let layer = venues[venue].layers[index]
    guard layer.name == "insuranceFund", let every = layer.settings.duration("rebalance") else { return }
    let worths = worths(of: layer.account)
    let all = worths.reduce(0, +)
    venues[venue].layers[index].firstMix = worths.map { all == 0 ? 0 : $0 / all }
    try schedule(.fundRebalances(venue, layer: index), .reaction, after: every, asRoot: true)
  }

  mutating func rebalance(_ venue: Int, _ index: Int) throws(ReferenceFailure) {
    let layer = venues[venue].layers[index]
    try schedule(
      .fundRebalances(venue, layer: index), .reaction,
      after: layer.settings.duration("rebalance") ?? .zero, asRoot: true)
    for promise in promises where promise.outstanding > 0 {
      if venues[promise.all.venue].layers[promise.layer].account == layer.account { return }
    }
    let (prices, worths) = (reference, worths(of: layer.account))
    let all = worths.reduce(0, +)
    var (tooMuch, tooLittle): ([(asset: Int, dollars: Double)], [(asset: Int, dollars: Double)]) = ([], [])
    for (asset, share) in layer.firstMix.enumerated() {
      let gap = share * all - worths[asset]
      if gap > all * 1e-9 { tooLittle.append((asset, gap)) }
      if -gap > all * 1e-9 { tooMuch.append((asset, -gap)) }
    }
    var lacked = 0.0
    for part in tooLittle { lacked += part.dollars }
    for (asset, excess) in tooMuch {
      for (other, gap) in tooLittle where prices[other] > 0 && isSold(asset, for: other) {
        let units = excess / prices[asset] * unitsPerToken(asset)
        guard let whole = ReferenceMath.floor(units * (gap / lacked)) else { continue }
        let sold = min(whole, balances[layer.account][asset])
        guard sold > 0 else { continue }
        let bought: Int128
        if let pool = poolFor(asset, other) {
          bought = try self.bought(from: pool, selling: AssetID(asset), sold)
        } else {
          bought = try worthOutside(sold, of: AssetID(asset), in: AssetID(other))
        }
        guard bought > 0 else { continue }
        try trade(asset, sold, for: other, bought, by: layer.account)
        try happened(
          .rebalanced(
            venue: VenueID(venue), step: Int32(index), asset: AssetID(asset),
            sold: try ReferenceMath.amount(sold), forAsset: AssetID(other),
            bought: try ReferenceMath.amount(bought)))
      }
    }
  }
}
