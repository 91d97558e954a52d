import Dispatch
import Synchronization

/// Calls `body` with each of `0..<count`, on at most `jobs` threads, and waits for all of them.
///
///     try onWorkers(2, count: tables.count) { _ in } body: { _, table throws(OutputFailure) in … }
///
/// Each worker begins with a state of its own, which no other sees. Which worker gets which number is left to
/// chance: `body` keeps what it makes in a place of its own. After a failure nothing new is begun, and the
/// failure is thrown.
///
/// - Returns: how many workers had something to do; the system may give fewer threads than asked for.
@discardableResult
func onWorkers<State, Failure: Error>(
  _ jobs: Int, count: Int, _ begin: @Sendable (_ worker: Int) -> State,
  body: @Sendable (inout State, Int) throws(Failure) -> Void
) throws(Failure) -> Int {
  let next = Atomic<Int>(0)
  let busy = Atomic<Int>(0)
  let failure = Mutex<Failure?>(nil)
  // The closures outlive nothing: concurrentPerform returns when every thread has.
  withoutActuallyEscaping(body) { body in
    withoutActuallyEscaping(begin) { begin in
      DispatchQueue.concurrentPerform(iterations: min(jobs, count)) { worker in
        var state = begin(worker)
        var hasBegun = false
        while failure.withLock({ $0 == nil }) {
          let turn = next.add(1, ordering: .relaxed).oldValue
          guard turn < count else { return }
          if !hasBegun { busy.add(1, ordering: .relaxed) }
          hasBegun = true
          do throws(Failure) { try body(&state, turn) } catch {
            failure.withLock { if $0 == nil { $0 = error } }
          }
        }
      }
    }
  }
  if let failure = failure.withLock({ $0 }) { throw failure }
  return busy.load(ordering: .relaxed)
}

/// The same for workers that need nothing of their own.
func onWorkers<Failure: Error>(
  _ jobs: Int, count: Int, _ body: @Sendable (Int) throws(Failure) -> Void
) throws(Failure) {
  try onWorkers(jobs, count: count) { _ in
  } body: { (_: inout Void, turn: Int) throws(Failure) in
    try body(turn)
  }
}
