import Experiments
import Testing

/// `experiments/crowded-blocks.jsonc` says what should come out; this is whether it does.
@Suite("The crowded-blocks experiment shows what its header says")
struct CrowdedBlocksTests {
  private struct Outcome {
    let recognised: Double
    let liquidations: Int64
    let mostWaiting: Int64

    init(_ result: RunResult) {
      recognised = result.measures.recognised
      liquidations = result.measures.liquidations
      mostWaiting = result.measures.mostWaiting
    }
  }

  @Test("a full chain alone leaves bad debt: none with room, none for keepers who outbid the crowd")
  func phenomenon() throws {
    let outcomes = try ShippedExperiment.outcomes("crowded-blocks", of: Outcome.init)
    let (crowded, roomy, generous) = try (
      #require(outcomes["baseline"]), #require(outcomes["roomy"]), #require(outcomes["generous"])
    )
    #expect(crowded.count == 20)
    let recognised = crowded.map(\.recognised).sorted()
    let median = (recognised[9] + recognised[10]) / 2
    print("crowded-blocks: recognised \(recognised)")
    #expect((200_000...450_000).contains(median))
    #expect(recognised.count { $0 > 0 } >= 18)
    for seed in crowded.indices {
      #expect(roomy[seed].recognised == 0 && generous[seed].recognised == 0, "seed \(seed + 1)")
      #expect(roomy[seed].liquidations > 0 && generous[seed].liquidations > 0, "seed \(seed + 1)")
      #expect(crowded[seed].mostWaiting > 0 && roomy[seed].mostWaiting == 0, "seed \(seed + 1)")
    }
  }

  @Test("a chain without room holds back keepers and traders; who runs, rescues or delevers acts at once")
  func whomAChainBinds() throws {
    let outcomes = try ShippedExperiment.outcomes(
      "vault-haircut", seedsUpTo: 1,
      settings: [
        "chain.capacity=0", "populations.borrowers.watch=10m", "populations.borrowers.topUpBelow=1.2",
        "populations.borrowers.topUpTo=1.5", "populations.borrowers.reserve=50%",
        "populations.levered.kind=looper", "populations.levered.loops=2", "populations.levered.watch=1h",
        "populations.levered.deleverAbove=82%",
      ], variants: ["pro-rata"]
    ) { result in Set(result.facts.map(\.fact.kind)) }
    let kinds = try #require(outcomes["pro-rata"]?.first)
    #expect(kinds.isSuperset(of: ["sent", "withdrew", "toppedUp", "paidDown"]), "\(kinds.sorted())")
    #expect(
      kinds.isDisjoint(with: ["included", "liquidated", "swapped", "soldOutside"]), "\(kinds.sorted())")
  }
}
