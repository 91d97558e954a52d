/// The candidate a writer most likely meant, nil if none is near.
///
///     nearest(to: "waterfal", among: ["debt", "waterfall"])   // "waterfall"
///
/// Near means a third of the longer word's letters at most, and never all of them; case does not count. Of
/// two equally near candidates the one listed first wins.
package func nearest(to word: String, among candidates: [String]) -> String? {
  let target = folded(word)
  guard !target.isEmpty, target.count <= 64 else { return nil }
  var best: (candidate: String, distance: Int)?
  for candidate in candidates {
    let other = folded(candidate)
    let longer = max(target.count, other.count)
    let allowed = min(max(1, longer / 3), longer - 1, (best?.distance ?? .max) - 1)
    guard abs(target.count - other.count) <= allowed else { continue }
    let distance = editDistance(target, other)
    if distance <= allowed { best = (candidate, distance) }
  }
  return best?.candidate
}

/// Damerau-Levenshtein distance in its restricted form: insert, delete, replace, swap two neighbours, no
/// letter edited twice. F. J. Damerau, Communications of the ACM 7(3), 1964.
///
///     d(i,j) = min( d(i-1,j) + 1, d(i,j-1) + 1, d(i-1,j-1) + [a_i ≠ b_j],
///                   d(i-2,j-2) + 1  if a_i a_{i-1} = b_{j-1} b_j )
func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
  var beforeLast = [Int](repeating: 0, count: b.count + 1)
  var last = Array(0...b.count)
  for i in 0..<a.count {
    var row = [i + 1]
    row.reserveCapacity(b.count + 1)
    for j in 0..<b.count {
      var distance = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { distance = min(distance, beforeLast[j - 1] + 1) }
      row.append(distance)
    }
    beforeLast = last
    last = row
  }
  return last[b.count]
}

/// The scalars of a word with ASCII capitals made small.
private func folded(_ word: String) -> [Unicode.Scalar] {
  word.unicodeScalars.prefix(65).map { scalar in
    (0x41...0x5A).contains(scalar.value) ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar
  }
}
