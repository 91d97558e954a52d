import Economy
import Kernel
import Ledger

// Lenders who leave, vaults, and what a share is worth.

extension ReferenceEngine {
  // MARK: Shares

  /// Dollars a token: ⌊⌋ nothing, the plain quotient of the books.
  func sharePrice(_ token: Int, at prices: [Double]) -> Double {
    guard let share = specification.tokens[token].share else { return prices[token] }
    let lent = venues[share.venue.position].lent[share.reserve]
    return lent.totalShares == 0
      ? prices[lent.asset] : Double(lent.totalAssets) / Double(lent.totalShares) * prices[lent.asset]
  }

  /// Looked up after every event: a share's reference price is never out of date.
  mutating func priceShares() {
    for token in specification.tokens.indices where specification.tokens[token].share != nil {
      reference[token] = sharePrice(token, at: reference)
    }
  }

  mutating func publishRedemptionRate(of token: Int) throws(ReferenceFailure) {
    for (index, oracle) in specification.oracles.enumerated()
    where oracle.asset.position == token && oracle.source == .redemptionRate {
      try sourceHasMoved(of: index)
    }
  }

  func worth(_ shares: Int128, of lent: Lent) -> Int128 {
    lent.totalShares == 0 ? 0 : shares * lent.totalAssets / lent.totalShares
  }

  func dust(of lent: Lent, in venue: Venue) -> Int128 {
    balances[venue.account][lent.asset] + bookedLoans(of: lent, in: venue) + lent.deficit - lent.provision
      + venue.holdings.map(\.carried).reduce(0, +) - lent.totalAssets - lent.reserves
  }

  /// Vaults hear of it first, then oracles.
  mutating func claimsHaveChanged(of venue: Int, _ place: Int, loss: Int32) throws(ReferenceFailure) {
    for vault in venues.indices where venues[vault].isVault && venues[vault].lent[0].totalShares > 0 {
      for (number, holding) in venues[vault].holdings.enumerated()
      where holding.venue == venue && holding.place == place {
        let now = worth(of: number, in: vault)
        guard now != holding.announced else { continue }
        venues[vault].holdings[number].announced = now
        marksUnderWay += 1
        try schedule(
          .vaultMarks(vault, holding: number, change: now - holding.announced, loss: loss), .settlement)
      }
    }
    guard let token = token(of: venue, place) else { return }
    priceShares()
    for (index, oracle) in specification.oracles.enumerated() {
      let isRate = oracle.source == .redemptionRate && oracle.asset.position == token
      if isRate || isMadeOf(oracle, AssetID(token)) { try sourceHasMoved(of: index) }
    }
    try measureSoon()
  }

  private func worth(of number: Int, in vault: Int) -> Int128 {
    let holding = venues[vault].holdings[number]
    let lent = venues[holding.venue].lent[holding.place]
    return worth(balances[venues[vault].account][lent.shareAsset], of: lent)
  }

  mutating func mark(
    _ vault: Int, _ number: Int, _ change: Int128, _ parent: Int32
  ) throws(ReferenceFailure) {
    marksUnderWay -= 1
    let holding = venues[vault].holdings[number]
    venues[vault].holdings[number].carried += change
    try happened(
      .marked(
        vault: VenueID(vault), holding: Int32(number), from: try ReferenceMath.amount(holding.carried),
        to: try ReferenceMath.amount(holding.carried + change)))
    if change < 0 {
      venues[vault].lent[0].deficit -= change
      try recognise(
        -change, .passedOn(by: VenueID(holding.venue), to: VenueID(vault), loss: parent), of: vault, 0)
    } else {
      let promised = promises.reduce(0) { $0 + ($1.all.venue == vault ? $1.outstanding : 0) }
      let healed = min(change, venues[vault].lent[0].deficit - promised)
      venues[vault].lent[0].deficit -= healed
      if healed > 0 {
        try happened(
          .healed(venue: VenueID(vault), reserve: 0, amount: try ReferenceMath.amount(healed)))
      }
      venues[vault].lent[0].totalAssets += change - healed
      if change > healed { try claimsHaveChanged(of: vault, 0, loss: 0) }
    }
    try serveSoon(vault)
  }

  // MARK: Who looks and leaves

  mutating func scheduleLook(of index: Int, number: Int64) throws(ReferenceFailure) {
    guard let watch = lenders[index].watch else { return }
    try scheduleLook(.lenderWatches(index), by: lenders[index].key, every: watch.every, number: number)
  }

  mutating func look(_ index: Int) throws(ReferenceFailure) {
    // First the books, then those who act on them.
    if marksUnderWay > 0 { return try schedule(.lenderWatches(index), .settlement) }
    let lender = lenders[index]
    guard let watch = lender.watch, let now else { return }
    let lent = venues[lender.venue].lent[lender.place]
    var shares: Int128 { balances[lender.account][lent.shareAsset] }
    guard shares > 0 else { return }
    if !lender.isLeaving {
      let fear = try expectedLoss(of: lender.venue, lender.place)
      let crowd = utilization(of: lender.venue, lender.place)
      lenders[index].isLeaving =
        fear > lender.nerve || watch.leavesAtUtilization.map { crowd >= $0 } ?? false
    }
    if lenders[index].isLeaving, lender.askedAt == nil, venues[lender.venue].terms.cooldown > .zero {
      lenders[index].askedAt = now.time
      try happened(.cooldownBegan(holder: AccountID(lender.account), pool: VenueID(lender.venue)))
      return try schedule(.lenderWatches(index), .reaction, after: venues[lender.venue].terms.cooldown)
    }
    if lenders[index].isLeaving {
      if !venues[lender.venue].isVault {
        _ = try cashIn(shares, of: lender.account, at: lender.venue, lender.place, tellsOfNothing: true)
        if let currency = watch.sellsFor {
          try sellAll(AssetID(lent.asset), of: lender.account, for: currency)
        }
      } else {
        if venues[lender.venue].waiting.isEmpty {
          _ = try cashIn(shares, of: lender.account, at: lender.venue, 0, tellsOfNothing: true)
        }
        if worth(shares, of: venues[lender.venue].lent[0]) > 0 {
          venues[lender.venue].waiting.append(lender.account)
          return try happened(
            .queued(
              holder: AccountID(lender.account), vault: VenueID(lender.venue),
              shares: try ReferenceMath.amount(shares)))
        }
      }
    }
    try scheduleLook(of: index, number: now.time.microseconds / watch.every.microseconds + 1)
  }

  private func utilization(of venue: Int, _ place: Int) -> Double {
    let lent = venues[venue].lent[place]
    let borrowed = bookedLoans(of: lent, in: venues[venue])
    if borrowed == 0 { return 0 }
    return Double(borrowed) / (Double(borrowed) + Double(balances[venues[venue].account][lent.asset]))
  }

  // MARK: Cash

  /// As many of the shares as there is cash for. What was paid.
  mutating func cashIn(
    _ shares: Int128, of holder: Int, at venue: Int, _ place: Int, tellsOfNothing: Bool
  ) throws(ReferenceFailure) -> Int128 {
    let wanted = worth(shares, of: venues[venue].lent[place])
    guard wanted > 0 else { return 0 }
    if venues[venue].isVault { try fetchCash(wanted, for: venue) }
    let lent = venues[venue].lent[place]
    let cash = balances[venues[venue].account][lent.asset]
    var handed = shares
    if wanted > cash { handed = cash * lent.totalShares / lent.totalAssets }
    var value = worth(handed, of: lent)
    if handed < shares, venues[venue].terms.withdrawals == .whole { value = 0 }
    guard value > 0 else {
      if tellsOfNothing { try tellOfWithdrawal(by: holder, venue, place, 0, wanted, 0) }
      return 0
    }
    let paid = value - min(value, max(0, -dust(of: lent, in: venues[venue])))
    move(handed, of: lent.shareAsset, from: holder, to: venues[venue].account)
    move(paid, of: lent.asset, from: venues[venue].account, to: holder)
    let left = lent.totalShares - handed
    venues[venue].lent[place].putIn =
      left == 0 ? 0 : try ReferenceMath.ceilingDivide(lent.putIn, left, by: lent.totalShares)
    venues[venue].lent[place].totalShares = left
    venues[venue].lent[place].totalAssets -= value
    try tellOfWithdrawal(by: holder, venue, place, handed, handed == shares ? paid : wanted, paid)
    try measureSoon()
    return paid
  }

  private mutating func tellOfWithdrawal(
    by holder: Int, _ venue: Int, _ place: Int, _ shares: Int128, _ wanted: Int128, _ paid: Int128
  ) throws(ReferenceFailure) {
    try happened(
      .withdrew(
        holder: AccountID(holder), venue: VenueID(venue), reserve: Int32(place),
        shares: try ReferenceMath.amount(shares), wanted: try ReferenceMath.amount(wanted),
        paid: try ReferenceMath.amount(paid), utilization: utilization(of: venue, place)))
  }

  /// A vault goes round its venues, in its order, until it has enough.
  private mutating func fetchCash(_ wanted: Int128, for vault: Int) throws(ReferenceFailure) {
    let account = venues[vault].account
    for (number, holding) in venues[vault].holdings.enumerated() {
      let missing = wanted - balances[account][venues[vault].lent[0].asset]
      guard missing > 0 else { return }
      guard venues[holding.venue].waiting.isEmpty else { continue }
      let lent = venues[holding.venue].lent[holding.place]
      let held = balances[account][lent.shareAsset]
      var asked = held
      if missing < lent.totalAssets {
        asked = min(held, try ReferenceMath.ceilingDivide(missing, lent.totalShares, by: lent.totalAssets))
      }
      try fetch(asked, from: number, of: vault)
    }
  }

  /// At a pool no more than there is cash for.
  private mutating func fetch(
    _ shares: Int128, from number: Int, of vault: Int
  ) throws(ReferenceFailure) {
    let holding = venues[vault].holdings[number]
    let lent = venues[holding.venue].lent[holding.place]
    var asked = shares
    let cash = balances[venues[holding.venue].account][lent.asset]
    if !venues[holding.venue].isVault, worth(asked, of: lent) > cash {
      asked = cash * lent.totalShares / lent.totalAssets
    }
    let paid = try cashIn(
      asked, of: venues[vault].account, at: holding.venue, holding.place, tellsOfNothing: false)
    guard paid > 0 else { return }
    let now = worth(of: number, in: vault)
    venues[vault].holdings[number].carried = now
    venues[vault].holdings[number].announced = now
    try happened(
      .drawn(
        vault: VenueID(vault), holding: Int32(number), from: try ReferenceMath.amount(holding.carried),
        to: try ReferenceMath.amount(now)))
  }

  // MARK: Curators

  mutating func scheduleCurator(of vault: Int, number: Int64) throws(ReferenceFailure) {
    guard let curator = venues[vault].terms.curator else { return }
    let key = EntityKey(id: venues[vault].terms.name + ".curator", ordinal: 0)
    try scheduleLook(.curatorLooks(vault), by: key, every: curator.every, number: number)
  }

  private mutating func putBack(_ number: Int, of vault: Int) throws(ReferenceFailure) {
    let (account, own) = (venues[vault].account, venues[vault].lent[0])
    let holding = venues[vault].holdings[number]
    let portion = venues[vault].terms.allocation?[number].portion ?? 0
    // Ratios have nine decimals.
    let target = own.totalAssets * Int128((portion * 1e9).rounded()) / 1_000_000_000
    let paid = min(target - holding.carried, balances[account][own.asset])
    let lent = venues[holding.venue].lent[holding.place]
    guard paid > 0, (lent.totalShares > 0) == (lent.totalAssets > 0) else { return }
    let shares = lent.totalShares == 0 ? paid : paid * lent.totalShares / lent.totalAssets
    guard shares > 0 else { return }
    move(paid, of: lent.asset, from: account, to: venues[holding.venue].account)
    move(shares, of: lent.shareAsset, from: venues[holding.venue].account, to: account)
    venues[holding.venue].lent[holding.place].totalAssets += paid
    venues[holding.venue].lent[holding.place].totalShares += shares
    venues[holding.venue].lent[holding.place].putIn += paid
    let now = worth(of: number, in: vault)
    venues[vault].holdings[number].carried = now
    venues[vault].holdings[number].announced = now
    try happened(
      .placed(
        vault: VenueID(vault), holding: Int32(number), paid: try ReferenceMath.amount(paid),
        from: try ReferenceMath.amount(holding.carried), to: try ReferenceMath.amount(now)))
    try cashHasCome(to: holding.venue)
    try measureSoon()
  }

  mutating func curate(_ vault: Int) throws(ReferenceFailure) {
    if marksUnderWay > 0 { return try schedule(.curatorLooks(vault), .settlement) }
    guard let curator = venues[vault].terms.curator, let now else { return }
    for (number, holding) in venues[vault].holdings.enumerated() where venues[vault].lent[0].totalShares > 0 {
      guard venues[holding.venue].waiting.isEmpty else { continue }
      let lent = venues[holding.venue].lent[holding.place]
      let fear = try expectedLoss(of: holding.venue, holding.place)
      if fear > curator.leavesAt {
        guard worth(of: number, in: vault) > 0 else { continue }
        try fetch(balances[venues[vault].account][lent.shareAsset], from: number, of: vault)
      } else if let calm = curator.returns, fear < calm, venues[vault].waiting.isEmpty {
        try putBack(number, of: vault)
      }
    }
    try scheduleCurator(of: vault, number: now.time.microseconds / curator.every.microseconds + 1)
  }

  /// Every vault whose cash may come from there.
  mutating func cashHasCome(to venue: Int) throws(ReferenceFailure) {
    for vault in venues.indices where reaches(vault, venue) { try serveSoon(vault) }
  }

  private func reaches(_ vault: Int, _ venue: Int) -> Bool {
    venues[vault].holdings.contains { $0.venue == venue || reaches($0.venue, venue) }
  }

  private mutating func serveSoon(_ vault: Int) throws(ReferenceFailure) {
    guard !venues[vault].waiting.isEmpty, !venues[vault].isAboutToServe else { return }
    venues[vault].isAboutToServe = true
    try schedule(.vaultServes(vault), .settlement)
  }

  mutating func serve(_ vault: Int) throws(ReferenceFailure) {
    if marksUnderWay > 0 { return try schedule(.vaultServes(vault), .settlement) }
    venues[vault].isAboutToServe = false
    while let first = venues[vault].waiting.first {
      let share = venues[vault].lent[0].shareAsset
      _ = try cashIn(balances[first][share], of: first, at: vault, 0, tellsOfNothing: false)
      guard worth(balances[first][share], of: venues[vault].lent[0]) == 0 else { return }
      venues[vault].waiting.removeFirst()
      for (lender, terms) in lenders.enumerated() where terms.account == first && balances[first][share] > 0 {
        guard let now, let every = terms.watch?.every.microseconds else { continue }
        try scheduleLook(of: lender, number: now.time.microseconds / every + 1)
      }
    }
    try cashHasCome(to: vault)
  }
}
