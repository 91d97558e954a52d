import Experiments

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// MARK: What several commands do

func readPlan(_ path: String, settings: [String] = []) throws(Exit) -> Plan {
  do {
    return try Plan.read(ConfigFile.load(path, settings: settings))
  } catch {
    throw Exit(code: error.exitCode, message: error.description)
  }
}

func openFolder(_ path: String, _ plan: Plan) throws(Exit) -> ResultsFolder {
  do { return try ResultsFolder(path, for: plan) } catch { throw Exit(error) }
}

extension Exit {
  init(_ failure: OutputFailure) { self.init(code: failure.exitCode, message: failure.description) }
}

// MARK: run

private var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

func runExperiment(_ arguments: Arguments) throws(Exit) {
  let jobs = try arguments.count("jobs") ?? processors
  let compress = arguments.has("compress")
  let shard = try readShard(arguments["shard"])
  let plan = try readPlan(arguments.operands[0], settings: arguments.all("set"))
  let path = arguments["out"] ?? "results/\(plan.experiment)"
  let folder = try openFolder(path, plan)
  guard folder.state == .unfinished else {
    print("\(folder.path) is complete already: nothing to run.\n")
    return try report(folder, plan)
  }
  let abandoned = try runsThatKill(folder, keepGoing: arguments.has("keep-going"))
  let runner = Runner(folder: folder, jobs: jobs, shard: shard, abandoned: abandoned)
  let missing = runner.missingChunks().count
  let info = RunInfo(jobs: jobs, shard: shard, chunksFound: plan.chunkCount - missing)
  let progress = Progress(what: "runs")
  let manifest: Manifest?
  do {
    try runner.run { done, total in progress.show(done, of: total) }
    manifest = try folder.assemble(compress: compress, jobs: jobs)
    try info.write(to: folder)
  } catch {
    progress.clear()
    throw Exit(error)
  }
  progress.clear()
  guard manifest != nil else {
    print("\(folder.path): this shard is done. When all are:  rhodian merge OUT DIR...")
    return
  }
  try report(folder, plan)
}

/// Prints who paid, and fails if runs failed.
private func report(_ folder: ResultsFolder, _ plan: Plan) throws(Exit) {
  guard let answer = WhoPaid(folder: folder.path, plan: plan) else {
    throw Exit(code: 74, message: "\(folder.path)/summary.csv cannot be read")
  }
  print(answer.text)
  let question = answer.hasLosses ? " Ask why:  rhodian trace \(folder.path) --loss last" : ""
  print("\nTables in \(folder.path).\(question)")
  if answer.failedRuns > 0 {
    throw Exit(code: 70, message: "\(answer.failedRuns) runs failed; \(folder.path)/failures.csv says why")
  }
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

/// Runs that end whoever makes them: those that an earlier process had begun when it ended, and that end
/// another process made for each. Without --keep-going they are only named, and tried again.
private func runsThatKill(_ folder: ResultsFolder, keepGoing: Bool) throws(Exit) -> [Int] {
  let suspects = folder.runsBegun
  guard keepGoing else {
    guard !suspects.isEmpty else { return [] }
    complain(
      "an earlier process ended during run \(suspects.map(String.init).joined(separator: ", ")); "
        + "trying again "
        + "(if it ends here, too, --keep-going records it as failed)\n")
    return []
  }
  let known = folder.runsAbandoned
  let found = suspects.filter { run in
    let program = "/proc/self/exe"
    return endsByItself(program, ["rhodian", "replay", folder.path, "--run", String(run)])
  }
  return known + found.filter { !known.contains($0) }
}

/// Whether a process made of `program` is ended by a signal.
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
  guard posix_spawn(&process, program, &actions, nil, pointers, environ) == 0 else { return false }
  var status: Int32 = 0
  while waitpid(process, &status, 0) < 0, errno == EINTR {}
  return status & 0x7F != 0
}

// MARK: check, merge, verify, replay

func checkExperiment(_ arguments: Arguments) throws(Exit) {
  let plan = try readPlan(arguments.operands[0], settings: arguments.all("set"))
  for line in PlanSummary(plan).lines { print(line) }
}

func mergeShards(_ arguments: Arguments) throws(Exit) {
  let compress = arguments.has("compress")
  let shards = Array(arguments.operands.dropFirst())
  let plan = try readPlan("\(shards[0])/config.resolved.json")
  let folder = try openFolder(arguments.operands[0], plan)
  guard folder.state == .unfinished else {
    print("\(folder.path) is complete already: nothing to merge.\n")
    return try report(folder, plan)
  }
  do {
    let missing = try folder.adopt(from: shards)
    guard missing.isEmpty else {
      throw Exit(
        code: 66,
        message: "\(missing.count) of \(plan.chunkCount) chunks are in none of these folders: "
          + missing.prefix(20).map(String.init).joined(separator: ", ")
          + (missing.count > 20 ? " and more" : "") + "\nof N shards, shard C mod N makes chunk C")
    }
    _ = try folder.assemble(compress: compress, jobs: processors)
    try report(folder, plan)
  } catch let failure as OutputFailure {
    throw Exit(failure)
  } catch let exit as Exit {
    throw exit
  } catch {
    preconditionFailure("nothing else is thrown: \(error)")
  }
}

func verifyResults(_ arguments: Arguments) throws(Exit) {
  let path = arguments.operands[0]
  let sample = try arguments.count("sample")
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
  let findings = verification.check(sample: sample) { done, total in progress.show(done, of: total) }
  progress.clear()
  guard findings.isEmpty else {
    throw Exit(
      code: 65, message: ([path + " does not verify:"] + findings.map { "  " + $0 }).joined(separator: "\n"))
  }
  print("\(path) verifies: \(verification.summary(sample: sample))")
}

func replayRun(_ arguments: Arguments) throws(Exit) {
  let plan = try readPlan("\(arguments.operands[0])/config.resolved.json")
  let (run, config, label) = try locate(arguments.count("run") ?? 1, plan)
  do {
    let result = try config.run(label)
    print("run \(run.number), variant \(label.variant), seed \(label.seed)")
    for (name, value) in result.summary {
      print("  \(name)\(String(repeating: " ", count: max(1, 24 - name.count)))\(value)")
    }
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

// MARK: trace, list

func traceLoss(_ arguments: Arguments) throws(Exit) {
  let plan = try readPlan("\(arguments.operands[0])/config.resolved.json")
  let tables = ResultTables(path: arguments.operands[0])
  var wanted = arguments["loss"] ?? "last"
  if wanted == "last" {
    guard let last = tables.lastLoss else {
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
  guard tables.fingerprint(ofRun: number) == result.fingerprint.hex else {
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
