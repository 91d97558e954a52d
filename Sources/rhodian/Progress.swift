import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How far a long command has come, how fast, and how long it will take: on stderr, only on a terminal, only
/// once it has taken a second, and at most ten times a second.
final class Progress: Sendable {
  private let what: String
  private let isShown = isatty(STDERR_FILENO) == 1
  private let started = Progress.now()
  private let shownAt = Mutex<Double>(0)

  init(what: String) { self.what = what }

  func show(_ done: Int, of total: Int) {
    guard isShown else { return }
    let now = Progress.now()
    let isDue = shownAt.withLock { last in
      guard now - started >= 1, now - last >= 0.1 else { return false }
      last = now
      return true
    }
    guard isDue else { return }
    let rate = Double(done) / (now - started)
    let left = rate > 0 ? Int(Double(total - done) / rate) : 0
    complain("\r\u{1B}[K\(done) of \(total) \(what), \(Int(rate)) a second, \(Progress.text(left)) left")
  }

  func clear() {
    if isShown { complain("\r\u{1B}[K") }
  }

  private static func text(_ seconds: Int) -> String {
    if seconds < 60 { return "\(seconds) s" }
    return seconds < 3600
      ? "\(seconds / 60) min \(seconds % 60) s" : "\(seconds / 3600) h \(seconds / 60 % 60) min"
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

/// A message as a person sees it: on a terminal after the word `error`, in red unless `NO_COLOR`
/// (no-color.org) or a dumb terminal forbids it. Programs get the message alone, which begins with file, line
/// and column where it is about a config.
func shown(_ message: String, onTerminal: Bool) -> String {
  guard onTerminal else { return message }
  let forbids = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
  let isDumb = getenv("TERM").map { String(cString: $0) == "dumb" } ?? true
  return (forbids || isDumb ? "error: " : "\u{1B}[31merror:\u{1B}[0m ") + message
}

/// Words for people, kept apart from results.
func complain(_ text: String) {
  var text = text
  text.withUTF8 { bytes in _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
}
