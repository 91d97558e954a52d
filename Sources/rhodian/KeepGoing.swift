import Experiments

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Runs that end whoever makes them: those that an earlier process had begun when it ended, and that end
/// another process made for each. Without --keep-going they are only named, and tried again.
func runsThatKill(_ folder: ResultsFolder, keepGoing: Bool) -> [Int] {
  let suspects = folder.runsBegun
  guard keepGoing else {
    guard !suspects.isEmpty else { return [] }
    complain(
      "an earlier process ended during run \(suspects.map(String.init).joined(separator: ", ")); "
        + "trying again (if this one ends, too: --keep-going makes each such run in a process of its own and "
        + "records those that crash)\n")
    return []
  }
  if !suspects.isEmpty {
    complain(
      "an earlier process ended during run \(suspects.map(String.init).joined(separator: ", ")); "
        + "making each in a process of its own\n")
  }
  let known = folder.runsAbandoned
  // A replay does all that a chunk does for a run, rows of every table included.
  let found = suspects.filter { run in
    endsByItself("/proc/self/exe", ["rhodian", "replay", "--run", String(run), "--", folder.path])
  }
  return known + found.filter { !known.contains($0) }
}

/// Whether a process made of `program` ends by a mistake of its own: what others do to it, such as a signal
/// from a terminal or from a system short of memory, says nothing about its run.
private func endsByItself(_ program: String, _ words: [String]) -> Bool {
  var process = pid_t()
  var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
  pointers.append(nil)
  defer { for pointer in pointers { free(pointer) } }
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
    posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
  }
  // What this process ignores, its child is not to inherit.
  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var ignored = sigset_t()
  sigemptyset(&ignored)
  for signal in [SIGPIPE, SIGXFSZ] { sigaddset(&ignored, signal) }
  posix_spawnattr_setsigdefault(&attributes, &ignored)
  posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
  guard posix_spawn(&process, program, &actions, &attributes, pointers, environ) == 0 else { return false }
  var status: Int32 = 0
  while waitpid(process, &status, 0) < 0, errno == EINTR {}
  return [SIGILL, SIGTRAP, SIGSEGV, SIGABRT, SIGBUS, SIGFPE].contains(status & 0x7F)
}
