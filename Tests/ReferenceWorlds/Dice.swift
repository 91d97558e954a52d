import Kernel

/// Choices from a seed, for worlds that nobody thought of.
struct Dice {
  private var stream: RandomStream

  init(seed: UInt64) {
    stream = RandomStreams(populationSeed: seed, shockSeed: seed)
      .stream(.test, EntityKey(id: "random-worlds"), Epoch(slot: 0))
  }

  mutating func integer(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(stream.nextInteger(below: UInt64(range.count)))
  }

  mutating func real(_ from: Double, _ to: Double) -> Double { from + stream.nextUnit() * (to - from) }

  /// Every order of magnitude is as likely.
  mutating func logarithmic(_ from: Double, _ to: Double) -> Double {
    ElementaryMath.exp(real(ElementaryMath.log(from), ElementaryMath.log(to)))
  }

  mutating func chance(_ probability: Double) -> Bool { stream.nextUnit() < probability }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[integer(0...(elements.count - 1))]
  }

  mutating func shuffle<Element>(_ elements: [Element]) -> [Element] {
    stream.nextPermutation(of: elements.count).map { elements[$0] }
  }
}
