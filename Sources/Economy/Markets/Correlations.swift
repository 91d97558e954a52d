import Kernel
import Ledger

/// A correlation of the normal draws of two assets.
package struct Correlation: Hashable, Sendable {
  package let first: AssetID
  package let second: AssetID
  package let value: Double

  package init(_ first: AssetID, _ second: AssetID, _ value: Double) {
    self.first = first
    self.second = second
    self.value = value
  }
}

/// Mixes independent normal draws, one an asset, into correlated ones.
///
/// With the correlation matrix R = L·Lᵀ (Cholesky; L lower triangular, in the order of the assets) asset i
/// gets Σⱼ L_ij·z_j. An asset that is correlated with nothing keeps its own draw, and one that comes after
/// all others changes nothing for them.
package struct CorrelatedDraws: Sendable {
  /// By asset: whose draws it gets, and how much of each; in the order of the assets.
  private let mixes: [[(source: Int, weight: Double)]]

  /// Pivots below this belong to a matrix that is singular but for rounding.
  package static let leastPivot = 1e-12

  /// Nil unless the matrix is positive definite, which says that such assets can be.
  package init?(assetCount: Int, _ correlations: [Correlation]) {
    var matrix = (0..<assetCount).map { row in (0..<assetCount).map { row == $0 ? 1.0 : 0 } }
    for correlation in correlations {
      matrix[correlation.first.position][correlation.second.position] = correlation.value
      matrix[correlation.second.position][correlation.first.position] = correlation.value
    }
    var factor = matrix.map { $0.map { _ in 0.0 } }
    for row in 0..<assetCount {
      for column in 0...row {
        var rest = matrix[row][column]
        for index in 0..<column { rest -= factor[row][index] * factor[column][index] }
        guard row == column else {
          factor[row][column] = rest / factor[column][column]
          continue
        }
        guard rest > CorrelatedDraws.leastPivot else { return nil }
        factor[row][row] = ElementaryMath.squareRoot(rest)
      }
    }
    mixes = factor.map { row in
      row.enumerated().filter { $0.element != 0 }.map { (source: $0.offset, weight: $0.element) }
    }
  }

  package func draw(of asset: Int, from independent: [Double]) -> Double {
    var sum = 0.0
    for (source, weight) in mixes[asset] { sum += weight * independent[source] }
    return sum
  }
}
