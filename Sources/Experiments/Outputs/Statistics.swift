import Kernel

/// Figures over the seeds of one point.
package enum Statistics {
  package static func mean(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return 0 }
    var sum = 0.0
    for value in values { sum += value }
    return sum / Double(values.count)
  }

  package static func median(_ values: [Double]) -> Double { quantile(0.5, of: values.sorted()) }

  /// The value below which a share of the sorted values lies, between two of them by a straight line: R.
  /// Hyndman, Y. Fan, "Sample quantiles in statistical packages", The American Statistician 50 (1996),
  /// definition 7.
  package static func quantile(_ share: Double, of sorted: [Double]) -> Double {
    guard !sorted.isEmpty else { return 0 }
    let place = share * Double(sorted.count - 1)
    let below = Int(place)
    guard below + 1 < sorted.count else { return sorted[below] }
    return sorted[below] + (place - Double(below)) * (sorted[below + 1] - sorted[below])
  }
}

/// How far the median of so many seeds can be trusted: the same number of seeds is drawn from them again and
/// again, each time with its median, and 95 % of the medians lie in the interval (B. Efron, "Bootstrap
/// methods: another look at the jackknife", Annals of Statistics 7 (1979); the percentile method).
///
/// Draws are keyed to the resample alone: two variants with the same seeds draw the same seeds again.
package enum Bootstrap {
  package static let resamples = 2000

  /// With fewer values even the whole range holds the median less often than 95 times in 100: 1 − 2^(1−n).
  static let fewest = 6

  /// Nil for fewer values than that.
  package static func intervalOfMedian(_ values: [Double]) -> (low: Double, high: Double)? {
    let count = values.count
    guard count >= fewest else { return nil }
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    let streams = RandomStreams(populationSeed: 0, shockSeed: 0)
    let entity = EntityKey(id: "median over seeds")
    var medians: [Double] = []
    for resample in 0..<resamples {
      var stream = streams.stream(.bootstrap, entity, Epoch(slot: UInt64(resample)))
      var drawn = [Int32](repeating: 0, count: count)
      for _ in 0..<count { drawn[Int(stream.nextInteger(below: UInt64(count)))] += 1 }
      medians.append(median(values, order, drawn))
    }
    medians.sort()
    // As many lie outside on either side.
    let outside = resamples / 40
    return (medians[outside], medians[resamples - 1 - outside])
  }

  /// The median of values of which each was drawn so often.
  private static func median(_ values: [Double], _ order: [Int], _ drawn: [Int32]) -> Double {
    let (lower, upper) = ((values.count - 1) / 2, values.count / 2)
    var passed = 0
    var first: Double?
    for place in order {
      passed += Int(drawn[place])
      if first == nil, passed > lower { first = values[place] }
      if passed > upper, let first { return (first + values[place]) / 2 }
    }
    preconditionFailure("as many are drawn as there are")
  }
}
