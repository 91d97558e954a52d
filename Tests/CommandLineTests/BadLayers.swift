/// Mistakes about who bears a loss: layers, what they call, their limits.
extension BadConfig {
  static let layers = [
    BadConfig(
      "layers after one that leaves nothing",
      (#""proRata" ],"#, #""proRata", { "insuranceFund": { "balance": "1k" } }, "unresolved" ],"#),
      message: #"""
        bad.jsonc:18:20: layers after `proRata` are never reached
          at venues[0].waterfall
          found: [ 4 values ]
          allowed: `proRata` last, or with a limit such as `capShare`
           18 |       "waterfall": [ { "insuranceFund": { "balance": "2000 USDC" } }, "proRata"…
              |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        """#),
    BadConfig(
      "a ratio where a spread of them is wanted",
      (#""ltv": { "fixed": "80%" }"#, #""ltv": "84%""#),
      message: #"""
        bad.jsonc:24:42: `84%` is not a spread of ratios
          at populations[1].ltv
          found: "84%"
          allowed: { "fixed": "80%" }, { "uniform": { "from": …, "to": … } } or { "beta": { "mean": …, "concentration": … } }
          did you mean `{ "fixed": "84%" }`?
           24 |       "size": { "fixed": "20k" }, "ltv": "84%" },
              |                                          ^^^^^
        """#),
    BadConfig(
      "a number where a spread of sizes is wanted",
      (#""size": { "fixed": "20k" }, "ltv""#, #""size": 20000, "ltv""#),
      message: #"""
        bad.jsonc:24:15: expected a spread of sizes, found a number
          at populations[1].size
          found: 20000
          allowed: { "fixed": "10k" }, { "uniform": { "from": …, "to": … } } or { "pareto": { "minimum": …, "maximum": …, "tail": … } }
          did you mean `{ "fixed": 20000 }`?
           24 |       "size": 20000, "ltv": { "fixed": "80%" } },
              |               ^^^^^
        """#),
    BadConfig(
      "a stake pool by a name that is nearly right",
      (
        #""venues": ["#,
        #""venues": [\#n    { "id": "safety", "kind": "stakePool", "asset": "USDC" },"#
      ),
      (
        #""proRata" ],"#,
        #"{ "stakedBackstop": { "stake": "safty" } } ],"#
      ),
      message: #"""
        bad.jsonc:19:102: unknown stake pool `safty`
          at venues[1].waterfall[1].stakedBackstop.stake
          found: "safty"
          allowed: the id of a stake pool
          declared: safety
          did you mean `safety`?
           19 | … "balance": "2000 USDC" } }, { "stakedBackstop": { "stake": "safty" } } ],
              |                                                              ^^^^^^^
        """#),
    BadConfig(
      "a stake pool below the venue that calls it",
      (
        #""proRata" ],\#n    },"#,
        #"{ "stakedBackstop": { "stake": "safety" } } ],\#n    },\#n    { "id": "safety", "kind": "stakePool", "asset": "USDC" },"#
      ),
      message: #"""
        bad.jsonc:18:102: unknown stake pool `safety`
          at venues[0].waterfall[1].stakedBackstop.stake
          found: "safety"
          allowed: the id of a stake pool
          declared: none
          it is declared further down: a stake pool stands before the venues whose layers call it
           18 | … "balance": "2000 USDC" } }, { "stakedBackstop": { "stake": "safety" } } ],
              |                                                              ^^^^^^^^
        """#),
    BadConfig(
      "a venue that is no stake pool",
      (
        #""proRata" ],"#,
        #"{ "stakedBackstop": { "stake": "lend" } } ],"#
      ),
      message: #"""
        bad.jsonc:18:102: unknown stake pool `lend`
          at venues[0].waterfall[1].stakedBackstop.stake
          found: "lend"
          allowed: the id of a stake pool
          declared: none
          it is a venue of kind `lendingPool`
           18 | … "balance": "2000 USDC" } }, { "stakedBackstop": { "stake": "lend" } } ],
              |                                                              ^^^^^^
        """#),
    BadConfig(
      "a junior tranche in another asset",
      (
        #""venues": ["#,
        #""venues": [\#n    { "id": "safety", "kind": "stakePool", "asset": "ETH" },"#
      ),
      (
        #""proRata" ],"#,
        #"{ "tranches": { "junior": "safety" } } ],"#
      ),
      message: #"""
        bad.jsonc:19:97: it holds ETH, and the venue lends USDC
          at venues[1].waterfall[1].tranches.junior
          found: "safety"
          allowed: a stake pool of the one asset that the venue lends
           19 | …d": { "balance": "2000 USDC" } }, { "tranches": { "junior": "safety" } } ],
              |                                                              ^^^^^^^^
        """#),
    BadConfig(
      "a mutual pool of another asset",
      (
        #""venues": ["#,
        #""venues": [\#n    { "id": "club", "kind": "stakePool", "asset": "ETH" },"#
      ),
      (
        #""proRata" ],"#,
        #"{ "mutualPool": { "pool": "club", "calls": "10%" } } ],"#
      ),
      message: #"""
        bad.jsonc:19:97: it holds ETH, and the venue lends USDC
          at venues[1].waterfall[1].mutualPool.pool
          found: "club"
          allowed: a stake pool of the one asset that the venue lends
           19 | …d": { "balance": "2000 USDC" } }, { "mutualPool": { "pool": "club", "calls": "10%" } } ],
              |                                                              ^^^^^^
        """#),
    BadConfig(
      "minting what the venue lends",
      (
        #""proRata" ],"#,
        #"{ "tokenDilution": { "mints": "1M USDC" } } ],"#
      ),
      message: #"""
        bad.jsonc:18:101: nobody mints what the venue lends
          at venues[0].waterfall[1].tokenDilution.mints
          found: "1M USDC"
          allowed: an amount of another asset
           18 | …{ "balance": "2000 USDC" } }, { "tokenDilution": { "mints": "1M USDC" } } ],
              |                                                              ^^^^^^^^^
        """#),
    BadConfig(
      "minting without saying what",
      (
        #""proRata" ],"#,
        #"{ "tokenDilution": { "mints": "1M" } } ],"#
      ),
      message: #"""
        bad.jsonc:18:101: the amount does not name its asset
          at venues[0].waterfall[1].tokenDilution.mints
          found: "1M"
          allowed: an amount with its asset, such as "2.5M USDC" (suffixes: k, M, B)
          declared: USDC, ETH
           18 | …{ "balance": "2000 USDC" } }, { "tokenDilution": { "mints": "1M" } } ],
              |                                                              ^^^^
        """#),
    BadConfig(
      "a sale of an unknown kind",
      (
        #""proRata" ],"#,
        #"{ "tokenDilution": { "mints": "1M ETH", "sale": "flop" } } ],"#
      ),
      message: #"""
        bad.jsonc:18:119: unknown choice `flop`
          at venues[0].waterfall[1].tokenDilution.sale
          found: "flop"
          allowed: market, auction
           18 | … USDC" } }, { "tokenDilution": { "mints": "1M ETH", "sale": "flop" } } ],
              |                                                              ^^^^^^
        """#),
    BadConfig(
      "reserves where nothing is kept",
      (
        #""proRata" ],"#,
        #""reserve", "proRata" ],"#
      ),
      message: #"""
        bad.jsonc:18:20: `reserve` (layer 1) pays out of the interest that a venue keeps, and this one keeps none
          at venues[0].waterfall
          found: [ 3 values ]
          allowed: a `reserveFactor` above 0, or another layer
           18 |       "waterfall": [ { "insuranceFund": { "balance": "2000 USDC" } }, "reserve"…
              |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        """#),
    BadConfig(
      "revenue where nothing is kept",
      (
        #""proRata" ],"#,
        #"{ "revenueCapture": { "share": "50%" } } ],"#
      ),
      message: #"""
        bad.jsonc:18:20: `revenueCapture` (layer 1) pays out of the interest that a venue keeps, and this one keeps none
          at venues[0].waterfall
          found: [ 2 values ]
          allowed: a `reserveFactor` above 0, or another layer
           18 |       "waterfall": [ { "insuranceFund": { "balance": "2000 USDC" } }, { "revenu…
              |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        """#),
    BadConfig(
      "a refill where nothing is kept",
      (
        #""proRata" ],"#,
        #"{ "insuranceFund": { "balance": "1k", "refill": "10%" } } ],"#
      ),
      message: #"""
        bad.jsonc:18:20: `insuranceFund` (layer 1) is refilled out of the interest that a venue keeps, and this one keeps none
          at venues[0].waterfall
          found: [ 2 values ]
          allowed: a `reserveFactor` above 0, or no `refill`
           18 |       "waterfall": [ { "insuranceFund": { "balance": "2000 USDC" } }, { "insura…
              |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        """#),
    BadConfig(
      "a mix of one asset",
      (
        #""proRata" ],"#,
        #"{ "insuranceFund": { "balance": { "ETH": 5, "USDC": 0 }, "rebalance": "1h" } } ],"#
      ),
      message: #"""
        bad.jsonc:18:20: `insuranceFund` (layer 1) is rebalanced, and begins with one asset alone
          at venues[0].waterfall
          found: [ 2 values ]
          allowed: amounts of several assets, or no `rebalance`
           18 |       "waterfall": [ { "insuranceFund": { "balance": "2000 USDC" } }, { "insura…
              |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        """#),
    BadConfig(
      "rebalancing all the time",
      (
        #""proRata" ],"#,
        #"{ "insuranceFund": { "balance": { "ETH": 5, "USDC": 9 }, "rebalance": "0s" } } ],"#
      ),
      message: #"""
        bad.jsonc:18:141: the duration is out of range
          at venues[0].waterfall[1].insuranceFund.rebalance
          found: "0s"
          allowed: a duration from 1ms
           18 | …ceFund": { "balance": { "ETH": 5, "USDC": 9 }, "rebalance": "0s" } } ],
              |                                                              ^^^^
        """#),
    BadConfig(
      "isolated in a vault",
      (
        #""proRata" ],\#n    },"#,
        #""proRata" ],\#n    },\#n    { "id": "vault", "kind": "vault", "asset": "USDC", "allocation": { "lend": "70%" }, "waterfall": [ "isolated" ] },"#
      ),
      message: #"""
        bad.jsonc:20:102: `isolated` (layer 0) is for the losses of loans, and this venue makes none
          at venues[1].waterfall
          found: [ 1 value ]
          allowed: another layer
           20 | …set": "USDC", "allocation": { "lend": "70%" }, "waterfall": [ "isolated" ] },
              |                                                              ^^^^^^^^^^^^^^
        """#),
    BadConfig(
      "a share of a loss above all of it",
      (
        #""proRata" ],"#,
        #"{ "proRata": { "capShare": "120%" } } ],"#
      ),
      message: #"""
        bad.jsonc:18:98: the ratio is out of range
          at venues[0].waterfall[1].proRata.capShare
          found: "120%"
          allowed: a ratio above 0%, up to 100%, such as "35%" or 0.35
           18 | …": { "balance": "2000 USDC" } }, { "proRata": { "capShare": "120%" } } ],
              |                                                              ^^^^^^
        """#),
    BadConfig(
      "a cap below nothing",
      (
        #""proRata" ],"#,
        #"{ "proRata": { "cap": "-5 USDC" } } ],"#
      ),
      message: #"""
        bad.jsonc:18:93: amounts are not negative
          at venues[0].waterfall[1].proRata.cap
          found: "-5 USDC"
          allowed: an amount, such as "2.5M USDC", "60k" or 20000 (suffixes: k, M, B)
           18 | …eFund": { "balance": "2000 USDC" } }, { "proRata": { "cap": "-5 USDC" } } ],
              |                                                              ^^^^^^^^^
        """#),
    BadConfig(
      "a limit in what the venue does not lend",
      (
        #""proRata" ],"#,
        #"{ "proRata": { "perDay": "5 ETH" } } ],"#
      ),
      message: #"""
        bad.jsonc:18:96: this amount is in USDC, not in `ETH`
          at venues[0].waterfall[1].proRata.perDay
          found: "5 ETH"
          allowed: an amount, such as "2.5M USDC", "60k" or 20000 (suffixes: k, M, B)
           18 | …nd": { "balance": "2000 USDC" } }, { "proRata": { "perDay": "5 ETH" } } ],
              |                                                              ^^^^^^^
        """#),
    BadConfig(
      "a limit that there is not",
      (
        #""proRata" ],"#,
        #"{ "proRata": { "perWeek": "100 USDC" } } ],"#
      ),
      message: #"""
        bad.jsonc:18:86: unknown key `perWeek`
          at venues[0].waterfall[1].proRata.perWeek
          allowed: cap, capShare, perDay, perEvent
           18 | …nsuranceFund": { "balance": "2000 USDC" } }, { "proRata": { "perWeek": "100 USDC" } } ],
              |                                                              ^^^^^^^^^
        """#),
    BadConfig(
      "limits on what nobody bears",
      (
        #""proRata" ],"#,
        #"{ "unresolved": { "cap": "100 USDC" } } ],"#
      ),
      message: #"""
        bad.jsonc:18:87: `unresolved` takes no settings
          at venues[0].waterfall[1].unresolved
          found: { 1 key }
          allowed: "unresolved"
           18 | …suranceFund": { "balance": "2000 USDC" } }, { "unresolved": { "cap": "100 USDC" } } ],
              |                                                              ^^^^^^^^^^^^^^^^^^^^^
        """#),
    BadConfig(
      "a slash of more than there is",
      (
        #""venues": ["#,
        #""venues": [\#n    { "id": "safety", "kind": "stakePool", "asset": "USDC" },"#
      ),
      (
        #""proRata" ],"#,
        #"{ "stakedBackstop": { "stake": "safety", "maxSlash": "130%" } } ],"#
      ),
      message: #"""
        bad.jsonc:19:124: the ratio is out of range
          at venues[1].waterfall[1].stakedBackstop.maxSlash
          found: "130%"
          allowed: a ratio from 0% to 100%, such as "35%" or 0.35
           19 | …" } }, { "stakedBackstop": { "stake": "safety", "maxSlash": "130%" } } ],
              |                                                              ^^^^^^
        """#),
    BadConfig(
      "a junior tranche by a name that is nearly right",
      (
        #""venues": ["#,
        #""venues": [\#n    { "id": "safety", "kind": "stakePool", "asset": "ETH" },"#
      ),
      (
        #""proRata" ],"#,
        #"{ "tranches": { "junior": "saftey" } } ],"#
      ),
      message: #"""
        bad.jsonc:19:97: unknown stake pool `saftey`
          at venues[1].waterfall[1].tranches.junior
          found: "saftey"
          allowed: the id of a stake pool
          declared: safety
          did you mean `safety`?
           19 | …d": { "balance": "2000 USDC" } }, { "tranches": { "junior": "saftey" } } ],
              |                                                              ^^^^^^^^
        """#),
    BadConfig(
      "no lots at all",
      (
        #""proRata" ],"#,
        #"{ "insuranceFund": { "balance": { "ETH": 5 }, "lots": 0 } } ],"#
      ),
      message: #"""
        bad.jsonc:18:125: the integer is out of range
          at venues[0].waterfall[1].insuranceFund.lots
          found: 0
          allowed: an integer from 1 to 10000
           18 | … } }, { "insuranceFund": { "balance": { "ETH": 5 }, "lots": 0 } } ],
              |                                                              ^
        """#),
    BadConfig(
      "a backstop without its stake",
      (
        #""proRata" ],"#,
        #"{ "stakedBackstop": {} } ],"#
      ),
      message: #"""
        bad.jsonc:18:92: missing key `stake`
          at venues[0].waterfall[1].stakedBackstop.stake
          allowed: the id of a stake pool
          meaning: the stake pool that is slashed
           18 | …ceFund": { "balance": "2000 USDC" } }, { "stakedBackstop": {} } ],
              |                                                              ^
        """#),
    BadConfig(
      "borrowing from a stake pool",
      (
        #""venues": ["#,
        #""venues": [\#n    { "id": "safety", "kind": "stakePool", "asset": "USDC" },"#
      ),
      (
        #""kind": "borrower", "venue": "lend""#,
        #""kind": "borrower", "venue": "safety""#
      ),
      message: #"""
        bad.jsonc:24:49: a stake pool lends to nobody
          at populations[1].venue
          found: "safety"
          allowed: a lending pool or an isolated market
           24 |     { "id": "ann", "kind": "borrower", "venue": "safety", "count": 1, "collateral": "ETH",
              |                                                 ^^^^^^^^
        """#),
    BadConfig(
      "a bidder that wants it for nothing",
      (
        #""minimumProfit": "500 USDC" },"#,
        #""minimumProfit": "500 USDC" },\#n    { "id": "bidders", "kind": "bidder", "count": 1, "currency": "USDC", "capital": { "fixed": "1M" }, "discount": { "fixed": "100%" } },"#
      ),
      message: #"""
        bad.jsonc:27:127: the ratio is out of range
          at populations[3].discount.fixed
          found: "100%"
          allowed: a ratio above 0%, up to 99%, such as "35%" or 0.35
           27 | …USDC", "capital": { "fixed": "1M" }, "discount": { "fixed": "100%" } },
              |                                                              ^^^^^^
        """#),
  ]
}
