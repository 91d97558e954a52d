import Kernel
import Ledger

// Claims on venues that others hold: what they are worth, and who is told.

extension World {
  /// Dollars a token of a share, at one board's price of the asset behind it: posted state and nothing else.
  /// A share that nobody has yet costs one unit of its asset.
  func sharePrice(_ share: WorldSpecification.Share, at prices: PriceBoard) -> Double {
    let books = venues[share.venue].reserves[share.reserve]
    guard !books.claims.totalShares.isZero else { return prices[books.asset] }
    return Double(books.claims.totalAssets.units) / Double(books.claims.totalShares.units)
      * prices[books.asset]
  }

  /// The reference price of a venue's share, if it has a name, follows its books.
  mutating func repriceShare(of venue: VenueID, _ reserve: Int) {
    let share = WorldSpecification.Share(venue, reserve: reserve)
    guard let token = shares.firstIndex(of: share) else { return }
    reference[AssetID(token)] = sharePrice(share, at: reference)
  }

  /// Interest, a loss or a mark has changed what a venue's shares are worth: vaults that hold them mark them,
  /// and oracles that publish them read them. A withdrawal changes it by rounding alone, and is not told.
  mutating func claimsChanged(
    _ venue: VenueID, _ reserve: Int, afterLoss loss: Int32, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    // A vault that has no depositors left has nobody to mark for.
    for vault in vaults.indices
    where !venues[vaults[vault].venue].reserves[0].claims.totalShares.isZero {
      for place in vaults[vault].holdings.indices
      where vaults[vault].holdings[place].venue == venue && vaults[vault].holdings[place].reserve == reserve {
        let value = try valueOfHolding(place, of: vault)
        let change = value - vaults[vault].holdings[place].told
        guard !change.isZero else { continue }
        vaults[vault].holdings[place].told = value
        pending.marks += 1
        try schedule(
          .vaultMarks(vault: vaults[vault].venue, holding: Int32(place), change: change, loss: loss),
          from: header.time, because: header)
      }
    }
    let share = WorldSpecification.Share(venue, reserve: reserve)
    guard let token = shares.firstIndex(of: share).map(AssetID.init) else { return }
    repriceShare(of: venue, reserve)
    for (oracle, reader) in oracles.identified(as: OracleTag.self)
    where isRedemptionRate(reader, of: token) || reads(reader, token) {
      try read(oracle, because: header)
    }
    try scheduleMeasurement(because: header)
  }

  private func isRedemptionRate(_ oracle: Oracle, of token: AssetID) -> Bool {
    oracle.asset == token && oracle.source == .redemptionRate
  }

  private mutating func tellOracles(
    ofShare token: AssetID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    for (oracle, reader) in oracles.identified(as: OracleTag.self)
    where isRedemptionRate(reader, of: token) {
      try read(oracle, because: header)
    }
  }

  /// Shares that are priced in any of these.
  func shares(in assets: [AssetID]) -> [AssetID] {
    shares.indices.map(AssetID.init).filter { token in
      shares[token.position].map {
        assets.contains(venues[$0.venue].reserves[$0.reserve].asset)
      } ?? false
    }
  }

  /// Shares are priced in the asset behind them: its reference price has moved.
  mutating func repriceShares(in asset: AssetID) {
    for case let share? in shares where venues[share.venue].reserves[share.reserve].asset == asset {
      repriceShare(of: share.venue, share.reserve)
    }
  }

  /// What venues see of an asset has changed, and with it what they see of shares in it.
  mutating func tellOracles(ofSharesIn asset: AssetID, _ header: EventHeader) throws(RunFailure.Reason) {
    for (token, share) in shares.enumerated() {
      guard let share, venues[share.venue].reserves[share.reserve].asset == asset else { continue }
      try tellOracles(ofShare: AssetID(token), header)
    }
  }

  func valueOfHolding(_ place: Int, of vault: Int) throws(RunFailure.Reason) -> Amount {
    let holding = vaults[vault].holdings[place]
    let books = venues[holding.venue].reserves[holding.reserve]
    let held = ledger.balance(of: venues[vaults[vault].venue].account, in: books.shareAsset)
    return try calculating { () throws(ArithmeticRefusal) in try books.claims.value(of: held) }
  }

  // MARK: Marks

  /// A gain heals the vault's deficit and then accrues to its depositors. A loss is its own: it falls down
  /// its own waterfall, and the loss that it comes from is its parent.
  mutating func mark(
    _ venue: VenueID, _ place: Int, by change: Amount, afterLoss parent: Int32, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    pending.marks -= 1
    guard let number = vaults.firstIndex(where: { $0.venue == venue }) else { return }
    let holding = vaults[number].holdings[place]
    let value = holding.marked + change
    let (claims, deficit) = (venues[venue].reserves[0].claims, venues[venue].reserves[0].deficit)
    var (vault, books) = (vaults[number], venues[venue].reserves[0])
    let promised = promised(by: venue, 0)
    let loss = try calculating { () throws(ArithmeticRefusal) in
      try vault.mark(place, at: value, in: &books, promised: promised)
    }
    (vaults[number], venues[venue].reserves[0]) = (vault, books)
    record(.marked(vault: venue, holding: Int32(place), from: holding.marked, to: value), header)
    if loss.isZero {
      if books.deficit < deficit {
        record(.healed(venue: venue, reserve: 0, amount: deficit - books.deficit), header)
      }
      if books.claims != claims { try claimsChanged(venue, 0, afterLoss: 0, header) }
    } else {
      try recognise(
        loss, .passedOn(by: holding.venue, to: venue, loss: parent), venue: venue, reserve: 0, header)
    }
    try scheduleService(of: number, header)
  }

  // MARK: Cash

  /// Draws on the holdings in their order until `wanted` is there, or nothing more is to be had. A vault in
  /// whose queue others wait has nothing for those who come later.
  mutating func raiseCash(
    _ wanted: Amount, by number: Int, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let venue = vaults[number].venue
    for place in vaults[number].holdings.indices {
      let missing = wanted - venues[venue].reserves[0].cash(ledger)
      guard missing > .zero else { return }
      try draw(on: place, of: number, upTo: missing, header)
    }
  }

  /// Takes what is missing out of a holding, or all that there is to be had.
  mutating func draw(
    on place: Int, of number: Int, upTo missing: Amount?, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let venue = vaults[number].venue
    let account = venues[venue].account
    let holding = vaults[number].holdings[place]
    if let other = vaults.first(where: { $0.venue == holding.venue }), !other.queue.isEmpty { return }
    let isVault = vaults.contains { $0.venue == holding.venue }
    let (books, ledger) = (venues[holding.venue].reserves[holding.reserve], ledger)
    let held = ledger.balance(of: account, in: books.shareAsset)
    let asked = try calculating { () throws(ArithmeticRefusal) in
      let enough = if let missing { try min(held, books.claims.shares(for: missing)) } else { held }
      // It asks a pool for no more than it can see there; a vault may yet raise more.
      return isVault ? enough : try books.redeemable(enough, ledger)
    }
    let paid = try redeem(
      asked, of: account, at: holding.venue, holding.reserve, isNews: false, header)
    guard !paid.isZero else { return }
    let value = try valueOfHolding(place, of: number)
    vaults[number].book(place, at: value, paid: -paid, in: &venues[venue].reserves[0])
    record(.drawn(vault: venue, holding: Int32(place), from: holding.marked, to: value), header)
  }

  /// A venue has got cash: whoever waits for it will be served.
  mutating func cashCame(to venue: VenueID, _ header: EventHeader) throws(RunFailure.Reason) {
    for number in vaults.indices where vaults[number].sources.contains(venue) {
      try scheduleService(of: number, header)
    }
  }

  private mutating func scheduleService(of number: Int, _ header: EventHeader) throws(RunFailure.Reason) {
    guard !vaults[number].queue.isEmpty, !pending.vaults[number] else { return }
    pending.vaults[number] = true
    try schedule(.vaultServes(vault: vaults[number].venue), from: header.time, because: header)
  }

  /// Whoever has left the queue with shares that are worth nothing looks again, as anybody with shares does:
  /// they may yet be worth something.
  private mutating func keepLooking(
    _ holder: AccountID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    guard let id = lenders.firstIndex(where: { $0.account == holder }).map(LenderID.init),
      let watch = lenders[id].watch
    else { return }
    let share = venues[lenders[id].venue].reserves[lenders[id].reserve].shareAsset
    guard !ledger.balance(of: holder, in: share).isZero else { return }
    try scheduleWatch(of: id, slot: header.time.microseconds / watch.every.microseconds + 1)
  }

  /// First come, first served: until the queue is empty or there is no more cash.
  mutating func serveQueue(of venue: VenueID, _ header: EventHeader) throws(RunFailure.Reason) {
    guard pending.marks == 0 else {
      return try schedule(.vaultServes(vault: venue), from: header.time, because: header)
    }
    guard let number = vaults.firstIndex(where: { $0.venue == venue }) else { return }
    pending.vaults[number] = false
    let share = venues[venue].reserves[0].shareAsset
    while let holder = vaults[number].queue.first {
      _ = try redeem(
        ledger.balance(of: holder, in: share), of: holder, at: venue, 0, isNews: false, header)
      let left = try value(of: ledger.balance(of: holder, in: share), at: venue, 0)
      guard left.isZero else { return }
      vaults[number].queue.removeFirst()
      try keepLooking(holder, header)
    }
    // What those in this queue have left is for those who wait behind other vaults.
    try cashCame(to: venue, header)
  }
}
