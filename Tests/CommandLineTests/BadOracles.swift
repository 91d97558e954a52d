/// Mistakes about oracles.
extension BadConfig {
  private static let eth = #"{ "id": "eth", "asset": "ETH", "delay": "5m" }"#

  private static let shock = #"{ "at": "1h", "asset": "ETH", "jump": "-50%" }"#

  static let oracles = [
    BadConfig(
      "a deviation of more than everything",
      (eth, #"{ "id": "eth", "asset": "ETH", "deviation": "150%" }"#),
      message: #"""
        bad.jsonc:10:49: the ratio is out of range
          at oracles[0].deviation
          found: "150%"
          allowed: a ratio from 0% to 100%, such as "35%" or 0.35
           10 |     { "id": "eth", "asset": "ETH", "deviation": "150%" },
              |                                                 ^^^^^^
        """#),
    BadConfig(
      "a heart that never stops beating",
      (eth, #"{ "id": "eth", "asset": "ETH", "heartbeat": "10ms" }"#),
      message: #"""
        bad.jsonc:10:49: the duration is out of range
          at oracles[0].heartbeat
          found: "10ms"
          allowed: a duration from 1s
           10 |     { "id": "eth", "asset": "ETH", "heartbeat": "10ms" },
              |                                                 ^^^^^^
        """#),
    BadConfig(
      "a drawn delay without its mean",
      (eth, #"{ "id": "eth", "asset": "ETH", "delay": { "normal": "5m" } }"#),
      message: #"""
        bad.jsonc:10:47: unknown key `normal`
          at oracles[0].delay.normal
          allowed: exponential
           10 |     { "id": "eth", "asset": "ETH", "delay": { "normal": "5m" } },
              |                                               ^^^^^^^^

        bad.jsonc:10:62: missing key `exponential`
          at oracles[0].delay.exponential
          allowed: a duration from 1us
          meaning: drawn for each reading, with this mean
           10 | …   { "id": "eth", "asset": "ETH", "delay": { "normal": "5m" } },
              |                                                              ^
        """#),
    BadConfig(
      "an outage without an end",
      (eth, #"{ "id": "eth", "asset": "ETH", "outages": [ { "at": "1h" } ] }"#),
      message: #"""
        bad.jsonc:10:62: missing key `lasts`
          at oracles[0].outages[0].lasts
          allowed: a duration from 1us
          meaning: how long it lasts
           10 | …   { "id": "eth", "asset": "ETH", "outages": [ { "at": "1h" } ] },
              |                                                              ^
        """#),
    BadConfig(
      "an average over nobody knows how long",
      (eth, #"{ "id": "eth", "asset": "ETH", "source": { "poolTwap": { "pool": "pool" } } }"#),
      message: #"""
        bad.jsonc:10:77: missing key `window`
          at oracles[0].source.poolTwap.window
          allowed: a duration from 0s to 5200w
          meaning: how long a while up to now it is taken over
           10 | …", "asset": "ETH", "source": { "poolTwap": { "pool": "pool" } } },
              |                                                              ^
        """#),
    BadConfig(
      "an average of an unknown pool that is read all the time",
      (
        #"{ "id": "usdc", "asset": "USDC", "source": "fixed" }"#,
        #"{ "id": "usdc", "asset": "USDC", "source": { "poolTwap": { "pool": "pol", "window": "30m", "every": "1ms" } } }"#
      ),
      message: #"""
        bad.jsonc:11:72: unknown pool `pol`
          at oracles[1].source.poolTwap.pool
          found: "pol"
          allowed: the id of a pool
          declared: pool
          did you mean `pool`?
           11 | … "usdc", "asset": "USDC", "source": { "poolTwap": { "pool": "pol", "window": "30m", "every": "1ms" } } },
              |                                                              ^^^^^

        bad.jsonc:11:105: the duration is out of range
          at oracles[1].source.poolTwap.every
          found: "1ms"
          allowed: a duration from 1s
           11 | …": { "poolTwap": { "pool": "pol", "window": "30m", "every": "1ms" } } },
              |                                                              ^^^^^
        """#),
    BadConfig(
      "a fixed price that goes stale",
      (
        #"{ "id": "usdc", "asset": "USDC", "source": "fixed" }"#,
        #"{ "id": "usdc", "asset": "USDC", "source": "fixed", "staleAfter": "1h" }"#
      ),
      message: #"""
        bad.jsonc:11:71: a fixed price is published once and for all
          at oracles[1].staleAfter
          found: "1h"
          allowed: no `staleAfter`, or another `source`
           11 | …: "usdc", "asset": "USDC", "source": "fixed", "staleAfter": "1h" },
              |                                                              ^^^^
        """#),
    BadConfig(
      "a shock on nothing",
      (shock, #"{ "at": "1h", "jump": "-50%" }"#),
      message: #"""
        bad.jsonc:5:15: a shock moves something
          at shocks[0].asset
          allowed: an `asset`, or an `oracle`
            5 |   "shocks": [ { "at": "1h", "jump": "-50%" } ],
              |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        """#),
    BadConfig(
      "a manipulation of a fixed price",
      (shock, #"{ "at": "1h", "oracle": "usdc", "jump": "-50%", "for": "10m" }"#),
      message: #"""
        bad.jsonc:5:39: a fixed price is not read anywhere
          at shocks[0].oracle
          found: "usdc"
          allowed: an oracle with another `source`
            5 |   "shocks": [ { "at": "1h", "oracle": "usdc", "jump": "-50%", "for": "10m" } ],
              |                                       ^^^^^^
        """#),
    BadConfig(
      "a manipulation that never ends",
      (shock, #"{ "at": "1h", "oracle": "eth", "jump": "-50%" }"#),
      message: #"""
        bad.jsonc:5:15: a manipulation ends
          at shocks[0].for
          allowed: how long it lasts, such as "10m"
            5 |   "shocks": [ { "at": "1h", "oracle": "eth", "jump": "-50%" } ],
              |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        """#),
    BadConfig(
      "a reference price that moves for a while",
      (shock, #"{ "at": "1h", "asset": "ETH", "jump": "-50%", "for": "10m" }"#),
      message: #"""
        bad.jsonc:5:68: a reference price moves for good
          at shocks[0].for
          found: "10m"
          allowed: no `for`, or an `oracle` instead of `asset`
            5 | …ks": [ { "at": "1h", "asset": "ETH", "jump": "-50%", "for": "10m" } ],
              |                                                              ^^^^^
        """#),
  ]
}

extension BadConfig {
  static let everything = all + markets + oracles + claims
}
