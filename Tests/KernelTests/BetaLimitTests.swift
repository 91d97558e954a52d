import Kernel
import Testing

@Suite("Draws from a beta distribution that is cut")
struct BetaLimitTests {
  @Test("the limit is never passed and nothing piles up there", arguments: [0.05, 0.4, 0.8, 0.999])
  func keepsWithinTheLimit(limit: Double) throws {
    let beta = try BetaDistribution(mean: 0.62, concentration: 8)
    let streams = RandomStreams(populationSeed: 11, shockSeed: 11)
    let draws = 20_000
    var atLimit = 0
    var below = 0
    for ordinal in 0..<draws {
      let word = streams.word(.test, EntityKey(id: "cut", ordinal: UInt64(ordinal)), Epoch(slot: 0))
      let value = beta.value(of: word, atMost: limit)
      #expect(value > 0 && value <= limit)
      if value == limit { atLimit += 1 }
      if value <= limit / 2 { below += 1 }
    }
    #expect(atLimit <= 1, "seed 11: a pile at the limit")
    // P(X <= limit/2 | X <= limit), within 6.1 binomial standard errors (shared design: 1,000 tests at 1e-6).
    func cumulative(_ x: Double) -> Double {
      ElementaryMath.incompleteBeta(beta.firstShape, beta.secondShape, at: x, complement: 1 - x).lower
    }
    let p = cumulative(limit / 2) / cumulative(limit)
    let deviation = ElementaryMath.squareRoot(p * (1 - p) * Double(draws))
    #expect((Double(below) - p * Double(draws)).magnitude <= 6.1 * deviation + 1, "seed 11, limit \(limit)")
  }

  @Test("a limit of one changes no draw")
  func limitOfOneChangesNothing() throws {
    let beta = try BetaDistribution(2, 3)
    for word in [0, 1, 1 << 40, UInt64.max / 3, .max] as [UInt64] {
      #expect(beta.value(of: word, atMost: 1) == beta.value(of: word))
    }
  }

  @Test("a larger word never gives a smaller value")
  func isMonotone() throws {
    let beta = try BetaDistribution(mean: 0.3, concentration: 5)
    var last = 0.0
    for step in 0..<500 {
      let value = beta.value(of: UInt64(step) * (UInt64.max / 500), atMost: 0.7)
      #expect(value >= last)
      last = value
    }
  }
}
