import Ledger

/// A position on the scales: what it holds and owes, with the prices, thresholds and indices that its
/// standing is made of. They can be set to what they were before a move, to see where it stood then. Sums run
/// in the order of the venue's lists, from zero: the one place where a position is weighed, for alarms,
/// health and the limits of a liquidation alike.
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

    init() {}

    @inline(__always)
    init(
      collateral place: Int, of position: borrowing Position, in pool: borrowing LendingPool,
      _ ledger: borrowing Ledger, _ published: borrowing PriceBoard
    ) {
      self.place = Int32(place)
      asset = pool.collateral[place].asset
      amount = ledger.balance(of: position.account, in: asset)
      (unitsPerToken, price) = (published.unitsPerToken[asset.position], published[asset])
      threshold = pool.collateral[place].threshold
    }

    @inline(__always)
    init(
      debt place: Int, of position: borrowing Position, in pool: borrowing LendingPool,
      _ ledger: borrowing Ledger, _ published: borrowing PriceBoard
    ) {
      self.place = Int32(place)
      asset = pool.reserves[place].asset
      amount = -ledger.balance(of: position.account, in: pool.reserves[place].debtAsset)
      (unitsPerToken, price) = (published.unitsPerToken[asset.position], published[asset])
      index = pool.reserves[place].index
    }

    @inline(__always)
    var carries: Double { Double(amount.units) / unitsPerToken * price * threshold }

    @inline(__always)
    func owes() throws(ArithmeticRefusal) -> Double {
      Double(try index.owed(amount).units) / unitsPerToken * price
    }
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
      legs[count] = Leg(collateral: place, of: position, in: pool, ledger, published)
      count += 1
    }
    collateralCount = count
    for place in position.debts {
      legs[count] = Leg(debt: place, of: position, in: pool, ledger, published)
      count += 1
    }
  }

  package func standing() throws(ArithmeticRefusal) -> Standing {
    var (carries, owes) = (0.0, 0.0)
    for number in 0..<collateralCount { carries += legs[number].carries }
    for number in collateralCount..<count { owes += try legs[number].owes() }
    return Standing(carries: carries, owes: owes)
  }

  /// The standing of what is not to be weighed a second time, without a copy of its legs.
  fileprivate static func standing(
    _ position: borrowing Position, in pool: borrowing LendingPool, _ ledger: borrowing Ledger,
    published: borrowing PriceBoard
  ) throws(ArithmeticRefusal) -> Standing {
    var (carries, owes) = (0.0, 0.0)
    for place in position.collateral {
      carries += Leg(collateral: place, of: position, in: pool, ledger, published).carries
    }
    for place in position.debts {
      owes += try Leg(debt: place, of: position, in: pool, ledger, published).owes()
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
    of position: borrowing Position, _ ledger: borrowing Ledger, published: borrowing PriceBoard
  ) throws(ArithmeticRefusal) -> Standing {
    try Weighing.standing(position, in: self, ledger, published: published)
  }
}
