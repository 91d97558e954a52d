import Economy
import Kernel
import Ledger
import Testing

@Suite("A vault carries a loss on, once")
struct VaultTests {
  static let sizes = Array(1...8)

  /// Vault 1 holds all of `lend`, each other one all of the one before; the last has the only depositor.
  static func chain(_ length: Int) -> ClaimsWorld {
    var world = ClaimsWorld()
    world.vaults = (0..<length).map { ClaimsWorld.Vault(allocation: [.init(VenueID($0), portion: 1)]) }
    world.deposits = [(length, 20_000, nil)]
    return world
  }

  @Test("a chain of k vaults loses 8,000 once, not k times", arguments: sizes)
  func chain(_ length: Int) throws {
    let world = try VaultTests.chain(length).run()
    // 20,000 − 8,000: whoever stands between bears nothing.
    #expect(try world.claim(of: 0) == ClaimsWorld.usdc(12_000))
    #expect(world.measures.losses == 1)
    #expect(world.measures.passedOn == Int64(length))
    #expect(world.measures.recognised == 8_000)
    #expect(LayerCatalog.all.indices.map { world.measures.taken(byLayer: $0) }.reduce(0, +) == 8_000)
    #expect(world.measures.unresolved == 0)
    for vault in world.vaults { #expect(vault.holdings[0].marked == ClaimsWorld.usdc(12_000)) }
  }

  @Test("a vault that cuts nobody keeps the loss as its deficit, and passes nothing on")
  func unresolvedVault() throws {
    var claims = VaultTests.chain(3)
    claims.vaults[1].waterfall = []
    let world = try claims.run()
    #expect(world.measures.passedOn == 2)
    #expect(world.measures.unresolved == 8_000)
    #expect(world.measures.taken(by: ProRata.self) == 0)
    #expect(world.venues[VenueID(2)].reserves[0].deficit == ClaimsWorld.usdc(8_000))
    #expect(try world.claim(of: 0) == ClaimsWorld.usdc(20_000))
  }

  @Test(
    "of what suppliers bear a vault passes on its part: 10,000 of 25,000 are its, and so are 3,200 of 8,000")
  func part() throws {
    var claims = ClaimsWorld()
    claims.vaults = [ClaimsWorld.Vault(allocation: [.init(ClaimsWorld.lend, portion: 0.5)])]
    claims.deposits = [(0, 15_000, nil), (1, 20_000, nil)]
    let world = try claims.run()
    #expect(try world.claim(of: 0) == ClaimsWorld.usdc(15_000 - 4_800))
    #expect(try world.claim(of: 1) == ClaimsWorld.usdc(20_000 - 3_200))
    #expect(world.measures.taken(by: ProRata.self) == 8_000)
  }

  @Test("with `unresolved` at the venue no claim falls, and the vault hears of nothing")
  func control() throws {
    var claims = VaultTests.chain(2)
    claims.waterfall = []
    let world = try claims.run()
    #expect(world.measures.passedOn == 0)
    #expect(!world.facts.contains { $0.fact.kind == "marked" })
    #expect(try world.claim(of: 0) == ClaimsWorld.usdc(20_000))
  }

  @Test("every mark is caused by the loss that made it, in the same instant")
  func causes() throws {
    let world = try VaultTests.chain(3).run()
    let recognitions = world.facts.filter { $0.fact.kind == "recognised" }
    try #require(recognitions.count == 4)
    for (parent, child) in zip(recognitions, recognitions.dropFirst()) {
      #expect(child.header.cause == parent.header.id)
      #expect(child.header.time == parent.header.time)
      #expect(child.header.depth == parent.header.depth + 1)
    }
    #expect(recognitions[1].header.round == 1, "settlement comes before loss, so it is the next round's")
    #expect(recognitions[3].header.round == 1, "a chain settles within one round")
  }

  @Test("a gain heals the deficit first: of 8 units 5 heal, 3 accrue")
  func healing() throws {
    var vault = Vault(
      venue: VenueID(1), holdings: [.init(venue: VenueID(0), reserve: 0, target: 1)], sources: [VenueID(0)])
    var books = Reserve(
      account: AccountID(0), asset: AssetID(0), shareAsset: AssetID(1), debtAsset: AssetID(2),
      rate: .flat(0), reserveFactor: 0)
    _ = try books.claims.deposit(Amount(units: 100))
    vault.book(0, at: Amount(units: 100), paid: Amount(units: 100), in: &books)
    #expect(try vault.mark(0, at: Amount(units: 95), in: &books) == Amount(units: 5))
    #expect(books.deficit == Amount(units: 5))
    #expect(try vault.mark(0, at: Amount(units: 103), in: &books) == .zero)
    #expect(books.deficit == .zero)
    #expect(books.claims.totalAssets == Amount(units: 103))
    #expect(books.placed == Amount(units: 103))
  }
}
