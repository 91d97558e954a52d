import Kernel
import Ledger
import Testing

@Suite("Claims")
struct ClaimsTests {
  /// A random venue with a history: deposits, interest, write-downs, withdrawals; never without a holder.
  static func claims(_ random: inout RandomStream) throws -> Claims {
    var claims = Claims()
    _ = try claims.deposit(units(1 + random.magnitude(bits: 40)))
    for _ in 0..<random.below(8) {
      switch random.below(4) {
      case 0: if !claims.totalAssets.isZero { _ = try claims.deposit(units(random.magnitude(bits: 40))) }
      case 1: try claims.accrue(units(random.magnitude(bits: 38)))
      case 2: claims.writeDown(units(random.magnitude(bits: 40) % (claims.totalAssets.units + 1)))
      default:
        let some = random.magnitude(bits: 40) % claims.totalShares.units
        _ = try claims.redeem(units(some))
      }
    }
    return claims
  }

  static let seeds = 1...200

  @Test("a first deposit gets a share a unit, later ones by the ratio, rounded down")
  func example() throws {
    var claims = Claims()
    #expect(try claims.deposit(units(400)) == units(400))
    claims.writeDown(units(100))
    #expect(try claims.value(of: units(400)) == units(300))
    // 10 · 400 / 300 = 13.3…
    #expect(try claims.deposit(units(10)) == units(13))
    #expect(claims.totalAssets == units(310))
    #expect(claims.totalShares == units(413))
    // 13 · 310 / 413 = 9.75…
    #expect(try claims.redeem(units(13)) == units(9))
  }

  @Test("nobody gets more shares by splitting a deposit", arguments: seeds)
  func splitDeposit(_ seed: Int) throws {
    var random = RandomStream.test("split deposit", seed: seed)
    var whole = try ClaimsTests.claims(&random)
    guard !whole.totalAssets.isZero else { return }
    var parts = whole
    let (first, second) = (units(random.magnitude(bits: 40)), units(random.magnitude(bits: 40)))
    let together = try whole.deposit(first + second)
    let apart = try parts.deposit(first) + parts.deposit(second)
    #expect(apart <= together, "seed \(seed)")
  }

  @Test("nobody gets more assets by splitting a withdrawal", arguments: seeds)
  func splitWithdrawal(_ seed: Int) throws {
    var random = RandomStream.test("split withdrawal", seed: seed)
    var whole = try ClaimsTests.claims(&random)
    var parts = whole
    let all = random.magnitude(bits: 40) % (whole.totalShares.units + 1)
    let first = random.magnitude(bits: 40) % (all + 1)
    let together = try whole.redeem(units(all))
    let apart = try parts.redeem(units(first)) + parts.redeem(units(all - first))
    #expect(apart <= together, "seed \(seed)")
  }

  @Test("putting in and taking out at once earns nothing and costs the others nothing", arguments: seeds)
  func roundTrip(_ seed: Int) throws {
    var random = RandomStream.test("round trip", seed: seed)
    var claims = try ClaimsTests.claims(&random)
    guard !claims.totalAssets.isZero else { return }
    let others = claims.totalShares
    let othersValue = try claims.value(of: others)
    let put = units(random.magnitude(bits: 40))
    let shares = try claims.deposit(put)
    #expect(try claims.value(of: others) >= othersValue, "seed \(seed): a deposit cost the others")
    let got = try claims.redeem(shares)
    #expect(got <= put, "seed \(seed)")
    #expect(try claims.value(of: others) >= othersValue, "seed \(seed): a withdrawal cost the others")
  }

  @Test("a write-down cuts all claims in the same ratio, within a unit", arguments: seeds)
  func writeDown(_ seed: Int) throws {
    var random = RandomStream.test("write-down", seed: seed)
    var claims = try ClaimsTests.claims(&random)
    let loss = units(random.magnitude(bits: 40) % (claims.totalAssets.units + 1))
    let before = claims.totalAssets
    claims.writeDown(loss)
    #expect(claims.totalAssets == before - loss, "seed \(seed)")
    var sum = Int128(0)
    var left = claims.totalShares.units
    while left > 0 {
      let shares = min(left, 1 + random.magnitude(bits: 40))
      left -= shares
      let value = Int128(try claims.value(of: units(shares)).units)
      // 0 ≤ shares · (assets − loss) / all shares − value < 1, multiplied by all shares.
      let all = Int128(claims.totalShares.units)
      let apart = Int128(shares) * Int128((before - loss).units) - value * all
      #expect(apart >= 0 && apart < all, "seed \(seed)")
      sum += value
    }
    #expect(sum <= Int128(claims.totalAssets.units), "seed \(seed): claims are worth more than there is")
  }

  @Test("the last to leave takes what is left, to the unit", arguments: seeds)
  func lastOneOut(_ seed: Int) throws {
    var random = RandomStream.test("last one out", seed: seed)
    var claims = try ClaimsTests.claims(&random)
    let assets = claims.totalAssets
    let some = units(random.magnitude(bits: 40) % (claims.totalShares.units + 1))
    let first = try claims.redeem(some)
    let rest = claims.totalShares
    #expect(try first + claims.redeem(rest) == assets, "seed \(seed)")
    #expect(claims == Claims(), "seed \(seed)")
  }

  @Test("claims that were wiped out are worth nothing and take no deposit")
  func wipedOut() throws {
    var claims = Claims()
    let shares = try claims.deposit(units(500))
    claims.writeDown(units(500))
    let before = claims
    #expect(try claims.value(of: shares) == .zero)
    #expect(throws: ArithmeticRefusal.divisionByZero) { try claims.deposit(units(100)) }
    #expect(claims == before, "a refusal leaves no trace")
  }

  @Test("what has no meaning or no place is refused by type, without trace")
  func refusals() throws {
    var empty = Claims()
    #expect(throws: ArithmeticRefusal.negative) { try empty.deposit(units(-1)) }
    #expect(empty == Claims())
    var claims = Claims()
    _ = try claims.deposit(units(.max - 5))
    let before = claims
    #expect(throws: ArithmeticRefusal.overflow) { try claims.deposit(units(6)) }
    #expect(throws: ArithmeticRefusal.overflow) { try claims.accrue(units(6)) }
    #expect(throws: ArithmeticRefusal.negative) { try claims.accrue(units(-1)) }
    #expect(throws: ArithmeticRefusal.negative) { try claims.deposit(units(-1)) }
    #expect(throws: ArithmeticRefusal.negative) { try claims.redeem(units(-1)) }
    #expect(throws: ArithmeticRefusal.negative) { try claims.redeem(units(.max)) }
    #expect(claims == before)
    try claims.accrue(units(5))
    #expect(claims.totalAssets == units(.max))
  }
}
