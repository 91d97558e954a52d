import Economy
import Kernel
import Ledger

struct AssetSection {
  let id: Placed<String>
  let token: WorldSpecification.Token
}

extension ValueKind where Value == AssetSection {
  static var asset: ValueKind<AssetSection> {
    .object("an asset") { reader in
      let id = reader.read("id", .placed(.identifier()), "the token's name")
      let price = reader.read(
        "price", .number(in: .above(0).upTo(1e12), unit: "dollars a token"), "reference price at the start")
      let decimals = reader.read(
        "decimals", .count(in: .between(0, 15)), default: 8, "base units of one token: 10^decimals")
      let process = reader.readIfGiven(
        "process", .process, "how the reference price moves by itself; without one, only shocks move it")
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
        reader))
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

private func checked(_ shock: Shock, _ reader: ObjectReader) -> Shock {
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
