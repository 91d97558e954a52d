import Economy
import Kernel
import Ledger
import Testing

@testable import Experiments

/// A layer of the catalog as a test's argument. Its settings are made from what it declares, so that a layer
/// added to the catalog meets every law without a word here.
struct CataloguedLayer: Sendable, CustomTestStringConvertible {
  let type: any LossLayer.Type

  static let all = LayerCatalog.all.map(CataloguedLayer.init)

  /// With those that `WriteYourOwnLayer.md` writes.
  static let allAndExample =
    all + [CataloguedLayer(type: CappedHaircut.self), CataloguedLayer(type: PartialSlash.self)]

  var declaration: LayerDeclaration { type.declaration }

  var testDescription: String { declaration.name }

  /// Random values for all that is required and half of the rest.
  func settings(_ random: inout RandomStream) -> LayerSettings {
    var settings = LayerSettings()
    for parameter in declaration.parameters where parameter.isRequired || random.below(2) == 0 {
      settings[parameter.name] = CataloguedLayer.value(of: parameter.kind, &random)
    }
    // Of its own balance and a fund that it calls, a layer has one.
    let names = declaration.parameters.map(\.name)
    guard names.contains("fund"), names.contains("balance") else { return settings }
    var either = LayerSettings()
    let other = random.below(2) == 0 ? "fund" : "balance"
    for parameter in declaration.parameters where parameter.name != other {
      either[parameter.name] =
        settings[parameter.name]
        ?? (["fund", "balance"].contains(parameter.name)
          ? CataloguedLayer.value(of: parameter.kind, &random) : nil)
    }
    return either
  }

  static func value(of kind: LayerDeclaration.Kind, _ random: inout RandomStream) -> LayerValue {
    switch kind {
    case .amount: .amount(random.amount(), of: nil)
    case .holdings:
      random.below(2) == 0
        ? .holdings([.init(nil, random.amount())])
        : .holdings([.init(AssetID(0), random.amount()), .init(AssetID(1), random.amount())])
    // Nobody mints what the venue lends.
    case .tokens: .amount(random.amount(), of: AssetID(1))
    case .ratio: .ratio(Double(random.below(1_000_001)) / 1e6)
    case .duration: .duration(SimDuration(microseconds: Int64(random.below(1 << 40))))
    case .interval: .duration(SimDuration(microseconds: 1_000 + Int64(random.below(1 << 40))))
    case .count: .count(1 + random.below(100))
    case .stakePool: .venue(VenueID(0))
    case .fund: .fund(FundID(0))
    case .word(let words): .word(words[random.below(words.count)])
    }
  }
}

/// One random question to a layer.
struct Question {
  let layer: any LossLayer
  let settings: LayerSettings
  let bearers: BearerPool
  let loss: Amount

  /// The same question about another loss, to what the bearers have then.
  func absorb(_ loss: Amount, from bearers: BearerPool) throws(AbsorptionError) -> Absorption {
    try layer.absorb(Loss(number: 1, asset: AssetID(0), amount: loss), from: bearers)
  }

  func answer() throws(AbsorptionError) -> Absorption { try absorb(loss, from: bearers) }

  /// A thousand questions: amounts of every size, often equal to each other or at the edge.
  static func forEach(
    of layer: CataloguedLayer, seed: Int = 1, _ body: (Question, String) throws -> Void
  ) rethrows {
    var random = RandomStreams(populationSeed: 0, shockSeed: UInt64(seed))
      .stream(.test, EntityKey(id: "questions to \(layer.declaration.name)"), Epoch(slot: 0))
    for number in 0..<1_000 {
      let settings = layer.settings(&random)
      let bearers = BearerPool(&random)
      let loss: Amount
      switch random.below(4) {
      case 0:
        let means = layer.declaration.means
        loss = bearers.held(means[random.below(means.count)])
      case 1: loss = [bearers.saleable, bearers.saleableStake, bearers.mintable][random.below(3)]
      default: loss = random.amount()
      }
      let question = Question(
        layer: layer.type.init(settings: settings), settings: settings, bearers: bearers, loss: loss)
      try body(
        question,
        "seed \(seed), question \(number): \(layer.declaration.name) with \(settings), \(bearers), loss \(loss)"
      )
    }
  }
}

extension RandomStream {
  mutating func below(_ bound: Int) -> Int { Int(nextInteger(below: UInt64(bound))) }

  /// Nothing, one, everything, or any order of magnitude in between.
  mutating func amount() -> Amount {
    switch below(10) {
    case 0: .zero
    case 1: Amount(units: 1)
    case 2: Amount(units: .max)
    default: Amount(units: Int64(bitPattern: next() >> UInt64(1 + below(62))))
    }
  }
}

extension BearerPool {
  /// Anything that could be: what has accrued to claims is part of them.
  init(_ random: inout RandomStream) {
    self.init()
    (capital, saleable, stake, saleableStake) = (
      random.amount(), random.amount(), random.amount(), random.amount()
    )
    (reserves, claims) = (random.amount(), random.amount())
    (mintable, callable, matched) = (random.amount(), random.amount(), random.amount())
    interest = min(claims, random.amount())
  }

  /// What is left when so much has been paid by these means.
  func after(_ taken: Amount, by means: [Absorption.Means]) -> BearerPool? {
    guard let parts = Absorption.split(taken, over: means, of: self) else { return nil }
    var rest = self
    for (means, part) in zip(means, parts) {
      switch means {
      case .capital: rest.capital -= part
      case .stake: rest.stake -= part
      case .calls: rest.callable -= part
      case .matched: rest.matched -= part
      case .reserves: rest.reserves -= part
      case .interest: (rest.interest, rest.claims) = (rest.interest - part, rest.claims - part)
      case .claims: rest.claims -= part
      case .nothing: break
      }
    }
    rest.interest = min(rest.interest, rest.claims)
    return rest
  }
}

// MARK: As a config says it

extension LayerNames {
  /// A venue that lends USDC in a world with ETH and one stake pool, of USDC.
  static var ofTest: LayerNames {
    LayerNames(
      lent: [NamedUnit(asset: AssetID(0), unit: AmountUnit(symbol: "USDC", decimals: 8))],
      token: .converted(.choice(of: ["USDC", "ETH"])) { AssetID($0 == "USDC" ? 0 : 1) },
      tokens: ["USDC", "ETH"].enumerated().map {
        NamedUnit(asset: AssetID($0.offset), unit: AmountUnit(symbol: $0.element, decimals: 8))
      },
      unit: { AmountUnit(symbol: $0 == AssetID(0) ? "USDC" : "ETH", decimals: 8) },
      stakePool: .converted(.choice(of: ["safety"])) { _ in VenueID(0) },
      staked: { _ in AssetID(0) }, fund: .converted(.choice(of: ["treasury"])) { _ in FundID(0) })
  }
}

extension LayerLimits {
  /// Any of them, or none.
  init(_ random: inout RandomStream) {
    self.init()
    if random.below(2) == 0 { cap = .init(nil, random.amount()) }
    if random.below(2) == 0 { capShare = Double(1 + random.below(1_000_000)) / 1e6 }
    if random.below(2) == 0 { perEvent = .init(nil, random.amount()) }
    if random.below(2) == 0 { perDay = .init(nil, random.amount()) }
  }

  /// As a config says them.
  var fields: [String] {
    let amounts = [("cap", cap), ("perEvent", perEvent), ("perDay", perDay)].compactMap { name, limit in
      limit.map { "\"\(name)\": \(LayerValue.amount($0.amount, of: nil).text)" }
    }
    return amounts + (capShare.map { ["\"capShare\": \($0)"] } ?? [])
  }
}

extension LayerValue {
  var text: String {
    func said(_ amount: Amount, _ symbol: String) -> String {
      "\"\(amount.formatted(decimals: 8)) \(symbol)\""
    }
    switch self {
    case .amount(let amount, let asset): return said(amount, asset == AssetID(1) ? "ETH" : "USDC")
    case .holdings(let holdings):
      if holdings.count == 1, holdings[0].asset == nil { return said(holdings[0].amount, "USDC") }
      let fields = holdings.map { holding in
        let symbol = holding.asset == AssetID(1) ? "ETH" : "USDC"
        return "\"\(symbol)\": \(said(holding.amount, symbol))"
      }
      return "{ \(fields.joined(separator: ", ")) }"
    case .ratio(let ratio): return "\(ratio)"
    case .duration(let duration): return "\"\(duration.microseconds)us\""
    case .count(let count): return "\(count)"
    case .venue: return "\"safety\""
    case .fund: return "\"treasury\""
    case .word(let word): return "\"\(word)\""
    }
  }
}
