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
    var losses: [Recognition] = []
    for record in run.facts {
      headers[record.header.id] = record.header
      factsOf[record.header.id, default: []].append(record.fact)
      if case .recognised(let loss, let origin, let reserve, let amount) = record.fact {
        losses.append(
          Recognition(number: loss, header: record.header, origin: origin, reserve: reserve, amount: amount))
      }
    }
    guard let found = losses.first(where: { $0.number == number }) else { return nil }
    // A loss that was passed on, and the one that passed it on, up to whose debt it was.
    var lineage = [found]
    while let parent = lineage.last?.origin.parent,
      let next = losses.first(where: { $0.number == parent })
    { lineage.append(next) }
    var position: PositionID?
    if case .position(let struck)? = lineage.last?.origin { position = struck }
    title = "loss \(run.label.run).\(number): \(Trace.headline(found, names))"
    var chain: [EventHeader] = []
    var next: EventID? = found.header.id
    while let id = next, let header = headers[id] {
      chain.append(header)
      next = header.cause
    }
    var lines: [Line] = []
    var looks = position.map { Trace.looks(at: $0, in: run.facts) }?[...] ?? []
    for header in chain.reversed() {
      let facts = factsOf[header.id] ?? []
      // Between the call and an act lie the looks that came to nothing: one line for all of them.
      if let position, facts.contains(where: { Trace.isLiquidation(of: position, $0) }) {
        let vain = looks.prefix { $0.time <= header.time }
        looks = looks.dropFirst(vain.count)
        if let last = vain.last {
          let times = vain.count == 1 ? "once" : "\(vain.count) times"
          lines.append(
            Line(
              time: last.time, who: "liquidators",
              what: "have passed over \(names.positions[position].name) \(times): no gain in it"))
        }
      }
      for fact in facts where Trace.concerns(fact, position, losses: lineage.map(\.number)) {
        let (who, what) = Trace.describe(fact, names)
        lines.append(Line(time: header.time, who: who, what: what))
      }
    }
    self.lines = lines + Trace.aftermath(of: number, in: run, after: chain)
  }

  /// More of what becomes of a promise than anybody reads is left out.
  private static let mostLater = 40

  /// What became of a loss later: promises paid and broken, what fell on the next layers, what went back.
  private static func aftermath(of number: Int32, in run: RunResult, after chain: [EventHeader]) -> [Line] {
    let told = Set(chain.map(\.id))
    let later = run.facts.filter { !told.contains($0.header.id) && isPart($0.fact, of: number) }
    let lines = later.prefix(mostLater).map { record in
      let (who, what) = describe(record.fact, run.names)
      return Line(time: record.header.time, who: who, what: what)
    }
    guard later.count > mostLater, let last = later.last else { return lines }
    let (who, what) = describe(last.fact, run.names)
    let left = Line(
      time: last.header.time, who: "", what: "(\(later.count - mostLater - 1) acts are left out here)")
    return lines + [left, Line(time: last.header.time, who: who, what: what)]
  }

  private static func isPart(_ fact: Fact, of number: Int32) -> Bool {
    switch fact {
    case .absorbed(number, _, _, _, _, _, _), .slashed(number, _, _), .promiseKept(number, _, _, _, _, _),
      .promiseBroken(number, _, _, _, _), .minted(number, _, _, _), .bore(number, _, _, _, _),
      .restored(number, _, _, _, _, _, _), .auctioned(number, _, _, _, _, _, _):
      true
    default: false
    }
  }

  private struct Recognition {
    let number: Int32
    let header: EventHeader
    let origin: LossOrigin
    let reserve: Int32
    let amount: Amount
  }

  private static func headline(_ loss: Recognition, _ names: RunNames) -> String {
    let venue = names.venue(of: loss.origin)
    let amount = names.text(loss.amount, of: names.lent(by: venue, loss.reserve))
    switch loss.origin {
    case .position(let position):
      return "\(amount) that \(names.positions[position].name) owed to \(names.venues[venue].name)"
    case .passedOn(let by, _, _):
      return "\(amount) of \(names.venues[venue].name)'s claims on \(names.venues[by].name)"
    case .calledFor(let by, _, _):
      return "\(amount) that \(names.venues[venue].name) was called for by \(names.venues[by].name)"
    }
  }

  private static func looks(at position: PositionID, in facts: [FactRecord]) -> [EventHeader] {
    facts.compactMap { record in
      if case .passedOver(position, _) = record.fact { record.header } else { nil }
    }
  }

  private static func isLiquidation(of position: PositionID, _ fact: Fact) -> Bool {
    if case .liquidated(position, _, _, _, _, _, _) = fact { true } else { false }
  }

  /// An alarm rings for many, and a position may leave a loss in several assets; a trace follows one.
  private static func concerns(_ fact: Fact, _ position: PositionID?, losses: [Int32]) -> Bool {
    switch fact {
    case .becameLiquidatable(let struck, _), .passedOver(let struck, _), .reverted(let struck, _):
      struck == position
    case .recognised(let number, _, _, _), .guaranteed(let number, _, _, _),
      .absorbed(let number, _, _, _, _, _, _),
      .slashed(let number, _, _), .promiseKept(let number, _, _, _, _, _),
      .promiseBroken(let number, _, _, _, _), .minted(let number, _, _, _), .bore(let number, _, _, _, _),
      .restored(let number, _, _, _, _, _, _),
      .auctioned(let number, _, _, _, _, _, _):
      losses.contains(number)
    case .priceStepped, .pricePublished, .readingManipulated, .interestAccrued, .liquidated, .swapped,
      .soldOutside, .sent, .marked, .governed:
      true
    case .badDebtOccurred, .included, .blockMade, .withdrew, .queued, .drawn, .placed, .toppedUp, .paidDown,
      .borrowed, .returned, .premiumPaid, .refilled, .rebalanced, .provisioned, .cooldownBegan, .healed:
      false
    }
  }

  private static func describeLoss(
    _ origin: LossOrigin, _ amount: String, _ names: RunNames
  ) -> (who: String, what: String) {
    let venue = names.venues[names.venue(of: origin)].name
    switch origin {
    case .position(let position):
      return (venue, "recognises \(amount) owed by \(names.positions[position].name) as lost")
    case .passedOn(let by, _, _):
      return (venue, "recognises \(amount) of claims on \(names.venues[by].name) as lost")
    case .calledFor(let by, _, _):
      return (venue, "is called for \(amount) of what \(names.venues[by].name) has lost")
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
    case .readingManipulated(let oracle, let factor):
      return ("oracle \(names.oracles[oracle].name)", "reads its source times \(rounded(factor, 4))")
    case .interestAccrued(let venue, let reserve, let interest, _):
      let asset = names.lent(by: venue, reserve)
      return (names.venues[venue].name, "adds \(names.text(interest, of: asset)) of interest")
    case .becameLiquidatable(let position, let health):
      return (names.positions[position].name, "falls below the threshold: health \(rounded(health, 4))")
    case .liquidated(
      let position, let liquidator, let reserve, let collateral, let repaid, let seized, let price):
      let struck = names.positions[position]
      return (
        names.liquidators[liquidator],
        "repays \(names.text(repaid, of: names.lent(to: position, reserve))) of \(struck.name), seizes "
          + "\(names.text(seized, of: collateral)) at \(dollars(price))"
      )
    case .passedOver(let position, let liquidator):
      return (names.liquidators[liquidator], "passes over \(names.positions[position].name)")
    case .soldOutside(let trader, let asset, let sold, let other, let bought):
      return (
        names.accounts[trader],
        "sells \(names.text(sold, of: asset)) outside for \(names.text(bought, of: other))"
      )
    case .sent(let trader, let currency, let bid):
      return (
        names.accounts[trader], "sends a transaction and bids \(names.text(bid, of: currency)) for its block"
      )
    case .included(let trader, let currency, let fee, let waited):
      return (
        names.accounts[trader],
        "finds room in a block after \(rounded(Double(waited.microseconds) / 1e6, 3)) s and pays "
          + names.text(fee, of: currency)
      )
    case .reverted(let position, let liquidator):
      return (names.liquidators[liquidator], "comes too late for \(names.positions[position].name)")
    case .blockMade(let number, let included, let others, let waiting):
      return ("block \(number)", "holds \(included) transactions and \(others) others; \(waiting) wait on")
    case .swapped(let pool, let trader, let asset, let sold, let bought, let price):
      let traded = names.pools[pool]
      let got = asset == traded.base ? traded.quote : traded.base
      return (
        names.accounts[trader],
        "sells \(names.text(sold, of: asset)) in \(traded.name) for \(names.text(bought, of: got)); the pool "
          + "is then at \(rounded(price, 4))"
      )
    case .recognised, .absorbed, .guaranteed, .healed, .slashed, .cooldownBegan, .provisioned, .restored,
      .minted,
      .bore,
      .auctioned, .premiumPaid, .refilled, .rebalanced, .returned, .promiseKept, .promiseBroken:
      return describeAllocation(fact, names) ?? ("", fact.kind)
    case .badDebtOccurred(let venue, let microdollars):
      return (names.venues[venue].name, "hides \(dollars(Double(microdollars) / 1e6)) of bad debt")
    case .withdrew(let holder, let venue, let reserve, _, let wanted, let paid, _):
      let asset = names.lent(by: venue, reserve)
      return (
        names.accounts[holder],
        "takes \(names.text(paid, of: asset)) out of \(names.venues[venue].name), wanting "
          + names.text(wanted, of: asset)
      )
    case .queued(let holder, let vault, let shares):
      let text = names.text(shares, of: names.shares(of: vault, 0))
      return (names.accounts[holder], "waits for \(names.venues[vault].name)'s cash with \(text)")
    case .marked(let vault, let holding, let from, let to), .drawn(let vault, let holding, let from, let to),
      .placed(let vault, let holding, _, let from, let to):
      return (names.venues[vault].name, carries(vault, names.holdings[vault][Int(holding)], from, to, names))
    case .toppedUp(let position, let asset, let posted):
      return (names.positions[position].name, "is given \(names.text(posted, of: asset)) of collateral more")
    case .borrowed(let id, let reserve, let amount):
      return (names.positions[id].name, "borrows \(names.text(amount, of: names.lent(to: id, reserve))) more")
    case .paidDown(let id, let reserve, let repaid):
      return (names.positions[id].name, "repays \(names.text(repaid, of: names.lent(to: id, reserve)))")
    case .governed(let venue, let collateral, let threshold, let bonus):
      return (
        names.venues[venue].name,
        "asks a threshold of \(rounded(100 * threshold, 4)) % and a bonus of \(rounded(100 * bonus, 4)) % of "
          + names.assets[collateral].name
      )
    }
  }

  /// What becomes of a loss, from its recognition on; nil of anything else.
  private static func describeAllocation(_ fact: Fact, _ names: RunNames) -> (who: String, what: String)? {
    switch fact {
    case .recognised(_, let origin, let reserve, let amount):
      return describeLoss(
        origin, names.text(amount, of: names.lent(by: names.venue(of: origin), reserve)), names)
    case .absorbed(_, let venue, let reserve, let step, let taken, let promised, let left):
      let asset = names.lent(by: venue, reserve)
      let venue = names.venues[venue]
      let layer = venue.steps[Int(step)]
      let promise = promised.isZero ? "" : ", promises \(names.text(promised, of: asset))"
      return (
        "\(venue.name) \(layer.layer)",
        "takes \(names.text(taken, of: asset))\(promise), leaves "
          + "\(names.text(left, of: asset)) (borne by: \(layer.bearers.map(\.name).joined(separator: ", ")))"
      )
    case .guaranteed(_, let venue, let reserve, let amount):
      return ("guarantor", "fills the hole: \(names.text(amount, of: names.lent(by: venue, reserve)))")
    case .slashed(_, let pool, let amount):
      return (names.venues[pool].name, "is slashed by \(names.text(amount, of: names.lent(by: pool, 0)))")
    case .cooldownBegan(let holder, let pool):
      return (names.accounts[holder], "tells \(names.venues[pool].name) that it leaves")
    case .provisioned(let position, let reserve, let amount):
      let text = names.text(amount, of: names.lent(to: position, reserve))
      return (names.venues[names.positions[position].venue].name, "provides \(text) for it")
    case .healed(let venue, let reserve, let amount):
      let text = names.text(amount, of: names.lent(by: venue, reserve))
      return (
        names.venues[venue].name, "makes good \(text) of its deficit out of what its claims have gained"
      )
    case .restored(_, let venue, let reserve, let step, _, let amount, _):
      let text = names.text(amount, of: names.lent(by: venue, reserve))
      return (
        "\(names.venues[venue].name) \(names.venues[venue].steps[Int(step)].layer)", "gets back \(text)"
      )
    case .minted(_, let venue, let token, let amount):
      return (names.venues[venue].name, "mints \(names.text(amount, of: token))")
    case .bore(_, let venue, let reserve, let holder, let amount):
      let text = names.text(amount, of: names.lent(by: venue, reserve))
      return (names.accounts[holder], "bears \(text) of a loan that was its money")
    case .auctioned(_, let venue, let reserve, let winner, let paid, let asset, let won):
      guard let winner else { return (names.venues[venue].name, "holds an auction in which nobody bids") }
      let text = names.text(paid, of: names.lent(by: venue, reserve))
      let lot = names.text(won, of: asset)
      return (names.accounts[winner], paid.isZero ? "wins \(lot) with it" : "pays \(text) for \(lot)")
    case .premiumPaid(let venue, let reserve, let pool, let amount):
      let text = names.text(amount, of: names.lent(by: venue, reserve))
      return (names.venues[venue].name, "pays \(names.venues[pool].name) a premium of \(text)")
    case .refilled(let venue, let reserve, let step, let amount):
      let (name, layer) = (names.venues[venue].name, names.venues[venue].steps[Int(step)].layer)
      return (name, "refills its \(layer) with \(names.text(amount, of: names.lent(by: venue, reserve)))")
    case .rebalanced(let venue, let step, let asset, let sold, let other, let bought):
      let layer = names.venues[venue].steps[Int(step)].layer
      let (out, back) = (names.text(sold, of: asset), names.text(bought, of: other))
      return ("\(names.venues[venue].name) \(layer)", "rebalances: \(out) for \(back)")
    case .returned(let pool, let amount):
      return (names.venues[pool].name, "gets back \(names.text(amount, of: names.lent(by: pool, 0)))")
    case .promiseKept(_, let venue, let reserve, let step, let paid, let outstanding):
      let asset = names.lent(by: venue, reserve)
      return (
        "\(names.venues[venue].name) \(names.venues[venue].steps[Int(step)].layer)",
        "pays \(names.text(paid, of: asset)) of what it promised, "
          + "\(names.text(outstanding, of: asset)) to come"
      )
    case .promiseBroken(_, let venue, let reserve, let step, let shortfall):
      return (
        "\(names.venues[venue].name) \(names.venues[venue].steps[Int(step)].layer)",
        "cannot pay the last \(names.text(shortfall, of: names.lent(by: venue, reserve))) of what it promised"
      )
    default: return nil
    }
  }

  private static func carries(
    _ vault: VenueID, _ venue: VenueID, _ from: Amount, _ to: Amount, _ names: RunNames
  ) -> String {
    let asset = names.lent(by: vault, 0)
    return "carries its claims on \(names.venues[venue].name) at \(names.text(to, of: asset)) instead of "
      + names.text(from, of: asset)
  }

  private static func dollars(_ price: Double) -> String { "$\(rounded(price, 4))" }
}

/// A decimal with at most `digits` places, for people; tables hold the full number.
package func rounded(_ value: Double, _ digits: Int) -> String {
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
package func clock(_ time: SimTime) -> String {
  let millis = time.microseconds / 1000
  func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
  let seconds = millis / 1000
  return
    "\(seconds / 3600):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2)).\(padded(millis % 1000, 3))"
}
