/// One account in a box: its weights, rounded against it, their coordinates, and whose filing it is. 32
/// bytes.
struct BoxRow: BitwiseCopyable, Sendable {
  private let weights: SIMD4<Float>
  private let first, second, third, fourth: UInt16
  let sleeper: Int32
  let version: Int32

  /// Legs that are not there have weight zero.
  init(_ sleeper: Int32, _ version: Int32, weights: SIMD4<Float>, coordinates: SIMD4<UInt16>) {
    self.weights = weights
    (first, second, third, fourth) = (coordinates[0], coordinates[1], coordinates[2], coordinates[3])
    self.sleeper = sleeper
    self.version = version
  }

  /// Σ w_j·x_j.
  @inline(__always)
  func value(at x: UnsafePointer<Float>) -> Float {
    let products = weights * SIMD4(x[Int(first)], x[Int(second)], x[Int(third)], x[Int(fourth)])
    let halves = products.lowHalf + products.highHalf
    return halves.x + halves.y
  }
}

/// The rows of every box, in memory one after the other.
struct BoxRows: Sendable {
  private var boxes: [[BoxRow]] = Array(repeating: [], count: BoxFrame.boxCount)
  /// Room for those who leave a box, kept between passes.
  private var leavers: [BoxRow] = []

  mutating func append(_ row: BoxRow, to box: Int) { boxes[box].append(row) }

  /// Forgets rows of older filings.
  mutating func keep(_ versions: [Int32]) {
    for box in boxes.indices { boxes[box].removeAll { versions[Int($0.sleeper)] != $0.version } }
  }

  /// Goes through a box at its corner: who is safe there stays, in order, and everybody else who is still
  /// filed moves to the widest box that is safe, or rings.
  ///
  /// - Returns: how many rows were of older filings.
  mutating func pass(
    _ box: Int, _ frame: BoxFrame, _ versions: [Int32], _ ringing: inout [Int32]
  ) -> Int {
    guard !boxes[box].isEmpty else { return 0 }
    sift(box, frame)
    return settle(frame, versions, &ringing)
  }

  /// Moves everybody out of a box that is given up.
  mutating func empty(_ box: Int, _ frame: BoxFrame, _ versions: [Int32], _ ringing: inout [Int32]) -> Int {
    swap(&leavers, &boxes[box])
    return settle(frame, versions, &ringing)
  }

  private mutating func settle(
    _ frame: BoxFrame, _ versions: [Int32], _ ringing: inout [Int32]
  ) -> Int {
    var ghosts = 0
    for row in leavers {
      guard versions[Int(row.sleeper)] == row.version else {
        ghosts += 1
        continue
      }
      if let home = frame.home(of: row) {
        boxes[home].append(row)
      } else {
        ringing.append(row.sleeper)
      }
    }
    leavers.removeAll(keepingCapacity: true)
    return ghosts
  }

  /// Moves whoever is not safe at the corner, or safe by far, to `leavers`.
  private mutating func sift(_ box: Int, _ frame: BoxFrame) {
    let (least, most) = (BoxFrame.least, frame.outward(box))
    let kept = frame.corners.withUnsafeBufferPointer { corners in
      boxes[box].withUnsafeMutableBufferPointer { rows in
        guard let start = corners.baseAddress else { return 0 }
        let corner = start + box * frame.scales.count
        var kept = 0
        for place in rows.indices {
          let row = rows[place]
          let value = row.value(at: corner)
          if value > least && value < most {
            if kept != place { rows[kept] = row }
            kept += 1
          } else {
            leavers.append(row)
          }
        }
        return kept
      }
    }
    boxes[box].removeLast(boxes[box].count - kept)
  }
}
