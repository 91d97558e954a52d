/// Where the corners of the safe boxes are (see `SafeBoxes`), and which boxes a move has broken.
///
/// Coordinates of debts count negative here, so that lower is worse in every coordinate alike.
///
/// The reaches are 2⁻¹⁵ … 2⁻¹, with zero before them. A box that breaks at every second ring costs as much as
/// asking everybody in it, and moves them about as well; `first` is the nearest box that is in use, and
/// follows how far prices go between rings. It decides how fast answers come, never what they are.
struct BoxFrame: Sendable {
  static let boxCount = 16
  /// Stands for zero: products below 10⁻³⁸ lose digits.
  static let least: Float = 1e-30
  /// An account is tried further out when its slack beyond the corner is this multiple of the reach that it
  /// would gain. Nearer to 1 it would soon be back.
  private static let eagerness: Float = 3
  /// Rings between two looks at how often the first box breaks: above a half it is given up, below a
  /// sixteenth the next nearer one is taken into use.
  private static let period = 64

  let scales: [Float]
  /// By box, then by coordinate. Those of box 0 are the coordinates now.
  private(set) var corners: [Float]
  /// The same corners by coordinate: one comparison finds all boxes that a move breaks.
  private var limits: [SIMD16<Float>]
  private var broken = SIMDMask<SIMD16<Int32>>(repeating: false)
  /// The nearest box in use after box 0.
  private(set) var first = 7
  private var ringCount = 0
  private var firstBroke = 0

  init(_ coordinates: [AlarmCoordinate]) {
    precondition(coordinates.count <= Int(UInt16.max), "coordinates are numbered in 16 bits")
    scales = coordinates.map { Float($0.scale) }
    corners = Array(repeating: 0, count: BoxFrame.boxCount * coordinates.count)
    limits = Array(repeating: SIMD16(repeating: -.infinity), count: coordinates.count)
    for (number, coordinate) in coordinates.enumerated() {
      corners[number] = Float(coordinate.side == .debt ? -coordinate.value : coordinate.value)
      limits[number][0] = .infinity
    }
    for box in first..<BoxFrame.boxCount { anchor(box) }
  }

  static func reach(_ box: Int) -> Float {
    box == 0 ? 0 : Float(sign: .plus, exponent: box - 16, significand: 1)
  }

  /// Above this value at its box's corner, a row is tried further out.
  func outward(_ box: Int) -> Float {
    guard box + 1 < BoxFrame.boxCount else { return .infinity }
    return BoxFrame.eagerness * (BoxFrame.reach(max(box + 1, first)) - BoxFrame.reach(box))
  }

  /// The corner of a box, its reach away from where the coordinates are.
  private mutating func anchor(_ box: Int) {
    let reach = BoxFrame.reach(box)
    for coordinate in scales.indices {
      let x = corners[coordinate]
      var corner = x - reach * scales[coordinate] * x.magnitude
      if x >= 0 { corner = max(0, corner) }
      corners[box * scales.count + coordinate] = corner
      limits[coordinate][box] = corner
    }
  }

  /// Notes where a coordinate is; `x` is negative for debts. Box 0 is broken by every move.
  @inline(__always)
  mutating func move(_ coordinate: Int, to x: Double) {
    let x = Float(x)
    corners[coordinate] = x
    broken .|= SIMD16(repeating: x) .< limits[coordinate]
  }

  /// Somebody in box 0 has not been asked yet.
  mutating func breakZero() { broken[0] = true }

  /// Anchors the broken boxes anew; which they are, from the widest to box 0.
  mutating func mend() -> [Int] {
    guard any(broken) else { return [] }
    ringCount += 1
    firstBroke += broken[first] ? 1 : 0
    var boxes: [Int] = []
    for box in (first..<BoxFrame.boxCount).reversed() where broken[box] {
      anchor(box)
      boxes.append(box)
    }
    boxes.append(0)
    broken = SIMDMask(repeating: false)
    return boxes
  }

  /// Every so often: takes the next nearer box into use, or gives the first one up, which is returned.
  mutating func adapt() -> Int? {
    guard ringCount >= BoxFrame.period else { return nil }
    defer { (ringCount, firstBroke) = (0, 0) }
    if 2 * firstBroke > ringCount, first + 1 < BoxFrame.boxCount {
      for coordinate in limits.indices { limits[coordinate][first] = -.infinity }
      first += 1
      return first - 1
    }
    if 16 * firstBroke < ringCount, first > 1 {
      first -= 1
      anchor(first)
    }
    return nil
  }

  /// The widest box in which a row is safe; nil if it may be below now.
  @inline(__always)
  func home(of row: BoxRow) -> Int? {
    corners.withUnsafeBufferPointer { corners in
      guard let start = corners.baseAddress else { return nil }
      let slack = row.value(at: start)
      guard slack > BoxFrame.least else { return nil }
      // A row's size is between one and two: this is its distance, or twice that.
      var box = slack < 1 ? min(Int(slack.exponent) + 16, BoxFrame.boxCount - 1) : BoxFrame.boxCount - 1
      while box >= first, !(row.value(at: start + box * scales.count) > BoxFrame.least) { box -= 1 }
      return box >= first ? box : 0
    }
  }
}
