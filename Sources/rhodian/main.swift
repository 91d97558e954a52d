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
  complain(error.message + "\n")
  exit(error.code)
}
