import Kernel

/// Folders that each hold some chunks of one plan, to be put together. Each is looked at before anything is
/// written.
package struct Shards {
  package let plan: Plan
  private let folders: [(path: String, has: Set<String>)]

  /// Refuses a folder that holds no shard, or one of another plan or version than the first.
  package init(_ paths: [String]) throws(OutputFailure) {
    precondition(!paths.isEmpty, "checked where folders are read")
    let plan: Plan
    do throws(ReadingFailure) {
      plan = try Plan.ofResults(in: paths[0])
    } catch {
      if case .missing = error { throw Shards.refusal(paths[0], "there is no config.resolved.json") }
      throw OutputFailure(paths[0], "holds no shard: \(error)", exitCode: error.exitCode)
    }
    let fingerprint = plan.fingerprint
    let tableCount = PlanTables(plan).tables.count
    var folders: [(path: String, has: Set<String>)] = []
    for path in paths {
      let names = entries(of: path)
      guard names.contains("config.resolved.json") else {
        throw Shards.refusal(path, "there is no config.resolved.json")
      }
      guard ResultsFolder.holds(plan, at: path) else {
        throw OutputFailure(path, "is of another experiment than \(paths[0])", exitCode: 66)
      }
      guard !names.contains("manifest.json") else {
        throw Shards.refusal(path, "it is complete, with tables and without parts")
      }
      let parts = entries(of: "\(path)/parts").filter { $0.hasSuffix(".part") }
      // A part that was cut or altered is found out when it is taken over; one of another version says so.
      if let first = parts.first, let chunk = Int(first.dropLast(".part".count)),
        let bytes = try? bytesOfFile(at: "\(path)/parts/\(first)", largest: .max),
        PartFile(bytes, plan: fingerprint, chunk: chunk, tableCount: tableCount) == nil,
        PartFile.isOfAnotherPlan(bytes, than: fingerprint)
      {
        throw OutputFailure(path, "is of another version than this \(Manifest.Maker.current)", exitCode: 66)
      }
      folders.append((path, Set(parts)))
    }
    self.plan = plan
    self.folders = folders
  }

  private static func refusal(_ path: String, _ reason: String) -> OutputFailure {
    OutputFailure(path, "holds no shard: \(reason)", exitCode: 66)
  }

  /// Chunks that neither these folders nor the one they are put into has.
  package func missing(into path: String) -> [Int] {
    let present = Set(entries(of: "\(path)/parts"))
    return (0..<plan.chunkCount).filter { chunk in
      let name = PartFile.name(ofChunk: chunk)
      return !present.contains(name) && !folders.contains { $0.has.contains(name) }
    }
  }

  /// Copies every part into the folder that does not have it; returns the chunks of which there is none that
  /// is whole.
  package func copy(into folder: ResultsFolder) throws(OutputFailure) -> [Int] {
    var missing: [Int] = []
    for chunk in 0..<plan.chunkCount where folder.part(chunk) == nil {
      let name = PartFile.name(ofChunk: chunk)
      let part = folders.lazy.filter { $0.has.contains(name) }.compactMap { shard -> PartFile? in
        guard let bytes = try? bytesOfFile(at: "\(shard.path)/parts/\(name)", largest: .max) else {
          return nil
        }
        return PartFile(
          bytes, plan: folder.fingerprint, chunk: chunk, tableCount: folder.tables.tables.count)
      }.first
      if let part { try folder.write(part, chunk: chunk) } else { missing.append(chunk) }
    }
    return missing
  }
}
