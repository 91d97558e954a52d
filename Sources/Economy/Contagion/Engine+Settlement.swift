import Kernel
import Ledger

/// A member of a mutual pool that has been called for a loss of another's.
struct CalledMember {
  let venue: VenueID
  let reserve: Int
  /// Where the pool stands in its waterfall: what it pays falls on the layers after that.
  let step: Int
  let amount: Amount
}

// What layers pay at once.

extension World {
  /// Posts what is taken, by the layer's means in their order, and takes it out of the deficit. Returns the
  /// members of a mutual pool that have paid: what they paid is a loss of theirs.
  mutating func settle(
    _ absorption: Absorption, _ loss: FallingLoss, _ place: Int, _ bearers: BearerPool, _ header: EventHeader
  ) throws(RunFailure.Reason) -> [CalledMember] {
    let step = waterfalls[loss.venue].steps[place]
    let declaration = type(of: step.layer).declaration
    guard let parts = Absorption.split(absorption.taken, over: declaration.means, of: bearers) else {
      throw .absorption(layer: declaration.name, .moreThanTheyHold)
    }
    var called: [CalledMember] = []
    for (means, amount) in zip(declaration.means, parts) where !amount.isZero {
      called += try pay(amount, by: means, step, place, loss, header)
    }
    venues[loss.venue].reserves[loss.reserve].deficit -= absorption.taken
    return called
  }

  private mutating func pay(
    _ amount: Amount, by means: Absorption.Means, _ step: Waterfall.Step, _ place: Int,
    _ loss: FallingLoss, _ header: EventHeader
  ) throws(RunFailure.Reason) -> [CalledMember] {
    let (venue, reserve) = (loss.venue, loss.reserve)
    switch means {
    case .nothing:
      break
    case .capital:
      try post(
        Posting(
          Transfer(
            from: step.account, to: venues[venue].account, asset: venues[venue].reserves[reserve].asset,
            amount: amount, for: .lossPayment)))
      remember(amount, by: step.account, venues[venue].reserves[reserve].asset, loss, step: place)
    case .stake:
      if let pool = step.layer.stakePool {
        try slash(amount, of: pool, to: venues[venue].account, loss, place, header)
      }
    case .calls:
      if let pool = step.layer.stakePool { return try call(amount, of: pool, loss, place) }
    case .reserves:
      venues[venue].reserves[reserve].reserves -= amount
      remember(amount, by: venues[venue].account, venues[venue].reserves[reserve].asset, loss, step: place)
    case .matched:
      try cutMatched(amount, loss, place, header)
    case .interest, .claims:
      let books = venues[venue].reserves[reserve]
      venues[venue].reserves[reserve].claims.writeDown(amount)
      try rememberHolders(
        of: books, before: books.claims, after: venues[venue].reserves[reserve].claims, loss, step: place)
    }
    return []
  }

  /// Every staker of a pool loses in the same ratio; what they lose goes to `receiver`.
  mutating func slash(
    _ amount: Amount, of pool: VenueID, to receiver: AccountID, _ loss: FallingLoss, _ place: Int,
    _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let stake = venues[pool].reserves[0]
    countSlash(amount, of: pool, by: place, loss.venue, header.time)
    try post(
      Posting(
        Transfer(
          from: stake.account, to: receiver, asset: stake.asset, amount: amount, for: .lossPayment)))
    venues[pool].reserves[0].claims.writeDown(amount)
    try rememberHolders(
      of: stake, before: stake.claims, after: venues[pool].reserves[0].claims, loss, step: place)
    record(.slashed(loss: loss.number, pool: pool, amount: amount), header)
    try claimsChanged(pool, 0, afterLoss: 0, header)
  }
}

// MARK: How much of a stake may be seized in a day

extension World {
  /// What a layer may seize of a stake pool now: all of it, or what is left of the day's share.
  func slashable(
    by step: Waterfall.Step, of pool: VenueID, at time: SimTime
  ) throws(RunFailure.Reason) -> Amount {
    let stake = venues[pool].reserves[0]
    let held = min(stake.cash(ledger), stake.claims.totalAssets)
    let share = step.layer.maxSlash
    guard share < 1 else { return held }
    let isFirst = step.slashed.day != World.day(of: time)
    let found = isFirst ? held : step.slashed.found
    let most = try calculating { () throws(ArithmeticRefusal) in try portion(share, of: found, .down) }
    return min(held, max(.zero, isFirst ? most : most - step.slashed.seized))
  }

  private mutating func countSlash(
    _ amount: Amount, of pool: VenueID, by place: Int, _ venue: VenueID, _ time: SimTime
  ) {
    guard waterfalls[venue].steps[place].layer.maxSlash < 1 else { return }
    var use = waterfalls[venue].steps[place].slashed
    if use.day != World.day(of: time) {
      let stake = venues[pool].reserves[0]
      (use.day, use.seized) = (World.day(of: time), .zero)
      use.found = min(stake.cash(ledger), stake.claims.totalAssets)
    }
    use.seized += amount
    waterfalls[venue].steps[place].slashed = use
  }

  /// What goes back has not been seized, as far as it was on the same day.
  mutating func uncountSlash(_ amount: Amount, by place: Int, _ venue: VenueID, _ time: SimTime) {
    var use = waterfalls[venue].steps[place].slashed
    guard use.day == World.day(of: time) else { return }
    use.seized = max(.zero, use.seized - amount)
    waterfalls[venue].steps[place].slashed = use
  }
}

// MARK: Members of a mutual pool

extension World {
  /// The other venues that stand behind a pool, and what each can be called for: a share of its claims, as
  /// far as it has cash.
  func members(
    of pool: VenueID, besides loss: FallingLoss, _ asset: AssetID
  ) throws(RunFailure.Reason) -> [CalledMember] {
    var members: [CalledMember] = []
    for venue in venues.indices.map(VenueID.init) where venue != loss.venue && !loss.callers.contains(venue) {
      guard
        let step = waterfalls[venue].steps.firstIndex(where: {
          $0.layer.stakePool == pool && $0.layer.calls > 0
        }), let reserve = venues[venue].reserves.firstIndex(where: { $0.asset == asset })
      else { continue }
      let (books, ledger) = (venues[venue].reserves[reserve], ledger)
      let share = waterfalls[venue].steps[step].layer.calls
      let most = try calculating { () throws(ArithmeticRefusal) in
        min(try portion(share, of: books.claims.totalAssets, .down), books.cash(ledger))
      }
      guard !most.isZero else { continue }
      members.append(CalledMember(venue: venue, reserve: reserve, step: step, amount: most))
    }
    return members
  }

  /// Each member pays in proportion to what it can be called for, and has a deficit of as much.
  private mutating func call(
    _ amount: Amount, of pool: VenueID, _ loss: FallingLoss, _ place: Int
  ) throws(RunFailure.Reason) -> [CalledMember] {
    let asset = venues[loss.venue].reserves[loss.reserve].asset
    let members = try members(of: pool, besides: loss, asset)
    let parts = try calculating { () throws(ArithmeticRefusal) in
      try apportion(amount, by: members.map(\.amount))
    }
    var called: [CalledMember] = []
    for (member, part) in zip(members, parts) where !part.isZero {
      try post(
        Posting(
          Transfer(
            from: venues[member.venue].account, to: venues[loss.venue].account, asset: asset, amount: part,
            for: .lossPayment)))
      venues[member.venue].reserves[member.reserve].deficit += part
      remember(part, by: venues[member.venue].account, asset, loss, step: place)
      called.append(
        CalledMember(venue: member.venue, reserve: member.reserve, step: member.step, amount: part))
    }
    return called
  }
}
