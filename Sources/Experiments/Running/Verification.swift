import Kernel
import Synchronization

/// Compares results with their manifest, and with the same runs made again from the config beside it.
///
///     let verification = try Verification(path: "results/x")
///     verification.check(sample: nil, jobs: 2) { _, _ in }   // [] when every byte is right
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
    guard let manifest = (try? Manifest.read(path)) ?? nil else { throw .noManifest }
    self.manifest = manifest
    do throws(ReadingFailure) {
      plan = try Plan.read(ConfigFile.resolved(in: path)) { plan in
        let file = Manifest.File(name: "config.resolved.json", bytes: plan.resolved.canonicalBytes)
        return manifest.files.contains { $0.name == file.name && $0.digest == file.digest }
      }
    } catch {
      throw .config(error)
    }
    tables = PlanTables(plan)
    abandoned = Verification.abandoned(in: path)
  }

  /// What differs, in words; empty if nothing does.
  ///
  /// - Parameter sample: how many chunks to run again, spread evenly; nil for all.
  package func check(
    sample: Int?, jobs: Int = 1, report: @Sendable (_ done: Int, _ of: Int) -> Void
  ) -> [String] {
    var findings: [String] = []
    if manifest.maker != Manifest.Maker.current {
      findings.append("the results are of \(manifest.maker), this is \(Manifest.Maker.current)")
    }
    if manifest.experiment != plan.experiment {
      findings.append(
        "the manifest is of the experiment `\(manifest.experiment)`, the config of `\(plan.experiment)`")
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
          + "the plan \(plan.runCount) "
          + "in \(plan.chunkCount)")
      return findings
    }
    return findings + runAgain(sampled(sample), jobs: jobs, report)
  }

  /// A few chunks at a time, side by side; their rows are then looked at in plan order.
  private func runAgain(
    _ chunks: [Int], jobs: Int, _ report: @Sendable (_ done: Int, _ of: Int) -> Void
  ) -> [String] {
    var findings: [String] = []
    let computer = ChunkComputer(plan: plan, abandoned: abandoned)
    let done = Atomic<Int>(0)
    var fingerprints = tables.tables.map { table in
      var fingerprint = Fingerprint()
      fingerprint.update(bytes: headerLine(table.columns))
      return fingerprint
    }
    for start in stride(from: 0, to: chunks.count, by: 4 * jobs) {
      let batch = Array(chunks[start..<min(start + 4 * jobs, chunks.count)])
      let made = Mutex<[Int: PartFile]>([:])
      _ = computer.compute(batch, jobs: jobs) { (chunk: Int, part: PartFile) throws(Never) in
        made.withLock { $0[chunk] = part }
        report(done.add(1, ordering: .relaxed).newValue, chunks.count)
      }
      let parts = made.withLock { made in batch.compactMap { made[$0] } }
      for (chunk, part) in zip(batch, parts) {
        for table in part.rows.indices { fingerprints[table].update(bytes: part.rows[table]) }
        if part.digest.hex != manifest.chunks[chunk] {
          let runs = plan.runs(ofChunk: chunk)
          findings.append(
            "runs \(runs[0].number) to \(runs[runs.count - 1].number) give other rows than the manifest says")
        }
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
    let isTable = file.name.hasSuffix(".csv")
    let table = TableOnDisk("\(path)/\(file.name.dropLast(isTable ? 4 : 0))")
    let isCompressed = isTable && table.isCompressed
    let name = isCompressed ? "\(file.name).gz" : file.name
    var expected = file
    // The manifest has the digest of an uncompressed folder's dictionary.
    if name == "datapackage.json", TableOnDisk("\(path)/summary").isCompressed {
      guard Manifest.File(name: name, bytes: dictionary(compressed: false)).digest == file.digest else {
        return "the manifest's \(name) is not the data dictionary of these tables"
      }
      expected = Manifest.File(name: name, bytes: dictionary(compressed: true))
    }
    var fingerprint = Fingerprint()
    var count = 0
    func look(_ piece: ArraySlice<UInt8>) {
      fingerprint.update(bytes: Array(piece))
      count += piece.count
    }
    do throws(ReadingFailure) {
      if isTable {
        try table.eachPiece(look)
      } else {
        try eachPiece(ofFile: "\(path)/\(name)") { piece throws(ReadingFailure) in look(piece) }
      }
    } catch {
      if case .unreadable(_, let reason) = error { return "\(name) cannot be read: \(reason)" }
      return "\(file.name) is missing"
    }
    let found = Manifest.File(name: name, digest: fingerprint.finish(), byteCount: count)
    guard found.digest == expected.digest else {
      return "\(name) is not what the manifest says: SHA-256 \(found.digest) instead of \(expected.digest)"
    }
    return found.byteCount == expected.byteCount
      ? nil : "\(name) has \(found.byteCount) bytes, the manifest says \(expected.byteCount)"
  }

  private func dictionary(compressed: Bool) -> [UInt8] {
    DataPackage(plan, tables, compressed: compressed).node.canonicalBytes
  }

  private static func abandoned(in path: String) -> [Int] {
    var found: [Int] = []
    // A table that cannot be read is found out when its bytes are compared.
    try? TableOnDisk("\(path)/failures").forEachRow { header, row in
      guard header.count == row.count, let run = header.firstIndex(of: "run"),
        let reason = header.firstIndex(of: "reason"), row[reason] == ChunkComputer.abandonedReason,
        let number = Int(row[run])
      else { return }
      found.append(number)
    }
    return found
  }
}
