import Kernel

/// The rows of one chunk of a plan, as one file: what a killed sweep keeps.
///
/// A line names the plan and the chunk, a line each table, its length and its SHA-256; the rows follow, then
/// a last line. A part that was cut, altered or made by another plan is not a part.
struct PartFile {
  let rows: PlanTables.Rows
  /// Of each table's rows.
  private let digests: [Digest]

  /// A digest of the chunk's rows, for the manifest.
  var digest: Digest { Digest.combined(of: digests) }

  static func name(ofChunk chunk: Int) -> String {
    let digits = String(chunk)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits + ".part"
  }

  init(rows: PlanTables.Rows) {
    self.init(rows: rows, digests: rows.map(PartFile.digest))
  }

  private init(rows: PlanTables.Rows, digests: [Digest]) {
    self.rows = rows
    self.digests = digests
  }

  private static func digest(of bytes: [UInt8]) -> Digest {
    var fingerprint = Fingerprint()
    fingerprint.update(bytes: bytes)
    return fingerprint.finish()
  }

  private static func header(_ plan: Digest, chunk: Int) -> String {
    "rhodian part 1, chunk \(chunk) of plan \(plan.hex)\n"
  }

  /// Whether this is the beginning of a part, whole or not, that another plan or version has made.
  static func isOfAnotherPlan(_ bytes: [UInt8], than plan: Digest) -> Bool {
    let line = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    return line.hasPrefix("rhodian part 1, chunk ") && !line.hasSuffix(" of plan \(plan.hex)")
  }

  private static let footer = "end\n"

  func bytes(plan: Digest, chunk: Int) -> [UInt8] {
    var bytes = Array(PartFile.header(plan, chunk: chunk).utf8)
    for (table, digest) in zip(rows, digests) { bytes += "\(table.count) \(digest.hex)\n".utf8 }
    for table in rows { bytes += table }
    bytes += PartFile.footer.utf8
    return bytes
  }

  /// The part that `bytes` hold, or nil.
  init?(_ bytes: [UInt8], plan: Digest, chunk: Int, tableCount: Int) {
    var rest = bytes[...]
    func line() -> String? {
      guard let end = rest.firstIndex(of: 0x0A) else { return nil }
      defer { rest = rest[(end + 1)...] }
      return String(decoding: rest[...end], as: UTF8.self)
    }
    guard line() == PartFile.header(plan, chunk: chunk) else { return nil }
    var lengths: [(count: Int, digest: String)] = []
    for _ in 0..<tableCount {
      guard let words = line()?.dropLast().split(separator: " "), words.count == 2, let count = Int(words[0])
      else { return nil }
      lengths.append((count, String(words[1])))
    }
    var rows: PlanTables.Rows = []
    var digests: [Digest] = []
    for (count, digest) in lengths {
      guard count >= 0, count <= rest.count else { return nil }
      let table = Array(rest.prefix(count))
      digests.append(PartFile.digest(of: table))
      guard digests[digests.count - 1].hex == digest else { return nil }
      rows.append(table)
      rest = rest.dropFirst(count)
    }
    guard String(decoding: rest, as: UTF8.self) == PartFile.footer else { return nil }
    self.init(rows: rows, digests: digests)
  }
}
