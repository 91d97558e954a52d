import Kernel
import Ledger

/// How far trades with the outside move an asset's reference price, and for how long.
///
/// The market remembers a **footprint**: the net volume z bought from it less what was sold to it, in base
/// units, of which a part is permanent and the rest decays with a half-life. The log impact is a function F
/// of it, increasing and zero at zero,
///
///     linear:       F(z) = z / depth
///     squareRoot:   F(z) = ±coefficient · √(|z| / dailyVolume)
///
/// so that the price is exogenous · e^F(z). A trade of q walks along that curve: buying q costs
/// exogenous · ∫ e^F(v) dv from z to z + q, selling gets the same integral from z − q to z. Hence one large
/// trade costs what its parts cost, and **no round trip is free**: with u a trade's net volume and
/// x = z less its permanent part, W(u, x) = ∫₀ˣ e^F(s·(u−x)+v) dv + ∫₀^(u−x) e^F(s·v) dv grows by what each
/// trade costs, and ∂W/∂x has the sign of x; so decay, which moves x towards zero, never raises W, and at
/// u = 0 W is least at x = 0, where every round trip began. (Volume impact with resilience: A. Alfonsi, A.
/// Fruth and A. Schied, "Optimal execution strategies in limit order books with general shape functions",
/// Quantitative Finance 10 (2010); a concave *price* impact that decays would not do: J. Gatheral,
/// "No-dynamic-arbitrage and market impact", Quantitative Finance 10 (2010).)
package struct Impact: Hashable, Sendable {
  package enum Shape: Hashable, Sendable {
    case squareRoot(dailyVolume: Amount, coefficient: Double)
    case linear(depth: Amount)
  }

  package let shape: Shape
  /// The share of a trade's log impact that stays.
  package let permanentShare: Double
  package let halfLife: SimDuration

  package init(_ shape: Shape, permanentShare: Double, halfLife: SimDuration) {
    self.shape = shape
    self.permanentShare = permanentShare
    self.halfLife = halfLife
  }

  /// The share of a trade's *volume* that stays. F(s·q) = permanentShare · F(q) needs its square where F is a
  /// root.
  package var permanentVolume: Double {
    switch shape {
    case .squareRoot: permanentShare * permanentShare
    case .linear: permanentShare
    }
  }

  /// F.
  package func logImpact(at footprint: Double) -> Double {
    switch shape {
    case .linear(let depth):
      return footprint / Double(depth.units)
    case .squareRoot(let dailyVolume, let coefficient):
      let size = coefficient * ElementaryMath.squareRoot(footprint.magnitude / Double(dailyVolume.units))
      return footprint < 0 ? -size : size
    }
  }

  /// A volume that moves no log price by more than `move`, wherever the footprint is: a root is steepest
  /// around zero.
  package func volume(ofLogMove move: Double) -> Double {
    switch shape {
    case .linear(let depth):
      return move * Double(depth.units)
    case .squareRoot(let dailyVolume, let coefficient):
      let half = move / (2 * coefficient)
      return 2 * Double(dailyVolume.units) * half * half
    }
  }

  /// ∫₀ᶻ e^F(v) dv, in base units at the exogenous price.
  package func integral(to footprint: Double) -> Double {
    let log = logImpact(at: footprint)
    switch shape {
    case .linear(let depth):
      return Double(depth.units) * ElementaryMath.expm1(log)
    case .squareRoot:
      // With w = F(z): z · 2(e^w·(w − 1) + 1)/w².
      return footprint * Impact.meanOverRoot(log)
    }
  }

  /// 2(e^w·(w − 1) + 1)/w² = Σ 2·wʲ/(j!·(j + 2)), by its series where the quotient would cancel.
  private static func meanOverRoot(_ w: Double) -> Double {
    guard w.magnitude < 0.5 else {
      return 2 * (w * ElementaryMath.exp(w) - ElementaryMath.expm1(w)) / (w * w)
    }
    var (sum, power) = (0.0, 1.0)
    for j in 0..<18 {
      sum += 2 * power / Double(j + 2)
      power *= w / Double(j + 1)
    }
    return sum
  }
}

/// What trades with the outside have left behind in one asset.
package struct Footprint: Hashable, Sendable {
  /// Net base units bought; below zero where more was sold.
  package private(set) var permanent = 0.0
  package private(set) var transient = 0.0
  private var decayedAt = SimTime.start

  package init() {}

  package var volume: Double { permanent + transient }

  /// Lets the transient part decay; less than one base unit is none.
  package mutating func decay(to time: SimTime, _ impact: Impact) {
    if transient != 0 {
      let passed = Double(time.microseconds - decayedAt.microseconds) / Double(impact.halfLife.microseconds)
      transient *= ElementaryMath.exp(-(PriceMotion.logOfTwo * passed))
      if transient.magnitude < 1 { transient = 0 }
    }
    decayedAt = time
  }

  package mutating func add(_ bought: Double, _ impact: Impact) {
    permanent += impact.permanentVolume * bought
    transient += (1 - impact.permanentVolume) * bought
  }
}
