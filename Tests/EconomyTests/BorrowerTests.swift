import Economy
import Kernel
import Ledger
import Testing

/// Ann (see `ClaimsWorld`) owes 16,000 against 10 ETH; from 1:05 on they carry 8,200, and a keeper comes at
/// 1:05:30. Alone she leaves a loss of 8,000.
@Suite("Borrowers who look after their positions")
struct BorrowerTests {
  static func run(
    _ reserve: Double, _ means: Care.Means, below: Double = 1, to: Double = 1
  ) throws -> World {
    var claims = ClaimsWorld()
    claims.deposits = [(0, 20_000, nil)]
    claims.care = Care(every: .seconds(10), below: below, to: to, reserve: reserve, means: means)
    return try claims.run()
  }

  static func careless() throws -> World {
    var claims = ClaimsWorld()
    claims.deposits = [(0, 20_000, nil)]
    return try claims.run()
  }

  private static func acts(_ world: borrowing World) -> [(kind: String, amount: Amount, time: SimTime)] {
    var acts: [(kind: String, amount: Amount, time: SimTime)] = []
    for record in world.facts {
      switch record.fact {
      case .toppedUp(_, _, let posted): acts.append(("toppedUp", posted, record.header.time))
      case .paidDown(_, _, let repaid): acts.append(("paidDown", repaid, record.header.time))
      default: break
      }
    }
    return acts
  }

  @Test("7,800 are missing: she posts 7,800 / 820 ETH, rounded up, and the keeper comes for nothing")
  func topUp() throws {
    let world = try BorrowerTests.run(1, .collateral)
    let acts = BorrowerTests.acts(world)
    #expect(acts.map(\.kind) == ["toppedUp"])
    let act = try #require(acts.first)
    #expect(act.amount == Amount(units: 9_512_196))
    #expect(act.time >= .seconds(3900) && act.time < .seconds(3910))
    #expect(world.measures.recognised == 0)
    #expect(world.measures.liquidations == 0)
    #expect(try BorrowerTests.careless().measures.recognised == 8_000)
  }

  @Test("what it repays is not lost: 4,000 of the 8,000, then the reserve is empty and nobody looks again")
  func repaysInPart() throws {
    let world = try BorrowerTests.run(0.25, .repayment)
    let acts = BorrowerTests.acts(world)
    #expect(acts.map(\.kind) == ["paidDown"])
    #expect(acts.first?.amount == ClaimsWorld.usdc(4_000))
    #expect(world.measures.recognised == 4_000)
    #expect(world.ledger.balance(of: world.borrowers[0].account, in: ClaimsWorld.usdc) == .zero)
    #expect(world.measures.liquidations == 1)
  }

  @Test("repaying 7,800 restores a health of one: carries / to is what it goes on owing")
  func repays() throws {
    let world = try BorrowerTests.run(0.5, .repayment)
    let acts = BorrowerTests.acts(world)
    #expect(acts.count == 1)
    let repaid = try #require(acts.first).amount.units
    #expect((7_800_000_000...7_800_000_001).contains(repaid))
    #expect(world.measures.recognised == 0)
  }

  @Test("who acts early restores more: from 1.2 up to 1.5 at once, and the alarm rings later or never")
  func early() throws {
    let world = try BorrowerTests.run(2, .collateral, below: 1.2, to: 1.5)
    // At the start 16,400 / 16,000; 24,000 are wanted: 7,600 / 1,640 ETH; after the crash as many again.
    let acts = BorrowerTests.acts(world)
    #expect(acts.count == 2)
    #expect(acts.first?.amount == Amount(units: 4_634_147))
    #expect(try #require(acts.first).time < .seconds(10))
  }

  @Test("neutral: a limit that nothing reaches changes nothing that happens", arguments: Care.Means.allCases)
  func neutral(_ means: Care.Means) throws {
    let calm = try BorrowerTests.run(0.5, means, below: 0.001)
    let careless = try BorrowerTests.careless()
    #expect(calm.facts.map(\.fact.kind) == careless.facts.map(\.fact.kind))
    #expect(calm.facts.map(\.header.time) == careless.facts.map(\.header.time))
    #expect(calm.measures.recognised == careless.measures.recognised)
    let purse = calm.borrowers[0].account
    let asset = means == .collateral ? ClaimsWorld.eth : ClaimsWorld.usdc
    #expect(
      calm.ledger.balance(of: purse, in: asset)
        == (means == .collateral ? Amount(units: 5_000_000) : ClaimsWorld.usdc(8_000)))
  }

  @Test("pure: several collaterals in order, each as far as it goes")
  func decide() throws {
    let world = try BorrowerTests.run(1, .collateral, below: 0.001)
    let (venue, position) = (world.venues[0], world.positions[0])
    func order(carries: Double, owes: Double, purse: Int64) throws -> [Amount] {
      let care = Care(every: .hours(1), below: 1.1, to: 1.3, reserve: 1)
      let borrower = Borrower(
        account: world.borrowers[0].account, position: PositionID(0), key: position.key, care: care)
      return try borrower.decide(
        BorrowerView(
          venue: venue, position: position, standing: Standing(carries: carries, owes: owes),
          published: world.published, purse: [Amount(units: purse)], owed: [ClaimsWorld.usdc(16_000)]))
    }
    // 820 dollars a whole ETH carries: 0.00082 a unit.
    #expect(try order(carries: 1_100, owes: 1_000, purse: 9_000_000) == [.zero])
    #expect(try order(carries: 890, owes: 1_000, purse: 9_000_000) == [Amount(units: 500_000)])
    #expect(try order(carries: 890, owes: 1_000, purse: 7) == [Amount(units: 7)])
    #expect(try order(carries: 890, owes: 1_000, purse: 0) == [.zero])
  }
}
