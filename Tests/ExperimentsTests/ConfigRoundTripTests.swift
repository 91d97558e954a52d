import Economy
import Foundation
import Testing

@testable import Experiments

/// A config and what is written of it are one and the same experiment.
@Suite("Configs, written and read again")
struct ConfigRoundTripTests {
  /// Everything that a value is made of, layers and their settings among it: two values with the same text
  /// are the same, whatever they count as equal.
  private func whole(_ value: some Any) -> String {
    var text = ""
    dump(value, to: &text)
    return text
  }

  private func read(_ bytes: [UInt8]) throws -> (reading: ConfigReader.Reading<ExperimentConfig>, plan: Plan)
  {
    let document = try ConfigReader.parse(SourceFile(name: "config", bytes: bytes))
    return (try ExperimentConfig.read(document), try Plan.read(document))
  }

  @Test("a resolved config reads back as the same plan, point for point, and is written the same")
  func shipped() throws {
    let configs = try ConfigMutationTests.shipped()
    #expect(configs.count >= 8)
    for config in configs {
      let (first, plan) = try read(config.bytes)
      let (second, again) = try read(first.resolved.canonicalBytes)
      #expect(second.resolved.canonicalBytes == first.resolved.canonicalBytes, "\(config.name)")
      #expect(whole(second.value.world) == whole(first.value.world), "\(config.name)")
      #expect(second.value.output == first.value.output && second.value.seeds == first.value.seeds)
      #expect(second.value.populationSeed == first.value.populationSeed, "\(config.name)")
      #expect(again.fingerprint == plan.fingerprint && again.pointCount == plan.pointCount, "\(config.name)")
      for index in 0..<plan.pointCount {
        let (point, other) = (plan.point(index), again.point(index))
        #expect(point.variant == other.variant && point.swept == other.swept, "\(config.name)")
        let (config, same) = (try plan.config(of: point), try again.config(of: other))
        #expect(whole(same.world) == whole(config.world), "\(config.name), \(point.variant)")
        #expect(same.guaranteeDigest == config.guaranteeDigest, "\(config.name), \(point.variant)")
      }
    }
  }

  @Test("the comparison sees every number: one that is another is found, wherever it stands")
  func control() throws {
    let text = LayerFundTests.gems(#", "maxSlash": "10%", "perDay": "7 DOLLAR""#, second: "2h").config
    let original = whole(try read(Array(text.utf8)).reading.value.world)
    for (old, new) in [
      (#""maxSlash": "10%""#, #""maxSlash": "11%""#), (#""perDay": "7 DOLLAR""#, #""perDay": "8 DOLLAR""#),
      (#""threshold": "80%""#, #""threshold": "81%""#), (#""horizon": "200h""#, #""horizon": "201h""#),
      (#""stake": "safety""#, #""stake": "safety", "lots": 2"#),
    ] {
      let other = text.replacing(old, with: new, maxReplacements: 1)
      let changed = whole(try read(Array(other.utf8)).reading.value.world)
      #expect(other != text && changed != original, "\(new)")
    }
  }
}
