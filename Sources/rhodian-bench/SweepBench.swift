import Experiments
import Glibc
import Synchronization

// A sweep of a hundred thousand runs of the smallest world: how many runs a second with one worker and with
// two, and whether memory stays where it was at a tenth of the way. Everything that a user waits for is in
// it: runs, rows, parts, tables, manifest and the answer.

private let runsByDefault = 100_000

/// 2 variants, as many seeds as make up the number of runs.
private func config(seeds: Int) -> String {
  #"""
  {
    "name": "bench", "horizon": "20m",
    "assets": [ { "id": "USDC", "price": 1 }, { "id": "ETH", "price": 2000 } ],
    "shocks": [ { "at": "10m", "asset": "ETH", "jump": "-50%" } ],
    "pools": [
      { "id": "pool", "kind": "constantProduct", "fee": "0.3%", "reserves": { "ETH": 5000, "USDC": "5M" } },
    ],
    "oracles": [
      { "id": "eth", "asset": "ETH" }, { "id": "usdc", "asset": "USDC", "source": "fixed" },
    ],
    "venues": [
      { "id": "lend", "kind": "lendingPool", "debt": "USDC",
        "collateral": { "ETH": { "ltv": "80%", "threshold": "82.5%", "bonus": "5%" } },
        "waterfall": [ "proRata" ] },
    ],
    "populations": [
      { "id": "lender", "kind": "lender", "venue": "lend", "count": 1, "size": { "fixed": "100k" } },
      { "id": "borrower", "kind": "borrower", "venue": "lend", "count": 1, "collateral": "ETH",
        "size": { "fixed": "100k" }, "ltv": { "beta": { "mean": "70%", "concentration": 80 } } },
      { "id": "keeper", "kind": "liquidator", "pool": "pool", "count": 1,
        "latency": { "exponential": "12s" } },
    ],
    "variants": {
      "fund": { "venues.lend.waterfall": [ { "insuranceFund": { "balance": "1k USDC" } }, "proRata" ] },
    },
    "seeds": "1..\#(seeds)",
  }
  """#
}

func runSweepBench(_ arguments: [String]) -> Int32 {
  if arguments.first == "--one" { return measureOne(Array(arguments.dropFirst())) }
  var runs = runsByDefault
  if arguments.first == "--runs", arguments.count == 2, let wanted = Int(arguments[1]), wanted >= 1_000 {
    runs = wanted
  } else if !arguments.isEmpty {
    printError("usage: rhodian-bench sweep [--runs N], N at least 1000")
    return 64
  }
  print("\(runs) runs of the smallest world; resident memory in MB")
  print(
    "jobs    runs/s   runs s   tables s   answer s   at 10 %   at 100 %   with tables   with answer   peak")
  var whole: [Double] = []
  var parallel: [Double] = []
  for jobs in [1, 2] {
    let words = ["/proc/self/exe", "sweep", "--one", "\(runs)", "\(jobs)"]
    guard let text = output(of: words) else {
      printError("the sweep with \(jobs) jobs did not end well")
      return 70
    }
    let figures = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    guard figures.count == 8 else { return 70 }
    let seconds = figures[0] + figures[1] + figures[2]
    whole.append(seconds)
    parallel.append(figures[0])
    let times = zip(figures, [9, 11, 11]).map { column($0, $1) }
    let sizes = zip(figures[3...], [10, 11, 14, 14, 7]).map { column($0 / 1024, $1) }
    print(column("\(jobs)", 4) + column(Double(runs) / seconds, 10) + (times + sizes).joined())
  }
  print(
    "two jobs take \(column(100 * parallel[1] / parallel[0], 0)) % of the time of one for the runs, "
      + "\(column(100 * whole[1] / whole[0], 0)) % for everything; 50 % is the least")
  return 0
}

/// Seconds of the runs, the tables and the answer; then resident kB at a tenth of the runs, after all of
/// them, after the tables, after the answer; and the peak.
private func measureOne(_ arguments: [String]) -> Int32 {
  guard arguments.count == 2, let runs = Int(arguments[0]), let jobs = Int(arguments[1]) else { return 64 }
  var template = Array("/tmp/rhodian-bench-XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil else { return 73 }
  let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  defer { _ = output(of: ["rm", "-r", path]) }
  do {
    let source = SourceFile(name: "bench.jsonc", bytes: Array(config(seeds: runs / 2).utf8))
    let plan = try Plan.read(ConfigReader.parse(source))
    let folder = try ResultsFolder("\(path)/out", for: plan)
    let began = monotonicNanoseconds()
    let atTenth = Marks()
    try Runner(folder: folder, jobs: jobs).run { done, total in
      if done == total / 10 { atTenth.note(memory("VmRSS")) }
    }
    let ran = monotonicNanoseconds()
    let before = memory("VmRSS")
    guard try folder.assemble(compress: false, jobs: jobs) != nil else { return 70 }
    let assembled = monotonicNanoseconds()
    let withTables = memory("VmRSS")
    _ = try WhoPaid(folder: folder.path, plan: plan)
    let times = [ran - began, assembled - ran, monotonicNanoseconds() - assembled].map { "\($0 * 1e-9)" }
    let sizes = [atTenth.value, before, withTables, memory("VmRSS"), memory("VmHWM")].map(String.init)
    print((times + sizes).joined(separator: " "))
    return 0
  } catch {
    printError("\(error)")
    return 74
  }
}

/// A number that any worker may leave.
private final class Marks: Sendable {
  private let number = Atomic<Int>(0)

  var value: Int { number.load(ordering: .relaxed) }

  func note(_ value: Int) { number.store(value, ordering: .relaxed) }
}
