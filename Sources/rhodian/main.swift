#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// A caller may have closed what stands at 0, 1 or 2; a table opened there would be written into by a message.
var spare = open("/dev/null", O_RDWR)
while (0...2).contains(spare) { spare = open("/dev/null", O_RDWR) }
if spare > 2 { close(spare) }
// A file that outgrows its limit is an error to be told like any other (74), not the end of the process.
_ = signal(SIGXFSZ, SIG_IGN)
// Nor is a reader that has gone: results are written to their end, and only then is it said (74).
_ = signal(SIGPIPE, SIG_IGN)

do throws(Exit) {
  try Program.start(Array(CommandLine.arguments.dropFirst()))
  guard fflush(nil) == 0 else {
    throw Exit(code: 74, message: "the answer cannot be written: \(String(cString: strerror(errno)))")
  }
} catch {
  complain(shown(error.message, onTerminal: isatty(STDERR_FILENO) == 1) + "\n")
  exit(error.code)
}
