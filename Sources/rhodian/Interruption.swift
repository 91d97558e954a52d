import Dispatch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Somebody ends a long command on purpose, with Ctrl-C or `kill`: it leaves the terminal as it was and no
/// word about a run that had begun, and then ends by the same signal, as its caller expects.
final class Interruption {
  private let sources: [any DispatchSourceSignal]

  init(_ cleanUp: @escaping @Sendable () -> Void) {
    let queue = DispatchQueue(label: "interruption")
    sources = [SIGINT, SIGTERM].map { number in
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        cleanUp()
        _ = signal(number, SIG_DFL)
        // The threads of a queue have signals blocked; this one is to receive what it sends.
        var own = sigset_t()
        sigemptyset(&own)
        sigaddset(&own, number)
        pthread_sigmask(SIG_UNBLOCK, &own, nil)
        raise(number)
      }
      source.activate()
      // Only now: until somebody listens, a signal is to end the process.
      _ = signal(number, SIG_IGN)
      return source
    }
  }

  deinit {
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM] { _ = signal(number, SIG_DFL) }
  }
}
