import Kernel
import Ledger

/// So much of a loan is a lender's money.
struct LoanMatch: Sendable {
  /// The lent asset, by its place in the venue's list.
  let reserve: Int
  let lender: AccountID
  let amount: Amount
}

// Who bears the loss of a loan alone, where nobody else does.

extension WorldBuilder {
  /// Matches every loan of a venue whose waterfall asks for it with the money of its lenders, in the order of
  /// the loans: lenders are drawn by the loan, weighted by what of their deposits is still free.
  func matches(_ loans: [PlannedLoan]) -> [[LoanMatch]] {
    var matches: [[LoanMatch]] = positions.map { _ in [] }
    for venue in venues.indices.map(VenueID.init) {
      let declarations = waterfalls[venue].steps.map { type(of: $0.layer).declaration }
      guard declarations.contains(where: { $0.means.contains(.matched) }) else { continue }
      for reserve in venues[venue].reserves.indices {
        let share = venues[venue].reserves[reserve].shareAsset
        let suppliers =
          lenders.filter { $0.venue == venue && $0.reserve == reserve }.map(\.account)
          + vaults.filter { $0.holds(venue, reserve) }.map { venues[$0.venue].account }
        // A share has cost one unit.
        var free = FreeDeposits(suppliers.map { ledger.balance(of: $0, in: share) })
        for loan in loans where positions[loan.position].venue == venue {
          guard let place = positions[loan.position].debts.firstIndex(of: reserve) else { continue }
          var rest = loan.borrowed[place]
          var draws: UInt32 = 0
          while !rest.isZero, !free.total.isZero {
            let word = streams.word(
              .populationChoice, positions[loan.position].key, Epoch(slot: UInt64(reserve)), index: draws)
            draws += 1
            let drawn = free.place(of: word)
            let part = min(rest, free.deposits[drawn])
            free.take(part, from: drawn)
            rest -= part
            matches[loan.position].append(LoanMatch(reserve: reserve, lender: suppliers[drawn], amount: part))
          }
        }
      }
    }
    return matches
  }
}

/// Deposits that lenders can be drawn from, each with a chance in proportion.
struct FreeDeposits {
  private(set) var deposits: [Amount]
  private(set) var total: Amount

  init(_ deposits: [Amount]) {
    self.deposits = deposits
    total = deposits.reduce(.zero, +)
  }

  /// Whose deposit the unit number ⌊word · total / 2⁶⁴⌋ lies in, all deposits laid end to end.
  func place(of word: UInt64) -> Int {
    var unit = Int64(word.multipliedFullWidth(by: UInt64(total.units)).high)
    for (place, deposit) in deposits.enumerated() {
      if unit < deposit.units { return place }
      unit -= deposit.units
    }
    preconditionFailure("a unit beyond the last deposit")
  }

  mutating func take(_ amount: Amount, from place: Int) {
    deposits[place] -= amount
    total -= amount
  }
}

extension World {
  /// Those whose money a venue lends, and what their claims are worth: lenders in their order, then vaults.
  func suppliers(
    of venue: VenueID, _ reserve: Int
  ) throws(RunFailure.Reason) -> [(account: AccountID, value: Amount)] {
    let books = venues[venue].reserves[reserve]
    let accounts =
      lenders.filter { $0.venue == venue && $0.reserve == reserve }.map(\.account)
      + vaults.filter { $0.holds(venue, reserve) }.map { venues[$0.venue].account }
    var suppliers: [(account: AccountID, value: Amount)] = []
    for account in accounts {
      suppliers.append(
        (account, try value(of: ledger.balance(of: account, in: books.shareAsset), at: venue, reserve)))
    }
    return suppliers
  }

  /// The lenders matched with a loan bear its loss in proportion, each as far as its claim goes. What of it
  /// is then left, because some have gone, falls on whoever takes their places: drawn by the loan, weighted
  /// by what claims are worth.
  mutating func cutMatched(
    _ amount: Amount, _ loss: FallingLoss, _ place: Int, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    guard let position = loss.position else { return }
    let own = matches[position].filter { $0.reserve == loss.reserve }
    var rest = amount
    if !own.isEmpty {
      let parts = try calculating { () throws(ArithmeticRefusal) in
        try apportion(amount, by: own.map(\.amount))
      }
      let share = venues[loss.venue].reserves[loss.reserve].shareAsset
      for (match, part) in zip(own, parts) {
        let held = ledger.balance(of: match.lender, in: share)
        let cut = min(part, try value(of: held, at: loss.venue, loss.reserve))
        try cutClaim(cut, of: match.lender, loss, place, header)
        rest -= cut
      }
    }
    var draws: UInt32 = 0
    while !rest.isZero {
      let suppliers = try suppliers(of: loss.venue, loss.reserve)
      let free = FreeDeposits(suppliers.map(\.value))
      guard !free.total.isZero else { throw .absorption(layer: "isolated", .moreThanTheyHold) }
      let word = streams.word(
        .populationChoice, positions[position].key, Epoch(slot: UInt64(1 << 32 + loss.reserve)), index: draws)
      draws += 1
      let drawn = suppliers[free.place(of: word)]
      let part = min(rest, drawn.value)
      try cutClaim(part, of: drawn.account, loss, place, header)
      rest -= part
    }
  }

  private mutating func cutClaim(
    _ amount: Amount, of holder: AccountID, _ loss: FallingLoss, _ place: Int, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    guard !amount.isZero else { return }
    var books = venues[loss.venue].reserves[loss.reserve]
    let held = ledger.balance(of: holder, in: books.shareAsset)
    let shares = try calculating { () throws(ArithmeticRefusal) in try books.claims.cancel(amount, of: held) }
    try post(
      Posting(
        Transfer(
          from: holder, to: books.account, asset: books.shareAsset, amount: shares, for: .shareRedemption)))
    venues[loss.venue].reserves[loss.reserve] = books
    remember(amount, by: holder, books.asset, loss, step: place)
    record(
      .bore(
        loss: loss.number, venue: loss.venue, reserve: Int32(loss.reserve), holder: holder, amount: amount),
      header)
  }
}
