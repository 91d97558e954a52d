/// Mistakes about claims: shares with a name, vaults, lenders who look.
extension BadConfig {
  static let claims = [
    BadConfig(
      "a stake pool that nothing declares",
      (
        #""proRata" ],"#,
        #"{ "stakedBackstop": { "stake": "safety" } } ],"#
      ),
      message: #"""
        bad.jsonc:18:102: unknown stake pool `safety`
          at venues[0].waterfall[1].stakedBackstop.stake
          found: "safety"
          allowed: the id of a stake pool
          declared: none
          a stake pool is an entry of `venues`, before those whose layers call it: { "id": "safety", "kind": "stakePool", "asset": "USDC" }
           18 | … "balance": "2000 USDC" } }, { "stakedBackstop": { "stake": "safety" } } ],
              |                                                              ^^^^^^^^
        """#),
    BadConfig(
      "a limit that is said as a share",
      (
        #""balance": "2000 USDC""#,
        #""balance": "2000 USDC", "perDay": "50%""#
      ),
      message: #"""
        bad.jsonc:18:77: this limit is an amount, not a share
          at venues[0].waterfall[0].insuranceFund.perDay
          found: "50%"
          allowed: an amount, such as "2.5M USDC", "60k" or 20000 (suffixes: k, M, B)
          a share of each loss is said by `capShare`
           18 | …": [ { "insuranceFund": { "balance": "2000 USDC", "perDay": "50%" } }, "proRata" ],
              |                                                              ^^^^^
        """#),
    BadConfig(
      "a vault that puts out more than it has",
      (
        #""proRata" ],\#n    },"#,
        #""proRata" ],\#n    },\#n    { "id": "vault", "kind": "vault", "asset": "USDC", "allocation": { "lend": "70%", "idle": "40%" } },"#
      ),
      message: #"""
        bad.jsonc:20:70: the portions are 110% of deposits
          at venues[1].allocation
          found: { 2 keys }
          allowed: 100% in all, or less without `idle`
           20 | …": "vault", "kind": "vault", "asset": "USDC", "allocation": { "lend": "70%", "idle": "40%" } },
              |                                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        """#),
    BadConfig(
      "a vault that allocates to itself",
      (
        #""proRata" ],\#n    },"#,
        #""proRata" ],\#n    },\#n    { "id": "vault", "kind": "vault", "asset": "USDC", "allocation": { "vault": "70%" } },"#
      ),
      message: #"""
        bad.jsonc:20:72: unknown venue `vault`
          at venues[1].allocation.vault
          declared: lend
           20 | … "vault", "kind": "vault", "asset": "USDC", "allocation": { "vault": "70%" } },
              |                                                              ^^^^^^^
        """#),
    BadConfig(
      "a vault over a venue that lends something else",
      (
        #""proRata" ],\#n    },"#,
        #""proRata" ],\#n    },\#n    { "id": "vault", "kind": "vault", "asset": "ETH", "allocation": { "lend": "70%" } },"#
      ),
      message: #"""
        bad.jsonc:20:71: `lend` does not take ETH
          at venues[1].allocation.lend
          allowed: a venue above that lends the vault's asset
           20 | …: "vault", "kind": "vault", "asset": "ETH", "allocation": { "lend": "70%" } },
              |                                                              ^^^^^^
        """#),
    BadConfig(
      "a curator of nothing but cash",
      (
        #""proRata" ],\#n    },"#,
        #""proRata" ],\#n    },\#n    { "id": "vault", "kind": "vault", "asset": "USDC", "allocation": { "idle": "100%" }, "curator": { "watch": "1h", "leavesAt": "1%" } },"#
      ),
      message: #"""
        bad.jsonc:20:101: the vault keeps all that it has in cash
          at venues[1].curator
          found: { 2 keys }
          allowed: an `allocation` to some venue
           20 | …sset": "USDC", "allocation": { "idle": "100%" }, "curator": { "watch": "1h", "leavesAt": "1%" } },
              |                                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        """#),
    BadConfig(
      "a curator that never looks",
      (
        #""proRata" ],\#n    },"#,
        #""proRata" ],\#n    },\#n    { "id": "vault", "kind": "vault", "asset": "USDC", "allocation": { "lend": "70%" }, "curator": { "leavesAt": "120%" } },"#
      ),
      message: #"""
        bad.jsonc:20:114: the ratio is out of range
          at venues[1].curator.leavesAt
          found: "120%"
          allowed: a ratio from 0% to 100%, such as "35%" or 0.35
           20 | …, "allocation": { "lend": "70%" }, "curator": { "leavesAt": "120%" } },
              |                                                              ^^^^^^

        bad.jsonc:20:121: missing key `watch`
          at venues[1].curator.watch
          allowed: a duration from 1us
          meaning: how often it looks at what the vault holds
           20 | …cation": { "lend": "70%" }, "curator": { "leavesAt": "120%" } },
              |                                                              ^
        """#),
    BadConfig(
      "a curator that goes back to what it leaves",
      (
        #""proRata" ],\#n    },"#,
        #""proRata" ],\#n    },\#n    { "id": "vault", "kind": "vault", "asset": "USDC", "allocation": { "lend": "70%" }, "curator": { "watch": "1h", "leavesAt": "1%", "returns": "2%" } },"#
      ),
      message: #"""
        bad.jsonc:20:146: it would go back to what it leaves
          at venues[1].curator.returns
          found: "2%"
          allowed: at most `leavesAt`
           20 | …}, "curator": { "watch": "1h", "leavesAt": "1%", "returns": "2%" } },
              |                                                              ^^^^
        """#),
    BadConfig(
      "a share that is lent",
      (
        #""debt": "USDC""#,
        #""debt": "lUSDC", "share": "lUSDC""#
      ),
      message: #"""
        bad.jsonc:15:52: a venue's share has no market of its own
          at venues[0].debt
          found: "lUSDC"
          allowed: the id of one of `assets`
           15 |       "id": "lend", "kind": "lendingPool", "debt": "lUSDC", "share": "lUSDC",
              |                                                    ^^^^^^^
        """#),
    BadConfig(
      "a share priced by a market that it does not have",
      (
        #""debt": "USDC""#,
        #""debt": "USDC", "share": "lUSDC""#
      ),
      (
        #""source": "fixed" },"#,
        #""source": "fixed" },\#n    { "id": "share", "asset": "lUSDC" },"#
      ),
      message: #"""
        bad.jsonc:12:5: a venue's share has no market of its own
          at oracles[2].source
          allowed: "redemptionRate", "fixed", { "pool": … } or { "poolTwap": … }
           12 |     { "id": "share", "asset": "lUSDC" },
              |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        """#),
    BadConfig(
      "a redemption rate of what nobody redeems",
      (
        #""asset": "ETH", "delay": "5m""#,
        #""asset": "ETH", "source": "redemptionRate""#
      ),
      message: #"""
        bad.jsonc:10:46: only a venue's share has a redemption rate
          at oracles[0].source
          found: "redemptionRate"
          allowed: an asset that is some venue's `share`
           10 |     { "id": "eth", "asset": "ETH", "source": "redemptionRate" },
              |                                              ^^^^^^^^^^^^^^^^
        """#),
    BadConfig(
      "a share named as an asset is",
      (
        #""debt": "USDC""#,
        #""debt": "USDC", "share": "ETH""#
      ),
      message: #"""
        bad.jsonc:15:69: the id `ETH` is given to a second asset
          at venues[0].share
          allowed: an id no other asset has
          first given at bad.jsonc:4:53
           15 | …d": "lend", "kind": "lendingPool", "debt": "USDC", "share": "ETH",
              |                                                              ^^^^^
        """#),
    BadConfig(
      "who would run but never looks",
      (
        #""size": { "fixed": "20k" } },\#n    { "id": "ann""#,
        #""size": { "fixed": "20k" }, "runAt": { "fixed": "5%" } },\#n    { "id": "ann""#
      ),
      message: #"""
        bad.jsonc:22:108: nobody looks
          at populations[0].runAt
          found: { 1 key }
          allowed: `watch` beside it
           22 | …": "lend", "count": 1, "size": { "fixed": "20k" }, "runAt": { "fixed": "5%" } },
              |                                                              ^^^^^^^^^^^^^^^^^
        """#),
    BadConfig(
      "who looks for nothing",
      (
        #""size": { "fixed": "20k" } },\#n    { "id": "ann""#,
        #""size": { "fixed": "20k" }, "watch": "5m" },\#n    { "id": "ann""#
      ),
      message: #"""
        bad.jsonc:22:108: nothing that they see makes them leave
          at populations[0].watch
          found: "5m"
          allowed: `runAt` or `leavesAtUtilization` beside it
           22 | …": "lend", "count": 1, "size": { "fixed": "20k" }, "watch": "5m" },
              |                                                              ^^^^
        """#),
    BadConfig(
      "who borrows from a vault",
      (
        #""proRata" ],\#n    },"#,
        #""proRata" ],\#n    },\#n    { "id": "vault", "kind": "vault", "asset": "USDC", "allocation": { "lend": "70%" } },"#
      ),
      (
        #""kind": "borrower", "venue": "lend""#,
        #""kind": "borrower", "venue": "vault""#
      ),
      message: #"""
        bad.jsonc:24:49: a vault lends to nobody
          at populations[1].venue
          found: "vault"
          allowed: a lending pool or an isolated market
           24 |     { "id": "ann", "kind": "borrower", "venue": "vault", "count": 1, "collateral": "ETH",
              |                                                 ^^^^^^^
        """#),
  ]
}
