/// SHA-256 of each file of the results of `experiments/first-loss.jsonc` with its own seeds, as the
/// manifest lists them:
/// the same bytes in debug and release, on every machine.
///
/// Changed on purpose only, and named in the CHANGELOG when it is:
/// `RHODIAN_UPDATE_GOLDEN=1 swift test --filter Golden` prints the new literals, to be put here.
let goldenFirstLoss = [
  "summary.csv": "89d6ba83e8fdb44986654bdb7cf66218e4cca718c171f54bfb08a37b5e6a9f45",
  "losses.csv": "acdb365b270734974afe9b710afe3fea0128434b5198b55a538e75d4cc377268",
  "events.csv": "3cbf08637251e10bedf9077403714791442c837c3ae1f191b19cbd4f9f9d7246",
  "failures.csv": "f96ffe44ce784a89e1b783f8987b16c6fcf5be6f5a306499e722bde68490fb2a",
  "datapackage.json": "afeddd4cdfc840b189a3344638d7a2e5b56fa2030f5afd809a770348169b6701",
  "config.resolved.json": "3de3d2f9112ec7e28510604ef1705fc714b23120140badd93b7068ef7a4dbf6b",
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
    tables: "26432701b665b76ead47cf6ed039aab36b1411000b679be378bc4c53bf23dbcb")
]
