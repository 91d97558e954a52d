// Random worlds, random configs and random postings until time is up; a failure prints the seed that replays
// it.
//
//   rhodian-fuzz worlds --seconds 60 --seed 1

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What is tried, by name: each gets a seed and answers with what went wrong, or nil.
let targets: [(name: String, summary: String, trial: (UInt64) -> String?)] = [
  ("worlds", "a random world, audited after every event, against the reference engine", WorldFuzz.trial),
  ("configs", "a shipped config, mutated: read or refused, never a crash", ConfigFuzz.trial),
]

func value(of option: String, default fallback: UInt64) -> UInt64 {
  let words = CommandLine.arguments
  guard let index = words.firstIndex(of: "--\(option)"), index + 1 < words.count else { return fallback }
  guard let number = UInt64(words[index + 1]) else {
    print("--\(option) takes a whole number, not `\(words[index + 1])`")
    exit(64)
  }
  return number
}

func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

let wanted = CommandLine.arguments.dropFirst().first ?? ""
let chosen = targets.filter { wanted == "all" || $0.name == wanted }
guard !chosen.isEmpty else {
  print("usage: rhodian-fuzz all|NAME [--seconds N] [--seed FIRST] [--trials N]")
  for target in targets { print("  \(target.name): \(target.summary)") }
  exit(64)
}
let seconds = Double(value(of: "seconds", default: 60))
let first = value(of: "seed", default: 1)
let trials = value(of: "trials", default: .max - first)
for target in chosen {
  let end = now() + seconds
  var seed = first
  while now() < end, seed - first < trials {
    if let finding = target.trial(seed) {
      print("\(target.name), seed \(seed): \(finding)")
      print("replay: rhodian-fuzz \(target.name) --seed \(seed) --trials 1")
      exit(1)
    }
    seed += 1
  }
  print("\(target.name): \(seed - first) trials from seed \(first), nothing found")
}
