import Kernel
import Ledger

// What everybody owns.

extension World {
  /// Everybody's wealth now. The tokens that there were at the start are looked up in `start`, which is nil
  /// when this is the start.
  package func wealth(since start: Endowment? = nil) throws(RunFailure) -> Wealth {
    do throws(ArithmeticRefusal) {
      let claims = claimsByAsset()
      let held = try worthOfAccounts(claims)
      var byParty = parties.map { party in party.accounts.reduce(Int128(0)) { $0 + held[$1] } }
      for (venue, party) in partyOfVenue.enumerated() {
        byParty[party] += try equity(of: VenueID(venue), claims)
      }
      let first = start ?? endowment
      let minted = mintedTokens()
      var wealth = Wealth(byParty: byParty, outside: 0, prices: 0, issued: 0, guarantor: 0)
      for token in shares.indices where shares[token] == nil {
        let asset = AssetID(token)
        // Given to the guarantor to fill holes with, some of which it may have got back.
        let given = guaranteed[token]
        let kept = guarantor.map { ledger.balance(of: $0, in: asset) } ?? .zero
        let issued = ledger.balance(of: outside, in: asset)
        wealth.prices -= microdollars(first.supply[token], asset)
        wealth.issued -= microdollars(minted[token], asset)
        wealth.guarantor -= microdollars(given - kept, asset)
        wealth.outside += microdollars(issued + first.supply[token] + minted[token] + given, asset)
      }
      return wealth
    } catch { throw RunFailure(.arithmetic(error), during: nil) }
  }

  /// How much of each token there was when time began.
  package struct Endowment: Sendable {
    let supply: [Amount]
  }

  package var endowment: Endowment {
    Endowment(
      supply: shares.indices.map {
        shares[$0] == nil ? -ledger.balance(of: outside, in: AssetID($0)) : .zero
      })
  }

  private func microdollars(_ amount: Amount, _ asset: AssetID) -> Int128 {
    Int128((reference.value(of: amount, in: asset) * 1e6).rounded())
  }

  /// By account: tokens, and claims at their book value. A position is worth what is in it beyond what it
  /// owes, and never less than nothing. Nothing for venues, whose equity is counted from their books.
  private func worthOfAccounts(_ claims: [WorldSpecification.Share?]) throws(ArithmeticRefusal) -> [Int128] {
    var worth = ledger.accounts.indices.map { _ in Int128(0) }
    for account in ledger.accountIDs where account != outside && account != guarantor {
      worth[account.position] = try worthOfAssets(of: account, claims)
    }
    for venue in venues { worth[venue.account.position] = 0 }
    for position in positions {
      let owed = try owes(position)
      worth[position.account.position] = max(0, worth[position.account.position] - owed)
    }
    return worth
  }

  /// By asset of the ledger: what it is a claim on, if it is one.
  private func claimsByAsset() -> [WorldSpecification.Share?] {
    var claims: [WorldSpecification.Share?] = ledger.assets.map { _ in nil }
    for (id, venue) in venues.identified(as: VenueTag.self) {
      for (place, lent) in venue.reserves.enumerated() {
        claims[lent.shareAsset.position] = WorldSpecification.Share(id, reserve: place)
      }
    }
    return claims
  }

  private func worthOfAssets(
    of account: AccountID, _ claims: [WorldSpecification.Share?]
  ) throws(ArithmeticRefusal) -> Int128 {
    var sum: Int128 = 0
    for asset in ledger.assetsTouched(by: account) {
      if let share = claims[asset.position] {
        let lent = venues[share.venue].reserves[share.reserve]
        guard account != lent.account else { continue }
        sum += microdollars(try lent.claims.value(of: ledger.balance(of: account, in: asset)), lent.asset)
      } else if asset.position < shares.count {
        sum += microdollars(ledger.balance(of: account, in: asset), asset)
      }
    }
    return sum
  }

  private func owes(_ position: Position) throws(ArithmeticRefusal) -> Int128 {
    var sum: Int128 = 0
    for place in position.debts {
      let lent = venues[position.venue].reserves[place]
      sum += microdollars(try lent.owed(by: position.account, ledger), lent.asset)
    }
    return sum
  }

  /// What a venue owns, loans at what can be got back, less what it owes its suppliers. Below zero where a
  /// deficit stands.
  private func equity(
    of id: VenueID, _ claims: [WorldSpecification.Share?]
  ) throws(ArithmeticRefusal) -> Int128 {
    let venue = venues[id]
    var equity = try worthOfAssets(of: venue.account, claims)
    // What accrues when nobody has a claim is the venue's.
    for lent in venue.reserves where !lent.claims.totalShares.isZero {
      equity -= microdollars(lent.claims.totalAssets, lent.asset)
    }
    for position in positionsOfVenue[id] {
      let held = try worthOfAssets(of: positions[position].account, claims)
      equity += min(held, try owes(positions[position]))
    }
    return equity
  }

  private func mintedTokens() -> [Amount] {
    var minted = shares.map { _ in Amount.zero }
    for step in waterfalls.flatMap(\.steps) {
      if let token = step.layer.mints?.asset { minted[token.position] += step.minted }
    }
    return minted
  }
}
