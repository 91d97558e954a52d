/// Accounts with one collateral and one debt: a `LevelLadder` for each pair of coordinates that somebody has.
///
/// Which ladders does a move reach? The highest levels of all pairs stand in a table, a row for each
/// collateral, so that x >= −top·y is asked for eight debts at once; who is reached is then asked exactly.
struct PairLadders: Sendable {
  /// Levels are filed this much higher than computed: far above the rounding of a few divisions, far below a
  /// tick.
  private static let margin = 1e-12
  /// The same for the table, which is in single precision.
  private static let tableMargin: Float = 1e-6
  /// Below this a Float loses digits.
  private static let tableLeast: Float = 1e-37

  private var ladders: [LevelLadder] = []
  private var links: [LevelLink] = []
  /// By collateral row and debt column: the pair's ladder, made when somebody first has the pair.
  private var ladderOfPair: [Int32]
  /// By pair, as vectors over debts: no level of the pair is above; below zero where there is nobody.
  private var tops: [SIMD8<Float>]
  /// Vectors in a row.
  private let width: Int
  /// By coordinate: its row or column.
  private let place: [Int]
  private let isDebt: [Bool]

  /// By row, by column, and the same in single precision.
  private var collateral: [Double]
  private var debt: [Double]
  private var debtVectors: [SIMD8<Float>]
  private var rowMoved: [Bool]
  private var debtMoved = false
  /// Whether anything at all has, since the last ring.
  private var hasMoved = false

  init(_ coordinates: [AlarmCoordinate]) {
    var place: [Int] = []
    var (collateral, debt): ([Double], [Double]) = ([], [])
    for coordinate in coordinates {
      place.append(coordinate.side == .debt ? debt.count : collateral.count)
      if coordinate.side == .debt {
        debt.append(coordinate.value)
      } else {
        collateral.append(coordinate.value)
      }
    }
    self.place = place
    isDebt = coordinates.map { $0.side == .debt }
    width = (debt.count + 7) / 8
    (self.collateral, self.debt) = (collateral, debt)
    ladderOfPair = Array(repeating: LevelLink.none, count: collateral.count * width * 8)
    tops = Array(repeating: SIMD8(repeating: -1), count: collateral.count * width)
    debtVectors = Array(repeating: SIMD8(), count: width)
    rowMoved = Array(repeating: false, count: collateral.count)
    for column in debt.indices { debtVectors[column / 8][column % 8] = Float(debt[column]) }
  }

  /// `x` is negative for debts.
  @inline(__always)
  mutating func move(_ coordinate: Int, to x: Double) {
    hasMoved = true
    let place = place[coordinate]
    if isDebt[coordinate] {
      debt[place] = -x
      debtVectors[place / 8][place % 8] = Float(-x)
      debtMoved = true
    } else {
      collateral[place] = x
      rowMoved[place] = true
    }
  }

  mutating func file(_ sleeper: Int32, collateral: Int, units: Double, debt: Int, owed: Double) {
    let (row, column) = (place[collateral], place[debt])
    let pair = row * width * 8 + column
    if ladderOfPair[pair] == LevelLink.none {
      ladderOfPair[pair] = Int32(ladders.count)
      ladders.append(LevelLadder())
    }
    if links.count <= Int(sleeper) { makeRoom(for: sleeper) }
    let ladder = ladderOfPair[pair]
    let level = owed / units * (1 + PairLadders.margin)
    let isTop = level > ladders[Int(ladder)].top
    ladders[Int(ladder)].file(
      sleeper, level: level, ladder: ladder, coordinate: self.level(row, column), &links)
    // Somebody new on top may be below already.
    if isTop {
      note(row, column)
      rowMoved[row] = true
      hasMoved = true
    }
  }

  @inline(never)
  private mutating func makeRoom(for sleeper: Int32) {
    while links.count <= Int(sleeper) { links.append(LevelLink()) }
  }

  /// Whether the sleeper hung in a ladder.
  mutating func withdraw(_ sleeper: Int32) -> Bool {
    guard sleeper < links.count, links[Int(sleeper)].ladder != LevelLink.none else { return false }
    ladders[Int(links[Int(sleeper)].ladder)].withdraw(sleeper, &links)
    return true
  }

  /// Takes out everybody who may be below, in no order.
  mutating func ring(into ringing: inout [Int32]) {
    guard hasMoved else { return }
    hasMoved = false
    for row in rowMoved.indices where debtMoved || rowMoved[row] {
      rowMoved[row] = false
      let least = Float(collateral[row]) * (1 - PairLadders.tableMargin) - PairLadders.tableLeast
      for vector in 0..<width {
        let reached = tops[row * width + vector] * debtVectors[vector] .>= least
        guard any(reached) else { continue }
        for lane in 0..<8 where reached[lane] { ring(row, 8 * vector + lane, &ringing) }
      }
    }
    debtMoved = false
  }

  private mutating func ring(_ row: Int, _ column: Int, _ ringing: inout [Int32]) {
    let ladder = ladderOfPair[row * width * 8 + column]
    guard ladder != LevelLink.none else { return }
    ladders[Int(ladder)].ring(at: level(row, column), &links, into: &ringing)
    note(row, column)
  }

  /// The coordinate of a ladder: collateral over debt. A worthless debt cannot be fallen below.
  private func level(_ row: Int, _ column: Int) -> Double {
    debt[column] == 0 ? .infinity : collateral[row] / debt[column]
  }

  private mutating func note(_ row: Int, _ column: Int) {
    let top = ladders[Int(ladderOfPair[row * width * 8 + column])].top
    // Rounded up; a negative number for nobody, since −∞ · 0 is none.
    tops[row * width + column / 8][column % 8] = top < 0 ? -1 : Float(top) * (1 + PairLadders.tableMargin)
  }
}
