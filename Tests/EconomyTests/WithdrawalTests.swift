import Economy
import Kernel
import Ledger
import Testing

@Suite("Lenders who look, and leave")
struct WithdrawalTests {
  /// Two lenders of 10,000 each who look every half hour and leave above a loss of 10 %. With `unresolved`
  /// the deficit of 8,000 over 20,000 is 40 % from 1:05:30 on; in cash are 20,000 − 16,000 + 8,000 = 12,000.
  static func run(_ change: (inout ClaimsWorld) -> Void = { _ in }) throws -> World {
    var claims = ClaimsWorld()
    let watch = Watch(every: .minutes(30), runAt: .fixed(0.1))
    claims.waterfall = []
    claims.deposits = [(0, 10_000, watch), (0, 10_000, watch)]
    change(&claims)
    return try claims.run()
  }

  @Test("who looks first gets 10,000, who looks second the 2,000 that are left, and then nothing")
  func unresolved() throws {
    let world = try WithdrawalTests.run()
    let payments = world.payments
    try #require(payments.count > 3)
    #expect(payments[0].paid == ClaimsWorld.usdc(10_000) && payments[0].wanted == ClaimsWorld.usdc(10_000))
    #expect(payments[1].paid == ClaimsWorld.usdc(2_000) && payments[1].wanted == ClaimsWorld.usdc(10_000))
    #expect(payments[1].lender != payments[0].lender)
    for later in payments.dropFirst(2) {
      #expect(later.lender == payments[1].lender)
      #expect(later.paid == .zero && later.wanted == ClaimsWorld.usdc(8_000))
    }
    #expect(payments.allSatisfy { $0.time > .seconds(3600 + 300) })
    #expect(world.measures.withdrawnShare == 0.6)
    #expect(world.measures.withdrawals.peakUtilization == 0.8)
    #expect(
      world.measures.withdrawals.blocked(until: .seconds(4 * 3600)).microseconds
        == SimTime.seconds(4 * 3600).microseconds - payments[1].time.microseconds)
  }

  @Test("a venue that pays all or nothing refuses the second")
  func whole() throws {
    let payments = try WithdrawalTests.run { $0.withdrawals = .whole }.payments
    try #require(payments.count > 2)
    #expect(payments[0].paid == ClaimsWorld.usdc(10_000))
    for later in payments.dropFirst() { #expect(later.paid == .zero) }
  }

  @Test("a claim that has been cut has nothing more to expect: with a pro-rata haircut nobody runs")
  func haircut() throws {
    let world = try WithdrawalTests.run { $0.waterfall = [SmallWorld.proRata] }
    #expect(world.payments.isEmpty)
    #expect(world.measures.withdrawnShare == 0)
  }

  @Test("neutral: without `watch` nobody leaves; at a limit above what is to be expected nobody does")
  func neutral() throws {
    let unwatched = try WithdrawalTests.run { claims in
      for index in claims.deposits.indices { claims.deposits[index].watch = nil }
    }
    #expect(unwatched.payments.isEmpty)
    let calm = try WithdrawalTests.run { claims in
      for index in claims.deposits.indices {
        claims.deposits[index].watch = Watch(every: .minutes(30), runAt: .fixed(0.41))
      }
    }
    #expect(calm.payments.isEmpty)
  }

  @Test("utilization of 80 % drives out who leaves from 80 % on, before anything has happened")
  func utilization() throws {
    let world = try WithdrawalTests.run { claims in
      claims.deposits[0].watch = Watch(every: .minutes(30), runAt: nil, leavesAtUtilization: 0.8)
    }
    let first = try #require(world.payments.first)
    #expect(first.lender == "lender0[0]" && first.time < .seconds(1800))
    // 4,000 of cash: the rest is lent to Ann.
    #expect(first.paid == ClaimsWorld.usdc(4_000))
    #expect(world.measures.withdrawals.peakUtilization == 1)
  }

  @Test("other lenders, whatever their place in the config, move nobody's look", arguments: [1, 7])
  func commonRandomNumbers(_ bystanders: Int) throws {
    let alone = try WithdrawalTests.run().payments
    let among = try WithdrawalTests.run { $0.bystanders = bystanders }.payments
    #expect(alone.map(\.time) == among.map(\.time))
    #expect(alone.map(\.lender) == among.map(\.lender))
  }

  @Test("a vault's second leaver waits, and nobody overtakes")
  func queue() throws {
    let watch = Watch(every: .minutes(30), runAt: .fixed(0.1))
    let world = try WithdrawalTests.run { claims in
      claims.vaults = [ClaimsWorld.Vault(allocation: [.init(ClaimsWorld.lend, portion: 1)])]
      claims.deposits = [(1, 10_000, watch), (1, 6_000, watch), (1, 4_000, watch)]
    }
    let depositors = world.payments.filter { $0.lender != "vault1" }
    let queued = world.facts.compactMap { record -> Amount? in
      if case .queued(_, _, let shares) = record.fact { shares } else { nil }
    }
    // 12,000 of cash, in whichever order the looks are drawn; 8,000 of claims are left in the queue.
    let paid = depositors.map(\.paid).reduce(.zero, +)
    #expect(paid == ClaimsWorld.usdc(12_000))
    #expect(queued.reduce(.zero, +) == ClaimsWorld.usdc(8_000))
    #expect(world.vaults[0].queue.count == queued.count)
    let last = try #require(depositors.last)
    #expect(last.paid < last.wanted, "who comes after the cash is gone gets none of it")
  }
}
