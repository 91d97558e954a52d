import Economy
import Kernel
import Ledger

/// Reads `governance`: changes of what venues ask of their collateral, known before the run begins.
func readGovernance(
  _ reader: ObjectReader, _ names: ConfigNames, horizon: SimTime
) -> [GovernanceChange] {
  reader.readIfGiven(
    "governance", .array(of: governanceKind(names, horizon: horizon)),
    "changes of what venues ask of their collateral") ?? []
}

private func governanceKind(_ names: ConfigNames, horizon: SimTime) -> ValueKind<GovernanceChange> {
  .object("a change of a venue's terms") { reader in
    let at = SimTime(microseconds: reader.read("at", .duration(in: .from(0)), "when it holds from"))
    let name = reader.read("venue", .reference(to: names.venueNames), "whose terms change")
    let venue = VenueID(names.venueNames.index(of: name) ?? 0)
    let asset = reader.read("collateral", ValueKind<AssetID>.asset(names), "of which of its collaterals")
    let threshold = reader.readIfGiven(
      "threshold", .ratio(in: .above(0).upTo(1)),
      "the share of its value up to which a loan then stands; unsaid, as before")
    let bonus = reader.readIfGiven(
      "bonus", .ratio(in: .between(0, 1)),
      "what a liquidator then gets on top of what it repays; unsaid, as before")
    if at > horizon, horizon > .start {
      reader.report("the change comes after the horizon", at: "at", allowed: "a time within `horizon`")
    }
    if !reader.has("threshold"), !reader.has("bonus") {
      reader.report("nothing changes", at: "venue", allowed: "`threshold` or `bonus` beside it")
    }
    var place = 0
    if venue.position < names.venues.count {
      let terms = names.venues[venue].collateral
      if let found = terms.firstIndex(where: { $0.asset == asset }) {
        place = found
      } else if reader.has("collateral"), reader.has("venue") {
        reader.report(
          "`\(names.venues[venue].name)` does not lend against it", at: "collateral",
          allowed: terms.isEmpty
            ? "a collateral of a venue that lends" : listed(terms.map { names.unit(of: $0.asset).symbol }))
      }
    }
    return GovernanceChange(at: at, venue: venue, place: place, threshold: threshold, bonus: bonus)
  }
}
