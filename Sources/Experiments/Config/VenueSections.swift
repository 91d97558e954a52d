import Economy
import Kernel
import Ledger

struct VenueSection {
  let id: Placed<String>
  let venue: WorldSpecification.Venue
}

func venueKind(_ names: ConfigNames) -> ValueKind<VenueSection> {
  .object(
    "a venue", choosing: "kind", "what sort of protocol it is",
    [
      ObjectCase("lendingPool", "lenders put one asset in, borrowers take it out against collateral") {
        reader in
        readLendingPool(reader, names)
      }
    ])
}

private func readLendingPool(_ reader: ObjectReader, _ names: ConfigNames) -> VenueSection {
  let id = reader.read("id", .placed(.identifier()), "the venue's name")
  let debt = reader.read("debt", .placed(.asset(names)), "the asset that is lent")
  names.needsPrice(of: debt.value, at: debt.place)
  let collateral = reader.read(
    "collateral", .map(from: .asset(names), to: .terms).constrained(by: ["minProperties": 1]),
    "what may be borrowed against, and how far")
  if collateral.isEmpty {
    reader.report("a venue without collateral lends to nobody", at: "collateral")
  }
  for entry in collateral {
    names.needsPrice(of: entry.key, at: entry.place)
    if entry.key == debt.value {
      names.diagnostics.report(
        "\(names.unit(of: debt.value).symbol) is both lent and collateral", at: entry.place,
        allowed: "another asset than the debt's")
    }
  }
  let layers = reader.read(
    "waterfall", .array(of: layerKind(unit: names.unit(of: debt.value))),
    "who bears a loss, in order; what nobody takes is `unresolved`")
  for (index, layer) in layers.enumerated()
  where layer.type == Unresolved.self && index < layers.count - 1 {
    reader.report(
      "layers after `unresolved` are never asked", at: "waterfall", allowed: "`unresolved` last, or unsaid")
  }
  return VenueSection(
    id: id,
    venue: WorldSpecification.Venue(
      name: id.value, loanAsset: debt.value,
      collateral: collateral.map { entry in
        CollateralTerms(
          asset: entry.key, maximumLTV: entry.value.maximumLTV, threshold: entry.value.threshold,
          bonus: entry.value.bonus)
      },
      closeFactor: reader.read(
        "closeFactor", .portion(in: .above(0).upTo(1)), default: "50%",
        "the share of a debt that one liquidation may repay"),
      fullCloseBelow: reader.read(
        "fullCloseBelow", .ratio(in: .between(0, 1)), default: "0%",
        "the health below which one liquidation may repay everything"),
      borrowRate: reader.read(
        "borrowRate", .ratio(in: .between(0, 10)), default: "0%", "interest a year, simple within a period"),
      accrualPeriod: reader.read(
        "accrualPeriod", .span(in: .from(1)), default: "1h", "how often interest is added"),
      reserveFactor: reader.read(
        "reserveFactor", .portion(in: .between(0, 1)), default: "0%",
        "the share of interest that the venue keeps"),
      recognition: reader.read(
        "recognition", .choice(Recognition.self), default: "onExhaustion",
        "when the venue admits that a debt is lost"),
      waterfall: layers))
}

/// `CollateralTerms` before its asset, which is the key of the map, is known.
struct TermsSection {
  let maximumLTV: Double
  let threshold: Double
  let bonus: Double
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
      return TermsSection(
        maximumLTV: ltv, threshold: threshold,
        bonus: reader.read(
          "bonus", .ratio(in: .between(0, 1)), "what a liquidator gets on top of what it repays"))
    }
  }
}

/// A layer is read by what it declares of itself: a new file in the catalog can be said in a config at once.
func layerKind(unit: AmountUnit) -> ValueKind<WorldSpecification.Layer> {
  .variant(
    "a layer",
    LayerCatalog.all.map { layer in
      let declaration = layer.declaration
      guard !declaration.parameters.isEmpty else {
        return .plain(declaration.name, WorldSpecification.Layer(layer), declaration.summary)
      }
      let settings = ValueKind<LayerSettings>.object("settings of \(declaration.name)") { reader in
        var settings = LayerSettings()
        for parameter in declaration.parameters {
          switch parameter.kind {
          case .amount:
            let kind = ValueKind<Amount>.money(of: unit)
            settings[parameter.name] =
              parameter.isRequired
              ? reader.read(parameter.name, kind, parameter.meaning)
              : reader.readIfGiven(parameter.name, kind, parameter.meaning)
          }
        }
        return settings
      }
      return .with(declaration.name, settings, declaration.summary) { WorldSpecification.Layer(layer, $0) }
    })
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
