import Economy
import Kernel
import Ledger

extension ReferenceOutcome {
  /// Where the real engine's world, run to its horizon with all facts kept, differs from this; nil if
  /// nowhere.
  package func difference(from world: borrowing World) -> String? {
    let real = world.facts
    for index in 0..<max(real.count, facts.count) {
      let (engine, expected) = (real.at(index), facts.at(index))
      guard engine != expected else { continue }
      let before = (max(0, index - 4)..<index).map { "  \($0): \(facts[$0].text)" }
      return
        (["fact \(index) differs; before it:"] + before + [
          "  engine:    \(engine?.text ?? "nothing")", "  reference: \(expected?.text ?? "nothing")",
        ]).joined(separator: "\n")
    }
    for (index, reserve) in world.venues.flatMap(\.reserves).enumerated() {
      let state = LentState(
        totalAssets: Int128(reserve.claims.totalAssets.units),
        totalShares: Int128(reserve.claims.totalShares.units),
        index: Int128(reserve.index.value), deficit: Int128(reserve.deficit.units),
        reserves: Int128(reserve.reserves.units), dust: Int128(reserve.dust.units))
      guard state != lent[index] else { continue }
      return "lent asset \(index) differs\n  engine:    \(state)\n  reference: \(lent[index])"
    }
    let realHoldings = ReferenceOutcome.holdings(of: world.ledger)
    let onlyReal = realHoldings.subtracting(holdings)
    let onlyHere = holdings.subtracting(realHoldings)
    guard onlyReal.isEmpty, onlyHere.isEmpty else {
      return "balances differ\n  engine:    \(onlyReal)\n  reference: \(onlyHere)"
    }
    return nil
  }

  package static func holdings(of ledger: Ledger) -> Set<Holding> {
    var holdings: Set<Holding> = []
    for account in ledger.accountIDs {
      for asset in ledger.assetIDs {
        let units = ledger.balance(of: account, in: asset).units
        guard units != 0 else { continue }
        holdings.insert(
          Holding(account: ledger[account].name, asset: ledger[asset].name, units: Int128(units)))
      }
    }
    return holdings
  }
}

extension FactRecord {
  /// On one line, with its cause.
  fileprivate var text: String {
    let cause = header.cause.map { "\($0)" } ?? "none"
    return
      "\(header.id) at \(header.time.microseconds) µs, round \(header.round), \(header.phase), cause \(cause)"
      + ", root \(header.root), depth \(header.depth): \(fact)"
  }
}

extension Array {
  fileprivate func at(_ index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
