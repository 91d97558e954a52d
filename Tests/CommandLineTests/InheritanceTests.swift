import Foundation
import Testing

/// What a config gets from the one that it `extends`: mistakes are shown where they were written, and
/// variants can be dropped.
@Suite("Configs that extend others")
struct InheritanceTests {
  private static func scratch(_ base: String, _ child: String) throws -> Scratch {
    let scratch = try TinySweep.scratch()
    try scratch.write("base.jsonc", "{\n  \"extends\": \"world.jsonc\",\n  \(base)\n}\n")
    try scratch.write("child.jsonc", "{\n  \"extends\": \"base.jsonc\",\n  \(child)\n}\n")
    return scratch
  }

  @Test(
    "a mistake in what is inherited is shown in the file that holds it, also where a variant brings it about",
    arguments: [
      (#""seeds": "1""#, #""horizon": "5m""#, "world.jsonc:4:23: the shock comes after the horizon"),
      (
        #""venues": [ { "id": "lend", "closeFactor": "0%" } ]"#, #""seeds": "1""#,
        "base.jsonc:3:46: the ratio is out of range"
      ),
      (
        #""variants": { "iso": { "venues.lend.debt": "ETH" } }"#, #""seeds": "1""#,
        "world.jsonc:13:23: ETH is both lent and collateral"
      ),
      (
        #""variants": { "late": { "venues.lend.waterfall": [ "unresolved", "proRata" ] } }"#,
        #""seeds": "1""#,
        "base.jsonc:3:52: layers after `unresolved` are never asked"
      ),
      (
        #""variants": { "less": { "venues.lend.collateral.ETH": { "ltv": "1%", "threshold": "2%" } } }"#,
        #""seeds": "1""#, "base.jsonc:3:90: missing key `bonus`"
      ),
    ])
  func places(base: String, child: String, message: String) throws {
    let check = try Self.scratch(base, child).rhodian("check", "child.jsonc")
    #expect(check.code == 65)
    let told = check.complaint.split(separator: "\n").filter { $0.contains(".jsonc:") }
    #expect(told.map(String.init) == [message], "\(check.complaint)")
  }

  // MARK: Variants

  private static let three = #""variants": { "a": {}, "b": { "horizon": "19m" }, "c": { "horizon": "18m" } }"#

  private func variants(_ scratch: Scratch, _ words: String...) throws -> String {
    let check = try scratch.run([Built.binary(), "check", "child.jsonc"] + words)
    #expect(check.code == 0, "\(check.complaint)")
    return check.output.split(separator: "\n").first { $0.hasPrefix("  variants") }.map(String.init) ?? ""
  }

  @Test("null drops a variant that is inherited, in a file or on the command line")
  func dropped() throws {
    let scratch = try Self.scratch(Self.three, #""variants": { "b": null, "d": { "horizon": "17m" } }"#)
    #expect(try variants(scratch) == "  variants  baseline, a, c, d")
    #expect(try variants(scratch, "--set", "variants.c=null") == "  variants  baseline, a, d")
    #expect(try variants(scratch, "--only", "d,a") == "  variants  a, d")
  }

  @Test(
    "what cannot be dropped, and what cannot be run alone, is named",
    arguments: [
      (
        [], #"{ "bb": null }"#,
        """
        child.jsonc:3:17: there is no variant `bb` to drop
          at variants.bb
          found: null
          allowed: null for a, b, c
          did you mean `b`?
        """
      ),
      (
        ["--set", "variants.e=null"], "{}",
        """
        --set variants.e=null:1:1: there is no variant `e` to drop
          at variants.e
        """
      ),
      (
        ["--only", "a,cc"], "{}",
        """
        --only:1:3: unknown variant `cc`
          at only[1]
          declared: baseline, a, b, c
          did you mean `c`?
        """
      ),
      (
        ["--only", "a,a"], "{}",
        """
        --only:1:3: variant `a` is named twice
          at only[1]
          allowed: each variant once
        """
      ),
    ])
  func refused(words: [String], variants: String, message: String) throws {
    let scratch = try Self.scratch(Self.three, "\"variants\": \(variants)")
    let check = try scratch.run([Built.binary(), "check", "child.jsonc"] + words)
    #expect(check.code == 65)
    #expect(check.complaint.contains(message), "\(check.complaint)")
  }

  @Test("in a config that extends nothing there is nothing to drop")
  func nothing() throws {
    let scratch = try TinySweep.scratch()
    try scratch.write(
      "own.jsonc", TinySweep.world.replacing(#""name""#, with: #""variants": { "a": null }, "name""#))
    let check = try scratch.rhodian("check", "own.jsonc")
    #expect(check.code == 65)
    #expect(check.complaint.contains("allowed: null for a variant of a config that this one `extends`"))
  }

  @Test("--only makes of each variant what the whole makes of it, and the manifest names those that were run")
  func only() throws {
    let scratch = try TinySweep.scratch()
    try scratch.write(
      "sweep.jsonc", TinySweep.sweep.replacing(#""seeds": "1..41""#, with: #""seeds": "1..5""#))
    func rows(_ folder: String, of variant: String) throws -> [String] {
      // All but the run's number, by which losses are called, too.
      try scratch.text("\(folder)/summary.csv").split(separator: "\r\n").map { row in
        row.split(separator: ",", omittingEmptySubsequences: false).enumerated()
          .filter { $0.offset != 2 }.map(\.element).joined(separator: ",")
      }.filter { $0.hasPrefix("tiny,\(variant),") }
    }
    _ = try scratch.rhodian("run", "sweep.jsonc", "--out", "all")
    let alone = try scratch.rhodian("run", "sweep.jsonc", "--out", "alone", "--only", "fund")
    #expect(alone.code == 0, "\(alone.complaint)")
    let fund = try rows("all", of: "fund")
    #expect(fund.count == 30)
    #expect(try rows("alone", of: "fund") == fund)
    #expect(try rows("alone", of: "shared").isEmpty)
    #expect(try scratch.text("alone/manifest.json").contains("\"only\": [\n    \"fund\"\n  ]"))
    #expect(try !scratch.text("all/manifest.json").contains("\"only\""))
    let verified = try scratch.rhodian("verify", "alone")
    #expect(verified.code == 0, "\(verified.complaint)")
  }

  @Test("--set seeds=7 is one seed, as \"7\" is in a config", arguments: ["7", "\"7\"", "7..7"])
  func seeds(_ seeds: String) throws {
    let scratch = try TinySweep.scratch()
    let check = try scratch.rhodian("check", "sweep.jsonc", "--set", "seeds=\(seeds)")
    #expect(check.output.contains("  seeds     7 to 7\n"), "\(check.complaint)")
    let refused = try scratch.rhodian("check", "sweep.jsonc", "--set", "seeds=7.5")
    #expect(refused.complaint.contains("these are not seeds"))
  }
}
