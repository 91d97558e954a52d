import Kernel

/// How an asset's exogenous price moves by itself, tick by tick.
///
/// Volatilities and drifts are annual, a year being 365 days. Each law is stepped by its exact solution, so
/// that the tick decides how finely a path is seen, not how it is distributed:
///
/// - `diffusion`: d log P = (μ − σ²/2) dt + σ dW, geometric Brownian motion. The drift is the *price's*:
///   E[P(t)] = P(0)·e^(μt).
/// - `jumps`: the same, with log jumps of normal size at Poisson times, compensated so that the drift is
///   still the price's. R. Merton, "Option pricing when underlying stock returns are discontinuous", Journal
///   of Financial Economics 3 (1976).
/// - `peg`: the log of price over start is an Ornstein–Uhlenbeck process: what it is off, it loses by half in
///   `halfLife`. G. Uhlenbeck and L. Ornstein, "On the theory of the Brownian motion", Physical Review 36
///   (1930).
/// - `regimes`: a diffusion whose volatility is the regime's; a Markov chain in steps of a tick, left with
///   probability 1 − e^(−tick/meanDuration) for any of the others alike. J. Hamilton, "A new approach to the
///   economic analysis of nonstationary time series and the business cycle", Econometrica 57 (1989).
/// - `replay`: a recorded history, scaled to begin at the asset's price.
///
/// A scripted shock multiplies the price that it finds. A diffusion goes on from there, a peg pulls back, a
/// replay stays shifted.
package enum PriceProcess: Hashable, Sendable {
  case diffusion(volatility: Double, drift: Double)
  case jumps(volatility: Double, drift: Double, Jumps)
  case peg(volatility: Double, halfLife: SimDuration)
  case regimes([Regime], drift: Double)
  case replay(PriceHistory)

  /// Jumps of log price: how many a year, and the normal distribution of one.
  package struct Jumps: Hashable, Sendable {
    package let perYear: Double
    package let mean: Double
    package let volatility: Double

    package init(perYear: Double, mean: Double, volatility: Double) {
      self.perYear = perYear
      self.mean = mean
      self.volatility = volatility
    }
  }

  /// A spell of one volatility.
  package struct Regime: Hashable, Sendable {
    package let volatility: Double
    package let meanDuration: SimDuration

    package init(volatility: Double, meanDuration: SimDuration) {
      self.volatility = volatility
      self.meanDuration = meanDuration
    }
  }

  /// Whether its steps are normal draws, which can be correlated with others'.
  package var isGaussian: Bool {
    switch self {
    case .diffusion, .jumps, .peg, .regimes: true
    case .replay: false
    }
  }
}

/// Prices as they were, by the time since the first of them; each holds until the next.
package struct PriceHistory: Hashable, Sendable {
  package let times: [SimTime]
  package let prices: [Double]

  package init(times: [SimTime], prices: [Double]) {
    precondition(!times.isEmpty && times.count == prices.count, "checked when the config is read")
    self.times = times
    self.prices = prices
  }

  /// The last price at or before a time; the first one before all of them.
  package func price(at time: SimTime) -> Double {
    var (low, high) = (0, times.count)
    while low < high {
      let middle = (low + high) / 2
      if times[middle] <= time { low = middle + 1 } else { high = middle }
    }
    return prices[max(0, low - 1)]
  }
}

extension SimDuration {
  /// In years of 365 days.
  package var inYears: Double { Double(microseconds) / (365 * 86_400 * 1_000_000) }
}

/// A process cut into ticks of one length: coefficients worked out once, and where the path stands.
///
///     var motion = PriceMotion(process, start: 2000, tick: .seconds(12))
///     let price = motion.step(from: 2000, normal: z, at: time) { index in word(index) }
package struct PriceMotion: Sendable {
  private enum Law: Sendable {
    case diffusion(Step)
    case jumps(Step, count: PoissonDistribution, mean: Double, volatility: Double)
    case peg(kept: Double, deviation: Double)
    case regimes([(step: Step, leaving: Double)])
    case replay(PriceHistory, scale: Double)
  }

  /// Mean and deviation of a step of log price.
  private struct Step: Sendable {
    let mean: Double
    let deviation: Double

    init(volatility: Double, drift: Double, years: Double) {
      mean = (drift - volatility * volatility / 2) * years
      deviation = volatility * ElementaryMath.squareRoot(years)
    }

    func move(_ normal: Double) -> Double { mean + deviation * normal }
  }

  /// Which word of a tick says what; word 0 is the normal draw.
  package static let jumpCountWord: UInt32 = 1
  package static let jumpSizeWord: UInt32 = 2
  package static let regimeWord: UInt32 = 3

  private let law: Law
  private let start: Double
  /// A peg's log of price over start.
  private var displacement = 0.0
  package private(set) var regime = 0
  /// What scripted shocks have multiplied a replayed price by.
  private var shift = 1.0

  package init(_ process: PriceProcess, start: Double, tick: SimDuration) throws(DistributionError) {
    let years = tick.inYears
    self.start = start
    switch process {
    case .diffusion(let volatility, let drift):
      law = .diffusion(Step(volatility: volatility, drift: drift, years: years))
    case .jumps(let volatility, let drift, let jumps):
      // E[e^J] − 1 of one jump J, by which jumps alone would lift the price.
      let lift = ElementaryMath.expm1(jumps.mean + jumps.volatility * jumps.volatility / 2)
      law = .jumps(
        Step(volatility: volatility, drift: drift - jumps.perYear * lift, years: years),
        count: try PoissonDistribution(mean: jumps.perYear * years), mean: jumps.mean,
        volatility: jumps.volatility)
    case .peg(let volatility, let halfLife):
      let decay = PriceMotion.logOfTwo * (Double(tick.microseconds) / Double(halfLife.microseconds))
      let rate = PriceMotion.logOfTwo / halfLife.inYears
      law = .peg(
        kept: ElementaryMath.exp(-decay),
        deviation: volatility
          * ElementaryMath.squareRoot(-ElementaryMath.expm1(-2 * decay) / (2 * rate)))
    case .regimes(let regimes, let drift):
      law = .regimes(
        regimes.map { regime in
          (
            Step(volatility: regime.volatility, drift: drift, years: years),
            -ElementaryMath.expm1(
              -Double(tick.microseconds) / Double(regime.meanDuration.microseconds))
          )
        })
    case .replay(let history):
      law = .replay(history, scale: start / history.prices[0])
    }
  }

  package static let logOfTwo = ElementaryMath.log(2)

  /// The price a tick later.
  ///
  /// - Parameters:
  ///   - normal: this tick's standard normal draw, correlated with other assets'.
  ///   - time: the tick's.
  ///   - word: the tick's other words, by number.
  package mutating func step(
    from price: Double, normal: Double, at time: SimTime, word: (UInt32) -> UInt64
  ) -> Double {
    switch law {
    case .diffusion(let step):
      return price * ElementaryMath.exp(step.move(normal))
    case .jumps(let step, let count, let mean, let volatility):
      let jumps = Double(count.value(of: word(PriceMotion.jumpCountWord)))
      var move = step.move(normal)
      if jumps > 0 {
        // The sum of so many normal jumps is one normal draw.
        let size = ElementaryMath.normalQuantile(UnitInterval.open(word(PriceMotion.jumpSizeWord)))
        move += jumps * mean + volatility * ElementaryMath.squareRoot(jumps) * size
      }
      return price * ElementaryMath.exp(move)
    case .peg(let kept, let deviation):
      displacement = displacement * kept + deviation * normal
      return start * ElementaryMath.exp(displacement)
    case .regimes(let regimes):
      let (step, leaving) = regimes[regime]
      let moved = price * ElementaryMath.exp(step.move(normal))
      let chance = UnitInterval.open(word(PriceMotion.regimeWord))
      if chance < leaving {
        // Given that it leaves, chance / leaving is uniform: it says where to.
        let place = min(Int(chance / leaving * Double(regimes.count - 1)), regimes.count - 2)
        regime = place < regime ? place : place + 1
      }
      return moved
    case .replay(let history, let scale):
      return history.price(at: time) * scale * shift
    }
  }

  /// A scripted shock has multiplied the price.
  package mutating func shocked(by factor: Double) {
    switch law {
    case .diffusion, .jumps, .regimes: break
    case .peg: displacement += ElementaryMath.log(factor)
    case .replay: shift *= factor
    }
  }
}
