/// Where the corners of the safe boxes are (see `SafeBoxes`), and which boxes a move has broken.
///
/// Coordinates of debts count negative here, so that lower is worse in every coordinate alike.
struct BoxFrame: Sendable {
  static let boxCount = 16
  /// Stands for zero: products below 10⁻³⁸ lose digits.
  static let least: Float = 1e-30
  /// An account is tried further out when its slack beyond the corner is this multiple of the step to the
  /// next reach. Rows have a size between one and two, so at 2 few trials are in vain.
  private static let eagerness: Float = 2

  /// By box, ascending. The first is zero.
  let reaches: [Float]
  /// By box: above this value at the corner, a row is tried further out.
  let outward: [Float]
  let scales: [Float]
  /// By box, then by coordinate. Those of box 0 are the coordinates now.
  private(set) var corners: [Float]
  /// The same corners by coordinate: one comparison finds all boxes that a move breaks.
  private var limits: [SIMD16<Float>]
  private var broken = SIMDMask<SIMD16<Int32>>(repeating: false)

  /// - Parameters:
  ///   - reach: of box 1, in units of the coordinates' scales.
  ///   - growth: from each box to the next.
  init(_ coordinates: [AlarmCoordinate], reach: Float, growth: Float) {
    precondition(coordinates.count <= Int(UInt16.max), "coordinates are numbered in 16 bits")
    precondition(reach > 0 && growth > 1, "reaches ascend")
    var reaches: [Float] = [0]
    var next = reach
    while reaches.count < BoxFrame.boxCount {
      reaches.append(next)
      next *= growth
    }
    self.reaches = reaches
    outward = reaches.indices.map { box in
      box + 1 < reaches.count ? BoxFrame.eagerness * (reaches[box + 1] - reaches[box]) : .infinity
    }
    scales = coordinates.map { Float($0.scale) }
    corners = Array(repeating: 0, count: BoxFrame.boxCount * coordinates.count)
    limits = Array(repeating: SIMD16(repeating: .infinity), count: coordinates.count)
    for (number, coordinate) in coordinates.enumerated() {
      corners[number] = Float(coordinate.side == .debt ? -coordinate.value : coordinate.value)
    }
    for box in 1..<BoxFrame.boxCount { anchor(box) }
  }

  /// The corner of a box, its reach away from where the coordinates are.
  private mutating func anchor(_ box: Int) {
    let reach = reaches[box]
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
  mutating func breakFirst() { broken[0] = true }

  /// Anchors the broken boxes anew; which they are, from the widest to the first.
  mutating func mend() -> [Int] {
    guard any(broken) else { return [] }
    let boxes = (0..<BoxFrame.boxCount).reversed().filter { broken[$0] }
    for box in boxes where box > 0 { anchor(box) }
    broken = SIMDMask(repeating: false)
    return boxes
  }

  /// The widest box in which a row is safe; nil if it may be below now.
  @inline(__always)
  func home<Row: BoxRow>(of row: Row) -> Int? {
    corners.withUnsafeBufferPointer { corners in
      guard let start = corners.baseAddress else { return nil }
      let slack = row.value(at: start)
      guard slack > BoxFrame.least else { return nil }
      var box = BoxFrame.boxCount - 1
      while box > 0, reaches[box] >= slack { box -= 1 }
      while box > 0, !(row.value(at: start + box * scales.count) > BoxFrame.least) { box -= 1 }
      return box
    }
  }
}
