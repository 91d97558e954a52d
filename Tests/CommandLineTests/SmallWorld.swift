import Testing

/// One lender, one borrower, one liquidator and one loss, in numbers that a reader can follow in the head.
///
/// Ann posts 10 ETH at $2,000 and borrows 80 % of their worth: 16,000 USDC. At one hour ETH halves to $1,000;
/// the oracle says so five minutes later, the keeper acts thirty seconds after that.
///
/// - Health: 10 · 1,000 · 0.82 / 16,000 = 8,200 / 16,000 = 0.5125.
/// - For repaying all of 16,000 the keeper could seize 16,000 · 1.25 / 1,000 = 20 ETH; there are 10, which
///   are the reward for repaying 10 · 1,000 / 1.25 = 8,000.
/// - The pool holds 90 ETH and 90,000 USDC and takes no fee: 10 ETH fetch 90,000 · 10 / (90 + 10) = 9,000
///   USDC, which leaves 81,000 / 100 = 810 USDC an ETH. The keeper's profit, 9,000 − 8,000 = 1,000, is above
///   its least, 500.
/// - Left of the debt: 16,000 − 8,000 = 8,000. The fund pays its 2,000, the lender's claim falls by 6,000.
/// - Before, with ETH at $1,000, the debt exceeded the collateral by 16,000 − 10,000 = 6,000: hidden bad
///   debt.
enum SmallWorld {
  static let config = #"""
    {
      "name": "small",
      "horizon": "3h",
      "assets": [ { "id": "USDC", "price": 1 }, { "id": "ETH", "price": 2000 } ],
      "shocks": [ { "at": "1h", "asset": "ETH", "jump": "-50%" } ],
      "pools": [
        { "id": "pool", "kind": "constantProduct", "fee": "0%", "reserves": { "ETH": 90, "USDC": "90k" } },
      ],
      "oracles": [
        { "id": "eth", "asset": "ETH", "delay": "5m" },
        { "id": "usdc", "asset": "USDC", "source": "fixed" },
      ],
      "venues": [
        {
          "id": "lend", "kind": "lendingPool", "debt": "USDC",
          "collateral": { "ETH": { "ltv": "80%", "threshold": "82%", "bonus": "25%" } },
          "closeFactor": "100%",
          "waterfall": [ { "insuranceFund": { "balance": "2000 USDC" } }, "proRata" ],
        },
      ],
      "populations": [
        { "id": "lenders", "kind": "lender", "venue": "lend", "count": 1, "size": { "fixed": "20k" } },
        { "id": "ann", "kind": "borrower", "venue": "lend", "count": 1, "collateral": "ETH",
          "size": { "fixed": "20k" }, "ltv": { "fixed": "80%" } },
        { "id": "keeper", "kind": "liquidator", "pool": "pool", "count": 1,
          "latency": { "fixed": "30s" }, "minimumProfit": "500 USDC" },
      ],
      "output": { "events": "all" },
    }

    """#

  static func edited(_ edits: [(old: String, new: String)]) throws -> String {
    var text = config
    for (old, new) in edits {
      try #require(text.ranges(of: old).count == 1, "`\(old)` stands once in the small world's config")
      text = text.replacing(old, with: new)
    }
    return text
  }
}

@Suite struct SmallWorldTests {
  @Test("the trace of the only loss, word for word")
  func trace() throws {
    let scratch = try Scratch()
    try scratch.write("small.jsonc", SmallWorld.config)
    #expect(try scratch.rhodian("run", "small.jsonc", "--out", "out").code == 0)
    let trace = try scratch.rhodian("trace", "out", "--loss", "last")
    #expect(
      trace.output == """
        loss 1.1: 8000 USDC that ann[0] owed to lend
          1:00:00.000  reference market    ETH moves to $1000
          1:05:00.000  oracle eth          publishes ETH at $1000
          1:05:00.000  ann[0]              falls below the threshold: health 0.5125
          1:05:30.000  keeper[0]           repays 8000 USDC of ann[0], seizes 10 ETH at $1000
          1:05:30.000  keeper[0]           sells 10 ETH in pool for 9000 USDC; the pool is then at 810
          1:05:30.000  lend                recognises 8000 USDC owed by ann[0] as lost
          1:05:30.000  lend insuranceFund  takes 2000 USDC, leaves 6000 USDC (borne by: insuranceFund)
          1:05:30.000  lend proRata        takes 6000 USDC, leaves 0 USDC (borne by: suppliers)

        """)
    #expect(trace.code == 0 && trace.complaint.isEmpty)
  }

  @Test("a trace goes on through a transaction that waited for its block")
  func traceThroughAChain() throws {
    let scratch = try Scratch()
    let chain = (#""horizon": "3h","#, #""horizon": "3h", "chain": { "block": "12s" },"#)
    let bid = (
      #""minimumProfit": "500 USDC""#,
      #""minimumProfit": "500 USDC", "capital": "5k", "bid": { "fixed": "2 USDC" }"#
    )
    try scratch.write("small.jsonc", try SmallWorld.edited([chain, bid]))
    #expect(try scratch.rhodian("run", "small.jsonc", "--out", "out").code == 0)
    let trace = try scratch.rhodian("trace", "out")
    #expect(
      trace.output.hasPrefix(
        """
        loss 1.1: 8000 USDC that ann[0] owed to lend
          1:00:00.000  reference market    ETH moves to $1000
          1:05:00.000  oracle eth          publishes ETH at $1000
          1:05:00.000  ann[0]              falls below the threshold: health 0.5125
          1:05:30.000  keeper[0]           sends a transaction and bids 2 USDC for its block
          1:05:36.000  keeper[0]           repays 8000 USDC of ann[0], seizes 10 ETH at $1000

        """), "\(trace)")
  }

  @Test("what a pool gives is rounded down")
  func poolRounding() throws {
    // With 91 ETH in the pool: 90,000 · 10 / (91 + 10) = 8,910.891089108910…, cut after eight places.
    let scratch = try Scratch()
    try scratch.write("small.jsonc", try SmallWorld.edited([(#""ETH": 90,"#, #""ETH": 91,"#)]))
    #expect(try scratch.rhodian("run", "small.jsonc", "--out", "out").code == 0)
    let trace = try scratch.rhodian("trace", "out").output
    #expect(trace.contains("keeper[0]           sells 10 ETH in pool for 8910.8910891 USDC; "), "\(trace)")
  }

  @Test("the tables and the answer, word for word")
  func tables() throws {
    let scratch = try Scratch()
    try scratch.write("small.jsonc", SmallWorld.config)
    let run = try scratch.rhodian("run", "small.jsonc", "--out", "out")
    let answer = [
      "small: 1 run, recognised losses in 1", "",
      "who paid                            median $       least $        most $         share",
      "insuranceFund (insuranceFund)           2000          2000          2000          25 %",
      "suppliers (proRata)                     6000          6000          6000          75 %",
      "nobody (unresolved)                        0             0             0           0 %",
      "recognised in all                       8000          8000          8000         100 %",
      "hidden at its peak                      6000          6000          6000",
      "hidden at the end                          0             0             0",
      "hidden at its peak, if sold             7000          7000          7000",
      "hidden at the end, if sold                 0             0             0",
      "liquidations                               1             1             1", "",
      "Tables in out. Ask why:  rhodian trace out --loss last", "",
    ]
    let printed = run.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(printed.map { $0.trimmingSuffix { $0 == " " } } == answer[...].map { $0[...] })
    #expect(
      try scratch.text("out/losses.csv").replacing("\r\n", with: "\n") == """
        experiment,variant,run,seed,loss,time,venue,position,asset,recognised,step,layer,bearer,finality,parent,parentShare,taken,promised,paid,broken,restored,left
        small,baseline,1,1,1.1,3930,lend,ann[0],USDC,8000,0,insuranceFund,insuranceFund,final,,,2000,0,0,0,0,6000
        small,baseline,1,1,1.1,3930,lend,ann[0],USDC,8000,1,proRata,suppliers,final,,,6000,0,0,0,0,0

        """)
    let summary = try #require(rows(try scratch.text("out/summary.csv")).first)
    let expected = [
      "liquidations": "1", "liquidatedDebt": "8000.0", "losses": "1", "firstLoss": "3930",
      "recognised": "8000.0",
      "taken.insuranceFund": "2000.0", "taken.proRata": "6000.0", "promised": "0.0", "unresolved": "0.0",
      "occurredPeak": "6000.0", "occurredEnd": "0.0",
      // 16,000 less the 9,000 that 10 ETH bring in a pool of 90 ETH and 90,000 USDC.
      "occurredPeakExecutable": "7000.0", "occurredEndExecutable": "0.0",
    ]
    for (column, value) in expected { #expect(summary[column] == value, "\(column)") }
  }
}

extension Substring {
  func trimmingSuffix(while isBlank: (Character) -> Bool) -> Substring {
    var trimmed = self
    while let last = trimmed.last, isBlank(last) { trimmed.removeLast() }
    return trimmed
  }
}
