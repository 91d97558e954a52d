import Kernel

/// Compares results with their manifest, and with the same runs made again from the config beside it.
///
///     try Verification(path: "results/x").check(sample: nil) { _, _ in }   // [] when every byte is right
package struct Verification {
  let path: String
  let manifest: Manifest
  let plan: Plan

  /// Why there is nothing to verify.
  package enum Failure: Error {
    case noManifest
    case config(ReadingFailure)
  }

  package init(path: String) throws(Failure) {
    self.path = path
    guard let manifest = Manifest(path: path) else { throw .noManifest }
    self.manifest = manifest
    do throws(ReadingFailure) {
      plan = try Plan.read(ConfigFile.load("\(path)/config.resolved.json"))
    } catch {
      throw .config(error)
    }
  }

  /// What differs, in words; empty if nothing does.
  ///
  /// - Parameter sample: how many chunks to run again, spread evenly; nil for all.
  package func check(sample: Int?, report: (_ done: Int, _ of: Int) -> Void) -> [String] {
    var findings: [String] = []
    if manifest.version != Version.current {
      findings.append("the results are of rhodian \(manifest.version), this is \(Version.current)")
    }
    findings += manifest.files.compactMap(check)
    guard manifest.chunks.count == plan.chunkCount else {
      findings.append("the manifest has \(manifest.chunks.count) chunks, the plan \(plan.chunkCount)")
      return findings
    }
    let chunks = sampled(sample)
    let computer = ChunkComputer(plan: plan)
    var points = PointCache(plan: plan)
    for (done, chunk) in chunks.enumerated() {
      report(done, chunks.count)
      let part = computer.compute(chunk, &points)
      if part.digest.hex != manifest.chunks[chunk] {
        let runs = plan.runs(ofChunk: chunk)
        findings.append(
          "runs \(runs[0].number) to \(runs[runs.count - 1].number) give other rows than the manifest says")
      }
    }
    return findings
  }

  /// What was compared, in words.
  package func summary(sample: Int?) -> String {
    let chunks = min(sample ?? plan.chunkCount, plan.chunkCount)
    return "\(manifest.files.count) files are as the manifest says, and \(chunks) of \(plan.chunkCount) "
      + "chunks, made again, give the same rows"
  }

  private func sampled(_ sample: Int?) -> [Int] {
    let all = Array(0..<plan.chunkCount)
    guard let sample, sample < all.count else { return all }
    return (0..<sample).map { $0 * all.count / sample }
  }

  private func check(_ file: Manifest.File) -> String? {
    var name = file.name
    var bytes = try? bytesOfFile(at: "\(path)/\(name)", largest: .max)
    if bytes == nil {
      name += ".gz"
      bytes = Gzip.bytes(ofFile: "\(path)/\(name)")
    }
    guard let bytes else { return "\(name) is missing or cannot be read" }
    let found = Manifest.File(name: name, bytes: bytes)
    guard found.digest == file.digest else {
      return "\(name) is not what the manifest says: SHA-256 \(found.digest) instead of \(file.digest)"
    }
    return nil
  }
}
