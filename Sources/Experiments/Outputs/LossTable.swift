import Economy
import Kernel
import Ledger

// losses.csv: a row for each loss, layer and pool of bearers.

extension Tables {
  static let losses: [Column] = [
    Column("loss", .string, "the loss, as `rhodian trace --loss` takes it: run.number"),
    Column("time", .number, unit: "s", "when it was recognised"),
    Column("venue", .string, "who was left with it"),
    Column("position", .string, "whose debt it was; empty where it was passed on"),
    Column("asset", .string, "what was lent: a position that owes several leaves a loss in each"),
    Column("recognised", .number, unit: "asset", "the whole loss in that asset"),
    Column("step", .integer, "the layer's place in the waterfall, from 0"),
    Column("layer", .string, "the rule that was asked"),
    Column(
      "bearer", .string,
      "the pool of bearers behind it, or the vault among them; `nobody` where the deficit stands"),
    Column(
      "finality", .string,
      "`final`, or `passThrough` where the bearer is a venue that hands it on; only final "
        + "rows add up to what the system has lost"),
    Column("parent", .string, "the loss that handed this one on; empty where it arose here"),
    Column("parentShare", .number, "which share of that loss it is"),
    Column("taken", .number, unit: "asset", "what they bore at once"),
    Column("promised", .number, unit: "asset", "what they promised"),
    Column("left", .number, unit: "asset", "what was left after them"),
  ]

  static func addLossRows(_ run: RunResult, to table: inout TableWriter) {
    var rows = LossRows(run)
    for record in run.facts { rows.add(record, to: &table) }
  }
}

/// The rows of one run. What claims have borne and passed on to a vault is known only later, when the vault
/// marks its holding: so what is passed on is gathered first.
private struct LossRows {
  private struct Loss {
    let time: SimTime
    let origin: LossOrigin
    let amount: Amount
    /// What vaults have recognised because of it and no row has said yet.
    var passedOn: [(vault: VenueID, amount: Amount)] = []
  }

  private let run: RunResult
  /// By number, from 1.
  private var losses: [Loss] = []

  init(_ run: RunResult) {
    self.run = run
    for record in run.facts {
      guard case .recognised(_, let origin, _, let amount) = record.fact else { continue }
      losses.append(Loss(time: record.header.time, origin: origin, amount: amount))
      if case .passedOn(_, let vault, let parent) = origin, parent > 0 {
        losses[Int(parent) - 1].passedOn.append((vault, amount))
      }
    }
  }

  mutating func add(_ record: FactRecord, to table: inout TableWriter) {
    guard
      case .absorbed(let loss, let venue, let reserve, let step, let taken, let promised, let left) = record
        .fact
    else { return }
    let layer = run.names.venues[venue].steps[Int(step)]
    var rest = taken
    if layer.cutsClaims {
      for (vault, amount) in losses[Int(loss) - 1].passedOn {
        rest -= amount
        add(
          loss, venue, reserve, step, bearer: run.names.venues[vault].name, isFinal: false, taken: amount,
          promised: .zero, left: left + promised + rest, to: &table)
      }
      losses[Int(loss) - 1].passedOn = []
    }
    add(
      loss, venue, reserve, step, bearer: layer.bearer, isFinal: true, taken: rest, promised: promised,
      left: left,
      to: &table)
  }

  private func add(
    _ number: Int32, _ venue: VenueID, _ reserve: Int32, _ step: Int32, bearer: String, isFinal: Bool,
    taken: Amount, promised: Amount, left: Amount, to table: inout TableWriter
  ) {
    let loss = losses[Int(number) - 1]
    let asset = run.names.assets[run.names.lent(by: venue, reserve)]
    table.add(run.label)
    table.add(loss: number, ofRun: run.label.run)
    table.add(loss.time)
    table.add(run.names.venues[venue].name)
    if case .position(let position) = loss.origin {
      table.add(run.names.positions[position].name)
    } else {
      table.addMissing()
    }
    table.add(asset.name)
    table.add(loss.amount, decimals: asset.decimals)
    table.add(step)
    table.add(run.names.venues[venue].steps[Int(step)].layer)
    table.add(bearer)
    table.add(isFinal ? "final" : "passThrough")
    if case .passedOn(_, _, let parent) = loss.origin, parent > 0 {
      table.add(loss: parent, ofRun: run.label.run)
      table.add(Double(loss.amount.units) / Double(losses[Int(parent) - 1].amount.units))
    } else {
      table.addMissing()
      table.addMissing()
    }
    table.add(taken, decimals: asset.decimals)
    table.add(promised, decimals: asset.decimals)
    table.add(left, decimals: asset.decimals)
    table.endRow()
  }
}
