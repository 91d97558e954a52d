import Economy
import Kernel
import Ledger

/// The chain of causes of one loss, from the exogenous event to the last layer: a line for each fact.
///
/// The run is replayed from the resolved config with every fact kept, so that a trace needs no log.
package struct Trace {
  package struct Line: Sendable {
    package let time: SimTime
    package let who: String
    package let what: String
  }

  package let title: String
  package let lines: [Line]

  /// - Parameter number: the loss's number in its run, from 1.
  package init?(loss number: Int32, of run: RunResult) {
    let names = run.names
    var headers: [EventID: EventHeader] = [:]
    var factsOf: [EventID: [Fact]] = [:]
    var found: (header: EventHeader, position: PositionID, amount: Amount)?
    for record in run.facts {
      headers[record.header.id] = record.header
      factsOf[record.header.id, default: []].append(record.fact)
      if case .recognised(number, let position, let amount) = record.fact {
        found = (record.header, position, amount)
      }
    }
    guard let found else { return nil }
    let struck = names.positions[found.position]
    let venue = names.venues[struck.venue]
    title =
      "loss \(run.label.run).\(number): \(names.text(found.amount, of: venue.loanAsset)) "
      + "that \(struck.name) owed to \(venue.name)"
    var chain: [EventHeader] = []
    var next: EventID? = found.header.id
    while let id = next, let header = headers[id] {
      chain.append(header)
      next = header.cause
    }
    var lines: [Line] = []
    var passes = 0
    for header in chain.reversed() {
      for fact in factsOf[header.id] ?? [] where Trace.concerns(fact, found.position) {
        let (who, what) = Trace.describe(fact, names)
        // Looking again and again is one line: the last look.
        if case .passedOver = fact { passes += 1 } else { passes = 0 }
        if passes > 1 { lines.removeLast() }
        lines.append(
          Line(time: header.time, who: who, what: passes > 1 ? "\(what) (look \(passes))" : what))
      }
    }
    self.lines = lines
  }

  /// An alarm rings for many; a trace follows one.
  private static func concerns(_ fact: Fact, _ position: PositionID) -> Bool {
    switch fact {
    case .becameLiquidatable(let struck, _), .passedOver(let struck, _): struck == position
    case .priceStepped, .pricePublished, .interestAccrued, .liquidated, .swapped, .recognised, .absorbed:
      true
    case .badDebtOccurred: false
    }
  }

  private static func describe(_ fact: Fact, _ names: RunNames) -> (who: String, what: String) {
    switch fact {
    case .priceStepped(let asset, let price):
      return ("reference market", "\(names.assets[asset].name) moves to \(dollars(price))")
    case .pricePublished(let oracle, let price):
      let published = names.oracles[oracle]
      return (
        "oracle \(published.name)", "publishes \(names.assets[published.asset].name) at \(dollars(price))"
      )
    case .interestAccrued(let venue, let interest, _):
      let venue = names.venues[venue]
      return (venue.name, "adds \(names.text(interest, of: venue.loanAsset)) of interest")
    case .becameLiquidatable(let position, let health):
      return (names.positions[position].name, "falls below the threshold: health \(rounded(health, 4))")
    case .liquidated(let position, let liquidator, let repaid, let seized, let price):
      let struck = names.positions[position]
      return (
        names.liquidators[liquidator],
        "repays \(names.text(repaid, of: names.venues[struck.venue].loanAsset)) of \(struck.name), seizes "
          + "\(names.text(seized, of: struck.collateral)) at \(dollars(price))"
      )
    case .passedOver(let position, let liquidator):
      return (names.liquidators[liquidator], "passes over \(names.positions[position].name)")
    case .swapped(let pool, let trader, let asset, let sold, let bought, let price):
      let traded = names.pools[pool]
      let got = asset == traded.base ? traded.quote : traded.base
      return (
        names.accounts[trader],
        "sells \(names.text(sold, of: asset)) in \(traded.name) for \(names.text(bought, of: got)); the pool "
          + "is then at \(rounded(price, 4))"
      )
    case .recognised(_, let position, let amount):
      let struck = names.positions[position]
      let venue = names.venues[struck.venue]
      return (
        venue.name, "recognises \(names.text(amount, of: venue.loanAsset)) owed by \(struck.name) as lost"
      )
    case .absorbed(_, let venue, let step, let taken, let promised, let left):
      let venue = names.venues[venue]
      let layer = venue.steps[Int(step)]
      let promise = promised.isZero ? "" : ", promises \(names.text(promised, of: venue.loanAsset))"
      return (
        "\(venue.name) \(layer.layer)",
        "takes \(names.text(taken, of: venue.loanAsset))\(promise), leaves "
          + "\(names.text(left, of: venue.loanAsset)) (borne by: \(layer.bearer))"
      )
    case .badDebtOccurred(let venue, let hidden):
      let venue = names.venues[venue]
      return (venue.name, "hides \(names.text(hidden, of: venue.loanAsset)) of bad debt")
    }
  }

  private static func dollars(_ price: Double) -> String { "$\(rounded(price, 4))" }
}

/// A decimal with at most `digits` places, for people; tables hold the full number.
func rounded(_ value: Double, _ digits: Int) -> String {
  guard value.magnitude < 1e14 else { return "\(value)" }
  let units = (value * Double(Asset.powersOfTen[digits])).rounded()
  return Amount(units: Int64(units)).formatted(decimals: digits)
}

extension Trace {
  /// One line a fact, downhill from the root.
  package var text: String {
    let whoWidth = lines.map(\.who.count).max() ?? 0
    let timeWidth = lines.map { clock($0.time).count }.max() ?? 0
    let body = lines.map { line in
      let time = clock(line.time)
      return String(repeating: " ", count: 2 + timeWidth - time.count) + time + "  " + line.who
        + String(repeating: " ", count: whoWidth - line.who.count) + "  " + line.what
    }
    return ([title] + body).joined(separator: "\n")
  }
}

/// `1:35:53.717`: hours, minutes, seconds to the millisecond, for people.
func clock(_ time: SimTime) -> String {
  let millis = time.microseconds / 1000
  func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
  let seconds = millis / 1000
  return
    "\(seconds / 3600):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2)).\(padded(millis % 1000, 3))"
}
