import Economy
import Kernel
import Ledger

// Blocks and those who wait for them, as a list that is searched through for every place in a block.

extension ReferenceEngine {
  /// A transaction.
  struct Waiting {
    let occurrence: Occurrence
    let cause: EventHeader?
    let sender: Int
    let bid: Double
    let rank: UInt64
    let fee: Int128
    let currency: AssetID
    let sent: Int64
  }

  /// Bids what it has if that is less than what it would bid.
  mutating func send(
    _ occurrence: Occurrence, from sender: Int, _ key: EntityKey, bidding bid: Int128, in currency: AssetID
  ) throws(ReferenceFailure) {
    guard let chain = specification.chain, let now else { throw ReferenceFailure("no chain") }
    let fee = min(bid, balances[sender][currency.position])
    let block = now.time.microseconds / chain.block.microseconds + 1
    mempool.append(
      Waiting(
        occurrence: occurrence, cause: now, sender: sender,
        bid: value(of: fee, in: currency.position, at: reference),
        rank: streams.word(.bidRank, key, Epoch(slot: UInt64(block))), fee: fee, currency: currency,
        sent: now.time.microseconds))
    try happened(
      .sent(trader: AccountID(sender), currency: currency, bid: try ReferenceMath.amount(fee)))
    try scheduleBlock()
  }

  private mutating func scheduleBlock() throws(ReferenceFailure) {
    guard let chain = specification.chain, let now, !blockIsDue else { return }
    blockIsDue = true
    let number = now.time.microseconds / chain.block.microseconds + 1
    try schedule(.blockIsMade(number), .chain, from: number * chain.block.microseconds, asRoot: true)
  }

  mutating func makeBlock(_ number: Int64) throws(ReferenceFailure) {
    guard let chain = specification.chain, let now else { throw ReferenceFailure("no chain") }
    blockIsDue = false
    var others: [Double] = []
    if let demand = chain.demand {
      do { others = try demand.bids(inBlock: number, at: now.time, streams) } catch {
        throw ReferenceFailure("\(error)")
      }
    }
    var room = chain.capacity ?? .max
    var otherPlaces = 0
    var included: [Waiting] = []
    while room > 0, let first = firstInLine() {
      let best = mempool[first].bid
      if let other = others.filter({ $0 > best }).max() {
        others.remove(at: others.firstIndex(of: other) ?? 0)
        otherPlaces += 1
      } else {
        included.append(mempool.remove(at: first))
      }
      room -= 1
    }
    // Those who are left come in as far as there is room.
    otherPlaces += min(room, others.count)
    for transaction in included {
      let fee = min(transaction.fee, balances[transaction.sender][transaction.currency.position])
      move(fee, of: transaction.currency.position, from: transaction.sender, to: 0)
      try happened(
        .included(
          trader: AccountID(transaction.sender), currency: transaction.currency,
          fee: try ReferenceMath.amount(fee),
          waited: SimDuration(microseconds: now.time.microseconds - transaction.sent)))
      try schedule(transaction.occurrence, .liquidation, because: transaction.cause)
    }
    try happened(
      .blockMade(
        number: number, included: Int32(included.count), others: Int32(otherPlaces),
        waiting: Int32(mempool.count)))
    if !mempool.isEmpty { try scheduleBlock() }
  }

  /// The highest bid among each sender's earliest; then the lower rank; then who sent first.
  private func firstInLine() -> Int? {
    var first: Int?
    for index in mempool.indices {
      let candidate = mempool[index]
      if mempool[..<index].contains(where: { $0.sender == candidate.sender }) { continue }
      guard let best = first.map({ mempool[$0] }) else {
        first = index
        continue
      }
      if candidate.bid > best.bid || (candidate.bid == best.bid && candidate.rank < best.rank) {
        first = index
      }
    }
    return first
  }
}

// MARK: What waits for a block, when its block has come

extension ReferenceEngine {
  mutating func executeLiquidation(_ index: Int, by actor: Int) throws(ReferenceFailure) {
    let isStillCalled = positions[index].state == .called
    if isStillCalled, try needsAnOldPrice(positions[index]) {
      try happened(.reverted(position: PositionID(index), liquidator: LiquidatorID(actor)))
      if try !pairs(for: liquidators[actor], positions[index]).isEmpty { try lookAgain(at: index, actor) }
      return
    }
    if isStillCalled, try givesUp(index) {
      try happened(.passedOver(position: PositionID(index), liquidator: LiquidatorID(actor)))
      return try happened(.reverted(position: PositionID(index), liquidator: LiquidatorID(actor)))
    }
    let isBelow = try isBelowThreshold(positions[index])
    let chances = try pairs(for: liquidators[actor], positions[index])
    let couldAct = isStillCalled && isBelow && !chances.isEmpty
    if isStillCalled, !isBelow { positions[index].state = .open }
    guard couldAct, let bargain = try whatPaysMost(for: liquidators[actor], positions[index]) else {
      try happened(.reverted(position: PositionID(index), liquidator: LiquidatorID(actor)))
      if couldAct { try lookAgain(at: index, actor) }
      return
    }
    try carryOut(bargain, index, by: actor)
  }

  mutating func lookAgain(at index: Int, _ actor: Int) throws(ReferenceFailure) {
    try bring(actor, to: index, after: liquidators[actor].terms.retry, because: positions[index].call)
  }

  /// A firm sells all that it holds of what it has seized.
  mutating func sell(
    _ asset: AssetID, by actor: Int, isExecuting: Bool
  ) throws(ReferenceFailure) {
    let firm = liquidators[actor]
    let held = balances[firm.account][asset.position]
    guard held > 0 else { return }
    let gets: Int128
    switch firm.terms.market {
    case .pool(let pool): gets = try bought(from: pool.position, selling: asset, held)
    case .outside: gets = try worthOutside(held, of: asset, in: firm.terms.currency)
    }
    if gets == 0 { return }
    guard specification.chain == nil || isExecuting else {
      return try send(
        .inventorySaleExecutes(actor, asset), from: firm.account, firm.key, bidding: firm.bid,
        in: firm.terms.currency)
    }
    switch firm.terms.market {
    case .pool(let pool):
      try swap(in: pool.position, by: firm.account, selling: asset, held, for: gets)
    case .outside:
      try sellOutside(asset, held, for: firm.terms.currency, by: firm.account)
    }
  }

  /// What the outside would pay now, its impact as decayed as it is now.
  func worthOutside(_ units: Int128, of asset: AssetID, in other: AssetID) throws(ReferenceFailure) -> Int128
  {
    var looking = self
    looking.approachOutside(asset.position, other.position)
    guard let worth = looking.proceeds(of: units, asset.position, in: other.position) else {
      throw ReferenceFailure("too much")
    }
    return worth
  }

  mutating func sellOutside(
    _ asset: AssetID, _ units: Int128, for other: AssetID, by account: Int
  ) throws(ReferenceFailure) {
    let bought = try worthOutside(units, of: asset, in: other)
    try happened(
      .soldOutside(
        trader: AccountID(account), asset: asset, sold: try ReferenceMath.amount(units), forAsset: other,
        bought: try ReferenceMath.amount(bought)))
    approachOutside(asset.position, other.position)
    let moved = try tradeOutside(account, buys: (other.position, bought), sells: (asset.position, units))
    if !moved.isEmpty { try tell(of: moved) }
  }
}
