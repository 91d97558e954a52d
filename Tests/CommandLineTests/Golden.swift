/// SHA-256 of each file of the results of `experiments/first-loss.jsonc` with its own seeds, as the
/// manifest lists them:
/// the same bytes in debug and release, on every machine.
///
/// Changed on purpose only, and named in the CHANGELOG when it is:
/// `RHODIAN_UPDATE_GOLDEN=1 swift test --filter Golden` prints the new literals, to be put here.
let goldenFirstLoss = [
  "summary.csv": "a8627d679be6fcaa2b21d88b0e52b7bc1011162585dbc9e676dfd2df3367acb1",
  "losses.csv": "e25dc89981b41c07867210d8068fc95a58b6a9f7b9b066ebf3aa69961643a3aa",
  "events.csv": "a6e950c87e50f3430277bb4d6c46a30a37e38a99f5e71a9b01ee45459c623285",
  "failures.csv": "f96ffe44ce784a89e1b783f8987b16c6fcf5be6f5a306499e722bde68490fb2a",
  "datapackage.json": "fe200dbbafedb7fe3dae57e9880e0e992619d9a7ed17d6a6af7d401ca8fd4258",
  "config.resolved.json": "af8ca6eccece88d5e1a349300153e7b9e3322ca3a34ee8f950e5b72debc3d7c9",
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
  GoldenSeal(
    revision: 2, config: "6d0636baf1b6e191488134196fd5b2e19e9628ad8537319800967d9c6df85ea5",
    tables: "71f7e2e1d6c80326b44a26357764f66521c792a1fd2cf74b7c55ecb5bc52b1f5"),
  GoldenSeal(
    revision: 2, config: "15555e0d0b7449d452d405a277729bc5073dd339bfaa6a3ffe93f69ea8ef681e",
    tables: "4446262cab1f26e0f8f307f96e1793a749232774e92d61a6f9b8adae2f46f660"),
  GoldenSeal(
    revision: 2, config: "af8ca6eccece88d5e1a349300153e7b9e3322ca3a34ee8f950e5b72debc3d7c9",
    tables: "4a80059461b1f709cda9c93f06d5f9d22122bf58b663ca642243876a401cb63e"),
  GoldenSeal(
    revision: 3, config: "af8ca6eccece88d5e1a349300153e7b9e3322ca3a34ee8f950e5b72debc3d7c9",
    tables: "8ca2e0d61baed425f1c01f7a7e82f10232c6ffe967d3fd4be1d40925f32145b7"),
]
