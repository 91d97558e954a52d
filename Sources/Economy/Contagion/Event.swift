import Kernel
import Ledger

/// What the scheduler hands to the engine, in the present tense. Small, trivially copyable, printable.
package enum Event: Hashable, Sendable, BitwiseCopyable {
  /// Step `number` of a scripted shock moves a reference price.
  case shockSteps(shock: ShockID, number: Int32)
  /// Every asset with a process moves: tick `number` of the run's calendar.
  case pricesTick(number: Int64)
  case interestAccrues(venue: VenueID)
  case oraclePublishes(oracle: OracleID, price: Double)
  /// An oracle with a heartbeat may have been silent for as long.
  case oracleBeats(oracle: OracleID)
  case outageEnds(oracle: OracleID)
  /// The average that an oracle reads has moved on since a trade in its pool.
  case averageMoves(oracle: OracleID)
  /// A manipulation of an oracle begins or ends.
  case manipulationTurns(number: Int32)
  /// A venue's published prices or debts have moved: whom has this move put below the threshold?
  case alarmsRing(venue: VenueID, trigger: Int32)
  case arbitrageurActs(arbitrageur: ArbitrageurID)
  /// `call` is which call of the position it answers: an act for an earlier one has lost its meaning.
  case liquidatorActs(liquidator: LiquidatorID, position: PositionID, call: Int32)
  /// A firm that has held what it seized sells it.
  case liquidatorSells(liquidator: LiquidatorID, asset: AssetID)
  /// Those who wait for room in a block get it, as far as there is any.
  case blockIsMade(number: Int64)
  /// What was sent as a transaction is done, in the order of the block.
  case liquidatorExecutes(liquidator: LiquidatorID, position: PositionID, call: Int32)
  case inventorySaleExecutes(liquidator: LiquidatorID, asset: AssetID)
  /// It sells the asset to the pool down to a limit: quote units for one of base.
  case arbitrageExecutes(arbitrageur: ArbitrageurID, asset: AssetID, limit: Double)
  /// A position has debt left and nothing to pay it with.
  case lossFalls(position: PositionID)
  case badDebtIsMeasured
  /// A venue trues up what it has provided for bad debt.
  case provisionsAreWeighed(venue: VenueID)
  /// The next act of what a layer has promised: a lot is sold.
  case promiseActs(promise: Int32)
  case noiseTrades(trader: NoiseTraderID, number: Int64)
  case noiseTradeExecutes(trader: NoiseTraderID, number: Int64)
  /// A venue changes what it asks of a collateral.
  case governanceDecides(change: Int32)
  case lenderWatches(lender: LenderID)
  case holderWatches(holder: TokenHolderID)
  /// A borrower looks at its position.
  case borrowerWatches(borrower: BorrowerID)
  /// A looper looks at its leverage.
  case looperLooks(looper: LooperID)
  /// A vault's curator looks at what it holds.
  case curatorLooks(vault: VenueID)
  /// A layer's fund is brought back to the mix that it began with.
  case fundRebalances(venue: VenueID, step: Int32)
  /// What a vault holds, by its place among its holdings, is worth so much more or less, because of the loss
  /// of that number, or 0 for a gain.
  case vaultMarks(vault: VenueID, holding: Int32, change: Amount, loss: Int32)
  /// Cash may have come for those who wait for a vault's.
  case vaultServes(vault: VenueID)

  package var phase: Phase {
    switch self {
    case .interestAccrues, .blockIsMade, .governanceDecides: .chain
    case .shockSteps, .pricesTick, .manipulationTurns: .price
    case .oraclePublishes, .oracleBeats, .outageEnds, .averageMoves: .oracle
    case .alarmsRing: .alarm
    case .arbitrageurActs, .noiseTrades: .decision
    case .liquidatorActs, .liquidatorSells, .liquidatorExecutes, .inventorySaleExecutes, .arbitrageExecutes:
      .liquidation
    case .noiseTradeExecutes: .liquidation
    case .vaultMarks, .vaultServes, .promiseActs: .settlement
    case .lossFalls, .provisionsAreWeighed: .loss
    case .lenderWatches, .holderWatches, .borrowerWatches, .looperLooks, .curatorLooks, .fundRebalances:
      .reaction
    case .badDebtIsMeasured: .sample
    }
  }
}
