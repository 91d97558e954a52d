import Economy
import Kernel
import Ledger

// A loss falls from layer to layer, and what layers promise is paid over time.

extension ReferenceEngine {
  mutating func recognise(
    _ loss: Int128, _ origin: LossOrigin, of venue: Int, _ place: Int
  ) throws(ReferenceFailure) {
    // Losses are numbered from one.
    lossesInAll += 1
    let number = Int32(lossesInAll)
    try happened(
      .recognised(
        loss: number, origin: origin, reserve: Int32(place), amount: try ReferenceMath.amount(loss)))
    try allocate(loss, number, of: venue, place, recognised: loss, from: 0)
  }

  private var time: SimTime { now?.time ?? .start }

  private mutating func allocate(
    _ loss: Int128, _ number: Int32, of venue: Int, _ place: Int, recognised: Int128, from first: Int
  ) throws(ReferenceFailure) {
    let claims = venues[venue].lent[place].totalAssets
    let cash = balances[venues[venue].account][venues[venue].lent[place].asset]
    var left = loss
    for index in first..<venues[venue].layers.count where left > 0 {
      let layer = venues[venue].layers[index]
      let most = try limit(of: layer, venue, place, recognised: recognised)
      let asked = max(0, min(left, most ?? left))
      let (taken, promised) = try take(asked, layer, of: venue, place, number)
      left -= taken + promised
      venues[venue].lent[place].deficit -= taken
      venues[venue].layers[index].calls.append((time, place, taken + promised))
      try happened(
        .absorbed(
          loss: number, venue: VenueID(venue), reserve: Int32(place), step: Int32(index),
          taken: try ReferenceMath.amount(taken), promised: try ReferenceMath.amount(promised),
          left: try ReferenceMath.amount(left)))
      guard promised > 0 else { continue }
      if layer.name == "stakedBackstop" { try seize(for: promised, layer, venue, place, number) }
      promises.append(
        Pledge(
          loss: number, recognised: recognised, venue: venue, place: place, layer: index,
          outstanding: promised,
          actsLeft: layer.settings.count("lots") ?? 1))
      try schedule(.promiseActs(promises.count - 1), .settlement)
    }
    if venues[venue].lent[place].totalAssets != claims {
      try claimsHaveChanged(of: venue, place, loss: number)
    }
    if balances[venues[venue].account][venues[venue].lent[place].asset] > cash {
      try cashHasCome(to: venue)
    }
  }

  // MARK: Limits

  /// Nil without one.
  private func limit(
    of layer: Layer, _ venue: Int, _ place: Int, recognised: Int128
  ) throws(ReferenceFailure) -> Int128? {
    let asset = venues[venue].lent[place].asset
    func units(_ limit: LayerValue.Holding?) throws(ReferenceFailure) -> Int128? {
      guard let limit else { return nil }
      let said = limit.asset?.position ?? venues[venue].lent[0].asset
      if said == asset { return Int128(limit.amount.units) }
      guard
        let units = ReferenceMath.floor(Double(limit.amount.units) * rate(of: said, in: asset, at: published))
      else { throw ReferenceFailure("limit") }
      return units
    }
    var limits: [Int128] = []
    if let share = layer.limits.capShare {
      limits.append(recognised * Int128((share * 1e9).rounded()) / 1_000_000_000)
    }
    if let most = try units(layer.limits.perEvent) { limits.append(most) }
    let calls = layer.calls.filter { $0.place == place }
    if let most = try units(layer.limits.cap) { limits.append(most - calls.reduce(0) { $0 + $1.amount }) }
    if let most = try units(layer.limits.perDay) {
      let day = time.microseconds / 86_400_000_000
      let today = calls.filter { $0.at.microseconds / 86_400_000_000 == day }
      limits.append(most - today.reduce(0) { $0 + $1.amount })
    }
    return limits.min()
  }

  // MARK: Layers

  /// What a layer takes of a loss, having taken it, and what it promises.
  private mutating func take(
    _ loss: Int128, _ layer: Layer, of venue: Int, _ place: Int, _ number: Int32
  ) throws(ReferenceFailure) -> (taken: Int128, promised: Int128) {
    let asset = venues[venue].lent[place].asset
    switch layer.name {
    case "insuranceFund":
      // A fund pays what it holds of the asset that is lost, and promises what the rest would bring.
      let taken = min(loss, balances[layer.account][asset])
      move(taken, of: asset, from: layer.account, to: venues[venue].account)
      var rest: Int128 = 0
      for other in assets.indices where other != asset {
        rest += try price(balances[layer.account][other], of: other, in: asset)
      }
      return (taken, min(loss - taken, rest))
    case "reserve":
      let taken = min(loss, venues[venue].lent[place].reserves)
      venues[venue].lent[place].reserves -= taken
      return (taken, 0)
    case "accruedInterest":
      let lent = venues[venue].lent[place]
      let taken = min(loss, max(0, lent.totalAssets - lent.putIn))
      venues[venue].lent[place].totalAssets -= taken
      return (taken, 0)
    case "stakedBackstop":
      let pool = layer.settings.venue("stake").position
      let stake = venues[pool].lent[0]
      let most = Int128(((layer.settings.ratio("maxSlash") ?? 1) * 1e9).rounded())
      guard stake.asset == asset else {
        return (0, min(loss, try price(stake.totalAssets, of: stake.asset, in: asset) * most / 1_000_000_000))
      }
      let taken = min(loss, stake.totalAssets * most / 1_000_000_000)
      try slash(taken, of: pool, to: venues[venue].account, number)
      return (taken, 0)
    case "tranches":
      let pool = layer.settings.venue("junior").position
      let junior = min(loss, venues[pool].lent[0].totalAssets)
      try slash(junior, of: pool, to: venues[venue].account, number)
      let senior = min(loss - junior, venues[venue].lent[place].totalAssets)
      venues[venue].lent[place].totalAssets -= senior
      return (junior + senior, 0)
    case "proRata":
      // Every supplier's claim on that asset falls in the same ratio.
      let taken = min(loss, venues[venue].lent[place].totalAssets)
      venues[venue].lent[place].totalAssets -= taken
      return (taken, 0)
    case "unresolved":
      // Nothing is written down and nobody pays.
      return (0, 0)
    default:
      throw ReferenceFailure("the reference engine does not know the layer \(layer.name)")
    }
  }

  /// At reference prices; nothing where nobody buys it.
  private func price(_ units: Int128, of asset: Int, in other: Int) throws(ReferenceFailure) -> Int128 {
    guard units > 0, isSold(asset, for: other) else { return 0 }
    guard let worth = ReferenceMath.floor(Double(units) * rate(of: asset, in: other, at: reference)) else {
      throw ReferenceFailure("worth")
    }
    return worth
  }

  private func poolFor(_ asset: Int, _ other: Int) -> Int? {
    specification.pools.indices.first {
      trades($0, AssetID(asset)) && trades($0, AssetID(other))
    }
  }

  private func isSold(_ asset: Int, for other: Int) -> Bool {
    if poolFor(asset, other) != nil { return true }
    return [asset, other].allSatisfy {
      $0 < specification.tokens.count && specification.tokens[$0].share == nil
    }
  }

  private mutating func slash(
    _ units: Int128, of pool: Int, to receiver: Int, _ loss: Int32
  ) throws(ReferenceFailure) {
    guard units > 0 else { return }
    move(units, of: venues[pool].lent[0].asset, from: venues[pool].account, to: receiver)
    venues[pool].lent[0].totalAssets -= units
    try happened(.slashed(loss: loss, pool: VenueID(pool), amount: try ReferenceMath.amount(units)))
    try claimsHaveChanged(of: pool, 0, loss: 0)
  }

  /// Stake worth what is promised and the fee, as far as one loss may take it.
  private mutating func seize(
    for promised: Int128, _ layer: Layer, _ venue: Int, _ place: Int, _ loss: Int32
  ) throws(ReferenceFailure) {
    let pool = layer.settings.venue("stake").position
    let stake = venues[pool].lent[0]
    let most =
      stake.totalAssets * Int128(((layer.settings.ratio("maxSlash") ?? 1) * 1e9).rounded()) / 1_000_000_000
    let wanted = ReferenceMath.ceiling(
      Double(promised) * (1 + (layer.settings.ratio("fee") ?? 0))
        * rate(of: venues[venue].lent[place].asset, in: stake.asset, at: reference))
    try slash(min(most, wanted ?? most), of: pool, to: layer.account, loss)
  }

  // MARK: Promises

  mutating func act(on number: Int) throws(ReferenceFailure) {
    let promise = promises[number]
    let layer = venues[promise.venue].layers[promise.layer]
    let asset = venues[promise.venue].lent[promise.place].asset
    // An equal part for each act that is left, this one among them.
    var missing = try ReferenceMath.ceilingDivide(promise.outstanding, 1, by: Int128(promise.actsLeft))
    for other in assets.indices where other != asset && missing > 0 && isSold(other, for: asset) {
      let held = balances[layer.account][other]
      guard held > 0, let (sold, bought) = try leastSale(of: other, held, for: missing, of: asset) else {
        continue
      }
      if let pool = poolFor(other, asset) {
        try swap(in: pool, by: layer.account, selling: AssetID(other), sold, for: bought)
      } else {
        try sellOutside(AssetID(other), sold, for: AssetID(asset), by: layer.account)
      }
      let paid = min(bought, promises[number].outstanding)
      promises[number].outstanding -= paid
      move(paid, of: asset, from: layer.account, to: venues[promise.venue].account)
      venues[promise.venue].lent[promise.place].deficit -= paid
      try happened(
        .promiseKept(
          loss: promise.loss, venue: VenueID(promise.venue), reserve: Int32(promise.place),
          step: Int32(promise.layer), paid: try ReferenceMath.amount(paid),
          outstanding: try ReferenceMath.amount(promises[number].outstanding)))
      try cashHasCome(to: promise.venue)
      missing -= bought
    }
    promises[number].actsLeft -= 1
    if promises[number].actsLeft > 0, promises[number].outstanding > 0 {
      return try schedule(
        .promiseActs(number), .settlement, after: layer.settings.duration("every") ?? .zero)
    }
    try close(number)
  }

  /// Halving from the outside in: less than `low` is too little.
  private func leastSale(
    of asset: Int, _ held: Int128, for target: Int128, of other: Int
  ) throws(ReferenceFailure) -> (sold: Int128, bought: Int128)? {
    func brings(_ units: Int128) throws(ReferenceFailure) -> Int128 {
      if let pool = poolFor(asset, other) { return try bought(from: pool, selling: AssetID(asset), units) }
      return try worthOutside(units, of: AssetID(asset), in: AssetID(other))
    }
    let all = try brings(held)
    guard all > 0 else { return nil }
    guard all >= target else { return (held, all) }
    var (low, high): (Int128, Int128) = (1, held)
    while low < high {
      let middle = (low + high) / 2
      if try brings(middle) >= target { high = middle } else { low = middle + 1 }
    }
    return (high, try brings(high))
  }

  /// Stake that is left goes back unless another promise of the layer needs it; a shortfall falls on.
  private mutating func close(_ number: Int) throws(ReferenceFailure) {
    let promise = promises[number]
    let layer = venues[promise.venue].layers[promise.layer]
    let others = promises.enumerated().contains {
      $0.offset != number && $0.element.outstanding > 0 && $0.element.venue == promise.venue
        && $0.element.layer == promise.layer
    }
    if layer.name == "stakedBackstop", !others {
      let pool = layer.settings.venue("stake").position
      let stake = venues[pool].lent[0]
      let unsold = balances[layer.account][stake.asset]
      if unsold > 0 {
        move(unsold, of: stake.asset, from: layer.account, to: venues[pool].account)
        venues[pool].lent[0].totalAssets += unsold
        try happened(.returned(pool: VenueID(pool), amount: try ReferenceMath.amount(unsold)))
        try claimsHaveChanged(of: pool, 0, loss: 0)
      }
    }
    guard promise.outstanding > 0 else { return }
    promises[number].outstanding = 0
    try happened(
      .promiseBroken(
        loss: promise.loss, venue: VenueID(promise.venue), reserve: Int32(promise.place),
        step: Int32(promise.layer), shortfall: try ReferenceMath.amount(promise.outstanding)))
    try allocate(
      promise.outstanding, promise.loss, of: promise.venue, promise.place, recognised: promise.recognised,
      from: promise.layer + 1)
  }
}
