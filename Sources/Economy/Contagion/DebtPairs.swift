import Ledger

/// A debt that a position owes and a collateral that it holds: places in its venue's lists, and assets.
struct DebtPair: Sendable, BitwiseCopyable {
  var reserve = 0
  var debt = AssetID(0)
  var collateral = 0
  var held = AssetID(0)
}

/// A position's pairs, which are at most four (two debts by two collaterals), kept where they stand: a
/// million calls allocate nothing.
struct DebtPairs: Sendable, BitwiseCopyable, RandomAccessCollection {
  private var pairs = InlineArray<4, DebtPair>(repeating: DebtPair())
  private(set) var count = 0

  var startIndex: Int { 0 }
  var endIndex: Int { count }

  subscript(number: Int) -> DebtPair { pairs[number] }

  mutating func append(_ pair: DebtPair) {
    pairs[count] = pair
    count += 1
  }

  func filter(_ isIncluded: (DebtPair) -> Bool) -> DebtPairs {
    var filtered = DebtPairs()
    for pair in self where isIncluded(pair) { filtered.append(pair) }
    return filtered
  }
}
