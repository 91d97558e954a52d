import Kernel
import Ledger

/// The figures of one run, folded from its facts as they happen. Keeping fewer facts changes none of them.
///
/// Money is summed in base units, asset by asset and venue by venue, and valued once: in dollars at the
/// reference price that the lent asset had at the start. So a sum has no rounding of its own. Hidden bad debt
/// is measured in dollars of its moment.
package struct RunMeasures: Sendable {
  /// Sums of one lent asset of one venue, in its base units.
  private struct ReserveSums {
    var liquidatedDebt: Int128 = 0
    var recognised: Int128 = 0
    /// By place in the layer catalog.
    var taken: [Int128]
    var promised: Int128 = 0
    var unresolved: Int128 = 0
    /// What suppliers' claims have borne; a vault is a supplier like any other.
    var bySuppliers: Int128 = 0
    /// Losses that other venues have handed on to this one.
    var handedOn: Int128 = 0
    /// What of hidden bad debt has been recognised already.
    var provided: Int128 = 0
    let asset: AssetID
    let price: Double
    let unitsPerToken: Double

    func dollars(_ units: Int128) -> Double { Double(units) / unitsPerToken * price }
  }

  private struct VenueSums {
    var reserves: [ReserveSums]
    var hiddenMicrodollars: Int64 = 0
    var isInsolvent = false
    /// The waterfall's steps as places in the layer catalog.
    let layers: [Int]
  }

  package private(set) var events: Int64 = 0
  package private(set) var liquidations: Int64 = 0
  package private(set) var passedOver: Int64 = 0
  /// Transactions that came into a block, and those of them that found nothing to do there.
  package private(set) var included: Int64 = 0
  package private(set) var reverted: Int64 = 0
  /// The most transactions left waiting by one block.
  package private(set) var mostWaiting: Int64 = 0
  package private(set) var longestWait = SimDuration.zero
  package private(set) var losses: Int64 = 0
  /// Losses of vaults by what venues that they hold claims on have lost; no losses of their own.
  package private(set) var passedOn: Int64 = 0
  /// Losses of members of a mutual pool by what they were called for.
  package private(set) var called: Int64 = 0
  /// Venues that could not pay their suppliers in full out of anything but their suppliers' own claims.
  package private(set) var insolventVenues: Int64 = 0
  package private(set) var firstInsolvency: SimTime?
  /// What vaults have recognised of claims that they hold, in dollars.
  private var passedOnDollars = 0.0
  /// What stake pools have paid of the step that is told next.
  private var slashed: Int128 = 0
  /// By position, then by lent asset of its venue: what is provided for now, where anything has ever been.
  private var provided: [[Int128]]
  package private(set) var firstLoss: SimTime?
  /// The highest stock of measurements that are over.
  private var earlierPeak = 0.0
  private var measurement: EventID?
  /// How often hidden bad debt has been measured, and what it was at executable prices, in millionths.
  package private(set) var measurements: Int64 = 0
  private var executablePeakMicrodollars = Int128(0)
  private var executableMicrodollars = Int128(0)
  /// The longest chain of causes that ends in a fact.
  package private(set) var deepestCause: Int32 = 0
  private var venues: [VenueSums]
  private let venueOfPosition: [VenueID]
  package private(set) var withdrawals: WithdrawalMeasures
  /// By loss: which layers, by their places in the catalog, have cut claims for it and by how much.
  private var cuts: [[(layer: Int, amount: Int128)]] = []

  /// - Parameters:
  ///   - lent: each venue's lent assets.
  ///   - waterfalls: each venue's steps as places in the layer catalog.
  package init(
    prices: PriceBoard, lent: [[(asset: AssetID, unitsPerToken: Double)]], waterfalls: [[Int]],
    venueOfPosition: [VenueID], claims: ClaimsAtStart = ClaimsAtStart()
  ) {
    venues = zip(lent, waterfalls).map { lent, layers in
      let reserves = lent.map { lent in
        ReserveSums(
          taken: Array(repeating: 0, count: LayerCatalog.all.count), asset: lent.asset,
          price: prices[lent.asset],
          unitsPerToken: lent.unitsPerToken)
      }
      return VenueSums(reserves: reserves, layers: layers)
    }
    self.venueOfPosition = venueOfPosition
    provided = venueOfPosition.map { _ in [] }
    withdrawals = WithdrawalMeasures(claims, reserveCounts: lent.map(\.count))
  }

  package mutating func countEvent() { events += 1 }

  /// What is hidden at executable prices, by venue, once a measurement is over: no fact tells of it.
  package mutating func observeExecutable(_ microdollars: [Int64]) {
    measurements += 1
    executableMicrodollars = microdollars.reduce(0) { $0 + Int128($1) }
    executablePeakMicrodollars = max(executablePeakMicrodollars, executableMicrodollars)
  }

  package mutating func observe(_ record: FactRecord) {
    deepestCause = max(deepestCause, record.header.depth)
    switch record.fact {
    case .liquidated(let position, _, let reserve, _, let repaid, _, _):
      liquidations += 1
      venues[venueOfPosition[position]].reserves[Int(reserve)].liquidatedDebt += Int128(repaid.units)
    case .passedOver:
      passedOver += 1
    case .included(_, _, _, let waited):
      included += 1
      longestWait = max(longestWait, waited)
    case .reverted:
      reverted += 1
    case .blockMade(_, _, _, let waiting):
      mostWaiting = max(mostWaiting, Int64(waiting))
    case .recognised(let loss, let origin, let reserve, let amount):
      observeLoss(loss, origin, Int(reserve), amount, at: record.header.time)
    case .absorbed(let loss, let venue, let reserve, let step, let taken, let promised, let left):
      let (layers, reserve) = (venues[venue].layers, Int(reserve))
      let layer = layers[Int(step)]
      if LayerCatalog.all[layer].declaration.cutsClaims, !taken.isZero {
        cuts[Int(loss) - 1].append((layer, Int128(taken.units)))
      }
      venues[venue].reserves[reserve].taken[layer] += Int128(taken.units)
      venues[venue].reserves[reserve].promised += Int128(promised.units)
      observeSuppliers(layer, venue, reserve, Int128(taken.units), at: record.header.time)
      if Int(step) == layers.count - 1 {
        venues[venue].reserves[reserve].unresolved += Int128(left.units)
        if !left.isZero { observeInsolvency(of: venue, at: record.header.time) }
      }
    case .slashed(_, _, let amount): slashed += Int128(amount.units)
    case .promiseKept(_, let venue, let reserve, let step, let paid, _):
      let layer = venues[venue].layers[Int(step)]
      venues[venue].reserves[Int(reserve)].taken[layer] += Int128(paid.units)
      venues[venue].reserves[Int(reserve)].promised -= Int128(paid.units)
    case .promiseBroken(_, let venue, let reserve, _, let shortfall):
      venues[venue].reserves[Int(reserve)].promised -= Int128(shortfall.units)
    case .restored(_, let venue, let reserve, let step, let means, let amount, _):
      observeRestored(Int128(amount.units), venue, Int(reserve), Int(step), by: means)
    case .healed(let venue, let reserve, let amount):
      venues[venue].reserves[Int(reserve)].unresolved -= Int128(amount.units)
    case .provisioned(let position, let reserve, let amount):
      let (venue, reserve) = (venueOfPosition[position], Int(reserve))
      if provided[position].isEmpty { provided[position] = venues[venue].reserves.map { _ in 0 } }
      venues[venue].reserves[reserve].provided += Int128(amount.units) - provided[position][reserve]
      provided[position][reserve] = Int128(amount.units)
    case .badDebtOccurred(let venue, let microdollars):
      // Between the facts of one measurement some venues are new and some old: no stock that ever was.
      if measurement != record.header.id { earlierPeak = occurredPeak }
      measurement = record.header.id
      venues[venue].hiddenMicrodollars = microdollars
    case .withdrew(let holder, let venue, let reserve, _, let wanted, let paid, let utilization):
      withdrawals.observe(
        holder: holder, venue, Int(reserve), wanted: wanted, paid: paid, utilization: utilization,
        at: record.header.time)
    case .guaranteed, .priceStepped, .pricePublished, .interestAccrued, .becameLiquidatable, .soldOutside,
      .sent,
      .swapped,
      .queued, .marked, .drawn, .placed, .readingManipulated, .toppedUp, .paidDown, .borrowed,
      .governed, .returned, .minted, .bore, .auctioned, .premiumPaid, .refilled, .rebalanced,
      .cooldownBegan:
      break
    }
  }

  /// A loss passed on is not another loss: what the claims of the venue that it comes from have borne of it
  /// is borne by whoever takes it here.
  private mutating func observeLoss(
    _ loss: Int32, _ origin: LossOrigin, _ reserve: Int, _ amount: Amount, at time: SimTime
  ) {
    cuts.append([])
    slashed = 0
    switch origin {
    case .position(let position):
      losses += 1
      if firstLoss == nil { firstLoss = time }
      venues[venueOfPosition[position]].reserves[reserve].recognised += Int128(amount.units)
    case .passedOn(let by, let vault, let parent):
      passedOn += 1
      venues[vault].reserves[reserve].handedOn += Int128(amount.units)
      passedOnDollars += venues[vault].reserves[reserve].dollars(Int128(amount.units))
      guard parent > 0,
        let place = venues[by].reserves.firstIndex(where: { $0.asset == venues[vault].reserves[0].asset })
      else { return }
      passOn(Int128(amount.units), of: Int(parent) - 1, venue: by, reserve: place)
    case .calledFor(let by, let member, _):
      called += 1
      venues[member].reserves[reserve].handedOn += Int128(amount.units)
      let asset = venues[member].reserves[reserve].asset
      guard let place = venues[by].reserves.firstIndex(where: { $0.asset == asset }),
        let layer = venues[by].layers.first(where: {
          LayerCatalog.all[$0].declaration.means.contains(.calls)
        })
      else { return }
      venues[by].reserves[place].taken[layer] -= Int128(amount.units)
    }
  }

  /// Of what a layer takes, suppliers bear what no stake pool has just paid.
  private mutating func observeSuppliers(
    _ layer: Int, _ venue: VenueID, _ reserve: Int, _ taken: Int128, at time: SimTime
  ) {
    let declaration = LayerCatalog.all[layer].declaration
    let staked = declaration.means.contains(.stake) ? slashed : 0
    slashed = 0
    guard declaration.cutsClaims, taken > staked else { return }
    venues[venue].reserves[reserve].bySuppliers += taken - staked
    observeInsolvency(of: venue, at: time)
  }

  mutating func observeInsolvency(of venue: VenueID, at time: SimTime) {
    guard !venues[venue].isInsolvent else { return }
    venues[venue].isInsolvent = true
    insolventVenues += 1
    if firstInsolvency == nil { firstInsolvency = time }
  }

  /// What was recognised where it arose, and what is still hidden and not yet provided for.
  package var systemLoss: Double {
    recognised + max(0, occurredEnd - sum { $0.provided })
  }

  /// Not lost after all.
  private mutating func observeRestored(
    _ amount: Int128, _ venue: VenueID, _ reserve: Int, _ step: Int, by means: Absorption.Means
  ) {
    let layers = venues[venue].layers
    venues[venue].reserves[reserve].recognised -= amount
    guard step >= 0 else { return }
    if step == layers.count - 1 {
      venues[venue].reserves[reserve].unresolved -= amount
    } else {
      if [.claims, .interest].contains(means) { venues[venue].reserves[reserve].bySuppliers -= amount }
      venues[venue].reserves[reserve].taken[layers[step]] -= amount
    }
  }

  /// Several layers may have cut the claims that a vault held: each in proportion, the last what is left.
  private mutating func passOn(_ amount: Int128, of loss: Int, venue: VenueID, reserve: Int) {
    let whole = cuts[loss].reduce(0) { $0 + $1.amount }
    var rest = amount
    for (place, cut) in cuts[loss].enumerated() {
      let part = place == cuts[loss].count - 1 ? rest : amount * cut.amount / whole
      rest -= part
      venues[venue].reserves[reserve].taken[cut.layer] -= part
    }
  }

  // MARK: In dollars

  private func sum(_ units: (ReserveSums) -> Int128) -> Double {
    var dollars = 0.0
    for venue in venues {
      for reserve in venue.reserves { dollars += reserve.dollars(units(reserve)) }
    }
    return dollars
  }

  package var liquidatedDebt: Double { sum { $0.liquidatedDebt } }
  package var recognised: Double { sum { $0.recognised } }
  package var promised: Double { sum { $0.promised } }
  /// Recognised and borne by nobody.
  package var unresolved: Double { sum { $0.unresolved } }
  /// Borne by suppliers in the end: what a vault's claims have borne is in what its depositors bear.
  package var bySuppliers: Double {
    sum { $0.bySuppliers } - passedOnDollars
  }
  /// Recognised by venues because of what other venues had lost.
  package var handedOn: Double { sum { $0.handedOn } }
  /// Hidden in open positions now, at the reference prices of now.
  package var occurredEnd: Double {
    Double(venues.reduce(Int128(0)) { $0 + Int128($1.hiddenMicrodollars) }) / 1e6
  }

  package var occurredPeak: Double { max(earlierPeak, occurredEnd) }

  /// The same as `occurredEnd`, of what selling each position's collateral by itself would not have brought.
  package var occurredEndExecutable: Double { Double(executableMicrodollars) / 1e6 }
  package var occurredPeakExecutable: Double { Double(executablePeakMicrodollars) / 1e6 }

  /// In the end: what a venue's claims have borne and passed on to a vault is not in it, but in what the
  /// vault's layers have taken.
  package func taken(byLayer place: Int) -> Double { sum { $0.taken[place] } }

  package var withdrawnShare: Double {
    withdrawals.withdrawnShare { venue, reserve, units in venues[venue].reserves[reserve].dollars(units) }
  }
}
