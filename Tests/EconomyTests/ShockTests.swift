import Economy
import Kernel
import Ledger
import Testing

@Suite("Scripted shocks")
struct ShockTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let over: Int64
    let every: Int64
    /// Seconds after the start of the run; the shock begins at 100 s.
    let times: [Int64]
    let why: String
    var testDescription: String { why }

    init(_ over: Int64, _ every: Int64, _ times: [Int64], _ why: String) {
      (self.over, self.every, self.times, self.why) = (over, every, times, why)
    }
  }

  @Test(
    "steps are `every` apart and end at `at + over`",
    arguments: [
      Case(0, 60, [100], "at once"),
      Case(60, 60, [160], "one step, at the end"),
      Case(30, 60, [130], "shorter than a step: at the end all the same"),
      Case(120, 60, [160, 220], "two steps"),
      Case(121, 60, [160, 220, 221], "a second more is a third step"),
      Case(150, 60, [160, 220, 250], "the last step is shorter"),
      Case(3, 1, [101, 102, 103], "every second"),
    ])
  func times(_ each: Case) throws {
    let shock = Shock(
      asset: SmallWorld.coin, at: .seconds(100), jump: -0.4, over: .seconds(each.over),
      every: .seconds(each.every))
    #expect(shock.stepCount == each.times.count)
    let waits = (1...shock.stepCount).map { shock.wait(beforeStep: $0) }
    #expect(waits == each.times.map { .seconds($0 - 100) })

    var small = SmallWorld()
    small.coinReserve = small.tokens(1)
    small.dollarReserve = small.tokens(2)
    small.horizon = .seconds(1_000)
    small.shocks = [shock]
    let world = try small.run()
    let steps = world.steps
    #expect(steps.map(\.time) == each.times.map(SimTime.seconds))
    // Equal log returns: after k of n steps the price is 2 · 0.6^(k/n), so its n-th power is known.
    for (number, step) in steps.enumerated() {
      var power = 1.0
      var expected = 1.0
      for _ in 0..<each.times.count { power *= step.price / 2 }
      for _ in 0...number { expected *= 0.6 }
      #expect(abs(power / expected - 1) < 1e-13)
    }
  }

  @Test(
    "forty steps of a minute in forty minutes, and the price ends where the jump says",
    arguments: [-0.9, -0.35, 0.5, 3])
  func end(_ jump: Double) throws {
    let shock = Shock(asset: SmallWorld.coin, at: .start, jump: jump, over: .minutes(40), every: .minutes(1))
    #expect(shock.stepCount == 40)
    var price = 1.0
    for _ in 0..<40 { price *= shock.factorPerStep }
    #expect(abs(price / (1 + jump) - 1) < 1e-13)
  }

  @Test("a shock at once multiplies by exactly one plus the jump")
  func atOnce() {
    let shock = Shock(asset: SmallWorld.coin, at: .start, jump: -0.3, over: .zero, every: .minutes(1))
    #expect(shock.factorPerStep == 0.7)
  }

  static func shock(_ at: Int64, _ jump: Double) -> Shock {
    Shock(asset: SmallWorld.coin, at: .seconds(at), jump: jump, over: .zero, every: .seconds(1))
  }

  @Test("shocks compose: each multiplies the price that it finds, in config order at one instant")
  func composition() throws {
    var small = SmallWorld()
    small.coinReserve = small.tokens(1)
    small.dollarReserve = small.tokens(2)
    small.horizon = .seconds(100)
    // 2 → 1 (halved at 10 s) → 3 (tripled at 10 s, said second) → 0.75 (a quarter at 20 s).
    small.shocks = [ShockTests.shock(20, -0.75), ShockTests.shock(10, -0.5), ShockTests.shock(10, 2)]
    let world = try small.run()
    let (prices, reference) = (world.steps.map(\.price), world.reference[SmallWorld.coin])
    #expect(prices == [1, 3, 0.75])
    #expect(reference == 0.75)
  }

  @Test("a shock moves its own asset only, and none after the horizon")
  func scope() throws {
    var small = SmallWorld()
    small.coinReserve = small.tokens(1)
    small.dollarReserve = small.tokens(2)
    small.horizon = .seconds(100)
    small.shocks = [
      Shock(asset: SmallWorld.dollar, at: .seconds(100), jump: -0.5, over: .zero, every: .seconds(1)),
      ShockTests.shock(101, -0.5),
    ]
    let world = try small.run()
    let (coin, dollar) = (world.reference[SmallWorld.coin], world.reference[SmallWorld.dollar])
    #expect(coin == 2)
    #expect(dollar == 0.5)
  }

  @Test("a price beyond what can be valued ends the run with its name")
  func outOfRange() throws {
    var small = SmallWorld()
    small.coinReserve = small.tokens(1)
    small.dollarReserve = small.tokens(2)
    small.horizon = .seconds(100)
    small.shocks = [ShockTests.shock(10, 1e15)]
    var world = try small.make()
    var failure: RunFailure?
    do throws(RunFailure) { try world.run() } catch { failure = error }
    #expect(failure?.reason == .priceOutOfRange(asset: "COIN", price: 2 * (1 + 1e15)))
    #expect(failure?.event?.time == .seconds(10))
  }
}
