import Kernel
import Ledger

/// Block space: transactions wait until a block has room for them, the highest bids first.
///
/// A sender's transactions are executed in the order in which it sent them, as accounts with a nonce demand:
/// one that bids too little holds back all that its sender sends later. Among equal bids a drawn rank
/// decides, then the order of sending. What a transaction wants is the caller's to know; the chain only says
/// whose turn it is.
///
///     var chain = Chain(block: .seconds(12), capacity: 80)
///     chain.send(ChainTransaction(intent: …, sender: keeper, bid: 5, rank: word, cause: header))
///     let block = chain.takeBlock(besides: othersBids)   // at most 80 in all, best bids first
///
/// - Complexity: O(log n) for each transaction sent or taken, n senders waiting.
package struct Chain<Intent: Sendable>: Sendable {
  /// Time between blocks.
  package let block: SimDuration
  /// Transactions a block holds; nil: as many as come.
  package let capacity: Int?

  private struct Waiting {
    let transaction: ChainTransaction<Intent>
    let sequence: Int64
    /// The transaction that the same sender sent next.
    var next: Int32 = Chain.none
  }

  private static var none: Int32 { -1 }

  private var waiting: [Waiting] = []
  private var freePlaces: [Int32] = []
  /// By account: the last transaction that it has sent and that still waits.
  private var lastOfSender: [Int32] = []
  /// A binary heap of each waiting sender's first transaction, best first.
  private var heap: [Int32] = []
  private var sequence: Int64 = 0
  package private(set) var count = 0

  package init(block: SimDuration, capacity: Int?) {
    precondition(block > .zero && (capacity ?? 0) >= 0, "checked where a config is read")
    self.block = block
    self.capacity = capacity
  }

  package var isEmpty: Bool { count == 0 }

  /// The number of the first block after `time`: what is sent as a block is made comes into the next one.
  package func number(after time: SimTime) -> Int64 { time.microseconds / block.microseconds + 1 }

  /// When a block is made; nil if that lies beyond all time.
  package func time(ofBlock number: Int64) -> SimTime? {
    let (time, overflow) = block.microseconds.multipliedReportingOverflow(by: number)
    return overflow ? nil : SimTime(microseconds: time)
  }

  package mutating func send(_ transaction: ChainTransaction<Intent>) {
    let place: Int32
    if let free = freePlaces.popLast() {
      place = free
      waiting[Int(place)] = Waiting(transaction: transaction, sequence: sequence)
    } else {
      place = Int32(waiting.count)
      waiting.append(Waiting(transaction: transaction, sequence: sequence))
    }
    sequence += 1
    count += 1
    let sender = transaction.sender.position
    while lastOfSender.count <= sender { lastOfSender.append(Chain.none) }
    let last = lastOfSender[sender]
    lastOfSender[sender] = place
    if last == Chain.none { push(place) } else { waiting[Int(last)].next = place }
  }

  /// What a block holds: those who waited, best first, and how many others.
  package struct Block: Sendable {
    package let included: [ChainTransaction<Intent>]
    package let others: Int
  }

  /// The next block. Those in it wait no longer.
  ///
  /// - Parameter others: bids of others for room in this block, who do not wait if they find none. Where bids
  ///   are equal those who wait come first.
  package mutating func takeBlock(besides others: [Double] = []) -> Block {
    let others = others.sorted(by: >)
    var othersIn = 0
    var included: [ChainTransaction<Intent>] = []
    var room: Int { capacity.map { $0 - included.count - othersIn } ?? .max }
    while room > 0, let best = heap.first {
      let bid = waiting[Int(best)].transaction.bid
      if othersIn < others.count, others[othersIn] > bid {
        othersIn += 1
        continue
      }
      removeBest()
      let taken = waiting[Int(best)]
      included.append(taken.transaction)
      freePlaces.append(best)
      count -= 1
      if taken.next != Chain.none {
        push(taken.next)
      } else {
        lastOfSender[taken.transaction.sender.position] = Chain.none
      }
    }
    return Block(included: included, others: othersIn + min(max(0, room), others.count - othersIn))
  }

  // MARK: The heap

  private func isBetter(_ left: Int32, _ right: Int32) -> Bool {
    let (a, b) = (waiting[Int(left)], waiting[Int(right)])
    if a.transaction.bid != b.transaction.bid { return a.transaction.bid > b.transaction.bid }
    if a.transaction.rank != b.transaction.rank { return a.transaction.rank < b.transaction.rank }
    return a.sequence < b.sequence
  }

  private mutating func push(_ place: Int32) {
    heap.append(place)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard isBetter(heap[child], heap[parent]) else { return }
      heap.swapAt(parent, child)
      child = parent
    }
  }

  private mutating func removeBest() {
    let last = heap.removeLast()
    guard !heap.isEmpty else { return }
    heap[0] = last
    var parent = 0
    while true {
      let left = 2 * parent + 1
      guard left < heap.count else { return }
      let right = left + 1
      let better = right < heap.count && isBetter(heap[right], heap[left]) ? right : left
      guard isBetter(heap[better], heap[parent]) else { return }
      heap.swapAt(parent, better)
      parent = better
    }
  }
}

/// What a config says of the chain.
package struct ChainTerms: Sendable {
  package let block: SimDuration
  package let capacity: Int?
  package let demand: BlockDemand?

  package init(block: SimDuration, capacity: Int?, demand: BlockDemand?) {
    self.block = block
    self.capacity = capacity
    self.demand = demand
  }
}

/// Everybody else who wants room in blocks: how many a block on average, what they bid, and when there is a
/// rush.
///
/// How many come is a Poisson draw for each block, and each bid a draw of its own, keyed to the block: what
/// the traders of the model do changes none of them.
package struct BlockDemand: Sendable {
  /// A while in which more (or fewer) come.
  package struct Rush: Hashable, Sendable {
    package let at: SimTime
    package let lasts: SimDuration
    package let factor: Double

    package init(at: SimTime, lasts: SimDuration, factor: Double) {
      self.at = at
      self.lasts = lasts
      self.factor = factor
    }
  }

  package let perBlock: Double
  /// The mean of their bids, in dollars; bids are exponential.
  package let meanBid: Double
  package let rushes: [Rush]
  private let key = EntityKey(id: "chain")

  package init(perBlock: Double, meanBid: Double, rushes: [Rush]) {
    self.perBlock = perBlock
    self.meanBid = meanBid
    self.rushes = rushes
  }

  /// Rushes that overlap multiply.
  package func mean(at time: SimTime) -> Double {
    rushes.reduce(perBlock) { mean, rush in
      let sinceBegin = time.microseconds - rush.at.microseconds
      return (0..<rush.lasts.microseconds).contains(sinceBegin) ? mean * rush.factor : mean
    }
  }

  package func bids(
    inBlock number: Int64, at time: SimTime, _ streams: RandomStreams
  ) throws(DistributionError) -> [Double] {
    let epoch = Epoch(slot: UInt64(number))
    let count = try PoissonDistribution(mean: mean(at: time)).value(
      of: streams.word(.blockDemand, key, epoch))
    let bid = try ExponentialDistribution(mean: meanBid)
    return (0..<count).map { bid.value(of: streams.word(.blockDemand, key, epoch, index: UInt32($0 + 1))) }
  }
}

/// Something that somebody wants done in a block, and what it bids for it.
package struct ChainTransaction<Intent: Sendable>: Sendable {
  package let intent: Intent
  package let sender: AccountID
  /// In dollars.
  package let bid: Double
  /// Drawn: who goes first among equal bids.
  package let rank: UInt64
  /// The event that made the sender send it.
  package let cause: EventHeader?

  package init(intent: Intent, sender: AccountID, bid: Double, rank: UInt64, cause: EventHeader?) {
    self.intent = intent
    self.sender = sender
    self.bid = bid
    self.rank = rank
    self.cause = cause
  }
}
