/// SHA-256 of each table of `experiments/first-loss.jsonc` with its own seeds, as its manifest lists them:
/// the same bytes in debug and release, on every machine.
///
/// Changed on purpose only, and named in the CHANGELOG when it is:
/// `RHODIAN_UPDATE_GOLDEN=1 swift test --filter Golden` prints the new literals, to be put here.
let goldenFirstLoss = [
  "summary.csv": "c565184ba13e4efa58319193a3aada6216bfc6754945b81e1a472ad961752a27",
  "losses.csv": "cfe0254386d11af28c211087ae186b978b190ee9c1d1b8a0e1f2ddd748e20820",
  "events.csv": "e6a2999e5d10bc4284d59e7be38b66af04613bf864d9394bb6dbba0bbf79c517",
  "config.resolved.json": "78c93d9a0d04f5ea4975d50992db64fb489dc1005e6f9ef41720d1d69595465e",
]
