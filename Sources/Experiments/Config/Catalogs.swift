import Economy

/// What a config may say, for `rhodian list`: read off what layers declare, so that a new one is listed with
/// its keys and an example.
package enum Catalogs {
  package static var layers: [String] {
    var lines = [
      "A waterfall lists layers, asked in order: \"proRata\", or { \"proRata\": { … } } with settings.",
      "Examples are of a venue that lends USDC; `safety` is a stake pool above it, and GOV another asset.",
    ]
    for layer in LayerCatalog.all {
      let declaration = layer.declaration
      lines += ["", entry(declaration.name, declaration.summary)]
      lines.append(entry("  takes from", takesFrom(layer)))
      lines.append(entry("  borne by", declaration.bearers.joined(separator: ", then ")))
      lines.append(entry("  fits", fits(layer)))
      lines += declaration.needs.map { entry("  needs", said($0)) }
      lines += declaration.parameters.map { parameter in
        entry("  \(parameter.name)", parameter.meaning + (parameter.isRequired ? " (required)" : ""))
      }
      lines.append(entry("  example", example(of: layer)))
    }
    lines += ["", "Every layer but `unresolved` also takes limits:"]
    return lines + LimitMeaning.all.map { entry("  \($0.0)", $0.1) }
  }

  /// A layer as it may stand in a waterfall: all that it requires, and what goes with it.
  package static func example(of layer: any LossLayer.Type) -> String {
    let declaration = layer.declaration
    let names = declaration.parameters.map(\.name)
    let settings = declaration.parameters.filter { parameter in
      parameter.isRequired || parameter.name == "balance"
        || ["lots", "every"].contains(parameter.name) && names.contains("lots") && names.contains("every")
    }
    guard !settings.isEmpty else { return "\"\(declaration.name)\"" }
    let fields = settings.map { "\"\($0.name)\": \(value(of: $0.kind))" }
    return "{ \"\(declaration.name)\": { \(fields.joined(separator: ", ")) } }"
  }

  private static func value(of kind: LayerDeclaration.Kind) -> String {
    switch kind {
    case .amount: "\"100k USDC\""
    case .holdings: "{ \"USDC\": \"200k\", \"ETH\": 25 }"
    case .tokens: "\"1M GOV\""
    case .ratio: "\"20%\""
    case .duration, .interval: "\"1h\""
    case .count: "4"
    case .stakePool: "\"safety\""
    case .fund: "\"treasury\""
    case .word(let words): "\"\(words.first ?? "")\""
    }
  }

  /// The kind of a layer: what is there to pay with, and what it promises if that is not enough or not there.
  private static func takesFrom(_ layer: any LossLayer.Type) -> String {
    guard layer != Unresolved.self else { return "nobody" }
    let means = layer.declaration.means.map { means in
      switch means {
      case .capital: "capital: cash of its account, then what the rest of it brings"
      case .stake: "stake: a stake pool"
      case .calls: "calls: cash of the pool's other members"
      case .reserves: "reserves: interest that the venue has kept"
      case .matched: "matched: claims of the lenders matched with the loan"
      case .interest: "interest: what claims have grown by"
      case .claims: "claims: of all who have put in"
      case .nothing: "nothing at once: it promises, and pays over time"
      }
    }
    return means.joined(separator: "; then ")
  }

  private static func fits(_ layer: any LossLayer.Type) -> String {
    let (needs, means) = (layer.declaration.needs, layer.declaration.means)
    let isForLoans = needs.contains(.borrowers) || needs.contains(.keptInterest)
    let kinds = ["lendingPool", "isolatedMarket"] + (isForLoans ? [] : ["vault"])
    let isReversible =
      layer == Unresolved.self || !means.contains { [.calls, .matched, .nothing].contains($0) }
    return kinds.joined(separator: ", ") + (isReversible ? "" : "; not with provisions (`recognition`)")
  }

  private static func entry(_ name: String, _ meaning: String) -> String {
    name + String(repeating: " ", count: max(1, 18 - name.count)) + meaning
  }

  private static func said(_ need: LayerDeclaration.Need) -> String {
    switch need {
    case .keptInterest: "a `reserveFactor` above 0"
    case .borrowers: "a venue that makes loans"
    case .stakeInLentAsset: "a stake pool of the one asset that the venue lends"
    }
  }
}
