/// SHA-256 of each table of `experiments/first-loss.jsonc` with its own seeds, as its manifest lists them:
/// the same bytes in debug and release, on every machine.
///
/// Changed on purpose only, and named in the CHANGELOG when it is:
/// `RHODIAN_UPDATE_GOLDEN=1 swift test --filter Golden` prints the new literals, to be put here.
let goldenFirstLoss = [
  "summary.csv": "e81e793b7ea2cd482a330abcf76dfd0725418fc03ea3b4637728ae6660cd36d7",
  "losses.csv": "84393f0d87524db5df2b7c56d0b7e8e74a6da737ddef18a40011a6c29e317fe3",
  "events.csv": "8a69b3ef447add92fdc9c1d40a46fc1130c35adeeaea9a67a90173f807c74a5b",
  "config.resolved.json": "7b9a9b0431d339a0144f306a0e7f0306ccf4ee5037f9a67e9f810be86394930c",
]
