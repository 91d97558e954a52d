import Glibc

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): the peers have the same few lines, so both sides do one
/// work.
struct SplitMix64 {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  @inline(__always)
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Nanoseconds on a clock that only goes forward.
func monotonicNanoseconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

/// Nanoseconds that this process has computed: what a busy machine does not move as much.
func processNanoseconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

/// `value` with one decimal, at the right of `width` columns.
func column(_ value: Double, _ width: Int) -> String {
  let tenths = Int((value * 10).rounded())
  return column("\(tenths / 10).\(tenths % 10)", width)
}

func column(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}

func printError(_ text: String) {
  let line = Array("rhodian-bench: \(text)\n".utf8)
  _ = write(STDERR_FILENO, line, line.count)
}

/// `; did you mean …?` when a known name is close, else the list of names.
func suggestion(for name: String, among known: [String]) -> String {
  if let best = known.min(by: { editDistance($0, name) < editDistance($1, name) }),
    editDistance(best, name) <= 2
  {
    return "; did you mean \(best)?"
  }
  return "; there are: \(known.joined(separator: " "))"
}

/// How many letters to insert, delete or replace (Levenshtein 1966).
private func editDistance(_ left: String, _ right: String) -> Int {
  let columns = Array(right)
  var row = Array(0...columns.count)
  for (i, letter) in left.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for j in columns.indices {
      let replaced = diagonal + (letter == columns[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[columns.count]
}

/// Runs a program found through PATH; its output, or `nil` unless it ended with exit code 0.
func output(of command: [String]) -> String? {
  var pipeEnds: [Int32] = [0, 0]
  guard pipe(&pipeEnds) == 0 else { return nil }
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  posix_spawn_file_actions_adddup2(&actions, pipeEnds[1], STDOUT_FILENO)
  posix_spawn_file_actions_addclose(&actions, pipeEnds[0])
  posix_spawn_file_actions_addclose(&actions, pipeEnds[1])
  defer { posix_spawn_file_actions_destroy(&actions) }
  var words = command.map { strdup($0) }
  words.append(nil)
  defer { for word in words { free(word) } }
  var process: pid_t = 0
  let spawned = posix_spawnp(&process, command[0], &actions, nil, words, environ)
  close(pipeEnds[1])
  defer { close(pipeEnds[0]) }
  guard spawned == 0 else { return nil }
  var text: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 4_096)
  while true {
    let count = read(pipeEnds[0], &buffer, buffer.count)
    guard count > 0 else { break }
    text += buffer[..<count]
  }
  var status: Int32 = 0
  guard waitpid(process, &status, 0) == process, status == 0 else { return nil }
  return String(decoding: text, as: UTF8.self)
}

/// Where the source of a peer lies: `Peers/` beside this file.
func peerSource(_ name: String, sourceFile: String = #filePath) -> String {
  let folder = sourceFile.split(separator: "/", omittingEmptySubsequences: false).dropLast()
  return "\(folder.joined(separator: "/"))/Peers/\(name)"
}

/// Compiles a peer that lies in `Peers/` beside this file into the folder of this program, with the first C++
/// compiler of PATH; the path of the result.
func compilePeer(_ name: String, sourceFile: String = #filePath) -> String? {
  let source = peerSource("\(name).cpp", sourceFile: sourceFile)
  var folder = "."
  var path = [Int8](repeating: 0, count: Int(PATH_MAX))
  if readlink("/proc/self/exe", &path, path.count - 1) > 0 {
    let program = String(decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    folder = program.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  }
  let binary = "\(folder)/peer-\(name)"
  for compiler in ["clang++", "g++"] where output(of: [compiler, "-O2", source, "-o", binary]) != nil {
    return binary
  }
  printError("no clang++ or g++ could compile \(source)")
  return nil
}

func temporaryFolder() -> String? {
  let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
  var path = Array("\(parent)/rhodian-bench-XXXXXX".utf8CString)
  guard mkdtemp(&path) != nil else { return nil }
  return String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Removes a folder with whatever a bench leaves in one.
func removeFolder(_ path: String) {
  for name in ["columns", "ours.csv", "theirs.csv", "day"] { unlink("\(path)/\(name)") }
  rmdir(path)
}

/// A line of /proc/self/status, in kB.
func memory(_ name: String) -> Int {
  guard let file = fopen("/proc/self/status", "r") else { return 0 }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 256)
  while fgets(&line, Int32(line.count), file) != nil {
    let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let words = text.split(whereSeparator: { $0 == ":" || $0 == " " || $0 == "\t" })
    if words.first == Substring(name), words.count > 1 { return Int(words[1]) ?? 0 }
  }
  return 0
}
