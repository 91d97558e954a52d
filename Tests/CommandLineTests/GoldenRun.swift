import Experiments
import Foundation
import Kernel
import Testing

/// The golden run: every fact, cause and figure of the first experiment, byte for byte.
@Suite struct GoldenRun {
  /// Three processes in release; in debug, slower by far, one: the same literals hold there.
  #if DEBUG
    static let environments: [[String: String]] = [[:]]
  #else
    static let environments: [[String: String]] = [
      [:], [:], ["GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2"],
    ]
  #endif

  private func tables(environment: [String: String] = [:]) throws -> [String: String] {
    let scratch = try Scratch()
    let config = Built.package.path + "/experiments/first-loss.jsonc"
    let run = try scratch.rhodian("run", config, "--out", "out", environment: environment)
    try #require(run.code == 0, "\(run.complaint)")
    // What the README shows is what a reader gets.
    let readme = try ReadmeTests.readme()
    let answer = run.output.split(separator: "\n").map { $0.trimmingSuffix { $0 == " " } }
    for line in answer.dropLast() { #expect(readme.contains(line), "not in the README: \(line)") }
    for line in try scratch.rhodian("trace", "out").output.split(separator: "\n") {
      #expect(readme.contains(line), "not in the README: \(line)")
    }
    return Dictionary(uniqueKeysWithValues: manifest(try scratch.text("out/manifest.json")))
  }

  @Test("the changelog names the revision that the manifest does")
  func changelog() throws {
    let text = try String(contentsOfFile: Built.package.path + "/CHANGELOG.md", encoding: .utf8)
    #expect(text.contains("`Semantics.revision` (\(Semantics.revision))"))
  }

  @Test("the golden tables are sealed under the revision of the semantics that gave them")
  func revision() throws {
    let config = try #require(goldenFirstLoss["config.resolved.json"])
    var fingerprint = Fingerprint()
    for name in RunTests.listed.dropLast() {
      fingerprint.update(bytes: Array("\(name) \(try #require(goldenFirstLoss[name]))\n".utf8))
    }
    let tables = fingerprint.finish().hex
    let seals = goldenSeals.filter { $0.revision == Semantics.revision && $0.config == config }
    let line = "GoldenSeal(revision: \(Semantics.revision), config: \"\(config)\", tables: \"\(tables)\")"
    guard let seal = seals.first else {
      Issue.record("a new config or revision is sealed by a new line in Golden.swift:\n  \(line)")
      return
    }
    #expect(seals.count == 1, "one config has one set of tables under one revision")
    #expect(
      seal.tables == tables,
      "golden tables have moved under Semantics.revision \(Semantics.revision): raise it, then add a seal")
  }

  /// Sets and dictionaries have another order in every process; the C library's mathematics other bits on a
  /// processor without fused products.
  @Test(
    "the first experiment's tables, in two processes and without FMA and AVX2",
    arguments: GoldenRun.environments)
  func firstLoss(environment: [String: String]) throws {
    let found = try tables(environment: environment)
    if ProcessInfo.processInfo.environment["RHODIAN_UPDATE_GOLDEN"] != nil {
      let order = RunTests.listed.map { "  \"\($0)\": \"\(found[$0] ?? "")\"," }
      Issue.record("put these into Golden.swift:\n\(order.joined(separator: "\n"))")
    } else {
      #expect(
        found == goldenFirstLoss, "if this is on purpose: RHODIAN_UPDATE_GOLDEN=1 swift test --filter Golden")
    }
  }
}
