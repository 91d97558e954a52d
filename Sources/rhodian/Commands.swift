import Experiments

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

func read(_ path: String) throws(Exit) -> ConfigReader.Reading<ExperimentConfig> {
  do {
    return try ExperimentConfig.read(ConfigReader.load(path: path))
  } catch {
    throw Exit(code: error.exitCode, message: error.description)
  }
}

func runExperiment(_ arguments: Arguments) throws(Exit) {
  let reading = try read(arguments.operands[0])
  let folder = arguments["out"] ?? "results/\(reading.value.name)"
  let progress = Progress(what: "runs")
  let results: [RunResult]
  do {
    results = try Runner.run(reading, into: folder) { done, total in progress.show(done, of: total) }
  } catch {
    progress.clear()
    switch error {
    case .output(let failure): throw Exit(code: failure.exitCode, message: failure.description)
    case .run(let failed): throw Exit(code: 70, message: failed.description)
    }
  }
  progress.clear()
  print(WhoPaid(results).text)
  print("\nTables in \(folder). Ask why:  rhodian trace \(folder) --loss last")
}

func traceLoss(_ arguments: Arguments) throws(Exit) {
  let folder = arguments.operands[0]
  let config = try read("\(folder)/config.resolved.json").value
  let wanted = arguments["loss"] ?? "last"
  let (seed, number) = try findLoss(wanted, config)
  let run: RunResult
  do {
    run = try config.run(seed: seed, keeping: .all)
  } catch {
    throw Exit(code: 70, message: error.description)
  }
  let last = Int32(run.measures.losses)
  guard let trace = Trace(loss: number ?? last, of: run) else {
    throw Exit(
      code: 65,
      message: last == 0
        ? "seed \(seed) has no loss"
        : "there is no loss `\(wanted)`: seed \(seed) has losses \(seed).1 to \(seed).\(last)")
  }
  print(trace.text)
}

/// `3.17` is loss 17 of seed 3; `last` the last loss of the last seed.
private func findLoss(_ text: String, _ config: ExperimentConfig) throws(Exit) -> (
  seed: UInt64, number: Int32?
) {
  if text == "last" { return (config.seeds.last, nil) }
  let parts = text.split(separator: ".", omittingEmptySubsequences: false)
  // Only as it is printed: `1.+1` and `01.1` name nothing.
  guard parts.count == 2, let seed = UInt64(parts[0]), let number = Int32(parts[1]), number > 0,
    text == "\(seed).\(number)"
  else {
    throw .usage(
      "`\(text)` is not a loss; losses are named seed.number, such as 1.3 (see losses.csv), or `last`")
  }
  guard config.seeds.all.contains(seed) else {
    throw .usage(
      "seed \(seed) is not in this experiment, which ran \(config.seeds.first)..\(config.seeds.last)")
  }
  return (seed, number)
}

func listCatalog(_ arguments: Arguments) throws(Exit) {
  guard arguments.operands[0] == "layers" else {
    throw .usage(unknown("list", arguments.operands[0], among: ["layers"]))
  }
  for line in Catalogs.layers { print(line) }
}

/// How far a long command has come: on stderr, only on a terminal, and only once it has taken a second.
struct Progress {
  private let what: String
  private let isShown = isatty(STDERR_FILENO) == 1
  private let started = time(nil)

  init(what: String) { self.what = what }

  func show(_ done: Int, of total: Int) {
    guard isShown, time(nil) - started >= 1 else { return }
    complain("\r\(done) of \(total) \(what)")
  }

  func clear() {
    if isShown { complain("\r\u{1B}[K") }
  }
}

/// Words for people, kept apart from results.
func complain(_ text: String) {
  var text = text
  text.withUTF8 { bytes in _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
}
