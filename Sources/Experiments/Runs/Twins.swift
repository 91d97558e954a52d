import Economy
import Kernel
import Synchronization

/// The other run of each run: the same seed, but somebody from outside fills every hole when it is
/// recognised. What is left of it is what everybody owns at its end.
struct Twin: Sendable {
  let wealth: Wealth
  let systemLoss: Double
}

/// Twins that have been run. Where variants differ in nothing but who bears a loss, they share one: nobody
/// bears anything in it. A twin is a function of its config and seed, so that remembering one changes no
/// byte.
package final class Twins: Sendable {
  private struct Key: Hashable {
    let config: Digest
    let seed: UInt64
  }

  /// A few hundred bytes each; beyond this many they are run again.
  private static let mostKept = 100_000

  private let known = Mutex<[Key: Twin]>([:])

  package init() {}

  func twin(
    of config: ExperimentConfig, seed: UInt64, make: () throws(RunFailure) -> Twin
  ) throws(RunFailure) -> Twin {
    guard let digest = config.guaranteeDigest else { return try make() }
    let key = Key(config: digest, seed: seed)
    if let twin = known.withLock({ $0[key] }) { return twin }
    let twin = try make()
    known.withLock { if $0.count < Twins.mostKept { $0[key] = twin } }
    return twin
  }
}

extension WorldSpecification.Layer {
  /// Whether it does anything before it is asked: owns something, is paid for standing by, or trades.
  var actsUnasked: Bool {
    let layer = type.init(settings: settings)
    return !layer.endowment.isEmpty || layer.premium > 0 || layer.refill > 0 || layer.rebalance != nil
  }
}

extension JSONNode {
  /// What decides a world in which no layer is ever asked: the config without the waterfalls of venues whose
  /// layers do nothing unasked.
  func guaranteeDigest(of world: WorldSpecification) -> Digest {
    var members = members ?? []
    for index in members.indices where members[index].key == "venues" {
      let venues = zip(members[index].value.elements ?? [], world.venues).map { node, venue in
        venue.waterfall.contains(where: \.actsUnasked)
          ? node : JSONNode(.object((node.members ?? []).filter { $0.key != "waterfall" }))
      }
      members[index] = Member("venues", JSONNode(.array(venues)))
    }
    var fingerprint = Fingerprint()
    fingerprint.update(bytes: JSONNode(.object(members)).canonicalBytes)
    return fingerprint.finish()
  }
}
