import Economy
import Kernel
import ReferenceWorlds

/// Two engines on a world that nobody chose.
enum WorldFuzz {
  static func trial(_ seed: UInt64) -> String? {
    let specification = RandomWorld.make(seed: seed)
    var reference = ReferenceEngine(specification, populationSeed: seed, shockSeed: seed &+ 1)
    do {
      var world = try World.make(
        specification, populationSeed: seed, shockSeed: seed &+ 1, audit: .afterEveryEvent)
      // A branch from anywhere in the run has to come to the same end.
      for _ in 0..<(seed % 97) {
        guard try world.step() else { break }
      }
      var branch = world.branch()
      try world.run()
      try branch.run()
      guard branch.fingerprint() == world.fingerprint() else { return "a branch came to another end" }
      return try reference.run().difference(from: world)
    } catch {
      return "the run ended with \(error)"
    }
  }
}
