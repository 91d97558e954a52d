import Economy
import Kernel
import Ledger

/// What each layer of the economy costs: causes (the queue), the ledger, facts and audits.
///
/// The first three are measured alone, on as many things as a day of 10,000 borrowers has, and held against
/// that day. An audit goes through all accounts; how often is the config's choice.
func runEconomyLayers() -> Int32 {
  do throws(RunFailure) {
    let day = try EconomyDay(borrowers: 10_000).run(keeping: .all, audit: .never)
    var postings = 0
    for record in day.facts {
      switch record.fact {
      // Who liquidates sells in the same posting.
      case .swapped, .recognised: postings += 1
      default: break
      }
    }
    print("\n layer        ns each      times  share of 10,000 borrowers' day")
    for (name, cost, times) in [
      ("cause", queueCost(), day.events), ("ledger", ledgerCost(), postings),
      ("facts", factCost(day.facts), day.facts.count),
    ] {
      print(
        " \(name)", column(cost, 21 - name.count), column("\(times)", 11),
        column(100 * cost * Double(times) / day.nanoseconds, 8), " %", separator: "")
    }
    let audits = 50
    let audit = try EconomyDay(borrowers: 10_000).costOfAudit(audits)
    print(" audit", column(audit, 16), "  after each loss, or each event", separator: "")
    return 0
  } catch {
    printError("\(error)")
    return 70
  }
}

extension EconomyDay {
  fileprivate struct Run {
    let events: Int
    let facts: [FactRecord]
    let nanoseconds: Double
  }

  fileprivate func run(keeping kept: FactsKept, audit: AuditFrequency) throws(RunFailure) -> Run {
    var world = try World.make(
      specification, populationSeed: 1, shockSeed: 1, keeping: kept, audit: audit)
    let began = processNanoseconds()
    while try world.step() {}
    let spent = processNanoseconds() - began
    return Run(events: Int(world.measures.events), facts: world.facts, nanoseconds: spent)
  }

  /// The first events of the day, each with an audit: next to that they cost nothing.
  fileprivate func costOfAudit(_ count: Int) throws(RunFailure) -> Double {
    var world = try World.make(
      specification, populationSeed: 1, shockSeed: 1, keeping: .none, audit: .afterEveryEvent)
    let began = processNanoseconds()
    for _ in 0..<count { _ = try world.step() }
    return (processNanoseconds() - began) / Double(count)
  }
}

/// An event that causes another, 1,000 of which wait.
private func queueCost() -> Double {
  var queue = EventQueue<Event>()
  let count = 1_000_000
  do throws(EventQueueError) {
    for number in 0..<1_000 {
      try queue.schedule(
        .badDebtIsMeasured, at: SimTime(microseconds: Int64(number)), phase: .loss, cause: nil)
    }
    let began = processNanoseconds()
    for _ in 0..<count {
      guard let (header, event) = queue.next() else { break }
      try queue.schedule(
        event, at: SimTime(microseconds: header.time.microseconds + 1_000), phase: .loss, cause: header)
    }
    return (processNanoseconds() - began) / Double(count)
  } catch { preconditionFailure("nothing is scheduled in the past: \(error)") }
}

/// The five legs of a liquidation: seized, sold, repaid, retired.
private func ledgerCost() -> Double {
  var ledger = Ledger()
  let (outside, venue) = (ledger.addAccount("outside"), ledger.addAccount("venue"))
  let (position, keeper, pool) = (
    ledger.addAccount("position"), ledger.addAccount("keeper"), ledger.addAccount("pool")
  )
  let coin = ledger.addAsset(Asset(name: "coin", decimals: 8, issuance: .single(outside)))
  let token = ledger.addAsset(Asset(name: "token", decimals: 8, issuance: .single(outside)))
  let debt = ledger.addAsset(Asset(name: "debt", decimals: 8, issuance: .owedTo(venue)))
  let (much, little) = (Amount(units: 1 << 50), Amount(units: 1))
  let count = 500_000
  do throws(LedgerRefusal) {
    try ledger.post(
      Posting(
        Transfer(from: outside, to: position, asset: token, amount: much, for: .endowment),
        Transfer(from: outside, to: pool, asset: coin, amount: much, for: .endowment),
        Transfer(from: position, to: venue, asset: debt, amount: much, for: .debtIssue)))
    let began = processNanoseconds()
    for _ in 0..<count {
      try ledger.post(
        Posting(
          Transfer(from: position, to: keeper, asset: token, amount: little, for: .seizure),
          Transfer(from: keeper, to: pool, asset: token, amount: little, for: .swap),
          Transfer(from: pool, to: keeper, asset: coin, amount: little, for: .swap),
          Transfer(from: keeper, to: venue, asset: coin, amount: little, for: .repayment),
          Transfer(from: venue, to: position, asset: debt, amount: little, for: .debtRetirement)))
    }
    return (processNanoseconds() - began) / Double(count)
  } catch { preconditionFailure("everybody has what is asked: \(error)") }
}

/// The fingerprint of a day's facts once more.
private func factCost(_ facts: [FactRecord]) -> Double {
  var fingerprint = Fingerprint()
  let began = processNanoseconds()
  for record in facts { record.feed(&fingerprint) }
  let spent = processNanoseconds() - began
  // Looked at, so that the work is done.
  precondition(fingerprint.finish().bytes.count == 32, "a digest has 32 bytes")
  return spent / Double(max(1, facts.count))
}
