import Economy
import Kernel
import Ledger

struct VenueSection {
  let id: Placed<String>
  let venue: WorldSpecification.Venue
  /// The venue again, once those above it are known.
  var resolved: ((ConfigNames) -> WorldSpecification.Venue)?
}

func venueKind(_ names: ConfigNames) -> ValueKind<VenueSection> {
  .object(
    "a venue", choosing: "kind", "what sort of protocol it is",
    [
      ObjectCase("lendingPool", "lenders put assets in, borrowers take them out against collateral") {
        reader in
        readLendingPool(reader, names)
      },
      ObjectCase("isolatedMarket", "one asset is lent against one collateral, after Morpho Blue") { reader in
        readIsolatedMarket(reader, names)
      },
      ObjectCase("stakePool", "holds what stakers put in, for the waterfalls that may call it") { reader in
        readStakePool(reader, names)
      },
      ObjectCase("vault", "allocates deposits of one asset over other venues, and issues shares of the whole")
      {
        reader in
        readVault(reader, names)
      },
    ])
}

private func readLendingPool(_ reader: ObjectReader, _ names: ConfigNames) -> VenueSection {
  let id = reader.read("id", .placed(.identifier()), "the venue's name")
  let debts = reader.read("debt", .debts(names), "what is lent")
  if debts.isEmpty { reader.report("a venue that lends nothing has no lenders", at: "debt") }
  for (number, debt) in debts.enumerated() {
    names.needsPrice(of: debt.asset, at: debt.place)
    if debts[..<number].contains(where: { $0.asset == debt.asset }) {
      names.diagnostics.reportRule(
        "\(names.unit(of: debt.asset).symbol) is lent twice", at: debt.place, allowed: "each asset once")
    }
  }
  let collateral = reader.read(
    "collateral", .map(from: .asset(names), to: .terms).constrained(by: ["minProperties": 1]),
    "what may be borrowed against, and how far")
  if collateral.isEmpty {
    reader.report("a venue without collateral lends to nobody", at: "collateral")
  }
  for entry in collateral {
    names.needsPrice(of: entry.key, at: entry.place)
    if debts.count == 1, entry.key == debts[0].asset {
      reportLentToItself(entry.key, at: entry.place, names)
    }
  }
  for (key, count) in [("debt", debts.count), ("collateral", collateral.count)]
  where count > Places.longestList {
    reader.report("\(count) assets", at: key, allowed: "at most \(Places.longestList) assets")
  }
  let waterfall = readWaterfall(reader, debts.map(\.asset), names)
  let closeFactor = reader.read(
    "closeFactor", .portion(in: .above(0).upTo(1)), default: "50%",
    "the share of a debt that one liquidation may repay")
  let fullCloseBelow = reader.read(
    "fullCloseBelow", .ratio(in: .between(0, 1)), default: "0%",
    "the health below which one liquidation may repay everything")
  let interest = InterestSection(reader)
  readShare(reader)
  checkWaterfall(
    waterfall,
    keepsInterest: debts.contains { ($0.settings.reserveFactor ?? interest.reserveFactor) > 0 },
    hasBorrowers: true, names, reader)
  let recognition = readRecognition(reader)
  checkProvisions(waterfall, recognition, debts.map(\.asset), names, reader)
  return VenueSection(
    id: id,
    venue: WorldSpecification.Venue(
      name: id.value,
      debts: debts.map { debt in
        WorldSpecification.Loan(
          debt.asset, rate: debt.settings.rate ?? interest.rate,
          reserveFactor: debt.settings.reserveFactor ?? interest.reserveFactor)
      },
      collateral: collateral.map { entry in
        CollateralTerms(
          asset: entry.key, maximumLTV: entry.value.maximumLTV, threshold: entry.value.threshold,
          bonus: entry.value.bonus)
      },
      closeFactor: closeFactor, fullCloseBelow: fullCloseBelow, accrualPeriod: interest.accrualPeriod,
      recognition: recognition, waterfall: waterfall, withdrawals: readWithdrawals(reader)))
}

private func readIsolatedMarket(_ reader: ObjectReader, _ names: ConfigNames) -> VenueSection {
  let id = reader.read("id", .placed(.identifier()), "the venue's name")
  let debt = reader.read("debt", .placed(.token(names)), "the asset that is lent")
  let collateral = reader.read("collateral", .placed(.asset(names)), "what may be borrowed against")
  names.needsPrice(of: debt.value, at: debt.place)
  names.needsPrice(of: collateral.value, at: collateral.place)
  if reader.has("debt"), reader.has("collateral"), debt.value == collateral.value {
    reportLentToItself(collateral.value, at: collateral.place, names)
  }
  let lltv = reader.read(
    "lltv", .ratio(in: .above(0).below(1)),
    "the share of the collateral's value up to which a loan may be opened, and up to which it stands")
  let bonus = reader.readIfGiven(
    "bonus", .ratio(in: .between(0, 1)),
    "what a liquidator gets on top of what it repays; unsaid, min(1.15, 1 / (1 - 0.3 (1 - lltv))) - 1")
  if let bonus { warnOfBonus(bonus, threshold: lltv, reader) }
  let waterfall = readWaterfall(reader, [debt.value], names)
  let interest = InterestSection(reader)
  readShare(reader)
  checkWaterfall(waterfall, keepsInterest: interest.reserveFactor > 0, hasBorrowers: true, names, reader)
  let recognition = readRecognition(reader)
  checkProvisions(waterfall, recognition, [debt.value], names, reader)
  return VenueSection(
    id: id,
    venue: WorldSpecification.Venue(
      name: id.value,
      debts: [.init(debt.value, rate: interest.rate, reserveFactor: interest.reserveFactor)],
      collateral: [.isolated(collateral.value, lltv: lltv, bonus: bonus)], closeFactor: 1,
      fullCloseBelow: 0, accrualPeriod: interest.accrualPeriod, recognition: recognition,
      waterfall: waterfall, withdrawals: readWithdrawals(reader)))
}

private func readStakePool(_ reader: ObjectReader, _ names: ConfigNames) -> VenueSection {
  let id = reader.read("id", .placed(.identifier()), "the venue's name")
  let staked = reader.read("asset", .placed(.token(names)), "what is staked")
  names.needsPrice(of: staked.value, at: staked.place)
  let asset = staked.value
  readShare(reader)
  let cooldown = reader.read(
    "cooldown", .span(in: .from(0)), default: "0s", "between saying that one leaves and leaving")
  return VenueSection(
    id: id, venue: WorldSpecification.Venue(stakePool: id.value, asset: asset, cooldown: cooldown))
}

/// Its name is known already: see `namedShares`.
func readShare(_ reader: ObjectReader) {
  _ = reader.readIfGiven(
    "share", .identifier(),
    "what a claim on its (first) lent asset is called, for those who post, trade or price it")
}

private func readWithdrawals(_ reader: ObjectReader) -> WithdrawalRule {
  reader.read(
    "withdrawals", .choice(WithdrawalRule.self), default: "partial",
    "what lenders get who want more than there is in cash: what there is, or nothing")
}

private func reportLentToItself(_ asset: AssetID, at place: Place, _ names: ConfigNames) {
  names.diagnostics.reportRule(
    "\(names.unit(of: asset).symbol) is both lent and collateral", at: place,
    allowed: "another asset than the debt's")
}

private func readRecognition(_ reader: ObjectReader) -> Recognition {
  reader.read(
    "recognition", .recognition, default: "onExhaustion", "when the venue admits that a debt is lost")
}

extension ValueKind where Value == Recognition {
  fileprivate static var recognition: ValueKind {
    .variant(
      "a recognition",
      [
        .plain("onExhaustion", .onExhaustion, "when its last collateral has been seized"),
        .plain(
          "onUndercollateralization", .onUndercollateralization,
          "as soon and as far as published prices say that collateral does not cover it: a provision"
        ),
        .with("afterDelay", ValueKind<SimDuration>.span(in: .from(0)), "so long after that") {
          .afterDelay($0)
        },
        .plain("never", .never, "not at all"),
      ])
  }
}

// MARK: What is lent

/// What a venue says of its interest; a lent asset may say otherwise.
private struct InterestSection {
  let rate: RateCurve
  let accrualPeriod: SimDuration
  let reserveFactor: Double

  init(_ reader: ObjectReader) {
    rate = reader.read("borrowRate", .rate, default: "0%", "interest a year, simple within a period")
    accrualPeriod = reader.read(
      "accrualPeriod", .span(in: .from(1)), default: "1h", "how often interest is added")
    reserveFactor = reader.read(
      "reserveFactor", .portion(in: .between(0, 1)), default: "0%",
      "the share of interest that the venue keeps")
  }
}

/// What a lent asset says where it is not as its venue says.
private struct DebtSettings {
  var rate: RateCurve?
  var reserveFactor: Double?
}

private struct DebtSection {
  let asset: AssetID
  let place: Place
  var settings = DebtSettings()
}

extension ValueKind where Value == [DebtSection] {
  /// One asset, several, or several with settings of their own.
  fileprivate static func debts(_ names: ConfigNames) -> ValueKind {
    let asset = ValueKind<Placed<AssetID>>.placed(.token(names))
    let settings = ValueKind<DebtSettings>.object("settings of a lent asset") { reader in
      DebtSettings(
        rate: reader.readIfGiven("borrowRate", .rate, "interest a year, where it is not the venue's"),
        reserveFactor: reader.readIfGiven(
          "reserveFactor", .portion(in: .between(0, 1)),
          "the share of interest that the venue keeps, where it is not the venue's"))
    }
    return .forms(
      "what a venue lends",
      [
        .converted(asset) { [DebtSection(asset: $0.value, place: $0.place)] },
        .converted(.array(of: asset, count: .from(1))) { assets in
          assets.map { DebtSection(asset: $0.value, place: $0.place) }
        },
        .converted(.map(from: .token(names), to: settings)) { entries in
          entries.map { entry in
            DebtSection(asset: entry.key, place: entry.place, settings: entry.value)
          }
        }.constrained(by: ["minProperties": 1]),
      ])
  }
}

extension ValueKind where Value == RateCurve {
  /// A constant, or a curve over utilization.
  static var rate: ValueKind {
    let ratio = ValueKind<Double>.ratio(in: .between(0, 10))
    return .forms(
      "a rate",
      [
        .converted(ratio) { .flat($0) },
        .object("a rate curve") { reader in
          RateCurve(
            base: reader.read("base", ratio, default: "0%", "the rate when nothing is borrowed"),
            slopeBelow: reader.read("slopeBelow", ratio, "what is added up to the optimal utilization"),
            slopeAbove: reader.read("slopeAbove", ratio, "what is added from there to full utilization"),
            optimalUtilization: max(
              .leastNonzeroMagnitude,
              reader.read(
                "optimalUtilization", .ratio(in: .above(0).upTo(1)),
                "the share of deposits that may be borrowed before the rate turns steep")))
        },
      ])
  }
}

// MARK: Collateral

/// `CollateralTerms` before its asset, which is the key of the map, is known.
struct TermsSection {
  let maximumLTV: Double
  let threshold: Double
  let bonus: Double
}

private func warnOfBonus(_ bonus: Double, threshold: Double, _ reader: ObjectReader) {
  guard reader.has("bonus"), let warning = BonusWarning(bonus, threshold: threshold) else { return }
  reader.warn(warning.message, at: "bonus", allowed: warning.allowed)
}

/// Who repays 1 seizes 1 + bonus: at the threshold there is 1 / threshold for each 1 owed.
struct BonusWarning {
  let message: String
  let allowed: String

  /// Nil where a liquidation at the threshold leaves something.
  init?(_ bonus: Double, threshold: Double, from when: String = "") {
    guard threshold * (1 + bonus) > 1 + 1e-12 else { return nil }
    message =
      "threshold · (1 + bonus) is \(rounded(threshold * (1 + bonus), 4))\(when): a liquidation at the "
      + "threshold takes more than all collateral, and leaves bad debt"
    allowed = "any bonus; up to \(rounded(100 * (1 / threshold - 1), 4))% no bad debt is built in"
  }
}

extension ValueKind where Value == TermsSection {
  static var terms: ValueKind<TermsSection> {
    .object("terms of a collateral") { reader in
      let threshold = reader.read(
        "threshold", .ratio(in: .above(0).upTo(1)),
        "the share of the collateral's value up to which a loan stands")
      let ltv = reader.read(
        "ltv", .ratio(in: .above(0).upTo(1)), "the most that may be borrowed when a loan is opened")
      if ltv >= threshold {
        reader.report(
          "a loan at the limit would be liquidatable at once", at: "ltv",
          allowed: "a ratio below the threshold")
      }
      let bonus = reader.read(
        "bonus", .ratio(in: .between(0, 1)), "what a liquidator gets on top of what it repays")
      warnOfBonus(bonus, threshold: threshold, reader)
      return TermsSection(maximumLTV: ltv, threshold: threshold, bonus: bonus)
    }
  }
}

extension ValueKind where Value == Double {
  /// A ratio that amounts are multiplied by: exact at nine decimals, so no finer one is taken.
  static func portion(in bounds: Bounds<Double>) -> ValueKind<Double> {
    ValueKind<Double>.ratio(in: bounds).checked("a ratio of at most nine decimals, such as \"50%\"") {
      ratio in
      let billionths = ratio * 1e9
      return (billionths - billionths.rounded()).magnitude <= 1e-6 && (ratio == 0 || billionths >= 0.5)
    }
  }
}
