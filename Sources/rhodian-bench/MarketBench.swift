import Economy
import Glibc
import Kernel
import Ledger

/// One lending market for a day of 7,200 blocks: everybody below the threshold is liquidated at the block's
/// price, and what is sold moves the price. Ours against numpy with stored liquidation prices; both must come
/// to the same count, final price and bad debt.
func runMarketDays(accounts: Int) -> Int32 {
  guard let folder = temporaryFolder() else { return 73 }
  defer { removeFolder(folder) }
  print("\none market, \(accounts) accounts, 7200 blocks")
  print("  day     ours ms   numpy ms   ratio  liquidated  ns each  same")
  for day in AlarmsWorld.Day.allCases {
    let world = MarketDay(accounts: accounts, day: day)
    guard world.write(to: "\(folder)/day") else { return 74 }
    let python = getenv("RHODIAN_BENCH_PYTHON").map { String(cString: $0) } ?? "python3"
    var (ours, theirs): ([Double], [Double]) = ([], [])
    var (answer, peerAnswer): (MarketAnswer, MarketAnswer?) = (MarketAnswer(), nil)
    for _ in 0..<5 {
      // A day is over in milliseconds: the median of several, after one that warms up.
      for turn in 0..<4 {
        var side = MarketSide(world)
        let began = monotonicNanoseconds()
        answer = side.run(world)
        if turn > 0 { ours.append(monotonicNanoseconds() - began) }
      }
      let command = [
        python, peerSource("market.py"), "\(folder)/day", "\(accounts)", "\(AlarmsWorld.blocks)", "2",
      ]
      guard let words = output(of: command)?.split(separator: "\n"), words.count == 5,
        let time = Double(words[1])
      else {
        printError("no python with numpy; name one in RHODIAN_BENCH_PYTHON to have the peer")
        return 69
      }
      theirs.append(time)
      peerAnswer = MarketAnswer(words[2...])
    }
    let (our, their) = (median(ours), median(theirs))
    let isSame = answer == peerAnswer
    print(
      "  ", day.rawValue, day == .calm ? " " : "", column(our * 1e-6, 10), column(their * 1e-6, 11),
      column(their / our, 8), column("\(answer.liquidations)", 12),
      column(our / Double(max(1, answer.liquidations)), 9), isSame ? "   yes" : "    NO", separator: "")
    guard isSame else {
      printError("\(answer) here, \(peerAnswer.map { "\($0)" } ?? "nothing") there")
      return 1
    }
  }
  return 0
}

private struct MarketAnswer: Equatable {
  var liquidations = 0
  var price: UInt64 = 0
  var badDebt = 0

  init() {}

  init?(_ words: ArraySlice<Substring>) {
    let words = Array(words)
    guard let count = Int(words[0]), let price = UInt64(words[1]), let debt = Int(words[2]) else {
      return nil
    }
    (liquidations, self.price, badDebt) = (count, price, debt)
  }
}

private struct MarketDay {
  /// By how much the price is multiplied in each block.
  let changes: [Double]
  let collateral: [Double]
  let debt: [Double]

  init(accounts: Int, day: AlarmsWorld.Day) {
    var random = RandomStreams(populationSeed: 2, shockSeed: 2).stream(
      .populationSize, EntityKey(id: "market"), Epoch(slot: 0))
    guard let ratios = try? BetaDistribution(mean: 0.62, concentration: 8) else { preconditionFailure() }
    let drawn = (0..<1_024).map { _ in ratios.value(of: random.next(), atMost: 0.8) }
    var (collateral, debt): ([Double], [Double]) = ([], [])
    for _ in 0..<accounts {
      let units = (100 / random.nextUnit()).rounded(.down) + 100
      let ratio = drawn[Int(random.nextInteger(below: 1_024))]
      collateral.append(units)
      debt.append((units * MarketSide.start * ratio * (0.99 + 0.01 * random.nextUnit())).rounded(.down))
    }
    (self.collateral, self.debt) = (collateral, debt)
    let volatility = ElementaryMath.squareRoot(12 / (365 * 86_400.0))
    let fall = ElementaryMath.log(0.65) / 200
    changes = (0..<AlarmsWorld.blocks).map { block in
      let falls = day == .crash && (2_400..<2_600).contains(block)
      return ElementaryMath.exp(volatility * random.nextNormal() + (falls ? fall : 0))
    }
  }

  func write(to path: String) -> Bool {
    guard let file = fopen(path, "w") else { return false }
    for column in [changes, collateral, debt] { fwrite(column, 8, column.count, file) }
    return fclose(file) == 0
  }
}

/// The same rules as in Peers/market.py, in the same order of operations.
private struct MarketSide {
  static let start = 2_000.0
  private static let (threshold, closeFactor, bonus, depth) = (0.825, 0.5, 1.05, 1e9)

  private var collateral: [Double]
  private var debt: [Double]
  private var alarms: SafeBoxAlarms

  init(_ day: MarketDay) {
    (collateral, debt) = (day.collateral, day.debt)
    alarms = SafeBoxAlarms([
      AlarmCoordinate(.collateral, value: MarketSide.start * MarketSide.threshold),
      AlarmCoordinate(.debt, value: 1),
    ])
    for account in collateral.indices { file(account) }
  }

  private mutating func file(_ account: Int) {
    alarms.file(
      SleeperID(account), collateral: CoordinateID(0), units: collateral[account], debt: CoordinateID(1),
      owed: debt[account])
  }

  mutating func run(_ day: MarketDay) -> MarketAnswer {
    var answer = MarketAnswer()
    var (price, badDebt) = (MarketSide.start, 0.0)
    for change in day.changes {
      price *= change
      alarms.move(CoordinateID(0), to: price * MarketSide.threshold)
      var sold = 0.0
      for sleeper in alarms.ring() {
        let account = sleeper.position
        if debt[account] / (collateral[account] * MarketSide.threshold) >= price {
          answer.liquidations += 1
          sold += liquidate(account, price)
          if collateral[account] == 0 {
            badDebt += debt[account]
            debt[account] = 0
          }
        }
        if debt[account] > 0 { file(account) }
      }
      if sold > 0 { price *= 1 - sold / MarketSide.depth }
    }
    answer.price = price.bitPattern
    answer.badDebt = Int(badDebt)
    return answer
  }

  /// Half of the debt for collateral at the price with the bonus, in whole units; what was seized.
  private mutating func liquidate(_ account: Int, _ price: Double) -> Double {
    let (held, owed) = (collateral[account], debt[account])
    let wanted = (owed * MarketSide.closeFactor).rounded(.down) + 1
    let seized = min((wanted * MarketSide.bonus / price).rounded(.down), held)
    let repaid = min(wanted, (seized * price / MarketSide.bonus).rounded(.up))
    collateral[account] = held - seized
    debt[account] = owed - min(repaid, owed)
    return seized
  }
}
