import Experiments

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// MARK: new, schema, completion

func newExperiment(_ arguments: Arguments) throws(Exit) {
  let given = arguments.operands[0]
  let name = given.hasSuffix(".jsonc") ? String(given.dropLast(".jsonc".count)) : given
  let template = Template.all.first { $0.name == arguments["from"] } ?? Template.all[0]
  let text = template.text(named: name)
  let path = "\(name).jsonc"
  // The reader knows what a name may be.
  do throws(ReadingFailure) {
    _ = try Plan.read(try ConfigReader.parse(SourceFile(name: path, bytes: Array(text.utf8))))
  } catch {
    throw .usage(
      "`\(name)` cannot name an experiment: that takes a letter, then letters, digits, `_`, `.` or `-`")
  }
  try writeNewFile(path, Array(text.utf8))
  print("\(path) is yours. Run it:  rhodian run \(path)")
}

/// Writes a file that is not there yet, whole or not at all.
private func writeNewFile(_ path: String, _ bytes: [UInt8]) throws(Exit) {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else {
    let reason = errno == EEXIST ? "exists; nothing is overwritten" : "cannot be created: \(errorText())"
    throw Exit(code: 73, message: "\(path): \(reason)")
  }
  defer { close(descriptor) }
  guard write(descriptor, bytes, bytes.count) == bytes.count else {
    let reason = errorText()
    unlink(path)
    throw Exit(code: 74, message: "\(path): cannot be written: \(reason)")
  }
}

private func errorText() -> String { String(cString: strerror(errno)) }

func printSchema(_ arguments: Arguments) throws(Exit) {
  let schema = JSONSchema.node(
    of: ExperimentConfig.kind, title: "An experiment of rhodian \(Version.current)")
  print(String(decoding: schema.canonicalBytes, as: UTF8.self), terminator: "")
}

func printCompletion(_ arguments: Arguments) throws(Exit) {
  guard let shell = Shell(rawValue: arguments.operands[0]) else {
    preconditionFailure("the table has checked the word")
  }
  print(shell.script(Program.commands, about: Program.about), terminator: "")
}
