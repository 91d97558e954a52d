import Economy
import Kernel
import Ledger

/// Columns and rows of the tables in a results folder, after those that name the run. Names are those of the
/// config and the code.
enum Tables {
  // MARK: summary.csv

  static let summary: [Column] =
    [
      Column("events", .integer, "events handled"),
      Column("liquidations", .integer, "liquidations carried out"),
      // Dollars of this table: the loan asset's reference price at the start.
      Column("liquidatedDebt", .number, unit: "USD", "debt repaid by liquidators"),
      Column("passedOver", .integer, "times that a liquidator looked and found nothing in it"),
      Column("losses", .integer, "losses recognised"),
      Column("firstLoss", .number, unit: "s", "when the first loss was recognised; empty without one"),
      Column("recognised", .number, unit: "USD", "bad debt recognised"),
    ]
    + LayerCatalog.all.filter { $0 != Unresolved.self }.map {
      Column("taken.\($0.declaration.name)", .number, unit: "USD", "taken by \($0.declaration.name) layers")
    }
    + [
      Column("promised", .number, unit: "USD", "promised by layers and not yet paid"),
      Column("unresolved", .number, unit: "USD", "recognised and borne by nobody"),
      Column(
        "occurredPeak", .number, unit: "USD",
        "most bad debt hidden in open positions at any time, collateral at reference prices"),
      Column("occurredEnd", .number, unit: "USD", "bad debt hidden in open positions at the end"),
      Column("deepestCause", .integer, "causes between a root and the fact furthest from one"),
    ]

  static func summaryRow(_ run: RunResult, columns: [Column]) -> [UInt8] {
    let measures = run.measures
    var row = TableRow(run.label)
    for value in run.label.swept { row.add(value) }
    row.add(measures.events)
    row.add(measures.liquidations)
    row.add(measures.liquidatedDebt)
    row.add(measures.passedOver)
    row.add(measures.losses)
    row.add(measures.firstLoss) { $0.add(secondsText($1)) }
    row.add(measures.recognised)
    for (index, layer) in LayerCatalog.all.enumerated() where layer != Unresolved.self {
      row.add(measures.taken(byLayer: index))
    }
    row.add(measures.promised)
    row.add(measures.unresolved)
    row.add(measures.occurredPeak)
    row.add(measures.occurredEnd)
    row.add(measures.deepestCause)
    return row.line(of: columns)
  }

  // MARK: losses.csv

  static let losses: [Column] = [
    Column("loss", .string, "the loss, as `rhodian trace --loss` takes it: run.number"),
    Column("time", .number, unit: "s", "when it was recognised"),
    Column("venue", .string, "who was left with it"),
    Column("position", .string, "whose debt it was"),
    Column("asset", .string, "what was lent"),
    Column("recognised", .number, unit: "asset", "the whole loss"),
    Column("step", .integer, "the layer's place in the waterfall, from 0"),
    Column("layer", .string, "the rule that was asked"),
    Column("bearer", .string, "the pool of bearers behind it; `nobody` where the deficit stands"),
    Column("finality", .string, "`final`, or `passThrough` where the bearer is a venue that hands it on"),
    Column("taken", .number, unit: "asset", "what they bore at once"),
    Column("promised", .number, unit: "asset", "what they promised"),
    Column("left", .number, unit: "asset", "what the layer left for the next one"),
  ]

  static func appendLossRows(_ run: RunResult, columns: [Column], to bytes: inout [UInt8]) {
    var current: (time: SimTime, position: PositionID, amount: Amount)?
    for record in run.facts {
      switch record.fact {
      case .recognised(_, let position, let amount):
        current = (record.header.time, position, amount)
      case .absorbed(let loss, _, let step, let taken, let promised, let left):
        guard let current else { preconditionFailure("a loss is recognised before it is absorbed") }
        let position = run.names.positions[current.position]
        let venue = run.names.venues[position.venue]
        let layer = venue.steps[Int(step)]
        var row = TableRow(run.label)
        row.add("\(run.label.run).\(loss)")
        row.add(secondsText(current.time))
        row.add(venue.name)
        row.add(position.name)
        row.add(run.names.assets[venue.loanAsset].name)
        row.add(run.names.tokens(current.amount, of: venue.loanAsset))
        row.add(step)
        row.add(layer.layer)
        row.add(layer.bearer)
        row.add("final")
        row.add(run.names.tokens(taken, of: venue.loanAsset))
        row.add(run.names.tokens(promised, of: venue.loanAsset))
        row.add(run.names.tokens(left, of: venue.loanAsset))
        bytes += row.line(of: columns)
      case .priceStepped, .pricePublished, .interestAccrued, .becameLiquidatable, .liquidated, .passedOver,
        .swapped, .badDebtOccurred:
        break
      }
    }
  }

  // MARK: events.csv

  static let events: [Column] = [
    Column("fact", .integer, "order of the fact in its run, from 1"),
    Column("event", .integer, "the event that made it a fact; events are numbered as scheduled"),
    Column("cause", .integer, "the event that scheduled that event; empty for a root"),
    Column("root", .integer, "the exogenous event at the head of the chain"),
    Column("depth", .integer, "causes between the root and this event"),
    Column("time", .number, unit: "s", "when it happened"),
    Column("round", .integer, "round of the instant"),
    Column("phase", .string, "phase of the round"),
    Column("kind", .string, "what happened"),
    Column("venue", .string, "the venue concerned"),
    Column("who", .string, "who acted or was struck"),
    Column("asset", .string, "the asset concerned"),
    Column("amount", .number, unit: "asset", "how much of it"),
    Column("forAsset", .string, "the asset on the other side of an exchange"),
    Column("forAmount", .number, unit: "forAsset", "how much of that"),
    Column("price", .number, "dollars a token; of a swap, the pool's price after it"),
    Column("health", .number, "threshold · collateral / debt"),
    Column("loss", .string, "the loss that is recognised or absorbed, as in losses.csv"),
  ]

  static func appendEventRows(_ run: RunResult, columns: [Column], to bytes: inout [UInt8]) {
    for (index, record) in run.facts.enumerated() {
      bytes += eventRow(record, number: index + 1, run, columns: columns)
    }
  }

  private static func eventRow(
    _ record: FactRecord, number: Int, _ run: RunResult, columns: [Column]
  ) -> [UInt8] {
    let header = record.header
    let detail = FactDetail(record.fact, run.names)
    var row = TableRow(run.label)
    row.add(number)
    row.add(header.id.ordinal)
    row.add(header.cause?.ordinal) { $0.add($1) }
    row.add(header.root.ordinal)
    row.add(header.depth)
    row.add(secondsText(header.time))
    row.add(header.round)
    row.add("\(header.phase)")
    row.add(record.fact.kind)
    row.add(detail.venue) { $0.add($1) }
    row.add(detail.who) { $0.add($1) }
    for exchanged in [detail.given, detail.taken] {
      row.add(exchanged.map { run.names.assets[$0.asset].name }) { $0.add($1) }
      row.add(exchanged?.amount.map { run.names.tokens($0, of: exchanged!.asset) }) { $0.add($1) }
    }
    row.add(detail.price) { $0.add($1) }
    row.add(detail.health) { $0.add($1) }
    row.add(detail.loss.map { "\(run.label.run).\($0)" }) { $0.add($1) }
    return row.line(of: columns)
  }

  // MARK: failures.csv

  static let failures: [Column] = [
    Column("time", .number, unit: "s", "when the run ended; empty if it could not be set up"),
    Column("event", .integer, "the event that was being handled"),
    Column("reason", .string, "why"),
    Column("command", .string, "replays the run, DIR being this folder"),
  ]

  static func failureRow(_ failed: FailedRun, columns: [Column]) -> [UInt8] {
    var row = TableRow(failed.label)
    row.add(failed.event) { $0.add(secondsText($1.time)) }
    row.add(failed.event) { $0.add($1.id.ordinal) }
    row.add(failed.reason)
    row.add("rhodian replay DIR --run \(failed.label.run)")
    return row.line(of: columns)
  }
}

/// A fact with its identifiers resolved: the words of `events.csv`.
struct FactDetail {
  typealias Quantity = (asset: AssetID, amount: Amount?)

  var venue: String?
  var who: String?
  var given: Quantity?
  var taken: Quantity?
  var price: Double?
  var health: Double?
  var loss: Int32?

  init(_ fact: Fact, _ names: RunNames) {
    func place(_ position: PositionID) -> (venue: String, loan: AssetID, name: String, held: AssetID) {
      let position = names.positions[position]
      let venue = names.venues[position.venue]
      return (venue.name, venue.loanAsset, position.name, position.collateral)
    }
    switch fact {
    case .priceStepped(let asset, let price):
      given = (asset, nil)
      self.price = price
    case .pricePublished(let oracle, let price):
      who = names.oracles[oracle].name
      given = (names.oracles[oracle].asset, nil)
      self.price = price
    case .interestAccrued(let venue, let interest, _):
      self.venue = names.venues[venue].name
      given = (names.venues[venue].loanAsset, interest)
    case .becameLiquidatable(let position, let health):
      (venue, who) = (place(position).venue, place(position).name)
      self.health = health
    case .liquidated(let position, let liquidator, let repaid, let seized, let price):
      venue = place(position).venue
      who = "\(names.liquidators[liquidator]) > \(place(position).name)"
      given = (place(position).loan, repaid)
      taken = (place(position).held, seized)
      self.price = price
    case .passedOver(let position, let liquidator):
      venue = place(position).venue
      who = "\(names.liquidators[liquidator]) > \(place(position).name)"
    case .swapped(let pool, let trader, let asset, let sold, let bought, let price):
      let traded = names.pools[pool]
      venue = traded.name
      who = names.accounts[trader]
      given = (asset, sold)
      taken = (asset == traded.base ? traded.quote : traded.base, bought)
      self.price = price
    case .recognised(let loss, let position, let amount):
      self.loss = loss
      (venue, who) = (place(position).venue, place(position).name)
      given = (place(position).loan, amount)
    case .absorbed(let loss, let venue, let step, let taken, _, _):
      self.loss = loss
      self.venue = names.venues[venue].name
      who = names.venues[venue].steps[Int(step)].layer
      given = (names.venues[venue].loanAsset, taken)
    case .badDebtOccurred(let venue, let hidden):
      self.venue = names.venues[venue].name
      given = (names.venues[venue].loanAsset, hidden)
    }
  }
}
