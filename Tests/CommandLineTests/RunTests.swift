import Experiments
import Kernel
import Testing

/// Results of the first experiment with a few of its seeds, made once for all that look at them.
enum FirstLoss {
  static func config(seeds: String = "1..3", events: String = "all") throws -> String {
    let scratch = try Scratch()
    let copied = try scratch.run(["cp", Built.package.path + "/experiments/first-loss.jsonc", "."])
    try #require(copied.code == 0)
    return try scratch.text("first-loss.jsonc")
      .replacing(#""seeds": "1..20""#, with: #""seeds": "\#(seeds)""#)
      .replacing(#""events": "all""#, with: #""events": "\#(events)""#)
  }

  static let results: Result<Scratch, any Error> = Result {
    let scratch = try Scratch()
    try scratch.write("first-loss.jsonc", try config())
    let run = try scratch.rhodian("run", "first-loss.jsonc", "--out", "out")
    try #require(run.code == 0, "\(run.complaint)")
    return scratch
  }
}

/// Name and digest of each file that a manifest lists, in its order.
func manifest(_ text: String) -> [(file: String, digest: String)] {
  text.matches(of: /"([a-z.]+)": \{\s*"sha256": "([0-9a-f]{64})"/).map { (String($0.1), String($0.2)) }
}

@Suite struct RunTests {
  static let tables = ["summary.csv", "losses.csv", "events.csv", "failures.csv"]
  /// What a manifest lists, in its order.
  static let listed = tables + ["datapackage.json", "config.resolved.json"]

  @Test("a results folder holds its tables, its config and a manifest of their digests")
  func manifestIsTrue() throws {
    let scratch = try FirstLoss.results.get()
    #expect(try scratch.list("out") == (RunTests.listed + ["manifest.json", "run-info.json"]).sorted())
    let listed = manifest(try scratch.text("out/manifest.json"))
    #expect(listed.map(\.file) == RunTests.listed)
    for (file, digest) in listed {
      var fingerprint = Fingerprint()
      fingerprint.update(bytes: try scratch.bytes("out/\(file)"))
      #expect(fingerprint.finish().hex == digest, "\(file)")
      let other = try scratch.run(["sha256sum", "out/\(file)"])
      #expect(other.output.hasPrefix(digest), "\(file), by another program")
    }
  }

  @Test("running again gives the same bytes, and so does the resolved config")
  func again() throws {
    let first = try FirstLoss.results.get()
    let second = try Scratch()
    try second.write("first-loss.jsonc", try FirstLoss.config())
    try second.write("resolved.json", try first.bytes("out/config.resolved.json"))
    #expect(try second.rhodian("run", "first-loss.jsonc", "--out", "again").code == 0)
    #expect(try second.rhodian("run", "resolved.json", "--out", "resolved").code == 0)
    for file in RunTests.listed + ["manifest.json"] {
      #expect(try second.bytes("again/\(file)") == first.bytes("out/\(file)"), "\(file), again")
      #expect(try second.bytes("resolved/\(file)") == first.bytes("out/\(file)"), "\(file), from resolved")
    }
  }

  @Test(
    "keeping fewer events changes no byte of the summary and none of the losses",
    arguments: ["none", "losses"])
  func fewerEvents(events: String) throws {
    let all = try FirstLoss.results.get()
    let scratch = try Scratch()
    try scratch.write("first-loss.jsonc", try FirstLoss.config(events: events))
    #expect(try scratch.rhodian("run", "first-loss.jsonc", "--out", "out").code == 0)
    #expect(try scratch.bytes("out/summary.csv") == all.bytes("out/summary.csv"))
    #expect(try scratch.bytes("out/losses.csv") == all.bytes("out/losses.csv"))
    #expect(try scratch.list("out").contains("events.csv") == (events != "none"))
  }

  @Test("one seed's rows do not depend on the seeds beside it")
  func seedAlone() throws {
    let all = try FirstLoss.results.get()
    let scratch = try Scratch()
    try scratch.write("first-loss.jsonc", try FirstLoss.config(seeds: "2"))
    #expect(try scratch.rhodian("run", "first-loss.jsonc", "--out", "out").code == 0)
    // It is run 2 there and run 1 here, and its losses are named after it.
    func unnumbered(_ row: [String: String]) -> [String: String] {
      row.filter { $0.key != "run" }.merging(
        row["loss"].map { ["loss": String($0.drop { $0 != "." })] } ?? [:]
      ) { $1 }
    }
    for file in ["summary.csv", "losses.csv", "events.csv"] {
      let (every, only) = (try all.text("out/\(file)"), try scratch.text("out/\(file)"))
      let own = rows(only)
      #expect(!own.isEmpty && own.allSatisfy { $0["run"] == "1" && $0["seed"] == "2" })
      let expected = rows(every).filter { $0["seed"] == "2" }
      #expect(own.map(unnumbered) == expected.map(unnumbered), "\(file)")
      #expect(only.prefix { $0 != "\r\n" } == every.prefix { $0 != "\r\n" })
    }
  }

  @Test("each loss: what was taken and what is left at the end make what was recognised, exactly")
  func lossesAddUp() throws {
    let losses = rows(try FirstLoss.results.get().text("out/losses.csv"))
    #expect(losses.count > 300)
    var before: (seed: Int, loss: Int, step: Int, left: Int128) = (0, 0, -1, 0)
    var taken: Int128 = 0
    for row in losses {
      let id = row["loss"]!.split(separator: ".").compactMap { Int($0) }
      let step = Int(row["step"]!)!
      let isNew = (id[0], id[1]) != (before.seed, before.loss)
      if isNew {
        let expected = id[0] == before.seed ? before.loss + 1 : 1
        #expect(id[0] >= before.seed && id[1] == expected && step == 0, "rows in order: \(row)")
        taken = 0
      } else {
        #expect(step == before.step + 1, "steps in order: \(row)")
        #expect(before.left > 0, "nobody is asked for nothing: \(row)")
      }
      #expect(Int(row["seed"]!) == id[0])
      let left = try units(row["left"]!)
      taken += try units(row["taken"]!) + units(row["promised"]!)
      #expect(taken + left == (try units(row["recognised"]!)), "\(row)")
      before = (id[0], id[1], step, left)
    }
  }

  @Test("the summary is the sum of the losses")
  func summaryIsTheSum() throws {
    let scratch = try FirstLoss.results.get()
    let losses = rows(try scratch.text("out/losses.csv"))
    for run in rows(try scratch.text("out/summary.csv")) {
      let own = losses.filter { $0["seed"] == run["seed"] }
      let opening = own.filter { $0["step"] == "0" }
      #expect(Int(run["losses"]!) == opening.count)
      #expect(run["firstLoss"] == own.first?["time"])
      // USDC is worth one dollar, so that base units are 1e-8 dollars; a sum is rounded once, when it is
      // printed.
      func agree(_ column: String, _ sum: Int128) {
        #expect(Double(run[column]!) == Double(sum) / 1e8, "\(column)")
      }
      agree("recognised", try opening.reduce(0) { try $0 + units($1["recognised"]!) })
      agree("promised", try own.reduce(0) { try $0 + units($1["promised"]!) })
      for layer in ["insuranceFund", "proRata"] {
        agree(
          "taken.\(layer)", try own.filter { $0["layer"] == layer }.reduce(0) { try $0 + units($1["taken"]!) }
        )
      }
      agree(
        "unresolved", try own.filter { $0["layer"] == "unresolved" }.reduce(0) { try $0 + units($1["left"]!) }
      )
      // Nothing comes of nothing: the fund holds 250,000.
      #expect(Double(run["taken.insuranceFund"]!)! <= 250_000)
    }
  }
}

/// A decimal of at most eight places in hundred-millionths, exactly.
func units(_ text: String) throws -> Int128 {
  let parts = text.split(separator: ".", omittingEmptySubsequences: false)
  let fraction = parts.count > 1 ? String(parts[1]) : ""
  try #require(parts.count <= 2 && fraction.count <= 8, "`\(text)` is not a decimal of eight places")
  let padded = fraction + String(repeating: "0", count: 8 - fraction.count)
  return try #require(Int128(String(parts[0]) + padded), "`\(text)` is not a decimal")
}
