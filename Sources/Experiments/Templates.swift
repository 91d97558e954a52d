/// A config to begin with: small, commented, and known to lead to a recognised loss.
///
///     Template.all[0].text(named: "crash")   // crash.jsonc
package struct Template: Sendable {
  package let name: String
  package let summary: String
  /// The config, with `NAME` for what the experiment is called.
  private let pattern: String

  /// The config of an experiment of this name, which has to be an identifier.
  package func text(named name: String) -> String { pattern.replacing("NAME", with: name) }

  package static let all = [minimal, sweep]

  private static let minimal = Template(
    name: "minimal", summary: "the smallest world with a loss",
    pattern: """
      // Question: ETH halves at a stroke. Who pays for what one borrower still owes?
      //
      // Expected picture: the collateral is sold for less than the debt; the lender loses the rest.
      //
      // Run time: no time at all.
      // Run it:   rhodian run NAME.jsonc
      {
        "name": "NAME",
        "horizon": "1h",
        "assets": [ { "id": "USDC", "price": 1 }, { "id": "ETH", "price": 2000 } ],
        "shocks": [ { "at": "10m", "asset": "ETH", "jump": "-50%" } ],
        // Where liquidators sell what they seize.
        "pools": [
          { "id": "ETH-USDC", "kind": "constantProduct", "fee": "0.3%",
            "reserves": { "ETH": 5000, "USDC": "5M" } },
        ],
        // What venues believe a token to be worth.
        "oracles": [
          { "id": "eth", "asset": "ETH", "source": "reference" },
          { "id": "usdc", "asset": "USDC", "source": "fixed" },
        ],
        "venues": [
          {
            "id": "lend", "kind": "lendingPool", "debt": "USDC",
            "collateral": { "ETH": { "ltv": "80%", "threshold": "82.5%", "bonus": "5%" } },
            // Who bears a loss, in order. `rhodian list layers` prints what can stand here.
            "waterfall": [ "proRata" ],
          },
        ],
        "populations": [
          { "id": "lender", "kind": "lender", "venue": "lend", "count": 1, "size": { "fixed": "100k" } },
          { "id": "borrower", "kind": "borrower", "venue": "lend", "count": 1, "collateral": "ETH",
            "size": { "fixed": "100k" }, "ltv": { "fixed": "75%" } },
          { "id": "keeper", "kind": "liquidator", "pool": "ETH-USDC", "count": 1,
            "latency": { "fixed": "12s" } },
        ],
      }

      """)

  private static let sweep = Template(
    name: "sweep", summary: "variants x swept values x seeds, with the loss of each in summary.csv",
    pattern: """
      // Question: does a slower oracle cost lenders more, and does a fund change that?
      //
      // Expected picture: with the price of the moment every loan is liquidated in time. While venues see an
      // old one, debt outgrows its collateral; a fund takes the first losses and lenders bear the rest.
      //
      // Run time: a second for 2 variants x 4 delays x 5 seeds = 40 runs.
      // Run it:   rhodian run NAME.jsonc
      {
        "name": "NAME",
        "horizon": "6h",
        "assets": [ { "id": "USDC", "price": 1 }, { "id": "ETH", "price": 2000 } ],
        "shocks": [ { "at": "1h", "asset": "ETH", "jump": "-40%", "over": "20m", "every": "1m" } ],
        "pools": [
          { "id": "ETH-USDC", "kind": "constantProduct", "fee": "0.3%",
            "reserves": { "ETH": 10000, "USDC": "20M" } },
        ],
        "oracles": [
          { "id": "eth", "asset": "ETH", "source": "reference", "delay": "0s" },
          { "id": "usdc", "asset": "USDC", "source": "fixed" },
        ],
        "venues": [
          {
            "id": "lend", "kind": "lendingPool", "debt": "USDC",
            "collateral": { "ETH": { "ltv": "80%", "threshold": "82.5%", "bonus": "5%" } },
            "waterfall": [ "proRata" ],
          },
        ],
        "populations": [
          { "id": "lenders", "kind": "lender", "venue": "lend", "count": 20, "utilization": "80%",
            "size": { "pareto": { "minimum": "1k", "maximum": "1M", "tail": 1.2 } } },
          { "id": "borrowers", "kind": "borrower", "venue": "lend", "count": 50, "collateral": "ETH",
            "size": { "pareto": { "minimum": "5k", "maximum": "1M", "tail": 1.3 } },
            "ltv": { "beta": { "mean": "62%", "concentration": 8 } } },
          { "id": "keepers", "kind": "liquidator", "pool": "ETH-USDC", "count": 2,
            "latency": { "exponential": "30s" } },
          { "id": "arbs", "kind": "arbitrageur", "pool": "ETH-USDC", "count": 1, "latency": "1m",
            "capital": "1M USDC" },
        ],
        // The config as written is a variant, too: this is its name. The others say what they change.
        "variant": "shared",
        "variants": {
          "fund": { "venues.lend.waterfall": [ { "insuranceFund": { "balance": "20k USDC" } }, "proRata" ] },
        },
        // Each value is run with each variant and each seed.
        "sweep": { "oracles.eth.delay": [ "0s", "1m", "2m", "5m" ] },
        "seeds": "1..5",
      }

      """)
}
