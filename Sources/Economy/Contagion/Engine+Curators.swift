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
      return try schedule(.curatorLooks(vault: venue), from: header.time, because: header)
    }
    guard let number = vaults.firstIndex(where: { $0.venue == venue }), let curator = vaults[number].curator
    else { return }
    for place in vaults[number].holdings.indices where try holds(place, of: number) {
      let holding = vaults[number].holdings[place]
      let expected = try expectedLoss(of: holding.venue, holding.reserve)
      guard curator.wantsOut(expecting: expected) else { continue }
      // Nobody is waiting for what comes: a vault in whose queue somebody waits has drawn on all there was.
      try draw(on: place, of: number, upTo: nil, header)
    }
    try scheduleCurator(of: number, slot: header.time.microseconds / curator.every.microseconds + 1)
  }

  private func holds(_ place: Int, of number: Int) throws(RunFailure.Reason) -> Bool {
    // A vault that has no depositors left has nobody to look for.
    guard !venues[vaults[number].venue].reserves[0].claims.totalShares.isZero else { return false }
    return try !valueOfHolding(place, of: number).isZero
  }
}
