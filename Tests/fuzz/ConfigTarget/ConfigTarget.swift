import Experiments

/// One input of libFuzzer's: whatever the bytes are, reading them as a plan comes to an end, with a message
/// if they are refused.
public func fuzzConfig(_ bytes: UnsafeBufferPointer<UInt8>) {
  do throws(ReadingFailure) {
    let document = try ConfigReader.parse(SourceFile(name: "fuzz.jsonc", bytes: Array(bytes)))
    // Every point of a sweep is read, as it has to be; a million of them say nothing that a few do not.
    guard pointsAtMost(document.root) <= 64 else { return }
    let plan = try Plan.read(document)
    // What has been read reads again, to the same plan.
    let resolved = SourceFile(name: "resolved.json", bytes: plan.resolved.canonicalBytes)
    let again = try? Plan.read(ConfigReader.parse(resolved))
    precondition(again?.fingerprint == plan.fingerprint, "the resolved config is another plan")
  } catch {
    precondition(!error.description.isEmpty, "a refusal without a word")
  }
}

/// How many points the config stands for, if it is one.
private func pointsAtMost(_ root: JSONNode) -> Double {
  var points = Double(1 + (root["variants"]?.members?.count ?? 0))
  let groups = [root["sweep"]].compactMap { $0 } + (root["zip"]?.elements ?? [])
  for member in groups.flatMap({ $0.members ?? [] }) { points *= Double(member.value.elements?.count ?? 1) }
  return points
}
