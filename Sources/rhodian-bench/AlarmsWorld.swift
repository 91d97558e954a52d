import Economy
import Kernel
import Ledger

/// Accounts of up to four legs, as both sides of the bench keep them: units of each leg in double precision,
/// debts negative.
struct BenchAccount: BitwiseCopyable {
  var units = SIMD4<Double>()
  /// Places among the coordinates: assets as collateral first, then assets as debt. Unused legs point at the
  /// first with zero units.
  var coordinates = SIMD4<UInt16>()
  var count = 0

  /// Threshold-weighted collateral and debt.
  @inline(__always)
  func sides(_ values: [Double]) -> (collateral: Double, debt: Double) {
    var (collateral, debt) = (0.0, 0.0)
    for leg in 0..<count {
      let worth = units[leg] * values[Int(coordinates[leg])]
      if worth > 0 { collateral += worth } else { debt -= worth }
    }
    return (collateral, debt)
  }

  /// Half of each debt is repaid for collateral, with 5 % on top; what cannot be paid is written off.
  mutating func liquidate(collateral: Double, debt: Double) {
    let kept = 1 - 0.5 * 1.05 * debt / (collateral / AlarmsWorld.threshold)
    for leg in 0..<count {
      if kept <= 0 { units[leg] = 0 } else { units[leg] *= units[leg] < 0 ? 0.5 : kept }
    }
  }

  var legs: AlarmLegs {
    var legs = AlarmLegs()
    for leg in 0..<count {
      legs.add(CoordinateID(Int(coordinates[leg])), units: units[leg].magnitude)
    }
    return legs
  }
}

/// 32 assets, accounts that hold and owe some of them, and a day of prices.
struct AlarmsWorld {
  static let assetCount = 32
  static let threshold = 0.8
  static let blocks = 7_200

  enum Day: String, CaseIterable {
    /// Every asset on its own, 100 % a year.
    case calm
    /// The same, and 24 of the assets fall by 35 % within 40 minutes.
    case crash
  }

  let accounts: [BenchAccount]
  /// By block, then asset.
  let prices: [Double]

  /// - Parameter legs: how many legs an account may have.
  init(count: Int, legs: ClosedRange<Int>, day: Day) {
    var random = RandomStreams(populationSeed: 1, shockSeed: 1).stream(
      .populationSize, EntityKey(id: "alarms"), Epoch(slot: 0))
    guard let ratios = try? BetaDistribution(mean: 0.62, concentration: 8) else { preconditionFailure() }
    // Quantiles of a beta distribution are slow to find: a thousand of them stand for all.
    let drawn = (0..<1_024).map { _ in ratios.value(of: random.next(), atMost: 0.8) / 0.825 }
    accounts = (0..<count).map { _ in AlarmsWorld.account(legs, drawn, &random) }
    prices = AlarmsWorld.path(day, &random)
  }

  /// Collaterals of equal worth; three debts in four are of the eight assets that do not crash.
  private static func account(
    _ legs: ClosedRange<Int>, _ ratios: [Double], _ random: inout RandomStream
  ) -> BenchAccount {
    var account = BenchAccount()
    account.count = legs.lowerBound + Int(random.nextInteger(below: UInt64(legs.count)))
    let debts = account.count == 4 && random.nextInteger(below: 4) == 0 ? 2 : 1
    let size = 1_000 / random.nextUnit()
    let ratio = ratios[Int(random.nextInteger(below: UInt64(ratios.count)))]
    for leg in 0..<account.count {
      var asset = Int(random.nextInteger(below: UInt64(assetCount)))
      if leg < debts {
        if random.nextInteger(below: 4) > 0 { asset = 24 + asset % 8 }
        account.coordinates[leg] = UInt16(assetCount + asset)
        account.units[leg] = -size * threshold * ratio / Double(debts)
      } else {
        account.coordinates[leg] = UInt16(asset)
        account.units[leg] = size / Double(account.count - debts)
      }
    }
    return account
  }

  private static func path(_ day: Day, _ random: inout RandomStream) -> [Double] {
    let volatility = ElementaryMath.squareRoot(12 / (365 * 86_400.0))
    let fall = ElementaryMath.log(0.65) / 200
    var now = [Double](repeating: 1, count: assetCount)
    var prices: [Double] = []
    prices.reserveCapacity(blocks * assetCount)
    for block in 0..<blocks {
      for asset in 0..<assetCount {
        let falls = day == .crash && asset < 24 && (2_400..<2_600).contains(block)
        now[asset] *= ElementaryMath.exp(volatility * random.nextNormal() + (falls ? fall : 0))
        prices.append(now[asset])
      }
    }
    return prices
  }

  /// Coordinates at a block: collateral at the threshold, then debts.
  func coordinates(at block: Int, into values: inout [Double]) {
    for asset in 0..<AlarmsWorld.assetCount {
      let price = prices[block * AlarmsWorld.assetCount + asset]
      values[asset] = AlarmsWorld.threshold * price
      values[AlarmsWorld.assetCount + asset] = price
    }
  }
}

/// What a side has found out: who was liquidated when, and how much was left owing.
struct AlarmsAnswer: Equatable {
  var liquidations = 0
  var checksum: UInt64 = 0

  mutating func note(_ account: Int, block: Int, debt: Double) {
    liquidations += 1
    for word in [UInt64(account), UInt64(block), debt.bitPattern] {
      checksum = (checksum ^ word) &* 0x100_0000_01B3
    }
  }
}

/// The index under test.
struct IndexedSide {
  private(set) var answer = AlarmsAnswer()
  private(set) var asked = 0
  private var accounts: [BenchAccount]
  private var values = [Double](repeating: 1, count: 2 * AlarmsWorld.assetCount)
  private var alarms: SafeBoxAlarms

  init(_ world: AlarmsWorld) {
    accounts = world.accounts
    for asset in 0..<AlarmsWorld.assetCount { values[asset] = AlarmsWorld.threshold }
    alarms = SafeBoxAlarms(
      values.enumerated().map {
        AlarmCoordinate($0.offset < AlarmsWorld.assetCount ? .collateral : .debt, value: $0.element)
      })
    for (number, account) in accounts.enumerated() { alarms.file(SleeperID(number), account.legs) }
  }

  mutating func step(_ world: AlarmsWorld, block: Int) {
    world.coordinates(at: block, into: &values)
    for (number, value) in values.enumerated() { alarms.move(CoordinateID(number), to: value) }
    for sleeper in alarms.ring() {
      asked += 1
      let (collateral, debt) = accounts[sleeper.position].sides(values)
      if collateral < debt {
        answer.note(sleeper.position, block: block, debt: debt)
        accounts[sleeper.position].liquidate(collateral: collateral, debt: debt)
      }
      alarms.file(sleeper, accounts[sleeper.position].legs)
    }
  }
}

/// The scan to beat: every account at every block, in single precision and in vectors, eight accounts at a
/// time; only whom that finds near its level is asked exactly.
struct ScannedSide {
  private(set) var answer = AlarmsAnswer()
  private var accounts: [BenchAccount]
  private var values = [Double](repeating: 1, count: 2 * AlarmsWorld.assetCount)
  private var floats = [Float](repeating: 1, count: 2 * AlarmsWorld.assetCount)
  /// By block of eight accounts, then by leg.
  private var weights: [SIMD8<Float>]
  private var places: [SIMD8<UInt8>]
  private var candidates: [Int] = []

  init(_ world: AlarmsWorld) {
    accounts = world.accounts
    let blocks = (accounts.count + 7) / 8
    weights = Array(repeating: SIMD8(), count: 4 * blocks)
    places = Array(repeating: SIMD8(), count: 4 * blocks)
    for number in accounts.indices { write(number) }
  }

  private mutating func write(_ number: Int) {
    for leg in 0..<4 {
      let units = accounts[number].units[leg]
      weights[4 * (number / 8) + leg][number % 8] = Float(units * (units < 0 ? 1 + 1e-6 : 1 - 1e-6))
      places[4 * (number / 8) + leg][number % 8] = UInt8(accounts[number].coordinates[leg])
    }
  }

  mutating func step(_ world: AlarmsWorld, block: Int) {
    world.coordinates(at: block, into: &values)
    for number in values.indices { floats[number] = Float(values[number]) }
    findCandidates()
    for number in candidates {
      let (collateral, debt) = accounts[number].sides(values)
      guard collateral < debt else { continue }
      answer.note(number, block: block, debt: debt)
      accounts[number].liquidate(collateral: collateral, debt: debt)
      write(number)
    }
  }

  private mutating func findCandidates() {
    candidates.removeAll(keepingCapacity: true)
    let (weights, places, floats) = (weights, places, floats)
    weights.withUnsafeBufferPointer { weights in
      places.withUnsafeBufferPointer { places in
        floats.withUnsafeBufferPointer { x in
          for block in 0..<weights.count / 4 {
            var sum = SIMD8<Float>()
            for leg in 0..<4 {
              let c = places[4 * block + leg]
              let gathered = SIMD8(
                x[Int(c[0])], x[Int(c[1])], x[Int(c[2])], x[Int(c[3])], x[Int(c[4])], x[Int(c[5])],
                x[Int(c[6])], x[Int(c[7])])
              sum += weights[4 * block + leg] * gathered
            }
            let below = sum .<= 0
            if any(below) {
              for lane in 0..<8 where below[lane] && 8 * block + lane < accounts.count {
                candidates.append(8 * block + lane)
              }
            }
          }
        }
      }
    }
  }
}
