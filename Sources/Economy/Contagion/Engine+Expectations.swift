import Kernel
import Ledger

// What those who may have to pay can expect, from what anybody can read from the chain: bad debt at published
// prices, and what stands in each layer.

extension World {
  /// Where the bad debt that is visible at a venue would go if it were recognised now, down to the layer at
  /// which suppliers begin to pay.
  private struct Outlook {
    /// What would be left for the suppliers.
    var uncovered = Amount.zero
    /// By layer in front of them: what it would bear, and what of that its stake pool would.
    var borne: [(step: Int, amount: Amount, byStake: Amount)] = []
  }

  private mutating func outlook(
    _ venue: VenueID, _ reserve: Int, uncovered: Bool = false, at time: SimTime
  ) throws(RunFailure.Reason) -> Outlook {
    let books = venues[venue].reserves[reserve]
    guard guarantor == nil else { return Outlook() }
    // What has been provided for has been recognised, and stands in the claims or in the deficit.
    let hidden =
      Double(try visibleBadDebt(of: venue)[reserve].units) / 1e6
      - published.value(of: books.provision, in: books.asset)
    guard hidden > 0 else { return Outlook() }
    hasSomethingToFear = true
    let units = hidden / published[books.asset] * ledger[books.asset].unitsPerToken
    guard var left = wholeUnits(units, .down) else { throw .arithmetic(.overflow) }
    guard !uncovered else { return Outlook(uncovered: left) }
    var outlook = Outlook()
    let loss = FallingLoss(number: 0, venue: venue, reserve: reserve, recognised: left)
    for (place, step) in waterfalls[venue].steps.enumerated() where venues[venue].recognition != .never {
      let declaration = type(of: step.layer).declaration
      guard !left.isZero, !declaration.cutsClaims || declaration.means.contains(.stake) else { break }
      let bearers = try bearers(behind: step, loss, at: time)
      // What a day has used up of `perDay` is not known to those who look.
      let kept = left - (try callable(left, of: step, loss, .start))
      guard !declaration.cutsClaims else {
        // A junior tranche pays before suppliers begin to.
        let junior = min(left - kept, bearers.stake)
        left -= junior
        outlook.borne.append((place, junior, junior))
        break
      }
      let absorption: Absorption
      do {
        absorption = try step.layer.absorb(
          Loss(number: 0, asset: books.asset, amount: left - kept), from: bearers)
      } catch { throw .absorption(layer: declaration.name, error) }
      // What may be earned some day covers nobody who leaves today.
      if case .revenue? = absorption.settlement { continue }
      left = absorption.left + kept
      var byStake = Amount.zero
      if case .seizure? = absorption.settlement { byStake = absorption.promised }
      if declaration.means.contains(.stake) { byStake += min(absorption.taken, bearers.stake) }
      outlook.borne.append((place, absorption.taken + absorption.promised, byStake))
    }
    outlook.uncovered = left
    return outlook
  }

  /// What the holders of a reserve's claims have to expect to lose, as a share of them, at published prices:
  ///
  ///     (visible bad debt that no layer in front of them covers + standing deficit) / claims
  ///
  /// Of a vault, which lends to nobody, one look further: the bad debt is what its holdings have to expect in
  /// turn by the same rule, without a look further still. Of a stake pool, what venues would call it for.
  ///
  /// - Parameter uncovered: as if no layer covered anything. Never less than with them, and told sooner.
  mutating func expectedLoss(
    of venue: VenueID, _ reserve: Int, uncovered: Bool = false, at time: SimTime
  ) throws(RunFailure.Reason) -> Double {
    let books = venues[venue].reserves[reserve]
    var lost = try expectedDollars(of: venue, reserve, uncovered: uncovered, at: time)
    if let vault = vaults.first(where: { $0.venue == venue }) {
      for holding in vault.holdings {
        let parent = venues[holding.venue].reserves[holding.reserve]
        let expected = share(
          try expectedDollars(of: holding.venue, holding.reserve, uncovered: uncovered, at: time),
          of: published.value(of: parent.claims.totalAssets, in: parent.asset))
        lost += published.value(of: holding.marked, in: books.asset) * min(1, expected)
      }
    }
    if venues[venue].collateral.isEmpty { lost += try expectedSlash(of: venue, at: time) }
    return share(lost, of: published.value(of: books.claims.totalAssets, in: books.asset))
  }

  private mutating func expectedDollars(
    of venue: VenueID, _ reserve: Int, uncovered: Bool, at time: SimTime
  ) throws(RunFailure.Reason) -> Double {
    let left = try outlook(venue, reserve, uncovered: uncovered, at: time).uncovered
    let books = venues[venue].reserves[reserve]
    return published.value(of: left, in: books.asset)
      + published.value(of: books.deficit, in: books.asset)
  }

  /// Dollars that venues would take from a stake pool.
  private mutating func expectedSlash(
    of pool: VenueID, at time: SimTime
  ) throws(RunFailure.Reason) -> Double {
    var dollars = 0.0
    for venue in venues.indices.map(VenueID.init)
    where waterfalls[venue].steps.contains(where: { $0.layer.stakePool == pool }) {
      for reserve in venues[venue].reserves.indices {
        for part in try outlook(venue, reserve, at: time).borne
        where waterfalls[venue].steps[part.step].layer.stakePool == pool {
          dollars += published.value(of: part.byStake, in: venues[venue].reserves[reserve].asset)
        }
      }
    }
    return dollars
  }

  /// Dollars for which venues would mint a token, as a share of what all of it is worth.
  mutating func expectedDilution(
    of token: AssetID, at time: SimTime
  ) throws(RunFailure.Reason) -> Double {
    var dollars = 0.0
    for venue in venues.indices.map(VenueID.init)
    where waterfalls[venue].steps.contains(where: { $0.layer.mints?.asset == token }) {
      for reserve in venues[venue].reserves.indices {
        for part in try outlook(venue, reserve, at: time).borne
        where waterfalls[venue].steps[part.step].layer.mints?.asset == token {
          dollars += published.value(of: part.amount, in: venues[venue].reserves[reserve].asset)
        }
      }
    }
    return share(dollars, of: published.value(of: ledger.supply(of: token), in: token))
  }

  private func share(_ lost: Double, of claims: Double) -> Double {
    guard lost > 0 else { return 0 }
    return claims > 0 ? lost / claims : .infinity
  }
}
