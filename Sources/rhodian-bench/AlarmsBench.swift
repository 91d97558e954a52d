import Economy
import Glibc

/// Who falls? The index of alarms against a scan of everybody in vectors, in one process, on the same
/// accounts and prices; both must liquidate the same accounts in the same blocks, to the last bit.
///
/// Then one market of 100,000 accounts against numpy (see `runMarketDays`).
///
/// `mixed`: two to four legs. `four legs`: the safe boxes alone.
func runAlarmsBench(_ options: [String]) -> Int32 {
  var counts = [10_000, 100_000, 1_000_000]
  for option in options {
    if option == "--quick" {
      counts = [10_000, 100_000]
    } else if option == "--market" {
      counts = []
    } else if option.hasPrefix("--accounts="), let count = Int(option.dropFirst(11)), count > 0 {
      counts = [count]
    } else {
      printError("alarms has no option \(option)\(suggestion(for: option, among: ["--quick"]))")
      return 64
    }
  }
  print("  accounts  day    legs       ns/block: ours      scan   ratio  liquidated     asked  same")
  var allAgree = true
  for count in counts {
    for day in AlarmsWorld.Day.allCases {
      for (name, legs) in [("mixed    ", 2...4), ("four legs", 4...4)] {
        let row = measureAlarms(AlarmsWorld(count: count, legs: legs, day: day))
        allAgree = allAgree && row.agrees
        print(
          column("\(count)", 10), "  ", day.rawValue, day == .calm ? "   " : "  ", name,
          column(row.ours, 16), column(row.scan, 10), column(row.scan / row.ours, 8),
          column("\(row.liquidations)", 12), column("\(row.asked)", 10), row.agrees ? "   yes" : "    NO",
          separator: "")
      }
    }
  }
  if !allAgree { printError("the two sides did not liquidate the same accounts") }
  return allAgree ? runMarketDays(accounts: 100_000) : 1
}

private struct AlarmsRow {
  let ours: Double
  let scan: Double
  let liquidations: Int
  let asked: Int
  let agrees: Bool
}

/// Both sides in turns of sixty blocks, so that a slow spell of the machine hits both.
private func measureAlarms(_ world: AlarmsWorld) -> AlarmsRow {
  var (ours, scan) = (IndexedSide(world), ScannedSide(world))
  var (ourTime, scanTime) = (0.0, 0.0)
  for turn in stride(from: 0, to: AlarmsWorld.blocks, by: 60) {
    let began = monotonicNanoseconds()
    for block in turn..<turn + 60 { ours.step(world, block: block) }
    let middle = monotonicNanoseconds()
    for block in turn..<turn + 60 { scan.step(world, block: block) }
    ourTime += middle - began
    scanTime += monotonicNanoseconds() - middle
  }
  let blocks = Double(AlarmsWorld.blocks)
  return AlarmsRow(
    ours: ourTime / blocks, scan: scanTime / blocks, liquidations: ours.answer.liquidations,
    asked: ours.asked, agrees: ours.answer == scan.answer)
}
