import Ledger

/// A position on the scales: what it holds and owes, with the prices, thresholds and indices that its
/// standing is made of. They can be set to what they were before a move, to see where it stood then.
///
///     var weighing = pool.weighing(of: position, ledger, published: published)
///     try weighing.standing().isLiquidatable
package struct Weighing: Sendable, BitwiseCopyable {
  private struct Leg: BitwiseCopyable {
    var place: Int32 = 0
    var asset = AssetID(0)
    /// Held, or owed in scaled units.
    var amount = Amount.zero
    var unitsPerToken = 1.0
    var price = 0.0
    /// Of a collateral.
    var threshold = 0.0
    /// Of a debt.
    var index = DebtIndex()
  }

  /// Collaterals first, each in the order of the venue's list.
  private var legs = InlineArray<4, Leg>(repeating: Leg())
  private var collateralCount = 0
  private var count = 0

  fileprivate init(
    _ position: Position, in pool: borrowing LendingPool, _ ledger: borrowing Ledger,
    published: borrowing PriceBoard
  ) {
    for place in position.collateral {
      let asset = pool.collateral[place].asset
      legs[count] = Leg(
        place: Int32(place), asset: asset, amount: ledger.balance(of: position.account, in: asset),
        unitsPerToken: published.unitsPerToken[asset.position], price: published[asset],
        threshold: pool.collateral[place].threshold)
      count += 1
    }
    collateralCount = count
    for place in position.debts {
      let asset = pool.reserves[place].asset
      legs[count] = Leg(
        place: Int32(place), asset: asset,
        amount: -ledger.balance(of: position.account, in: pool.reserves[place].debtAsset),
        unitsPerToken: published.unitsPerToken[asset.position], price: published[asset],
        index: pool.reserves[place].index)
      count += 1
    }
  }

  /// Sums run in the order of the venue's lists, from zero: the one place where a position is weighed, for
  /// alarms, health and the limits of a liquidation alike.
  package func standing() throws(ArithmeticRefusal) -> Standing {
    var carries = 0.0
    for number in 0..<collateralCount {
      let leg = legs[number]
      carries += Double(leg.amount.units) / leg.unitsPerToken * leg.price * leg.threshold
    }
    var owes = 0.0
    for number in collateralCount..<count {
      let leg = legs[number]
      owes += Double(try leg.index.owed(leg.amount).units) / leg.unitsPerToken * leg.price
    }
    return Standing(carries: carries, owes: owes)
  }

  /// At another published price of an asset; whether that changes anything.
  package mutating func setPrice(of asset: AssetID, to price: Double) -> Bool {
    var isConcerned = false
    for number in 0..<count where legs[number].asset == asset {
      legs[number].price = price
      isConcerned = true
    }
    return isConcerned
  }

  /// At other indices of the venue's reserves.
  package mutating func setIndices(to indices: [DebtIndex]) {
    for number in collateralCount..<count { legs[number].index = indices[Int(legs[number].place)] }
  }

  /// At another threshold of one of the venue's collaterals; whether that changes anything.
  package mutating func setThreshold(at place: Int, to threshold: Double) -> Bool {
    for number in 0..<collateralCount where Int(legs[number].place) == place {
      legs[number].threshold = threshold
      return true
    }
    return false
  }
}

extension LendingPool {
  package func weighing(
    of position: Position, _ ledger: borrowing Ledger, published: borrowing PriceBoard
  ) -> Weighing {
    Weighing(position, in: self, ledger, published: published)
  }

  package func standing(
    of position: Position, _ ledger: borrowing Ledger, published: borrowing PriceBoard
  ) throws(ArithmeticRefusal) -> Standing {
    try Weighing(position, in: self, ledger, published: published).standing()
  }
}
