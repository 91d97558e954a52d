/// The table of mistakes: part of the small world's config, what stands there instead, and the full
/// complaint.
extension BadConfig {
  static let all = [
    BadConfig(
      "a syntax error",
      (#""horizon": "3h","#, #""horizon" "3h","#),
      message: #"""
        bad.jsonc:3:13: expected `:` after the key `horizon`, found `"`
            3 |   "horizon" "3h",
              |             ^
        """#),
    BadConfig(
      "a comma too few",
      (#""3h",\#n"#, #""3h"\#n"#),
      message: #"""
        bad.jsonc:4:3: expected `,` or `}`, found `"`
            4 |   "assets": [ { "id": "USDC", "price": 1 }, { "id": "ETH", "pr…
              |   ^
        """#),
    BadConfig(
      "a wrong type",
      (#""horizon": "3h""#, #""horizon": 3"#),
      message: #"""
        bad.jsonc:3:14: a duration needs a unit and double quotes
          at horizon
          found: 3
          allowed: a duration such as "12s", "30m" or "1d6h" (units: w, d, h, m, s, ms, us)
            3 |   "horizon": 3,
              |              ^
        """#),
    BadConfig(
      "a list where an object belongs",
      (#"{ "ETH": 90, "USDC": "90k" }"#, #"[90, "90k"]"#),
      message: #"""
        bad.jsonc:7:73: expected an object, found an array
          at pools[0].reserves
          found: [ 2 values ]
          allowed: an object whose keys are each the id of an asset
            7 | …"pool", "kind": "constantProduct", "fee": "0%", "reserves": [90, "90k"] },
              |                                                              ^^^^^^^^^^^
        """#),
    BadConfig(
      "an unknown key",
      (#""closeFactor": "100%""#, #""closeFacter": "100%""#),
      message: #"""
        bad.jsonc:17:7: unknown key `closeFacter`
          at venues[0].closeFacter
          allowed: accrualPeriod, borrowRate, closeFactor, collateral, debt, fullCloseBelow, id, kind, recognition, reserveFactor, share, waterfall, withdrawals
          did you mean `closeFactor`?
           17 |       "closeFacter": "100%",
              |       ^^^^^^^^^^^^^
        """#),
    BadConfig(
      "a duplicate key",
      (#""name": "small","#, #""name": "small", "name": "other","#),
      message: #"""
        bad.jsonc:2:20: the key `name` is given twice
          at name
          first given at bad.jsonc:2:3
            2 |   "name": "small", "name": "other",
              |                    ^^^^^^
        """#),
    BadConfig(
      "a missing key",
      (#""horizon": "3h","#, ""),
      message: #"""
        bad.jsonc:29:1: missing key `horizon`
          at horizon
          allowed: a duration above 0s, up to 5200w
          meaning: how long each run lasts
           29 | }
              | ^
        """#),
    BadConfig(
      "a negative amount",
      (#""2000 USDC""#, #""-2000 USDC""#),
      message: #"""
        bad.jsonc:18:54: amounts are not negative
          at venues[0].waterfall[0].insuranceFund.balance
          found: "-2000 USDC"
          allowed: an amount, such as "2.5M USDC", "60k" or 20000 (suffixes: k, M, B)
           18 |       "waterfall": [ { "insuranceFund": { "balance": "-2000 USDC" } }, "proRata" ],
              |                                                      ^^^^^^^^^^^^
        """#),
    BadConfig(
      "an amount that overflows",
      (#""90k""#, #""100B""#),
      message: #"""
        bad.jsonc:7:94: the amount is too large
          at pools[0].reserves.USDC
          found: "100B"
          allowed: at most 92233720368.54775807 USDC
            7 | …tantProduct", "fee": "0%", "reserves": { "ETH": 90, "USDC": "100B" } },
              |                                                              ^^^^^^
        """#),
    BadConfig(
      "an amount of another asset",
      (#""2000 USDC""#, #""2000 ETH""#),
      message: #"""
        bad.jsonc:18:54: this amount is in USDC, not in `ETH`
          at venues[0].waterfall[0].insuranceFund.balance
          found: "2000 ETH"
          allowed: an amount, such as "2.5M USDC", "60k" or 20000 (suffixes: k, M, B)
           18 |       "waterfall": [ { "insuranceFund": { "balance": "2000 ETH" } }, "proRata" ],
              |                                                      ^^^^^^^^^^
        """#),
    BadConfig(
      "a delay without a unit",
      (#""delay": "5m""#, #""delay": 5"#),
      message: #"""
        bad.jsonc:10:45: a duration needs a unit and double quotes
          at oracles[0].delay
          found: 5
          allowed: a duration such as "12s", "30m" or "1d6h" (units: w, d, h, m, s, ms, us)
           10 |     { "id": "eth", "asset": "ETH", "delay": 5 },
              |                                             ^
        """#),
    BadConfig(
      "two entities with one id",
      (#""id": "usdc""#, #""id": "eth""#),
      message: #"""
        bad.jsonc:11:13: the id `eth` is given to a second oracle
          at oracles[1].id
          allowed: an id no other oracle has
          first given at bad.jsonc:10:13
           11 |     { "id": "eth", "asset": "USDC", "source": "fixed" },
              |             ^^^^^
        """#),
    BadConfig(
      "two populations with one id",
      (#""id": "ann""#, #""id": "lenders""#),
      message: #"""
        bad.jsonc:23:13: the id `lenders` is given to a second population
          at populations[1].id
          allowed: an id no other population has
          first given at bad.jsonc:22:13
           23 |     { "id": "lenders", "kind": "borrower", "venue": "lend", "count": 1, …
              |             ^^^^^^^^^
        """#),
    BadConfig(
      "an unknown asset",
      (#""asset": "ETH", "jump""#, #""asset": "EHT", "jump""#),
      message: #"""
        bad.jsonc:5:38: unknown asset `EHT`
          at shocks[0].asset
          found: "EHT"
          allowed: the id of an asset
          declared: USDC, ETH
          did you mean `ETH`?
            5 |   "shocks": [ { "at": "1h", "asset": "EHT", "jump": "-50%" } ],
              |                                      ^^^^^
        """#),
    BadConfig(
      "an unknown venue",
      (#""kind": "lender", "venue": "lend""#, #""kind": "lender", "venue": "land""#),
      message: #"""
        bad.jsonc:22:51: unknown venue `land`
          at populations[0].venue
          found: "land"
          allowed: the id of a venue
          declared: lend
          did you mean `lend`?
           22 |     { "id": "lenders", "kind": "lender", "venue": "land", "count": 1, "size": { "fixed": "20k" } },
              |                                                   ^^^^^^
        """#),
    BadConfig(
      "an unknown pool",
      (#""pool": "pool""#, #""pool": "pole""#),
      message: #"""
        bad.jsonc:25:53: unknown pool `pole`
          at populations[2].pool
          found: "pole"
          allowed: the id of a pool
          declared: pool
           25 |     { "id": "keeper", "kind": "liquidator", "pool": "pole", "count": 1,
              |                                                     ^^^^^^
        """#),
    BadConfig(
      "an unknown layer",
      (#""proRata""#, #""prorata""#),
      message: #"""
        bad.jsonc:18:71: `prorata` is not a layer
          at venues[0].waterfall[1]
          found: "prorata"
          allowed: insuranceFund, reserve, accruedInterest, stakedBackstop, mutualPool, tranches, tokenDilution, debtAuction, revenueCapture, isolated, proRata, unresolved
          did you mean `proRata`?
           18 | …erfall": [ { "insuranceFund": { "balance": "2000 USDC" } }, "prorata" ],
              |                                                              ^^^^^^^^^
        """#),
    BadConfig(
      "a collateral that the venue does not take",
      (#""collateral": "ETH","#, #""collateral": "USDC","#),
      message: #"""
        bad.jsonc:23:83: `lend` does not lend against it
          at populations[1].collateral
          found: "USDC"
          allowed: ETH
           23 | …nd": "borrower", "venue": "lend", "count": 1, "collateral": "USDC",
              |                                                              ^^^^^^
        """#),
    BadConfig(
      "a limit at the threshold",
      (#""ltv": "80%", "threshold": "82%""#, #""ltv": "82%", "threshold": "82%""#),
      message: #"""
        bad.jsonc:16:39: a loan at the limit would be liquidatable at once
          at venues[0].collateral.ETH.ltv
          found: "82%"
          allowed: a ratio below the threshold
           16 |       "collateral": { "ETH": { "ltv": "82%", "threshold": "82%", "bonus": "25%" } },
              |                                       ^^^^^
        """#),
    BadConfig(
      "an asset without an oracle",
      (#"{ "id": "eth", "asset": "ETH", "delay": "5m" },"#, ""),
      message: #"""
        bad.jsonc:16:23: no oracle publishes a price of ETH
          at venues[0].collateral.ETH
          allowed: an asset with an entry in `oracles` ("source": "fixed" for a hard-coded price)
           16 |       "collateral": { "ETH": { "ltv": "80%", "threshold": "82%", "bonus": "25%" } …
              |                       ^^^^^
        """#),
    BadConfig(
      "a layer after `unresolved`",
      (#""proRata" ]"#, #""unresolved", "proRata" ]"#),
      message: #"""
        bad.jsonc:18:20: layers after `unresolved` are never asked
          at venues[0].waterfall
          found: [ 3 values ]
          allowed: `unresolved` last, or unsaid
           18 |       "waterfall": [ { "insuranceFund": { "balance": "2000 USDC" } }, "unresolv…
              |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        """#),
    BadConfig(
      "a pool of three assets",
      (#""price": 2000 } ]"#, #""price": 2000 }, { "id": "BTC", "price": 1 } ]"#),
      (#""USDC": "90k" }"#, #""USDC": "90k", "BTC": 1 }"#),
      message: #"""
        bad.jsonc:7:73: a pool trades two assets; this one has 3
          at pools[0].reserves
          found: { 3 keys }
          allowed: an object with two assets and their amounts
            7 | …"pool", "kind": "constantProduct", "fee": "0%", "reserves": { "ETH": 90, "USDC": "90k", "BTC": 1 } },
              |                                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        """#),
    BadConfig(
      "a pool of one asset",
      (#""ETH": 90, "#, ""),
      message: #"""
        bad.jsonc:7:73: a pool trades two assets; this one has 1
          at pools[0].reserves
          found: { 1 key }
          allowed: an object with two assets and their amounts
            7 | …"pool", "kind": "constantProduct", "fee": "0%", "reserves": { "USDC": "90k" } },
              |                                                              ^^^^^^^^^^^^^^^^^
        """#),
    BadConfig(
      "seeds that run backwards",
      (#""output""#, #""seeds": "5..1", "output""#),
      message: #"""
        bad.jsonc:28:12: the last seed comes before the first
          at seeds
          found: "5..1"
          allowed: "first..last" such as "1..100", or one seed such as "7", from 0 to 2^53
           28 |   "seeds": "5..1", "output": { "events": "all" },
              |            ^^^^^^
        """#),
    BadConfig(
      "a seed beyond 2^53",
      (#""output""#, #""seeds": "9007199254740993", "output""#),
      message: #"""
        bad.jsonc:28:12: the seed 9007199254740993 is too large
          at seeds
          found: "9007199254740993"
          allowed: "first..last" such as "1..100", or one seed such as "7", from 0 to 2^53
           28 |   "seeds": "9007199254740993", "output": { "events": "all" },
              |            ^^^^^^^^^^^^^^^^^^
        """#),
  ]

  static let several = BadConfig(
    "several",
    (#""horizon": "3h","#, #""horizon": "3 hours","#),
    (#""asset": "ETH", "jump""#, #""asset": "EHT", "jump""#),
    (#""closeFactor": "100%""#, #""closeFacter": "100%""#),
    (#""2000 USDC""#, #""-2000 USDC""#),
    (#""pool": "pool""#, #""pool": "pole""#),
    (#""latency": { "fixed": "30s" }, "#, ""),
    message: #"""
      bad.jsonc:3:14: this is not a duration
        at horizon
        found: "3 hours"
        allowed: a duration such as "12s", "30m" or "1d6h" (units: w, d, h, m, s, ms, us)
          3 |   "horizon": "3 hours",
            |              ^^^^^^^^^

      bad.jsonc:5:38: unknown asset `EHT`
        at shocks[0].asset
        found: "EHT"
        allowed: the id of an asset
        declared: USDC, ETH
        did you mean `ETH`?
          5 |   "shocks": [ { "at": "1h", "asset": "EHT", "jump": "-50%" } ],
            |                                      ^^^^^

      bad.jsonc:17:7: unknown key `closeFacter`
        at venues[0].closeFacter
        allowed: accrualPeriod, borrowRate, closeFactor, collateral, debt, fullCloseBelow, id, kind, recognition, reserveFactor, share, waterfall, withdrawals
        did you mean `closeFactor`?
         17 |       "closeFacter": "100%",
            |       ^^^^^^^^^^^^^

      bad.jsonc:18:54: amounts are not negative
        at venues[0].waterfall[0].insuranceFund.balance
        found: "-2000 USDC"
        allowed: an amount, such as "2.5M USDC", "60k" or 20000 (suffixes: k, M, B)
         18 |       "waterfall": [ { "insuranceFund": { "balance": "-2000 USDC" } }, "proRata" ],
            |                                                      ^^^^^^^^^^^^

      bad.jsonc:25:53: unknown pool `pole`
        at populations[2].pool
        found: "pole"
        allowed: the id of a pool
        declared: pool
         25 |     { "id": "keeper", "kind": "liquidator", "pool": "pole", "count": 1,
            |                                                     ^^^^^^

      bad.jsonc:26:35: missing key `latency`
        at populations[2].latency
        allowed: { "fixed": … }, { "exponential": … }
        meaning: how long after an alarm they act
         26 |       "minimumProfit": "500 USDC" },
            |                                   ^
      """#)
}
