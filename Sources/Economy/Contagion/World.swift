import Kernel
import Ledger

/// Everything there is in one run. Owned once, never copied by accident: `branch()` says when a copy is
/// meant.
///
/// Agents propose, the engine (this type's extensions) decides, the ledger moves value, facts remember.
///
///     var world = try World.make(specification, populationSeed: 7, shockSeed: 7)
///     try world.run()
///     world.measures.recognised
package struct World: ~Copyable {
  package let horizon: SimTime
  package let streams: RandomStreams
  package let outside: AccountID
  package let parties: [Party]
  /// By venue: its place among the parties.
  let partyOfVenue: [Int]
  /// Who fills every hole, in a world that has somebody who does.
  let guarantor: AccountID?
  /// By token: what the guarantor has been given to do so.
  var guaranteed: [Amount]
  /// Whether there has been a loss, or bad debt that somebody saw: until then nobody has done anything that
  /// would be otherwise if every hole were filled.
  package internal(set) var hasSomethingToFear = false
  package let shocks: [Shock]
  let manipulations: [Manipulation]
  package let pools: [Pool]
  package let oracles: [Oracle]
  package let governance: [GovernanceChange]
  package internal(set) var waterfalls: [Waterfall]
  package let liquidators: [Liquidator]
  package let arbitrageurs: [Arbitrageur]

  package internal(set) var ledger: Ledger
  package internal(set) var market: ReferenceMarket
  package internal(set) var reference: PriceBoard
  package internal(set) var published: PriceBoard
  package var venues: [LendingPool]
  package internal(set) var positions: [Position]
  package internal(set) var positionsOfVenue: [[PositionID]]
  /// Where there is one, traders' transactions wait for room in its blocks.
  var chain: Chain<PaidEvent>?
  let demand: BlockDemand?
  /// By position: its number among those of its venue, which is its name in the venue's alarms.
  let sleepers: [SleeperID]
  var queue: EventQueue<Event>
  /// By venue.
  var alarms: [VenueAlarms] = []
  /// By venue.
  var hiddenBadDebt: [HiddenBadDebt<PoolCoordinates>] = []
  /// By venue, where it provides for bad debt: the same at published prices.
  var publishedBadDebt: [HiddenBadDebt<PoolCoordinates>?] = []
  /// By venue: the same at what selling would bring, and what that is.
  var executableBadDebt: [HiddenBadDebt<ExecutableCoordinates>] = []
  var executablePrices = ExecutablePrices([], unitsPerToken: [])
  /// By position, then by its debts; empty where nothing has ever been provided.
  var provisions: [[Provision]]
  var pending: Pending
  var lossCount: Int32 = 0
  /// Everything that layers have ever promised.
  var promises: [Promise] = []
  /// By venue: bad debt hidden in its positions when last measured.
  var hiddenMicrodollars: [Int64]
  /// The same at what selling would have brought.
  package internal(set) var executableMicrodollars: [Int64] = []
  /// Reference prices at the last measurement, by token.
  var measuredPrices: [Double] = []
  package internal(set) var lenders: [Lender]
  /// Those who look after their positions.
  package let borrowers: [Borrower]
  /// Those of them who look after their leverage.
  package let loopers: [Looper]
  package let noiseTraders: [NoiseTrader]
  package internal(set) var vaults: [Vault]
  package let bidders: [Bidder]
  package let tokenHolders: [TokenHolder]
  /// By position, where its venue matches loans with lenders.
  let matches: [[LoanMatch]]
  /// By token: whose share it is, if it is one.
  let shares: [WorldSpecification.Share?]
  var visible: VisibleBadDebt
  /// By oracle.
  var feeds: [Feed] = []
  let listeners: Listeners
  /// By token: when its published price goes stale, if ever.
  var freshUntil: [SimTime?]

  package internal(set) var measures: RunMeasures
  package internal(set) var facts: [FactRecord] = []
  /// What each holder has borne of which loss, where somebody wants to know.
  package internal(set) var holderLosses = HolderLosses()
  package var keepsHolderLosses = false
  /// Every fact so far, kept or not.
  var factFingerprint = Fingerprint()
  package var factsKept: FactsKept
  var auditor: WorldAuditor?

  /// What has been scheduled once and need not be scheduled again before it happens.
  struct Pending: Sendable {
    /// By venue: whether its bad debt may be another than when it was last measured.
    var unmeasured: [Bool]
    /// By venue.
    var rounds: [VenueRound]
    var arbitrageurs: [Bool]
    var measurement = false
    var block = false
    /// By vault: whether it is about to serve its queue.
    var vaults: [Bool]
    /// Marks on their way.
    var marks = 0
    /// By venue: whether it is about to weigh what it has provided for.
    var provisions: [Bool]
    /// By venue: called positions to which nobody is on the way any more.
    var stranded: [Stranded]
  }

  /// What an oracle has sent so far.
  struct Feed: Sendable {
    /// The last reading, when it was read, and when it comes to the venues.
    var sent = 0.0
    var sentAt = SimTime.start
    var due = SimTime.start
    /// The last move that an outage has kept it from reading.
    var missed: EventHeader?
    /// What manipulations make of its readings.
    var factor = 1.0
    /// Of an oracle that reads a pool's average: that average, the last trade that moved it, and whether a
    /// reading of it is on its way.
    var average: PoolAverage?
    var mover: EventHeader?
    var readsSoon = false
  }
}

extension World {
  /// An independent copy: what happens in one is not seen in the other. For counterfactuals from mid-run.
  package func branch() -> World {
    World(
      horizon: horizon, streams: streams, outside: outside, parties: parties, partyOfVenue: partyOfVenue,
      guarantor: guarantor, guaranteed: guaranteed, hasSomethingToFear: hasSomethingToFear, shocks: shocks,
      manipulations: manipulations,
      pools: pools, oracles: oracles, governance: governance,
      waterfalls: waterfalls, liquidators: liquidators, arbitrageurs: arbitrageurs, ledger: ledger,
      market: market, reference: reference, published: published, venues: venues, positions: positions,
      positionsOfVenue: positionsOfVenue, chain: chain, demand: demand, sleepers: sleepers,
      queue: queue.copy(), alarms: alarms, hiddenBadDebt: hiddenBadDebt,
      publishedBadDebt: publishedBadDebt, executableBadDebt: executableBadDebt,
      executablePrices: executablePrices, provisions: provisions, pending: pending,
      lossCount: lossCount, promises: promises, hiddenMicrodollars: hiddenMicrodollars,
      executableMicrodollars: executableMicrodollars, measuredPrices: measuredPrices, lenders: lenders,
      borrowers: borrowers, loopers: loopers, noiseTraders: noiseTraders, vaults: vaults, bidders: bidders,
      tokenHolders: tokenHolders, matches: matches, shares: shares, visible: visible, feeds: feeds,
      listeners: listeners, freshUntil: freshUntil, measures: measures, facts: facts,
      holderLosses: holderLosses, keepsHolderLosses: keepsHolderLosses, factFingerprint: factFingerprint,
      factsKept: factsKept, auditor: auditor)
  }

  /// SHA-256 of the state that money is in: every balance and every venue's integers.
  package func hashState(into fingerprint: inout Fingerprint) {
    for account in ledger.accountIDs {
      for asset in ledger.assetsTouched(by: account) {
        let balance = ledger.balance(of: account, in: asset)
        guard !balance.isZero else { continue }
        fingerprint.update(UInt64(account.index))
        fingerprint.update(UInt64(asset.index))
        fingerprint.update(UInt64(bitPattern: balance.units))
      }
    }
    for reserve in venues.flatMap(\.reserves) {
      for value in [
        reserve.claims.totalAssets.units, reserve.claims.totalShares.units, reserve.index.value,
        reserve.deficit.units, reserve.reserves.units, reserve.dust.units,
      ] {
        fingerprint.update(UInt64(bitPattern: value))
      }
    }
    for holding in vaults.flatMap(\.holdings) {
      fingerprint.update(UInt64(bitPattern: holding.marked.units))
    }
  }

  /// Fingerprint of every fact with its place and cause, whichever are kept, and of every balance now.
  package func fingerprint() -> Digest {
    var fingerprint = factFingerprint
    hashState(into: &fingerprint)
    return fingerprint.finish()
  }
}
