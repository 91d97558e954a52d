extension PlanMistake {
  /// What the command line sets, and what is set and never used.
  static let settings: [PlanMistake] = [
    PlanMistake(
      "set: an unknown id",
      #"""
      { "extends": "world.jsonc" }
      """#, settings: [#"oracles.eht.delay=5m"#],
      message: #"""
        --set:1:1: there is no `eht` in `oracles`
          allowed: eth, usdc
          did you mean `eth`?
            1 | oracles.eht.delay=5m
              | ^^^^^^^^^^^^^^^^^
        """#),
    PlanMistake(
      "set: an unknown key",
      #"""
      { "extends": "world.jsonc" }
      """#, settings: [#"oracles.eth.delai=5m"#],
      message: #"""
        --set oracles.eth.delai=5m:1:1: unknown key `delai`
          at oracles[0].delai
          allowed: asset, delay, deviation, heartbeat, id, outages, source, staleAfter
          did you mean `delay`?
            1 | 5m
              | ^^
        """#),
    PlanMistake(
      "set: two wrong values",
      #"""
      { "extends": "world.jsonc" }
      """#, settings: [#"oracles.eth.delay=5"#, #"seeds=3..1"#],
      message: #"""
        --set oracles.eth.delay=5:1:1: a duration needs a unit and double quotes
          at oracles[0].delay
          found: 5
          allowed: a duration such as "12s", "30m" or "1d6h" (units: w, d, h, m, s, ms, us)
            1 | 5
              | ^

        --set seeds=3..1:1:1: the last seed comes before the first
          at seeds
          found: "3..1"
          allowed: "first..last" such as "1..100", or one seed such as "7", from 0 to 2^53
            1 | 3..1
              | ^^^^
        """#),
    PlanMistake(
      "set: nothing",
      #"""
      { "extends": "world.jsonc" }
      """#, settings: [#"horizon"#],
      message: #"""
        --set:1:1: this sets nothing
          allowed: --set path=value
            1 | horizon
              | ^^^^^^^
        """#),
    PlanMistake(
      "set: what has been read already",
      #"""
      { "extends": "world.jsonc" }
      """#, settings: [#"extends=other.jsonc"#],
      message: #"""
        --set:1:1: `extends` is read before anything is set
          allowed: `extends` in a file
            1 | extends=other.jsonc
              | ^^^^^^^
        """#),
    PlanMistake(
      "set: broken JSON",
      #"""
      { "extends": "world.jsonc" }
      """#, settings: [#"shocks=[1, 2"#],
      message: #"""
        --set shocks=[1, 2:1:1: this array is never closed
            1 | [1, 2
              | ^
        """#),
    PlanMistake(
      "set: what is swept",
      #"""
      { "extends": "world.jsonc", "sweep": { "oracles.eth.delay": [ "0s", "1m" ] } }
      """#, settings: [#"oracles[0].delay=5m"#],
      message: #"""
        --set:1:1: `oracles.eth.delay` is swept: what is set here is never used
          allowed: `--set 'sweep={}'` to sweep nothing, or other values for `sweep`
          swept at bad.jsonc:1:40
            1 | oracles[0].delay=5m
              | ^^^^^^^^^^^^^^^^
        """#),
    PlanMistake(
      "variant: what is swept",
      #"""
      { "extends": "world.jsonc", "variants": { "late": { "oracles.eth.delay": "5m", "horizon": "2h" } },
        "sweep": { "oracles[0].delay": [ "0s", "1m" ] } }
      """#,
      message: #"""
        bad.jsonc:1:53: variant `late` sets what `oracles[0].delay` replaces: never used
          at variants.late["oracles.eth.delay"]
          allowed: to sweep it, or to set it in a variant
          swept at bad.jsonc:2:14
            1 | { "extends": "world.jsonc", "variants": { "late": { "oracles.eth.delay": "5m", "horizon": "2h" } },
              |                                                     ^^^^^^^^^^^^^^^^^^^
        """#),
  ]
}
