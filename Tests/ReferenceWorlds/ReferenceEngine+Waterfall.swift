import Economy
import Kernel
import Ledger

// A loss falls from layer to layer, and what layers promise is paid over time.

extension ReferenceEngine {
  mutating func recognise(
    _ loss: Int128, _ origin: LossOrigin, of venue: Int, _ place: Int, from first: Int = 0,
    isProvision: Bool = false, path: [Int] = []
  ) throws(ReferenceFailure) {
    // Losses are numbered from one.
    lossesInAll += 1
    let number = Int32(lossesInAll)
    try happened(
      .recognised(
        loss: number, origin: origin, reserve: Int32(place), amount: try ReferenceMath.amount(loss)))
    var debtor: Int?
    if case .position(let position) = origin { debtor = position.position }
    let all = Falling(
      number: number, venue: venue, place: place, recognised: loss, debtor: debtor, isProvision: isProvision,
      path: path)
    guard specification.isGuaranteed else { return try allocate(loss, of: all, from: first) }
    let asset = venues[venue].lent[place].asset
    guard let payer = accounts.lastIndex(of: "guarantor") else { throw ReferenceFailure("guarantor") }
    move(max(0, loss - balances[payer][asset]), of: asset, from: 0, to: payer)
    move(loss, of: asset, from: payer, to: venues[venue].account)
    venues[venue].lent[place].deficit -= loss
    if isProvision { remember(loss, by: .outsider(payer), -1, all) }
    try happened(
      .guaranteed(
        loss: number, venue: VenueID(venue), reserve: Int32(place), amount: try ReferenceMath.amount(loss)))
    try cashHasCome(to: venue)
  }

  var time: SimTime { now?.time ?? .start }

  mutating func allocate(
    _ loss: Int128, of all: Falling, from first: Int
  ) throws(ReferenceFailure) {
    let (venue, place) = (all.venue, all.place)
    let claims = venues[venue].lent[place].totalAssets
    let cash = balances[venues[venue].account][venues[venue].lent[place].asset]
    var left = loss
    var called: [(member: Int, place: Int, layer: Int, amount: Int128)] = []
    for index in first..<venues[venue].layers.count where left > 0 {
      let layer = venues[venue].layers[index]
      let most = try limit(of: layer, venue, place, loss: all.number, recognised: all.recognised)
      let asked = max(0, min(left, most ?? left))
      var (taken, promised) = try take(asked, index, of: all)
      if layer.name == "mutualPool" {
        let parts = try callMembers(asked - taken, layer, all)
        called += parts
        taken += parts.reduce(0) { $0 + $1.amount }
      }
      if all.isProvision { rememberParts(of: taken, index, all) }
      left -= taken + promised
      venues[venue].lent[place].deficit -= taken
      venues[venue].layers[index].calls.append((time, place, taken + promised, all.number))
      try happened(
        .absorbed(
          loss: all.number, venue: VenueID(venue), reserve: Int32(place), step: Int32(index),
          taken: try ReferenceMath.amount(taken), promised: try ReferenceMath.amount(promised),
          left: try ReferenceMath.amount(left)))
      if promised > 0 { try promise(promised, index, all) }
    }
    if all.isProvision, left > 0 {
      remember(left, by: .nobody, venues[venue].layers.count - 1, all)
    }
    if venues[venue].lent[place].totalAssets != claims {
      try claimsHaveChanged(of: venue, place, loss: all.number)
    }
    if balances[venues[venue].account][venues[venue].lent[place].asset] > cash {
      try cashHasCome(to: venue)
    }
    for (member, place, layer, amount) in called {
      try recognise(
        amount, .calledFor(by: VenueID(venue), member: VenueID(member), loss: all.number), of: member, place,
        from: layer + 1, path: all.path + [venue])
    }
  }

  private mutating func promise(_ amount: Int128, _ index: Int, _ all: Falling) throws(ReferenceFailure) {
    let layer = venues[all.venue].layers[index]
    var (acts, wait): (Int, SimDuration?) = (layer.settings.count("lots") ?? 1, .zero)
    switch layer.name {
    case "stakedBackstop": try seize(for: amount, index, all)
    case "tokenDilution" where layer.settings.word("sale") == "auction":
      (acts, wait) = (layer.settings.count("attempts") ?? 4, layer.settings.duration("lasts") ?? .hours(6))
    case "debtAuction": (acts, wait) = (1, layer.settings.duration("lasts") ?? .hours(1))
    case "revenueCapture": (acts, wait) = (1, layer.settings.duration("lasts"))
    default: break
    }
    promises.append(Pledge(all: all, layer: index, outstanding: amount, actsLeft: acts))
    if let wait { try schedule(.promiseActs(promises.count - 1), .settlement, after: wait) }
  }

  // MARK: Limits

  /// Nil without one.
  func limit(
    of layer: Layer, _ venue: Int, _ place: Int, loss: Int32, recognised: Int128, at moment: SimTime? = nil
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
    let calls = layer.calls.filter { $0.place == place }
    let before = calls.filter { $0.loss == loss }.reduce(0) { $0 + $1.amount }
    if let share = layer.limits.capShare {
      limits.append(recognised * Int128((share * 1e9).rounded()) / 1_000_000_000 - before)
    }
    if let most = try units(layer.limits.perEvent) { limits.append(most - before) }
    if let most = try units(layer.limits.cap) { limits.append(most - calls.reduce(0) { $0 + $1.amount }) }
    if let most = try units(layer.limits.perDay) {
      let day = (moment ?? time).microseconds / 86_400_000_000
      let today = calls.filter { $0.at.microseconds / 86_400_000_000 == day }
      limits.append(most - today.reduce(0) { $0 + $1.amount })
    }
    return limits.min()
  }

  // MARK: Layers

  /// What a layer takes of a loss, having taken it, and what it promises. Calls of members come on top.
  mutating func take(
    _ loss: Int128, _ index: Int, of all: Falling
  ) throws(ReferenceFailure) -> (taken: Int128, promised: Int128) {
    let (venue, place) = (all.venue, all.place)
    let layer = venues[venue].layers[index]
    let asset = venues[venue].lent[place].asset
    /// Promises of this very layer, in what is lost now.
    func spokenFor() throws(ReferenceFailure) -> Int128 {
      var sum: Int128 = 0
      for promise in promises
      where venues[promise.all.venue].layers[promise.layer].account == layer.account
        && venues[promise.all.venue].layers[promise.layer].name != "stakedBackstop"
      {
        let other = venues[promise.all.venue].lent[promise.all.place].asset
        let converted = ReferenceMath.ceiling(
          Double(promise.outstanding) * rate(of: other, in: asset, at: reference))
        sum += other == asset ? promise.outstanding : converted ?? promise.outstanding
      }
      return sum
    }
    func restOfFund() throws(ReferenceFailure) -> Int128 {
      var rest: Int128 = 0
      for other in assets.indices where other != asset {
        rest += try price(balances[layer.account][other], of: other, in: asset)
      }
      return rest
    }
    switch layer.name {
    case "insuranceFund":
      // A fund pays what it holds of the asset that is lost, and promises what the rest would bring.
      let rest = try restOfFund()
      let free = max(0, balances[layer.account][asset] + rest - (try spokenFor()))
      let taken = min(loss, min(free, balances[layer.account][asset]))
      let more = free - min(free, balances[layer.account][asset])
      move(taken, of: asset, from: layer.account, to: venues[venue].account)
      // What may be reversed is not sold for.
      return (taken, all.isProvision ? 0 : min(loss - taken, more))
    case "debtAuction":
      // It pays nothing at once, so that all that it holds stands for what it has promised.
      let worth = balances[layer.account][asset] + (try restOfFund())
      return (0, min(loss, max(0, worth - (try spokenFor()))))
    case "tokenDilution":
      let (token, most) = layer.settings.tokens("mints")
      let worth = try price(Int128(most.units) - layer.minted, of: token.position, in: asset)
      return (0, min(loss, max(0, worth - (try spokenFor()))))
    case "revenueCapture":
      return (0, loss)
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
      let most = seizable(by: layer)
      guard stake.asset == asset else { return (0, min(loss, try price(most, of: stake.asset, in: asset))) }
      let taken = min(loss, most)
      noteSeizure(taken, index, all)
      try slash(taken, of: pool, to: venues[venue].account, all.number)
      return (taken, 0)
    case "mutualPool":
      let pool = layer.settings.venue("pool").position
      let taken = venues[pool].lent[0].asset == asset ? min(loss, venues[pool].lent[0].totalAssets) : 0
      try slash(taken, of: pool, to: venues[venue].account, all.number)
      return (taken, 0)
    case "tranches":
      let pool = layer.settings.venue("junior").position
      let junior = min(loss, venues[pool].lent[0].totalAssets)
      lastJunior = junior
      try slash(junior, of: pool, to: venues[venue].account, all.number)
      let senior = min(loss - junior, venues[venue].lent[place].totalAssets)
      venues[venue].lent[place].totalAssets -= senior
      return (junior + senior, 0)
    case "isolated":
      guard let debtor = all.debtor else { return (0, 0) }
      let taken = min(loss, suppliers(of: venue, place).reduce(0) { $0 + worthOf($1, venue, place) })
      try cutMatched(taken, debtor, all)
      return (taken, 0)
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

  func poolFor(_ asset: Int, _ other: Int) -> Int? {
    specification.pools.indices.first {
      trades($0, AssetID(asset)) && trades($0, AssetID(other))
    }
  }

  func isSold(_ asset: Int, for other: Int) -> Bool {
    if asset == other { return false }
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

  /// Stake worth what is promised and the fee, as far as the day may take it.
  private mutating func seize(
    for promised: Int128, _ index: Int, _ all: Falling
  ) throws(ReferenceFailure) {
    let layer = venues[all.venue].layers[index]
    let pool = layer.settings.venue("stake").position
    let stake = venues[pool].lent[0]
    let most = seizable(by: layer)
    let wanted = ReferenceMath.ceiling(
      Double(promised) * (1 + (layer.settings.ratio("fee") ?? 0))
        * rate(of: venues[all.venue].lent[all.place].asset, in: stake.asset, at: reference))
    noteSeizure(min(most, wanted ?? most), index, all)
    try slash(min(most, wanted ?? most), of: pool, to: layer.account, all.number)
  }

  // MARK: Members

  /// Each other member is called in proportion to a share of its claims, as far as it has cash.
  mutating func callMembers(
    _ loss: Int128, _ layer: Layer, _ all: Falling
  ) throws(ReferenceFailure) -> [(member: Int, place: Int, layer: Int, amount: Int128)] {
    let asset = venues[all.venue].lent[all.place].asset
    let pool = layer.settings.venue("pool")
    var members: [(member: Int, place: Int, layer: Int, amount: Int128)] = []
    for member in venues.indices where member != all.venue && !all.path.contains(member) {
      let step = venues[member].layers.firstIndex {
        $0.name == "mutualPool" && $0.settings.venue("pool") == pool && ($0.settings.ratio("calls") ?? 0) > 0
      }
      guard let step, let place = venues[member].lent.firstIndex(where: { $0.asset == asset }) else {
        continue
      }
      let share = Int128(((venues[member].layers[step].settings.ratio("calls") ?? 0) * 1e9).rounded())
      let most = min(
        venues[member].lent[place].totalAssets * share / 1_000_000_000,
        balances[venues[member].account][asset])
      if most > 0 { members.append((member, place, step, most)) }
    }
    let amount = min(loss, members.reduce(0) { $0 + $1.amount })
    guard amount > 0 else { return [] }
    let parts = try ReferenceMath.split(amount, by: members.map(\.amount))
    for index in members.indices {
      members[index].amount = parts[index]
      move(
        parts[index], of: asset, from: venues[members[index].member].account, to: venues[all.venue].account)
      venues[members[index].member].lent[members[index].place].deficit += parts[index]
    }
    return members.filter { $0.amount > 0 }
  }

  // MARK: Matched lenders

  /// Lenders in their order, then vaults.
  private func suppliers(of venue: Int, _ place: Int) -> [Int] {
    lenders.filter { $0.venue == venue && $0.place == place }.map(\.account)
      + venues.filter { $0.holdings.contains { $0.venue == venue && $0.place == place } }.map(\.account)
  }

  private func worthOf(_ account: Int, _ venue: Int, _ place: Int) -> Int128 {
    let lent = venues[venue].lent[place]
    return worth(balances[account][lent.shareAsset], of: lent)
  }

  /// Every loan's money, lender by lender: a word says which unit of all that is still free it is.
  mutating func matchLoans() throws(ReferenceFailure) {
    for venue in venues.indices where venues[venue].layers.contains(where: { $0.name == "isolated" }) {
      for place in venues[venue].lent.indices {
        let people = suppliers(of: venue, place)
        var free = people.map { balances[$0][venues[venue].lent[place].shareAsset] }
        for (number, position) in positions.enumerated()
        where position.venue == venue && position.debts.contains(place) {
          var rest = try owed(by: position, of: venues[venue].lent[place])
          var draws: UInt32 = 0
          while rest > 0, free.contains(where: { $0 > 0 }) {
            let word = streams.word(
              .populationChoice, position.key, Epoch(slot: UInt64(place)), index: draws)
            draws += 1
            let drawn = ReferenceEngine.place(of: word, in: free)
            let part = min(rest, free[drawn])
            free[drawn] -= part
            rest -= part
            matches.append((number, place, people[drawn], part))
          }
        }
      }
    }
  }

  private static func place(of word: UInt64, in parts: [Int128]) -> Int {
    let unit = (Int128(word) * parts.reduce(0, +)) >> 64
    var before: Int128 = 0
    for (place, part) in parts.enumerated() {
      before += part
      if unit < before { return place }
    }
    return parts.count - 1
  }

  private mutating func cutMatched(
    _ loss: Int128, _ debtor: Int, _ all: Falling
  ) throws(ReferenceFailure) {
    guard loss > 0 else { return }
    let own = matches.filter { $0.position == debtor && $0.place == all.place }
    var rest = loss
    if !own.isEmpty {
      for (match, part) in zip(own, try ReferenceMath.split(loss, by: own.map(\.amount))) {
        let cut = min(part, worthOf(match.lender, all.venue, all.place))
        try cancel(cut, of: match.lender, all)
        rest -= cut
      }
    }
    var draws: UInt32 = 0
    while rest > 0 {
      let people = suppliers(of: all.venue, all.place)
      let word = streams.word(
        .populationChoice, positions[debtor].key, Epoch(slot: UInt64(4_294_967_296 + all.place)), index: draws
      )
      draws += 1
      let worths = people.map { worthOf($0, all.venue, all.place) }
      let drawn = ReferenceEngine.place(of: word, in: worths)
      let part = min(rest, worths[drawn])
      try cancel(part, of: people[drawn], all)
      rest -= part
    }
  }

  private mutating func cancel(_ loss: Int128, of holder: Int, _ all: Falling) throws(ReferenceFailure) {
    guard loss > 0 else { return }
    let lent = venues[all.venue].lent[all.place]
    let held = balances[holder][lent.shareAsset]
    let shares = min(
      held,
      loss >= lent.totalAssets
        ? lent.totalShares : try ReferenceMath.ceilingDivide(loss, lent.totalShares, by: lent.totalAssets))
    let left = lent.totalShares - shares
    venues[all.venue].lent[all.place].putIn =
      left == 0 ? 0 : try ReferenceMath.ceilingDivide(lent.putIn, left, by: lent.totalShares)
    venues[all.venue].lent[all.place].totalAssets -= loss
    venues[all.venue].lent[all.place].totalShares = left
    move(shares, of: lent.shareAsset, from: holder, to: venues[all.venue].account)
    try happened(
      .bore(
        loss: all.number, venue: VenueID(all.venue), reserve: Int32(all.place), holder: AccountID(holder),
        amount: try ReferenceMath.amount(loss)))
  }
}
