import Kernel
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A results folder while somebody writes it: held by one process, filled part by part, made whole at the
/// end.
///
/// `config.resolved.json` comes first, then `parts/`, one file a chunk; when no chunk is missing, the tables
/// are put together in plan order, and `manifest.json`, last of all, says that they are complete. Each file
/// appears under its name only when it is whole. What an interrupted process has finished is kept.
package final class ResultsFolder: Sendable {
  package let path: String
  let disk: Disk
  let plan: Plan
  let tables: PlanTables
  let fingerprint: Digest
  private let lock: Int32

  package enum State: Sendable {
    case complete
    case unfinished
  }

  /// Opens or makes the folder of a plan. Refuses a folder that holds something else, or that another process
  /// is writing.
  package init(_ path: String, for plan: Plan, on disk: Disk = Disk()) throws(OutputFailure) {
    var trimmed = Substring(path)
    while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
    self.path = String(trimmed)
    self.disk = disk
    self.plan = plan
    tables = PlanTables(plan)
    fingerprint = plan.fingerprint
    try disk.makeFolders(self.path)
    lock = open(self.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard lock >= 0 else { throw .system(self.path, doing: "cannot be opened", exitCode: 73) }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      close(lock)
      throw OutputFailure(self.path, "another process is writing here", exitCode: 73)
    }
    do throws(OutputFailure) { try claim() } catch {
      close(lock)
      throw error
    }
  }

  deinit { close(lock) }

  private func claim() throws(OutputFailure) {
    let config = plan.resolved.canonicalBytes
    if let present = fileBytes("config.resolved.json") {
      guard present == config else {
        throw OutputFailure(path, "holds results of another experiment or version of it", exitCode: 73)
      }
      if let manifest = Manifest(folder: self), manifest.version != Version.current {
        throw OutputFailure(path, "holds results of rhodian \(manifest.version)", exitCode: 73)
      }
    } else {
      guard entries(of: path).allSatisfy({ $0.hasSuffix(".tmp") }) else {
        throw OutputFailure(path, "exists and holds no results; nothing is overwritten", exitCode: 73)
      }
      try disk.replace("\(path)/config.resolved.json", with: config)
    }
    if state == .unfinished {
      try disk.makeFolder("\(path)/parts")
    } else {
      // A process may have ended between its manifest and this.
      removeParts()
    }
  }

  package var state: State { Manifest(folder: self) == nil ? .unfinished : .complete }

  // MARK: Parts

  func part(_ chunk: Int) -> PartFile? {
    guard let bytes = fileBytes("parts/\(PartFile.name(ofChunk: chunk))") else { return nil }
    return PartFile(bytes, plan: fingerprint, chunk: chunk, tableCount: tables.tables.count)
  }

  /// A part is renamed when whole but not synced: it holds its own digest, and on a disk that is told of
  /// freed blocks, syncing and later removing one costs as much as sixty-four small runs.
  func write(_ part: PartFile, chunk: Int) throws(OutputFailure) {
    try disk.replace(
      "\(path)/parts/\(PartFile.name(ofChunk: chunk))", with: part.bytes(plan: fingerprint, chunk: chunk),
      synced: false)
  }

  /// Runs that a process had begun here when it ended.
  package var runsBegun: [Int] { RunningNotes.left(in: self) }

  /// Runs that earlier processes have given up here. They stay given up: two of them in one chunk would
  /// otherwise take turns in ending every process that comes.
  package var runsAbandoned: [Int] {
    String(decoding: fileBytes("abandoned") ?? [], as: UTF8.self).split(separator: "\n").compactMap {
      Int($0)
    }
  }

  func keepAbandoned(_ runs: [Int]) throws(OutputFailure) {
    guard !runs.isEmpty else { return }
    let lines = runs.map { "\($0)\n" }.joined()
    try disk.replace("\(path)/abandoned", with: Array(lines.utf8))
  }

  /// Takes over the parts of other folders of the same plan; returns the chunks that none of them has.
  package func adopt(from folders: [String]) throws(OutputFailure) -> [Int] {
    var missing: [Int] = []
    for chunk in 0..<plan.chunkCount where part(chunk) == nil {
      let name = "parts/\(PartFile.name(ofChunk: chunk))"
      let found = folders.lazy.compactMap { folder -> PartFile? in
        guard let bytes = try? bytesOfFile(at: "\(folder)/\(name)", largest: .max) else { return nil }
        return PartFile(bytes, plan: self.fingerprint, chunk: chunk, tableCount: self.tables.tables.count)
      }.first
      if let found { try write(found, chunk: chunk) } else { missing.append(chunk) }
    }
    return missing
  }

  // MARK: The whole

  /// Puts the tables together in plan order; nil, and nothing done, while a chunk is missing.
  package func assemble(compress: Bool, jobs: Int) throws(OutputFailure) -> Manifest? {
    for chunk in 0..<plan.chunkCount where !exists("parts/\(PartFile.name(ofChunk: chunk))") { return nil }
    guard let (tableFiles, chunks) = try assembleTables(compress: compress, jobs: jobs) else { return nil }
    try disk.replace("\(path)/datapackage.json", with: dictionary(compressed: compress))
    // As for the tables: the digest of what there would be uncompressed, so that compressing changes no
    // manifest.
    let files =
      tableFiles + [
        Manifest.File(name: "datapackage.json", bytes: dictionary(compressed: false)),
        Manifest.File(name: "config.resolved.json", bytes: plan.resolved.canonicalBytes),
      ]
    let manifest = Manifest(
      version: Version.current, experiment: plan.experiment, runs: plan.runCount, files: files,
      chunks: chunks)
    try disk.replace("\(path)/manifest.json", with: manifest.node.canonicalBytes)
    removeParts()
    return manifest
  }

  /// Every part is read and checked once: a few at a time, side by side, and then each table takes its rows,
  /// side by side too.
  private func assembleTables(
    compress: Bool, jobs: Int
  ) throws(OutputFailure) -> (files: [Manifest.File], chunks: [Digest])? {
    let stored = tables.tables.map { compress ? "\($0.name).csv.gz" : "\($0.name).csv" }
    var writers: [TableFile] = []
    for (table, name) in zip(tables.tables, stored) {
      let writer = try TableFile(path: "\(path)/\(name).tmp", compress: compress, on: disk)
      try writer.write(headerLine(table.columns))
      writers.append(writer)
    }
    var chunks: [Digest] = []
    for batch in batches(of: 4 * jobs) {
      guard let parts = try self.parts(batch, jobs: jobs) else {
        for name in stored { unlink("\(path)/\(name).tmp") }
        return nil
      }
      chunks += parts.map(\.digest)
      let tables = writers
      try onWorkers(jobs, count: writers.count) { table throws(OutputFailure) in
        for part in parts { try tables[table].write(part.rows[table]) }
      }
    }
    var files: [Manifest.File] = []
    for (index, table) in tables.tables.enumerated() {
      let (digest, count) = try writers[index].finish()
      try disk.rename("\(path)/\(stored[index]).tmp", to: "\(path)/\(stored[index])")
      // An interrupted process may have been told otherwise about compression; one table has one file.
      let other = compress ? "\(table.name).csv" : "\(table.name).csv.gz"
      for leftover in [other, "\(other).tmp"] { unlink("\(path)/\(leftover)") }
      files.append(Manifest.File(name: "\(table.name).csv", digest: digest, byteCount: count))
    }
    return (files, chunks)
  }

  private func batches(of size: Int) -> [Range<Int>] {
    stride(from: 0, to: plan.chunkCount, by: size).map { $0..<min($0 + size, plan.chunkCount) }
  }

  /// The parts of some chunks; nil if one of them is not there, or not whole.
  private func parts(_ chunks: Range<Int>, jobs: Int) throws(OutputFailure) -> [PartFile]? {
    let found = Mutex([PartFile?](repeating: nil, count: chunks.count))
    try onWorkers(jobs, count: chunks.count) { place throws(OutputFailure) in
      let part = self.part(chunks.lowerBound + place)
      found.withLock { $0[place] = part }
    }
    let parts = found.withLock { $0 }.compactMap { $0 }
    return parts.count == chunks.count ? parts : nil
  }

  private func dictionary(compressed: Bool) -> [UInt8] {
    DataPackage(plan, tables, compressed: compressed).node.canonicalBytes
  }

  /// Takes away what only an unfinished folder needs.
  private func removeParts() {
    for entry in entries(of: "\(path)/parts") { unlink("\(path)/parts/\(entry)") }
    rmdir("\(path)/parts")
    let files =
      tables.tables.flatMap { ["\($0.name).csv", "\($0.name).csv.gz"] }
      + ["config.resolved.json", "datapackage.json", "manifest.json", "run-info.json", "abandoned"]
    for name in files { unlink("\(path)/\(name).tmp") }
    for name in [RunningNotes.fileName, "abandoned"] { unlink("\(path)/\(name)") }
  }

  // MARK: Reading

  private func exists(_ name: String) -> Bool { access("\(path)/\(name)", R_OK) == 0 }

  func fileBytes(_ name: String) -> [UInt8]? { try? bytesOfFile(at: "\(path)/\(name)", largest: .max) }

  private func entries(of folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
