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

  /// Where the real engine has measured something else at executable prices; nil if nowhere.
  package func difference(fromExecutable real: [[Int64]]) -> String? {
    let real = real.map { $0.map { Int128($0) } }
    guard real.count == executable.count else {
      return "measured \(real.count) times; reference: \(executable.count) times"
    }
    guard let number = real.indices.first(where: { real[$0] != executable[$0] }) else { return nil }
    return """
      measurement \(number) at executable prices differs
        engine:    \(real[number])
        reference: \(executable[number])
      """
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

extension ReferenceOutcome {
  /// An event in the chain of causes of some loss that left no fact, so that who reads facts could not go on
  /// from it; nil if there is none. Only what a chain begins with, such as an oracle's heartbeat, may be of
  /// no interest.
  package var lostCause: String? {
    let told = Dictionary(facts.map { ($0.header.id, $0) }) { first, _ in first }
    for record in facts {
      guard case .recognised = record.fact else { continue }
      var last = record
      while let cause = last.header.cause, cause != last.header.root {
        guard let next = told[cause] else { return last.text }
        last = next
      }
    }
    return nil
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
