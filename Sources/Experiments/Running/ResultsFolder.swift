import Kernel

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

  /// Opens or makes the folder of a plan. Refuses a folder that holds something else or has been damaged, or
  /// that another process is writing.
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
      defer { close(lock) }
      // Some file systems know no locks; that is nobody else's doing.
      guard errno == EWOULDBLOCK else {
        throw .system(self.path, doing: "cannot be locked", exitCode: 73)
      }
      throw OutputFailure(self.path, "another process is writing here", exitCode: 73)
    }
    do throws(OutputFailure) { try claim() } catch {
      unlock()
      throw error
    }
  }

  deinit { unlock() }

  /// A lock stands until its last descriptor is closed, and a child that is just being started may have one
  /// too; so it is taken off by name.
  private func unlock() {
    flock(lock, LOCK_UN)
    close(lock)
  }

  /// Whether a folder holds this plan, finished or not: its points were checked before anything was written.
  package static func holds(_ plan: Plan, at path: String) -> Bool {
    (try? bytesOfFile(at: "\(path)/config.resolved.json", largest: .max)) == plan.resolved.canonicalBytes
  }

  /// What to do about a folder that holds something else.
  private static let wayOut = "name another folder, or remove this one"

  private func claim() throws(OutputFailure) {
    let config = plan.resolved.canonicalBytes
    guard let present = fileBytes("config.resolved.json") else {
      // Killed while it wrote the first file, a process leaves this and nothing else.
      guard entries(of: path).allSatisfy({ $0 == "config.resolved.json.tmp" }) else {
        throw OutputFailure(
          path, "exists and holds no results; nothing is overwritten: \(ResultsFolder.wayOut)", exitCode: 73)
      }
      try disk.replace("\(path)/config.resolved.json", with: config)
      return try disk.makeFolder("\(path)/parts")
    }
    guard present == config else {
      throw OutputFailure(
        path, "holds results of another experiment or version of it; \(ResultsFolder.wayOut)", exitCode: 73)
    }
    let manifest: Manifest?
    do throws(ReadingFailure) {
      manifest = try Manifest.read(path)
    } catch {
      throw OutputFailure(
        "\(path)/manifest.json", "is damaged; without it everything is computed again", exitCode: 73)
    }
    guard let manifest else { return try disk.makeFolder("\(path)/parts") }
    guard manifest.maker == .current else {
      throw OutputFailure(
        path,
        "holds results of \(manifest.maker), this is \(Manifest.Maker.current); \(ResultsFolder.wayOut)",
        exitCode: 73)
    }
    try checkFiles(of: manifest)
    // A process may have ended between its manifest and this.
    removeParts()
  }

  /// Results are complete only while every file is there; `rhodian verify` looks into them.
  private func checkFiles(of manifest: Manifest) throws(OutputFailure) {
    for file in manifest.files {
      var status = stat()
      guard stat("\(path)/\(file.name)", &status) == 0 else {
        guard access("\(path)/\(file.name).gz", R_OK) != 0 else { continue }
        throw OutputFailure(
          "\(path)/\(file.name)",
          "is missing, though the manifest lists it; without manifest.json everything is computed again",
          exitCode: 66)
      }
      // A compressed folder's dictionary is longer than the one that the manifest lists.
      guard file.name != "datapackage.json", Int(status.st_size) != file.byteCount else { continue }
      throw OutputFailure(
        "\(path)/\(file.name)",
        "has \(status.st_size) bytes, the manifest says \(file.byteCount); see `rhodian verify`", exitCode: 65
      )
    }
  }

  package var state: State { (try? Manifest.read(path)) ?? nil == nil ? .unfinished : .complete }

  /// Whether the tables of a complete folder are compressed.
  package var isCompressed: Bool { TableOnDisk("\(path)/summary").isCompressed }

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

  // MARK: Runs that end the process

  /// Runs that a process had begun here when it ended.
  package var runsBegun: [Int] { RunningNotes.left(in: self) }

  /// Forgets which runs have begun: somebody ends this process on purpose. It may go on writing its notes,
  /// into a file without a name.
  package func forgetRunsBegun() { unlink("\(path)/\(RunningNotes.fileName)") }

  /// Runs that earlier processes have given up here. While --keep-going is given they stay given up: two of
  /// them in one chunk would otherwise take turns in ending every process that comes.
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

  // MARK: Reading

  /// Takes away what only an unfinished folder needs.
  func removeParts() {
    for entry in entries(of: "\(path)/parts") { unlink("\(path)/parts/\(entry)") }
    rmdir("\(path)/parts")
    let files =
      tables.tables.flatMap { ["\($0.name).csv", "\($0.name).csv.gz"] }
      + ["config.resolved.json", "datapackage.json", "manifest.json", "run-info.json", "abandoned"]
    for name in files { unlink("\(path)/\(name).tmp") }
    for name in [RunningNotes.fileName, "abandoned"] { unlink("\(path)/\(name)") }
  }

  func exists(_ name: String) -> Bool { access("\(path)/\(name)", R_OK) == 0 }

  func fileBytes(_ name: String) -> [UInt8]? { try? bytesOfFile(at: "\(path)/\(name)", largest: .max) }
}

/// Names in a folder, in order; none where it cannot be read.
func entries(of folder: String) -> [String] {
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
