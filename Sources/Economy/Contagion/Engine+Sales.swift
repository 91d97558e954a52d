import Kernel
import Ledger

/// What somebody sells where, and what it brings.
struct Sale {
  let seller: AccountID
  let asset: AssetID
  let amount: Amount
  let other: AssetID
  let proceeds: Amount
  let market: LiquidationMarket
}

extension World {
  func legs(of sale: Sale) -> [Transfer] {
    switch sale.market {
    case .pool(let pool):
      return pools[pool].swap(by: sale.seller, selling: sale.asset, sale.amount, for: sale.proceeds)
    case .outside:
      return outsideLegs(
        sale.seller, buys: (sale.other, sale.proceeds), sells: (sale.asset, sale.amount))
    }
  }

  /// A sale moved a pool's price, or was made outside: remember it, and tell those who have to know.
  mutating func afterSale(_ sale: Sale, _ header: EventHeader) throws(RunFailure.Reason) {
    switch sale.market {
    case .pool(let pool):
      try afterSwap(
        in: pool, by: sale.seller, selling: sale.asset, sale.amount, for: sale.proceeds, header)
    case .outside:
      record(
        .soldOutside(
          trader: sale.seller, asset: sale.asset, sold: sale.amount, forAsset: sale.other,
          bought: sale.proceeds), header)
      let moved = try afterOutsideTrade(
        bought: (sale.other, sale.proceeds), sold: (sale.asset, sale.amount), header)
      if !moved.isEmpty { try tellOfReference(moved, header) }
    }
  }

  mutating func scheduleSale(
    of asset: AssetID, by number: LiquidatorID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    guard let wait = liquidators[number].terms.sellsAfter else { return }
    try schedule(
      .liquidatorSells(liquidator: number, asset: asset), after: wait, from: header.time, because: header)
  }

  /// A firm that holds what it has seized sells all of it, if a chain lets it: what came in since it decided
  /// to sell is sold with the rest.
  mutating func sellInventory(
    _ number: LiquidatorID, _ asset: AssetID, isExecuting: Bool, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let liquidator = liquidators[number]
    let amount = ledger.balance(of: liquidator.account, in: asset)
    guard !amount.isZero else { return }
    guard chain == nil || isExecuting else {
      return try send(
        .inventorySaleExecutes(liquidator: number, asset: asset), by: TransactionSender(liquidator),
        at: header.time, because: header)
    }
    let other = liquidator.terms.currency
    let proceeds: Amount
    switch liquidator.terms.market {
    case .pool(let pool):
      let (pool, reserves) = (pools[pool], pools[pool].reserves(selling: asset, ledger))
      proceeds = try calculating { () throws(ArithmeticRefusal) in
        try pool.bought(forSelling: amount, reserves: reserves)
      }
    case .outside:
      guard
        let offered = market.outside(of: asset, in: other, at: header.time).proceeds(ofSelling: amount)
      else { throw .arithmetic(.overflow) }
      proceeds = offered
    }
    let sale = Sale(
      seller: liquidator.account, asset: asset, amount: amount, other: other, proceeds: proceeds,
      market: liquidator.terms.market)
    try post(Posting(legs(of: sale)))
    try afterSale(sale, header)
  }
}
