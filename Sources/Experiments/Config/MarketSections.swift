import Economy
import Kernel
import Ledger

struct AssetSection {
  let id: Placed<String>
  let token: WorldSpecification.Token
}

extension ValueKind where Value == AssetSection {
  static func asset(until horizon: SimTime) -> ValueKind<AssetSection> {
    .object("an asset") { reader in
      let id = reader.read("id", .placed(.identifier()), "the token's name")
      let price = reader.read(
        "price", .number(in: .above(0).upTo(1e12), unit: "dollars a token"), "reference price at the start")
      let decimals = reader.read(
        "decimals", .count(in: .between(0, 15)), default: 8, "base units of one token: 10^decimals")
      let process = reader.readIfGiven(
        "process", .process(until: horizon),
        "how the reference price moves by itself; without one, only shocks move it")
      let impact = reader.readIfGiven(
        "impact", .impact(on: AmountUnit(symbol: id.value, decimals: Int(decimals))),
        "how trades with the outside move the reference price; without one, they do not")
      return AssetSection(
        id: id,
        token: WorldSpecification.Token(
          name: id.value, decimals: Int(decimals), price: price, process: process, impact: impact))
    }
  }
}

/// What moves for a while or for good: a reference price, or what an oracle reads.
enum ShockSection {
  case price(Shock)
  case reading(Manipulation)
}

func shockKind(_ names: ConfigNames, horizon: SimTime) -> ValueKind<ShockSection> {
  .object("a shock") { reader in
    let oracle = reader.readIfGiven(
      "oracle", .reference(to: names.oracleNames), "instead of `asset`: whose readings are manipulated")
    let asset = reader.readIfGiven("asset", .token(names), "whose reference price moves")
    let at = SimTime(microseconds: reader.read("at", .duration(in: .from(0)), "when the move begins"))
    let jump = reader.read(
      "jump", .ratio(in: .above(-1).upTo(1000)), "the move in all: \"-35%\" leaves 65 % of the price")
    let lasts = reader.readIfGiven(
      "for", .span(in: .from(1)), "with `oracle`: how long it reads its source times 1 + `jump`")
    if at > horizon, horizon > .start {
      reader.report("the shock comes after the horizon", at: "at", allowed: "a time within `horizon`")
    }
    if reader.has("oracle") {
      let id = OracleID(names.oracleNames.index(of: oracle ?? "") ?? 0)
      checkManipulation(of: id, reader, names)
      return .reading(Manipulation(oracle: id, at: at, jump: jump, lasts: lasts ?? .zero))
    }
    if reader.has("for") {
      reader.report(
        "a reference price moves for good", at: "for", allowed: "no `for`, or an `oracle` instead of `asset`")
    }
    if !reader.has("asset") {
      reader.report("a shock moves something", at: "asset", allowed: "an `asset`, or an `oracle`")
    }
    return .price(
      checked(
        Shock(
          asset: asset ?? AssetID(0), at: at, jump: jump,
          over: reader.read(
            "over", .span(in: .from(0)), default: "0s", "how long the move takes; 0s: one step, at once"),
          every: reader.read(
            "every", .span(in: .from(1)), default: "1m", "time between the steps of a move that takes time")),
        reader, until: horizon))
  }
}

private func checkManipulation(of oracle: OracleID, _ reader: ObjectReader, _ names: ConfigNames) {
  if reader.has("asset") {
    reader.report("a shock moves one thing", at: "asset", allowed: "an `asset` or an `oracle`, not both")
  }
  if !reader.has("for") {
    reader.report("a manipulation ends", at: "for", allowed: "how long it lasts, such as \"10m\"")
  }
  if oracle.position < names.oracles.count, names.oracles[oracle].source == .fixed {
    reader.report(
      "a fixed price is not read anywhere", at: "oracle", allowed: "an oracle with another `source`")
  }
}

/// Manipulations of one oracle at one instant multiply: what it then reads is still a price.
func checkManipulations(_ shocks: [ShockSection], _ reader: ObjectReader, _ names: ConfigNames) {
  let all = shocks.compactMap { if case .reading(let manipulation) = $0 { manipulation } else { nil } }
  var reported: [OracleID] = []
  for each in all where !reported.contains(each.oracle) && each.oracle.position < names.oracles.count {
    let factors = [each.at, later(each.at, by: each.lasts)].map { instant in
      all.reduce(1) { factor, other in
        other.oracle == each.oracle && other.isOn(at: instant) ? factor * (1 + other.jump) : factor
      }
    }
    guard let factor = factors.first(where: { $0 > largestFactor || $0 < 1 / largestFactor }) else {
      continue
    }
    reported.append(each.oracle)
    reader.report(
      "the manipulations of `\(names.oracles[each.oracle].name)` multiply what it reads by \(factor)",
      at: "shocks", allowed: "those that are on together, between a billionth and a billion times")
  }
}

/// The end of all time where the sum is beyond it.
func later(_ time: SimTime, by wait: SimDuration) -> SimTime {
  let (end, overflow) = time.microseconds.addingReportingOverflow(wait.microseconds)
  return SimTime(microseconds: overflow ? .max : end)
}

/// What it leaves of a price is far from the ends of a Double.
private let largestFactor = 1e9

private func checked(_ shock: Shock, _ reader: ObjectReader, until horizon: SimTime) -> Shock {
  if shock.at <= horizon, horizon > .start,
    shock.over.microseconds > horizon.microseconds - shock.at.microseconds
  {
    reader.report(
      "the move ends after the horizon", at: "over", allowed: "`at` + `over` within `horizon`",
      notes: ["`jump` is the move in all"])
  }
  if shock.stepCount > largestStepCount {
    reader.report(
      "the move has \(shock.stepCount) steps", at: "over",
      allowed: "at most \(largestStepCount) steps of `every`")
  }
  return shock
}

/// Far more than any picture shows.
private let largestStepCount = 1_000_000

struct PoolSection {
  let id: Placed<String>
  let pool: WorldSpecification.Pool
}

func poolKind(_ names: ConfigNames) -> ValueKind<PoolSection> {
  .object(
    "a pool", choosing: "kind", "how it trades",
    [
      ObjectCase("constantProduct", "x · y = k") { reader in
        readPool(reader, names) { .constantProduct }
      },
      ObjectCase("stableSwap", "nearly token for token, until one of them runs out") { reader in
        readPool(reader, names) {
          .stableSwap(
            StableSwapCurve(
              amplification: reader.read(
                "amplification", .integer(in: .between(1, 1_000_000)), default: .integer(100),
                "how flat the curve is; 2 · A of it is Curve's `A · n`")))
        }
      },
    ])
}

/// What pools of all kinds have, with the curve that is asked for in between.
private func readPool(
  _ reader: ObjectReader, _ names: ConfigNames, curve: () -> PoolCurve
) -> PoolSection {
  let id = reader.read("id", .placed(.identifier()), "the pool's name")
  let fee = reader.read("fee", .ratio(in: .from(0).below(1)), "what the pool keeps of what is sold to it")
  let curve = curve()
  let mistakes = reader.diagnostics.count
  let reserves = reader.read(
    "reserves",
    .map(
      from: .asset(names),
      describedAs: ValueKind<Amount>.money(of: names.unit(of: AssetID(0)), in: .above(0)),
      each: { asset in .money(of: names.unit(of: asset), in: .above(0)) }
    ).constrained(by: ["minProperties": 2, "maxProperties": 2]),
    "what it holds of its two assets; the first is the base, priced in the second")
  if reserves.count != 2, reader.diagnostics.count == mistakes {
    reader.report(
      "a pool trades two assets; this one has \(reserves.count)", at: "reserves",
      allowed: "an object with two assets and their amounts")
  }
  let millionths = (fee * Double(Pool.feeScale)).rounded()
  if millionths >= Double(Pool.feeScale) {
    reader.report("a fee that leaves nothing of what is sold", at: "fee", allowed: "at most 99.9999%")
  } else if abs(millionths - fee * Double(Pool.feeScale)) > 1e-6 {
    reader.report(
      "the fee is finer than a millionth", at: "fee", allowed: "at most four decimals of a percent")
  }
  let (base, quote) = (reserves.first, reserves.dropFirst().first)
  return PoolSection(
    id: id,
    pool: WorldSpecification.Pool(
      name: id.value, base: base?.key ?? AssetID(0), quote: quote?.key ?? AssetID(0),
      feeMillionths: min(Int64(millionths), Pool.feeScale - 1), baseReserve: base?.value ?? .zero,
      quoteReserve: quote?.value ?? .zero, curve: curve))
}
