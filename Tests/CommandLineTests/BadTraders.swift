/// Mistakes about borrowers who look, loopers, governance and noise.
extension BadConfig {
  private static let dai = (
    old: #"{ "id": "ETH", "price": 2000 } ]"#,
    new: #"{ "id": "ETH", "price": 2000 }, { "id": "DAI", "price": 1 } ]"#
  )

  static let traders = [
    BadConfig(
      "a looper in a pool of something else",
      dai, (#""kind": "borrower""#, #""kind": "looper""#), (#""debt": "USDC""#, #""debt": ["USDC", "DAI"]"#),
      (
        #""asset": "USDC", "source": "fixed" },"#,
        #""asset": "USDC", "source": "fixed" },\#n    { "id": "dai", "asset": "DAI" },"#
      ),
      (
        #""size": { "fixed": "20k" }, "ltv": { "fixed": "80%" } }"#,
        #""debt": "DAI", "size": { "fixed": "20k" }, "ltv": { "fixed": "80%" }, "loops": 2, "watch": "1h", "deleverAbove": "81%", "pool": "pool" }"#
      ),
      message: #"""
        bad.jsonc:25:135: `pool` does not trade what they post for what they borrow
          at populations[1].pool
          found: "pool"
          allowed: a pool of ETH and DAI
           25 | …, "loops": 2, "watch": "1h", "deleverAbove": "81%", "pool": "pool" },
              |                                                              ^^^^^^
        """#),
    BadConfig(
      "a looper that cannot hand its shares in",
      dai,
      (
        #""asset": "USDC", "source": "fixed" },"#,
        #""asset": "USDC", "source": "fixed" },\#n    { "id": "dai", "asset": "DAI" }, { "id": "s", "asset": "lUSDC", "source": "redemptionRate" },"#
      ),
      (#""debt": "USDC""#, #""debt": "USDC", "share": "lUSDC""#),
      (
        #""proRata" ],\#n    },"#,
        #""proRata" ],\#n    },\#n    { "id": "second", "kind": "isolatedMarket", "collateral": "lUSDC", "debt": "DAI", "lltv": "90%", "waterfall": [ "proRata" ] },"#
      ),
      (
        #""keeper", "kind": "liquidator""#,
        #""loop", "kind": "looper", "venue": "second", "collateral": "lUSDC", "count": 1, "size": { "fixed": "20k" }, "ltv": { "fixed": "80%" }, "loops": 2, "watch": "1h", "deleverAbove": "81%" },\#n    { "id": "keeper", "kind": "liquidator""#
      ),
      message: #"""
        bad.jsonc:27:169: lUSDC is not a share of what they borrow
          at populations[2].watch
          found: "1h"
          allowed: a `pool` beside it
           27 | …": "20k" }, "ltv": { "fixed": "80%" }, "loops": 2, "watch": "1h", "deleverAbove": "81%" },
              |                                                              ^^^^
        """#),
    BadConfig(
      "a looper that says not how often",
      (#""kind": "borrower""#, #""kind": "looper""#),
      message: #"""
        bad.jsonc:24:61: missing key `loops`
          at populations[1].loops
          allowed: an integer from 0 to 1000
          meaning: how often they have posted what they had borrowed; none: plain borrowers
           24 |       "size": { "fixed": "20k" }, "ltv": { "fixed": "80%" } },
              |                                                             ^
        """#),
    BadConfig(
      "a looper that acts without a look",
      (#""kind": "borrower""#, #""kind": "looper""#),
      (
        #""ltv": { "fixed": "80%" } }"#,
        #""ltv": { "fixed": "80%" }, "loops": 2, "pool": "pool", "deleverAbove": "81%" }"#
      ),
      message: #"""
        bad.jsonc:24:82: nobody looks
          at populations[1].pool
          found: "pool"
          allowed: `watch` beside it
           24 | …d": "20k" }, "ltv": { "fixed": "80%" }, "loops": 2, "pool": "pool", "deleverAbove": "81%" },
              |                                                              ^^^^^^

        bad.jsonc:24:106: nobody looks
          at populations[1].deleverAbove
          found: "81%"
          allowed: `watch` beside it
           24 | …ixed": "80%" }, "loops": 2, "pool": "pool", "deleverAbove": "81%" },
              |                                                              ^^^^^
        """#),
    BadConfig(
      "a looper that looks for nothing",
      (#""kind": "borrower""#, #""kind": "looper""#),
      (
        #""ltv": { "fixed": "80%" } }"#,
        #""ltv": { "fixed": "80%" }, "loops": 2, "watch": "1h" }"#
      ),
      message: #"""
        bad.jsonc:24:83: who looks after its leverage needs `deleverAbove`
          at populations[1].watch
          found: "1h"
          allowed: `deleverAbove` beside it
           24 | …": "20k" }, "ltv": { "fixed": "80%" }, "loops": 2, "watch": "1h" },
              |                                                              ^^^^
        """#),
    BadConfig(
      "a looper that goes round in circles",
      (#""kind": "borrower""#, #""kind": "looper""#),
      (
        #""ltv": { "fixed": "80%" } }"#,
        #""ltv": { "fixed": "80%" }, "loops": 2, "watch": "1h", "deleverAbove": "81%", "releverBelow": "81%" }"#
      ),
      message: #"""
        bad.jsonc:24:128: they would borrow what they then repay
          at populations[1].releverBelow
          found: "81%"
          allowed: less than `deleverAbove`
           24 | …": 2, "watch": "1h", "deleverAbove": "81%", "releverBelow": "81%" },
              |                                                              ^^^^^
        """#),
    BadConfig(
      "a looper of what it borrows",
      (#""kind": "borrower""#, #""kind": "looper""#),
      (
        #""ltv": { "fixed": "80%" } }"#,
        #""ltv": { "fixed": "80%" }, "loops": 2, "debt": "ETH" }"#
      ),
      message: #"""
        bad.jsonc:23:81: ETH is both posted and borrowed
          at populations[1].collateral
          found: "ETH"
           23 | …kind": "looper", "venue": "lend", "count": 1, "collateral": "ETH",
              |                                                              ^^^^^

        bad.jsonc:24:82: `lend` does not lend it
          at populations[1].debt
          found: "ETH"
          allowed: USDC
           24 | …d": "20k" }, "ltv": { "fixed": "80%" }, "loops": 2, "debt": "ETH" },
              |                                                              ^^^^^
        """#),
    BadConfig(
      "a reserve without a look",
      (
        #""ltv": { "fixed": "80%" } }"#,
        #""ltv": { "fixed": "80%" }, "reserve": "20%" }"#
      ),
      message: #"""
        bad.jsonc:24:73: nobody looks
          at populations[1].reserve
          found: "20%"
          allowed: `watch` beside it
           24 | …: { "fixed": "20k" }, "ltv": { "fixed": "80%" }, "reserve": "20%" },
              |                                                              ^^^^^
        """#),
    BadConfig(
      "a look without anything to do",
      (
        #""ltv": { "fixed": "80%" } }"#,
        #""ltv": { "fixed": "80%" }, "watch": "5m", "reserve": "20%" }"#
      ),
      message: #"""
        bad.jsonc:24:71: who looks after a position needs `topUpBelow`
          at populations[1].watch
          found: "5m"
          allowed: `topUpBelow` beside it
           24 | …e": { "fixed": "20k" }, "ltv": { "fixed": "80%" }, "watch": "5m", "reserve": "20%" },
              |                                                              ^^^^

        bad.jsonc:24:71: who looks after a position needs `topUpTo`
          at populations[1].watch
          found: "5m"
          allowed: `topUpTo` beside it
           24 | …e": { "fixed": "20k" }, "ltv": { "fixed": "80%" }, "watch": "5m", "reserve": "20%" },
              |                                                              ^^^^
        """#),
    BadConfig(
      "a rescue that stops short",
      (
        #""ltv": { "fixed": "80%" } }"#,
        #""ltv": { "fixed": "80%" }, "watch": "5m", "reserve": "20%", "topUpBelow": 1.2, "topUpTo": 1.1 }"#
      ),
      message: #"""
        bad.jsonc:24:125: `topUpTo` is less than `topUpBelow`
          at populations[1].topUpTo
          found: 1.1
           24 | …tch": "5m", "reserve": "20%", "topUpBelow": 1.2, "topUpTo": 1.1 },
              |                                                              ^^^
        """#),
    BadConfig(
      "a rescue by prayer",
      (
        #""ltv": { "fixed": "80%" } }"#,
        #""ltv": { "fixed": "80%" }, "watch": "5m", "reserve": "20%", "topUpBelow": 1.2, "topUpTo": 1.3, "topUpBy": "prayer" }"#
      ),
      message: #"""
        bad.jsonc:24:141: unknown choice `prayer`
          at populations[1].topUpBy
          found: "prayer"
          allowed: collateral, repayment
           24 | …erve": "20%", "topUpBelow": 1.2, "topUpTo": 1.3, "topUpBy": "prayer" },
              |                                                              ^^^^^^^^
        """#),
    BadConfig(
      "terms that change into themselves",
      (
        #""output": {"#,
        #""governance": [ { "at": "1h", "venue": "lend", "collateral": "ETH" } ],\#n  "output": {"#
      ),
      message: #"""
        bad.jsonc:28:42: nothing changes
          at governance[0].venue
          found: "lend"
          allowed: `threshold` or `bonus` beside it
           28 |   "governance": [ { "at": "1h", "venue": "lend", "collateral": "ETH" } ],
              |                                          ^^^^^^
        """#),
    BadConfig(
      "terms of another collateral",
      (
        #""output": {"#,
        #""governance": [ { "at": "1h", "venue": "lend", "collateral": "USDC", "bonus": "1%" } ],\#n  "output": {"#
      ),
      message: #"""
        bad.jsonc:28:64: `lend` does not lend against it
          at governance[0].collateral
          found: "USDC"
          allowed: ETH
           28 | …governance": [ { "at": "1h", "venue": "lend", "collateral": "USDC", "bonus": "1%" } ],
              |                                                              ^^^^^^
        """#),
    BadConfig(
      "terms that change too late",
      (
        #""output": {"#,
        #""governance": [ { "at": "4h", "venue": "lend", "collateral": "ETH", "bonus": "1%" } ],\#n  "output": {"#
      ),
      message: #"""
        bad.jsonc:28:27: the change comes after the horizon
          at governance[0].at
          found: "4h"
          allowed: a time within `horizon`
           28 |   "governance": [ { "at": "4h", "venue": "lend", "collateral": "ETH", "bonus": "1%" } …
              |                           ^^^^
        """#),
    BadConfig(
      "a threshold above all value",
      (
        #""output": {"#,
        #""governance": [ { "at": "1h", "venue": "lend", "collateral": "ETH", "threshold": "101%" } ],\#n  "output": {"#
      ),
      message: #"""
        bad.jsonc:28:84: the ratio is out of range
          at governance[0].threshold
          found: "101%"
          allowed: a ratio above 0%, up to 100%, such as "35%" or 0.35
           28 | …": "1h", "venue": "lend", "collateral": "ETH", "threshold": "101%" } ],
              |                                                              ^^^^^^
        """#),
    BadConfig(
      "noise without a purse",
      (
        #"{ "id": "keeper","#,
        #"{ "id": "noise", "kind": "noiseTrader", "pool": "pool", "count": 1, "every": "1m", "size": { "fixed": "5" } },\#n    { "id": "keeper","#
      ),
      message: #"""
        bad.jsonc:25:113: missing key `capital`
          at populations[2].capital
          allowed: an amount above 0 USDC, such as "2.5M USDC", "60k" or 20000 (suffixes: k, M, B)
          meaning: what each begins with in the pool's quote asset; and in its base asset as much worth
           25 | …"pool", "count": 1, "every": "1m", "size": { "fixed": "5" } },
              |                                                              ^
        """#),
    BadConfig(
      "noise at every moment",
      (
        #"{ "id": "keeper","#,
        #"{ "id": "noise", "kind": "noiseTrader", "pool": "pool", "count": 1, "every": "0s", "size": { "fixed": "5" }, "capital": "1k" },\#n    { "id": "keeper","#
      ),
      message: #"""
        bad.jsonc:25:82: the duration is out of range
          at populations[2].every
          found: "0s"
          allowed: a duration from 1us
           25 | …"kind": "noiseTrader", "pool": "pool", "count": 1, "every": "0s", "size": { "fixed": "5" }, "capital": "1k" },
              |                                                              ^^^^
        """#),
    BadConfig(
      "noise that bids where there are no blocks",
      (
        #"{ "id": "keeper","#,
        #"{ "id": "noise", "kind": "noiseTrader", "pool": "pool", "count": 1, "every": "1m", "size": { "fixed": "5" }, "capital": "1k", "bid": { "fixed": "1" } },\#n    { "id": "keeper","#
      ),
      message: #"""
        bad.jsonc:25:138: there are no blocks to bid for
          at populations[2].bid
          found: { 1 key }
          allowed: together with `chain`
           25 | …y": "1m", "size": { "fixed": "5" }, "capital": "1k", "bid": { "fixed": "1" } },
              |                                                              ^^^^^^^^^^^^^^^^
        """#),
  ]
}
