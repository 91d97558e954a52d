import Foundation

/// The smallest world with a loss, in several hundred versions: some without a loss, some that fail.
enum TinySweep {
  static let world = #"""
    {
      "name": "tiny", "horizon": "20m",
      "assets": [ { "id": "USDC", "price": 1 }, { "id": "ETH", "price": 2000 } ],
      "shocks": [ { "at": "10m", "asset": "ETH", "jump": "-50%" } ],
      "pools": [
        { "id": "pool", "kind": "constantProduct", "fee": "0.3%", "reserves": { "ETH": 5000, "USDC": "5M" } },
      ],
      "oracles": [
        { "id": "eth", "asset": "ETH" }, { "id": "usdc", "asset": "USDC", "source": "fixed" },
      ],
      "venues": [
        { "id": "lend", "kind": "lendingPool", "debt": "USDC",
          "collateral": { "ETH": { "ltv": "80%", "threshold": "82.5%", "bonus": "5%" } },
          "waterfall": [ "proRata" ] },
      ],
      "populations": [
        { "id": "lender", "kind": "lender", "venue": "lend", "count": 1, "size": { "fixed": "100k" } },
        { "id": "borrower", "kind": "borrower", "venue": "lend", "count": 1, "collateral": "ETH",
          "size": { "fixed": "100k" }, "ltv": { "beta": { "mean": "70%", "concentration": 80 } } },
        { "id": "keeper", "kind": "liquidator", "pool": "pool", "count": 1,
          "latency": { "exponential": "12s" } },
      ],
    }

    """#

  /// 3 variants × 2 × 3 values × 41 seeds = 738 runs in 12 chunks; a lender who is too poor for the borrower
  /// fails a third of them.
  static let sweep = #"""
    {
      "extends": "world.jsonc",
      "variant": "shared",
      "variants": {
        "fund": { "venues.lend.waterfall": [ { "insuranceFund": { "balance": "1k USDC" } }, "proRata" ] },
        "poor": { "populations.lender.size.fixed": "10k" },
      },
      "sweep": { "oracles.eth.delay": [ "0s", "1m" ], "shocks[0].jump": [ "-20%", "-50%", "-60%" ] },
      "seeds": "1..41",
      "output": { "events": "all" },
    }

    """#

  static let runCount = 738
  static let chunkCount = 12

  /// A folder with both files.
  static func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write("world.jsonc", world)
    try scratch.write("sweep.jsonc", sweep)
    return scratch
  }

  /// The sweep by one worker, made once for all that compare with it.
  static let undisturbed: Result<Scratch, any Error> = Result {
    let scratch = try TinySweep.scratch()
    let run = try scratch.rhodian("run", "sweep.jsonc", "--out", "out", "--jobs", "1")
    guard run.code == 70 else { throw Unexpected(run: run) }
    return scratch
  }

  struct Unexpected: Error { let run: Finished }
}

/// Steele, Lea and Flood's SplitMix64 (OOPSLA 2014): enough chance for a test, from a seed it can print.
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// From 0 to 1.
  mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }
}
