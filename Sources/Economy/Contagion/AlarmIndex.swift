import Kernel
import Ledger

/// Who falls next? Positions of one venue and collateral, ordered by the price at which they become
/// liquidatable, so that a tick costs work for those it crosses and not for those who exist.
///
/// A position with scaled debt s and collateral c is liquidatable when pᶜ/(pᵈ·index) falls below
/// s/(c·threshold) up to rounding: the left side is the venue's one coordinate, the right side the position's
/// level, which interest does not move. Levels are filed a little high, so that `ring` returns every position
/// that is below the threshold and perhaps one that is not yet; the caller asks the exact rule and refiles.
///
/// Invariant: a filed position that is liquidatable has `level >= coordinate`.
///
/// - Complexity: `file` O(log n); `ring` O(k log n) for k positions crossed.
package struct AlarmIndex: Sendable {
  private struct Alarm {
    let level: Double
    let position: PositionID
    let version: Int32
  }

  /// A binary heap, highest level first; alarms whose version has passed are dropped when they surface.
  private var heap: [Alarm] = []
  private var versions: [Int32] = []

  package init() {}

  /// Filed this much higher than computed: far above the rounding of four divisions, far below a tick.
  package static let margin = 1e-12

  package mutating func file(_ position: PositionID, level: Double) {
    let alarm = Alarm(
      level: level * (1 + AlarmIndex.margin), position: position, version: nextVersion(of: position))
    heap.append(alarm)
    siftUp(heap.count - 1)
  }

  package mutating func withdraw(_ position: PositionID) { _ = nextVersion(of: position) }

  /// Takes out every position whose level is at least `coordinate`, in ascending order of position.
  package mutating func ring(at coordinate: Double) -> [PositionID] {
    var ringing: [PositionID] = []
    while let top = heap.first, top.level >= coordinate || isStale(top) {
      removeTop()
      if !isStale(top) {
        ringing.append(top.position)
        withdraw(top.position)
      }
    }
    ringing.sort()
    return ringing
  }

  private func isStale(_ alarm: Alarm) -> Bool { versions[alarm.position] != alarm.version }

  private mutating func nextVersion(of position: PositionID) -> Int32 {
    while versions.count <= position.position { versions.append(0) }
    versions[position] += 1
    return versions[position]
  }

  private mutating func siftUp(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[parent].level < heap[child].level else { return }
      heap.swapAt(parent, child)
      child = parent
    }
  }

  private mutating func removeTop() {
    let last = heap.removeLast()
    guard !heap.isEmpty else { return }
    heap[0] = last
    var parent = 0
    while true {
      let left = 2 * parent + 1
      guard left < heap.count else { return }
      let right = left + 1
      let larger = right < heap.count && heap[left].level < heap[right].level ? right : left
      guard heap[parent].level < heap[larger].level else { return }
      heap.swapAt(parent, larger)
      parent = larger
    }
  }
}
