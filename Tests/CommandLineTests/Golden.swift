/// SHA-256 of each file of the results of `experiments/first-loss.jsonc` with its own seeds, as the
/// manifest lists them:
/// the same bytes in debug and release, on every machine.
///
/// Changed on purpose only, and named in the CHANGELOG when it is:
/// `RHODIAN_UPDATE_GOLDEN=1 swift test --filter Golden` prints the new literals, to be put here.
let goldenFirstLoss = [
  "summary.csv": "8db9df55e96e6a2ce3abd131874afcc4805f2706615f04a3621333b735b056ba",
  "losses.csv": "acdb365b270734974afe9b710afe3fea0128434b5198b55a538e75d4cc377268",
  "events.csv": "a6e950c87e50f3430277bb4d6c46a30a37e38a99f5e71a9b01ee45459c623285",
  "failures.csv": "f96ffe44ce784a89e1b783f8987b16c6fcf5be6f5a306499e722bde68490fb2a",
  "datapackage.json": "b103e5ca7e1f762feff3d883620244e9adb208c75101726f9a739c573f402d5c",
  "config.resolved.json": "fd4ebe27382e2279c310711b42fe04b954d803d869053292a83f29329072287f",
]

/// Which tables one config gave under one `Semantics.revision`. Lines are added and never changed: where
/// tables move and their config does not, the numbers mean something else, and the revision has to say so.
struct GoldenSeal {
  let revision: Int
  /// The digest of `config.resolved.json`.
  let config: String
  /// SHA-256 of a line `NAME DIGEST` for each of the other files, in the manifest's order.
  let tables: String
}

let goldenSeals = [
  GoldenSeal(
    revision: 1, config: "3de3d2f9112ec7e28510604ef1705fc714b23120140badd93b7068ef7a4dbf6b",
    tables: "26432701b665b76ead47cf6ed039aab36b1411000b679be378bc4c53bf23dbcb"),
  GoldenSeal(
    revision: 2, config: "fd4ebe27382e2279c310711b42fe04b954d803d869053292a83f29329072287f",
    tables: "d590a610a781e09b786a3cf798fd2ea3a1a690380f86419baa28cf83c1cffa87"),
]
