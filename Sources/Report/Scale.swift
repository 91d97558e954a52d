/// Where values lie along an axis: a straight line from one stretch of numbers to one of a picture.
///
///     let scale = Scale(over: 0...870, from: 100, to: 500)
///     scale(435)    // 300, if the axis ended at 870; it ends at the next round number
///     scale.ticks   // 0, 200, 400, 600, 800, 1000
///
/// Its ends are round numbers: ticks are whole multiples of 1, 2 or 5 times a power of ten, each made by one
/// product or quotient, so that none is 0.30000000000000004.
struct Scale {
  let low: Double
  let high: Double
  private let start: Double
  private let end: Double
  let ticks: [Double]

  /// - Parameter isExact: whether the axis ends where the values do, and not at the next tick.
  init(
    over values: ClosedRange<Double>, from start: Double, to end: Double, steps: Int = 6,
    isExact: Bool = false
  ) {
    // One value alone needs room about it, too.
    let values =
      values.lowerBound < values.upperBound
      ? values : values.lowerBound...(values.lowerBound + max(1, values.lowerBound.magnitude))
    let step = Step(atLeast: (values.upperBound - values.lowerBound) / Double(steps))
    let first = step.multiple(below: values.lowerBound)
    let last = step.multiple(above: values.upperBound)
    let all = (first...last).map(step.times)
    low = isExact ? values.lowerBound : all[0]
    high = isExact ? values.upperBound : all[all.count - 1]
    ticks = isExact ? all.filter { values.contains($0) } : all
    self.start = start
    self.end = end
  }

  func callAsFunction(_ value: Double) -> Double {
    start + (value - low) / (high - low) * (end - start)
  }

  /// 1, 2 or 5 times a power of ten: the smallest that is no less than what is asked for.
  private struct Step {
    private var factor = 1
    private var power = 1e9
    private var isFraction = true

    init(atLeast least: Double) {
      while value < least, power < 1e300 {
        guard factor == 5 else {
          factor = factor == 1 ? 2 : 5
          continue
        }
        factor = 1
        if isFraction, power == 1 { isFraction = false }
        power = isFraction ? power / 10 : power * 10
      }
    }

    private var value: Double { times(1) }

    func times(_ count: Int) -> Double {
      isFraction ? Double(count * factor) / power : Double(count * factor) * power
    }

    func multiple(below value: Double) -> Int { Int((value / self.value).rounded(.down)) }

    func multiple(above value: Double) -> Int { Int((value / self.value).rounded(.up)) }
  }
}
