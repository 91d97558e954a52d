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
    Column("promised", .number, unit: "asset", "what they promised to pay over time"),
    Column("paid", .number, unit: "asset", "how much of the promise they had paid by the end"),
    Column("broken", .number, unit: "asset", "how much of the promise fell on the next layer instead"),
    Column(
      "restored", .number, unit: "asset",
      "how much of what they bore went back to them, as it turned out not to be lost"),
    Column("left", .number, unit: "asset", "what was left after them, besides what they promised"),
  ]

  static func addLossRows(_ run: RunResult, to table: inout TableWriter) {
    LossRows(run).write(to: &table)
  }
}

/// The rows of one run. What becomes of a promise, and what claims have borne and passed on to a vault, is
/// known only later: so everything is gathered first.
private struct LossRows {
  /// What one layer did about a loss, asked once or again when a promise above it was broken.
  private struct Step {
    let place: Int32
    var taken = Amount.zero
    /// What a stake pool paid of that.
    var staked = Amount.zero
    var promised = Amount.zero
    var paid = Amount.zero
    var broken = Amount.zero
    /// By the means by which it had been paid.
    var restored: [Absorption.Means: Amount] = [:]
    var left = Amount.zero
  }

  private struct Loss {
    let time: SimTime
    let origin: LossOrigin
    let amount: Amount
    var venue = VenueID(0)
    var reserve: Int32 = 0
    var steps: [Step] = []
    /// What vaults have recognised because of it.
    var passedOn: [(vault: VenueID, amount: Amount)] = []
    /// What members of its mutual pool have been called for.
    var called: [(member: VenueID, amount: Amount)] = []

    /// The step's place among those that were asked.
    mutating func index(of place: Int32) -> Int {
      if let index = steps.firstIndex(where: { $0.place == place }) { return index }
      steps.append(Step(place: place))
      return steps.count - 1
    }
  }

  private let run: RunResult
  /// By number, from 1.
  private var losses: [Loss] = []

  init(_ run: RunResult) {
    self.run = run
    // What a stake pool has paid for the step that is told next.
    var staked = Amount.zero
    for record in run.facts {
      switch record.fact {
      case .recognised(_, let origin, let reserve, let amount):
        staked = .zero
        losses.append(Loss(time: record.header.time, origin: origin, amount: amount))
        losses[losses.count - 1].venue = run.names.venue(of: origin)
        losses[losses.count - 1].reserve = reserve
        if case .passedOn(_, let vault, let parent) = origin, parent > 0 {
          losses[Int(parent) - 1].passedOn.append((vault, amount))
        }
        if case .calledFor(_, let member, let parent) = origin {
          losses[Int(parent) - 1].called.append((member, amount))
        }
      case .slashed(let number, let pool, let amount):
        let loss = losses[Int(number) - 1]
        if run.names.lent(by: pool, 0) == run.names.lent(by: loss.venue, loss.reserve) { staked += amount }
      case .absorbed(let number, _, _, let place, let taken, let promised, let left):
        let step = losses[Int(number) - 1].index(of: place)
        losses[Int(number) - 1].steps[step].taken += taken
        losses[Int(number) - 1].steps[step].staked += staked
        losses[Int(number) - 1].steps[step].promised += promised
        losses[Int(number) - 1].steps[step].left += left
        staked = .zero
      case .promiseKept(let number, _, _, let place, let paid, _):
        let step = losses[Int(number) - 1].index(of: place)
        losses[Int(number) - 1].steps[step].paid += paid
      case .promiseBroken(let number, _, _, let place, let shortfall):
        let step = losses[Int(number) - 1].index(of: place)
        losses[Int(number) - 1].steps[step].broken += shortfall
      case .restored(let number, _, _, let place, let means, let amount, _):
        let step = losses[Int(number) - 1].index(of: place)
        losses[Int(number) - 1].steps[step].restored[means, default: .zero] += amount
      default: break
      }
    }
  }

  func write(to table: inout TableWriter) {
    for (index, loss) in losses.enumerated() {
      var cut = loss.steps.reduce(Amount.zero) { $0 + claimsCut(by: $1, of: loss) }
      var (passedOn, called) = (loss.passedOn, loss.called[...])
      for step in loss.steps.sorted(by: { $0.place < $1.place }) {
        write(step, of: loss, number: Int32(index + 1), &cut, &passedOn, &called, to: &table)
      }
    }
  }

  private func claimsCut(by step: Step, of loss: Loss) -> Amount {
    layer(step, loss).cutsClaims ? step.taken - step.staked : .zero
  }

  private func layer(_ step: Step, _ loss: Loss) -> RunNames.Step {
    run.names.venues[loss.venue].steps[Int(step.place)]
  }

  /// A row for each of the layer's bearers; before the suppliers', one for each vault among them.
  private func write(
    _ step: Step, of loss: Loss, number: Int32, _ cut: inout Amount,
    _ passedOn: inout [(vault: VenueID, amount: Amount)],
    _ called: inout ArraySlice<(member: VenueID, amount: Amount)>, to table: inout TableWriter
  ) {
    let layer = layer(step, loss)
    var row = Row(number: number, step: step.place, layer: layer.layer)
    var after = step.left + step.promised + step.taken
    for (place, bearer) in layer.bearers.enumerated() {
      var taken = place == layer.bearers.count - 1 ? step.taken - step.staked : step.staked
      if layer.bearers.count == 1 { taken = step.taken }
      if bearer.means == .calls {
        // Members of several pools may have been called: in the order of the pools.
        while !taken.isZero, let (member, part) = called.popFirst() {
          (row.bearer, row.isFinal, row.taken) = (run.names.venues[member].name, false, part)
          taken -= part
          after -= part
          row.left = after
          add(row, of: loss, to: &table)
        }
        continue
      }
      if [.claims, .interest, .matched].contains(bearer.means) {
        // Several layers may have cut the claims that a vault held: each in proportion.
        for index in passedOn.indices where !taken.isZero {
          let whole = passedOn[index].amount
          let part =
            cut == taken ? whole : Amount(units: Int64(whole.units128 * taken.units128 / cut.units128))
          passedOn[index].amount -= part
          (row.bearer, row.isFinal) = (run.names.venues[passedOn[index].vault].name, false)
          (row.taken, row.left) = (part, after - part)
          after -= part
          add(row, of: loss, to: &table)
        }
        let handedOn = step.left + step.promised + taken
        cut -= taken
        taken -= handedOn - after
      }
      (row.bearer, row.isFinal, row.taken) = (bearer.name, true, taken)
      row.restored = step.restored[bearer.means] ?? .zero
      after -= taken
      row.left = after
      if place == layer.bearers.count - 1 {
        (row.promised, row.paid, row.broken) = (step.promised, step.paid, step.broken)
        row.left = step.left
      }
      add(row, of: loss, to: &table)
    }
  }

  private struct Row {
    let number: Int32
    let step: Int32
    let layer: String
    var bearer = ""
    var isFinal = true
    var taken = Amount.zero
    var promised = Amount.zero
    var paid = Amount.zero
    var broken = Amount.zero
    var restored = Amount.zero
    var left = Amount.zero
  }

  private func add(_ row: Row, of loss: Loss, to table: inout TableWriter) {
    let asset = run.names.assets[run.names.lent(by: loss.venue, loss.reserve)]
    table.add(run.label)
    table.add(loss: row.number, ofRun: run.label.run)
    table.add(loss.time)
    table.add(run.names.venues[loss.venue].name)
    if case .position(let position) = loss.origin {
      table.add(run.names.positions[position].name)
    } else {
      table.addMissing()
    }
    table.add(asset.name)
    table.add(loss.amount, decimals: asset.decimals)
    table.add(row.step)
    table.add(row.layer)
    table.add(row.bearer)
    table.add(row.isFinal ? "final" : "passThrough")
    if let parent = loss.origin.parent {
      table.add(loss: parent, ofRun: run.label.run)
      table.add(Double(loss.amount.units) / Double(losses[Int(parent) - 1].amount.units))
    } else {
      table.addMissing()
      table.addMissing()
    }
    for amount in [row.taken, row.promised, row.paid, row.broken, row.restored, row.left] {
      table.add(amount, decimals: asset.decimals)
    }
    table.endRow()
  }
}

extension Amount {
  fileprivate var units128: Int128 { Int128(units) }
}
