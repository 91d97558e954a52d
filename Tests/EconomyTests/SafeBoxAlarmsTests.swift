import Economy
import Kernel
import Testing

/// The index of alarms against a scan of everybody, exactly.
@Suite("The safe-box alarms")
struct SafeBoxAlarmsTests {
  @Test("ring everybody who is below, and few who are not, whatever moves", arguments: 1...60)
  func bruteForce(_ seed: Int) {
    var world = AlarmedWorld(seed: seed)
    for step in 0..<500 {
      world.change()
      if step % 3 != 0 { world.check("seed \(seed), step \(step)") }
    }
    #expect(world.rung >= 20, "seed \(seed) is too quiet")
    #expect(world.falselyRung * 50 <= world.rung + 50, "seed \(seed): \(world.falselyRung) rang in vain")
  }

  @Test("accounts far away are not asked, near ones are not missed, as prices wander for a long while")
  func wandering() {
    var random = RandomStream.test("wandering", seed: 1)
    var values = [0.8, 0.8, 0.8, 1.0]
    var alarms = SafeBoxAlarms(
      values.enumerated().map { AlarmCoordinate($0.offset < 3 ? .collateral : .debt, value: $0.element) })
    var accounts: [[Double]] = []
    for number in 0..<1_000 {
      let ratio = 0.5 + 0.5 * random.nextUnit()
      accounts.append([random.nextUnit(), random.nextUnit(), random.nextUnit(), 0])
      accounts[number][3] = 0.8 * ratio * (accounts[number][0] + accounts[number][1] + accounts[number][2])
      alarms.file(SleeperID(number), legs(accounts[number]))
    }
    var awake = Set(accounts.indices)
    var (fallen, falselyRung) = (0, 0)
    for block in 0..<1_000 {
      for coordinate in 0..<4 {
        values[coordinate] *= ElementaryMath.exp(0.01 * (random.nextUnit() - 0.5))
        alarms.move(CoordinateID(coordinate), to: values[coordinate])
      }
      let rung = alarms.ring().map(\.position)
      for number in rung {
        if isBelow(accounts[number], values) {
          awake.remove(number)
          fallen += 1
        } else {
          falselyRung += 1
          alarms.file(SleeperID(number), legs(accounts[number]))
        }
      }
      let missed = awake.sorted().filter { isBelow(accounts[$0], values) }
      #expect(missed.isEmpty, "block \(block)")
    }
    #expect(fallen > 100)
    #expect(falselyRung <= fallen / 20)
  }

  private func legs(_ units: [Double]) -> AlarmLegs {
    var legs = AlarmLegs()
    for (coordinate, units) in units.enumerated() { legs.add(CoordinateID(coordinate), units: units) }
    return legs
  }

  private func isBelow(_ units: [Double], _ values: [Double]) -> Bool {
    units[0] * values[0] + units[1] * values[1] + units[2] * values[2] < units[3] * values[3]
  }

  @Test(
    "an account at its very level is told apart from one that is below",
    arguments: [2, 3, 4])
  func brink(_ legCount: Int) {
    let debt = AlarmCoordinate(.debt, value: 1)
    let collateral = (1..<legCount).map { _ in AlarmCoordinate(.collateral, value: 1) }
    var alarms = SafeBoxAlarms([debt] + collateral)
    var legs = AlarmLegs()
    legs.add(CoordinateID(0), units: Double(legCount - 1))
    for place in 1..<legCount { legs.add(CoordinateID(place), units: 1) }
    alarms.file(SleeperID(0), legs)
    // C = D: it may ring, since it is within rounding; once well above it must not, just below it must.
    _ = alarms.ring()
    alarms.move(CoordinateID(0), to: 0.999)
    alarms.file(SleeperID(0), legs)
    #expect(alarms.ring().isEmpty)
    alarms.move(CoordinateID(0), to: 1.000_000_000_01)
    #expect(alarms.ring() == [SleeperID(0)])
    #expect(alarms.ring().isEmpty, "it has been taken out")
  }

  @Test("who owes nothing never rings, whatever happens to prices", arguments: [1, 2, 3])
  func withoutDebt(_ legCount: Int) {
    var coordinates = (0..<legCount).map { _ in AlarmCoordinate(.collateral, value: 1) }
    coordinates.append(AlarmCoordinate(.debt, value: 1))
    var alarms = SafeBoxAlarms(coordinates)
    var legs = AlarmLegs()
    for place in 0..<legCount { legs.add(CoordinateID(place), units: 1) }
    legs.add(CoordinateID(legCount), units: 0)
    alarms.file(SleeperID(0), legs)
    for place in 0..<legCount { alarms.move(CoordinateID(place), to: 0) }
    alarms.move(CoordinateID(legCount), to: 1e12)
    #expect(alarms.ring().isEmpty)
  }

  @Test("prices of nothing and prices beyond a Float's digits", arguments: [1, 2, 3])
  func extremes(_ collateralCount: Int) {
    for (start, end) in [(1e-300, 0.0), (1e-30, 1e-40), (1.0, 0.0), (1e30, 1e-30), (0.0, 0.0)] {
      var coordinates = (0..<collateralCount).map { _ in AlarmCoordinate(.collateral, value: start) }
      coordinates.append(AlarmCoordinate(.debt, value: 1))
      var alarms = SafeBoxAlarms(coordinates)
      var legs = AlarmLegs()
      for place in 0..<collateralCount { legs.add(CoordinateID(place), units: start == 0 ? 1 : 2 / start) }
      legs.add(CoordinateID(collateralCount), units: 1)
      alarms.file(SleeperID(0), legs)
      if start == 1 { #expect(alarms.ring().isEmpty) }
      for place in 0..<collateralCount { alarms.move(CoordinateID(place), to: end) }
      alarms.file(SleeperID(1), legs)
      let rung = alarms.ring()
      #expect(rung.contains(SleeperID(1)), "filed at \(end)")
      if start == 1 { #expect(rung == [SleeperID(0), SleeperID(1)]) }
    }
  }
}

/// Random accounts of two to four legs under everything that moves a coordinate or an account.
private struct AlarmedWorld {
  private var random: RandomStream
  private var values: [Double]
  private let collateralCount: Int
  private var accounts: [[Double]]
  private var filed: Set<Int> = []
  private var alarms: SafeBoxAlarms
  private(set) var rung = 0
  private(set) var falselyRung = 0

  init(seed: Int) {
    random = RandomStream.test("safe boxes", seed: seed)
    let debtCount = 1 + random.below(3)
    let collateralCount = 1 + random.below(5)
    self.collateralCount = collateralCount
    values = (0..<collateralCount + debtCount).map { _ in 0 }
    for place in values.indices { values[place] = ElementaryMath.exp(8 * random.nextUnit() - 4) }
    var coordinates: [AlarmCoordinate] = []
    for (place, value) in values.enumerated() {
      let side: AlarmCoordinate.Side = place < collateralCount ? .collateral : .debt
      coordinates.append(AlarmCoordinate(side, value: value, scale: random.below(2) == 0 ? 1 : 0.1))
    }
    alarms = SafeBoxAlarms(coordinates)
    accounts = Array(repeating: [], count: 40 + random.below(60))
    for number in accounts.indices { open(number) }
  }

  private mutating func open(_ number: Int) {
    var units = values.map { _ in 0.0 }
    for _ in 0..<1 + random.below(2) {
      let place = random.below(collateralCount)
      units[place] = random.nextUnit() / max(values[place], 1e-9)
    }
    var worth = 0.0
    for place in 0..<collateralCount { worth += units[place] * values[place] }
    for _ in 0..<1 + random.below(2) {
      let place = collateralCount + random.below(values.count - collateralCount)
      // Often just above the level.
      let ratio = random.below(3) == 0 ? 0.999 : random.nextUnit()
      units[place] = ratio * worth / values[place] / Double(values.count - collateralCount)
    }
    accounts[number] = units
    file(number)
  }

  private mutating func file(_ number: Int) {
    var legs = AlarmLegs()
    for (place, units) in accounts[number].enumerated() where units > 0 {
      legs.add(CoordinateID(place), units: units)
    }
    alarms.file(SleeperID(number), legs)
    filed.insert(number)
  }

  private func sides(_ number: Int) -> (collateral: Double, debt: Double) {
    var (collateral, debt) = (0.0, 0.0)
    for (place, units) in accounts[number].enumerated() {
      if place < collateralCount {
        collateral += units * values[place]
      } else {
        debt += units * values[place]
      }
    }
    return (collateral, debt)
  }

  private mutating func scale(_ place: Int, by factor: Double) {
    values[place] = min(max(values[place] * factor, 1e-12), 1e12)
    alarms.move(CoordinateID(place), to: values[place])
  }

  /// A tick, a crash, a jump over many boxes, interest, a haircut, a new threshold, a top-up, somebody new.
  mutating func change() {
    let number = random.below(accounts.count)
    switch random.below(12) {
    case 0...4:
      for place in values.indices { scale(place, by: ElementaryMath.exp(0.02 * (random.nextUnit() - 0.5))) }
    case 5: scale(random.below(collateralCount), by: 0.4 + 0.6 * random.nextUnit())
    case 6: scale(random.below(values.count), by: ElementaryMath.exp(3 * (random.nextUnit() - 0.5)))
    case 7:
      for place in collateralCount..<values.count { scale(place, by: 1.000_01) }
    case 8: scale(random.below(collateralCount), by: random.below(2) == 0 ? 0.97 : 1.03)
    case 9:
      // A top-up, or a repayment.
      let place = random.below(values.count)
      accounts[number][place] *= place < collateralCount ? 1.5 : 0.5
      if filed.contains(number) { file(number) }
    case 10:
      alarms.withdraw(SleeperID(number))
      filed.remove(number)
    default: open(number)
    }
  }

  mutating func check(_ place: String) {
    let expected = filed.sorted().filter { sides($0).collateral < sides($0).debt }
    let found = alarms.ring().map(\.position)
    #expect(found == found.sorted(), "\(place)")
    #expect(Set(found).count == found.count, "\(place)")
    #expect(Set(found).isSubset(of: filed), "\(place)")
    var below: [Int] = []
    for number in found {
      let (collateral, debt) = sides(number)
      filed.remove(number)
      if collateral < debt {
        below.append(number)
      } else {
        falselyRung += 1
        #expect(collateral < debt * (1 + 1e-5), "\(place): account \(number) rang from afar")
        file(number)
      }
      // Most fall once; some are mended and fall again.
      if collateral < debt, random.below(2) == 0 { open(number) }
    }
    rung += below.count
    #expect(below == expected, "\(place)")
  }
}
