/// Where an account with one collateral and one debt hangs in a `LevelLadder`: shared by all ladders of an
/// index, by sleeper.
struct LevelLink: Sendable, BitwiseCopyable {
  var level = 0.0
  /// The next of its rung.
  var next = LevelLink.none
  /// The one before; the first of a rung has the rung's number here, as what cannot be a sleeper.
  var previous = LevelLink.none
  /// The ladder it hangs in.
  var ladder = LevelLink.none

  static let none: Int32 = -1
}

/// Accounts that fall when one number, the ladder's coordinate, falls to their level: one collateral against
/// one debt.
///
/// With c units of collateral and d of debt, c·x < d·y is the same as x/y < d/c. The left side is the
/// ladder's coordinate, the right side the account's level, which no price and no interest moves.
///
/// Rungs are of equal width in the logarithm, as far as the leading bits of a Double are one: finding the
/// rung of a level is a shift. The rungs above the coordinate are emptied, the one that it lies in is gone
/// through. Rungs are linked lists, so that withdrawing leaves nothing behind.
///
/// Invariant: a level that is filed is at most `top`. The rung of a level does not fall when the level rises,
/// wherever the window of rungs lies: levels beyond it hang in the outermost ones.
///
/// - Complexity: O(1) to file and withdraw; O(1) to ring nobody, else what is crossed and one rung.
struct LevelLadder: Sendable {
  /// Rungs in an octave: 2^this.
  private var fineness = 4
  private var firstKey = 0
  private var heads: [Int32] = []
  private var count = 0
  private var plannedCount = 0
  private(set) var top = -Double.infinity

  /// Octaves of the window below and above the coordinate when it was laid out.
  private static let octavesBelow = 3
  private static let octavesAbove = 1
  /// At most 8,192 rungs an octave, about a basis point each.
  private static let finest = 13

  @inline(__always)
  private func key(_ level: Double) -> Int {
    Int(truncatingIfNeeded: level.bitPattern >> UInt64(truncatingIfNeeded: 52 - fineness))
  }

  @inline(__always)
  private func rung(_ level: Double) -> Int { min(max(key(level) - firstKey, 0), heads.count - 1) }

  @inline(__always)
  mutating func file(
    _ sleeper: Int32, level: Double, ladder: Int32, coordinate: Double, _ links: inout [LevelLink]
  ) {
    if count >= plannedCount { layOut(around: coordinate, room: 2 * count + 16, &links) }
    hang(sleeper, level, ladder, &links)
    count += 1
    top = max(top, level)
  }

  @inline(__always)
  private mutating func hang(_ sleeper: Int32, _ level: Double, _ ladder: Int32, _ links: inout [LevelLink]) {
    let rung = rung(level)
    let head = heads[rung]
    heads[rung] = sleeper
    links[Int(sleeper)] = LevelLink(level: level, next: head, previous: ~Int32(rung), ladder: ladder)
    if head != LevelLink.none { links[Int(head)].previous = sleeper }
  }

  mutating func withdraw(_ sleeper: Int32, _ links: inout [LevelLink]) {
    let link = links[Int(sleeper)]
    if link.previous >= 0 {
      links[Int(link.previous)].next = link.next
    } else {
      heads[Int(~link.previous)] = link.next
    }
    if link.next != LevelLink.none { links[Int(link.next)].previous = link.previous }
    links[Int(sleeper)].ladder = LevelLink.none
    count -= 1
    if count == 0 { top = -.infinity }
  }

  /// Takes out everybody whose level is at least `coordinate`, in no order.
  mutating func ring(at coordinate: Double, _ links: inout [LevelLink], into ringing: inout [Int32]) {
    guard top >= coordinate else { return }
    // The outermost rungs are everybody's whose level lies beyond the window.
    if rung(coordinate) == 0 || rung(coordinate) == heads.count - 1 {
      layOut(around: coordinate, room: plannedCount, &links)
    }
    let (highest, lowest) = (rung(top), rung(coordinate))
    var rest = count
    links.withUnsafeMutableBufferPointer { links in
      for rung in (lowest..<highest + 1).reversed() {
        var sleeper = heads[rung]
        if rung > lowest { heads[rung] = LevelLink.none }
        while sleeper != LevelLink.none {
          let link = links[Int(sleeper)]
          if link.level >= coordinate {
            if rung == lowest { unhang(link, links) }
            links[Int(sleeper)].ladder = LevelLink.none
            ringing.append(sleeper)
            rest -= 1
          }
          sleeper = link.next
        }
      }
    }
    count = rest
    findTop(from: lowest, links)
  }

  @inline(__always)
  private mutating func unhang(_ link: LevelLink, _ links: UnsafeMutableBufferPointer<LevelLink>) {
    if link.previous >= 0 {
      links[Int(link.previous)].next = link.next
    } else {
      heads[Int(~link.previous)] = link.next
    }
    if link.next != LevelLink.none { links[Int(link.next)].previous = link.previous }
  }

  private mutating func findTop(from start: Int, _ links: [LevelLink]) {
    top = -.infinity
    guard count > 0 else { return }
    var rung = start
    while heads[rung] == LevelLink.none { rung -= 1 }
    var sleeper = heads[rung]
    while sleeper != LevelLink.none {
      top = max(top, links[Int(sleeper)].level)
      sleeper = links[Int(sleeper)].next
    }
  }

  /// Lays the rungs out anew: as many an octave as there is room for accounts, around the coordinate.
  private mutating func layOut(around coordinate: Double, room: Int, _ links: inout [LevelLink]) {
    var all: [Int32] = []
    all.reserveCapacity(count)
    for head in heads {
      var sleeper = head
      while sleeper != LevelLink.none {
        all.append(sleeper)
        sleeper = links[Int(sleeper)].next
      }
    }
    plannedCount = room
    fineness = 4
    while fineness < LevelLadder.finest, 1 << fineness < room { fineness += 1 }
    firstKey = key(coordinate) - LevelLadder.octavesBelow << fineness
    let octaves = LevelLadder.octavesBelow + LevelLadder.octavesAbove
    heads = Array(repeating: LevelLink.none, count: octaves << fineness)
    for sleeper in all { hang(sleeper, links[Int(sleeper)].level, links[Int(sleeper)].ladder, &links) }
  }
}
