import Kernel
import Ledger

// Who lives in a world: accounts, endowments, what each has drawn.

extension WorldBuilder {
  mutating func add(
    _ population: WorldSpecification.Population, _ loans: inout [PlannedLoan],
    _ deposits: inout [PlannedDeposit]
  ) throws(RunFailure.Reason) {
    switch population {
    case .lenders(let id, let venue, let reserve, let count, let size, _, let watch):
      for ordinal in 0..<count {
        let account = ledger.addAccount("\(id)[\(ordinal)]")
        let key = EntityKey(id: id, ordinal: UInt64(ordinal))
        var runAt = Double.infinity
        if let limit = watch?.runAt { runAt = draw(try draws(limit, upTo: 1), key) }
        lenders.append(
          Lender(account: account, venue: venue, reserve: reserve, key: key, watch: watch, runAt: runAt))
        deposits.append(
          PlannedDeposit(lender: account, venue: venue, reserve: reserve, size: try draw(size, key)))
      }
    case .borrowers(let id, let venue, let collateral, let debts, let count, let size, let ltv, let care):
      let mix = BorrowerMix(of: venues[venue], collateral: collateral, debts: debts)
      let ltv = try draws(ltv, upTo: mix.limit)
      for ordinal in 0..<count {
        let key = EntityKey(id: id, ordinal: UInt64(ordinal))
        loans.append(
          try plan(
            name: "\(id)[\(ordinal)]", key, venue, mix, try draw(size, key), draw(ltv, key)))
        if let care { loans[loans.count - 1] = try keepReserve(care, for: loans[loans.count - 1]) }
      }
    case .loopers(
      let id, let venue, let collateral, let debt, let count, let size, let ltv, let loops, let watch):
      let mix = BorrowerMix(of: venues[venue], collateral: [.init(collateral)], debts: [.init(debt)])
      let ltv = try draws(ltv, upTo: mix.limit)
      for ordinal in 0..<count {
        let key = EntityKey(id: id, ordinal: UInt64(ordinal))
        let own = try draw(size, key)
        let target = draw(ltv, key)
        guard let whole = Looper.posted(own, target: target, loops: loops) else {
          throw .arithmetic(.overflow)
        }
        var loan = try plan(name: "\(id)[\(ordinal)]", key, venue, mix, whole, target)
        loan.spent = min(loan.borrowed[0], whole - own)
        loans.append(loan)
        if let watch {
          loopers.append(Looper(position: loan.position, key: key, target: target, watch: watch))
        }
      }
    case .liquidators(let id, let count, let terms):
      for ordinal in 0..<count {
        let key = EntityKey(id: id, ordinal: UInt64(ordinal))
        let account = ledger.addAccount("\(id)[\(ordinal)]")
        if !terms.capital.isZero { try endow(account, terms.currency, terms.capital) }
        liquidators.append(
          Liquidator(
            name: "\(id)[\(ordinal)]", account: account, key: key, terms: terms,
            bid: try drawBid(terms.bid, key)))
      }
    case .tokenHolders(let id, let count, let token, let size, let currency, let every, let sellAt):
      for ordinal in 0..<count {
        let key = EntityKey(id: id, ordinal: UInt64(ordinal))
        let account = ledger.addAccount("\(id)[\(ordinal)]")
        try endow(account, token, try draw(size, key))
        tokenHolders.append(
          TokenHolder(
            account: account, key: key, token: token, currency: currency,
            watch: Watch(every: every, runAt: nil), sellAt: draw(try draws(sellAt, upTo: 1), key)))
      }
    case .bidders(let id, let count, let currency, let capital, let discount):
      for ordinal in 0..<count {
        let key = EntityKey(id: id, ordinal: UInt64(ordinal))
        let account = ledger.addAccount("\(id)[\(ordinal)]")
        try endow(account, currency, try draw(capital, key))
        bidders.append(
          Bidder(account: account, currency: currency, discount: draw(try draws(discount, upTo: 1), key)))
      }
    case .noiseTraders(let id, let pool, let count, let every, let size, let capital, let bid):
      for ordinal in 0..<count {
        let key = EntityKey(id: id, ordinal: UInt64(ordinal))
        let trader = NoiseTrader(
          account: ledger.addAccount("\(id)[\(ordinal)]"), key: key, pool: pool, every: every, size: size,
          bid: try drawBid(bid, key))
        try endow(trader, capital)
        noiseTraders.append(trader)
      }
    case .arbitrageurs(let id, let pool, let count, let latency, let capital, let bid):
      for ordinal in 0..<count {
        let key = EntityKey(id: id, ordinal: UInt64(ordinal))
        let account = ledger.addAccount("\(id)[\(ordinal)]")
        try endow(account, pools[pool].quote, capital)
        arbitrageurs.append(
          Arbitrageur(
            name: "\(id)[\(ordinal)]", account: account, key: key, pool: pool, latency: latency,
            bid: try drawBid(bid, key)))
      }
    }
  }

  /// A purse on either side of its pool, of equal worth.
  private mutating func endow(_ trader: NoiseTrader, _ capital: Amount) throws(RunFailure.Reason) {
    let (base, quote) = (pools[trader.pool].base, pools[trader.pool].quote)
    let rate = reference.rate(of: quote, in: base)
    guard let worth = wholeUnits(Double(capital.units) * rate, .down) else { throw .arithmetic(.overflow) }
    try endow(trader.account, quote, capital)
    if !worth.isZero { try endow(trader.account, base, worth) }
  }

  private func drawBid(
    _ bid: AmountDistribution?, _ key: EntityKey
  ) throws(RunFailure.Reason) -> Amount {
    guard let bid else { return .zero }
    return try draw(bid, key, for: .populationBid)
  }

  private func draw(
    _ size: AmountDistribution, _ key: EntityKey, for purpose: Purpose = .populationSize
  ) throws(RunFailure.Reason) -> Amount {
    let word = streams.word(purpose, key, Epoch(slot: 0))
    let drawn: Amount?
    do { drawn = try size.draw(word) } catch { throw .distribution(error) }
    guard let drawn else { throw .arithmetic(.overflow) }
    return drawn
  }

  private func draws(
    _ ratio: RatioDistribution, upTo limit: Double
  ) throws(RunFailure.Reason) -> RatioDraws {
    do { return try ratio.given(atMost: limit) } catch { throw .distribution(error) }
  }

  private func draw(_ ratio: RatioDraws, _ key: EntityKey) -> Double {
    ratio.draw(streams.word(.populationRatio, key, Epoch(slot: 0)))
  }

  /// Collateral worth `size` at reference prices, and `ltv` of that borrowed, each split by the mix.
  private mutating func plan(
    name: String, _ key: EntityKey, _ venue: VenueID, _ mix: BorrowerMix, _ size: Amount, _ ltv: Double
  ) throws(RunFailure.Reason) -> PlannedLoan {
    func amounts(
      _ value: Double, in assets: [AssetID], by shares: [Double]
    ) throws(RunFailure.Reason) -> [Amount] {
      var amounts: [Amount] = []
      for (asset, share) in zip(assets, shares) {
        let rate = reference.rate(of: mix.sizeAsset, in: asset)
        guard let amount = wholeUnits(value * share * rate, .down) else { throw .arithmetic(.overflow) }
        guard amount > .zero else { throw .emptyPosition(name: name) }
        amounts.append(amount)
      }
      return amounts
    }
    let posted = try amounts(
      Double(size.units), in: mix.collateral.map { venues[venue].collateral[$0].asset },
      by: mix.collateralShares)
    let borrowed = try amounts(
      Double(size.units) * ltv, in: mix.debts.map { venues[venue].reserves[$0].asset }, by: mix.debtShares)
    let owner = ledger.addAccount(name)
    let account = ledger.addAccount("\(name).position")
    for (place, amount) in zip(mix.collateral, posted) {
      let asset = venues[venue].collateral[place].asset
      if shares[asset.position] == nil { try endow(owner, asset, amount) }
    }
    positions.append(
      Position(
        account: account, owner: owner, venue: venue, collateral: mix.collateral, debts: mix.debts, key: key))
    return PlannedLoan(position: PositionID(positions.count - 1), posted: posted, borrowed: borrowed)
  }

  /// What a borrower keeps to look after its position with: an account of its own.
  private mutating func keepReserve(_ care: Care, for loan: PlannedLoan) throws(RunFailure.Reason)
    -> PlannedLoan
  {
    let position = positions[loan.position]
    let venue = venues[position.venue]
    let account = ledger.addAccount("\(ledger[position.owner].name).reserve")
    borrowers.append(
      Borrower(account: account, position: loan.position, key: position.key, care: care))
    let (amounts, assets) =
      switch care.means {
      case .collateral: (loan.posted, position.collateral.map { venue.collateral[$0].asset })
      case .repayment: (loan.borrowed, position.debts.map { venue.reserves[$0].asset })
      }
    let kept = try calculating { () throws(ArithmeticRefusal) in
      var kept: [Amount] = []
      for amount in amounts { kept.append(try portion(care.reserve, of: amount, .down)) }
      return kept
    }
    for (asset, amount) in zip(assets, kept) where share(asset) == nil && !amount.isZero {
      try endow(account, asset, amount)
    }
    var loan = loan
    if care.means == .collateral { (loan.kept, loan.purse) = (kept, account) }
    return loan
  }
}

/// What the members of a population of borrowers post and borrow, in the order of their venue's lists.
private struct BorrowerMix {
  let collateral: Places
  /// Of the value posted; they sum to one, up to rounding.
  let collateralShares: [Double]
  let debts: Places
  let debtShares: [Double]
  /// What sizes are amounts of.
  let sizeAsset: AssetID
  /// The most that may be borrowed against a unit of value: the limits of the collaterals by their shares.
  let limit: Double

  init(
    of venue: LendingPool, collateral: [WorldSpecification.Part], debts: [WorldSpecification.Part]
  ) {
    self.collateral = Places(collateral.map(\.place))
    self.debts = Places(debts.map(\.place))
    collateralShares = collateral.shares
    debtShares = debts.shares
    sizeAsset = venue.reserves[debts[0].place].asset
    limit = collateral.limit(under: venue.collateral)
  }
}
