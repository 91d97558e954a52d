import Economy
import Kernel
import Ledger
import ReferenceWorlds
import Testing

/// Who really paid: a run beside its twin, in which somebody from outside fills every hole.
@Suite("Incidence")
struct IncidenceTests {
  private struct Side {
    let start: Wealth
    let end: Wealth
    let parties: [Party]
    let facts: [FactRecord]
    let prices: PriceBoard
    let accounts: Int
    let supply: [Int64]
    let units: [Double]
  }

  private func side(_ specification: WorldSpecification, seed: UInt64, isGuaranteed: Bool) throws -> Side {
    var specification = specification
    specification.isGuaranteed = isGuaranteed
    var world = try World.make(specification, populationSeed: seed, shockSeed: seed)
    let (start, endowment) = (try world.wealth(), world.endowment)
    try world.run()
    return Side(
      start: start, end: try world.wealth(since: endowment), parties: world.parties, facts: world.facts,
      prices: world.reference, accounts: world.ledger.accounts.count,
      supply: specification.tokens.indices.map { world.ledger.supply(of: AssetID($0)).units },
      units: specification.tokens.indices.map { world.ledger.unitsPerToken(of: AssetID($0)) })
  }

  /// Each account's worth and each position's debt is rounded by half a millionth at most, a claim loses up
  /// to a unit of its asset, and Doubles carry fifteen digits.
  private func tolerance(_ side: Side) -> Int128 {
    var unit = 0.0
    var all = 0.0
    for token in side.units.indices {
      let price = side.prices[AssetID(token)]
      unit = max(unit, price / side.units[token])
      all += Double(side.supply[token]) / side.units[token] * price
    }
    return Int128(Double(side.accounts * 8) * (1 + unit * 1e6) + all * 1e6 * 1e-13)
  }

  @Test(
    "a holder's parts of a loss are one sum, whatever goes up and down, and what was given back is no row")
  func holderSums() {
    struct Key: Hashable { let loss, step: Int32 }
    for seed in UInt64(0)..<200 {
      var state = seed
      func drawn(_ range: ClosedRange<Int>) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return range.lowerBound + Int(state >> 33) % range.count
      }
      var losses = HolderLosses()
      var (sums, byHolder): ([Key: Int64], [HolderLoss: Int64]) = ([:], [:])
      func add(_ key: Key, _ holder: Int?, _ units: Int64) {
        let holder = holder.map { AccountID($0) }
        func part(_ units: Int64) -> HolderLoss {
          HolderLoss(
            loss: key.loss, step: key.step, holder: holder, asset: AssetID(0), amount: Amount(units: units))
        }
        losses.add(part(units))
        sums[key, default: 0] += units
        byHolder[part(0), default: 0] += units
      }
      for _ in 0..<60 {
        let key = Key(loss: Int32(drawn(1...3)), step: Int32(drawn(0...2)))
        add(key, drawn(0...4) == 0 ? nil : drawn(0...5), Int64(drawn(-3...40)))
      }
      var told: [HolderLoss: Int64] = [:]
      for part in losses.all {
        let key = HolderLoss(
          loss: part.loss, step: part.step, holder: part.holder, asset: part.asset, amount: .zero)
        #expect(told.updateValue(part.amount.units, forKey: key) == nil, "one row each, seed \(seed)")
      }
      #expect(told == byHolder.filter { $0.value != 0 }, "seed \(seed)")
      // All of one loss goes back, but for a unit that one holder has had too little and another too much.
      guard let key = sums.first(where: { $0.value > 100 })?.key else { continue }
      for (part, units) in byHolder where part.loss == key.loss && part.step == key.step {
        add(key, part.holder?.position, -units)
      }
      add(key, 0, 1)
      add(key, 1, -1)
      losses.settle(loss: key.loss, step: key.step, asset: AssetID(0))
      #expect(!losses.all.contains { $0.loss == key.loss && $0.step == key.step }, "seed \(seed)")
    }
  }

  @Test("What everybody owns adds up to nothing, in random worlds and in their twins")
  func sums() throws {
    var (losses, twinsDiffer) = (0, 0)
    for seed in UInt64(1)...60 {
      let specification = RandomWorld.make(seed: seed)
      let own = try side(specification, seed: seed, isGuaranteed: false)
      let twin = try side(specification, seed: seed, isGuaranteed: true)
      for side in [own, twin] {
        #expect(abs(side.start.all.reduce(0, +)) <= tolerance(side), "seed \(seed), at the start")
        #expect(abs(side.end.all.reduce(0, +)) <= tolerance(side), "seed \(seed), at the end")
        #expect(side.end.byParty.count == side.parties.count)
      }
      // Every account belongs to one party, but the outside and the guarantor.
      #expect(own.parties.map(\.accounts.count).reduce(0, +) == own.accounts - 1)
      // Until the first loss they are the same run.
      func isLoss(_ record: FactRecord) -> Bool {
        if case .recognised = record.fact { true } else { false }
      }
      func isExpectation(_ record: FactRecord) -> Bool {
        switch record.fact {
        case .withdrew, .queued, .cooldownBegan: true
        default: false
        }
      }
      let first = own.facts.firstIndex { isLoss($0) || isExpectation($0) } ?? own.facts.count
      let firstOfTwin = twin.facts.firstIndex { isLoss($0) || isExpectation($0) } ?? twin.facts.count
      let common = min(first, firstOfTwin)
      #expect(own.facts[..<common] == twin.facts[..<common], "seed \(seed)")
      losses += own.facts.count(where: isLoss)
      var filled = 0.0
      for case .guaranteed(_, let venue, let reserve, let amount) in twin.facts.map(\.fact) {
        let asset = specification.venues[venue.position].debts[Int(reserve)].asset
        filled += twin.prices.value(of: amount, in: asset)
      }
      for case .restored(_, let venue, let reserve, -1, _, let amount, let kept) in twin.facts.map(\.fact) {
        let asset = specification.venues[venue.position].debts[Int(reserve)].asset
        filled -= twin.prices.value(of: amount - kept, in: asset)
      }
      #expect(
        abs(Double(twin.end.guarantor) / -1e6 - filled) <= 1e-6 * (filled + 1) + 1e-4, "seed \(seed)")
      if filled > 0 { twinsDiffer += 1 }
    }
    #expect(losses > 200)
    #expect(twinsDiffer > 40)
  }
}
