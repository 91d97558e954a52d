import Kernel
import Ledger

/// A loss that is being allocated: where it stands.
struct FallingLoss {
  let number: Int32
  let venue: VenueID
  let reserve: Int
  /// All of it, as recognised.
  let recognised: Amount
  /// Whose debt it was, where it arose here.
  var position: PositionID?
  /// The venues through whose pools it has come here: none of them is called again for it.
  var callers: [VenueID] = []
  /// Where it may yet turn out not to be lost: which of the position's debts it is a provision for.
  var provision: (position: PositionID, debt: Int)?
}

extension World {
  /// Recognition: the venue gives the debts up. Allocation: its layers are asked in order, anew for each
  /// asset that is owed.
  ///
  /// The deficit carries the loss from the one to the other; what is still in it at the end stands
  /// unresolved, or is promised.
  mutating func recogniseLoss(_ id: PositionID, _ header: EventHeader) throws(RunFailure.Reason) {
    let position = positions[id]
    let venue = position.venue
    for (place, reserve) in position.debts.enumerated() {
      guard !ledger.balance(of: position.account, in: venues[venue].reserves[reserve].debtAsset).isZero else {
        continue
      }
      let provided = try releaseProvision(of: id, debt: place, header)
      var changed = venues[venue].reserves[reserve]
      let ledger = ledger
      let (loss, writeOff) = try calculating { () throws(ArithmeticRefusal) in
        try changed.writeOff(position.account, providedFor: provided, ledger)
      }
      try post(Posting(writeOff))
      venues[venue].reserves[reserve] = changed
      if provided > .zero {
        record(.provisioned(position: id, reserve: Int32(reserve), amount: .zero), header)
        guard !loss.isZero else { continue }
      }
      try recognise(loss, .position(id), venue: venue, reserve: reserve, header)
    }
    if positions[id].state == .exhausted {
      positions[id].state = .closed
      weighAnew(id)
    }
    try scheduleMeasurement(because: header)
  }

  /// A loss stands in a venue's deficit: it is remembered, and falls down the waterfall.
  mutating func recognise(
    _ amount: Amount, _ origin: LossOrigin, venue: VenueID, reserve: Int, from first: Int = 0,
    provisionFor debt: Int? = nil, callers: [VenueID] = [], _ header: EventHeader
  ) throws(RunFailure.Reason) {
    lossCount += 1
    hasSomethingToFear = true
    record(.recognised(loss: lossCount, origin: origin, reserve: Int32(reserve), amount: amount), header)
    var loss = FallingLoss(number: lossCount, venue: venue, reserve: reserve, recognised: amount)
    loss.callers = callers
    if case .position(let position) = origin {
      loss.position = position
      if let debt { loss.provision = (position, debt) }
    }
    if let guarantor {
      try fillHole(amount, of: loss, by: guarantor, header)
    } else {
      try allocate(amount, of: loss, from: first, header)
    }
  }

  /// Asks the layers from `first` on, each for what the ones before it left.
  mutating func allocate(
    _ amount: Amount, of loss: FallingLoss, from first: Int = 0, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let (venue, reserve) = (loss.venue, loss.reserve)
    let (claims, cash) = (
      venues[venue].reserves[reserve].claims, venues[venue].reserves[reserve].cash(ledger)
    )
    var left = amount
    var called: [CalledMember] = []
    for place in waterfalls[venue].steps.indices.dropFirst(first) where !left.isZero {
      let step = waterfalls[venue].steps[place]
      let bearers = try bearers(behind: step, loss, at: header.time)
      // What its limits keep from it, the next layer is asked for.
      let kept = left - (try callable(left, of: step, loss, header.time))
      let asked = Loss(
        number: Int(loss.number), asset: venues[venue].reserves[reserve].asset, amount: left - kept)
      let absorption: Absorption
      do {
        absorption = try step.layer.absorb(asked, from: bearers)
      } catch {
        throw .absorption(layer: type(of: step.layer).declaration.name, error)
      }
      left = absorption.left + kept
      if !step.limits.areNone {
        try use(absorption.taken + absorption.promised, of: place, loss, header.time)
      }
      called += try settle(absorption, loss, place, bearers, header)
      if let provision = loss.provision {
        provide(absorption, loss, place, bearers, for: provision, at: header.time)
      }
      record(
        .absorbed(
          loss: loss.number, venue: venue, reserve: Int32(reserve), step: Int32(place),
          taken: absorption.taken, promised: absorption.promised, left: left),
        header)
      try openPromise(absorption, loss, place, header)
    }
    if let provision = loss.provision, !left.isZero {
      provisions[provision.position][provision.debt].shares.append(
        Provision.Share(
          loss: loss, step: waterfalls[venue].steps.count - 1, means: .nothing,
          day: World.day(of: header.time), amount: left))
    }
    if venues[venue].reserves[reserve].claims != claims {
      try claimsChanged(venue, reserve, afterLoss: loss.number, header)
    }
    if venues[venue].reserves[reserve].cash(ledger) > cash { try cashCame(to: venue, header) }
    for member in called {
      let origin = LossOrigin.calledFor(by: venue, member: member.venue, loss: loss.number)
      try recognise(
        member.amount, origin, venue: member.venue, reserve: member.reserve, from: member.step + 1,
        callers: loss.callers + [venue], header)
    }
  }

  // MARK: What a layer sees, and how far it may be called

  func bearers(
    behind step: Waterfall.Step, _ loss: FallingLoss, at time: SimTime
  ) throws(RunFailure.Reason) -> BearerPool {
    let books = venues[loss.venue].reserves[loss.reserve]
    var bearers = BearerPool()
    bearers.capital = ledger.balance(of: step.account, in: books.asset)
    for asset in ledger.assetsTouched(by: step.account) where asset != books.asset {
      let held = ledger.balance(of: step.account, in: asset)
      bearers.saleable = sum(bearers.saleable, worth(of: held, asset, in: books.asset))
    }
    if let mints = step.layer.mints {
      bearers.mintable = worth(of: mints.most - step.minted, mints.asset, in: books.asset)
    }
    // What has been promised already cannot be promised again.
    let promised = promised(by: step, in: books.asset)
    let free = max(.zero, sum(bearers.capital, bearers.saleable) - promised)
    bearers.capital = min(bearers.capital, free)
    // A provision may be reversed: what has to be sold first does not stand for it.
    bearers.saleable = loss.provision == nil ? free - bearers.capital : .zero
    bearers.mintable = max(.zero, bearers.mintable - promised)
    if let pool = step.layer.stakePool {
      let stake = venues[pool].reserves[0]
      let held = try slashable(by: step, of: pool, at: time)
      if stake.asset == books.asset {
        bearers.stake = held
      } else {
        bearers.saleableStake = worth(of: held, stake.asset, in: books.asset)
      }
      bearers.callable = try members(of: pool, besides: loss, books.asset).reduce(.zero) { $0 + $1.amount }
    }
    bearers.reserves = books.reserves
    bearers.interest = books.claims.interest
    bearers.claims = books.claims.totalAssets
    if loss.position != nil, type(of: step.layer).declaration.means.contains(.matched) {
      bearers.matched = try suppliers(of: loss.venue, loss.reserve).reduce(.zero) { $0 + $1.value }
    }
    return bearers
  }

  private func promised(
    by step: Waterfall.Step, in asset: AssetID
  ) -> Amount {
    var sum = Amount.zero
    for promise in promises where !promise.outstanding.isZero {
      let loss = promise.loss
      guard waterfalls[loss.venue].steps[promise.step].account == step.account else { continue }
      if case .seizure = promise.settlement { continue }
      let owed = venues[loss.venue].reserves[loss.reserve].asset
      let units = Double(promise.outstanding.units) * reference.rate(of: owed, in: asset)
      let amount = owed == asset ? promise.outstanding : wholeUnits(units, .up) ?? promise.outstanding
      sum = self.sum(sum, amount)
    }
    return sum
  }

  /// What bearers have is only ever compared with a loss: more than there are numbers for is enough.
  private func sum(_ a: Amount, _ b: Amount) -> Amount {
    let (units, overflow) = a.units.addingReportingOverflow(b.units)
    return overflow ? Amount(units: .max) : Amount(units: units)
  }

  /// At reference prices, of what somebody buys; nothing if nobody does.
  func worth(of amount: Amount, _ asset: AssetID, in other: AssetID) -> Amount {
    guard !amount.isZero, route(from: asset, to: other) != nil else { return .zero }
    return wholeUnits(Double(amount.units) * reference.rate(of: asset, in: other), .down)
      ?? Amount(units: .max)
  }

  func callable(
    _ left: Amount, of step: Waterfall.Step, _ loss: FallingLoss, _ time: SimTime
  ) throws(RunFailure.Reason) -> Amount {
    let limits = step.limits
    guard !limits.areNone else { return left }
    let asset = venues[loss.venue].reserves[loss.reserve].asset
    let use = step.use[loss.reserve]
    // It may be asked again for the same loss, when a promise above it is broken.
    let borne = use.byLoss[loss.number] ?? .zero
    var most = left
    if let share = limits.capShare {
      let recognised = loss.recognised
      let cap = try calculating { () throws(ArithmeticRefusal) in try portion(share, of: recognised, .down) }
      most = min(most, cap - borne)
    }
    if let cap = limits.perEvent { most = min(most, try amount(cap, in: asset, loss.venue) - borne) }
    if let cap = limits.cap { most = min(most, try amount(cap, in: asset, loss.venue) - use.inAll) }
    if let cap = limits.perDay {
      let today = use.day == World.day(of: time) ? use.today : .zero
      most = min(most, try amount(cap, in: asset, loss.venue) - today)
    }
    return max(.zero, most)
  }

  /// A limit in the asset that is lost, at published prices where it was said in another.
  private func amount(
    _ limit: LayerValue.Holding, in asset: AssetID, _ venue: VenueID
  ) throws(RunFailure.Reason) -> Amount {
    let said = limit.asset ?? venues[venue].reserves[0].asset
    guard said != asset else { return limit.amount }
    let units = Double(limit.amount.units) * published.rate(of: said, in: asset)
    guard let amount = wholeUnits(units, .down) else { throw .arithmetic(.overflow) }
    return amount
  }

  private mutating func use(
    _ amount: Amount, of place: Int, _ loss: FallingLoss, _ time: SimTime
  ) throws(RunFailure.Reason) {
    guard !amount.isZero else { return }
    var use = waterfalls[loss.venue].steps[place].use[loss.reserve]
    let day = World.day(of: time)
    if use.day != day { (use.day, use.today) = (day, .zero) }
    try calculating { () throws(ArithmeticRefusal) in
      use.today = try use.today.adding(amount)
      use.inAll = try use.inAll.adding(amount)
    }
    use.byLoss[loss.number, default: .zero] += amount
    waterfalls[loss.venue].steps[place].use[loss.reserve] = use
  }

  /// What a layer got back it has not borne.
  mutating func release(_ amount: Amount, of share: Provision.Share) {
    guard share.step >= 0, !waterfalls[share.loss.venue].steps[share.step].limits.areNone else { return }
    var use = waterfalls[share.loss.venue].steps[share.step].use[share.loss.reserve]
    use.inAll -= amount
    if use.day == share.day { use.today -= amount }
    use.byLoss[share.loss.number, default: amount] -= amount
    waterfalls[share.loss.venue].steps[share.step].use[share.loss.reserve] = use
  }

  static func day(of time: SimTime) -> Int64 {
    time.microseconds / SimDuration.hours(24).microseconds
  }
}
