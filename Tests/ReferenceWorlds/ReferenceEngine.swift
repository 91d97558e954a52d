import Economy
import Kernel
import Ledger

/// A second implementation of a run, written from the semantics page alone and as naive as possible.
///
/// The queue is a sorted array, the ledger a table of 128-bit integers, an alarm looks at every position, and
/// dust is whatever the venue's equation leaves. It shares with the real engine the specification, the facts
/// and the kernel's draws (the bits must be the same), and no rule. Where the two disagree, one of them is
/// wrong.
///
///     var engine = ReferenceEngine(specification, populationSeed: 1, shockSeed: 7)
///     let outcome = try engine.run()
package struct ReferenceEngine {
  let specification: WorldSpecification
  let streams: RandomStreams

  var accounts: [String] = []
  var assets: [String] = []
  /// By account, then by asset.
  var balances: [[Int128]] = []
  /// Dollars a token: outside, and as the oracles have told it.
  var reference: [Double]
  var published: [Double]
  var paths: [Path]
  /// The pools' accounts.
  var poolAccounts: [Int] = []
  var venues: [Venue] = []
  var positions: [Position] = []
  var liquidators: [Liquidator] = []
  var arbitrageurs: [Arbitrageur] = []
  var lenders: [Lender] = []
  var carers: [Carer] = []
  var loopers: [Looper] = []
  var noise: [Noise] = []
  /// Marks that vaults have been told to make and have not made yet.
  var marksUnderWay = 0

  var queue: [Scheduled] = []
  var scheduledInAll: Int64 = 0
  var now: EventHeader?
  var measurementIsDue = false
  var mempool: [Waiting] = []
  var blockIsDue = false
  var lossesInAll = 0
  var promises: [Pledge] = []
  /// Who has paid how much of which provision, in the order in which they paid.
  var provisionParts: [ProvisionPart] = []
  var lastJunior: Int128 = 0
  var weighingIsDue: Set<Int> = []
  var bidders: [Bidder] = []
  var fundAccounts: [Int] = []
  var holders: [Holder] = []
  var matches: [(position: Int, place: Int, lender: Int, amount: Int128)] = []
  var facts: [FactRecord] = []
  /// By measurement, then by venue: in millionths of a dollar.
  var executable: [[Int128]] = []
  /// By oracle: what it has sent, and the last move that it has not seen.
  var sent: [[Sent]] = []
  var missed: [EventHeader?] = []
  /// By oracle: the last trade in the pool whose average it reads, and whether it will look at that.
  var lastTrade: [EventHeader?] = []
  var looksSoon: [Bool] = []
  var firstPoolPrices: [Double] = []
  /// By token: the oracle whose price stood before time started.
  var firstTold: [Int: Int] = [:]

  struct Venue {
    let terms: WorldSpecification.Venue
    let account: Int
    var collateral: [CollateralTerms]
    var lent: [Lent]
    var layers: [Layer]
    /// In millionths of a dollar.
    var hidden: Int128 = 0
    var moves: [Move] = []
    /// A vault's.
    var holdings: [Holding] = []
    /// Accounts that wait for a vault's cash, first come first.
    var waiting: [Int] = []
    var isAboutToServe = false

    var isVault: Bool { terms.allocation != nil }
  }

  /// What a vault has put into another venue.
  struct Holding {
    let venue: Int
    let place: Int
    /// What its books say that it is worth.
    var carried: Int128 = 0
    /// What they will say when all marks under way have been made.
    var announced: Int128 = 0
  }

  struct Lender {
    let account: Int
    let venue: Int
    let place: Int
    let key: EntityKey
    let watch: Watch?
    let nerve: Double
    var isLeaving = false
    var askedAt: SimTime?
  }

  /// Who looks after a position, and out of which account.
  struct Carer {
    let purse: Int
    let position: Int
    let key: EntityKey
    let care: Care
  }

  /// Who looks after a position's leverage.
  struct Looper {
    let position: Int
    let key: EntityKey
    let goal: Double
    let watch: LoopWatch
  }

  /// Who trades in a pool at times of its own.
  struct Noise {
    let account: Int
    let key: EntityKey
    let pool: Int
    let every: SimDuration
    let size: AmountDistribution
    let bid: Int128
  }

  /// An asset that a venue lends.
  struct Lent {
    let asset: Int
    let shareAsset: Int
    let debtAsset: Int
    var totalAssets: Int128 = 0
    var totalShares: Int128 = 0
    var index: Int128 = ReferenceMath.indexOne
    var deficit: Int128 = 0
    var reserves: Int128 = 0
    var provision: Int128 = 0
    /// What those who hold its shares have put in.
    var putIn: Int128 = 0
  }

  struct Layer {
    let name: String
    let settings: LayerSettings
    let limits: LayerLimits
    let account: Int
    /// Every call so far: when, for which lent asset, and how much it took and promised.
    var calls: [(at: SimTime, place: Int, amount: Int128, loss: Int32)] = []
    var minted: Int128 = 0
    /// What it took from its stake pool, and what that had before; below zero what it gave back.
    var seizures: [(at: SimTime, stake: Int128, amount: Int128)] = []
    /// What each token was worth of its fund's first dollar.
    var firstMix: [Double] = []
  }

  /// A loss, and where it falls.
  struct Falling {
    let number: Int32
    let venue: Int
    let place: Int
    let recognised: Int128
    /// Whose debt it was, where it arose there.
    let debtor: Int?
    /// Whether it may yet turn out not to be lost.
    let isProvision: Bool
    /// Whose pools have handed it here.
    var path: [Int] = []
  }

  struct ProvisionPart {
    let debtor: Int
    let place: Int
    let loss: Int32
    let layer: Int
    let by: Source
    let at: SimTime
    var amount: Int128

    enum Source { case nobody, claims, reserves, fund, pool(Int), outsider(Int) }
  }

  struct Holder {
    let account: Int
    let key: EntityKey
    let token: AssetID
    let currency: AssetID
    let every: SimDuration
    let nerve: Double
  }

  struct Bidder {
    let account: Int
    let currency: Int
    let discount: Double
  }

  /// What a layer has promised: `steps` more acts, and what is still to be paid.
  struct Pledge {
    let all: Falling
    let layer: Int
    var outstanding: Int128
    var actsLeft: Int
  }

  struct Position {
    enum State { case open, called, exhausted, closed }
    var calls = 0
    var actsSinceCall = 0
    var call: EventHeader?
    /// Liquidators that the last call has set in motion and that have not given up.
    var comers: Set<Int> = []

    let account: Int
    let owner: Int
    let venue: Int
    /// What it may hold and owe, as places in the venue's lists.
    let collateral: [Int]
    let debts: [Int]
    let key: EntityKey
    var state = State.open
    /// What its debts exceed its collateral by at published prices, in millionths of a dollar, when last
    /// weighed.
    var publishedShortfall: Int128 = 0
    /// By debt: what its venue provides for.
    var provided: [Int128] = []
  }

  struct Liquidator {
    let account: Int
    let key: EntityKey
    let terms: LiquidatorTerms
    let bid: Int128
  }

  struct Arbitrageur {
    let account: Int
    let key: EntityKey
    let pool: Int
    let latency: SimDuration
    let bid: Int128
    var isDue = false
  }

  /// What venues saw right after a move of theirs.
  struct Move {
    let published: [Double]
    let indices: [Int128]
    let collateral: [CollateralTerms]
    var hasRung = false
  }

  /// An event waiting for its turn.
  struct Scheduled {
    let header: EventHeader
    let occurrence: Occurrence
  }

  enum Occurrence {
    case shockSteps(Int, number: Int)
    case pricesTick(Int64)
    case interestAccrues(Int)
    case oraclePublishes(Int, price: Double)
    case oracleBeats(Int)
    case outageEnds(Int)
    case averageMoves(Int)
    case manipulationTurns(Int)
    case alarmsRing(Int, move: Int)
    case arbitrageurActs(Int)
    case liquidatorActs(Int, on: Int, call: Int)
    case liquidatorExecutes(Int, on: Int, call: Int)
    case liquidatorSells(Int, AssetID)
    case inventorySaleExecutes(Int, AssetID)
    case arbitrageExecutes(Int, selling: AssetID, limit: Double)
    case blockIsMade(Int64)
    case lossFalls(Int)
    case badDebtIsMeasured
    case promiseActs(Int)
    case holderWatches(Int)
    case provisionsAreWeighed(Int)
    case lenderWatches(Int)
    case borrowerWatches(Int)
    case curatorLooks(Int)
    case fundRebalances(Int, layer: Int)
    case looperLooks(Int)
    case governanceDecides(Int)
    case noiseTrades(Int, number: Int64)
    case noiseTradeExecutes(Int, number: Int64)
    case vaultMarks(Int, holding: Int, change: Int128, loss: Int32)
    case vaultServes(Int)
  }

  package init(_ specification: WorldSpecification, populationSeed: UInt64, shockSeed: UInt64) {
    self.specification = specification
    streams = RandomStreams(populationSeed: populationSeed, shockSeed: shockSeed)
    reference = specification.tokens.map(\.price)
    published = reference
    paths = specification.tokens.map { Path(exogenous: $0.price) }
  }

  package mutating func run() throws(ReferenceFailure) -> ReferenceOutcome {
    try setUp()
    try scheduleWhatIsKnownBefore()
    while let next = queue.last, next.header.time <= specification.horizon {
      queue.removeLast()
      now = next.header
      try handle(next.occurrence)
      priceShares()
    }
    return outcome()
  }

  mutating func happened(_ fact: Fact) throws(ReferenceFailure) {
    guard let now else { throw ReferenceFailure("a fact before time started") }
    facts.append(FactRecord(header: now, fact: fact))
  }

  // MARK: The queue: an array, the next event last

  /// Schedules for `delay` from now, because of what is happening now unless it is a root.
  mutating func schedule(
    _ occurrence: Occurrence, _ phase: Phase, after delay: SimDuration = .zero, from start: Int64? = nil,
    because given: EventHeader? = nil, asRoot: Bool = false
  ) throws(ReferenceFailure) {
    let from = now?.time.microseconds ?? 0
    let (time, overflow) = (start ?? from).addingReportingOverflow(delay.microseconds)
    guard delay.microseconds >= 0 else { throw ReferenceFailure("no such time") }
    // Nothing is scheduled for after the horizon.
    guard !overflow, time <= specification.horizon.microseconds else { return }
    var round: Int32 = 0
    if let now, time == from { round = phase < now.phase ? now.round + 1 : now.round }
    guard round < 10_000 else { throw ReferenceFailure("time stands still") }
    let id = EventID(scheduledInAll)
    scheduledInAll += 1
    let cause = asRoot ? nil : given ?? now
    let header = EventHeader(
      id: id, cause: cause?.id, root: cause?.root ?? id, depth: cause.map { $0.depth + 1 } ?? 0,
      time: SimTime(microseconds: time), round: round, phase: phase)
    var place = queue.count
    while place > 0, ReferenceEngine.happens(queue[place - 1].header, before: header) { place -= 1 }
    queue.insert(Scheduled(header: header, occurrence: occurrence), at: place)
  }

  /// Time, round, phase, sequence.
  static func happens(_ left: EventHeader, before right: EventHeader) -> Bool {
    if left.time != right.time { return left.time < right.time }
    if left.round != right.round { return left.round < right.round }
    if left.phase != right.phase { return left.phase < right.phase }
    return left.id < right.id
  }

  /// Every move of a venue's prices or debts has an alarm of its own.
  mutating func ringAlarms(of venue: Int) throws(ReferenceFailure) {
    if venues[venue].moves.allSatisfy(\.hasRung) { venues[venue].moves = [] }
    venues[venue].moves.append(
      Move(
        published: published, indices: venues[venue].lent.map(\.index),
        collateral: venues[venue].collateral))
    try schedule(.alarmsRing(venue, move: venues[venue].moves.count - 1), .alarm)
    try weighSoon(venue)
  }

  mutating func measureSoon() throws(ReferenceFailure) {
    guard !measurementIsDue else { return }
    measurementIsDue = true
    try schedule(.badDebtIsMeasured, .sample)
  }

  mutating func wakeArbitrageurs(of pool: Int, except trader: Int? = nil) throws(ReferenceFailure) {
    for index in arbitrageurs.indices where arbitrageurs[index].pool == pool && index != trader {
      guard !arbitrageurs[index].isDue else { continue }
      arbitrageurs[index].isDue = true
      try schedule(.arbitrageurActs(index), .decision, after: arbitrageurs[index].latency)
    }
  }

  // MARK: The ledger: a table

  mutating func move(_ amount: Int128, of asset: Int, from giver: Int, to taker: Int) {
    balances[giver][asset] -= amount
    balances[taker][asset] += amount
  }
}
