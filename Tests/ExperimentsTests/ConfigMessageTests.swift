import Testing

@testable import Experiments

/// One part of the sample replaced, and what its writer is told.
extension ConfigReaderTests {
  static let edits = [
    SampleEdit(
      "misspelled, and so missing", #""waterfall""#, #""waterfal""#,
      #"""
      x.jsonc:11:7: unknown key `waterfal`
        at venues[0].waterfal
        allowed: debt, id, kind, recognition, threshold, waterfall
        did you mean `waterfall`?
         11 |       "waterfal": [ { "insuranceFund": { "balance": { "ETH": 500, …
            |       ^^^^^^^^^^
      """#),
    SampleEdit(
      "two entities with one id", #""USDC", "price""#, #""ETH", "price""#,
      #"""
      x.jsonc:6:13: the id `ETH` is given to a second asset
        at assets[1].id
        allowed: an id no other asset has
        first given at x.jsonc:5:13
          6 |     { "id": "ETH", "price": 2000.50 }, /* a guess */
            |             ^^^^^

      x.jsonc:10:53: unknown asset `USDC`
        at venues[0].debt[0]
        declared: ETH
         10 |       "id": "lend", "kind": "lendingPool", "debt": ["USDC"], "threshold": "82.5%",
            |                                                     ^^^^^^
      """#),
    SampleEdit(
      "references to unknown entities", #"["USDC"]"#, #"["USDCC", "EHT", "BTC"]"#,
      #"""
      x.jsonc:10:53: unknown asset `USDCC`
        at venues[0].debt[0]
        declared: USDC, ETH
        did you mean `USDC`?
         10 |       "id": "lend", "kind": "lendingPool", "debt": ["USDCC", "EHT", "BTC"], "threshold": "82.5%",
            |                                                     ^^^^^^^

      x.jsonc:10:62: unknown asset `EHT`
        at venues[0].debt[1]
        declared: USDC, ETH
        did you mean `ETH`?
         10 | …     "id": "lend", "kind": "lendingPool", "debt": ["USDCC", "EHT", "BTC"], "threshold": "82.5%",
            |                                                              ^^^^^

      x.jsonc:10:69: unknown asset `BTC`
        at venues[0].debt[2]
        declared: USDC, ETH
         10 | …d": "lend", "kind": "lendingPool", "debt": ["USDCC", "EHT", "BTC"], "threshold": "82.5%",
            |                                                              ^^^^^
      """#),
    SampleEdit(
      "a duplicate key", #""id": "vault","#, #""id": "vault", "kind": "vault","#,
      #"""
      x.jsonc:13:39: the key `kind` is given twice
        at venues[1].kind
        first given at x.jsonc:13:22
         13 |     { "id": "vault", "kind": "vault", "kind": "vault", "share": "vUSDC" },
            |                                       ^^^^^^
      """#),
    SampleEdit(
      "an unknown variant", #""proRata""#, #""prorata""#,
      #"""
      x.jsonc:11:95: `prorata` is not a loss layer
        at venues[0].waterfall[1]
        found: "prorata"
        allowed: proRata, insuranceFund, { "delayed": … }
        did you mean `proRata`?
         11 | …und": { "balance": { "ETH": 500, "USDC": "2.5M USDC" } } }, "prorata" ],
            |                                                              ^^^^^^^^^
      """#),
    SampleEdit(
      "an empty variant", #""proRata""#, #"{}"#,
      #"""
      x.jsonc:11:95: a loss layer is one name; this object is empty
        at venues[0].waterfall[1]
        found: { 0 keys }
        allowed: proRata, insuranceFund, { "delayed": … }
         11 | …und": { "balance": { "ETH": 500, "USDC": "2.5M USDC" } } }, {} ],
            |                                                              ^^
      """#),
    SampleEdit(
      "a variant of two keys", #""proRata""#, #"{ "a": 1, "b": 2 }"#,
      #"""
      x.jsonc:11:95: a loss layer is one name; this object has 2 keys
        at venues[0].waterfall[1]
        found: { 2 keys }
        allowed: proRata, insuranceFund, { "delayed": … }
         11 | …und": { "balance": { "ETH": 500, "USDC": "2.5M USDC" } } }, { "a": 1, "b": 2 } ],
            |                                                              ^^^^^^^^^^^^^^^^^^
      """#),
    SampleEdit(
      "settings for a plain name", #""proRata""#, #"{ "proRata": { "a": 1 } }"#,
      #"""
      x.jsonc:11:108: `proRata` takes no settings
        at venues[0].waterfall[1].proRata
        found: { 1 key }
        allowed: "proRata"
         11 | …nce": { "ETH": 500, "USDC": "2.5M USDC" } } }, { "proRata": { "a": 1 } } ],
            |                                                              ^^^^^^^^^^
      """#),
    SampleEdit(
      "a name that needs a value", #""proRata""#, #""delayed""#,
      #"""
      x.jsonc:11:95: `delayed` needs a value
        at venues[0].waterfall[1]
        found: "delayed"
        allowed: { "delayed": a duration }
         11 | …und": { "balance": { "ETH": 500, "USDC": "2.5M USDC" } } }, "delayed" ],
            |                                                              ^^^^^^^^^
      """#),
    SampleEdit(
      "a bare name with a key missing", #""proRata""#, #""insuranceFund""#,
      #"""
      x.jsonc:11:95: missing key `balance`
        at venues[0].waterfall[1].insuranceFund.balance
        allowed: an object whose keys are each an identifier
        meaning: what the fund holds at the start
         11 | …und": { "balance": { "ETH": 500, "USDC": "2.5M USDC" } } }, "insuranceFund" ],
            |                                                              ^^^^^^^^^^^^^^^
      """#),
    SampleEdit(
      "a variant of the wrong type", #""proRata""#, #"5"#,
      #"""
      x.jsonc:11:95: expected a loss layer, found a number
        at venues[0].waterfall[1]
        found: 5
        allowed: proRata, insuranceFund, { "delayed": … }
         11 | …und": { "balance": { "ETH": 500, "USDC": "2.5M USDC" } } }, 5 ],
            |                                                              ^
      """#),
    SampleEdit(
      "an unknown kind", #""lendingPool""#, #""lendingpol""#,
      #"""
      x.jsonc:10:29: unknown choice `lendingpol`
        at venues[0].kind
        found: "lendingpol"
        allowed: lendingPool, vault
        did you mean `lendingPool`?
         10 |       "id": "lend", "kind": "lendingpol", "debt": ["USDC"], "threshold": "82.5%",
            |                             ^^^^^^^^^^^^
      """#),
    SampleEdit(
      "a missing kind", #""kind": "vault""#, #""kid": "vault""#,
      #"""
      x.jsonc:13:22: unknown key `kid`
        at venues[1].kid
        allowed: kind
        did you mean `kind`?
         13 |     { "id": "vault", "kid": "vault", "share": "vUSDC" },
            |                      ^^^^^
      """#),
    SampleEdit(
      "a negative amount in a map", #" 500"#, #" -500"#,
      #"""
      x.jsonc:11:63: amounts are not negative
        at venues[0].waterfall[0].insuranceFund.balance.ETH
        found: -500
        allowed: an amount, such as "2.5M ETH", "60k" or 20000 (suffixes: k, M, B)
         11 | …    "waterfall": [ { "insuranceFund": { "balance": { "ETH": -500, "USDC": "2.5M USDC" } } }, "proRata" ],
            |                                                              ^^^^
      """#),
    SampleEdit(
      "an object of the wrong type", #"{ "id": "USDC", "price": 1 }"#, #""USDC""#,
      #"""
      x.jsonc:5:5: expected an asset, found a string
        at assets[0]
        found: "USDC"
        allowed: an asset: { … }
          5 |     "USDC",
            |     ^^^^^^

      x.jsonc:10:53: unknown asset `USDC`
        at venues[0].debt[0]
        declared: ETH
         10 |       "id": "lend", "kind": "lendingPool", "debt": ["USDC"], "threshold": "82.5%",
            |                                                     ^^^^^^
      """#),
    SampleEdit(
      "several mistakes in file order", #""price": 2000.50"#, #""prise": true, "price": "dear""#,
      #"""
      x.jsonc:6:20: unknown key `prise`
        at assets[1].prise
        allowed: id, price
        did you mean `price`?
          6 |     { "id": "ETH", "prise": true, "price": "dear" }, /* a guess */
            |                    ^^^^^^^

      x.jsonc:6:44: expected a number, found a string
        at assets[1].price
        found: "dear"
        allowed: a number above 0 (USD)
          6 |     { "id": "ETH", "prise": true, "price": "dear" }, /* a guess */
            |                                            ^^^^^^
      """#),
  ]
}
