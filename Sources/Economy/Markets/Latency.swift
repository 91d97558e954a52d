import Kernel

/// How long something takes: always the same, or drawn anew for each decision or message.
package enum Latency: Hashable, Sendable {
  case fixed(SimDuration)
  case exponential(mean: SimDuration)

  /// - Parameter word: asked for only if there is something to draw.
  package func draw(
    _ word: @autoclosure () -> UInt64
  ) throws(DistributionError) -> SimDuration? {
    switch self {
    case .fixed(let latency): return latency
    case .exponential(let mean):
      let drawn = try ExponentialDistribution(mean: Double(mean.microseconds)).value(of: word())
      // More microseconds than there are: nil.
      return Int64(exactly: drawn.rounded(.down)).map(SimDuration.init(microseconds:))
    }
  }
}
