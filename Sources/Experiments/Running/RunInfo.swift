#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How results came about: host, jobs, times. Apart from the results, which depend on none of it.
package struct RunInfo {
  private let jobs: Int
  private let shard: Runner.Shard
  private let started = time(nil)
  private let chunksFound: Int
  /// Workers that had something to do: where runs are few or processors fewer, not as many as asked for.
  package var workers = 0

  package init(jobs: Int, shard: Runner.Shard, chunksFound: Int) {
    self.jobs = jobs
    self.shard = shard
    self.chunksFound = chunksFound
  }

  /// Writes `run-info.json`. The time is the one in UTC, to the second.
  package func write(to folder: ResultsFolder) throws(OutputFailure) {
    let node: JSONNode = [
      "host": .string(RunInfo.host),
      "jobs": .integer(jobs),
      "workers": .integer(workers),
      "shard": .string("\(shard.index)/\(shard.count)"),
      "chunksFoundDone": .integer(chunksFound),
      "started": .string(RunInfo.timestamp(started)),
      "finished": .string(RunInfo.timestamp(time(nil))),
      "seconds": .integer(time(nil) - started),
    ]
    try folder.disk.replace("\(folder.path)/run-info.json", with: node.canonicalBytes)
  }

  private static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func timestamp(_ instant: time_t) -> String {
    var instant = instant
    var parts = tm()
    gmtime_r(&instant, &parts)
    func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))T"
      + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
  }
}
