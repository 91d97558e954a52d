/// SHA-256 of each file of the results of `experiments/first-loss.jsonc` with its own seeds, as the
/// manifest lists them:
/// the same bytes in debug and release, on every machine.
///
/// Changed on purpose only, and named in the CHANGELOG when it is:
/// `RHODIAN_UPDATE_GOLDEN=1 swift test --filter Golden` prints the new literals, to be put here.
let goldenFirstLoss = [
  "summary.csv": "2a28586763c1354ccf6ace365ab78556d29181d95d8426ef8f1c86aae1102978",
  "losses.csv": "7945dc83e5e2358b7bcc6172d15140340955dd164b92b41b656545b1944415ec",
  "events.csv": "41771051f3242b2f8d7d71b0a262bb51591a9d4329ce380907123e092596f323",
  "failures.csv": "f96ffe44ce784a89e1b783f8987b16c6fcf5be6f5a306499e722bde68490fb2a",
  "datapackage.json": "c99605f1347168a0acc84b3bea49ee6b2b4488ea670f9b75f10265538fb873c3",
  "config.resolved.json": "0c6b99c53a16137802089fa352a4cc884f035321964c67ea1a33e36df089a19d",
]
