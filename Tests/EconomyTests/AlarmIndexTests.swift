import Economy
import Kernel
import Testing

@Suite("The alarm index")
struct AlarmIndexTests {
  @Test("rings whom a scan of everybody would, in ascending order, each once", arguments: 1...50)
  func bruteForce(_ seed: Int) {
    var random = RandomStream.test("alarms", seed: seed)
    var index = AlarmIndex()
    var filed: [PositionID: Double] = [:]
    let positions = 1 + random.below(60)
    let levels = 1 + random.below(40)
    var rung = 0
    for step in 0..<400 {
      let position = PositionID(random.below(positions))
      switch random.below(4) {
      case 0, 1:
        // Half-way between the coordinates that are asked for: the margin cannot matter. Many ties.
        let level = Double(random.below(levels)) + 0.5
        index.file(position, level: level)
        filed[position] = level
      case 2:
        index.withdraw(position)
        filed[position] = nil
      default:
        let coordinate = Double(random.below(levels + 2))
        let expected = filed.filter { $0.value >= coordinate }.map(\.key).sorted()
        #expect(index.ring(at: coordinate) == expected, "seed \(seed), step \(step)")
        for position in expected { filed[position] = nil }
        rung += expected.count
      }
    }
    #expect(rung > 0, "seed \(seed) rang nobody")
    let rest = filed.keys.sorted()
    #expect(index.ring(at: 0) == rest, "seed \(seed)")
    #expect(index.ring(at: 0).isEmpty, "seed \(seed)")
  }

  @Test("a position filed at the very coordinate rings")
  func equality() {
    var index = AlarmIndex()
    index.file(PositionID(3), level: 0.1)
    #expect(index.ring(at: 0.1) == [PositionID(3)])
  }

  @Test("filing again replaces the level, up or down")
  func refiling() {
    var index = AlarmIndex()
    index.file(PositionID(0), level: 5)
    index.file(PositionID(0), level: 2)
    #expect(index.ring(at: 3).isEmpty, "the old, higher level is gone")
    index.file(PositionID(0), level: 7)
    #expect(index.ring(at: 6) == [PositionID(0)])
    #expect(index.ring(at: 0).isEmpty, "nothing of it is left")
  }

  @Test("nobody rings in an empty index")
  func empty() {
    var index = AlarmIndex()
    #expect(index.ring(at: 0).isEmpty)
    index.withdraw(PositionID(9))
    #expect(index.ring(at: -1).isEmpty)
  }
}
