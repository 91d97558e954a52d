import Dispatch
import Economy
import Experiments
import Foundation
import Synchronization
import Testing

/// Every book of the flagship's runs, compared after every event.
@Suite("The who-pays experiment passes whole audits after every event")
struct AuditedFlagshipTests {
  static let soaks = ProcessInfo.processInfo.environment["RHODIAN_SOAK"] == "1"

  /// Runs the given variants, on two threads; what failed, and how many events were audited.
  private static func audit(_ variants: [String]?, seedsUpTo last: UInt64) throws -> (Int64, [String]) {
    let plan = try ShippedExperiment.plan("who-pays")
    let numbers = ShippedExperiment.runs(of: plan, seedsUpTo: last, variants: variants)
    let next = Atomic<Int>(0)
    let over = Mutex<(count: Int, events: Int64, failures: [String])>((0, 0, []))
    let begin = ContinuousClock.now
    DispatchQueue.concurrentPerform(iterations: 2) { _ in
      while true {
        let turn = next.add(1, ordering: .relaxed).oldValue
        guard turn < numbers.count else { return }
        let result = Result {
          try ShippedExperiment.result(of: numbers[turn], in: plan, keeping: .none, audit: .afterEveryEvent)
        }
        over.withLock {
          $0.count += 1
          switch result {
          case .success(let result): $0.events += result.measures.events
          case .failure(let failure): $0.failures.append("\(failure)")
          }
          guard $0.count % 10 == 0 || $0.count == numbers.count else { return }
          let spent = (ContinuousClock.now - begin) / .seconds(1)
          print("audited runs: \($0.count) of \(numbers.count), \($0.events) events, \(Int(spent)) s")
        }
      }
    }
    return over.withLock { ($0.events, $0.failures) }
  }

  @Test("one seed of the variants that differ most")
  func oneSeed() throws {
    #if DEBUG
      let variants = ["mutual-pool"]
    #else
      let variants = ["token-dilution", "mutual-pool", "unresolved"]
    #endif
    let (events, failures) = try AuditedFlagshipTests.audit(variants, seedsUpTo: 1)
    #expect(failures == [])
    #expect(events > 10_000 * Int64(variants.count))
  }

  @Test("the first ten seeds of every variant", .enabled(if: AuditedFlagshipTests.soaks))
  func soak() throws {
    let (events, failures) = try AuditedFlagshipTests.audit(nil, seedsUpTo: 10)
    #expect(failures == [])
    #expect(events > 1_000_000)
  }
}
