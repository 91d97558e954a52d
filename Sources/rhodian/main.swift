#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

do {
  try Program.start(Array(CommandLine.arguments.dropFirst()))
} catch {
  complain(shown(error.message, onTerminal: isatty(STDERR_FILENO) == 1) + "\n")
  exit(error.code)
}
