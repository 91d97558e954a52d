import Economy
import Kernel
import Ledger

// Loopers: what would be is tried on a copy of everything.

extension ReferenceEngine {
  mutating func scheduleLook(atLeverageOf index: Int, number: Int64) throws(ReferenceFailure) {
    let looper = loopers[index]
    try scheduleLook(.looperLooks(index), by: looper.key, every: looper.watch.every, number: number)
  }

  mutating func lookAtLeverage(_ index: Int) throws(ReferenceFailure) {
    if marksUnderWay > 0 { return try schedule(.looperLooks(index), .settlement) }
    let looper = loopers[index]
    guard positions[looper.position].state != .closed, positions[looper.position].state != .exhausted, let now
    else { return }
    if try !needsAnOldPrice(positions[looper.position]) { try bringBack(looper) }
    guard positions[looper.position].state != .closed, positions[looper.position].state != .exhausted else {
      return
    }
    try scheduleLook(
      atLeverageOf: index, number: now.time.microseconds / looper.watch.every.microseconds + 1)
  }

  private mutating func bringBack(_ looper: Looper) throws(ReferenceFailure) {
    let position = positions[looper.position]
    let (terms, held) = holdings(of: position)[0]
    let (lent, owed) = try debts(of: position)[0]
    let k = value(of: held, in: terms.asset.position, at: published)
    let d = value(of: owed, in: lent.asset, at: published)
    if d / k > looper.watch.deleverAbove {
      let x = (d - looper.goal * k) / (1 - looper.goal)
      guard x > 0 else { return }
      let enough = ReferenceMath.ceiling(x / value(of: 1, in: terms.asset.position, at: published))
      let sold = min(held, enough ?? held)
      if sold > 0 { try unwind(looper, position, sold) }
    } else if let below = looper.watch.releverBelow, d / k < below, position.state == .open {
      let y = (looper.goal * k - d) / (1 - looper.goal)
      guard y > 0 else { return }
      let cash = balances[venues[position.venue].account][lent.asset]
      let borrowed = min(cash, ReferenceMath.floor(y / value(of: 1, in: lent.asset, at: published)) ?? cash)
      if borrowed > 0 { try wind(looper, position, borrowed) }
    }
  }

  /// The venue whose share it is, and where nobody waits.
  private func issuer(of asset: AssetID) -> (venue: Int, place: Int)? {
    guard let share = specification.tokens[asset.position].share,
      venues[share.venue.position].waiting.isEmpty
    else { return nil }
    return (share.venue.position, share.reserve)
  }

  private mutating func unwind(
    _ looper: Looper, _ position: Position, _ wanted: Int128
  ) throws(ReferenceFailure) {
    let asset = holdings(of: position)[0].terms.asset
    let lent = venues[position.venue].lent[position.debts[0]]
    var (sold, offered): (Int128, Int128)
    switch looper.watch.market {
    case .pool(let pool): (sold, offered) = (wanted, try bought(from: pool.position, selling: asset, wanted))
    case .outside: (sold, offered) = (wanted, try worthOutside(wanted, of: asset, in: AssetID(lent.asset)))
    case .venue:
      guard let source = issuer(of: asset) else { return }
      let books = venues[source.venue].lent[source.place]
      let cash = balances[venues[source.venue].account][books.asset]
      sold = wanted
      if !venues[source.venue].isVault, worth(sold, of: books) > cash {
        sold = cash * books.totalShares / books.totalAssets
      }
      offered = worth(sold, of: books)
    }
    func retired(by repaid: Int128) throws(ReferenceFailure) -> Int128 {
      try ReferenceMath.floorDivide(repaid, ReferenceMath.indexOne, by: lent.index)
    }
    var after = self
    after.balances[position.account][asset.position] -= sold
    let least = try retired(by: min(offered, owed(by: position, of: lent)))
    after.balances[position.account][lent.debtAsset] += least
    let falls = try after.isBelowThreshold(position)
    guard least > 0, !falls else { return }
    var proceeds = offered
    switch looper.watch.market {
    case .pool(let pool):
      try swap(in: pool.position, by: position.account, selling: asset, sold, for: offered)
    case .outside: try sellOutside(asset, sold, for: AssetID(lent.asset), by: position.account)
    case .venue:
      guard let source = issuer(of: asset) else { return }
      proceeds = try cashIn(
        sold, of: position.account, at: source.venue, source.place, tellsOfNothing: false)
    }
    guard proceeds > 0 else { return }
    let repaid = min(proceeds, try owed(by: position, of: lent))
    let scaled = try retired(by: repaid)
    move(proceeds - (scaled > 0 ? repaid : 0), of: lent.asset, from: position.account, to: position.owner)
    if scaled > 0 {
      move(repaid, of: lent.asset, from: position.account, to: venues[position.venue].account)
      move(scaled, of: lent.debtAsset, from: venues[position.venue].account, to: position.account)
      try happened(
        .paidDown(
          position: PositionID(looper.position), reserve: Int32(position.debts[0]),
          repaid: try ReferenceMath.amount(repaid)))
      try cashHasCome(to: position.venue)
    }
    try findOut(looper.position)
    try measureSoon()
  }

  /// Paid, lost, or standing again; or somebody's business again that was nobody's.
  mutating func findOut(_ index: Int) throws(ReferenceFailure) {
    let position = positions[index]
    try weighSoon(position.venue)
    if try debts(of: position).allSatisfy({ $0.units == 0 }) {
      positions[index].state = .closed
      for (terms, units) in holdings(of: position) {
        move(units, of: terms.asset.position, from: position.account, to: position.owner)
      }
      return
    }
    if try givesUp(index) { return }
    if try !isBelowThreshold(position) {
      positions[index].state = .open
    } else if position.state == .called, position.comers.isEmpty {
      for liquidator in liquidators where try !pairs(for: liquidator, position).isEmpty {
        positions[index].state = .open
      }
    }
  }

  private mutating func wind(
    _ looper: Looper, _ position: Position, _ borrowed: Int128
  ) throws(ReferenceFailure) {
    let terms = holdings(of: position)[0].terms
    let (asset, lent) = (terms.asset, venues[position.venue].lent[position.debts[0]])
    var got: Int128
    switch looper.watch.market {
    case .pool(let pool):
      got = try bought(from: pool.position, selling: AssetID(lent.asset), borrowed)
    case .outside: got = try worthOutside(borrowed, of: AssetID(lent.asset), in: asset)
    case .venue:
      guard let source = issuer(of: asset) else { return }
      let books = venues[source.venue].lent[source.place]
      guard (books.totalShares > 0) == (books.totalAssets > 0) else { return }
      got = books.totalShares == 0 ? borrowed : borrowed * books.totalShares / books.totalAssets
    }
    guard got > 0 else { return }
    let scaled = try ReferenceMath.ceilingDivide(borrowed, ReferenceMath.indexOne, by: lent.index)
    var after = self
    after.balances[position.account][asset.position] += got
    after.balances[position.account][lent.debtAsset] -= scaled
    let debt = value(of: try after.owed(by: position, of: lent), in: lent.asset, at: published)
    let backing = value(
      of: after.balances[position.account][asset.position], in: asset.position, at: published)
    guard debt <= backing * terms.maximumLTV, debt <= backing * terms.threshold else { return }
    let bank = venues[position.venue].account
    move(borrowed, of: lent.asset, from: bank, to: position.account)
    move(scaled, of: lent.debtAsset, from: position.account, to: bank)
    try happened(
      .borrowed(
        position: PositionID(looper.position), reserve: Int32(position.debts[0]),
        borrowed: try ReferenceMath.amount(borrowed)))
    switch looper.watch.market {
    case .pool(let pool):
      try swap(
        in: pool.position, by: position.account, selling: AssetID(lent.asset), borrowed, for: got)
    case .outside: try sellOutside(AssetID(lent.asset), borrowed, for: asset, by: position.account)
    case .venue:
      guard let source = issuer(of: asset) else { return }
      move(borrowed, of: lent.asset, from: position.account, to: venues[source.venue].account)
      move(got, of: asset.position, from: venues[source.venue].account, to: position.account)
      venues[source.venue].lent[source.place].totalAssets += borrowed
      venues[source.venue].lent[source.place].totalShares += got
      venues[source.venue].lent[source.place].putIn += borrowed
      try cashHasCome(to: source.venue)
    }
    try happened(
      .toppedUp(
        position: PositionID(looper.position), asset: asset, posted: try ReferenceMath.amount(got)))
    try findOut(looper.position)
    try measureSoon()
  }
}
