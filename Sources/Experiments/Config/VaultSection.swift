import Economy
import Ledger

/// A vault allocates to venues that stand above it: so no two allocate to each other, and a share's price
/// never hangs on itself. Its own share may be collateral anywhere, above or below.
func readVault(_ reader: ObjectReader, _ names: ConfigNames) -> VenueSection {
  let id = reader.read("id", .placed(.identifier()), "the venue's name")
  let asset = reader.read("asset", .token(names), "what is put in")
  readShare(reader)
  let entries = reader.read(
    "allocation",
    .map(from: .placed(.identifier()), to: .portion(in: .above(0).upTo(1)))
      .constrained(by: ["minProperties": 1]),
    "which portion of deposits goes to which venue above it, in the order in which it draws on them; "
      + "the rest is `idle`")
  // As they are taken, at nine decimals: portions that are rounded down may leave that much to cash.
  let sum = entries.reduce(0) { $0 + Int64(($1.value * 1e9).rounded()) }
  let missing = 1_000_000_000 - sum
  if missing < 0 || (entries.contains { $0.key.value == idle } && missing > entries.count) {
    reader.report(
      "the portions are \(rounded(Double(sum) / 1e7, 7))% of deposits", at: "allocation",
      allowed: "100% in all, or less without `idle`")
  }
  let waterfall = readWaterfall(reader, [asset], names, default: .array([.string("proRata")]))
  checkWaterfall(waterfall, keepsInterest: false, hasBorrowers: false, names, reader)
  let curator = reader.readIfGiven(
    "curator", .curator, "who takes the vault's claims out of venues before they lose; unsaid, nobody does")
  if curator != nil, !entries.isEmpty, entries.allSatisfy({ $0.key.value == idle }) {
    reader.report(
      "the vault keeps all that it has in cash", at: "curator", allowed: "an `allocation` to some venue")
  }
  return VenueSection(
    id: id,
    venue: WorldSpecification.Venue(vault: id.value, asset: asset, allocation: [], waterfall: waterfall)
  ) { names in
    WorldSpecification.Venue(
      vault: id.value, asset: asset, allocation: allocation(entries, of: asset, names), waterfall: waterfall,
      curator: curator)
  }
}

/// Once the venues above are known.
private func allocation(
  _ entries: [MapEntry<Placed<String>, Double>], of asset: AssetID, _ names: ConfigNames
) -> [WorldSpecification.Allocation] {
  var allocation: [WorldSpecification.Allocation] = []
  for entry in entries where entry.key.value != idle {
    guard let venue = names.venueNames.check(entry.key, names.diagnostics).map(VenueID.init) else { continue }
    guard let reserve = names.debts(of: venue).firstIndex(of: asset) else {
      names.diagnostics.reportRule(
        "`\(entry.key.value)` does not take \(names.unit(of: asset).symbol)", at: entry.place,
        allowed: "a venue above that lends the vault's asset")
      continue
    }
    if venue.position < names.venues.count, names.venues[venue].isStakePool {
      names.diagnostics.reportRule(
        "`\(entry.key.value)` is a stake pool, which pays out after its cooldown and no sooner",
        at: entry.place,
        allowed: "a venue above that lends the vault's asset, or another vault")
      continue
    }
    allocation.append(.init(venue, reserve: reserve, portion: entry.value))
  }
  return allocation
}

extension ValueKind where Value == Curator {
  fileprivate static var curator: ValueKind {
    .object("a curator") { reader in
      let every = reader.read("watch", .span(in: .from(1)), "how often it looks at what the vault holds")
      let leavesAt = reader.read(
        "leavesAt", .ratio(in: .between(0, 1)),
        "the expected loss of a holding, as a share of it, above which it takes out what it can")
      let returns = reader.readIfGiven(
        "returns", .ratio(in: .above(0).upTo(1)),
        "the expected loss below which it puts back what the holding is short of; unsaid, it never does")
      if let returns, returns > leavesAt, reader.has("leavesAt") {
        reader.report("it would go back to what it leaves", at: "returns", allowed: "at most `leavesAt`")
      }
      return Curator(every: every, leavesAt: leavesAt, returns: returns)
    }
  }
}

/// Not a venue: what a vault keeps in cash.
private let idle = "idle"
