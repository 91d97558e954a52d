import Economy
import Testing

@testable import Experiments

/// What `rhodian list layers` says, held against the reader of configs.
@Suite("The printed catalog of layers")
struct CatalogsTests {
  /// A world in which every example has what it names.
  private func config(_ layer: String, kind: String, stake: String = "USDC", recognition: String? = nil)
    -> String
  {
    let venue =
      switch kind {
      case "vault":
        #""id": "v", "kind": "vault", "asset": "USDC", "allocation": { "below": "50%" },"#
      case "isolatedMarket":
        #""id": "v", "kind": "isolatedMarket", "debt": "USDC", "collateral": "ETH", "lltv": "80%","#
      default:
        #""id": "v", "kind": "lendingPool", "debt": "USDC", "collateral": { "ETH": \#(Self.terms) },"#
      }
    let rate = kind == "vault" ? "" : #""borrowRate": "5%", "reserveFactor": "10%","#
    let admits = recognition.map { #""recognition": "\#($0)","# } ?? ""
    return #"""
      {
        "name": "listed", "horizon": "1h",
        "assets": [ { "id": "USDC", "price": 1 }, { "id": "ETH", "price": 2000 }, { "id": "GOV", "price": 1 } ],
        "oracles": [ { "id": "u", "asset": "USDC" }, { "id": "e", "asset": "ETH" }, { "id": "g", "asset": "GOV" } ],
        "funds": [ { "id": "treasury", "holds": { "USDC": "1M" } } ],
        "venues": [
          { "id": "safety", "kind": "stakePool", "asset": "\#(stake)" },
          { "id": "below", "kind": "lendingPool", "debt": "USDC", "collateral": { "ETH": \#(Self.terms) },
            "waterfall": [ "proRata" ] },
          { \#(venue) \#(rate) \#(admits) "waterfall": [ \#(layer) ] },
        ],
        "populations": [],
      }
      """#
  }

  private static let terms = #"{ "ltv": "80%", "threshold": "85%", "bonus": "5%" }"#
  private static let kinds = ["lendingPool", "isolatedMarket", "vault"]

  private func read(_ text: String) -> WorldSpecification? {
    try? Plan.read(ConfigReader.parse(SourceFile(name: "x", bytes: Array(text.utf8)))).config(
      of: Plan.read(ConfigReader.parse(SourceFile(name: "x", bytes: Array(text.utf8)))).point(0)
    ).world
  }

  /// What the list says of a layer, by key.
  private func said(of layer: any LossLayer.Type) -> [String: String] {
    let lines = Catalogs.layers.drop { !$0.hasPrefix(layer.declaration.name + " ") }.prefix { !$0.isEmpty }
    return Dictionary(
      lines.map { line in
        let words = line.drop { $0 == " " }
        let key = words.prefix { $0 != " " }
        let name =
          line.hasPrefix("  takes from") ? "takes from" : line.hasPrefix("  borne by") ? "borne by" : "\(key)"
        return (name, String(line.dropFirst(18)))
      }, uniquingKeysWith: { first, _ in first })
  }

  @Test("each example is what a waterfall takes, at every kind of venue that is named and at no other")
  func examples() throws {
    for layer in LayerCatalog.all {
      let (name, said) = (layer.declaration.name, said(of: layer))
      let example = try #require(said["example"], "\(name)")
      let fits = try #require(said["fits"], "\(name)")
      for kind in Self.kinds {
        let world = read(config(example, kind: kind))
        #expect((world != nil) == fits.contains(kind), "\(name) at a \(kind)")
        if let world { #expect(world.venues[2].waterfall.map { "\($0.type)" } == ["\(layer)"]) }
      }
      // What has to be sold first is another reason to refuse it.
      let cash = example.replacing(#"{ "USDC": "200k", "ETH": 25 }"#, with: #""200k USDC""#)
      let provision = read(config(cash, kind: "lendingPool", recognition: "onUndercollateralization"))
      #expect((provision != nil) == !fits.contains("not with provisions"), "\(name)")
      #expect(said["takes from"] != nil && said["borne by"] != nil, "\(name)")
      for parameter in layer.declaration.parameters {
        #expect(said[parameter.name]?.hasPrefix(parameter.meaning) ?? false, "\(name).\(parameter.name)")
      }
    }
  }
}
