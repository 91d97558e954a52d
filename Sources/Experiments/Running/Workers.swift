import Dispatch
import Synchronization

/// Calls `body` with each of `0..<count`, on at most `jobs` threads, and waits for all of them.
///
///     try onWorkers(2, count: tables.count) { table throws(OutputFailure) in try write(table) }
///
/// Which thread gets which number is left to chance: `body` keeps what it makes in a place of its own. After
/// a failure nothing new is begun, and the failure is thrown.
func onWorkers(
  _ jobs: Int, count: Int, _ body: @Sendable (Int) throws(OutputFailure) -> Void
) throws(OutputFailure) {
  let next = Atomic<Int>(0)
  let failure = Mutex<OutputFailure?>(nil)
  // The closure outlives nothing: concurrentPerform returns when every thread has.
  withoutActuallyEscaping(body) { body in
    DispatchQueue.concurrentPerform(iterations: min(jobs, count)) { _ in
      while failure.withLock({ $0 == nil }) {
        let turn = next.add(1, ordering: .relaxed).oldValue
        guard turn < count else { return }
        do throws(OutputFailure) { try body(turn) } catch {
          failure.withLock { if $0 == nil { $0 = error } }
        }
      }
    }
  }
  if let failure = failure.withLock({ $0 }) { throw failure }
}
