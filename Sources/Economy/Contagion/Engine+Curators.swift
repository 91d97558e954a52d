import Kernel
import Ledger

extension World {
  /// Its draws hang on the vault's name. No population's name has a dot in it.
  mutating func scheduleCurator(of number: Int, slot: Int64) throws(RunFailure.Reason) {
    guard let curator = vaults[number].curator else { return }
    let venue = vaults[number].venue
    let key = EntityKey(id: "\(venues[venue].name).curator", ordinal: 0)
    try scheduleLook(.curatorLooks(vault: venue), every: curator.every, by: key, slot: slot)
  }

  /// A curator looks at the holdings in their order, each as the ones before have left it.
  mutating func curate(_ venue: VenueID, _ header: EventHeader) throws(RunFailure.Reason) {
    // A vault's books are up to date before anybody acts on them.
    guard pending.marks == 0 else {
      // In the phase of marks, after them: in its own it would come round again before any of them.
      return try schedule(.curatorLooks(vault: venue), from: header.time, phase: .settlement, because: header)
    }
    guard let number = vaults.firstIndex(where: { $0.venue == venue }), let curator = vaults[number].curator
    else { return }
    // A vault that has no depositors left has nobody to look for.
    for place in vaults[number].holdings.indices
    where !venues[venue].reserves[0].claims.totalShares.isZero {
      let holding = vaults[number].holdings[place]
      let expected = try expectedLoss(of: holding.venue, holding.reserve, at: header.time)
      if curator.wantsOut(expecting: expected) {
        // Nobody is waiting for what comes: a vault in whose queue somebody waits has drawn on all there was.
        if try !valueOfHolding(place, of: number).isZero {
          try draw(on: place, of: number, upTo: nil, header)
        }
      } else if curator.goesBack(expecting: expected) {
        try putBack(place, of: number, header)
      }
    }
    try scheduleCurator(of: number, slot: header.time.microseconds / curator.every.microseconds + 1)
  }

  /// Puts in what a holding is short of by the allocation, as far as there is cash that nobody waits for.
  private mutating func putBack(
    _ place: Int, of number: Int, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let (vault, ledger) = (vaults[number], ledger)
    let (holding, own) = (vault.holdings[place], venues[vault.venue].reserves[0])
    let isWaitedFor = vaults.contains {
      !$0.queue.isEmpty && ($0.venue == vault.venue || $0.venue == holding.venue)
    }
    // Shares of nothing have no price.
    let books = venues[holding.venue].reserves[holding.reserve]
    guard !isWaitedFor, books.claims.totalAssets.isZero == books.claims.totalShares.isZero else { return }
    var changed = books
    let (paid, legs) = try calculating { () throws(ArithmeticRefusal) in
      let wanted = try portion(holding.target, of: own.claims.totalAssets, .down) - holding.marked
      let paid = max(.zero, min(wanted, own.cash(ledger)))
      return (paid, try changed.deposit(paid, by: own.account))
    }
    guard changed.claims.totalShares > books.claims.totalShares else { return }
    try post(Posting(legs))
    venues[holding.venue].reserves[holding.reserve] = changed
    repriceShare(of: holding.venue, holding.reserve)
    let value = try valueOfHolding(place, of: number)
    vaults[number].book(place, at: value, paid: paid, in: &venues[vault.venue].reserves[0])
    record(
      .placed(vault: vault.venue, holding: Int32(place), paid: paid, from: holding.marked, to: value), header)
    try cashCame(to: holding.venue, header)
    try scheduleMeasurement(because: header)
  }
}
