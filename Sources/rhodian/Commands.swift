import Experiments
import Report

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// MARK: What several commands do

func readPlan(
  _ path: String, settings: [String] = [], only: String? = nil,
  unless isKnown: (Plan) -> Bool = { _ in false }
) throws(Exit) -> Plan {
  do {
    return try Plan.read(ConfigFile.load(path, settings: settings, only: only), unless: isKnown)
  } catch {
    throw Exit(code: error.exitCode, message: error.description)
  }
}

/// What is no mistake in a config and may not be meant, for whoever wrote it.
private func warn(of plan: Plan) {
  for warning in plan.warnings { complain("\(warning)\n\n") }
}

private func readResultsPlan(_ folder: String) throws(Exit) -> Plan {
  do { return try Plan.ofResults(in: folder) } catch {
    throw Exit(code: error.exitCode, message: error.description)
  }
}

private func openFolder(_ path: String, _ plan: Plan) throws(Exit) -> ResultsFolder {
  try attempt { () throws(OutputFailure) in try ResultsFolder(path, for: plan) }
}

/// What may fail as an output does ends the program as that.
private func attempt<Result>(_ body: () throws(OutputFailure) -> Result) throws(Exit) -> Result {
  do { return try body() } catch {
    throw Exit(code: error.exitCode, message: error.description)
  }
}

extension Exit {
  /// A file of results that should be there and whole.
  fileprivate init(unreadable failure: ReadingFailure) {
    if case .missing = failure {
      self.init(code: 66, message: failure.description)
    } else {
      self.init(code: 74, message: failure.description)
    }
  }
}

// MARK: run

private var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

private func folderPath(_ arguments: Arguments, _ plan: Plan) -> String {
  arguments["out"] ?? "results/\(plan.experiment)"
}

func runExperiment(_ arguments: Arguments) throws(Exit) {
  let jobs = try arguments.count("jobs") ?? processors
  let compress = arguments.has("compress")
  let shard = try readShard(arguments["shard"])
  let plan = try readPlan(
    arguments.operands[0], settings: arguments.all("set"), only: arguments["only"]
  ) { plan in
    ResultsFolder.holds(plan, at: folderPath(arguments, plan))
  }
  let folder = try openFolder(folderPath(arguments, plan), plan)
  guard folder.state == .unfinished else {
    try refuseChanges(in: folder.path)
    print("\(folder.path) is complete already: nothing to run.\(tablesStay(folder, compress: compress))\n")
    return try report(folder, plan)
  }
  warn(of: plan)
  let abandoned = runsThatKill(folder, keepGoing: arguments.has("keep-going"))
  let runner = Runner(folder: folder, jobs: jobs, shard: shard, abandoned: abandoned)
  var info = RunInfo(jobs: jobs, shard: shard, chunksFound: runner.chunksFound)
  let progress = Progress(what: "runs")
  let interruption = Interruption {
    progress.clear()
    folder.forgetRunsBegun()
    complain("interrupted; the same command goes on\n")
  }
  defer { withExtendedLifetime(interruption) {} }
  do throws(OutputFailure) {
    info.workers = try runner.run { done, total in progress.show(done, of: total) }
    // A shard keeps its parts for `merge`, even where it is all there is.
    if shard == .whole { _ = try folder.assemble(compress: compress, jobs: jobs) }
    try info.write(to: folder)
  } catch {
    progress.clear()
    throw Exit(code: error.exitCode, message: error.description)
  }
  progress.clear()
  guard shard == .whole else {
    print("\(folder.path): this shard is done. When all are:  rhodian merge OUT DIR...")
    return
  }
  try report(folder, plan)
}

/// What is said to somebody who asks for another form of tables that are there.
private func tablesStay(_ folder: ResultsFolder, compress: Bool) -> String {
  compress && !folder.isCompressed ? "\nIts tables stay as they are, uncompressed." : ""
}

/// Figures that were changed by hand are not shown as if they had been computed.
private func refuseChanges(in folder: String) throws(Exit) {
  let changed: String?
  do throws(ReadingFailure) {
    changed = try Manifest.read(folder)?.changedTable(in: folder, among: ["summary"])
  } catch {
    throw Exit(unreadable: error)
  }
  if let changed { throw Exit(code: 65, message: Manifest.complaint(about: changed, in: folder)) }
}

/// Prints who paid, and fails if runs failed.
private func report(_ folder: ResultsFolder, _ plan: Plan) throws(Exit) {
  let answer: WhoPaid
  do { answer = try WhoPaid(folder: folder.path, plan: plan) } catch { throw Exit(unreadable: error) }
  print(answer.text)
  let question = answer.hasLosses ? " Ask why:  rhodian trace \(shellWord(folder.path)) --loss last" : ""
  print("\nTables in \(folder.path).\(question)")
  if answer.failedRuns > 0 {
    throw Exit(
      code: 70, message: "\(counted(answer.failedRuns, "run")) failed; \(folder.path)/failures.csv says why")
  }
}

/// A word as a shell takes it for one.
func shellWord(_ word: String) -> String {
  let isPlain = word.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-_./+,:@%=".utf8.contains(byte) || byte >= 0x80
    }
  }
  let path = word.hasPrefix("-") ? "./\(word)" : word
  return isPlain
    ? path : "'\(path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#))'"
}

private func readShard(_ text: String?) throws(Exit) -> Runner.Shard {
  guard let text else { return .whole }
  let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
  guard parts.count == 2, let index = parts[0], let count = parts[1], count > 0, (0..<count).contains(index)
  else {
    throw .usage("--shard takes I/N with I from 0 to N-1, such as 0/4, not `\(text)`")
  }
  return Runner.Shard(index: index, count: count)
}

// MARK: check, merge, verify, replay

func checkExperiment(_ arguments: Arguments) throws(Exit) {
  let plan = try readPlan(
    arguments.operands[0], settings: arguments.all("set"), only: arguments["only"])
  warn(of: plan)
  let summary = PlanSummary(plan)
  for line in summary.lines { print(line) }
  // What is known is not kept waiting for what is estimated.
  fflush(nil)
  let estimate = summary.disk()
  print(estimate.line)
  if let failure = estimate.failure {
    throw Exit(code: 70, message: "every run that was tried fails, the first with: \(failure)")
  }
}

func mergeShards(_ arguments: Arguments) throws(Exit) {
  let compress = arguments.has("compress")
  let out = arguments.operands[0]
  let shards = try attempt { () throws(OutputFailure) in try Shards(Array(arguments.operands.dropFirst())) }
  let plan = shards.plan
  let manifest: Manifest?
  do { manifest = try Manifest.read(out) } catch { throw Exit(unreadable: error) }
  // Nothing is made of what is not all there; a folder that is begun is asked for first, as it may be in use.
  if manifest == nil, !ResultsFolder.holds(plan, at: out) { try refuse(shards.missing(into: out), of: plan) }
  let folder = try openFolder(out, plan)
  guard folder.state == .unfinished else {
    try refuseChanges(in: folder.path)
    print(
      "\(folder.path) is complete already: nothing to merge.\(tablesStay(folder, compress: compress))\n")
    return try report(folder, plan)
  }
  let info = RunInfo(jobs: processors, shard: .whole, chunksFound: plan.chunkCount)
  try refuse(try attempt { () throws(OutputFailure) in try shards.copy(into: folder) }, of: plan)
  try attempt { () throws(OutputFailure) in
    _ = try folder.assemble(compress: compress, jobs: processors)
    try info.write(to: folder)
  }
  try report(folder, plan)
}

private func refuse(_ missing: [Int], of plan: Plan) throws(Exit) {
  guard !missing.isEmpty else { return }
  throw Exit(
    code: 66,
    message: "\(missing.count) of \(counted(plan.chunkCount, "chunk")) are in none of these folders: "
      + missing.prefix(20).map(String.init).joined(separator: ", ")
      + (missing.count > 20 ? " and more" : "") + "\nof N shards, shard C mod N makes chunk C")
}

func verifyResults(_ arguments: Arguments) throws(Exit) {
  let path = arguments.operands[0]
  let sample = try arguments.count("sample")
  let jobs = try arguments.count("jobs") ?? processors
  let verification: Verification
  do {
    verification = try Verification(path: path)
  } catch {
    switch error {
    case .noManifest:
      throw Exit(
        code: 66, message: "\(path) holds no complete results: there is no manifest.json that can be read")
    case .config(let failure): throw Exit(code: failure.exitCode, message: failure.description)
    }
  }
  let progress = Progress(what: "chunks")
  let interruption = Interruption { progress.clear() }
  let findings = withExtendedLifetime(interruption) {
    verification.check(sample: sample, jobs: jobs) { done, total in progress.show(done, of: total) }
  }
  progress.clear()
  guard findings.isEmpty else {
    throw Exit(
      code: 65, message: ([path + " does not verify:"] + findings.map { "  " + $0 }).joined(separator: "\n"))
  }
  print("\(path) verifies: \(verification.summary(sample: sample))")
}

/// Does all that a chunk does for the run: what ends a process there ends it here.
func replayRun(_ arguments: Arguments) throws(Exit) {
  let plan = try readResultsPlan(arguments.operands[0])
  let (run, config, label) = try locate(arguments.count("run") ?? 1, plan)
  do {
    let result = try config.run(label, keeping: config.output.factsKept, twins: Twins())
    let rows = plan.rowCounts(of: result)
    print("run \(run.number), variant \(label.variant), seed \(label.seed)")
    for (name, value) in result.summary {
      print("  \(name)\(String(repeating: " ", count: max(1, 24 - name.count)))\(value)")
    }
    print("rows: " + rows.map { "\($0.count) in \($0.table).csv" }.joined(separator: ", "))
  } catch {
    throw Exit(code: 70, message: error.description)
  }
}

private func locate(
  _ number: Int, _ plan: Plan
) throws(Exit) -> (run: Plan.Run, config: ExperimentConfig, label: RunLabel) {
  guard number <= plan.runCount else {
    throw .usage("there is no run \(number): this experiment has runs 1 to \(plan.runCount)")
  }
  let run = plan.run(number: number)
  let point = plan.point(run.point)
  do {
    return (run, try plan.config(of: point), plan.label(of: run, at: point))
  } catch {
    throw Exit(code: error.exitCode, message: error.description)
  }
}

// MARK: report

func reportResults(_ arguments: Arguments) throws(Exit) {
  let folder = arguments.operands[0]
  let file = arguments["out"] ?? "\(folder)/report.html"
  // What is there under that name is replaced: it should not be a table.
  guard file.hasSuffix(".html") else { throw .usage("--out takes a name that ends in .html, not `\(file)`") }
  do throws(ReportFailure) {
    try Report(of: folder).write(to: file)
  } catch {
    throw Exit(code: error.exitCode, message: error.description)
  }
  print("\(file) is written: open it in a browser.")
}

// MARK: trace, list

func traceLoss(_ arguments: Arguments) throws(Exit) {
  let plan = try readResultsPlan(arguments.operands[0])
  let tables = ResultTables(path: arguments.operands[0])
  var wanted = arguments["loss"] ?? "last"
  if wanted == "last" {
    let last: String?
    do { last = try tables.lastLoss() } catch { throw Exit(unreadable: error) }
    guard let last else {
      throw Exit(code: 65, message: "no run of \(plan.experiment) has a loss")
    }
    wanted = last
  }
  let (number, loss) = try findLoss(wanted, plan)
  let (_, config, label) = try locate(number, plan)
  let result: RunResult
  do {
    result = try config.run(label, keeping: .all)
  } catch {
    throw Exit(code: 70, message: error.description)
  }
  // A trace is made by running again: it speaks of the tables only if they came of the same run.
  let known: String?
  do { known = try tables.fingerprint(ofRun: number) } catch { throw Exit(unreadable: error) }
  guard known == result.fingerprint.hex else {
    throw Exit(
      code: 65,
      message:
        "\(arguments.operands[0]): run \(number), made again, is not the one in summary.csv: "
        + "config, tables or "
        + "version have changed (see `rhodian verify`)")
  }
  let last = result.measures.losses
  guard let trace = Trace(loss: loss, of: result) else {
    throw Exit(
      code: 65,
      message: last == 0
        ? "run \(number) has no loss"
        : "there is no loss `\(wanted)`: run \(number) has losses \(number).1 to \(number).\(last)")
  }
  print(trace.text)
}

/// `3.17` is loss 17 of run 3.
private func findLoss(_ text: String, _ plan: Plan) throws(Exit) -> (run: Int, loss: Int32) {
  let parts = text.split(separator: ".", omittingEmptySubsequences: false)
  // Only as it is printed: `1.+1` and `01.1` name nothing.
  guard parts.count == 2, let run = Int(parts[0]), run > 0, let number = Int32(parts[1]), number > 0,
    text == "\(run).\(number)"
  else {
    throw .usage(
      "`\(text)` is not a loss; losses are named run.number, such as 1.3 (see losses.csv), or `last`")
  }
  return (run, number)
}

func listCatalog(_ arguments: Arguments) throws(Exit) {
  for line in Catalogs.layers { print(line) }
}
