import Kernel
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension ResultsFolder {
  /// Puts the tables together in plan order; nil, and nothing done, while a chunk is missing.
  ///
  /// The names of the tables are on disk before the manifest has one, and the manifest's before a part loses
  /// its own: whatever a power cut leaves, it is complete or can be gone on with.
  package func assemble(compress: Bool, jobs: Int) throws(OutputFailure) -> Manifest? {
    for chunk in 0..<plan.chunkCount where !exists("parts/\(PartFile.name(ofChunk: chunk))") { return nil }
    guard let (tableFiles, chunks) = try assembleTables(compress: compress, jobs: jobs) else { return nil }
    try disk.replace("\(path)/datapackage.json", with: dictionary(compressed: compress))
    try disk.syncFolder(path)
    // As for the tables: the digest of what there would be uncompressed, so that compressing changes no
    // manifest.
    let files =
      tableFiles + [
        Manifest.File(name: "datapackage.json", bytes: dictionary(compressed: false)),
        Manifest.File(name: "config.resolved.json", bytes: plan.resolved.canonicalBytes),
      ]
    var manifest = Manifest(experiment: plan.experiment, runs: plan.runCount, files: files, chunks: chunks)
    manifest.only = plan.only
    try disk.replace("\(path)/manifest.json", with: manifest.node.canonicalBytes)
    try disk.syncFolder(path)
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
      try onWorkers(jobs, count: tables.count) { table throws(OutputFailure) in
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
}
