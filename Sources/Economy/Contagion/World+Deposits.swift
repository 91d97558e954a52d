import Kernel
import Ledger

// What happens before time starts once everybody is there: deposits, allocations, loans.

extension WorldBuilder {
  func share(_ asset: AssetID) -> WorldSpecification.Share? { shares[asset.position] }

  /// Whoever begins with shares, in a pool or as collateral, has put in as much of the asset behind them: a
  /// share costs one unit of it, before any interest or loss.
  mutating func depositForShares(_ loans: [PlannedLoan]) throws(RunFailure.Reason) {
    for (pool, terms) in zip(pools, specification.pools) {
      for (asset, amount) in [(pool.base, terms.baseReserve), (pool.quote, terms.quoteReserve)] {
        if let share = share(asset) { try deposit(amount, by: pool.account, in: share.venue, share.reserve) }
      }
    }
    for loan in loans {
      let position = positions[loan.position]
      for (place, amount) in zip(position.collateral, loan.posted) {
        guard let share = shares[venues[position.venue].collateral[place].asset.position] else { continue }
        try deposit(amount, by: position.owner, in: share.venue, share.reserve)
      }
      guard let purse = loan.purse else { continue }
      for (place, amount) in zip(position.collateral, loan.kept) where !amount.isZero {
        guard let share = share(venues[position.venue].collateral[place].asset) else { continue }
        try deposit(amount, by: purse, in: share.venue, share.reserve)
      }
    }
  }

  /// Endows somebody with an amount, and puts it into a venue.
  private mutating func deposit(
    _ amount: Amount, by depositor: AccountID, in venue: VenueID, _ reserve: Int
  ) throws(RunFailure.Reason) {
    try endow(depositor, venues[venue].reserves[reserve].asset, amount)
    try putIn(amount, by: depositor, venue, reserve)
  }

  private mutating func putIn(
    _ amount: Amount, by depositor: AccountID, _ venue: VenueID, _ reserve: Int
  ) throws(RunFailure.Reason) {
    var changed = venues[venue].reserves[reserve]
    let legs = try calculating { () throws(ArithmeticRefusal) in
      try changed.deposit(amount, by: depositor)
    }
    try post(Posting(legs))
    venues[venue].reserves[reserve] = changed
  }

  /// Vaults put their deposits where their plans say. A vault allocates to venues that stand before it, so
  /// that the last has all its deposits first.
  mutating func allocate() throws(RunFailure.Reason) {
    for number in vaults.indices.reversed() {
      let venue = vaults[number].venue
      let deposits = venues[venue].reserves[0].claims.totalAssets
      for (place, holding) in vaults[number].holdings.enumerated() {
        let amount = try calculating { () throws(ArithmeticRefusal) in
          try portion(holding.target, of: deposits, .down)
        }
        guard !amount.isZero else { continue }
        try putIn(amount, by: venues[venue].account, holding.venue, holding.reserve)
        vaults[number].book(place, at: amount, paid: amount, in: &venues[venue].reserves[0])
      }
    }
  }

  mutating func deposit(
    _ deposits: [PlannedDeposit], _ loans: [PlannedLoan], inVaults: Bool
  ) throws(RunFailure.Reason) {
    let borrowed = try borrowed(by: loans)
    for venue in venues.indices.map(VenueID.init)
    where vaults.contains(where: { $0.venue == venue }) == inVaults {
      for reserve in venues[venue].reserves.indices {
        let planned = deposits.filter { $0.venue == venue && $0.reserve == reserve }
        var amounts = planned.map(\.size)
        if let wanted = utilizationWanted(of: venue, reserve) {
          let borrowed = borrowed[venue][reserve]
          let there = venues[venue].reserves[reserve].claims.totalAssets
          let needed = try calculating { () throws(ArithmeticRefusal) in
            try whole(ofWhich: borrowed, is: wanted)
          }
          guard there <= needed else {
            throw .utilizationOutOfReach(
              venue: venues[venue].name, wanted: wanted,
              most: Double(borrowed.units) / Double(there.units))
          }
          amounts = try calculating { () throws(ArithmeticRefusal) in
            try apportion(needed - there, by: amounts)
          }
        }
        for (planned, amount) in zip(planned, amounts) where !amount.isZero {
          try deposit(amount, by: planned.lender, in: venue, reserve)
        }
      }
    }
  }

  private func utilizationWanted(of venue: VenueID, _ reserve: Int) -> Double? {
    for case .lenders(_, venue, reserve, _, _, let wanted?, _) in specification.populations { return wanted }
    return nil
  }

  /// By venue and reserve, where somebody's deposits hang on it.
  private func borrowed(by loans: [PlannedLoan]) throws(RunFailure.Reason) -> [[Amount]] {
    var sums = venues.map { $0.reserves.map { _ in Amount.zero } }
    let isAsked = venues.indices.map(VenueID.init).map { venue in
      venues[venue].reserves.indices.map { utilizationWanted(of: venue, $0) != nil }
    }
    do throws(ArithmeticRefusal) {
      for loan in loans {
        let position = positions[loan.position]
        for (place, amount) in zip(position.debts, loan.borrowed) where isAsked[position.venue][place] {
          sums[position.venue][place] = try sums[position.venue][place].adding(amount)
        }
      }
    } catch { throw .arithmetic(error) }
    return sums
  }

  mutating func post(_ posting: Posting) throws(RunFailure.Reason) {
    try settling(posting, in: &ledger)
  }

  mutating func lend(_ loans: [PlannedLoan]) throws(RunFailure.Reason) {
    for loan in loans {
      let position = positions[loan.position]
      var venue = venues[position.venue]
      var legs: [Transfer] = []
      for (place, amount) in zip(position.collateral, loan.posted) {
        legs.append(
          Transfer(
            from: position.owner, to: position.account, asset: venue.collateral[place].asset, amount: amount,
            for: .collateral))
      }
      for (place, amount) in zip(position.debts, loan.borrowed) {
        let cash = venue.reserves[place].cash(ledger)
        guard amount <= cash else {
          let asset = ledger[venue.reserves[place].asset]
          let missing = (amount - cash).formatted(decimals: asset.decimals)
          throw .insufficientDeposits(venue: venue.name, missing: "\(missing) \(asset.name)")
        }
        let ledger = ledger
        legs += try calculating { () throws(ArithmeticRefusal) in
          try venue.reserves[place].lend(
            amount, to: position.owner, owedBy: position.account, ledger)
        }
      }
      if !loan.spent.isZero {
        // All loops at once: the outside has given all that is posted, and is paid for what was not the
        // owner's.
        legs.append(
          Transfer(
            from: position.owner, to: outside, asset: venue.reserves[position.debts[0]].asset,
            amount: loan.spent, for: .outsideTrade))
      }
      try post(Posting(legs))
      venues[position.venue] = venue
    }
  }
}

extension WorldBuilder {
  var claimsAtStart: ClaimsAtStart {
    var dollars = 0.0
    var utilization = 0.0
    for books in venues.flatMap(\.reserves) {
      dollars += reference.value(of: books.claims.totalAssets - books.placed, in: books.asset)
      let loans = Double(ledger.balance(of: books.account, in: books.debtAsset).units)
      if loans > 0 { utilization = max(utilization, loans / (loans + Double(books.cash(ledger).units))) }
    }
    return ClaimsAtStart(
      dollars: dollars, utilization: utilization, vaults: vaults.map { venues[$0.venue].account })
  }
}
