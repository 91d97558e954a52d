import Kernel

/// Choices from a seed, for worlds that nobody thought of.
package struct Dice {
  private var stream: RandomStream

  package init(seed: UInt64) {
    stream = RandomStreams(populationSeed: seed, shockSeed: seed)
      .stream(.test, EntityKey(id: "random-worlds"), Epoch(slot: 0))
  }

  package mutating func integer(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(stream.nextInteger(below: UInt64(range.count)))
  }

  package mutating func real(_ from: Double, _ to: Double) -> Double {
    from + stream.nextUnit() * (to - from)
  }

  /// Every order of magnitude is as likely.
  package mutating func logarithmic(_ from: Double, _ to: Double) -> Double {
    ElementaryMath.exp(real(ElementaryMath.log(from), ElementaryMath.log(to)))
  }

  package mutating func chance(_ probability: Double) -> Bool { stream.nextUnit() < probability }

  package mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[integer(0...(elements.count - 1))]
  }

  package mutating func shuffle<Element>(_ elements: [Element]) -> [Element] {
    stream.nextPermutation(of: elements.count).map { elements[$0] }
  }
}
