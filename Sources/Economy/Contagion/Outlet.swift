import Kernel
import Ledger

/// One market in which an asset could be sold, as it stands at one moment.
///
///     outlet.dollars(forSelling: held)       // what selling all of it now would bring
///
/// What more brings is never less, and the average falls with the amount: markets are concave but for the
/// rounding of whole units, so that what a large sale brings on average bounds what a small one does.
package struct Outlet: Sendable {
  package enum Market: Sendable {
    case pool(Pool, Pool.Reserves)
    /// Outside, at the reference price.
    case deep
    /// Outside, along the impact's curve.
    case outside(OutsideLeg)
    /// The venue whose claim it is, for what it has to pay with.
    case venue(Claims, cash: Amount, rule: WithdrawalRule)
  }

  package let market: Market
  /// Dollars a token of what is got, and how many units that is; outside of what is sold.
  package let price: Double
  package let unitsPerToken: Double

  package init(market: Market, price: Double, unitsPerToken: Double) {
    self.market = market
    self.price = price
    self.unitsPerToken = unitsPerToken
  }

  private var dollarsPerUnit: Double { price / unitsPerToken }

  private func value(of amount: Amount) -> Double { Double(amount.units) / unitsPerToken * price }

  /// Nothing for what is beyond a pool's arithmetic: nobody sells as much there.
  package func dollars(forSelling amount: Amount) -> Double {
    switch market {
    case .pool(let pool, let reserves):
      return value(of: (try? pool.bought(forSelling: amount, reserves: reserves)) ?? .zero)
    case .deep:
      return value(of: amount)
    case .outside(let leg):
      return leg.proceeds(amount)
    case .venue(let claims, let cash, let rule):
      guard let worth = try? claims.value(of: amount) else { return 0 }
      if worth > cash, rule == .whole { return 0 }
      return value(of: min(worth, cash))
    }
  }

  /// Whether nothing at all has moved.
  package func isSame(as other: Outlet) -> Bool {
    guard price == other.price else { return false }
    switch (market, other.market) {
    case (.pool(_, let own), .pool(_, let others)): return own == others
    case (.deep, .deep): return true
    case (.outside(let own), .outside(let others)):
      return own.perUnit == others.perUnit && own.footprint == others.footprint
    case (.venue(let claims, let cash, _), .venue(let others, let otherCash, _)):
      return claims == others && cash == otherCash
    default: return false
    }
  }
}

// MARK: Bounds that last a while

extension Outlet {
  /// How far, relatively, what a market hangs on may move before its floors are made anew. It decides how
  /// many are looked at, never what comes out.
  package static let slack = 0x1p-6

  private static func isNear(_ now: Double, _ then: Double) -> Bool {
    (now - then).magnitude <= slack * then
  }

  /// Whether floors of `anchor` still hold here.
  package func isNear(_ anchor: Outlet) -> Bool {
    guard Outlet.isNear(price, anchor.price) else { return false }
    switch (market, anchor.market) {
    case (.pool(let pool, let own), .pool(_, let others)):
      guard case .constantProduct = pool.curve else { return own == others }
      let (x, y) = (Double(own.sold.units), Double(own.bought.units))
      let (x0, y0) = (Double(others.sold.units), Double(others.bought.units))
      return Outlet.isNear(x, x0) && Outlet.isNear(y / x * price, y0 / x0 * anchor.price)
    case (.deep, .deep): return true
    case (.outside(let own), .outside(let others)):
      guard let impact = own.impact else { return false }
      return Outlet.isNear(own.perUnit, others.perUnit)
        && (own.footprint - others.footprint).magnitude <= impact.volume(ofLogMove: Outlet.slack)
    case (.venue(let claims, let cash, _), .venue(let others, let otherCash, _)):
      let (rate, otherRate) = (Outlet.rate(of: claims), Outlet.rate(of: others))
      return Outlet.isNear(rate, otherRate) && Outlet.isNear(Double(cash.units), Double(otherCash.units))
    default: return false
    }
  }

  private static func rate(of claims: Claims) -> Double {
    claims.totalShares.isZero ? 0 : Double(claims.totalAssets.units) / Double(claims.totalShares.units)
  }

  /// Dollars a unit below which no sale of at least `least` and at most `most` units falls, here and
  /// wherever `isNear`.
  ///
  /// The average of the greatest sale, lowered twice by the slack (a price and a depth may have moved), less
  /// what rounding takes from the smallest one, twice for the same reason.
  package func floor(from least: Double, to most: Double) -> Double {
    let kept = (1 - Outlet.slack) * (1 - Outlet.slack) * (1 - 1e-9)
    let (average, rounding) = averageAndRounding(most)
    let floor = average * kept - 2 * rounding / least
    return floor > 0 && floor < .infinity ? floor : 0
  }

  /// Dollars a unit that a sale of so much brings without rounding, or less; and the most dollars that
  /// rounding takes from any sale up to that.
  private func averageAndRounding(_ most: Double) -> (average: Double, rounding: Double) {
    switch market {
    case .pool(let pool, let reserves):
      return averageAndRounding(most, pool, reserves)
    case .deep:
      return (dollarsPerUnit, 0)
    case .outside(let leg):
      guard let impact = leg.impact else { return (0, 0) }
      let (from, to) = (impact.integral(to: leg.footprint), impact.integral(to: leg.footprint - most))
      // Far above what two integrals of Doubles are off by, wherever the footprint may have moved to.
      let size = from.magnitude + to.magnitude + 2 * impact.volume(ofLogMove: Outlet.slack)
      return ((from - to) / most * leg.perUnit, 0x1p-43 * size * leg.perUnit)
    case .venue(let claims, let cash, let rule):
      let rate = Outlet.rate(of: claims)
      // A venue that refuses may have a little less, and claims may be worth a little more.
      if rule == .whole, most * rate * (1 + 4 * Outlet.slack) > Double(cash.units) { return (0, 0) }
      return (min(rate, Double(cash.units) / most) * dollarsPerUnit, dollarsPerUnit)
    }
  }

  /// A unit may be lost when the fee is taken, worth what the first unit sells for at most, and another of
  /// what is bought.
  private func averageAndRounding(
    _ most: Double, _ pool: Pool, _ reserves: Pool.Reserves
  ) -> (average: Double, rounding: Double) {
    let (x, y) = (Double(reserves.sold.units), Double(reserves.bought.units))
    switch pool.curve {
    case .constantProduct:
      let more = pool.kept * most
      return (pool.kept * y / (x + more) * dollarsPerUnit, (1 + y / x) * dollarsPerUnit)
    case .stableSwap:
      guard most < 0x1p62, let all = wholeUnits(most, .down),
        let bought = try? pool.bought(forSelling: all, reserves: reserves)
      else { return (0, 0) }
      let first = pool.marginalSale(after: .zero, reserves: reserves) / pool.kept
      // D is rounded up by at most one, which costs 1/D_y of y: by Euler (first·x + y)/D, and D ≥ 2·min.
      let (sold, got) = (x * Double(reserves.soldScale), y * Double(reserves.boughtScale))
      let scaled = first * x / y * got + got
      let invariant = scaled / (2 * min(sold, got)) / Double(reserves.boughtScale)
      return (
        Double(bought.units) / most * dollarsPerUnit, (1 + first + 2 * invariant) * dollarsPerUnit
      )
    }
  }
}
