import Kernel
import Ledger

/// Something that happened, in the past tense. Measures are folds over facts; the log is one more reader.
///
/// Small and trivially copyable: names are looked up only when a fact is printed. `reserve` is the place of a
/// lent asset in its venue, and amounts that are owed, repaid or lost are in that asset; prices are dollars a
/// token.
package enum Fact: Hashable, Sendable {
  /// The reference price of an asset moved.
  case priceStepped(asset: AssetID, price: Double)
  /// An oracle's price reached the venues.
  case pricePublished(oracle: OracleID, price: Double)
  case interestAccrued(venue: VenueID, reserve: Int32, interest: Amount, index: Int64)
  /// A position's health (Σ threshold · collateral / Σ debt, at published prices) fell below one.
  case becameLiquidatable(position: PositionID, health: Double)
  /// `price` is the published one of the collateral that was seized.
  case liquidated(
    position: PositionID, liquidator: LiquidatorID, reserve: Int32, collateral: AssetID, repaid: Amount,
    seized: Amount, price: Double)
  /// A liquidator looked and found nothing in it.
  case passedOver(position: PositionID, liquidator: LiquidatorID)
  /// What was sold to the market outside, and what for.
  case soldOutside(trader: AccountID, asset: AssetID, sold: Amount, forAsset: AssetID, bought: Amount)
  /// A transaction was sent, to wait for a block, with this bid for its place.
  case sent(trader: AccountID, currency: AssetID, bid: Amount)
  /// A transaction found room in a block, `waited` after it was sent, and paid for it.
  case included(trader: AccountID, currency: AssetID, fee: Amount, waited: SimDuration)
  /// A liquidator's transaction came into a block when what it wanted was gone, or no longer worth it.
  case reverted(position: PositionID, liquidator: LiquidatorID)
  /// A block was made: how many of those who waited came in, how many others, and how many wait on.
  case blockMade(number: Int64, included: Int32, others: Int32, waiting: Int32)
  /// `price` is the pool's after the trade, quote tokens for one base token.
  case swapped(pool: PoolID, trader: AccountID, asset: AssetID, sold: Amount, bought: Amount, price: Double)
  /// A venue admitted that a debt is lost, or that a claim it holds is worth less.
  case recognised(loss: Int32, origin: LossOrigin, reserve: Int32, amount: Amount)
  /// A layer was asked for what the layers before it left.
  case absorbed(
    loss: Int32, venue: VenueID, reserve: Int32, step: Int32, taken: Amount, promised: Amount, left: Amount)
  /// Somebody from outside filled the hole (see `Incidence`): no layer was asked.
  case guaranteed(loss: Int32, venue: VenueID, reserve: Int32, amount: Amount)
  /// Every staker of a pool lost in the same ratio, of the pool's asset, for a loss of another venue.
  case slashed(loss: Int32, pool: VenueID, amount: Amount)
  /// A layer minted tokens to sell them, or for whoever won its auction.
  case minted(loss: Int32, venue: VenueID, token: AssetID, amount: Amount)
  /// A lender matched with a loan bore so much of its loss.
  case bore(loss: Int32, venue: VenueID, reserve: Int32, holder: AccountID, amount: Amount)
  /// An auction ended: who won it, if anybody did, what it paid, and for how much of what.
  case auctioned(
    loss: Int32, venue: VenueID, reserve: Int32, winner: AccountID?, paid: Amount, asset: AssetID, won: Amount
  )
  /// Some of the interest that a venue kept went to its mutual pool.
  case premiumPaid(venue: VenueID, reserve: Int32, pool: VenueID, amount: Amount)
  /// Some of the interest that a venue kept went to a layer's fund.
  case refilled(venue: VenueID, reserve: Int32, step: Int32, amount: Amount)
  /// A layer's fund sold what it had too much of for what it had too little of.
  case rebalanced(
    venue: VenueID, step: Int32, asset: AssetID, sold: Amount, forAsset: AssetID, bought: Amount)
  /// A staker told a stake pool that it leaves.
  case cooldownBegan(holder: AccountID, pool: VenueID)
  /// A venue provides so much for what a position may not repay.
  case provisioned(position: PositionID, reserve: Int32, amount: Amount)
  /// What a layer had paid for a provision went back to it, or stayed with the venue as far as it is `kept`.
  case restored(
    loss: Int32, venue: VenueID, reserve: Int32, step: Int32, by: Absorption.Means, amount: Amount,
    kept: Amount)
  /// A vault's gain made good what stood unresolved.
  case healed(venue: VenueID, reserve: Int32, amount: Amount)
  /// Stake that was seized and did not have to be sold went back to the pool.
  case returned(pool: VenueID, amount: Amount)
  /// Some of what a layer had promised was paid.
  case promiseKept(
    loss: Int32, venue: VenueID, reserve: Int32, step: Int32, paid: Amount, outstanding: Amount)
  /// What a layer had promised was not paid in full: the shortfall falls on the next one.
  case promiseBroken(loss: Int32, venue: VenueID, reserve: Int32, step: Int32, shortfall: Amount)
  /// The bad debt hidden in a venue's open positions changed: Σ max(0, debt − collateral) at the reference,
  /// in millionths of a dollar.
  case badDebtOccurred(venue: VenueID, microdollars: Int64)
  /// Somebody wanted `wanted` out of a venue and got `paid` for `shares`; nothing for none if that was
  /// refused.
  /// `utilization` is the reserve's after it.
  case withdrew(
    holder: AccountID, venue: VenueID, reserve: Int32, shares: Amount, wanted: Amount, paid: Amount,
    utilization: Double)
  /// Somebody joined those who wait for a vault's cash, with so many shares.
  case queued(holder: AccountID, vault: VenueID, shares: Amount)
  /// A vault's holding, by its place among them, was carried at one amount and now is at another.
  case marked(vault: VenueID, holding: Int32, from: Amount, to: Amount)
  /// A vault took cash out of a holding, which is carried at what is left of it.
  case drawn(vault: VenueID, holding: Int32, from: Amount, to: Amount)
  /// A vault's curator put `paid` into a holding, which is carried at what it then is worth.
  case placed(vault: VenueID, holding: Int32, paid: Amount, from: Amount, to: Amount)
  /// From now on an oracle reads its source times a factor, one when nobody manipulates it any longer.
  case readingManipulated(oracle: OracleID, factor: Double)
  /// A borrower posted more collateral for its position.
  case toppedUp(position: PositionID, asset: AssetID, posted: Amount)
  /// A borrower repaid some of what its position owes.
  case paidDown(position: PositionID, reserve: Int32, repaid: Amount)
  /// A looper borrowed more.
  case borrowed(position: PositionID, reserve: Int32, borrowed: Amount)
  /// A venue changed what it asks of a collateral, to this.
  case governed(venue: VenueID, collateral: AssetID, threshold: Double, bonus: Double)
}

/// Where a loss comes from.
package enum LossOrigin: Hashable, Sendable {
  /// A debt that is not paid.
  case position(PositionID)
  /// A loss of the venue `by` has lowered the claims on it that the vault `to` holds.
  case passedOn(by: VenueID, to: VenueID, loss: Int32)
  /// A loss of the venue `by` has been called from a member of the mutual pool that both belong to.
  case calledFor(by: VenueID, member: VenueID, loss: Int32)

  /// The loss that handed this one on.
  package var parent: Int32? {
    switch self {
    case .position: nil
    case .passedOn(_, _, let parent): parent > 0 ? parent : nil
    case .calledFor(_, _, let parent): parent
    }
  }
}

/// A fact with its place in the run and its cause.
package struct FactRecord: Hashable, Sendable {
  package let header: EventHeader
  package let fact: Fact

  package init(header: EventHeader, fact: Fact) {
    self.header = header
    self.fact = fact
  }
}

extension FactRecord {
  /// Its place and cause, then its words: most are small, so each goes in digits of seven bits, the lowest
  /// first, and the last below 128. Frozen.
  package func feed(_ fingerprint: inout Fingerprint) {
    var bytes = InlineArray<256, UInt8>(repeating: 0)
    var count = 0
    func add(_ number: UInt64) {
      var rest = number
      while rest >= 128 {
        bytes[count] = UInt8(truncatingIfNeeded: rest) | 128
        rest >>= 7
        count += 1
      }
      bytes[count] = UInt8(rest)
      count += 1
    }
    func add(_ number: Int64) { add(UInt64(bitPattern: number)) }
    add(header.id.ordinal)
    // None has none before it.
    add((header.cause?.ordinal ?? -1) + 1)
    add(header.root.ordinal)
    add(Int64(header.depth))
    add(header.time.microseconds)
    add(Int64(header.round))
    add(Int64(header.phase.rawValue))
    for word in fact.words { add(word) }
    withUnsafeBytes(of: &bytes) { fingerprint.update(bytes: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
  }
}

extension Fact {
  /// The name in `events.csv`; frozen.
  package var kind: String {
    switch self {
    case .priceStepped: "priceStepped"
    case .pricePublished: "pricePublished"
    case .interestAccrued: "interestAccrued"
    case .becameLiquidatable: "becameLiquidatable"
    case .liquidated: "liquidated"
    case .passedOver: "passedOver"
    case .soldOutside: "soldOutside"
    case .sent: "sent"
    case .included: "included"
    case .reverted: "reverted"
    case .blockMade: "blockMade"
    case .swapped: "swapped"
    case .recognised: "recognised"
    case .absorbed: "absorbed"
    case .badDebtOccurred: "badDebtOccurred"
    case .guaranteed: "guaranteed"
    case .slashed: "slashed"
    case .returned: "returned"
    case .provisioned: "provisioned"
    case .cooldownBegan: "cooldownBegan"
    case .restored: "restored"
    case .healed: "healed"
    case .minted: "minted"
    case .bore: "bore"
    case .auctioned: "auctioned"
    case .premiumPaid: "premiumPaid"
    case .refilled: "refilled"
    case .rebalanced: "rebalanced"
    case .promiseKept: "promiseKept"
    case .promiseBroken: "promiseBroken"
    case .withdrew: "withdrew"
    case .queued: "queued"
    case .marked: "marked"
    case .drawn: "drawn"
    case .placed: "placed"
    case .readingManipulated: "readingManipulated"
    case .toppedUp: "toppedUp"
    case .paidDown: "paidDown"
    case .borrowed: "borrowed"
    case .governed: "governed"
    }
  }

  /// The fact as words of 64 bits, for fingerprints: a tag, then its values in order. Frozen.
  package var words: [UInt64] {
    func word(_ number: Int32) -> UInt64 { UInt64(bitPattern: Int64(number)) }
    func word<Tag>(_ id: Identifier<Tag>) -> UInt64 { word(id.index) }
    func word(_ amount: Amount) -> UInt64 { UInt64(bitPattern: amount.units) }
    switch self {
    case .priceStepped(let asset, let price): return [1, word(asset), price.bitPattern]
    case .pricePublished(let oracle, let price): return [2, word(oracle), price.bitPattern]
    case .interestAccrued(let venue, let reserve, let interest, let index):
      return [3, word(venue), word(reserve), word(interest), UInt64(bitPattern: index)]
    case .becameLiquidatable(let position, let health): return [4, word(position), health.bitPattern]
    case .liquidated(
      let position, let liquidator, let reserve, let collateral, let repaid, let seized, let price):
      return [
        5, word(position), word(liquidator), word(reserve), word(collateral), word(repaid), word(seized),
        price.bitPattern,
      ]
    case .passedOver(let position, let liquidator): return [6, word(position), word(liquidator)]
    case .soldOutside(let trader, let asset, let sold, let other, let bought):
      return [20, word(trader), word(asset), word(sold), word(other), word(bought)]
    case .sent(let trader, let currency, let bid):
      return [70, word(trader), word(currency), word(bid)]
    case .included(let trader, let currency, let fee, let waited):
      return [21, word(trader), word(currency), word(fee), UInt64(bitPattern: waited.microseconds)]
    case .reverted(let position, let liquidator): return [22, word(position), word(liquidator)]
    case .blockMade(let number, let included, let others, let waiting):
      return [23, UInt64(bitPattern: number), word(included), word(others), word(waiting)]
    case .swapped(let pool, let trader, let asset, let sold, let bought, let price):
      return [
        7, word(pool), word(trader), word(asset), word(sold), word(bought), price.bitPattern,
      ]
    case .recognised(let loss, .position(let position), let reserve, let amount):
      return [8, word(loss), word(position), word(reserve), word(amount)]
    case .recognised(let loss, .passedOn(let by, let to, let parent), let reserve, let amount):
      return [24, word(loss), word(by), word(to), word(parent), word(reserve), word(amount)]
    case .recognised(let loss, .calledFor(let by, let member, let parent), let reserve, let amount):
      return [58, word(loss), word(by), word(member), word(parent), word(reserve), word(amount)]
    case .absorbed(let loss, let venue, let reserve, let step, let taken, let promised, let left):
      return [
        9, word(loss), word(venue), word(reserve), word(step), word(taken), word(promised), word(left),
      ]
    case .badDebtOccurred(let venue, let microdollars):
      return [10, word(venue), UInt64(bitPattern: microdollars)]
    case .guaranteed(let loss, let venue, let reserve, let amount):
      return [63, word(loss), word(venue), word(reserve), word(amount)]
    case .slashed(let loss, let pool, let amount): return [50, word(loss), word(pool), word(amount)]
    case .returned(let pool, let amount): return [51, word(pool), word(amount)]
    case .cooldownBegan(let holder, let pool): return [62, word(holder), word(pool)]
    case .provisioned(let position, let reserve, let amount):
      return [60, word(position), word(reserve), word(amount)]
    case .restored(let loss, let venue, let reserve, let step, let means, let amount, let kept):
      let place = UInt64(Absorption.Means.allCases.firstIndex(of: means) ?? 0)
      return [61, word(loss), word(venue), word(reserve), word(step), place, word(amount), word(kept)]
    case .healed(let venue, let reserve, let amount):
      return [66, word(venue), word(reserve), word(amount)]
    case .minted(let loss, let venue, let token, let amount):
      return [54, word(loss), word(venue), word(token), word(amount)]
    case .bore(let loss, let venue, let reserve, let holder, let amount):
      return [55, word(loss), word(venue), word(reserve), word(holder), word(amount)]
    case .auctioned(let loss, let venue, let reserve, let winner, let paid, let asset, let won):
      return [
        56, word(loss), word(venue), word(reserve), winner.map(word) ?? .max, word(paid), word(asset),
        word(won),
      ]
    case .premiumPaid(let venue, let reserve, let pool, let amount):
      return [57, word(venue), word(reserve), word(pool), word(amount)]
    case .refilled(let venue, let reserve, let step, let amount):
      return [64, word(venue), word(reserve), word(step), word(amount)]
    case .rebalanced(let venue, let step, let asset, let sold, let other, let bought):
      return [65, word(venue), word(step), word(asset), word(sold), word(other), word(bought)]
    case .promiseKept(let loss, let venue, let reserve, let step, let paid, let outstanding):
      return [
        52, word(loss), word(venue), word(reserve), word(step), word(paid), word(outstanding),
      ]
    case .promiseBroken(let loss, let venue, let reserve, let step, let shortfall):
      return [53, word(loss), word(venue), word(reserve), word(step), word(shortfall)]
    case .withdrew(let holder, let venue, let reserve, let shares, let wanted, let paid, let utilization):
      return [
        25, word(holder), word(venue), word(reserve), word(shares), word(wanted), word(paid),
        utilization.bitPattern,
      ]
    case .queued(let holder, let vault, let shares): return [26, word(holder), word(vault), word(shares)]
    case .marked(let vault, let holding, let from, let to):
      return [27, word(vault), word(holding), word(from), word(to)]
    case .drawn(let vault, let holding, let from, let to):
      return [28, word(vault), word(holding), word(from), word(to)]
    case .readingManipulated(let oracle, let factor): return [30, word(oracle), factor.bitPattern]
    case .toppedUp(let position, let asset, let posted):
      return [40, word(position), word(asset), word(posted)]
    case .paidDown(let position, let reserve, let repaid):
      return [41, word(position), word(reserve), word(repaid)]
    case .governed(let venue, let collateral, let threshold, let bonus):
      return [42, word(venue), word(collateral), threshold.bitPattern, bonus.bitPattern]
    case .borrowed(let position, let reserve, let borrowed):
      return [44, word(position), word(reserve), word(borrowed)]
    case .placed(let vault, let holding, let paid, let from, let to):
      return [43, word(vault), word(holding), word(paid), word(from), word(to)]
    }
  }
}

/// Which facts a run keeps after its measures have seen them.
package enum FactsKept: String, CaseIterable, Sendable {
  case none
  /// Recognitions and absorptions.
  case losses
  case all

  package func keeps(_ fact: Fact) -> Bool {
    switch self {
    case .none: return false
    case .all: return true
    case .losses:
      switch fact {
      case .recognised, .absorbed, .guaranteed, .slashed, .returned, .promiseKept, .promiseBroken, .minted,
        .bore,
        .auctioned, .provisioned, .restored, .healed:
        return true
      case .priceStepped, .pricePublished, .interestAccrued, .becameLiquidatable, .liquidated, .passedOver,
        .soldOutside, .sent, .included, .reverted, .blockMade, .swapped, .badDebtOccurred, .withdrew, .queued,
        .marked, .drawn, .placed, .readingManipulated, .toppedUp, .paidDown, .borrowed, .governed,
        .premiumPaid, .refilled, .rebalanced, .cooldownBegan:
        return false
      }
    }
  }
}
