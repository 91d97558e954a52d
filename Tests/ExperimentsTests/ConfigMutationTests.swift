import Foundation
import Testing

@testable import Experiments

/// What happens to a config between its writer and us: each is read or refused with a message, soon.
///
/// Renamed keys, keys given twice and cut files are always refused: taking any of them for a config would run
/// something that its writer did not mean.
@Suite struct ConfigMutationTests {
  #if DEBUG
    static let count = ProcessInfo.processInfo.environment["RHODIAN_SOAK"] == "1" ? 10_000 : 2_000
  #else
    static let count = 10_000
  #endif

  /// A config as shipped, and where its values stand.
  struct Shipped: Sendable {
    let name: String
    let bytes: [UInt8]
    let keys: [Range<Int>]
    let values: [Range<Int>]
    let members: [Range<Int>]

    init(name: String, bytes: [UInt8]) throws {
      self.name = name
      self.bytes = bytes
      var keys: [Range<Int>] = []
      var values: [Range<Int>] = []
      var members: [Range<Int>] = []
      // Variants are called as their writer likes: a renamed one is another, and no mistake.
      func walk(_ node: JSONNode, naming: Bool = false) {
        if let range = node.range { values.append(range.start..<range.end) }
        for element in node.elements ?? [] { walk(element) }
        for member in node.members ?? [] {
          if let key = member.keyRange {
            if !naming { keys.append(key.start..<key.end) }
            if let end = member.value.range?.end { members.append(key.start..<end) }
          }
          walk(member.value, naming: member.key == "variants")
        }
      }
      walk(try ConfigReader.parse(SourceFile(name: name, bytes: bytes)).root)
      (self.keys, self.values, self.members) = (keys, values, members)
    }
  }

  static func shipped() throws -> [Shipped] {
    let experiments = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("experiments")
    var configs = try Template.all.map {
      try Shipped(name: $0.name, bytes: Array($0.text(named: $0.name).utf8))
    }
    for name in try FileManager.default.contentsOfDirectory(atPath: experiments.path).sorted()
    where name.hasSuffix(".jsonc") {
      let bytes = try Data(contentsOf: experiments.appendingPathComponent(name))
      configs.append(try Shipped(name: name, bytes: Array(bytes)))
    }
    return configs + [try Shipped(name: "tiny", bytes: Array(FaultTests.config.utf8))]
  }

  enum Mutation: String, CaseIterable {
    case renamedKey, duplicateKey, truncated
    case replacedValue, swappedValues, nested, hugeNumber, notANumber, wrongEncoding, flippedByte

    /// Whether what comes out is never to be taken for a config.
    var isAlwaysRefused: Bool { self == .renamedKey || self == .duplicateKey || self == .truncated }
  }

  static func apply(_ mutation: Mutation, to config: Shipped, _ random: inout SplitMix) -> [UInt8] {
    func pick<Element>(_ elements: [Element]) -> Element { elements[random.below(elements.count)] }
    var bytes = config.bytes
    switch mutation {
    case .renamedKey:
      // An `x` at the end: no key and no id of the shipped configs is another with an `x` at its end.
      bytes.insert(UInt8(ascii: "x"), at: pick(config.keys).upperBound - 1)
    case .duplicateKey:
      let member = pick(config.members)
      bytes.insert(contentsOf: Array(bytes[member]) + [UInt8(ascii: ",")], at: member.lowerBound)
    case .truncated:
      // Before the last brace, so that something is missing.
      bytes = Array(bytes.prefix(random.below(bytes.lastIndex(of: UInt8(ascii: "}"))!)))
    case .replacedValue:
      let words = [
        "null", "true", "-1", "0", "\"\"", "[]", "{}", "\"x\"", "[[]]", "{\"a\": 1}", "\"5m\"", "\"-5%\"",
        "\"1..3\"", "\"3..1\"", "1.5", "\"USDC\"", "\"2 ETH\"", "\"\\u0000\"", "\"\\ud800\"",
      ]
      bytes.replaceSubrange(pick(config.values), with: pick(words).utf8)
    case .swappedValues:
      let other = Array(bytes[pick(config.values)])
      bytes.replaceSubrange(pick(config.values), with: other)
    case .nested:
      let opening = pick(["[", "{\"a\":", "[{\"id\":", "/*"])
      bytes.replaceSubrange(
        pick(config.values), with: Array(repeatElement(Array(opening.utf8), count: 10_000).joined()))
    case .hugeNumber:
      let digits = String(repeating: "9", count: 1 + random.below(400))
      let numbers =
        [digits, "-\(digits)", "1e\(digits.count)", "0.\(digits)", "\"\(digits) USDC\"", "\"\(digits)d\""]
        + ["\"\(digits)%\"", "\"1..\(digits)\"", "\"\(digits)M\"", "1e-\(digits.count)"]
      bytes.replaceSubrange(pick(config.values), with: pick(numbers).utf8)
    case .notANumber:
      let words = [
        "NaN", "Infinity", "-Infinity", "nan", "\"NaN\"", "\"inf\"", "0x10", "+1", ".5", "1.", "01", "1_000",
      ]
      bytes.replaceSubrange(pick(config.values), with: pick(words).utf8)
    case .wrongEncoding:
      let text = String(decoding: bytes, as: UTF8.self)
      switch random.below(4) {
      case 0: bytes = [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
      case 1: bytes = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
      case 2:
        bytes = text.unicodeScalars.flatMap { [UInt8($0.value & 0xFF), UInt8($0.value >> 8 & 0xFF), 0, 0] }
      default: bytes[random.below(bytes.count)] = UInt8(0x80 + random.below(0x80))
      }
    case .flippedByte: bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
    }
    return bytes
  }

  @Test("thousands of mutations, each read or refused with a message, none in more than a second")
  func mutations() throws {
    let configs = try ConfigMutationTests.shipped()
    #expect(configs.count >= 4)
    for config in configs {
      let whole = try ConfigReader.parse(SourceFile(name: config.name, bytes: config.bytes))
      #expect(throws: Never.self, "\(config.name) is as shipped") { try Plan.read(whole) }
    }
    var random = SplitMix(seed: 20_251_121)
    var slowest = (time: Duration.zero, what: "")
    var ends: [String: [Int]] = [:]
    let clock = ContinuousClock()
    for round in 0..<ConfigMutationTests.count {
      let mutation = Mutation.allCases[round % Mutation.allCases.count]
      let config = configs[random.below(configs.count)]
      let bytes = ConfigMutationTests.apply(mutation, to: config, &random)
      let what = "round \(round), \(mutation) of \(config.name)"
      let began = clock.now
      var message: String?
      do throws(ReadingFailure) {
        _ = try Plan.read(ConfigReader.parse(SourceFile(name: "x.jsonc", bytes: bytes)))
      } catch {
        message = error.description
        #expect(error.exitCode == 65, "\(what)")
      }
      let time = clock.now - began
      if time > slowest.time { slowest = (time, what) }
      ends[mutation.rawValue, default: [0, 0]][message == nil ? 0 : 1] += 1
      guard let message else {
        if mutation.isAlwaysRefused {
          Issue.record("\(what) is taken for a config:\n\(String(decoding: bytes, as: UTF8.self))")
        }
        continue
      }
      #expect(message.hasPrefix("x.jsonc:"), "\(what): \(message.prefix(200))")
      #expect(message.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" }, "\(what)")
    }
    print("mutations         read  refused; the slowest took \(slowest.time): \(slowest.what)")
    for mutation in Mutation.allCases {
      let counts = ends[mutation.rawValue] ?? [0, 0]
      print("  \(mutation.rawValue)  \(counts[0])  \(counts[1])")
    }
    #expect(slowest.time < .seconds(1), "\(slowest.what)")
    // A quiet test proves nothing: both ends are reached where both are possible.
    for mutation in [Mutation.replacedValue, .swappedValues, .hugeNumber, .flippedByte] {
      let counts = ends[mutation.rawValue] ?? [0, 0]
      #expect(counts.allSatisfy { $0 > 0 }, "\(mutation)")
    }
  }
}
