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
}
