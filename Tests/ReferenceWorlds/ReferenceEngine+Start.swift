import Economy
import Kernel
import Ledger

/// The reference engine could not go on.
package struct ReferenceFailure: Error, CustomStringConvertible {
  package let description: String
  /// What has more deposits than its lenders were to bring it to.
  let overfilled: (venue: Int, place: Int)?

  init(_ description: String, overfilled: (venue: Int, place: Int)? = nil) {
    self.description = description
    self.overfilled = overfilled
  }
}

extension ReferenceEngine {
  // MARK: What is known before time starts

  mutating func scheduleWhatIsKnownBefore() throws(ReferenceFailure) {
    priceShares()
    publishWhatIsKnownBefore()
    for index in specification.shocks.indices { try scheduleStep(of: index, number: 1) }
    if hasTicks { try scheduleTick(1) }
    for (index, venue) in venues.enumerated()
    where venue.terms.debts.contains(where: { ReferenceEngine.costs($0.rate) }) {
      try schedule(.interestAccrues(index), .chain, after: venue.terms.accrualPeriod, asRoot: true)
    }
    for (index, trader) in arbitrageurs.enumerated() {
      arbitrageurs[index].isDue = true
      try schedule(.arbitrageurActs(index), .decision, after: trader.latency)
    }
    try measureSoon()
    for lender in lenders.indices { try scheduleLook(of: lender, number: 0) }
    for holder in holders.indices { try scheduleHolder(holder, number: 0) }
    try scheduleClocksOfOracles()
    for carer in carers.indices { try scheduleCare(of: carer, number: 0) }
    for trader in noise.indices { try scheduleNoise(of: trader, number: 0) }
    for (number, change) in specification.governance.enumerated() {
      try schedule(.governanceDecides(number), .chain, from: change.at.microseconds, asRoot: true)
    }
    for vault in venues.indices { try scheduleCurator(of: vault, number: 0) }
    for looper in loopers.indices { try scheduleLook(atLeverageOf: looper, number: 0) }
    for venue in venues.indices {
      for layer in venues[venue].layers.indices { try prepareFund(venue, layer) }
    }
    for venue in venues.indices {
      var isLate = false
      for position in positions where position.venue == venue {
        if try isBelowThreshold(position) { isLate = true }
      }
      if isLate { try ringAlarms(of: venue) }
    }
  }

  /// Each step is a root, scheduled when the one before it has happened.
  mutating func scheduleStep(of index: Int, number: Int) throws(ReferenceFailure) {
    let shock = specification.shocks[index]
    guard number <= ReferenceEngine.steps(of: shock) else { return }
    let (over, every) = (shock.over.microseconds, shock.every.microseconds)
    let late = over == 0 ? 0 : min(over, Int64(number) * every)
    try schedule(
      .shockSteps(index, number: number), .price, after: SimDuration(microseconds: late),
      from: shock.at.microseconds, asRoot: true)
  }

  /// n = ⌈over / every⌉, and one for a shock at once.
  static func steps(of shock: Shock) -> Int {
    let (over, every) = (shock.over.microseconds, shock.every.microseconds)
    return over == 0 ? 1 : Int(over / every) + (over % every == 0 ? 0 : 1)
  }
}
