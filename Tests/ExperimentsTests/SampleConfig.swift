@testable import Experiments

/// A small experiment in the vocabulary of the real ones, with every kind of value the reader knows.
struct SampleConfig {
  var name = ""
  var horizon: Int64 = 0
  var assets: [Placed<String>] = []
  var venues: [Venue] = []

  struct Venue {
    var id: Placed<String>
    var debt: [Placed<String>] = []
    var layers: [Layer] = []
  }

  enum Layer: Equatable {
    case proRata
    case fund([NamedAmount])
    case delayed(Int64)
  }

  enum Recognition: String, CaseIterable {
    case onExhaustion, onAuction
  }

  static let usdc = AmountUnit(symbol: "USDC", decimals: 6)
  static let eth = AmountUnit(symbol: "ETH", decimals: 8)

  static var layer: ValueKind<Layer> {
    let fund = ValueKind.object("a fund") { reader in
      reader.read(
        "balance",
        .map(
          from: .identifier(), describedAs: .amount(of: usdc),
          each: { $0 == "ETH" ? .amount(of: eth) : .amount(of: usdc) }),
        "what the fund holds at the start")
    }
    return .variant(
      "a loss layer",
      [
        .plain("proRata", .proRata, "all claims pay alike"),
        .with("insuranceFund", fund, "a fund pays first") { entries in
          .fund(entries.map { NamedAmount(baseUnits: $0.value, symbol: $0.key) })
        },
        .with("delayed", .duration(), "claims pay after a delay") { .delayed($0) },
      ])
  }

  static var venue: ValueKind<Venue> {
    .object(
      "a venue", choosing: "kind", "what sort of venue it is",
      [
        ObjectCase("lendingPool", "a pooled money market") { reader in
          var venue = Venue(id: reader.read("id", .placed(.identifier()), "its name"))
          venue.debt = reader.read("debt", .array(of: .placed(.identifier())), "assets that can be borrowed")
          venue.layers = reader.read("waterfall", .array(of: layer, count: .from(1)), "who pays, in order")
          _ = reader.read("threshold", .ratio(in: .between(0, 1)), default: "80%", "where liquidation begins")
          _ = reader.read(
            "recognition", .choice(Recognition.self), default: "onExhaustion", "when a loss counts")
          return venue
        },
        ObjectCase("vault", "a vault of shares") { reader in
          let venue = Venue(id: reader.read("id", .placed(.identifier()), "its name"))
          _ = reader.readIfGiven("share", .identifier(), "the name of its share")
          return venue
        },
      ])
  }

  static var kind: ValueKind<SampleConfig> {
    .object("an experiment") { reader in
      var config = SampleConfig()
      config.name = reader.read("name", .identifier(), "what the results are called")
      config.horizon = reader.read("horizon", .duration(in: .above(0)), default: "2d", "how long a run lasts")
      config.assets = reader.read(
        "assets",
        .array(
          of: .object("an asset") { asset in
            _ = asset.read("price", .number(in: .above(0), unit: "USD"), "its price at the start")
            return asset.read("id", .placed(.identifier()), "its name")
          }), "what is traded")
      config.venues = reader.read("venues", .array(of: venue), default: [], "who lends")
      return config
    }
  }

  /// Rules between entities: ids are given once, debts are declared assets.
  static func check(_ config: SampleConfig, _ diagnostics: Diagnostics) {
    var assets = DeclaredNames("asset")
    for asset in config.assets { assets.declare(asset, diagnostics) }
    var venues = DeclaredNames("venue")
    for venue in config.venues {
      venues.declare(venue.id, diagnostics)
      for debt in venue.debt { assets.check(debt, diagnostics) }
    }
  }

  static func read(_ text: String) throws(ReadingFailure) -> ConfigReader.Reading<SampleConfig> {
    try read(Array(text.utf8))
  }

  static func read(_ bytes: [UInt8]) throws(ReadingFailure) -> ConfigReader.Reading<SampleConfig> {
    let document = try ConfigReader.parse(SourceFile(name: "x.jsonc", bytes: bytes))
    return try ConfigReader.read(document, kind, check: check)
  }

  static let text = """
    // Question: who pays?
    {
      "name": "vault-haircut",
      "assets": [
        { "id": "USDC", "price": 1 },
        { "id": "ETH", "price": 2000.50 }, /* a guess */
      ],
      "venues": [
        {
          "id": "lend", "kind": "lendingPool", "debt": ["USDC"], "threshold": "82.5%",
          "waterfall": [ { "insuranceFund": { "balance": { "ETH": 500, "USDC": "2.5M USDC" } } }, "proRata" ],
        },
        { "id": "vault", "kind": "vault", "share": "vUSDC" },
      ],
    }

    """
}

/// The full text of what reading `text` refuses, `accepted` if it refuses nothing.
func refusal<Value>(of text: String, as kind: ValueKind<Value>) -> String {
  do throws(ReadingFailure) {
    let source = SourceFile(name: "x.jsonc", bytes: Array(text.utf8))
    _ = try ConfigReader.read(try ConfigReader.parse(source), kind)
    return "accepted"
  } catch {
    return error.description
  }
}
