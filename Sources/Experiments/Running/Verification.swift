import Kernel

/// Compares results with their manifest, and with the same runs made again from the config beside it.
///
///     try Verification(path: "results/x").check(sample: nil) { _, _ in }   // [] when every byte is right
package struct Verification {
  let path: String
  let manifest: Manifest
  let plan: Plan
  private let tables: PlanTables
  /// Runs that the results say were not tried, because each of them ends the process that tries it.
  private let abandoned: [Int]

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
    tables = PlanTables(plan)
    abandoned = Verification.abandoned(in: Verification.bytes(of: "failures.csv", in: path)?.bytes ?? [])
  }

  /// What differs, in words; empty if nothing does.
  ///
  /// - Parameter sample: how many chunks to run again, spread evenly; nil for all.
  package func check(sample: Int?, report: (_ done: Int, _ of: Int) -> Void) -> [String] {
    var findings: [String] = []
    if manifest.version != Version.current {
      findings.append("the results are of rhodian \(manifest.version), this is \(Version.current)")
    }
    let expected = tables.tables.map { "\($0.name).csv" } + ["datapackage.json", "config.resolved.json"]
    let listed = manifest.files.map(\.name)
    if listed != expected {
      findings.append(
        "the manifest lists \(listed.joined(separator: ", ")) instead of \(expected.joined(separator: ", "))")
    }
    findings += manifest.files.compactMap(check)
    guard manifest.chunks.count == plan.chunkCount, manifest.runs == plan.runCount else {
      findings.append(
        "the manifest has \(manifest.runs) runs in \(manifest.chunks.count) chunks, "
          + "the plan \(plan.runCount) in \(plan.chunkCount)")
      return findings
    }
    return findings + runAgain(sampled(sample), report)
  }

  private func runAgain(_ chunks: [Int], _ report: (_ done: Int, _ of: Int) -> Void) -> [String] {
    var findings: [String] = []
    let computer = ChunkComputer(plan: plan, abandoned: abandoned)
    var points = PointCache(plan: plan)
    var fingerprints = tables.tables.map { table in
      var fingerprint = Fingerprint()
      fingerprint.update(bytes: headerLine(table.columns))
      return fingerprint
    }
    for (done, chunk) in chunks.enumerated() {
      report(done, chunks.count)
      let part = computer.compute(chunk, &points)
      for table in part.rows.indices { fingerprints[table].update(bytes: part.rows[table]) }
      if part.digest.hex != manifest.chunks[chunk] {
        let runs = plan.runs(ofChunk: chunk)
        findings.append(
          "runs \(runs[0].number) to \(runs[runs.count - 1].number) give other rows than the manifest says")
      }
    }
    guard chunks.count == plan.chunkCount else { return findings }
    // Every row there is has been made again: the tables themselves can be compared, whatever the manifest
    // says.
    for (table, fingerprint) in zip(tables.tables, fingerprints) {
      guard let file = manifest.files.first(where: { $0.name == "\(table.name).csv" }),
        file.digest != fingerprint.finish().hex
      else { continue }
      findings.append("the runs, made again, give another \(file.name) than the manifest lists")
    }
    return findings
  }

  /// What was compared, in words.
  package func summary(sample: Int?) -> String {
    let chunks = min(sample ?? plan.chunkCount, plan.chunkCount)
    let untried = abandoned.map(String.init).joined(separator: ", ")
    return "\(manifest.files.count) files are as the manifest says, and \(chunks) of \(plan.chunkCount) "
      + "chunks, made again, give the same rows"
      + (abandoned.isEmpty ? "" : " (not tried, as each ended a process: run \(untried))")
  }

  private func sampled(_ sample: Int?) -> [Int] {
    let all = Array(0..<plan.chunkCount)
    guard let sample, sample < all.count else { return all }
    return (0..<sample).map { $0 * all.count / sample }
  }

  // MARK: Files

  private func check(_ file: Manifest.File) -> String? {
    guard let (name, bytes) = Verification.bytes(of: file.name, in: path) else {
      return "\(file.name) is missing or cannot be read"
    }
    // The manifest has the digest of an uncompressed folder's dictionary.
    if name == "datapackage.json", isCompressed {
      return bytes == DataPackage(plan, tables, compressed: true).node.canonicalBytes
        ? nil : "\(name) is not the data dictionary of these compressed tables"
    }
    let found = Manifest.File(name: name, bytes: bytes)
    guard found.digest == file.digest else {
      return "\(name) is not what the manifest says: SHA-256 \(found.digest) instead of \(file.digest)"
    }
    return nil
  }

  private var isCompressed: Bool {
    Verification.bytes(of: "summary.csv", in: path)?.name == "summary.csv.gz"
  }

  /// A file as it is, or what its compressed form holds.
  private static func bytes(of name: String, in path: String) -> (name: String, bytes: [UInt8])? {
    if let bytes = try? bytesOfFile(at: "\(path)/\(name)", largest: .max) { return (name, bytes) }
    return Gzip.bytes(ofFile: "\(path)/\(name).gz").map { ("\(name).gz", $0) }
  }

  private static func abandoned(in failures: [UInt8]) -> [Int] {
    let table = CSVTable(failures)
    guard let run = table.index(of: "run"), let reason = table.index(of: "reason") else { return [] }
    return table.rows.filter { $0.count == table.header.count && $0[reason] == ChunkComputer.abandonedReason }
      .compactMap { Int($0[run]) }
  }
}
