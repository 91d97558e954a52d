/// Mistakes about markets: processes, correlations, impact, oracles.
extension BadConfig {
  static let markets = [
    BadConfig(
      "a stable-swap pool without any flatness",
      (#""constantProduct", "fee""#, #""stableSwap", "amplification": 0, "fee""#),
      message: #"""
        bad.jsonc:7:60: the integer is out of range
          at pools[0].amplification
          found: 0
          allowed: an integer from 1 to 1000000
            7 |     { "id": "pool", "kind": "stableSwap", "amplification": 0, "fee": "0%", "reserves": { "ETH": 90, "USDC": "90k" } },
              |                                                            ^
        """#),
    BadConfig(
      "the amplification of a constant product",
      (#""constantProduct", "fee""#, #""constantProduct", "amplification": 10, "fee""#),
      message: #"""
        bad.jsonc:7:48: unknown key `amplification`
          at pools[0].amplification
          allowed: fee, id, kind, reserves
            7 |     { "id": "pool", "kind": "constantProduct", "amplification": 10, "fee": "0%", "reserves": { "ETH": 90, "…
              |                                                ^^^^^^^^^^^^^^^
        """#),
    BadConfig(
      "a process that is none",
      (#"{ "id": "ETH", "price": 2000 }"#, #"{ "id": "ETH", "price": 2000, "process": "gmb" }"#),
      message: #"""
        bad.jsonc:4:86: `gmb` is not a process
          at assets[1].process
          found: "gmb"
          allowed: gbm, jumpDiffusion, peg, regimes, replay
          did you mean `gbm`?
            4 | …DC", "price": 1 }, { "id": "ETH", "price": 2000, "process": "gmb" } ],
              |                                                              ^^^^^
        """#),
    BadConfig(
      "a process without its volatility",
      (
        #"{ "id": "ETH", "price": 2000 }"#,
        #"{ "id": "ETH", "price": 2000, "process": { "gbm": { "drift": "5%" } } }"#
      ),
      message: #"""
        bad.jsonc:4:111: missing key `volatility`
          at assets[1].process.gbm.volatility
          allowed: a ratio from 0% to 10000%, such as "35%" or 0.35
          meaning: standard deviation of log returns a year
            4 | …: "ETH", "price": 2000, "process": { "gbm": { "drift": "5%" } } } ],
              |                                                              ^
        """#),
    BadConfig(
      "one regime only",
      (
        #"{ "id": "ETH", "price": 2000 }"#,
        #"{ "id": "ETH", "price": 2000, "process": { "regimes": { "states": [ { "volatility": 1, "meanDuration": "1h" } ] } } }"#
      ),
      message: #"""
        bad.jsonc:4:111: the array has the wrong size
          at assets[1].process.regimes.states
          found: [ 1 value ]
          allowed: an array: [ … ] of 2 or more values
            4 | …: "ETH", "price": 2000, "process": { "regimes": { "states": [ { "volatility": 1, "meanDuration": "1h" } ] } } } ],
              |                                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        """#),
    BadConfig(
      "a replay of nothing",
      (#"{ "id": "ETH", "price": 2000 }"#, #"{ "id": "ETH", "price": 2000, "process": { "replay": {} } }"#),
      message: #"""
        bad.jsonc:4:98: a replay needs prices
          at assets[1].process.replay.history
          allowed: `file`, or `history`
            4 | …: 1 }, { "id": "ETH", "price": 2000, "process": { "replay": {} } } ],
              |                                                              ^^
        """#),
    BadConfig(
      "a replay of a file that is not there",
      (
        #"{ "id": "ETH", "price": 2000 }"#,
        #"{ "id": "ETH", "price": 2000, "process": { "replay": { "file": "no.csv" } } }"#
      ),
      message: #"""
        bad.jsonc:4:108: there is no such file
          at assets[1].process.replay.file
          found: "no.csv"
          allowed: a path from the folder of this config
            4 | …id": "ETH", "price": 2000, "process": { "replay": { "file": "no.csv" } } } ],
              |                                                              ^^^^^^^^
        """#),
    BadConfig(
      "a history whose times do not rise",
      (
        #"{ "id": "ETH", "price": 2000 }"#,
        #"{ "id": "ETH", "price": 2000, "process": { "replay": { "history": { "times": [0, 5, 5], "prices": [1, 2, 3] } } } }"#
      ),
      message: #"""
        bad.jsonc:4:122: the times do not rise from 0
          at assets[1].process.replay.history.times
          found: [ 3 values ]
          allowed: 0, then later and later
            4 | …rice": 2000, "process": { "replay": { "history": { "times": [0, 5, 5], "prices": [1, 2, 3] } } } } ],
              |                                                              ^^^^^^^^^
        """#),
    BadConfig(
      "a history of fewer prices than times",
      (
        #"{ "id": "ETH", "price": 2000 }"#,
        #"{ "id": "ETH", "price": 2000, "process": { "replay": { "history": { "times": [0, 5], "prices": [1] } } } }"#
      ),
      message: #"""
        bad.jsonc:4:140: there are not as many prices as times
          at assets[1].process.replay.history.prices
          found: [ 1 value ]
          allowed: a price for each of `times`
            4 | …ess": { "replay": { "history": { "times": [0, 5], "prices": [1] } } } } ],
              |                                                              ^^^
        """#),
    BadConfig(
      "a correlation with what never moves",
      (
        #"{ "id": "ETH", "price": 2000 }"#,
        #"{ "id": "ETH", "price": 2000, "process": { "gbm": { "volatility": 1 } } }"#
      ),
      (
        #""horizon": "3h","#,
        #""horizon": "3h", "correlations": [ { "between": ["ETH", "USDC"], "is": 0.5 } ],"#
      ),
      message: #"""
        bad.jsonc:3:59: USDC has no process with a random step
          at correlations[0].between[1]
          allowed: an asset whose `process` is gbm, jumpDiffusion, peg or regimes
            3 |   "horizon": "3h", "correlations": [ { "between": ["ETH", "USDC"], "is": 0.5 } ],
              |                                                           ^^^^^^
        """#),
    BadConfig(
      "a correlation with itself",
      (
        #"{ "id": "ETH", "price": 2000 }"#,
        #"{ "id": "ETH", "price": 2000, "process": { "gbm": { "volatility": 1 } } }"#
      ),
      (
        #""horizon": "3h","#,
        #""horizon": "3h", "correlations": [ { "between": ["ETH", "ETH"], "is": 0.5 } ],"#
      ),
      message: #"""
        bad.jsonc:3:59: an asset is correlated with itself
          at correlations[0].between[1]
            3 |   "horizon": "3h", "correlations": [ { "between": ["ETH", "ETH"], "is": 0.5 } ],
              |                                                           ^^^^^
        """#),
    BadConfig(
      "correlations that cannot all hold",
      (
        #"{ "id": "USDC", "price": 1 }"#,
        #"{ "id": "USDC", "price": 1, "process": { "gbm": { "volatility": 1 } } }"#
      ),
      (
        #"{ "id": "ETH", "price": 2000 }"#,
        #"{ "id": "ETH", "price": 2000, "process": { "gbm": { "volatility": 1 } } },\#n    { "id": "BTC", "price": 2000, "process": { "gbm": { "volatility": 1 } } }"#
      ),
      (
        #""horizon": "3h","#,
        #""horizon": "3h",\#n  "correlations": [\#n    { "between": ["ETH", "USDC"], "is": "90%" }, { "between": ["BTC", "USDC"], "is": "90%" },\#n    { "between": ["ETH", "BTC"], "is": "-90%" } ],"#
      ),
      message: #"""
        bad.jsonc:4:19: these correlations cannot all hold at once
          at correlations
          found: [ 3 values ]
          allowed: a positive definite matrix
          of three assets, two that each move with the third also move with each other
            4 |   "correlations": [
              |                   ^
        """#),
    BadConfig(
      "a pair of correlated assets named twice",
      (
        #"{ "id": "USDC", "price": 1 }"#,
        #"{ "id": "USDC", "price": 1, "process": { "gbm": { "volatility": 1 } } }"#
      ),
      (
        #"{ "id": "ETH", "price": 2000 }"#,
        #"{ "id": "ETH", "price": 2000, "process": { "gbm": { "volatility": 1 } } }"#
      ),
      (
        #""horizon": "3h","#,
        #""horizon": "3h",\#n  "correlations": [ { "between": ["ETH", "USDC"], "is": 0.9 }, { "between": ["USDC", "ETH"], "is": 0.9 } ],"#
      ),
      message: #"""
        bad.jsonc:4:64: this pair's correlation is given twice
          at correlations[1]
            4 | …correlations": [ { "between": ["ETH", "USDC"], "is": 0.9 }, { "between": ["USDC", "ETH"], "is": 0.9 } ],
              |                                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        """#),
    BadConfig(
      "more ticks than anybody waits for",
      (#""horizon": "3h","#, #""horizon": "3h", "tick": "1us","#),
      message: #"""
        bad.jsonc:3:28: a run has 10800000000 ticks
          at tick
          found: "1us"
          allowed: at most 1000000000 of them in `horizon`
            3 |   "horizon": "3h", "tick": "1us",
              |                            ^^^^^
        """#),
    BadConfig(
      "an impact that is none",
      (#"{ "id": "ETH", "price": 2000 }"#, #"{ "id": "ETH", "price": 2000, "impact": "sqrt" }"#),
      message: #"""
        bad.jsonc:4:85: `sqrt` is not an impact
          at assets[1].impact
          found: "sqrt"
          allowed: squareRoot, linear
            4 | …SDC", "price": 1 }, { "id": "ETH", "price": 2000, "impact": "sqrt" } ],
              |                                                              ^^^^^^
        """#),
    BadConfig(
      "an impact without depth",
      (
        #"{ "id": "ETH", "price": 2000 }"#,
        #"{ "id": "ETH", "price": 2000, "impact": { "linear": { "depth": 0 } } }"#
      ),
      message: #"""
        bad.jsonc:4:108: the amount is out of range
          at assets[1].impact.linear.depth
          found: 0
          allowed: an amount above 0 ETH, such as "2.5M ETH", "60k" or 20000 (suffixes: k, M, B)
            4 | …id": "ETH", "price": 2000, "impact": { "linear": { "depth": 0 } } } ],
              |                                                              ^
        """#),
    BadConfig(
      "an impact in another asset's units",
      (
        #"{ "id": "ETH", "price": 2000 }"#,
        #"{ "id": "ETH", "price": 2000, "impact": { "squareRoot": { "dailyVolume": "800M USDC", "coefficient": 0.5 } } }"#
      ),
      message: #"""
        bad.jsonc:4:118: this amount is in ETH, not in `USDC`
          at assets[1].impact.squareRoot.dailyVolume
          found: "800M USDC"
          allowed: an amount above 0 ETH, such as "2.5M ETH", "60k" or 20000 (suffixes: k, M, B)
            4 | …, "price": 2000, "impact": { "squareRoot": { "dailyVolume": "800M USDC", "coefficient": 0.5 } } } ],
              |                                                              ^^^^^^^^^^^
        """#),
  ]
}
