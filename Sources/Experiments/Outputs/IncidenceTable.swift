import Economy
import Kernel
import Ledger

// incidence.csv: who really paid; bearers.csv: each holder's part of what losses.csv allots to a pool of
// them.

extension Tables {
  private static let dollarsAtTheEnd = "USD at the reference prices of the end"

  static let incidence: [Column] = [
    Column(
      "party", .string,
      "a population, venue, fund or pool of the config, or what stands on the other side of all of them"),
    Column(
      "kind", .string,
      "what it is; `outside`: the world that they trade with, `prices`: what the tokens of the start are "
        + "worth, `issued`: tokens that protocols have minted, `guarantor`: who fills the holes in the "
        + "other run"
    ),
    Column("start", .number, unit: "USD at the reference prices of the start", "what it owned at the start"),
    Column(
      "end", .number, unit: dollarsAtTheEnd,
      "what it owns at the end: claims at book value, loans at no more than what stands behind them"),
    Column(
      "guaranteed", .number, unit: "USD at the reference prices of that run's end",
      "what it would own if somebody from outside had filled every hole when it was recognised"),
    Column(
      "incidence", .number, unit: "USD",
      "guaranteed less end: what it has really paid, below zero gained; a run's rows add up to zero"),
  ]

  static func addIncidenceRows(_ run: RunResult, to table: inout TableWriter) {
    for row in run.incidence?.rows ?? [] {
      table.add(run.label)
      table.add(row.party)
      table.add(row.kind.rawValue)
      for sum in [row.start, row.end, row.guaranteed, row.incidence] { table.add(microdollars: sum) }
      table.endRow()
    }
  }

  static let bearers: [Column] = [
    Column("loss", .string, "the loss, as `rhodian trace --loss` takes it: run.number"),
    Column("venue", .string, "the venue that was left with it"),
    Column("step", .integer, "the layer's place in the waterfall, from 0"),
    Column("layer", .string, "the rule that was asked"),
    Column(
      "holder", .string,
      "whose account lost it; empty for what rounding leaves between holders, and for what new tokens have "
        + "brought, which their holders pay through the price"),
    Column("party", .string, "what the holder belongs to, as in incidence.csv; empty without a holder"),
    Column(
      "finality", .string,
      "`final`, or `passThrough` where the holder is a venue, which hands it on in a loss of its own"),
    Column("asset", .string, "what was lost: a claim is told in the asset that it is on"),
    Column("lost", .number, unit: "asset", "how much; below zero, got back"),
  ]

  static func addBearerRows(_ run: RunResult, to table: inout TableWriter) {
    guard !run.holderLosses.isEmpty else { return }
    let names = run.names
    var lossVenues: [VenueID] = []
    for case .recognised(_, let origin, _, _) in run.facts.lazy.map(\.fact) {
      lossVenues.append(names.venue(of: origin))
    }
    for borne in run.holderLosses.all {
      let venue = names.venues[lossVenues[Int(borne.loss) - 1]]
      let layer = venue.steps[Int(borne.step)]
      let asset = names.assets[borne.asset]
      let party = borne.holder.flatMap { holder in
        names.parties.first { $0.accounts.contains(holder.position) }
      }
      // A member that was called, or a vault; what a venue pays out of its own reserves is its own.
      let isHandedOn = party?.kind == .venue && party?.name != venue.name
      table.add(run.label)
      table.add(loss: borne.loss, ofRun: run.label.run)
      table.add(venue.name)
      table.add(borne.step)
      table.add(layer.layer)
      table.add(borne.holder) { $0.add(names.accounts[$1.position]) }
      table.add(party) { $0.add($1.name) }
      table.add(isHandedOn ? "passThrough" : "final")
      table.add(asset.name)
      table.add(borne.amount, decimals: asset.decimals)
      table.endRow()
    }
  }
}
