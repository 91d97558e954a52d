import Glibc

// Each bench keeps runnable the measurement behind a decision: ours, a peer's on the same work, and a
// checksum on which both must agree. Judge by ratios within one run; the machine's speed drifts.

struct Bench {
  let name: String
  let summary: String
  /// Gets the arguments after the name; returns the exit code.
  let run: ([String]) -> Int32
}

let benches = [
  Bench(
    name: "queue",
    summary: "hold model against std::priority_queue, and the whole kernel (--large adds ten million events)",
    run: runQueueBench),
  Bench(
    name: "csv", summary: "rows of two integers and three doubles against polars (--rows=N)",
    run: runCSVBench),
  Bench(
    name: "draws", summary: "words of Philox and normal numbers, against plain C++", run: runDrawsBench),
  Bench(
    name: "alarms",
    summary: "who falls: the index of alarms against a scan in vectors, calm and crash days (--quick)",
    run: runAlarmsBench),
  Bench(
    name: "economy",
    summary: "a crash day of 50 venues, up to a million borrowers, beside a scan (--borrowers=N)",
    run: runEconomyBench),
  Bench(
    name: "sweep",
    summary:
      "a sweep of 100,000 tiny runs with one job and with two: runs a second, resident memory (--runs N)",
    run: runSweepBench),
]

func printBenches(_ benches: [Bench]) {
  print("usage: rhodian-bench <name> [options]\n")
  for bench in benches { print("  \(bench.name)  \(bench.summary)") }
}

let arguments = Array(CommandLine.arguments.dropFirst())
guard let name = arguments.first else {
  printBenches(benches)
  exit(0)
}
if name == "economy-one" { exit(runOneEconomy(Array(arguments.dropFirst()))) }
guard let bench = benches.first(where: { $0.name == name }) else {
  printError("no bench is called \(name)\(suggestion(for: name, among: benches.map(\.name)))")
  exit(64)
}
exit(bench.run(Array(arguments.dropFirst())))
