import Economy
import Kernel
import Ledger

/// Columns and rows of the tables in a results folder, after those that name the run. Names are those of the
/// config and the code.
enum Tables {
  /// Money of different venues is added in dollars, all of one day: see `RunMeasures`.
  private static let dollars = "USD at the lent asset's reference price at the start"
  /// Hidden bad debt is that of accounts whose debts may be in several assets.
  private static let dollarsOfTheMoment = "USD at the reference prices of the moment"

  // MARK: summary.csv

  static let summary: [Column] =
    [
      Column("events", .integer, "events handled"),
      Column("liquidations", .integer, "liquidations carried out"),
      Column("liquidatedDebt", .number, unit: dollars, "debt repaid by liquidators"),
      Column("passedOver", .integer, "times that a liquidator looked and found nothing in it"),
      Column("included", .integer, "transactions that found room in a block"),
      Column("reverted", .integer, "those of them that came too late: nothing was left to do"),
      Column("mostWaiting", .integer, "the most transactions left waiting by one block"),
      Column("longestWait", .number, unit: "s", "the longest that a transaction waited for its block"),
      Column("losses", .integer, "losses recognised, each where it arose"),
      Column("firstLoss", .number, unit: "s", "when the first loss was recognised; empty without one"),
      Column("recognised", .number, unit: dollars, "bad debt recognised"),
    ]
    + LayerCatalog.all.filter { $0 != Unresolved.self }.map {
      Column("taken.\($0.declaration.name)", .number, unit: dollars, "taken by \($0.declaration.name) layers")
    }
    + [
      Column("promised", .number, unit: dollars, "promised by layers and not yet paid"),
      Column("unresolved", .number, unit: dollars, "recognised and borne by nobody"),
      Column(
        "bySuppliers", .number, unit: dollars,
        "borne by suppliers and depositors in the end, whichever layer cut their claims"),
      Column("handedOn", .number, unit: dollars, "recognised by venues because of what others had lost"),
      Column(
        "insolventVenues", .integer,
        "venues whose suppliers had to bear something, where something was left unresolved, or to which more "
          + "was promised at the end than could be paid then"
      ),
      Column("firstInsolvency", .number, unit: "s", "when that first happened; empty if it never did"),
      Column(
        "passedOn", .integer, "times that a vault's claims on a venue fell by what that venue had lost"),
      Column(
        "withdrawnShare", .number,
        "what lenders took out over what they had put in, at the assets' prices of the start"),
      Column(
        "peakUtilization", .number,
        "highest borrowed / deposited of a reserve, at the start or after a withdrawal"
      ),
      Column(
        "withdrawalsBlocked", .number, unit: "s",
        "for how long there was a reserve whose last visitor had not got all that it wanted"),
      Column(
        "occurredPeak", .number, unit: dollarsOfTheMoment,
        "most bad debt hidden in open positions at any time: their debts less what their collateral is worth"
      ),
      Column(
        "occurredEnd", .number, unit: dollarsOfTheMoment, "bad debt hidden in open positions at the end"),
      Column(
        "occurredPeakExecutable", .number, unit: dollarsOfTheMoment,
        "most of what positions' debts exceed, each by itself, what selling their collateral would bring, "
          + "after fees and slippage: at the end, or when a reference price, a debt or a position moved"
      ),
      Column(
        "occurredEndExecutable", .number, unit: dollarsOfTheMoment,
        "the same at the end"),
      Column(
        "systemLoss", .number, unit: dollars,
        "what is lost in all: recognised where it arose, or hidden at the end and not provided for"),
      Column(
        "amplification", .number,
        "systemLoss over what it would be if somebody from outside filled "
          + "every hole; empty unless `output.incidence` is asked for, and where nothing would be"),
      Column("deepestCause", .integer, "causes between a root and the fact furthest from one"),
      Column("fingerprint", .string, "SHA-256 of every fact with its cause, and of every final balance"),
    ]

  static func addSummaryRow(_ run: RunResult, to table: inout TableWriter) {
    let measures = run.measures
    table.add(run.label)
    for value in run.label.swept { table.add(value) }
    table.add(measures.events)
    table.add(measures.liquidations)
    table.add(measures.liquidatedDebt)
    table.add(measures.passedOver)
    table.add(measures.included)
    table.add(measures.reverted)
    table.add(measures.mostWaiting)
    table.add(measures.longestWait)
    table.add(measures.losses)
    table.add(measures.firstLoss) { $0.add($1) }
    table.add(measures.recognised)
    for (index, layer) in LayerCatalog.all.enumerated() where layer != Unresolved.self {
      table.add(measures.taken(byLayer: index))
    }
    table.add(measures.promised)
    table.add(measures.unresolved)
    table.add(measures.bySuppliers)
    table.add(measures.handedOn)
    table.add(measures.insolventVenues)
    table.add(measures.firstInsolvency) { $0.add($1) }
    table.add(measures.passedOn)
    table.add(measures.withdrawnShare)
    table.add(measures.withdrawals.peakUtilization)
    table.add(SimTime(microseconds: measures.withdrawals.blocked(until: run.horizon).microseconds))
    table.add(measures.occurredPeak)
    table.add(measures.occurredEnd)
    table.add(measures.occurredPeakExecutable)
    table.add(measures.occurredEndExecutable)
    table.add(measures.systemLoss)
    table.add(run.amplification) { $0.add($1) }
    table.add(measures.deepestCause)
    table.add(run.fingerprint.hex)
    table.endRow()
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
    Column("asset", .string, "the asset concerned; USD for hidden bad debt, which is measured in dollars"),
    Column("amount", .number, unit: "asset", "how much of it"),
    Column("forAsset", .string, "the asset on the other side of an exchange"),
    Column("forAmount", .number, unit: "forAsset", "how much of that"),
    Column("price", .number, "dollars a token; of a swap, the pool's price after it"),
    Column("health", .number, "threshold · collateral / debt"),
    Column("loss", .string, "the loss that is recognised or absorbed, as in losses.csv"),
  ]

  static func addEventRows(_ run: RunResult, to table: inout TableWriter) {
    for (index, record) in run.facts.enumerated() {
      addEventRow(record, number: index + 1, run, to: &table)
    }
  }

  private static func addEventRow(
    _ record: FactRecord, number: Int, _ run: RunResult, to table: inout TableWriter
  ) {
    let header = record.header
    let detail = FactDetail(record.fact, run.names)
    table.add(run.label)
    table.add(number)
    table.add(header.id.ordinal)
    table.add(header.cause?.ordinal) { $0.add($1) }
    table.add(header.root.ordinal)
    table.add(header.depth)
    table.add(header.time)
    table.add(header.round)
    table.add(phaseNames[Int(header.phase.rawValue)])
    table.add(record.fact.kind)
    table.add(detail.venue) { $0.add($1) }
    table.add(detail.who) { $0.add($1) }
    addQuantity(detail.given, to: &table)
    addQuantity(detail.taken, to: &table)
    table.add(detail.price) { $0.add($1) }
    table.add(detail.health) { $0.add($1) }
    table.add(detail.loss) { $0.add(loss: $1, ofRun: run.label.run) }
    table.endRow()
  }

  /// By raw value: a description is made by reflection, which costs more than the rest of the row.
  private static let phaseNames = Phase.allCases.map { "\($0)" }

  /// What was moved and how much of it, either of which may be missing.
  private static func addQuantity(
    _ quantity: FactDetail.Quantity?, to table: inout TableWriter
  ) {
    let asset = quantity?.asset
    table.add(asset?.name) { $0.add($1) }
    if let asset, let amount = quantity?.amount {
      table.add(amount, decimals: asset.decimals)
    } else {
      table.addMissing()
    }
  }

  // MARK: failures.csv

  static let failures: [Column] = [
    Column("time", .number, unit: "s", "when the run ended; empty if it could not be set up"),
    Column("event", .integer, "the event that was being handled"),
    Column("reason", .string, "why"),
    Column("command", .string, "replays the run, typed in this folder"),
  ]

  static func addFailureRow(_ failed: FailedRun, to table: inout TableWriter) {
    table.add(failed.label)
    for value in failed.label.swept { table.add(value) }
    table.add(failed.event) { $0.add($1.time) }
    table.add(failed.event) { $0.add($1.id.ordinal) }
    table.add(failed.reason)
    table.add("rhodian replay . --run \(failed.label.run)")
    table.endRow()
  }
}

/// A fact with its identifiers resolved: the words of `events.csv`.
struct FactDetail {
  typealias Quantity = (asset: RunNames.Asset, amount: Amount?)

  var venue: String?
  var who: String?
  var given: Quantity?
  var taken: Quantity?
  var price: Double?
  var health: Double?
  var loss: Int32?

  init(_ fact: Fact, _ names: RunNames) {
    func asset(_ id: AssetID) -> RunNames.Asset { names.assets[id] }
    func place(_ position: PositionID) -> (venue: String, name: String) {
      let position = names.positions[position]
      return (names.venues[position.venue].name, position.name)
    }
    switch fact {
    case .priceStepped(let moved, let price):
      given = (asset(moved), nil)
      self.price = price
    case .pricePublished(let oracle, let price):
      who = names.oracles[oracle].name
      given = (asset(names.oracles[oracle].asset), nil)
      self.price = price
    case .readingManipulated(let oracle, let factor):
      who = names.oracles[oracle].name
      given = (asset(names.oracles[oracle].asset), nil)
      price = factor
    case .interestAccrued(let venue, let reserve, let interest, _):
      self.venue = names.venues[venue].name
      given = (asset(names.lent(by: venue, reserve)), interest)
    case .becameLiquidatable(let position, let health):
      (venue, who) = place(position)
      self.health = health
    case .liquidated(
      let position, let liquidator, let reserve, let collateral, let repaid, let seized, let price):
      venue = place(position).venue
      who = "\(names.liquidators[liquidator]) > \(place(position).name)"
      given = (asset(names.lent(to: position, reserve)), repaid)
      taken = (asset(collateral), seized)
      self.price = price
    case .soldOutside(let trader, let soldAsset, let sold, let other, let bought):
      who = names.accounts[trader]
      given = (asset(soldAsset), sold)
      taken = (asset(other), bought)
    case .sent(let trader, let currency, let fee), .included(let trader, let currency, let fee, _):
      who = names.accounts[trader]
      given = (asset(currency), fee)
    case .blockMade:
      who = "chain"
    case .passedOver(let position, let liquidator), .reverted(let position, let liquidator):
      venue = place(position).venue
      who = "\(names.liquidators[liquidator]) > \(place(position).name)"
    case .swapped(let pool, let trader, let soldAsset, let sold, let bought, let price):
      let traded = names.pools[pool]
      venue = traded.name
      who = names.accounts[trader]
      given = (asset(soldAsset), sold)
      taken = (asset(soldAsset == traded.base ? traded.quote : traded.base), bought)
      self.price = price
    case .recognised, .absorbed, .guaranteed, .healed, .slashed, .minted, .bore, .auctioned, .cooldownBegan,
      .provisioned,
      .restored, .premiumPaid, .refilled, .rebalanced, .returned, .promiseKept, .promiseBroken:
      tellOfAllocation(fact, names)
    case .badDebtOccurred(let venue, let microdollars):
      self.venue = names.venues[venue].name
      given = (.microdollars, Amount(units: microdollars))
    case .withdrew(let holder, let venue, let reserve, let shares, _, let paid, _):
      self.venue = names.venues[venue].name
      who = names.accounts[holder]
      given = (asset(names.lent(by: venue, reserve)), paid)
      taken = (asset(names.shares(of: venue, reserve)), shares)
    case .queued(let holder, let vault, let shares):
      venue = names.venues[vault].name
      who = names.accounts[holder]
      given = (asset(names.shares(of: vault, 0)), shares)
    case .marked(let vault, let holding, let from, let to), .drawn(let vault, let holding, let from, let to),
      .placed(let vault, let holding, _, let from, let to):
      venue = names.venues[vault].name
      who = names.venues[names.holdings[vault][Int(holding)]].name
      given = (asset(names.lent(by: vault, 0)), to - from)
    case .toppedUp(let position, let collateral, let posted):
      (venue, who) = place(position)
      given = (asset(collateral), posted)
    case .borrowed(let position, let reserve, let borrowed):
      (venue, who) = place(position)
      given = (asset(names.lent(to: position, reserve)), borrowed)
    case .paidDown(let position, let reserve, let repaid):
      (venue, who) = place(position)
      given = (asset(names.lent(to: position, reserve)), repaid)
    case .governed(let venue, let collateral, _, _):
      self.venue = names.venues[venue].name
      given = (asset(collateral), nil)
    }
  }

  /// What becomes of a loss, from its recognition on.
  private mutating func tellOfAllocation(_ fact: Fact, _ names: RunNames) {
    func asset(_ id: AssetID) -> RunNames.Asset { names.assets[id] }
    func place(_ position: PositionID) -> (venue: String, name: String) {
      let position = names.positions[position]
      return (names.venues[position.venue].name, position.name)
    }
    switch fact {
    case .recognised(let loss, let origin, let reserve, let amount):
      self.loss = loss
      switch origin {
      case .position(let position): (venue, who) = place(position)
      case .passedOn(let by, let venue, _), .calledFor(let by, let venue, _):
        (self.venue, who) = (names.venues[venue].name, names.venues[by].name)
      }
      given = (asset(names.lent(by: names.venue(of: origin), reserve)), amount)
    case .absorbed(let loss, let venue, let reserve, let step, let taken, _, _):
      self.loss = loss
      self.venue = names.venues[venue].name
      who = names.venues[venue].steps[Int(step)].layer
      given = (asset(names.lent(by: venue, reserve)), taken)
    case .guaranteed(let loss, let venue, let reserve, let amount):
      self.loss = loss
      self.venue = names.venues[venue].name
      who = "guarantor"
      given = (asset(names.lent(by: venue, reserve)), amount)
    case .slashed(let loss, let pool, let amount):
      self.loss = loss
      venue = names.venues[pool].name
      given = (asset(names.lent(by: pool, 0)), amount)
    case .minted(let loss, let venue, let token, let amount):
      self.loss = loss
      self.venue = names.venues[venue].name
      given = (asset(token), amount)
    case .bore(let loss, let venue, let reserve, let holder, let amount):
      self.loss = loss
      self.venue = names.venues[venue].name
      who = names.accounts[holder]
      given = (asset(names.lent(by: venue, reserve)), amount)
    case .auctioned(let loss, let venue, let reserve, let winner, let paid, let sold, let won):
      self.loss = loss
      self.venue = names.venues[venue].name
      who = winner.map { names.accounts[$0] }
      given = (asset(names.lent(by: venue, reserve)), paid)
      taken = (asset(sold), won)
    case .cooldownBegan(let holder, let pool):
      venue = names.venues[pool].name
      who = names.accounts[holder]
    case .provisioned(let position, let reserve, let amount):
      (venue, who) = place(position)
      given = (asset(names.lent(to: position, reserve)), amount)
    case .healed(let venue, let reserve, let amount):
      self.venue = names.venues[venue].name
      given = (asset(names.lent(by: venue, reserve)), amount)
    case .restored(let loss, let venue, let reserve, let step, _, let amount, _):
      self.loss = loss
      self.venue = names.venues[venue].name
      who = names.venues[venue].steps[Int(step)].layer
      given = (asset(names.lent(by: venue, reserve)), amount)
    case .premiumPaid(let venue, let reserve, let pool, let amount):
      self.venue = names.venues[venue].name
      who = names.venues[pool].name
      given = (asset(names.lent(by: venue, reserve)), amount)
    case .refilled(let venue, let reserve, let step, let amount):
      self.venue = names.venues[venue].name
      who = names.venues[venue].steps[Int(step)].layer
      given = (asset(names.lent(by: venue, reserve)), amount)
    case .rebalanced(let venue, let step, let sold, let amount, let other, let bought):
      self.venue = names.venues[venue].name
      who = names.venues[venue].steps[Int(step)].layer
      given = (asset(sold), amount)
      taken = (asset(other), bought)
    case .returned(let pool, let amount):
      venue = names.venues[pool].name
      given = (asset(names.lent(by: pool, 0)), amount)
    case .promiseKept(let loss, let venue, let reserve, let step, let amount, _),
      .promiseBroken(let loss, let venue, let reserve, let step, let amount):
      self.loss = loss
      self.venue = names.venues[venue].name
      who = names.venues[venue].steps[Int(step)].layer
      given = (asset(names.lent(by: venue, reserve)), amount)
    default: break
    }
  }
}
