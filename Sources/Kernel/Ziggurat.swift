/// Standard normal draws for long paths, by the ziggurat.
///
/// The area under `f(x) = exp(−x²/2)` for `x >= 0` is covered by 256 strips of equal area: strip `i` reaches
/// from 0 to `edges[i]` and from `heights[i]` to `heights[i + 1]`; the lowest one also owns the tail beyond
/// `edges[1]`. A strip is drawn, a point in it, and the point is accepted if it lies under the curve: at once
/// if it lies left of the next edge (98.8 % of draws), else by comparing heights.
///
/// One word decides most draws, by bits that do not overlap: 0–7 the strip, 8 the sign, 12–63 the abscissa.
/// (Bits shared between strip and abscissa were the flaw of the first ziggurats, as J. Doornik showed in "An
/// improved ziggurat method to generate normal random samples", 2005.)
///
/// G. Marsaglia and W. Tsang, "The ziggurat method for generating random variables", Journal of Statistical
/// Software 5 (2000); the tail as in G. Marsaglia, "Generating a variable from the tail of the normal
/// distribution", Technometrics 6 (1964). Tables: `derive_tables.py`.
extension RandomStream {
  /// The next standard normal number. Not monotone in the word: single decisions use ``NormalDistribution``.
  @inline(__always)
  package mutating func nextNormal() -> Double {
    let word = next()
    let strip = Int(truncatingIfNeeded: word & 0xFF)
    let x = UnitInterval.open(word) * ZigguratTables.edges[strip]
    let sign = (word & 0x100) << 55
    if x < ZigguratTables.edges[strip + 1] {
      return Double(bitPattern: x.bitPattern | sign)
    }
    return Double(bitPattern: beyondEdge(strip, x).bitPattern | sign)
  }

  /// The next exponential number of mean 1: the inverse of one word.
  package mutating func nextExponential() -> Double {
    -ElementaryMath.log(nextUnit())
  }

  /// |draw| when the first point lies right of the sure part of its strip.
  @inline(never)
  private mutating func beyondEdge(_ firstStrip: Int, _ firstX: Double) -> Double {
    var (strip, x) = (firstStrip, firstX)
    while true {
      if strip == 0 { return tail() }
      let low = ZigguratTables.heights[strip]
      let high = ZigguratTables.heights[strip + 1]
      if low + nextUnit() * (high - low) < ElementaryMath.exp(-0.5 * x * x) { return x }
      let word = next()
      strip = Int(truncatingIfNeeded: word & 0xFF)
      x = UnitInterval.open(word) * ZigguratTables.edges[strip]
      if x < ZigguratTables.edges[strip + 1] { return x }
    }
  }

  /// |draw| beyond the last edge `r`: `r + x` with `x` exponential of rate `r`, accepted with `exp(−x²/2)`.
  private mutating func tail() -> Double {
    let r = ZigguratTables.edges[1]
    while true {
      let x = -ElementaryMath.log(nextUnit()) / r
      if -2 * ElementaryMath.log(nextUnit()) > x * x { return r + x }
    }
  }
}
