import Experiments
import Kernel

/// A config with something wrong in it: whatever it is, the reader answers, and so does the plan.
enum ConfigFuzz {
  /// A small config that uses most of what there is.
  private static let base = """
    { "name": "fuzz", "horizon": "1h", "seeds": "1..3", "output": { "events": "all" },
      "assets": [ { "id": "USDC", "price": 1 }, { "id": "ETH", "price": 2000, "decimals": 12 } ],
      "shocks": [ { "at": "10m", "asset": "ETH", "jump": "-40%", "over": "5m", "every": "30s" } ],
      "pools": [ { "id": "p", "kind": "constantProduct", "fee": "0.3%",
                   "reserves": { "ETH": 10, "USDC": "20k" } } ],
      "oracles": [ { "id": "e", "asset": "ETH", "source": { "pool": "p" }, "delay": "1m" },
                   { "id": "u", "asset": "USDC", "source": "fixed" } ],
      "venues": [ { "id": "v", "kind": "lendingPool", "debt": "USDC", "borrowRate": "4%",
        "collateral": { "ETH": { "ltv": "70%", "threshold": "80%", "bonus": "5%" } },
        "waterfall": [ { "insuranceFund": { "balance": "10 USDC", "perEvent": 5 } },
                       "proRata", "unresolved" ] } ],
      "populations": [
        { "id": "l", "kind": "lender", "venue": "v", "count": 2,
          "size": { "fixed": "10k" }, "utilization": "50%" },
        { "id": "b", "kind": "borrower", "venue": "v", "count": 3, "collateral": "ETH",
          "size": { "pareto": { "minimum": 10, "maximum": 100, "tail": 1.5 } },
          "ltv": { "beta": { "mean": "60%", "concentration": 9 } } },
        { "id": "k", "kind": "liquidator", "pool": "p", "count": 1, "latency": { "exponential": "12s" } },
        { "id": "a", "kind": "arbitrageur", "pool": "p", "count": 1, "latency": "1m", "capital": "1k" } ],
      "variant": "shared",
      "variants": { "fund": { "venues.v.waterfall": [ "proRata" ], "oracles[0].delay": "2m" } },
      "sweep": { "shocks[0].jump": [ "-20%", "-50%" ], "venues.v.borrowRate": [ "0%", "4%", "9%" ] },
      "zip": [ { "pools.p.fee": [ "0.3%", "1%" ], "populations.b.count": [ 3, 4 ] } ] }
    """

  /// Keys of a plan, and paths that lead somewhere, nowhere or to what another path has set.
  private static let planPieces = [
    "\"sweep\": {", "\"zip\": [{", "\"variants\": {", "\"extends\": \"x\",",
    "\"seeds\": \"1..9007199254740992\",",
    "\"venues.v.waterfall.insuranceFund.balance\": [1],", "\"venues.v\": [null],", "\"sweep\": [1],",
    "\"venues[0].borrowRate\": [\"1%\"],", "\"venues..v\"", "\"[\"", "\"populations[9].count\"",
  ]

  private static let pieces: [String] = [
    "{", "}", "[", "]", ",", ":", "\"", "null", "NaN", "-1", "1e999", "99999999999999999999", "0x10", "\u{0}",
    "//",
    "/*", "\\ud800", "\"id\": \"v\",", "\"-5%\"", "\"1e9 USDC\"", "\"0s\"", "true", "\u{FEFF}", "\"venues\"",
  ]

  static func trial(_ seed: UInt64) -> String? {
    var stream = RandomStreams(populationSeed: seed, shockSeed: seed).stream(
      .test, EntityKey(id: "config"), Epoch(slot: 0))
    var bytes = Array(base.utf8)
    for _ in 0...stream.nextInteger(below: 4) { mutate(&bytes, &stream) }
    do throws(ReadingFailure) {
      let document = try ConfigReader.parse(SourceFile(name: "fuzz.jsonc", bytes: bytes))
      let plan = try Plan.read(document)
      // What has been read is written down, and has to be read again as the same.
      let resolved = SourceFile(name: "resolved.json", bytes: plan.resolved.canonicalBytes)
      let again = try Plan.read(ConfigReader.parse(resolved))
      if again.fingerprint != plan.fingerprint { return "the resolved config is another plan" }
    } catch {
      if error.description.isEmpty { return "a refusal without a word" }
    }
    return nil
  }

  private static func mutate(_ bytes: inout [UInt8], _ stream: inout RandomStream) {
    guard !bytes.isEmpty else { return }
    let pieces = stream.nextInteger(below: 3) == 0 ? planPieces : pieces
    let place = Int(stream.nextInteger(below: UInt64(bytes.count)))
    let length = min(Int(stream.nextInteger(below: 24)), bytes.count - place)
    switch stream.nextInteger(below: 7) {
    case 0: bytes[place] = UInt8(stream.nextInteger(below: 256))
    case 1: bytes.removeSubrange(place..<place + length)
    case 2: bytes = Array(bytes.prefix(place))
    case 3: bytes.insert(contentsOf: bytes[place..<place + length], at: place)
    case 4:
      bytes.insert(contentsOf: pieces[Int(stream.nextInteger(below: UInt64(pieces.count)))].utf8, at: place)
    case 5: bytes.insert(contentsOf: repeatElement(UInt8(ascii: "["), count: 10_000), at: place)
    default:
      bytes.replaceSubrange(
        place..<place + length, with: pieces[Int(stream.nextInteger(below: UInt64(pieces.count)))].utf8)
    }
  }
}
