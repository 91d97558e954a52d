/// Plans that cannot be run, and the full complaint about each.
extension PlanMistake {
  static let all = [
    PlanMistake(
      "an unknown key at the end of a variant's path",
      #"""
      { "extends": "world.jsonc",
        "variants": { "late": { "oracles.eth.delai": "5m" } } }
      """#,
      message: #"""
        bad.jsonc:2:48: unknown key `delai`
          at oracles[0].delai
          allowed: asset, delay, deviation, heartbeat, id, outages, source, staleAfter
          in variant `late`
          did you mean `delay`?
            2 |   "variants": { "late": { "oracles.eth.delai": "5m" } } }
              |                                                ^^^^
        """#),
    PlanMistake(
      "an unknown id on a variant's path",
      #"""
      { "extends": "world.jsonc",
        "variants": { "late": { "oracles.eht.delay": "5m" } } }
      """#,
      message: #"""
        bad.jsonc:2:27: there is no `eht` in `oracles`
          at variants.late["oracles.eht.delay"]
          allowed: eth, usdc
          did you mean `eth`?
            2 |   "variants": { "late": { "oracles.eht.delay": "5m" } } }
              |                           ^^^^^^^^^^^^^^^^^^^
        """#),
    PlanMistake(
      "mistakes of several variants, all at once",
      #"""
      { "extends": "world.jsonc",
        "variants": {
          "late": { "oracles.eth.delay": 5 },
          "deep": { "shocks[0].jump": "-150%",
            "shocks[1].jump": "-1%" } } }
      """#,
      message: #"""
        bad.jsonc:3:36: a duration needs a unit and double quotes
          at oracles[0].delay
          found: 5
          allowed: a duration such as "12s", "30m" or "1d6h" (units: w, d, h, m, s, ms, us)
          in variant `late`
            3 |     "late": { "oracles.eth.delay": 5 },
              |                                    ^

        bad.jsonc:4:33: the ratio is out of range
          at shocks[0].jump
          found: "-150%"
          allowed: a ratio above -100%, up to 100000%, such as "35%" or 0.35
          in variant `deep`
            4 |     "deep": { "shocks[0].jump": "-150%",
              |                                 ^^^^^^^

        bad.jsonc:5:7: `shocks` has no element [1]
          at variants.deep["shocks[1].jump"]
          allowed: [0] to [0]
            5 |       "shocks[1].jump": "-1%" } } }
              |       ^^^^^^^^^^^^^^^^
        """#),
    PlanMistake(
      "a variant given twice",
      #"""
      { "extends": "world.jsonc",
        "variants": { "late": { "horizon": "2h" }, "late": { "horizon": "3h" } } }
      """#,
      message: #"""
        bad.jsonc:2:46: the key `late` is given twice
          at variants.late
          first given at bad.jsonc:2:17
            2 |   "variants": { "late": { "horizon": "2h" }, "late": { "horizon": "3h" } } }
              |                                              ^^^^^^
        """#),
    PlanMistake(
      "a variant called as the config itself",
      #"""
      { "extends": "world.jsonc", "variant": "late",
        "variants": { "late": { "horizon": "2h" } } }
      """#,
      message: #"""
        bad.jsonc:2:17: the id `late` is given to a second variant
          at variants.late
          allowed: an id no other variant has
          first given at bad.jsonc:1:40
            2 |   "variants": { "late": { "horizon": "2h" } } }
              |                 ^^^^^^
        """#),
    PlanMistake(
      "a variant that would change the plan",
      #"""
      { "extends": "world.jsonc",
        "variants": { "more": { "seeds": "1..5" } } }
      """#,
      message: #"""
        bad.jsonc:2:27: the value is not allowed
          at variants.more.seeds
          found: "seeds"
          allowed: a path such as `venues.lend.waterfall`
            2 |   "variants": { "more": { "seeds": "1..5" } } }
              |                           ^^^^^^^
        """#),
    PlanMistake(
      "a swept value out of range",
      #"""
      { "extends": "world.jsonc",
        "sweep": { "shocks[0].jump": [ "-10%", "-200%" ] } }
      """#,
      message: #"""
        bad.jsonc:2:42: the ratio is out of range
          at shocks[0].jump
          found: "-200%"
          allowed: a ratio above -100%, up to 100000%, such as "35%" or 0.35
          in variant `baseline`
            2 |   "sweep": { "shocks[0].jump": [ "-10%", "-200%" ] } }
              |                                          ^^^^^^^
        """#),
    PlanMistake(
      "no value to sweep",
      #"""
      { "extends": "world.jsonc",
        "sweep": { "oracles.eth.delay": [] } }
      """#,
      message: #"""
        bad.jsonc:2:35: the array is empty
          at sweep["oracles.eth.delay"]
          found: [ 0 values ]
          allowed: an array: [ … ] of 1 or more values
            2 |   "sweep": { "oracles.eth.delay": [] } }
              |                                   ^^
        """#),
    PlanMistake(
      "one value where a list belongs",
      #"""
      { "extends": "world.jsonc",
        "sweep": { "shocks[0].jump": "-10%" } }
      """#,
      message: #"""
        bad.jsonc:2:32: expected an array, found a string
          at sweep["shocks[0].jump"]
          found: "-10%"
          allowed: an array: [ … ] of 1 or more values
            2 |   "sweep": { "shocks[0].jump": "-10%" } }
              |                                ^^^^^^
        """#),
    PlanMistake(
      "a zip of uneven lists",
      #"""
      { "extends": "world.jsonc",
        "zip": [ { "shocks[0].jump": [ "-10%", "-20%" ],
          "oracles.eth.delay": [ "1m" ] } ] }
      """#,
      message: #"""
        bad.jsonc:3:5: `oracles.eth.delay` has 1 values and `shocks[0].jump` has 2
          at zip[0]["oracles.eth.delay"]
          allowed: as many values for each path of a group
            3 |     "oracles.eth.delay": [ "1m" ] } ] }
              |     ^^^^^^^^^^^^^^^^^^^
        """#),
    PlanMistake(
      "a path swept and zipped",
      #"""
      { "extends": "world.jsonc",
        "sweep": { "shocks[0].jump": [ "-10%" ] },
        "zip": [ { "shocks[0].jump": [ "-20%" ] } ] }
      """#,
      message: #"""
        bad.jsonc:3:14: the id `shocks[0].jump` is given to a second path to sweep
          at zip[0]["shocks[0].jump"]
          allowed: an id no other path to sweep has
          first given at bad.jsonc:2:14
            3 |   "zip": [ { "shocks[0].jump": [ "-20%" ] } ] }
              |              ^^^^^^^^^^^^^^^^
        """#),
    PlanMistake(
      "one place under two names",
      #"""
      { "extends": "world.jsonc",
        "sweep": { "oracles[0].delay": [ "1m" ], "oracles.eth.delay": [ "2m" ] } }
      """#,
      message: #"""
        bad.jsonc:2:44: `oracles.eth.delay` replaces what `oracles[0].delay` has set
          at sweep["oracles.eth.delay"]
          allowed: one path to one place; what is inside another comes after it
          set at bad.jsonc:2:14
            2 |   "sweep": { "oracles[0].delay": [ "1m" ], "oracles.eth.delay": [ "2m" ] } }
              |                                            ^^^^^^^^^^^^^^^^^^^
        """#),
    PlanMistake(
      "a place inside one that is replaced later",
      #"""
      { "extends": "world.jsonc",
        "sweep": { "oracles.eth.delay": [ "2m" ], "oracles[0]": [ { "id": "eth", "asset": "ETH" } ] } }
      """#,
      message: #"""
        bad.jsonc:2:45: `oracles[0]` replaces what `oracles.eth.delay` has set
          at sweep["oracles[0]"]
          allowed: one path to one place; what is inside another comes after it
          set at bad.jsonc:2:14
            2 |   "sweep": { "oracles.eth.delay": [ "2m" ], "oracles[0]": [ { "id": "eth", "asset": "ETH" } ] } }
              |                                             ^^^^^^^^^^^^
        """#),
    PlanMistake(
      "an index past the end",
      #"""
      { "extends": "world.jsonc",
        "sweep": { "oracles[2].delay": [ "1m" ] } }
      """#,
      message: #"""
        bad.jsonc:2:14: `oracles` has no element [2]
          at sweep["oracles[2].delay"]
          allowed: [0] to [1]
            2 |   "sweep": { "oracles[2].delay": [ "1m" ] } }
              |              ^^^^^^^^^^^^^^^^^^
        """#),
    PlanMistake(
      "too many runs by seeds",
      #"""
      { "extends": "world.jsonc",
        "seeds": "0..9007199254740992" }
      """#,
      message: #"""
        bad.jsonc:2:12: the plan has too many runs
          at seeds
          allowed: at most 1000000000, which is variants times swept values times seeds
            2 |   "seeds": "0..9007199254740992" }
              |            ^^^^^^^^^^^^^^^^^^^^^
        """#),
    PlanMistake(
      "a value twice on one axis",
      #"""
      { "extends": "world.jsonc",
        "sweep": { "oracles.eth.delay": [ "1m", "2m", "1m" ] } }
      """#,
      message: #"""
        bad.jsonc:2:49: `oracles.eth.delay` takes a value twice
          at sweep["oracles.eth.delay"]
          found: 1m
          allowed: each value once; `seeds` says how often each is run
            2 |   "sweep": { "oracles.eth.delay": [ "1m", "2m", "1m" ] } }
              |                                                 ^^^^
        """#),
    PlanMistake(
      "values twice in a zip: one path may repeat, all of them together may not",
      #"""
      { "extends": "world.jsonc",
        "zip": [ { "oracles.eth.delay": [ "1m", "1m", "2m", "1m" ],
          "shocks[0].jump": [ "-10%", "-20%", "-20%", "-20%" ] } ] }
      """#,
      message: #"""
        bad.jsonc:2:55: `oracles.eth.delay` and `shocks[0].jump` take values twice
          at zip[0]["oracles.eth.delay"]
          found: 1m with -20%
          allowed: each value once; `seeds` says how often each is run
            2 |   "zip": [ { "oracles.eth.delay": [ "1m", "1m", "2m", "1m" ],
              |                                                       ^^^^
        """#),
    PlanMistake(
      "too many runs by combinations",
      #"""
      { "extends": "world.jsonc", "seeds": "1..100000000",
        "sweep": { "oracles.eth.delay": [ "1m", "2m", "3m", "4m" ],
          "shocks[0].jump": [ "-10%", "-20%", "-30%" ] } }
      """#,
      message: #"""
        bad.jsonc:2:12: the plan has too many runs
          at sweep
          allowed: at most 1000000000, which is variants times swept values times seeds
            2 |   "sweep": { "oracles.eth.delay": [ "1m", "2m", "3m", "4m" ],
              |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        """#),
    PlanMistake(
      "extends: no such file",
      #"""
      { "extends": "word.jsonc" }
      """#,
      message: #"""
        bad.jsonc:1:14: there is no such file
          at extends
          found: "word.jsonc"
          allowed: a path from the folder of this config
            1 | { "extends": "word.jsonc" }
              |              ^^^^^^^^^^^^
        """#),
    PlanMistake(
      "extends: itself",
      #"""
      { "extends": "./bad.jsonc" }
      """#,
      message: #"""
        bad.jsonc:1:14: a config cannot extend itself
          at extends
          found: "./bad.jsonc"
            1 | { "extends": "./bad.jsonc" }
              |              ^^^^^^^^^^^^^
        """#),
    PlanMistake(
      "extends: a cycle of two",
      #"""
      { "extends": "sub/back.jsonc" }
      """#,
      message: #"""
        sub/back.jsonc:1:14: a config cannot extend itself
          at extends
          found: "../bad.jsonc"
            1 | { "extends": "../bad.jsonc" }
              |              ^^^^^^^^^^^^^^
        """#),
    PlanMistake(
      "extends: no such file further up",
      #"""
      { "extends": "sub/lost.jsonc" }
      """#,
      message: #"""
        sub/lost.jsonc:1:14: there is no such file
          at extends
          found: "world.jsonc"
          allowed: a path from the folder of this config
            1 | { "extends": "world.jsonc" }
              |              ^^^^^^^^^^^^^
        """#),
    PlanMistake(
      "extends: a mistake further up",
      #"""
      { "extends": "sub/wrong.jsonc" }
      """#,
      message: #"""
        sub/wrong.jsonc:1:43: a duration needs a unit and double quotes
          at horizon
          found: 5
          allowed: a duration such as "12s", "30m" or "1d6h" (units: w, d, h, m, s, ms, us)
            1 | { "extends": "../world.jsonc", "horizon": 5 }
              |                                           ^
        """#),
    PlanMistake(
      "extends: a folder",
      #"""
      { "extends": "sub" }
      """#,
      message: #"""
        bad.jsonc:1:14: the file cannot be read: Is a directory
          at extends
          found: "sub"
          allowed: a path from the folder of this config
            1 | { "extends": "sub" }
              |              ^^^^^
        """#),
    PlanMistake(
      "extends: no path",
      #"""
      { "extends": [ "world.jsonc" ] }
      """#,
      message: #"""
        bad.jsonc:1:14: expected the path of a config, found an array
          at extends
          allowed: a path such as "base.jsonc"
            1 | { "extends": [ "world.jsonc" ] }
              |              ^^^^^^^^^^^^^^^^^
        """#),
  ]
}
