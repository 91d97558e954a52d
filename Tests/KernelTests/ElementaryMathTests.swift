import Foundation
import Testing

@testable import Kernel

/// A table written by Reference/reference_values.py: arguments, correctly rounded result, and by how many
/// units in the last place the exact value exceeds that result.
struct ReferenceTable {
  struct Row {
    let arguments: [Double]
    let rounded: Double
    let excess: Double

    /// Error of `value` in units of the last place of the correctly rounded result.
    func error(of value: Double) -> Double {
      if value == rounded { return excess.magnitude }
      guard value.isFinite && rounded.isFinite else { return .infinity }
      return ((value - rounded) / rounded.ulp - excess).magnitude
    }
  }

  let rows: [Row]

  init(_ name: String) throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Reference/\(name).txt")
    rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
      let fields = line.split(separator: " ")
      let numbers = fields.dropLast().map { Double(bitPattern: UInt64($0, radix: 16) ?? 0x7FF8 << 48) }
      return Row(
        arguments: Array(numbers.dropLast()), rounded: numbers[numbers.count - 1],
        excess: Double(fields[fields.count - 1]) ?? .nan)
    }
  }

  /// The largest error of `function`, printed with where it occurs.
  func worst(_ name: String, _ function: ([Double]) -> Double) -> Double {
    var worst = (error: 0.0, at: [Double]())
    for row in rows {
      let error = row.error(of: function(row.arguments))
      if !(error <= worst.error) { worst = (error, row.arguments) }
    }
    print("\(name): \(rows.count) points, at most \(worst.error) ulp, at \(worst.at)")
    return worst.error
  }
}

/// A function, its table, how many points that holds at least, and the bound that its documentation promises.
struct Accuracy: Sendable, CustomStringConvertible {
  let name: String
  let points: Int
  let bound: Double
  let function: @Sendable ([Double]) -> Double
  var description: String { name }

  static let all: [Accuracy] = [
    Accuracy(name: "exp", points: 2_000, bound: 0.6) { ElementaryMath.exp($0[0]) },
    Accuracy(name: "log", points: 2_000, bound: 0.52) { ElementaryMath.log($0[0]) },
    Accuracy(name: "expm1", points: 800, bound: 1.5) { ElementaryMath.expm1($0[0]) },
    Accuracy(name: "log1p", points: 800, bound: 0.6) { ElementaryMath.log1p($0[0]) },
    Accuracy(name: "pow", points: 1_000, bound: 0.6) { ElementaryMath.pow($0[0], $0[1]) },
    Accuracy(name: "sin", points: 800, bound: 0.75) { ElementaryMath.sin($0[0]) },
    Accuracy(name: "cos", points: 800, bound: 0.75) { ElementaryMath.cos($0[0]) },
    Accuracy(name: "normalCDF", points: 600, bound: 4) { ElementaryMath.normalCDF($0[0]) },
    Accuracy(name: "normalQuantile", points: 600, bound: 2) { ElementaryMath.normalQuantile($0[0]) },
  ]
}

@Suite struct ElementaryMathTests {
  @Test("errors stay within the bound at every point of the 50-digit table", arguments: Accuracy.all)
  func accuracy(_ subject: Accuracy) throws {
    let table = try ReferenceTable(subject.name)
    #expect(table.rows.count >= subject.points)
    #expect(table.worst(subject.name, subject.function) <= subject.bound)
  }

  @Test("gamma and beta integrals agree with 50 digits to 1e-12")
  func integrals() throws {
    func worst(_ name: String, _ function: ([Double]) -> Double) throws -> Double {
      var worst = (0.0, [Double]())
      for row in try ReferenceTable(name).rows {
        let value = function(row.arguments)
        let error = (value - row.rounded).magnitude / max(row.rounded.magnitude, 0x1p-1000)
        if !(error <= worst.0) { worst = (error, row.arguments) }
      }
      print("\(name): relative error at most \(worst.0), at \(worst.1)")
      return worst.0
    }
    #expect(try worst("gammaLower") { ElementaryMath.incompleteGamma($0[0], $0[1]).lower } < 1e-12)
    #expect(try worst("gammaUpper") { ElementaryMath.incompleteGamma($0[0], $0[1]).upper } < 1e-12)
    #expect(
      try worst("betaLower") {
        ElementaryMath.incompleteBeta($0[0], $0[1], at: $0[2], complement: 1 - $0[2]).lower
      } < 1e-12)
  }

  @Test("logGamma errs by at most 3e-15 of max(1, result)")
  func logGamma() throws {
    var worst = 0.0
    for row in try ReferenceTable("logGamma").rows {
      let error = (ElementaryMath.logGamma(row.arguments[0]) - row.rounded).magnitude
      worst = max(worst, error / max(1, row.rounded.magnitude))
    }
    print("logGamma: \(worst)")
    #expect(worst <= 3e-15)
  }

  static let nan = Double.nan
  static let infinity = Double.infinity
  static let special: [(String, Double, Double)] = [
    ("exp(0)", ElementaryMath.exp(0), 1), ("exp(-0)", ElementaryMath.exp(-0.0), 1),
    ("exp(inf)", ElementaryMath.exp(infinity), infinity), ("exp(-inf)", ElementaryMath.exp(-infinity), 0),
    ("exp(nan)", ElementaryMath.exp(nan), nan),
    ("exp overflows", ElementaryMath.exp(709.7827128933841), infinity),
    ("exp underflows", ElementaryMath.exp(-745.14), 0), ("exp(-745)", ElementaryMath.exp(-745), 0x1p-1074),
    ("expm1(-0)", ElementaryMath.expm1(-0.0), -0.0), ("expm1(inf)", ElementaryMath.expm1(infinity), infinity),
    ("expm1(-inf)", ElementaryMath.expm1(-infinity), -1), ("expm1(nan)", ElementaryMath.expm1(nan), nan),
    ("expm1 overflows", ElementaryMath.expm1(710), infinity),
    ("expm1 tiny", ElementaryMath.expm1(0x1p-1074), 0x1p-1074),
    ("log(1)", ElementaryMath.log(1), 0), ("log(0)", ElementaryMath.log(0), -infinity),
    ("log(-0)", ElementaryMath.log(-0.0), -infinity), ("log(-1)", ElementaryMath.log(-1), nan),
    ("log(inf)", ElementaryMath.log(infinity), infinity), ("log(nan)", ElementaryMath.log(nan), nan),
    ("log(-inf)", ElementaryMath.log(-infinity), nan),
    ("log1p(-0)", ElementaryMath.log1p(-0.0), -0.0), ("log1p(-1)", ElementaryMath.log1p(-1), -infinity),
    ("log1p(-2)", ElementaryMath.log1p(-2), nan), ("log1p(inf)", ElementaryMath.log1p(infinity), infinity),
    ("log1p(nan)", ElementaryMath.log1p(nan), nan),
    ("pow(nan, 0)", ElementaryMath.pow(nan, 0), 1), ("pow(1, nan)", ElementaryMath.pow(1, nan), 1),
    ("pow(2, nan)", ElementaryMath.pow(2, nan), nan), ("pow(nan, 1)", ElementaryMath.pow(nan, 1), nan),
    ("pow(-2, 3)", ElementaryMath.pow(-2, 3), -8), ("pow(-2, 2)", ElementaryMath.pow(-2, 2), 4),
    ("pow(-2, 0.5)", ElementaryMath.pow(-2, 0.5), nan), ("pow(-1, inf)", ElementaryMath.pow(-1, infinity), 1),
    ("pow(0, -1)", ElementaryMath.pow(0, -1), infinity),
    ("pow(-0, -1)", ElementaryMath.pow(-0.0, -1), -infinity),
    ("pow(-0, -2)", ElementaryMath.pow(-0.0, -2), infinity),
    ("pow(-0, 3)", ElementaryMath.pow(-0.0, 3), -0.0),
    ("pow(0, inf)", ElementaryMath.pow(0, infinity), 0),
    ("pow(0, -inf)", ElementaryMath.pow(0, -infinity), infinity),
    ("pow(inf, -1)", ElementaryMath.pow(infinity, -1), 0),
    ("pow(inf, 2)", ElementaryMath.pow(infinity, 2), infinity),
    ("pow(-inf, 3)", ElementaryMath.pow(-infinity, 3), -infinity),
    ("pow(-inf, -3)", ElementaryMath.pow(-infinity, -3), -0.0),
    ("pow(2, inf)", ElementaryMath.pow(2, infinity), infinity),
    ("pow(2, -inf)", ElementaryMath.pow(2, -infinity), 0),
    ("pow(0.5, inf)", ElementaryMath.pow(0.5, infinity), 0),
    ("pow(2, 1024)", ElementaryMath.pow(2, 1024), infinity),
    ("pow(2, 1023)", ElementaryMath.pow(2, 1023), 0x1p1023),
    ("pow(2, -1074)", ElementaryMath.pow(2, -1074), 0x1p-1074),
    ("pow(2, -1080)", ElementaryMath.pow(2, -1080), 0),
    ("pow(2, 1e300)", ElementaryMath.pow(2, 1e300), infinity),
    ("pow(-2, 1e300)", ElementaryMath.pow(-2, 1e300), infinity),
    ("pow(3, 0x1p-1074)", ElementaryMath.pow(3, 0x1p-1074), 1),
    ("sin(-0)", ElementaryMath.sin(-0.0), -0.0), ("sin(inf)", ElementaryMath.sin(infinity), nan),
    ("sin(nan)", ElementaryMath.sin(nan), nan), ("cos(0)", ElementaryMath.cos(0), 1),
    ("cos(-inf)", ElementaryMath.cos(-infinity), nan), ("cos(nan)", ElementaryMath.cos(nan), nan),
    ("cdf(0)", ElementaryMath.normalCDF(0), 0.5), ("cdf(inf)", ElementaryMath.normalCDF(infinity), 1),
    ("cdf(-inf)", ElementaryMath.normalCDF(-infinity), 0), ("cdf(nan)", ElementaryMath.normalCDF(nan), nan),
    ("cdf(-39)", ElementaryMath.normalCDF(-39), 0),
    ("density(inf)", ElementaryMath.normalDensity(infinity), 0),
    ("quantile(0.5)", ElementaryMath.normalQuantile(0.5), 0),
    ("quantile(0)", ElementaryMath.normalQuantile(0), -infinity),
    ("quantile(1)", ElementaryMath.normalQuantile(1), infinity),
    ("quantile(-0.1)", ElementaryMath.normalQuantile(-0.1), nan),
    ("quantile(1.1)", ElementaryMath.normalQuantile(1.1), nan),
    ("quantile(nan)", ElementaryMath.normalQuantile(nan), nan),
    ("squareRoot(-0)", ElementaryMath.squareRoot(-0.0), -0.0),
    ("squareRoot(-1)", ElementaryMath.squareRoot(-1), nan),
    ("squareRoot(inf)", ElementaryMath.squareRoot(infinity), infinity),
    ("squareRoot(nan)", ElementaryMath.squareRoot(nan), nan),
    ("squareRoot(0x1p-1074)", ElementaryMath.squareRoot(0x1p-1074), 0x1p-537),
    ("logGamma(0)", ElementaryMath.logGamma(0), infinity), ("logGamma(-1)", ElementaryMath.logGamma(-1), nan),
  ]

  @Test("special values follow IEEE 754", arguments: special)
  func specialValues(_ name: String, value: Double, expected: Double) {
    #expect(
      value.isNaN == expected.isNaN && (value.isNaN || (value == expected && value.sign == expected.sign)),
      "\(name) is \(value), not \(expected)")
  }

  @Test("normal quantiles equal the fixture's twenty digits to four units in the last place")
  func quantileFixture() throws {
    let rows = try #require(KnownAnswers.all["normal_quantiles_20digits"] as? [[String]])
    #expect(rows.count == 12)
    for row in rows {
      let (p, expected) = (try #require(Double(row[0])), try #require(Double(row[1])))
      // 0.975 and 0.999 are not doubles: what rounding them moves the quantile by is allowed on top.
      let conditioning = p.ulp / 2 / ElementaryMath.normalDensity(expected)
      #expect(
        (ElementaryMath.normalQuantile(p) - expected).magnitude <= 4 * expected.ulp + conditioning, "\(p)")
    }
  }

  @Test("functions are monotone from one double, or one unit number, to the next", arguments: 0..<20)
  func monotone(_ seed: UInt64) {
    var stream = RandomStreams(populationSeed: 0, shockSeed: seed)
      .stream(.test, EntityKey(id: "monotone"), Epoch(slot: 0))
    for _ in 0..<500 {
      let word = stream.next()
      let (u, up) = (UnitInterval.open(word), UnitInterval.open(word &+ 4_096))
      if up > u { #expect(ElementaryMath.normalQuantile(u) <= ElementaryMath.normalQuantile(up)) }
      let x = 20 * u
      #expect(ElementaryMath.exp(x) <= ElementaryMath.exp(x.nextUp))
      #expect(ElementaryMath.log(x) <= ElementaryMath.log(x.nextUp))
      #expect(ElementaryMath.normalCDF(10 - x) <= ElementaryMath.normalCDF(10 - x + 1e-15 * x))
    }
  }

  @Test("quantile and distribution function undo each other, also far out")
  func inverse() {
    for exponent in 1...300 {
      let p = ElementaryMath.pow(10, -Double(exponent))
      let back = ElementaryMath.normalCDF(ElementaryMath.normalQuantile(p))
      // A unit in the last place of z moves the tail by z² units.
      let allowed = (4 + 3 * ElementaryMath.normalQuantile(p).magnitude.squareRoot() * 40) * 0x1p-52
      #expect((back / p - 1).magnitude <= max(allowed, 1500 * 0x1p-52), "\(p)")
    }
  }

  @Test(
    "square roots are the correctly rounded ones, next to squares and to halfway points too",
    arguments: 0..<10)
  func squareRoots(_ seed: UInt64) {
    var stream = RandomStreams(populationSeed: 0, shockSeed: seed)
      .stream(.test, EntityKey(id: "roots"), Epoch(slot: 0))
    for _ in 0..<2_000 {
      let any = Double(bitPattern: stream.next() >> 1)
      let root = Double(stream.next() >> 11)
      let (square, halfway) = (root * root, (root + 0.5) * (root + 0.5))
      for x in [any, square, square.nextUp, square.nextDown, halfway, any * 0x1p-1000] where x.isFinite {
        #expect(ElementaryMath.squareRoot(x) == x.squareRoot(), "\(x)")
      }
    }
  }

  @Test("a sine and a cosine of the same angle lie on the circle")
  func circle() {
    var x = 1e-9
    while x < 1e300 {
      let (s, c) = (ElementaryMath.sin(x), ElementaryMath.cos(x))
      #expect((s * s + c * c - 1).magnitude <= 4e-16)
      #expect(ElementaryMath.sin(-x) == -s && ElementaryMath.cos(-x) == c)
      x *= 1.37
    }
  }
}
