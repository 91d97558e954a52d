import Kernel
import Ledger

/// Whoever sends a transaction: what it bids, out of which account, and the key that its draws hang on.
struct TransactionSender {
  let account: AccountID
  let key: EntityKey
  let bid: Amount
  /// What the bid is an amount of.
  let currency: AssetID

  init(_ liquidator: Liquidator) {
    account = liquidator.account
    key = liquidator.key
    bid = liquidator.bid
    currency = liquidator.terms.currency
  }

  init(_ trader: NoiseTrader, currency: AssetID) {
    account = trader.account
    key = trader.key
    bid = trader.bid
    self.currency = currency
  }

  init(_ arbitrageur: Arbitrageur, currency: AssetID) {
    account = arbitrageur.account
    key = arbitrageur.key
    bid = arbitrageur.bid
    self.currency = currency
  }
}

/// What a transaction on the chain is to do, and what it pays for its place.
struct PaidEvent: Sendable {
  let event: Event
  let fee: Amount
  let currency: AssetID
  let sent: SimTime
}

extension World {
  /// Sends a transaction. Who has less than it would bid bids what it has.
  ///
  /// Among equal bids the rank decides that each sender draws for each block: the same whatever else is sent.
  mutating func send(
    _ event: Event, by sender: TransactionSender, at time: SimTime, because cause: EventHeader
  ) throws(RunFailure.Reason) {
    guard var chain else { preconditionFailure("only called where there is a chain") }
    self.chain = nil
    let fee = min(sender.bid, ledger.balance(of: sender.account, in: sender.currency))
    let slot = Epoch(slot: UInt64(chain.number(after: time)))
    chain.send(
      ChainTransaction(
        intent: PaidEvent(event: event, fee: fee, currency: sender.currency, sent: time),
        sender: sender.account, bid: reference.value(of: fee, in: sender.currency),
        rank: streams.word(.bidRank, sender.key, slot), cause: cause))
    self.chain = chain
    record(.sent(trader: sender.account, currency: sender.currency, bid: fee), cause)
    try scheduleBlock(after: time)
  }

  private mutating func scheduleBlock(after time: SimTime) throws(RunFailure.Reason) {
    guard let chain, !pending.block, let at = chain.time(ofBlock: chain.number(after: time)) else { return }
    pending.block = true
    try schedule(.blockIsMade(number: chain.number(after: time)), from: at, because: nil)
  }

  /// A block takes the best of those who wait. What they do comes in the order of their bids, each because of
  /// what made its sender send it: a block is a delay, not a cause. Who has spent, since sending, what it bid
  /// pays what it has left.
  mutating func makeBlock(_ number: Int64, _ header: EventHeader) throws(RunFailure.Reason) {
    pending.block = false
    guard var chain else { return }
    self.chain = nil
    let others = try othersBids(inBlock: number, at: header.time)
    let block = chain.takeBlock(besides: others)
    let waiting = chain.count
    self.chain = chain
    for transaction in block.included {
      let paid = transaction.intent
      let fee = min(paid.fee, ledger.balance(of: transaction.sender, in: paid.currency))
      if !fee.isZero {
        try post(
          Posting(
            Transfer(
              from: transaction.sender, to: outside, asset: paid.currency, amount: fee, for: .blockFee)))
      }
      record(
        .included(
          trader: transaction.sender, currency: paid.currency, fee: fee,
          waited: SimDuration(microseconds: header.time.microseconds - paid.sent.microseconds)), header)
      try schedule(paid.event, from: header.time, phase: .liquidation, because: transaction.cause)
    }
    record(
      .blockMade(
        number: number, included: Int32(block.included.count), others: Int32(block.others),
        waiting: Int32(waiting)), header)
    if waiting > 0 { try scheduleBlock(after: header.time) }
  }

  /// What everybody else bids for room in a block, in dollars: drawn for the block, whoever else is there.
  private func othersBids(
    inBlock number: Int64, at time: SimTime
  ) throws(RunFailure.Reason) -> [Double] {
    guard let others = demand else { return [] }
    do { return try others.bids(inBlock: number, at: time, streams) } catch { throw .distribution(error) }
  }
}
