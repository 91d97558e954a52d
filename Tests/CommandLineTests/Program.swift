import Foundation
import Kernel
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What a finished process left: its exit code and what it said.
struct Finished {
  let code: Int32
  let output: String
  let complaint: String
}

/// The program as a user has it: the binary that was built beside these tests.
enum Built {
  static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// `.build/<configuration>/rhodian`, in the folder of the test bundle.
  static func binary() throws -> String {
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    let folders = [bundle, Bundle.main.bundleURL, Bundle.main.executableURL?.deletingLastPathComponent()]
    let places = folders.compactMap { $0?.appendingPathComponent("rhodian").path }
    let found = places.first { access($0, X_OK) == 0 }
    return try #require(found, "no `rhodian` beside the tests; looked at \(places)")
  }
}

/// An empty folder that goes when the test ends.
final class Scratch: Sendable {
  let path: String

  init() throws {
    var template = Array((NSTemporaryDirectory() + "/rhodian-test-XXXXXX").utf8CString)
    let made = template.withUnsafeMutableBufferPointer { mkdtemp($0.baseAddress!) }
    path = String(cString: try #require(made))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
  }

  func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
  }

  func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

  func list(_ folder: String = ".") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)").sorted()
  }

  /// Every file below a folder by its path from there, and what it holds.
  func contents(_ folder: String) throws -> [String: [UInt8]] {
    var contents: [String: [UInt8]] = [:]
    let names = FileManager.default.enumerator(atPath: "\(path)/\(folder)")
    while let name = names?.nextObject() as? String {
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: "\(path)/\(folder)/\(name)", isDirectory: &isFolder)
      contents[name] = isFolder.boolValue ? [] : try bytes("\(folder)/\(name)")
    }
    return contents
  }

  /// The digest of each file of a results folder, without the one that says how results came about.
  func results(_ folder: String) throws -> [String: String] {
    try contents(folder).filter { $0.key != "run-info.json" }.mapValues { bytes in
      var fingerprint = Fingerprint()
      fingerprint.update(bytes: bytes)
      return fingerprint.finish().hex
    }
  }

  /// Runs `rhodian` here with these words and waits for it.
  func rhodian(_ words: String..., environment: [String: String] = [:]) throws -> Finished {
    try run([Built.binary()] + words, environment: environment)
  }

  func run(_ words: [String], environment: [String: String] = [:]) throws -> Finished {
    try start(words, environment: environment).wait()
  }

  /// Starts a program here and does not wait for it.
  func start(_ words: [String], environment: [String: String] = [:]) throws -> Child {
    let talk = try Scratch.Talk()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, talk.output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, talk.complaint, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    // A thread of the tests may have signals blocked; the child is to have them as a shell would give them.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    let settings = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    // `env` changes the folder for the child alone.
    var arguments = (["env", "-C", path] + words).map { strdup($0) } + [nil]
    var variables = settings.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in arguments + variables { free(text) } }
    var child: pid_t = 0
    let refusal = posix_spawnp(&child, "env", &actions, &attributes, &arguments, &variables)
    try #require(refusal == 0, "`env` does not start: \(String(cString: strerror(refusal)))")
    return Child(id: child, talk: talk)
  }

  /// A process that may still run.
  struct Child {
    let id: pid_t
    fileprivate let talk: Talk

    func send(_ signal: Int32) { kill(id, signal) }

    func wait() throws -> Finished {
      var status: Int32 = 0
      while waitpid(id, &status, 0) < 0, errno == EINTR {}
      // As a shell says it: the exit code, or 128 and the signal.
      let code = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
      return Finished(
        code: code, output: try talk.read(talk.output), complaint: try talk.read(talk.complaint))
    }
  }

  /// Where a process's words go: files, so that neither fills up while the other is read.
  fileprivate final class Talk {
    private let scratch: Scratch
    var output: String { "\(scratch.path)/output" }
    var complaint: String { "\(scratch.path)/complaint" }

    init() throws { scratch = try Scratch() }

    func read(_ file: String) throws -> String {
      String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
    }
  }
}

/// A CSV file of ours as dictionaries: quoted fields do not occur in the experiments used here.
func rows(_ csv: String) -> [[String: String]] {
  let lines = csv.split(separator: "\r\n", omittingEmptySubsequences: true)
  guard let header = lines.first?.split(separator: ",") else { return [] }
  return lines.dropFirst().map { line in
    let fields = line.split(separator: ",", omittingEmptySubsequences: false)
    return Dictionary(uniqueKeysWithValues: zip(header.map(String.init), fields.map(String.init)))
  }
}
