import Testing

@testable import Experiments

/// What it costs to read a plan, and what is spared.
@Suite struct PlanReadingTests {
  private func document(_ keys: String) throws -> ConfigDocument {
    let config = FaultTests.config.replacing(#""seeds": "1..41","#, with: keys)
    return try ConfigReader.parse(SourceFile(name: "tiny.jsonc", bytes: Array(config.utf8)))
  }

  @Test("no word about what is allowed is made for a config without a mistake")
  func lazyShapes() throws {
    var made = 0
    func counted(_ shape: ValueShape) -> ValueShape {
      made += 1
      return shape
    }
    let number = ValueKind<Int>.scalar(counted(ValueShape("integer", "an integer")), placeholder: 0) { node in
      if case .number(let text) = node.content { Int(text) } else { nil }
    }
    let kind = ValueKind<[Int]>.object("a test") { reader in
      let list = reader.read("list", .array(of: number, count: .from(1)), "numbers")
      let map = reader.read("map", .map(from: .identifier(), to: number), "numbers by name")
      let one = reader.read(
        "one", .variant("a number", [.with("plain", number, "as it is") { $0 }]), "a number")
      let rest = [
        reader.read("checked", number.checked("a small one") { $0 < 9 }, "small"),
        reader.read("placed", .converted(.placed(number)) { $0.value }, "somewhere"),
        reader.read("fallback", number, default: 7, "not given"),
      ]
      return list + map.map(\.value) + [one] + rest
    }
    func read(_ text: String) throws -> [Int] {
      let source = SourceFile(name: "a", bytes: Array(text.utf8))
      return try ConfigReader.read(ConfigReader.parse(source), kind).value
    }
    let config = #"{ "list": [1, 2], "map": { "a": 3 }, "one": { "plain": 4 }, "checked": 5, "placed": 6 }"#
    #expect(try read(config) == [1, 2, 3, 4, 5, 6, 7])
    #expect(made == 0)
    #expect(throws: ReadingFailure.self) { try read(config.replacing("5", with: "true")) }
    #expect(made > 0, "a mistake is told with what is allowed")
  }

  @Test("101 x 101 x 101 points, times two variants, are refused before the first is looked at")
  func tooManyPoints() throws {
    let values = (1...101).map { "\"\($0)s\"" }.joined(separator: ", ")
    let paths = ["oracles.eth.delay", "horizon", "populations.keeper.latency.exponential"]
    let axes = paths.map { #""\#($0)": [ \#(values) ]"# }.joined(separator: ", ")
    let config = FaultTests.config.replacing(#""shocks[0].jump": [ "-50%", "-60%" ]"#, with: axes)
    let failure = #expect(throws: ReadingFailure.self) { try FaultTests.plan(config) }
    guard case .invalid(let report) = failure else {
      Issue.record("\(failure.debugDescription)")
      return
    }
    #expect(report.diagnostics.map(\.message) == ["the plan has too many points"])
    #expect(report.diagnostics[0].allowed == "at most 1000000, which is variants times swept values")
  }

  @Test("the points of a config that is known to have been checked are read when they are needed")
  func knownConfig() throws {
    let document = try document(#""zip": [ { "horizon": [ "15m", "soon" ] } ],"#)
    #expect(throws: ReadingFailure.self) { try Plan.read(document) }
    var asked: [[UInt8]] = []
    let plan = try Plan.read(document) { plan in
      asked.append(plan.resolved.canonicalBytes)
      return true
    }
    #expect(asked == [plan.resolved.canonicalBytes])
    #expect(plan.pointCount == 8)
    _ = try plan.config(of: plan.point(0))
    #expect(throws: ReadingFailure.self) { try plan.config(of: plan.point(1)) }
  }
}
