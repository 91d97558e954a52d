/// Accounts with many legs, asleep in boxes of prices in which none of them can fall.
///
/// **The rule.** Count the coordinates of debts negative: x = value for collateral, x = −value for debt. An
/// account with w_j > 0 units of coordinate j is below its level when F(x) = Σ w_j·x_j < 0. F falls only
/// where an x_j falls: *lower is worse*, in every coordinate alike.
///
/// **The bound.** A box has one corner q, the worst prices that it covers, and whoever sleeps in it has
/// F(q) > 0. While x_j >= q_j in every coordinate, F(x) >= F(q) > 0 by the rule: nobody in the box is below,
/// however many they are, and nobody is looked at. A move that takes some x_j below q_j breaks the box: its
/// corner is set anew at
///
///     q_j = x_j − reach · s_j · |x_j|           (s_j: the coordinate's scale; for collateral at least 0)
///
/// and its accounts are gone through in one stream. Who has F(q) > 0 stays, the others move to the widest
/// box at whose corner they are safe, inwards or outwards. Box 0 has reach zero, so its corner is x itself:
/// who sleeps there is asked at every move, and rings when F(x) <= 0.
///
/// **The cost.** Reaches grow geometrically. An account with slack z = F / Σ w_j·|x_j|·s_j sleeps in the box
/// of the greatest reach r < z, which a random walk breaks once in (r/step)² moves: the near are asked as
/// often as in a scan, the far hardly ever, and a crash that breaks every box costs one scan. Passes stream
/// through memory, and nothing is stored per barrier.
///
/// **Rounding.** Rows are in single precision (u = 2⁻²⁴). Collateral weights are taken 10⁻⁶ low and debts'
/// 10⁻⁶ high. Rounding of weights, of coordinates, of products and two levels of sums are at most 5u < 3·10⁻⁷
/// of each side, so that computed F(q) > 0 implies C > D at x exactly. A row is scaled by a power of two,
/// which is exact, to a size Σ w_j·|x_j|·s_j between one and two when it is filed; `BoxFrame.least` stands
/// for zero, which covers products too small for a Float. What is not a number is not above it, and is asked.
struct SafeBoxes: Sendable {
  private static let bias = 1e-6

  private var frame: BoxFrame
  private var rows = BoxRows()
  /// By sleeper: odd while filed. Rows of an older filing are ghosts, dropped when they leave their box.
  private var versions: [Int32] = []
  private var sleeping = 0
  private var ghosts = 0

  init(_ coordinates: [AlarmCoordinate]) { frame = BoxFrame(coordinates) }

  /// `x` is negative for debts.
  @inline(__always)
  mutating func move(_ coordinate: Int, to x: Double) { frame.move(coordinate, to: x) }

  /// - Parameter x: the coordinates now, negative (if only in sign) for debts.
  mutating func file(_ sleeper: Int32, _ legs: AlarmLegs, _ x: [Double]) {
    withdraw(sleeper)
    while versions.count <= Int(sleeper) { versions.append(0) }
    let version = versions[Int(sleeper)] + 1
    versions[Int(sleeper)] = version
    sleeping += 1
    let row = BoxRow(sleeper, version, weights: rounded(legs, x), coordinates: legs.coordinates)
    let home = frame.home(of: row) ?? 0
    if home == 0 { frame.breakZero() }
    rows.append(row, to: home)
  }

  mutating func withdraw(_ sleeper: Int32) {
    guard Int(sleeper) < versions.count, versions[Int(sleeper)] & 1 == 1 else { return }
    versions[Int(sleeper)] += 1
    ghosts += 1
    sleeping -= 1
    if ghosts > 3 * sleeping + 1_024 { forgetGhosts() }
  }

  /// Takes out everybody who may be below, in no order.
  mutating func ring(into ringing: inout [Int32]) {
    // Nobody to miss a broken box; it stays broken.
    guard sleeping > 0 else { return }
    let before = ringing.count
    // From the outside in: who moves into a broken box further in is met there again.
    for box in frame.mend() {
      ghosts -= rows.pass(box, frame, versions, &ringing)
    }
    if let box = frame.adapt() {
      ghosts -= rows.empty(box, frame, versions, &ringing)
    }
    for sleeper in ringing[before...] {
      versions[Int(sleeper)] += 1
      sleeping -= 1
    }
  }

  private mutating func forgetGhosts() {
    rows.keep(versions)
    ghosts = 0
  }

  /// Weights scaled to a size between one and two, rounded against the account.
  private func rounded(_ legs: AlarmLegs, _ x: [Double]) -> SIMD4<Float> {
    var size = 0.0
    for leg in 0..<legs.count {
      let coordinate = Int(legs.coordinates[leg])
      size += legs.units[leg] * x[coordinate].magnitude * Double(frame.scales[coordinate])
    }
    let scale = size.isNormal ? 1 / size.binade : 1
    var weights = SIMD4<Float>()
    for leg in 0..<legs.count {
      let isDebt = x[Int(legs.coordinates[leg])].sign == .minus
      let against = isDebt ? 1 + SafeBoxes.bias : 1 - SafeBoxes.bias
      let weight = Float(legs.units[leg] * scale * against)
      // A weight beyond all bounds has a coordinate of next to nothing; as a collateral it counts for none.
      weights[leg] = isDebt || weight < .infinity ? weight : 0
    }
    return weights
  }
}
